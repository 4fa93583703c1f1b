"""Who said what, and who made it unknown: the verdict of every item of a decision, worked out when asked for.

`missing` and the reasons both read this. Everything is found from the snapshot: values and results.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeAlias

from leadpolicy.engine.policy import (
    Blame,
    ClauseDeclaration,
    ItemDeclaration,
    PartDeclaration,
    PolicyDeclaration,
    Results,
    SlotDeclaration,
    TargetDeclaration,
    Values,
    Verdict,
)
from leadpolicy.engine.reading import first_unknown
from leadpolicy.engine.tables import UNDECIDED
from leadpolicy.engine.values import NOTHING, Items, is_unknown

SKIPPED: Final = "skipped"
NOT_REACHED: Final = "not reached"

ItemVerdict: TypeAlias = bool | str | None


_REMEMBERED: Final = 4096
"""So many sets of verdicts of a policy's gates are remembered, each with whom they blame."""


def tells_all(policy: PolicyDeclaration, item: ItemDeclaration) -> bool:
    """Whether the verdicts of an item's clauses tell who made it unknown: each is unknown by one field alone."""
    slots = policy.slots
    for clause in item.clauses:
        blame = clause.blame
        if not isinstance(blame, tuple) or len(blame) > 1:
            return False
        if blame and not (0 <= blame[0] < len(slots) and by_itself(slots[blame[0]], blame[0])):
            return False
    return item.member == ()


def by_itself(slot: SlotDeclaration, index: int) -> bool:
    """Whether a slot is unknown only where its own value is None: it is no path, and no list."""
    return slot.steps == (index,) and slot.type.kind != "list"


def conjunction(clauses: Sequence[object]) -> Verdict:
    """The Kleene `and`; of none: true."""
    if False in clauses:
        return False
    return None if None in clauses else True


