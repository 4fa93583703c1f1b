"""What tests expect: conditions, routes, holders, what is missing, and effects, at their moments."""

from __future__ import annotations

from dataclasses import replace

from leadpolicy.compiler import ir, syntax
from leadpolicy.compiler.checker import effects, expressions, promises
from leadpolicy.compiler.checker.context import Context
from leadpolicy.compiler.checker.destinations import check_destination
from leadpolicy.compiler.checker.givens import Named, no_such_record
from leadpolicy.compiler.checker.qualification import named_condition
from leadpolicy.compiler.types import describe
from leadpolicy.compiler.wording import keyword, say, term
from leadpolicy.compiler.zones import add_duration


def check_expect(node: syntax.Expect, named: Named, start: int, context: Context) -> ir.Expect | None:
    """One expectation, or None where a mistake in it was reported. `start`: when the test begins."""
    at = None if node.moment is None else _moment(node.moment, start, context)
    made = _expect(node, named, context)
    if made is None or (at is None) != (node.moment is None):
        return None
    return made.model_copy(update={"at": at})


def _moment(node: syntax.Moment, start: int, context: Context) -> int | None:
    """When it is looked at, in microseconds since 1970 UTC, or None with a diagnostic."""
    expr = expressions.check(node.value, None, context)
    if expr.broken:
        return None
    if node.word == "at" and expr.op == "const" and expr.type and expr.type.kind == "time":
        assert isinstance(expr.value, int)
        return expr.value
    if node.word == "after" and expr.op == "const" and isinstance(expr.value, ir.Duration):
        return _after(start, expr.value, node, context)
    assert expr.type is not None
    wanted = term("a time") if node.word == "at" else term("a duration")
    hint = say("for example: at 2026-11-25 17:00 expect …")
    if node.word == "after":
        hint = say("for example: after 3 days expect …; for work hours, write the time with `at`")
    context.reporter.report(
        "LP3022",
        node.value.span,
        say("`{}` takes {} that is fixed, and `{}` is {}", keyword(node.word), wanted,
            context.words(node.value.span), describe(expr.type)),
        hint=hint,
    )  # fmt: skip
    return None


def _after(start: int, span: ir.Duration, node: syntax.Moment, context: Context) -> int | None:
    try:
        return add_duration(start, span, context.zone)
    except (OverflowError, ValueError):
        context.reporter.report(
            "LP3018", node.value.span, say("`{}` leads beyond what times can be", context.words(node.value.span))
        )
        return None


def _expect(node: syntax.Expect, named: Named, context: Context) -> ir.Expect | None:
    match node:
        case syntax.ExpectCondition():
            return _condition(node, named, context)
        case syntax.ExpectRoute(destination=written, negated=negated, span=span):
            if context.names.route is None and context.names.disqualify is None:
                context.reporter.report("LP3022", span, say("this policy has no `route` block"))
                return None
            destination = None
            if written is not None:
                destination = check_destination(_with_given_key(written, named, context), context)
                if destination is None:
                    return None
            return ir.ExpectRoute(
                destination=destination, negated=negated, text=context.words(span), place=context.place(span)
            )
        case syntax.ExpectMissing(fields=fields):
            return _missing(fields, node, context)
        case syntax.ExpectEffect():
            return _effect(node, named, context)


def _condition(node: syntax.ExpectCondition, named: Named, context: Context) -> ir.Expect | None:
    condition = node.condition
    if isinstance(condition, syntax.Comparison) and promises.what_is_asked(condition.left, context) == "holder":
        holder = _holder(condition, node, named, context)
        if holder is not None:
            return holder
    with promises.asking(context, holder=True):
        made = named_condition(_with_keys(condition, named, context), context)
    if made is None:
        return None
    return ir.ExpectCondition(condition=made, text=context.words(condition.span), place=context.place(node.span))


def _holder(
    node: syntax.Comparison, expect: syntax.ExpectCondition, named: Named, context: Context
) -> ir.ExpectRoute | None:
    """`holder is pool public`, `holder is nobody`; None for what is no such plain line, or a mistake in it."""
    destination: ir.Destination | None = None
    if node.relation not in {"is", "is not"}:
        return None
    if isinstance(node.right, syntax.PlaceValue):
        written = _with_given_key(node.right.destination, named, context)
        if written.kind not in {"team", "queue", "pool", "nurture", "member"}:
            return None
        if written.name is not None and written.name.text not in context.names.places[written.kind]:
            return None
        if written.kind == "member" and not isinstance(written.member, syntax.Text):
            return None
        destination = check_destination(written, context)
        if destination is None:
            return None
    elif not promises.is_nobody(node.right):
        return None
    return ir.ExpectRoute(
        destination=destination,
        negated=node.relation == "is not",
        holder=True,
        text=context.words(expect.condition.span),
        place=context.place(expect.span),
    )


def _with_keys(node: syntax.Expression, named: Named, context: Context) -> syntax.Expression:
    """A condition in which `member lin` has the key of the given record `lin` in its place."""
    match node:
        case syntax.Binary():
            left, right = _with_keys(node.left, named, context), _with_keys(node.right, named, context)
            return replace(node, left=left, right=right)
        case syntax.Unary():
            return replace(node, operand=_with_keys(node.operand, named, context))
        case syntax.Comparison(right=syntax.PlaceValue() as place):
            destination = _with_given_key(place.destination, named, context)
            return replace(node, right=replace(place, destination=destination))
        case _:
            return node


def _with_given_key(node: syntax.Destination, named: Named, context: Context) -> syntax.Destination:
    """`member lin`, where `lin` is a given record: the record's key in its place."""
    if not isinstance(node.member, syntax.Name) or node.member.text not in named:
        return node
    given = named[node.member.text]
    fact = context.facts.get(given.fact.text)
    key = next((f.name for f in fact.fields if f.key), None) if fact else None
    value = next((f.value for f in given.fields if f.name.text == key), None)
    if not isinstance(value, syntax.Text):
        return node
    return replace(node, member=syntax.Text(value.value, node.member.span))


def _missing(
    fields: tuple[syntax.Expression, ...], node: syntax.ExpectMissing, context: Context
) -> ir.ExpectMissing | None:
    paths: list[str] = []
    for field in fields:
        expr = expressions.check(field, None, context)
        if expr.broken:
            return None
        if expr.op != "field" or not isinstance(expr.value, tuple):
            context.reporter.report(
                "LP3022", field.span, say("`{}` is no field, so it can't be missing", context.words(field.span))
            )
            return None
        paths.append(".".join(str(step) for step in expr.value))
    return ir.ExpectMissing(fields=tuple(paths), text=context.words(node.span), place=context.place(node.span))


def _effect(node: syntax.ExpectEffect, named: Named, context: Context) -> ir.ExpectEffect | None:
    good = effects.channel_is_known(node.channel, context)
    to: str | None = None
    match node.target:
        case None:
            pass
        case syntax.Name(text=text) if text in named:
            to = text
        case syntax.Text(value=value):
            to = value
        case target:
            no_such_record(context.words(target.span), target, named, context.member_fact() or "Member", context)
            return None
    if not good:
        return None
    content = node.flag.text if node.flag else node.content.value if node.content else None
    return ir.ExpectEffect(
        negated=node.negated,
        effect=node.effect,
        to=to,
        channel=node.channel.text if node.channel else None,
        content=content,
        text=context.words(node.span),
        place=context.place(node.span),
    )
