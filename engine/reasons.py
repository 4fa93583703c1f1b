"""Why a decision came out as it did, item by item (0002 §7), and what stands between a lead and something else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import overload

from leadpolicy.engine.json_text import dumps
from leadpolicy.engine.logic import pick
from leadpolicy.engine.numbers import as_number, print_decimal
from leadpolicy.engine.policy import AtomDeclaration, ItemDeclaration, PartDeclaration, TargetDeclaration
from leadpolicy.engine.printing import print_outcome, print_value
from leadpolicy.engine.tracing import NOT_REACHED, ItemVerdict, Trace

_MARKS = {"true": "✓", "false": "✗", "unknown": "?"}


@dataclass(frozen=True, slots=True)
class Reason:
    """One item. `verdict` is true, false, unknown, skipped or not reached; what has nothing to say is None, or ()."""

    part: str
    entry: str
    text: str
    place: str
    verdict: str
    points: int | Decimal | None
    because: str | None
    outcome: object
    values: dict[str, object]
    unknown: tuple[str, ...]
    failing: tuple[str, ...]

    def to_dict(self) -> dict[str, object]:
        """As decisions print it: keys with nothing to say are left out."""
        printed: dict[str, object] = {
            "part": self.part,
            "entry": self.entry,
            "text": self.text,
            "place": self.place,
            "verdict": self.verdict,
        }
        optional = {"points": self.points, "because": self.because, "outcome": self.outcome}
        printed.update((key, value) for key, value in optional.items() if value is not None)
        printed["values"] = dict(self.values)
        if self.unknown:
            printed["unknown"] = list(self.unknown)
        if self.failing:
            printed["failing"] = list(self.failing)
        return printed

    def __str__(self) -> str:
        mark = _MARKS.get(self.verdict, "·")
        points = ""
        if self.points is not None:
            points = f"{'+' if self.points >= 0 else ''}{print_decimal(Decimal(self.points))} "
        if self.points is not None and self.text.startswith(points.strip()):
            points = ""  # the author's words begin with them
        name = self.text if self.entry == self.text else f"{self.entry}: {self.text}"
        told = [f"{name}"]
        if self.outcome is not None:
            told.append("→ " + (self.outcome if isinstance(self.outcome, str) else dumps(self.outcome)))
        if self.verdict not in _MARKS:
            told.append(f"({self.verdict})")
        if self.because and self.because not in self.text:
            told.append(f"because {self.because}")
        if self.values:
            told.append("[" + ", ".join(f"{k}: {_shown(v)}" for k, v in self.values.items()) + "]")
        if self.failing and self.failing != (self.text,):
            told.append("fails: " + "; ".join(self.failing))
        return f"{mark} {points}{'  '.join(told)}  {self.place}"


def _shown(value: object) -> str:
    return "?" if value is None else dumps(value)


class Reasons(Sequence[Reason]):
    """Reasons in order; `str()` is a text for people, grouped by part."""

    __slots__ = ("_reasons",)

    def __init__(self, reasons: tuple[Reason, ...]) -> None:
        self._reasons = reasons

    @overload
    def __getitem__(self, index: int) -> Reason: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Reason, ...]: ...

    def __getitem__(self, index: int | slice) -> Reason | tuple[Reason, ...]:
        return self._reasons[index]

    def __len__(self) -> int:
        return len(self._reasons)

    def __iter__(self) -> Iterator[Reason]:
        return iter(self._reasons)

    def to_list(self) -> list[dict[str, object]]:
        """As decisions print them."""
        return [reason.to_dict() for reason in self._reasons]

    def __str__(self) -> str:
        lines: list[str] = []
        part = ""
        for reason in self._reasons:
            if reason.part != part:
                part = reason.part
                lines.append(part)
            lines.append("  " + "\n    ".join(str(reason).splitlines()))
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"<Reasons: {len(self._reasons)}>"


def why(trace: Trace, atoms: Sequence[AtomDeclaration]) -> Reasons:
    """The reasons of all items of all parts."""
    teller = Teller(trace, atoms)
    every = range(len(trace.parts))
    return Reasons(tuple(teller.tell(p, i) for p in every for i in range(len(trace.parts[p].items))))


class Teller:
    """Makes reasons of items; prints each value once."""

    __slots__ = ("_atoms", "_printed", "trace")

    def __init__(self, trace: Trace, atoms: Sequence[AtomDeclaration]) -> None:
        self.trace = trace
        self._atoms = atoms
        self._printed: dict[int, object] = {}

    def tell(self, part: int, item: int) -> Reason:
        """The reason of one item."""
        trace = self.trace
        declared = trace.parts[part]
        own = declared.items[item]
        verdict = trace.verdict(part, item)
        text, because = own.text, None
        points: int | Decimal | None = None
        if declared.kind == "score":
            text, because, points = self._entry(part, item, verdict)
        elif declared.kind == "sum":
            points = self._number(declared, self.trace.results[declared.index])
        return Reason(
            part="recall" if declared.kind == "recall" else declared.name,
            entry=own.entry,
            text=text,
            place=own.place,
            verdict=_word(verdict),
            points=points,
            because=because,
            outcome=self._outcome(declared, own),
            values={} if verdict == NOT_REACHED else self._values(part, item),
            unknown=self._unknown(part, item, verdict),
            failing=self._failing(part, item, verdict),
        )

    def _entry(self, part: int, item: int, verdict: ItemVerdict) -> tuple[str, str | None, int | Decimal]:
        """(text, because, points) of a score entry."""
        trace = self.trace
        declared = trace.parts[part]
        own = declared.items[item]
        entry = trace.policy.scores[declared.index].telling.entries[item]
        if verdict is not True:
            return own.text, None, 0
        if entry.kind == "event":
            return own.text, own.because, self._number(declared, trace.item(part, item)[2])
        if entry.kind == "plain":
            points = trace.item(part, item)[1]
            return own.text, own.because, self._number(declared, points if isinstance(points, int) else 0)
        if entry.kind == "points" and entry.choices is not None:
            return own.text, own.because, self._number(declared, entry.choices[str(trace.item(part, item)[0])])
        band = own.bands[trace.band(part, item)[1] or 0]
        return band.text, band.because, self._number(declared, band.points)

    def _number(self, part: PartDeclaration, value: object) -> int | Decimal:
        assert isinstance(value, int)
        return as_number(value, self.trace.policy.scores[part.index].scaled)

    def _outcome(self, part: PartDeclaration, item: ItemDeclaration) -> object:
        if part.kind == "table":
            return print_outcome(self.trace.policy.tables[part.index], item.outcome, self.trace.policy.zone)
        return item.outcome.text if isinstance(item.outcome, TargetDeclaration) else None

    def _values(self, part: int, item: int) -> dict[str, object]:
        declared = self.trace.parts[part]
        printed = {self._atoms[i].name: self._value(i) for i in declared.items[item].values}
        if declared.kind == "score":
            entry = self.trace.policy.scores[declared.index].telling.entries[item]
            if entry.kind == "event":
                printed[entry.type] = self.trace.item(part, item)[0]
        return printed

    def _value(self, index: int) -> object:
        if index not in self._printed:
            atom = self._atoms[index]
            if atom.find is not None:
                self._printed[index] = self._found(atom, atom.find(self.trace.values, self.trace.results))
                return self._printed[index]
            found = (self.trace.values if atom.place == "slot" else self.trace.results)[atom.index]
            if atom.output is not None:
                found = pick(found, atom.output)
            self._printed[index] = print_value(atom.type, found, self.trace.policy.zone)
        return self._printed[index]

    def _found(self, atom: AtomDeclaration, found: object) -> object:
        """What was found of records: a pair whose ends differ is printed as such."""
        if isinstance(found, tuple):
            low, high = found
            found = low
            if low != high:
                return f"{low} to {high}"
        return print_value(atom.type, found, self.trace.policy.zone)

    def _unknown(self, part: int, item: int, verdict: ItemVerdict) -> tuple[str, ...]:
        trace = self.trace
        declared = trace.parts[part]
        if declared.kind == "recall":
            if verdict == NOT_REACHED:
                return ()
            return tuple(trace.policy.source(slot).path for slot in trace.due_blame(part))
        unsettled = declared.kind == "score" and item in trace.unsettled(declared.index)
        if verdict is not None and not unsettled:
            return ()
        return tuple(trace.policy.source(slot).path for slot in trace.item_blame(part, item))

    def _failing(self, part: int, item: int, verdict: ItemVerdict) -> tuple[str, ...]:
        if verdict is True or isinstance(verdict, str):
            return ()
        clauses = self.trace.parts[part].items[item].clauses
        if not clauses:
            return ()
        verdicts = self.trace.clauses(part, item)
        return tuple(c.text for c, v in zip(clauses, verdicts, strict=True) if v is not True)


def _word(verdict: ItemVerdict) -> str:
    if isinstance(verdict, str):
        return verdict
    return "unknown" if verdict is None else "true" if verdict else "false"
