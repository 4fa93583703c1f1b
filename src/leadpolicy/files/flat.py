"""A decision as one row of a table, for CSV, XLSX and Parquet: the same columns for every lead of a policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal

from leadpolicy.compiler import ir

CellKind = Literal["text", "number"]
_NUMBERS = ("int", "number", "money", "percent")


def flat_columns(policy: ir.Policy) -> dict[str, CellKind]:
    """The columns of a policy's decisions, in order, and what stands in them."""
    columns: dict[str, CellKind] = {"lead": "text", "at": "text"}
    for score in policy.scores:
        for name in (f"score.{score.name}", f"score.{score.name}.low", f"score.{score.name}.high"):
            columns[name] = "number"
    for table in policy.tables:
        for output in table.outputs:
            name = f"table.{table.name}" + (f".{output.name}" if output.name else "")
            number = table.hit != "collect" and output.type.kind in _NUMBERS
            columns[name] = "number" if number else "text"
    for gate in policy.gates:
        columns[f"gate.{gate.name}"] = "text"
        for criterion in gate.criteria:
            columns[f"gate.{gate.name}.{criterion.name}"] = "text"
    if policy.disqualify is not None:
        columns["disqualified"] = "text"
    if policy.funnel is not None:
        columns["stage"] = "text"
    if policy.route is not None:
        for part in ("entry", "kind", "target", "member"):
            columns[f"route.{part}"] = "text"
    rest = ("missing", "ask", "policy.name", "policy.version", "policy.digest")
    return columns | dict.fromkeys(rest, "text")


def flatten(decision: Mapping[str, Any]) -> dict[str, object]:
    """The cells of one decision (its JSON form), by column; several entries in a cell are separated by `; `."""
    cells: dict[str, object] = {"lead": decision["lead"], "at": decision["at"]}
    for name, score in decision.get("scores", {}).items():
        cells[f"score.{name}"] = score["value"]
        cells[f"score.{name}.low"] = score["low"]
        cells[f"score.{name}.high"] = score["high"]
    for name, outcome in decision.get("tables", {}).items():
        _flatten_outcome(cells, f"table.{name}", outcome)
    for name, gate in decision.get("gates", {}).items():
        cells[f"gate.{name}"] = gate["verdict"]
        for criterion, verdict in gate["criteria"].items():
            cells[f"gate.{name}.{criterion}"] = verdict
    if "disqualified" in decision:
        cells["disqualified"] = "; ".join(entry["entry"] for entry in decision["disqualified"])
    if "stage" in decision:
        cells["stage"] = decision["stage"]
    for part, value in decision.get("route", {}).items():
        cells[f"route.{part}"] = value
    missing = decision.get("missing", [])
    cells["missing"] = "; ".join(item["field"] for item in missing)
    cells["ask"] = "; ".join(item["question"] for item in missing if item["question"])
    for part, value in decision["policy"].items():
        cells[f"policy.{part}"] = value
    return cells


def _flatten_outcome(cells: dict[str, object], name: str, outcome: object) -> None:
    if isinstance(outcome, Mapping):
        for output, value in outcome.items():
            cells[f"{name}.{output}"] = value
    elif isinstance(outcome, Sequence) and not isinstance(outcome, str):
        if any(isinstance(item, Mapping) for item in outcome):
            keys = dict.fromkeys(key for item in outcome if isinstance(item, Mapping) for key in item)
            for key in keys:
                cells[f"{name}.{key}"] = _joined(item[key] if item else None for item in outcome)
        else:
            cells[name] = _joined(outcome)
    else:
        cells[name] = outcome


def _joined(items: Any) -> str:
    """A collected list; a last null, which says that there may be more, is printed as `?`."""
    return "; ".join("?" if item is None else cell_text(item) for item in items)


def cell_text(value: object) -> str:
    """A cell as text: numbers without exponent or trailing zeros, nothing as the empty text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        text = format(value, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(value, list | tuple):
        return "; ".join(cell_text(item) for item in value)
    return str(value)
