"""What scores are open by, in generated code: which fields hold back how many points (0002 §6).

Where every entry of a score that can be unknown reads one field and nothing else, the parts that this field makes
unknown and the points that hang on it are constants (`HANGS`). An entry that reads several fields names those that
are unknown; a score with entries that go through records, or whose points aren't fixed, is left to the engine.
"""

from __future__ import annotations

from dataclasses import dataclass

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_python import walk
from leadpolicy.compiler.to_python.expressions import Expressions
from leadpolicy.compiler.to_python.literals import SCALE, literal
from leadpolicy.compiler.to_python.nature import OPEN
from leadpolicy.compiler.to_python.reaches import points_of
from leadpolicy.compiler.to_python.scope import Scope, Shared
from leadpolicy.compiler.to_python.scores import Scores
from leadpolicy.compiler.to_python.uses import Uses
from leadpolicy.compiler.to_python.walk import Entry


@dataclass(slots=True)
class _Hangs:
    """What hangs on a field: parts, a bit each, and millionths of points."""

    parts: int = 0
    points: int = 0


def note(scope: Scope, part: int, bits: int) -> None:
    """The line that leaves a part to the engine: its number, and the bits of all that is unknown with it."""
    scope.body.line(f"parts.append(({literal(part)}, {literal(bits)}))")


class OpenScores:
    """Writes the lines of `lacking` that are about scores."""

    def __init__(self, shared: Shared, uses: Uses, scores: Scores, parts: int) -> None:
        """`parts`: how many there are; points stand above their bits."""
        self._shared = shared
        self._plan = shared.plan
        self._uses = uses
        self._scores = scores
        self._shift = parts
        self.pointed = False
        """Whether there are entries that several fields can make unknown. Known once `write` ran."""

    def write(self, scope: Scope, summed: dict[str, tuple[int, ...]]) -> list[tuple[int, int]]:
        """The lines; what hangs on fields by scores alone, those first that hold back most points. `summed`: by score
        expression, the scores that it is made of."""
        hangs: dict[int, _Hangs] = {}
        for index, score in enumerate(self._plan.policy.scores):
            if score.expr is None:
                self._write_score(scope, index, score, self._bits(index, summed), hangs)
        slots = self._plan.slots
        order = sorted(hangs.items(), key=lambda one: (-one[1].points, slots[one[0]].order))
        for at, (slot, _) in enumerate(order):
            with scope.body.block(f"if {scope.slot(slot)} is None:"):
                scope.body.line(f"found.append({literal(at)})")
        return [(slot, own.points << self._shift | own.parts) for slot, own in order]

    def _write_score(self, scope: Scope, index: int, score: ir.Score, bits: int, hangs: dict[int, _Hangs]) -> None:
        entries = [e for e in enumerate(walk.flat_entries(score)) if (score.name, e[0]) in self._scores.doubts]
        flat = [(i, entry, self._field(score, i, entry)) for i, (_, entry) in entries]
        several = [(i, entry) for i, entry, slot in flat if slot is None]
        if not all(self._is_plain(entry) for _, entry in several):
            with scope.body.block(f"if unsettled_{self._plan.result_names['score', score.name]}(v):"):
                note(scope, index, bits)
            return
        for _, entry, slot in flat:
            if slot is not None:
                own = hangs.setdefault(slot, _Hangs())
                own.parts |= bits
                own.points += self._size(score, entry)
        for i, entry in several:
            self._write_entry(scope, score, i, entry, bits)

    def _is_plain(self, entry: Entry) -> bool:
        """Whether an entry is unknown by fields of the lead alone, each by itself, and its points are fixed."""
        if self._scores.reads_records(entry) or not self._is_fixed(entry):
            return False
        slots = [(slot, self._plan.slots[slot]) for slot in self._uses.slots(walk.entry(entry))]
        return all(one.steps == (slot,) and one.type.kind != "list" for slot, one in slots)

    def _is_fixed(self, entry: Entry) -> bool:
        return not isinstance(entry, ir.PlainEntry) or isinstance(self._plan.resolve(entry.points), ir.Const)

    def _write_entry(self, scope: Scope, score: ir.Score, index: int, entry: Entry, bits: int) -> None:
        """The lines that name the unknown fields of an entry that is unknown."""
        if not self.pointed:
            self.pointed = True
            scope.body.line("pointed = []")
        test = self._scores.doubt(Expressions(scope, OPEN), score, index, entry)
        unknown = [slot for slot in self._uses.slots(walk.entry(entry)) if self._plan.slots[slot].unknown]
        body = scope.body
        body.mark(entry.place)
        with body.block(f"if {test}:"):
            body.line("who = ()")
            for slot in unknown:
                with body.block(f"if {scope.slot(slot)} is None:"):
                    body.line(f"who += ({literal(slot)},)")
            body.line(f"blamed.append((who, {literal(bits)}))")
            body.line(f"pointed.append((who, {literal(self._size(score, entry) << self._shift)}))")

    def _bits(self, index: int, summed: dict[str, tuple[int, ...]]) -> int:
        """The bits of a score and of all score expressions that are made of it."""
        found = {index}
        grown = True
        while grown:
            scores = enumerate(self._plan.policy.scores)
            more = {i for i, s in scores if found & set(summed.get(s.name, ()))} - found
            found |= more
            grown = bool(more)
        return sum(1 << i for i in found)

    def _field(self, score: ir.Score, index: int, entry: Entry) -> int | None:
        """The field that an entry is unknown by; None where there is more to it."""
        slot = self._scores.steady.get((score.name, index))
        if slot is None or not self._uses.unknown_by(entry, slot) or not self._is_fixed(entry):
            return None
        found = self._plan.slots[slot]
        if found.domain:  # unknown where the e-mail is, and blames that
            (*above, slot) = found.steps
            return None if above else slot
        return slot if found.steps == (slot,) else None

    def _size(self, score: ir.Score, entry: Entry) -> int:
        """How many points an entry can move a score by, in millionths."""
        whole = self._plan.whole[score.name]
        given: list[str] = []
        if isinstance(entry, ir.PlainEntry):
            fixed = self._plan.resolve(entry.points)
            given = [str(fixed.value)] if isinstance(fixed, ir.Const) else []
        elif isinstance(entry, ir.PointsEntry | ir.BandsEntry):
            given = [one.points for one in (entry.choices if isinstance(entry, ir.PointsEntry) else entry.bands)]
        size = max((abs(points_of(points, whole)) for points in given), default=0)
        return size * SCALE if whole else size
