"""Which records are the same (R2, ruling 74), as a policy's `duplicate` block says.

Two records are the same where all fields of one `same` line are known in both and equal, after NFKC, case folding and
with spaces removed; what is the same as the same is the same. One stays: the earliest or latest by the field that
`keep` names, where unknown comes last and the key decides between equals.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from unicodedata import normalize

from leadpolicy.compiler import ir
from leadpolicy.engine.policy import TypeDeclaration
from leadpolicy.engine.readers import UnreadableError, clean, reader
from leadpolicy.engine.times import ZoneDeclaration

Record = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Group:
    """Records that are the same: the key of the one that stays, and the keys of the others, in order of `keep`."""

    keep: str
    others: tuple[str, ...]


def find_duplicates(rule: ir.Duplicate, policy: ir.Policy, records: Iterable[Record]) -> list[Group]:
    """The groups of two and more, in order of the first record of each. Records are mappings from field to value, as
    they are passed to a decision; one without a key is left out."""
    fact = policy.fact(rule.fact)
    read = {f.name: _reader(f, policy) for f in fact.fields}
    key = next(f.name for f in fact.fields if f.key)
    by_key = {str(r[key]).strip(): r for r in records if r.get(key) is not None}
    groups = _Groups(by_key)
    for names in rule.same:
        first: dict[tuple[str, ...], str] = {}
        for name, record in by_key.items():
            values = tuple(_folded(read[n](record.get(n))) for n in names)
            if all(values):
                groups.join(first.setdefault(values, name), name)
    order = _order(rule, {name: read[rule.by](record.get(rule.by)) for name, record in by_key.items()})
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


def _reader(field: ir.FactField, policy: ir.Policy) -> Callable[[object], object]:
    """What reads a value of a field as a decision does; None where it is unknown, or can't be read."""
    type_, zone = field.type, policy.zone
    declared = TypeDeclaration(type_.kind, type_.currency, type_.choices, None, type_.fact)
    rules = ZoneDeclaration(zone.name, zone.first_offset, zone.transitions)
    read = _as_written if type_.kind == "list" else reader(declared, rules, policy.calling_code)

    def value(raw: object) -> object:
        known = clean(raw) if isinstance(raw, str) else raw
        if known is None or (isinstance(known, str) and known in field.markers):
            return None
        try:
            return read(known)
        except UnreadableError:
            return None

    return value


def _as_written(value: object) -> object:
    """A list is compared as it is written."""
    return str(value)


def _folded(value: object) -> str:
    """A value as it is compared; empty where it is unknown."""
    return "" if value is None else "".join(normalize("NFKC", str(value)).casefold().split())


def _order(rule: ir.Duplicate, dates: Mapping[str, object]) -> Callable[[str], tuple[bool, int, str]]:
    sign = 1 if rule.keep == "earliest" else -1

    def place(name: str) -> tuple[bool, int, str]:
        at = dates[name]
        return (False, sign * at, name) if isinstance(at, int) else (True, 0, name)

    return place
