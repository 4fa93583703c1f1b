"""Times and durations added (ruling 15): calendar months, then days, then exact time."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from typing import Final

from leadpolicy.engine.times import SECOND, ZoneDeclaration, day_micros
from leadpolicy.engine.values import DAY, Duration

_EPOCH_DAY: Final = date(1970, 1, 1).toordinal()
_FIRST_DAY: Final = date.min.toordinal()
_LAST_DAY: Final = date.max.toordinal()


def local_day(micros: int, zone: ZoneDeclaration) -> tuple[int, int]:
    """An instant (microseconds since 1970 UTC) as the day's ordinal and the microseconds of its local clock."""
    day, clock = divmod(micros + zone.offset(micros) * SECOND, DAY)
    return day + _EPOCH_DAY, clock


def at_clock(day: int, clock: int, zone: ZoneDeclaration) -> int:
    """The instant of a local clock's microseconds on a day (its ordinal): in a gap forward by its length, of a
    doubled hour the earlier (ruling 17). OverflowError outside the years 1 to 9999."""
    if not _FIRST_DAY <= day <= _LAST_DAY:
        raise OverflowError("the time lies outside the years 1 to 9999")
    return zone.from_local(day_micros(day) + clock)


def add_duration(at: int, span: Duration, zone: ZoneDeclaration) -> int:
    """`at + span`, microseconds since 1970 UTC.

    Months come first, to the same day of the month or its last day; then days, at the same local clock time; then the
    exact rest (ruling 15). Months and days are one step on the local calendar, turned into an instant once. A span
    without months and days never reads the clock. OverflowError outside the years 1 to 9999.
    """
    if not span.months and not span.days:
        return at + span.micros
    day, clock = local_day(at, zone)
    if span.months:
        day = add_months(day, span.months)
    return at_clock(day + span.days, clock, zone) + span.micros


def subtract_duration(at: int, span: Duration, zone: ZoneDeclaration) -> int:
    """`at − span`: as many months back, then days, then exact time."""
    return add_duration(at, Duration(-span.months, -span.days, -span.micros), zone)


def add_months(day: int, months: int) -> int:
    """A day (its ordinal) so many months later: the same day of the month, or its last."""
    if not _FIRST_DAY <= day <= _LAST_DAY:
        raise OverflowError("the time lies outside the years 1 to 9999")
    start = date.fromordinal(day)
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise OverflowError("the time lies outside the years 1 to 9999")
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1])).toordinal()
