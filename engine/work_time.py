"""Work time: adding work hours and workdays, and measuring open time, in microseconds since 1970 UTC.

A calendar is a line of open stretches. It is laid out a year at a time, when that year is first needed, as sorted
starts and ends with running sums (prefix sums, found by bisection), so that adding a year's work costs microseconds:
the whole years between are skipped by their totals. Workdays are the same thing on a line of days, a stretch a day.
Leave cuts holes: the walk goes from hole to hole, not through them.

Rulings: 17 (clock changes), 19 (zero, negative, closed starts), 20 (past the last published year). Shifts are told by
the local clock and become stretches of real time, so a shift over a change of the clock has its true length.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from fractions import Fraction
from typing import Final, TypeAlias

from leadpolicy.engine.numbers import round_div
from leadpolicy.engine.spans import at_clock, local_day
from leadpolicy.engine.times import SECOND, ZoneDeclaration, day_micros
from leadpolicy.engine.values import DAY

HOUR: Final = 3600 * SECOND
REACH: Final = 300
"""Years that a walk goes at most; beyond is an OverflowError."""

Shifts: TypeAlias = tuple[tuple[int, int], ...]
"""Open time of a day: pairs of minutes since 00:00 of the local clock, in order; beyond 1440 is the next day."""
Stretch: TypeAlias = tuple[int, int]
"""Start and end, the end exclusive."""

_MINUTE: Final = 60 * SECOND
_CYCLE: Final = 146_097
"""Days of 400 years."""
_MICROS_OF_A_MILLIONTH: Final = HOUR // 1_000_000
_YEARS_AHEAD: Final = 4
_TOO_FAR: Final = f"there is not that much work time within {REACH} years"


class _Year:
    """The stretches of a year: `sums[i]` is what lies in the stretches before the i-th, the last sum is the total."""

    __slots__ = ("end", "ends", "start", "starts", "sums", "total")

    def __init__(self, start: int, end: int, stretches: Iterable[Stretch]) -> None:
        self.start, self.end = start, end
        merged = merge((max(a, start), min(b, end)) for a, b in stretches)
        self.starts = [a for a, _ in merged]
        self.ends = [b for _, b in merged]
        self.sums = [0]
        for a, b in merged:
            self.sums.append(self.sums[-1] + b - a)
        self.total = self.sums[-1]

    def before(self, at: int) -> int:
        """How much lies before `at`, a position in the year."""
        i = bisect_right(self.starts, at)
        return self.sums[i - 1] + min(at, self.ends[i - 1]) - self.starts[i - 1] if i else 0

    def has(self, at: int) -> bool:
        """Whether a stretch contains `at`."""
        i = bisect_right(self.starts, at)
        return i > 0 and at < self.ends[i - 1]


class _Line:
    """Stretches, a year at a time. `origin` is where 1970 begins, `day` a day's length, both as the line counts."""

    __slots__ = ("_cycle", "_make", "_origin", "_years", "reach")

    def __init__(self, make: Callable[[int], _Year], origin: int, day: int) -> None:
        self._make, self._origin, self._cycle = make, origin, _CYCLE * day
        self.reach = self._cycle * REACH // 400
        self._years: dict[int, _Year] = {}

    def year(self, number: int) -> _Year:
        found = self._years.get(number)
        if found is None:
            if not 1 <= number <= 9998:
                raise OverflowError("work time is counted in the years 1 to 9998")
            if len(self._years) > 2 * REACH:
                self._years.clear()
            found = self._years[number] = self._make(number)
        return found

    def number(self, at: int) -> int:
        """The year that a position lies in: guessed, then put right."""
        guess = 1970 + (at - self._origin) * 400 // self._cycle
        if at < self.year(guess).start:
            return guess - 1
        return guess + 1 if at >= self.year(guess).end else guess

    def measure(self, a: int, b: int) -> int:
        """What lies between two positions, `a ≤ b`."""
        first, last = self.number(a), self.number(b)
        if last - first > REACH:
            raise OverflowError(f"work time is measured over {REACH} years at most")
        between = sum(self.year(n).total for n in range(first, last))
        return self.year(last).before(b) + between - self.year(first).before(a)

    def advance(self, at: int, amount: int) -> int:
        """The earliest position by which `amount` (> 0) has passed since `at`."""
        number = self.number(at)
        last, year = number + REACH, self.year(number)
        wanted = year.before(at) + amount
        while wanted > year.total:
            wanted -= year.total
            number += 1
            if number > last:
                raise OverflowError(_TOO_FAR)
            year = self.year(number)
        i = bisect_left(year.sums, wanted) - 1
        return year.starts[i] + wanted - year.sums[i]

    def retreat(self, at: int, amount: int) -> int:
        """The latest position from which `amount` (> 0) is left until `at`."""
        number = self.number(at)
        last, year = number - REACH, self.year(number)
        wanted = year.before(at) - amount
        while wanted < 0:
            number -= 1
            if number < last:
                raise OverflowError(_TOO_FAR)
            year = self.year(number)
            wanted += year.total
        i = bisect_right(year.sums, wanted) - 1
        return year.starts[i] + wanted - year.sums[i]


