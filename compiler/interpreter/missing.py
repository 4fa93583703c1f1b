"""What is missing: the unknown fields, those that could decide most first, each with its question (ruling 34)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from leadpolicy.compiler import ir
from leadpolicy.compiler.interpreter.blame import Blame
from leadpolicy.compiler.interpreter.culprits import FieldName
from leadpolicy.compiler.interpreter.scores import EntryResult, possible_points
from leadpolicy.compiler.interpreter.working import Working


@dataclass(frozen=True, slots=True)
class Missing:
    """An unknown field that keeps parts open."""

    field: str
    question: str | None
    could_change: tuple[str, ...]


def missing(working: Working, blame: Blame) -> tuple[Missing, ...]:
    """The fields to ask for, in the order of ruling 34."""
    changed: dict[FieldName, list[str]] = {}
    for part, names in blame.parts():
        for name in names:
            changed.setdefault(name, []).append(part)
    points = _points(working, blame)

    def rank(name: FieldName) -> tuple[int, Fraction, tuple[int, ...]]:
        deciding = sum(not part.startswith("score ") for part in changed[name])
        return -deciding, -points.get(name, Fraction(0)), working.book.position(name.path, name.fact)

    return tuple(
        Missing(str(name), _question(name, working, blame), tuple(changed[name]))
        for name in sorted(changed, key=rank)
    )


def _points(working: Working, blame: Blame) -> dict[FieldName, Fraction]:
    """The points of the unsettled entries that read each field, added up."""
    total: dict[FieldName, Fraction] = {}
    for score in working.book.policy.scores:
        for result in working.score(score.name).entries:
            for name in blame.entry(result):
                total[name] = total.get(name, Fraction(0)) + _size(result, score, working)
    return total


def _size(result: EntryResult, score: ir.Score, working: Working) -> Fraction:
    """The largest size of an entry's points; where they are unknown, the width of the block's range."""
    points = possible_points(result.entry, working.evaluator)
    if points is not None:
        return max((abs(p) for p in points), default=Fraction(0))
    low, high = working.book.bounds_of(score)
    return Fraction(0) if low is None or high is None else high - low


def _question(name: FieldName, working: Working, blame: Blame) -> str | None:
    """A criterion's question, where the field made it unknown, before the field's own."""
    for gate in working.book.policy.gates:
        for criterion in gate.criteria:
            if criterion.ask is not None and name in blame.criterion(criterion):
                return criterion.ask
    return working.book.steps(name.path, name.fact)[-1][1].ask
