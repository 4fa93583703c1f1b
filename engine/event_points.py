"""What event entries of scores give: the repeat rule, decay, and the sum, exactly (rulings 10, 14, 28, 78)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from leadpolicy.engine.decay import ONE, factor
from leadpolicy.engine.numbers import round_div
from leadpolicy.engine.records import Members, Record
from leadpolicy.engine.spans import local_day
from leadpolicy.engine.times import ZoneDeclaration

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