class _Holes:
    """A line with stretches taken out: sorted, apart from each other."""

    __slots__ = ("_ends", "_line", "_starts")

    def __init__(self, line: _Line, holes: list[Stretch]) -> None:
        self._line = line
        self._starts, self._ends = [a for a, _ in holes], [b for _, b in holes]

    def inside(self, at: int) -> bool:
        i = bisect_right(self._starts, at)
        return i > 0 and at < self._ends[i - 1]

    def measure(self, a: int, b: int) -> int:
        whole = self._line.measure(a, b)
        for i in range(bisect_right(self._ends, a), bisect_left(self._starts, b)):
            whole -= self._line.measure(max(a, self._starts[i]), min(b, self._ends[i]))
        return whole

    def advance(self, at: int, amount: int) -> int:
        for i in range(bisect_right(self._ends, at), len(self._starts)):
            if at < self._starts[i]:
                if self._starts[i] - at > self._line.reach:
                    break
                free = self._line.measure(at, self._starts[i])
                if amount <= free:
                    break
                amount -= free
            at = self._ends[i]
        return self._line.advance(at, amount)

    def retreat(self, at: int, amount: int) -> int:
        for i in range(bisect_left(self._starts, at) - 1, -1, -1):
            if at > self._ends[i]:
                if at - self._ends[i] > self._line.reach:
                    break
                free = self._line.measure(self._ends[i], at)
                if amount <= free:
                    break
                amount -= free
            at = self._starts[i]
        return self._line.retreat(at, amount)


def merge(stretches: Iterable[Stretch]) -> list[Stretch]:
    """The same open time as sorted stretches that neither touch nor overlap; empty ones are left out."""
    merged: list[Stretch] = []
    for a, b in sorted(s for s in stretches if s[0] < s[1]):
        if merged and a <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], b)
        else:
            merged.append((a, b))
    return merged


