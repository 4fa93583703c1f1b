"""The compiled matcher as the traces of sessions want it (see `session_traces`)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_python.module import Module, matching_or_error
from leadpolicy.engine.errors import InputError
from leadpolicy.engine.program import Program, compiled, run, run_part
from leadpolicy.engine.session.errors import ActionError, ConflictError, LoopError
from leadpolicy.engine.session.network import Matching
from leadpolicy.engine.session.operations import Insert, Operation, Retract, Update
from leadpolicy.engine.session.session import Session
from leadpolicy.engine.times import print_time


@lru_cache(maxsize=64)
def _loaded(text: str) -> tuple[Program, Matching]:
    policy = ir.Policy.model_validate_json(text)
    matching = run_part(compiled(matching_or_error(policy), policy.name), "MATCHING")
    assert isinstance(matching, Matching)
    module = Module(policy)
    return run(compiled(module.deciding(), policy.name), lambda: compiled(module.telling(), policy.name)), matching


class Compiled:
    """The engine's session. `limits`: as `Session` takes them."""

    def __init__(self, policy: ir.Policy, now: int, **limits: int) -> None:
        program, matching = _loaded(policy.model_dump_json())
        self.session = Session(program.policy, program.readers, matching, now, **limits)
        self._handles: list[int | None] = []

    def batch(self, operations: Sequence[Any]) -> dict[str, Any]:
        """Several operations, and what the trace says of them."""
        inserts = sum(operation[0] == "insert" for operation in operations)
        made = [self._operation(operation) for operation in operations]
        before, given = self._marks(), [None] * inserts
        error = None
        try:
            given = self._inserted(made, self.session.batch(made))
        except ActionError as failed:
            given = self._inserted(made, failed.returned)
        except (InputError, LoopError, ConflictError) as caught:
            error = _said(caught)
        self._handles += given
        return self._entry(before, error)

    def advance_to(self, to: int) -> dict[str, Any]:
        """Time moves on, and what the trace says of that."""
        before, error = self._marks(), None
        try:
            self.session.advance_to(to)
        except ActionError:
            pass
        except (InputError, LoopError, ConflictError) as caught:
            error = _said(caught)
        return self._entry(before, error)

    def _operation(self, asked: Any) -> Operation:
        kind, *rest = asked
        if kind == "insert":
            return Insert(*rest)
        if kind == "update":
            return Update(self._target(rest[0]), rest[1])
        return Retract(self._target(rest[0]))

    def _target(self, target: Any) -> int | tuple[str, str]:
        if target[0] == "key":
            return (target[1], target[2])
        handle = self._handles[target[1]] if target[1] < len(self._handles) else None
        return 10**9 if handle is None else handle

    @staticmethod
    def _inserted(operations: Sequence[Operation], returned: Any) -> list[Any]:
        listed = returned if isinstance(returned, list) else [returned]
        return [handle for one, handle in zip(operations, listed, strict=True) if isinstance(one, Insert)]

    def _marks(self) -> tuple[int, int, int]:
        return self.session.fired, len(self.session.failures), self.session.emitted

    def _entry(self, before: tuple[int, int, int], error: list[Any] | None) -> dict[str, Any]:
        session = self.session
        zone = session.policy.zone
        return {
            "now": print_time(session.now, zone),
            "firings": [list(firing) for firing in session.firings_since(before[0])],
            "failures": [
                [print_time(f.at, zone), f.rule, f.action, list(f.facts), f.word, f.field]
                for f in session.failures[before[1] :]
            ],
            "effects": session.emitted_since(before[2]),
            "memory": session.memory(),
            "conclusions": session.concluded(),
            "error": error,
        }


def _said(error: Exception) -> list[Any]:
    match error:
        case InputError():
            return ["input", [[p.lead, p.field, p.expected, p.found] for p in error.problems]]
        case LoopError():
            return ["limit", error.kind, list(error.rules)]
        case ConflictError():
            return ["conflict", error.fact, error.key, list(error.rules)]
    raise error
