"""Literals: the constant that is meant, given the type that is expected at that place."""

from __future__ import annotations

from decimal import Decimal

from leadpolicy.compiler import ir, syntax, typed
from leadpolicy.compiler.checker.context import Context
from leadpolicy.compiler.constants import (
    clean_email,
    clean_phone,
    clean_text,
    duration,
    fits,
    print_decimal,
)
from leadpolicy.compiler.diagnostics import nearest
from leadpolicy.compiler.source import Span
from leadpolicy.compiler.types import (
    BOOL,
    DATE,
    DURATION,
    INT,
    NUMBER,
    PERCENT,
    TEXT,
    TIME,
    WORK_HOURS,
    WORKDAYS,
    describe,
)
from leadpolicy.compiler.wording import Term, joined, say, term
from leadpolicy.compiler.zones import to_micros

Literal = (
    syntax.Text | syntax.Number | syntax.Quantity | syntax.Boolean | syntax.Date | syntax.Time
)  # fmt: skip


def const(type_: ir.Type, value: ir.ConstValue, span: Span) -> typed.Expr:
    """A typed constant."""
    return typed.Expr("const", type_, span, value=value)


def literal(node: Literal, expected: ir.Type | None, context: Context) -> typed.Expr:
    """The constant of a literal. `expected` is what it will be compared with or assigned to, if known."""
    match node:
        case syntax.Text():
            return _text(node, expected, context)
        case syntax.Number():
            return _number(node, context)
        case syntax.Quantity():
            return _quantity(node, context)
        case syntax.Boolean(value=value, span=span):
            return const(BOOL, value, span)
        case syntax.Date(value=day, span=span):
            return const(DATE, day.isoformat(), span)
        case syntax.Time(value=time, span=span):
            return const(TIME, to_micros(time, context.zone), span)


def _text(node: syntax.Text, expected: ir.Type | None, context: Context) -> typed.Expr:
    text = clean_text(node.value)
    kind = expected.kind if expected else "text"
    if expected is not None and kind == "choice":
        return choice(text, node.span, expected, context)
    if kind == "email":
        return const(ir.Type(kind="email"), clean_email(text), node.span)
    if kind == "phone":
        return const(ir.Type(kind="phone"), clean_phone(text, context.calling_code), node.span)
    if expected is not None and kind == "fact":
        return const(expected, text, node.span)
    return const(TEXT, text, node.span)


def choice(text: str, span: Span, type_: ir.Type, context: Context) -> typed.Expr:
    """One of the choices of a type, or a diagnostic that says which there are."""
    choices = type_.choices or ()
    if text in choices:
        return const(type_, text, span)
    suggestion = nearest(text, choices)
    context.reporter.report(
        "LP3007",
        span,
        say("`{}` is none of the choices here", text),
        hint=say("did you mean `{}`?", suggestion) if suggestion else say("the choices are: {}", joined(choices)),
        fix=suggestion if suggestion and context.words(span) == text else None,
    )
    return typed.error(span)


def _in_range(value: Decimal, span: Span, context: Context) -> bool:
    if fits(value):
        return True
    context.reporter.report(
        "LP3018",
        span,
        say("`{}` is beyond what numbers can be here", context.words(span)),
        hint=say("numbers are below 1,000,000,000,000 in size and have at most 6 places"),
    )
    return False


def _number(node: syntax.Number, context: Context) -> typed.Expr:
    if not _in_range(node.value, node.span, context):
        return typed.error(node.span)
    whole = node.value == node.value.to_integral_value()
    return const(INT if whole else NUMBER, print_decimal(node.value), node.span)


def _quantity(node: syntax.Quantity, context: Context) -> typed.Expr:
    if not _in_range(node.value, node.span, context):
        return typed.error(node.span)
    text = print_decimal(node.value)
    match node.unit:
        case "%":
            fraction = node.value / 100
            if not _in_range(fraction, node.span, context):
                return typed.error(node.span)
            return const(PERCENT, print_decimal(fraction), node.span)
        case "work_hour":
            return const(WORK_HOURS, text, node.span)
        case "workday":
            if node.value != node.value.to_integral_value():
                return _whole(node, term("workdays"), context)
            return const(WORKDAYS, text, node.span)
        case unit if len(unit) == 3 and unit.isupper():
            return const(ir.Type(kind="money", currency=unit), text, node.span)
        case unit:
            length = duration(node.value, unit)
            if length is None:
                return _whole(node, term("months and years"), context)
            return const(DURATION, length, node.span)


def _whole(node: syntax.Quantity, what: Term, context: Context) -> typed.Expr:
    context.reporter.report(
        "LP3018",
        node.span,
        say("{} are whole: `{}` is not", what, context.words(node.span)),
        hint=say("use days or hours"),
    )
    return typed.error(node.span)


def list_of(items: tuple[typed.Expr, ...], span: Span, context: Context) -> typed.Expr:
    """A list of constants; its type is that of its first item, and the others must go with it."""
    good = [i for i in items if not i.broken]
    if len(good) < len(items):
        return typed.error(span)
    if not good:
        return const(ir.Type(kind="list", item=TEXT), (), span)
    first = good[0].type
    assert first is not None
    for item in good:
        assert item.type is not None
        if item.op != "const" or item.type.kind == "list":
            context.reporter.report(
                "LP3019",
                item.span,
                say("`{}` can't stand in a list: only fixed values can", context.words(item.span)),
            )
            return typed.error(span)
        same = item.type.kind == first.kind and item.type.currency == first.currency
        if not same and {item.type.kind, first.kind} != {"int", "number"}:
            context.reporter.report(
                "LP3019",
                item.span,
                say("this list mixes {} with {}", describe(first), describe(item.type)),
                related=((say("the first item"), good[0].span),),
            )
            return typed.error(span)
    kinds = {i.type.kind for i in good if i.type}
    item_type = NUMBER if kinds == {"int", "number"} else first
    values: dict[ir.Scalar, None] = {}
    for item in good:
        assert not isinstance(item.value, tuple | None)
        values[item.value] = None
    return const(ir.Type(kind="list", item=item_type), tuple(values), span)
