"""The records of a session as parts of leads read them: so long ago, or as the telling half of a module does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from leadpolicy.engine.records import Record, Shape, View
from leadpolicy.engine.session.network import Fact

if TYPE_CHECKING:
    from leadpolicy.engine.session.changing import Changing


class EarlierRows:
    """The records without the events dated after `back` microseconds before now."""

    __slots__ = ("_back", "_session")

    def __init__(self, session: Changing, back: int) -> None:
        self._session = session
        self._back = back

    def all(self, type_: int) -> Sequence[Fact]:
        """All records of a type."""
        return self._seen(type_, self._session.records.all(type_))

    def of(self, type_: int, key: object) -> Sequence[Fact]:
        """Those that belong to a record."""
        return self._seen(type_, self._session.records.of(type_, key))

    def _seen(self, type_: int, rows: Sequence[Fact]) -> Sequence[Fact]:
        fact = self._session.declared[type_]
        dated = fact.dated
        if not fact.event or dated is None:
            return rows
        now = self._session.now - self._back
        return [row for row in rows if type(row[dated]) is not int or row[dated] <= now]


class ToldRows(View):
    """The records as those of one decision, in tuples. Nothing dated after now is in memory."""

    __slots__ = ("_session",)

    def __init__(self, session: Changing) -> None:
        super().__init__((), session.now)
        self._session = session

    def at(self, now: int) -> View:
        """Only a replay asks for that, and a session has none."""
        raise NotImplementedError("a session's records are those of now")

    def _find(self, type_: int, key: object) -> Sequence[Record]:
        rows = self._session.records
        found = rows.all(type_) if key is None else rows.of(type_, key)
        fact = self._session.declared[type_]
        size = len(fact.fields) + (fact.of is not None) + (fact.key is None)
        return tuple(tuple(row[:size]) for row in found)

    def events(self, type_: int, key: object) -> Sequence[Record]:
        """Events as taken: without their arrival."""
        fact = self._session.declared[type_]
        shape, size = Shape(fact), len(fact.fields) + (fact.of is not None)
        return [shape.as_taken(row[:size]) for row in self.of(type_, key)] if key is not None else [
            shape.as_taken(row[:size]) for row in self.all(type_)
        ]  # fmt: skip

    def times(self, type_: int, key: object) -> Iterable[int]:
        """When they are dated."""
        return Shape(self._session.declared[type_]).times(self._get(type_, key))
