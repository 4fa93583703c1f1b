"""CEL in Rust (common-expression-language): two compiled programs, scores and BANT first, then stage and route.

CEL names no values inside an expression. A missing field is null in a context that has all fields, which is cheaper
than asking `has` of each.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from benchmarks.peers.expressions import choice, limits, score
from benchmarks.realistic.by_hand import Answer
from benchmarks.realistic.spec import BANT, FIELDS, ROUTE, STAGE, Atom

PACKAGE = "common-expression-language"
_PICK = "{0} ? {1} : {2}"


def make() -> Callable[[dict[str, Any]], Answer]:
    """Compile the programs."""
    import cel

    points = ", ".join(f"({score(name, _atom, ' && ', _PICK)})" for name in ("fit", "intent"))
    first = cel.compile(f"[{points}, {_choice(BANT)}]")
    second = cel.compile(f"[{_choice(STAGE)}, {_choice(ROUTE)}]")
    nothing = dict.fromkeys(FIELDS)
    (low, high), (least, most) = limits("fit"), limits("intent")

    def decide(lead: dict[str, Any]) -> Answer:
        known = {**nothing, **lead}
        fit, intent, bant = first.execute(known)
        # CEL has no min and max: the limits are put on here.
        fit, intent = max(low, min(high, fit)), max(least, min(most, intent))
        known["total"], known["bant"] = fit + intent, bant
        stage, route = second.execute(known)
        return fit, intent, fit + intent, bant, stage, route

    return decide


def _choice(cases: list[Any]) -> str:
    return choice(cases, _atom, " && ", _PICK, None, json.dumps)


def _atom(atom: Atom) -> str:
    field, op, value = atom
    if op == "in":
        return f"{field} in {json.dumps(value)}"
    if op == "==":
        return f"{field} == {json.dumps(value)}"
    return f"{field} != null && {field} {op} {json.dumps(value)}"
