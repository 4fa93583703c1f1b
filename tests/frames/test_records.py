"""Frames on hand-made policies over records of all sorts: what columns can say agrees with the evaluator."""

from __future__ import annotations

from typing import Any

import polars as pl
from hypothesis import HealthCheck, given, note, settings

from leadpolicy import Policy
from leadpolicy.compiler import ir
from leadpolicy.compiler.to_python.decide import Order
from leadpolicy.compiler.to_python.plan import Plan
from leadpolicy.files.flat import flatten
from tests.frames.test_differential import EXAMPLES, cells
from tests.record_policies import all_events, all_facts, leads, record_policies
from tests.test_differential_records import UTC_NOW

LINKS = ("of", "Lead", "lead", "Lead_id", "lead_id")
WORDS = {"route": "route", "disqualified": "disqualify"}


def ordered(policy: ir.Policy) -> ir.Policy:
    """The policy with the order of its parts, which the compiler gives others."""
    parts = [f"let {let.name}" for let in policy.lets]
    for kind, name in Order(Plan(policy)).parts():
        said = f"{kind} {name}" if kind in {"score", "table", "gate", "stage"} else WORDS.get(kind)
        parts += [said] if said else []
    return policy.model_copy(update={"order": tuple(parts)})


def linked(policy: ir.Policy, passed: dict[str, Any]) -> dict[str, Any]:
    """Records that say whose they are: of many leads, each must."""
    of_lead = {fact.name for fact in policy.facts if fact.of == policy.about}
    found: dict[str, Any] = {}
    for name, rows in passed.items():
        found[name] = [dict(row) for row in rows]
        for row in found[name] if name in of_lead else []:
            for link in LINKS:
                if row.get(link) is None:
                    row.pop(link, None)
            if not row.keys() & set(LINKS):
                row["of"] = "L1"
    return found


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)
@given(record_policies(), leads(), all_events(), all_facts())
def test_columns_over_records_agree_with_the_evaluator(
    made: ir.Policy, lead: dict[str, Any], events: dict[str, Any], facts: dict[str, Any]
) -> None:
    policy = Policy(ordered(made))
    events, facts = linked(made, events), linked(made, facts)
    frame = pl.DataFrame([lead], strict=False)
    note(str(policy.frame_support))
    row = policy.decide_frame(frame, events=events, facts=facts, now=UTC_NOW, want=policy.frame_support.columns)
    decision = policy.program.decide(frame.row(0, named=True), events=events, facts=facts, now=UTC_NOW)
    expected = cells(flatten(decision.to_dict()))
    assert cells(row.row(0, named=True)) == {name: expected.get(name) for name in row.columns}
