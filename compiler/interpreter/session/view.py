"""What expressions see of the memory at one moment; and when what they saw can change by itself (0012, 4 and 7)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING, Self

from leadpolicy.compiler import ir
from leadpolicy.compiler.interpreter import aggregates, clock, durations
from leadpolicy.compiler.interpreter.book import type_of
from leadpolicy.compiler.interpreter.expressions import Evaluator
from leadpolicy.compiler.interpreter.reads import Source
from leadpolicy.compiler.interpreter.records import Record, Records, as_instant
from leadpolicy.compiler.interpreter.scores import Scorer
from leadpolicy.compiler.interpreter.session.memory import Fact, Memory
from leadpolicy.compiler.interpreter.situation import Mode, Parts, Situation
from leadpolicy.compiler.interpreter.values import UNKNOWN, Absent, ListValue, Pair, Value
from leadpolicy.compiler.interpreter.working import Working

if TYPE_CHECKING:
    from leadpolicy.compiler.interpreter.session.matching import Partial

_OF_A_RECORD = ir.LetRef | ir.ScoreRef | ir.TableRef | ir.GateRef | ir.StageRef | ir.StageValue | ir.Disqualified
_YEARS = 3 * 366
"""How many days ahead a calendar's next opening or closing is looked for."""


@dataclass(slots=True)
class Turns:
    """When something that was looked at can change by itself."""

    instants: set[int] = field(default_factory=set)
    ages: list[int] = field(default_factory=list)
    """The times whose age was asked, in the order in which they were."""


@dataclass(frozen=True, slots=True)
class Watched(Situation):
    """A situation that notes when it can change. `back`: how far its now lies behind the session's."""

    turns: Turns = field(default_factory=Turns)
    back: int = 0


class WatchingEvaluator(Evaluator):
    """Works out expressions, and notes when ages and calendars give another answer."""

    @property
    def _watched(self) -> Watched:
        assert isinstance(self.situation, Watched)
        return self.situation

    def evaluate(self, expr: ir.Expr, mode: Mode) -> Value:
        match expr:
            case ir.Call(function="age"):
                self._note_age(expr.args[0], mode)
            case ir.Compare():
                return self._comparing(expr, (expr.left, expr.right), mode)
            case ir.Between():
                return self._comparing(expr, (expr.item, expr.low, expr.high), mode)
            case ir.In():
                return self._comparing(expr, (expr.item, expr.items), mode)
            case ir.During():
                self._note_calendar(expr.calendar)
        return super().evaluate(expr, mode)

    def _let(self, name: str, mode: Mode) -> Value | Pair:
        """Not remembered, so that each reader notes the ages in it."""
        return self.wide(self.situation.book.lets[name].expr, mode)

    def _untried(self) -> Self:
        """The same without a trial: a value that is only tried is nothing that time comes to."""
        if self._trial is None:
            return self
        inside = self._made(None)
        inside._bound = dict(self._bound)
        return inside

    def _note_age(self, of: ir.Expr, mode: Mode) -> None:
        """An age begins to be known at its time."""
        value = self._untried().evaluate(of, mode)
        if not isinstance(value, Absent):
            at = as_instant(value, self.situation.book)
            self._watched.turns.ages.append(at)
            self._watched.turns.instants.add(at + self._watched.back)

    def _comparing(self, expr: ir.Expr, sides: tuple[ir.Expr, ...], mode: Mode) -> Value:
        """Of each age on one side, the instants at which it reaches and passes a span on another, in which there is
        none."""
        if not any(_is_span(type_of(side)) for side in sides):
            return super().evaluate(expr, mode)
        turns = self._watched.turns
        ages: list[int] = []
        spans: list[ir.Duration] = []
        for side in sides:
            before = len(turns.ages)
            value = self._untried().wide(side, mode)
            noted = turns.ages[before:]
            ages += noted
            spans += [] if noted else _spans(value)
        for at, span in product(ages, spans):
            reached = at + durations.length(span) + self._watched.back
            turns.instants |= {reached, reached + 1}
        return super().evaluate(expr, mode)

    def _note_calendar(self, calendar: str) -> None:
        """The next opening or closing."""
        work, now = self.situation.book.work_times[calendar], self.situation.now
        day = clock.local(now, self.situation.book.policy.zone)[0]
        for ahead in range(-1, _YEARS):
            ends = [end for stretch in work.open_on(day + ahead) for end in stretch if end > now]
            if ends:
                self._watched.turns.instants.add(min(ends) + self._watched.back)
                return


def _is_span(type_: ir.Type) -> bool:
    return type_.kind == "duration" or (type_.item is not None and type_.item.kind == "duration")


def _spans(value: Value | Pair) -> Iterator[ir.Duration]:
    items = value.items if isinstance(value, ListValue) else (value,)
    return (item for item in items if isinstance(item, ir.Duration))


