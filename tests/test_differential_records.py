"""The evaluator against the interpreter on events, records, time, leases and credit: whole decisions with reasons."""

from __future__ import annotations

import os
from typing import Any

from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from leadpolicy.compiler import interpreter, ir
from leadpolicy.compiler.to_python import generate
from leadpolicy.engine.errors import InputError
from leadpolicy.engine.program import Program, load
from leadpolicy.engine.times import ZoneDeclaration, to_datetime
from tests.ir_builders import make_policy, plain, score
from tests.record_builders import any_of, records, with_records
from tests.record_policies import (
    FACTS,
    FIELDS,
    NOW,
    all_events,
    all_facts,
    bad_events,
    leads,
    record_policies,
    stage_entries,
)  # fmt: skip
from tests.test_differential import in_parts, problems

EXAMPLES = int(os.environ.get("LEADPOLICY_EXAMPLES", "120"))
SETTINGS = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
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


def about_everything() -> ir.Policy:
    every = [plain(1, any_of(records(fact.name, of=None))) for fact in FACTS if fact.name != "Member"]
    made = make_policy(fields=FIELDS, facts=FACTS, scores=[score("s", *every)])
    return with_records(made, reads=("Member", "Lead"))


EVERYTHING = about_everything()
PROGRAM = load(generate(EVERYTHING), "everything")


@settings(SETTINGS, max_examples=EXAMPLES * 4)
@given(bad_events(), bad_events(), leads(), st.booleans(), st.booleans())
def test_they_refuse_the_same_events_and_facts_with_the_same_words(
    some: dict[str, Any], others: dict[str, Any], lead: dict[str, Any], no_events: bool, no_facts: bool
) -> None:
    events = {name: rows for name, rows in some.items() if name in {"Activity", "Mail"}}
    facts = {name: rows for name, rows in others.items() if name not in {"Activity", "Mail"}}
    passed = {"events": None if no_events else events, "facts": None if no_facts else facts}
    expected, found = by_interpreter(EVERYTHING, lead, **passed), by_evaluator(PROGRAM, lead, **passed)
    assert in_parts(found) == in_parts(expected)


@SETTINGS
@given(record_policies(), leads(), all_events(), all_facts())
def test_low_value_high_stand_in_order(
    policy: ir.Policy, lead: dict[str, Any], events: dict[str, Any], facts: dict[str, Any]
) -> None:
    decision = load(generate(policy), "generated").decide(lead, events=events, facts=facts, now=UTC_NOW)
    for found in decision.scores.values():
        assert found.low is not None
        assert found.high is not None
        assert found.low <= found.value <= found.high
