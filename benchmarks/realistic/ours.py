"""The realistic policy as leadpolicy decides it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.realistic.by_hand import Answer
from leadpolicy import Policy
from leadpolicy.compiler import interpreter

NOW = datetime(2026, 11, 24, tzinfo=UTC)
PATH = Path(__file__).with_name("policy.lead")


def load() -> Policy:
    """The policy, compiled."""
    return Policy.load(PATH)


def answer(decision: Any) -> Answer:
    """What is compared."""
    scores = decision.scores
    return (
        int(scores["fit"].value), int(scores["intent"].value), int(scores["total"].value),
        decision.gates["bant"].verdict, decision.stage, decision.route.entry,
    )  # fmt: skip


def interpreted(policy: Policy, lead: dict[str, Any]) -> Answer:
    """The same from the reference interpreter."""
    decided: Any = interpreter.run(policy.ir, lead, now=NOW).decision()
    scores = decided["scores"]
    return (
        *(int(scores[name]["value"]) for name in ("fit", "intent", "total")),
        decided["gates"]["bant"]["verdict"], decided["stage"], decided["route"]["entry"],
    )  # type: ignore[return-value]  # fmt: skip
