"""Test blocks: given facts, and what is expected of the decision."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from leadpolicy.compiler import ir, syntax, typed
from leadpolicy.compiler.checker import expressions
from leadpolicy.compiler.checker.context import Context
from leadpolicy.compiler.checker.destinations import check_destination
from leadpolicy.compiler.checker.names import fact_field
from leadpolicy.compiler.checker.qualification import named_condition
from leadpolicy.compiler.diagnostics import nearest
from leadpolicy.compiler.types import NUMBERS, TEXTS, describe
from leadpolicy.compiler.wording import joined, say, term
from leadpolicy.compiler.zones import to_micros


def check_test(node: syntax.Test, context: Context) -> ir.Test | None:
    """One test, or None where a mistake in it was reported."""
    named: dict[str, syntax.Given] = {}
    for given in node.given:
        if given.name is None:
            continue
        if given.name.text in named:
            context.reporter.report("LP2002", given.name.span, say("`{}` is given twice", given.name.text))
        named.setdefault(given.name.text, given)
    given_records = [_given(g, named, context) for g in node.given]
    expects = [_expect(e, named, context) for e in node.expects]
    about = [g for g in node.given if g.fact.text == context.names.about]
    if context.about is None:
        return None  # that it isn't declared has been reported
    if len(about) != 1:
        context.reporter.report(
            "LP3022",
            node.name.span,
            say("a test is about one {}, and this one gives {}", context.names.about, len(about) or term("none")),
            hint=say("given {} {{ … }}", context.names.about),
        )
        return None
    if not node.expects:
        context.reporter.report(
            "LP3025", node.name.span, say("this test expects nothing"), hint=say("add an `expect` line")
        )
    if any(g is None for g in given_records) or any(e is None for e in expects):
        return None
    records = tuple(g for g in given_records if g is not None)
    return ir.Test(
        name=node.name.value,
        given=records,
        expects=tuple(e for e in expects if e is not None),
        start=_now(records, context),
        now=_now(records, context),
        place=context.place(node.name.span),
    )


def _now(records: tuple[ir.Given, ...], context: Context) -> int:
    """The latest time given (ruling 75); 2000-01-01 in the zone where none is."""
    times = [
        field.value.value
        for record in records
        for field in record.fields
        if field.value is not None and field.value.type.kind == "time"
    ]
    instants = [t for t in times if isinstance(t, int)]
    return max(instants) if instants else to_micros(datetime(2000, 1, 1), context.zone)


def _given(node: syntax.Given, named: dict[str, syntax.Given], context: Context) -> ir.Given | None:
    fact = context.facts.get(node.fact.text)
    if fact is None:
        suggestion = nearest(node.fact.text, context.facts)
        context.reporter.report(
            "LP2004",
            node.fact.span,
            say("there is no fact `{}`", node.fact.text),
            hint=say("did you mean `{}`?", suggestion) if suggestion else None,
            fix=suggestion,
        )
        return None
    fields: dict[str, ir.GivenField] = {}
    good = True
    for given in node.fields:
        if given.name.text in fields:
            context.reporter.report("LP2002", given.name.span, say("`{}` is given twice", given.name.text))
        ref = fact_field(fact.name, None, given.name, given.name.span, context)
        value = None if ref.broken else _given_field(given, fact, named, context)
        if value is None:
            good = False
        else:
            fields[given.name.text] = value
    missing = [f.name for f in fact.fields if (f.key or f.required) and f.name not in fields]
    if good and missing:
        context.reporter.report(
            "LP3022",
            node.span,
            say("a {} needs {}", fact.name, joined(f"`{m}`" for m in missing)),
            hint=say("give every key and every required field"),
        )
        good = False
    if not good:
        return None
    return ir.Given(name=node.name.text if node.name else None, fact=fact.name, fields=tuple(fields.values()))


def _given_field(
    node: syntax.GivenField, fact: ir.Fact, named: dict[str, syntax.Given], context: Context
) -> ir.GivenField | None:
    name = node.name.text
    field = context.field_of(fact.name, name)
    assert field is not None
    if isinstance(node.value, syntax.Unknown) and node.value.word not in (field.type.choices or ()):
        return _given_word(node.value, field, context)
    if isinstance(node.value, syntax.Name) and field.type.kind == "fact":
        return _given_ref(node.value, field, named, context)
    expr = expressions.check(node.value, field.type, context)
    if expr.broken:
        return None
    if not _assignable(expr, field.type):
        assert expr.type is not None
        context.reporter.report(
            "LP3022",
            node.value.span,
            say(
                "`{}` is {}, and `{}` is {}",
                name,
                describe(field.type),
                context.words(node.value.span),
                describe(expr.type),
            ),
        )
        return None
    assert expr.value is not None
    return ir.GivenField(name=name, value=ir.Const(type=field.type, value=expr.value))


def _given_word(node: syntax.Unknown, field: ir.FactField, context: Context) -> ir.GivenField | None:
    """`unknown` or `none`: the latter only where the field can be nothing."""
    if field.key or field.required:
        context.reporter.report("LP3022", node.span, say("`{}` must have a value", field.name))
        return None
    if node.word == "none" and not field.or_none:
        context.reporter.report(
            "LP3022",
            node.span,
            say("`{}` is unknown where it is not given; `none` needs a field declared `or none`", field.name),
            hint=say("write `unknown`, or leave the field out"),
        )
        return None
    return ir.GivenField(name=field.name, nothing=node.word == "none")


def _given_ref(
    node: syntax.Name, field: ir.FactField, named: dict[str, syntax.Given], context: Context
) -> ir.GivenField | None:
    """A reference to another given record, by the name it was given under."""
    other = named.get(node.text)
    if other is None:
        suggestion = nearest(node.text, named)
        context.reporter.report(
            "LP2004",
            node.span,
            say("nothing is given under the name `{}`", node.text),
            hint=say("did you mean `{}`?", suggestion)
            if suggestion
            else say("given {}: {} {{ … }}", node.text, field.type.fact),
            fix=suggestion,
        )
        return None
    if other.fact.text != field.type.fact:
        context.reporter.report(
            "LP3022",
            node.span,
            say("`{}` is {}, and `{}` is a {}", field.name, describe(field.type), node.text, other.fact.text),
        )
        return None
    return ir.GivenField(name=field.name, ref=node.text)


def _assignable(expr: typed.Expr, type_: ir.Type) -> bool:
    """Whether a constant can be given to a field of this type."""
    if expr.op != "const" or expr.type is None:
        return False
    given = expr.type
    if given == type_ or (given.kind in NUMBERS and type_.kind == "number"):
        return True
    if given.kind == "list" and type_.kind == "list":
        if expr.value == () or given.item is None or type_.item is None:
            return True
        inner = typed.Expr("const", given.item, expr.span)
        return _assignable(inner, type_.item) or {given.item.kind, type_.item.kind} <= TEXTS
    return given.kind == type_.kind and given.kind in TEXTS


def _expect(node: syntax.Expect, named: dict[str, syntax.Given], context: Context) -> ir.Expect | None:
    match node:
        case syntax.ExpectCondition(condition=condition, span=span):
            made = named_condition(condition, context)
            if made is None:
                return None
            return ir.ExpectCondition(condition=made, text=context.words(condition.span), place=context.place(span))
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
        case syntax.ExpectMissing(fields=fields, span=span):
            return _expect_missing(fields, node, context)


def _with_given_key(node: syntax.Destination, named: dict[str, syntax.Given], context: Context) -> syntax.Destination:
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


def _expect_missing(
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
