"""What conditions compare: fields, keys, constants, and sums of numbers, all as whole numbers that are exact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_durable.cases import KEY, Field, NotExpressible
from leadpolicy.compiler.to_python.literals import NUMERIC_KINDS, scaled
from leadpolicy.compiler.to_python.literals import duration_size as size_of

TEXT_KINDS = frozenset({"text", "email", "phone", "choice", "fact"})
_MOST_SUMMED = 4
"""Fields in a sum: each is below 10¹⁸ in size, and durable_rules counts to 9.2 · 10¹⁸."""
_MOST_CONSTANT = 4 * 10**18


@dataclass(frozen=True, slots=True)
class Sum:
    """`plus` and `constant` without `minus`. `domain`: what may be compared with each other; `choices`: those in
    order, where there is an order."""

    plus: tuple[Field, ...]
    minus: tuple[Field, ...]
    constant: int
    domain: str
    choices: tuple[str, ...] | None = None
    text: str | None = None
    """Of a constant text."""

    @property
    def fields(self) -> tuple[Field, ...]:
        """All fields."""
        return (*self.plus, *self.minus)


class Texts:
    """Texts as numbers: equal where, and only where, the texts are."""

    def __init__(self) -> None:
        self.found: dict[str, int] = {}

    def number(self, text: str) -> int:
        """The number of a text."""
        return self.found.setdefault(text, len(self.found) + 1)


class Operands:
    """Expressions as sums. `records`: the fact of each name, and which record of the match it is."""

    def __init__(self, policy: ir.Policy, texts: Texts, records: Mapping[str, tuple[int, ir.Fact]]) -> None:
        self._policy = policy
        self._texts = texts
        self._records = records

    def fact(self, var: int) -> ir.Fact:
        """The fact of a record of the match."""
        return next(fact for at, fact in self._records.values() if at == var)

    def sum_of(self, expr: ir.Expr) -> Sum:
        """An operand. NotExpressible where it is something else."""
        match expr:
            case ir.FieldRef():
                field = self.field(expr)
                return Sum((field,), (), 0, domain(expr.type), _choices(expr.type))
            case ir.VarRef():
                return Sum((self._key(expr),), (), 0, "text")
            case ir.Const():
                return self.constant(expr.type, expr.value)
            case ir.Neg():
                inner = self._numbers(expr.arg)
                return Sum(inner.minus, inner.plus, -inner.constant, "number")
            case ir.Arith():
                return self._arithmetic(expr)
        raise NotExpressible(unsaid(expr))

    def field(self, expr: ir.FieldRef) -> Field:
        """A field of a record of the match."""
        if expr.var not in self._records:
            raise NotExpressible("it reads the lead that a decision is about")
        if len(expr.path) > 1:
            raise NotExpressible("it follows a reference to another record")
        at, fact = self._records[expr.var]
        return Field(at, next(i for i, field in enumerate(fact.fields) if field.name == expr.path[0]))

    def _key(self, expr: ir.VarRef) -> Field:
        if expr.name not in self._records:
            raise NotExpressible("it reads the lead that a decision is about")
        return Field(self._records[expr.name][0], KEY)

    def constant(self, type_: ir.Type, value: ir.ConstValue) -> Sum:
        """A constant, as messages have values of its kind."""
        kind = type_.kind
        if isinstance(value, tuple):
            raise NotExpressible("it compares a list")
        if isinstance(value, ir.Duration):
            return Sum((), (), self._texts.number(str(size_of(value))), "duration")
        if isinstance(value, bool):
            return Sum((), (), int(value), "bool")
        if kind in NUMERIC_KINDS:
            return Sum((), (), scaled(str(value)), "number")
        if kind == "date":
            return Sum((), (), date.fromisoformat(str(value)).toordinal(), "date")
        if isinstance(value, int):
            return Sum((), (), value, "time")
        return Sum((), (), self._texts.number(value), "text", _choices(type_), value)

    def _numbers(self, expr: ir.Expr) -> Sum:
        found = self.sum_of(expr)
        if found.domain != "number":
            raise NotExpressible("it calculates with times or durations")
        return found

    def _arithmetic(self, expr: ir.Arith) -> Sum:
        if expr.operator not in {"add", "sub"}:
            raise NotExpressible("it multiplies or divides: results are rounded to 6 places here, and not there")
        left, right = self._numbers(expr.left), self._numbers(expr.right)
        if expr.operator == "add":
            made = Sum(
                (*left.plus, *right.plus), (*left.minus, *right.minus), left.constant + right.constant, "number"
            )
        else:
            made = Sum(
                (*left.plus, *right.minus), (*left.minus, *right.plus), left.constant - right.constant, "number"
            )
        return made


def difference(left: Sum, right: Sum) -> Sum:
    """The one without the other. NotExpressible where that is out of durable_rules' whole numbers."""
    made = Sum((*left.plus, *right.minus), (*left.minus, *right.plus), left.constant - right.constant, left.domain)
    if len(made.fields) > _MOST_SUMMED or abs(made.constant) > _MOST_CONSTANT:
        raise NotExpressible(f"it adds up more than {_MOST_SUMMED} numbers: durable_rules counts to 9.2e18")
    return made


