"""What an expression reads, found by looking at it: its parts, the fields with the way they are used.

Lets are looked through everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from leadpolicy.compiler import ir
from leadpolicy.compiler.interpreter.book import Book

RecordNode: TypeAlias = ir.Any | ir.Count | ir.Distinct | ir.Total | ir.Pick
Mention: TypeAlias = (
    ir.FieldRef | ir.ScoreRef | ir.TableRef | ir.GateRef | ir.StageRef | ir.StageValue | ir.Disqualified
    | ir.Count | ir.Distinct | ir.Total | ir.Pick | ir.Attr
)  # fmt: skip
"""What reasons list the values of."""

Role: TypeAlias = Literal["side", "known", "condition", "subject", "other"]
"""How a field is used: as a side of a comparison, `in` or range; as the operand of `is known`; as a condition; as
the subject of points or bands; or in any other way."""


@dataclass(frozen=True, slots=True)
class Source:
    """What score bounds treat as one field: a field, or the domain of an e-mail field (0002, section 3)."""

    path: tuple[str, ...]
    domain: bool = False


@dataclass(frozen=True, slots=True)
class Use:
    """One place where a source is read. `others` are the other sides, where it is a side."""

    source: Source
    type: ir.Type
    nothing: bool
    role: Role
    others: tuple[ir.Expr, ...] = ()


def operands(expr: ir.Expr, book: Book) -> tuple[ir.Expr, ...]:
    """The expressions directly under one, in the order of the IR's fields; a let's is what it stands for."""
    match expr:
        case ir.LetRef():
            return (book.lets[expr.name].expr,)
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
        case ir.TimeAdd():
            return (expr.time, expr.amount)
        case ir.Any() | ir.Count():
            return record_operands(expr.records)
        case ir.Distinct() | ir.Total():
            return (*record_operands(expr.records), expr.value)
        case ir.Pick():
            return (*record_operands(expr.records), *_preferences(expr))
        case ir.Attr():
            return (expr.base,)
        case _:
            return ()


def record_operands(records: ir.Records) -> tuple[ir.Expr, ...]:
    """What decides which records count: whose they are, the filter, the window."""
    owner = () if records.of is None else (records.of,)
    since = () if records.window is None or records.window.since is None else (records.window.since,)
    return (*owner, *condition_expressions(records.where), *since)


def _preferences(expr: ir.Pick) -> Iterator[ir.Expr]:
    for step in expr.prefer:
        yield from condition_expressions(step.condition)
        if step.field is not None:
            yield step.field


def record_nodes(expr: ir.Expr, book: Book) -> Iterator[RecordNode | ir.Attr]:
    """The expressions over records that an expression reads, without those inside them; a field of a picked record
    goes before the pick."""
    expr = book.look_through(expr)
    if isinstance(expr, RecordNode) or (isinstance(expr, ir.Attr) and isinstance(_base(expr, book), ir.Pick)):
        yield expr
        return
    for operand in operands(expr, book):
        yield from record_nodes(operand, book)


def _base(expr: ir.Attr, book: Book) -> ir.Expr:
    return book.look_through(expr.base)


def mentions(expressions: Iterable[ir.Expr], book: Book, inside: bool = False) -> dict[str, Mention]:
    """All that the expressions read, by the name that reasons print, in order of appearance, each once; behind all
    others, what is read of records (not of those `inside` others)."""
    found: dict[str, Mention] = {}
    expressions = tuple(expressions)
    for expr in expressions:
        for mention in _mentions(expr, book):
            found.setdefault(mention_name(mention, book), mention)
    for node in (node for expr in expressions for node in record_nodes(expr, book) if not inside):
        if not isinstance(node, ir.Any):
            found.setdefault(mention_name(node, book), node)
    return found


def _mentions(expr: ir.Expr, book: Book) -> Iterator[Mention]:
    if isinstance(
        expr,
        ir.FieldRef | ir.ScoreRef | ir.TableRef | ir.GateRef | ir.StageRef | ir.StageValue | ir.Disqualified,
    ) and not (isinstance(expr, ir.FieldRef) and expr.var != "this"):
        yield expr
    for operand in operands(expr, book):
        yield from _mentions(operand, book)


def mention_name(mention: Mention, book: Book) -> str:
    """`owner.level`, `fit`, `low(fit)`, `territory.segment`, `bant`, `SQL`, `stage`, `disqualified`,
    `count(Activity where …)`, `last(Activity).at`."""
    match mention:
        case ir.FieldRef():
            return ".".join(mention.path)
        case ir.ScoreRef():
            return mention.name if mention.bound == "value" else f"{mention.bound}({mention.name})"
        case ir.TableRef():
            return mention.name if mention.output is None else f"{mention.name}.{mention.output}"
        case ir.GateRef() | ir.StageRef():
            return mention.name
        case ir.StageValue():
            return "stage"
        case ir.Disqualified():
            return "disqualified"
        case ir.Count() | ir.Distinct():
            return f"{mention.op}({mention.records.text})"
        case ir.Total():
            return f"{mention.function}({mention.records.text})"
        case ir.Pick():
            return f"{mention.which}({mention.records.text})"
        case ir.Attr():
            base = _base(mention, book)
            assert isinstance(base, ir.Pick)
            return ".".join((mention_name(base, book), *mention.path))


def scores_read(expr: ir.Expr, book: Book) -> tuple[str, ...]:
    """The scores that a score's expression adds up."""
    found = mentions((expr,), book).values()
    return tuple(dict.fromkeys(m.name for m in found if isinstance(m, ir.ScoreRef)))


