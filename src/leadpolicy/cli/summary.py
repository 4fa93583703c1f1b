"""What `lead run` counts while it decides; `summary_view` prints it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from leadpolicy.compiler.wording import term
from leadpolicy.engine.json_text import dumps
from leadpolicy.files.flat import cell_text
from leadpolicy.files.problems import BadRow

if TYPE_CHECKING:
    import polars

    from leadpolicy.compiler import ir
    from leadpolicy.engine.missing import Missing

KEPT_BAD_ROWS = 20
Route = tuple[str | None, str, str | None]


@dataclass
class Range:
    """The values of one score: least, most and mean."""

    least: Decimal | int
    most: Decimal | int
    total: Decimal | int = 0
    leads: int = 0

    def add(self, value: Decimal | int) -> None:
        """Take in one value."""
        self.least, self.most = min(self.least, value), max(self.most, value)
        self.total += value
        self.leads += 1

    @property
    def mean(self) -> Decimal:
        """The mean, to two places."""
        return round(Decimal(self.total) / self.leads, 2)


@dataclass
class Summary:
    """The counts of one run."""

    read: int = 0
    decided: int = 0
    repeated: int = 0
    bad: int = 0
    """Rows that could not be decided; a row may have several mistakes."""
    bad_rows: list[BadRow] = field(default_factory=list)
    """The first mistakes, for the screen; all of them are in the `--errors` file."""
    mistakes: int = 0
    at: str | None = None
    scores: dict[str, Range] = field(default_factory=dict)
    tables: dict[str, Counter[str]] = field(default_factory=dict)
    gates: dict[str, Counter[str]] = field(default_factory=dict)
    disqualified: Counter[str] = field(default_factory=Counter)
    stages: Counter[str | None] = field(default_factory=Counter)
    routes: Counter[Route] = field(default_factory=Counter)
    missing: Counter[str] = field(default_factory=Counter)
    questions: dict[str, str | None] = field(default_factory=dict)

    def add_bad(self, mistakes: list[BadRow]) -> None:
        """Count a row that could not be decided."""
        self.bad += 1
        self.mistakes += len(mistakes)
        self.bad_rows.extend(mistakes[: max(KEPT_BAD_ROWS - len(self.bad_rows), 0)])

    def add_missing(self, missing: Iterable[Missing]) -> None:
        """Count what is missing of a lead."""
        for item in missing:
            self.missing[item.field] += 1
            self.questions.setdefault(item.field, item.question)

    def add_frame(self, frame: polars.DataFrame, policy: ir.Policy) -> None:
        """Count decisions in a frame (all its columns), but for what is missing."""
        if not frame.height:
            return
        self.decided += frame.height
        self.at = frame.get_column("at")[0]
        for score in policy.scores:
            column = frame.get_column(f"score.{score.name}")
            least, most, total = _number(column.min()), _number(column.max()), _number(column.sum())
            known = self.scores.setdefault(score.name, Range(least, most))
            known.least, known.most = min(known.least, least), max(known.most, most)
            known.total += total
            known.leads += frame.height
        for table in policy.tables:
            for (outcome,), number in _counted(frame, [f"table.{table.name}"]):
                self.tables.setdefault(table.name, Counter())[_outcome(outcome)] += number
        for gate in policy.gates:
            for (verdict,), number in _counted(frame, [f"gate.{gate.name}"]):
                self.gates.setdefault(gate.name, Counter())[str(verdict)] += number
        if policy.disqualify is not None:
            for (entries,), number in _counted(frame, ["disqualified"]):
                for entry in [] if entries is None else str(entries).split("; "):
                    self.disqualified[entry] += number
            left = frame.filter(frame.get_column("disqualified").is_null())
        else:
            left = frame
        if policy.funnel is not None:
            for (reached,), number in _counted(left, ["stage"]):
                self.stages[reached] += number
        if policy.route is not None:
            columns = [f"route.{part}" for part in ("entry", "kind", "target", "member")]
            for (name, kind, target, member), number in _counted(frame, columns):
                self.routes[name, str(kind), None if member is not None else target] += number

    def add(self, decision: Mapping[str, Any]) -> None:
        """Count a decision (its JSON form)."""
        self.decided += 1
        self.at = decision["at"]
        for name, score in decision.get("scores", {}).items():
            value = score["value"]
            if name not in self.scores:
                self.scores[name] = Range(value, value)
            self.scores[name].add(value)
        for name, outcome in decision.get("tables", {}).items():
            self.tables.setdefault(name, Counter())[_outcome(outcome)] += 1
        for name, gate in decision.get("gates", {}).items():
            self.gates.setdefault(name, Counter())[gate["verdict"]] += 1
        disqualified = decision.get("disqualified", ())
        self.disqualified.update(entry["entry"] for entry in disqualified)
        if "stage" in decision and not disqualified:
            self.stages[decision["stage"]] += 1
        if "route" in decision:
            route = decision["route"]
            target = None if route["member"] is not None else route["target"]
            self.routes[route["entry"], route["kind"], target] += 1
        for item in decision.get("missing", ()):
            self.missing[item["field"]] += 1
            self.questions.setdefault(item["field"], item["question"])

    def to_dict(self) -> dict[str, object]:
        """As `--format json` prints it."""
        return {
            "leads": {
                "read": self.read,
                "decided": self.decided,
                "bad": self.bad,
                "repeated": self.repeated,
            },
            "at": self.at,
            "scores": {n: {"least": s.least, "mean": s.mean, "most": s.most} for n, s in self.scores.items()},
            "tables": {name: dict(counts.most_common()) for name, counts in self.tables.items()},
            "gates": {name: dict(counts.most_common()) for name, counts in self.gates.items()},
            "disqualified": dict(self.disqualified.most_common()),
            "stages": [{"stage": stage, "leads": n} for stage, n in self.stages.most_common()],
            "routes": [
                {"entry": entry, "kind": kind, "target": target, "leads": n}
                for (entry, kind, target), n in self.routes.most_common()
            ],
            "missing": [
                {"field": name, "question": self.questions[name], "leads": n}
                for name, n in self.missing.most_common()
            ],
            "mistakes": self.mistakes,
            "bad_rows": [bad.to_dict() for bad in self.bad_rows],
        }


def _number(value: object) -> Decimal | int:
    """A number as decisions have it: an int where it is whole."""
    if isinstance(value, Decimal) and value != value.to_integral_value():
        return Decimal(cell_text(value))
    return int(value)  # type: ignore[call-overload, no-any-return]


def _counted(frame: polars.DataFrame, columns: list[str]) -> Iterator[tuple[tuple[str | None, ...], int]]:
    """How often the cells of columns stand together, those that come first first."""
    for *cells, number in frame.group_by(columns, maintain_order=True).len().iter_rows():
        yield tuple(cells), number


def _outcome(outcome: object) -> str:
    """A table's outcome as a text to count by."""
    if outcome is None:
        return term("unknown")
    return outcome if isinstance(outcome, str) else dumps(outcome)
