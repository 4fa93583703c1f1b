"""Leases, credit and the replay of stage entries in generated code: their functions and declarations."""

from __future__ import annotations

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_python import moments, records, walk
from leadpolicy.compiler.to_python.code import Code, all_of
from leadpolicy.compiler.to_python.expressions import Expressions
from leadpolicy.compiler.to_python.literals import duration_size, literal, scaled, sequence
from leadpolicy.compiler.to_python.scope import Scope, Shared
from leadpolicy.compiler.to_python.traces import clause_values
from leadpolicy.compiler.to_python.writer import Writer


def recall_entries(policy: ir.Policy) -> tuple[ir.RecallEntry, ...]:
    """The entries of the lease."""
    return () if policy.recall is None else policy.recall.entries


class Leases:
    """Writes what the engine wants to know of leases, credit and stage entries."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._plan = shared.plan
        self._policy = shared.plan.policy

    # ── Due times ──

    def trace(self, entry: ir.RecallEntry) -> str:
        """The function that tells of an entry: its time (or a word for what it has instead of one), the clauses for
        and against it, whether there is a lease; the leave that each reminder is counted without, if there is any."""
        scope = Scope(self._shared, self._plan.names.make("trace"))
        expressions = Expressions(scope)
        scope.body.mark(entry.place)
        if entry.at is None:
            at = literal("return" if entry.on_return is not None else "when")
        else:
            at = expressions.operand(entry.at).text
        when = clause_values(expressions, entry.when)
        unless = "None" if entry.unless is None else clause_values(expressions, entry.unless)
        leased = self._leased(expressions).text
        away = [sequence(expressions.operand(line).text for line in one.leave) for one in entry.reminders]
        told = [at, when, unless, leased, *([sequence(away)] if any(one.leave for one in entry.reminders) else [])]
        scope.body.line(f"return (({', '.join(told)}),)")
        return scope.finish("What each clause comes to.")

    def _leased(self, expressions: Expressions) -> Code:
        recall, owner = self._policy.recall, self._plan.roles.get("owner")
        if recall is None or owner is None:
            return Code("False", 5)
        name = expressions.scope.slot(owner)
        held = [Code(f"{name} is not None", 4), Code(f"{name} is not NOTHING", 4)]
        return all_of([*held, expressions.truth(recall.while_)])

    def write_recall(self, out: Writer) -> None:
        """`RECALL`: the entries of the lease."""
        with out.block("RECALL = ("):
            for entry in recall_entries(self._policy):
                out.mark(entry.place)
                reminders = sequence(self._reminder(one) for one in entry.reminders)
                found = [c for c in self._policy.calendars if c.name in entry.calendars and c.first_year is not None]
                years = sequence(f"({literal(c.first_year)}, {literal(c.last_published)})" for c in found)
                out.line(f"DueDeclaration({literal(entry.name)}, {reminders}, {years}),")
        out.line(")")

    def _reminder(self, reminder: ir.Reminder) -> str:
        kind, value = reminder.before.type.kind, reminder.before.value
        if isinstance(value, ir.Duration):
            parts = ", ".join(literal(part) for part in (value.months, value.days, value.micros))
            return f"ReminderDeclaration(Duration({parts}), {literal(kind)})"
        name = moments.calendar(self._shared.constants, self._policy, reminder.calendar)
        wanted = reminder.calendar or self._policy.calendar
        found = next(one for one in self._policy.calendars if one.name == wanted)
        years = moments.published(found)
        return f"ReminderDeclaration({literal(scaled(str(value)))}, {literal(kind)}, {name}, {years})"

    # ── Credit ──

    def write_attributions(self, out: Writer) -> None:
        """`ATTRIBUTIONS`: the credit models."""
        lines = [self._attribution(one) for one in self._policy.attributions]
        with out.block("ATTRIBUTIONS = ("):
            for line in lines:
                out.line(line)
        out.line(")")

    def _attribution(self, found: ir.Attribution) -> str:
        plan = self._plan
        fact = self._policy.fact(found.records.fact)
        if fact.dated is None:
            raise ValueError(f"touches of type {fact.name} have no time")
        scope = Scope(self._shared, plan.names.make("touches"))
        expressions = Expressions(scope)
        sure = f"{records.members(expressions, found.records)}[0]"
        times = [share for share in found.shares if share.role == "time" and share.time is not None]
        named = [expressions.operand(share.time).text for share in times if share.time is not None]
        scope.body.line(f"return {sure}, {sequence(named)}")
        touches = scope.finish(f"The touches of line {int(found.place.line)}, and the times that shares name.")
        shares = sequence(self._share(share, times) for share in found.shares)
        arguments = [literal(found.name), literal(plan.bindings.place(fact.name))]
        arguments += [literal(records.field_place(fact, fact.dated)), literal(found.window), shares, touches]
        return f"AttributionDeclaration({', '.join(arguments)}),"

    def _share(self, share: ir.Share, times: list[ir.Share]) -> str:
        if share.role == "time":
            place = next(index for index, one in enumerate(times) if one is share)
            role = f"Instant({literal(str(place))})"
        else:
            role = f"Positional({literal(share.role)})"
        return f"Share({literal(scaled(share.share))}, {role}, {literal(share.halving_days)})"

    # ── Stage entries ──

    def write_replay(self, out: Writer) -> None:
        """`REPLAY`: when a decision can change by itself, and where its stages stand."""
        plan, policy = self._plan, self._policy
        if not policy.reads_entered:
            out.line("REPLAY = None")
            return
        spans = {span for window in plan.bindings.windows for span in (window.longest, window.shortest) if span}
        ages = self._ages()
        every = [entry for score in policy.scores for _, entry in walk.flat_entries(score)]
        decays = any(isinstance(entry, ir.EventEntry) and entry.decay is not None for entry in every)
        named = sequence(f"({literal(plan.slots[slot].path[0])}, {literal(size)})" for slot, size in ages)
        turns = f"Turns({sequence(map(literal, sorted(spans)))}, {named}, {literal(decays)})"
        fields = ", ".join(
            f"{literal(plan.slots[slot].path[0])}: {literal(slot)}" for slot in dict.fromkeys(s for s, _ in ages)
        )
        events = [literal(i) for i, fact in enumerate(policy.facts) if fact.event and fact.name in plan.bindings.read]
        stages = [(stage.name, plan.results["stage", stage.name]) for stage in policy.funnel or ()]
        pairs = sequence(f"({literal(name)}, {literal(index)})" for name, index in stages)
        arguments = [turns, literal(plan.roles.get("created")), f"{{{fields}}}", sequence(events), pairs]
        arguments.append(literal(plan.results["disqualified", ""]))
        out.line(f"REPLAY = ReplayDeclaration({', '.join(arguments)})")

    def _ages(self) -> list[tuple[int, int]]:
        """(slot of a time field, a constant that its age is compared with), each once."""
        plan = self._plan
        found: dict[tuple[int, int], None] = {}
        for expr in walk.nodes(plan.everything()):
            if not isinstance(expr, ir.Compare | ir.Between):
                continue
            sides = [plan.resolve(side) for side in walk.children(expr)]
            slots = [slot for side in sides if (slot := self._aged(side)) is not None]
            sizes = [
                duration_size(side.value)
                for side in sides
                if isinstance(side, ir.Const) and isinstance(side.value, ir.Duration)
            ]
            found.update(((slot, size), None) for slot in slots for size in sizes)
        return list(found)

    def _aged(self, expr: ir.Expr) -> int | None:
        """The slot of the lead's time field that an expression is the age of."""
        if not isinstance(expr, ir.Call) or expr.function != "age":
            return None
        field = self._plan.resolve(expr.args[0])
        if isinstance(field, ir.FieldRef) and field.var == "this" and len(field.path) == 1:
            return self._plan.slot(field.path)
        return None
