"""Events and other records as decisions read them: in order, by whom they belong to, and only those that exist yet.

A record is a tuple: its fields in the order of their declaration, then, for a type declared `of` another, the key of
the record that it belongs to, then, for a type without key, its position of arrival.

Events are kept *as taken* until somebody asks for more than their time: without arrival, and dated by a timedelta
since 1970 UTC instead of microseconds. That is what a subtraction of datetimes gives, and it is compared as fast.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from leadpolicy.engine.policy import FactDeclaration
from leadpolicy.engine.times import in_micros
from leadpolicy.engine.values import NOTHING

if TYPE_CHECKING:
    from leadpolicy.engine.own_events import EventType

Record: TypeAlias = tuple[object, ...]
Members: TypeAlias = tuple[Sequence[Record], Sequence[Record], Sequence[Record]]
"""The records that count, the maybes, and both together; each in order."""

BEFORE_ALL: Final = -(10**30)
"""Where a record stands whose time isn't known."""
BEFORE_TAKEN: Final = timedelta.min
"""The same among events as taken."""


class Shape:
    """How the records of one type are told apart and ordered: worked out once a policy.

    `link`, `key`, `dated`: the places of what they belong to, of their key and of their time, None where they have
    none. In order, those dated first come first, then by key, then by arrival.
    """

    __slots__ = ("_order", "_time", "dated", "event", "key", "link")

    def __init__(self, fact: FactDeclaration) -> None:
        self.event = fact.event
        self.dated = fact.dated
        self.key = fact.key
        self.link = len(fact.fields) if fact.of is not None else None
        self._time = _time_of(fact)
        self._order = _order(fact)

    def completed(self, rows: Sequence[Record]) -> Sequence[Record]:
        """Records, given as taken."""
        if not self.event:
            return rows
        dated, keyed = self.dated, self.key is not None
        if dated is None:
            return rows if keyed else [(*row, at) for at, row in enumerate(rows)]
        after = dated + 1
        return [
            (*row[:dated], completed_time(row[dated]), *row[after:], *(() if keyed else (at,)))
            for at, row in enumerate(rows)
        ]

    def as_taken(self, record: Record) -> Record:
        """A record without arrival, as taken."""
        dated = self.dated
        if not self.event or dated is None:
            return record
        at = record[dated]
        return (*record[:dated], moment(at), *record[dated + 1 :])

    def sorted(self, rows: Iterable[Record]) -> Sequence[Record]:
        """The records in order; those that stand equal stay as they came."""
        return tuple(rows) if self._order is None else sorted(rows, key=self._order)

    def visible(self, rows: Sequence[Record], now: int) -> Sequence[Record]:
        """Those of sorted records that exist: events dated after now don't (ruling 12)."""
        if not self.event or self.dated is None or not rows:
            return rows
        if self._time(rows[-1]) <= now:
            return rows
        return rows[: bisect_right(rows, now, key=self._time)]

    def without(self, rows: Sequence[Record], others: Sequence[Record]) -> Iterable[Record]:
        """Rows but for those that others of the same key stand for."""
        key = self.key
        if key is None:
            return rows
        taken = {row[key] for row in others}
        return (row for row in rows if row[key] not in taken)

    def times(self, rows: Sequence[Record]) -> Iterable[int]:
        """The known times of records."""
        if self.dated is None:
            return ()
        return (at for row in rows if isinstance(at := row[self.dated], int))


def completed_time(value: object) -> object:
    """A time as taken in microseconds; what is unknown or nothing as it is."""
    return in_micros(value) if isinstance(value, timedelta) else value


def moment(value: object) -> Any:
    """A time in microseconds as it is taken; what is unknown or nothing as it is."""
    return timedelta(microseconds=value) if isinstance(value, int) else value


def picked(record: object, dated: int) -> object:
    """A picked event, given as taken, with its time in microseconds; unknown or nothing as it is."""
    if not isinstance(record, tuple):
        return record
    return (*record[:dated], completed_time(record[dated]), *record[dated + 1 :])


