"""What is known about a lead and the facts passed with it, after reading."""

from __future__ import annotations

from dataclasses import dataclass, field

from leadpolicy.compiler.interpreter.book import Book
from leadpolicy.compiler.interpreter.values import NOTHING, UNKNOWN, Value, is_unsure


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a fact type. `key` is the printed key, None where the fact has none."""

    fact: str
    key: str | None
    values: dict[str, Value]


@dataclass(slots=True)
class Records:
    """The lead, and every record that references can lead to, by fact type and key."""

    lead: Record
    by_key: dict[str, dict[str, Record]] = field(default_factory=dict)

    def find(self, fact: str, key: str) -> Record | None:
        """The record of that key, None where none was passed (ruling 8)."""
        return self.by_key.get(fact, {}).get(key)

    def read(self, book: Book, path: tuple[str, ...]) -> Value:
        """A field of the lead, or a path through references.

        Unknown where a reference on the way is unknown; nothing where it is nothing or nobody's key.
        """
        record = self.lead
        value: Value = NOTHING
        for i, (_, step) in enumerate(book.steps(path)):
            value = record.values[step.name]
            if i + 1 == len(path) or value is UNKNOWN or value is NOTHING:
                return value
            found = self.find(step.type.fact or "", str(value))
            if found is None:
                return NOTHING
            record = found
        return value

    def first_unsure(self, book: Book, path: tuple[str, ...]) -> tuple[str, ...] | None:
        """The first step of a path that is unknown: what to ask for. None where nothing on it is."""
        for end in range(1, len(path) + 1):
            if is_unsure(self.read(book, path[:end])):
                return path[:end]
        return None
