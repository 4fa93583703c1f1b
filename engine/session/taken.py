"""The operations of a batch as they were read, and the order in which they are taken in (0012, section 2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import itemgetter
from typing import Any, TypeAlias, cast

from leadpolicy.engine.policy import FactDeclaration
from leadpolicy.engine.session.network import Fact
from leadpolicy.engine.session.printing import Printer, as_json

_BEFORE_ALL = -(10**30)


@dataclass(slots=True)
class Change:
    """An update or a retraction (`values`: None) as it was read. `values`: by their places."""

    fact: Fact
    values: Mapping[int, object] | None


Taken: TypeAlias = "Fact | Change"
"""An operation: of an insert, the new fact."""


def fact_of(taken: Taken) -> Fact:
    """The fact that an operation is about."""
    return taken.fact if isinstance(taken, Change) else taken


def in_order(taken: Sequence[Taken], declared: Sequence[FactDeclaration], shown: Printer) -> list[Taken]:
    """By type, key or link, time, content, then as they stand: operations on one fact have one rank."""
    by_type: dict[int, list[Taken]] = {}
    for one in taken:
        by_type.setdefault(fact_of(one)[-1], []).append(one)
    found: list[Taken] = []
    for type_ in sorted(by_type):
        group = by_type[type_]
        found += group if len(group) == 1 else _of_type(type_, group, declared[type_], shown)
    return found


def _of_type(type_: int, taken: list[Taken], fact: FactDeclaration, shown: Printer) -> list[Taken]:
    key, dated, link = fact.key, fact.dated, len(fact.fields) if fact.of is not None else None
    if key is not None:
        return _sorted(taken, key, str)
    # By the last first: each sort keeps what the one before made of equals.
    if dated is not None:
        taken = _sorted(taken, dated, _time)
    if link is not None:
        taken = _sorted(taken, link, str)
    return _by_content(type_, taken, dated, link, shown)


def _sorted(taken: list[Taken], place: int, rank: Callable[[Any], Any]) -> list[Taken]:
    """By the rank of what stands at a place: mostly what stands there itself."""
    if all(type(one) is list for one in taken):
        facts = cast("list[Fact]", taken)
        if {type(fact[place]) for fact in facts} == ({str} if rank is str else {int}):
            facts = sorted(facts, key=itemgetter(place))
            return [*facts]
    return sorted(taken, key=lambda one: rank(fact_of(one)[place]))


def _by_content(type_: int, taken: list[Taken], dated: int | None, link: int | None, shown: Printer) -> list[Taken]:
    """Those that have one link and one time, by their content."""

    def alike(one: Fact, other: Fact) -> bool:
        if link is not None and one[link] != other[link]:
            return False
        return dated is None or _time(one[dated]) == _time(other[dated])

    starts = [i for i, (one, other) in enumerate(pairwise(map(fact_of, taken)), 1) if not alike(one, other)]
    if len(starts) == len(taken) - 1:
        return taken
    found: list[Taken] = []
    for start, end in pairwise((0, *starts, len(taken))):
        run = taken[start:end]
        if len(run) > 1:
            run.sort(key=lambda one: as_json(shown.content(type_, fact_of(one))))
        found += run
    return found


def _time(value: object) -> int:
    return value if isinstance(value, int) else _BEFORE_ALL
