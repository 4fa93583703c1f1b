"""What is missing, in generated code: the unknown fields that scores are open by, and those that parts blame.

Where every entry of a score that can be unknown reads one field and nothing else, the parts that this field makes
unknown and the points that hang on it are constants. The other parts blame fields in straight lines where each clause
is unknown by fields of the lead and by parts that were blamed before; what is more than that is left to the engine.
"""

from __future__ import annotations

from dataclasses import dataclass

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_python import walk
from leadpolicy.compiler.to_python.blames import Blames
from leadpolicy.compiler.to_python.code import ALWAYS
from leadpolicy.compiler.to_python.expressions import Expressions
from leadpolicy.compiler.to_python.leases import recall_entries
from leadpolicy.compiler.to_python.literals import SCALE, literal
from leadpolicy.compiler.to_python.nature import ASKING, PLAIN
from leadpolicy.compiler.to_python.rails import Rails
from leadpolicy.compiler.to_python.reaches import points_of
from leadpolicy.compiler.to_python.scope import Scope, Shared
from leadpolicy.compiler.to_python.scores import Scores
from leadpolicy.compiler.to_python.uses import Uses
from leadpolicy.compiler.to_python.walk import Entry
from leadpolicy.compiler.to_python.writer import Writer

_SPELT_OUT = 100
"""The rows of a longer table or route aren't written once more: the engine goes after those that are unknown."""


@dataclass(slots=True)
class _Hangs:
    """What hangs on a field: parts, a bit each, and millionths of points."""

    parts: int = 0
    points: int = 0


@dataclass(slots=True)
class _Stage:
    """A stage, its part, its condition, and the tests of its clauses; None where those don't tell whom they blame."""

    stage: ir.Stage
    part: int
    rails: Rails
    tests: list[tuple[str, tuple[int, ...]]] | None


