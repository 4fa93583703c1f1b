"""Records picked and counted (decision record 0009, section 2)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from typing import TYPE_CHECKING, Any

from leadpolicy.compiler import ir
from leadpolicy.compiler.interpreter import durations
from leadpolicy.compiler.interpreter.book import type_of
from leadpolicy.compiler.interpreter.operations import compare, measure
from leadpolicy.compiler.interpreter.records import Record, dated
from leadpolicy.compiler.interpreter.situation import Mode
from leadpolicy.compiler.interpreter.values import (
    NOTHING,
    UNKNOWN,
    Absent,
    ListValue,
    Pair,
    Truth,
    Value,
    conjunction,
    counted,
    disjunction,
    round_half_away,
)

if TYPE_CHECKING:
    from leadpolicy.compiler.interpreter.expressions import Evaluator


@dataclass(frozen=True, slots=True)
class Member:
    """A record that `Records` looks at, and whether it counts; `own`, `where`, `window` are the three conditions."""

    record: Record
    own: Truth
    where: Truth
    window: Truth

    @property
    def counts(self) -> Truth:
        """Kleene's and of the three."""
        return conjunction((self.own, self.where, self.window))


def members(expr: ir.Records, evaluator: Evaluator, mode: Mode) -> list[Member]:
    """All records of the type, in order, with what makes them count."""
    situation = evaluator.situation
    owner: Value | None = None if expr.of is None else evaluator.evaluate(expr.of, mode)
    found = []
    for record in situation.records.ordered(expr.fact, situation.book):
        inside = evaluator.binding(expr.var, record)
        own = True if owner is None else compare("eq", owner, NOTHING if record.link is None else record.link)
        where = inside.condition(expr.where, mode)
        found.append(Member(record, own, where, _in_window(expr.window, record, inside, mode)))
    return found


def _in_window(window: ir.Window | None, record: Record, evaluator: Evaluator, mode: Mode) -> Truth:
    """Whether a record's time lies in the window; unknown where its time is (ruling 11)."""
    if window is None:
        return True
    situation = evaluator.situation
    at = dated(record, situation.book)
    if at is NOTHING:
        return False
    span: Truth = UNKNOWN
    if not isinstance(at, Absent):
        age = situation.now - at
        span = window.shortest <= age and (window.longest is None or age < window.longest)
    if window.since is None:
        return span
    return conjunction((span, compare("ge", at, evaluator.evaluate(window.since, mode))))


def chosen(expr: ir.Records, evaluator: Evaluator, mode: Mode) -> tuple[list[Record], list[Record]]:
    """The records that count surely, and the maybes; each in order."""
    found = members(expr, evaluator, mode)
    sure = [m.record for m in found if m.counts is True]
    return sure, [m.record for m in found if m.counts is UNKNOWN]


# ── Counting ──


def any_of(expr: ir.Any, evaluator: Evaluator, mode: Mode) -> Truth:
    """Whether some record counts; of none: false."""
    return disjunction(m.counts for m in members(expr.records, evaluator, mode))


def count(expr: ir.Count, evaluator: Evaluator, mode: Mode) -> Fraction | Pair:
    """How many records count: from the sure ones to these and the maybes."""
    sure, maybe = chosen(expr.records, evaluator, mode)
    return counted(len(sure), len(sure) + len(maybe))


def distinct(expr: ir.Distinct, evaluator: Evaluator, mode: Mode) -> Fraction | Pair:
    """How many different values there are. An unknown value may be one more, or one of the others."""
    sure, maybe = chosen(expr.records, evaluator, mode)
    sure_values = values_of(expr.records, expr.value, sure, evaluator, mode)
    values = sure_values + values_of(expr.records, expr.value, maybe, evaluator, mode)
    least = max(len(_different(sure_values)), int(UNKNOWN in sure_values))
    return counted(least, len(_different(values)) + values.count(UNKNOWN))


def _different(values: list[Value]) -> set[Any]:
    return {measure(v) for v in values if not isinstance(v, Absent | ListValue)}


