"""Three-valued conditions in the two values that durable_rules has: each is asked whether it is certainly true, or
whether it may be."""

from __future__ import annotations

from typing import Literal, TypeAlias

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_durable.cases import (
    ALWAYS,
    KNOWN,
    NEVER,
    NOTHING,
    OPPOSITES,
    UNKNOWN,
    Case,
    Cases,
    Field,
    Holds,
    InState,
    NotExpressible,
    Relation,
    both,
    either,
)
from leadpolicy.compiler.to_durable.operands import Operands, Sum, difference, unsaid

Asked: TypeAlias = Literal["true", "false", "maybe", "doubted"]
"""Certainly true; certainly false; true or unknown; false or unknown."""

_NEGATED: dict[Asked, Asked] = {"true": "false", "false": "true", "maybe": "doubted", "doubted": "maybe"}
_DISJOINT: frozenset[Asked] = frozenset({"false", "doubted"})


class Conditions:
    """Conditions on the records of one match."""

    def __init__(self, policy: ir.Policy, operands: Operands) -> None:
        self._policy = policy
        self._operands = operands

    def cases(self, expr: ir.Expr, asked: Asked) -> Cases:
        """When a condition is what is asked. NotExpressible where durable_rules can't say it."""
        match expr:
            case ir.And() | ir.Or():
                parts = [self.cases(arg, asked) for arg in expr.args]
                return either(parts) if isinstance(expr, ir.Or) != (asked in _DISJOINT) else both(parts)
            case ir.Not():
                return self.cases(expr.arg, _NEGATED[asked])
            case ir.Certainly():
                return self.cases(expr.arg, "true" if asked in {"true", "maybe"} else "doubted")
            case ir.Possibly():
                return self.cases(expr.arg, "maybe" if asked in {"true", "maybe"} else "false")
            case ir.IsKnown():
                return self._in_states(expr.arg, {KNOWN}, asked)
            case ir.IsUnknown():
                return self._in_states(expr.arg, {UNKNOWN}, asked)
            case ir.Compare():
                return self.compared(
                    expr.relation, self._operands.sum_of(expr.left), self._operands.sum_of(expr.right), asked
                )
            case ir.Between():
                return self._between(expr, asked)
            case ir.In():
                return self._among(expr, asked)
            case ir.Const() if isinstance(expr.value, bool):
                return ALWAYS if expr.value == (asked in {"true", "maybe"}) else NEVER
            case ir.FieldRef() if expr.type.kind == "bool":
                true = Sum((), (), 1, "bool")
                return self.compared("eq", self._operands.sum_of(expr), true, asked)
        raise NotExpressible(unsaid(expr))

    def _in_states(self, arg: ir.Expr, states: set[int], asked: Asked) -> Cases:
        """`is known`, `is unknown`: never unknown themselves."""
        if isinstance(arg, ir.VarRef):
            there = KNOWN in states
            return ALWAYS if there == (asked in {"true", "maybe"}) else NEVER
        if not isinstance(arg, ir.FieldRef):
            raise NotExpressible(unsaid(arg))
        field = self._operands.field(arg)
        wanted = states if asked in {"true", "maybe"} else {UNKNOWN, NOTHING, KNOWN} - states
        return self.state(field, wanted)

    def state(self, field: Field, states: set[int]) -> Cases:
        """That a field is in one of some states, as far as it can be in others."""
        possible = self._possible(field)
        if possible <= states:
            return ALWAYS
        left = frozenset(possible & states)
        return (frozenset({InState(field, left)}),) if left else NEVER

    def _possible(self, field: Field) -> set[int]:
        if field.place < 0:
            return {KNOWN}
        declared = self._operands.fact(field.var).fields[field.place]
        return {KNOWN} if declared.required or declared.key else {UNKNOWN, NOTHING, KNOWN}

    def compared(self, relation: Relation, left: Sum, right: Sum, asked: Asked) -> Cases:
        """A comparison: false with nothing on any side, else unknown with an unknown (ruling 2)."""
        if relation not in {"eq", "ne"}:
            left, right = _in_order(left, right)
        if left.domain != right.domain:
            raise NotExpressible("it compares values of two kinds")
        whole = difference(left, right)
        fields = tuple(dict.fromkeys(Field(f.var, f.place) for f in whole.fields))
        known = [self.state(field, {KNOWN}) for field in fields]
        there = [self.state(field, {UNKNOWN, KNOWN}) for field in fields]
        holds = _holds(relation, whole)
        fails = _holds(OPPOSITES[relation], whole)
        if asked == "true":
            return both([*known, holds])
        if asked == "doubted":
            return either([*(self.state(f, {UNKNOWN, NOTHING}) for f in fields), both([*known, fails])])
        if asked == "false":
            return either([*(self.state(f, {NOTHING}) for f in fields), both([*known, fails])])
        unknown = [both([self.state(f, {UNKNOWN}), *there]) for f in fields]
        return either([*unknown, both([*known, holds])])

    def _between(self, expr: ir.Between, asked: Asked) -> Cases:
        item, low, high = (self._operands.sum_of(side) for side in (expr.item, expr.low, expr.high))
        parts = [self.compared("ge", item, low, asked), self.compared("le", item, high, asked)]
        return either(parts) if asked in _DISJOINT else both(parts)

    def _among(self, expr: ir.In, asked: Asked) -> Cases:
        """Membership in a list that is written down (ruling 5)."""
        members = self._members(expr.items)
        if not members:
            return ALWAYS if asked in _DISJOINT else NEVER
        item = self._operands.sum_of(expr.item)
        alike = [member for member in members if member.domain == item.domain]
        if not alike:
            raise NotExpressible("it compares values of two kinds")
        parts = [self.compared("eq", item, member, asked) for member in alike]
        return both(parts) if asked in _DISJOINT else either(parts)

    def _members(self, items: ir.Expr) -> list[Sum]:
        values: tuple[ir.ConstValue, ...]
        if isinstance(items, ir.ListRef):
            values = next(one.items for one in self._policy.lists if one.name == items.name)
        elif isinstance(items, ir.Const) and isinstance(items.value, tuple):
            values = items.value
        else:
            raise NotExpressible("it reads a list")
        assert items.type.item is not None
        return [self._operands.constant(items.type.item, value) for value in values]


