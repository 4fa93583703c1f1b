"""Work time told slowly and plainly, to compare the engine with: minute by minute, day by day, with zoneinfo.

Shares no code with the engine or the compiler. Times are whole minutes since 1970 UTC; a calendar is `Plain`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ONE_DAY = timedelta(days=1)
Shifts = tuple[tuple[int, int], ...]


@cache
def zone_info(name: str) -> ZoneInfo:
    with resources.files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file, key=name)


@dataclass
class Plain:
    """A calendar: shifts by weekday, days that differ, the published years, and leave as pairs of minutes."""

    zone: str
    week: tuple[Shifts, ...]
    days: dict[date, Shifts] = field(default_factory=dict)
    published: tuple[int, int] | None = None
    leave: tuple[tuple[int, int], ...] = ()
    cache: dict[date, frozenset[int]] = field(default_factory=dict)

    def shifts(self, day: date) -> Shifts:
        return self.days.get(day, self.week[day.weekday()])

    def minute(self, day: date, minutes: int) -> int:
        """The minute of a local clock: fold 0 is the earlier of two, and in a gap moves forward by its length."""
        local = datetime.combine(day, time(), zone_info(self.zone)) + timedelta(minutes=minutes)
        return (local.astimezone(UTC) - EPOCH) // MINUTE

    def local(self, minute: int) -> datetime:
        return (EPOCH + minute * MINUTE).astimezone(zone_info(self.zone))

    def open_minutes(self, day: date) -> frozenset[int]:
        """The minutes of the day's own shifts, leave left aside."""
        if day not in self.cache:
            found = {m for a, b in self.shifts(day) for m in range(self.minute(day, a), self.minute(day, b))}
            self.cache[day] = frozenset(found)
        return self.cache[day]

    def on_leave(self, minute: int) -> bool:
        return any(a <= minute < b for a, b in self.leave)

    def is_open(self, minute: int) -> bool:
        day = self.local(minute).date()
        around = (day - ONE_DAY, day, day + ONE_DAY)
        return any(minute in self.open_minutes(d) for d in around) and not self.on_leave(minute)

    def is_workday(self, day: date) -> bool:
        if not self.shifts(day):
            return False
        own = self.open_minutes(day)
        return not own or not all(self.on_leave(m) for m in own)

    def known(self, day: date) -> bool:
        return self.published is None or self.published[0] <= day.year <= self.published[1]

    def add_minutes(self, at: int, amount: int) -> tuple[int, bool]:
        """The first minute by which `amount` open ones have passed; negative: the last with so many left."""
        step, known = (1 if amount > 0 else -1), True
        while amount:
            looked_at = at if step > 0 else at - 1
            known = known and self.known(self.local(looked_at).date())
            amount -= step * self.is_open(looked_at)
            at += step
        return at, not known

    def add_workdays(self, at: int, count: int) -> tuple[int, bool]:
        if not count:
            return at, False
        local = self.local(at)
        day, step, known = local.date(), timedelta(days=1 if count > 0 else -1), True
        left = abs(count)
        while left:
            day += step
            known = known and self.known(day)
            left -= self.is_workday(day)
        clock = local.hour * 60 + local.minute
        return self.minute(day, clock), not known

    def between(self, a: int, b: int) -> int:
        """Open minutes from a to b, a ≤ b."""
        return sum(self.is_open(m) for m in range(a, b))
