"""Scores over columns: the sum of what each entry gives, in the smallest type that has room for it."""

from __future__ import annotations

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_polars import operands
from leadpolicy.compiler.to_polars.expressions import Expressions
from leadpolicy.compiler.to_polars.nodes import Node
from leadpolicy.compiler.to_polars.values import SCALE, SURE, CannotLowerError, Truth, Value, smallest, within
from leadpolicy.compiler.to_python import walk
from leadpolicy.compiler.to_python.literals import NUMERIC_KINDS, kept, scaled

_RECORDS = 10**9
"""More records than a lead has, of which an entry counts each."""


def points_of(text: str, whole: bool) -> int:
    """Points in their score's scale."""
    number = scaled(text)
    return number // SCALE if whole else number


class Scores:
    """Lowers scores in plain mode."""

    def __init__(self, expressions: Expressions) -> None:
        self._expressions = expressions
        self._graph = expressions.graph
        self._plan = expressions.plan

    def lower(self, score: ir.Score) -> Value:
        """A score's value: never unknown, never nothing."""
        whole = self._plan.whole[score.name]
        low = None if score.low is None else points_of(score.low, whole)
        high = None if score.high is None else points_of(score.high, whole)
        if score.expr is not None:
            value = operands.in_scale(self._expressions, self._expressions.value(score.expr), whole)
            node = value.node if value.absent is None else self._graph.node(value.node, ".fill_null(0)")
            made = Value(node, "number", SURE, None, whole, value.bound, value.dtype)
        else:
            made = self._sum(score.entries or (), whole)
        return self._clamped(made, low, high)

    def _clamped(self, value: Value, low: int | None, high: int | None) -> Value:
        node, bound = value.node, value.bound
        if low is not None and -bound < low:
            node = self._clip(node, "lower_bound", max(low, -bound) if low < 0 else low, value)
        if high is not None and high < bound:
            node = self._clip(node, "upper_bound", high, value)
        if node is value.node:
            return value
        ends = [abs(end) for end in (low, high) if end is not None]
        kept_bound = bound if low is None or high is None else max(ends)
        return Value(node, "number", SURE, None, value.whole, max(kept_bound, *ends), value.dtype)

    def _clip(self, node: Node, end: str, limit: int, value: Value) -> Node:
        dtype = value.dtype
        if abs(limit) > value.bound and smallest(abs(limit)) != dtype:
            # A range that lies beyond all that the entries give.
            dtype = "Int64"
        number = self._graph.integer(limit, dtype)
        return self._graph.node(node, f".clip({end}=", number, ")")

    def _sum(self, entries: tuple[ir.ScoreEntry, ...], whole: bool) -> Value:
        """What entries and groups give together."""
        given: list[Value] = []
        for entry in entries:
            if isinstance(entry, ir.GroupEntry):
                inner = self._sum(entry.entries, whole)
                if entry.limit is not None:
                    limit = points_of(entry.limit, whole)
                    inner = self._clamped(inner, -limit, limit)
                given.append(inner)
            else:
                given.append(self.entry(entry, whole))
        bound = within(sum(one.bound for one in given))
        dtype = smallest(bound)
        nodes = [operands.cast(self._expressions, one, dtype).node for one in given if one.bound]
        zero = self._graph.integer(0, dtype)
        if not nodes:
            return Value(zero, "number", SURE, None, whole, 0, dtype)
        parts: list[str | Node] = ["("]
        for index, node in enumerate(nodes):
            parts += [" + ", node] if index else [node]
        return Value(
            nodes[0] if len(nodes) == 1 else self._graph.node(*parts, ")"), "number", SURE, None, whole, bound, dtype
        )

    def entry(self, entry: walk.Entry, whole: bool) -> Value:
        """What one entry gives; unknown gives 0."""
        if isinstance(entry, ir.EventEntry):
            return self._events(entry, whole)
        if isinstance(entry, ir.PlainEntry):
            return self._plain(entry, whole)
        cases = self._points(entry, whole) if isinstance(entry, ir.PointsEntry) else self._bands(entry, whole)
        bound = max((abs(points) for _, points in cases), default=0)
        dtype = smallest(bound)
        numbers = [(test, self._graph.integer(points, dtype)) for test, points in cases]
        node = self._graph.chain(numbers, self._graph.integer(0, dtype))
        return Value(node, "number", SURE, None, whole, bound, dtype)

    def _events(self, entry: ir.EventEntry, whole: bool) -> Value:
        """What the records that count certainly give."""
        shared, graph = self._expressions.shared, self._graph
        column = shared.records.points(self._expressions.mode, entry)
        times = graph.column(column)
        points = points_of(entry.points, whole)
        if entry.decay is not None:
            wide = graph.node("(", times, f".cast(Int128) * lit({points}, Int128))")
            node = operands.rounded(self._expressions, wide, graph.leaf("lit(1_000_000_000, Int128)"))
            node = graph.node(node, ".cast(Int64)")
        elif entry.repeat == "once":
            node = graph.chain(
                [(graph.node("(", times, " > 0)"), graph.integer(points, "Int64"))], graph.integer(0, "Int64")
            )
        else:
            node = graph.node("(", times, f" * {points})")
        most = abs(points) * (1 if entry.repeat == "once" else _RECORDS)
        given = Value(node, "number", SURE, None, whole, within(most), "Int64")
        if entry.limit is None:
            return given
        limit = abs(points_of(entry.limit, whole))
        return self._clamped(given, -limit, limit)

    def _plain(self, entry: ir.PlainEntry, whole: bool) -> Value:
        test = self._expressions.condition(entry.condition).node
        points = operands.in_scale(
            self._expressions, operands.plain_value(self._expressions, self._expressions.value(entry.points)), whole
        )
        node = points.node
        if points.unknown or points.absent is not None:
            node = self._graph.node(node, ".fill_null(0)")
        zero = self._graph.integer(0, points.dtype)
        node = self._graph.chain([(test, node)], zero)
        bound = 0 if node is zero else points.bound
        return Value(node, "number", SURE, None, whole, bound, points.dtype)

    def _points(self, entry: ir.PointsEntry, whole: bool) -> list[tuple[Node, int]]:
        subject = self._expressions.value(entry.subject)
        found: list[tuple[Node, int]] = []
        for one in entry.choices:
            points = points_of(one.points, whole)
            if points == 0:
                continue
            found.append((self._is_choice(subject, one.choice), points))
        return found

    def _is_choice(self, subject: Value, choice: str) -> Node:
        if subject.constant is not None:
            return self._graph.true if kept(subject.kind, subject.constant) == choice else self._graph.false
        if subject.codes is not None:
            numbers = [number for number, value in subject.codes if value == choice]
            return self._expressions.is_number(subject, numbers)
        if subject.kind in NUMERIC_KINDS | {"bool", "time", "date", "duration"}:
            raise CannotLowerError("points by what is no text")
        return self._expressions.equal(subject, choice)

    def _bands(self, entry: ir.BandsEntry, whole: bool) -> list[tuple[Node, int]]:
        """The first band that is true; one above it that is unknown makes the entry unknown."""
        tests = [self._expressions.condition(band.condition) for band in entry.bands]
        together = self._unknown_together(entry)
        found: list[tuple[Node, int]] = []
        for band, test in zip(entry.bands, tests, strict=True):
            found.append((test.node, points_of(band.points, whole)))
            if test.unknown and not together and test is not tests[-1]:
                found.append((self._graph.null(test.node), 0))
        return found

    def _unknown_together(self, entry: ir.BandsEntry) -> bool:
        """Whether each band compares the subject with constants: none is true then where it is unknown."""
        subject = entry.subject
        for band in entry.bands:
            for clause in band.condition.clauses:
                match clause.expr:
                    case ir.Compare(left=left, right=ir.Const()) if left == subject:
                        pass
                    case ir.Between(item=item, low=ir.Const(), high=ir.Const()) if item == subject:
                        pass
                    case _:
                        return False
        return True


__all__ = ["Scores", "Truth", "points_of"]
