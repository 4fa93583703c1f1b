"""What the host asks for, read as a whole before anything happens (0012, section 2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from leadpolicy.engine.errors import Problem
from leadpolicy.engine.readers import found as shown_value
from leadpolicy.engine.reading import Reading, Records
from leadpolicy.engine.session.conclusions import content_key
from leadpolicy.engine.session.given import OF_ITS_CLASS, by_class
from leadpolicy.engine.session.network import Fact
from leadpolicy.engine.session.taken import Change, Taken, in_order

if TYPE_CHECKING:
    from leadpolicy.engine.session.changing import Changing

Target: TypeAlias = int | tuple[str, str]
"""A fact by its handle, or by its type and key."""

_CONCLUDED = "no such records: rules conclude them"
_ONE_RECORD = "one record of this key"


@dataclass(slots=True)
class Insert:
    """A new fact of a type: a mapping, or any object with the fields' names; or an object alone whose class is called
    like the type."""

    fact: object
    record: object = OF_ITS_CLASS


@dataclass(slots=True)
class Update:
    """New values of some of a fact's fields; its link by one of the link's names."""

    target: Target
    fields: Mapping[str, object]


@dataclass(slots=True)
class Retract:
    """A fact that goes."""

    target: Target


Operation: TypeAlias = Insert | Update | Retract


class Batch:
    """Reads operations. `problems`: what is wrong with them; then nothing is to happen."""

    def __init__(self, session: Changing) -> None:
        self._session = session
        self._types = {fact.name: i for i, fact in enumerate(session.declared)}
        network = session.network
        self._common = {
            name: (type_, network.read[type_], session.key_places[type_], session.keyless[type_])
            for name, type_ in self._types.items()
            if network.come[type_] is not None
        }
        self.problems: list[Problem] = []
        self.taken: list[Taken] = []
        self.inserts = True
        """Whether all that was taken so far are new facts."""
        self._inner: list[Problem] = []
        self._keys: dict[tuple[int, str], Fact | None] = {}
        """Facts by type and key as the batch leaves them so far."""
        self._same: dict[tuple[int, tuple[object, ...]], Fact] = {}
        self._now_is: dict[int, list[object]] = {}
        """What the batch has made of facts, by identity."""
        self._gone: set[int] = set()
        self._embedded: list[tuple[str, str, tuple[object, ...]]] = []

    def read(self, operations: Sequence[Operation]) -> list[int | None]:
        """Read them all; the handles of the inserts."""
        handles: list[int | None] = []
        for operation in operations:
            if isinstance(operation, Insert):
                fact, record = operation.fact, operation.record
                if type(fact) is not str:
                    fact, record = by_class(fact, record)
                handle = self._insert_new(fact, record)
                handles.append(self._insert(fact, record) if handle is None else handle)
                continue
            handles.append(None)
            if isinstance(operation, Update):
                self._update(operation)
            else:
                self._retract(operation)
        self._end(len(operations))
        return handles

    def read_all(self, records: Mapping[str, Iterable[object]]) -> dict[str, list[int]]:
        """Read inserts of all records; their handles, by type."""
        found = {name: self._read_rows(name, rows) for name, rows in records.items()}
        self._end(sum(map(len, found.values())))
        return found  # type: ignore[return-value]  # None stands only where there are problems.

    def _read_rows(self, name: str, rows: Iterable[object]) -> list[int | None]:
        """Read inserts of one type; their handles."""
        handles: list[int | None] = []
        if name not in self._types:
            self._insert(name, {})
            return handles
        common = self._common.get(name)
        straight = None if common is None else self._session.network.rows[common[0]]
        if straight is not None:
            straight(rows, self.taken.append, handles.append, partial(self._insert, name))
            return handles
        for row in rows:
            handle = self._insert_new(name, row)
            handles.append(self._insert(name, row) if handle is None else handle)
        return handles

    def _end(self, count: int) -> None:
        """All operations are read: problems and facts in their order."""
        self.problems += self._inner
        if not self.problems:
            for name, key, values in self._embedded:
                type_ = self._types[name]
                if self._by_key(type_, key) is None and not self._session.declared[type_].concluded:
                    self._new(type_, values)
        if count > 1 or len(self.taken) > 1:
            self.taken = in_order(self.taken, self._session.declared, self._session.shown, self.inserts)

    # ── Inserts ──

    def _insert_new(self, fact_name: str, record: object) -> int | None:
        """The handle of a fact that wasn't there, where nothing about it is out of the common."""
        session = self._session
        common = self._common.get(fact_name)
        if common is None or type(record) is not dict:
            return None
        type_, read, key_at, keyless = common
        values = read(record.get)
        if values is None:
            return None
        if key_at is not None:
            key = type_, str(values[key_at])
            if key in self._keys or session.by_key(*key) is not None:
                return None
            fact = self._keys[key] = session.new_fact(type_, values)
        elif keyless:
            content = content_key(values)
            if (type_, content) in self._same or content in session.same[type_]:
                return None
            fact = self._same[type_, content] = session.new_fact(type_, values)
        else:
            fact = session.new_fact(type_, values)
        self.taken.append(fact)
        handle: int = fact[-2]
        return handle

    def _insert(self, fact: str, record: object) -> int | None:
        if type(record) is not dict:
            fact, record = by_class(fact, record)
        type_ = self._types.get(fact)
        if type_ is None:
            names = ", ".join(f.name for f in self._session.declared if not f.concluded)
            self._problem(None, "fact", f"one of the facts {names}", fact)
            return None
        if self._is_concluded(type_):
            return None
        reader = self._session.readers[type_]
        quick = self._session.network.read[type_](record.get) if type(record) is dict else None
        if quick is not None:
            return self._come(type_, quick, reader)
        reading = Reading(f"{fact}.")
        values = reader.read(record, reading)
        if reading.problems:
            self._note(reader.lead_of(values), reading)
            return None
        self._embedded += reading.embedded
        return self._come(type_, values, reader)

    def _note(self, lead: str | None, reading: Reading) -> None:
        """Problems of records that stand in place of keys come behind all others."""
        for field, expected, shown in reading.problems:
            to = self._inner if field.count(".") > 1 else self.problems
            to.append(Problem(lead, field, expected, shown))

    def _come(self, type_: int, values: tuple[object, ...], reader: Records) -> int | None:
        declared = self._session.declared[type_]
        key = reader.key_of(values)
        there: Fact | None = None
        if key is not None:
            there = self._by_key(type_, key)
            if there is not None and content_key(tuple(self._values(there))) != content_key(values):
                field = f"{declared.name}.{reader.key_field}"
                self._problem(reader.lead_of(values), field, _ONE_RECORD, key)
                return None
        elif not declared.event:
            there = self._batch_same(type_, values) or self._known_same(type_, values)
        if there is not None:
            handle: int = there[-2]
            return self._session.handle_of(handle)
        return self._session.handle_of(self._new(type_, values)[-2])

    def _batch_same(self, type_: int, values: tuple[object, ...]) -> Fact | None:
        """The fact that the batch has made like this so far."""
        fact = self._same.get((type_, content_key(values)))
        if fact is None or fact[-2] in self._gone:
            return None
        return fact if content_key(tuple(self._values(fact))) == content_key(values) else None

    def _known_same(self, type_: int, values: tuple[object, ...]) -> Fact | None:
        fact = self._session.same[type_].get(content_key(values))
        return None if fact is None or fact[-2] in self._gone or fact[-2] in self._now_is else fact

    def _new(self, type_: int, values: tuple[object, ...]) -> Fact:
        fact = self._session.new_fact(type_, values)
        key = self._session.shown.key(type_, values)
        if key is not None:
            self._keys[type_, key] = fact
        elif not self._session.declared[type_].event:
            self._same[type_, content_key(values)] = fact
        self.taken.append(fact)
        return fact

    # ── Updates, retractions ──

    def _update(self, operation: Update) -> None:
        fact = self._find(operation.target)
        if fact is None:
            return
        type_ = fact[-1]
        declared, reader = self._session.declared[type_], self._session.readers[type_]
        key = reader.key_of(tuple(fact))
        if declared.event:
            lead = reader.lead_of(tuple(self._values(fact)))
            self.problems.append(Problem(lead, declared.name, "no change: what happened is not changed", "nothing"))
            return
        before = len(self.problems)
        values: dict[int, object] = {}
        reading = Reading(f"{declared.name}.")
        for name, value in operation.fields.items():
            place = next((i for i, field in enumerate(declared.fields) if field.name == name), None)
            if place is None:
                self._link(fact, name, value, reader, reading, values)
                continue
            noted = len(reading.problems)
            read = reader.field(place).read(value, reading)
            if place == declared.key and len(reading.problems) == noted and str(read) != key:
                self._problem(key, f"{declared.name}.{name}", "no other key", value)
                continue
            values[place] = read
            self.problems += [
                Problem(reader.lead_of(tuple(self._values(fact))), *p) for p in reading.problems[noted:]
            ]
        self._embedded += reading.embedded
        if len(self.problems) > before:
            return
        now = self._values(fact)
        changed = {p: v for p, v in values.items() if content_key((now[p],)) != content_key((v,))}
        if changed:
            whole = list(now)
            for place, value in changed.items():
                whole[place] = value
            self.taken.append(Change(fact, changed))
            self.inserts = False
            self._now_is[fact[-2]] = whole
            if key is None:
                self._same[type_, content_key(tuple(whole))] = fact

    def _link(
        self, fact: Fact, name: str, value: object, reader: Records, reading: Reading, values: dict[int, object]
    ) -> None:
        declared = self._session.declared[fact[-1]]
        key = reader.key_of(tuple(fact))
        if name not in reader.links:
            self._problem(key, f"{declared.name}.{name}", f"a field of {declared.name}", value)
            return
        noted = len(reading.problems)
        link = reader.read_link({name: value}, reading)
        lead = reader.lead_of(tuple(self._values(fact)))
        self.problems += [Problem(lead, *problem) for problem in reading.problems[noted:]]
        values[len(declared.fields)] = link

    def _retract(self, operation: Retract) -> None:
        fact = self._find(operation.target)
        if fact is None:
            return
        self.taken.append(Change(fact, None))
        self.inserts = False
        self._gone.add(fact[-2])
        key = self._session.shown.key(fact[-1], fact)
        if key is not None:
            self._keys[fact[-1], key] = None

    def _find(self, target: Target) -> Fact | None:
        if isinstance(target, tuple):
            name, key = target
            type_ = self._types.get(name)
            if type_ is not None and self._is_concluded(type_):
                return None
            fact = None if type_ is None else self._by_key(type_, key)
            if fact is None:
                self._problem(key, name, "a fact of the session", key)
            return fact
        fact = self._session.by_handle(target)
        if fact is None or fact[-2] in self._gone:
            self.problems.append(Problem(None, "fact", "a fact of the session", "nothing"))
            return None
        return fact

    # ── What the batch makes of facts ──

    def _by_key(self, type_: int, key: str) -> Fact | None:
        if (type_, key) in self._keys:
            return self._keys[type_, key]
        return self._session.by_key(type_, key)

    def _values(self, fact: Fact) -> Sequence[object]:
        return self._now_is.get(fact[-2]) or fact[:-4]

    def _is_concluded(self, type_: int) -> bool:
        declared = self._session.declared[type_]
        if declared.concluded:
            self.problems.append(Problem(None, declared.name, _CONCLUDED, "1"))
        return declared.concluded

    def _problem(self, lead: str | None, field: str, expected: str, value: object) -> None:
        self.problems.append(Problem(lead, field, expected, shown_value(value)))
