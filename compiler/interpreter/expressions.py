"""Expressions: three-valued logic in the three modes of reading (decision record 0002, sections 1 and 2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Self

from leadpolicy.compiler import ir
from leadpolicy.compiler.interpreter import aggregates, clock
from leadpolicy.compiler.interpreter.book import type_of
from leadpolicy.compiler.interpreter.leave import Leave, counted, stretches
from leadpolicy.compiler.interpreter.operations import (
    age,
    arithmetic,
    compare_pairs,
    domain,
    extreme,
    is_among,
    minus,
    plain,
)
from leadpolicy.compiler.interpreter.reads import Source, lets_to_work_out
from leadpolicy.compiler.interpreter.records import Record
from leadpolicy.compiler.interpreter.situation import Mode, Parts, Situation
from leadpolicy.compiler.interpreter.values import (
    NOTHING,
    UNKNOWN,
    Absent,
    Pair,
    Truth,
    Value,
    conjunction,
    disjunction,
    negation,
    truth,
)

if TYPE_CHECKING:
    from leadpolicy.compiler.interpreter.culprits import FieldName


class Evaluator:
    """Works out expressions in one situation; with a trial, as if one source had another value."""

    def __init__(self, situation: Situation, parts: Parts, trial: tuple[Source, Value] | None = None) -> None:
        self.situation = situation
        self.parts = parts
        self._trial = trial
        self._bound: dict[str, Record] = {}
        self._lets: dict[tuple[str, Mode], Value | Pair] = {}
        self.culprits: dict[tuple[str, Mode, bool], tuple[FieldName, ...]] = {}
        """Who made each let unknown, with or without other parts; filled by `culprits.Culprits`."""

    def supposing(self, source: Source, value: Value) -> Self:
        """The same situation, but for the value of one source."""
        return self._made((source, value))

    def binding(self, var: str, record: Record) -> Self:
        """The same situation, with a name for a record. Lets can't see it."""
        inside = self._made(self._trial)
        inside._bound = {**self._bound, var: record}
        inside._lets, inside.culprits = self._lets, self.culprits
        return inside

    def _made(self, trial: tuple[Source, Value] | None) -> Self:
        """Another one of the same situation."""
        return type(self)(self.situation, self.parts, trial)

    def bound(self, var: str) -> Record:
        """The record that a name stands for."""
        return self.situation.records.lead if var == "this" else self._bound[var]

    def wide(self, expr: ir.Expr, mode: Mode) -> Value | Pair:
        """The value of an expression, which may be a number between two (ruling 6)."""
        match expr:
            case ir.LetRef():
                _about_this(expr.of)
                return self._let(expr.name, mode)
            case ir.Count():
                return aggregates.count(expr, self, mode)
            case ir.Distinct():
                return aggregates.distinct(expr, self, mode)
            case _:
                return self.evaluate(expr, mode)

    def _let(self, name: str, mode: Mode) -> Value | Pair:
        """The value of a let, worked out once a mode, behind those of the lets that it names."""
        if (name, mode) not in self._lets:
            book = self.situation.book
            for needed in lets_to_work_out(name, lambda n: (n, mode) in self._lets, book):
                self._lets[needed, mode] = self.wide(book.lets[needed].expr, mode)
        return self._lets[name, mode]

    def evaluate(self, expr: ir.Expr, mode: Mode) -> Value:
        """The value of an expression."""
        return _RULES[expr.op](self, expr, mode)

    def truth(self, expr: ir.Expr, mode: Mode) -> Truth:
        """The expression as a condition."""
        return truth(self.evaluate(expr, mode))

    def condition(self, condition: ir.Condition | None, mode: Mode) -> Truth:
        """The conjunction of a condition's clauses; true where there is no condition."""
        if condition is None:
            return True
        return conjunction(self.truth(clause.expr, mode) for clause in condition.clauses)

    def source(self, source: Source) -> Value:
        """The value of what bounds treat as one field."""
        if self._trial is not None and self._trial[0] == source:
            return self._trial[1]
        value = self.situation.records.read(self.situation.book, source.path)
        return domain(value) if source.domain else value

    # ── Values ──

    def _const(self, expr: ir.Const, mode: Mode) -> Value:
        return self.situation.book.constant(expr)

    def _field(self, expr: ir.FieldRef, mode: Mode) -> Value:
        if expr.var == "this":
            return self.source(Source(expr.path))
        return self.situation.records.read(self.situation.book, expr.path, self.bound(expr.var))

    def _wide(self, expr: ir.LetRef | ir.Count | ir.Distinct, mode: Mode) -> Value:
        """A number between two is unknown but for comparisons."""
        value = self.wide(expr, mode)
        return UNKNOWN if isinstance(value, Pair) else value

    def _list(self, expr: ir.ListRef, mode: Mode) -> Value:
        return self.situation.book.lists[expr.name]

    def _score(self, expr: ir.ScoreRef, mode: Mode) -> Value:
        _about_this(expr.of)
        return self.parts.score_bound(expr.name, expr.bound)

    def _table(self, expr: ir.TableRef, mode: Mode) -> Value:
        _about_this(expr.of)
        return self.parts.table_value(expr.name, expr.output)

    def _gate(self, expr: ir.GateRef, mode: Mode) -> Value:
        _about_this(expr.of)
        verdict = self.parts.gate_verdict(expr.name)
        return verdict if expr.verdict == "pass" else negation(verdict)

    def _stage_reached(self, expr: ir.StageRef, mode: Mode) -> Value:
        _about_this(expr.of)
        return self.parts.stage_reached(expr.name)

    def _stage(self, expr: ir.StageValue, mode: Mode) -> Value:
        _about_this(expr.of)
        return self.parts.current_stage()

    def _disqualified(self, expr: ir.Disqualified, mode: Mode) -> Value:
        _about_this(expr.of)
        return self.parts.is_disqualified()

    # ── Conditions ──

    def _and(self, expr: ir.And, mode: Mode) -> Value:
        return conjunction(self.truth(arg, mode) for arg in expr.args)

    def _or(self, expr: ir.Or, mode: Mode) -> Value:
        return disjunction(self.truth(arg, mode) for arg in expr.args)

    def _not(self, expr: ir.Not, mode: Mode) -> Value:
        return negation(self.truth(expr.arg, mode))

    def _certainly(self, expr: ir.Certainly, mode: Mode) -> Value:
        inner = self.truth(expr.arg, mode)
        if inner is UNKNOWN:
            return UNKNOWN if mode is Mode.OPEN else False
        return inner

    def _possibly(self, expr: ir.Possibly, mode: Mode) -> Value:
        inner = self.truth(expr.arg, mode)
        if inner is UNKNOWN:
            return UNKNOWN if mode is Mode.OPEN else True
        return inner

    def _is_known(self, expr: ir.IsKnown, mode: Mode) -> Value:
        value = self.evaluate(expr.arg, mode)
        if value is UNKNOWN:
            return False if mode is Mode.PLAIN else UNKNOWN
        return value is not NOTHING

    def _is_unknown(self, expr: ir.IsUnknown, mode: Mode) -> Value:
        if self.evaluate(expr.arg, mode) is UNKNOWN:
            return UNKNOWN if mode is Mode.OPEN else True
        return False

    def _compare(self, expr: ir.Compare, mode: Mode) -> Value:
        left, right = self.wide(expr.left, mode), self.wide(expr.right, mode)
        return compare_pairs(expr.relation, left, right, _order(expr.left, expr.right))

    def _between(self, expr: ir.Between, mode: Mode) -> Value:
        item = self.wide(expr.item, mode)
        low, high = self.wide(expr.low, mode), self.wide(expr.high, mode)
        order = _order(expr.item, expr.low)
        return conjunction((compare_pairs("ge", item, low, order), compare_pairs("le", item, high, order)))

    def _in(self, expr: ir.In, mode: Mode) -> Value:
        return is_among(self.wide(expr.item, mode), self.evaluate(expr.items, mode))

    def _text_test(self, expr: ir.TextTest, mode: Mode) -> Value:
        text, part = self.evaluate(expr.text, mode), self.evaluate(expr.part, mode)
        if text is NOTHING or part is NOTHING:
            return False
        if text is UNKNOWN or part is UNKNOWN:
            return UNKNOWN
        assert isinstance(text, str)
        assert isinstance(part, str)
        if expr.test == "contains":
            return part in text
        return text.startswith(part) if expr.test == "starts" else text.endswith(part)

    # ── Arithmetic and functions ──

    def _arith(self, expr: ir.Arith, mode: Mode) -> Value:
        return arithmetic(expr.operator, self.evaluate(expr.left, mode), self.evaluate(expr.right, mode))

    def _neg(self, expr: ir.Neg, mode: Mode) -> Value:
        return minus(self.evaluate(expr.arg, mode))

    def _call(self, expr: ir.Call, mode: Mode) -> Value:
        if expr.function == "domain":
            email = self.situation.book.look_through(expr.args[0])
            if isinstance(email, ir.FieldRef) and email.var == "this":
                return self.source(Source(email.path, domain=True))
            return domain(self.evaluate(email, mode))
        values = [self.evaluate(arg, mode) for arg in expr.args]
        if expr.function == "plain":
            return plain(values[0])
        if expr.function == "age":
            return age(values[0], self.situation.now)
        return extreme(values, later=expr.function == "later")

    # ── Time ──

    def _time_add(self, expr: ir.TimeAdd, mode: Mode) -> Value:
        start, amount = self.evaluate(expr.time, mode), self.evaluate(expr.amount, mode)
        if start is NOTHING or amount is NOTHING:
            return NOTHING
        if start is UNKNOWN or amount is UNKNOWN:
            return UNKNOWN
        kind = type_of(expr.amount).kind
        if isinstance(start, date):
            moved = self._moved_day(clock.day_number(start), minus(amount) if expr.sign < 0 else amount, expr, mode)
            return moved if isinstance(moved, Absent) else clock.to_date(moved) or NOTHING
        if not isinstance(start, int):
            raise TypeError(f"not a time: {start!r}")
        away = stretches(expr.leave, self, mode)
        return self.shifted(start, minus(amount) if expr.sign < 0 else amount, kind, expr.calendar, away)

    def _moved_day(self, day: int, amount: Value, expr: ir.TimeAdd, mode: Mode) -> int | Absent:
        match amount:
            case ir.Duration():
                moved = clock.add_to_day(day, amount)
                return NOTHING if moved is None else moved
            case Fraction():
                work, away = self.situation.book.work_times[expr.calendar or ""], stretches(expr.leave, self, mode)
                days = int(amount)
                return counted(work, away, day, lambda one: one.add_workdays_to_day(day, days), days=True)
        raise TypeError(f"a date and {amount!r}")

    def shifted(self, start: int, amount: Value, kind: ir.Kind, calendar: str | None, leave: Leave) -> int | Absent:
        """A time and a duration, or work hours or workdays in a calendar; nothing where that is out of reach."""
        work = self.situation.book.work_times.get(calendar or "")
        match amount:
            case ir.Duration():
                moved = clock.add_duration(start, amount, self.situation.book.policy.zone)
                return NOTHING if moved is None else moved
            case Fraction() if kind == "work_hours" and work is not None:
                hours = amount
                return counted(work, leave, start, lambda one: one.add_hours(start, hours))
            case Fraction() if kind == "workdays" and work is not None:
                days = int(amount)
                return counted(work, leave, start, lambda one: one.add_workdays(start, days))
        raise TypeError(f"a time and {amount!r}")

    def _leave(self, expr: ir.Leave, mode: Mode) -> Value:
        """Whether it is known what a line takes away: asked to find who made it unknown."""
        return UNKNOWN if stretches((expr,), self, mode).unsure else True

    def _during(self, expr: ir.During, mode: Mode) -> Value:
        return self.situation.book.work_times[expr.calendar].is_open(self.situation.now)

    def _entered(self, expr: ir.Entered, mode: Mode) -> Value:
        return self.situation.entered.get(expr.stage, NOTHING)

    # ── Records ──

    def _any(self, expr: ir.Any, mode: Mode) -> Value:
        return aggregates.any_of(expr, self, mode)

    def _total(self, expr: ir.Total, mode: Mode) -> Value:
        return aggregates.total(expr, self, mode)

    def _pick(self, expr: ir.Pick | ir.VarRef, mode: Mode) -> Value:
        """A reference: the key; an empty text of a record without one, of which only `is known` is asked."""
        record = aggregates.record_of(expr, self, mode)
        return record if isinstance(record, Absent) else record.key or ""

    def _attr(self, expr: ir.Attr, mode: Mode) -> Value:
        return aggregates.attribute(expr, self, mode)

    def _has_route(self, expr: ir.HasRoute, mode: Mode) -> Value:
        return self.parts.has_route(expr)


