"""Sessions whose matches durable_rules finds, as the traces of sessions want them (see `session_traces`)."""

from __future__ import annotations

from functools import lru_cache

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_python.module import generate
from leadpolicy.durable.calling import durable_matching
from leadpolicy.engine.program import Program, load
from leadpolicy.engine.session.network import Matching
from leadpolicy.engine.session.session import Session
from tests.session_compiled import Compiled


@lru_cache(maxsize=64)
def _loaded(text: str) -> tuple[Program, Matching]:
    policy = ir.Policy.model_validate_json(text)
    return load(generate(policy), policy.name), durable_matching(policy)


class Durable(Compiled):
    """The engine's session, matched by durable_rules. `limits`: as `Session` takes them."""

    def __init__(self, policy: ir.Policy, now: int, **limits: int) -> None:
        program, matching = _loaded(policy.model_dump_json())
        self.session = Session(program.policy, program.readers, matching, now, **limits)
        self._handles: list[int | None] = []
