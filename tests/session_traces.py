"""Histories of sessions, and the traces by which matchers are compared (decision record 0012, section 10).

A history is a list of steps: `("batch", [operation, …])` or `("advance", microseconds)`. An operation is
`("insert", type, record)`, `("update", target, fields)` or `("retract", target)`; a target is `("key", type, key)`, or
`("nth", i)`: what the i-th insert of the history (from 0, failed ones too) gave back.

A matcher is compared through a `Played` of its own: `trace_of(lambda policy, now: MyPlayed(policy, now), …)`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeAlias

from leadpolicy.compiler import ir
from leadpolicy.compiler.interpreter import InterpreterInputError, times
from leadpolicy.compiler.interpreter.session import (
    ConflictError,
    FailedFiringsError,
    Insert,
    LoopError,
    Retract,
    Session,
    Update,
)
from leadpolicy.compiler.interpreter.session.content import as_json

Target: TypeAlias = tuple[str, str, str] | tuple[str, int]
Asked: TypeAlias = tuple[str, str, Mapping[str, Any]] | tuple[str, Target, Mapping[str, Any]] | tuple[str, Target]
Step: TypeAlias = tuple[str, Any]
History: TypeAlias = Sequence[Step]
Trace: TypeAlias = list[dict[str, Any]]


class Played(Protocol):
    """A session of some matcher. Both calls give back what the trace says of them, all of section 10's keys."""

    def batch(self, operations: Sequence[Asked]) -> dict[str, Any]: ...

    def advance_to(self, to: int) -> dict[str, Any]: ...


Factory: TypeAlias = Callable[[ir.Policy, int], Played]


def trace_of(factory: Factory, policy: ir.Policy, now: int, history: History) -> Trace:
    """What a matcher does with a history: one entry a step."""
    played = factory(policy, now)
    return [played.batch(given) if kind == "batch" else played.advance_to(given) for kind, given in history]


class Player:
    """Plays a session, and tells what it says of each call: all that matchers have in common. What they call operations
    and errors stands in the class; how they are read out, in `marks` and `entry`."""

    insert: Any
    update: Any
    retract: Any
    failed: type[Exception]
    """Firings failed; what the call would have returned is in it."""
    wrong: type[Exception]
    """The input is wrong."""
    limit: type[Exception]
    conflict: type[Exception]

    def __init__(self, session: Any) -> None:
        self.session = session
        self._handles: list[Any] = []

    def batch(self, operations: Sequence[Asked]) -> dict[str, Any]:
        """Several operations, and what the trace says of them."""
        made = [self._operation(operation) for operation in operations]
        before, error = self.marks(), None
        given: list[Any] = [None] * sum(operation[0] == "insert" for operation in operations)
        try:
            given = self._inserted(made, self._call(made))
        except self.failed as failed:
            given = self._inserted(made, failed.returned)
        except (self.wrong, self.limit, self.conflict) as caught:
            error = self._said(caught)
        self._handles += given
        return self.entry(before, error)

    def advance_to(self, to: int) -> dict[str, Any]:
        """Time moves on, and what the trace says of that."""
        before, error = self.marks(), None
        try:
            self.session.advance_to(to)
        except self.failed:
            pass
        except (self.wrong, self.limit, self.conflict) as caught:
            error = self._said(caught)
        return self.entry(before, error)

    def _call(self, operations: Sequence[Any]) -> Any:
        """The session's own call, and what it gives back: a handle, or none, of each."""
        return self.session.batch(operations)

    def _operation(self, asked: Any) -> Any:
        match asked:
            case ("insert", fact, record):
                return self.insert(fact, record)
            case ("update", target, fields):
                return self.update(self._target(target), fields)
            case ("retract", target):
                return self.retract(self._target(target))
        raise ValueError(asked)

    def _target(self, target: Any) -> int | tuple[str, str]:
        """A handle or a key; where an insert gave no handle, one that there never is."""
        if target[0] == "key":
            return (target[1], target[2])
        handle = self._handles[target[1]] if target[1] < len(self._handles) else None
        return 10**9 if handle is None else handle

    def _inserted(self, operations: Sequence[Any], returned: Any) -> list[Any]:
        listed = returned if isinstance(returned, list | tuple) else [returned]
        return [handle for one, handle in zip(operations, listed, strict=True) if isinstance(one, self.insert)]

    def _said(self, error: Any) -> list[Any]:
        if isinstance(error, self.wrong):
            return ["input", [[p.lead, p.field, p.expected, p.found] for p in error.problems]]
        if isinstance(error, self.limit):
            return ["limit", error.kind, list(error.rules)]
        return ["conflict", error.fact, error.key, list(error.rules)]

    def marks(self) -> tuple[int, int, int]:
        """How many firings, failures and effects there were so far."""
        raise NotImplementedError

    def entry(self, before: tuple[int, int, int], error: list[Any] | None) -> dict[str, Any]:
        """What the trace says of a call. `before`: the marks when it began."""
        raise NotImplementedError


class Naive(Player):
    """The interpreter's session. `limits`: as `Session` takes them."""

    insert, update, retract = Insert, Update, Retract
    failed, wrong, limit, conflict = FailedFiringsError, InterpreterInputError, LoopError, ConflictError

    def __init__(self, policy: ir.Policy, now: int, **limits: int) -> None:
        super().__init__(Session(policy, now, **limits))

    def marks(self) -> tuple[int, int, int]:
        state = self.session.state
        return len(state.firings), len(state.failures), len(state.effects)

    def entry(self, before: tuple[int, int, int], error: list[Any] | None) -> dict[str, Any]:
        session, zone = self.session, self.session.policy.zone
        state = session.state
        names = [rule.name for rule in session.policy.rules]
        return {
            "now": times.show_time(session.now, zone),
            "firings": [[times.show_time(f.at, zone), f.rule, f.facts] for f in state.firings[before[0] :]],
            "failures": [
                [times.show_time(f.at, zone), f.rule, f.action, f.facts, f.word, f.field]
                for f in state.failures[before[1] :]
            ],
            "effects": state.effects[before[2] :],
            "memory": [session.shown(record) for record in session.facts()],
            "conclusions": [
                [*session.shown(record), [[names[s.match[0]], s.action, session.named(s.records)] for s in supports]]
                for record, supports in session.conclusions()
            ],
            "error": error,
        }


def told(trace: Trace) -> list[str]:
    """A trace as lines of JSON: equal where, and only where, the traces are."""
    return [as_json(entry) for entry in trace]


def difference(expected: Trace, found: Trace) -> str | None:
    """Where two traces part: the step, what of it, and both; None where they are equal."""
    for step, (one, other) in enumerate(zip(expected, found, strict=True)):
        for key in one:
            if as_json(one[key]) != as_json(other[key]):
                return f"step {step}, {key}: expected {as_json(one[key])}, found {as_json(other[key])}"
    return None


def happened(trace: Trace) -> list[str]:
    """What a trace comes to, however the time was cut into steps: firings, failures, effects, in order; then the
    memory and the conclusions at the end."""
    lines = [
        as_json([key, one]) for key in ("firings", "failures", "effects") for entry in trace for one in entry[key]
    ]
    last = trace[-1]
    return [*lines, as_json(last["memory"]), as_json(last["conclusions"]), as_json(last["error"])]
