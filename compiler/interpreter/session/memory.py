"""The working memory: facts, events that wait for their time, conclusions; and what each change does to it
(decision record 0012, sections 1 and 3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from leadpolicy.compiler.interpreter.book import Book
from leadpolicy.compiler.interpreter.records import Record, dated
from leadpolicy.compiler.interpreter.session.content import as_json, content
from leadpolicy.compiler.interpreter.values import Absent, Value

Identity: TypeAlias = tuple[str, str | int]
"""A fact's type, and its key; of a fact without a key its handle, of a concluded one what it says."""
Handle: TypeAlias = int


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact in memory. `number` is that of the change by which it came in or was last updated, `arrived` that by
    which it came in; `handle` is None where it is concluded."""

    identity: Identity
    record: Record
    number: int
    arrived: int
    handle: Handle | None = None


@dataclass(slots=True)
class Memory:
    """Everything that is there. A copy can be changed without touching the first."""

    book: Book
    now: int
    base: dict[Handle, Fact] = field(default_factory=dict)
    waiting: dict[Handle, Record] = field(default_factory=dict)
    concluded: dict[tuple[str, str], Fact] = field(default_factory=dict)
    """By type and what they say: within a step, two of one key may meet."""
    merged: dict[Handle, Handle] = field(default_factory=dict)
    number: int = 0
    handles: int = 0

    def copy(self) -> Memory:
        """The same, apart from this one."""
        return replace(
            self,
            base=dict(self.base),
            waiting=dict(self.waiting),
            concluded=dict(self.concluded),
            merged=dict(self.merged),
        )

    # ── Looking ──

    @property
    def facts(self) -> list[Fact]:
        """All that rules see, in order of arrival."""
        return sorted((*self.base.values(), *self.concluded.values()), key=lambda fact: fact.arrived)

    def meant(self, handle: Handle) -> Handle:
        """The handle of the fact that a handle names by now."""
        while handle in self.merged:
            handle = self.merged[handle]
        return handle

    def record_of(self, handle: Handle) -> Record | None:
        """What a handle names, waiting events too."""
        handle = self.meant(handle)
        return self.base[handle].record if handle in self.base else self.waiting.get(handle)

    def handle_of(self, record: Record) -> Handle | None:
        """The base fact of a record's key; of a type without a key (events aside), the one that says the same."""
        event = self.book.facts[record.fact].event
        for handle, other in (*((h, f.record) for h, f in self.base.items()), *self.waiting.items()):
            if other.fact != record.fact:
                continue
            if record.key is not None and other.key == record.key:
                return handle
            if record.key is None and not event and other.same(record):
                return handle
        return None

    # ── Changing: each gives whether anything changed ──

    def move_to(self, now: int) -> bool:
        """Now moves on."""
        self.now = now
        self._count()
        return True

    def new_handle(self) -> Handle:
        """A handle that no fact had before."""
        self.handles += 1
        return self.handles

    def come_in(self, handle: Handle, record: Record) -> bool:
        """A fact comes in under a new handle, or its event waits; nothing where it is there already."""
        there = self.handle_of(record)
        if there is not None and there != handle:
            self.merged[handle] = there
            return False
        self.waiting.pop(handle, None)
        at = dated(record, self.book)
        if self.book.facts[record.fact].event and not isinstance(at, Absent) and at > self.now:
            self.waiting[handle] = record
            return False
        number = self._count()
        identity = (record.fact, handle if record.key is None else record.key)
        self.base[handle] = Fact(identity, record, number, number, handle)
        return True

    def update(self, handle: Handle, values: Mapping[str, Value], link: str | None = None) -> bool:
        """Fields of a fact are changed, and its link where one is given."""
        handle = self.meant(handle)
        fact = self.base.get(handle)
        if fact is None:
            return False
        after = replace(fact.record, values={**fact.record.values, **values}, link=link or fact.record.link)
        if after.same(fact.record):
            return False
        other = self.handle_of(after) if after.key is None else None
        if other is not None:
            del self.base[handle]
            self.merged[handle] = other
            self._count()
            return True
        self.base[handle] = replace(fact, record=after, number=self._count())
        return True

    def go_out(self, handle: Handle) -> bool:
        """A fact goes; an event that waits goes unseen."""
        handle = self.meant(handle)
        if self.waiting.pop(handle, None) is not None or handle not in self.base:
            return False
        del self.base[handle]
        self._count()
        return True

    def conclude(self, record: Record) -> bool:
        """A conclusion is made."""
        number = self._count()
        said = said_by(record, self.book)
        known_by = (record.fact, said if record.key is None else record.key)
        self.concluded[record.fact, said] = Fact(known_by, record, number, number)
        return True

    def withdraw(self, record: Record) -> bool:
        """A conclusion is withdrawn."""
        del self.concluded[record.fact, said_by(record, self.book)]
        self._count()
        return True

    def _count(self) -> int:
        self.number += 1
        return self.number


def said_by(record: Record, book: Book) -> str:
    """What a record says, its link too: equal for records that say the same."""
    return as_json([record.link, *content(record, book)])
