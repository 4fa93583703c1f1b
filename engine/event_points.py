"""What event entries of scores give: the repeat rule, decay, and the sum, exactly (rulings 10, 14, 28, 78)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from functools import lru_cache
from typing import TypeAlias

from leadpolicy.engine.decay import ONE, factor
from leadpolicy.engine.decay import halving_table as halving_table
from leadpolicy.engine.numbers import round_div
from leadpolicy.engine.records import Members, Record
from leadpolicy.engine.spans import local_day
from leadpolicy.engine.times import SECOND, ZoneDeclaration, in_micros
from leadpolicy.engine.values import DAY

Clock: TypeAlias = Callable[[int], tuple[object, ...]]
Factor: TypeAlias = Callable[[int, int], int]
"""A record's factor in 10⁻⁹, from its age in days and the decay's span."""


def dated(members: Members, field: int) -> Members:
    """Members where the time matters: those whose time is unknown are maybes, those without one are none."""
    kept = [row for row in members[2] if row[field] is None or isinstance(row[field], int)]
    maybes = {id(row) for row in members[1]}
    sure = [row for row in kept if row[field] is not None and id(row) not in maybes]
    if len(sure) == len(members[2]):
        return members
    maybe = [row for row in kept if row[field] is None or id(row) in maybes]
    return sure, maybe, kept


def once(records: Sequence[Record]) -> Sequence[Record]:
    """The last record."""
    return records[-1:]


def daily(records: Sequence[Record], field: int, zone: ZoneDeclaration) -> Sequence[Record]:
    """The last record of each day in the policy's zone; those without a time have one of their own."""
    if len(records) < 2:
        return records
    found: dict[tuple[int, int], Record] = {}
    for place, row in enumerate(records):
        at = row[field]
        found[(local_day(at, zone)[0], -1) if isinstance(at, int) else (0, place)] = row
    return tuple(found.values())


def halving(age: int, days: int) -> int:
    """½^(age ÷ days)."""
    return factor(age, days)


def fading(age: int, days: int) -> int:
    """(days − age) ÷ days, rounded to nine places; 0 from `days` on."""
    return round_div((days - age) * ONE, days) if age < days else 0


def decayed(
    chosen: Sequence[Record], points: int, field: int, now: int, zone: ZoneDeclaration, fall: Factor, days: int
) -> int:
    """The sum of points × factor, in millionths: exact, then rounded once."""
    if not chosen:
        return 0
    today = local_day(now, zone)[0]
    whole = 0
    for row in chosen:
        at = row[field]
        whole += fall(max(0, today - local_day(at, zone)[0]), days) if isinstance(at, int) else ONE
    return round_div(points * whole, ONE)


# ── For loops that count as they go ──


@lru_cache(maxsize=256)
def fading_table(days: int) -> tuple[int, ...]:
    """The factors of `fading` for the ages 0, 1, 2, … days, until they are 0."""
    return tuple(fading(age, days) for age in range(days))


def remembered(clock: Clock) -> Clock:
    """What is worked out from the time of a decision, remembered for the latest ones: hosts pass the same time for
    many leads."""
    return lru_cache(maxsize=16)(clock)


def day_number(at: int | timedelta, zone: ZoneDeclaration) -> int:
    """The local day of an instant, counted from 1970-01-01."""
    micros = in_micros(at) if isinstance(at, timedelta) else at
    return (micros + zone.offset(micros) * SECOND) // DAY


def day_and_offset(now: int, zone: ZoneDeclaration) -> tuple[int, timedelta, timedelta]:
    """The local day of now, since when the zone has had its present offset (after 1970 UTC), and that offset."""
    since, offset = zone.steady(now)
    return (now + offset) // DAY, timedelta(microseconds=since), timedelta(microseconds=offset)


def age_in_days(at: int | timedelta, today: int, zone: ZoneDeclaration) -> int:
    """How many local midnights ago an instant was; 0 where its day isn't over."""
    return max(0, today - day_number(at, zone))


def latest_factor(at: int | timedelta | None, today: int, zone: ZoneDeclaration, fall: Factor, days: int) -> int:
    """The factor of the latest record, 0 where there is none."""
    return 0 if at is None else fall(age_in_days(at, today, zone), days)


def sum_of_days(numbers: Iterable[int], today: int, fall: Factor, days: int) -> int:
    """The sum of the factors of days, given by their numbers."""
    return sum(fall(max(0, today - number), days) for number in numbers)
