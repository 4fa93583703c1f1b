"""Steps and instants: a batch or an arrival, and the firings that follow, up to rest (0012, sections 5 and 7)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from heapq import heappop

from leadpolicy.engine.policy import PolicyDeclaration
from leadpolicy.engine.reading import Records
from leadpolicy.engine.session.conclusions import content_key
from leadpolicy.engine.session.errors import ActionError, ConflictError, Failure, LoopError
from leadpolicy.engine.session.matches import Entry, RuleMatches
from leadpolicy.engine.session.network import ADD, FAILED, REMOVE, SET, Fact, Matching, Step, Touch
from leadpolicy.engine.session.steps import Instant
from leadpolicy.engine.session.undoing import Undoing


class Firing(Undoing):
    """Plays instants."""

    def __init__(
        self,
        policy: PolicyDeclaration,
        readers: Mapping[str, Records],
        matching: Matching,
        now: datetime | int,
        limits: tuple[int, int],
    ) -> None:
        super().__init__(policy, readers, matching, now)
        self._limits = limits

    def _arrive(self, at: int) -> None:
        """Play the instant at which something is due."""
        popped: list[tuple[int, int, Touch | None, Fact]] = []
        while self._queue and self._queue[0][0] == at:
            popped.append(heappop(self._queue))
        events = [fact for _, _, due, fact in popped if due is None and fact[-3] < 0]
        touches = [(due, fact) for _, _, due, fact in popped if due is not None and fact[-3] > 0]
        if events or touches:
            self._instant(lambda: self._move_now(at, touches, events), popped, at)
        self.now = at

    def _move_now(self, at: int, touches: list[tuple[Touch, Fact]], events: list[Fact]) -> None:
        self.now = at
        self.sequence += 1
        for touch, fact in touches:
            touch(fact)
        for index in self.matching.clocked:
            self.rules[index].check_all()
            self.rules[index].add(self.network.all[index]())
        self._settle()
        for fact in sorted(events, key=lambda fact: (fact[-1], *self.shown.rank(fact[-1], fact))):
            key = self.shown.key(fact[-1], fact)
            if key is not None:
                self._waiting.pop((fact[-1], key), None)
            self._journal.append(("appears", fact, None))
            self._come(fact)

    def _instant(
        self,
        work: Callable[[], None],
        popped: list[tuple[int, int, Touch | None, Fact]],
        at: int | None = None,
    ) -> None:
        """A step and the firings that follow from it, up to rest; undone where rules go round or contradict."""
        journal = self._journal
        journal.clear()
        self._lately.clear()
        before = (self.sequence, self._effects.count, len(self._fired), len(self._failures))
        instant = Instant(*self._limits)
        try:
            self.step_began = self.sequence + 1
            work()
            self._end_step()
            instant.arrived = self.sequence
            self._rest(instant)
        except (LoopError, ConflictError):
            self._undo(before, popped)
            if at is not None:
                self.now = at - 1
            raise
        journal.clear()

    def _end_step(self) -> None:
        self.conclusions.end_step()
        touched = self.touched
        if touched:
            self.touched = []
            for rule in touched:
                rule.end_step()

    def _rest(self, instant: Instant) -> None:
        """Fire one match after the other until there is none."""
        active, ranked = self._active, self._ranked
        while active:
            rule = ranked[active[0]]
            entry = rule.next()
            if entry is None:
                heappop(active)
                rule.active = False
                continue
            self._fire(rule, entry, instant)

    def _fire(self, rule: RuleMatches, entry: Entry, instant: Instant) -> None:
        instant.fire(rule, entry)
        act = rule.act
        match = tuple([fact.copy() for fact in entry.match])
        self._fired.append((self.now, rule, match))
        if act is None:
            return
        steps = act(*entry.match)
        failed = self._failed(steps)
        if failed is not None:
            self._fail(rule, entry, *failed)
            return
        self.step_began = self.sequence + 1
        merged = _merged(steps)
        self._expect(merged)
        for step in merged:
            kind = step[0]
            if kind == SET:
                if step[2][-3] > 0:
                    self._change(step[2], step[3])
            elif kind == ADD:
                self._add(step[2], step[3])
            elif kind == REMOVE:
                if step[2][-3] > 0:
                    self._go(step[2])
            else:
                if step[2] == "move":
                    instant.move(step[3][0], rule.declaration.name)
                self._effects.emit(rule.declaration, match, self.now, step[1:])
        self.lazily = False
        self._end_step()

    def _expect(self, steps: list[Step]) -> None:
        """Changes of a firing are to come. Where it takes nothing out, what ends by a `set` can't come back in it."""
        kinds = {step[0] for step in steps}
        self._adding = SET not in kinds and REMOVE not in kinds
        self.lazily = True
        if self.open and REMOVE not in kinds:
            for step in steps:
                if step[0] == SET:
                    for rule in self.open.copy():
                        rule.end(step[2], step[3].items())

    def _add(self, type_: int, values: tuple[object, ...]) -> None:
        key = self.shown.key(type_, values)
        if key is not None:
            if self.by_key(type_, key) is not None:
                return
        elif not self.declared[type_].event and content_key(values) in self.same[type_]:
            return
        self._come(self.new_fact(type_, values))

    def _failed(self, steps: list[Step]) -> tuple[int, str, str | None] | None:
        """The first action that can't be carried out: (action, word, field)."""
        added: dict[tuple[int, str], tuple[object, ...]] = {}
        for step in steps:
            if step[0] == FAILED:
                return step[1], step[2], step[3]
            if step[0] == ADD:
                _, action, type_, values = step
                key_at = self.declared[type_].key
                if key_at is None:
                    continue
                key = str(values[key_at])
                there = added.setdefault((type_, key), values)
                known = self.by_key(type_, key)
                if content_key(there) != content_key(values) or (
                    known is not None and content_key(tuple(known[:-4])) != content_key(values)
                ):
                    return action, "key", self.declared[type_].fields[key_at].name
        return None

    def _fail(self, rule: RuleMatches, entry: Entry, action: int, word: str, field: str | None) -> None:
        declaration = rule.declaration
        facts = tuple(self.shown.fact_text(rule.facts_by_position(entry)))
        place = declaration.places[action - 1]
        self._failures.append(Failure(self.now, declaration.name, action, place, facts, word, field))

    def _raise_failures(self, before: int, returned: object) -> None:
        failures = tuple(self._failures[before:])
        if failures:
            raise ActionError(failures, returned)


def _merged(steps: list[Step]) -> list[Step]:
    """All `set`s on one record as one update, at the place of the first."""
    found: list[Step] = []
    sets: dict[int, dict[int, object]] = {}
    for step in steps:
        if step[0] != SET:
            found.append(step)
            continue
        _, action, fact, place, value = step
        values = sets.get(fact[-2])
        if values is None:
            values = sets[fact[-2]] = {}
            found.append((SET, action, fact, values))
        values[place] = value
    return found
