"""The realistic policy, one lead at a time: leadpolicy, hand-written code and peers in alternating rounds.

Answers are compared lead by lead first: a difference stops the measurement. Peers that aren't installed are said to
be so; slow ones decide fewer leads a round.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module, metadata
from typing import Any

from benchmarks.realistic import by_hand, by_hand_objects, leads, ours

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
HAND, HAND_OBJECTS = "hand-written", "hand-written, objects"
MILLION = 1_000_000
Decide = Callable[[Any], Any]
Run = tuple[Callable[[Sequence[Any]], None], Sequence[Any]]
"""A loop over leads, and the leads."""


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
    objects = [by_hand_objects.Lead(**row) for row in rows]
    policy = ours.load()
    want = [by_hand.decide(row) for row in rows]
    decide = policy.decide
    _compare("leadpolicy", lambda row: ours.answer(decide(row, now=ours.NOW)), rows, want)
    _compare("leadpolicy, objects", lambda one: ours.answer(decide(one, now=ours.NOW)), objects, want)
    _compare("hand-written, objects", by_hand_objects.decide, objects, want)
    _compare("the reference interpreter", lambda row: ours.interpreted(policy, row), rows[: SAMPLE // 10], want)
    found: dict[str, Any] = {"leads": len(rows)}
    runs: dict[str, Run] = {
        HAND: (partial(_each, by_hand.decide), rows),
        "leadpolicy, decision": (partial(ours.decided, policy), rows),
        "leadpolicy, decide_many": (partial(ours.decided_many, policy), rows),
        "leadpolicy, decision read out": (partial(ours.read_out, policy), rows),
        "leadpolicy, with low, high, missing": (partial(ours.with_bounds, policy), rows),
        "leadpolicy, with low, high, missing, nothing remembered": (partial(ours.with_bounds_anew, policy), rows),
        "leadpolicy, with full reasons": (partial(ours.with_reasons, policy), rows),
        "leadpolicy, with full reasons, listed": (partial(ours.with_listed_reasons, policy), rows),
        "leadpolicy, with full reasons, as text": (partial(ours.with_reasons_as_text, policy), rows),
        HAND_OBJECTS: (partial(_each, by_hand_objects.decide), objects),
        "leadpolicy, decision, objects": (partial(ours.decided, policy), objects),
    }
    for title, name in PEERS.items():
        peer = installed(name)
        if peer is None:
            found[title] = "not installed"
            continue
        _compare(title, peer[0], rows[:SAMPLE], want)
        runs[f"{title} {peer[1]}"] = (partial(_each, peer[0]), rows[:SAMPLE])
    return found | _measured(runs)


def million() -> dict[str, Any]:
    """A million dicts, one after the other, by hand and by `decide_many`; how many reached each stage is counted."""
    rows = leads.leads(MILLION)
    policy = ours.load()

    def hand() -> Counter[str | None]:
        decide = by_hand.decide
        return Counter([decide(row)[4] for row in rows])

    def many() -> Counter[str | None]:
        return Counter([decision.stage for decision in policy.decide_many(rows, now=ours.NOW)])

    if hand() != many():
        raise DifferentAnswersError("a million dicts: the stages differ")
    best = [float("inf"), float("inf")]
    for _ in range(3):
        for at, run in enumerate((hand, many)):
            start = time.perf_counter()
            run()
            best[at] = min(best[at], time.perf_counter() - start)
    return {
        "hand-written loop, ms": round(best[0] * 1e3),
        "decide_many, ms": round(best[1] * 1e3),
        "ratio": round(best[1] / best[0], 2),
    }


def _each(decide: Decide, rows: Sequence[Any]) -> None:
    for row in rows:
        decide(row)


def _compare(title: str, decided: Decide, rows: Sequence[Any], want: Sequence[Any]) -> None:
    for row, answer in zip(rows, want, strict=False):
        if tuple(decided(row)) != answer:
            raise DifferentAnswersError(f"{title} decides {decided(row)} where {answer} is right: {row}")


def _measured(runs: dict[str, Run]) -> dict[str, str]:
    """Alternating rounds, the best of each; a slow one is left out of further rounds after two."""
    best = dict.fromkeys(runs, float("inf"))
    for number in range(ROUNDS):
        for title, (run, rows) in runs.items():
            if number >= 2 and best[title] > 50e-6:
                continue
            start = time.perf_counter()
            run(rows)
            best[title] = min(best[title], (time.perf_counter() - start) / len(rows))
    shown = {}
    for title, seconds in best.items():
        hand = best[HAND_OBJECTS if title.endswith(", objects") else HAND]
        shown[title] = f"{seconds * 1e6:.2f} µs, ratio {seconds / hand:.2f}"
    return shown
