"""The real data sets as frames: whole rows as the evaluator decides them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path

import polars as pl
import pytest
from tests.frames.test_differential import cells
from tests.rulesets.test_real_data import OLIST, X_EDUCATION

from leadpolicy import Policy
from leadpolicy.files.flat import flatten


@pytest.mark.parametrize(
    ("ruleset", "leads", "now"),
    [
        ("x_education", X_EDUCATION, datetime(2026, 11, 20, 10, 0, tzinfo=timezone(timedelta(hours=5.5)))),
        ("olist", OLIST, datetime(2018, 6, 1, 0, 0, tzinfo=timezone(timedelta(hours=-3)))),
    ],
    ids=["x_education", "olist"],
)
def test_a_frame_of_real_leads_decides_as_the_evaluator(
    rulesets: Path, data: Path, read_rows, ruleset: str, leads: str, now: datetime
) -> None:
    folder = rulesets / ruleset
    policy = Policy.load(folder / f"{ruleset}.lead")
    rows = list(read_rows(data / leads, folder / f"{ruleset}.map.toml"))
    frame = pl.DataFrame(rows, schema=dict.fromkeys(rows[0], pl.String))
    assert policy.frame_support.by_lead == {}
    made = policy.decide_frame(frame, now=now)
    for decision, row in zip(policy.decide_many(rows, now=now), made.iter_rows(named=True), strict=True):
        expected = cells(flatten(decision.to_dict()))
        assert cells(row) == {name: expected.get(name) for name in made.columns}
    everything = policy.decide_frame(frame.head(1_500), now=now, want="all")
    for decision, row in zip(
        policy.decide_many(rows[:1_500], now=now), everything.iter_rows(named=True), strict=True
    ):
        assert cells(row) == cells(flatten(decision.to_dict()))
