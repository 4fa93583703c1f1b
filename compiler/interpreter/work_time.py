"""Work time, told day by day (rulings 19, 20, 84; decision record 0009, section 4)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import TypeAlias

from leadpolicy.compiler.interpreter import clock
from leadpolicy.compiler.interpreter.durations import HOUR, MINUTE
from leadpolicy.compiler.interpreter.values import round_half_away
from leadpolicy.compiler.ir import Zone
from leadpolicy.compiler.ir_calendar import Calendar, Shift

Stretch: TypeAlias = tuple[int, int]
"""Start and end as instants, the end exclusive."""

REACH = 300
"""How many years away work time is looked for."""
_THURSDAY = 3
"""1970-01-01, with Monday as 0."""


class WorkTime:
    """A calendar, read in a zone. Days are counted from 1970-01-01."""

    def __init__(self, calendar: Calendar, zone: Zone, closed: Iterable[Stretch] = ()) -> None:
        self._calendar = calendar
        self._zone = zone
        self._week = calendar.week
        self._days = {clock.day_number(date.fromisoformat(d.day)): d.shifts for d in calendar.days}
        self._closed = _apart(list(closed))
        self._open: dict[int, list[Stretch]] = {}

    @property
    def zone(self) -> Zone:
        """The zone that it is read in."""
        return self._zone

    def without(self, leave: Iterable[Stretch]) -> WorkTime:
        """The same without some stretches of time."""
        return WorkTime(self._calendar, self._zone, leave)

    def shifts(self, day: int) -> tuple[Shift, ...]:
        """What is open on a day; nothing on one that is no workday. Leave is left aside."""
        found = self._days.get(day)
        return self._week[(day + _THURSDAY) % 7] if found is None else found

    def is_workday(self, day: int) -> bool:
        """Whether a day has shifts, and leave doesn't take all of them."""
        shifts = self.shifts(day)
        if not shifts or not self._closed:
            return bool(shifts)
        own = [s for s in (self._stretch(day, shift) for shift in shifts) if s[0] < s[1]]
        return not own or bool(_minus(own, self._closed))

    def _stretch(self, day: int, shift: Shift) -> Stretch:
        start, end = (clock.instant(day, minute * MINUTE, self._zone) for minute in (shift.start, shift.end))
        return start, end

    def open_on(self, day: int) -> list[Stretch]:
        """The open stretches of a local day, as instants, apart from each other; shifts of the day before run in."""
        if day not in self._open:
            begin, end = clock.instant(day, 0, self._zone), clock.instant(day + 1, 0, self._zone)
            stretches: list[Stretch] = []
            for near in range(day - 2, day + 2):
                for shift in self.shifts(near):
                    a, b = self._stretch(near, shift)
                    stretches.append((max(a, begin), min(b, end)))
            self._open[day] = _minus(_apart(stretches), self._closed)
        return self._open[day]

    def is_open(self, at: int) -> bool:
        """Whether an instant is open time; a shift's end is not."""
        day = clock.local(at, self._zone)[0]
        return any(a <= at < b for near in (day - 1, day, day + 1) for a, b in self.open_on(near))

    def add_hours(self, at: int, hours: Fraction) -> int | None:
        """The earliest moment by which so many open hours have passed; of a negative number, the latest with so many
        left (ruling 19). None where there aren't so many within reach."""
        amount = int(round_half_away(hours * HOUR, 0))
        if amount > 0:
            return self._forward(at, amount)
        return self._backward(at, -amount) if amount else clock.answer(at, self._zone)

    def _forward(self, at: int, amount: int) -> int | None:
        day = clock.local(at, self._zone)[0]
        first = year = _year(day)
        while year is not None and first is not None and year <= first + REACH:
            for start, end in self.open_on(day):
                start = max(start, at)
                if start < end and amount <= end - start:
                    return clock.answer(start + amount, self._zone)
                amount -= max(0, end - start)
            day += 1
            year = _year(day)
        return None

    def _backward(self, at: int, amount: int) -> int | None:
        # The day after too: where the clock goes back over midnight, some of it lies before `at`.
        day = clock.local(at, self._zone)[0]
        first = year = _year(day)
        day += 1
        while year is not None and first is not None and year >= first - REACH:
            for start, end in reversed(self.open_on(day)):
                end = min(end, at)
                if start < end and amount <= end - start:
                    return clock.answer(end - amount, self._zone)
                amount -= max(0, end - start)
            day -= 1
            year = _year(day)
        return None

    def add_workdays(self, at: int, count: int) -> int | None:
        """The same clock time so many workdays later or earlier, the start's day not counted (ruling 19)."""
        day, time = clock.local(at, self._zone)
        moved = self.add_workdays_to_day(day, count)
        if moved is None:
            return None
        return clock.answer(clock.instant(moved, time, self._zone) if count else at, self._zone)

    def add_workdays_to_day(self, day: int, count: int) -> int | None:
        """The day so many workdays later or earlier."""
        step = 1 if count > 0 else -1
        first = _year(day + 1 if count > 0 else day)
        while count:
            day += step
            year = _year(day)
            if first is None or year is None or abs(year - first) > REACH:
                return None
            if self.is_workday(day):
                count -= step
        return clock.within(day)


def _year(day: int) -> int | None:
    found = clock.to_date(day) if clock.within(day) is not None else None
    return None if found is None else found.year


def _minus(stretches: list[Stretch], closed: list[Stretch]) -> list[Stretch]:
    """What is left of stretches without the closed ones."""
    for start, end in closed:
        left = [((a, min(b, start)), (max(a, end), b)) for a, b in stretches]
        stretches = [part for pair in left for part in pair if part[0] < part[1]]
    return stretches


def _apart(stretches: list[Stretch]) -> list[Stretch]:
    """The same time as stretches in order that neither touch nor overlap."""
    merged: list[Stretch] = []
    for a, b in sorted(s for s in stretches if s[0] < s[1]):
        if merged and a <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], b)
        else:
            merged.append((a, b))
    return merged
