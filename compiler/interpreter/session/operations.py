"""What the host asks for, read before anything happens (decision record 0012, section 2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from leadpolicy.compiler import ir
from leadpolicy.compiler.interpreter.arguments import link_names
from leadpolicy.compiler.interpreter.book import Book
from leadpolicy.compiler.interpreter.intake import CONCLUDED, ONE_RECORD, Intake, InterpreterInputError, Problem
from leadpolicy.compiler.interpreter.reading import MisfitError, found, phrase
from leadpolicy.compiler.interpreter.records import Record
from leadpolicy.compiler.interpreter.session.content import Rank, rank
from leadpolicy.compiler.interpreter.session.memory import Handle, Memory
from leadpolicy.compiler.interpreter.values import Value

Target: TypeAlias = Handle | tuple[str, str]
"""A fact by its handle, or by its type and key."""

NO_CHANGE = "no change: what happened is not changed"
NO_OTHER_KEY = "no other key"
OF_THE_SESSION = "a fact of the session"


@dataclass(frozen=True, slots=True)
class Insert:
    """A new fact: its type and the raw record."""

    fact: str
    record: object


@dataclass(frozen=True, slots=True)
class Update:
    """Fields of a fact, by name; its link by one of the link's names."""

    target: Target
    fields: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Retract:
    """A fact that goes out."""

    target: Target


Operation: TypeAlias = Insert | Update | Retract


@dataclass(frozen=True, slots=True)
class Taken:
    """An operation as it was read: the new record, or the one that is changed by `values` and `link`, or goes out."""

    kind: str
    handle: Handle
    record: Record
    values: dict[str, Value] = field(default_factory=dict)
    link: str | None = None


class _Reader(Intake):
    """Reads records that belong to no decision: each link has to be said."""

    def problem(self, lead: str | None, fact: str, name: str, expected: str, shown: object) -> None:
        """One more problem."""
        self._problems.append(Problem(lead, fact, name, expected, found(shown)))

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All so far."""
        return tuple(self._problems)

    def record(self, raw: object, fact: ir.Fact) -> Record:
        """A record of a type."""
        return self._record(raw, fact)

    def key_text(self, raw: object, fact: ir.Fact) -> str | None:
        """The key of a raw record, None where there is none or it can't be read."""
        return self._key_text(raw, fact)

    def whose(self, record: Record) -> str | None:
        """Whose problem a bad record is."""
        return self._whose(record)

    def embedded(self) -> list[tuple[str, object]]:
        """Records that stood in place of keys since this was asked last, each once."""
        taken = [(fact, raw) for fact, raw in self._embedded if id(raw) not in self._seen]
        self._seen |= {id(raw): raw for _, raw in self._embedded}
        self._embedded = []
        return list({id(raw): (fact, raw) for fact, raw in taken}.values())

    def field(self, raw: object, declared: ir.FactField) -> Value:
        """A field's value; raises `MisfitError`."""
        return self._field(raw, declared)

    def key_of_link(self, raw: object, owner: str) -> str:
        """The key in a link; raises `MisfitError`."""
        type_ = ir.Type(kind="fact", fact=owner)
        key = None if raw is None else self._reference(raw, type_)
        if not isinstance(key, str):
            raise MisfitError(phrase(type_))
        return key

    def _link(self, raw: object, fact: ir.Fact, owner: str, problems: list[tuple[str, str, object]]) -> str | None:
        before = len(problems)
        link = super()._link(raw, fact, owner, problems)
        if link is None and len(problems) == before:
            problems.append(("of", phrase(ir.Type(kind="fact", fact=owner)), None))
        return link


