"""Facts and events in: read once, for one decision or for many, indexed by whom they belong to."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final, NamedTuple, TypeAlias

from leadpolicy.engine.errors import InputError, Problem
from leadpolicy.engine.policy import FactDeclaration, FactRecords, PolicyDeclaration
from leadpolicy.engine.readers import found
from leadpolicy.engine.reading import Reading, Records, Take
from leadpolicy.engine.records import Record, RecordSet, Shape

Facts: TypeAlias = Mapping[str, Iterable[object]]
Events: TypeAlias = Mapping[str, Iterable[object]] | Iterable[object]


class FactBase:
    """Other facts and events, read once for any number of leads. Later changes to what was passed don't reach it.

    `records`: by the fact's name and key. `sets`: by the fact's place in the policy, those that decisions go through.
    """

    __slots__ = ("digest", "has_events", "inside", "records", "rows", "sets")

    def __init__(
        self,
        policy: PolicyDeclaration,
        readers: Mapping[str, Records],
        records: FactRecords,
        rows: Mapping[str, Sequence[Record]],
        has_events: bool,
        inside: frozenset[tuple[str, str]] = frozenset(),
    ) -> None:
        self.digest = policy.digest
        self.records = records
        self.rows = rows
        """Events as taken, and the records of other types without key."""
        self.has_events = has_events
        self.inside = inside
        """Those of `records`, by type and key, that only stood inside others."""
        self.sets: tuple[RecordSet | None, ...] = tuple(
            self._set(fact, readers[fact.name].shape) if fact.read else None for fact in policy.facts
        )

    def _set(self, fact: FactDeclaration, shape: Shape) -> RecordSet:
        if fact.event:
            return RecordSet(shape, self.rows.get(fact.name, ()))
        if fact.key is not None:
            return RecordSet(shape, tuple(self.records[fact.name].values()))
        # Records without a key go by their arrival, which stands behind their fields.
        return RecordSet(shape, [(*row, at) for at, row in enumerate(self.rows.get(fact.name, ()))])

    def __repr__(self) -> str:
        counts = [f"{name}: {len(records)}" for name, records in self.records.items()]
        counts += [f"{name}: {len(rows)}" for name, rows in self.rows.items()]
        return f"<FactBase {', '.join(counts)}>"


class Taken(NamedTuple):
    """What was read, and what was wrong with it."""

    base: FactBase
    problems: tuple[Problem, ...]


def take(
    policy: PolicyDeclaration,
    readers: Mapping[str, Records],
    facts: Facts | FactBase | None,
    events: Events | None,
    owner: str | None = None,
) -> Taken:
    """Read facts and events. `owner`: the key of the lead that records belong to which don't say so.

    What the policy reads and wasn't passed is a problem too (ruling 8). InputError for names that it doesn't have,
    ValueError for a fact base of another policy.
    """
    if isinstance(facts, FactBase) and facts.digest != policy.digest:
        raise ValueError("these facts were read for another policy")
    names = [fact.name for fact in policy.facts if not fact.event]
    if facts is not None and not isinstance(facts, FactBase):
        strange = [Problem(None, n, "one of " + ", ".join(names), "facts") for n in facts if n not in names]
        if strange:
            raise InputError(tuple(strange))
    named = None if events is None else by_type(event_types(policy), events)
    if isinstance(facts, FactBase) and named is None and (facts.has_events or not policy.reads_events):
        return Taken(facts, ())
    intake = _Intake(policy, readers, owner)
    if isinstance(facts, FactBase):
        intake.resume(facts)
    else:
        intake.read_facts(facts)
    if named is not None:
        intake.read(named, True)
    elif policy.reads_events and not (isinstance(facts, FactBase) and facts.has_events):
        intake.miss("events", policy.reads_events)
    has_events = named is not None or (isinstance(facts, FactBase) and facts.has_events)
    return intake.taken(has_events)


def as_record(row: object) -> object:
    """A record in a model made by `policy.models`, under the policy's own names; anything else as it is."""
    if type(row) is dict:
        return row
    to_record = getattr(type(row), "to_record", None)
    return row if to_record is None else to_record(row)


