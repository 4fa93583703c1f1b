"""The tour of the language: in both languages it compiles to the same thing, and its own tests pass."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from leadpolicy import Policy
from leadpolicy.testing.runner import run_tests

HERE = Path(__file__).parent
TOURS = (HERE / "tour.lead", HERE / "tour_zh.lead")


@pytest.mark.parametrize("path", TOURS, ids=lambda p: p.stem)
def test_its_own_tests_pass(path: Path) -> None:
    results = list(run_tests(Policy.load(path), path))
    assert [(r.name, r.failures) for r in results if not r.passed] == []
    assert len(results) == 3


def test_both_languages_mean_the_same() -> None:
    english, chinese = (Policy.load(path) for path in TOURS)
    assert english.digest == chinese.digest
    assert [t.name for t in english.ir.tests] == [t.name for t in chinese.ir.tests]


def test_it_has_every_block() -> None:
    policy = Policy.load(TOURS[0]).ir
    blocks = (
        policy.calendars, policy.facts, policy.lists, policy.lets, policy.scores, policy.tables, policy.gates,
        policy.disqualify, policy.funnel, policy.goals, policy.declared, policy.route, policy.recall, policy.slas,
        policy.channel_guards, policy.rules, policy.nurtures, policy.attributions, policy.promises, policy.duplicates,
        policy.tests,
    )  # fmt: skip
    assert all(blocks)


def test_a_due_time_is_a_value() -> None:
    """Untouched for 24 work hours from Friday 17:00 (ruling 19, 48, 54)."""
    decision = Policy.load(TOURS[0]).decide(
        {"id": "L3", "owner": "m1", "status": "new", "phone": "13800000001",
         "assigned_at": "2026-11-20 17:00", "created_at": "2026-11-20 16:00"},
        events=[], facts={}, now=datetime(2026, 11, 20, 18),
    )  # fmt: skip
    due = decision.to_dict()["due"]
    assert [d for d in due if d["entry"] == "untouched"] == [
        {"entry": "untouched", "at": "2026-11-25T17:00:00+08:00", "kind": "recall"},
        {"entry": "untouched", "at": "2026-11-25T13:00:00+08:00", "kind": "remind"},
        {"entry": "untouched", "at": "2026-11-25T16:00:00+08:00", "kind": "remind"},
    ]
