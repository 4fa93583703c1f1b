"""Dispatch: which rows of a long table, or entries of a route, can be true at all for a value that is looked up.

Rows that compare one text with constants are put in areas: for each constant, the rows that are not false where the
text is that, in their order. Where all that an area's rows ask besides is between which numbers another value lies,
the area is data: the ends of those intervals, and the row that wins between them. Else it is a function.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_python.literals import NUMERIC_KINDS, SCALE, scaled
from leadpolicy.compiler.to_python.nature import Natures
from leadpolicy.compiler.to_python.plan import Plan

NONE, UNKNOWN = -1, -2
"""In place of a row: no row is true; it can't be told which. Both count from the end of the outcomes."""

_FEWEST, _FEWEST_VALUES = 8, 2
"""So few rows are gone through faster."""
_MOST_STEPS = 500_000
"""So many rows are looked at, at most, to find out what they come to while a text is unknown."""
_TEXTS = frozenset({"text", "email", "phone", "choice", "fact"})

Settle = Callable[[tuple[int, ...], int | None], int]
"""Which row wins, from those that are unknown and the first true one."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row: its number, and the clauses that it still depends on."""

    number: int
    clauses: tuple[ir.Clause, ...]


@dataclass(frozen=True, slots=True)
class Areas:
    """Rows by the value of a slot, and those left where it has none of the values. `rest`: all rows without what they
    ask of the slot; `asking`: those that ask something of it."""

    slot: int
    by_value: dict[str, tuple[Line, ...]]
    others: tuple[Line, ...]
    rest: tuple[Line, ...]
    asking: frozenset[int]


@dataclass(frozen=True, slots=True)
class Band:
    """An area as data: `wins[i]` is the row below `cuts[i]`; `unknown` and `nothing`: where the number is that."""

    cuts: tuple[int, ...]
    wins: tuple[int, ...]
    unknown: int
    nothing: int


class Dispatch:
    """Finds areas, and what they are as data."""

    def __init__(self, plan: Plan, natures: Natures) -> None:
        self._plan = plan
        self._natures = natures

    def areas(self, lines: Sequence[Line]) -> Areas | None:
        """The areas of the slot that most rows compare with constants; None where that wouldn't help."""
        if len(lines) < _FEWEST:
            return None
        found: dict[int, dict[int, tuple[int, frozenset[str]]]] = {}
        for line in lines:
            for at, clause in enumerate(line.clauses):
                wanted = self._wanted(clause.expr)
                if wanted is not None:
                    found.setdefault(wanted[0], {}).setdefault(line.number, (at, wanted[1]))
        if not found:
            return None
        slot = max(found, key=lambda one: len(found[one]))
        made = _divided(lines, found[slot])
        size = sum(map(len, made.values()))
        others = tuple(line for line in lines if line.number not in found[slot])
        if len(made) < _FEWEST_VALUES or size > 3 * len(lines):
            return None
        rest = tuple(
            line if line.number not in found[slot] else _without(line, found[slot][line.number][0]) for line in lines
        )
        return Areas(slot, made, others, rest, frozenset(found[slot]))

    def _wanted(self, expr: ir.Expr) -> tuple[int, frozenset[str]] | None:
        """The slot that a clause compares with constant texts, and these."""
        if isinstance(expr, ir.Compare) and expr.relation == "eq":
            for item, other in ((expr.left, expr.right), (expr.right, expr.left)):
                slot, constant = self._text_slot(item), self._plan.resolve(other)
                if slot is not None and isinstance(constant, ir.Const) and isinstance(constant.value, str):
                    return slot, frozenset({constant.value})
        if isinstance(expr, ir.In):
            slot, fixed = self._text_slot(expr.item), self._natures.constant_list(expr.items)
            if slot is not None and fixed and all(isinstance(value, str) for _, value in fixed):
                return slot, frozenset(str(value) for _, value in fixed)
        return None

    def _text_slot(self, expr: ir.Expr) -> int | None:
        slot = self._natures.slot(expr)
        return slot if slot is not None and self._plan.slots[slot].type.kind in _TEXTS else None

    # ── Areas as data ──

    def number(self, areas: Iterable[tuple[Line, ...]]) -> tuple[bool, ir.Expr | None]:
        """Whether all clauses of areas compare one number with constants, and which; None: there are no clauses."""
        subject: ir.Expr | None = None
        named: tuple[str, object] | None = None
        for clause in (clause for area in areas for line in area for clause in line.clauses):
            found = self._interval(clause.expr)
            if found is None or (named is not None and found[0] != named):
                return False, None
            named, subject = found[0], found[1]
        return True, subject

    def band(self, area: tuple[Line, ...], settle: Settle) -> Band:
        """An area as data."""
        ranges = [self._range(line) for line in area]
        points = _points(ranges)
        wins = [next((n for n, low, high in ranges if _inside(p, low, high)), NONE) for p in points]
        first = next((line.number for line in area if not line.clauses), None)
        noted: list[int] = []
        for line in area:
            if not line.clauses:
                break
            noted.append(line.number)
        return _banded(points, wins, settle(tuple(noted), first), NONE if first is None else first)

    def unsure(self, areas: Areas, settle: Settle) -> Band | None:
        """What rows come to while the text that they ask for is unknown, as data; None where that takes too long to
        find out. Rows that ask for it are unknown where all else that they ask for is there."""
        ranges = [self._range(line) for line in areas.rest]
        points = _points(ranges)
        wins: list[int] = []
        steps = 0
        for point in points:
            found, looked = _first_of(ranges, areas.asking, settle, partial(_inside, point))
            wins.append(found)
            steps += looked
            if steps > _MOST_STEPS:
                return None
        asking = {*areas.asking, *(line.number for line in areas.rest if line.clauses)}
        unknown, _ = _first_of(ranges, asking, settle, lambda low, high: True)
        free = [one for one, line in zip(ranges, areas.rest, strict=True) if not line.clauses]
        nothing, _ = _first_of(free, areas.asking, settle, lambda low, high: True)
        return _banded(points, wins, unknown, nothing)

    def _range(self, line: Line) -> _Range:
        """Between which ends the number lies that a row asks for."""
        low: int | None = None
        high: int | None = None
        for clause in line.clauses:
            one = self._interval(clause.expr)
            assert one is not None, "an area of one number"
            low = _greater(low, one[2])
            high = one[3] if high is None else high if one[3] is None else min(high, one[3])
        return line.number, low, high

    def _interval(self, expr: ir.Expr) -> tuple[tuple[str, object], ir.Expr, int | None, int | None] | None:
        """(which number, the number, from, up to but without) of a clause that asks between which ends one lies."""
        if isinstance(expr, ir.Between):
            low, high = self._plan.resolve(expr.low), self._plan.resolve(expr.high)
            item, ends = expr.item, [("ge", low), ("le", high)]
        elif isinstance(expr, ir.Compare):
            right = self._plan.resolve(expr.right)
            item, ends = expr.left, [(expr.relation, right)]
        else:
            return None
        named = self._named(item)
        if named is None:
            return None
        whole = self._whole(item)
        start: int | None = None
        end: int | None = None
        for relation, constant in ends:
            if not isinstance(constant, ir.Const) or constant.type.kind not in NUMERIC_KINDS:
                return None
            low_end, high_end = _ends(relation, scaled(str(constant.value)), 1 if not whole else SCALE)
            start = _greater(start, low_end)
            end = high_end if end is None else end
        return named, item, start, end

    def _named(self, expr: ir.Expr) -> tuple[str, object] | None:
        slot = self._natures.slot(expr)
        if slot is not None:
            return ("slot", slot) if self._plan.slots[slot].type.kind in NUMERIC_KINDS else None
        resolved = self._plan.resolve(expr)
        if isinstance(resolved, ir.ScoreRef) and resolved.bound == "value":
            return "score", resolved.name
        return None

    def _whole(self, expr: ir.Expr) -> bool:
        resolved = self._plan.resolve(expr)
        return self._plan.whole[resolved.name] if isinstance(resolved, ir.ScoreRef) else self._plan.is_whole(expr)


