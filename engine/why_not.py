"""What stands between a lead and a stage, a gate, a route entry, a disqualify entry, a score entry or an outcome."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from leadpolicy.engine.errors import NoSuchPartError
from leadpolicy.engine.json_text import dumps
from leadpolicy.engine.printing import print_outcome
from leadpolicy.engine.reasons import Reasons, Teller
from leadpolicy.engine.tracing import NOT_REACHED, Trace

_ORDER = ("stage", "gate", "route", "disqualify", "score", "sum", "table", "recall")

Item = tuple[int, int]


def why_not(trace: Trace, target: str) -> Reasons:
    """The items of the target that aren't true, and those of the parts that their failing clauses read.

    NoSuchPartError (a LookupError) where the policy has no such target; it names those that come near.
    """
    goals = targets(trace)
    words = " ".join(target.split())
    if words not in goals:
        near = get_close_matches(words, goals, n=3, cutoff=0.5) or list(goals)[:5]
        names = ", ".join(f"`{name}`" for name in near)
        raise NoSuchPartError(f"the policy has nothing called `{target}`; near: {names}")
    found: dict[Item, None] = {}
    _search(trace, goals[words], found)
    return Teller(trace).tell(tuple(found))


def targets(trace: Trace) -> dict[str, tuple[Item, ...]]:
    """All names that can be asked about, and the items that each means."""
    goals: dict[str, tuple[Item, ...]] = {}
    for kind in _ORDER:
        for index, part in enumerate(trace.parts):
            if part.kind == kind:
                for name, items in _names(trace, index):
                    goals.setdefault(" ".join(name.split()), items)
    return goals


def _names(trace: Trace, index: int) -> Iterator[tuple[str, tuple[Item, ...]]]:
    part = trace.parts[index]
    word, _, name = part.name.partition(" ")
    every = tuple((index, i) for i in range(len(part.items)))
    if part.kind != "route":
        yield name, every
        yield part.name, every
    if part.kind in {"route", "score", "gate"}:
        for i, item in enumerate(part.items):
            yield f"{name or word} {item.entry}", ((index, i),)
            yield item.entry, ((index, i),)
    if part.kind == "table":
        yield from _outcomes(trace, index, name)


def _outcomes(trace: Trace, index: int, name: str) -> Iterator[tuple[str, tuple[Item, ...]]]:
    part = trace.parts[index]
    table = trace.policy.tables[part.index]
    rows: dict[str, list[Item]] = {}
    for i, item in enumerate(part.items):
        printed = print_outcome(table, item.outcome, trace.policy.zone)
        rows.setdefault(printed if isinstance(printed, str) else dumps(printed), []).append((index, i))
    for outcome, items in rows.items():
        yield outcome, tuple(items)
        yield f"{name} {outcome}", tuple(items)
        yield f"table {name} {outcome}", tuple(items)


def _search(trace: Trace, goals: tuple[Item, ...], found: dict[Item, None]) -> None:
    """Breadth first: a part's items, then those of the parts that their failing clauses read."""
    queue: list[Item] = [goal for goal in goals if _stands(trace, goal)]
    seen: set[str] = set()
    while queue:
        part, item = queue.pop(0)
        if (part, item) in found:
            continue
        found[part, item] = None
        declared = trace.parts[part]
        readers = list(_reads(trace, part, item))
        if declared.kind == "stage" and declared.index > 0:
            readers.append(trace.parts[part - 1].name)
        if declared.kind in {"stage", "route"} and trace.disqualified():
            readers.append("disqualify")
        for name in readers:
            if name not in seen:
                seen.add(name)
                queue += _items_of(trace, name)


def _stands(trace: Trace, goal: Item) -> bool:
    """Whether an item stands in the way: not true, or of a score giving nothing."""
    part, item = goal
    declared = trace.parts[part]
    if declared.kind == "sum":
        return True
    if declared.kind == "score":
        entry = trace.policy.scores[declared.index].telling.entries[item]
        return entry.give(trace.values) <= 0
    return trace.verdict(part, item) is not True


def _reads(trace: Trace, part: int, item: int) -> Iterator[str]:
    declared = trace.parts[part]
    if declared.kind == "sum":
        for index in trace.policy.scores[declared.index].telling.parts:
            yield trace.parts[index].name
        return
    clauses = declared.items[item].clauses
    for clause, verdict in zip(clauses, trace.clauses(part, item) if clauses else (), strict=True):
        if verdict is not True:
            yield from clause.reads


def _items_of(trace: Trace, name: str) -> list[Item]:
    if name == "disqualify":
        every = [(p, 0) for p, part in enumerate(trace.parts) if part.kind == "disqualify"]
        return [goal for goal in every if trace.verdict(*goal) is True]
    index = trace.part(name)
    if index is None:
        return []
    every = [(index, i) for i in range(len(trace.parts[index].items))]
    return [goal for goal in every if _stands(trace, goal) and trace.verdict(*goal) != NOT_REACHED]
