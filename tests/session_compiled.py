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
from leadpolicy.engine.session.operations import Insert, Retract, Update
from leadpolicy.engine.session.session import Session
from leadpolicy.engine.times import print_time
from tests.session_traces import Player


@lru_cache(maxsize=64)
def _loaded(text: str) -> tuple[Program, Matching]:
    policy = ir.Policy.model_validate_json(text)
    matching = run_part(compiled(matching_or_error(policy), policy.name), "MATCHING")
    assert isinstance(matching, Matching)
    module = Module(policy)
    return run(compiled(module.deciding(), policy.name), lambda: compiled(module.telling(), policy.name)), matching


class Compiled(Player):
    """The engine's session. `limits`: as `Session` takes them."""

    insert, update, retract = Insert, Update, Retract
    failed, wrong, limit, conflict = ActionError, InputError, LoopError, ConflictError

    def __init__(self, policy: ir.Policy, now: int, **limits: int) -> None:
        program, matching = _loaded(policy.model_dump_json())
        super().__init__(Session(program.policy, program.readers, matching, now, **limits))

    def marks(self) -> tuple[int, int, int]:
        return self.session.fired, len(self.session.failures), self.session.emitted

    def entry(self, before: tuple[int, int, int], error: list[Any] | None) -> dict[str, Any]:
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


class Called(Compiled):
    """The same, called as hosts may: one operation by its own method, nothing but inserts by `load`."""

    def _call(self, operations: Sequence[Any]) -> Any:
        session = self.session
        match operations:
            case [Insert(fact, record)]:
                return session.insert(fact, record)
            case [Update(target, fields)]:
                return session.update(target, fields)
            case [Retract(target)]:
                return session.retract(target)
        if not all(isinstance(one, Insert) for one in operations):
            return session.batch(operations)
        records: dict[str, list[object]] = {}
        for one in operations:
            records.setdefault(str(one.fact), []).append(one.record)
        try:
            handles = session.load(records)
        except InputError:
            # Nothing has happened; problems come in order of the types.
            return session.batch(operations)
        except ActionError as failed:
            failed.returned = _in_order(operations, failed.returned)
            raise
        return _in_order(operations, handles)


def _in_order(operations: Sequence[Any], handles: Any) -> list[int]:
    left = {name: iter(of_type) for name, of_type in handles.items()}
    return [next(left[str(one.fact)]) for one in operations]
