"""What the checkers of blocks share: the head of a block, lines that stand once, and fixed lengths of time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from leadpolicy.compiler import ir, lowering, syntax, typed
from leadpolicy.compiler.checker import expressions
from leadpolicy.compiler.checker.context import Context
from leadpolicy.compiler.checker.qualification import lowered
from leadpolicy.compiler.constants import duration_micros
from leadpolicy.compiler.diagnostics import nearest
from leadpolicy.compiler.source import Span
from leadpolicy.compiler.types import NUMBERS, TEXTS, describe
from leadpolicy.compiler.wording import Keyword, say

_N = TypeVar("_N")
_LENGTHS = frozenset({"duration", "work_hours", "workdays"})
_DAY = 86_400_000_000


def head(span: Span, context: Context) -> Span:
    """The first line of a block: enough to point at."""
    lines = context.source.text[span.start : span.end].splitlines() or [""]
    return Span(span.start, span.start + len(lines[0].split("#")[0].rstrip(" {")))


def no_none(items: Iterable[_N | None]) -> tuple[_N, ...]:
    """The items that could be made."""
    return tuple(i for i in items if i is not None)


def said_twice(what: str, span: Span, first: Span, context: Context) -> None:
    """A line that may stand once stands again."""
    context.reporter.report(
        "LP2002",
        span,
        say("`{}` stands twice in this block", what),
        hint=say("keep one of them"),
        related=((say("the first one"), first),),
    )


# ── Conditions, times and numbers ──


def sure_condition(node: syntax.Expression | None, context: Context) -> ir.Condition | None:
    """The condition of a line, or None where there is none or a mistake in it was reported."""
    return None if node is None else lowered(expressions.condition(node, context), context)


def a_time(node: syntax.Expression, context: Context) -> ir.Expr | None:
    """An expression that must be a time, or None with a diagnostic."""
    expr = expressions.check(node, None, context)
    if expr.broken:
        return None
    assert expr.type is not None
    if expr.type.kind != "time":
        context.reporter.report(
            "LP3051",
            node.span,
            say("a time is expected here, and `{}` is {}", context.words(node.span), describe(expr.type)),
            hint=say("for example: assigned_at + 10 days"),
        )
        return None
    return lowering.lower(expr)


def a_number(node: syntax.Expression, what: Keyword, context: Context) -> ir.Expr | None:
    """An expression that must be a number."""
    expr = expressions.check(node, None, context)
    if expr.broken:
        return None
    assert expr.type is not None
    percent = expr.type.kind == "percent" and what.phrase == "weighted by"
    if expr.type.kind not in NUMBERS and not percent:
        context.reporter.report(
            "LP3055",
            node.span,
            say("`{}` takes a number, and `{}` is {}", what, context.words(node.span), describe(expr.type)),
        )
        return None
    return lowering.lower(expr)


# ── Fixed lengths of time ──


@dataclass(frozen=True, slots=True)
class Length:
    """A fixed duration, work hours or workdays; the last two with the calendar that they count in."""

    value: ir.Const
    calendar: str | None


def length(node: syntax.Expression, context: Context) -> Length | None:
    """A fixed length of time that is more than nothing, or None with a diagnostic."""
    expr = _checked(node, context)
    if expr.broken:
        return None
    if expr.type is None or expr.op != "const" or expr.type.kind not in _LENGTHS or expr.value is None:
        context.reporter.report(
            "LP3055",
            node.span,
            say("a fixed length of time is expected here, not `{}`", context.words(node.span)),
            hint=say("for example: 2 days, 8 work hours or 1 workday"),
        )
        return None
    if not _is_positive(expr.value):
        context.reporter.report("LP3055", node.span, say("`{}` is no time at all", context.words(node.span)))
        return None
    calendar = None
    if expr.type.kind != "duration":
        calendar = default_calendar(node.span, context)
        if calendar is None:
            return None
    return Length(ir.Const(type=expr.type, value=expr.value), calendar)


def _is_positive(value: ir.ConstValue) -> bool:
    if isinstance(value, ir.Duration):
        return duration_micros(value) > 0
    return isinstance(value, str) and Decimal(value) > 0


def default_calendar(span: Span, context: Context) -> str | None:
    """The calendar of the header, or None with a diagnostic."""
    if context.calendar is None:
        context.reporter.report(
            "LP2033",
            span,
            say("which calendar `{}` counts in is not said", context.words(span)),
            hint=say("say it in the policy's header: calendar work"),
        )
    return context.calendar


def whole_days(node: syntax.Expression, context: Context) -> int | None:
    """A fixed number of whole days, or None with a diagnostic."""
    found = length(node, context)
    if found is None:
        return None
    value = found.value.value
    if isinstance(value, ir.Duration) and duration_micros(value) % _DAY == 0:
        return duration_micros(value) // _DAY
    context.reporter.report(
        "LP3055",
        node.span,
        say("whole days are expected here, not `{}`", context.words(node.span)),
        hint=say("for example: 7 days"),
    )
    return None


def _checked(node: syntax.Expression, context: Context) -> typed.Expr:
    """The typed expression; `80% * 8 work hours` is worked out."""
    if not isinstance(node, syntax.Binary) or node.operator != "*":
        return expressions.check(node, None, context)
    sides = (node.left, node.right)
    if not any(isinstance(side, syntax.Quantity) and side.unit == "%" for side in sides):
        return expressions.check(node, None, context)
    left, right = (expressions.check(side, None, context) for side in sides)
    for share, span in ((left, right), (right, left)):
        if share.op == span.op == "const" and share.type and share.type.kind == "percent" and span.type:
            value = _share(share, span)
            if span.type.kind in _LENGTHS and value is not None:
                return typed.Expr("const", span.type, node.span, value=value)
    broken = left.broken or right.broken
    return typed.error(node.span) if broken else typed.Expr("arith", left.type, node.span, (left, right))


def _share(share: typed.Expr, span: typed.Expr) -> ir.ConstValue | None:
    assert isinstance(share.value, str)
    part = Decimal(share.value)
    if isinstance(span.value, str):
        return format((Decimal(span.value) * part).quantize(Decimal("0.000001")).normalize(), "f")
    if isinstance(span.value, ir.Duration) and not span.value.months:
        micros = (span.value.days * _DAY + span.value.micros) * part
        days, rest = divmod(int(micros), _DAY) if span.value.days else (0, int(micros))
        return ir.Duration(days=days, micros=rest)
    return None


# ── Values that go into fields ──


def fits_field(expr: typed.Expr, type_: ir.Type) -> bool:
    """Whether a value of an expression can be kept in a field of this type."""
    if expr.type is None:
        return False
    given = expr.type
    if given == type_ or (given.kind in NUMBERS and type_.kind == "number"):
        return True
    if given.kind == "list" and type_.kind == "list":
        if expr.value == () or given.item is None or type_.item is None:
            return True
        return fits_field(typed.Expr(expr.op, given.item, expr.span), type_.item)
    if given.kind == "choice" and type_.kind == "choice":
        return set(given.choices or ()) <= set(type_.choices or ())
    return given.kind in TEXTS and type_.kind in TEXTS and (given.kind == type_.kind or type_.kind == "text")


def no_such_fact(name: syntax.Name, context: Context) -> None:
    """A fact or event that is not declared."""
    suggestion = nearest(name.text, context.facts)
    context.reporter.report(
        "LP2004",
        name.span,
        say("there is no fact or event `{}`", name.text),
        hint=say("did you mean `{}`?", suggestion) if suggestion else say("declare it as a fact or an event"),
        fix=suggestion,
    )
