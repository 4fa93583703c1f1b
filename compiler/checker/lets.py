"""Uses of lets: of this record, of another one, of a module."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from leadpolicy.compiler import syntax, typed
from leadpolicy.compiler.checker import calls, expressions, names
from leadpolicy.compiler.checker.context import Context
from leadpolicy.compiler.diagnostics import Related
from leadpolicy.compiler.source import Span
from leadpolicy.compiler.wording import joined, say

MOST_LETS = 30
"""How deep lets are looked into that could not be put in order (`let_order`)."""


def let(
    text: str,
    at: syntax.Name | syntax.Attribute,
    context: Context,
    var: str | None = None,
    reporting: Context | None = None,
) -> typed.Expr:
    """A use of a let, of the record `var` or of the one meant here; its own expression is checked at the first use,
    wherever it stands. `reporting`: the context of the file that uses it, where `context` is a module's."""
    declared = context.names.lets[text]
    if declared.parameters is not None:
        (reporting or context).reporter.report(
            "LP3033",
            at.span,
            say("`{}` has parameters: say what they stand for", text),
            hint=say("write `{}(…)`", (reporting or context).words(at.span)),
            related=(Related(say("declared here"), context.source, declared.name.span),),
        )
        return typed.error(at.span)
    if text in context.lets_in_progress:
        path = [*context.lets_in_progress[context.lets_in_progress.index(text) :], text]
        context.reporter.report(
            "LP4001",
            declared.name.span,
            say("these values go round in a circle: {}", joined([f"`{p}`" for p in path], between=" → ")),
            hint=say("one of them has to do without the others"),
        )
        return typed.error(at.span)
    key = context.let_key(text)
    if key not in context.lets:
        if len(context.lets_in_progress) == MOST_LETS:
            _too_deep(text, context)
            context.lets[key] = typed.error(at.span)
            return context.lets[key]
        context.lets_in_progress.append(text)
        with context.at_the_top():
            context.lets[key] = expressions.check(declared.value, None, context)
        context.lets_in_progress.pop()
    return _use_of_let(text, at, var, context)


def _use_of_let(text: str, at: syntax.Name | syntax.Attribute, var: str | None, context: Context) -> typed.Expr:
    meaning = context.lets[context.let_key(text)]
    if meaning.broken:
        return typed.error(at.span)
    if context.module is not None:  # nothing of a module is left in the IR: its lets read nothing but each other
        return whole(meaning, at.span)
    if not reads_this(meaning, context):
        owner: str | None = "this"
    else:
        owner = names.whose(text, at.span, context, derived=_reads_parts(meaning, context), var=var)
    if owner is None:
        return typed.error(at.span)
    if meaning.op == "field":  # another name for a field: paths may go on from it
        return replace(meaning, span=at.span, var=owner)
    if owner != "this" and not context.in_rule:
        return _written_out(text, at, owner, context)
    return typed.Expr(
        "let", meaning.type, at.span,
        value=text, nothing=meaning.nothing, unknown=meaning.unknown, var=owner,
    )  # fmt: skip


def _written_out(text: str, at: syntax.Name | syntax.Attribute, owner: str, context: Context) -> typed.Expr:
    """A let of another record: decisions know those of their own only, so what it stands for is put in its place."""
    declared = context.names.lets[text]
    if not calls.may_expand(declared, at.span, context):
        return typed.error(at.span)
    with context.expanding({}, owner):
        meaning = expressions.check(declared.value, None, context)
    return typed.error(at.span) if meaning.broken else whole(meaning, at.span)


def reads_this(expr: typed.Expr, context: Context) -> bool:
    """Whether a let's expression says anything about `this`, through lets."""
    return _in_lets("this", expr, context, lambda node: node.op in _OF_THIS and node.var == "this")


def _reads_parts(expr: typed.Expr, context: Context) -> bool:
    """Whether a let's expression reads scores, tables, gates or stages, through lets."""
    return _in_lets("parts", expr, context, lambda node: node.op in _PARTS)


def _in_lets(question: str, expr: typed.Expr, context: Context, holds: Callable[[typed.Expr], bool]) -> bool:
    """Whether something holds of a part of an expression, lets looked through; each let is asked once."""
    found = False
    for node in expr.walk():
        if node.op == "let" and isinstance(node.value, str):
            key = (question, node.value)
            if key not in context.lets.answers:
                context.lets.answers[key] = _in_lets(question, context.lets[node.value], context, holds)
            found = found or context.lets.answers[key]
        else:
            found = found or holds(node)
    return found


_PARTS = frozenset(
    {"score", "table", "gate", "gate_name", "stage_reached", "stage", "disqualified", "ago", "entered"}
)
_OF_THIS = _PARTS | {"field", "var"}


def whole(expr: typed.Expr, span: Span) -> typed.Expr:
    """An expression that stands at one place as a whole, though it was written elsewhere."""
    if expr.op in {"and", "argument"}:  # not to be taken apart into clauses
        return typed.Expr("whole", expr.type, span, (expr,), unknown=expr.unknown, nothing=expr.nothing)
    return replace(expr, span=span, source=None)


def _too_deep(text: str, context: Context) -> None:
    """Said once: the others that are too deep follow from the same circle."""
    if not context.circle_too_deep:
        context.circle_too_deep = True
        context.reporter.report(
            "LP1008",
            context.names.lets[text].name.span,
            say("values that stand in a circle name each other more than {} deep", MOST_LETS),
            hint=say("one of them has to do without the others"),
        )
