"""The queries over columns that are written by hand decide as the hand-written function and `decide_frame` do."""

from __future__ import annotations

import polars as pl
import pytest
from benchmarks import frames, measures
from benchmarks.realistic import by_hand, events_by_hand, leads, ours, polars_by_hand

from leadpolicy import Policy

ROWS = leads.leads(400)
FRAME = pl.DataFrame(ROWS, schema={"id": pl.String, **dict.fromkeys(leads.POOLS)}, infer_schema_length=None)


@pytest.mark.parametrize("chained", [True, False])
def test_the_query_written_by_hand_decides_as_the_function(chained: bool) -> None:
    found = polars_by_hand.decide(FRAME.lazy(), chained).collect().rows()
    assert found == [by_hand.decide(row) for row in ROWS]


def test_decide_frame_decides_as_the_function() -> None:
    policy = ours.load()
    assert policy.frame_support.by_lead == {}
    found = policy.decide_frame(FRAME, now=ours.NOW, want=polars_by_hand.COLUMNS).rows()
    assert found == [by_hand.decide(row) for row in ROWS]


def test_the_peer_decides_alike_or_is_not_installed() -> None:
    peer = frames._duckdb(FRAME)
    if peer is not None:
        assert peer().rows() == [by_hand.decide(row) for row in ROWS]


def test_events_written_by_hand_are_scored_as_by_the_policy() -> None:
    policy = Policy.load(frames.EVENT_POLICY)
    some, visits = frames.event_frames(60, 20)
    theirs = events_by_hand.decide(some.lazy(), visits.lazy(), ours.NOW).collect().to_series().to_list()
    ours_too = policy.decide_frame(some, events={"Visit": visits}, now=ours.NOW, want="scores").to_series().to_list()
    assert [float(score) for score in ours_too] == pytest.approx(theirs, abs=2e-6)
    assert len(set(ours_too)) > 20
    decided = policy.decide_many(some.to_dicts(), events={"Visit": visits.to_dicts()}, now=ours.NOW)
    assert [decision.scores["behaviour"].value for decision in decided] == ours_too


def test_long_measurements_are_run_by_name_only() -> None:
    assert "frames" in measures.ALL
    assert "frames_memory" in measures.LONG
    assert not set(measures.ALL) & set(measures.LONG)
