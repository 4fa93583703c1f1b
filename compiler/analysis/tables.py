"""Gaps, overlaps and rows never reached, in decision tables.

Method: every column is cut into regions on which each of its cells is constantly true or false (a cell compares the
column with constants), and one value of each region stands for it. Rows become bit masks over these values; a walk
over the columns, remembering what it has seen, visits each distinct set of rows once. Columns are taken as
independent of each other, so what is found may need a combination that other rules out; what is proved is proved.
A cell that compares with anything but constants, or looks into texts, is *not analysed*: it may hold anywhere.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_FLOOR, Decimal
from typing import Literal

from leadpolicy.compiler import ir
from leadpolicy.compiler.constants import duration_micros, print_decimal
from leadpolicy.compiler.wording import Message, say, term

MOST_STEPS = 200_000
"""How many sets of rows are looked at before a table is called not analysed."""

_STEP = {
    "int": Decimal(1),
    "workdays": Decimal(1),
    "duration": Decimal(1),
    "time": Decimal(1),
    "date": Decimal(1),
}
_SMALLEST = Decimal("0.000001")

Point = Decimal | str | bool | None
"""One value of a region: a number for whatever has an order, a text, a truth value; None is nothing."""


@dataclass(frozen=True, slots=True)
class Finding:
    """`rows` by index; `example` in words, one a column."""

    kind: Literal["gap", "overlap", "unproved", "shadowed"]
    rows: tuple[int, ...] = ()
    example: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """`complete`: proved that some row holds for every input."""

    findings: tuple[Finding, ...]
    complete: bool


@dataclass(frozen=True, slots=True)
class _Column:
    """`surely[i]`, `maybe[i]`: the rows whose cell is true, or may be true, at point i; `unknown`: the rows whose
    cell is true of an unknown. `words` says each point, `unknown_words` that the column is unknown."""

    words: tuple[Message, ...]
    unknown_words: Message
    points: tuple[Point, ...]
    surely: tuple[int, ...]
    maybe: tuple[int, ...]
    unknown: int


Lists = Mapping[str, ir.NamedList]


def analyse(hit: str, inputs: Sequence[ir.Expr], rows: Sequence[ir.Row], lists: Lists) -> Result:
    """What is wrong with a table's rows. `lists` are the policy's, by name."""
    columns = [_column(expr, rows, lists) for expr in inputs]
    everything = (1 << len(rows)) - 1
    walk = _Walk(columns, everything)
    if hit == "collect":
        return Result((), complete=False)
    findings: list[Finding] = []
    gap, analysed = walk.gap()
    catches_all = any(r.condition is None for r in rows)
    complete = catches_all or (analysed and gap is None)
    if gap is not None and hit == "first":
        findings.append(Finding("gap", example=gap))
    if hit == "unique":
        findings += walk.overlaps()
    elif analysed:
        reached = walk.reachable()
        for i in range(len(rows)):
            if reached is not None and not reached >> i & 1:
                above = next((j for j in range(i) if rows[j].condition == rows[i].condition), None)
                findings.append(Finding("shadowed", (i,) if above is None else (i, above)))
    return Result(tuple(findings), complete)


class _Walk:
    """Walks the combinations of points, column by column, over sets of rows as bit masks."""

    def __init__(self, columns: Sequence[_Column], everything: int) -> None:
        self.columns = columns
        self.everything = everything
        self.steps = 0

    def gap(self) -> tuple[tuple[Message, ...] | None, bool]:
        """An input for which surely no row holds, in words; and whether all could be looked at."""
        seen: set[tuple[int, int, int]] = set()
        unsure = False
        stack: list[tuple[int, int, int, tuple[Message, ...]]] = [(0, self.everything, self.everything, ())]
        while stack:
            level, surely, maybe, words = stack.pop()
            self.steps += 1
            if self.steps > MOST_STEPS:
                return None, False
            if level == len(self.columns):
                if not surely and not maybe:
                    return words, True
                unsure = unsure or not surely
                continue
            if (level, surely, maybe) in seen:
                continue
            seen.add((level, surely, maybe))
            column = self.columns[level]
            for i in reversed(range(len(column.points))):
                stack.append(
                    (level + 1, surely & column.surely[i], maybe & column.maybe[i], (*words, column.words[i]))
                )
        return None, not unsure

    def overlaps(self) -> list[Finding]:
        """Pairs of rows that hold at once for some input, or may."""
        pairs: dict[tuple[int, int], Finding] = {}
        seen: set[tuple[int, int]] = set()
        stack: list[tuple[int, int, int, tuple[Message, ...]]] = [(0, self.everything, self.everything, ())]
        while stack and self.steps <= 2 * MOST_STEPS:
            level, surely, maybe, words = stack.pop()
            self.steps += 1
            if maybe & (maybe - 1) == 0 or (level, maybe) in seen:
                continue
            seen.add((level, maybe))
            if level == len(self.columns):
                both = surely if surely & (surely - 1) else maybe
                first = (both & -both).bit_length() - 1
                rest = both & (both - 1)
                second = (rest & -rest).bit_length() - 1
                kind: Literal["overlap", "unproved"] = "overlap" if both == surely else "unproved"
                pairs.setdefault((first, second), Finding(kind, (first, second), words))
                continue
            column = self.columns[level]
            for i in reversed(range(len(column.points))):
                stack.append(
                    (level + 1, surely & column.surely[i], maybe & column.maybe[i], (*words, column.words[i]))
                )
            # Where the column is unknown, a row that is true wins over those that are unknown (ruling 31).
            stack.append((level + 1, surely & column.unknown, maybe & column.unknown, (*words, column.unknown_words)))
        return [pairs[k] for k in sorted(pairs)]

    def reachable(self) -> int | None:
        """The rows that are the first to hold for some input, as a mask; None where it was too much to look at."""
        seen: set[tuple[int, int]] = set()
        reached = 0
        stack = [(0, self.everything)]
        while stack:
            level, surely = stack.pop()
            self.steps += 1
            if self.steps > 2 * MOST_STEPS:
                return None
            if (level, surely) in seen:
                continue
            seen.add((level, surely))
            if level == len(self.columns):
                reached |= surely & -surely
                continue
            column = self.columns[level]
            stack.extend((level + 1, surely & mask) for mask in (*column.surely, column.unknown))
        return reached


def _print(point: Point) -> str:
    if point is None:
        return term("nothing")
    if isinstance(point, Decimal):
        return print_decimal(point)
    if isinstance(point, bool):
        return term("true") if point else term("false")
    return f'"{point}"'


# ── Columns ──


def _column(subject: ir.Expr, rows: Sequence[ir.Row], lists: Lists) -> _Column:
    everywhere, cells = _cells(subject, rows, lists)
    points = _points(subject, [cell for cell, _ in cells])
    maps = _Maps(points)
    unknown = everywhere
    others: list[tuple[ir.Expr, int]] = []
    for cell, mask in cells:
        spans = maps.spans(cell)
        if spans is None:
            others.append((cell, mask))
        else:
            maps.add(spans, mask)
        unknown |= mask if _holds_of_unknown(cell) else 0
    maps.add([(0, len(points))], everywhere)
    surely = maps.masks()
    maybe = list(surely)
    for cell, mask in others:
        for i, point in enumerate(points):
            verdict = _holds(cell, subject, point)
            maybe[i] |= mask if verdict is not False else 0
            surely[i] |= mask if verdict is True else 0
    name = _words(subject)
    words = tuple(say("{} {}", name, _print(point)) for point in points)
    return _Column(words, say("{} unknown", name), points, tuple(surely), tuple(maybe), unknown)


def _cells(subject: ir.Expr, rows: Sequence[ir.Row], lists: Lists) -> tuple[int, list[tuple[ir.Expr, int]]]:
    """The rows that say nothing of a column, and the tests of the others with their rows: rows may share them."""
    everywhere = 0
    found: dict[int, ir.Expr] = {}
    masks: dict[int, int] = {}
    for n, row in enumerate(rows):
        clauses = row.condition.clauses if row.condition else ()
        clause = next((c for c in clauses if _subject_of(c.expr) == subject), None)
        if clause is None:
            everywhere |= 1 << n
            continue
        key = id(clause.expr)
        if key not in found:
            found[key] = _spelled_out(clause.expr, lists)
        masks[key] = masks.get(key, 0) | 1 << n
    return everywhere, [(cell, masks[key]) for key, cell in found.items()]


class _Maps:
    """Rows by point, for the plain cells that a long table has: of each, the spans of points at which it is true.

    Spans are half-open pairs of places among the points. A row's bit is switched on and off where a span begins and
    ends, so that adding a cell takes no walk over the points.
    """

    def __init__(self, points: Sequence[Point]) -> None:
        self._size = len(points)
        self._at = {point: i for i, point in enumerate(points)}
        self._numbers = [p for p in points if isinstance(p, Decimal)]
        self._changes: dict[int, int] = {}

    def spans(self, cell: ir.Expr) -> list[tuple[int, int]] | None:
        """Where a cell is true, or None where it is not one of the plain ones."""
        match cell:
            case ir.Not(arg=ir.Compare(relation="eq", right=ir.Const()) | ir.In() | ir.Between() as arg):
                inner = self.spans(arg)
                return None if inner is None else self._rest(inner)
            case ir.Compare(relation="eq", right=ir.Const() as right):
                return self._one(_point(right))
            case ir.In(items=ir.Const(type=type_, value=tuple() as values)) if type_.item is not None:
                items = {_point(ir.Const(type=type_.item, value=v)) for v in values}
                return [span for item in items for span in self._one(item)]
            case ir.Between(low=ir.Const() as low, high=ir.Const() as high):
                first, last = _point(low), _point(high)
                if not isinstance(first, Decimal) or not isinstance(last, Decimal):
                    return None
                return [(bisect_left(self._numbers, first), bisect_right(self._numbers, last))]
            case ir.Compare(relation=relation, right=ir.Const() as right):
                bound = _point(right)
                return self._side(relation, bound) if isinstance(bound, Decimal) else None
            case _:
                return None

    def _one(self, point: Point) -> list[tuple[int, int]]:
        at = self._at.get(point)
        return [] if at is None else [(at, at + 1)]

    def _side(self, relation: str, bound: Decimal) -> list[tuple[int, int]]:
        match relation:
            case "lt":
                return [(0, bisect_left(self._numbers, bound))]
            case "le":
                return [(0, bisect_right(self._numbers, bound))]
            case "gt":
                return [(bisect_right(self._numbers, bound), len(self._numbers))]
            case _:
                return [(bisect_left(self._numbers, bound), len(self._numbers))]

    def _rest(self, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
        rest, end = [], 0
        for first, last in sorted(spans):
            if last > first:
                rest.append((end, first))
                end = last
        return [*rest, (end, self._size)]

    def add(self, spans: list[tuple[int, int]], mask: int) -> None:
        """Put rows in at the points of spans, which don't overlap each other."""
        for first, last in spans:
            if last > first:
                self._changes[first] = self._changes.get(first, 0) ^ mask
                self._changes[last] = self._changes.get(last, 0) ^ mask

    def masks(self) -> list[int]:
        """The rows at each point."""
        found, now = [], 0
        for i in range(self._size):
            now ^= self._changes.get(i, 0)
            found.append(now)
        return found


