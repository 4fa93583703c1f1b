"""Rules that are well written and make no sense: ages that nothing waits for, actions that undo each other, values
that are put where there must be one although they are known to be none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from leadpolicy.compiler import ir, syntax
from leadpolicy.compiler.checker.context import Context
from leadpolicy.compiler.ir_walk import below
from leadpolicy.compiler.source import Span
from leadpolicy.compiler.wording import say

Field = tuple[str, tuple[str, ...]]
"""The name of a record, and a path from it."""


def look_at_rule(node: syntax.Rule, rule: ir.Rule, context: Context) -> None:
    """Report what is certain to be a mistake of a rule that was checked."""
    body = [line.span for line in node.lines if not isinstance(line, syntax.Then)]
    actions = [line.action.span for line in node.lines if isinstance(line, syntax.Then)]
    _look_at_ages(rule, body, context)
    _look_at_changes(rule, actions, context)
    _look_at_values(rule, actions, context)


# ── Ages ──


def _look_at_ages(rule: ir.Rule, spans: Sequence[Span], context: Context) -> None:
    """Decision record 0012, section 7: only an age that is compared with a span has instants of its own."""
    lets: dict[str, ir.Expr] = {}
    for line, span in zip(rule.body, spans, strict=True):
        if isinstance(line, ir.RuleLet):
            lets[line.name] = line.expr
            continue
        node: ir.Node = line.records if isinstance(line, ir.Pattern) else line.condition
        if any(_untimed(node, lets)):
            context.reporter.warn(
                "LP4054",
                span,
                say("as time passes, nobody looks at the age in `{}` until something else happens", line.text),
                hint=say("compare the age itself with a span: age(…) >= 3 days"),
            )


def _untimed(node: ir.Node, lets: Mapping[str, ir.Expr]) -> Iterator[ir.Call]:
    """The ages that are used in another way than compared with what doesn't depend on time."""
    node = _meaning(node, lets)
    sides = below(node) if isinstance(node, ir.Compare | ir.Between | ir.In) else []
    aged = [side for side in (_meaning(side, lets) for side in sides) if _is_age(side)]
    others = [side for side in sides if not _is_age(_meaning(side, lets))]
    if len(aged) == 1 and not any(_is_age(one) for side in others for one in _everything(side, lets)):
        return
    if _is_age(node):
        assert isinstance(node, ir.Call)
        yield node
    for inner in below(node):
        yield from _untimed(inner, lets)


def _everything(node: ir.Node, lets: Mapping[str, ir.Expr]) -> Iterator[ir.Node]:
    node = _meaning(node, lets)
    yield node
    for inner in below(node):
        yield from _everything(inner, lets)


def _meaning(node: ir.Node, lets: Mapping[str, ir.Expr]) -> ir.Node:
    """What a let of the rule stands for."""
    while isinstance(node, ir.VarRef) and node.name in lets:
        node = lets[node.name]
    return node


def _is_age(node: ir.Node) -> bool:
    return isinstance(node, ir.Call) and node.function == "age"


# ── Changes ──


def _look_at_changes(rule: ir.Rule, spans: Sequence[Span], context: Context) -> None:
    """A field that is set twice; what is done to a record behind its removal."""
    set_before: dict[tuple[str, str], Span] = {}
    removed: dict[str, Span] = {}
    for action, span in zip(rule.actions, spans, strict=True):
        if not isinstance(action, ir.Set | ir.Remove):
            continue
        if action.var in removed:
            context.reporter.report(
                "LP4055",
                span,
                say("`{}` is removed before: this does nothing", action.var),
                hint=say("leave one of them out"),
                related=((say("it is removed here"), removed[action.var]),),
                severity="warning",
            )
            continue
        if isinstance(action, ir.Remove):
            removed[action.var] = span
            continue
        field = action.var, action.field.name
        if field in set_before:
            context.reporter.report(
                "LP4055",
                span,
                say("`{}` is set twice in this rule: only this value stands", ".".join(field)),
                hint=say("leave one of them out"),
                related=((say("it is set here"), set_before[field]),),
                severity="warning",
            )
        set_before[field] = span


# ── Values ──


def _look_at_values(rule: ir.Rule, spans: Sequence[Span], context: Context) -> None:
    """What a rule asks to be unknown, or nothing, and puts where there must be something."""
    missing = set(_known_to_be_missing(rule))
    facts = {line.records.var: line.records.fact for line in rule.body if isinstance(line, ir.Pattern)}
    for action, span in zip(rule.actions, spans, strict=True):
        fact, given = "", tuple[ir.FieldValue, ...]()
        if isinstance(action, ir.Add | ir.Conclude):
            fact, given = action.fact, action.fields
            if _field(action.of) in missing:
                context.reporter.report(
                    "LP3060",
                    span,
                    say("each `{}` belongs to something, and `{}` is none where this rule matches", fact,
                        _shown(_field(action.of))),
                )  # fmt: skip
        elif isinstance(action, ir.Set):
            fact, given = facts[action.var], (action.field,)
        for value in given:
            declared = context.field_of(fact, value.name)
            if declared is not None and (declared.key or declared.required) and _field(value.value) in missing:
                context.reporter.report(
                    "LP3060",
                    span,
                    say("`{}` must have a value, and `{}` has none where this rule matches", value.name,
                        _shown(_field(value.value))),
                    hint=say("give it a value that is known, or ask for one: when … is known"),
                )  # fmt: skip


def _known_to_be_missing(rule: ir.Rule) -> Iterator[Field]:
    for line in rule.body:
        condition = None
        if isinstance(line, ir.Pattern):
            condition = line.records.where
        elif isinstance(line, ir.Guard):
            condition = line.condition
        for clause in () if condition is None else condition.clauses:
            expr = clause.expr
            if isinstance(expr, ir.Not) and isinstance(expr.arg, ir.IsKnown):
                found = _field(expr.arg.arg)
            else:
                found = _field(expr.arg) if isinstance(expr, ir.IsUnknown) else None
            if found is not None:
                yield found


def _field(expr: ir.Expr | None) -> Field | None:
    return (expr.var, expr.path) if isinstance(expr, ir.FieldRef) else None


def _shown(field: Field | None) -> str:
    return "" if field is None else ".".join((field[0], *field[1]))
