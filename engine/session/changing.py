"""Changes of a session's memory: facts come in, wait, change, go (0012, section 3)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from heapq import heappush
from typing import TYPE_CHECKING, Any

from leadpolicy.engine.policy import PolicyDeclaration
from leadpolicy.engine.reading import Records
from leadpolicy.engine.session.conclusions import Conclusions, content_key
from leadpolicy.engine.session.memory import Memory
from leadpolicy.engine.session.network import Fact, Matching, Network

if TYPE_CHECKING:
    from leadpolicy.engine.session.matches import RuleMatches


class Changing(Memory):
    """A memory whose changes reach the network, one after the other, and are noted in a journal."""

    network: Network
    rules: list[RuleMatches]

    def __init__(
        self, policy: PolicyDeclaration, readers: Mapping[str, Records], matching: Matching, now: datetime | int
    ) -> None:
        super().__init__(policy, readers, now)
        self.matching = matching
        self.conclusions = Conclusions(self)
        self._journal: list[tuple[str, Fact, Any]] = []
        self.open: list[RuleMatches] = []
        """Rules of whose matches some are still to be found."""
        self.lazily = False
        """Whether matches that begin may be found later: while a match fires."""
        self._adding = False
        """Whether all that the firing changes is that facts come in."""

    def _before(self, type_: int, comes: bool) -> None:
        """A fact of a type is about to come in, change or go: matches that this may touch are found first. Of facts
        that come in cursors take no notice, but where they block (0013)."""
        for rule in self.open.copy():
            declared = rule.declaration
            if type_ in declared.reads and not (comes and self._adding and type_ in declared.joins):
                rule.find()

    def put_in(self, type_: int, fact: Fact, note: tuple[Any, ...] | None = None) -> None:
        """A fact comes into memory: a change."""
        if self.open:
            self._before(type_, True)
        self.sequence += 1
        fact[-4] = fact[-3] = self.sequence
        self._journal.append(("in", fact, note))
        network = self.network
        network.enter[type_](fact)
        network.came[type_](fact)
        if self.matching.timed[type_]:
            network.watch[type_](fact)

    def put_away(self, type_: int, fact: Fact, note: tuple[Any, ...] | None = None) -> None:
        """A fact goes out of memory: a change."""
        if self.open:
            self._before(type_, False)
        self.sequence += 1
        self._journal.append(("out", fact, (fact[-3], note)))
        self.network.leave[type_](fact)
        fact[-3] = 0
        self.network.went[type_](fact)

    def _settle(self) -> None:
        while self.conclusions.any:
            self.conclusions.settle()

    def _come(self, fact: Fact) -> None:
        """A base fact comes in, or waits for its time."""
        type_ = fact[-1]
        declared, key_at = self.declared[type_], self.key_places[type_]
        if declared.event and declared.dated is not None:
            at = fact[declared.dated]
            if type(at) is int and at > self.now:
                self._wait(fact, at)
                return
        note = None
        if key_at is not None:
            if self._lately:
                note = self._again(fact, (type_, str(fact[key_at])))
        elif not declared.event:
            self.same[type_][content_key(tuple(fact[:-4]))] = fact
        if note is None:
            self.put_in(type_, fact)
        else:
            # Its matches may have held before: they are looked for at once.
            lazily, self.lazily = self.lazily, False
            self.put_in(type_, fact, note)
            self.lazily = lazily
        if self.conclusions.any:
            self._settle()

    def _again(self, fact: Fact, key: tuple[int, object]) -> tuple[int, int] | None:
        """A key that went in this instant is there again: matches tell the fact apart as before. What to undo."""
        identity = self._lately.get(key)
        if identity is None or identity == fact[-2]:
            return None
        before = self.handle_of(identity)
        self._handles[identity] = self.handle_of(fact[-2])
        fact[-2] = identity
        return identity, before

    def _wait(self, fact: Fact, at: int) -> None:
        key = self.shown.key(fact[-1], fact)
        fact[-3] = -1
        if key is not None:
            self._waiting[fact[-1], key] = fact
        self._queued += 1
        heappush(self._queue, (at, self._queued, None, fact))
        self._journal.append(("waits", fact, None))

    def _go(self, fact: Fact) -> None:
        """A base fact goes out."""
        type_ = fact[-1]
        del self._by_handle[self.handle_of(fact[-2])]
        if fact[-3] < 0:
            self._journal.append(("waited", fact, None))
            fact[-3] = 0
            key = self.shown.key(type_, fact)
            if key is not None:
                self._waiting.pop((type_, key), None)
            return
        key_at = self.key_places[type_]
        if key_at is not None:
            self._lately[type_, str(fact[key_at])] = fact[-2]
        elif not self.declared[type_].event:
            del self.same[type_][content_key(tuple(fact[:-4]))]
        self.put_away(type_, fact)
        if self.conclusions.any:
            self._settle()

    def _change(self, fact: Fact, values: Mapping[int, object]) -> None:
        """A base fact's fields change."""
        type_ = fact[-1]
        declared = self.declared[type_]
        changed = {p: v for p, v in values.items() if content_key((fact[p],)) != content_key((v,))}
        if not changed:
            return
        keyless = declared.key is None and not declared.event
        if keyless:
            whole = list(fact[:-4])
            for place, value in changed.items():
                whole[place] = value
            other = self.same[type_].get(content_key(tuple(whole)))
            if other is not None and other is not fact:
                self._go(fact)
                self._by_handle[fact[-2]] = other
                return
            del self.same[type_][content_key(tuple(fact[:-4]))]
            self.same[type_][content_key(tuple(whole))] = fact
        if self.open:
            self._before(type_, False)
        old = fact.copy()
        for place, value in changed.items():
            fact[place] = value
        self.sequence += 1
        fact[-3] = self.sequence
        self._journal.append(("moved", fact, old))
        self.network.move[type_](fact, old)
        self.network.moved[type_](fact, old)
        if self.matching.timed[type_]:
            self.network.watch[type_](fact)
        if self.conclusions.any:
            self._settle()
