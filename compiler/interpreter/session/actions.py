"""What a firing does: all of it worked out before anything is changed (decision record 0012, section 5)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from leadpolicy.compiler import ir
from leadpolicy.compiler.interpreter.book import Book
from leadpolicy.compiler.interpreter.records import Record
from leadpolicy.compiler.interpreter.session.conclusions import MisfitError, field_value, made_record
from leadpolicy.compiler.interpreter.session.content import Shown, shown_fact
from leadpolicy.compiler.interpreter.session.effects import Effect, effect_details
from leadpolicy.compiler.interpreter.session.matching import Partial
from leadpolicy.compiler.interpreter.session.memory import Handle, Memory
from leadpolicy.compiler.interpreter.values import Value

Change = Callable[[Memory], bool]
"""Does something to the memory, and says whether that changed anything."""


class FailedActionError(Exception):
    """An action that can't be carried out: its place in the rule, and what doesn't fit."""

    def __init__(self, action: int, misfit: MisfitError) -> None:
        super().__init__(action, misfit.word, misfit.name)
        self.action, self.misfit = action, misfit


@dataclass(slots=True)
class Plan:
    """What a firing is going to do, in order."""

    changes: list[Change] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)
    """The lead, once for each move."""


class Planner:
    """Works out one firing. Raises `FailedActionError` at the first action that fails."""

    def __init__(self, rule: ir.Rule, partial: Partial, memory: Memory, book: Book) -> None:
        self._rule, self._partial, self._memory, self._book = rule, partial, memory, book
        self._patterns = [line for line in rule.body if isinstance(line, ir.Pattern)]
        self._plan = Plan()
        self._sets: dict[Handle, dict[str, Value]] = {}
        self._added: list[Record] = []

    def plan(self) -> Plan:
        """All actions, in the order written."""
        for number, action in enumerate(self._rule.actions, 1):
            try:
                self._one(number, action)
            except MisfitError as misfit:
                raise FailedActionError(number, misfit) from misfit
        return self._plan

    def _one(self, number: int, action: ir.Action) -> None:
        match action:
            case ir.Conclude():
                return
            case ir.Set():
                self._set(action)
            case ir.Add():
                self._add(action)
            case ir.Remove():
                handle = self._handle(action.var)
                self._plan.changes.append(lambda memory: memory.go_out(handle))
            case _:
                self._effect(number, action)

    def _handle(self, var: str) -> Handle:
        """The base fact that a name stands for."""
        place = next(i for i, pattern in enumerate(self._patterns) if pattern.records.var == var)
        handle = self._partial.facts[place].handle
        assert handle is not None, "the checker sees to it that conclusions are not changed"
        return handle

    def _set(self, action: ir.Set) -> None:
        """All that is set on one record is one update, at the place of the first."""
        handle = self._handle(action.var)
        fact = self._memory.base[handle].record.fact
        value = field_value(action.field, self._book.fields[fact][action.field.name], self._partial.evaluator)
        if handle not in self._sets:
            values = self._sets[handle] = {}
            self._plan.changes.append(lambda memory: memory.update(handle, values))
        self._sets[handle][action.field.name] = value

    def _add(self, action: ir.Add) -> None:
        record = made_record(action, self._partial.evaluator, self._book)
        handle = self._memory.handle_of(record)
        there = [] if handle is None else [self._memory.record_of(handle)]
        there += [other for other in self._added if other.fact == record.fact and other.key == record.key]
        if record.key is not None:
            if any(other is not None and not other.same(record) for other in there):
                key = self._book.key_of(record.fact)
                raise MisfitError("key", key.name if key else None)
            if there:
                return
        elif handle is not None:
            return
        self._added.append(record)
        self._plan.changes.append(lambda memory: memory.come_in(memory.new_handle(), record))

    def _effect(self, number: int, action: ir.Notify | ir.Task | ir.Send | ir.Flag | ir.Move) -> None:
        lead = self._lead()
        details = effect_details(action, lead, self._partial.evaluator, self._book)
        facts: list[Shown] = [shown_fact(fact.record, self._book) for fact in self._partial.facts]
        self._plan.effects.append(Effect(self._rule.name, number, action.kind, facts, details))
        if isinstance(action, ir.Move) and lead is not None and lead.key is not None:
            self._plan.moved.append(lead.key)

    def _lead(self) -> Record | None:
        """The record of the fact decided about that the rule matches: the first, where there are several."""
        return next((f.record for f in self._partial.facts if f.record.fact == self._book.about.name), None)
