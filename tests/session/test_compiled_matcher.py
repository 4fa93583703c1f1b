"""The compiled matcher against the interpreter's session: every firing, conclusion and effect, and their order."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, given, settings

from tests.rule_strategies import NOW, SMALL, History, Naive, compiled, sessions, trace_of
from tests.session_compiled import Called, Compiled
from tests.session_traces import difference

EXAMPLES = int(os.environ.get("LEADPOLICY_EXAMPLES", "40"))


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(sessions())
def test_the_compiled_matcher_does_what_the_interpreter_does(drawn: tuple[str, History]) -> None:
    text, history = drawn
    policy = compiled(text)
    naive = trace_of(lambda p, now: Naive(p, now, **SMALL), policy, NOW, history)
    ours = trace_of(lambda p, now: Compiled(p, now, **SMALL), policy, NOW, history)
    assert difference(naive, ours) is None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("leadpolicy.engine.session.session._TOGETHER", 1)
        called = trace_of(lambda p, now: Called(p, now, **SMALL), policy, NOW, history)
    assert difference(naive, called) is None
