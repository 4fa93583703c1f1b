"""The arguments of a decision, as they are passed: which records are of which type (decision record 0009, 1)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from leadpolicy.compiler import ir
from leadpolicy.compiler.interpreter.book import Book

FactsPassed: TypeAlias = Mapping[str, Iterable[object]]
EventsPassed: TypeAlias = Mapping[str, Iterable[object]] | Iterable[object]
Refuse: TypeAlias = Callable[[str, str, object], None]

TYPE_KEY = "event"
"""Under which a record of a flat iterable carries the name of its type."""


def by_type(events: EventsPassed, book: Book, refuse: Refuse) -> dict[str, list[object]]:
    """Events by the name of their type. Names that are none are refused."""
    names = [fact.name for fact in book.policy.facts if fact.event]
    expected = f"one of the events {', '.join(names)}"
    sorted_out: dict[str, list[object]] = {name: [] for name in names}
    if isinstance(events, Mapping):
        for name, records in events.items():
            if name in sorted_out:
                sorted_out[name] = list(records)
            else:
                refuse("events", expected, name)
        return sorted_out
    for raw in events:
        name = _type_name(raw, names, book)
        if isinstance(name, str) and name in sorted_out:
            sorted_out[name].append(raw)
        else:
            refuse("events", expected, name)
    return sorted_out


def _type_name(raw: object, names: list[str], book: Book) -> object:
    """What a record says that it is; where it says nothing, the only event type there is."""
    only = names[0] if len(names) == 1 else None
    if isinstance(raw, Mapping):
        given = raw.get(TYPE_KEY)
    elif type(raw).__name__ in names:
        return type(raw).__name__
    else:
        given = getattr(raw, TYPE_KEY, None)
    if only is not None and (given is None or TYPE_KEY in book.fields[only]):
        return only
    if given is None and not isinstance(raw, Mapping):
        return type(raw).__name__
    return given


def link_names(fact: ir.Fact, owner: str, book: Book) -> tuple[str, ...]:
    """The names under which a record may carry the key of the record that it belongs to."""
    key = book.key_of(owner)
    names = ["of", owner, owner.lower()]
    if key is not None:
        names += [f"{owner}_{key.name}", f"{owner.lower()}_{key.name}"]
    return tuple(name for name in names if name not in book.fields[fact.name])
