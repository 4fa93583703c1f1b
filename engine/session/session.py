"""A session: facts come in, change, go; time moves; rules fire until none has anything left to do (0012)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from datetime import datetime
from itertools import groupby
from operator import itemgetter

from leadpolicy.engine.errors import InputError, Problem
from leadpolicy.engine.policy import PolicyDeclaration
from leadpolicy.engine.reading import Records
from leadpolicy.engine.session.changing import differ
from leadpolicy.engine.session.firing import MANY, garbage_waits
from leadpolicy.engine.session.given import OF_ITS_CLASS, by_class
from leadpolicy.engine.session.network import UNUSUAL, Fact, Matching
from leadpolicy.engine.session.operations import Batch, Insert, Operation, Retract, Target, Update
from leadpolicy.engine.session.taken import Change
from leadpolicy.engine.session.told import Told
from leadpolicy.engine.times import from_datetime, print_time


def _no_common_case(_: Fact, __: object) -> object:
    return UNUSUAL


_UNKNOWN: tuple[int, Callable[[object], object]] = (0, lambda _: UNUSUAL)
"""A field that there isn't, or that may not be updated."""

_TOGETHER = 32
"""From so many new facts on matches are looked for together, if there are no more facts than that already."""


class Session(Told):
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
        super().__init__(policy, readers, matching, now, (most_of_a_match, most_following))
        self.network = matching.make(self)
        self.clocked = bool(matching.clocked or self.parts.clocked)
        for rule in self.rules:
            rule.connect(self.network)
        self._sets = self.network.set
        inserts = zip(policy.facts, self.network.insert, strict=True)
        self._inserts = {fact.name: insert for fact, insert in inserts if insert is not None}

    def insert(self, fact: object, record: object = OF_ITS_CLASS) -> int:
        """A new fact, by its type's name and its record, or as an object whose class is called like the type; its
        handle, or that of the fact that is there already."""
        if type(fact) is not str:
            fact, record = by_class(fact, record)
        insert = self._inserts.get(fact)
        if insert is not None and type(record) is dict:
            handle = insert(record.get)
            if handle is not None:
                if self.touched or self.conclusions.made:
                    self._play(handle)
                else:
                    self.journal.clear()
                return handle
        given = self.batch((Insert(fact, record),))[0]
        assert given is not None
        return given

    def update(self, target: Target, fields: Mapping[str, object] | None = None, /, **named: object) -> None:
        """Change fields of a fact, named by its handle, or by its type and key; by a mapping, by name, or both."""
        if named or fields is None:
            fields = {**(fields or {}), **named}
        fact = self.keyed_fact(*target) if isinstance(target, tuple) else self.by_handle(target)
        if fact is not None and len(fields) == 1:
            for name, value in fields.items():
                change = self._sets[fact[-1]].get(name, _no_common_case)
                changed = change(fact, value)
                if changed is not UNUSUAL:
                    if changed:
                        self._follow()
                    return
        if fact is None or not self._change_all(fact, fields):
            self.batch((Update(target, fields),))

    def _change_all(self, fact: Fact, fields: Mapping[str, object]) -> bool:
        """Change fields; False, and nothing done, where one of them is no common case."""
        known = self.network.fields[fact[-1]]
        if not known:
            return False
        changed: list[tuple[int, object]] = []
        for name, value in fields.items():
            place, read = known.get(name, _UNKNOWN)
            new = read(value)
            if new is UNUSUAL:
                return False
            if differ(fact[place], new):
                changed.append((place, new))
        if changed:
            self.step_began = self.sequence + 1
            self.change_to(fact, changed)
            self._follow()
        return True

    def _follow(self) -> None:
        """What follows from an update."""
        if self.touched or self.conclusions.made:
            self._play([None])
        else:
            self.journal.clear()
            if self.lately:
                self.lately.clear()

    def _play(self, returned: object) -> None:
        """A batch of one operation was taken in, and matches began or ended by that."""
        if not self.conclusions.made:
            self._end_step()
            if not self._active:
                self._close()
                return
        failures = len(self._failures)
        self._finish((self.step_began - 1, self._effects.count, len(self._fired), failures), [])
        if len(self._failures) > failures:
            self._raise_failures(failures, returned)

    def retract(self, target: Target) -> None:
        """Take a fact out."""
        self.batch((Retract(target),))

    def batch(self, operations: Sequence[Operation]) -> list[int | None]:
        """Several operations, taken in as one; the handle of each insert."""
        with garbage_waits() if len(operations) >= MANY else nullcontext():
            batch = Batch(self)
            handles = batch.read(operations)
            self._take_in(batch, handles if len(operations) != 1 else handles[0])
            return handles

    def load(self, records: Mapping[str, Iterable[object]]) -> dict[str, list[int]]:
        """New facts of several types, taken in as one batch of inserts: the records of each; their handles."""
        with garbage_waits():
            batch = Batch(self)
            handles = batch.read_all(records)
            self._take_in(batch, handles)
            return handles

    def _take_in(self, batch: Batch, returned: object) -> None:
        """Play the instant of a batch that was read. InputError where something was wrong with it."""
        failures = len(self._failures)
        if batch.problems:
            raise InputError(tuple(batch.problems))
        if batch.taken:
            self._instant(lambda: self._apply(batch), [])
        self._raise_failures(failures, returned)

    def _apply(self, batch: Batch) -> None:
        if self._are_many(batch):
            self._apply_together(batch.taken)  # type: ignore[arg-type]  # New facts, all of them.
            return
        come = self.network.come
        for taken in batch.taken:
            if not isinstance(taken, Change):
                come[taken[-1]](taken)  # type: ignore[misc]
            elif taken.values is not None:
                self.change(taken.fact, taken.values)
            else:
                self.go(taken.fact)

    def _are_many(self, batch: Batch) -> bool:
        """Whether a batch has new facts alone, and not few of them beside those that are there."""
        many = len(batch.taken)
        return batch.inserts and _TOGETHER <= many >= sum(map(len, self.tables)) and not self.late

    def _apply_together(self, facts: Sequence[Fact]) -> None:
        """Take in new facts, in their order; then look for all matches of rules where that may be left so long."""
        types: set[int] = set()
        for type_, group in groupby(facts, itemgetter(-1)):
            types.add(type_)
            self.network.load[type_](list(group))
        for rule, reads in zip(self.rules, self.matching.together, strict=True):
            if not types.isdisjoint(reads):
                rule.load()
        if self.conclusions.any:
            self.settle()

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
        self.late = self.clocked and (self.late or self.now < to)
        self.now = to
        self._raise_failures(failures, None)
