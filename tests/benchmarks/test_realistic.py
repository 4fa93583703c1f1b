"""The benchmarks run, and what they measure decides alike."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from benchmarks import curves, page
from benchmarks.realistic import by_hand, leads, measure, ours

from leadpolicy.compiler.pipeline import compile_source
from leadpolicy.compiler.source import Source

ROWS = leads.leads(300)
DISPATCH = {
    "10 entries": "1.10 µs a lead, by hand 0.15 µs, ratio 7.33",
    "10 entries, region unknown": "1.30 µs a lead",
    "5000 entries": "1.80 µs a lead, by hand 0.24 µs, ratio 7.50",
}


def test_the_policy_is_without_a_finding() -> None:
    assert compile_source(Source("policy.lead", ours.PATH.read_text(encoding="utf-8"))).diagnostics == ()


def test_the_engine_the_interpreter_and_the_hand_written_function_decide_alike() -> None:
    policy = ours.load()
    answers = [by_hand.decide(row) for row in ROWS]
    assert [ours.answer(policy.decide(row, now=ours.NOW)) for row in ROWS] == answers
    assert [ours.interpreted(policy, row) for row in ROWS[:60]] == answers[:60]
    assert {answer[3] for answer in answers} == {"pass", "fail", "unknown"}
    assert len({answer[5] for answer in answers}) == 13, "every route is taken by some lead"


@pytest.mark.parametrize("name", measure.PEERS.values())
def test_a_peer_decides_alike_or_is_not_installed(name: str) -> None:
    peer = measure.installed(name)
    if peer is not None:
        assert [tuple(peer[0](row)) for row in ROWS[:100]] == [by_hand.decide(row) for row in ROWS[:100]]


def test_a_peer_that_decides_otherwise_stops_the_measurement() -> None:
    with pytest.raises(measure.DifferentAnswersError, match="x decides"):
        measure._compare("x", lambda row: (0,), ROWS, [by_hand.decide(row) for row in ROWS])


def test_the_page_has_every_figure(tmp_path: Path) -> None:
    realistic = {"leads": 20000, "hand-written": "1.10 µs, ratio 1.00", "CLIPS (clipspy)": "not installed"}
    page.write({"machine": {"python": "3.11"}, "realistic": realistic, "dispatch": DISPATCH}, tmp_path)
    text = (tmp_path / "benchmarks.md").read_text(encoding="utf-8")
    assert "| hand-written | 1.10 | 1.00 |" in text
    assert "| CLIPS (clipspy) | not installed | |" in text
    assert "| 5000 | 1.80 | 0.24 | 7.5 |" in text
    ET.fromstring((tmp_path / "benchmarks" / "routes.svg").read_text(encoding="utf-8"))


def test_points_of_a_curve_stand_where_their_values_are() -> None:
    picture = ET.fromstring(curves.draw("a < b", {"x": [(1, 1), (10, 10)], "y": [(1, 10)]}))
    circles = picture.findall("{http://www.w3.org/2000/svg}circle")
    places = [(float(c.attrib["cx"]), float(c.attrib["cy"])) for c in circles]
    left, right = curves.LEFT, curves.WIDTH - curves.RIGHT
    assert places == [(left, curves.HEIGHT - curves.BOTTOM), (right, curves.TOP), (left, curves.TOP)]
