"""What tables and routes come to while some of their rows are unknown (rulings 29–31, 38)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from leadpolicy.engine.policy import TargetDeclaration
from leadpolicy.engine.values import NOTHING, Items

ENTRY, DISQUALIFIED, UNDECIDED, NOBODY = range(4)
"""What kind of outcome a route has: the first of its three numbers."""


def areas(ends: Sequence[object], numbered: Mapping[object, tuple[object, ...]]) -> dict[object, tuple[object, ...]]:
    """Areas of rows as they are looked up: the number or numbers that divide one first, then outcomes, of which
    `numbered` says the places in `ends`."""
    return {value: (area[0], *(_placed(ends, one) for one in area[1:])) for value, area in numbered.items()}


def _placed(ends: Sequence[object], place: object) -> object:
    if isinstance(place, tuple):
        return tuple(ends[one] for one in place)
    assert isinstance(place, int)
    return ends[place]


def settle(outcomes: Sequence[object], noted: tuple[int, ...], row: int | None, complete: bool) -> object:
    """The outcome of a table with unknown rows (`noted`) and a true one (`row`) or none."""
    if row is not None:
        last = outcomes[row]
    elif complete and noted:
        last = outcomes[noted[0]]
    else:
        last = NOTHING
    return last if all(outcomes[i] == last for i in noted) else None


def collect(outcomes: Sequence[object], sure: list[int], maybe: list[int]) -> Items:
    """The true rows' outcomes, each once; flagged while an unknown row could add another."""
    found = dict.fromkeys(outcomes[i] for i in sure)
    return Items(tuple(found), any(outcomes[i] not in found for i in maybe))


def settle_route(
    entries: Sequence[TargetDeclaration], noted: tuple[tuple[int, object], ...], chosen: tuple[int, object] | None
) -> tuple[int, int, object]:
    """The route with unknown entries: (kind of outcome, entry, the member's key). `noted` and `chosen` are entries
    with the member each names (None where it names none, or where that is unknown)."""
    if chosen is None:
        return (UNDECIDED, -1, None) if noted else (NOBODY, -1, None)
    goal = _goal(entries, chosen)
    if all(_goal(entries, one) == goal and _named(entries, one) for one in noted):
        return ENTRY, *chosen
    return UNDECIDED, -1, None


def _goal(entries: Sequence[TargetDeclaration], one: tuple[int, object]) -> tuple[object, ...]:
    entry = entries[one[0]]
    return entry.kind, entry.target, entry.duration, one[1]


def _named(entries: Sequence[TargetDeclaration], one: tuple[int, object]) -> bool:
    """Whether it is known whom an entry names."""
    return entries[one[0]].kind not in {"member", "owner"} or one[1] is not None


def member(records: Mapping[str, object] | None, key: object) -> str | None:
    """A member's key where it is known and, with `records`, such a record was passed."""
    if not isinstance(key, str) or (records is not None and key not in records):
        return None
    return key