LeafEntry: TypeAlias = ir.PlainEntry | ir.PointsEntry | ir.BandsEntry | ir.EventEntry


def entry_expressions(entry: LeafEntry) -> tuple[ir.Expr, ...]:
    """What a score entry reads: points before condition, subject before bands, all bands."""
    match entry:
        case ir.PlainEntry():
            return (entry.points, *condition_expressions(entry.condition))
        case ir.PointsEntry():
            return (entry.subject,)
        case ir.BandsEntry():
            return (entry.subject, *(c.expr for band in entry.bands for c in band.condition.clauses))
        case ir.EventEntry():
            return record_operands(entry.records)


def condition_expressions(condition: ir.Condition | None) -> tuple[ir.Expr, ...]:
    """The clauses' expressions; none where there is no condition."""
    return () if condition is None else tuple(c.expr for c in condition.clauses)


def entry_uses(entry: LeafEntry, book: Book) -> tuple[Use, ...]:
    """Every use of a source in a score entry."""
    match entry:
        case ir.PlainEntry():
            conditions = condition_expressions(entry.condition)
            return (*_uses(entry.points, "other", (), book), *_all_conditions(conditions, book))
        case ir.PointsEntry():
            # The choices are what the subject is compared with; of a text, they alone tell its values apart.
            text = ir.Type(kind="text")
            choices = tuple(ir.Const(type=text, value=c.choice) for c in entry.choices)
            return tuple(_uses(entry.subject, "subject", choices, book))
        case ir.BandsEntry():
            subject, *conditions_of_bands = entry_expressions(entry)
            return (*_uses(subject, "subject", (), book), *_all_conditions(conditions_of_bands, book))
        case ir.EventEntry():
            return ()  # it always stands alone, and says itself what is unknown


def _all_conditions(expressions: Iterable[ir.Expr], book: Book) -> Iterator[Use]:
    for expr in expressions:
        yield from _uses(expr, "condition", (), book)


def _uses(expr: ir.Expr, role: Role, others: tuple[ir.Expr, ...], book: Book) -> Iterator[Use]:
    """The uses in an expression that itself stands in the given role."""
    expr = book.look_through(expr)
    match expr:
        case ir.FieldRef():
            if expr.var == "this":
                yield Use(Source(expr.path), expr.type, expr.nothing, role, others)
        case ir.Call(function="domain") if (
            isinstance(email := book.look_through(expr.args[0]), ir.FieldRef) and email.var == "this"
        ):
            yield Use(Source(email.path, domain=True), expr.type, True, role, others)
        case ir.Compare() | ir.Between() | ir.In():
            sides = operands(expr, book)
            for i, side in enumerate(sides):
                yield from _uses(side, "side", sides[:i] + sides[i + 1 :], book)
        case ir.IsKnown() | ir.IsUnknown():
            yield from _uses(expr.arg, "known", (), book)
        case ir.And() | ir.Or() | ir.Not() | ir.Certainly() | ir.Possibly():
            yield from _all_conditions(operands(expr, book), book)
        case ir.Any() | ir.Count() | ir.Distinct() | ir.Total() | ir.Pick():
            for operand in operands(expr, book):
                for use in _uses(operand, "other", (), book):
                    yield replace(use, role="other", others=())
        case _:
            for operand in operands(expr, book):
                yield from _uses(operand, "other", (), book)


def joinable(source: Source, uses: tuple[Use, ...], book: Book) -> bool:
    """Whether an entry with these uses can be worked out by trying values of the source (0002, section 3)."""
    return all(
        use.role != "other"
        and use.type.kind != "list"
        and not any(u.source == source for other in use.others for u in _uses(other, "other", (), book))
        for use in uses
        if use.source == source
    )