def event_types(policy: PolicyDeclaration) -> dict[str, list[str]]:
    """The event types, each with the names of its fields."""
    return {fact.name: [field.name for field in fact.fields] for fact in policy.facts if fact.event}


def by_type(types: Mapping[str, Collection[str]], events: Events) -> dict[str, list[object]]:
    """Events by their type: from a mapping of names, or from records that say what they are. `types`: the event types
    with the names of their fields."""
    if isinstance(events, Mapping):
        for name in events:
            if name not in types:
                raise _no_event(types, name)
        return {str(name): list(rows) for name, rows in events.items()}
    rows = events if type(events) is list else list(events)
    only = only_type(types, rows)
    if only is not None:
        return {only: rows}
    named: dict[str, list[object]] = {}
    for event in rows:
        named.setdefault(_type_of(types, event), []).append(event)
    return named


def only_type(types: Mapping[str, Collection[str]], rows: list[object]) -> str | None:
    """The only event type there is, where all rows are dicts that don't say their type: as hosts mostly pass them."""
    if len(types) != 1:
        return None
    (only,) = types
    says = "event" not in types[only]
    for row in rows:
        if type(row) is not dict or (says and "event" in row):
            return None
    return only


def _type_of(types: Mapping[str, Collection[str]], event: object) -> str:
    only = next(iter(types)) if len(types) == 1 else None
    if isinstance(event, Mapping):
        if only is not None and ("event" not in event or "event" in types[only]):
            return only
        said = event.get("event")
        if said not in types:
            raise _no_event(types, said)
        return str(said)
    model = getattr(type(event), "fact_name", None)
    name = str(model or type(event).__name__)
    if name in types:
        return name
    if only is None or model is not None:
        raise _no_event(types, name)
    return only


def _no_event(types: Mapping[str, Collection[str]], name: object) -> InputError:
    expected = "one of the events " + ", ".join(types) if types else "no events: the policy declares none"
    return InputError((Problem(None, "events", expected, found(name)),))