def domain(type_: ir.Type) -> str:
    """Which values are comparable with those of a type."""
    if type_.kind in NUMERIC_KINDS:
        return "number"
    if type_.kind in TEXT_KINDS:
        return "text"
    if type_.kind == "list":
        raise NotExpressible("it reads a list")
    return type_.kind


def _choices(type_: ir.Type) -> tuple[str, ...] | None:
    return type_.choices if type_.kind == "choice" and type_.ordered else None


def unsaid(expr: ir.Expr) -> str:
    """Why an expression can't be lowered."""
    name = getattr(expr, "name", None) or getattr(expr, "score", None) or getattr(expr, "calendar", None)
    named = f" ({name})" if name else ""
    reasons: dict[type, str] = {
        ir.ScoreRef: f"it reads a score{named}: durable_rules works nothing out but sums",
        ir.TableRef: f"it reads a table{named}: durable_rules works nothing out but sums",
        ir.GateRef: f"it reads a gate{named}: durable_rules works nothing out but sums",
        ir.StageRef: f"it reads a stage{named}: durable_rules works nothing out but sums",
        ir.StageValue: "it reads the stage: durable_rules works nothing out but sums",
        ir.Disqualified: "it reads `disqualified`: durable_rules works nothing out but sums",
        ir.Ago: f"it looks back in time{named}: durable_rules has no time but the machine's clock",
        ir.Entered: "it reads when a stage was entered",
        ir.During: f"it asks for the time of day{named}: durable_rules has no time but the machine's clock",
        ir.HasRoute: "it reads the route",
        ir.Count: "it counts records: durable_rules counts by taking messages out of memory",
        ir.Distinct: "it counts different values: durable_rules has no such aggregate",
        ir.Total: "it adds records up: durable_rules has no such aggregate",
        ir.Pick: "it picks the first or last of several records: durable_rules has no such aggregate",
        ir.Attr: "it reads a record that is picked: durable_rules has no such aggregate",
        ir.TextTest: "it looks into a text: durable_rules has regular expressions of its own, over bytes",
        ir.Any: "it asks for records inside another condition: durable_rules asks that of a whole rule only",
        ir.TimeAdd: "it adds to a time or a date",
        ir.ListRef: "it compares a list",
        ir.Leave: "it adds to a time or a date",
    }
    if isinstance(expr, ir.Call):
        if expr.function == "age":
            return "it changes as time passes: durable_rules has no time but the machine's clock"
        return f"it calls `{expr.function}`: durable_rules has no functions"
    return reasons.get(type(expr), "it compares a condition")
