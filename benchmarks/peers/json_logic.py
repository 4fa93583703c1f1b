"""JSONLogic in Rust (datalogic-py): two compiled rules, scores and BANT first, then stage and route from them.

JSONLogic names no values inside a rule, so the second one gets the first one's results beside the lead. Leads go in
as dicts, which the binding says is faster than JSON.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.realistic.by_hand import Answer
from benchmarks.realistic.spec import BANT, FIT, INTENT, LIMITS, ROUTE, STAGE, Atom, Case

PACKAGE = "datalogic-py"


def make() -> Callable[[dict[str, Any]], Answer]:
    """Compile the rules."""
    from datalogic_py import Engine

    engine = Engine()
    first = engine.compile([_score(FIT, *LIMITS["fit"]), _score(INTENT, *LIMITS["intent"]), _choice(BANT)])
    second = engine.compile([_choice(STAGE), _choice(ROUTE)])

    def decide(lead: dict[str, Any]) -> Answer:
        fit, intent, bant = first.evaluate(lead)
        total = fit + intent
        stage, route = second.evaluate({**lead, "total": total, "bant": bant})
        return fit, intent, total, bant, stage, route

    return decide


def _score(entries: list[list[Case]], least: int, most: int) -> Any:
    return {"max": [least, {"min": [most, {"+": [_choice([*cases, ([], 0)]) for cases in entries]}]}]}


def _choice(cases: list[Case]) -> Any:
    parts: list[Any] = []
    for atoms, value in cases:
        parts += [_all(atoms), value] if atoms else [value]
    return {"if": parts}


def _all(atoms: list[Atom]) -> Any:
    shown = [part for atom in atoms for part in _atom(atom)]
    return shown[0] if len(shown) == 1 else {"and": shown}


def _atom(atom: Atom) -> list[Any]:
    field, op, value = atom
    var = {"var": field}
    known = {"!==": [var, None]}
    if op == "in":
        return [{"in": [var, value]}]
    if op == "==":
        return [{"===": [var, value]}]
    if op == "!=":
        return [known, {"!==": [var, value]}]
    # A missing value counts as 0, which matters where 0 would do.
    return [known, {op: [var, value]}] if op in ("<=", "<") or value <= 0 else [{op: [var, value]}]
