"""A session: facts come in, change, go; time moves; rules fire until none has anything left to do (0012)."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from leadpolicy.engine.errors import InputError, Problem
from leadpolicy.engine.policy import PolicyDeclaration
from leadpolicy.engine.reading import Reading, Records
from leadpolicy.engine.session.firing import MANY
from leadpolicy.engine.session.given import OF_ITS_CLASS, by_class
from leadpolicy.engine.session.network import Fact, Matching, Touch
from leadpolicy.engine.session.operations import Batch, Insert, Operation, Retract, Target, Update
from leadpolicy.engine.session.told import Told
from leadpolicy.engine.times import from_datetime, print_time


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

    def insert(self, fact: object, record: object = OF_ITS_CLASS) -> int:
        """A new fact, by its type's name and its record, or as an object whose class is called like the type; its
        handle, or that of the fact that is there already."""
        if type(fact) is not str:
            fact, record = by_class(fact, record)
        type_ = self._types.get(fact)
        if type_ is not None and type(record) is dict and (come := self.network.come[type_]) is not None:
            values = self.network.read[type_](record.get)
            there = self.network.there[type_]
            if values is not None and (there is None or there(values) is None):
                return self._come_alone(come, self.new_fact(type_, values))
        given = self.batch((Insert(fact, record),))[0]
        assert given is not None
        return given

    def _come_alone(self, come: Touch, fact: Fact) -> int:
        """A batch of one insert. Where no match begins or ends, there is nothing to play."""
        self.step_began = self.sequence + 1
        handle: int = fact[-2]
        come(fact)
        if self.touched or self.conclusions.made:
            failures = len(self._failures)
            self._finish((self.step_began - 1, self._effects.count, len(self._fired), failures), [])
            if len(self._failures) > failures:
                self._raise_failures(failures, handle)
        else:
            self._close()
        return handle

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
                    self._alone(lambda: self.change(fact, values), [None])
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
        if len(operations) < MANY or not gc.isenabled():
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
                    self.handles.pop(taken.fact[-2], None)
            raise InputError(tuple(batch.problems))
        if batch.taken:
            self._instant(lambda: self._apply(batch), [])
        self._raise_failures(failures, handles if len(operations) != 1 else handles[0])
        return handles

    def _apply(self, batch: Batch) -> None:
        for taken in batch.taken:
            if taken.kind == "insert":
                self.come(taken.fact)
            elif taken.kind == "update":
                self.change(taken.fact, taken.values)
            else:
                self.go(taken.fact)

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
