"""Scores: the value, and the least and most it could still become (decision record 0002, section 3).

Bounds are worked out by trying values, literally as the record says: no cleverness, so that this can be the measure
for the fast backends.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from leadpolicy.compiler import ir
from leadpolicy.compiler.interpreter.book import Book
from leadpolicy.compiler.interpreter.culprits import Culprits, Names, distinct
from leadpolicy.compiler.interpreter.event_entries import EventOutcome, work_out
from leadpolicy.compiler.interpreter.expressions import Evaluator
from leadpolicy.compiler.interpreter.operations import calculate
from leadpolicy.compiler.interpreter.reads import (
    LeafEntry,
    Source,
    Use,
    entry_expressions,
    entry_uses,
    joinable,
    record_nodes,
    scores_read,
)
from leadpolicy.compiler.interpreter.situation import Mode
from leadpolicy.compiler.interpreter.trials import trial_values
from leadpolicy.compiler.interpreter.values import UNKNOWN, Truth, is_unsure

_ZERO = Fraction(0)


class Outcome(NamedTuple):
    """What an entry comes to; `points` is 0 unless it counts; `band` is the one that does."""

    verdict: Truth
    points: Fraction = _ZERO
    band: ir.Band | None = None


_UNDECIDED = Outcome(UNKNOWN)


@dataclass(frozen=True, slots=True)
class Bounds:
    """Three sums at once. A `low` or `high` of None: without limit."""

    value: Fraction
    low: Fraction | None
    high: Fraction | None

    def plus(self, other: Bounds) -> Bounds:
        """The sum of the two."""
        return Bounds(self.value + other.value, _add(self.low, other.low), _add(self.high, other.high))

    def negated(self) -> Bounds:
        """The same of minus the number."""
        low = None if self.high is None else -self.high
        high = None if self.low is None else -self.low
        return Bounds(-self.value, low, high)

    def scaled(self, operator: ir.Arith, number: Fraction) -> Bounds:
        """Multiplied or divided by a number, each of the three rounded."""
        if operator.operator == "div" and not number:
            return exactly(_ZERO)  # nothing, and points that are nothing give 0
        ends = [_scale(operator, end, number) for end in (self.value, self.low, self.high)]
        value, low, high = ends if number >= 0 else (ends[0], ends[2], ends[1])
        assert value is not None
        return Bounds(value, low, high)

    def cut(self, low: Fraction | None, high: Fraction | None) -> Bounds:
        """Kept within a range."""
        least = low if self.low is None else _clamp(self.low, low, high)
        most = high if self.high is None else _clamp(self.high, low, high)
        return Bounds(_clamp(self.value, low, high), least, most)


def exactly(number: Fraction) -> Bounds:
    """A number that nothing unknown can change."""
    return Bounds(number, number, number)


def _add(a: Fraction | None, b: Fraction | None) -> Fraction | None:
    return None if a is None or b is None else a + b


def _clamp(number: Fraction, low: Fraction | None, high: Fraction | None) -> Fraction:
    if low is not None and number < low:
        return low
    return high if high is not None and number > high else number


def _scale(expr: ir.Arith, end: Fraction | None, number: Fraction) -> Fraction | None:
    if end is None:
        return None if number else _ZERO
    result = calculate(expr.operator, end, number)
    assert isinstance(result, Fraction)
    return result


@dataclass(frozen=True, slots=True)
class EntryResult:
    """How an entry of a score came out, for reasons and for what is missing."""

    entry: LeafEntry
    group: ir.GroupEntry | None
    outcome: Outcome
    settled: bool
    unknown: tuple[Source, ...]
    """The sources it reads that are unknown, in order of appearance; empty where it is settled."""
    unknown_of_records: Names = ()
    """Likewise the fields of records; of an event entry, all that it is unsettled by."""
    event: EventOutcome | None = None


@dataclass(frozen=True, slots=True)
class ScoreResult:
    """A score's bounds, and how they came about. `settled`: nothing unknown can change it."""

    bounds: Bounds
    entries: tuple[EntryResult, ...]
    settled: bool


