"""What is missing, in generated code: the unknown fields that scores are open by, and the parts that are undecided.

Where every entry of a score that can be unknown reads one field and nothing else, that the field is unknown tells all:
which parts it makes unknown and how many points hang on it are constants. The other parts are only found to be
unknown here; who made them so, the engine goes after.
"""

from __future__ import annotations

from dataclasses import dataclass

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_python import walk
from leadpolicy.compiler.to_python.blames import Blames
from leadpolicy.compiler.to_python.expressions import Expressions
from leadpolicy.compiler.to_python.leases import recall_entries
from leadpolicy.compiler.to_python.literals import SCALE, literal
from leadpolicy.compiler.to_python.nature import ASKING
from leadpolicy.compiler.to_python.reaches import points_of
from leadpolicy.compiler.to_python.scope import Scope, Shared
from leadpolicy.compiler.to_python.scores import Scores
from leadpolicy.compiler.to_python.walk import Entry
from leadpolicy.compiler.to_python.writer import Writer


@dataclass(slots=True)
class _Hangs:
    """What hangs on a field: parts, a bit each, and millionths of points."""

    parts: int = 0
    points: int = 0


class Lacking:
    """Writes `lacking`."""

    def __init__(
        self, shared: Shared, scores: Scores, blames: Blames, parts: dict[tuple[str, str], int]
    ) -> None:
        self._shared = shared
        self._plan = shared.plan
        self._policy = shared.plan.policy
        self._scores = scores
        self._blames = blames
        self._parts = parts

    def write(self, out: Writer, summed: dict[str, tuple[int, ...]]) -> None:
        """The function, and `HANGS` and `MISSING`, what it says of fields where nothing is undecided. `summed`: by
        score expression, the scores that it is made of. To be written behind all `unsettled_…`."""
        scope = Scope(self._shared, "lacking")
        for name in ("found", "blamed", "parts"):
            scope.body.line(f"{name} = []")
        hangs = self._write_scores(scope, summed)
        self._write_decided(scope)
        self._write_disqualify(scope)
        self._write_stages(scope)
        self._write_rest(scope)
        with scope.body.block("if not blamed and not parts:"):
            scope.body.line("return tuple(found)")
        scope.body.line("return ordered(LATER, found, blamed, parts, trace)")
        scope.finish("The unknown fields that make something unknown, those that could decide most first.", "v, r, trace")
        with out.block("HANGS = {"):
            for slot, own in hangs:
                path = literal(".".join(self._plan.slots[slot].path))
                out.line(f"{path}: ({literal(slot)}, {literal(own.points << len(self._parts) | own.parts)}),")
        out.line("}")
        out.line("MISSING = fixed(SLOTS, PARTS, HANGS)")

    # ── Scores ──

    def _write_scores(self, scope: Scope, summed: dict[str, tuple[int, ...]]) -> list[tuple[int, _Hangs]]:
        """The lines for scores; what hangs on fields by them alone, most first."""
        hangs: dict[int, _Hangs] = {}
        for index, score in enumerate(self._policy.scores):
            if score.expr is not None:
                continue
            flat = [e for e in enumerate(walk.flat_entries(score)) if (score.name, e[0]) in self._scores.doubts]
            bits = self._bits(index, summed)
            fields = [self._field(score, i, entry) for i, (_, entry) in flat]
            if None in fields:
                self._note(scope, f"unsettled_{self._plan.result_names['score', score.name]}(v)", index, bits)
                continue
            for slot, (_, (_, entry)) in zip(fields, flat, strict=True):
                if slot is not None:
                    own = hangs.setdefault(slot, _Hangs())
                    own.parts |= bits
                    own.points += self._size(score, entry)
        slots = self._plan.slots
        order = sorted(hangs.items(), key=lambda one: (-one[1].points, slots[one[0]].order))
        for at, (slot, _) in enumerate(order):
            with scope.body.block(f"if {scope.slot(slot)} is None:"):
                scope.body.line(f"found.append(MISSING[{literal(at)}])")
        return order

    def _bits(self, index: int, summed: dict[str, tuple[int, ...]]) -> int:
        """The bits of a score and of all score expressions that are made of it."""
        found = {index}
        grown = True
        while grown:
            more = {i for i, s in enumerate(self._policy.scores) if found & set(summed.get(s.name, ()))} - found
            found |= more
            grown = bool(more)
        return sum(1 << i for i in found)

    def _field(self, score: ir.Score, index: int, entry: Entry) -> int | None:
        """The field that an entry is unknown by; None where there is more to it."""
        slot = self._scores.steady.get((score.name, index))
        if slot is None or self._plan.slots[slot].steps != (slot,):
            return None
        if self._scores.doubts[score.name, index] != f"{self._plan.slots[slot].name} is None":
            return None
        fixed = not isinstance(entry, ir.PlainEntry) or isinstance(self._plan.resolve(entry.points), ir.Const)
        return slot if fixed else None

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

    # ── Other parts ──

    def _note(self, scope: Scope, test: str | None, part: int, bits: int | None = None) -> None:
        """The lines that note a part as undecided: its number, and the bits of all that is unknown with it."""
        note = f"parts.append(({literal(part)}, {literal(1 << part if bits is None else bits)}))"
        if test is None:
            scope.body.line(note)
        else:
            with scope.body.block(f"if {test}:"):
                scope.body.line(note)

    def _write_decided(self, scope: Scope) -> None:
        """Tables and gates: what the decision says of them."""
        for table in self._policy.tables:
            name = scope.result(("table", table.name))
            test = f"is_unknown({name})" if table.hit == "collect" else f"{name} is None"
            self._note(scope, test, self._parts["table", table.name])
        for gate in self._policy.gates:
            self._write_gate(scope, gate)

    def _write_gate(self, scope: Scope, gate: ir.Gate) -> None:
        """A gate of criteria that are unknown by one field each blames these; one with questions of its own is looked
        at wherever a criterion is unknown."""
        part, bit = self._parts["gate", gate.name], 1 << self._parts["gate", gate.name]
        name, criteria = scope.result(("gate", gate.name)), scope.result(("criteria", gate.name))
        fields = [self._criterion_field(one) for one in gate.criteria]
        if any(one.ask for one in gate.criteria):
            self._note(scope, f"None in {criteria}", part)
        elif None in fields:
            self._note(scope, f"{name} is None", part)
        else:
            with scope.body.block(f"if {name} is None:"):
                for at, slot in enumerate(fields):
                    with scope.body.block(f"if {criteria}[{literal(at)}] is None:"):
                        scope.body.line(f"blamed.append(({literal(slot)}, {literal(bit)}))")

    def _criterion_field(self, criterion: ir.Criterion) -> int | None:
        """The field that a criterion is unknown by; None where there is more to it."""
        if len(criterion.condition.clauses) != 1:
            return None
        sources = self._blames.sources(criterion.condition.clauses[0].expr, ASKING)
        if sources is None or len(sources) != 1 or sources[0] < 0:
            return None
        slot = self._plan.slots[sources[0]]
        return sources[0] if slot.steps == sources and slot.type.kind != "list" else None

    def _write_disqualify(self, scope: Scope) -> None:
        expressions = Expressions(scope)
        for entry in self._policy.disqualify or ():
            if expressions.may_be_unknown(entry.condition):
                unknown = expressions.condition(entry.condition).unknown
                scope.body.mark(entry.place)
                self._note(scope, unknown.text, self._parts["disqualify", entry.name])

    def _write_stages(self, scope: Scope) -> None:
        """A stage is unknown where its condition or one above is, and none of them is false."""
        expressions = Expressions(scope)
        stages = self._policy.funnel or ()
        last = max((i for i, s in enumerate(stages) if expressions.may_be_unknown(s.condition)), default=None)
        if last is None:
            return
        # Whatever the conditions need is worked out before the first `if`, where all later lines see it.
        rails = [expressions.condition(stage.condition) for stage in stages]
        disqualified = scope.result(("disqualified", "")) if self._policy.disqualify else None
        scope.body.line("sure = True" if disqualified is None else f"sure = not {disqualified}")
        doubtful = False
        for stage, rail in zip(stages, rails, strict=True):
            scope.body.mark(stage.place)
            with scope.body.block("if sure is not False:"):
                with scope.body.block(f"if {rail.false.text}:"):
                    scope.body.line("sure = False")
                if expressions.may_be_unknown(stage.condition):
                    doubtful = True
                    with scope.body.block(f"elif {rail.unknown.text}:"):
                        scope.body.line("sure = None")
                if doubtful:
                    self._note(scope, "sure is None", self._parts["stage", stage.name])

    def _write_rest(self, scope: Scope) -> None:
        if self._policy.route is not None:
            self._note(scope, f"{scope.result(('route', ''))}[0] == UNDECIDED", self._parts["route", ""])
        for entry in recall_entries(self._policy):
            self._note(scope, None, self._parts["recall", entry.name])
