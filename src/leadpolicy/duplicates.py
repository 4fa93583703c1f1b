"""Which records are the same (R2, ruling 74), as a policy's `duplicate` block says.

Two records are the same where all fields of one `same` line are known in both and equal, after NFKC, case folding and
with spaces removed; what is the same as the same is the same. One stays: the earliest or latest by the field that
`keep` names, where unknown comes last and the key decides between equals.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from unicodedata import normalize

from leadpolicy.compiler import ir

Record = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Group:
    """Records that are the same: the key of the one that stays, and the keys of the others, in order of `keep`."""

    keep: str
    others: tuple[str, ...]


def find_duplicates(rule: ir.Duplicate, fact: ir.Fact, records: Iterable[Record]) -> list[Group]:
    """The groups of two and more, in order of the first record of each. Records are mappings from field to value;
    one without a key is left out."""
    key = next(f.name for f in fact.fields if f.key)
    by_key = {str(r[key]).strip(): r for r in records if r.get(key) is not None}
    fields = {f.name: f for f in fact.fields}
    groups = _Groups(by_key)
    for names in rule.same:
        first: dict[tuple[str, ...], str] = {}
        for name, record in by_key.items():
            values = tuple(_folded(record.get(n), fields[n]) for n in names)
            if all(values):
                groups.join(first.setdefault(values, name), name)
    order = _order(rule, by_key)
    return [Group(*_split(sorted(members, key=order))) for members in groups.found() if len(members) > 1]


def _split(members: list[str]) -> tuple[str, tuple[str, ...]]:
    return members[0], tuple(members[1:])


class _Groups:
    """Sets that are joined, found by following each member to the first of its set."""

    def __init__(self, names: Iterable[str]) -> None:
        self._above = {name: name for name in names}

    def first(self, name: str) -> str:
        above = self._above
        while above[name] != name:
            above[name] = above[above[name]]
            name = above[name]
        return name

    def join(self, a: str, b: str) -> None:
        self._above[self.first(b)] = self.first(a)

    def found(self) -> list[list[str]]:
        sets: dict[str, list[str]] = {}
        for name in self._above:
            sets.setdefault(self.first(name), []).append(name)
        return list(sets.values())


def _folded(value: object, field: ir.FactField) -> str:
    """A value as it is compared; empty where it is unknown."""
    if value is None:
        return ""
    text = normalize("NFC", str(value)).strip()
    if text in field.markers:
        return ""
    folded = "".join(normalize("NFKC", text).casefold().split())
    if field.type.kind == "phone":
        digits = "".join(c for c in folded if c.isdigit())
        return digits or folded
    return folded


def _order(rule: ir.Duplicate, records: Mapping[str, Record]) -> Callable[[str], tuple[bool, float, str]]:
    sign = 1 if rule.keep == "earliest" else -1

    def place(name: str) -> tuple[bool, float, str]:
        at = _instant(records[name].get(rule.by))
        return at is None, 0 if at is None else sign * at, name

    return place


def _instant(value: object) -> float | None:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            return None
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp()
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC).timestamp()
    return None
