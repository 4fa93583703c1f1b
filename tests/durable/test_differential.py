"""Sessions matched by durable_rules against the interpreter's: every firing, conclusion and effect, and their order."""

from __future__ import annotations

import os
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, note, settings

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_durable import lower
from tests.durable import durable_strategies
from tests.durable.playing import Durable
from tests.rule_strategies import NOW, SMALL, History, Naive, compiled, sessions, told, trace_of
from tests.session.test_compiled_matcher import matched, replaces
from tests.session_compiled import Compiled

pytestmark = pytest.mark.usefixtures("durable_rules")
EXAMPLES = int(os.environ.get("LEADPOLICY_EXAMPLES", "40"))
SETTINGS = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))


def expressed(policy: ir.Policy) -> ir.Policy:
    """The policy without the rules that durable_rules can't express."""
    refused = {problem.rule for problem in lower(policy).problems}
    return policy.model_copy(update={"rules": tuple(r for r in policy.rules if r.name not in refused)})


def agree(policy: ir.Policy, history: History) -> int:
    """Play a history in all matchers; how many firings there were."""
    naive = trace_of(lambda p, now: Naive(p, now, **SMALL), policy, NOW, history)
    for made in (Durable, Compiled):
        ours = trace_of(lambda p, now, made=made: made(p, now, **SMALL), policy, NOW, history)  # type: ignore[misc]
        for expected, found in zip(told(naive), told(ours), strict=True):
            assert found == expected
    return sum(len(step["firings"]) for step in naive)


def test_what_is_lowered_plays_as_in_the_interpreter() -> None:
    counts: Counter[str] = Counter()

    @SETTINGS
    @given(sessions())
    def play(drawn: tuple[str, History]) -> None:
        text, history = drawn
        whole = compiled(text)
        policy = matched(expressed(whole))
        counts["rules"] += len(whole.rules)
        counts["lowered"] += len(policy.rules)
        if policy.rules and not replaces(history):
            note(text)
            counts["firings"] += agree(policy, history)

    play()
    assert counts["lowered"] > counts["rules"] // 4
    assert counts["firings"] > counts["rules"] // 4


def test_all_that_can_be_lowered_plays_as_in_the_interpreter() -> None:
    counts: Counter[str] = Counter()

    @SETTINGS
    @given(durable_strategies.sessions())
    def play(drawn: tuple[str, History]) -> None:
        text, history = drawn
        note(text)
        policy = compiled(text)
        assert lower(policy).problems == ()
        counts["policies"] += 1
        if not replaces(history):
            counts["firings"] += agree(policy, history)

    play()
    assert counts["firings"] > counts["policies"] // 2
