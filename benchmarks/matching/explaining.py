"""What it takes to ask a session why: the memory of leads, the first question after a change and further ones."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from typing import Any

from benchmarks.matching import ours
from benchmarks.matching.guests import memory

_ROUNDS = 3
_QUESTIONS = 20


def _milliseconds(ask: Callable[[], object]) -> float:
    gc.collect()
    start = time.process_time()
    ask()
    return (time.process_time() - start) * 1e3


def figures() -> dict[str, Any]:
    """Milliseconds: `why_not` and `explain` about one lead among 10,000, with 50,000 activities."""
    data = memory()
    keys = [row["id"] for row in data.leads]
    played = ours.Leads()
    played.load(data)
    session = played.session
    session.why_not("not_reached", ("Lead", keys[0]))  # The code that explains is written and compiled once.
    best = dict.fromkeys(("first", "why_not", "explain"), float("inf"))
    for turn in range(_ROUNDS):
        session.update(("Lead", keys[turn]), {"status": "lost" if turn % 2 else "invalid"})
        some = keys[100 * turn + 10 : 100 * turn + 10 + _QUESTIONS]
        spent = {
            "first": _milliseconds(lambda turn=turn: session.why_not("not_reached", ("Lead", keys[turn]))),  # type: ignore[misc]
            "why_not": _milliseconds(
                lambda some=some: [session.why_not("not_reached", ("Lead", key)) for key in some]  # type: ignore[misc]
            )
            / _QUESTIONS,
            "explain": _milliseconds(lambda some=some: [session.explain(key) for key in some]) / _QUESTIONS,  # type: ignore[misc]
        }
        best = {name: min(best[name], spent[name]) for name in best}
    return {
        "explained: ms to ask why not, first after a change": round(best["first"], 1),
        "explained: ms to ask why not, again": round(best["why_not"], 3),
        "explained: ms to explain a lead, once asked": round(best["explain"], 2),
    }
