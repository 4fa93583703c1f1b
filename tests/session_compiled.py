"""The compiled matcher as the traces of sessions want it (see `session_traces`)."""

from __future__ import annotations

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
