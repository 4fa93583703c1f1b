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
    Operation,
    Retract,
    Session,
    Update,
)
from leadpolicy.compiler.interpreter.session.content import as_json
from leadpolicy.compiler.interpreter.session.memory import Handle

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


class Naive:
    """The interpreter's session. `limits`: as `Session` takes them."""

    def __init__(self, policy: ir.Policy, now: int, **limits: int) -> None:
        self.session = Session(policy, now, **limits)
        self._handles: list[Handle | None] = []

    def batch(self, operations: Sequence[Asked]) -> dict[str, Any]:
        inserts = sum(operation[0] == "insert" for operation in operations)
        made: list[Operation] | None = [self._operation(operation) for operation in operations]
        assert made is not None
        before, given = self._marks(), [None] * inserts
        error = None
        try:
            given = self._inserted(made, self.session.batch(made))
        except FailedFiringsError as failed:
            given = self._inserted(made, failed.returned)
        except (InterpreterInputError, LoopError, ConflictError) as caught:
            error = _said(caught)
        self._handles += given
        return self._entry(before, error)

    def advance_to(self, to: int) -> dict[str, Any]:
        before, error = self._marks(), None
        try:
            self.session.advance_to(to)
        except FailedFiringsError:
            pass
        except (InterpreterInputError, LoopError, ConflictError) as caught:
            error = _said(caught)
        return self._entry(before, error)

    def _operation(self, asked: Asked) -> Operation:
        match asked:
            case ("insert", str(fact), record):
                return Insert(fact, record)
            case ("update", target, fields):
                return Update(self._target(target), fields)
            case ("retract", target):
                return Retract(self._target(target))
        raise ValueError(asked)

    def _target(self, target: Any) -> int | tuple[str, str]:
        """A handle or a key; where an insert gave no handle, one that there never is."""
        if target[0] == "key":
            return (target[1], target[2])
        handle = self._handles[target[1]] if target[1] < len(self._handles) else None
        return 10**9 if handle is None else handle

    @staticmethod
    def _inserted(operations: Sequence[Operation], returned: Any) -> list[Any]:
        return [
            handle for operation, handle in zip(operations, returned, strict=True) if isinstance(operation, Insert)
        ]

    def _marks(self) -> tuple[int, int, int]:
        state = self.session.state
        return len(state.firings), len(state.failures), len(state.effects)

    def _entry(self, before: tuple[int, int, int], error: list[Any] | None) -> dict[str, Any]:
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


def _said(error: Exception) -> list[Any]:
    match error:
        case InterpreterInputError():
            return ["input", [[p.lead, p.field, p.expected, p.found] for p in error.problems]]
        case LoopError():
            return ["limit", error.kind, list(error.rules)]
        case ConflictError():
            return ["conflict", error.fact, error.key, list(error.rules)]
    raise error


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
