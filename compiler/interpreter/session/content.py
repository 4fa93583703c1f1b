"""What records say, as JSON: how facts are told apart, put in order and shown (decision record 0012, 2 and 10)."""

from __future__ import annotations

import json
from datetime import date
from fractions import Fraction
from typing import TypeAlias

from leadpolicy.compiler import ir
from leadpolicy.compiler.interpreter import durations, times
from leadpolicy.compiler.interpreter.book import Book
from leadpolicy.compiler.interpreter.printing import decimal_text
from leadpolicy.compiler.interpreter.records import Record, dated
from leadpolicy.compiler.interpreter.values import NOTHING, UNKNOWN, Absent, ListValue, Scalar, Value

Shown: TypeAlias = "str | bool | int | list[Shown] | dict[str, Shown] | None"


def as_json(shown: Shown) -> str:
    """JSON text without blanks; what is not ASCII stands as it is."""
    return json.dumps(shown, ensure_ascii=False, separators=(",", ":"))


def text_of(value: Scalar, type_: ir.Type, zone: ir.Zone) -> str:
    """A value in a text: as decisions print it, numbers and truth too."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case Fraction():
            return decimal_text(value)
        case ir.Duration():
            return durations.show(value)
        case date():
            return value.isoformat()
        case int() if type_.kind == "time":
            return times.show_time(value, zone)
    raise TypeError(f"{value!r} is not of type {type_.kind}")


def shown_value(value: Value, type_: ir.Type, zone: ir.Zone) -> Shown:
    """Unknown is null, nothing `{}`; numbers, times and the like are text."""
    if value is UNKNOWN:
        return None
    if value is NOTHING:
        return {}
    if isinstance(value, ListValue):
        if type_.item is None:
            raise ValueError(f"a list of no type: {type_}")
        items: list[Shown] = [shown_value(item, type_.item, zone) for item in value.items]
        return [*items, None] if value.more else items
    if isinstance(value, bool):
        return value
    assert not isinstance(value, Absent)
    return text_of(value, type_, zone)


def content(record: Record, book: Book) -> list[Shown]:
    """All fields of a record in declaration order."""
    fields = book.facts[record.fact].fields
    return [shown_value(record.values[field.name], field.type, book.policy.zone) for field in fields]


def shown_fact(record: Record, book: Book) -> list[Shown]:
    """A fact as traces and effects name it: by its key, or by what it says."""
    if record.key is not None:
        return [record.fact, record.key]
    return [record.fact, None, record.link, content(record, book)]


Rank: TypeAlias = tuple[int, str, tuple[bool, str], tuple[bool, int], str]


def rank(record: Record, book: Book) -> Rank:
    """The order in which facts of one step are taken in: type, key, link, time, content."""
    at = dated(record, book)
    return (
        list(book.facts).index(record.fact),
        record.key or "",
        (record.link is not None, record.link or ""),
        (False, 0) if isinstance(at, Absent) else (True, at),
        as_json(content(record, book)),
    )
