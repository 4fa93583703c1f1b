"""Running a policy on a lead: the interpreter's front."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property

from leadpolicy.compiler import ir
from leadpolicy.compiler.interpreter import times
from leadpolicy.compiler.interpreter.arguments import EventsPassed, FactsPassed
from leadpolicy.compiler.interpreter.blame import Blame
from leadpolicy.compiler.interpreter.book import Book
from leadpolicy.compiler.interpreter.credit import share_out
from leadpolicy.compiler.interpreter.intake import Intake
from leadpolicy.compiler.interpreter.leases import Due
from leadpolicy.compiler.interpreter.missing import Missing, missing
from leadpolicy.compiler.interpreter.outcomes import TableResult
from leadpolicy.compiler.interpreter.printing import Printed, show_list, show_number
from leadpolicy.compiler.interpreter.reads import condition_expressions
from leadpolicy.compiler.interpreter.reasons import Reasons, show_gate, show_outputs
from leadpolicy.compiler.interpreter.scores import Scorer
from leadpolicy.compiler.interpreter.situation import Mode, Situation
from leadpolicy.compiler.interpreter.values import NOTHING, UNKNOWN, Absent, round_half_away
from leadpolicy.compiler.interpreter.working import Working


class Interpreter:
    """A policy, ready to decide leads one after another."""

    def __init__(self, policy: ir.Policy) -> None:
        self.policy = policy
        self._book = Book(policy)
        self._scorer = Scorer(self._book)

    def run(
        self,
        lead: object,
        *,
        facts: FactsPassed | None = None,
        events: EventsPassed | None = None,
        now: datetime | int,
        entered: Mapping[str, int] | None = None,
    ) -> Run:
        """Decide a lead. Raises `InterpreterInputError` with all that is wrong with it, the facts and the events.

        `now` is a datetime or microseconds since 1970 UTC. So are the values of `entered`, the table of when
        each stage was first reached in the current round.
        """
        instant = now if isinstance(now, int) else times.from_datetime(now, self.policy.zone)
        records = Intake(self._book).records(lead, facts, events).without_future(self._book, instant)
        return Run(Working(Situation(self._book, records, instant, dict(entered or {})), self._scorer))


def run(
    policy: ir.Policy,
    lead: object,
    *,
    facts: FactsPassed | None = None,
    events: EventsPassed | None = None,
    now: datetime | int,
    entered: Mapping[str, int] | None = None,
) -> Run:
    """Decide one lead; `Interpreter` is quicker for many."""
    return Interpreter(policy).run(lead, facts=facts, events=events, now=now, entered=entered)


class Run:
    """One lead decided: the decision, and answers to single questions."""

    def __init__(self, working: Working) -> None:
        self._working = working
        self._policy = working.book.policy
        self._blame = Blame(working)
        self._reasons = Reasons(working, self._blame)

    @cached_property
    def _missing(self) -> tuple[Missing, ...]:
        return missing(self._working, self._blame)

    # ── Single questions ──

    def truth(self, condition: ir.Condition) -> bool | None:
        """Whether a condition holds; None where that is unknown."""
        verdict = self._working.evaluator.condition(condition, Mode.PLAIN)
        return None if verdict is UNKNOWN else verdict

    def show(self, expr: ir.Expr) -> Printed:
        """An expression's value as decisions print it; a gate by its verdict."""
        if isinstance(expr, ir.GateRef):
            return show_gate(self._working.gate_verdict(expr.name))
        return self._reasons.value(expr)

    def operands(self, condition: ir.Condition) -> dict[str, Printed]:
        """Everything that a condition reads, printed, by name."""
        return self._reasons.values(condition_expressions(condition))

    def route_is(self, destination: ir.Destination | None) -> bool:
        """Whether the lead goes there; None: whether the route is undecided.

        A destination that names nothing stands for all of its kind (`route is nurture`).
        """
        route = self._working.route
        if route is None or destination is None:
            return route is not None and route.undecided
        found = route.destination
        if found is None or found.kind != destination.kind:
            return False
        if destination.kind == "member":
            member = self._working.member(destination)
            return destination.member is None or (member is not UNKNOWN and member == route.key)
        if destination.name is None and destination.duration is None:
            return True
        return (found.name, found.duration) == (destination.name, destination.duration)

    def stages_reached(self) -> tuple[tuple[str, ...], bool]:
        """The stages that are surely reached, from the top, and whether the lead is disqualified: all that a replay
        of stage entries needs. Nothing else is worked out for it."""
        funnel, working = self._policy.funnel or (), self._working
        reached = tuple(s.name for s in funnel if working.stage_reached(s.name) is True)
        return reached, working.is_disqualified()

    def missing_fields(self) -> tuple[str, ...]:
        """The unknown fields that keep something open, in the order of the decision."""
        return tuple(m.field for m in self._missing)

    # ── The decision ──

    def decision(self, trace: bool = False) -> dict[str, Printed]:
        """The decision, keys in the contract's order; parts that the policy doesn't have are left out."""
        policy, working = self._policy, self._working
        printed: dict[str, Printed] = {
            "lead": working.situation.records.lead.key,
            "at": times.show_time(working.situation.now, policy.zone),
            "policy": {"name": policy.name, "version": policy.version, "digest": policy.digest},
        }
        if policy.scores:
            printed["scores"] = {s.name: self._score(s.name) for s in policy.scores}
        if policy.tables:
            printed["tables"] = {t.name: self._table(t) for t in policy.tables}
        if policy.gates:
            printed["gates"] = {g.name: self._gate(g) for g in policy.gates}
        if policy.disqualify is not None:
            printed["disqualified"] = self._disqualified(policy.disqualify)
        if policy.funnel is not None:
            stage = working.current_stage()
            printed["stage"] = None if stage is NOTHING else str(stage)
        if policy.route is not None:
            printed["route"] = self._route(policy.route)
        if policy.recall is not None:
            due = [item for entry in policy.recall.entries for item in working.due(entry).listed]
            printed["due"] = [self._due(item) for item in due]
        printed["missing"] = [
            {"field": m.field, "question": m.question, "could_change": list(m.could_change)} for m in self._missing
        ]
        if policy.attributions:
            printed["attribution"] = {a.name: self._attribution(a) for a in policy.attributions}
        if trace:
            printed["why"] = list(self._reasons.items())
        return printed

    def _score(self, name: str) -> Printed:
        bounds = self._working.score(name).bounds
        return {
            "value": show_number(bounds.value),
            "low": None if bounds.low is None else show_number(bounds.low),
            "high": None if bounds.high is None else show_number(bounds.high),
        }

    def _table(self, table: ir.Table) -> Printed:
        result: TableResult = self._working.table(table.name)
        if table.hit == "collect":
            rows = [show_outputs(table, outputs, self._policy.zone) for outputs in result.collected]
            return show_list(rows, result.more)
        if isinstance(result.outputs, Absent):
            return None
        return show_outputs(table, result.outputs, self._policy.zone)

    def _gate(self, gate: ir.Gate) -> Printed:
        result = self._working.gate(gate.name)
        criteria = {c.name: show_gate(v) for c, v in zip(gate.criteria, result.criteria, strict=True)}
        return {"verdict": show_gate(result.verdict), "criteria": dict(criteria)}

    def _disqualified(self, entries: tuple[ir.DisqualifyEntry, ...]) -> Printed:
        verdicts = self._working.disqualify
        return [
            {"entry": entry.name, "destination": entry.destination.text}
            for entry, verdict in zip(entries, verdicts, strict=True)
            if verdict is True
        ]

    def _route(self, route: ir.Route) -> Printed:
        result = self._working.route
        assert result is not None
        target = result.target
        if result.undecided:
            target = route.undecided.text if route.undecided is not None else None
        return {"entry": result.entry, "kind": result.kind, "target": target, "member": result.key}

    def _due(self, item: Due) -> Printed:
        at = None if item.at is None else times.show_time(item.at, self._policy.zone)
        shown: dict[str, Printed] = {"entry": item.entry, "at": at, "kind": item.kind}
        if item.provisional:
            shown["provisional"] = True
        return shown

    def _attribution(self, attribution: ir.Attribution) -> Printed:
        return [
            {
                "event": touch.key,
                "at": times.show_time(touch.at, self._policy.zone),
                "credit": show_number(round_half_away(touch.credit)),
            }
            for touch in share_out(attribution, self._working.evaluator)
        ]
