"""The evaluator against the interpreter on events, records, time, leases and credit: whole decisions with reasons."""

from __future__ import annotations

import os
from typing import Any

from hypothesis import HealthCheck, given, note, settings
from tests.record_policies import NOW, all_events, all_facts, leads, record_policies, stage_entries
from tests.test_differential import in_parts, problems

from leadpolicy.compiler import interpreter, ir
from leadpolicy.compiler.to_python import generate
from leadpolicy.engine.errors import InputError
from leadpolicy.engine.program import Program, load
from leadpolicy.engine.times import ZoneDeclaration, to_datetime

EXAMPLES = int(os.environ.get("LEADPOLICY_EXAMPLES", "120"))
SETTINGS = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)
UTC_NOW = to_datetime(NOW, ZoneDeclaration("UTC", 0, ()))


def by_interpreter(policy: ir.Policy, lead: dict[str, Any], **passed: Any) -> object:
    try:
        return interpreter.run(policy, lead, now=NOW, **passed).decision(trace=True)
    except interpreter.InterpreterInputError as error:
        return problems(error)


def by_evaluator(program: Program, lead: dict[str, Any], **passed: Any) -> object:
    try:
        return program.decide(lead, now=UTC_NOW, **passed).to_dict(trace=True)
    except InputError as error:
        return problems(error)


@SETTINGS
@given(record_policies(), leads(), all_events(), all_facts(), stage_entries())
def test_they_agree_on_the_whole_decision(
    policy: ir.Policy, lead: dict[str, Any], events: dict[str, Any], facts: dict[str, Any], entered: dict[str, int]
) -> None:
    program = load(generate(policy), "generated")
    expected = by_interpreter(policy, lead, events=events, facts=facts, entered=entered)
    found = by_evaluator(program, lead, events=events, facts=facts, entered=entered)
    note(repr(found))
    assert in_parts(found) == in_parts(expected)


@SETTINGS
@given(record_policies(), leads(), all_events(), all_facts())
def test_low_value_high_stand_in_order(
    policy: ir.Policy, lead: dict[str, Any], events: dict[str, Any], facts: dict[str, Any]
) -> None:
    decision = load(generate(policy), "generated").decide(lead, events=events, facts=facts, now=UTC_NOW)
    for score in decision.scores.values():
        assert score.low is not None
        assert score.high is not None
        assert score.low <= score.value <= score.high
