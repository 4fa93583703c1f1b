"""Counts that can be unsettled, in comparisons: the engine compares them end by end (ruling 6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_python import records, walk
from leadpolicy.compiler.to_python.code import COMPARISON, NOT, Code
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
    step = 1 if whole else SCALE
    direct = _with_constant(expressions, expr) if isinstance(expr, ir.Compare) else None
    if direct is not None:
        return direct
    ends = ", ".join(_ends(expressions, side, whole) for side in sides)
    if isinstance(expr, ir.Between):
        return decided(scope.hoist(f"between({ends}, {step})"), True)
    return decided(scope.hoist(f"compare({literal(expr.relation)}, {ends}, {step})"), True)


def _with_constant(expressions: Expressions, expr: ir.Compare) -> Rails | None:
    """A count compared with a whole constant, end by end."""
    relation, side, other = str(expr.relation), expr.left, expr.right
    if records.pair_of(expressions, side) is None:
        relation, side, other = _TURNED[relation], other, side
    found, limit = records.pair_of(expressions, side), expressions.operand(other)
    if found is None or limit.number is None or limit.number % SCALE:
        return None
    number = literal(limit.number // SCALE)
    if relation == "eq":
        apart = Code(f"not {found}[0] <= {number} <= {found}[1]", NOT)
        return Rails(Code(f"{found}[0] == {number} == {found}[1]", COMPARISON), apart)
    sign, opposite, surely, ever = _SIGNS[relation]
    return Rails(
        Code(f"{found}[{surely}] {sign} {number}", COMPARISON),
        Code(f"{found}[{ever}] {opposite} {number}", COMPARISON),
    )


_TURNED = {"eq": "eq", "lt": "gt", "le": "ge", "gt": "lt", "ge": "le"}
_SIGNS = {"gt": (">", "<=", 0, 1), "ge": (">=", "<", 0, 1), "lt": ("<", ">=", 1, 0), "le": ("<=", ">", 1, 0)}
"""The sign, its opposite, and at which end of a count the one makes it true and the other false."""


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
