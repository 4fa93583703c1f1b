"""`Policy` with events: models, names, the stage-entry table."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from ir_builders import TEXT, fact_field, known, make_policy, plain, score, stage
from record_builders import count, entered, event, event_entry, of_record, records, with_records

from leadpolicy import InputError, Policy

NOW = datetime(2026, 11, 23, 10, 0)
ACTIVITY = event("Activity", fact_field("kind", TEXT))


@pytest.fixture(scope="module")
def policy() -> Policy:
    entries = [event_entry(1, records(where=known(of_record("kind", TEXT)))), plain(10, known(entered("A")))]
    made = make_policy(
        facts=(ACTIVITY, event("Mail", fact_field("of", TEXT))),
        scores=[score("s", *entries, plain(count(records("Mail"))))],
        funnel=[stage("A", known(entered("A")))],
    )
    return Policy(with_records(made, reads_entered=True))


def test_models_of_events_say_whose_they_are(policy: Policy) -> None:
    models = policy.models
    lead = models.Lead(id="L1")
    yesterday = NOW - timedelta(days=1)
    events = [
        models.Activity(at=yesterday, kind="call", of="L1"),
        models.Activity(at=yesterday, kind="call", of=lead),
        models.Activity(at=yesterday, kind="call"),
        models.Activity(at=yesterday, kind="call", of="L2"),
        models.Mail(at=yesterday, Lead="L1", of="a field of its own"),
    ]
    assert policy.decide(lead, events=events, now=NOW).scores["s"].value == 4
    assert policy.decide(lead, events={"Activity": events[:4]}, now=NOW).scores["s"].value == 3


def test_many_leads_share_the_events(policy: Policy) -> None:
    events = [{"event": "Activity", "at": NOW, "kind": "call", "lead": f"L{n % 2}"} for n in range(5)]
    many = policy.decide_many([{"id": "L0"}, {"id": "L1"}], events=iter(events), now=NOW)
    assert [decision.scores["s"].value for decision in many] == [3, 2]


def test_the_stage_entry_table_takes_times(policy: Policy) -> None:
    for at in (NOW - timedelta(days=2), 5):
        assert policy.decide({"id": "L1"}, events=[], now=NOW, entered={"A": at}).scores["s"].value == 10
    assert policy.decide({"id": "L1"}, events=[], now=NOW).scores["s"].value == 0


@pytest.mark.parametrize("events", ["Activity", {"Activity": "x"}, 5])
def test_what_is_no_list_of_events(policy: Policy, events: object) -> None:
    with pytest.raises(InputError, match="expected a list of records"):
        policy.decide({"id": "L1"}, events=events, now=NOW)  # type: ignore[arg-type]
