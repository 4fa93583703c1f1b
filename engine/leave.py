"""Work time without somebody's leave: what is sure is taken away, what may be makes a difference or none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Final, TypeAlias

from leadpolicy.engine.moments import add_work_hours, date_workdays
from leadpolicy.engine.spans import local_day
from leadpolicy.engine.times import ZoneDeclaration, day_micros
from leadpolicy.engine.values import NOTHING, Nothing
from leadpolicy.engine.work_time import REACH, Stretch, WorkCalendar

OpenStretch: TypeAlias = tuple[int | None, int | None]
Leave: TypeAlias = tuple[Sequence[Stretch], Sequence[OpenStretch]]
"""Stretches that are certainly taken away, and those that may be; an end that is unknown is None."""
Add: TypeAlias = Callable[[int, int, WorkCalendar], int | Nothing]

_AROUND: Final = 4
"""Days around what is counted, beyond which leave can't matter: shifts run two days on at most."""


def day_start(day: object, later: int, zone: ZoneDeclaration) -> object:
    """00:00 of a day, or of one so many days later; what is unknown or nothing as it is."""
    return zone.from_local(day_micros(day + later)) if isinstance(day, int) else day


def leave(sure: Iterable[tuple[object, object]], maybe: Iterable[tuple[object, object]]) -> Leave:
    """What a line of a calendar takes away, from the begin and end of each record that counts, or that may."""
    certain: list[Stretch] = []
    doubtful: list[OpenStretch] = []
    for records, counts in ((sure, True), (maybe, False)):
        for start, end in records:
            if start is NOTHING or end is NOTHING:
                continue
            if not isinstance(start, int) or not isinstance(end, int):
                doubtful.append((start if isinstance(start, int) else None, end if isinstance(end, int) else None))
            elif start < end and counts:
                certain.append((start, end))
            elif start < end:
                doubtful.append((start, end))
    return certain, doubtful


def without(add: Add, at: int, amount: int, calendar: WorkCalendar, lines: Sequence[Leave]) -> int | Nothing | None:
    """`add(at, amount, calendar)` without the time that leave takes: None, unknown, where leave that isn't sure would
    change it."""
    sure = [stretch for line in lines for stretch in line[0]]
    unsure = [stretch for line in lines for stretch in line[1]]
    found = _within_reach(add, at, amount, calendar.without(sure) if sure else calendar)
    if isinstance(found, Nothing) or not unsure:
        return found
    near = [_day(add, one, calendar.zone) for one in (at, found)]
    ends = min(near) - _AROUND, max(near) + _AROUND
    low, high = (calendar.zone.from_local(day_micros(day)) for day in ends)
    holes = [(low if a is None else max(a, low), high if b is None else min(b, high)) for a, b in unsure]
    other = _within_reach(add, at, amount, calendar.without([*sure, *holes]))
    return found if other == found else None


def _within_reach(add: Add, at: int, amount: int, calendar: WorkCalendar) -> int | Nothing:
    """What `add` gives; nothing where that lies too far away: the walk goes over long leave, not through it."""
    found = add(at, amount, calendar)
    if isinstance(found, Nothing) or not amount:
        return found
    hours, forward = add is add_work_hours, amount > 0
    # An answer at the very end of open time lies in it; workdays are counted from the day after.
    first = _day(add, at, calendar.zone) + (forward and not hours)
    last = _day(add, found - (forward and hours), calendar.zone)
    far = abs(date.fromordinal(last).year - date.fromordinal(first).year) > REACH
    return NOTHING if far else found


def _day(add: Add, at: int, zone: ZoneDeclaration) -> int:
    """The day (its ordinal) of a time; of a day, itself."""
    return at if add is date_workdays else local_day(at, zone)[0]
