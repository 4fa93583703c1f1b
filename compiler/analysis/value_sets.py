"""Sets of values of one thing: ranges of whole steps, or texts; with unknown and nothing beside what is known.

Whatever has an order is counted in whole steps (an int in ones, a number in millionths, a duration and a time in
microseconds, a date in days, a choice by its position, false and true as 0 and 1), so that a set of it is a list of
closed ranges. Of texts a set has some by name, and all others or none of them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from math import inf

Interval = tuple[float, float]
"""Both ends in; whole numbers (`int`, of any size) or an infinity."""


@dataclass(frozen=True, slots=True)
class Ranges:
    """Ascending, apart from each other by at least one step."""

    intervals: tuple[Interval, ...]

    @property
    def empty(self) -> bool:
        return not self.intervals

    def meet(self, other: Ranges) -> Ranges:
        """What is in both."""
        if len(self.intervals) > len(other.intervals):
            return other.meet(self)
        found: list[Interval] = []
        for low, high in self.intervals:
            i = max(bisect_left(other.intervals, (low, -inf)) - 1, 0)
            while i < len(other.intervals) and other.intervals[i][0] <= high:
                a, b = max(low, other.intervals[i][0]), min(high, other.intervals[i][1])
                if a <= b:
                    found.append((a, b))
                i += 1
        return Ranges(tuple(found))

    def join(self, other: Ranges) -> Ranges:
        """What is in any of the two."""
        return ranges((*self.intervals, *other.intervals))

    def minus(self, other: Ranges) -> Ranges:
        """What is in this and not in the other."""
        return self.meet(other.complement())

    def complement(self) -> Ranges:
        """Everything else."""
        found: list[Interval] = []
        start: float = -inf
        for low, high in self.intervals:
            if start < low:
                found.append((start, low - 1))
            start = high + 1
        if start < inf:
            found.append((start, inf))
        return Ranges(tuple(found))


def ranges(intervals: Iterable[Interval]) -> Ranges:
    """A set of ranges in any order, empty ones among them."""
    found: list[Interval] = []
    for low, high in sorted(i for i in intervals if i[0] <= i[1]):
        if found and low <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], high))
        else:
            found.append((low, high))
    return Ranges(tuple(found))


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts named; with `others`, all but those named."""

    names: frozenset[str]
    others: bool = False

    @property
    def empty(self) -> bool:
        return not self.names and not self.others

    def meet(self, other: Texts) -> Texts:
        """What is in both."""
        if self.others and other.others:
            return Texts(self.names | other.names, others=True)
        if self.others:
            return other.minus(Texts(self.names))
        return Texts(self.names - other.names if other.others else self.names & other.names)

    def join(self, other: Texts) -> Texts:
        """What is in any of the two."""
        return self.complement().meet(other.complement()).complement()

    def minus(self, other: Texts) -> Texts:
        """What is in this and not in the other."""
        if not self.others and not other.others:
            return Texts(self.names - other.names)
        return self.meet(other.complement())

    def complement(self) -> Texts:
        """Everything else."""
        return Texts(self.names, not self.others)


Known = Ranges | Texts


@dataclass(frozen=True, slots=True)
class Values:
    """Some of the values that a thing can have."""

    known: Known
    unknown: bool = False
    nothing: bool = False

    @property
    def empty(self) -> bool:
        return not self.unknown and not self.nothing and self.known.empty

    def meet(self, other: Values) -> Values:
        """What is in both."""
        known = _same(self.known.meet, self.known, other.known)
        return Values(known, self.unknown and other.unknown, self.nothing and other.nothing)

    def join(self, other: Values) -> Values:
        """What is in any of the two."""
        known = _same(self.known.join, self.known, other.known)
        return Values(known, self.unknown or other.unknown, self.nothing or other.nothing)

    def minus(self, other: Values) -> Values:
        """What is in this and not in the other."""
        known = _same(self.known.minus, self.known, other.known)
        return Values(known, self.unknown and not other.unknown, self.nothing and not other.nothing)

    def within(self, other: Values) -> bool:
        """Whether all of this is in the other."""
        return self.minus(other).empty

    def few(self, most: int = 16) -> tuple[float | str, ...] | None:
        """The known values one by one, where they are few."""
        if isinstance(self.known, Texts):
            return None if self.known.others or len(self.known.names) > most else tuple(self.known.names)
        if sum(high - low + 1 for low, high in self.known.intervals[: most + 1]) > most:
            return None
        return tuple(low + i for low, high in self.known.intervals for i in range(int(high - low) + 1))


