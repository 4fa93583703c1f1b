"""Records in, values out: the snapshot that everything later is worked out from.

Generated code reads the common cases itself and calls a field's `FieldReader.read` for everything else; other facts
are read here, field by field. A problem is noted and reading goes on, so that one error tells all of a record's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeAlias

from leadpolicy.engine.errors import InputError, Problem
from leadpolicy.engine.policy import FactDeclaration, FactRecords, FieldDeclaration, PolicyDeclaration
from leadpolicy.engine.readers import (
    UnreadableError,
    ValueReader,
    clean,
    found,
    list_reader,
    phrase,
    read_key,
    reader,
)
from leadpolicy.engine.records import Record, Shape
from leadpolicy.engine.values import NOTHING, Items

REQUIRED = "a value: the field is required"
_REMEMBERED = 1024
"""So many texts of a field are remembered, each so long at most: hosts may pass any."""
_LONGEST = 100


class Reading:
    """One record being read: its problems so far as (field, expected, found), and the records inside it. `owner`: the
    key of the lead that records belong to which don't say so themselves."""

    __slots__ = ("embedded", "inside", "owner", "path", "problems")

    def __init__(self, path: str = "", owner: str | None = None) -> None:
        self.problems: list[tuple[str, str, str]] = []
        self.embedded: list[tuple[str, str, tuple[object, ...]]] = []
        self.inside: list[int] = []
        self.path = path
        self.owner = owner

    def note(self, field: str, expected: str, value: object) -> None:
        """Note a problem."""
        self.problems.append((self.path + field, expected, found(value)))

    def error(self, key: object) -> InputError:
        """The error of a record with problems; `key` is its key as read."""
        lead = str(key) if isinstance(key, str | int) and not isinstance(key, bool) else None
        return InputError(tuple(Problem(lead, *problem) for problem in self.problems))


ReadField: TypeAlias = Callable[[object, Reading], object]


def remembering(read: ReadField, seen: dict[object, object]) -> ReadField:
    """A field's reader that remembers what texts were read as, where nothing was wrong with them."""
    most = len(seen) + _REMEMBERED

    def remembered(value: object, reading: Reading) -> object:
        before = len(reading.problems)
        known = read(value, reading)
        fits = type(value) is str and len(value) <= _LONGEST and len(seen) < most
        if fits and len(reading.problems) == before:
            seen[value] = known
        return known

    return remembered


class FieldReader:
    """Reads one field of a record."""

    __slots__ = ("_absent", "_expected", "_markers", "_name", "_read", "_records", "_required")

    def __init__(self, field: FieldDeclaration, policy: PolicyDeclaration, records: Records) -> None:
        self._name = field.name
        self._expected = phrase(field.type)
        self._markers = field.markers
        self._required = field.required or field.key
        self._absent = NOTHING if field.or_none else None
        self._records = records if field.type.kind == "fact" else None
        self._read = _reader(field, policy)

    def read(self, value: object, reading: Reading) -> object:
        """The value as kept: None where unknown, or where a problem was noted."""
        known = clean(value) if isinstance(value, str) else value
        if known is None or (isinstance(known, str) and known in self._markers):
            if self._required:
                reading.note(self._name, REQUIRED, value)
                return None
            return self._absent if known is None else None
        try:
            if self._records is not None and not isinstance(known, str | int | float):
                return self._records.embedded(self._name, known, reading)
            return self._read(known)
        except UnreadableError as problem:
            reading.note(self._name, problem.expected or self._expected, value)
            return None


def _reader(field: FieldDeclaration, policy: PolicyDeclaration) -> ValueReader:
    if field.type.kind == "list" and field.type.item is not None:
        return list_reader(reader(field.type.item, policy.zone, policy.calling_code), field.markers)
    return reader(field.type, policy.zone, policy.calling_code)


General: TypeAlias = Callable[[object], Record | None]
"""Reads any row; None where nothing comes of it."""
Take: TypeAlias = Callable[
    [Iterable[object], str | None, dict[str, Record], General, bool], tuple[list[Record], bool]
]
"""Reads rows of an event type: from the rows, the key of the lead that those belong to which don't say so, the
events of each key so far, what reads rows that are not as usual, and whether all rows are dicts that belong to that
lead. Gives the events as taken (`engine/records.py`), and whether a row may have said whose it is."""


