"""Two real data sets: no row is bad, and the generated program decides each as the reference interpreter does.

The data is not part of the project; where it is not beside the repository, these tests are skipped.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from leadpolicy import Policy
from leadpolicy.compiler import interpreter

X_EDUCATION = "x-education-leads/Leads.csv"
OLIST = "olist-marketing-funnel/olist_marketing_qualified_leads_dataset.csv"


@pytest.mark.parametrize(
    ("ruleset", "leads", "count", "now"),
    [
        ("x_education", X_EDUCATION, 9_240, datetime(2026, 11, 20, 10, 0, tzinfo=timezone(timedelta(hours=5.5)))),
        ("olist", OLIST, 8_000, datetime(2018, 6, 1, 0, 0, tzinfo=timezone(timedelta(hours=-3)))),
    ],
    ids=["x_education", "olist"],
)
def test_every_row_is_decided_as_the_interpreter_does(
    rulesets: Path, data: Path, read_rows, ruleset: str, leads: str, count: int, now: datetime
) -> None:
    folder = rulesets / ruleset
    policy = Policy.load(folder / f"{ruleset}.lead")
    rows = list(read_rows(data / leads, folder / f"{ruleset}.map.toml"))
    assert len(rows) == count
    decisions = policy.decide_many(rows, now=now)  # a bad row would raise its InputError
    kinds: Counter[str] = Counter()
    for row, decision in zip(rows, decisions, strict=True):
        expected = interpreter.run(policy.ir, row, now=now).decision(trace=True)
        assert decision.to_dict(trace=True) == expected, row
        kinds[expected["route"]["kind"]] += 1
    assert kinds["nobody"] == 0
    assert len(kinds) >= 4
