"""Expressions: three-valued logic in the three modes of reading (decision record 0002, sections 1 and 2)."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from typing import Any, Literal, Protocol

from leadpolicy.compiler import ir
from leadpolicy.compiler.interpreter import durations
from leadpolicy.compiler.interpreter.book import Book, type_of
from leadpolicy.compiler.interpreter.reads import Source
from leadpolicy.compiler.interpreter.records import Records
from leadpolicy.compiler.interpreter.values import (
    NOTHING,
    UNKNOWN,
    Absent,
    ListValue,
    Scalar,
    Truth,
    Value,
    conjunction,
    disjunction,
    negation,
    round_half_away,
    truth,
)


class Mode(Enum):
    """How `is known` and its like read an unknown: see decision record 0002, section 2."""

    PLAIN = "plain"
    ASKING = "asking"
    OPEN = "open"


class Parts(Protocol):
    """The results of a policy's other parts, for the expressions that read them."""

    def score_bound(self, name: str, bound: Literal["value", "low", "high"]) -> Fraction: ...

    def table_value(self, name: str, output: str | None) -> Value: ...

    def gate_verdict(self, name: str) -> Truth: ...

    def stage_reached(self, name: str) -> Truth: ...

    def current_stage(self) -> Value: ...

    def is_disqualified(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Situation:
    """What is decided about, and when."""

    book: Book
    records: Records
    now: int


class Evaluator:
    """Works out expressions in one situation; with a trial, as if one source had another value."""

    def __init__(self, situation: Situation, parts: Parts, trial: tuple[Source, Value] | None = None) -> None:
        self.situation = situation
        self.parts = parts
        self._trial = trial
        self._lets: dict[tuple[str, Mode], Value] = {}

    def supposing(self, source: Source, value: Value) -> Evaluator:
        """The same situation, but for the value of one source."""
        return Evaluator(self.situation, self.parts, (source, value))

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
        return self.source(Source(expr.path))

    def _let(self, expr: ir.LetRef, mode: Mode) -> Value:
        key = (expr.name, mode)
        if key not in self._lets:
            self._lets[key] = self.evaluate(self.situation.book.lets[expr.name].expr, mode)
        return self._lets[key]

    def _list(self, expr: ir.ListRef, mode: Mode) -> Value:
        return self.situation.book.lists[expr.name]

    def _score(self, expr: ir.ScoreRef, mode: Mode) -> Value:
        return self.parts.score_bound(expr.name, expr.bound)

    def _table(self, expr: ir.TableRef, mode: Mode) -> Value:
        return self.parts.table_value(expr.name, expr.output)

    def _gate(self, expr: ir.GateRef, mode: Mode) -> Value:
        verdict = self.parts.gate_verdict(expr.name)
        return verdict if expr.verdict == "pass" else negation(verdict)

    def _stage_reached(self, expr: ir.StageRef, mode: Mode) -> Value:
        return self.parts.stage_reached(expr.name)

    def _stage(self, expr: ir.StageValue, mode: Mode) -> Value:
        return self.parts.current_stage()

    def _disqualified(self, expr: ir.Disqualified, mode: Mode) -> Value:
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
        left, right = self.evaluate(expr.left, mode), self.evaluate(expr.right, mode)
        return compare(expr.relation, left, right, _order(expr.left, expr.right))

    def _between(self, expr: ir.Between, mode: Mode) -> Value:
        item = self.evaluate(expr.item, mode)
        low, high = self.evaluate(expr.low, mode), self.evaluate(expr.high, mode)
        order = _order(expr.item, expr.low)
        return conjunction((compare("ge", item, low, order), compare("le", item, high, order)))

    def _in(self, expr: ir.In, mode: Mode) -> Value:
        """Membership by ruling 5."""
        item, items = self.evaluate(expr.item, mode), self.evaluate(expr.items, mode)
        if item is NOTHING or items is NOTHING:
            return False
        if items is UNKNOWN:
            return UNKNOWN
        if not isinstance(items, ListValue):
            raise TypeError(f"not a list: {items!r}")
        if item is UNKNOWN:
            return UNKNOWN if items.items or items.more else False
        if any(compare("eq", item, member) for member in items.items):
            return True
        return UNKNOWN if items.more else False

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
        left, right = self.evaluate(expr.left, mode), self.evaluate(expr.right, mode)
        if left is NOTHING or right is NOTHING:
            return NOTHING
        if left is UNKNOWN or right is UNKNOWN:
            return UNKNOWN
        if not isinstance(left, Fraction) or not isinstance(right, Fraction):
            raise TypeError(f"{expr.operator} of {left!r} and {right!r}")
        return calculate(expr.operator, left, right)

    def _neg(self, expr: ir.Neg, mode: Mode) -> Value:
        value = self.evaluate(expr.arg, mode)
        if value is NOTHING or value is UNKNOWN:
            return value
        if not isinstance(value, Fraction):
            raise TypeError(f"minus of {value!r}")
        return -value

    def _call(self, expr: ir.Call, mode: Mode) -> Value:
        if expr.function == "domain":
            email = self.situation.book.look_through(expr.args[0])
            if isinstance(email, ir.FieldRef):
                return self.source(Source(email.path, domain=True))
            return domain(self.evaluate(email, mode))
        values = [self.evaluate(arg, mode) for arg in expr.args]
        if expr.function == "plain":
            return plain(values[0])
        if expr.function == "age":
            return age(values[0], self.situation.now)
        return extreme(values, later=expr.function == "later")


_RULES: dict[str, Callable[[Evaluator, Any, Mode], Value]] = {
    "const": Evaluator._const,
    "field": Evaluator._field,
    "let": Evaluator._let,
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
}


def _order(left: ir.Expr, right: ir.Expr) -> tuple[str, ...] | None:
    """The choices, lowest first, where choices are compared by their order."""
    for type_ in (type_of(left), type_of(right)):
        if type_.kind == "choice" and type_.ordered:
            return type_.choices
    return None


def compare(
    relation: Literal["eq", "lt", "le", "gt", "ge"],
    left: Value,
    right: Value,
    order: tuple[str, ...] | None = None,
) -> Truth:
    """A comparison: false with nothing on any side, else unknown with an unknown (ruling 2)."""
    if left is NOTHING or right is NOTHING:
        return False
    if left is UNKNOWN or right is UNKNOWN:
        return UNKNOWN
    if isinstance(left, ListValue) or isinstance(right, ListValue):
        raise TypeError("lists are not compared")
    if relation == "eq":
        return bool(_measure(left) == _measure(right))
    a: Any = order.index(str(left)) if order else _measure(left)
    b: Any = order.index(str(right)) if order else _measure(right)
    match relation:
        case "lt":
            return bool(a < b)
        case "le":
            return bool(a <= b)
        case "gt":
            return bool(a > b)
        case "ge":
            return bool(a >= b)


def _measure(value: Scalar) -> Any:
    """What values compare by: durations by their length (ruling 16), others by themselves."""
    return durations.length(value) if isinstance(value, ir.Duration) else value


def calculate(operator: Literal["add", "sub", "mul", "div"], left: Fraction, right: Fraction) -> Fraction | Value:
    """Exact sums; products and quotients rounded to 6 places; nothing by zero (rulings 2 and 9)."""
    match operator:
        case "add":
            return left + right
        case "sub":
            return left - right
        case "mul":
            return round_half_away(left * right)
        case "div":
            return round_half_away(left / right) if right else NOTHING


def domain(value: Value) -> Value:
    """What follows the last @ of an e-mail address; nothing where there is no @ (ruling 22)."""
    if not isinstance(value, str):
        return value
    return value.rsplit("@", 1)[1] if "@" in value else NOTHING


def plain(value: Value) -> Value:
    """NFKC, case folded, without white space (ruling 84)."""
    if not isinstance(value, str):
        return value
    return "".join(unicodedata.normalize("NFKC", value).casefold().split())


def age(value: Value, now: int) -> Value:
    """How long ago a time was, in exact time; nothing of a future one (ruling 84)."""
    if value is UNKNOWN or value is NOTHING:
        return value
    if not isinstance(value, int):
        raise TypeError(f"age of {value!r}")
    return durations.of_length(now - value) if value <= now else NOTHING


def extreme(values: list[Value], later: bool) -> Value:
    """`earlier` and `later`: nothing is skipped; an unknown makes all unknown (ruling 2)."""
    if any(v is UNKNOWN for v in values):
        return UNKNOWN
    known = [v for v in values if not isinstance(v, Absent | ListValue)]
    if not known:
        return NOTHING
    return max(known, key=_measure) if later else min(known, key=_measure)
