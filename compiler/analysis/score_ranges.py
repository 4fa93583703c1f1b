"""The least and the most that a score can really be: from its entries, the caps of its groups, and its range.

Entries that depend on one subject alone are added up value by value of that subject (two bands never count at once);
all others may each count or not. For `low(…)` and `high(…)`, which may count what can never be true, every entry may
count or not. Numbers are in millionths, as everywhere in this room.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import accumulate
from math import inf

from leadpolicy.compiler import ir
from leadpolicy.compiler.analysis.conditions import MOST_DEPTH, Conditions
from leadpolicy.compiler.analysis.regions import EVERYTHING, Box, Region, TooMuchError, join, meet
from leadpolicy.compiler.analysis.subjects import MILLION, one_of
from leadpolicy.compiler.analysis.value_sets import Interval, Ranges, Texts, Values

LeafEntry = ir.PlainEntry | ir.PointsEntry | ir.BandsEntry | ir.EventEntry
Part = tuple[Region | None, Interval]
"""Points, and where they count; None: not analysed, anywhere."""
UNLIMITED: Interval = (-inf, inf)
ZERO: Interval = (0, 0)


def work_out(policy: ir.Policy, conditions: Conditions) -> None:
    """Fill the ranges of all scores in, those read by other scores first."""
    scores = {s.name: s for s in policy.scores}
    names = [p.removeprefix("score ") for p in policy.order if p.startswith("score ")]
    known = conditions.subjects.score_ranges
    for name in names:
        score = scores.get(name)
        if score is None:
            continue
        for bound in ("value", "low", "high"):
            if score.entries is not None:
                found = _of_entries(score.entries, conditions, exact=bound == "value")
            else:
                found = _of_expression(score.expr, {n: known.get((n, bound), UNLIMITED) for n in scores})
            known[name, bound] = _cut(found, _points(score.low), _points(score.high))


def _points(text: str | None) -> float | None:
    return None if text is None else int(Decimal(text) * MILLION)


def _cut(found: Interval, low: float | None, high: float | None) -> Interval:
    least = -inf if low is None else low
    most = inf if high is None else high
    return min(max(found[0], least), most), min(max(found[1], least), most)


def _both_ways(limit: float | None) -> tuple[float | None, float | None]:
    return None if limit is None else -limit, limit


def _finite(points: Interval) -> bool:
    return inf not in points and -inf not in points


def _sum(parts: Iterable[Interval]) -> Interval:
    low: float = 0
    high: float = 0
    for a, b in parts:
        low, high = low + a, high + b
    return low, high


def _or_none(points: Interval) -> Interval:
    """Points that count or don't."""
    return min(points[0], 0), max(points[1], 0)


# ── Entries ──


def _of_entries(entries: Sequence[ir.ScoreEntry], conditions: Conditions, *, exact: bool) -> Interval:
    parts: list[Part] = []
    groups: list[Interval] = []
    for entry in entries:
        if isinstance(entry, ir.GroupEntry):
            inner = [p for e in entry.entries for p in _parts(e, conditions, exact=exact)]
            groups.append(_cut(_added(inner, conditions, exact=exact), *_both_ways(_points(entry.limit))))
        else:
            parts += _parts(entry, conditions, exact=exact)
    return _sum([_added(parts, conditions, exact=exact), *groups])


def _added(parts: Sequence[Part], conditions: Conditions, *, exact: bool) -> Interval:
    """The range of a sum of parts."""
    if not exact:
        return _sum(_or_none(points) for _, points in parts)
    alone: list[Interval] = []
    together: dict[int, list[tuple[Values, Interval]]] = {}
    for region, points in parts:
        if region == EVERYTHING:
            alone.append(points)
        elif region is None or len(region) > 1 or any(len(box) != 1 for box in region) or not _finite(points):
            alone.append(_or_none(points))
        elif region:
            ((subject, values),) = region[0].items()
            together.setdefault(subject, []).append((values, points))
    domains = conditions.subjects.domains
    return _sum([*alone, *(_by_value(domains[s], found) for s, found in together.items())])