def _holds_of_unknown(cell: ir.Expr) -> bool:
    """Whether a cell is true where its column is unknown."""
    match cell:
        case ir.IsUnknown():
            return True
        case ir.Not(arg=ir.IsKnown()):
            return True
        case _:
            return False


def _words(subject: ir.Expr) -> str:
    match subject:
        case ir.FieldRef(path=path):
            return ".".join(path)
        case ir.LetRef(name=name) | ir.ScoreRef(name=name) | ir.TableRef(name=name) | ir.GateRef(name=name):
            return name
        case ir.Call(function=function):
            return f"{function}(…)"
        case _:
            return term("the column")


def _spelled_out(expr: ir.Expr, lists: Lists) -> ir.Expr:
    """With the items of a named list in place of its name."""
    match expr:
        case ir.Not(arg=arg):
            return ir.Not(arg=_spelled_out(arg, lists))
        case ir.In(item=item, items=ir.ListRef(name=name, type=type_)) if name in lists:
            return ir.In(item=item, items=ir.Const(type=type_, value=lists[name].items))
        case _:
            return expr


def _subject_of(expr: ir.Expr) -> ir.Expr | None:
    match expr:
        case ir.Not(arg=arg):
            return _subject_of(arg)
        case ir.Compare(left=left):
            return left
        case ir.Between(item=item) | ir.In(item=item):
            return item
        case ir.TextTest(text=text):
            return text
        case ir.IsKnown(arg=arg) | ir.IsUnknown(arg=arg):
            return arg
        case ir.GateRef(of=of, name=name):  # `fails` asks the same column as `passes`
            return ir.GateRef(of=of, name=name, verdict="pass")
        case _:
            return None


