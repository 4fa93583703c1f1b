"""Gates, disqualification and the funnel."""

from __future__ import annotations

from collections.abc import Iterable

from leadpolicy.compiler import ir, lowering, syntax, typed
from leadpolicy.compiler.checker import calls, expressions
from leadpolicy.compiler.checker.context import Context
from leadpolicy.compiler.checker.destinations import check_destination
from leadpolicy.compiler.wording import Term, say, term


def named_condition(node: syntax.Expression, context: Context) -> ir.Condition | None:
    """A condition in clauses, or None where a mistake in it was reported."""
    return lowered(expressions.condition(node, context), context)


def lowered(expr: typed.Expr, context: Context) -> ir.Condition | None:
    """A typed condition in clauses, or None where it is broken."""
    return None if expr.broken else lowering.condition(expr, context.source, context.lets)


def check_unique(names: Iterable[syntax.Name], what: Term, context: Context) -> None:
    """Entries of one block have names of their own."""
    first: dict[str, syntax.Name] = {}
    for name in names:
        if name.text in first:
            context.reporter.report(
                "LP2002",
                name.span,
                say("two {} are called `{}`", what, name.text),
                related=((say("the first one"), first[name.text].span),),
            )
        first.setdefault(name.text, name)


def check_gate(node: syntax.Gate, context: Context) -> ir.Gate | None:
    """One gate; None too for one with parameters, which is checked but stands for no gate yet."""
    if node.made_from is not None:
        return _made_gate(node, node.made_from, context)
    if node.parameters is not None:
        called = calls.opaque(node, context)
        if called is not None:
            with called.inside("this"):
                _gate(node, context)
        return None
    return _gate(node, context)


def _made_gate(node: syntax.Gate, written: syntax.Expression, context: Context) -> ir.Gate | None:
    """`gate bant = frameworks.bant(…)`: the gate's criteria with the arguments in place."""
    called = calls.template(written, syntax.Gate, context)
    if called is None or not isinstance(called.node, syntax.Gate):
        return None
    with called.inside("this") as home:
        made = _gate(called.node, home)
    if made is None:
        return None
    label = node.label.value if node.label else made.label
    return made.model_copy(update={"name": node.name.text, "label": label, "place": context.place(node.name.span)})


def _gate(node: syntax.Gate, context: Context) -> ir.Gate | None:
    check_unique((c.name for c in node.criteria), term("criteria"), context)
    criteria: list[ir.Criterion] = []
    for criterion in node.criteria:
        expr = expressions.condition(criterion.condition, context)
        condition = lowered(expr, context)
        if condition is not None:
            # What stands for a parameter speaks in the words of the one who gave it.
            given = expr.args[0] if expr.op == "argument" else expr
            criteria.append(
                ir.Criterion(
                    name=criterion.name.text,
                    condition=condition,
                    ask=criterion.ask.value if criterion.ask else None,
                    text=context.said(given),
                    place=context.place(criterion.span),
                )
            )
    if not node.criteria:
        context.reporter.report(
            "LP3020",
            node.name.span,
            say("the gate `{}` has no criteria", node.name.text),
            hint=say("add one, or remove it"),
        )
    needed = len(node.criteria)
    if node.needed is not None:
        value = node.needed.value
        if value != value.to_integral_value() or not 1 <= value <= len(node.criteria):
            context.reporter.report(
                "LP3020",
                node.needed.span,
                say(
                    "`{}` has {} criteria: `at least {}` of them makes no sense",
                    node.name.text,
                    len(node.criteria),
                    context.words(node.needed.span),
                ),
            )
            return None
        needed = int(value)
    if not criteria or len(criteria) < len(node.criteria):
        return None
    return ir.Gate(
        name=node.name.text,
        label=node.label.value if node.label else None,
        criteria=tuple(criteria),
        needed=needed,
        place=context.place(node.name.span),
    )


def check_disqualify(node: syntax.Disqualify, context: Context) -> tuple[ir.DisqualifyEntry, ...]:
    """The disqualify block."""
    check_unique((e.name for e in node.entries), term("entries"), context)
    entries: list[ir.DisqualifyEntry] = []
    for entry in node.entries:
        condition = named_condition(entry.condition, context)
        destination = check_destination(entry.destination, context)
        if destination is not None and destination.kind in {"owner", "member"}:
            context.reporter.report(
                "LP3023",
                entry.destination.span,
                say("who is disqualified goes to nobody"),
                hint=say("use `closed`, a pool, a queue or `nurture for 90 days`"),
            )
        elif condition is not None and destination is not None:
            entries.append(
                ir.DisqualifyEntry(
                    name=entry.name.text,
                    condition=condition,
                    destination=destination,
                    text=context.words(entry.condition.span),
                    place=context.place(entry.span),
                )
            )
    return tuple(entries)


def check_funnel(node: syntax.Funnel, context: Context) -> tuple[ir.Stage, ...]:
    """The funnel's stages, first stage first."""
    stages: list[ir.Stage] = []
    for stage in node.stages:
        condition = named_condition(stage.condition, context)
        if condition is not None:
            stages.append(
                ir.Stage(
                    name=stage.name.text,
                    condition=condition,
                    text=context.words(stage.condition.span),
                    place=context.place(stage.span),
                )
            )
    return tuple(stages)
