"""The realistic policy, one lead at a time: leadpolicy, hand-written code and peers in alternating rounds.

Answers are compared lead by lead first: a difference stops the measurement. Peers that aren't installed are said to
be so; slow ones decide fewer leads a round.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from importlib import import_module, metadata
from typing import Any

from benchmarks.realistic import by_hand, leads, ours

ROUNDS = 7
SAMPLE = 2_000
"""So many leads are decided in a round by peers, and compared with the reference interpreter: a tenth of it."""
PEERS = {
    "JSONLogic in Rust (datalogic-py)": "json_logic",
    "GoRules ZEN, compiled expressions (zen-engine)": "zen_expressions",
    "GoRules ZEN, decision tables (zen-engine)": "zen_tables",
    "CEL in Rust (common-expression-language)": "cel_rust",
    "CLIPS (clipspy)": "clips_rules",
    "durable_rules": "durable_rules_python",
    "business-rules": "business_rules_python",
    "rule-engine": "rule_engine_python",
}
Decide = Callable[[dict[str, Any]], Any]


class DifferentAnswersError(Exception):
    """Two that are measured don't decide alike; what is slower doesn't matter then."""


def installed(name: str) -> tuple[Decide, str] | None:
    """A peer's function and its version, or None where it isn't installed."""
    module = import_module(f"benchmarks.peers.{name}")
    try:
        return module.make(), metadata.version(module.PACKAGE)
    except ImportError:
        return None


def figures() -> dict[str, Any]:
    """µs a lead and the ratio to hand-written, by who decides."""
    rows = leads.leads()
    policy = ours.load()
    want = [by_hand.decide(row) for row in rows]
    decide = policy.program.decide
    _compare("leadpolicy", lambda row: ours.answer(decide(row, now=ours.NOW)), rows, want)
    _compare("the reference interpreter", lambda row: ours.interpreted(policy, row), rows[: SAMPLE // 10], want)
    found: dict[str, Any] = {"leads": len(rows)}
    runs: dict[str, tuple[Decide, list[dict[str, Any]]]] = {
        "hand-written": (by_hand.decide, rows),
        "leadpolicy, decision": (lambda row: decide(row, now=ours.NOW), rows),
        "leadpolicy, decision read out": (lambda row: ours.answer(decide(row, now=ours.NOW)), rows),
        "leadpolicy, with low, high, missing": (lambda row: _bounds(decide(row, now=ours.NOW)), rows),
        "leadpolicy, with full reasons": (lambda row: decide(row, now=ours.NOW).why(), rows),
    }
    for title, name in PEERS.items():
        peer = installed(name)
        if peer is None:
            found[title] = "not installed"
            continue
        _compare(title, peer[0], rows[:SAMPLE], want)
        runs[f"{title} {peer[1]}"] = (peer[0], rows[:SAMPLE])
    return found | _measured(runs)


def _compare(title: str, decided: Decide, rows: list[dict[str, Any]], want: list[Any]) -> None:
    for row, answer in zip(rows, want, strict=False):
        if tuple(decided(row)) != answer:
            raise DifferentAnswersError(f"{title} decides {decided(row)} where {answer} is right: {row}")


def _bounds(decision: Any) -> object:
    return [(score.low, score.high) for score in decision.scores.values()], decision.missing


def _measured(runs: dict[str, tuple[Decide, list[dict[str, Any]]]]) -> dict[str, str]:
    """Alternating rounds, the best of each; a slow one is left out of further rounds after two."""
    best = dict.fromkeys(runs, float("inf"))
    for number in range(ROUNDS):
        for title, (decided, rows) in runs.items():
            if number >= 2 and best[title] > 50e-6:
                continue
            start = time.perf_counter()
            for row in rows:
                decided(row)
            best[title] = min(best[title], (time.perf_counter() - start) / len(rows))
    hand = best["hand-written"]
    return {title: f"{seconds * 1e6:.2f} µs, ratio {seconds / hand:.2f}" for title, seconds in best.items()}