class Records:
    """Reads the records of one fact type."""

    __slots__ = ("_about", "_all", "_fields", "_key", "_target", "links", "name", "names", "shape", "take")

    def __init__(self, fact: FactDeclaration, policy: PolicyDeclaration, everything: dict[str, Records]) -> None:
        self.name = fact.name
        self.names = tuple(field.name for field in fact.fields)
        self._all = everything
        self._key = next((i for i, field in enumerate(fact.fields) if field.key), None)
        self._fields: tuple[FieldReader, ...] = ()
        self._about = policy.facts[policy.about].name
        self._target: Records | None = None
        self.links: tuple[str, ...] = ()
        self.shape = Shape(fact)
        self.take: Take | None = None
        """Generated code that reads rows of the type, where there is some."""

    def link(self, fact: FactDeclaration, policy: PolicyDeclaration) -> None:
        """Make the fields' readers, once all fact types are known."""
        own = [self._all[f.type.fact] if f.type.fact else self for f in fact.fields]
        self._fields = tuple(
            FieldReader(field, policy, records) for field, records in zip(fact.fields, own, strict=True)
        )
        if fact.of is not None:
            self._target = self._all[fact.of]
            key = None if self._target._key is None else self._target.key_field
            self.links = tuple(name for name in link_names(fact.of, key) if name not in self.names)

    def field(self, index: int) -> FieldReader:
        """The reader of one field."""
        return self._fields[index]

    def read(self, record: object, reading: Reading) -> tuple[object, ...]:
        """The record's values, in the order of the fields; then the key of the record that it belongs to, whose
        problem comes first."""
        link = () if self._target is None else (self._link(record, self._target, reading),)
        get = as_mapping(record, self.names).get
        pairs = zip(self._fields, self.names, strict=True)
        return (*(field.read(get(name), reading) for field, name in pairs), *link)

    def _link(self, record: object, target: Records, reading: Reading) -> str | None:
        """The key of the record that one belongs to, None with a problem noted."""
        name = next((name for name in self.links if _has(record, name)), None)
        found = None if name is None else _get(record, name)
        known = clean(found) if isinstance(found, str) else found
        if known is None:
            if reading.owner is not None and target.name == self._about:
                return reading.owner
            reading.note("of", f"the key of a {target.name}", None)
            return None
        try:
            key = read_key(known) if isinstance(known, str | int | float) else target.embedded("of", known, reading)
        except UnreadableError:
            reading.note("of", f"the key of a {target.name}", found)
            return None
        return key if isinstance(key, str) else None

    def lead_of(self, values: tuple[object, ...]) -> str | None:
        """What errors call a record by: whom it belongs to, where its type says so, else its own key."""
        if self._target is None:
            return self.key_of(values)
        return link if isinstance(link := values[-1], str) else None

    def read_key(self, record: object) -> str | None:
        """The key of a record that may be bad in other ways; None where it is bad itself."""
        if self._key is None:
            return None
        name = self.names[self._key]
        value = _get(record, name) if _has(record, name) else None
        key = self._fields[self._key].read(value, Reading())
        return None if key is None else str(key)

    def key_of(self, values: tuple[object, ...]) -> str | None:
        """The record's key as text, None where it has none or it is bad."""
        key = None if self._key is None else values[self._key]
        return None if key is None else str(key)

    @property
    def key_field(self) -> str:
        """The name of the key."""
        return self.names[self._key or 0]

    def read_link(self, record: object, reading: Reading) -> str | None:
        """The key of the record that one belongs to, None with a problem noted."""
        return None if self._target is None else self._link(record, self._target, reading)

    def embedded(self, field: str, record: object, reading: Reading) -> object:
        """The key of a record that stands in a field; the record counts as passed."""
        if isinstance(record, list | tuple | set | frozenset | bytes) or self._key is None:
            raise UnreadableError
        if not any(_has(record, name) for name in self.names):
            raise UnreadableError
        if id(record) in reading.inside:
            # Going round: the record is being read already, only its key is wanted.
            plain = as_mapping(record, self.names)
            return self._fields[self._key].read(plain.get(self.names[self._key]), Reading())
        outer, reading.path = reading.path, f"{reading.path}{field}."
        reading.inside.append(id(record))
        at = len(reading.embedded)
        values = self.read(record, reading)
        reading.inside.pop()
        reading.path = outer
        key = self.key_of(values)
        if key is not None:
            reading.embedded.insert(at, (self.name, key, values))
        return key


def _has(record: object, name: str) -> bool:
    return name in record if isinstance(record, Mapping) else hasattr(record, name)


def _get(record: object, name: str) -> object:
    return record[name] if isinstance(record, Mapping) else getattr(record, name)


def link_names(fact: str, key: str | None) -> tuple[str, ...]:
    """Under which names a record may say which record of a fact it belongs to, the first that it has."""
    names = ["of", fact, fact.lower()]
    if key is not None:
        names += [f"{fact}_{key}", f"{fact.lower()}_{key}"]
    return tuple(dict.fromkeys(names))


def as_mapping(record: object, names: tuple[str, ...]) -> Mapping[str, object]:
    """A record of any shape as a mapping: itself where it is a dict, else a copy of the fields that it has."""
    if type(record) is dict:
        return record
    if isinstance(record, Mapping):
        return {name: record[name] for name in names if name in record}
    to_record = getattr(type(record), "to_record", None)
    if to_record is not None:  # a model made from the fact, which may call its fields otherwise
        return dict(to_record(record))
    return {name: getattr(record, name, None) for name in names}


def record_readers(policy: PolicyDeclaration) -> dict[str, Records]:
    """The readers of all fact types."""
    everything: dict[str, Records] = {}
    for fact in policy.facts:
        everything[fact.name] = Records(fact, policy, everything)
    for fact in policy.facts:
        everything[fact.name].link(fact, policy)
    return everything


def with_embedded(facts: FactRecords, embedded: list[tuple[str, str, tuple[object, ...]]]) -> FactRecords:
    """The facts, and the records that stood inside a lead where no record of their key was passed."""
    records = {name: dict(of_fact) for name, of_fact in facts.items()}
    for name, key, values in embedded:
        records[name].setdefault(key, values)
    return records


def follow(facts: FactRecords, fact: str, key: object, field: int) -> object:
    """A step of a path: the field of the record that a reference points to; unknown of an unknown reference,
    nothing of nothing and where no such record was passed."""
    if key is None:
        return None
    if key is NOTHING:
        return NOTHING
    record = facts[fact].get(str(key))
    return NOTHING if record is None else record[field]


def first_unknown(values: Sequence[object], steps: tuple[int, ...]) -> int:
    """The first step of a path that is unknown (a list that may have more counts)."""
    for step in steps:
        value = values[step]
        if value is None or (type(value) is Items and value.more):
            return step
    return steps[-1]
