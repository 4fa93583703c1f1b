"""Times and durations added on the policy's local calendar (rulings 15, 17; decision record 0009, section 4)."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

from leadpolicy.compiler.interpreter import times
from leadpolicy.compiler.interpreter.durations import DAY, SECOND
from leadpolicy.compiler.ir import Duration, Zone

_EPOCH = date(1970, 1, 1).toordinal()
LAST_YEAR = 9998
"""What is worked out lies in the years from 1 to this one; beyond, there is no answer."""


def local(at: int, zone: Zone) -> tuple[int, int]:
    """An instant as the local day (counted from 1970-01-01) and the microseconds of its clock."""
    return divmod(at + times.offset_at(zone, at) * SECOND, DAY)


def instant(day: int, clock: int, zone: Zone) -> int:
    """The instant of a local clock on a day (ruling 17)."""
    return times.to_instant(day * DAY + clock, zone)


def day_number(day: date) -> int:
    """A date counted from 1970-01-01."""
    return day.toordinal() - _EPOCH


def to_date(day: int) -> date | None:
    """The date of a day; None beyond what there is."""
    ordinal = day + _EPOCH
    return date.fromordinal(ordinal) if 1 <= ordinal <= date.max.toordinal() else None


def within(day: int | None) -> int | None:
    """The day, where its year is one that answers may lie in."""
    found = None if day is None else to_date(day)
    return day if found is not None and found.year <= LAST_YEAR else None


def answer(at: int, zone: Zone) -> int | None:
    """The instant, where its local year is one that answers may lie in."""
    return None if within(local(at, zone)[0]) is None else at


def add_duration(at: int, span: Duration, zone: Zone) -> int | None:
    """Months first, then days at the same clock time, then exact time. None beyond the years that there are."""
    if span.months or span.days:
        day, clock = local(at, zone)
        moved = add_to_day(day, span)
        if moved is None:
            return None
        at = instant(moved, clock, zone)
    return answer(at + span.micros, zone)


def add_to_day(day: int, span: Duration) -> int | None:
    """A day moved by months, cut to the month's last day (ruling 15), then by days; exact time is left out."""
    start = to_date(day)
    if start is None:
        return None
    if span.months:
        year, month = divmod(start.year * 12 + start.month - 1 + span.months, 12)
        if not 1 <= year <= LAST_YEAR:
            return None
        day = day_number(date(year, month + 1, min(start.day, monthrange(year, month + 1)[1])))
    return within(day + span.days)