def _constants(expr: ir.Expr) -> list[ir.Const]:
    match expr:
        case ir.Const():
            return [expr]
        case ir.Not(arg=arg):
            return _constants(arg)
        case ir.Compare(right=right):
            return _constants(right)
        case ir.Between(low=low, high=high):
            return _constants(low) + _constants(high)
        case ir.In(items=ir.Const(type=type_, value=tuple() as values)) if type_.item is not None:
            return [ir.Const(type=type_.item, value=v) for v in values]
        case _:
            return []


def _points(subject: ir.Expr, cells: Sequence[ir.Expr]) -> tuple[Point, ...]:
    if isinstance(subject, ir.GateRef):
        return (True, False)
    type_ = getattr(subject, "type", None) or ir.Type(kind="number")
    constants = [_point(c) for cell in cells for c in _constants(cell)]
    points: list[Point]
    match type_.kind:
        case "bool":
            points = [True, False]
        case "choice":
            points = list(type_.choices or ())
        case "text" | "email" | "phone" | "fact":
            texts = list(dict.fromkeys(c for c in constants if isinstance(c, str)))
            other = "…"
            while other in texts:
                other += "…"
            points = [other, *texts]
        case "list":
            points = [None]
        case kind:
            points = _numbers([c for c in constants if isinstance(c, Decimal)], _STEP.get(kind, _SMALLEST))
    return (*points, None) if getattr(subject, "nothing", False) and None not in points else tuple(points)


