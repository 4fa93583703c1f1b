"""Decisions of the evaluator as rows of a frame: where columns don't say what is wanted."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from leadpolicy.compiler import ir
from leadpolicy.files.flat import cell_text, flat_columns, flatten
from leadpolicy.frames.wanted import groups

if TYPE_CHECKING:
    from datetime import datetime

    import polars as pl

    from leadpolicy.engine.decision import Decision
    from leadpolicy.engine.intake import FactBase
    from leadpolicy.engine.program import Program


class Rows:
    """Decides lead by lead. `types`: of numbers, whether they are whole; texts are not in it."""

    def __init__(self, policy: ir.Policy, program: Program) -> None:
        self._program = program
        self._groups = groups(policy)
        self.types = _number_types(policy, program)

    def decide(self, lead: Mapping[str, Any], base: FactBase | None, now: datetime) -> Decision:
        """One decision; InputError where the lead can't be read."""
        return self._program.decide(dict(lead), facts=base, now=now)

    def cells(self, decision: Decision, columns: tuple[str, ...]) -> tuple[Any, ...]:
        """The cells of a decision: numbers, and texts; what is empty is null."""
        wanted = {self._groups[name] for name in columns}
        printed = decision.to_dict() if wanted & {"bounds", "missing", "at", "lead"} else _printed(decision)
        found = flatten(printed)
        return tuple(self._cell(name, found.get(name)) for name in columns)

    def _cell(self, name: str, value: object) -> object:
        if name in self.types:
            if value is None:
                return None
            return int(value) if self.types[name] else Decimal(str(value))  # type: ignore[call-overload]
        return cell_text(value) or None

    def frame(self, cells: list[tuple[Any, ...]], columns: tuple[str, ...]) -> pl.DataFrame:
        """Rows as a frame."""
        import polars as pl

        data = list(zip(*cells, strict=True)) if cells else [() for _ in columns]
        return pl.DataFrame(
            [
                pl.Series(name, list(values), dtype=self.dtype(name))
                for name, values in zip(columns, data, strict=True)
            ]
        )

    def dtype(self, name: str) -> pl.DataType:
        """The type of a column."""
        import polars as pl

        if name not in self.types:
            return pl.String()
        return pl.Int64() if self.types[name] else pl.Decimal(38, 6)


def _printed(decision: Decision) -> dict[str, Any]:
    """A decision's parts that are worked out at once, as JSON has them."""
    printed: dict[str, Any] = {
        "lead": None,
        "at": None,
        "policy": {},
        "scores": {name: {"value": one.value, "low": None, "high": None} for name, one in decision.scores.items()},
        "tables": dict(decision.tables),
        "gates": {n: {"verdict": one.verdict, "criteria": one.criteria} for n, one in decision.gates.items()},
        "disqualified": [{"entry": one.entry} for one in decision.disqualified],
        "stage": decision.stage,
    }
    route = decision.route
    if route is not None:
        printed["route"] = route._asdict()
    return printed


def _number_types(policy: ir.Policy, program: Program) -> dict[str, bool]:
    """By column that holds numbers: whether all of them are whole."""
    found: dict[str, bool] = {}
    for score, declared in zip(policy.scores, program.policy.scores, strict=True):
        for name in (f"score.{score.name}", f"score.{score.name}.low", f"score.{score.name}.high"):
            found[name] = not declared.scaled
    numbers = {name for name, kind in flat_columns(policy).items() if kind == "number"}
    for table in policy.tables:
        for output in table.outputs:
            name = f"table.{table.name}" + (f".{output.name}" if output.name else "")
            if name in numbers:
                found[name] = output.type.kind == "int"
    return found
