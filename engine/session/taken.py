"""The operations of a batch as they were read, and the order in which they are taken in (0012, section 2)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import compress, groupby, islice
from operator import eq, itemgetter
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


def in_order(taken: Sequence[Taken], declared: Sequence[FactDeclaration], shown: Printer, new: bool) -> list[Taken]:
    """By type, key or link, time, content, then as they stand: operations on one fact have one rank. `new`: whether
    all are new facts."""
    facts: Sequence[Fact] = taken if new else [fact_of(one) for one in taken]  # type: ignore[assignment]
    by_type: dict[int, list[Fact]] = {}
    ranges: dict[int, list[int]] = {}
    at = 0
    for type_, group in groupby(facts, itemgetter(-1)):
        run = list(group)
        by_type.setdefault(type_, []).extend(run)
        ranges.setdefault(type_, []).extend(range(at, at + len(run)))
        at += len(run)
    found: list[Taken] = []
    for type_ in sorted(by_type):
        places = ranges[type_]
        found += [taken[places[i]] for i in _order(type_, by_type[type_], declared[type_], shown)]
    return found


def _order(type_: int, facts: Sequence[Fact], fact: FactDeclaration, shown: Printer) -> list[int]:
    """The places of facts of one type, in order."""
    key, dated, link = fact.key, fact.dated, len(fact.fields) if fact.of is not None else None
    order = list(range(len(facts)))
    if len(order) < 2:
        return order
    if key is not None:
        order.sort(key=[_text(one[key]) for one in facts].__getitem__)
        return order
    times = None if dated is None else [at if type(at := one[dated]) is int else _BEFORE_ALL for one in facts]
    if times is not None:
        order.sort(key=times.__getitem__)
    if link is None:
        return _by_content(order, times, type_, facts, shown)
    texts = [text if type(text := one[link]) is str else str(text) for one in facts]
    groups: defaultdict[str, list[int]] = defaultdict(list)
    for i in order:
        groups[texts[i]].append(i)
    for text in groups if times is None else _tied(order, times, texts):
        groups[text] = _by_content(groups[text], times, type_, facts, shown)
    return [i for text in sorted(groups) for i in groups[text]]


def _tied(order: Sequence[int], times: Sequence[int], texts: Sequence[str]) -> set[str]:
    """The texts of those whose time another one has, too. `order`: by time."""
    sorted_times = [times[i] for i in order]
    same = map(eq, sorted_times, islice(sorted_times, 1, None))
    return {texts[i] for i in compress(order, same)}


def _by_content(
    order: list[int], times: Sequence[int] | None, type_: int, facts: Sequence[Fact], shown: Printer
) -> list[int]:
    """Those in order of time (where there are times), and of content where that is the same."""
    at = None if times is None else times.__getitem__
    found: list[int] = []
    for _, same in [(0, order)] if at is None else groupby(order, at):
        group = list(same)
        if len(group) > 1:
            group.sort(key=lambda i: as_json(shown.content(type_, facts[i])))
        found += group
    return found


def _text(value: object) -> str:
    return value if type(value) is str else str(value)
