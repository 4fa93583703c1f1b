"""Walking expressions: what stands directly in one, and all that a policy reads."""

from __future__ import annotations

from collections.abc import Iterator

from leadpolicy.compiler import ir


def children(expr: ir.Expr) -> tuple[ir.Expr, ...]:
    """The operands of an expression, in the order of the IR's fields."""
    match expr:
        case ir.And() | ir.Or() | ir.Call():
            return expr.args
        case ir.Not() | ir.Certainly() | ir.Possibly() | ir.IsKnown() | ir.IsUnknown() | ir.Neg():
            return (expr.arg,)
        case ir.Compare() | ir.Arith():
            return (expr.left, expr.right)
        case ir.Between():
            return (expr.item, expr.low, expr.high)
        case ir.In():
            return (expr.item, expr.items)
        case ir.TextTest():
            return (expr.text, expr.part)
        case _:
            return ()


def leaves(exprs: tuple[ir.Expr, ...]) -> Iterator[ir.Expr]:
    """All expressions without operands, in order of appearance; lets are leaves."""
    stack = list(reversed(exprs))
    while stack:
        expr = stack.pop()
        below = children(expr)
        if below:
            stack.extend(reversed(below))
        else:
            yield expr


def nodes(exprs: tuple[ir.Expr, ...]) -> Iterator[ir.Expr]:
    """All expressions, outermost first."""
    stack = list(reversed(exprs))
    while stack:
        expr = stack.pop()
        yield expr
        stack.extend(reversed(children(expr)))


def condition(found: ir.Condition | None) -> tuple[ir.Expr, ...]:
    """The expressions of a condition's clauses."""
    return () if found is None else tuple(clause.expr for clause in found.clauses)


def entry(found: ir.PlainEntry | ir.PointsEntry | ir.BandsEntry) -> tuple[ir.Expr, ...]:
    """All that a score entry reads, in order of appearance."""
    if isinstance(found, ir.PlainEntry):
        return (found.points, *condition(found.condition))
    if isinstance(found, ir.PointsEntry):
        return (found.subject,)
    return (found.subject, *(e for band in found.bands for e in condition(band.condition)))


def flat_entries(
    score: ir.Score,
) -> list[tuple[int | None, ir.PlainEntry | ir.PointsEntry | ir.BandsEntry]]:
    """A score's entries with the number of the group that each is in; group members stand for their group."""
    flat: list[tuple[int | None, ir.PlainEntry | ir.PointsEntry | ir.BandsEntry]] = []
    group = 0
    for found in score.entries or ():
        if isinstance(found, ir.GroupEntry):
            flat += [(group, member) for member in found.entries]
            group += 1
        else:
            flat.append((None, found))
    return flat


def destination(found: ir.Destination, owner: ir.FieldRef | None) -> tuple[ir.Expr, ...]:
    """Whom a destination names, if anyone: `-> member X`, `-> owner`."""
    if found.member is not None:
        return (found.member,)
    return (owner,) if found.kind == "owner" and owner is not None else ()


def domain_of(expr: ir.Expr) -> ir.FieldRef | None:
    """The field of `domain(field)`, which counts as a field of its own."""
    if isinstance(expr, ir.Call) and expr.function == "domain" and isinstance(expr.args[0], ir.FieldRef):
        return expr.args[0]
    return None
