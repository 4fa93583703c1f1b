"""rule-engine (Python): compiled expressions; one for each value, as it has no lists of results that nest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.peers.expressions import choice, limits, score
from benchmarks.realistic.by_hand import Answer
from benchmarks.realistic.spec import BANT, ROUTE, STAGE, Atom

PACKAGE = "rule-engine"
_PICK = "({0} ? {1} : {2})"


def make() -> Callable[[dict[str, Any]], Answer]:
    """Compile the rules."""
    import rule_engine

    context = rule_engine.Context(default_value=None)
    fit_of, intent_of = (
        rule_engine.Rule(score(n, _atom, " and ", _PICK), context=context) for n in ("fit", "intent")
    )
    bant_of, stage_of, route_of = (
        rule_engine.Rule(choice(cases, _atom, " and ", _PICK, None, _literal), context=context)
        for cases in (BANT, STAGE, ROUTE)
    )
    (low, high), (least, most) = limits("fit"), limits("intent")

    def decide(lead: dict[str, Any]) -> Answer:
        fit = max(low, min(high, int(fit_of.evaluate(lead))))
        intent = max(least, min(most, int(intent_of.evaluate(lead))))
        bant = bant_of.evaluate(lead)
        more = {**lead, "total": fit + intent, "bant": bant}
        return fit, intent, fit + intent, bant, stage_of.evaluate(more), route_of.evaluate(more)

    return decide


def _literal(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return f'"{value}"' if isinstance(value, str) else str(value)


def _atom(atom: Atom) -> str:
    field, op, value = atom
    if op == "in":
        return f"({field} in [{', '.join(map(_literal, value))}])"
    if op == "==":
        return f"({field} == {_literal(value)})"
    return f"({field} != null and {field} {op} {_literal(value)})"