class Scorer:
    """Works out scores; keeps, per policy, what each entry reads."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._uses: dict[int, tuple[Use, ...]] = {}
        self._joinable: dict[tuple[int, Source], bool] = {}

    def entries(self, score: ir.Score, evaluator: Evaluator) -> ScoreResult:
        """A score that is made of entries."""
        results: list[EntryResult] = []
        bounds = self._block(score.entries or (), None, evaluator, results)
        bounds = bounds.cut(*self._book.bounds_of(score))
        return ScoreResult(bounds, tuple(results), all(r.settled for r in results))

    def _block(
        self,
        entries: Iterable[ir.ScoreEntry],
        group: ir.GroupEntry | None,
        evaluator: Evaluator,
        results: list[EntryResult],
    ) -> Bounds:
        """The sum of the entries of a score or of a group; adds to `results`."""
        total = exactly(_ZERO)
        unsettled: list[EntryResult] = []
        for entry in entries:
            if isinstance(entry, ir.GroupEntry):
                inner = self._block(entry.entries, entry, evaluator, results)
                if entry.limit is not None:
                    inner = inner.cut(-Fraction(entry.limit), Fraction(entry.limit))
                total = total.plus(inner)
                continue
            result = self._entry(entry, group, evaluator)
            results.append(result)
            if result.settled:
                total = total.plus(exactly(result.outcome.points))
            else:
                unsettled.append(result)
        return total.plus(self._unsettled(unsettled, evaluator))

    def _entry(self, entry: LeafEntry, group: ir.GroupEntry | None, evaluator: Evaluator) -> EntryResult:
        if isinstance(entry, ir.EventEntry):
            event = work_out(entry, evaluator)
            result = Outcome(event.verdict, event.points)
            return EntryResult(entry, group, result, event.settled, (), event.unknown, event)
        plain = outcome(entry, evaluator, Mode.PLAIN)
        settled = outcome(entry, evaluator, Mode.OPEN).verdict is not UNKNOWN
        unknown: dict[Source, None] = {}
        if not settled:
            for use in self.uses(entry):
                if is_unsure(evaluator.source(use.source)):
                    unknown[use.source] = None
        of_records = () if settled else self._unknown_of_records(entry, evaluator)
        return EntryResult(entry, group, plain, settled, tuple(unknown), of_records)

    def _unknown_of_records(self, entry: LeafEntry, evaluator: Evaluator) -> Names:
        """The fields of records that make what the entry reads of records unknown."""
        nodes = [node for expr in entry_expressions(entry) for node in record_nodes(expr, self._book)]
        names = (name for node in nodes for name in Culprits().expression(node, evaluator, Mode.OPEN))
        return distinct(name for name in names if name.fact is not None)

    def uses(self, entry: LeafEntry) -> tuple[Use, ...]:
        """How the entry uses the fields that it reads."""
        if id(entry) not in self._uses:
            self._uses[id(entry)] = entry_uses(entry, self._book)
        return self._uses[id(entry)]

    def _unsettled(self, results: list[EntryResult], evaluator: Evaluator) -> Bounds:
        """The bounds of unsettled entries: in sets by their one unknown field, the others alone."""
        total = exactly(_ZERO)
        sets: dict[Source, list[LeafEntry]] = {}
        for result in results:
            single = len(result.unknown) == 1 and not result.unknown_of_records
            if single and self._joins(result.entry, result.unknown[0]):
                sets.setdefault(result.unknown[0], []).append(result.entry)
            else:
                total = total.plus(_alone(result, evaluator))
        for source, entries in sets.items():
            total = total.plus(self._together(source, entries, evaluator))
        return total

    def _joins(self, entry: LeafEntry, source: Source) -> bool:
        key = (id(entry), source)
        if key not in self._joinable:
            self._joinable[key] = joinable(source, self.uses(entry), self._book)
        return self._joinable[key]

    def _together(self, source: Source, entries: list[LeafEntry], evaluator: Evaluator) -> Bounds:
        """Least and most of what the entries give together, over all trial values of their field."""
        uses = [use for entry in entries for use in self.uses(entry) if use.source == source]
        sums = []
        for value in trial_values(uses, evaluator):
            supposing = evaluator.supposing(source, value)
            sums.append(sum((outcome(e, supposing, Mode.PLAIN).points for e in entries), _ZERO))
        now = sum((outcome(e, evaluator, Mode.PLAIN).points for e in entries), _ZERO)
        return Bounds(now, min(sums), max(sums))

    def expression(self, score: ir.Score, evaluator: Evaluator, others: dict[str, ScoreResult]) -> ScoreResult:
        """A score that is an expression over other scores, whose results are `others`."""
        assert score.expr is not None
        bounds = _expression(score.expr, evaluator, others).cut(*self._book.bounds_of(score))
        settled = all(others[name].settled for name in scores_read(score.expr, self._book))
        return ScoreResult(bounds, (), settled)


def outcome(entry: LeafEntry, evaluator: Evaluator, mode: Mode) -> Outcome:
    """Whether an entry counts, and what it gives."""
    match entry:
        case ir.PlainEntry():
            return _plain(entry, evaluator, mode)
        case ir.PointsEntry():
            subject = evaluator.evaluate(entry.subject, mode)
            if subject is UNKNOWN:
                return _UNDECIDED
            for choice in entry.choices:
                if choice.choice == subject:
                    return Outcome(True, Fraction(choice.points))
            return Outcome(False)
        case ir.BandsEntry():
            return _bands(entry, evaluator, mode)
        case ir.EventEntry():
            event = work_out(entry, evaluator)
            return Outcome(event.verdict, event.points)


def _plain(entry: ir.PlainEntry, evaluator: Evaluator, mode: Mode) -> Outcome:
    holds = evaluator.condition(entry.condition, mode)
    if holds is not True:
        return Outcome(holds)
    points = evaluator.evaluate(entry.points, mode)
    if points is UNKNOWN:
        return _UNDECIDED
    return Outcome(True, points if isinstance(points, Fraction) else _ZERO)


def _bands(entry: ir.BandsEntry, evaluator: Evaluator, mode: Mode) -> Outcome:
    for band in entry.bands:
        holds = evaluator.condition(band.condition, mode)
        if holds is UNKNOWN:
            return _UNDECIDED
        if holds:
            return Outcome(True, Fraction(band.points), band)
    return Outcome(False)


def possible_points(entry: LeafEntry, evaluator: Evaluator) -> tuple[Fraction, ...] | None:
    """All points that an entry may give when it counts; None: any number."""
    match entry:
        case ir.PlainEntry():
            points = evaluator.evaluate(entry.points, Mode.PLAIN)
            if points is UNKNOWN:
                return None
            return (points if isinstance(points, Fraction) else _ZERO,)
        case ir.PointsEntry():
            return tuple(Fraction(c.points) for c in entry.choices)
        case ir.BandsEntry():
            return tuple(Fraction(b.points) for b in entry.bands)
        case ir.EventEntry():
            return (Fraction(entry.points),)


def _alone(result: EntryResult, evaluator: Evaluator) -> Bounds:
    """0, or any of the entry's points; an event entry has its own ends."""
    value = result.outcome.points
    if result.event is not None:
        return Bounds(value, result.event.low, result.event.high)
    points = possible_points(result.entry, evaluator)
    if points is None:
        return Bounds(value, None, None)
    return Bounds(value, min(_ZERO, *points), max(_ZERO, *points))


