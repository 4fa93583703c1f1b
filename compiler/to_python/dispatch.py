"""Dispatch: which rows of a long table, or entries of a route, can be true at all for a value that is looked up.

Rows that compare one text with constants are put in areas: for each constant, the rows that are not false where the
text is that, in their order. Where all that an area's rows ask besides is between which numbers another value lies,
the area is data: the ends of those intervals, and the row that wins between them. Else it is a function.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_python.literals import NUMERIC_KINDS, SCALE, scaled
from leadpolicy.compiler.to_python.nature import Natures
from leadpolicy.compiler.to_python.plan import Plan

NONE, UNKNOWN = -1, -2
"""In place of a row: no row is true; it can't be told which. Both count from the end of the outcomes."""

_FEWEST = 8
"""So few rows are gone through faster."""
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
    """Rows by the value of a slot, and those left where it has none of the values."""

    slot: int
    by_value: dict[str, tuple[Line, ...]]
    others: tuple[Line, ...]


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
        if len(made) < _FEWEST // 2 or size > 3 * len(lines):
            return None
        return Areas(slot, made, others)

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
        spans = [(line.number, [self._interval(clause.expr) for clause in line.clauses]) for line in area]
        cuts: set[int] = set()
        ranges: list[tuple[int, int | None, int | None]] = []
        for number, found in spans:
            low: int | None = None
            high: int | None = None
            for one in found:
                assert one is not None, "an area of one number"
                low = _greater(low, one[2])
                high = one[3] if high is None else high if one[3] is None else min(high, one[3])
            ranges.append((number, low, high))
            cuts |= {end for end in (low, high) if end is not None}
        ends = sorted(cuts)
        points = [ends[0] - 1, *ends] if ends else [0]
        wins = tuple(next((n for n, low, high in ranges if _inside(p, low, high)), NONE) for p in points)
        kept = [0] + [i for i, (a, b) in enumerate(pairwise(wins), 1) if a != b]
        first = next((line.number for line in area if not line.clauses), None)
        noted: list[int] = []
        for line in area:
            if not line.clauses:
                break
            noted.append(line.number)
        return Band(
            tuple(ends[i - 1] for i in kept[1:]),
            tuple(wins[i] for i in kept),
            settle(tuple(noted), first),
            NONE if first is None else first,
        )

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
        rest = Line(line.number, (*line.clauses[:at], *line.clauses[at + 1 :]))
        for value in values:
            made[value].append(rest)
    return {value: tuple(area) for value, area in made.items()}


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
