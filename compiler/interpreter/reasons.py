"""Why: one item an entry: its verdict, what it read and what it lacked (decision record 0002, section 7)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from leadpolicy.compiler import ir
from leadpolicy.compiler.interpreter.blame import Blame
from leadpolicy.compiler.interpreter.book import type_of
from leadpolicy.compiler.interpreter.culprits import Names, distinct
from leadpolicy.compiler.interpreter.printing import (
    Printed,
    show,
    show_number,
    show_place,
    show_truth,
)
from leadpolicy.compiler.interpreter.reads import (
    condition_expressions,
    entry_expressions,
    mentions,
)
from leadpolicy.compiler.interpreter.scores import EntryResult
from leadpolicy.compiler.interpreter.situation import Mode
from leadpolicy.compiler.interpreter.values import UNKNOWN, Pair, Truth, constant
from leadpolicy.compiler.interpreter.working import Working

Item = dict[str, Printed]


class Reasons:
    """Writes the reasons of one decision."""

    def __init__(self, working: Working, blame: Blame) -> None:
        self._working = working
        self._blame = blame
        self._book = working.book
        self._zone = working.book.policy.zone

    def items(self) -> list[Item]:
        """All items, parts in the order of the decision record."""
        policy = self._book.policy
        found: list[Item] = []
        for score in policy.scores:
            found.extend(self._score(score))
        for table in policy.tables:
            found.extend(self._table(table))
        for gate in policy.gates:
            found.extend(self._gate(gate))
        found.extend(self._disqualify())
        found.extend(self._stages())
        found.extend(self._route())
        found.extend(self._recall())
        return found

    def values(self, expressions: Iterable[ir.Expr], inside: bool = False) -> Item:
        """What the expressions read, printed, by name; `inside`: of records, whose own records have no value."""
        return {name: self.value(m) for name, m in mentions(expressions, self._book, inside).items()}

    def value(self, expr: ir.Expr) -> Printed:
        """An expression's value, printed; a gate by its verdict, a picked record without a key by whether it is."""
        if isinstance(expr, ir.GateRef):
            return show_gate(self._working.gate_verdict(expr.name))
        value = self._working.evaluator.wide(expr, Mode.PLAIN)
        if isinstance(value, Pair):
            return f"{value.least} to {value.most}"
        type_ = type_of(expr)
        if type_.kind == "fact" and value == "":
            return True
        return show(value, type_, self._zone)

    # ── Scores ──

    def _score(self, score: ir.Score) -> Iterator[Item]:
        part = f"score {score.name}"
        result = self._working.score(score.name)
        if score.expr is not None:
            item = _head(part, score.name, score.text, score.place, "true")
            yield item | {
                "points": show_number(result.bounds.value),
                "values": self.values((score.expr,)),
            }
            return
        for entry_result in result.entries:
            yield self._entry(part, entry_result)

    def _entry(self, part: str, result: EntryResult) -> Item:
        entry, (verdict, points, band) = result.entry, result.outcome
        text = entry.text if band is None else band.text
        item = _head(part, entry.text, text, entry.place, show_truth(verdict))
        item["points"] = show_number(points)
        because = band.because if band is not None else None
        if isinstance(entry, ir.PlainEntry | ir.EventEntry) and verdict is True:
            because = entry.because
        if because is not None:
            item["because"] = because
        values = self.values(entry_expressions(entry), inside=isinstance(entry, ir.EventEntry))
        if isinstance(entry, ir.EventEntry) and result.event is not None:
            values[entry.records.fact] = result.event.chosen
        item["values"] = values
        _add_unknown(item, self._blame.entry(result))
        if isinstance(entry, ir.PlainEntry):
            self._add_failing(item, entry.condition, verdict, Mode.PLAIN)
        return item

    # ── Other parts ──

    def _table(self, table: ir.Table) -> Iterator[Item]:
        result = self._working.table(table.name)
        for i, (row, verdict) in enumerate(zip(table.rows, result.rows, strict=True)):
            shown = "not reached" if verdict is None else show_truth(verdict)
            item = _head(f"table {table.name}", f"row {i + 1}", row.text, row.place, shown)
            item["outcome"] = show_outputs(table, row.outputs, self._zone)
            yield self._with_condition(item, row.condition, verdict, Mode.PLAIN)

    def _gate(self, gate: ir.Gate) -> Iterator[Item]:
        verdicts = self._working.gate(gate.name).criteria
        for criterion, verdict in zip(gate.criteria, verdicts, strict=True):
            item = _head(f"gate {gate.name}", criterion.name, criterion.text, criterion.place, show_truth(verdict))
            yield self._with_condition(item, criterion.condition, verdict, Mode.ASKING)

    def _disqualify(self) -> Iterator[Item]:
        entries = self._book.policy.disqualify or ()
        for entry, verdict in zip(entries, self._working.disqualify, strict=True):
            item = _head(f"disqualify {entry.name}", entry.name, entry.text, entry.place, show_truth(verdict))
            item["outcome"] = entry.destination.text
            yield self._with_condition(item, entry.condition, verdict, Mode.PLAIN, entry.destination)

    def _stages(self) -> Iterator[Item]:
        funnel = self._book.policy.funnel or ()
        for i, (stage, result) in enumerate(zip(funnel, self._working.stages, strict=True)):
            item = _head(f"stage {stage.name}", stage.name, stage.text, stage.place, show_truth(result.reached))
            item["values"] = self.values(condition_expressions(stage.condition))
            _add_unknown(item, self._blame.stage(i))
            self._add_failing(item, stage.condition, result.reached, Mode.PLAIN)
            yield item

    def _route(self) -> Iterator[Item]:
        route, result = self._book.policy.route, self._working.route
        if route is None or result is None:
            return
        for entry, verdict in zip(route.entries, result.verdicts, strict=True):
            item = _head("route", entry.name, entry.text, entry.place, verdict)
            item["outcome"] = entry.destination.text
            if verdict == "not reached":
                item["values"] = {}
                yield item
                continue
            item["values"] = self._condition_values(entry.condition, entry.destination)
            if verdict == "unknown":
                _add_unknown(item, self._blame.route_entry(entry))
            if verdict in {"false", "unknown"}:
                self._add_failing(item, entry.condition, False, Mode.PLAIN)
            yield item

    def _recall(self) -> Iterator[Item]:
        recall = self._book.policy.recall
        for entry in recall.entries if recall is not None else ():
            verdict = self._working.due(entry).verdict
            item = _head("recall", entry.name, entry.text, entry.place, verdict)
            item["outcome"] = entry.destination.text
            item["values"] = {}
            if verdict != "not reached":
                self._add_recall(item, entry, verdict)
            yield item

    def _add_recall(self, item: Item, entry: ir.RecallEntry, verdict: str) -> None:
        """What an entry of the lease read. What is unknown is told whatever the verdict: it stops nothing (4)."""
        at = () if entry.at is None else (entry.at,)
        read = (*at, *condition_expressions(entry.when), *condition_expressions(entry.unless))
        item["values"] = self.values(read)
        unknown = [name for expr in at for name in self._blame.expression(expr, Mode.PLAIN)]
        for condition in (entry.when, entry.unless):
            if self._working.evaluator.condition(condition, Mode.PLAIN) is UNKNOWN:
                unknown += self._blame.condition(condition, Mode.PLAIN)
        _add_unknown(item, distinct(unknown))
        if verdict != "true":
            self._add_failing(item, entry.when, False, Mode.PLAIN)

    # ── Pieces ──

    def _with_condition(
        self,
        item: Item,
        condition: ir.Condition | None,
        verdict: Truth | None,
        mode: Mode,
        destination: ir.Destination | None = None,
    ) -> Item:
        """The item with the values that a condition reads, and what of it isn't true."""
        item["values"] = {} if verdict is None else self._condition_values(condition, destination)
        if verdict is UNKNOWN:
            _add_unknown(item, self._blame.condition(condition, mode))
        if verdict is not None:
            self._add_failing(item, condition, verdict, mode)
        return item

    def _condition_values(self, condition: ir.Condition | None, destination: ir.Destination | None) -> Item:
        """What a condition and the destination's member read; together, so that records stand behind all fields."""
        read = condition_expressions(condition)
        if destination is None:
            return self.values(read)
        if destination.member is not None:
            return self.values((*read, destination.member))
        owner = self._book.owner_field() if destination.kind == "owner" else None
        if owner is not None:
            read = (*read, ir.FieldRef(path=(owner.name,), type=owner.type, nothing=True))
        return self.values(read)

    def _add_failing(self, item: Item, condition: ir.Condition | None, verdict: Truth, mode: Mode) -> None:
        """The texts of the clauses that are not true, where the whole isn't."""
        if verdict is True or condition is None:
            return
        clauses = condition.clauses
        failing = [c.text for c in clauses if self._working.evaluator.truth(c.expr, mode) is not True]
        if failing:
            item["failing"] = list(failing)


def _head(part: str, entry: str, text: str, place: ir.Place, verdict: str) -> Item:
    return {"part": part, "entry": entry, "text": text, "place": show_place(place), "verdict": verdict}


def _add_unknown(item: Item, names: Names) -> None:
    if names:
        item["unknown"] = [str(name) for name in names]


def show_gate(verdict: Truth) -> str:
    """`pass`, `fail`, `unknown`."""
    if verdict is UNKNOWN:
        return "unknown"
    return "pass" if verdict else "fail"


def show_outputs(table: ir.Table, outputs: tuple[ir.ConstValue, ...], zone: ir.Zone) -> Printed:
    """A row's outcome: the value, or an object where there are several outputs."""
    shown = [
        show(constant(value, output.type), output.type, zone)
        for value, output in zip(outputs, table.outputs, strict=True)
    ]
    if len(shown) == 1:
        return shown[0]
    return {output.name or "": value for output, value in zip(table.outputs, shown, strict=True)}
