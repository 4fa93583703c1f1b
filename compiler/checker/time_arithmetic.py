"""Calculating with times, dates, durations, work hours and workdays (0009, section 4)."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, localcontext

from leadpolicy.compiler import ir, syntax, typed
from leadpolicy.compiler.checker import leave
from leadpolicy.compiler.checker.context import Context
from leadpolicy.compiler.checker.values import const
from leadpolicy.compiler.constants import PLACES, fits, print_decimal
from leadpolicy.compiler.types import DURATION, NUMBERS, WORKDAYS, describe
from leadpolicy.compiler.wording import Message, say

MOMENTS = frozenset({"time", "date"})
AMOUNTS = frozenset({"duration", "work_hours", "workdays"})
FACTORS = NUMBERS | {"percent"}


def concerns_time(left: typed.Expr, right: typed.Expr) -> bool:
    """Whether one of the operands is a time, a date or a length of time."""
    return any(side.type is not None and side.type.kind in MOMENTS | AMOUNTS for side in (left, right))


def calculate(node: syntax.Binary, left: typed.Expr, right: typed.Expr, context: Context) -> typed.Expr:
    """`left operator right` where `concerns_time`."""
    assert left.type is not None
    assert right.type is not None
    kinds = left.type.kind, right.type.kind
    match node.operator:
        case "+" | "-" if kinds[0] in MOMENTS and kinds[1] in AMOUNTS:
            return _moved(node, left, right, context)
        case "+" if kinds[0] in AMOUNTS and kinds[1] in MOMENTS:
            return _moved(node, right, left, context)
        case "-" if kinds[0] in MOMENTS and kinds[0] == kinds[1]:
            return _arith("sub", DURATION, node, left, right)
        case "+" | "-" if kinds[0] in AMOUNTS and kinds[0] == kinds[1]:
            return _sum(node, left, right)
        case "*" if kinds[0] in AMOUNTS and kinds[1] in FACTORS:
            return _scaled(node, left, right, context)
        case "*" if kinds[0] in FACTORS and kinds[1] in AMOUNTS:
            return _scaled(node, right, left, context)
    return _refused(node, left, right, context)


def _arith(op: str, type_: ir.Type, node: syntax.Binary, left: typed.Expr, right: typed.Expr) -> typed.Expr:
    nothing, unknown = left.nothing or right.nothing, left.unknown or right.unknown
    return typed.Expr("arith", type_, node.span, (left, right), op, nothing=nothing, unknown=unknown)


# ── A moment and an amount ──


def _moved(node: syntax.Binary, moment: typed.Expr, amount: typed.Expr, context: Context) -> typed.Expr:
    assert moment.type is not None
    assert amount.type is not None
    calendar: str | None = None
    away: tuple[typed.Expr, ...] = ()
    if moment.type.kind == "date" and not _fits_date(amount, context):
        return typed.error(node.span)
    if amount.type.kind != "duration":
        calendar = context.calendar
        if calendar is None:
            _no_calendar(node, amount, context)
            return typed.error(node.span)
        away = leave.of_this(node.span, context)
    sign = "-1" if node.operator == "-" else "1"
    return typed.Expr(
        "time_add", moment.type, node.span, (moment, amount, *away),
        (sign,) if calendar is None else (sign, calendar),
        nothing=True, unknown=moment.unknown or amount.unknown or any(line.unknown for line in away),
    )  # fmt: skip


def _fits_date(amount: typed.Expr, context: Context) -> bool:
    """A date moves by whole days: whether that is sure."""
    assert amount.type is not None
    exact = amount.type.kind == "work_hours"
    if amount.type.kind == "duration":
        exact = not isinstance(amount.value, ir.Duration) or amount.value.micros != 0
    if exact:
        context.reporter.report(
            "LP3031",
            amount.span,
            say("a date has no clock: `{}` can't be added to it or taken from it", context.said(amount)),
            hint=say("use days, months or workdays, written out, or a field that is a time"),
        )
    return not exact


def _no_calendar(node: syntax.Binary, amount: typed.Expr, context: Context) -> None:
    assert amount.type is not None
    declared = next(iter(context.names.calendars), None)
    context.reporter.report(
        "LP3032",
        node.span,
        say("`{}` needs a calendar: which hours and days are worked is not said", context.said(amount)),
        hint=say("name it in the policy's header: calendar {}", declared)
        if declared
        else say(
            "declare one, calendar work {{ mon to fri 09:00 to 18:00 }}, and name it in the header: calendar work"
        ),
    )


# ── Amounts ──


def _sum(node: syntax.Binary, left: typed.Expr, right: typed.Expr) -> typed.Expr:
    """The sum or difference of two amounts of one kind."""
    assert left.type is not None
    sign = -1 if node.operator == "-" else 1
    if left.op == right.op == "const":
        a, b = left.value, right.value
        if isinstance(a, ir.Duration) and isinstance(b, ir.Duration):
            total = ir.Duration(
                months=a.months + sign * b.months, days=a.days + sign * b.days, micros=a.micros + sign * b.micros
            )
            return const(DURATION, total, node.span)
        assert isinstance(a, str)
        assert isinstance(b, str)
        return const(left.type, print_decimal(Decimal(a) + sign * Decimal(b)), node.span)
    return _arith("add" if sign == 1 else "sub", left.type, node, left, right)


def _scaled(node: syntax.Binary, amount: typed.Expr, factor: typed.Expr, context: Context) -> typed.Expr:
    """An amount some number of times: months, days and workdays stay whole (rulings 15, 19)."""
    assert amount.type is not None
    assert factor.type is not None
    length = amount.value if isinstance(amount.value, ir.Duration) else None
    number = Decimal(factor.value) if factor.op == "const" and isinstance(factor.value, str) else None
    if number is not None and amount.op == "const":
        folded = _folded(node, amount, number)
        if folded is not None:
            return folded
        return _not_whole(node, amount, factor, context)
    whole = factor.type.kind == "int" or (number is not None and number == number.to_integral_value())
    exact_only = length is not None and not length.months and not length.days
    if amount.type.kind == "duration" and not whole and not exact_only:
        return _not_whole(node, amount, factor, context)
    left, right = (amount, factor) if amount.span.start < factor.span.start else (factor, amount)
    return _arith("mul", amount.type, node, left, right)


def _folded(node: syntax.Binary, amount: typed.Expr, number: Decimal) -> typed.Expr | None:
    """The constant, or None where it is not whole where it has to be."""
    with localcontext(prec=80):
        if isinstance(amount.value, ir.Duration):
            months, days = amount.value.months * number, amount.value.days * number
            micros = (amount.value.micros * number).to_integral_value(rounding=ROUND_HALF_UP)
            if months != months.to_integral_value() or days != days.to_integral_value():
                return None
            return const(DURATION, ir.Duration(months=int(months), days=int(days), micros=int(micros)), node.span)
        assert isinstance(amount.value, str)
        assert amount.type is not None
        value = (Decimal(amount.value) * number).quantize(PLACES, rounding=ROUND_HALF_UP)
        if amount.type == WORKDAYS and value != value.to_integral_value():
            return None
        return const(amount.type, print_decimal(value), node.span) if fits(value) else None


def _not_whole(node: syntax.Binary, amount: typed.Expr, factor: typed.Expr, context: Context) -> typed.Expr:
    assert amount.type is not None
    context.reporter.report(
        "LP3031",
        node.span,
        say("`{}` takes parts of what is counted whole: `{}`", context.words(node.span), context.said(amount)),
        hint=say("months, days and workdays come in whole numbers; hours and work hours can be divided"),
    )
    return typed.error(node.span)


# ── What makes no sense ──


def _refused(node: syntax.Binary, left: typed.Expr, right: typed.Expr, context: Context) -> typed.Expr:
    assert left.type is not None
    assert right.type is not None
    context.reporter.report(
        "LP3031",
        node.span,
        say("`{}` can't join {} and {}", node.operator, describe(left.type), describe(right.type)),
        hint=_hint(node.operator, left.type.kind, right.type.kind),
        related=(
            (say("this is {}", describe(left.type)), left.span),
            (say("this is {}", describe(right.type)), right.span),
        ),
    )
    return typed.error(node.span)


def _hint(operator: str, left: str, right: str) -> Message | None:
    kinds = {left, right}
    if operator == "+" and kinds <= MOMENTS:
        return say("add a length of time to a time: assigned_at + 3 days; the time between two is their difference")
    if kinds <= MOMENTS:
        return say("a date and a time are different things: compare two of one kind")
    if kinds <= AMOUNTS and operator in {"+", "-"}:
        return say("days, work hours and workdays are different things, and none becomes another")
    if kinds & NUMBERS and operator in {"+", "-"}:
        return say("say what the number counts: 3 days, 4 work hours, 2 workdays")
    if operator == "/" and kinds & AMOUNTS:
        return say("multiply by a share of it: 50% * 8 hours")
    return None
