"""GoRules ZEN (zen-engine), decision tables, which is what its users draw: a collecting table for each score, and
tables of which the first row counts for BANT, stage and route. Cells are written in the short form where it has one.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from typing import Any

from benchmarks.realistic.by_hand import Answer
from benchmarks.realistic.spec import BANT, FIT, INTENT, LIMITS, ROUTE, STAGE, Case

PACKAGE = "zen-engine"


def make() -> Callable[[dict[str, Any]], Answer]:
    """Load the decision."""
    import zen

    tables = [
        _table(f"{name}_points", rows(entries), "collect") for name, entries in (("fit", FIT), ("intent", INTENT))
    ]
    sums = {
        name: f"max([{least}, min([{most}, sum(map({name}_rows, #.{name}_points))])])"
        for name, (least, most) in LIMITS.items()
    }
    steps = [*tables, _table("bant", BANT), _sums("sums", sums), _sums("sum", {"total": "fit + intent"})]
    steps += [_table("stage", STAGE), _table("route", ROUTE)]
    names = ["in", *(step["id"] for step in steps), "out"]
    nodes = [
        {"id": "in", "name": "in", "type": "inputNode"},
        *steps,
        {"id": "out", "name": "out", "type": "outputNode"},
    ]
    edges = [{"id": f"{a}-{b}", "sourceId": a, "targetId": b, "type": "edge"} for a, b in itertools.pairwise(names)]
    # Compiled once, and found by the engine: a decision made from text compiles it at each call.
    content = zen.ZenDecisionContent(json.dumps({"nodes": nodes, "edges": edges}))
    engine = zen.ZenEngine({"loader": lambda key: content})

    def decide(lead: dict[str, Any]) -> Answer:
        found = engine.evaluate("lead", lead)["result"]
        return found["fit"], found["intent"], found["total"], found["bant"], found.get("stage"), found["route"]

    return decide


def _sums(name: str, values: dict[str, str]) -> dict[str, Any]:
    shown = [{"id": f"{name}-{key}", "key": key, "value": text} for key, text in values.items()]
    return {
        "id": name, "name": name, "type": "expressionNode", "content": {"expressions": shown, "passThrough": True},
    }  # fmt: skip


def rows(entries: list[list[Case]]) -> list[Case]:
    """Every case of every entry, each with what keeps out the cases before it: all rows that hold are collected."""
    found: list[Case] = []
    for cases in entries:
        before: list[Any] = []
        for (atom,), points in cases:
            found.append(([atom, *before], points))
            if atom[1] in _OPPOSITE:
                before = [(atom[0], _OPPOSITE[atom[1]], atom[2])]
    return found


_OPPOSITE = {">=": "<", ">": "<=", "<=": ">"}


def _table(name: str, cases: list[Case], policy: str = "first") -> dict[str, Any]:
    fields = list(dict.fromkeys(field for atoms, _ in cases for field, _, _ in atoms))
    rules = []
    for i, (atoms, value) in enumerate(cases):
        row = {"_id": f"{name}{i}", "o": json.dumps(value)}
        for field in fields:
            row[field] = " and ".join(_cell(op, v) for f, op, v in atoms if f == field)
        rules.append(row)
    content = {
        "hitPolicy": policy,
        "inputs": [{"id": field, "name": field, "field": field} for field in fields],
        "outputs": [{"id": "o", "name": name, "field": name}],
        "rules": rules,
        "passThrough": True,
    }
    if policy == "collect":
        content["outputPath"] = name.replace("points", "rows")
    return {"id": f"t_{name}", "name": name, "type": "decisionTableNode", "content": content}


def _cell(op: str, value: Any) -> str:
    if op == "in":
        return ", ".join(map(json.dumps, value))
    if op == "==":
        return json.dumps(value)
    return f"$ != null and $ {op} {json.dumps(value)}" if op == "!=" else f"{op} {json.dumps(value)}"
