"""Counts that can be unsettled, in comparisons: the engine compares them end by end (ruling 6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_python import records, walk
from leadpolicy.compiler.to_python.literals import SCALE, SCALED_KINDS, literal
from leadpolicy.compiler.to_python.rails import Rails, argument, decided

if TYPE_CHECKING:
    from leadpolicy.compiler.to_python.expressions import Expressions

Comparison = ir.Compare | ir.Between | ir.In


def paired(expressions: Expressions, expr: Comparison) -> bool:
    """Whether something compared is a count that can be unsettled."""
    return any(records.pair_of(expressions, side) is not None for side in walk.children(expr))


def compared(expressions: Expressions, expr: Comparison) -> Rails:
    """The rails of such a comparison."""
    scope = expressions.scope
    if isinstance(expr, ir.In):
        items = expressions.operand(expr.items)
        fixed = expressions.natures.constant_list(expr.items)
        kinds = {kind for kind, _ in fixed} if fixed is not None else {item_kind(expressions, expr.items)}
        whole = not kinds & SCALED_KINDS
        item = _ends(expressions, expr.item, whole)
        return decided(scope.hoist(f"in_items({item}, {items.text}, {1 if whole else SCALE})"), True)
    sides = walk.children(expr)
    whole = all(records.pair_of(expressions, side) is not None or expressions.operand(side).whole for side in sides)
    ends = ", ".join(_ends(expressions, side, whole) for side in sides)
    step = 1 if whole else SCALE
    if isinstance(expr, ir.Between):
        return decided(scope.hoist(f"between({ends}, {step})"), True)
    return decided(scope.hoist(f"compare({literal(expr.relation)}, {ends}, {step})"), True)


def item_kind(expressions: Expressions, items: ir.Expr) -> str:
    """The kind of a list's items."""
    inner = getattr(expressions.scope.plan.resolve(items), "type", None)
    return (inner.item or inner).kind if isinstance(inner, ir.Type) else "int"


def _ends(expressions: Expressions, expr: ir.Expr, whole: bool) -> str:
    """A name for the ends of a number, in the scale wanted."""
    found = records.pair_of(expressions, expr)
    if found is not None:
        return found if whole else expressions.scope.hoist(f"scale_pair({found})")
    return expressions.scope.hoist(f"pair({argument(expressions.operand(expr), whole)})")