class _Intake:
    """Records being read, type by type."""

    def __init__(self, policy: PolicyDeclaration, readers: Mapping[str, Records], owner: str | None) -> None:
        self._policy = policy
        self._readers = readers
        self._owner = owner
        self._records: dict[str, dict[str, Record]] = {f.name: {} for f in policy.facts}
        self._rows: dict[str, list[Record]] = {f.name: [] for f in policy.facts if f.event or f.key is None}
        self._problems: list[Problem] = []
        self._embedded: list[tuple[str, str, Record]] = []
        self._inside: frozenset[tuple[str, str]] = frozenset()

    def resume(self, base: FactBase) -> None:
        """Go on from what was read before."""
        self._records = {name: dict(records) for name, records in base.records.items()}
        self._rows = {name: list(rows) for name, rows in base.rows.items()}
        self._inside = base.inside

    def read(self, passed: Facts, events: bool) -> None:
        """Read facts, or events: types in the order of their declaration, records as they come."""
        for fact in self._policy.facts:
            if fact.event != events or fact.name not in passed:
                continue
            rows = passed[fact.name]
            if fact.concluded:
                self._refuse(fact.name, len(list(rows)))
                continue
            seen: dict[str, Record] = {} if events else self._records[fact.name]
            if events:
                self._events(fact, rows, seen)
                continue
            for row in rows:
                values = self._one(fact, row, seen)
                if values is not None and fact.key is None:
                    self._rows[fact.name].append(values)
            if fact.key is None:
                self._rows[fact.name] = list(dict.fromkeys(self._rows[fact.name]))

    def _events(self, fact: FactDeclaration, rows: Iterable[object], seen: dict[str, Record]) -> None:
        """Events of one type; generated code reads those that are as usual."""
        take = self._readers[fact.name].take
        if take is not None:
            self._rows[fact.name] += take(rows, self._owner, seen, lambda row: self._one(fact, row, seen), False)[0]
            return
        read = (self._one(fact, row, seen) for row in rows)
        self._rows[fact.name] += [values for values in read if values is not None]

    def read_facts(self, facts: Facts | None) -> None:
        """Read the facts, if there are any."""
        if facts is not None:
            self.read(facts, False)
        elif self._policy.reads_facts:
            self.miss("facts", self._policy.reads_facts)

    def miss(self, argument: str, names: tuple[str, ...]) -> None:
        """Note that something wasn't passed."""
        expected = f"{argument}: the policy reads {', '.join(names)}"
        self._problems.append(Problem(None, argument, expected, "nothing"))

    def _refuse(self, name: str, number: int) -> None:
        if number:
            self._problems.append(Problem(None, name, "no such records: rules conclude them", str(number)))

    def _one(self, fact: FactDeclaration, row: object, seen: dict[str, Record]) -> Record | None:
        """The record that a row says; None where it can't be told, or stands there already."""
        reader = self._readers[fact.name]
        reading = Reading(f"{fact.name}.", self._owner)
        values = reader.read(as_record(row), reading)
        lead, key = reader.lead_of(values), reader.key_of(values)
        values = reader.shape.as_taken(values)
        self._problems += [Problem(lead, *problem) for problem in reading.problems]
        self._embedded += reading.embedded
        if fact.key is None:
            return values
        if key is None:
            return None
        known = seen.setdefault(key, values)
        if known is values:
            return values
        if known != values:
            field = f"{fact.name}.{reader.key_field}"
            self._problems.append(Problem(lead, field, "one record of this key", found(key)))
        return None

    def taken(self, has_events: bool) -> Taken:
        """All that was read; records that stood inside others count where none of their key was passed."""
        inside = set(self._inside)
        for name, key, values in self._embedded:
            if self._records[name].setdefault(key, values) is values:
                inside.add((name, key))
        if self._problems:
            empty: dict[str, dict[str, Record]] = {name: {} for name in self._records}
            return Taken(FactBase(self._policy, self._readers, empty, {}, has_events), tuple(self._problems))
        base = FactBase(self._policy, self._readers, self._records, self._rows, has_events, frozenset(inside))
        return Taken(base, ())


# ── One lead with its own events, as hosts usually pass them ──


class UnusualError(Exception):
    """A row that isn't as usual: what reads it may note problems."""


class EventType(NamedTuple):
    """What is needed of an event type to read a lead's own events. `place`: its place among the facts."""

    place: int
    fields: tuple[str, ...]
    shape: Shape
    take: Take
    read: bool
    links: frozenset[str]
    """Under which keys a row says whose it is."""
    alone: bool
    """Whether it is the only event type, and a row can say its type beside its fields."""
    own: bool
    """Whether the lead is whose rows are that don't say so."""
    says: frozenset[str]
    """Under which keys a row says its type, or whose it is."""


Named: TypeAlias = list[tuple[EventType, Sequence[object]]]


def typed_events(policy: PolicyDeclaration, readers: Mapping[str, Records]) -> dict[str, EventType]:
    """The event types that generated code reads, by name: all, or none where the module doesn't read them itself."""
    found: dict[str, EventType] = {}
    types = sum(fact.event for fact in policy.facts)
    about = policy.facts[policy.about].name
    for place, fact in enumerate(policy.facts):
        reader = readers[fact.name]
        if fact.event:
            if reader.take is None:
                return {}
            found[fact.name] = EventType(
                place=place,
                fields=reader.names,
                shape=reader.shape,
                take=reader.take,
                read=fact.read,
                links=frozenset(reader.links),
                alone=types == 1 and "event" not in reader.names,
                own=fact.of == about,
                says=frozenset({"event", *reader.links}.difference(reader.names)),
            )
    return found