class Batch:
    """One batch, read on a copy of the memory, on which each operation sees what those before it did."""

    def __init__(self, memory: Memory, book: Book) -> None:
        self._memory, self._book = memory.copy(), book
        self._reader = _Reader(book)
        self._before = memory
        self._taken: list[Taken] = []
        self.handles: list[Handle | None] = []

    @property
    def last_handle(self) -> Handle:
        """The newest handle."""
        return self._memory.handles

    def read(self, operations: Sequence[Operation]) -> list[Taken]:
        """What is to be done, in the order in which it is taken in. Raises `InterpreterInputError` with all that is
        wrong."""
        for operation in operations:
            match operation:
                case Insert():
                    self.handles.append(self._insert(operation))
                case Update():
                    self._update(operation)
                    self.handles.append(None)
                case Retract():
                    self._retract(operation)
                    self.handles.append(None)
        self._insert_embedded()
        if self._reader.problems:
            raise InterpreterInputError(self._reader.problems)
        return sorted(self._taken, key=self._rank)

    def _rank(self, taken: Taken) -> Rank:
        """Where an operation stands. A fact with a key is its type and key: all that is done to it stays in order."""
        before = self._before.record_of(taken.handle)
        found = rank(taken.record if before is None else before, self._book)
        return found if taken.record.key is None else (*found[:2], (False, ""), (False, 0), "")

    # ── Inserting ──

    def _insert(self, operation: Insert) -> Handle | None:
        fact = self._book.facts.get(operation.fact)
        if fact is None:
            names = ", ".join(f.name for f in self._book.policy.facts if not f.concluded)
            self._reader.problem(None, "fact", "fact", f"one of the facts {names}", operation.fact)
            return None
        if fact.concluded:
            self._refuse_concluded(fact.name)
            return None
        before = len(self._reader.problems)
        record = self._reader.record(operation.record, fact)
        return None if len(self._reader.problems) > before else self._come_in(record)

    def _come_in(self, record: Record) -> Handle | None:
        there = self._memory.handle_of(record)
        if there is not None:
            known = self._memory.record_of(there)
            if known is not None and not known.same(record):
                key = self._book.key_of(record.fact)
                assert key is not None
                name = f"{record.fact}.{key.name}"
                self._reader.problem(self._reader.whose(record), record.fact, name, ONE_RECORD, record.key)
            return there
        handle = self._memory.new_handle()
        self._memory.come_in(handle, record)
        self._taken.append(Taken("insert", handle, record))
        return handle

    def _insert_embedded(self) -> None:
        """Records in place of keys, and those in them, where there is none of their key."""
        there = self._keys()
        while found_ := self._reader.embedded():
            for name, raw in found_:
                fact = self._book.facts[name]
                key = self._reader.key_text(raw, fact)
                if (name, key) in there and key is not None:
                    continue
                if fact.concluded:
                    self._refuse_concluded(name)
                    continue
                before = len(self._reader.problems)
                record = self._reader.record(raw, fact)
                if len(self._reader.problems) == before:
                    self._come_in(record)

    def _keys(self) -> set[tuple[str, str | None]]:
        records = [f.record for f in self._memory.base.values()] + list(self._memory.waiting.values())
        return {(record.fact, record.key) for record in records}

    def _refuse_concluded(self, name: str) -> None:
        self._reader.problem(None, name, name, CONCLUDED, 1)

    # ── Changing and retracting ──

    def _target(self, target: Target) -> tuple[Handle, Record] | None:
        """The base fact that is meant, or None with a problem."""
        if isinstance(target, int):
            handle = self._memory.meant(target)
            record = self._memory.record_of(handle)
            if record is None:
                self._reader.problem(None, "fact", "fact", OF_THE_SESSION, None)
                return None
            return handle, record
        type_, key = target
        fact = self._book.facts.get(type_)
        if fact is not None and fact.concluded:
            self._refuse_concluded(type_)
            return None
        everything = (*((h, f.record) for h, f in self._memory.base.items()), *self._memory.waiting.items())
        there = [(h, r) for h, r in everything if (r.fact, r.key) == (type_, key)]
        if not there:
            self._reader.problem(key, type_, type_, OF_THE_SESSION, key)
            return None
        return there[0]

    def _update(self, operation: Update) -> None:
        meant = self._target(operation.target)
        if meant is None:
            return
        handle, record = meant
        fact, whose = self._book.facts[record.fact], self._reader.whose(record)
        if fact.event:
            self._reader.problem(whose, fact.name, fact.name, NO_CHANGE, None)
            return
        before = len(self._reader.problems)
        values: dict[str, Value] = {}
        link: str | None = None
        links = () if fact.of is None else link_names(fact, fact.of, self._book)
        for name, raw in operation.fields.items():
            declared = self._book.fields[fact.name].get(name)
            try:
                if declared is not None:
                    values[name] = self._changed(raw, declared, record)
                elif name in links and fact.of is not None:
                    link = self._reader.key_of_link(raw, fact.of)
                else:
                    self._reader.problem(record.key, fact.name, f"{fact.name}.{name}", f"a field of {fact.name}", raw)
            except MisfitError as misfit:
                shown = name if declared is not None else "of"
                lead = record.key if misfit.expected == NO_OTHER_KEY else whose
                self._reader.problem(lead, fact.name, f"{fact.name}.{shown}", misfit.expected, raw)
        if len(self._reader.problems) == before:
            self._memory.update(handle, values, link)
            self._taken.append(Taken("update", handle, record, values, link))

    def _changed(self, raw: object, declared: ir.FactField, record: Record) -> Value:
        value = self._reader.field(raw, declared)
        if declared.key and value != record.values[declared.name]:
            raise MisfitError(NO_OTHER_KEY)
        return value

    def _retract(self, operation: Retract) -> None:
        meant = self._target(operation.target)
        if meant is not None:
            self._memory.go_out(meant[0])
            self._taken.append(Taken("retract", *meant))


def apply(taken: Taken, memory: Memory) -> bool:
    """Do it; whether anything changed."""
    match taken.kind:
        case "insert":
            return memory.come_in(taken.handle, taken.record)
        case "update":
            return memory.update(taken.handle, taken.values, taken.link)
        case _:
            return memory.go_out(taken.handle)
