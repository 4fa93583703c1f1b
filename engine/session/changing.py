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
from leadpolicy.engine.session.parts import Parts
from leadpolicy.engine.values import Duration

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
        self.journal: list[Fact | tuple[str, Fact, Any]] = []
        """What the instant has changed: base facts that came in, and (kind, fact, more) for all else."""
        self.open: list[RuleMatches] = []
        """Rules of whose matches some are still to be found."""
        self.lazily = False
        """Whether matches that begin may be found later: while a match fires."""
        self.adding = False
        """Whether all that the firing changes is that facts come in."""
        self.gone = False
        """Whether a fact has gone since that was last set."""
        self.parts = Parts(self)
        self.clocked = False
        """Whether something depends on time that has no instants of its own."""
        self.late = False
        """Whether that is to be looked at with the next change, as time has moved since."""

    def before(self, type_: int, comes: bool) -> None:
        """A fact of a type is about to come in, change or go: matches that this may touch are found first. Of facts
        that come in cursors take no notice, but where they block (0013)."""
        blind = comes and self.adding
        for rule in [one for one in self.open if type_ in one.reads and not (blind and type_ in one.joins)]:
            rule.find()

    def put_in(self, type_: int, fact: Fact, note: tuple[Any, ...] | None = None) -> None:
        """A fact comes into memory: a change."""
        if self.open:
            self.before(type_, True)
        self.sequence += 1
        fact[-4] = fact[-3] = self.sequence
        self.journal.append(("in", fact, note))
        network = self.network
        network.enter[type_](fact)
        network.came[type_](fact)
        if self.matching.timed[type_]:
            network.watch[type_](fact)
        if self.late:
            self.look_late()

    def put_away(self, type_: int, fact: Fact, note: tuple[Any, ...] | None = None) -> None:
        """A fact goes out of memory: a change."""
        if self.open:
            self.before(type_, False)
        self.sequence += 1
        self.journal.append(("out", fact, (fact[-3], note)))
        self.network.leave[type_](fact)
        fact[-3] = 0
        self.gone = True
        self.network.went[type_](fact)
        if self.late:
            self.look_late()

    def look_late(self) -> None:
        """Look at what depends on time in a way that has no instants of its own."""
        self.late = False
        for part in self.parts.clocked:
            part.forget_all()
        self.parts.again()
        for index in self.matching.clocked:
            self.rules[index].check_all()
            self.rules[index].add(self.network.all[index]())

    def settle(self) -> None:
        while self.conclusions.any:
            self.conclusions.settle()

    def come(self, fact: Fact) -> None:
        """A base fact comes in, or waits for its time."""
        come = self.network.come[fact[-1]]
        assert come is not None
        come(fact)

    def again(self, fact: Fact, key: tuple[int, object]) -> bool:
        """A key that went in this instant comes in again: matches tell it apart as before. False for another."""
        identity = self.lately.get(key)
        if identity is None or identity == fact[-2]:
            return False
        before = self.handle_of(identity)
        self._handles[identity] = self.handle_of(fact[-2])
        fact[-2] = identity
        # Its matches may have held before: they are looked for at once.
        lazily, self.lazily = self.lazily, False
        self.put_in(fact[-1], fact, (identity, before))
        self.lazily = lazily
        if self.conclusions.any:
            self.settle()
        return True

    def wait(self, fact: Fact, at: int) -> None:
        key = self.shown.key(fact[-1], fact)
        fact[-3] = -1
        self.handles[fact[-2]] = fact
        if key is not None:
            self._waiting[fact[-1], key] = fact
        self._queued += 1
        heappush(self._queue, (at, self._queued, None, fact))
        self.journal.append(("waits", fact, None))

    def go(self, fact: Fact) -> None:
        """A base fact goes out."""
        type_ = fact[-1]
        self.handles.pop(self.handle_of(fact[-2]), None)
        if fact[-3] < 0:
            self.journal.append(("waited", fact, None))
            fact[-3] = 0
            key = self.shown.key(type_, fact)
            if key is not None:
                self._waiting.pop((type_, key), None)
            return
        key_at = self.key_places[type_]
        if key_at is not None:
            self.lately[type_, str(fact[key_at])] = fact[-2]
        elif self.keyless[type_]:
            del self.same[type_][content_key(tuple(fact[:-4]))]
        self.put_away(type_, fact)
        if self.conclusions.any:
            self.settle()

    def change(self, fact: Fact, values: Mapping[int, object]) -> None:
        """A base fact's fields change."""
        changed = [(place, value) for place, value in values.items() if differ(fact[place], value)]
        if changed:
            self.change_to(fact, changed)

    def change_to(self, fact: Fact, changed: list[tuple[int, object]]) -> None:
        """The same, where each value is another one."""
        type_ = fact[-1]
        if self.keyless[type_] and not self._keep_apart(fact, changed):
            return
        if self.open:
            self.before(type_, False)
        old = fact.copy()
        for place, value in changed:
            fact[place] = value
        fact[-3] = self.sequence = self.sequence + 1
        self.journal.append(("moved", fact, old))
        if self.keyless[type_]:
            self.versions.setdefault(fact[-2], []).append((self.sequence, old))
        network = self.network
        network.move[type_](fact, old)
        network.moved[type_](fact, old)
        if self.matching.timed[type_]:
            network.watch[type_](fact)
        if self.late:
            self.look_late()
        if self.conclusions.any:
            self.settle()

    def _keep_apart(self, fact: Fact, changed: list[tuple[int, object]]) -> bool:
        """A keyless fact's content changes; False where there is another fact like that: then it goes."""
        same = self.same[fact[-1]]
        whole = fact[:-4]
        for place, value in changed:
            whole[place] = value
        content = content_key(tuple(whole))
        other = same.get(content)
        if other is not None and other is not fact:
            self.go(fact)
            self.handles[fact[-2]] = other
            return False
        del same[content_key(tuple(fact[:-4]))]
        same[content] = fact
        return True


def differ(old: object, new: object) -> bool:
    """Whether a value is another one: durations are told apart by their parts."""
    if old is new:
        return False
    return old != new or (type(old) is Duration and content_key((old,)) != content_key((new,)))
