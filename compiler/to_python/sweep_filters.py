"""Which filters of records are plain enough for a loop that they share, and by which texts they can be told apart."""

from __future__ import annotations

from typing import Final, NamedTuple

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_python import walk
from leadpolicy.compiler.to_python.nature import Natures
from leadpolicy.compiler.to_python.plan import Plan

_DEEPEST: Final = 5
_TEXTS: Final = frozenset({"choice", "text", "email", "phone", "fact"})


def fits(plan: Plan, natures: Natures, found: ir.Records) -> bool:
    """Whether all that a filter says needs no line of its own: comparisons of the record's own fields, fields of
    `this` and constants. The records are those of this lead, or all. What dates events is no such field: their times
    are compared in windows only, as they were taken."""
    if found.of is not None and not (isinstance(found.of, ir.VarRef) and found.of.name == "this"):
        return False
    if found.of is not None and not any(field.key for field in plan.about.fields):
        return False
    since = None if found.window is None else found.window.since
    exprs = (*walk.condition(found.where), *(() if since is None else (since,)))
    fact = plan.policy.fact(found.fact)
    own = _Own(natures, found.var, fact.dated if fact.event else None)
    return all(own.fits(expr, 0) for expr in exprs)


def doubts(plan: Plan, natures: Natures, found: ir.Records) -> tuple[int, ...] | None:
    """The places of the fields without which no record is a maybe; None where something else can make it one: the
    filter reads more than the record, or a list, which may have more."""
    since = None if found.window is None else found.window.since
    nodes = list(walk.nodes((*walk.condition(found.where), *(() if since is None else (since,)))))
    slots = [slot for node in nodes if (slot := natures.slot(node)) is not None]
    if any(plan.slots[slot].unknown for slot in slots) or not fits(plan, natures, found):
        return None
    fact = plan.policy.fact(found.fact)
    names = {node.path[0] for node in nodes if isinstance(node, ir.FieldRef) and node.var == found.var}
    if fact.dated is not None:  # windows read it, and entries that look at days
        names.add(fact.dated)
    read = [(place, one) for place, one in enumerate(fact.fields) if one.name in names]
    if any(one.type.kind == "list" for _, one in read):
        return None
    return tuple(place for place, one in read if natures.record_path(fact, (one.name,)).unknown)


class _Own(NamedTuple):
    """What filters of one record type may read: `taken` is the field that they may not."""

    natures: Natures
    var: str
    taken: str | None

    def fits(self, expr: ir.Expr, depth: int) -> bool:
        """Whether a condition is plain enough."""
        if depth > _DEEPEST:
            return False
        match expr:
            case ir.And() | ir.Or():
                return all(self.fits(arg, depth + 1) for arg in expr.args)
            case ir.Not() | ir.Certainly() | ir.Possibly():
                return self.fits(expr.arg, depth + 1)
            case ir.In():
                return self._is_leaf(expr.item) and self.natures.constant_list(expr.items) is not None
            case ir.IsKnown() | ir.IsUnknown() | ir.Compare() | ir.Between() | ir.TextTest():
                return all(self._is_leaf(side) for side in walk.children(expr))
            case _:
                return self._is_leaf(expr)

    def _is_leaf(self, expr: ir.Expr) -> bool:
        if self.natures.slot(expr) is not None:
            return True
        if isinstance(expr, ir.FieldRef):
            return expr.var == self.var and len(expr.path) == 1 and expr.path[0] != self.taken
        return isinstance(expr, ir.Const) and not isinstance(expr.value, tuple)


def conjuncts(found: ir.Records) -> list[ir.Expr]:
    """All that must hold of a record, but for its window."""
    parts: list[ir.Expr] = []
    stack = list(reversed(walk.condition(found.where)))
    while stack:
        expr = stack.pop()
        if isinstance(expr, ir.And):
            stack += reversed(expr.args)
        else:
            parts.append(expr)
    return parts


def selected(natures: Natures, expr: ir.Expr, var: str) -> tuple[str, tuple[str, ...]] | None:
    """Where a condition is that a field of the record is one of some texts: the field, and the texts."""
    if isinstance(expr, ir.Compare) and expr.relation == "eq":
        for side, other in ((expr.left, expr.right), (expr.right, expr.left)):
            name = _selecting(side, var)
            if name is not None and isinstance(other, ir.Const) and isinstance(other.value, str):
                return (name, (other.value,)) if other.type.kind in _TEXTS else None
    if isinstance(expr, ir.In):
        name, fixed = _selecting(expr.item, var), natures.constant_list(expr.items)
        if name is not None and fixed and all(kind in _TEXTS and isinstance(value, str) for kind, value in fixed):
            return name, tuple(dict.fromkeys(str(value) for _, value in fixed))
    return None


def _selecting(expr: ir.Expr, var: str) -> str | None:
    """The name of the record's own field, where it is a text."""
    if isinstance(expr, ir.FieldRef) and expr.var == var and len(expr.path) == 1 and expr.type.kind in _TEXTS:
        return expr.path[0]
    return None
