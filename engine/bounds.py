"""The least and the most a score can come to while fields are unknown (ruling 26). None is without bound."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from leadpolicy.engine.numbers import LIMIT as WHOLE_LIMIT
from leadpolicy.engine.numbers import SCALE, SCALED_LIMIT, round_div
from leadpolicy.engine.policy import EntryDeclaration, Results, ScoreDeclaration, SlotDeclaration, Values
from leadpolicy.engine.values import NOTHING, Duration, is_unknown

Bound = tuple[int | None, int | None]
_TEXTS = frozenset({"text", "email", "phone", "fact"})
_SCALED = frozenset({"number", "money", "percent"})
_SPANS = 4096
"""So many sets of unknown entries of a score are remembered."""
_LAST_DAY = date.max.toordinal()


class Bounds:
    """The bounds of all scores for one lead, each worked out when it is first asked for."""

    __slots__ = ("_found", "_results", "_scores", "_slots", "_values")

    def __init__(
        self,
        scores: Sequence[ScoreDeclaration],
        slots: Sequence[SlotDeclaration],
        values: Values,
        results: Results,
    ) -> None:
        self._scores = scores
        self._slots = slots
        self._values = values
        self._results = results
        self._found: dict[int, Bound] = {}

    def of(self, index: int) -> Bound:
        """(low, high) of a score, in its own scale."""
        found = self._found.get(index)
        if found is None:
            found = self._found[index] = self._work_out(self._scores[index], index)
        return found

    def unsettled(self, index: int) -> tuple[int, ...]:
        """The entries of a score that are unknown in open mode."""
        work_out = self._scores[index].telling.unsettled
        return work_out(self._values) if work_out is not None else ()

    def _work_out(self, score: ScoreDeclaration, index: int) -> Bound:
        spread = score.telling.spread
        if spread is not None:
            return spread(self.of)
        unsettled = self.unsettled(index)
        if not unsettled:
            value = self._results[index]
            assert isinstance(value, int)
            return value, value
        span = self._span(score, unsettled)
        if span is not None:
            value = self._results[index]
            assert isinstance(value, int)
            if (score.low is None or value > score.low) and (score.high is None or value < score.high):
                return cut((value + span[0], value + span[1]), score.low, score.high)
        return self._block(score, frozenset(unsettled))

    def _span(self, score: ScoreDeclaration, unsettled: tuple[int, ...]) -> tuple[int, int] | None:
        """How far entries that are unknown can move a sum from what they give now; None where it depends on the lead.

        Worked out once for each set of entries, of a limited number.
        """
        declared = score.telling
        if unsettled in declared.spans:
            return declared.spans[unsettled]
        entries = [declared.entries[i] for i in unsettled]
        span: tuple[int, int] | None = None
        if not declared.groups and all(entry.steady for entry in entries):
            fields: dict[int, list[EntryDeclaration]] = {}
            for entry in entries:
                fields.setdefault(entry.slots[0], []).append(entry)
            ends = [self._on_field(together, slot) for slot, together in fields.items()]
            now = sum(entry.give(self._values) for entry in entries)
            span = sum(end[0] for end in ends) - now, sum(end[1] for end in ends) - now
        if len(declared.spans) < _SPANS:
            declared.spans[unsettled] = span
        return span

    def _block(self, score: ScoreDeclaration, unsettled: frozenset[int]) -> Bound:
        declared = score.telling
        whole = range(len(declared.groups))
        sums: dict[int | None, Bound] = dict.fromkeys((None, *whole), (0, 0))
        # Entries on one field are bounded together, but inside their own group: its limit comes first.
        joined: dict[tuple[int | None, int], list[EntryDeclaration]] = {}
        for i, entry in enumerate(declared.entries):
            if i not in unsettled:
                given = entry.give(self._values)
                sums[entry.group] = add(sums[entry.group], (given, given))
                continue
            field = self._only_field(entry)
            if field is None:
                sums[entry.group] = add(sums[entry.group], self._by_itself(entry))
            else:
                joined.setdefault((entry.group, field), []).append(entry)
        for (group, slot), entries in joined.items():
            sums[group] = add(sums[group], self._on_field(entries, slot))
        total = sums[None]
        for group in whole:
            limit = declared.groups[group]
            total = add(total, sums[group] if limit is None else cut(sums[group], -limit, limit))
        return cut(total, score.low, score.high)

    def _only_field(self, entry: EntryDeclaration) -> int | None:
        """The one unknown field of an entry, where trial values of it tell all that the entry can give."""
        unknown = [slot for slot in entry.slots if is_unknown(self._values[slot])]
        if entry.blame != () and any(source >= len(self._slots) for source in self._sources(entry)):
            return None
        return unknown[0] if len(unknown) == 1 and unknown[0] in entry.alone else None

    def _sources(self, entry: EntryDeclaration) -> tuple[int, ...]:
        """What makes an entry unknown that reads records; entries read no other parts."""
        return entry.blame if isinstance(entry.blame, tuple) else entry.blame(self._values, ())

    def _by_itself(self, entry: EntryDeclaration) -> Bound:
        if entry.reach is not None:
            ends = (entry.give(self._values), *entry.reach(self._values))
            return min(ends), max(ends)
        if isinstance(entry.points, tuple):
            return min(0, *entry.points), max(0, *entry.points)
        given = entry.points(self._values)
        if given is None:
            return None, None
        size = given if isinstance(given, int) else 0
        return min(0, size), max(0, size)

    def _on_field(self, entries: list[EntryDeclaration], slot: int) -> tuple[int, int]:
        against: set[object] = set()
        for entry in entries:
            against.update(entry.alone[slot])
            if entry.others is not None:
                against.update(v for s, v in entry.others(self._values) if s == slot)
        against -= {None, NOTHING}
        trial = list(self._values)
        sums: list[int] = []
        for value in trial_values(self._slots[slot], against):
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


# ── Intervals: what a score expression's bounds are made of ──


def add(a: Bound, b: Bound) -> Bound:
    """The sums of one of each."""
    return (
        None if a[0] is None or b[0] is None else a[0] + b[0],
        None if a[1] is None or b[1] is None else a[1] + b[1],
    )


def negate(a: Bound) -> Bound:
    """The negatives."""
    return None if a[1] is None else -a[1], None if a[0] is None else -a[0]


def subtract(a: Bound, b: Bound) -> Bound:
    """The differences of one of each."""
    return add(a, negate(b))


def map_bound(a: Bound, change: Callable[[int], int], falling: bool) -> Bound:
    """Both ends changed by a monotone function; `falling` swaps them."""
    low = None if a[0] is None else change(a[0])
    high = None if a[1] is None else change(a[1])
    return (high, low) if falling else (low, high)


def times(a: Bound, number: int) -> Bound:
    """Multiplied by a scaled number, rounded."""
    return map_bound(a, lambda value: round_div(value * number, SCALE), number < 0)


def over(a: Bound, number: int) -> Bound:
    """Divided by a scaled number, rounded; by 0: nothing, which counts as 0."""
    if number == 0:
        return 0, 0
    return map_bound(a, lambda value: round_div(value * SCALE, number), number < 0)


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


def scaled(a: Bound) -> Bound:
    """Whole numbers in millionths."""
    return map_bound(a, lambda value: value * SCALE, False)
