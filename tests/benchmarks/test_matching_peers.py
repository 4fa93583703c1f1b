"""The benchmarks of matching: the same answers from durable_rules, by hand and by lowering, as from our sessions."""

from __future__ import annotations

import random
from importlib.util import find_spec
from typing import Any

import pytest
from benchmarks.matching import durable_peer, ours
from benchmarks.matching.guests import NOW, activity, guests, memory

from leadpolicy import Policy

pytestmark = pytest.mark.skipif(find_spec("durable_rules_engine") is None, reason="durable_rules isn't installed")


def test_manners_with_durable_rules() -> None:
    table = guests(16)
    mine, theirs = ours.Manners(), durable_peer.Manners()
    assert len(mine.run(table, 16)) == len(theirs.run(table, 16)) == 16
    assert mine.firings == theirs.firings


def test_a_memory_of_leads_with_durable_rules() -> None:
    data = memory(600, 1200, 200, 200)
    pair = (ours.Leads(), durable_peer.Leads())
    for one in pair:
        one.load(data)
    assert set(pair[0].noted) == set(pair[1].noted)
    luck, people = random.Random(3), [row["id"] for row in data.members]
    for number in range(100):
        row = activity(luck, data.leads, people, 60_000 + number)
        change = luck.choice(data.leads)["id"], luck.choice(("new", "contacted", "won"))
        for one in pair:
            one.activity(row)
            one.status(*change)
    assert set(pair[0].noted) == set(pair[1].noted)
    assert len({rule for rule, _ in pair[0].noted}) == 4


def test_both_by_lowering() -> None:
    data = memory(300, 1500, 40, 120)
    pair = (ours.Leads(), ours.Leads())
    pair[1].session = Policy.load(ours.HERE / "memory.lead").session(now=NOW, matcher="durable-rules")
    for one in pair:
        one.load(data)
    assert pair[0].session.firings == pair[1].session.firings
    assert pair[0].session.concluded() == pair[1].session.concluded()
    mine = ours.Manners()
    seated = mine.run(guests(8), 8), mine.firings
    lowered = Policy.load(ours.HERE / "manners.lead")
    mine._policy = _Lowered(lowered)  # type: ignore[assignment]
    assert (mine.run(guests(8), 8), mine.firings) == seated


class _Lowered:
    """A policy whose sessions durable_rules matches."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy

    def session(self, **given: Any) -> object:
        return self._policy.session(matcher="durable-rules", **given)
