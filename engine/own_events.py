"""One lead with its own events, as hosts usually pass them: read without much ado. All else goes the long way
(`intake.py`), which notes what is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple, TypeAlias

from leadpolicy.engine.intake import Events, only_type
from leadpolicy.engine.policy import PolicyDeclaration
from leadpolicy.engine.reading import Records, Take
from leadpolicy.engine.records import Record, RecordSet, Shape


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