def _by_value(domain: Values, parts: Sequence[tuple[Values, Interval]]) -> Interval:
    """The least and the most of a sum whose parts depend on one subject."""
    sums: list[Interval] = []
    if domain.unknown:
        sums.append(_sum(p for v, p in parts if v.unknown))
    if domain.nothing:
        sums.append(_sum(p for v, p in parts if v.nothing))
    if isinstance(domain.known, Texts):
        sums += _by_text([(v.known, p) for v, p in parts if isinstance(v.known, Texts)], domain.known)
    else:
        sums += _by_step([(v.known, p) for v, p in parts if isinstance(v.known, Ranges)], domain.known)
    if not sums:
        return ZERO
    return min(s[0] for s in sums), max(s[1] for s in sums)


def _by_text(parts: Sequence[tuple[Texts, Interval]], domain: Texts) -> Iterator[Interval]:
    others = _sum(p for texts, p in parts if texts.others)
    changes: dict[str, list[Interval]] = {}
    for texts, (low, high) in parts:
        for name in texts.names:
            changes.setdefault(name, []).append((-low, -high) if texts.others else (low, high))
    for name, added in changes.items():
        if (name in domain.names) != domain.others:
            yield _sum([others, *added])
    if domain.others:
        yield others


def _by_step(parts: Sequence[tuple[Ranges, Interval]], domain: Ranges) -> Iterator[Interval]:
    """A walk along the line, from one end of a range to the next."""
    changes: dict[float, list[Interval]] = {low: [] for low, _ in domain.intervals}
    for found, (low, high) in parts:
        for start, end in found.meet(domain).intervals:
            changes.setdefault(start, []).append((low, high))
            if end < inf:
                changes.setdefault(end + 1, []).append((-low, -high))
    places = sorted(changes)
    sums = accumulate((_sum(changes[p]) for p in places), lambda a, b: _sum([a, b]))
    for place, total in zip(places, sums, strict=True):
        if not Ranges(((place, place),)).meet(domain).empty:
            yield total


def _parts(entry: LeafEntry, conditions: Conditions, *, exact: bool) -> Iterator[Part]:
    """An entry as points, and where each of them count."""
    match entry:
        case ir.PlainEntry():
            region = _region(entry.condition, conditions)
            fixed = exact or isinstance(entry.points, ir.Const)  # bounds take unknown points to be of any size
            yield region, _worth(entry.points, region, conditions) if fixed else UNLIMITED
        case ir.PointsEntry():
            subject = conditions.subjects.of(conditions.look_through(entry.subject))
            for choice in entry.choices:
                points = _points(choice.points) or 0
                if subject is None:
                    yield None, (points, points)
                    continue
                const = ir.Const(type=subject.type, value=choice.choice)
                values = Values(one_of([const], subject.type, subject.scale)).meet(subject.domain)
                yield ((() if values.empty else ({subject.number: values},)), (points, points))
        case ir.BandsEntry():
            yield from bands(entry, conditions)
        case ir.EventEntry():
            yield None, _of_events(entry)


def _of_events(entry: ir.EventEntry) -> Interval:
    """Any number of records may count, once only one; decay takes some of their points away."""
    points = _points(entry.points) or 0
    most = points if entry.repeat == "once" else points * inf if points else 0
    limit = _points(entry.limit)
    return _cut((min(most, 0), max(most, 0)), None if limit is None else -limit, limit)


def bands(entry: ir.BandsEntry, conditions: Conditions) -> Iterator[Part]:
    """Each band, and where it is the one that counts: it is true, and those above are false."""
    above: Region | None = EVERYTHING
    for band in entry.bands:
        points = _points(band.points) or 0
        here = _region(band.condition, conditions)
        try:
            yield (None if here is None or above is None else meet(above, here)), (points, points)
            if above is not None:
                above = meet(above, conditions.condition(band.condition, "false"))
        except TooMuchError:
            above = None


def _region(condition: ir.Condition | None, conditions: Conditions) -> Region | None:
    try:
        return conditions.condition(condition, "true")
    except TooMuchError:
        return None


# ── Calculations ──