class Lacking:
    """Writes `lacking`."""

    def __init__(
        self, shared: Shared, uses: Uses, scores: Scores, blames: Blames, parts: dict[tuple[str, str], int]
    ) -> None:
        self._shared = shared
        self._plan = shared.plan
        self._policy = shared.plan.policy
        self._uses = uses
        self._scores = scores
        self._blames = blames
        self._parts = parts
        self._blamed: set[int] = set()
        """The parts that are blamed in straight lines."""
        self._read = {
            part for leaf in walk.leaves(self._plan.everything()) if (part := blames.part(leaf)) is not None
        }
        """The parts that others read: of each that is blamed, `who_…` are those that made it unknown."""

    def write(self, out: Writer, summed: dict[str, tuple[int, ...]]) -> None:
        """The function, and `HANGS` and `MISSING`, what it says of fields where nothing is undecided. `summed`: by
        score expression, the scores that it is made of. To be written behind all `unsettled_…`."""
        scope = Scope(self._shared, "lacking")
        for name in ("found", "blamed", "parts"):
            scope.body.line(f"{name} = []")
        hangs = self._write_scores(scope, summed)
        self._write_tables(scope)
        self._write_gates(scope)
        self._write_disqualify(scope)
        self._write_stages(scope)
        self._write_route(scope)
        for entry in recall_entries(self._policy):
            self._note(scope, None, self._parts["recall", entry.name])
        with scope.body.block("if not blamed and not parts:"):
            scope.body.line("return tuple([MISSING[at] for at in found])")
        scope.body.line("return ordered(LATER, found, blamed, parts, trace)")
        scope.finish(
            "The unknown fields that make something unknown, those that could decide most first.", "v, r, trace"
        )
        with out.block("HANGS = ("):
            for slot, own in hangs:
                out.line(f"({literal(slot)}, {literal(own.points << len(self._parts) | own.parts)}),")
        out.line(")")
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
                scope.body.line(f"found.append({literal(at)})")
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
        if slot is None or not self._uses.unknown_by(entry, slot):
            return None
        if isinstance(entry, ir.PlainEntry) and not isinstance(self._plan.resolve(entry.points), ir.Const):
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

    # ── Other parts ──

    def _note(self, scope: Scope, test: str | None, part: int, bits: int | None = None) -> None:
        """The lines that leave a part to the engine: its number, and the bits of all that is unknown with it."""
        note = f"parts.append(({literal(part)}, {literal(1 << part if bits is None else bits)}))"
        if test is None:
            scope.body.line(note)
        else:
            with scope.body.block(f"if {test}:"):
                scope.body.line(note)

    def _begin(self, scope: Scope, part: int) -> None:
        """A part is blamed in straight lines from here on; those that it blames, where others read it."""
        self._blamed.add(part)
        if part in self._read:
            scope.body.line(f"who_{literal(part)} = ()")

    def _blame(self, scope: Scope, part: int) -> None:
        """The lines that blame all of `who` for a part, and keep it for the parts that read this one."""
        if part in self._read:
            scope.body.line(f"who_{literal(part)} = who")
        scope.body.line(f"blamed.append((who, {literal(1 << part)}))")

    def _simple(self, condition: ir.Condition | None, mode: str) -> list[tuple[ir.Clause, tuple[int, ...]]] | None:
        """The clauses of a condition that can be unknown, each with the fields and parts that it is unknown by; None
        where there is more to one of them."""
        found: list[tuple[ir.Clause, tuple[int, ...]]] = []
        for clause in condition.clauses if condition is not None else ():
            sources = self._blames.sources(clause.expr, mode)
            if sources is None or not all(map(self._is_simple, sources)):
                return None
            if sources:
                found.append((clause, sources))
        return found

    def _is_simple(self, source: int) -> bool:
        """Whether it is plain who a source blames: a field of the lead, or a part that was blamed before."""
        if source < 0:
            return ~source in self._blamed
        if source >= len(self._plan.slots):
            return False
        slot = self._plan.slots[source]
        return slot.steps == (source,) and slot.type.kind != "list"

    def _write_who(self, scope: Scope, tests: list[tuple[str, tuple[int, ...]]]) -> None:
        """The lines that add to `who` whom clauses blame, each where its test holds."""
        for test, sources in tests:
            with scope.body.block(f"if {test}:"):
                self._write_sources(scope, sources)

    def _write_sources(self, scope: Scope, sources: tuple[int, ...]) -> None:
        for source in sources:
            if source < 0:
                scope.body.line(f"who += {self._who(scope, ~source)}")
            elif len(sources) == 1:
                scope.body.line(f"who += ({literal(source)},)")
            else:
                with scope.body.block(f"if {scope.slot(source)} is None:"):
                    scope.body.line(f"who += ({literal(source)},)")

    def _who(self, scope: Scope, part: int) -> str:
        """The name of those whom a part blames, () where it is known."""
        name = f"who_{literal(part)}"
        if scope.inner:
            scope.wanted.setdefault(name, lambda caller: self._who(caller, part))
        return name

    @staticmethod
    def _tests(
        expressions: Expressions, clauses: list[tuple[ir.Clause, tuple[int, ...]]]
    ) -> list[tuple[str, tuple[int, ...]]]:
        return [(expressions.rails(clause.expr).unknown.text, sources) for clause, sources in clauses]

    def _write_tables(self, scope: Scope) -> None:
        for table in self._policy.tables:
            part, name = self._parts["table", table.name], scope.result(("table", table.name))
            noted = (
                None
                if table.hit == "collect"
                else self._noted([row.condition for row in table.rows], table.hit == "first")
            )
            if noted is None:
                self._note(scope, f"is_unknown({name})" if table.hit == "collect" else f"{name} is None", part)
                continue
            self._write_noted(scope, f"{name} is None", noted, part)

    def _write_noted(self, scope: Scope, test: str, noted: Scope, part: int) -> None:
        self._begin(scope, part)
        call = scope.call(noted)
        with scope.body.block(f"if {test}:"):
            scope.body.line(f"who = {call}")
            self._blame(scope, part)

    def _noted(self, conditions: list[ir.Condition | None], stops: bool) -> Scope | None:
        """The function that finds whom the unknown rows of a table or route blame; `stops`: at the first true one.
        None where that isn't simple, or long."""
        found = [self._simple(condition, PLAIN) for condition in conditions]
        if None in found or len(found) > _SPELT_OUT:
            return None
        scope = Scope(self._shared, self._plan.names.make("noted"), inner=True)
        expressions = Expressions(scope)
        scope.body.line("who = ()")
        for condition, clauses in zip(conditions, found, strict=True):
            rails = expressions.condition(condition)
            tests = self._tests(expressions, clauses or [])
            if stops and rails.true == ALWAYS:
                break
            if stops:
                with scope.body.block(f"if {rails.true.text}:"):
                    scope.body.line("return who")
            if tests:
                with scope.body.block(f"if {rails.left.text if stops else rails.unknown.text}:"):
                    self._write_who(scope, tests)
        scope.body.line("return who")
        scope.finish("Whom the rows blame that are unknown.")
        return scope

    def _write_gates(self, scope: Scope) -> None:
        """Gates; one with questions of its own is looked at wherever a criterion is unknown."""
        for gate in self._policy.gates:
            part = self._parts["gate", gate.name]
            name, criteria = scope.result(("gate", gate.name)), f"{self._plan.criteria_name(gate.name)}(v, r)"
            found = [self._simple(one.condition, ASKING) for one in gate.criteria]
            if any(one.ask for one in gate.criteria):
                self._note(scope, f"None in {criteria}", part)
                continue
            if None in found:
                self._note(scope, f"{name} is None", part)
                continue
            expressions = Expressions(scope, ASKING)
            rows = [(clauses, self._tests(expressions, clauses)) for clauses in found if clauses is not None]
            self._begin(scope, part)
            with scope.body.block(f"if {name} is None:"):
                scope.body.line("who = ()")
                scope.body.line(f"criteria = {criteria}")
                for at, (clauses, tests) in enumerate(rows):
                    if clauses:
                        with scope.body.block(f"if criteria[{literal(at)}] is None:"):
                            if len(clauses) == 1:  # the criterion is unknown by that
                                self._write_sources(scope, clauses[0][1])
                            else:
                                self._write_who(scope, tests)
                self._blame(scope, part)

    def _write_disqualify(self, scope: Scope) -> None:
        expressions = Expressions(scope)
        for entry in self._policy.disqualify or ():
            if not expressions.may_be_unknown(entry.condition):
                continue
            part, clauses = self._parts["disqualify", entry.name], self._simple(entry.condition, PLAIN)
            unknown = expressions.condition(entry.condition).unknown.text
            scope.body.mark(entry.place)
            if clauses is None:
                self._note(scope, unknown, part)
                continue
            tests = self._tests(expressions, clauses)
            with scope.body.block(f"if {unknown}:"):
                scope.body.line("who = ()")
                self._write_who(scope, tests)
                self._blame(scope, part)

    def _write_stages(self, scope: Scope) -> None:
        """A stage is unknown where its condition or one above is, and none of them is false."""
        expressions = Expressions(scope)
        stages = self._policy.funnel or ()
        if not any(expressions.may_be_unknown(stage.condition) for stage in stages):
            return
        # Whatever the conditions need is worked out before the first `if`, where all later lines see it.
        simple = True
        rows: list[_Stage] = []
        for stage in stages:
            part = self._parts["stage", stage.name]
            clauses = self._simple(stage.condition, PLAIN)
            simple = simple and clauses is not None
            tests = self._tests(expressions, clauses or []) if simple else None
            rows.append(_Stage(stage, part, expressions.condition(stage.condition), tests))
            if simple:
                self._begin(scope, part)
        disqualified = scope.result(("disqualified", "")) if self._policy.disqualify else None
        scope.body.line("sure = True" if disqualified is None else f"sure = not {disqualified}")
        scope.body.line("who = ()")
        doubtful = False
        for row in rows:
            scope.body.mark(row.stage.place)
            doubtful = doubtful or expressions.may_be_unknown(row.stage.condition)
            with scope.body.block("if sure is not False:"):
                self._write_stage(scope, row, expressions.may_be_unknown(row.stage.condition), doubtful)

    def _write_stage(self, scope: Scope, row: _Stage, unknown: bool, doubtful: bool) -> None:
        body = scope.body
        with body.block(f"if {row.rails.false.text}:"):
            body.line("sure = False")
        if unknown:
            with body.block(f"elif {row.rails.unknown.text}:"):
                body.line("sure = None")
                self._write_who(scope, row.tests or [])
        if not doubtful:
            return
        if row.tests is None:
            self._note(scope, "sure is None", row.part)
            return
        with body.block("if sure is None:"):
            self._blame(scope, row.part)

    def _write_route(self, scope: Scope) -> None:
        route = self._policy.route
        if route is None:
            return
        part, test = self._parts["route", ""], f"{scope.result(('route', ''))}[0] == UNDECIDED"
        named = any(walk.destination(entry.destination, self._plan.owner) for entry in route.entries)
        noted = None if named else self._noted([entry.condition for entry in route.entries], True)
        if noted is None:
            self._note(scope, test, part)
        else:
            self._write_noted(scope, test, noted, part)
