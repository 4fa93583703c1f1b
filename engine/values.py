"""What a value can be while a policy runs.

| kind | Python value |
|---|---|
| unknown | `None` |
| nothing | `NOTHING` |
| text, email, phone, choice, key of a fact | `str` |
| bool | `bool` |
| int | `int` |
| number, money, percent | `int`, millionths |
| time | `int`, microseconds since 1970 UTC |
| date | `int`, the day's proleptic Gregorian ordinal |
| duration | `Duration`, an `int` of the microseconds that it is compared by |
| list | `Items` |
"""

from __future__ import annotations

from typing import Final, final

DAY: Final = 86_400_000_000
"""Microseconds of a day."""


@final
class Nothing:
    """The value of what there is none of. One instance: `NOTHING`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "NOTHING"

    def __copy__(self) -> Nothing:
        return self

    def __deepcopy__(self, memo: object) -> Nothing:
        return self

    def __reduce__(self) -> str:
        return "NOTHING"


NOTHING: Final = Nothing()


class Duration(int):
    """A duration: an `int` of the microseconds by which it is compared (a month is 30 days, a year 365), which
    remembers its calendar months, its days and its exact microseconds."""

    months: int
    days: int
    micros: int

    def __new__(cls, months: int = 0, days: int = 0, micros: int = 0) -> Duration:
        whole_days = (months // 12) * 365 + (months % 12) * 30 + days
        made = super().__new__(cls, whole_days * DAY + micros)
        made.months, made.days, made.micros = months, days, micros
        return made

    def __reduce__(self) -> tuple[type[Duration], tuple[int, int, int]]:
        return Duration, (self.months, self.days, self.micros)

    def __repr__(self) -> str:
        return f"Duration(months={self.months}, days={self.days}, micros={self.micros})"


class Items:
    """A list of values, and whether it "may have more" (ruling 5). Never changed once made."""

    __slots__ = ("items", "more")

    def __init__(self, items: tuple[object, ...], more: bool = False) -> None:
        self.items = items
        self.more = more

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Items) and (self.items, self.more) == (other.items, other.more)

    def __hash__(self) -> int:
        return hash((self.items, self.more))

    def __repr__(self) -> str:
        return f"Items({self.items!r}, more={self.more})"


def is_unknown(value: object) -> bool:
    """Whether a value is unknown, or a list that may have more."""
    return value is None or (type(value) is Items and value.more)
