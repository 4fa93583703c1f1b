"""A session: facts come in, change, go; time moves; rules fire until none has anything left to do (0012)."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from heapq import heappop, heappush
from typing import Any

from leadpolicy.engine.errors import InputError, Problem
from leadpolicy.engine.policy import PolicyDeclaration
from leadpolicy.engine.reading import Reading, Records
from leadpolicy.engine.session.conclusions import Conclusions, content_key
from leadpolicy.engine.session.effects import Effects
from leadpolicy.engine.session.errors import ActionError, ConflictError, Failure, LoopError
from leadpolicy.engine.session.given import OF_ITS_CLASS, by_class
from leadpolicy.engine.session.matches import Entry, RuleMatches
from leadpolicy.engine.session.network import ADD, FAILED, REMOVE, SET, Fact, Matching, Network, Step, Touch
from leadpolicy.engine.session.operations import Batch, Insert, Operation, Retract, Target, Update
from leadpolicy.engine.session.printing import Printer, as_json
from leadpolicy.engine.session.rows import SessionRows
from leadpolicy.engine.session.steps import Instant
from leadpolicy.engine.times import from_datetime, print_time

_MANY = 1000
"""Operations of a batch from which on the garbage collector waits: nothing that comes in is garbage."""


class Session:
    """A working memory with a policy's rules. Not to be shared between threads.

    InputError for bad input; ActionError, LoopError, ConflictError: see `leadpolicy.engine.session.errors`.
    """

    def __init__(
        self,
        policy: PolicyDeclaration,
        readers: Mapping[str, Records],
        matching: Matching,
        now: datetime | int,
        most_of_a_match: int = 100,
        most_following: int = 100_000,
    ) -> None:
        self.policy = policy
        self.declared = policy.facts
        self.key_places = tuple(fact.key for fact in policy.facts)
        self.readers = tuple(readers[fact.name] for fact in policy.facts)
        self.matching = matching
        self.shown = Printer(policy.facts, policy.zone)
        self.now = from_datetime(now, policy.zone) if isinstance(now, datetime) else now
        self.sequence = 0
        self.step_began = 1
        self.touched: list[RuleMatches] = []
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
        self.conclusions = Conclusions(self)
        self._limits = most_of_a_match, most_following
        self._effects = Effects(self)
        self._by_handle: dict[int, Fact] = {}
        self._identity = 0
        self._lately: dict[tuple[int, object], int] = {}
        """The identities of keyed and concluded facts that were there in this instant: they keep them."""
        self._handles: dict[int, int] = {}
        """Handles that are not what tells their fact apart: of keys that went and came back in one instant."""
        self._waiting: dict[tuple[int, str], Fact] = {}
        self._queue: list[tuple[int, int, Touch | None, Fact]] = []
        self._queued = 0
        self._journal: list[tuple[str, Fact, Any]] = []
        self._fired: list[tuple[int, RuleMatches, tuple[Any, ...]]] = []
        self._failures: list[Failure] = []
        order = sorted(range(len(matching.rules)), key=lambda i: (-matching.rules[i].priority, i))
        ranks = {index: rank for rank, index in enumerate(order)}
        self.rules = [RuleMatches(self, i, rule, ranks[i]) for i, rule in enumerate(matching.rules)]
        self._ranked = [self.rules[i] for i in order]
        self._active: list[int] = []
        self.network: Network = matching.make(self)

    # ── For the host ──

    def insert(self, fact: object, record: object = OF_ITS_CLASS) -> int:
        """A new fact, by its type's name and its record, or as an object whose class is called like the type; its
        handle, or that of the fact that is there already."""
        if type(fact) is not str:
            fact, record = by_class(fact, record)
        type_ = self._types.get(fact)
        if type(record) is dict and type_ is not None and not self.declared[type_].concluded:
            values = self.network.read[type_](record.get)
            if values is not None and not self._is_there(type_, values):
                made = self.new_fact(type_, values)
                handle: int = made[-2]
                self._alone(lambda: self._come(made), handle)
                return handle
        given = self.batch((Insert(fact, record),))[0]
        assert given is not None
        return given

    def _is_there(self, type_: int, values: tuple[object, ...]) -> bool:
        """Whether there is a fact of the key, or the same fact without one."""
        key_at = self.key_places[type_]
        if key_at is not None:
            return self.by_key(type_, str(values[key_at])) is not None
        return not self.declared[type_].event and content_key(values) in self.same[type_]

    def _alone(self, work: Callable[[], None], returned: object) -> None:
        """An operation that is a batch of its own."""
        failures = len(self._failures)
        self._instant(work, [])
        if len(self._failures) > failures:
            self._raise_failures(failures, returned)

    def update(self, target: Target, fields: Mapping[str, object] | None = None, /, **named: object) -> None:
        """Change fields of a fact, named by its handle, or by its type and key; by a mapping, by name, or both."""
        if named or fields is None:
            fields = {**(fields or {}), **named}
        fact = self._named(target)
        if fact is not None and not self.declared[fact[-1]].event:
            values = self._quick_values(fact, fields)
            if values is not None:
                if any(fact[place] is not value for place, value in values.items()):
                    self._alone(lambda: self._change(fact, values), [None])
                return
        self.batch((Update(target, fields),))

    def _named(self, target: Target) -> Fact | None:
        """The base fact of a handle, or of a type and key."""
        if not isinstance(target, tuple):
            return self.by_handle(target)
        type_ = self._types.get(target[0])
        return None if type_ is None or self.declared[type_].concluded else self.by_key(type_, target[1])

    def _quick_values(self, fact: Fact, fields: Mapping[str, object]) -> dict[int, object] | None:
        """Fields' new values by place, where nothing is out of the common; else None."""
        type_ = fact[-1]
        places, reader, reading = self._places[type_], self.readers[type_], Reading()
        values: dict[int, object] = {}
        for name, value in fields.items():
            place = places.get(name)
            if place is None or place == self.key_places[type_]:
                return None
            values[place] = reader.field(place).read(value, reading)
        return None if reading.problems or reading.embedded else values

    def retract(self, target: Target) -> None:
        """Take a fact out."""
        self.batch((Retract(target),))

    def batch(self, operations: Sequence[Operation]) -> list[int | None]:
        """Several operations, taken in as one; the handle of each insert."""
        if len(operations) < _MANY or not gc.isenabled():
            return self._batch(operations)
        gc.disable()
        try:
            return self._batch(operations)
        finally:
            gc.enable()

    def _batch(self, operations: Sequence[Operation]) -> list[int | None]:
        failures = len(self._failures)
        batch = Batch(self)
        handles = batch.read(operations)
        if batch.problems:
            for taken in batch.taken:
                if taken.kind == "insert":
                    self._by_handle.pop(taken.fact[-2], None)
            raise InputError(tuple(batch.problems))
        if batch.taken:
            self._instant(lambda: self._apply(batch), [])
        self._raise_failures(failures, handles if len(operations) != 1 else handles[0])
        return handles

    def advance_to(self, time: datetime | int) -> None:
        """Move time on, and play every instant on the way at which something can happen by itself."""
        to = from_datetime(time, self.policy.zone) if isinstance(time, datetime) else time
        zone = self.policy.zone
        if to < self.now:
            expected = f"a time at or after {print_time(self.now, zone)}"
            raise InputError((Problem(None, "now", expected, print_time(to, zone)),))
        failures = len(self._failures)
        while self._queue and self._queue[0][0] <= to:
            self._arrive(self._queue[0][0])
        self.now = to
        self._raise_failures(failures, None)

    def effects(self) -> list[dict[str, object]]:
        """The effects that were not handed out before, in order."""
        return self._effects.hand_out()

    @property
    def firings(self) -> list[tuple[str, str, list[object]]]:
        """All firings so far: (instant, rule, facts)."""
        return self.firings_since(0)

    def firings_since(self, count: int) -> list[tuple[str, str, list[object]]]:
        """Firings after the first `count`."""
        return [
            (
                print_time(at, self.policy.zone),
                rule.declaration.name,
                [self.shown.fact(t, fact) for t, fact in zip(rule.declaration.types, match, strict=True)],
            )
            for at, rule, match in self._fired[count:]
        ]

    @property
    def fired(self) -> int:
        """How many firings there were."""
        return len(self._fired)

    @property
    def failures(self) -> tuple[Failure, ...]:
        """All failed firings so far."""
        return tuple(self._failures)

    def emitted_since(self, count: int) -> list[dict[str, object]]:
        """Effects after the first `count`, handed out or not."""
        return self._effects.since(count)

    @property
    def emitted(self) -> int:
        """How many effects there were."""
        return self._effects.count

    def memory(self) -> list[list[object]]:
        """The base facts: `[type, key, link, content]`, sorted."""
        found = [
            fact for handle, fact in self._by_handle.items() if fact[-3] > 0 and self.handle_of(fact[-2]) == handle
        ]
        found.sort(key=lambda fact: (fact[-1], *self.shown.rank(fact[-1], fact)))
        return [self.shown.whole(fact[-1], fact) for fact in found]

    def concluded(self) -> list[list[object]]:
        """The concluded facts: `[type, key, link, content, supports]`, sorted."""
        found: list[list[object]] = []
        for type_, present in enumerate(self.conclusions.present):
            ranks = {content: self.shown.rank(type_, fact) for content, fact in present.items()}
            for content in sorted(ranks, key=ranks.__getitem__):
                fact = present[content]
                found.append([*self.shown.whole(type_, fact), self._supports(type_, content)])
        return found

    def _supports(self, type_: int, content: tuple[object, ...]) -> list[list[object]]:
        found = []
        for (index, action, _), entry in self.conclusions.supports[type_].get(content, {}).items():
            rule = self.rules[index]
            facts = self.shown.fact_text(rule.facts_by_position(entry))
            found.append((index, action, as_json(facts), [rule.declaration.name, action, facts]))
        return [shown for *_, shown in sorted(found, key=lambda one: one[:3])]

    # ── Facts by their names ──

    def by_handle(self, handle: int) -> Fact | None:
        """The fact of a handle."""
        fact = self._by_handle.get(handle)
        return None if fact is None or fact[-3] == 0 else fact

    def instant(self, time: datetime) -> int:
        """Microseconds since 1970 UTC; a naive time is in the policy's zone."""
        return from_datetime(time, self.policy.zone)

    def handle_of(self, identity: int) -> int:
        """The handle of a base fact."""
        return self._handles.get(identity, identity)

    def by_key(self, type_: int, key: str) -> Fact | None:
        """A base fact by its type and key; one that waits, too."""
        return self.keyed[type_].get(key) or self._waiting.get((type_, key))

    def new_fact(self, type_: int, values: Sequence[object]) -> Fact:
        """A base fact that isn't in memory yet."""
        self._identity += 1
        fact: Fact = [*values, 0, 0, self._identity, type_]
        self._by_handle[self._identity] = fact
        return fact

    def identity_of(self, type_: int, content: tuple[object, ...]) -> int:
        """The identity of a concluded fact: by its key, or its content."""
        key = self.declared[type_].key
        name = (type_, content if key is None else str(content[key]))
        identity = self._lately.get(name)
        if identity is None:
            self._identity += 1
            identity = self._lately[name] = self._identity
        return identity

    # ── Changes ──

    def put_in(self, type_: int, fact: Fact, note: tuple[Any, ...] | None = None) -> None:
        """A fact comes into memory: a change."""
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
        self.put_in(type_, fact, note)
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

    # ── Steps and instants ──

    def _apply(self, batch: Batch) -> None:
        for taken in batch.taken:
            if taken.kind == "insert":
                self._come(taken.fact)
            elif taken.kind == "update":
                self._change(taken.fact, taken.values)
            else:
                self._go(taken.fact)

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

    def later(self, at: int, type_: int, due: Touch, fact: Fact) -> None:
        """Look at what depends on a fact when time has come to `at`."""
        if at > self.now:
            self._queued += 1
            heappush(self._queue, (at, self._queued, due, fact))

    def activate(self, rule: RuleMatches) -> None:
        """A rule has matches to fire."""
        rule.active = True
        heappush(self._active, rule.rank)

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
        act = self.network.act[rule.index]
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
        self._end_step()

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

    # ── Undoing an instant ──

    def _undo(self, before: tuple[int, int, int, int], popped: list[tuple[int, int, Touch | None, Fact]]) -> None:
        """Memory as it was before the instant; its matches have fired."""
        self.conclusions.clear()
        self.touched.clear()
        self._active.clear()
        for kind, fact, more in reversed(self._journal):
            self._undo_one(kind, fact, more)
        self._journal.clear()
        sequence, effects, fired, failures = before
        self.sequence = sequence
        self.step_began = sequence + 1
        self._effects.forget(effects)
        del self._fired[fired:]
        del self._failures[failures:]
        for one in popped:
            heappush(self._queue, one)
        for rule in self.rules:
            rule.rebuild()

    def _undo_one(self, kind: str, fact: Fact, more: Any) -> None:
        network = self.network
        type_ = fact[-1]
        keyless = self.declared[type_].key is None and not self.declared[type_].event
        base = not self.declared[type_].concluded
        if kind == "in":
            network.leave[type_](fact)
            fact[-3] = 0
            if base:
                self._by_handle.pop(self.handle_of(fact[-2]), None)
                if more is not None:
                    self._handles[more[0]] = more[1]
                if keyless:
                    self.same[type_].pop(content_key(tuple(fact[:-4])), None)
            else:
                del self.conclusions.present[type_][more[2]]
                self.conclusions.count(type_, more[2], -1)
        elif kind == "out":
            fact[-3], note = more
            network.enter[type_](fact)
            if base:
                self._by_handle[self.handle_of(fact[-2])] = fact
                if keyless:
                    self.same[type_][content_key(tuple(fact[:-4]))] = fact
            else:
                self.conclusions.present[type_][note[2]] = fact
                self.conclusions.count(type_, note[2], 1)
        elif kind == "moved":
            new = fact.copy()
            fact[:] = more
            network.move[type_](fact, new)
            if keyless:
                self.same[type_].pop(content_key(tuple(new[:-4])), None)
                self.same[type_][content_key(tuple(fact[:-4]))] = fact
        else:
            self._undo_waiting(kind, fact)

    def _undo_waiting(self, kind: str, fact: Fact) -> None:
        key = self.shown.key(fact[-1], fact)
        if kind == "waits":
            fact[-3] = 0
            self._by_handle.pop(fact[-2], None)
            if key is not None:
                self._waiting.pop((fact[-1], key), None)
            return
        fact[-3] = -1
        self._by_handle[fact[-2]] = fact
        if key is not None:
            self._waiting[fact[-1], key] = fact


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