_Range = tuple[int, int | None, int | None]
"""A row's number, and the ends of the interval that it asks for."""


def _points(ranges: Sequence[_Range]) -> list[int]:
    """One number of each stretch between the ends of intervals; the first lies below them all."""
    ends = sorted({end for _, *both in ranges for end in both if end is not None})
    return [ends[0] - 1, *ends] if ends else [0]


def _banded(points: Sequence[int], wins: Sequence[int], unknown: int, nothing: int) -> Band:
    """Who wins at each point, as cuts."""
    kept = [0] + [i for i, (a, b) in enumerate(pairwise(wins), 1) if a != b]
    return Band(tuple(points[i] for i in kept[1:]), tuple(wins[i] for i in kept), unknown, nothing)


def _first_of(
    ranges: Sequence[_Range], doubtful: Set[int], settle: Settle, inside: Callable[[int | None, int | None], bool]
) -> tuple[int, int]:
    """What rows come to, of which some are unknown where they hold at all; and how many were looked at."""
    noted: list[int] = []
    for looked, (number, low, high) in enumerate(ranges, 1):
        if not inside(low, high):
            continue
        if number not in doubtful:
            return settle(tuple(noted), number), looked
        if noted and settle((noted[0], number), noted[0]) == UNKNOWN:
            return UNKNOWN, looked
        noted = noted or [number]  # others with the same outcome make no difference
    return settle(tuple(noted), None), len(ranges)


def _divided(lines: Sequence[Line], wanted: dict[int, tuple[int, frozenset[str]]]) -> dict[str, tuple[Line, ...]]:
    """For each value the rows that can be true there, the clause about it taken out."""
    made: dict[str, list[Line]] = {value: [] for _, values in wanted.values() for value in sorted(values)}
    for line in lines:
        found = wanted.get(line.number)
        if found is None:
            for area in made.values():
                area.append(line)
            continue
        at, values = found
        rest = _without(line, at)
        for value in values:
            made[value].append(rest)
    return {value: tuple(area) for value, area in made.items()}


def _without(line: Line, at: int) -> Line:
    """A row without one of its clauses."""
    return Line(line.number, (*line.clauses[:at], *line.clauses[at + 1 :]))


def _ends(relation: str, constant: int, step: int) -> tuple[int | None, int | None]:
    """The interval of a relation to a constant of millionths, for numbers kept in steps of so many of them."""
    below, rest = divmod(constant, step)
    above = below + (1 if rest else 0)
    match relation:
        case "ge":
            return above, None
        case "gt":
            return below + 1, None
        case "le":
            return None, below + 1
        case "lt":
            return None, above
        case _:
            return above, below + 1


def _greater(one: int | None, other: int | None) -> int | None:
    if one is None or other is None:
        return other if one is None else one
    return max(one, other)


def _inside(point: int, low: int | None, high: int | None) -> bool:
    return (low is None or low <= point) and (high is None or point < high)
