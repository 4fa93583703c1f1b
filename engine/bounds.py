"""The least and the most a score can come to while fields are unknown (ruling 26). None is without bound.

Generated code adds up the ends of entries that read one field and nothing else (`Moves`); a score in which another
entry is unknown is bounded as a whole (`block`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from leadpolicy.engine.numbers import LIMIT as WHOLE_LIMIT
from leadpolicy.engine.numbers import SCALE, SCALED_LIMIT
from leadpolicy.engine.policy import (
    Bound,
    EntryDeclaration,
    Later,
    Results,
    ScoreDeclaration,
    SlotDeclaration,
    Values,
)
from leadpolicy.engine.values import NOTHING, Duration, is_unknown

_TEXTS = frozenset({"text", "email", "phone", "fact"})
_SCALED = frozenset({"number", "money", "percent"})
_LAST_DAY = date.max.toordinal()


class Moves(list[Bound | None]):
    """How far entries that read one field alone, and nothing else, can move a score from what they give while that
    field is unknown, down and up: the same for every lead. Found when it is first wanted."""

    def __init__(
        self,
        scores: Sequence[ScoreDeclaration],
        slots: Sequence[SlotDeclaration],
        joined: Sequence[tuple[int, tuple[int, ...], int]],
    ) -> None:
        """`joined`: (score, entries of one group, the field that they read)."""
        super().__init__([None] * len(joined))
        self._scores = scores
        self._slots = slots
        self._joined = joined

    def of(self, at: int, values: Values) -> tuple[int, int]:
        """The ends of the row `at`, by the values of some lead in which its field is unknown."""
        index, entries, slot = self._joined[at]
        declared = self._scores[index].telling
        unsettled = () if declared.unsettled is None else declared.unsettled(values)
        together = [declared.entries[i] for i in entries if i in unsettled]
        now = sum(entry.give(values) for entry in together)
        low, high = _on_field(self._slots, together, slot, values)
        self[at] = found = low - now, high - now
        return found


def bound(later: Later, index: int, values: Values, results: Results) -> Bound:
    """(low, high) of a score that conditions read, in its own scale."""
    ends = later.get().scores[index].ends
    assert ends is not None
    return ends(values, results)


def block(
    scores: Sequence[ScoreDeclaration], slots: Sequence[SlotDeclaration], index: int, values: Values, value: int
) -> Bound:
    """(low, high) of a score of any kind of entries, by the rules as they are; `value` is what it comes to now."""
    score = scores[index]
    declared = score.telling
    unsettled = () if declared.unsettled is None else frozenset(declared.unsettled(values))
    if not unsettled:
        return value, value
    whole = range(len(declared.groups))
    sums: dict[int | None, Bound] = dict.fromkeys((None, *whole), (0, 0))
    # Entries on one field are bounded together, but inside their own group: its limit comes first.
    joined: dict[tuple[int | None, int], list[EntryDeclaration]] = {}
    for i, entry in enumerate(declared.entries):
        if i not in unsettled:
            given = entry.give(values)
            sums[entry.group] = add(sums[entry.group], (given, given))
            continue
        field = _only_field(slots, entry, values)
        if field is None:
            sums[entry.group] = add(sums[entry.group], _by_itself(entry, values))
        else:
            joined.setdefault((entry.group, field), []).append(entry)
    for (group, slot), entries in joined.items():
        sums[group] = add(sums[group], _on_field(slots, entries, slot, values))
    total = sums[None]
    for group in whole:
        limit = declared.groups[group]
        total = add(total, sums[group] if limit is None else cut(sums[group], -limit, limit))
    return cut(total, score.low, score.high)


def _only_field(slots: Sequence[SlotDeclaration], entry: EntryDeclaration, values: Values) -> int | None:
    """The one unknown field of an entry, where trial values of it tell all that the entry can give."""
    unknown = [slot for slot in entry.slots if is_unknown(values[slot])]
    if entry.blame != () and any(source >= len(slots) for source in _sources(entry, values)):
        return None
    return unknown[0] if len(unknown) == 1 and unknown[0] in entry.alone else None


def _sources(entry: EntryDeclaration, values: Values) -> tuple[int, ...]:
    """What makes an entry unknown that reads records; entries read no other parts."""
    return entry.blame if isinstance(entry.blame, tuple) else entry.blame(values, ())


def _by_itself(entry: EntryDeclaration, values: Values) -> Bound:
    if entry.reach is not None:
        ends = (entry.give(values), *entry.reach(values))
        return min(ends), max(ends)
    if isinstance(entry.points, tuple):
        return min(0, *entry.points), max(0, *entry.points)
    given = entry.points(values)
    if given is None:
        return None, None
    size = given if isinstance(given, int) else 0
    return min(0, size), max(0, size)


def _on_field(
    slots: Sequence[SlotDeclaration], entries: list[EntryDeclaration], slot: int, values: Values
) -> tuple[int, int]:
    against: set[object] = set()
    for entry in entries:
        against.update(entry.alone[slot])
        if entry.others is not None:
            against.update(v for s, v in entry.others(values) if s == slot)
    against -= {None, NOTHING}
    trial = list(values)
    sums: list[int] = []
    for value in trial_values(slots[slot], against):
        trial[slot] = value
        sums.append(sum(entry.give(trial) for entry in entries))
    return min(sums), max(sums)


def trial_values(slot: SlotDeclaration, against: set[object]) -> list[object]:
    """One value for each way in which a field can compare with `against`, unknown and nothing included.

    Numbers in `against` are millionths for an int field too.
    """
    kind = slot.type.kind
    trials: list[object] = [None]
    if slot.nothing:
        trials.append(NOTHING)
    if kind == "bool":
        trials += [False, True]
    elif kind == "choice":
        trials += slot.type.choices or ()
    elif kind in _TEXTS:
        trials += against
        other = "\0"
        while other in against:
            other += "\0"
        trials.append(other)
    else:
        trials += _around(kind, [value for value in against if isinstance(value, int)])
    return trials


def _around(kind: str, against: list[int]) -> list[object]:
    """Each value, and the nearest possible ones below and above; one value where there is none."""
    if kind == "int":
        against = [value for c in against for value in (c // SCALE, -(-c // SCALE))]
    low, high = _limits(kind)
    near = {value + step for value in against for step in (-1, 0, 1)}
    kept: list[int] = [value for value in near if low <= value <= high] or [max(low, 0)]
    return [Duration(0, 0, value) for value in kept] if kind == "duration" else list(kept)


def _limits(kind: str) -> tuple[int, int]:
    if kind == "int":
        return 1 - WHOLE_LIMIT, WHOLE_LIMIT - 1
    if kind in _SCALED:
        return 1 - SCALED_LIMIT, SCALED_LIMIT - 1
    if kind == "date":
        return 1, _LAST_DAY
    return -(10**24), 10**24


# ── Intervals ──


def add(a: Bound, b: Bound) -> Bound:
    """The sums of one of each."""
    return (
        None if a[0] is None or b[0] is None else a[0] + b[0],
        None if a[1] is None or b[1] is None else a[1] + b[1],
    )


def cut(a: Bound, low: int | None, high: int | None) -> Bound:
    """Both ends cut to a range."""
    return _cut_end(a[0], low, high, low), _cut_end(a[1], low, high, high)


def _cut_end(value: int | None, low: int | None, high: int | None, endless: int | None) -> int | None:
    """One end; `endless` is what an end without bound is cut to."""
    if value is None:
        return endless
    if low is not None and value < low:
        return low
    return high if high is not None and value > high else value
