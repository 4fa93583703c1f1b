"""Reasons and blame: for each part a function that says what every clause came to, and who made it unknown."""

from __future__ import annotations

from collections.abc import Callable

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_python import event_entries, walk
from leadpolicy.compiler.to_python.expressions import Expressions
from leadpolicy.compiler.to_python.ladders import Ladders
from leadpolicy.compiler.to_python.literals import sequence
from leadpolicy.compiler.to_python.nature import ASKING, PLAIN
from leadpolicy.compiler.to_python.scope import Scope, Shared
from leadpolicy.compiler.to_python.scores import Entry, maybe_scaled


def clause_values(expressions: Expressions, condition: ir.Condition | None) -> str:
    """The values of a condition's clauses."""
    if condition is None:
        return "()"
    return sequence(expressions.kleene(clause.expr).text for clause in condition.clauses)


class Traces:
    """Writes `trace_…` functions: one tuple an item, shaped by the part's kind (see `engine.tracing`)."""

    def __init__(self, shared: Shared, ladders: Ladders) -> None:
        self._shared = shared
        self._plan = shared.plan
        self._ladders = ladders

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
        """Of an entry: its clauses and points; the subject of `points`; each band's clauses."""
        whole = self._plan.whole[score.name]
        if score.expr is not None:
            return self._function(PLAIN, [])

        def make(entry: Entry) -> Callable[[Expressions], str]:
            return lambda expressions: self._entry(expressions, entry, whole)

        return self._function(PLAIN, [(entry.place, make(entry)) for _, entry in walk.flat_entries(score)])

    def _entry(self, expressions: Expressions, entry: Entry, whole: bool) -> str:
        if isinstance(entry, ir.EventEntry):
            return event_entries.trace(expressions, entry, whole)
        if isinstance(entry, ir.PlainEntry):
            points = maybe_scaled(expressions.operand(entry.points), whole)
            return f"({clause_values(expressions, entry.condition)}, {points})"
        if isinstance(entry, ir.PointsEntry):
            return f"({expressions.operand(entry.subject).text},)"
        return sequence(clause_values(expressions, band.condition) for band in entry.bands)

    def conditions(self, mode: str, conditions: list[tuple[ir.Place, ir.Condition | None]]) -> str:
        """Of rows, criteria, stages, disqualify entries: their clauses."""

        def make(condition: ir.Condition | None) -> Callable[[Expressions], str]:
            return lambda expressions: clause_values(expressions, condition)

        return self._function(mode, [(place, make(condition)) for place, condition in conditions])

    def table(self, table: ir.Table) -> str:
        """The rows' clauses."""
        return self.conditions(PLAIN, [(row.place, row.condition) for row in table.rows])

    def gate(self, gate: ir.Gate) -> str:
        """The criteria's clauses."""
        return self.conditions(ASKING, [(one.place, one.condition) for one in gate.criteria])

    def route(self, route: ir.Route) -> str:
        """Of an entry: its clauses, and whether whom it names is there (None: unknown)."""

        def make(entry: ir.RouteEntry) -> Callable[[Expressions], str]:
            return lambda expressions: self._route_entry(expressions, entry)

        return self._function(PLAIN, [(entry.place, make(entry)) for entry in route.entries])

    def _route_entry(self, expressions: Expressions, entry: ir.RouteEntry) -> str:
        clauses = clause_values(expressions, entry.condition)
        named = walk.destination(entry.destination, self._plan.owner)
        if not named:
            return f"({clauses}, True)"
        key = expressions.operand(named[0])
        there = self._ladders.skip(expressions.scope, entry.destination, key, named[0]).text
        state = f"None if {key.text} is None else {there}" if key.nature.unknown else there
        return f"({clauses}, {state})"