def _worth(points: ir.Expr, region: Region | None, conditions: Conditions) -> Interval:
    """The points of a plain entry where it counts; points that are unknown or nothing give none."""
    if isinstance(points, ir.Const):
        worth = _points(points.value if isinstance(points.value, str) else None) or 0
        return worth, worth
    try:
        box = _around(join([region])) if region else {}
    except TooMuchError:
        box = {}
    return _or_none(_Calculation(box, conditions).of(points))


def _around(region: Region) -> Box:
    """A box around a region: the region itself where it is one box."""
    return region[0] if len(region) == 1 else {}


class _Calculation:
    """The range of a calculation in a box, lets looked through, each once."""

    def __init__(self, box: Box, conditions: Conditions) -> None:
        self._box = box
        self._conditions = conditions
        self._lets: dict[str, Interval] = {}
        self._depth = 0

    def of(self, expr: ir.Expr) -> Interval:
        """The least and the most; unlimited where it is nested too deep to be looked at."""
        if self._depth >= MOST_DEPTH:
            return UNLIMITED
        self._depth += 1
        try:
            return self._find(expr)
        finally:
            self._depth -= 1

    def _find(self, expr: ir.Expr) -> Interval:
        match expr:
            case ir.LetRef(name=name):
                if name not in self._lets:
                    meaning = self._conditions.look_through(expr)
                    self._lets[name] = UNLIMITED if isinstance(meaning, ir.LetRef) else self.of(meaning)
                return self._lets[name]
            case ir.Const(value=str() as value):
                return _points(value) or 0, _points(value) or 0
            case ir.FieldRef():
                return self._field(expr)
            case ir.Neg(arg=arg):
                low, high = self.of(arg)
                return -high, -low
            case ir.Arith(operator=operator, left=left, right=right):
                return _arithmetic(operator, self.of(left), self.of(right))
            case _:
                return UNLIMITED

    def _field(self, expr: ir.FieldRef) -> Interval:
        subject = self._conditions.subjects.of(expr)
        if subject is None:
            return UNLIMITED
        values = self._box.get(subject.number, subject.domain).known
        if not isinstance(values, Ranges) or not values.intervals:
            return UNLIMITED
        factor = MILLION // subject.scale
        return values.intervals[0][0] * factor, values.intervals[-1][1] * factor


def _arithmetic(operator: str, left: Interval, right: Interval) -> Interval:
    """The range of a calculation of two ranges; of a product or quotient, one millionth wider for rounding."""
    if operator == "add":
        return left[0] + right[0], left[1] + right[1]
    if operator == "sub":
        return left[0] - right[1], left[1] - right[0]
    if not _finite(left) or not _finite(right):
        return ZERO if ZERO in (left, right) and operator == "mul" else UNLIMITED
    if operator == "mul":
        products = [int(a) * int(b) for a in left for b in right]
        return min(products) // MILLION - 1, max(products) // MILLION + 1
    if right[0] != right[1] or not right[0]:
        return UNLIMITED
    quotients = [int(a) * MILLION // int(right[0]) for a in left]
    return min(quotients) - 1, max(quotients) + 1


def _of_expression(expr: ir.Expr | None, scores: dict[str, Interval]) -> Interval:
    """A score made of scores."""
    match expr:
        case ir.Const(value=str() as value):
            return _points(value) or 0, _points(value) or 0
        case ir.ScoreRef(name=name):
            return scores.get(name, UNLIMITED)
        case ir.Neg(arg=arg):
            low, high = _of_expression(arg, scores)
            return -high, -low
        case ir.Arith(operator="mul" | "div" as operator, left=left, right=right):
            return _product(operator, _of_expression(left, scores), _of_expression(right, scores))
        case ir.Arith(operator=operator, left=left, right=right):
            return _arithmetic(operator, _of_expression(left, scores), _of_expression(right, scores))
        case _:
            return UNLIMITED


def _product(operator: str, left: Interval, right: Interval) -> Interval:
    """A product with a whole number of points is exact: no room for rounding is needed."""
    low, high = _arithmetic(operator, left, right)
    if not _finite(left) or not _finite(right) or operator == "div":
        return low, high
    products = [int(a) * int(b) for a in left for b in right]
    if all(p % MILLION == 0 for p in products):
        return min(products) // MILLION, max(products) // MILLION
    return low, high
