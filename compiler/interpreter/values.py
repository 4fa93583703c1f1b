"""Values as the reference interpreter keeps them: known, unknown, or nothing.

Numbers (int, number, money, percent, points) are `Fraction`, so that nothing is ever rounded but where the
decision record 0002 says so; a time is an `int` of microseconds since 1970 UTC; a date is a `date`; a reference to
another fact is its key as text.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import Enum
from fractions import Fraction
from typing import Final, Literal, TypeAlias

from leadpolicy.compiler import ir


class Absent(Enum):
    """The two ways of having no value. They are never equal to each other nor to anything known."""

    UNKNOWN = "unknown"
    NOTHING = "nothing"


UNKNOWN: Final = Absent.UNKNOWN
NOTHING: Final = Absent.NOTHING

Scalar: TypeAlias = bool | int | Fraction | str | date | ir.Duration


@dataclass(frozen=True, slots=True)
class ListValue:
    """A list's sure members in order; `more` says that there may be others (ruling 5)."""

    items: tuple[Scalar, ...]
    more: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    """A count that isn't settled: any whole number from `least` to a greater `most` (ruling 6)."""

    least: int
    most: int


def counted(least: int, most: int) -> Fraction | Pair:
    """A count: a number where both ends are equal."""
    return Fraction(least) if least == most else Pair(least, most)


Known: TypeAlias = Scalar | ListValue
Value: TypeAlias = Known | Absent

Truth: TypeAlias = bool | Literal[Absent.UNKNOWN]
"""What a condition comes to."""

PLACES = 6
STEP = Fraction(1, 10**PLACES)
LIMIT = 10**12
"""Numbers that come in are smaller than this in size (ruling 9)."""

_NUMERIC = frozenset({"int", "number", "money", "percent", "work_hours", "workdays"})


def round_half_away(number: Fraction, places: int = PLACES) -> Fraction:
    """The nearest number with that many places; one in the middle goes away from zero (ruling 9)."""
    scale = 10**places
    scaled = abs(number) * scale
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Fraction(whole if number >= 0 else -whole, scale)


def constant(value: ir.ConstValue, type_: ir.Type) -> Known:
    """The value that a literal of the IR stands for."""
    if isinstance(value, tuple):
        item = type_.item
        if item is None:
            raise ValueError(f"a list constant without an item type: {type_}")
        return ListValue(tuple(_scalar(v, item) for v in value))
    return _scalar(value, type_)


def _scalar(value: ir.Scalar, type_: ir.Type) -> Scalar:
    if isinstance(value, str):
        if type_.kind in _NUMERIC:
            return Fraction(value)
        if type_.kind == "date":
            return date.fromisoformat(value)
    return value


def truth(value: Value) -> Truth:
    """A value as a condition: nothing counts as false (ruling 2)."""
    if value is UNKNOWN:
        return UNKNOWN
    if value is NOTHING:
        return False
    if isinstance(value, bool):
        return value
    raise TypeError(f"not a condition: {value!r}")


def negation(value: Truth) -> Truth:
    """Kleene's not."""
    return UNKNOWN if value is UNKNOWN else not value


def conjunction(values: Iterable[Truth]) -> Truth:
    """Kleene's and: false as soon as one is false."""
    result: Truth = True
    for value in values:
        if value is False:
            return False
        if value is UNKNOWN:
            result = UNKNOWN
    return result


def disjunction(values: Iterable[Truth]) -> Truth:
    """Kleene's or: true as soon as one is true."""
    result: Truth = False
    for value in values:
        if value is True:
            return True
        if value is UNKNOWN:
            result = UNKNOWN
    return result


def is_unsure(value: Value) -> bool:
    """Unknown, or a list that may have more members: what can still change when more becomes known."""
    return value is UNKNOWN or (isinstance(value, ListValue) and value.more)
