"""The operations of a batch as they were read, and the order in which they are taken in (0012, section 2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

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
        type_ = one[-1] if type(one) is list else fact_of(one)[-1]
        if type_ in by_type:
            by_type[type_].append(one)
        else:
            by_type[type_] = [one]
    found: list[Taken] = []
    for type_ in sorted(by_type):
        group = by_type[type_]
        found += group if len(group) == 1 else _of_type(type_, group, declared[type_], shown)
    return found


def _of_type(type_: int, taken: list[Taken], fact: FactDeclaration, shown: Printer) -> list[Taken]:
    key, dated, link = fact.key, fact.dated, len(fact.fields) if fact.of is not None else None
    facts = [one if type(one) is list else fact_of(one) for one in taken]
    order = list(range(len(facts)))
    if key is not None:
        order.sort(key=[_text(one[key]) for one in facts].__getitem__)
        return [taken[i] for i in order]
    links = [] if link is None else [_text(one[link]) for one in facts]
    times = [] if dated is None else [_time(one[dated]) for one in facts]
    # By the last first: each sort keeps what the one before made of equals.
    for ranks in (times, links):
        if ranks:
            order.sort(key=ranks.__getitem__)
    found: list[Taken] = []
    for run in _runs(order, [ranks for ranks in (links, times) if ranks]):
        group = [taken[i] for i in run]
        if len(group) > 1:
            group.sort(key=lambda one: as_json(shown.content(type_, fact_of(one))))
        found += group
    return found


def _runs(order: list[int], ranks: Sequence[Sequence[object]]) -> list[list[int]]:
    """Those next to each other that have the same ranks, together."""
    starts: set[int] = set()
    for of_each in ranks:
        starts.update(i for i, (one, other) in enumerate(pairwise(order), 1) if of_each[one] != of_each[other])
    return [order[start:end] for start, end in pairwise((0, *sorted(starts), len(order)))]


def _time(value: object) -> int:
    return value if type(value) is int else _BEFORE_ALL


def _text(value: object) -> str:
    return value if type(value) is str else str(value)
