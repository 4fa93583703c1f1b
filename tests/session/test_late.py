"""What depends on time without instants of its own is looked at with the next change, whichever that is (0012, 7)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rule_strategies import HOUR, NOW, Naive, compiled
from tests.session_compiled import Compiled
from tests.session_traces import trace_of

POLICY = """policy late version "1" {
  about Lead
}
fact Lead {
  id:   text key
  t:    time required
  made: time required
  n:    int
}
rule old {
  when lead: Lead
  when age(lead.t) + age(lead.made) > 10 hours
  then flag lead as old
}
"""
LEAD = {"t": "2026-11-23T08:30:00+00:00", "made": "2026-11-23T08:30:00+00:00", "n": 1}
CHANGES: dict[str, tuple[Any, ...]] = {
    "an insert": ("insert", "Lead", LEAD | {"id": "L3"}),
    "an update": ("update", ("key", "Lead", "L2"), {"n": 2}),
    "a retraction": ("retract", ("key", "Lead", "L2")),
}


@pytest.mark.parametrize("made", [Naive, Compiled])
@pytest.mark.parametrize("change", CHANGES)
def test_a_change_of_another_fact_is_enough(change: str, made: type) -> None:
    inserts = [("insert", "Lead", LEAD | {"id": key}) for key in ("L1", "L2")]
    steps = [("batch", inserts), ("advance", NOW + 8 * HOUR), ("batch", [CHANGES[change]])]
    first, moved, last = trace_of(lambda policy, now: made(policy, now), compiled(POLICY), NOW, steps)
    assert first["firings"] == moved["firings"] == []
    assert ["Lead", "L1"] in [firing[2][0] for firing in last["firings"]]
