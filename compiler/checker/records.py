"""Records: which of a fact's records an expression looks at (`Activity of lead where … within …`)."""

from __future__ import annotations

from leadpolicy.compiler import ir, lowering, syntax, typed
from leadpolicy.compiler.checker import expressions, windows
from leadpolicy.compiler.checker.context import Context
from leadpolicy.compiler.diagnostics import nearest
from leadpolicy.compiler.source import Span
from leadpolicy.compiler.types import ORDERED, describe
from leadpolicy.compiler.wording import keyword, say


def check_records(
    node: syntax.Records,
    context: Context,
    *,
    takes_value: bool = False,
    takes_prefer: bool = False,
    var: str | None = None,
) -> typed.Records | None:
    """Checked records, or None where a mistake in them was reported.

    `takes_value`: they begin with a value (`seconds of Activity`). `takes_prefer`: `prefer` may stand in them.
    `var`: the author's name for the record, as in a rule's `when lead: Lead`; else it gets one of its own.
    """
    chain = _chain(node, takes_value, context)
    fact = None if chain is None else _fact(chain[1], context)
    if chain is None or fact is None:
        return None
    value, name, owner = chain
    if node.prefer and not takes_prefer:
        context.reporter.report(
            "LP3035", node.prefer[0].span, say("`prefer` chooses one record: it stands in `first(…)` and `last(…)`")
        )
        return None
    of = _owner(fact, name, owner, context)
    window = windows.check_windows(node.windows, fact, context)
    with context.bind_row(fact.name) if var is None else context.bind(var, fact.name) as row:
        where = None if node.where is None else _where(node.where, fact, row, context)
        typed_value = None if value is None else expressions.check(value, None, context)
        steps = [_prefer(step, context) for step in node.prefer]
    preferred = tuple(e for _, e in steps)
    parts = (of, where, typed_value, *preferred)
    if window is None or any(p is not None and p.broken for p in parts):
        return None
    made, since = window
    records = ir.Records(
        fact=fact.name,
        var=row,
        of=None if of is None else lowering.lower(of),
        where=None if where is None else lowering.condition(where, context.source, context.lets),
        window=made,
        text=context.words(Span(name.span.start, node.span.end)),
    )
    prefer = tuple(p for p, _ in steps if p is not None)
    return typed.Records(records, node.span, of, where, since, typed_value, prefer, preferred)


def lower_records(records: typed.Records) -> ir.Records:
    """The IR of checked records."""
    return records.made


# ── What `of` joins ──

_Chain = tuple[syntax.Expression | None, syntax.Name, syntax.Expression | None]
"""The value, the fact and the owner."""


def _chain(node: syntax.Records, takes_value: bool, context: Context) -> _Chain | None:
    """Tell what `of` joins; None where that is a mistake (reported)."""
    value, rest = (node.chain[0], node.chain[1:]) if takes_value else (None, node.chain)
    first = node.chain[0]
    if takes_value and (not rest or (isinstance(first, syntax.Name) and first.text in context.names.facts)):
        words = context.words(node.span)
        context.reporter.report(
            "LP3030",
            node.span,
            say("what is added up is not said: `{}`", words),
            hint=say("name a field of the records: amount of {}", words),
        )
        return None
    if not isinstance(rest[0], syntax.Name):
        context.reporter.report(
            "LP2004",
            rest[0].span,
            say("`{}` is no fact and no event", context.words(rest[0].span)),
            hint=say("name one of them"),
        )
        return None
    if len(rest) > 2:
        context.reporter.report(
            "LP3029", rest[2].span, say("records belong to one record: there is one `of` too many here")
        )
        return None
    return value, rest[0], rest[1] if len(rest) == 2 else None


