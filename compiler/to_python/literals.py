"""Literals: the only way in which a policy's text gets into generated code."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from leadpolicy.compiler import ir

SCALE = 1_000_000
DAY = 86_400_000_000
SCALED_KINDS = frozenset({"number", "money", "percent", "work_hours", "workdays"})
NUMERIC_KINDS = SCALED_KINDS | {"int"}


def literal(value: str | int | bool | None) -> str:
    """The Python literal of a text, a whole number, a bool or None. TypeError for anything else."""
    # `repr` escapes all that isn't printable: line ends of every sort, NUL, marks that turn the text round.
    if value is None or value is True or value is False:
        return repr(value)
    if type(value) is str:
        return repr(value)
    if type(value) is int:
        return repr(value)
    raise TypeError(f"{type(value).__name__} has no literal in generated code")


def sequence(parts: Iterable[str]) -> str:
    """A tuple display of texts that are code already."""
    listed = list(parts)
    return f"({listed[0]},)" if len(listed) == 1 else f"({', '.join(listed)})"


def texts(values: Iterable[str]) -> str:
    """A tuple of texts."""
    return sequence(literal(value) for value in values)


def scaled(text: str) -> int:
    """Millionths of a decimal string."""
    number = Decimal(text) * SCALE
    whole = int(number)
    if number != whole:
        raise ValueError(f"the number {text!r} has more than 6 places")
    return whole


def duration_size(value: ir.Duration) -> int:
    """Microseconds by which a duration is compared (ruling 16)."""
    days = value.months // 12 * 365 + value.months % 12 * 30 + value.days
    return days * DAY + value.micros


def kept(kind: str, value: ir.Scalar) -> str | int | bool:
    """A constant as the engine keeps values of its kind; a duration as its size."""
    if isinstance(value, ir.Duration):
        return duration_size(value)
    if kind == "int" and not isinstance(value, bool):
        return int(Decimal(value))
    if kind in SCALED_KINDS:
        return scaled(str(value))
    if kind == "date" and isinstance(value, str):
        return date.fromisoformat(value).toordinal()
    return value


def outcome(kind: str, value: ir.Scalar) -> str:
    """The code of a constant that is printed later: a duration keeps its parts."""
    if isinstance(value, ir.Duration):
        return f"Duration({literal(value.months)}, {literal(value.days)}, {literal(value.micros)})"
    return literal(kept(kind, value))