def _same(operation: object, left: Known, right: Known) -> Known:
    """Two sets of one thing are of one form."""
    assert callable(operation)
    assert type(left) is type(right)
    result = operation(right)
    assert isinstance(result, Ranges | Texts)
    return result


class Gathered:
    """A set that grows: adding a small one takes no longer the larger it has become."""

    def __init__(self, domain: Values) -> None:
        self.unknown = self.nothing = False
        self._domain = domain
        self._names: set[str] = set()
        """Of texts: those in the set, or, with `_others`, those not in it."""
        self._others = False
        self._intervals: list[Interval] = []

    def add(self, values: Values) -> None:
        """Put some values in."""
        self.unknown = self.unknown or values.unknown
        self.nothing = self.nothing or values.nothing
        if isinstance(values.known, Ranges):
            for interval in values.known.intervals:
                self._add_interval(interval)
        elif values.known.others:
            names = values.known.names
            self._names = set(names & self._names if self._others else names - self._names)
            self._others = True
        elif self._others:
            self._names -= values.known.names
        else:
            self._names |= values.known.names

    def _add_interval(self, interval: Interval) -> None:
        low, high = interval
        first = bisect_left(self._intervals, (low, -inf))
        if first and self._intervals[first - 1][1] + 1 >= low:
            first -= 1
        last = first
        while last < len(self._intervals) and self._intervals[last][0] <= high + 1:
            low, high = min(low, self._intervals[last][0]), max(high, self._intervals[last][1])
            last += 1
        self._intervals[first:last] = [(low, high)]

    def rest_of(self, values: Values) -> Values:
        """What of these values is not in the set."""
        known: Known
        if isinstance(values.known, Ranges):
            known = values.known.minus(self._near(values.known))
        elif not values.known.others:
            inside = values.known.names & self._names
            known = Texts(inside if self._others else values.known.names - inside)
        else:
            named = frozenset(self._names)
            known = values.known.minus(Texts(named, self._others))
        return Values(known, values.unknown and not self.unknown, values.nothing and not self.nothing)

    def _near(self, wanted: Ranges) -> Ranges:
        """The part of the set that has to do with some ranges."""
        if not wanted.intervals:
            return wanted
        first = max(bisect_left(self._intervals, (wanted.intervals[0][0], -inf)) - 1, 0)
        last = bisect_left(self._intervals, (wanted.intervals[-1][1], inf))
        return Ranges(tuple(self._intervals[first:last]))

    @property
    def values(self) -> Values:
        """The set as it is now."""
        known: Known = Ranges(tuple(self._intervals))
        if isinstance(self._domain.known, Texts):
            known = Texts(frozenset(self._names), self._others)
        return Values(known, self.unknown, self.nothing)

    @property
    def full(self) -> bool:
        """Whether every value that can be is in the set."""
        known = self._domain.known
        if (self._domain.unknown and not self.unknown) or (self._domain.nothing and not self.nothing):
            return False
        if isinstance(known, Texts):
            if known.others:
                return self._others and self._names <= known.names
            return known.names.isdisjoint(self._names) if self._others else known.names <= self._names
        return all(self._has(low, high) for low, high in known.intervals)

    def _has(self, low: float, high: float) -> bool:
        i = bisect_left(self._intervals, (low, inf)) - 1
        return i >= 0 and self._intervals[i][0] <= low and high <= self._intervals[i][1]
