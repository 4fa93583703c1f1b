"""Who made it unknown: from an unknown expression down to the fields to ask for (decision record 0002, section 6)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from leadpolicy.compiler import ir
from leadpolicy.compiler.interpreter.expressions import Mode
from leadpolicy.compiler.interpreter.reads import operands, scores_read
from leadpolicy.compiler.interpreter.scores import EntryResult
from leadpolicy.compiler.interpreter.values import UNKNOWN, Truth, is_unsure
from leadpolicy.compiler.interpreter.working import Working

Path: TypeAlias = tuple[str, ...]
Paths: TypeAlias = tuple[Path, ...]


def distinct(paths: Iterable[Path]) -> Paths:
    """Each path once, in order of appearance."""
    return tuple(dict.fromkeys(paths))


class Blame:
    """The unknown fields behind the unknown parts of one decision."""

    def __init__(self, working: Working) -> None:
        self._working = working
        self._book = working.book
        self._policy = working.book.policy

    # ── Expressions ──

    def expression(self, expr: ir.Expr, mode: Mode) -> Paths:
        """The fields that made an expression unknown; none where it is known."""
        if not is_unsure(self._working.evaluator.evaluate(expr, mode)):
            return ()
        match expr:
            case ir.FieldRef():
                return self.path(expr.path)
            case ir.TableRef():
                return self.table(self._book.tables[expr.name])
            case ir.GateRef():
                return self.gate(self._book.gates[expr.name])
            case ir.StageRef():
                return self.stage(self._book.stages[expr.name])
            case _:
                parts = (self.expression(operand, mode) for operand in operands(expr, self._book))
                return distinct(path for part in parts for path in part)

    def path(self, path: Path) -> Paths:
        """The first step of a path that is unknown."""
        first = self._working.situation.records.first_unsure(self._book, path)
        return () if first is None else (first,)

    def condition(self, condition: ir.Condition | None, mode: Mode) -> Paths:
        """The fields behind the unknown clauses of a condition."""
        clauses = () if condition is None else condition.clauses
        evaluator = self._working.evaluator
        unknown = [c.expr for c in clauses if evaluator.truth(c.expr, mode) is UNKNOWN]
        return distinct(path for expr in unknown for path in self.expression(expr, mode))

    # ── Parts ──

    def entry(self, result: EntryResult) -> Paths:
        """All unknown fields that an unsettled score entry reads; none of a settled one."""
        return distinct(path for source in result.unknown for path in self.path(source.path))

    def score(self, name: str) -> Paths:
        """Those of a score's unsettled entries, or of the scores that it adds up."""
        score = self._book.scores[name]
        if score.expr is not None:
            others = scores_read(score.expr, self._book)
            return distinct(path for other in others for path in self.score(other))
        return distinct(p for result in self._working.score(name).entries for p in self.entry(result))

    def table(self, table: ir.Table) -> Paths:
        """Those of the rows that keep the outcome open."""
        noted = self._working.table(table.name).noted
        return distinct(p for i in noted for p in self.condition(table.rows[i].condition, Mode.PLAIN))

    def criterion(self, criterion: ir.Criterion) -> Paths:
        """Those of a gate's criterion."""
        if self._working.evaluator.condition(criterion.condition, Mode.ASKING) is not UNKNOWN:
            return ()
        return self.condition(criterion.condition, Mode.ASKING)

    def gate(self, gate: ir.Gate) -> Paths:
        """Those of the unknown criteria of a gate that is unknown."""
        if self._working.gate(gate.name).verdict is not UNKNOWN:
            return ()
        return distinct(path for c in gate.criteria for path in self.criterion(c))

    def disqualify(self, entry: ir.DisqualifyEntry, verdict: Truth) -> Paths:
        """Those of an unknown disqualify entry."""
        return self.condition(entry.condition, Mode.PLAIN) if verdict is UNKNOWN else ()

    def stage(self, index: int) -> Paths:
        """Those of an unknown stage: its own condition's, then those of the stages above, from the top."""
        working, funnel = self._working, self._policy.funnel or ()
        if working.stage(index).reached is not UNKNOWN:
            return ()
        order = [index, *range(index)]
        unknown = [funnel[i].condition for i in order if working.stage(i).own is UNKNOWN]
        return distinct(path for c in unknown for path in self.condition(c, Mode.PLAIN))

    def route(self) -> Paths:
        """Those of the route entries that keep it undecided."""
        result, route = self._working.route, self._policy.route
        if result is None or route is None or not result.undecided:
            return ()
        return distinct(path for i in result.noted for path in self.route_entry(route.entries[i]))

    def route_entry(self, entry: ir.RouteEntry) -> Paths:
        """Those of an unknown entry's condition; where that is known, those of its member."""
        if self._working.evaluator.condition(entry.condition, Mode.PLAIN) is UNKNOWN:
            return self.condition(entry.condition, Mode.PLAIN)
        if entry.destination.kind == "owner":
            field = self._book.owner_field()
            return () if field is None else self.path((field.name,))
        if entry.destination.member is None:
            return ()
        return self.expression(entry.destination.member, Mode.PLAIN)

    def parts(self) -> Sequence[tuple[str, Paths]]:
        """Every part with the fields that made it unknown, in the order of decision record 0002."""
        policy = self._policy
        disqualify = zip(policy.disqualify or (), self._working.disqualify, strict=True)
        found = [(f"score {s.name}", self.score(s.name)) for s in policy.scores]
        found += [(f"table {t.name}", self.table(t)) for t in policy.tables]
        found += [(f"gate {g.name}", self.gate(g)) for g in policy.gates]
        found += [(f"disqualify {e.name}", self.disqualify(e, verdict)) for e, verdict in disqualify]
        found += [(f"stage {s.name}", self.stage(i)) for i, s in enumerate(policy.funnel or ())]
        return [*found, ("route", self.route())]
