"""GoRules ZEN (zen-engine), compiled expressions: two of them, scores and BANT first, then stage and route.

The same in expression nodes of a decision takes two to three times as long.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from benchmarks.peers.expressions import choice, limits, score
from benchmarks.realistic.by_hand import Answer
from benchmarks.realistic.spec import BANT, ROUTE, STAGE, Atom

PACKAGE = "zen-engine"
_PICK = "{0} ? {1} : ({2})"


def make() -> Callable[[dict[str, Any]], Answer]:
    """Compile the expressions."""
    import zen

    first = zen.compile_expression(_object([*(_score(n) for n in ("fit", "intent")), ("bant", _choice(BANT))]))
    second = zen.compile_expression(_object([("stage", _choice(STAGE)), ("route", _choice(ROUTE))]))

    def decide(lead: dict[str, Any]) -> Answer:
        found = first.evaluate(lead)
        fit, intent, bant = int(found["fit"]), int(found["intent"]), found["bant"]
        last = second.evaluate({**lead, "total": fit + intent, "bant": bant})
        return fit, intent, fit + intent, bant, last["stage"], last["route"]

    return decide


def _object(expressions: list[tuple[str, str]]) -> str:
    return "{" + ", ".join(f"{key}: {text}" for key, text in expressions) + "}"


def _score(name: str) -> tuple[str, str]:
    least, most = limits(name)
    return name, f"max([{least}, min([{most}, {score(name, _atom, ' and ', _PICK)}])])"


def _choice(cases: list[Any]) -> str:
    return choice(cases, _atom, " and ", _PICK, None, json.dumps)


def _atom(atom: Atom) -> str:
    field, op, value = atom
    if op == "in":
        return f"{field} in {json.dumps(value)}"
    if op == "==":
        return f"{field} == {json.dumps(value)}"
    return f"{field} != null and {field} {op} {json.dumps(value)}"
