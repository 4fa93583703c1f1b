"""The compiled matcher against the interpreter's session: every firing, conclusion and effect, and their order."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, assume, given, settings

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_python.module import matching_or_error
from leadpolicy.compiler.unmatched import NotMatchedError
from tests.rule_strategies import NOW, SMALL, History, Naive, compiled, sessions, told, trace_of
from tests.session_compiled import Compiled

EXAMPLES = int(os.environ.get("LEADPOLICY_EXAMPLES", "40"))


def matched(policy: ir.Policy) -> ir.Policy:
    """The policy without the rules that a session says it can't match yet."""
    while policy.rules:
        try:
            matching_or_error(policy)
        except NotMatchedError as error:
            policy = policy.model_copy(update={"rules": tuple(r for r in policy.rules if r.name != error.rule)})
        else:
            break
    return policy


@settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow]
)
@given(sessions())
def test_the_compiled_matcher_does_what_the_interpreter_does(drawn: tuple[str, History]) -> None:
    text, history = drawn
    policy = matched(compiled(text))
    assume(policy.rules)
    naive = trace_of(lambda p, now: Naive(p, now, **SMALL), policy, NOW, history)
    ours = trace_of(lambda p, now: Compiled(p, now, **SMALL), policy, NOW, history)
    for expected, found in zip(told(naive), told(ours), strict=True):
        assert found == expected
