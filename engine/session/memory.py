"""The working memory of a session: its facts, their names, and the times at which something happens by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from heapq import heappush
from typing import Any

from leadpolicy.engine.policy import PolicyDeclaration
from leadpolicy.engine.reading import Records
from leadpolicy.engine.session.network import EPOCH, MICROSECOND, Fact, Touch
from leadpolicy.engine.session.printing import Printer
from leadpolicy.engine.session.rows import SessionRows
from leadpolicy.engine.times import from_datetime


class Memory:
    """Facts by type: `tables` by what tells them apart, `keyed` by their keys, `same` by their content (of base facts
    without a key that are no events). `now`: microseconds since 1970 UTC; `sequence`: the last change's number."""

    def __init__(self, policy: PolicyDeclaration, readers: Mapping[str, Records], now: datetime | int) -> None:
        self.policy = policy
        self.declared = policy.facts
        self.key_places = tuple(fact.key for fact in policy.facts)
        self.keyless = tuple(fact.key is None and not fact.event and not fact.concluded for fact in policy.facts)
        """Which types' base facts are told apart by their content."""
        self.readers = tuple(readers[fact.name] for fact in policy.facts)
        self.shown = Printer(policy.facts, policy.zone)
        self.now = from_datetime(now, policy.zone) if isinstance(now, datetime) else now
        self.sequence = 0
        count = len(policy.facts)
        self._types = {fact.name: i for i, fact in enumerate(policy.facts)}
        self._places = [{field.name: i for i, field in enumerate(fact.fields)} for fact in policy.facts]
        self.keyed: list[dict[str, Fact]] = [{} for _ in range(count)]
        self.tables: list[dict[Any, Fact]] = [
            {} if fact.key is None or fact.concluded else self.keyed[i] for i, fact in enumerate(policy.facts)
        ]
        self.keyed_by_name = {fact.name: self.keyed[i] for i, fact in enumerate(policy.facts)}
        self.records = SessionRows(policy.facts, self.tables)
        self.same: list[dict[tuple[object, ...], Fact]] = [{} for _ in range(count)]
        self.versions: dict[int, list[tuple[int, Fact]]] = {}
        """What keyless facts were before they were updated, by identity: (the number of the change, the fact)."""
        self.handles: dict[int, Fact] = {}
        """Base facts by handle: those with a key, those that wait, and what keyless ones have become. All others of
        keyless types are in their tables by it."""
        self._by_identity = [
            self.tables[i] for i, fact in enumerate(policy.facts) if not (fact.concluded or fact.key is not None)
        ]
        self.identity = 0
        self.lately: dict[tuple[int, object], int] = {}
        """The identities of keyed and concluded facts that were there in this instant: they keep them."""
        self._handles: dict[int, int] = {}
        """Handles that are not what tells their fact apart: of keys that went and came back in one instant."""
        self._waiting: dict[tuple[int, str], Fact] = {}
        self._queue: list[tuple[int, int, Touch | None, Fact]] = []
        self._queued = 0

    def by_handle(self, handle: int) -> Fact | None:
        """The fact of a handle."""
        fact = self.handles.get(handle)
        if fact is None:
            fact = next((table[handle] for table in self._by_identity if handle in table), None)
        return None if fact is None or fact[-3] == 0 else fact

    def instant(self, time: datetime) -> int:
        """Microseconds since 1970 UTC; a naive time is in the policy's zone."""
        if time.tzinfo is None:
            return from_datetime(time, self.policy.zone)
        return (time - EPOCH) // MICROSECOND

    def handle_of(self, identity: int) -> int:
        """The handle of a base fact."""
        return self._handles.get(identity, identity)

    def by_key(self, type_: int, key: str) -> Fact | None:
        """A base fact by its type and key; one that waits, too."""
        return self.keyed[type_].get(key) or self._waiting.get((type_, key))

    def keyed_fact(self, fact: str, key: str) -> Fact | None:
        """A fact that is in memory, by its type's name and its key."""
        keyed = self.keyed_by_name.get(fact)
        return None if keyed is None else keyed.get(key)

    def pointed(self, fact: str, key: object) -> object:
        """The key of a reference; None where what it points to isn't in memory."""
        return key if isinstance(key, str) and key in self.keyed_by_name.get(fact, {}) else None

    def new_fact(self, type_: int, values: Sequence[object]) -> Fact:
        """A base fact that isn't in memory yet."""
        self.identity += 1
        return [*values, 0, 0, self.identity, type_]

    def identity_of(self, type_: int, content: tuple[object, ...]) -> int:
        """The identity of a concluded fact: by its key, or its content."""
        name = self._said(type_, content)
        identity = self.lately.get(name)
        if identity is None:
            self.identity += 1
            identity = self.lately[name] = self.identity
        return identity

    def keep_identity(self, type_: int, content: tuple[object, ...], identity: int) -> None:
        """A concluded fact goes: if it comes back in this instant, matches tell it apart as before."""
        self.lately[self._said(type_, content)] = identity

    def _said(self, type_: int, content: tuple[object, ...]) -> tuple[int, object]:
        key = self.key_places[type_]
        return type_, content if key is None else str(content[key])

    def later(self, at: int, type_: int, due: Touch, fact: Fact) -> None:
        """Look at what depends on a fact when time has come to `at`."""
        if at > self.now:
            self._queued += 1
            heappush(self._queue, (at, self._queued, due, fact))

    def as_of(self, fact: Fact, sequence: int) -> Fact:
        """A fact as it was after the change of a number, in what it is printed by."""
        for number, old in self.versions.get(fact[-2], ()):
            if number > sequence:
                return old
        return fact
