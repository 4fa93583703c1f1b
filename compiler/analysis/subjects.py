"""What conditions are about: the things whose values are compared with constants, each with all values it can have.

A subject is a field, a function or calculation of fields, a score, a table's outcome: whatever a comparison has on
one side with a constant on the other. Conditions that can't be taken apart are subjects too: they may be true, false
or unknown. Equal expressions are one subject; different ones are taken as independent.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from math import inf

from leadpolicy.compiler import ir
from leadpolicy.compiler.analysis.value_sets import Interval, Known, Ranges, Texts, Values, ranges
from leadpolicy.compiler.constants import clean_text, duration_micros

TEXTS = frozenset({"text", "email", "phone", "fact"})
NUMBERS = frozenset({"number", "money", "percent", "work_hours", "workdays"})
MILLION = 10**6
_LARGEST = 10**12
_BOOL = ir.Type(kind="bool")
_NUMBER = ir.Type(kind="number")

FALSE, TRUE = Ranges(((0, 0),)), Ranges(((1, 1),))
ANYTHING = Ranges(((-inf, inf),))
SOMETHING = Ranges(((0, 0),))
"""The known part of what is never compared here: a list."""


@dataclass(frozen=True, slots=True)
class Subject:
    """`scale`: how many steps make one; `path`: of a field, else None; `expr`: what it stands for, where that is an
    expression of the policy."""

    number: int
    type: ir.Type
    domain: Values
    scale: int = 1
    path: tuple[str, ...] | None = None
    expr: ir.Expr | None = None
    asking: bool = False


class Subjects:
    """The subjects of one policy, numbered as they are met. `score_ranges`: by (name, bound), in millionths."""

    def __init__(self, policy: ir.Policy) -> None:
        self._facts = {f.name: {field.name: field for field in f.fields} for f in policy.facts}
        self._about = policy.about
        self._tables = {t.name: t for t in policy.tables}
        self._known: dict[Hashable, Subject] = {}
        self.all: list[Subject] = []
        self.domains: list[Values] = []
        self.score_ranges: dict[tuple[str, str], Interval] = {}

    def opaque(self, key: Hashable, expr: ir.Expr | None = None, asking: bool = False) -> Subject:
        """A condition that is not taken apart: true, false or unknown."""
        domain = Values(Ranges(((0, 1),)), unknown=True)
        return self._kept(("opaque", key), _BOOL, domain, expr=expr, asking=asking)

    def truth(self, key: Hashable) -> Subject:
        """Something that is true or false, and never unknown."""
        return self._kept(("truth", key), _BOOL, Values(Ranges(((0, 1),))))

    def of(self, expr: ir.Expr) -> Subject | None:
        """The subject that an expression is; None where it is nothing that could be compared with constants."""
        match expr:
            case ir.FieldRef(path=path):
                return self._known.get(("field", path)) or self._field(expr)
            case ir.ScoreRef(name=name, bound=bound):
                low, high = self.score_ranges.get((name, bound), (-inf, inf))
                domain = Values(Ranges(((low, high),)))
                return self._kept(("score", name, bound), _NUMBER, domain, MILLION, expr=expr)
            case ir.TableRef():
                return self._table(expr)
            case ir.Call(function=function, type=type_):
                domain = _whole(type_, 0 if function == "age" else -inf)
                return self._kept(expr, type_, domain, _scale(type_), expr=expr)
            case ir.Arith(type=type_) | ir.Neg(type=type_):
                return self._kept(expr, type_, _whole(type_), _scale(type_), expr=expr)
            case _:
                return None

    def _kept(
        self,
        key: Hashable,
        type_: ir.Type,
        domain: Values,
        scale: int = 1,
        *,
        path: tuple[str, ...] | None = None,
        expr: ir.Expr | None = None,
        asking: bool = False,
    ) -> Subject:
        found = self._known.get(key)
        if found is None:
            found = Subject(len(self.all), type_, domain, scale, path, expr, asking)
            self._known[key] = found
            self.all.append(found)
            self.domains.append(domain)
        return found

    def _field(self, expr: ir.FieldRef) -> Subject:
        path, type_ = expr.path, expr.type
        steps = self._steps(path)
        surely = bool(steps) and all((s.required or s.key) and s.type.kind != "fact" for s in steps)
        known = known_values(type_, int_field=True)
        if steps:
            known = _without_markers(known, type_, steps[-1].markers)
        scale = 1 if type_.kind == "int" else _scale(type_)
        domain = Values(known, not surely, expr.nothing)
        return self._kept(("field", path), type_, domain, scale, path=path, expr=expr)

    def _steps(self, path: tuple[str, ...]) -> list[ir.FactField]:
        """The fields of a path; empty where it does not start at the lead."""
        fact: str | None = self._about
        steps: list[ir.FactField] = []
        for name in path:
            field = self._facts.get(fact or "", {}).get(name)
            if field is None:
                return []
            steps.append(field)
            fact = field.type.fact
        return steps

    def _table(self, expr: ir.TableRef) -> Subject:
        type_, table = expr.type, self._tables.get(expr.name)
        domain = _whole(type_)
        if table is not None and table.hit != "collect" and type_.kind != "list":
            at = next((i for i, o in enumerate(table.outputs) if o.name == expr.output), None)
            if at is not None:
                outcomes = [ir.Const(type=type_, value=row.outputs[at]) for row in table.rows]
                given = one_of(outcomes, type_, _scale(type_))
                sure = any(row.condition is None for row in table.rows)
                domain = Values(given, unknown=True, nothing=not sure)
        return self._kept(("table", expr.name, expr.output), type_, domain, _scale(type_), expr=expr)


def _scale(type_: ir.Type) -> int:
    return MILLION if type_.kind == "int" or type_.kind in NUMBERS else 1


def _whole(type_: ir.Type, least: float = -inf) -> Values:
    """Everything that a calculation of this type can come to."""
    known = known_values(type_)
    if isinstance(known, Ranges) and least > -inf:
        known = known.meet(Ranges(((least, inf),)))
    return Values(known, unknown=True, nothing=True)


def known_values(type_: ir.Type, int_field: bool = False) -> Known:
    """All known values of a type. `int_field`: numbers as they come in, which have limits (ruling 9)."""
    kind = type_.kind
    if kind in TEXTS:
        return Texts(frozenset(), others=True)
    if kind == "bool":
        return Ranges(((0, 1),))
    if kind == "choice":
        return Ranges(((0, len(type_.choices or ()) - 1),)) if type_.choices else ANYTHING
    if kind == "list":
        return SOMETHING
    if int_field and (kind == "int" or kind in NUMBERS):
        most = _LARGEST - 1 if kind == "int" else _LARGEST * MILLION - 1
        return Ranges(((-most, most),))
    return ANYTHING


def _without_markers(known: Known, type_: ir.Type, markers: Sequence[str]) -> Known:
    """Texts that mean unknown are no value of a field."""
    if isinstance(known, Texts) and type_.kind == "text":
        return known.minus(Texts(frozenset(m for m in markers if not _like_a_number(m))))
    if isinstance(known, Ranges) and type_.kind == "choice":
        choices = type_.choices or ()
        gone = [choices.index(m) for m in map(clean_text, markers) if m in choices]
        return known.minus(ranges((i, i) for i in gone))
    return known


def _like_a_number(text: str) -> bool:
    """A marker such as `0`: the number 0 still comes in as that text."""
    return any(c.isdigit() for c in text)


# ── Constants ──


def step_of(const: ir.Const, type_: ir.Type, scale: int) -> Decimal | str | None:
    """A constant, counted in a subject's steps (with a fraction where it is none of its values), or its text."""
    value = const.value
    if isinstance(value, tuple):
        return None
    if isinstance(value, ir.Duration):
        return Decimal(duration_micros(value))
    if isinstance(value, bool | int):
        return Decimal(int(value))
    if type_.kind == "choice":
        choices = type_.choices or ()
        return Decimal(choices.index(value)) if value in choices else None
    if const.type.kind == "date":
        return Decimal((date.fromisoformat(value) - date(1970, 1, 1)) // timedelta(days=1))
    if const.type.kind == "int" or const.type.kind in NUMBERS:
        return Decimal(value) * scale
    return value


def one_of(constants: Sequence[ir.Const], type_: ir.Type, scale: int) -> Known:
    """The set of some constants."""
    steps = [step_of(c, type_, scale) for c in constants]
    if type_.kind in TEXTS:
        return Texts(frozenset(s for s in steps if isinstance(s, str)))
    whole = [int(s) for s in steps if isinstance(s, Decimal) and s == s.to_integral_value()]
    return ranges((s, s) for s in whole)


def compared(relation: str, step: Decimal) -> Ranges:
    """The steps that stand in a relation to a number."""
    floor, ceiling = (int(step.to_integral_value(rounding=r)) for r in (ROUND_FLOOR, ROUND_CEILING))
    match relation:
        case "lt":
            return Ranges(((-inf, ceiling - 1),))
        case "le":
            return Ranges(((-inf, floor),))
        case "gt":
            return Ranges(((floor + 1, inf),))
        case "ge":
            return Ranges(((ceiling, inf),))
        case _:
            return Ranges(((floor, floor),) if floor == ceiling else ())


def items_of(expr: ir.Expr, lists: Mapping[str, ir.NamedList]) -> list[ir.Const] | None:
    """The constants of a list; None where it is none of constants."""
    match expr:
        case ir.ListRef(name=name, type=type_) if name in lists:
            values: Sequence[ir.ConstValue] = lists[name].items
        case ir.Const(type=type_, value=tuple() as values):
            pass
        case _:
            return None
    item = type_.item
    return None if item is None else [ir.Const(type=item, value=v) for v in values]