class RecordSet:
    """The records of one type as they came, indexed by whom they belong to when that is first asked for. `owner`: the
    one that all of them belong to, where that is known. Never changed, so threads may share it."""

    __slots__ = ("_all", "_by_link", "_rows", "shape")

    def __init__(self, shape: Shape, rows: Sequence[Record], owner: str | None = None) -> None:
        self.shape = shape
        self._rows = rows
        self._by_link: dict[object, Sequence[Record]] | None = None if owner is None else {owner: rows}
        self._all: Sequence[Record] | None = None

    def raw(self, key: object) -> Sequence[Record]:
        """Those that belong to a record, or all of them, as they came; events as taken."""
        if key is None:
            return self._rows
        index = self._by_link
        if index is None:
            index = self._by_link = self._indexed()
        return index.get(key, ())

    def _indexed(self) -> dict[object, Sequence[Record]]:
        index: dict[object, list[Record]] = {}
        link = self.shape.link
        if link is not None:
            for row in self._rows:
                owner = row[link]
                if owner in index:
                    index[owner].append(row)
                else:
                    index[owner] = [row]
        return index  # type: ignore[return-value]

    def ordered(self, key: object) -> Sequence[Record]:
        """The same, complete and in order."""
        shape = self.shape
        if key is not None:
            return shape.sorted(shape.completed(self.raw(key)))
        if self._all is None:
            self._all = shape.sorted(shape.completed(self._rows))
        return self._all


def _time_of(fact: FactDeclaration) -> Callable[[Record], Any]:
    """By when a record is dated; one that isn't comes before all others."""
    dated = fact.dated
    if dated is None:
        return lambda row: BEFORE_ALL
    if _is_sure(fact, dated):
        return itemgetter(dated)
    return lambda row: at if isinstance(at := row[dated], int) else BEFORE_ALL


def _is_sure(fact: FactDeclaration, field: int) -> bool:
    declared = fact.fields[field]
    return declared.required and not declared.or_none


def _order(fact: FactDeclaration) -> Callable[[Record], Any] | None:
    key = fact.key
    if key is None:
        return None if fact.dated is None else _time_of(fact)
    time = _time_of(fact)
    if fact.fields[key].type.kind == "int":
        return lambda row: (time(row), str(row[key]))
    if fact.dated is None:
        return itemgetter(key)
    return itemgetter(fact.dated, key) if _is_sure(fact, fact.dated) else lambda row: (time(row), row[key])


class View:
    """The records that one decision can see: those that exist now, and those that only its lead brings along."""

    __slots__ = ("_extra", "_memo", "_now", "_sets")

    def __init__(
        self, sets: Sequence[RecordSet | None], now: int, extra: Mapping[int, Sequence[Record]] | None = None
    ) -> None:
        self._sets = sets
        self._now = now
        self._extra = extra
        self._memo: dict[tuple[object, ...], Sequence[Record]] | None = None

    def _set(self, type_: int) -> RecordSet | None:
        return self._sets[type_]

    def at(self, now: int) -> View:
        """The same records seen from another time."""
        return View(self._sets, now, self._extra)

    def all(self, type_: int) -> Sequence[Record]:
        """All records of a type, given by its place among the facts."""
        return self._get(type_, None)

    def of(self, type_: int, key: object) -> Sequence[Record]:
        """Those that belong to a record: of an unknown one any may, of nothing none does."""
        return () if key is NOTHING else self._get(type_, key)

    def unsure(self, type_: int, key: object, places: tuple[int, ...]) -> Sequence[Record]:
        """Those of them in which a field of these places is unknown."""
        memo = self._memo
        if memo is None:
            memo = self._memo = {}
        found = memo.get((type_, key, places))
        if found is None:
            rows = self.of(type_, key)
            if len(places) == 1:
                (place,) = places
                found = [row for row in rows if row[place] is None]
            else:
                found = [row for row in rows if any(row[place] is None for place in places)]
            memo[type_, key, places] = found
        return found

    def _get(self, type_: int, key: object) -> Sequence[Record]:
        memo = self._memo
        if memo is None:
            memo = self._memo = {}
        found = memo.get((type_, key))
        if found is None:
            found = memo[type_, key] = self._find(type_, key)
        return found

    def _find(self, type_: int, key: object) -> Sequence[Record]:
        own = self._set(type_)
        if own is None:
            raise LookupError(f"the records of type {type_} aren't read")
        shape = own.shape
        more = self._extra.get(type_) if self._extra is not None else None
        if not more:
            return shape.visible(own.ordered(key), self._now)
        kept = shape.without(shape.completed(own.raw(key)), more)
        rows = shape.sorted([*kept, *(row for row in more if key is None or row[shape.link or 0] == key)])
        return shape.visible(rows, self._now)

    def events(self, type_: int, key: object) -> Sequence[Record]:
        """Events that belong to a record, or all of a type, as taken and as they came: those dated after now among
        them. No lead brings events along."""
        own = self._set(type_)
        return () if own is None or key is NOTHING else own.raw(key)

    def times(self, type_: int, key: object) -> Iterable[int]:
        """When the records that exist are dated."""
        own = self._set(type_)
        return () if own is None else own.shape.times(self._get(type_, key))


