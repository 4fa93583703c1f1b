"""What is known about a lead, the facts and the events passed with it, after reading."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from leadpolicy.compiler.interpreter import times
from leadpolicy.compiler.interpreter.book import Book
from leadpolicy.compiler.interpreter.values import NOTHING, UNKNOWN, Absent, Value, is_unsure


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a type. `key` is the printed key, None where the type has none; `link` the key of the record
    that it belongs to, None where the type is of no other."""

    fact: str
    key: str | None
    values: dict[str, Value]
    link: str | None = None

    def same(self, other: Record) -> bool:
        """Whether the two say the same."""
        return self.said == other.said

    @property
    def said(self) -> tuple[frozenset[tuple[str, Value]], str | None]:
        """What it says, to be looked up by: equal for records that say the same."""
        return frozenset(self.values.items()), self.link


@dataclass(slots=True)
class Records:
    """The lead, every record that references can lead to by type and key, and all records of each type in order of
    arrival."""

    lead: Record
    by_key: dict[str, dict[str, Record]] = field(default_factory=dict)
    arrived: dict[str, list[Record]] = field(default_factory=dict)

    def find(self, fact: str, key: str) -> Record | None:
        """The record of that key, None where none was passed (ruling 8)."""
        return self.by_key.get(fact, {}).get(key)

    def read(self, book: Book, path: tuple[str, ...], start: Record | None = None) -> Value:
        """A field of the lead (or of another record), or a path through references.

        Unknown where a reference on the way is unknown; nothing where it is nothing or nobody's key.
        """
        record = self.lead if start is None else start
        value: Value = NOTHING
        for i, (_, step) in enumerate(book.steps(path, record.fact)):
            value = record.values[step.name]
            if i + 1 == len(path) or value is UNKNOWN or value is NOTHING:
                return value
            found = self.find(step.type.fact or "", str(value))
            if found is None:
                return NOTHING
            record = found
        return value

    def first_unsure(self, book: Book, path: tuple[str, ...], start: Record | None = None) -> tuple[str, ...] | None:
        """The first step of a path that is unknown: what to ask for. None where nothing on it is."""
        for end in range(1, len(path) + 1):
            if is_unsure(self.read(book, path[:end], start)):
                return path[:end]
        return None

    def ordered(self, fact: str, book: Book) -> list[Record]:
        """All records of a type: by their time (unknown and nothing first), key, position of arrival (ruling 13)."""

        def rank(record: Record) -> tuple[bool, int, str]:
            at = dated(record, book)
            key = record.key or ""
            return (False, 0, key) if isinstance(at, Absent) else (True, at, key)

        return sorted(self.arrived.get(fact, ()), key=rank)

    def without_future(self, book: Book, now: int) -> Records:
        """The same without the events that are dated after now (ruling 12)."""
        hidden = {
            id(record)
            for name, records in self.arrived.items()
            if book.facts[name].event
            for record in records
            if not isinstance(at := dated(record, book), Absent) and at > now
        }
        by_key = {
            name: {key: record for key, record in records.items() if id(record) not in hidden}
            for name, records in self.by_key.items()
        }
        arrived = {
            name: [record for record in records if id(record) not in hidden] for name, records in self.arrived.items()
        }
        return Records(self.lead, by_key, arrived)


def dated(record: Record, book: Book) -> int | Absent:
    """When a record happened, by its dating field; nothing for a type without one."""
    name = book.facts[record.fact].dated
    value = NOTHING if name is None else record.values[name]
    return value if isinstance(value, Absent) else as_instant(value, book)


def as_instant(value: Value, book: Book) -> int:
    """A time; a date is its 00:00 (ruling 18)."""
    if isinstance(value, date):
        return times.from_date(value, book.policy.zone)
    if not isinstance(value, int):
        raise TypeError(f"not a time: {value!r}")
    return value
