"""Steps and instants: a batch or an arrival, and the firings that follow, up to rest (0012, sections 5 and 7)."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from heapq import heappop
from typing import Any

from leadpolicy.engine.policy import PolicyDeclaration
from leadpolicy.engine.reading import Records
from leadpolicy.engine.session.conclusions import content_key
from leadpolicy.engine.session.errors import ActionError, ConflictError, Failure, LoopError
from leadpolicy.engine.session.matches import RuleMatches
from leadpolicy.engine.session.network import ADD, FAILED, REMOVE, SET, Fact, Failed, Match, Matching, Step, Touch
from leadpolicy.engine.session.steps import Instant
from leadpolicy.engine.session.undoing import Marks, Undoing

MANY = 1000
"""From so many operations or firings on the garbage collector waits: little of what they make is garbage."""


@contextmanager
def garbage_waits() -> Iterator[None]:
    """The garbage collector doesn't run meanwhile."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


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
        self._playing = Instant(limits, 0, self._fired)

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
        if self.clocked:
            self.look_late()
        self.settle()
        for fact in sorted(events, key=lambda fact: (fact[-1], *self.shown.rank(fact[-1], fact))):
            del self.handles[fact[-2]]
            key = self.shown.key(fact[-1], fact)
            if key is not None:
                self._waiting.pop((fact[-1], key), None)
            self.journal.append(("appears", fact, None))
            self.come(fact)

    def _instant(
        self,
        work: Callable[[], None],
        popped: list[tuple[int, int, Touch | None, Fact]],
        at: int | None = None,
    ) -> None:
        """A step and the firings that follow from it, up to rest; undone where rules go round or contradict."""
        before = self._marks()
        self.step_began = self.sequence + 1
        work()
        self._finish(before, popped, at)

    def _finish(
        self, before: Marks, popped: list[tuple[int, int, Touch | None, Fact]], at: int | None = None
    ) -> None:
        """The end of an instant's own step, and its firings."""
        try:
            self._end_step()
            self._rest(Instant(self._limits, self.sequence, self._fired))
        except (LoopError, ConflictError):
            if at is not None:
                self.now = at - 1
            self._undo(before, popped)
            raise
        self._close()

    def _marks(self) -> Marks:
        return self.sequence, self._effects.count, len(self._fired), len(self._failures)

    def _close(self) -> None:
        """An instant is over."""
        self.journal.clear()
        if self.lately:
            self.lately.clear()

    def _end_step(self) -> None:
        if self.conclusions.made:
            self.conclusions.end_step()
        touched = self.touched
        if touched:
            self.touched = []
            for rule in touched:
                rule.end_step()

    def _rest(self, instant: Instant) -> None:
        """Fire one match after the other until there is none."""
        self._playing = instant
        if not self._fire_all(instant, MANY):
            with garbage_waits():
                self._fire_all(instant, None)

    def _fire_all(self, instant: Instant, most: int | None) -> bool:
        """Fire, about so often at most; whether none is left."""
        active, ranked, fired, conclusions = self._active, self._ranked, self._fired, self.conclusions
        last = None if most is None else len(fired) + most
        arrived, quiet = instant.arrived, instant.quiet
        latest = -1 if self.matching.newest_first else 0
        while active:
            rule = ranked[active[0]]
            if rule.cursors and not rule.pending:
                cursor = rule.cursors[latest]
                drawn = next(cursor.rows, None)
                if drawn is None:
                    rule.close(cursor)
                    continue
                rule.fires, rule.drawn_from = drawn, cursor
                came, match = cursor.came, drawn[1]
            elif (entry := rule.next()) is None:
                heappop(active)
                rule.active = False
                continue
            else:
                came, match = entry.came, entry.match
            if came > arrived:
                instant.following += 1
            if len(fired) >= quiet:
                instant.check(rule, match, came)
            fired.append((self.now, rule, match, self.sequence))
            act = rule.act
            if act is not None:
                self.step_began = self.sequence + 1
                self.lazily = True
                self.gone = False
                failed = act(*match)
                self.lazily = False
                if rule.fires is not None:
                    rule.keep(failed is not None)
                if failed is not None:
                    self._fail(rule, match, *failed)
                if self.touched or conclusions.made:
                    self._end_step()
                if len(fired) == last:
                    return False
        return True

    # ── Called by the actions of rules ──

    def effect(self, action: int, kind: str, parts: tuple[Any, ...]) -> None:
        """An effect of the firing."""
        _, rule, match, _ = self._fired[-1]
        if kind == "move":
            self._playing.move(parts[0], rule.declaration.name)
        self._effects.emit(rule.declaration, match, self.now, self.step_began - 1, (action, kind, parts))

    def taken(self, type_: int, values: Sequence[object]) -> bool:
        """Whether there is a fact of the key, with other content."""
        known = self.by_key(type_, str(values[self.key_places[type_] or 0]))
        return known is not None and content_key(tuple(known[:-4])) != content_key(tuple(values))

    def end(self, sets: Sequence[tuple[Fact, Mapping[int, object]]]) -> None:
        """Facts are about to change by a firing that takes nothing out: what ends by that can't come back in it, and
        what is still to be found of it never will be."""
        for rule in self.open.copy():
            for fact, values in sets:
                rule.end(fact, values.items())

    def carry_out(self, steps: list[Step]) -> Failed | None:
        """What a firing does, step by step, where actions may be about one record. The first that fails."""
        failed = self._failed(steps)
        if failed is not None:
            return failed
        self.adding = False
        # What is there when the match fires is not added, even where it goes before the action's turn.
        for step in [one for one in _merged(steps) if one[0] != ADD or not self._is_there(one[2], one[3])]:
            kind = step[0]
            if kind == SET:
                fact = self._meant(step[2])
                if fact[-3] > 0:
                    self.change(fact, step[3])
            elif kind == ADD:
                if not self._is_there(step[2], step[3]):
                    self.come(self.new_fact(step[2], step[3]))
            elif kind == REMOVE:
                fact = self._meant(step[2])
                if fact[-3] > 0:
                    self.go(fact)
            else:
                self.effect(*step[1:])
        return None

    def _is_there(self, type_: int, values: tuple[object, ...]) -> bool:
        there = self.network.there[type_]
        return there is not None and there(values) is not None

    def _meant(self, fact: Fact) -> Fact:
        """A fact, or the one that it has become by an update."""
        while fact[-3] == 0 and (other := self.handles.get(fact[-2])) is not None:
            fact = other
        return fact

    def _failed(self, steps: list[Step]) -> Failed | None:
        """The first action that can't be carried out: (action, word, field)."""
        added: dict[tuple[int, str], tuple[object, ...]] = {}
        for step in steps:
            if step[0] == FAILED:
                return step[1], step[2], step[3]
            if step[0] == ADD:
                _, action, type_, values = step
                key_at = self.key_places[type_]
                if key_at is None:
                    continue
                there = added.setdefault((type_, str(values[key_at])), values)
                if content_key(there) != content_key(values) or self.taken(type_, values):
                    return action, "key", self.declared[type_].fields[key_at].name
        return None

    # ── Failures ──

    def _fail(self, rule: RuleMatches, match: Match, action: int, word: str, field: str | None) -> None:
        declaration = rule.declaration
        facts = tuple(self.shown.fact_text(rule.facts_by_position(match)))
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
