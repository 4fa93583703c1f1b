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
from tests.event_policies import crowded_policies, visits
from tests.event_policies import leads as crowded_leads
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


def passed_events(policy: ir.Policy, draw: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The same rows for both: by type for the interpreter, in any form that there is for the evaluator."""
    kind = draw(st.sampled_from(["usual", "usual", "linked", "any", "bad"]))
    rows = {fact.name: draw(visits(fact.name, policy, kind)) for fact in policy.facts if fact.name != "Lead"}
    events = {fact.name: rows[fact.name] for fact in policy.facts if fact.event}
    facts = {name: some for name, some in rows.items() if name not in events}
    said: Any = events
    if len(events) == 1 and draw(st.booleans()):
        said = list(events["Visit"])
    elif draw(st.booleans()):
        said = [{"event": name, **one} for name, some in events.items() for one in some]
    passed = {"events": events, "facts": facts} if facts else {"events": events}
    return passed, {**passed, "events": said}


@SETTINGS
@given(st.data())
def test_they_agree_on_much_that_is_counted_among_the_same_events(data: st.DataObject) -> None:
    policy, lead = data.draw(crowded_policies()), data.draw(crowded_leads)
    plainly, given_ = passed_events(policy, data.draw)
    program = load(generate(policy), "generated")
    expected, found = by_interpreter(policy, lead, **plainly), by_evaluator(program, lead, **given_)
    note(repr(found))
    assert in_parts(found) == in_parts(expected)
    if isinstance(expected, dict):
        whose = {name: _whose(some) for name, some in plainly.items()}
        many = program.decide_many([lead], **whose, now=UTC_NOW)
        assert in_parts(next(many).to_dict(trace=True)) == in_parts(expected)


def _whose(events: dict[str, Any]) -> dict[str, Any]:
    """Events, or facts, that all say whose they are, under the first name that counts."""

    def one(row: dict[str, Any]) -> dict[str, Any]:
        said = row["of"] if "of" in row else row.get("lead")
        return {**row, "of": "L1" if said is None else said}

    return {type_: [one(row) for row in rows] for type_, rows in events.items()}
