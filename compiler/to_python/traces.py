"""Reasons and blame: for each part a function that says what every clause came to, and who made it unknown."""

from __future__ import annotations

from collections.abc import Callable

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_python import event_entries, walk
from leadpolicy.compiler.to_python.code import CONDITIONAL
from leadpolicy.compiler.to_python.expressions import Expressions
from leadpolicy.compiler.to_python.ladders import Ladders
from leadpolicy.compiler.to_python.literals import literal, sequence
from leadpolicy.compiler.to_python.nature import ASKING, PLAIN
from leadpolicy.compiler.to_python.scope import Scope, Shared
from leadpolicy.compiler.to_python.scores import Entry, Scores, maybe_scaled


def clause_values(expressions: Expressions, condition: ir.Condition | None) -> str:
    """The values of a condition's clauses."""
    if condition is None:
        return "()"
    return sequence(expressions.kleene(clause.expr).text for clause in condition.clauses)


_SPELT_OUT = 10
"""More bands than these go into a function of their own: Python's parser recurses on `else`."""


class Traces:
    """Writes `trace_…` functions: what is said of each item, shaped by the part's kind (see `engine.tracing`)."""

    def __init__(self, shared: Shared, scores: Scores, ladders: Ladders) -> None:
        self._shared = shared
        self._plan = shared.plan
        self._scores = scores
        self._ladders = ladders
        self._bands_written: dict[int, str] = {}
        """Functions that tell which band counts, by the identity of the entry."""

    def _function(self, mode: str, items: list[tuple[ir.Place, Callable[[Expressions], str]]]) -> str:
        scope = Scope(self._shared, self._plan.names.make("trace"))
        expressions = Expressions(scope, mode)
        codes = [(place, make(expressions)) for place, make in items]
        with scope.body.block("return ("):
            for place, code in codes:
                scope.body.mark(place)
                scope.body.line(f"{code},")
        scope.body.line(")")
        return scope.finish("What each clause comes to.")

    def score(self, score: ir.Score) -> str:
        """Of an entry: its clauses, and its points where they are worked out; the subject of `points`; which band."""
        if score.expr is not None:
            return self._function(PLAIN, [])

        def make(entry: Entry) -> Callable[[Expressions], str]:
            return lambda expressions: self.entry(expressions, entry, score)

        return self._function(PLAIN, [(entry.place, make(entry)) for _, entry in walk.flat_entries(score)])

    def entry(self, expressions: Expressions, entry: Entry, score: ir.Score) -> str:
        """What is said of one entry."""
        whole = self._plan.whole[score.name]
        if isinstance(entry, ir.EventEntry):
            return event_entries.trace(expressions, entry, whole)
        if isinstance(entry, ir.PlainEntry):
            clauses = self.told(expressions, entry.condition)
            if isinstance(self._plan.resolve(entry.points), ir.Const):
                return clauses
            return f"({clauses}, {maybe_scaled(expressions.operand(entry.points), whole)})"
        if isinstance(entry, ir.PointsEntry):
            return expressions.operand(entry.subject).text
        return self._bands(expressions, entry)

    def _bands(self, expressions: Expressions, entry: ir.BandsEntry) -> str:
        """Which band counts; -1: none, None: unknown."""
        if len(entry.bands) > _SPELT_OUT:
            if id(entry) not in self._bands_written:
                scope = Scope(self._shared, self._plan.names.make("band"))
                self._write_bands(scope, entry)
                doc = f"Which band of line {int(entry.place.line)} counts."
                self._bands_written[id(entry)] = scope.finish(doc)
            return f"{self._bands_written[id(entry)]}(v, r)"
        slot = self._scores.single_subject(entry)
        parts: list[str] = []
        if slot is not None and self._plan.slots[slot].unknown:
            parts.append(f"None if {expressions.scope.slot(slot)} is None")
        for index, band in enumerate(entry.bands):
            rails = expressions.condition(band.condition)
            parts.append(f"{literal(index)} if {rails.true.at(CONDITIONAL + 1)}")
            if slot is None and expressions.may_be_unknown(band.condition):
                parts.append(f"None if {rails.left.at(CONDITIONAL + 1)}")
        return " else ".join([*parts, "-1"])

    def _write_bands(self, scope: Scope, entry: ir.BandsEntry) -> None:
        expressions = Expressions(scope)
        for index, band in enumerate(entry.bands):
            rails = expressions.condition(band.condition)
            scope.body.mark(band.place)
            with scope.body.block(f"if {rails.true.text}:"):
                scope.body.line(f"return {literal(index)}")
            if expressions.may_be_unknown(band.condition):
                with scope.body.block(f"if {rails.left.text}:"):
                    scope.body.line("return None")
        scope.body.line("return -1")

    def told(self, expressions: Expressions, condition: ir.Condition | None) -> str:
        """The values of a condition's clauses; of a single one, just that."""
        if condition is not None and len(condition.clauses) == 1:
            return expressions.kleene(condition.clauses[0].expr).text
        return clause_values(expressions, condition)

    def conditions(self, mode: str, conditions: list[tuple[ir.Place, ir.Condition | None]]) -> str:
        """Of rows, criteria, stages, disqualify entries: their clauses."""

        def make(condition: ir.Condition | None) -> Callable[[Expressions], str]:
            return lambda expressions: self.told(expressions, condition)

        return self._function(mode, [(place, make(condition)) for place, condition in conditions])

    def table(self, table: ir.Table) -> str:
        """The rows' clauses."""
        return self.conditions(PLAIN, [(row.place, row.condition) for row in table.rows])

    def gate(self, gate: ir.Gate) -> str:
        """The criteria's clauses."""
        return self.conditions(ASKING, [(one.place, one.condition) for one in gate.criteria])

    def route(self, route: ir.Route) -> str:
        """Of an entry: its clauses; of one that names someone, also whether that is there (None: unknown)."""

        def make(entry: ir.RouteEntry) -> Callable[[Expressions], str]:
            return lambda expressions: self.route_entry(expressions, entry)

        return self._function(PLAIN, [(entry.place, make(entry)) for entry in route.entries])

    def route_entry(self, expressions: Expressions, entry: ir.RouteEntry) -> str:
        """What is said of one entry."""
        clauses = self.told(expressions, entry.condition)
        named = walk.destination(entry.destination, self._plan.owner)
        if not named:
            return clauses
        key = expressions.operand(named[0])
        there = self._ladders.skip(expressions.scope, entry.destination, key, named[0]).text
        state = f"None if {key.text} is None else {there}" if key.nature.unknown else there
        return f"({clauses}, {state})"
