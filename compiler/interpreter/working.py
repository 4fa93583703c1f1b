"""All parts of a policy for one lead, each worked out when it is first read (the parts have no cycle, ruling 43)."""

from __future__ import annotations

from fractions import Fraction
from functools import cached_property
from typing import Literal

from leadpolicy.compiler import ir
from leadpolicy.compiler.interpreter.expressions import Evaluator
from leadpolicy.compiler.interpreter.leases import DueResult, Lease
from leadpolicy.compiler.interpreter.outcomes import (
    GateResult,
    Router,
    RouteResult,
    StageResult,
    TableResult,
    any_true,
    work_out_gate,
    work_out_stage,
    work_out_table,
)
from leadpolicy.compiler.interpreter.reads import scores_read
from leadpolicy.compiler.interpreter.scores import Scorer, ScoreResult
from leadpolicy.compiler.interpreter.situation import Mode, Situation
from leadpolicy.compiler.interpreter.values import (
    NOTHING,
    Absent,
    ListValue,
    Truth,
    Value,
    constant,
)


class Working:
    """The results of all parts; what expressions read of them (`expressions.Parts`)."""

    def __init__(self, situation: Situation, scorer: Scorer, evaluator: type[Evaluator] = Evaluator) -> None:
        self.situation = situation
        self.book = situation.book
        self.evaluator = evaluator(situation, self)
        self._scorer = scorer
        self._scores: dict[str, ScoreResult] = {}
        self._tables: dict[str, TableResult] = {}
        self._gates: dict[str, GateResult] = {}
        self._stages: dict[int, StageResult] = {}
        self._due: dict[int, DueResult] = {}

    # ── Results ──

    def score(self, name: str) -> ScoreResult:
        """A score's bounds and entries."""
        if name not in self._scores:
            score = self.book.scores[name]
            if score.expr is None:
                result = self._scorer.entries(score, self.evaluator)
            else:
                others = {other: self.score(other) for other in scores_read(score.expr, self.book)}
                result = self._scorer.expression(score, self.evaluator, others)
            self._scores[name] = result
        return self._scores[name]

    def table(self, name: str) -> TableResult:
        """A table's outcome and rows."""
        if name not in self._tables:
            self._tables[name] = work_out_table(self.book.tables[name], self.evaluator)
        return self._tables[name]

    def gate(self, name: str) -> GateResult:
        """A gate's verdict and criteria."""
        if name not in self._gates:
            self._gates[name] = work_out_gate(self.book.gates[name], self.evaluator)
        return self._gates[name]

    @cached_property
    def disqualify(self) -> tuple[Truth, ...]:
        """One verdict a disqualify entry."""
        entries = self.book.policy.disqualify or ()
        return tuple(self.evaluator.condition(entry.condition, Mode.PLAIN) for entry in entries)

    def stage(self, index: int) -> StageResult:
        """A stage of the funnel, counted from the top. One at a time, because a stage may read those above it."""
        if index not in self._stages:
            stage = (self.book.policy.funnel or ())[index]
            above = self.stage(index - 1).reached if index else not self.is_disqualified()
            self._stages[index] = work_out_stage(stage, above, self.evaluator)
        return self._stages[index]

    @property
    def stages(self) -> tuple[StageResult, ...]:
        """Every stage of the funnel, from the top."""
        return tuple(self.stage(i) for i in range(len(self.book.policy.funnel or ())))

    @cached_property
    def route(self) -> RouteResult | None:
        """Where the lead goes; None where the policy has no route."""
        policy, router = self.book.policy, Router(self.evaluator)
        for entry, verdict in zip(policy.disqualify or (), self.disqualify, strict=True):
            if verdict is True:
                return router.disqualified(entry, policy.route)
        return router.search(policy.route) if policy.route is not None else None

    @cached_property
    def lease(self) -> Lease | None:
        """The lease; None where the policy has no recall."""
        recall = self.book.policy.recall
        return None if recall is None else Lease(recall, self.evaluator)

    def due(self, entry: ir.RecallEntry) -> DueResult:
        """An entry of the lease."""
        assert self.lease is not None
        if id(entry) not in self._due:
            self._due[id(entry)] = self.lease.entry(entry)
        return self._due[id(entry)]

    def member(self, destination: ir.Destination) -> Value:
        """The key that a destination names; nothing where it is of another kind."""
        return Router(self.evaluator).member(destination)

    # ── What expressions read ──

    def score_bound(self, name: str, bound: Literal["value", "low", "high"]) -> Fraction:
        """A score's number. The checker sees to it that bounds which are read are bounded."""
        bounds = self.score(name).bounds
        number = {"value": bounds.value, "low": bounds.low, "high": bounds.high}[bound]
        if number is None:
            raise ValueError(f"{bound}({name}) is without limit: the score needs a range")
        return number

    def table_value(self, name: str, output: str | None) -> Value:
        """A table's outcome, or one output of it; a list for `collect`."""
        table, result = self.book.tables[name], self.table(name)
        index = next((i for i, o in enumerate(table.outputs) if o.name == output), 0)
        type_ = table.outputs[index].type
        if table.hit == "collect":
            items = tuple(constant(outputs[index], type_) for outputs in result.collected)
            return ListValue(tuple(i for i in items if not isinstance(i, ListValue)), result.more)
        if isinstance(result.outputs, Absent):
            return result.outputs
        return constant(result.outputs[index], type_)

    def gate_verdict(self, name: str) -> Truth:
        """Whether a gate passes."""
        return self.gate(name).verdict

    def stage_reached(self, name: str) -> Truth:
        """Whether a stage is reached."""
        return self.stage(self.book.stages[name]).reached

    def current_stage(self) -> Value:
        """The last stage that is surely reached, or nothing."""
        funnel = self.book.policy.funnel or ()
        reached = [s.name for s, result in zip(funnel, self.stages, strict=True) if result.reached is True]
        return reached[-1] if reached else NOTHING

    def is_disqualified(self) -> bool:
        """Whether any disqualify entry is surely true (ruling 35)."""
        return any_true(self.disqualify)

    def has_route(self, expr: ir.HasRoute) -> bool:
        """Whether the route is of a kind (and goes to a name, or to a member). Holders are the session's."""
        assert expr.what == "route", expr.what
        route = self.route
        if route is None or route.kind != expr.kind:
            return False
        if expr.member is not None:
            return self.evaluator.evaluate(expr.member, Mode.PLAIN) == route.key
        found = None if route.destination is None else route.destination.name
        return expr.name is None or expr.name == found
