"""Reasons and blame: for each part a function that says what every clause came to, and who made it unknown."""

from __future__ import annotations

from collections.abc import Callable

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_python import walk
from leadpolicy.compiler.to_python.expressions import Expressions
from leadpolicy.compiler.to_python.ladders import Ladders
from leadpolicy.compiler.to_python.literals import literal, sequence
from leadpolicy.compiler.to_python.nature import ASKING, PLAIN
from leadpolicy.compiler.to_python.scope import Scope, Shared
from leadpolicy.compiler.to_python.scores import Entry, maybe_scaled
from leadpolicy.compiler.to_python.uses import Uses


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

    def clauses(self, expressions: Expressions, condition: ir.Condition | None) -> str:
        """The values of a condition's clauses."""
        if condition is None:
            return "()"
        return sequence(expressions.kleene(clause.expr).text for clause in condition.clauses)

    def score(self, score: ir.Score) -> str:
        """Of an entry: its clauses and points; the subject of `points`; each band's clauses."""
        whole = self._plan.whole[score.name]
        if score.expr is not None:
            return self._function(PLAIN, [])

        def make(entry: Entry) -> Callable[[Expressions], str]:
            return lambda expressions: self._entry(expressions, entry, whole)

        return self._function(PLAIN, [(entry.place, make(entry)) for _, entry in walk.flat_entries(score)])

    def _entry(self, expressions: Expressions, entry: Entry, whole: bool) -> str:
        if isinstance(entry, ir.PlainEntry):
            points = maybe_scaled(expressions.operand(entry.points), whole)
            return f"({self.clauses(expressions, entry.condition)}, {points})"
        if isinstance(entry, ir.PointsEntry):
            return f"({expressions.operand(entry.subject).text},)"
        return sequence(self.clauses(expressions, band.condition) for band in entry.bands)

    def conditions(self, mode: str, conditions: list[tuple[ir.Place, ir.Condition | None]]) -> str:
        """Of rows, criteria, stages, disqualify entries: their clauses."""

        def make(condition: ir.Condition | None) -> Callable[[Expressions], str]:
            return lambda expressions: self.clauses(expressions, condition)

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
        clauses = self.clauses(expressions, entry.condition)
        named = walk.destination(entry.destination, self._plan.owner)
        if not named:
            return f"({clauses}, True)"
        key = expressions.operand(named[0])
        there = self._ladders.skip(expressions.scope, entry.destination, key, named[0]).text
        state = f"None if {key.text} is None else {there}" if key.nature.unknown else there
        return f"({clauses}, {state})"


class Blames:
    """Who can make an expression unknown, as sources: slots, and `~i` for part `i`."""

    def __init__(self, shared: Shared, uses: Uses, parts: dict[tuple[str, str], int]) -> None:
        self._shared = shared
        self._plan = shared.plan
        self._uses = uses
        self._parts = parts

    def of(self, expr: ir.Expr, mode: str) -> str:
        """The code of what tells: a tuple of sources, or the function that finds them."""
        if self._uses.is_strict(expr):
            return self._all(expr)
        scope = Scope(self._shared, self._plan.names.make("blame"))
        expressions = Expressions(scope, mode)
        result = self._write(expressions, expr, {})
        scope.body.line(f"return {result}")
        return scope.finish("Who makes a clause unknown, where it is.")

    def _all(self, expr: ir.Expr) -> str:
        """Every source in a strict expression."""
        found: dict[int, None] = {}
        stack: list[ir.Expr] = [expr]
        while stack:
            node = stack.pop()
            slot = self._shared.natures.slot(node) if not isinstance(node, ir.LetRef) else None
            part = self._part(node)
            if isinstance(node, ir.LetRef):
                stack.append(self._plan.lets[node.name].expr)
            elif slot is not None:
                found[slot] = None
            elif part is not None:
                found[~part] = None
            else:
                stack.extend(reversed(walk.children(node)))
        return sequence(map(literal, found)) if found else "()"

    def _part(self, expr: ir.Expr) -> int | None:
        match expr:
            case ir.TableRef():
                return self._parts["table", expr.name]
            case ir.GateRef():
                return self._parts["gate", expr.name]
            case ir.StageRef():
                return self._parts["stage", expr.name]
            case _:
                return None

    def _write(self, expressions: Expressions, expr: ir.Expr, lets: dict[str, str]) -> str:
        """A name for the sources of an expression: none where it is known."""
        nature = expressions.nature(expr)
        if not nature.unknown or isinstance(expr, ir.Certainly | ir.Possibly | ir.IsUnknown):
            return "()"
        if isinstance(expr, ir.LetRef):
            return self._write_let(expressions, expr, lets)
        value = expressions.operand(expr).text
        if self._uses.is_strict(expr):
            below = self._all(expr)
        else:
            parts = [self._write(expressions, child, lets) for child in walk.children(expr)]
            parts = [part for part in parts if part != "()"]
            below = parts[0] if len(parts) == 1 else f"union({', '.join(parts)})"
        test = f"{below} if {value} is None else ()"
        if isinstance(expr, ir.FieldRef) and expr.type.kind == "list":
            # A list that may have more counts as unknown; the engine looks at the slot itself.
            test = below
        return expressions.scope.hoist(test)

    def _write_let(self, expressions: Expressions, expr: ir.LetRef, lets: dict[str, str]) -> str:
        """Lets in the order of their declaration, each once."""
        if expr.name in lets:
            return lets[expr.name]
        order = [expr.name]
        seen = {expr.name}
        for name in order:
            for node in walk.leaves((self._plan.lets[name].expr,)):
                if isinstance(node, ir.LetRef) and node.name not in seen:
                    seen.add(node.name)
                    order.append(node.name)
        for name in self._plan.lets:
            if name in seen and name not in lets:
                lets[name] = self._write(expressions, self._plan.lets[name].expr, lets)
        return lets[expr.name]