def values_of(
    expr: ir.Records, value: ir.Expr, records: list[Record], evaluator: Evaluator, mode: Mode
) -> list[Value]:
    """What an expression gives for each of the records."""
    return [evaluator.binding(expr.var, record).evaluate(value, mode) for record in records]


def total(expr: ir.Total, evaluator: Evaluator, mode: Mode) -> Value:
    """A sum or an average; unknown if a record or its value is, nothing is skipped (rulings 6, 85)."""
    sure, maybe = chosen(expr.records, evaluator, mode)
    values = values_of(expr.records, expr.value, sure, evaluator, mode)
    if maybe or UNKNOWN in values:
        return UNKNOWN
    numbers = [v for v in values if v is not NOTHING]
    if type_of(expr.value).kind == "duration":
        return _span(expr.function, [v for v in numbers if isinstance(v, ir.Duration)])
    added = Fraction(0)
    for number in numbers:
        if not isinstance(number, Fraction):
            raise TypeError(f"{expr.function} of {number!r}")
        added += number
    if expr.function == "sum":
        return added
    return round_half_away(added / len(numbers)) if numbers else NOTHING


def _span(function: str, spans: list[ir.Duration]) -> Value:
    """The sum of durations, part by part; their average by length (ruling 16), as exact time. Of none: no time at
    all, nothing."""
    if function == "sum":
        return reduce(durations.plus, spans, ir.Duration())
    if not spans:
        return NOTHING
    mean = round_half_away(Fraction(sum(map(durations.length, spans)), len(spans)), 0)
    return durations.of_length(int(mean))


# ── Picking ──


def pick(expr: ir.Pick, evaluator: Evaluator, mode: Mode) -> Record | Absent:
    """The first or last record; unknown if a maybe would win (ruling 6)."""
    found = members(expr.records, evaluator, mode)
    left = [m for m in found if m.counts is not False]
    for step in expr.prefer:
        left = _preferred(step, left, lambda m: evaluator.binding(expr.records.var, m.record), mode)
    if expr.prefer:
        # What is equal by now goes by key, then arrival, and no longer by time.
        arrived = evaluator.situation.records.arrived.get(expr.records.fact, ())
        place = {id(record): i for i, record in enumerate(arrived)}
        left.sort(key=lambda m: (m.record.key or "", place[id(m.record)]))
    if not left:
        return NOTHING
    winner = left[0] if expr.which == "first" else left[-1]
    return winner.record if winner.counts is True else UNKNOWN


def _preferred(step: ir.Prefer, left: list[Member], bound: Callable[[Member], Evaluator], mode: Mode) -> list[Member]:
    """Those that a step prefers; all where it prefers none."""
    if step.condition is not None:
        left = [m for m in left if bound(m).condition(step.condition, mode) is True] or left
    if step.field is None or step.order is None:
        return left
    known: list[tuple[Any, Member]] = []
    for member in left:
        value = bound(member).evaluate(step.field, mode)
        if not isinstance(value, Absent | ListValue):
            known.append((measure(value), member))
    if not known:
        return left
    best = (min if step.order == "earliest" else max)(size for size, _ in known)
    return [member for size, member in known if size == best]


def attribute(expr: ir.Attr, evaluator: Evaluator, mode: Mode) -> Value:
    """A field, or a path of fields, of a picked record."""
    base = record_of(expr.base, evaluator, mode)
    if isinstance(base, Absent):
        return base
    situation = evaluator.situation
    return situation.records.read(situation.book, expr.path, base)


def record_of(expr: ir.Expr, evaluator: Evaluator, mode: Mode) -> Record | Absent:
    """The record that an expression names: unknown, or nothing where there is none."""
    expr = evaluator.situation.book.look_through(expr)
    match expr:
        case ir.Pick():
            return pick(expr, evaluator, mode)
        case ir.VarRef():
            return evaluator.bound(expr.name)
    key = evaluator.evaluate(expr, mode)
    if isinstance(key, Absent):
        return key
    found = evaluator.situation.records.find(type_of(expr).fact or "", str(key))
    return NOTHING if found is None else found
