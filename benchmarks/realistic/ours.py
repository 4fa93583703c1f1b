"""The realistic policy as leadpolicy decides it."""

from __future__ import annotations

from collections.abc import Sequence
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


# ── Loops that are measured: written out, as the hand-written function's is ──


def decided(policy: Policy, rows: Sequence[Any]) -> None:
    """Decide each lead."""
    decide = policy.decide
    for row in rows:
        decide(row, now=NOW)


def decided_many(policy: Policy, rows: Sequence[Any]) -> None:
    """Decide all leads."""
    for _ in policy.decide_many(rows, now=NOW):
        pass


def read_out(policy: Policy, rows: Sequence[Any]) -> None:
    """Decide each lead and read the decision out."""
    for row in rows:
        answer(policy.decide(row, now=NOW))


def with_bounds(policy: Policy, rows: Sequence[Any]) -> None:
    """Decide each lead; the ends of all scores, and what is missing."""
    decide = policy.decide
    for row in rows:
        decision = decide(row, now=NOW)
        for score in decision.scores.values():
            score.low  # noqa: B018
            score.high  # noqa: B018
        decision.missing  # noqa: B018


def with_reasons(policy: Policy, rows: Sequence[Any]) -> None:
    """Decide each lead, with all reasons."""
    decide = policy.decide
    for row in rows:
        decide(row, now=NOW).why()


def with_bounds_anew(policy: Policy, rows: Sequence[Any]) -> None:
    """`with_bounds`, with nothing remembered of what other leads were missing."""
    told = policy.program.later.get()
    for row in rows:
        told.answers.clear()
        told.missing.clear()
        with_bounds(policy, (row,))


def with_listed_reasons(policy: Policy, rows: Sequence[Any]) -> None:
    """Decide each lead; every reason as an object."""
    decide = policy.decide
    for row in rows:
        list(decide(row, now=NOW).why())


def with_reasons_as_text(policy: Policy, rows: Sequence[Any]) -> None:
    """Decide each lead; all reasons as a text for people."""
    decide = policy.decide
    for row in rows:
        str(decide(row, now=NOW).why())