def _numbers(constants: list[Decimal], step: Decimal) -> list[Point]:
    """Each constant, and the nearest values below and above: one of every region between."""
    found: set[Decimal] = set()
    for c in constants:
        floor = (c / step).to_integral_value(rounding=ROUND_FLOOR) * step
        found |= {floor, floor + step}
        if floor == c:
            found.add(floor - step)
    return [*sorted(found)] if found else [Decimal(0)]


def _point(const: ir.Const) -> Point:
    """A constant as a point: whatever has an order becomes a number."""
    value = const.value
    if isinstance(value, ir.Duration):
        return Decimal(duration_micros(value))
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return Decimal(value)
    if const.type.kind == "date" and isinstance(value, str):
        return Decimal((date.fromisoformat(value) - date(1970, 1, 1)) // timedelta(days=1))
    if const.type.kind in _NUMERIC and isinstance(value, str):
        return Decimal(value)
    assert isinstance(value, str)
    return value


_NUMERIC = {"int", "number", "money", "percent", "work_hours", "workdays"}


def _holds(expr: ir.Expr, subject: ir.Expr, point: Point) -> bool | None:
    """Whether a cell is true at a point; None where that isn't analysed."""
    match expr:
        case ir.Not(arg=arg):
            inner = _holds(arg, subject, point)
            return None if inner is None else not inner
        case ir.IsKnown():
            return point is not None
        case ir.IsUnknown():
            return False
        case ir.GateRef(verdict=verdict):
            return point is (verdict == "pass")
        case ir.Compare(relation=relation, right=ir.Const() as right):
            if point is None:
                return False
            return _compare(relation, point, _point(right), getattr(subject, "type", None))
        case ir.Between(low=ir.Const() as low, high=ir.Const() as high):
            if point is None:
                return False
            type_ = getattr(subject, "type", None)
            return _compare("ge", point, _point(low), type_) and _compare("le", point, _point(high), type_)
        case ir.In(items=ir.Const(type=type_, value=tuple() as values)) if type_.item is not None:
            return point in [_point(ir.Const(type=type_.item, value=v)) for v in values]
        case _:
            return None


def _compare(relation: str, a: Point, b: Point, type_: ir.Type | None) -> bool:
    if relation == "eq":
        return a == b
    if type_ is not None and type_.kind == "choice":
        choices = type_.choices or ()
        x, y = Decimal(choices.index(str(a))), Decimal(choices.index(str(b)))
    else:
        assert isinstance(a, Decimal)
        assert isinstance(b, Decimal)
        x, y = a, b
    return {"lt": x < y, "le": x <= y, "gt": x > y, "ge": x >= y}[relation]