class OwnView(View):
    """The view of a lead whose events of one type are all that it reads besides itself: `rows`, as taken, all of them
    its own. `sets`: the types that have no records."""

    __slots__ = ("_owner", "_rows", "_type")

    def __init__(
        self, sets: Sequence[RecordSet | None], now: int, type_: EventType, rows: Sequence[Record], owner: str
    ) -> None:
        self._sets = sets
        self._now = now
        self._extra = self._memo = None
        self._type = type_
        self._rows = rows
        self._owner = owner

    def _set(self, type_: int) -> RecordSet | None:
        if type_ != self._type.place:
            return self._sets[type_]
        return RecordSet(self._type.shape, self._rows, self._owner)

    def at(self, now: int) -> View:
        """The same records seen from another time."""
        return OwnView(self._sets, now, self._type, self._rows, self._owner)

    def events(self, type_: int, key: object) -> Sequence[Record]:
        """As in any view."""
        if type_ == self._type.place and key == self._owner:
            return self._rows
        return View.events(self, type_, key)


# ── What generated code makes of members ──


def doubtful(members: Members) -> Members:
    """Members none of which is sure."""
    return (), members[2], members[2]


def count(members: Members) -> tuple[int, int]:
    """The least and the most that there are."""
    return len(members[0]), len(members[2])


def distinct(sure: Iterable[object], every: Iterable[object]) -> tuple[int, int]:
    """The least and the most different values: of records that count, and of all candidates."""
    known = set(sure)
    has_unknown = None in known
    known -= {None, NOTHING}
    listed = list(every)
    most = len(set(listed) - {None, NOTHING}) + sum(1 for value in listed if value is None)
    return max(len(known), 1 if has_unknown else 0), most


def only(pair: tuple[int, int]) -> int | None:
    """A pair as a value: the number where both ends are equal, else unknown."""
    return pair[0] if pair[0] == pair[1] else None


def first(members: Members) -> object:
    """The first record: unknown where a maybe would be it, nothing where there is none."""
    both = members[2]
    if not both:
        return NOTHING
    return None if members[1] and members[1][0] is both[0] else both[0]


def last(members: Members) -> object:
    """The last record, likewise."""
    both = members[2]
    if not both:
        return NOTHING
    return None if members[1] and members[1][-1] is both[-1] else both[-1]


def preferred(members: Members, ranks: Sequence[tuple[int, ...]], final: bool, tie: int, as_text: bool) -> object:
    """The record of least rank; among equals the first (`final`: the last) by key or arrival, element `tie`."""
    both = members[2]
    if not both:
        return NOTHING
    best = min(ranks)
    equal = [row for row, rank in zip(both, ranks, strict=True) if rank == best]
    order: Callable[[Record], Any] = (lambda row: str(row[tie])) if as_text else itemgetter(tie)
    won = max(equal, key=order) if final else min(equal, key=order)
    return None if any(won is maybe for maybe in members[1]) else won


def earliest(value: object) -> tuple[int, int]:
    """Where a value ranks when the earliest comes first; without one, last."""
    return (0, value) if isinstance(value, int) else (1, 0)


def latest(value: object) -> tuple[int, int]:
    """Where a value ranks when the latest comes first; without one, last."""
    return (0, -value) if isinstance(value, int) else (1, 0)