_RULES: dict[str, Callable[[Evaluator, Any, Mode], Value]] = {
    "const": Evaluator._const,
    "field": Evaluator._field,
    "let": Evaluator._wide,
    "list": Evaluator._list,
    "score": Evaluator._score,
    "table": Evaluator._table,
    "gate": Evaluator._gate,
    "stage_reached": Evaluator._stage_reached,
    "stage": Evaluator._stage,
    "disqualified": Evaluator._disqualified,
    "and": Evaluator._and,
    "or": Evaluator._or,
    "not": Evaluator._not,
    "certainly": Evaluator._certainly,
    "possibly": Evaluator._possibly,
    "is_known": Evaluator._is_known,
    "is_unknown": Evaluator._is_unknown,
    "compare": Evaluator._compare,
    "between": Evaluator._between,
    "in": Evaluator._in,
    "text_test": Evaluator._text_test,
    "arith": Evaluator._arith,
    "neg": Evaluator._neg,
    "call": Evaluator._call,
    "time_add": Evaluator._time_add,
    "leave": Evaluator._leave,
    "during": Evaluator._during,
    "entered": Evaluator._entered,
    "any": Evaluator._any,
    "count": Evaluator._wide,
    "distinct": Evaluator._wide,
    "total": Evaluator._total,
    "pick": Evaluator._pick,
    "var": Evaluator._pick,
    "attr": Evaluator._attr,
    "has_route": Evaluator._has_route,
}
"""A rule an operator. `ago` has none: it stands in rules only, which a session works out."""


def _about_this(of: str) -> None:
    """Decisions read the parts of the lead that they are about; others' are read by rules."""
    assert of == "this", of


def _order(left: ir.Expr, right: ir.Expr) -> tuple[str, ...] | None:
    """The choices, lowest first, where choices are compared by their order."""
    for type_ in (type_of(left), type_of(right)):
        if type_.kind == "choice" and type_.ordered:
            return type_.choices
    return None
