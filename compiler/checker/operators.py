"""Operators: what comparing, adding and joining two typed operands gives, or why it can't be done."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, localcontext

from leadpolicy.compiler import ir, syntax, typed
from leadpolicy.compiler.checker import time_arithmetic
from leadpolicy.compiler.checker.context import Context
from leadpolicy.compiler.checker.values import const
from leadpolicy.compiler.constants import PLACES, fits, print_decimal
from leadpolicy.compiler.source import Span
from leadpolicy.compiler.types import (
    BOOL,
    NUMBERS,
    TEXTS,
    comparable,
    describe,
    product_type,
    quotient_type,
    sortable,
    sum_type,
)
from leadpolicy.compiler.wording import Message, keyword, say

_RELATIONS = {"is": "eq", "is not": "eq", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}


def condition(expr: typed.Expr, context: Context) -> typed.Expr:
    """The expression as a condition: true, false or unknown."""
    if expr.type is None or expr.type.kind == "bool":
        return expr
    words = context.words(expr.span)
    if expr.op == "gate_name":
        context.reporter.report(
            "LP3024",
            expr.span,
            say("`{}` is a gate, and a gate passes, fails, or isn't known yet", words),
            hint=say("write `{} passes`", words),
            fix=f"{words} passes",
        )
    else:
        context.reporter.report(
            "LP3002",
            expr.span,
            say("a condition is expected here, but `{}` is {}", words, describe(expr.type)),
            hint=_condition_hint(words, expr.type),
        )
    return typed.error(expr.span)


def _condition_hint(words: str, type_: ir.Type) -> Message:
    if type_.kind in NUMBERS:
        return say("compare it: {} >= 10", words)
    if type_.kind == "choice" and type_.choices:
        return say("compare it: {} is {}", words, type_.choices[0])
    return say("compare it, or write `{} is known`", words)


def logic(op: str, args: tuple[typed.Expr, ...], span: Span) -> typed.Expr:
    """`and`, `or`, `not`, `certainly`, `possibly` of conditions."""
    definite = op in {"certainly", "possibly"}
    return typed.Expr(op, BOOL, span, args, unknown=not definite and any(a.unknown for a in args))


def compare(relation: str, left: typed.Expr, right: typed.Expr, span: Span, context: Context) -> typed.Expr:
    """`is`, `is not`, `<` … of two values."""
    if left.type is None or right.type is None:
        return typed.error(span)
    if not comparable(left.type, right.type):
        report_clash(left, right, span, context)
        return typed.error(span)
    name = _RELATIONS[relation]
    if name != "eq" and not sortable(left.type, right.type):
        _report_no_order(relation, left, right, span, context)
        return typed.error(span)
    unknown = left.unknown or right.unknown
    result = typed.Expr("compare", BOOL, span, (left, right), name, unknown=unknown)
    return logic("not", (result,), span) if relation == "is not" else result


def report_clash(left: typed.Expr, right: typed.Expr, span: Span, context: Context) -> None:
    """Two operands that can never be compared: say what each is."""
    assert left.type is not None
    assert right.type is not None
    code, hint = "LP3001", None
    kinds = {left.type.kind, right.type.kind}
    if kinds == {"money"}:
        code = "LP3003"
        hint = say("amounts of different currencies are never compared: convert one before it comes in")
    elif "money" in kinds and kinds & NUMBERS:
        code = "LP3004"
        number, money = (left, right) if left.type.kind in NUMBERS else (right, left)
        assert money.type is not None
        hint = say("write `{} {}`", context.words(number.span), money.type.currency)
    elif kinds == {"time", "date"}:
        code = "LP3008"
        hint = say("write the time too, such as 2026-11-20 00:00")
    elif "percent" in kinds and kinds & NUMBERS:
        number, percent = (left, right) if left.type.kind in NUMBERS else (right, left)
        hint = say("write the number with a `%`")
        if number.op != "const" and percent.op == "const":
            hint = say("write the share as a number: 80% is 0.8")
    elif kinds & {"duration", "work_hours", "workdays"} == kinds:
        hint = say("days, work hours and workdays are different things, and none becomes another")
    context.reporter.report(
        code,
        span,
        say(
            "`{}` is {}, and `{}` is {}: they can't be compared",
            context.words(left.span),
            describe(left.type),
            context.words(right.span),
            describe(right.type),
        ),
        hint=hint,
        related=(
            (say("this is {}", describe(left.type)), left.span),
            (say("this is {}", describe(right.type)), right.span),
        ),
    )


def _report_no_order(relation: str, left: typed.Expr, right: typed.Expr, span: Span, context: Context) -> None:
    assert left.type is not None
    words = context.words(left.span)
    if left.type.kind == "choice":
        context.reporter.report(
            "LP3006",
            span,
            say("the choices of `{}` have no order, so `{}` says nothing of them", words, keyword(relation)),
            hint=say("declare them from low to high and write `in order` behind the list, or use `is` or `in`"),
        )
    elif left.type.kind in TEXTS:
        context.reporter.report(
            "LP3005",
            span,
            say("texts have no order: `{}` can't compare them", keyword(relation)),
            hint=say("use `is` or `in`"),
        )
    else:
        context.reporter.report(
            "LP3005", span, say("`{}` can't compare {}", keyword(relation), describe(left.type)), hint=say("use `is`")
        )


def membership(relation: str, item: typed.Expr, items: typed.Expr, span: Span, context: Context) -> typed.Expr:
    """`item in items`, `not in`; `items` is a list."""
    if item.type is None or items.type is None:
        return typed.error(span)
    inner = items.type.item
    if items.type.kind != "list" or inner is None:
        context.reporter.report(
            "LP3019",
            items.span,
            say("`in` looks into a list, and `{}` is {}", context.words(items.span), describe(items.type)),
            hint=say("write a list in square brackets, a range such as 1 to 10, or use `is`"),
        )
        return typed.error(span)
    empty = items.op == "const" and items.value == ()
    if not empty and not comparable(item.type, inner):
        context.reporter.report(
            "LP3001",
            span,
            say(
                "`{}` is {}, and `{}` holds {}: it can never be in it",
                context.words(item.span),
                describe(item.type),
                context.words(items.span),
                describe(inner),
            ),
        )
        return typed.error(span)
    result = typed.Expr("in", BOOL, span, (item, items), unknown=item.unknown or items.unknown)
    return logic("not", (result,), span) if relation == "not in" else result


def between(
    relation: str, item: typed.Expr, low: typed.Expr, high: typed.Expr, span: Span, context: Context
) -> typed.Expr:
    """`item in low to high`, both ends in."""
    for end in (low, high):
        tried = compare("<=", item, end, span, context)
        if tried.broken:
            return typed.error(span)
    if low.op == high.op == "const" and _later(low, high):
        context.reporter.report(
            "LP3014",
            low.span.to(high.span),
            say("the range `{}` is empty: its first end is above its last", context.words(low.span.to(high.span))),
        )
        return typed.error(span)
    unknown = item.unknown or low.unknown or high.unknown
    result = typed.Expr("between", BOOL, span, (item, low, high), unknown=unknown)
    return logic("not", (result,), span) if relation == "not in" else result


def _later(low: typed.Expr, high: typed.Expr) -> bool:
    """Whether the constant `low` is above the constant `high` (numbers and dates)."""
    if isinstance(low.value, str) and isinstance(high.value, str) and low.type and low.type.kind != "choice":
        if low.type.kind == "date":
            return low.value > high.value
        return Decimal(low.value) > Decimal(high.value)
    return isinstance(low.value, int) and isinstance(high.value, int) and low.value > high.value


def contains(relation: str, left: typed.Expr, right: typed.Expr, span: Span, context: Context) -> typed.Expr:
    """`contains`, `not contains`, `starts with`, `ends with`: of a text, or `contains` of a list."""
    if left.type is None or right.type is None:
        return typed.error(span)
    if left.type.kind == "list" and relation in {"contains", "not contains"}:
        return membership("not in" if relation == "not contains" else "in", right, left, span, context)
    if left.type.kind not in TEXTS or right.type.kind not in TEXTS:
        wrong = left if left.type.kind not in TEXTS else right
        assert wrong.type is not None
        context.reporter.report(
            "LP3001",
            wrong.span,
            say(
                "`{}` looks into texts, and `{}` is {}",
                keyword(relation),
                context.words(wrong.span),
                describe(wrong.type),
            ),
        )
        return typed.error(span)
    test = {"contains": "contains", "not contains": "contains", "starts with": "starts", "ends with": "ends"}
    unknown = left.unknown or right.unknown
    result = typed.Expr("text_test", BOOL, span, (left, right), test[relation], unknown=unknown)
    return logic("not", (result,), span) if relation == "not contains" else result


def arithmetic(node: syntax.Binary, left: typed.Expr, right: typed.Expr, context: Context) -> typed.Expr:
    """`+ - * /`."""
    if left.type is None or right.type is None:
        return typed.error(node.span)
    if time_arithmetic.concerns_time(left, right):
        return time_arithmetic.calculate(node, left, right, context)
    names = {"+": "add", "-": "sub", "*": "mul", "/": "div"}
    match node.operator:
        case "+" | "-":
            type_ = sum_type(left.type, right.type)
        case "*":
            type_ = product_type(left.type, right.type)
        case _:
            type_ = quotient_type(left.type, right.type)
    if type_ is None:
        return _no_arithmetic(node, left, right, context)
    divided = node.operator == "/"
    constant = _fold(names[node.operator], left, right, type_, node.span)
    if constant is not None:
        return constant
    return typed.Expr(
        "arith", type_, node.span, (left, right), names[node.operator],
        nothing=left.nothing or right.nothing or divided,
        unknown=left.unknown or right.unknown,
    )  # fmt: skip


def _fold(op: str, left: typed.Expr, right: typed.Expr, type_: ir.Type, span: Span) -> typed.Expr | None:
    """The constant of two constants, where it stays within what numbers can be."""
    if left.op != "const" or right.op != "const":
        return None
    assert isinstance(left.value, str)
    assert isinstance(right.value, str)
    a, b = Decimal(left.value), Decimal(right.value)
    if op == "div" and b == 0:
        return None
    with localcontext(prec=80):  # 24 digits before the point, and enough behind it to round once
        value = {"add": a + b, "sub": a - b, "mul": a * b}[op] if op != "div" else a / b
        value = value.quantize(PLACES, rounding=ROUND_HALF_UP)
    return const(type_, print_decimal(value), span) if fits(value) else None


def _no_arithmetic(node: syntax.Binary, left: typed.Expr, right: typed.Expr, context: Context) -> typed.Expr:
    assert left.type is not None
    assert right.type is not None
    context.reporter.report(
        "LP3009",
        node.span,
        say("`{}` can't join {} and {}", node.operator, describe(left.type), describe(right.type)),
        related=(
            (say("this is {}", describe(left.type)), left.span),
            (say("this is {}", describe(right.type)), right.span),
        ),
    )
    return typed.error(node.span)
