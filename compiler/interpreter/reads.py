"""What an expression reads, found by looking at it: its parts, the fields with the way they are used.

Lets are looked through everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from leadpolicy.compiler import ir
from leadpolicy.compiler.interpreter.book import Book

RecordNode: TypeAlias = ir.Any | ir.Count | ir.Distinct | ir.Total | ir.Pick | ir.Leave
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
            return (expr.time, expr.amount, *expr.leave)
        case ir.Leave():
            return (*record_operands(expr.records), expr.start, expr.end)
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
    seen: set[str] = set()
    stack = [expr]
    while stack:
        expr = stack.pop()
        if isinstance(expr, RecordNode) or (isinstance(expr, ir.Attr) and isinstance(_base(expr, book), ir.Pick)):
            yield expr
        elif _is_new(expr, seen):
            stack.extend(reversed(operands(expr, book)))


def _is_new(expr: ir.Expr, seen: set[str]) -> bool:
    """Whether it is no let that has been looked through before."""
    if not isinstance(expr, ir.LetRef):
        return True
    new = expr.name not in seen
    seen.add(expr.name)
    return new


def lets_named(name: str, book: Book) -> tuple[str, ...]:
    """The lets that a let names itself."""
    if name not in book.lets_named:
        found: dict[str, None] = {}
        stack = [book.lets[name].expr]
        while stack:
            expr = stack.pop()
            if isinstance(expr, ir.LetRef):
                found[expr.name] = None
            else:
                stack.extend(operands(expr, book))
        book.lets_named[name] = tuple(found)
    return book.lets_named[name]


def lets_to_work_out(name: str, known: Callable[[str], bool], book: Book) -> Iterator[str]:
    """A let and those that it reads, as far as they are not known, each behind those that it names, so that working
    them out goes no deeper the longer the chain is."""
    pending = [name]
    while pending:
        below = [other for other in lets_named(pending[-1], book) if not known(other)]
        if below:
            pending += below
            continue
        last = pending.pop()
        if not known(last):
            yield last


def _base(expr: ir.Attr, book: Book) -> ir.Expr:
    return book.look_through(expr.base)


def mentions(expressions: Iterable[ir.Expr], book: Book, inside: bool = False) -> dict[str, Mention]:
    """All that the expressions read, by the name that reasons print, in order of appearance, each once; behind all
    others, what is read of records (not of those `inside` others)."""
    found: dict[str, Mention] = {}
    seen: set[str] = set()
    expressions = tuple(expressions)
    for expr in expressions:
        for mention in _mentions(expr, seen, book):
            found.setdefault(mention_name(mention, book), mention)
    for node in (node for expr in expressions for node in record_nodes(expr, book) if not inside):
        if not isinstance(node, ir.Any | ir.Leave):
            found.setdefault(mention_name(node, book), node)
    return found


def _mentions(expr: ir.Expr, seen: set[str], book: Book) -> Iterator[Mention]:
    """In order of appearance; those of a let the first time that it is met."""
    stack = [expr]
    while stack:
        expr = stack.pop()
        if isinstance(
            expr,
            ir.FieldRef | ir.ScoreRef | ir.TableRef | ir.GateRef | ir.StageRef | ir.StageValue | ir.Disqualified,
        ) and not (isinstance(expr, ir.FieldRef) and expr.var != "this"):
            yield expr
        if _is_new(expr, seen):
            stack.extend(reversed(operands(expr, book)))


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


_Place: TypeAlias = tuple[ir.Expr, Role, tuple[ir.Expr, ...]]


def _uses(expr: ir.Expr, role: Role, others: tuple[ir.Expr, ...], book: Book) -> Iterator[Use]:
    """The uses in an expression that itself stands in the given role; what a let stands for is looked at once in
    each role, unless it is a field."""
    seen: set[tuple[str, Role]] = set()
    stack: list[_Place] = [(expr, role, others)]
    while stack:
        expr, role, others = stack.pop()
        meaning = book.look_through(expr)
        use = _own_use(meaning, role, others, book)
        if use is not None:
            yield use
            continue
        if isinstance(expr, ir.LetRef):
            if (expr.name, role) in seen:
                continue
            seen.add((expr.name, role))
        if isinstance(meaning, RecordNode):
            yield from _inside_records(meaning, book)
        else:
            stack.extend(reversed(_below(meaning, book)))


def _own_use(expr: ir.Expr, role: Role, others: tuple[ir.Expr, ...], book: Book) -> Use | None:
    """The use that an expression is, where it is one."""
    match expr:
        case ir.FieldRef(var="this"):
            return Use(Source(expr.path), expr.type, expr.nothing, role, others)
        case ir.Call(function="domain") if (
            isinstance(email := book.look_through(expr.args[0]), ir.FieldRef) and email.var == "this"
        ):
            return Use(Source(email.path, domain=True), expr.type, True, role, others)
        case _:
            return None


def _below(expr: ir.Expr, book: Book) -> list[_Place]:
    """What stands in an expression, and how."""
    below = operands(expr, book)
    match expr:
        case ir.Compare() | ir.Between() | ir.In():
            return [(side, "side", below[:i] + below[i + 1 :]) for i, side in enumerate(below)]
        case ir.IsKnown() | ir.IsUnknown():
            return [(expr.arg, "known", ())]
        case ir.And() | ir.Or() | ir.Not() | ir.Certainly() | ir.Possibly():
            return [(operand, "condition", ()) for operand in below]
        case _:
            return [(operand, "other", ()) for operand in below]


def _inside_records(records: RecordNode, book: Book) -> Iterator[Use]:
    """Whatever stands inside of records is used in another way."""
    seen: set[str] = set()
    stack: list[ir.Expr] = [records]
    while stack:
        expr = stack.pop()
        use = _own_use(expr, "other", (), book)
        if use is not None:
            yield use
        elif _is_new(expr, seen):
            stack.extend(reversed(operands(expr, book)))


def joinable(source: Source, uses: tuple[Use, ...], book: Book) -> bool:
    """Whether an entry with these uses can be worked out by trying values of the source (0002, section 3)."""
    return all(
        use.role != "other"
        and use.type.kind != "list"
        and not any(u.source == source for other in use.others for u in _uses(other, "other", (), book))
        for use in uses
        if use.source == source
    )