def usual_events(types: Mapping[str, EventType], events: Events) -> Named | None:
    """Lists of events by their type; None for all else. Nothing is used up."""
    if type(events) is list:
        if len(types) != 1:
            return _said_types(types, events)
        (only,) = types.values()
        return [(only, events)]
    if type(events) is not dict:
        return None
    if any(name not in types or not isinstance(rows, list | tuple) for name, rows in events.items()):
        return None
    return [(types[name], rows) for name, rows in events.items()]


def _said_types(types: Mapping[str, EventType], events: list[object]) -> Named | None:
    """Of several types, each row says its own."""
    named: dict[str, list[object]] = {}
    for row in events:
        said = row.get("event") if type(row) is dict else None
        if type(said) is not str or said not in types:
            return None
        named.setdefault(said, []).append(row)
    return [(types[name], rows) for name, rows in named.items()]


def own_sets(empty: Sequence[RecordSet | None], named: Named, owner: str | None) -> Sequence[RecordSet | None]:
    """The records of each type. `owner`: the key of the lead whose events they are; `empty`: where there are none.

    UnusualError where a row isn't as usual.
    """
    sets = list(empty)
    for type_, rows in named:
        keys = _keys(rows)
        if type_.alone and "event" in keys and only_type({"": type_.fields}, list(rows)) is None:
            raise UnusualError
        plain = owner is not None and type_.own and type_.links.isdisjoint(keys)
        kept, said = type_.take(rows, owner, {}, _unusual, plain)
        if type_.read:
            sets[type_.place] = RecordSet(type_.shape, kept, owner if plain and not said else None)
    return sets


def own_rows(type_: EventType, rows: Sequence[object], owner: str) -> list[Record]:
    """The same of the only type, where no row says its type or whose it is."""
    if not type_.says.isdisjoint(_keys(rows)):
        raise UnusualError
    return type_.take(rows, owner, {}, _unusual, True)[0]


def _keys(rows: Sequence[object]) -> frozenset[object]:
    """All keys of rows, which are dicts."""
    if list(map(type, rows)).count(dict) != len(rows):
        raise UnusualError
    return _NO_KEYS.union(*rows)  # type: ignore[arg-type]


_NO_KEYS: Final[frozenset[object]] = frozenset()


def _unusual(row: object) -> Record | None:
    raise UnusualError


def brought_along(
    policy: PolicyDeclaration, base: FactBase, facts: object, this: object
) -> dict[int, list[Record]] | None:
    """The records, by their type's place, that only one lead brings along: those that stand inside it, and itself
    where it wasn't passed.

    InputError where it was passed with other values.
    """
    extra: dict[int, list[Record]] = {}
    if facts is not base.records and isinstance(facts, Mapping):
        for index, fact in enumerate(policy.facts):
            if fact.read and not fact.event and fact.key is not None:
                passed = base.records[fact.name]
                extra[index] = [row for key, row in facts[fact.name].items() if key not in passed]
    if isinstance(this, tuple):
        fact = policy.facts[policy.about]
        own = _own_record(fact, base, this)
        if own is not None:
            extra[policy.about] = [*(row for row in extra.get(policy.about, ()) if not _same(fact, row, own)), own]
    return extra or None


def _same(fact: FactDeclaration, row: Record, own: Record) -> bool:
    return fact.key is not None and row[fact.key] == own[fact.key]


def _own_record(fact: FactDeclaration, base: FactBase, this: Record) -> Record | None:
    """The lead decided about as a record among others; None where it was passed."""
    if fact.key is None:
        rows = base.rows.get(fact.name, ())
        return None if this in rows else (*this, len(rows))
    key = str(this[fact.key])
    passed = base.records[fact.name].get(key)
    if passed is None or (fact.name, key) in base.inside:
        return this
    if passed != this:
        names = fact.fields[fact.key].name
        raise InputError((Problem(key, names, "one record of this key", found(key)),))
    return None