def _fact(name: syntax.Name, context: Context) -> ir.Fact | None:
    fact = context.facts.get(name.text)
    if fact is not None or name.text in context.names.facts:
        return fact
    plural = [f for f in context.facts if name.text.lower() in (f.lower(), f"{f.lower()}s")]
    if len(plural) == 1:
        context.reporter.report(
            "LP2004",
            name.span,
            say("`{}` is read as `{}`", name.text, plural[0]),
            hint=say("write `{}`", plural[0]),
            fix=plural[0],
            severity="warning",
        )
        return context.facts[plural[0]]
    suggestion = nearest(name.text, context.names.facts)
    context.reporter.report(
        "LP2004",
        name.span,
        say("there is no fact or event `{}`", name.text),
        hint=say("did you mean `{}`?", suggestion) if suggestion else say("declare it as a fact or an event"),
        fix=suggestion,
    )
    return None


def _owner(
    fact: ir.Fact, name: syntax.Name, written: syntax.Expression | None, context: Context
) -> typed.Expr | None:
    """The record that they belong to, `error` where that is a mistake; None for all records.

    Where it isn't written: the record that a name without a dot belongs to here, mostly `this`; in a rule: all.
    """
    if written is None:
        var = None if fact.of is None else context.row_of(fact.of)
        if var is None:
            return None
        return typed.Expr("var", ir.Type(kind="fact", fact=fact.of), name.span, var=var)
    owner = expressions.check(written, None, context)
    if owner.broken:
        return owner
    assert owner.type is not None
    if fact.of is None:
        context.reporter.report(
            "LP3029",
            written.span,
            say("`{}` is not declared as belonging to anything, so `of` says nothing here", fact.name),
            hint=say("declare it: fact {} of … {{, or compare fields in `where`", fact.name),
        )
        return typed.error(written.span)
    if owner.type.fact != fact.of or owner.type.kind != "fact":
        context.reporter.report(
            "LP3029",
            written.span,
            say(
                "`{}` belongs to a {}, and `{}` is {}",
                fact.name,
                fact.of,
                context.words(written.span),
                describe(owner.type),
            ),
        )
        return typed.error(written.span)
    return owner


# ── Conditions on a record ──


def _where(node: syntax.Expression, fact: ir.Fact, row: str, context: Context) -> typed.Expr:
    where = expressions.condition(node, context)
    if not where.broken:
        warn_if_not_about(where, row, fact.name, context)
    return where


def warn_if_not_about(condition: typed.Expr, row: str, what: str, context: Context) -> None:
    """Warn of each clause that says nothing about the record bound to `row`: it is the same for all of them."""
    for clause in clauses(condition):
        if not is_about(clause, row):
            context.reporter.warn(
                "LP3026",
                clause.span if clause.source is None else condition.span,
                say("`{}` is the same for every {}: it uses no field of it", context.said(clause), what),
                hint=say("`where` takes the whole chain of `and`; put what is not about the records before it"),
            )


def clauses(condition: typed.Expr) -> tuple[typed.Expr, ...]:
    """The parts of an `and` chain."""
    if condition.op not in {"and", "argument"}:
        return (condition,)
    return tuple(c for arg in condition.args for c in clauses(arg))


def is_about(expr: typed.Expr, row: str) -> bool:
    """Whether an expression reads anything of the record bound to `row`."""
    return any(node.var == row for node in expr.walk())


def _prefer(node: syntax.Prefer, context: Context) -> tuple[ir.Prefer | None, typed.Expr]:
    """One step of choosing, and its typed expression."""
    if node.condition is not None:
        condition = expressions.condition(node.condition, context)
        if condition.broken:
            return None, condition
        return ir.Prefer(condition=lowering.condition(condition, context.source, context.lets)), condition
    assert node.field is not None
    field = expressions.check(node.field, None, context)
    if field.broken:
        return None, field
    assert field.type is not None
    if field.type.kind not in ORDERED:
        context.reporter.report(
            "LP3035",
            node.field.span,
            say(
                "`{}` needs a time, a date or a number, and `{}` is {}",
                keyword(node.order or "latest"),
                context.words(node.field.span),
                describe(field.type),
            ),
        )
        return None, typed.error(node.field.span)
    return ir.Prefer(field=lowering.lower(field), order=node.order), field
