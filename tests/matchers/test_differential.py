"""Sessions matched by durable_rules against the interpreter's: every firing, conclusion and effect, and their order."""

from __future__ import annotations

import os
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_durable import lower
from tests.matchers import durable_strategies
from tests.matchers.playing import Durable
from tests.rule_strategies import NOW, SMALL, History, Naive, compiled, sessions, trace_of
from tests.session_compiled import Compiled
from tests.session_traces import difference

pytestmark = pytest.mark.usefixtures("durable_rules")
EXAMPLES = int(os.environ.get("LEADPOLICY_EXAMPLES", "40"))
SETTINGS = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))


def expressed(policy: ir.Policy) -> ir.Policy:
    """The policy without the rules that durable_rules can't express."""
    refused = {problem.rule for problem in lower(policy).problems}
    return policy.model_copy(update={"rules": tuple(r for r in policy.rules if r.name not in refused)})


def agree(policy: ir.Policy, history: History) -> None:
    """Play a history in all matchers."""
    naive = trace_of(lambda p, now: Naive(p, now, **SMALL), policy, NOW, history)
    for made in (Durable, Compiled):
        ours = trace_of(lambda p, now, made=made: made(p, now, **SMALL), policy, NOW, history)  # type: ignore[misc]
        assert difference(naive, ours) is None


@SETTINGS
@given(sessions())
def test_what_is_lowered_plays_as_in_the_interpreter(drawn: tuple[str, History]) -> None:
    text, history = drawn
    policy = expressed(compiled(text))
    if policy.rules:
        agree(policy, history)


@SETTINGS
@given(durable_strategies.sessions())
def test_all_that_can_be_lowered_plays_as_in_the_interpreter(drawn: tuple[str, History]) -> None:
    text, history = drawn
    policy = compiled(text)
    assert lower(policy).problems == ()
    agree(policy, history)


def test_enough_is_lowered_and_fires() -> None:
    """What the tests above compare isn't nothing: of the same policies each time."""
    counts: Counter[str] = Counter()

    @settings(SETTINGS, max_examples=40, derandomize=True)
    @given(sessions())
    def lowered(drawn: tuple[str, History]) -> None:
        policy = compiled(drawn[0])
        counts["rules"] += len(policy.rules)
        counts["lowered"] += len(expressed(policy).rules)

    @settings(SETTINGS, max_examples=40, derandomize=True)
    @given(durable_strategies.sessions())
    def fired(drawn: tuple[str, History]) -> None:
        policy = compiled(drawn[0])
        played = trace_of(lambda p, now: Durable(p, now, **SMALL), policy, NOW, drawn[1])
        counts["firings"] += sum(len(step["firings"]) for step in played)
        counts["concluded"] += sum(len(step["conclusions"]) for step in played)

    lowered()
    fired()
    assert counts["lowered"] * 3 > counts["rules"] > 40, counts
    assert min(counts["firings"], counts["concluded"]) > 40, counts
