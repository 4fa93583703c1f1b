"""Reasons in generated code: what each item says, looked up among the states that it was found in before.

One pass over all parts. Where a state isn't known yet, or what an item says doesn't tell it (who made it unknown may
be more than that), there is None: the engine works that one out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_python import walk
from leadpolicy.compiler.to_python.expressions import Expressions
from leadpolicy.compiler.to_python.leases import recall_entries
from leadpolicy.compiler.to_python.literals import literal
from leadpolicy.compiler.to_python.nature import ASKING, OPEN, PLAIN
from leadpolicy.compiler.to_python.scope import Scope, Shared
from leadpolicy.compiler.to_python.scores import Scores
from leadpolicy.compiler.to_python.traces import Traces

_SPELT_OUT = 200
"""The items of a part of more than these aren't written once more: its trace is gone through."""


@dataclass(slots=True)
class _Writing:
    """The function so far: one line an item, or `*` several; `at`: the number of the next item."""

    scope: Scope
    lines: list[tuple[ir.Place, str]]
    at: int = 0

    def add(self, place: ir.Place, code: str | None) -> None:
        """An item whose state is looked up by what it says; never known by that: no code."""
        self.lines.append((place, "None" if code is None else f"k[{literal(self.at)}]({code})"))
        self.at += 1

    def add_test(self, place: ir.Place, test: str, code: str) -> None:
        """An item whose state is looked up where a test doesn't hold."""
        self.lines.append((place, f"None if {test} else k[{literal(self.at)}]({code})"))
        self.at += 1

    def add_part(self, place: ir.Place, trace: str, count: int) -> None:
        """A long part."""
        end = self.at + count
        self.lines.append((place, f"*looked_up(k, {literal(self.at)}, {trace}(v, r))"))
        self.at = end


class States:
    """Writes `states`; `traces`: the functions of the parts, by their number."""

    def __init__(self, shared: Shared, scores: Scores, traces: Traces) -> None:
        self._shared = shared
        self._plan = shared.plan
        self._policy = shared.plan.policy
        self._scores = scores
        self._traces = traces

    def write(self, traces: list[str]) -> str:
        """The function. To be written behind all `unsettled_…`."""
        scope = Scope(self._shared, "states")
        writing = _Writing(scope, [])
        functions = iter(traces)
        for score in self._policy.scores:
            self._write_score(writing, score, next(functions))
        for table in self._policy.tables:
            rows = [(row.place, row.condition) for row in table.rows]
            self._write_rows(writing, PLAIN, rows, next(functions))
        for gate in self._policy.gates:
            rows = [(one.place, one.condition) for one in gate.criteria]
            self._write_rows(writing, ASKING, rows, next(functions))
        for entry in self._policy.disqualify or ():
            self._write_rows(writing, PLAIN, [(entry.place, entry.condition)], next(functions))
        self._write_stages(writing, functions)
        if self._policy.route is not None:
            self._write_route(writing, self._policy.route, next(functions))
        for due in recall_entries(self._policy):
            writing.add(due.place, None)
        with scope.body.block("return ["):
            for place, line in writing.lines:
                scope.body.mark(place)
                scope.body.line(f"{line},")
        scope.body.line("]")
        return scope.finish("The states of all items, as far as they are known.", "v, r, k")

    def _write_score(self, writing: _Writing, score: ir.Score, trace: str) -> None:
        if score.expr is not None:
            writing.add(score.place, writing.scope.result(("score", score.name)))
            return
        flat = [entry for _, entry in walk.flat_entries(score)]
        if len(flat) > _SPELT_OUT and not any(map(self._is_sensitive, flat)):
            writing.add_part(score.place, trace, len(flat))
            return
        expressions = Expressions(writing.scope)
        for index, entry in enumerate(flat):
            doubt = self._scores.doubts.get((score.name, index))
            if isinstance(entry, ir.EventEntry):
                writing.add(entry.place, None)
            elif doubt is not None and self._is_sensitive(entry):
                # It can be unsettled though what it gives is known: that is part of what its reason says.
                test = self._scores.doubt(Expressions(writing.scope, OPEN), score, index, entry)
                writing.add_test(entry.place, test or "False", self._traces.entry(expressions, entry, score))
            else:
                writing.add(entry.place, self._traces.entry(expressions, entry, score))

    def _is_sensitive(self, entry: walk.Entry) -> bool:
        """Whether an entry means something else in open mode, or goes through records."""
        if self._scores.reads_records(entry):
            return True
        return any(OPEN in self._shared.natures.modes_of(expr) for expr in walk.entry(entry))

    def _write_rows(
        self, writing: _Writing, mode: str, rows: list[tuple[ir.Place, ir.Condition | None]], trace: str
    ) -> None:
        if len(rows) > _SPELT_OUT:
            writing.add_part(rows[0][0], trace, len(rows))
            return
        expressions = Expressions(writing.scope, mode)
        for place, condition in rows:
            writing.add(place, self._traces.told(expressions, condition))

    def _write_route(self, writing: _Writing, route: ir.Route, trace: str) -> None:
        if len(route.entries) > _SPELT_OUT:
            writing.add_part(route.entries[0].place, trace, len(route.entries))
            return
        expressions = Expressions(writing.scope)
        for entry in route.entries:
            writing.add(entry.place, self._traces.route_entry(expressions, entry))

    def _write_stages(self, writing: _Writing, functions: Iterator[str]) -> None:
        """A stage that is reached says one thing only; of one that isn't, its clauses tell all but who is unknown."""
        scope, stages = writing.scope, self._policy.funnel or ()
        expressions = Expressions(scope)
        above = "True"
        if stages and self._policy.disqualify:
            above = scope.hoist(f"not {scope.result(('disqualified', ''))}")
        for stage in stages:
            next(functions)
            said = scope.hoist(self._traces.told(expressions, stage.condition))
            own = said
            if len(stage.condition.clauses) != 1:
                own = scope.hoist(f"False if False in {said} else None if None in {said} else True")
            if above != "True":
                own = scope.hoist(f"{own} if {above} else False if {above} is False or {own} is False else None")
            look = f"k[{literal(writing.at)}]"
            code = f"{look}(True) if {own} else None if {own} is None else {look}(({said},))"
            writing.lines.append((stage.place, code))
            writing.at += 1
            above = own
