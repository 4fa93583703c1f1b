"""Conclusions: what should be there, worked out from nothing (ruling 64; decision record 0012, section 6)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fractions import Fraction

from leadpolicy.compiler import ir
from leadpolicy.compiler.interpreter.book import Book
from leadpolicy.compiler.interpreter.records import Record
from leadpolicy.compiler.interpreter.session.content import rank
from leadpolicy.compiler.interpreter.session.matching import MatchId, Partial, matches
from leadpolicy.compiler.interpreter.session.memory import Memory, said_by
from leadpolicy.compiler.interpreter.session.reading_parts import in_order, made_by
from leadpolicy.compiler.interpreter.session.view import RuleEvaluator, View
from leadpolicy.compiler.interpreter.situation import Mode
from leadpolicy.compiler.interpreter.values import LIMIT, NOTHING, UNKNOWN, Absent, ListValue, Value


@dataclass(frozen=True, slots=True)
class Support:
    """Why a concluded fact is there: a match of a rule, and the place of the action in the rule (from 1)."""

    match: MatchId
    action: int
    records: tuple[Record, ...]


@dataclass(slots=True)
class Conclusion:
    """What should be there, and why."""

    record: Record
    supports: list[Support] = field(default_factory=list)


class MisfitError(Exception):
    """A value that can't be put where it should. `word`: `field`, `link` or `key`; `field`: its name."""

    def __init__(self, word: str, name: str | None) -> None:
        super().__init__(word, name)
        self.word, self.name = word, name


def field_value(given: ir.FieldValue, declared: ir.FactField, evaluator: RuleEvaluator) -> Value:
    """What an action puts into a field. Raises `MisfitError` where the field can't have it."""
    value: Value = NOTHING if given.nothing else UNKNOWN
    if given.value is not None:
        value = evaluator.evaluate(given.value, Mode.PLAIN)
    if value is NOTHING and not declared.or_none:
        value = UNKNOWN
    if isinstance(value, Absent) and (declared.key or declared.required):
        raise MisfitError("field", declared.name)
    items = value.items if isinstance(value, ListValue) else (value,)
    if any(isinstance(item, Fraction) and abs(item) >= LIMIT for item in items):
        raise MisfitError("field", declared.name)
    return value


def made_record(action: ir.Conclude | ir.Add, evaluator: RuleEvaluator, book: Book) -> Record:
    """The record that an action makes; what isn't named is unknown, or nothing where the field can be that. Raises
    `MisfitError`."""
    declared = book.fields[action.fact]
    link: str | None = None
    if action.of is not None:
        owner = evaluator.evaluate(action.of, Mode.PLAIN)
        if not isinstance(owner, str):
            raise MisfitError("link", None)
        link = owner
    values: dict[str, Value] = {name: NOTHING if f.or_none else UNKNOWN for name, f in declared.items()}
    for given in action.fields:
        values[given.name] = field_value(given, declared[given.name], evaluator)
    key = next((str_of(values[name]) for name, f in declared.items() if f.key), None)
    return Record(action.fact, key, values, link)


def str_of(value: Value) -> str:
    """A key as text."""
    return str(int(value)) if isinstance(value, Fraction) else str(value)


class Conclusions:
    """The views of a policy."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self.types = in_order(book)

    def should_be(self, fact: str, view: View) -> dict[str, Conclusion]:
        """All that the rules conclude of a type, by what it says."""
        found: dict[str, Conclusion] = {}
        for place, rule, actions in made_by(fact, self._book.policy):
            for partial in matches(rule, view):
                for number, action in actions:
                    record = self._concluded(action, partial)
                    if record is None:
                        continue
                    conclusion = found.setdefault(said_by(record, self._book), Conclusion(record))
                    records = tuple(f.record for f in partial.facts)
                    conclusion.supports.append(Support((place, partial.identities), number, records))
        return found

    def _concluded(self, action: ir.Conclude, partial: Partial) -> Record | None:
        """What an action concludes from a match; None where that isn't certain."""
        try:
            return made_record(action, partial.evaluator, self._book)
        except MisfitError:
            return None

    def settle(self, memory: Memory, view: Callable[[], View], changed: Callable[[], None]) -> None:
        """Bring the conclusions up to date; `changed` is called after each change."""
        for fact in self.types:
            wanted = self.should_be(fact, view())
            there = {said: f.record for (type_, said), f in memory.concluded.items() if type_ == fact}
            for record in self._in_order(there[said] for said in there.keys() - wanted.keys()):
                memory.withdraw(record)
                changed()
            for record in self._in_order(wanted[said].record for said in wanted.keys() - there.keys()):
                memory.conclude(record)
                changed()

    def _in_order(self, records: Iterable[Record]) -> list[Record]:
        return sorted(records, key=lambda record: rank(record, self._book))

    def conflict(self, memory: Memory) -> tuple[str, str] | None:
        """The type and key of which two different things are concluded; the first type, the smallest key."""
        for fact in self.types:
            keys = [f.record.key for (type_, _), f in memory.concluded.items() if type_ == fact]
            twice = sorted(key for key in keys if key is not None and keys.count(key) > 1)
            if twice:
                return fact, twice[0]
        return None
