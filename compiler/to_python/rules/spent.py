"""Rules whose matches certainly hold no more when they have fired: nothing needs to be asked about them then."""

from __future__ import annotations

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_python import walk
from leadpolicy.compiler.to_python.rules.shape import Shape, target_of


def is_spent(shape: Shape, policy: ir.Policy) -> bool:
    """Whether a firing that doesn't fail ends its own match: it sets a choice to another one than the match wants, or
    adds a record that there must not be."""
    return _sets_another(shape) or any(
        isinstance(action, ir.Add) and _is_in_the_way(action, shape, policy) for action in shape.actions
    )


def _sets_another(shape: Shape) -> bool:
    """Whether the last value of a field is a choice that a condition excludes."""
    last: dict[tuple[str, str], ir.Expr | None] = {}
    for action in shape.actions:
        if isinstance(action, ir.Set):
            var = shape.patterns[target_of(action, shape, shape.rule)].var
            last[var, action.field.name] = action.field.value
    for test in shape.tests:
        wanted = _wanted(test.expr)
        if wanted is None:
            continue
        field, choice = wanted
        value = last.get((field.var, field.path[0]))
        if isinstance(value, ir.Const) and isinstance(value.value, str) and value.value != choice:
            return True
    return False


def _wanted(expr: ir.Expr | None) -> tuple[ir.FieldRef, str] | None:
    """A field of a record that must be one choice, and the choice."""
    if not isinstance(expr, ir.Compare) or expr.relation != "eq":
        return None
    for mine, other in ((expr.left, expr.right), (expr.right, expr.left)):
        if not isinstance(mine, ir.FieldRef) or mine.type.kind != "choice" or len(mine.path) != 1:
            continue
        if isinstance(other, ir.Const) and isinstance(other.value, str):
            return mine, other.value
    return None


def _is_in_the_way(action: ir.Add, shape: Shape, policy: ir.Policy) -> bool:
    """Whether a record that is added certainly counts, or may count, among those that a match must be without.

    An event may be dated later, and come in then. What the action works out must still be so when it is done: nothing
    is set that it reads."""
    fact = policy.fact(action.fact)
    given = {field.name: field.value for field in action.fields}
    read = {node.path[0] for node in walk.nodes(tuple(filter(None, given.values()))) if isinstance(node, ir.FieldRef)}
    set_ = {other.field.name for other in shape.actions if isinstance(other, ir.Set)}
    if fact.event or read & set_:
        return False
    for test in shape.tests:
        if not isinstance(test.expr, ir.Not) or not isinstance(test.expr.arg, ir.Any):
            continue
        records = test.expr.arg.records
        if records.fact != action.fact or records.window is not None or records.of != action.of:
            continue
        if all(_is_met(clause, records.var, given, fact) for clause in walk.condition(records.where)):
            return True
    return False


def _is_met(clause: ir.Expr, var: str, given: dict[str, ir.Expr | None], fact: ir.Fact) -> bool:
    """Whether a field must be equal to just what it is given, and can't be nothing."""
    if not isinstance(clause, ir.Compare) or clause.relation != "eq":
        return False
    for mine, other in ((clause.left, clause.right), (clause.right, clause.left)):
        if not isinstance(mine, ir.FieldRef) or mine.var != var or len(mine.path) != 1:
            continue
        declared = next(field for field in fact.fields if field.name == mine.path[0])
        plain = isinstance(other, ir.FieldRef | ir.Const) and not getattr(other, "nothing", False)
        if plain and not mine.nothing and not declared.or_none and given.get(declared.name) == other:
            return True
    return False
