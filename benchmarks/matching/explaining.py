"""What it takes to ask a session why: the memory of leads, the first question after a change and further ones."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from typing import Any

from benchmarks.matching import ours
from benchmarks.matching.guests import memory
from leadpolicy import Session

_ROUNDS = 3
_QUESTIONS = 20


def _milliseconds(ask: Callable[[Session, list[str]], None], session: Session, leads: list[str]) -> float:
    gc.collect()
    start = time.process_time()
    ask(session, leads)
    return (time.process_time() - start) * 1e3


def _why_not(session: Session, leads: list[str]) -> None:
    for lead in leads:
        session.why_not("not_reached", ("Lead", lead))


def _explain(session: Session, leads: list[str]) -> None:
    for lead in leads:
        session.explain(lead)


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
            "first": _milliseconds(_why_not, session, keys[turn : turn + 1]),
            "why_not": _milliseconds(_why_not, session, some) / _QUESTIONS,
            "explain": _milliseconds(_explain, session, some) / _QUESTIONS,
        }
        best = {name: min(best[name], spent[name]) for name in best}
    return {
        "explained: ms to ask why not, first after a change": round(best["first"], 1),
        "explained: ms to ask why not, again": round(best["why_not"], 3),
        "explained: ms to explain a lead, once asked": round(best["explain"], 2),
    }
