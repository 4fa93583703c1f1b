"""`Policy.session(matcher="durable-rules")`: whether durable_rules is there, and can express all rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leadpolicy.compiler.to_durable import lower
from leadpolicy.durable.client import engine
from leadpolicy.durable.errors import NotLoweredError, SessionSupport

if TYPE_CHECKING:
    from leadpolicy.compiler.ir import Policy as Compiled
    from leadpolicy.engine.session.network import Matching


def durable_matching(policy: Compiled) -> Matching:
    """The rules of a policy, matched by durable_rules; tables and actions are generated.

    NoDurableRulesError where it isn't installed; NotLoweredError where it can't express a rule; NotMatchedError for
    an action that a session can't carry out yet.
    """
    from leadpolicy.compiler.to_python.module import matching_or_error
    from leadpolicy.durable.network import matching_by_durable_rules
    from leadpolicy.engine.program import compiled, run_part
    from leadpolicy.engine.session.network import Matching

    engine()
    lowered = lower(policy)
    if lowered.problems:
        raise NotLoweredError(lowered.problems)
    made = run_part(compiled(matching_or_error(policy, outside=True), f"{policy.name}: rules"), "MATCHING")
    assert isinstance(made, Matching)
    return matching_by_durable_rules(made, lowered)


def support(policy: Compiled) -> SessionSupport:
    """Which rules durable_rules can match, and what it can't express of the others."""
    lowered = lower(policy)
    names = tuple(rule.name for rule in lowered.rules if rule is not None)
    return SessionSupport("durable-rules", names, lowered.problems)