class WorkCalendar:
    """Open time by the week, with days that differ, in a zone.

    `week`: seven days' shifts from Monday. `days`: shifts by the day's ordinal (`date.toordinal()`), none on a
    holiday.
    `published`: the first and last year whose holidays are known, or None where there is nothing to publish; what
    reads a day outside is provisional.
    """

    __slots__ = ("_closed", "_days", "_hours", "_known", "_off", "_open", "_week", "_workdays", "name", "zone")

    def __init__(
        self,
        name: str,
        zone: ZoneDeclaration,
        week: tuple[Shifts, ...],
        days: Mapping[int, Shifts],
        published: tuple[int, int] | None = None,
    ) -> None:
        if len(week) != 7 or not any(week):
            raise ValueError(f"calendar {name}: a week has seven days, and one of them is open")
        self.name, self.zone = name, zone
        self._week, self._days = week, days
        self._known = None if published is None else _known_days(published)
        self._open = _Line(self._open_year, 0, DAY)
        self._workdays = _Line(self._workday_year, date(1970, 1, 1).toordinal(), 1)
        self._closed: list[Stretch] = []
        self._hours, self._off = _Holes(self._open, []), _Holes(self._workdays, [])

    def without(self, leave: Iterable[Stretch]) -> WorkCalendar:
        """This calendar with more closed time (instants in microseconds since 1970 UTC, the end exclusive), such as
        one member's leave. A day whose open time is all taken is no workday. The years laid out are shared."""
        personal = WorkCalendar.__new__(WorkCalendar)
        personal.name, personal.zone = self.name, self.zone
        personal._week, personal._days, personal._known = self._week, self._days, self._known
        personal._open, personal._workdays = self._open, self._workdays
        personal._closed = merge([*self._closed, *leave])
        personal._hours = _Holes(self._open, personal._closed)
        personal._off = _Holes(self._workdays, merge(personal._days_off()))
        return personal

    # ── Questions ──

    def add_work_hours(self, at: int, hours: int | Fraction) -> tuple[int, bool]:
        """The earliest moment by which so many hours of open time have passed since `at`; for a negative amount the
        latest moment with so many open hours left until `at`; zero is `at` itself (ruling 19). With it, whether the
        answer is provisional (ruling 20).

        `hours`: an int of millionths of an hour, as the engine keeps numbers, or a Fraction of hours, rounded to a
        microsecond half away from zero. OverflowError where there isn't so much open time within 300 years.
        """
        if isinstance(hours, Fraction):
            amount = round_div(hours.numerator * HOUR, hours.denominator)
        else:
            amount = hours * _MICROS_OF_A_MILLIONTH
        if not amount:
            return at, False
        due = self._hours.advance(at, amount) if amount > 0 else self._hours.retreat(at, -amount)
        return due, not self.covers(min(at, due), max(at, due))

    def add_workdays(self, at: int, count: int) -> tuple[int, bool]:
        """The same local clock time so many workdays later (or earlier), the start's day not counted; zero is `at`
        itself (ruling 19). With it, whether the answer is provisional. OverflowError as for `add_work_hours`."""
        if not count:
            return at, False
        day, clock = local_day(at, self.zone)
        due, provisional = self.workdays_from(day, count)
        return at_clock(due, clock, self.zone), provisional

    def workdays_from(self, day: int, count: int) -> tuple[int, bool]:
        """The same from day to day, by their ordinals."""
        if not count:
            return day, False
        if count > 0:
            due = self._off.advance(day + 1, count) - 1
            return due, not self._knows(day + 1, due)
        due = self._off.retreat(day, -count)
        return due, not self._knows(due, day - 1)

    def work_time_between(self, a: int, b: int) -> int:
        """Microseconds of open time from `a` to `b`, negative where `b` is earlier. See `covers`. OverflowError over
        more than 300 years."""
        return self._hours.measure(a, b) if a <= b else -self._hours.measure(b, a)

    def is_open(self, at: int) -> bool:
        """Whether `at` is open time; a shift's end is not."""
        return self._open.year(self._open.number(at)).has(at) and not self._hours.inside(at)

    def next_turn(self, at: int) -> int | None:
        """The first opening or closing behind an instant, leave left aside; None where there is none for years."""
        try:
            number = self._open.number(at)
            for year in map(self._open.year, range(number, number + _YEARS_AHEAD)):
                later = [end for ends in (year.starts, year.ends) for end in ends[bisect_right(ends, at) :][:1]]
                if later:
                    return min(later)
        except OverflowError:
            return None
        return None

    def is_workday(self, day: int) -> bool:
        """Whether a day (its ordinal) is a workday: it has shifts, and leave doesn't take all of them."""
        return bool(self.shifts(day)) and not self._off.inside(day)

    def covers(self, a: int, b: int) -> bool:
        """Whether the holidays of all days from the instant `a` to before `b` are known."""
        if self._known is None or a >= b:
            return True
        return self._knows(local_day(a, self.zone)[0], local_day(b - 1, self.zone)[0])

    def shifts(self, day: int) -> Shifts:
        """What is open on a day (its ordinal), leave left aside."""
        found = self._days.get(day)
        return self._week[(day - 1) % 7] if found is None else found

    # ── Laying out ──

    def _knows(self, first: int, last: int) -> bool:
        return self._known is None or (self._known[0] <= first and last <= self._known[1])

    def _stretches(self, day: int) -> list[Stretch]:
        """The open time of a day's shifts as instants; empty where a change of the clock swallows a shift."""
        start, zone = day_micros(day), self.zone
        shifts = self.shifts(day)
        return [(zone.from_local(start + a * _MINUTE), zone.from_local(start + b * _MINUTE)) for a, b in shifts]

    def _open_year(self, number: int) -> _Year:
        first, last = date(number, 1, 1).toordinal(), date(number + 1, 1, 1).toordinal()
        # A shift of the day before may run into the year's first.
        stretches = [s for day in range(max(1, first - 1), last) for s in self._stretches(day)]
        return _Year(self.zone.from_local(day_micros(first)), self.zone.from_local(day_micros(last)), stretches)

    def _workday_year(self, number: int) -> _Year:
        first, last = date(number, 1, 1).toordinal(), date(number + 1, 1, 1).toordinal()
        return _Year(first, last, [(day, day + 1) for day in range(first, last) if self.shifts(day)])

    def _days_off(self) -> Iterable[Stretch]:
        """Days, as stretches of ordinals, whose shifts lie wholly in the closed time."""
        for a, b in self._closed:
            first, last = local_day(a, self.zone)[0] - 1, local_day(b, self.zone)[0] + 1
            # Days well inside are off as a whole; those near the ends are looked at.
            inner = (first + 3, last - 3)
            if inner[0] < inner[1]:
                yield inner
            near = {*range(first, first + 3), *range(max(first, last - 3), last + 1)}
            yield from ((day, day + 1) for day in near if self._all_closed(day))

    def _all_closed(self, day: int) -> bool:
        stretches = [s for s in self._stretches(day) if s[0] < s[1]]
        return bool(stretches) and all(any(c <= a and b <= d for c, d in self._closed) for a, b in stretches)


def _known_days(years: tuple[int, int]) -> Stretch:
    """The ordinals of the first and last day of the years."""
    return date(years[0], 1, 1).toordinal(), date(years[1], 12, 31).toordinal()