def _holds(relation: Relation, whole: Sum) -> Cases:
    """The relation of a sum to 0."""
    plus, minus = list(whole.plus), list(whole.minus)
    for field in whole.plus:
        if field in minus:
            plus.remove(field)
            minus.remove(field)
    if plus or minus:
        case: Case = frozenset({Holds(relation, tuple(plus), tuple(minus), whole.constant)})
        return (case,)
    constant = whole.constant
    true = {
        "eq": constant == 0, "ne": constant != 0, "lt": constant < 0, "le": constant <= 0, "gt": constant > 0,
        "ge": constant >= 0,
    }[relation]  # fmt: skip
    return ALWAYS if true else NEVER


def _in_order(left: Sum, right: Sum) -> tuple[Sum, Sum]:
    """The sides of a comparison by size; choices in order as their positions."""
    if left.domain in {"number", "time", "date"}:
        return left, right
    choices = left.choices or right.choices
    if choices is None:
        reason = "durations" if left.domain == "duration" else "texts"
        raise NotExpressible(f"it puts {reason} in order: durable_rules orders whole numbers exactly, up to 9.2e18")
    return _ranked(left, choices), _ranked(right, choices)


def _ranked(side: Sum, choices: tuple[str, ...]) -> Sum:
    if side.text is not None:
        return Sum((), (), choices.index(side.text), "rank")
    if side.choices != choices:
        raise NotExpressible("it puts choices of two orders in order")
    return Sum(tuple(Field(f.var, f.place, True) for f in side.plus), (), 0, "rank")
