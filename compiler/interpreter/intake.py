"""The lead, the facts and the events that are passed, read into records; all that is wrong with them, at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from leadpolicy.compiler import ir
from leadpolicy.compiler.interpreter.arguments import EventsPassed, FactsPassed, by_type, link_names
from leadpolicy.compiler.interpreter.book import Book
from leadpolicy.compiler.interpreter.printing import decimal_text
from leadpolicy.compiler.interpreter.reading import (
    Locale,
    MisfitError,
    found,
    is_marker,
    list_items,
    phrase,
    read_scalar,
)
from leadpolicy.compiler.interpreter.records import Record, Records
from leadpolicy.compiler.interpreter.values import NOTHING, UNKNOWN, Absent, ListValue, Scalar, Value

REQUIRED = "a value: the field is required"
ONE_RECORD = "one record of this key"
CONCLUDED = "no such records: rules conclude them"

_NO_RECORD = (bool, float, Decimal, date, timedelta, list, tuple, set, frozenset, bytes)
"""What is neither a key nor a record, where a reference is expected."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One field that can't be read. `lead` is the key of the record, None where the key itself is bad."""

    lead: str | None
    fact: str
    field: str
    expected: str
    found: str


class InterpreterInputError(ValueError):
    """The lead or the facts passed with it can't be read. `problems` has all that is wrong."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        lines = (f"{p.fact} {p.lead or '?'}: {p.field}: expected {p.expected}, found {p.found}" for p in problems)
        super().__init__("; ".join(lines))


class Intake:
    """One reading. `records` raises the error where anything at all was wrong."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._locale = Locale(book.policy.zone, book.policy.calling_code)
        self._problems: list[Problem] = []
        self._by_key: dict[str, dict[str, Record]] = {}
        self._arrived: dict[str, list[Record]] = {}
        self._lead_key: str | None = None
        # Records that stand where a reference is expected: (fact type, raw record), read after all others.
        self._embedded: list[tuple[str, object]] = []
        self._seen: dict[int, object] = {}

    def records(self, lead: object, facts: FactsPassed | None, events: EventsPassed | None) -> Records:
        """The lead and all records, or `InterpreterInputError`. Facts come first, then events, then the lead."""
        policy, about = self._book.policy, self._book.about
        self._lead_key = self._key_text(lead, about)
        if facts is None and policy.reads_facts:
            self._refuse("facts", f"facts: the policy reads {', '.join(policy.reads_facts)}", None)
        self._rows(facts or {}, events=False)
        if events is None and policy.reads_events:
            self._refuse("events", f"events: the policy reads {', '.join(policy.reads_events)}", None)
        self._rows(by_type(events or {}, self._book, self._refuse), events=True)
        subject = self._record(lead, about, passed=False)
        self._add(subject, about.name, passed=False)
        self._add_embedded()
        self._last(subject)
        if self._problems:
            raise InterpreterInputError(tuple(self._problems))
        return Records(subject, self._by_key, self._arrived)

    def _refuse(self, argument: str, expected: str, raw: object) -> None:
        """A problem of an argument as a whole."""
        self._problems.append(Problem(None, argument, argument, expected, found(raw)))

    def _rows(self, passed: FactsPassed, events: bool) -> None:
        """The rows of all fact types, or of all event types, in declaration order."""
        for fact in self._book.policy.facts:
            if fact.event is not events:
                continue
            rows = list(passed.get(fact.name, ()))
            if fact.concluded and rows:
                self._problems.append(Problem(None, fact.name, fact.name, CONCLUDED, str(len(rows))))
                continue
            for raw in rows:
                self._add(self._record(raw, fact), fact.name)

    def _add(self, record: Record, fact: str, passed: bool = True) -> None:
        """Keep a record. Equal ones of one key are one, unequal ones a problem; so are equal keyless facts, but every
        event without a key counts (ruling 13)."""
        key_field, arrived = self._book.key_of(fact), self._arrived.setdefault(fact, [])
        if key_field is None:
            if self._book.facts[fact].event or not any(kept.same(record) for kept in arrived):
                arrived.append(record)
            return
        if record.key is None:
            return
        kept = self._by_key.setdefault(fact, {}).setdefault(record.key, record)
        if kept is record:
            arrived.append(record)
        elif not kept.same(record):
            name = f"{fact}.{key_field.name}" if passed else key_field.name
            shown = found(record.key)
            self._problems.append(Problem(self._whose(record), fact, name, ONE_RECORD, shown))

    def _whose(self, record: Record) -> str | None:
        """Whose problem a bad record is: the one's that it belongs to, else its own."""
        return record.key if self._book.facts[record.fact].of is None else record.link

    def _add_embedded(self) -> None:
        """Records found inside others count as passed where no record of their key was (0002, section 1)."""
        passed = {fact: set(records) for fact, records in self._by_key.items()}
        while self._embedded:
            fact, raw = self._embedded.pop(0)
            if id(raw) in self._seen:
                continue
            self._seen[id(raw)] = raw
            key = self._key_text(raw, self._book.facts[fact])
            if key is None or key not in passed.get(fact, ()):
                self._add(self._record(raw, self._book.facts[fact]), fact)

    def _last(self, subject: Record) -> None:
        """This record, where it wasn't passed, arrives behind all others of its type."""
        arrived = self._arrived.get(subject.fact, [])
        if any(record is subject for record in arrived):
            self._arrived[subject.fact] = [*(r for r in arrived if r is not subject), subject]

    def _key_text(self, raw: object, fact: ir.Fact) -> str | None:
        """The key of a raw record, None where there is none or it can't be read."""
        field = self._book.key_of(fact.name)
        if field is None:
            return None
        given = _get(raw, field.name)
        if given is None or is_marker(given, field.markers):
            return None
        try:
            return _as_key(read_scalar(given, field.type, self._locale))
        except MisfitError:
            return None

    def _record(self, raw: object, fact: ir.Fact, passed: bool = True) -> Record:
        """A record; its problems name its type and the field, those of the lead decided about the field alone."""
        key, problems = self._key_text(raw, fact), list[tuple[str, str, object]]()
        link = None if fact.of is None else self._link(raw, fact, fact.of, problems)
        values: dict[str, Value] = {}
        for field in fact.fields:
            given = _get(raw, field.name)
            try:
                values[field.name] = self._field(given, field)
            except MisfitError as misfit:
                problems.append((field.name, misfit.expected, given))
                values[field.name] = UNKNOWN
        record = Record(fact.name, key, values, link)
        whose = self._whose(record) if passed else key
        for name, expected, given in problems:
            shown = f"{fact.name}.{name}" if passed else name
            self._problems.append(Problem(whose, fact.name, shown, expected, found(given)))
        return record

    def _link(self, raw: object, fact: ir.Fact, owner: str, problems: list[tuple[str, str, object]]) -> str | None:
        """The key of the record that a record belongs to: the first of its names, else the lead decided about."""
        name = next((n for n in link_names(fact, owner, self._book) if _has(raw, n)), None)
        given = None if name is None else _get(raw, name)
        type_ = ir.Type(kind="fact", fact=owner)
        if given is None and owner == self._book.about.name:
            return self._lead_key
        try:
            key = MisfitError(phrase(type_)) if given is None else self._reference(given, type_)
        except MisfitError as misfit:
            key = misfit
        if isinstance(key, str):
            return key
        problems.append(("of", phrase(type_), given))
        return None

    def _field(self, raw: object, field: ir.FactField) -> Value:
        """A field's value: rulings 1 and 23 first, then its type's reading."""
        absent = raw is None
        if absent or is_marker(raw, field.markers):
            if field.key or field.required:
                raise MisfitError(REQUIRED)
            return NOTHING if absent and field.or_none else UNKNOWN
        if field.type.kind == "list":
            return self._list(raw, field)
        return self._item(raw, field.type)

    def _list(self, raw: object, field: ir.FactField) -> ListValue:
        """The sure items; a null or a marker among them leaves open whether there are more (ruling 5)."""
        items, item_type = list_items(raw), field.type.item
        if items is None or item_type is None:
            raise MisfitError(phrase(field.type))
        sure: list[Scalar] = []
        more = False
        for item in items:
            if item is None or is_marker(item, field.markers):
                more = True
                continue
            try:
                value = self._item(item, item_type)
            except MisfitError as misfit:
                raise MisfitError(phrase(field.type)) from misfit
            if isinstance(value, Absent):  # a record in place of a key, itself without one: reported there
                more = True
            else:
                sure.append(value)
        return ListValue(tuple(sure), more)

    def _item(self, raw: object, type_: ir.Type) -> Scalar | Absent:
        if type_.kind == "fact":
            return self._reference(raw, type_)
        return read_scalar(raw, type_, self._locale)

    def _reference(self, raw: object, type_: ir.Type) -> Scalar | Absent:
        """The key of another fact; a record in its place is kept, to be read later."""
        fact = self._book.facts[type_.fact or ""]
        key_field = self._book.key_of(fact.name)
        if isinstance(raw, str | int) and not isinstance(raw, bool):
            key_type = key_field.type if key_field else ir.Type(kind="text")
            try:
                return _as_key(read_scalar(raw, key_type, self._locale))
            except MisfitError as misfit:
                raise MisfitError(phrase(type_)) from misfit
        if isinstance(raw, _NO_RECORD) or key_field is None:
            raise MisfitError(phrase(type_))
        self._embedded.append((fact.name, raw))
        key = self._key_text(raw, fact)
        return UNKNOWN if key is None else key


def _get(raw: object, name: str) -> object:
    """A field of a raw record: a mapping's item or an object's attribute; None where there is none."""
    if isinstance(raw, Mapping):
        return raw.get(name)
    return getattr(raw, name, None)


def _has(raw: object, name: str) -> bool:
    """Whether a raw record has a field, be it without a value."""
    return name in raw if isinstance(raw, Mapping) else hasattr(raw, name)


def _as_key(value: Scalar) -> str:
    """A key as text: keys are texts or whole numbers."""
    if isinstance(value, str):
        return value
    if isinstance(value, Fraction):
        return decimal_text(value)
    raise TypeError(f"a key is a text or a whole number, not {value!r}")