class RuleEvaluator(WatchingEvaluator):
    """Works out a rule's expressions: names stand for its facts and lets, `lead.fit` is what a decision says."""

    def __init__(
        self,
        situation: Situation,
        parts: Parts,
        trial: tuple[Source, Value] | None = None,
        *,
        view: View,
        lets: Mapping[str, ir.Expr],
    ) -> None:
        super().__init__(situation, parts, trial)
        self._view, self._rule_lets = view, lets

    def _made(self, trial: tuple[Source, Value] | None) -> Self:
        return type(self)(self.situation, self.parts, trial, view=self._view, lets=self._rule_lets)

    def with_let(self, let: ir.RuleLet) -> Self:
        """The same, knowing one let more."""
        inside = self._made(None)
        inside._bound = dict(self._bound)
        inside._rule_lets = {**self._rule_lets, let.name: let.expr}
        return inside

    def wide(self, expr: ir.Expr, mode: Mode) -> Value | Pair:
        match expr:
            case ir.VarRef() if self._meaning(expr) is not expr:
                return self.wide(self._meaning(expr), mode)
            case ir.LetRef() if expr.of != "this":
                return self._about(expr.of).wide(_of_this(expr), mode)
        return super().wide(expr, mode)

    def evaluate(self, expr: ir.Expr, mode: Mode) -> Value:
        match expr:
            case ir.VarRef() if self._meaning(expr) is not expr:
                value = self.wide(expr, mode)
                return UNKNOWN if isinstance(value, Pair) else value
            case ir.Ago():
                score = ir.ScoreRef(name=expr.score)
                return self._about(expr.of, expr.span).evaluate(score, mode)
            case ir.Attr():
                return self._attribute(expr, mode)
        if isinstance(expr, _OF_A_RECORD) and expr.of != "this":
            return self._about(expr.of).evaluate(_of_this(expr), mode)
        return super().evaluate(expr, mode)

    def record(self, expr: ir.Expr, mode: Mode) -> Record | Absent:
        """The record that an expression names; unknown, or nothing where there is none."""
        expr = self._meaning(expr)
        if isinstance(expr, ir.LetRef) and expr.of != "this":
            return aggregates.record_of(_of_this(expr), self._about(expr.of), mode)
        return aggregates.record_of(expr, self, mode)

    def _attribute(self, expr: ir.Attr, mode: Mode) -> Value:
        """A field, or a path of fields, of what a let picks, be it the rule's or a lead's."""
        record = self.record(expr.base, mode)
        if isinstance(record, Absent):
            return record
        return self.situation.records.read(self.situation.book, expr.path, record)

    def _meaning(self, expr: ir.Expr) -> ir.Expr:
        """What a let of the rule stands for, down to what is none."""
        while isinstance(expr, ir.VarRef) and expr.name in self._rule_lets and expr.name not in self._bound:
            expr = self._rule_lets[expr.name]
        return expr

    def _about(self, var: str, back: int = 0) -> Evaluator:
        return self._view.about(self.bound(var), back)


def _of_this(expr: ir.Expr) -> ir.Expr:
    return expr.model_copy(update={"of": "this"})


class View:
    """The facts that are in memory, read at the session's now."""

    def __init__(self, memory: Memory, scorer: Scorer) -> None:
        self.book, self.now, self._number = memory.book, memory.now, memory.number
        self.turns = Turns()
        self.facts = memory.facts
        self._scorer = scorer
        self._by_record = {id(fact.record): fact for fact in self.facts}
        nobody = Record(self.book.about.name, None, {f.name: UNKNOWN for f in self.book.about.fields})
        self._records = Records(nobody)
        for fact in self.facts:
            record = fact.record
            self._records.arrived.setdefault(record.fact, []).append(record)
            if record.key is not None:
                self._records.by_key.setdefault(record.fact, {})[record.key] = record
        self._about: dict[tuple[int, int], Working] = {}
        self.matches: dict[int, list[Partial]] = {}
        """The matches of rules, by the rule's `id`; filled by `matching.matches`."""

    def is_of(self, memory: Memory) -> bool:
        """Whether nothing has changed since."""
        return (self.now, self._number) == (memory.now, memory.number)

    def fact_of(self, record: Record) -> Fact:
        """The fact that a record says."""
        return self._by_record[id(record)]

    def find(self, type_: str, key: str) -> Record | None:
        """The record of a type with that key."""
        return self._records.find(type_, key)

    def about(self, record: Record, back: int = 0) -> Evaluator:
        """What a decision about a record works out, `back` microseconds ago."""
        if (id(record), back) not in self._about:
            self._about[id(record), back] = self._working(record, back)
        return self._about[id(record), back].evaluator

    def _working(self, record: Record, back: int) -> Working:
        found = Records(record, self._records.by_key, self._records.arrived)
        found = found.without_future(self.book, self.now - back)
        return Working(
            Watched(self.book, found, self.now - back, {}, self.turns, back), self._scorer, WatchingEvaluator
        )

    def rule(self) -> RuleEvaluator:
        """For a rule's expressions, before anything is bound."""
        situation = Watched(self.book, self._records, self.now, {}, self.turns)
        return RuleEvaluator(situation, Working(situation, self._scorer), view=self, lets={})
