"""Walking expressions: what stands directly in one, and all that a policy reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from leadpolicy.compiler import ir

Entry = ir.PlainEntry | ir.PointsEntry | ir.BandsEntry | ir.EventEntry
RecordExpr = ir.Any | ir.Count | ir.Distinct | ir.Total | ir.Pick | ir.Leave
RECORD_EXPRS = (ir.Any, ir.Count, ir.Distinct, ir.Total, ir.Pick, ir.Leave)


def children(expr: ir.Expr) -> tuple[ir.Expr, ...]:
    """The operands of an expression, in the order of the IR's fields."""
    own = _CHILDREN.get(type(expr))
    return () if own is None else own(expr)


def _children() -> dict[type, Callable[..., tuple[ir.Expr, ...]]]:
    """How the operands of each kind of expression are found: by its class, as policies can have very many."""
    found: dict[type, Callable[..., tuple[ir.Expr, ...]]] = {}
    found |= dict.fromkeys((ir.And, ir.Or, ir.Call), lambda e: e.args)
    unary = (ir.Not, ir.Certainly, ir.Possibly, ir.IsKnown, ir.IsUnknown, ir.Neg)
    found |= dict.fromkeys(unary, lambda e: (e.arg,))
    found |= dict.fromkeys((ir.Compare, ir.Arith), lambda e: (e.left, e.right))
    found |= dict.fromkeys((ir.Any, ir.Count), lambda e: records(e.records))
    found |= dict.fromkeys((ir.Distinct, ir.Total), lambda e: (*records(e.records), e.value))
    found[ir.Between] = lambda e: (e.item, e.low, e.high)
    found[ir.In] = lambda e: (e.item, e.items)
    found[ir.TextTest] = lambda e: (e.text, e.part)
    found[ir.TimeAdd] = lambda e: (e.time, e.amount, *e.leave)
    found[ir.Leave] = lambda e: (*records(e.records), e.start, e.end)
    found[ir.Attr] = lambda e: (e.base,)
    found[ir.Pick] = lambda e: (*records(e.records), *preferences(e))
    return found


def records(found: ir.Records) -> tuple[ir.Expr, ...]:
    """All that tells whether a record counts: whose it is, the filter, the window."""
    of = () if found.of is None else (found.of,)
    since = () if found.window is None or found.window.since is None else (found.window.since,)
    return (*of, *condition(found.where), *since)


def preferences(found: ir.Pick) -> tuple[ir.Expr, ...]:
    """What a pick chooses by."""
    exprs: list[ir.Expr] = []
    for step in found.prefer:
        exprs += condition(step.condition)
        exprs += () if step.field is None else (step.field,)
    return tuple(exprs)


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


def entry(found: Entry) -> tuple[ir.Expr, ...]:
    """All that a score entry reads, in order of appearance."""
    if isinstance(found, ir.EventEntry):
        return records(found.records)
    if isinstance(found, ir.PlainEntry):
        return (found.points, *condition(found.condition))
    if isinstance(found, ir.PointsEntry):
        return (found.subject,)
    return (found.subject, *(e for band in found.bands for e in condition(band.condition)))


def flat_entries(score: ir.Score) -> list[tuple[int | None, Entry]]:
    """A score's entries with the number of the group that each is in; group members stand for their group."""
    flat: list[tuple[int | None, Entry]] = []
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
        return expr.args[0] if expr.args[0].var == "this" else None
    return None


def lease(found: ir.Recall) -> tuple[ir.Expr, ...]:
    """All that the due times of a lease read."""
    exprs = condition(found.while_)
    for one in found.entries:
        exprs += () if one.at is None else (one.at,)
        exprs += (*condition(one.when), *condition(one.unless))
        exprs += tuple(line for reminder in one.reminders for line in reminder.leave)
    return exprs


def credit(found: ir.Attribution) -> tuple[ir.Expr, ...]:
    """All that a credit model reads."""
    return (*records(found.records), *(share.time for share in found.shares if share.time is not None))


_CHILDREN: Final = _children()
