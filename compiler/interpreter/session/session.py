"""A session: facts that come, change and go, rules that fire, time that moves (decision record 0012)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from leadpolicy.compiler import ir
from leadpolicy.compiler.interpreter import times
from leadpolicy.compiler.interpreter.book import Book
from leadpolicy.compiler.interpreter.intake import InterpreterInputError, Problem
from leadpolicy.compiler.interpreter.records import Record, dated
from leadpolicy.compiler.interpreter.session.actions import Change
from leadpolicy.compiler.interpreter.session.conclusions import Support
from leadpolicy.compiler.interpreter.session.content import Shown, as_json, content, rank, shown_fact
from leadpolicy.compiler.interpreter.session.errors import ConflictError, FailedFiringsError, LoopError, UnplayedError
from leadpolicy.compiler.interpreter.session.instants import Instants
from leadpolicy.compiler.interpreter.session.memory import Handle, Identity, Memory
from leadpolicy.compiler.interpreter.session.operations import (
    Batch,
    Insert,
    Operation,
    Retract,
    Taken,
    Target,
    Update,
    apply,
)
from leadpolicy.compiler.interpreter.session.reading_parts import reads_entered
from leadpolicy.compiler.interpreter.session.resting import Limits, Rest
from leadpolicy.compiler.interpreter.session.state import Firing, State, Steps
from leadpolicy.compiler.interpreter.session.why import Explanation, NotYet, explain_match, explain_none


class Session:
    """Working memory and rules of one policy, always at rest between calls."""

    def __init__(
        self, policy: ir.Policy, now: datetime | int, *, most_of_a_match: int = 100, most_following: int = 100_000
    ) -> None:
        """`now` is a datetime or microseconds since 1970 UTC. Raises `UnplayedError` for what can't be played yet."""
        self.policy = policy
        self._book = Book(policy)
        for rule in policy.rules:
            if reads_entered(rule, self._book):
                raise UnplayedError(f"the rule {rule.name} asks when a stage was entered, which no session keeps yet")
        self._steps = Steps(self._book)
        self._instants = Instants(self._book)
        self._rest = Rest(self._book, self._steps, Limits(most_of_a_match, most_following))
        self._state = State(Memory(self._book, self._micros(now)))
        self._handed_out = 0

    # ── What the host does ──

    def insert(self, fact: str, record: object) -> Handle:
        """A new fact of a type. Raises `InterpreterInputError`."""
        (handle,) = self.batch([Insert(fact, record)])
        assert handle is not None
        return handle

    def update(self, target: Target, fields: Mapping[str, object]) -> None:
        """Change fields of a fact, by handle, or by type and key."""
        self.batch([Update(target, fields)])

    def retract(self, target: Target) -> None:
        """A fact goes out."""
        self.batch([Retract(target)])

    def batch(self, operations: Sequence[Operation]) -> list[Handle | None]:
        """Several operations, taken in as one; a handle for each insert."""
        memory, failed = self._state.memory, len(self._state.failures)
        batch = Batch(memory, self._book)
        taken = batch.read(operations)
        before = self._state.copy()
        memory.handles = batch.last_handle
        self._instant([_change(one) for one in taken], before)
        self._raise_failures(failed, batch.handles)
        return batch.handles

    def advance_to(self, to: datetime | int) -> None:
        """Play every instant up to this one (ruling 47)."""
        end, failed = self._micros(to), len(self._state.failures)
        if end < self.now:
            expected = f"a time at or after {times.show_time(self.now, self.policy.zone)}"
            shown = times.show_time(end, self.policy.zone)
            raise InterpreterInputError((Problem(None, "now", "now", expected, shown),))
        while (at := self._following()) is not None and at <= end:
            before = self._state.copy()
            try:
                self._instant(self._arrival(at), before)
            except (LoopError, ConflictError):
                self._stand_at(at - 1)
                raise
        self._stand_at(end)
        self._raise_failures(failed, None)

    def effects(self) -> list[dict[str, Shown]]:
        """The effects that were not handed out before."""
        handed_out, self._handed_out = self._handed_out, len(self._state.effects)
        return self._state.effects[handed_out:]

    # ── What there is ──

    @property
    def now(self) -> int:
        """In microseconds since 1970 UTC."""
        return self._state.memory.now

    @property
    def state(self) -> State:
        """Everything: firings, failures and effects since the beginning, the memory."""
        return self._state

    @property
    def firings(self) -> list[Firing]:
        """All firings since the beginning."""
        return self._state.firings

    def facts(self) -> list[Record]:
        """The base facts in memory, in order of type, key, link, time, content."""
        return self._sorted(fact.record for fact in self._state.memory.base.values())

    def conclusions(self) -> list[tuple[Record, list[Support]]]:
        """The concluded facts with their supports, in the same order."""
        view = self._steps.view(self._state)
        found = [
            c
            for type_ in self._steps.conclusions.types
            for c in self._steps.conclusions.should_be(type_, view).values()
        ]
        return [
            (c.record, sorted(c.supports, key=self._place))
            for c in sorted(found, key=lambda c: rank(c.record, self._book))
        ]

    def why(self, rule: str, facts: Sequence[Target]) -> Explanation | None:
        """Why a rule's match holds; None where it doesn't."""
        return explain_match(
            self._rule(rule), [self._identity(f) for f in facts], self._steps.view(self._state), self._book
        )

    def why_not(self, rule: str, about: Target | None = None) -> NotYet | None:
        """The nearest partial match of a rule, and the line that has no partner; None where it matches."""
        identity = None if about is None else self._identity(about)
        return explain_none(self._rule(rule), identity, self._steps.view(self._state), self._book)

    # ── Playing ──

    def _stand_at(self, now: int) -> None:
        """Nothing happens up to then."""
        if self.now < now:
            self._state.memory.now = now
            self._state.emitted = {}

    def _instant(self, changes: Sequence[Change], before: State) -> None:
        """A step and all firings up to rest; undone where rules go round."""
        try:
            self._steps.step(self._state, changes)
            self._rest.settle(self._state)
        except (LoopError, ConflictError):
            self._state = before
            raise

    def _arrival(self, at: int) -> list[Change]:
        """Now moves on, then the events whose time it is come in."""
        memory = self._state.memory
        due = [(h, r) for h, r in memory.waiting.items() if dated(r, self._book) == at]
        due.sort(key=lambda one: rank(one[1], self._book))
        self._state.emitted = {}
        return [lambda m: m.move_to(at), *(_appear(handle, record) for handle, record in due)]

    def _following(self) -> int | None:
        view = self._steps.view(self._state)
        self._steps.matches(view)
        for type_ in self._steps.conclusions.types:
            self._steps.conclusions.should_be(type_, view)
        return self._instants.following(self._state.memory, view)

    def _raise_failures(self, before: int, returned: object) -> None:
        failures = tuple(self._state.failures[before:])
        if failures:
            raise FailedFiringsError(failures, returned)

    def _micros(self, moment: datetime | int) -> int:
        return moment if isinstance(moment, int) else times.from_datetime(moment, self.policy.zone)

    # ── Naming ──

    def _sorted(self, records: Iterable[Record]) -> list[Record]:
        return sorted(records, key=lambda record: rank(record, self._book))

    def _place(self, support: Support) -> tuple[int, int, str]:
        facts: list[Shown] = [shown_fact(record, self._book) for record in support.records]
        return support.match[0], support.action, as_json(facts)

    def _rule(self, name: str) -> ir.Rule:
        return next(rule for rule in self.policy.rules if rule.name == name)

    def _identity(self, target: Target) -> Identity:
        if not isinstance(target, int):
            return target
        record = self._state.memory.record_of(target)
        assert record is not None, "a fact of the session"
        return (record.fact, self._state.memory.meant(target) if record.key is None else record.key)

    def shown(self, record: Record) -> list[Shown]:
        """A record as traces print it: type, key, link, content."""
        return [record.fact, record.key, record.link, content(record, self._book)]

    def named(self, records: Iterable[Record]) -> list[Shown]:
        """Facts as traces name them."""
        return [shown_fact(record, self._book) for record in records]


def _change(taken: Taken) -> Change:
    return lambda memory: apply(taken, memory)


def _appear(handle: Handle, record: Record) -> Change:
    return lambda memory: memory.come_in(handle, record)
