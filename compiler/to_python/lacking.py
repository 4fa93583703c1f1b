"""What is missing, in generated code: the unknown fields that scores are open by, and those that parts blame.

Parts blame fields in straight lines where each clause is unknown by fields of the lead and by parts that were blamed
before; what is more than that is left to the engine. Scores: `lacking_scores`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_python import walk
from leadpolicy.compiler.to_python.blames import Blames
from leadpolicy.compiler.to_python.code import ALWAYS
from leadpolicy.compiler.to_python.expressions import Expressions
from leadpolicy.compiler.to_python.lacking_scores import OpenScores, note
from leadpolicy.compiler.to_python.leases import recall_entries
from leadpolicy.compiler.to_python.literals import literal
from leadpolicy.compiler.to_python.nature import ASKING, PLAIN
from leadpolicy.compiler.to_python.rails import Rails
from leadpolicy.compiler.to_python.scope import Scope, Shared
from leadpolicy.compiler.to_python.scores import Scores
from leadpolicy.compiler.to_python.uses import Uses
from leadpolicy.compiler.to_python.writer import Writer

_SPELT_OUT = 100
"""The rows of a longer table or route aren't written once more: the engine goes after those that are unknown."""
_DEEPEST = 8
"""What `and`, `or` and `not` join more deeply is left to the engine."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """An expression that can be unknown, and whom it blames then: each unknown one of `sources`, fields and parts, or
    those whom the unknown ones of `below` blame, what `and`, `or` and `not` join in it."""

    expr: ir.Expr
    sources: tuple[int, ...] = ()
    below: tuple[Doubt, ...] = ()


@dataclass(frozen=True, slots=True)
class Test:
    """A `Doubt`, with the code that tells whether the expression is unknown."""

    unknown: str
    sources: tuple[int, ...]
    below: tuple[Test, ...]


@dataclass(slots=True)
class _Stage:
    """A stage, its part, its condition, and the tests of its clauses; None where those don't tell whom they blame."""

    stage: ir.Stage
    part: int
    rails: Rails
    tests: list[Test] | None


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
        self.asks: tuple[int, ...] = ()
        """The gates whose questions are left to the engine. Known once `write` ran."""
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
        scores = OpenScores(self._shared, self._uses, self._scores, len(self._parts))
        hangs = scores.write(scope, summed)
        self._write_tables(scope)
        asked = "asked" if self._write_gates(scope) else ""
        self._write_disqualify(scope)
        self._write_stages(scope)
        self._write_route(scope)
        for entry in recall_entries(self._policy):
            self._note(scope, None, self._parts["recall", entry.name])
        pointed = "pointed" if scores.pointed else ""
        nothing = " and ".join(f"not {name}" for name in ("blamed", pointed, asked, "parts") if name)
        with scope.body.block(f"if {nothing}:"):
            scope.body.line("return tuple([MISSING[at] for at in found])")
        scope.body.line(f"return ordered(LATER, found, blamed, {pointed or '()'}, {asked or '()'}, parts, trace)")
        scope.finish(
            "The unknown fields that make something unknown, those that could decide most first.", "v, r, trace"
        )
        with out.block("HANGS = ("):
            for slot, amount in hangs:
                out.line(f"({literal(slot)}, {literal(amount)}),")
        out.line(")")
        out.line("MISSING = fixed(SLOTS, PARTS, HANGS)")

    # ── Other parts ──

    def _note(self, scope: Scope, test: str | None, part: int) -> None:
        """The lines that leave a part to the engine."""
        if test is None:
            note(scope, part, 1 << part)
        else:
            with scope.body.block(f"if {test}:"):
                note(scope, part, 1 << part)

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

    def _simple(self, condition: ir.Condition | None, mode: str) -> list[Doubt] | None:
        """The clauses of a condition that can be unknown; None where there is more to one of them."""
        found: list[Doubt] = []
        for clause in condition.clauses if condition is not None else ():
            doubt = self._doubt(clause.expr, mode)
            if doubt is None:
                return None
            if doubt.sources or doubt.below:
                found.append(doubt)
        return found

    def _doubt(self, expr: ir.Expr, mode: str, depth: int = 0) -> Doubt | None:
        """Whom an expression blames; None where there is more to it than fields, parts, `and`, `or`, `not`."""
        sources = self._blames.sources(expr, mode)
        if sources is not None:
            return Doubt(expr, sources) if all(map(self._is_simple, sources)) else None
        resolved = self._plan.resolve(expr)
        if not isinstance(resolved, ir.And | ir.Or | ir.Not) or depth == _DEEPEST:
            return None
        below: list[Doubt] = []
        for child in walk.children(resolved):
            doubt = self._doubt(child, mode, depth + 1)
            if doubt is None:
                return None
            if doubt.sources or doubt.below:
                below.append(doubt)
        return Doubt(expr, (), tuple(below))

    def _is_simple(self, source: int) -> bool:
        """Whether it is plain who a source blames: a field of the lead, or a part that was blamed before."""
        if source < 0:
            return ~source in self._blamed
        if source >= len(self._plan.slots):
            return False
        slot = self._plan.slots[source]
        return slot.steps == (source,) and slot.type.kind != "list"

    def _write_who(self, scope: Scope, tests: Sequence[Test]) -> None:
        """The lines that add to `who` whom expressions blame that are unknown."""
        for test in tests:
            with scope.body.block(f"if {test.unknown}:"):
                self._write_blamed(scope, test)

    def _write_blamed(self, scope: Scope, test: Test) -> None:
        """The same for one that is unknown."""
        if test.below:
            self._write_who(scope, test.below)
        else:
            self._write_sources(scope, test.sources)

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

    def _tests(self, expressions: Expressions, doubts: Sequence[Doubt]) -> list[Test]:
        return [
            Test(expressions.rails(one.expr).unknown.text, one.sources, tuple(self._tests(expressions, one.below)))
            for one in doubts
        ]

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

    def _write_gates(self, scope: Scope) -> bool:
        """Gates; one with questions of its own is looked at wherever a criterion is unknown. Whether such questions
        are spelt out."""
        asking = [gate for gate in self._policy.gates if any(one.ask for one in gate.criteria)]
        rows = {
            gate.name: [self._simple(one.condition, ASKING) for one in gate.criteria] for gate in self._policy.gates
        }
        # Of several questions about a field the first counts, whoever finds it: the engine finds all or none.
        spelt = all(None not in rows[gate.name] for gate in asking)
        self.asks = () if spelt else tuple(self._parts["gate", gate.name] for gate in asking)
        if spelt and asking:
            scope.body.line("asked = []")
        for gate in self._policy.gates:
            part, name = self._parts["gate", gate.name], scope.result(("gate", gate.name))
            if gate in asking and not spelt:
                self._note(scope, f"None in {self._plan.criteria_name(gate.name)}(v, r)", part)
            elif None in rows[gate.name]:
                self._note(scope, f"{name} is None", part)
            else:
                self._write_gate(scope, gate, [clauses or [] for clauses in rows[gate.name]], gate in asking)
        return bool(spelt and asking)

    def _write_gate(self, scope: Scope, gate: ir.Gate, rows: list[list[Doubt]], asks: bool) -> None:
        """The lines for a gate whose criteria are spelt out."""
        part, name = self._parts["gate", gate.name], scope.result(("gate", gate.name))
        self._begin(scope, part)
        # Whatever the tests need is worked out before the first `if`, where later lines see it, too.
        expressions = Expressions(scope, ASKING)
        unknown = [expressions.condition(one.condition).unknown.text for one in gate.criteria]
        tests = [self._tests(expressions, clauses) for clauses in rows]
        if asks:
            scope.body.line("who = ()")
            self._write_criteria(scope, gate, unknown, tests)
            with scope.body.block(f"if {name} is None:"):
                self._blame(scope, part)
        else:
            with scope.body.block(f"if {name} is None:"):
                scope.body.line("who = ()")
                self._write_criteria(scope, gate, unknown, tests)
                self._blame(scope, part)

    def _write_criteria(self, scope: Scope, gate: ir.Gate, unknown: list[str], tests: list[list[Test]]) -> None:
        """The lines that add to `who` whom unknown criteria blame, and to `asked` their questions."""
        body = scope.body
        for one, test, own in zip(gate.criteria, unknown, tests, strict=True):
            if not own:
                continue
            with body.block(f"if {test}:"):
                if one.ask:
                    body.line("others, who = who, ()")
                if len(own) == 1:  # the criterion is unknown by that
                    self._write_blamed(scope, own[0])
                else:
                    self._write_who(scope, own)
                if one.ask:
                    body.line(f"asked.append((who, {literal(one.ask)}))")
                    body.line("who = others + who")

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
