"""The records of a session as expressions go through them: all of a type, or those that belong to one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter

from leadpolicy.engine.policy import FactDeclaration
from leadpolicy.engine.session.network import Fact
from leadpolicy.engine.values import NOTHING

_BEFORE_ALL = -(10**30)


class SessionRows:
    """What decisions have as `View`: rows in order of time, key, arrival. Nothing dated after now is in memory."""

    __slots__ = ("_facts", "_links", "_tables", "by_link")

    def __init__(self, facts: Sequence[FactDeclaration], tables: Sequence[Mapping[object, Fact]]) -> None:
        self._facts = facts
        self._tables = tables
        self._links = tuple(len(fact.fields) if fact.of is not None else 0 for fact in facts)
        self.by_link: dict[int, dict[object, list[Fact]]] = {}
        """Indexes by whom records belong to, of the types where the network has one."""

    def all(self, type_: int) -> Sequence[Fact]:
        """All records of a type."""
        return self.sorted(type_, self._tables[type_].values())

    def of(self, type_: int, key: object) -> Sequence[Fact]:
        """Those that belong to a record: of an unknown one any may, of nothing none does."""
        return self.sorted(type_, self.some(type_, key))

    def some(self, type_: int, key: object) -> Sequence[Fact]:
        """The same in no order."""
        if key is NOTHING:
            return ()
        if key is None:
            return self.every(type_)
        index = self.by_link.get(type_)
        if index is not None:
            return index.get(key, ())
        link = self._links[type_]
        return [row for row in self._tables[type_].values() if row[link] == key]

    def every(self, type_: int) -> Sequence[Fact]:
        """All records of a type, in no order."""
        return [*self._tables[type_].values()]

    def sorted(self, type_: int, rows: Iterable[Fact]) -> Sequence[Fact]:
        """Records in order."""
        found = list(rows)
        if len(found) < 2:
            return found
        fact = self._facts[type_]
        arrival = len(fact.fields) + (fact.of is not None)
        dated, key = fact.dated, fact.key
        if dated is None and key is None:
            found.sort(key=itemgetter(arrival))
            return found
        found.sort(key=lambda row: (_time(row, dated), "" if key is None else str(row[key]), row[arrival]))
        return found


def _time(row: Fact, dated: int | None) -> int:
    if dated is None:
        return 0
    return at if isinstance(at := row[dated], int) else _BEFORE_ALL
