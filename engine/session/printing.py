"""How a session prints facts and values: in texts, in traces, and in the order that operations are taken in."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Final, TypeAlias

from leadpolicy.engine.policy import FactDeclaration, TypeDeclaration
from leadpolicy.engine.printing import print_value
from leadpolicy.engine.session.network import Fact
from leadpolicy.engine.times import ZoneDeclaration
from leadpolicy.engine.values import NOTHING, Items

Shown: TypeAlias = object
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
Rank: TypeAlias = tuple[object, ...]


class Printer:
    """Prints for one policy. Called, it gives a value as texts have it: unknown `?`, nothing not at all."""

    def __init__(self, facts: Sequence[FactDeclaration], zone: ZoneDeclaration) -> None:
        self._facts = facts
        self._zone = zone
        self._keys = tuple(fact.key for fact in facts)
        self._links = tuple(len(fact.fields) if fact.of is not None else None for fact in facts)

    def __call__(self, type_: TypeDeclaration, value: object) -> str:
        if value is None:
            return "?"
        if value is NOTHING:
            return ""
        if type(value) is str:
            return value
        printed = print_value(type_, value, self._zone)
        if isinstance(printed, list):
            return ", ".join("?" if one is None else _text(one) for one in printed)
        return _text(printed)

    def value(self, type_: TypeDeclaration, value: object) -> Shown:
        """A value as content has it: null unknown, `{}` nothing, all but bools and lists as text."""
        if value is None or type(value) is str:
            return value
        if value is NOTHING:
            return {}
        if isinstance(value, Items):
            item = type_.item or type_
            found = [self.value(item, one) for one in value.items]
            return [*found, None] if value.more else found
        printed = print_value(type_, value, self._zone)
        return printed if isinstance(printed, bool) else _text(printed)

    def content(self, type_: int, values: Sequence[object]) -> list[Shown]:
        """The fields of a record."""
        return [self.value(field.type, values[i]) for i, field in enumerate(self._facts[type_].fields)]

    def key(self, type_: int, values: Sequence[object]) -> str | None:
        """A record's key as text."""
        at = self._keys[type_]
        return None if at is None else str(values[at])

    def link(self, type_: int, values: Sequence[object]) -> Shown:
        """The key of the record that one belongs to."""
        at = self._links[type_]
        return None if at is None else values[at]

    def fact(self, type_: int, values: Sequence[object]) -> list[Shown]:
        """`[type, key]`; without a key `[type, null, link, content]`."""
        name, key = self._facts[type_].name, self.key(type_, values)
        if key is not None:
            return [name, key]
        return [name, None, self.link(type_, values), self.content(type_, values)]

    def whole(self, type_: int, values: Sequence[object]) -> list[Shown]:
        """`[type, key or null, link or null, content]`."""
        shown = self.content(type_, values)
        return [self._facts[type_].name, self.key(type_, values), self.link(type_, values), shown]

    def rank(self, type_: int, values: Sequence[object]) -> Rank:
        """By what facts of a type are ordered: key, else link; time; content."""
        fact = self._facts[type_]
        key = self.key(type_, values)
        link = self.link(type_, values)
        by = (True, key) if key is not None else (link is not None, link or "")
        at = None if fact.dated is None else values[fact.dated]
        time = (True, at) if isinstance(at, int) else (False, 0)
        return (*by, *time, _Content(self, type_, values))

    def fact_text(self, match: Sequence[tuple[int, Fact]]) -> list[Shown]:
        """The facts of a match."""
        return [self.fact(type_, fact) for type_, fact in match]


class _Content:
    """A record's content as JSON text, made where the order hangs on it."""

    __slots__ = ("_of", "_text")

    def __init__(self, printer: Printer, type_: int, values: Sequence[object]) -> None:
        self._of = printer, type_, values
        self._text: str | None = None

    @property
    def text(self) -> str:
        """The text."""
        if self._text is None:
            printer, type_, values = self._of
            self._text = as_json(printer.content(type_, values))
        return self._text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Content) and self.text == other.text

    def __lt__(self, other: _Content) -> bool:
        return self.text < other.text

    def __hash__(self) -> int:
        return hash(self.text)


def _text(printed: object) -> str:
    if isinstance(printed, bool):
        return "true" if printed else "false"
    if isinstance(printed, Decimal):
        return format(printed, "f")
    return str(printed)


def as_json(shown: object) -> str:
    """JSON text without blanks."""
    return _ENCODER.encode(shown)