class Trace:
    """All verdicts of one decision, memoised."""

    __slots__ = ("_blame", "_index", "_items", "_unsettled", "_verdicts", "parts", "policy", "results", "values")

    def __init__(
        self,
        policy: PolicyDeclaration,
        parts: Sequence[PartDeclaration],
        values: Values,
        results: Results,
    ) -> None:
        self.policy = policy
        self.parts = parts
        self.values = values
        self.results = results
        self._index: dict[str, int] | None = None
        self._unsettled: dict[int, tuple[int, ...]] = {}
        self._items: dict[int, Sequence[object]] = {}
        self._verdicts: dict[int, list[ItemVerdict]] = {}
        self._blame: dict[int, tuple[int, ...]] = {}

    def unsettled(self, score: int) -> tuple[int, ...]:
        """The entries of a score that are unknown in open mode."""
        found = self._unsettled.get(score)
        if found is None:
            work_out = self.policy.scores[score].telling.unsettled
            found = self._unsettled[score] = () if work_out is None else work_out(self.values)
        return found

    def item(self, part: int, item: int) -> object:
        """What an item's generated trace says; its shape depends on the part's kind."""
        return self.said(part)[item]

    def said(self, part: int) -> Sequence[object]:
        """What the generated traces of a part's items say."""
        found = self._items.get(part)
        if found is None:
            found = self._items[part] = self.parts[part].trace(self.values, self.results)
        return found

    def verdict(self, part: int, item: int) -> ItemVerdict:
        """True, false, unknown (None), or the word for an item that wasn't looked at."""
        found = self._verdicts.get(part)
        if found is None:
            found = self._verdicts[part] = self._work_out(part)
        return found[item]

    def _work_out(self, part: int) -> list[ItemVerdict]:
        declared = self.parts[part]
        count = range(len(declared.items))
        if declared.kind == "score":
            return [self._entry_verdict(part, i) for i in count]
        if declared.kind == "sum":
            return [True]
        if declared.kind == "stage":
            return [self._stage_verdict(part)]
        if declared.kind == "route":
            if self.disqualified():
                return [NOT_REACHED for _ in count]
            return _below([self.own_verdict(part, i) for i in count])
        if declared.kind == "recall":
            return [self._due_verdict(part)]
        verdicts = [self.own_verdict(part, i) for i in count]
        first = declared.kind == "table" and self.policy.tables[declared.index].hit == "first"
        return _below(verdicts) if first else verdicts

    def clauses(self, part: int, item: int) -> tuple[object, ...]:
        """The verdicts of an item's clauses (points and bands have none)."""
        found = self.item(part, item)
        if self.parts[part].kind == "recall":
            found = self.due(part)[1]
        elif self._says_more(part, item):
            assert isinstance(found, tuple)
            found = found[0]
        return found if isinstance(found, tuple) else (found,)

    def _says_more(self, part: int, item: int) -> bool:
        """Whether an item's trace is a pair: its clauses, and its points or whether whom it names is there."""
        declared = self.parts[part]
        if declared.kind == "score":
            return not isinstance(self.policy.scores[declared.index].telling.entries[item].points, tuple)
        to = declared.items[item].outcome
        return declared.kind == "route" and isinstance(to, TargetDeclaration) and to.kind in {"member", "owner"}

    def second(self, part: int, item: int) -> object:
        """What stands behind the clauses in an item's trace that is a pair."""
        found = self.item(part, item)
        assert isinstance(found, tuple)
        return found[1]

    def event(self, part: int, item: int) -> tuple[int, bool, int]:
        """Of an event entry: how many records gave points, whether there are maybes, and the points."""
        found: tuple[int, bool, int] = self.item(part, item)  # type: ignore[assignment]
        return found

    def due(self, part: int) -> tuple[object, ...]:
        """Of a recall entry: its time (or a word for what it has instead), the clauses for and against it, whether
        there is a lease; the leave that each reminder is counted without, if there is any."""
        found = self.item(part, 0)
        assert isinstance(found, tuple)
        return found

    def own_verdict(self, part: int, item: int) -> ItemVerdict:
        """Of a row, a criterion, a disqualify or route entry: its verdict whatever stands above it."""
        condition = conjunction(self.clauses(part, item))
        if self.parts[part].kind != "route":
            return condition
        named = self.second(part, item) if self._says_more(part, item) else True
        if condition is False:
            return False
        if named is False:
            return SKIPPED
        return None if condition is None or named is None else True

    def _entry_verdict(self, part: int, item: int) -> ItemVerdict:
        entry = self.policy.scores[self.parts[part].index].telling.entries[item]
        if entry.kind == "plain":
            verdict = conjunction(self.clauses(part, item))
            unknown = verdict is True and self._says_more(part, item) and self.second(part, item) is None
            return None if unknown else verdict
        if entry.kind == "event":
            count, maybes, _ = self.event(part, item)
            return True if count else None if maybes else False
        found = self.item(part, item)
        if found is None:
            return None
        if entry.kind == "points":
            return entry.choices is not None and found in entry.choices
        return found != -1

    def _due_verdict(self, part: int) -> ItemVerdict:
        """True: due; false: left out; unknown: at an unknown time; not reached without a lease. Of an entry without a
        time: what its condition says; on return: not reached."""
        at, when, unless, leased, *_ = self.due(part)
        if not leased or at == "return":
            return NOT_REACHED
        if at == "when":
            spared = unless is not None and conjunction(_clauses(unless)) is True
            return False if spared else conjunction(_clauses(when))
        if conjunction(_clauses(when)) is not True or (unless is not None and conjunction(_clauses(unless)) is True):
            return False
        if at is NOTHING or (isinstance(at, int) and self.before_lease(at)):
            return False
        return None if at is None else True

    def before_lease(self, at: int) -> bool:
        """Whether a time lies at or before the start of the lease, where that is known."""
        slot = self.policy.assigned
        start = None if slot is None else self.values[slot]
        return isinstance(start, int) and at <= start

    def _stage_verdict(self, part: int) -> Verdict:
        if self.disqualified():
            return False
        own = conjunction(self.clauses(part, 0))
        if self.parts[part].index == 0:
            return own
        above = self.verdict(part - 1, 0)
        return conjunction((own, above))

    def disqualified(self) -> bool:
        """Whether any disqualify entry is true."""
        at = self.policy.disqualify_result
        found = self.results[at] if at >= 0 else ()
        return isinstance(found, tuple) and any(found)

    def part_unknown(self, part: int) -> bool:
        """Whether a part of the decision is unknown (0002 §6)."""
        declared = self.parts[part]
        if declared.kind == "score":
            return bool(self.unsettled(declared.index))
        if declared.kind == "sum":
            return any(self.part_unknown(p) for p in self.policy.scores[declared.index].telling.parts)
        if declared.kind == "table":
            return is_unknown(self.results[self.policy.tables[declared.index].result])
        if declared.kind == "gate":
            return self.results[self.policy.gates[declared.index].result] is None
        if declared.kind == "route":
            found = self.results[self.policy.route_result]
            return isinstance(found, tuple) and found[0] == UNDECIDED
        if declared.kind == "recall":
            return self.verdict(part, 0) is None and self.due(part)[0] is None
        return self.verdict(part, 0) is None

    def part_blame(self, part: int) -> tuple[int, ...]:
        """The slots that made a part unknown, in order of appearance."""
        found = self._blame.get(part)
        if found is None:
            found = self._blame[part] = self._find_blame(part)
        return found

    def _find_blame(self, part: int) -> tuple[int, ...]:
        declared = self.parts[part]
        blamed: dict[int, None] = {}
        if declared.kind == "score":
            for i in self.unsettled(declared.index):
                blamed.update(dict.fromkeys(self.entry_unknown(declared.index, i)))
        elif declared.kind == "sum":
            for p in self.policy.scores[declared.index].telling.parts:
                if self.part_unknown(p):
                    blamed.update(dict.fromkeys(self.part_blame(p)))
        elif declared.kind == "gate":
            return self._gate_blame(part)
        else:
            for i in self._noted(part):
                blamed.update(dict.fromkeys(self.item_blame(part, i)))
        return tuple(blamed)

    def _gate_blame(self, part: int) -> tuple[int, ...]:
        """Remembered by its clauses' verdicts, where these tell all."""
        known = self.policy.later.get().blamed
        key = part, tuple(self.said(part))
        found = known.get(key)
        if found is None:
            items = self._noted(part)
            found = tuple(dict.fromkeys(slot for i in items for slot in self.item_blame(part, i)))
            if len(known) < _REMEMBERED and all(tells_all(self.policy, self.parts[part].items[i]) for i in items):
                known[key] = found
        return found

    def _noted(self, part: int) -> list[int]:
        """The unknown items of a part; of a table that collects, those that could add an outcome."""
        declared = self.parts[part]
        noted = [i for i in range(len(declared.items)) if self.verdict(part, i) is None]
        if declared.kind != "table":
            return noted
        table = self.policy.tables[declared.index]
        found = self.results[table.result]
        sure = found.items if isinstance(found, Items) and table.hit == "collect" else ()
        return [i for i in noted if table.outcomes[i] not in sure]

    def item_blame(self, part: int, item: int) -> tuple[int, ...]:
        """The slots that made an item unknown, in order of appearance."""
        declared = self.parts[part]
        if declared.kind == "score":
            return self.entry_unknown(declared.index, item)
        clauses = self.clauses(part, item)
        own = self.parts[part].items[item]
        if declared.kind == "stage":
            blamed = self._unknown_clauses(own.clauses, clauses)
            above = self._stage_blame_above(part)
            return tuple(dict.fromkeys((*blamed, *above)))
        if declared.kind == "route" and conjunction(clauses) is not None:
            return self._resolve(own.member)
        if declared.kind == "recall":
            return self._resolve(own.member)
        return self._unknown_clauses(own.clauses, clauses)

    def _stage_blame_above(self, part: int) -> tuple[int, ...]:
        blamed: list[int] = []
        for above in range(part - self.parts[part].index, part):
            item = self.parts[above].items[0]
            blamed += self._unknown_clauses(item.clauses, self.clauses(above, 0))
        return tuple(blamed)

    def _unknown_clauses(self, declared: Sequence[ClauseDeclaration], verdicts: Sequence[object]) -> tuple[int, ...]:
        blamed: dict[int, None] = {}
        for clause, verdict in zip(declared, verdicts, strict=True):
            if verdict is None:
                blamed.update(dict.fromkeys(self._resolve(clause.blame)))
        return tuple(blamed)

    def _resolve(self, blame: Blame) -> tuple[int, ...]:
        """The slots behind sources: those unknown here, at the first unknown step of each path."""
        sources = blame if isinstance(blame, tuple) else blame(self.values, self.results)
        slots: dict[int, None] = {}
        for source in sources:
            if source >= len(self.policy.slots):
                slots[source] = None
            elif source >= 0:
                if is_unknown(self.values[source]):
                    slots[self._step(source)] = None
            elif self.part_unknown(~source):
                slots.update(dict.fromkeys(self.part_blame(~source)))
        return tuple(slots)

    def _step(self, slot: int) -> int:
        return first_unknown(self.values, self.policy.slots[slot].steps)

    def entry_unknown(self, score: int, entry: int) -> tuple[int, ...]:
        """All unknown fields that an entry of a score reads; of records, those that make it unknown."""
        declared = self.policy.scores[score].telling.entries[entry]
        if declared.kind == "event":
            return self._resolve(declared.blame)
        found = dict.fromkeys(self._step(s) for s in declared.slots if is_unknown(self.values[s]))
        if declared.blame != ():
            found.update((s, None) for s in self._resolve(declared.blame) if s >= len(self.policy.slots))
        return tuple(found)

    def due_blame(self, part: int) -> tuple[int, ...]:
        """Who makes unknown what a recall entry reads: its time, its condition, what would spare the lead."""
        own = self.parts[part].items[0]
        at, when, unless, *_ = self.due(part)
        blamed = list(self._resolve(own.member)) if at is None else []
        for declared, clauses in ((own.clauses, _clauses(when)), (own.unless, _clauses(unless))):
            if conjunction(clauses) is None:
                blamed += self._unknown_clauses(declared, clauses)
        return tuple(dict.fromkeys(blamed))

    def part(self, name: str) -> int | None:
        """The part of a name such as `gate bant`."""
        if self._index is None:
            self._index = {part.name: i for i, part in enumerate(self.parts)}
        return self._index.get(name)


def _clauses(verdicts: object) -> tuple[object, ...]:
    return verdicts if isinstance(verdicts, tuple) else ()


def _below(verdicts: list[ItemVerdict]) -> list[ItemVerdict]:
    """Items below the first true one aren't reached."""
    if True in verdicts:
        first = verdicts.index(True)
        verdicts[first + 1 :] = [NOT_REACHED] * (len(verdicts) - first - 1)
    return verdicts