def _expression(expr: ir.Expr, evaluator: Evaluator, others: dict[str, ScoreResult]) -> Bounds:
    """Interval arithmetic over scores: sums, differences, and products and quotients with a number."""
    expr = evaluator.situation.book.look_through(expr)
    match expr:
        case ir.ScoreRef(bound="value"):
            return others[expr.name].bounds
        case ir.Neg():
            return _expression(expr.arg, evaluator, others).negated()
        case ir.Arith(operator="add" | "sub"):
            left, right = (_expression(e, evaluator, others) for e in (expr.left, expr.right))
            return left.plus(right if expr.operator == "add" else right.negated())
        case ir.Arith():
            scaled, number = expr.left, expr.right
            if expr.operator == "mul" and not scores_read(number, evaluator.situation.book):
                return _expression(scaled, evaluator, others).scaled(expr, _number(number, evaluator))
            if expr.operator == "mul":
                scaled, number = number, scaled
            return _expression(scaled, evaluator, others).scaled(expr, _number(number, evaluator))
        case _:
            return exactly(_number(expr, evaluator))


def _number(expr: ir.Expr, evaluator: Evaluator) -> Fraction:
    value = evaluator.evaluate(expr, Mode.PLAIN)
    return value if isinstance(value, Fraction) else _ZERO
