"""Time arithmetic as policies write it: what would lead out of the calendar is nothing."""

from __future__ import annotations

from datetime import date
from typing import Final

from leadpolicy.engine.numbers import SCALE, round_div
from leadpolicy.engine.spans import add_months, at_clock, local_day
from leadpolicy.engine.times import ZoneDeclaration
from leadpolicy.engine.values import NOTHING, Duration, Nothing
from leadpolicy.engine.work_time import WorkCalendar

_FIRST: Final = date(1, 1, 1).toordinal()
_END: Final = date(9999, 1, 1).toordinal()


def _within(at: int, zone: ZoneDeclaration) -> int | Nothing:
    """A time in the years 1 to 9998 of the local clock; nothing else."""
    return at if _FIRST <= local_day(at, zone)[0] < _END else NOTHING


def add_time(at: int, span: Duration, sign: int, zone: ZoneDeclaration) -> int | Nothing:
    """`at ± span`: months, days, exact time."""
    if not span.months and not span.days:
        return _within(at + sign * span.micros, zone)
    day, clock = local_day(at, zone)
    found = add_date(day, span, sign)
    if isinstance(found, Nothing):
        return NOTHING
    return _within(at_clock(found, clock, zone) + sign * span.micros, zone)


def add_date(day: int, span: Duration, sign: int) -> int | Nothing:
    """`day ± span`, of months and days only."""
    try:
        moved = add_months(day, sign * span.months) if span.months else day
    except OverflowError:
        return NOTHING
    found = moved + sign * span.days
    return found if _FIRST <= moved < _END and _FIRST <= found < _END else NOTHING


def add_work_hours(at: int, hours: int, calendar: WorkCalendar) -> int | Nothing:
    """`at` and so many millionths of work hours."""
    try:
        return _within(calendar.add_work_hours(at, hours)[0], calendar.zone)
    except OverflowError:
        return NOTHING


def whole_days(amount: int) -> int:
    """Whole days of millionths of workdays: a fraction is dropped toward zero."""
    return amount // SCALE if amount >= 0 else -(-amount // SCALE)


def add_workdays(at: int, amount: int, calendar: WorkCalendar) -> int | Nothing:
    """`at` and so many millionths of workdays, at the same clock time."""
    try:
        return _within(calendar.add_workdays(at, whole_days(amount))[0], calendar.zone)
    except OverflowError:
        return NOTHING


def date_workdays(day: int, amount: int, calendar: WorkCalendar) -> int | Nothing:
    """A day and so many millionths of workdays."""
    try:
        found = calendar.workdays_from(day, whole_days(amount))[0]
    except OverflowError:
        return NOTHING
    return found if _FIRST <= found < _END else NOTHING


def is_open(calendar: WorkCalendar, now: int) -> bool:
    """Whether now is open time."""
    try:
        return calendar.is_open(now)
    except OverflowError:
        return False


def add_spans(left: Duration, right: Duration, sign: int) -> Duration:
    """Durations added or subtracted part by part."""
    return Duration(
        left.months + sign * right.months, left.days + sign * right.days, left.micros + sign * right.micros
    )


def negate_span(span: Duration) -> Duration:
    """Every part with the other sign."""
    return Duration(-span.months, -span.days, -span.micros)


def times_span(span: Duration, number: int) -> Duration:
    """Every part times a number in millionths."""
    months, days, micros = (round_div(part * number, SCALE) for part in (span.months, span.days, span.micros))
    return Duration(months, days, micros)


def exact(micros: int) -> Duration:
    """Exact time: the difference of two times."""
    return Duration(0, 0, micros)


def calendar_days(days: int) -> Duration:
    """Days: the difference of two dates."""
    return Duration(0, days, 0)
