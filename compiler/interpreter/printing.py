"""How values look in a decision: texts, whole numbers, decimals without exponent, lists."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

from leadpolicy.compiler import ir
from leadpolicy.compiler.interpreter import durations, times
from leadpolicy.compiler.interpreter.values import NOTHING, PLACES, UNKNOWN, ListValue, Scalar, Truth, Value

Printed: TypeAlias = str | bool | int | Decimal | list["Printed"] | dict[str, "Printed"] | None

NOTHING_TEXT = "none"
"""Nothing, where it stands beside unknown, which is null."""


def decimal_text(number: Fraction) -> str:
    """The number without exponent or trailing zeros. It has at most 6 places, as all numbers here have."""
    scaled = number * 10**PLACES
    if scaled.denominator != 1:
        raise ValueError(f"{number} has more than {PLACES} places")
    whole, fraction = divmod(abs(scaled.numerator), 10**PLACES)
    sign = "-" if number < 0 else ""
    return f"{sign}{whole}.{fraction:0{PLACES}}".rstrip("0").rstrip(".")


def show_number(number: Fraction) -> int | Decimal:
    """An int where it is whole, else a Decimal."""
    return int(number) if number.denominator == 1 else Decimal(decimal_text(number))


def show(value: Value, type_: ir.Type, zone: ir.Zone) -> Printed:
    """The printed form: null for unknown, "none" for nothing, a last null in a list that may have more."""
    if value is UNKNOWN:
        return None
    if value is NOTHING:
        return NOTHING_TEXT
    if isinstance(value, ListValue):
        item = type_.item
        if item is None:
            raise ValueError(f"a list of no type: {type_}")
        return show_list([_show_scalar(v, item, zone) for v in value.items], value.more)
    return _show_scalar(value, type_, zone)


def show_list(items: list[Printed], more: bool) -> Printed:
    """A list; the last null says that there may be more."""
    return [*items, None] if more else items


def _show_scalar(value: Scalar, type_: ir.Type, zone: ir.Zone) -> Printed:
    match value:
        case bool() | str():
            return value
        case Fraction():
            return show_number(value)
        case ir.Duration():
            return durations.show(value)
        case date():
            return value.isoformat()
        case int() if type_.kind == "time":
            return times.show_time(value, zone)
    raise TypeError(f"{value!r} is not of type {type_.kind}")


def show_truth(value: Truth) -> str:
    """A verdict: `true`, `false`, `unknown`."""
    return "unknown" if value is UNKNOWN else str(value).lower()


def show_place(place: ir.Place) -> str:
    """`file:line`."""
    return f"{place.file}:{place.line}"
