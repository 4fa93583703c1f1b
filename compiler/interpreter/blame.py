"""Who made it unknown: from an unknown expression down to the fields to ask for (decision record 0002, section 6)."""

from __future__ import annotations

from collections.abc import Sequence

from leadpolicy.compiler import ir
from leadpolicy.compiler.interpreter.culprits import Culprits, Names, distinct
from leadpolicy.compiler.interpreter.reads import scores_read
from leadpolicy.compiler.interpreter.scores import EntryResult
from leadpolicy.compiler.interpreter.situation import Mode
from leadpolicy.compiler.interpreter.values import UNKNOWN, Truth
from leadpolicy.compiler.interpreter.working import Working


class Blame:
    """The unknown fields behind the unknown parts of one decision."""

    def __init__(self, working: Working) -> None:
        self._working = working
        self._book = working.book
        self._policy = working.book.policy
        self._culprits = Culprits(self)

    # ── Expressions ──

    def expression(self, expr: ir.Expr, mode: Mode) -> Names:
        """The fields that made an expression unknown; none where it is known."""
        return self._culprits.expression(expr, self._working.evaluator, mode)

    def condition(self, condition: ir.Condition | None, mode: Mode) -> Names:
        """The fields behind the unknown clauses of a condition."""
        return self._culprits.condition(condition, self._working.evaluator, mode)

    def _path(self, path: tuple[str, ...]) -> Names:
        return self._culprits.path(path, self._working.evaluator)

    # ── Parts ──

    def entry(self, result: EntryResult) -> Names:
        """All unknown fields that an unsettled score entry reads; none of a settled one."""
        fields = [name for source in result.unknown for name in self._path(source.path)]
        return distinct([*fields, *result.unknown_of_records])

    def score(self, name: str) -> Names:
        """Those of a score's unsettled entries, or of the scores that it adds up."""
        score = self._book.scores[name]
        if score.expr is not None:
            others = scores_read(score.expr, self._book)
            return distinct(name for other in others for name in self.score(other))
        return distinct(name for result in self._working.score(name).entries for name in self.entry(result))

    def table(self, table: ir.Table) -> Names:
        """Those of the rows that keep the outcome open."""
        noted = self._working.table(table.name).noted
        return distinct(name for i in noted for name in self.condition(table.rows[i].condition, Mode.PLAIN))

    def criterion(self, criterion: ir.Criterion) -> Names:
        """Those of a gate's criterion."""
        if self._working.evaluator.condition(criterion.condition, Mode.ASKING) is not UNKNOWN:
            return ()
        return self.condition(criterion.condition, Mode.ASKING)

    def gate(self, gate: ir.Gate) -> Names:
        """Those of the unknown criteria of a gate that is unknown."""
        if self._working.gate(gate.name).verdict is not UNKNOWN:
            return ()
        return distinct(name for c in gate.criteria for name in self.criterion(c))

    def disqualify(self, entry: ir.DisqualifyEntry, verdict: Truth) -> Names:
        """Those of an unknown disqualify entry."""
        return self.condition(entry.condition, Mode.PLAIN) if verdict is UNKNOWN else ()

    def stage(self, index: int) -> Names:
        """Those of an unknown stage: its own condition's, then those of the stages above, from the top."""
        working, funnel = self._working, self._policy.funnel or ()
        if working.stage(index).reached is not UNKNOWN:
            return ()
        order = [index, *range(index)]
        unknown = [funnel[i].condition for i in order if working.stage(i).own is UNKNOWN]
        return distinct(name for c in unknown for name in self.condition(c, Mode.PLAIN))

    def route(self) -> Names:
        """Those of the route entries that keep it undecided."""
        result, route = self._working.route, self._policy.route
        if result is None or route is None or not result.undecided:
            return ()
        return distinct(name for i in result.noted for name in self.route_entry(route.entries[i]))

    def route_entry(self, entry: ir.RouteEntry) -> Names:
        """Those of an unknown entry's condition; where that is known, those of its member."""
        if self._working.evaluator.condition(entry.condition, Mode.PLAIN) is UNKNOWN:
            return self.condition(entry.condition, Mode.PLAIN)
        if entry.destination.kind == "owner":
            field = self._book.owner_field()
            return () if field is None else self._path((field.name,))
        if entry.destination.member is None:
            return ()
        return self.expression(entry.destination.member, Mode.PLAIN)

    def due(self, entry: ir.RecallEntry) -> Names:
        """Those of the time of a due entry that is listed without one."""
        if entry.at is None or self._working.due(entry).verdict != "unknown":
            return ()
        return self.expression(entry.at, Mode.PLAIN)

    def parts(self) -> Sequence[tuple[str, Names]]:
        """Every part with the fields that made it unknown, in the order of decision record 0002."""
        policy = self._policy
        disqualify = zip(policy.disqualify or (), self._working.disqualify, strict=True)
        found = [(f"score {s.name}", self.score(s.name)) for s in policy.scores]
        found += [(f"table {t.name}", self.table(t)) for t in policy.tables]
        found += [(f"gate {g.name}", self.gate(g)) for g in policy.gates]
        found += [(f"disqualify {e.name}", self.disqualify(e, verdict)) for e, verdict in disqualify]
        found += [(f"stage {s.name}", self.stage(i)) for i, s in enumerate(policy.funnel or ())]
        found.append(("route", self.route()))
        due = policy.recall.entries if policy.recall is not None else ()
        return [*found, *((f"recall {e.name}", self.due(e)) for e in due)]
