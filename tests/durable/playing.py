"""Sessions whose matches durable_rules finds, as the traces of sessions want them (see `session_traces`)."""

from __future__ import annotations

from functools import lru_cache

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_durable import lower
from leadpolicy.durable.network import matching_by_durable_rules
from leadpolicy.engine.session.network import Matching
from leadpolicy.engine.session.session import Session
from tests.session_compiled import Compiled, _loaded


@lru_cache(maxsize=64)
def _durable(text: str) -> Matching:
    lowered = lower(ir.Policy.model_validate_json(text))
    assert not lowered.problems
    return matching_by_durable_rules(_loaded(text)[1], lowered)


class Durable(Compiled):
    """The engine's session, matched by durable_rules. `limits`: as `Session` takes them."""

    def __init__(self, policy: ir.Policy, now: int, **limits: int) -> None:
        text = policy.model_dump_json()
        program, _ = _loaded(text)
        self.session = Session(program.policy, program.readers, _durable(text), now, **limits)
        self._handles: list[int | None] = []
