"""durable_rules beside our sessions, by hand and by lowering: a part of `python -m benchmarks matching`.

Alternating runs in one process, best of several; answers are compared in `tests/benchmarks/test_matching_peers.py`.
Sizes are small: what durable_rules takes grows faster than what there is.
"""

from __future__ import annotations

import gc
import random
import time
from collections.abc import Callable
from typing import Any

from benchmarks.matching import durable_peer, ours
from benchmarks.matching.guests import NOW, activity, guests, memory
from leadpolicy import Policy

_CHANGES = 300
NAMES = ("ours", "durable_rules, by hand", "durable_rules, by lowering")


def seconds(work: Callable[[], object]) -> float:
    """Processor time: others may be at work on the machine."""
    gc.collect()
    start = time.process_time()
    work()
    return time.process_time() - start


class _LoweredManners(ours.Manners):
    """Our policy, matched by durable_rules."""

    def __init__(self) -> None:
        super().__init__()
        policy = self._policy
        self._policy = _Lowered(policy)  # type: ignore[assignment]


class _Lowered:
    def __init__(self, policy: Policy) -> None:
        self._policy = policy

    def session(self, **given: Any) -> object:
        return self._policy.session(matcher="durable-rules", **given)


class _LoweredLeads(ours.Leads):
    def __init__(self) -> None:
        self.session = Policy.load(ours.HERE / "memory.lead").session(now=NOW, matcher="durable-rules")


def manners(number: int, rounds: int = 3) -> dict[str, float]:
    """Miss Manners: seconds each."""
    table = guests(number)
    players = (ours.Manners(), durable_peer.Manners(), _LoweredManners())
    best = [float("inf")] * 3
    for _ in range(rounds):
        for i, one in enumerate(players):
            best[i] = min(best[i], seconds(lambda one=one: one.run(table, number)))  # type: ignore[misc]
    return dict(zip(NAMES, best, strict=True))


def leads(number: int = 2_000, rounds: int = 2) -> dict[str, dict[str, float]]:
    """The memory of leads: seconds for loading, and for an activity and a status more."""
    data = memory(number, 5 * number, 200, 3 * number // 10)
    people = [row["id"] for row in data.members]
    found = {what: dict.fromkeys(NAMES, float("inf")) for what in ("load", "insert", "update")}
    for _ in range(rounds):
        pair = zip(NAMES, (ours.Leads(), durable_peer.Leads(), _LoweredLeads()), strict=True)
        for name, one in pair:
            luck = random.Random(3)
            rows = [activity(luck, data.leads, people, 60_000 + i) for i in range(_CHANGES)]
            changes = [(luck.choice(data.leads)["id"], luck.choice(("new", "contacted"))) for _ in range(_CHANGES)]
            spent = {
                "load": seconds(lambda one=one: one.load(data)),  # type: ignore[misc]
                "insert": seconds(lambda one=one, rows=rows: [one.activity(row) for row in rows]) / _CHANGES,  # type: ignore[misc]
                "update": seconds(lambda one=one, all_=changes: [one.status(*c) for c in all_]) / _CHANGES,  # type: ignore[misc]
            }
            for what, time_spent in spent.items():
                found[what][name] = min(found[what][name], time_spent)
    return found


def figures() -> dict[str, Any]:
    """Milliseconds or microseconds each, and how many times ours."""
    report = {f"Miss Manners, {number} guests": manners(number) for number in (16, 32)}
    report |= {f"2,000 leads: {what}": spent for what, spent in leads().items()}
    found: dict[str, Any] = {}
    for title, spent in report.items():
        for name, time_spent in spent.items():
            shown = f"{time_spent * 1e3:.1f} ms" if time_spent > 1e-3 else f"{time_spent * 1e6:.1f} µs"
            found[f"{title}, {name}"] = f"{shown}, × {time_spent / spent[NAMES[0]]:.1f}"
    return found
