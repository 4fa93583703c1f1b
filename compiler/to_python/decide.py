"""`decide`: everything that a decision needs at once, each part after those it reads."""

from __future__ import annotations

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_python import walk
from leadpolicy.compiler.to_python.code import CONDITIONAL, NEVER, any_of
from leadpolicy.compiler.to_python.expressions import Expressions
from leadpolicy.compiler.to_python.ladders import Ladders
from leadpolicy.compiler.to_python.literals import literal, sequence
from leadpolicy.compiler.to_python.nature import ASKING
from leadpolicy.compiler.to_python.plan import Key, Plan
from leadpolicy.compiler.to_python.rails import three
from leadpolicy.compiler.to_python.scope import Scope, Shared
from leadpolicy.compiler.to_python.scores import Scores
from leadpolicy.compiler.to_python.stages import Stages
from leadpolicy.compiler.to_python.sweeps import Sweeps


class Order:
    """In which order the parts are worked out."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._let_reads: dict[str, tuple[Key, ...]] = {}
        for let in plan.policy.lets:
            self._let_reads[let.name] = self._reads((let.expr,))

    def _reads(self, exprs: tuple[ir.Expr, ...]) -> tuple[Key, ...]:
        """The parts that expressions read, through lets."""
        found: dict[Key, None] = {}
        for leaf in walk.leaves(exprs):
            match leaf:
                case ir.LetRef():
                    found.update(dict.fromkeys(self._let_reads[leaf.name]))
                case ir.ScoreRef():
                    found["score" if leaf.bound == "value" else leaf.bound, leaf.name] = None
                case ir.TableRef():
                    found["table", leaf.name] = None
                case ir.GateRef():
                    found["gate", leaf.name] = None
                case ir.StageRef():
                    found["stage", leaf.name] = None
                case ir.StageValue():
                    found["stages", ""] = None
                case ir.Disqualified():
                    found["disqualified", ""] = None
        return tuple(found)

    def parts(self) -> list[Key]:
        """All parts, each after what it reads, else in the order of their declaration."""
        before = self._before()
        done: dict[Key, None] = {}
        for start in before:
            stack = [(start, iter(before[start]))]
            while stack:
                key, rest = stack[-1]
                following = next((k for k in rest if k not in done), None)
                if following is None:
                    done[key] = None
                    stack.pop()
                elif any(k == following for k, _ in stack):
                    raise ValueError(f"the parts of the policy read each other in a circle: {following}")
                else:
                    stack.append((following, iter(before[following])))
        return list(done)

    def _before(self) -> dict[Key, tuple[Key, ...]]:
        """What each part reads."""
        policy = self._plan.policy
        before: dict[Key, tuple[Key, ...]] = {}
        for score in policy.scores:
            entries = tuple(e for _, entry in walk.flat_entries(score) for e in walk.entry(entry))
            before["score", score.name] = self._reads((*entries, *((score.expr,) if score.expr else ())))
        for bound, name in self._plan.bounded:
            before[bound, name] = (("score", name),)
        for table in policy.tables:
            exprs = tuple(e for row in table.rows for e in walk.condition(row.condition))
            before["table", table.name] = self._reads(exprs)
        for gate in policy.gates:
            exprs = tuple(e for c in gate.criteria for e in walk.condition(c.condition))
            before["gate", gate.name] = self._reads(exprs)
        entries_read = tuple(e for entry in policy.disqualify or () for e in walk.condition(entry.condition))
        before["disqualified", ""] = self._reads(entries_read)
        above: tuple[Key, ...] = (("disqualified", ""),)
        for stage in policy.funnel or ():
            before["stage", stage.name] = above + self._reads(walk.condition(stage.condition))
            above = (("stage", stage.name),)
        before["stages", ""] = above
        if policy.route is not None:
            before["route", ""] = (("disqualified", ""), *self._reads(self._route_exprs(policy.route)))
        return before

    def _route_exprs(self, route: ir.Route) -> tuple[ir.Expr, ...]:
        entries: list[ir.DisqualifyEntry | ir.RouteEntry] = [*route.entries]
        entries += self._plan.policy.disqualify or ()
        named = tuple(e for one in entries for e in walk.destination(one.destination, self._plan.owner))
        return named + tuple(e for one in route.entries for e in walk.condition(one.condition))


class Decide:
    """Writes what a decision needs at once into functions: `decide`, and the one that reads a lead besides."""

    def __init__(self, shared: Shared, scores: Scores, ladders: Ladders) -> None:
        self._shared = shared
        self._plan = shared.plan
        self._scores = scores
        self._ladders = ladders
        self._parts = Order(shared.plan).parts()
        reads = walk.leaves(shared.plan.everything())
        self._stages_read = any(isinstance(leaf, ir.StageRef) for leaf in reads)

    def write(self) -> None:
        """The function `decide`: from the snapshot to the results."""
        scope = Scope(self._shared, "decide")
        self._shared.sweeps = Sweeps(self._shared)
        self._shared.sweeps.write(scope)
        self.write_parts(scope)
        scope.body.line()
        scope.body.line(f"return {self.results()}")
        scope.finish("Scores, tables, gates, disqualification, stage and route of one lead.", "v")
        for gate in self._plan.policy.gates:
            self._write_criteria(gate)

    def results(self) -> str:
        """The tuple of all results."""
        return sequence(self._plan.result_names[key] for key in self._plan.results)

    def write_parts(self, scope: Scope) -> None:
        """Everything, each part after those it reads."""
        policy = self._plan.policy
        gates = {gate.name: gate for gate in policy.gates}
        stages = Stages(self._shared, self._parts, self._stages_read)
        for kind, name in self._parts:
            if kind == "score":
                self._scores.write_value(scope, self._plan.scores[name])
            elif kind in {"low", "high"}:
                self.write_bound(scope, kind, name)
            elif kind == "table":
                self._ladders.write_table(scope, self._plan.tables[name])
            elif kind == "gate":
                self.write_gate(scope, gates[name])
            elif kind == "disqualified":
                self.write_disqualify(scope)
            elif kind == "stage":
                stages.write(scope, name)
            elif kind == "stages":
                stages.write_reached(scope)
            elif policy.route is not None:
                self._ladders.write_route(scope, policy.route)

    def write_bound(self, scope: Scope, bound: str, name: str) -> None:
        """The lines that work out the least or the most that a score can come to."""
        values = sequence(
            self._plan.result_names["score", score.name] if scope.has(("score", score.name)) else "None"
            for score in self._plan.policy.scores
        )
        index = next(i for i, score in enumerate(self._plan.policy.scores) if score.name == name)
        end = 0 if bound == "low" else 1
        own = scope.own((bound, name))
        scope.body.line(f"{own} = bound(LATER, {index}, {scope.snapshot()}, {values})[{end}]")

    def write_gate(self, scope: Scope, gate: ir.Gate) -> None:
        """The verdict alone; the criteria's are worked out when they are asked for (`criteria_…`)."""
        expressions = Expressions(scope, ASKING)
        verdict = scope.own(("gate", gate.name))
        scope.body.line()
        scope.body.comment(gate.place)
        if gate.needed == len(gate.criteria):
            rails = [expressions.condition(criterion.condition) for criterion in gate.criteria]
            doubts = [
                NEVER if not expressions.may_be_unknown(criterion.condition) else one.doubt
                for criterion, one in zip(gate.criteria, rails, strict=True)
            ]
            if None not in doubts:
                fails = any_of([one.false for one in rails]).at(CONDITIONAL + 1)
                unknown = any_of([one for one in doubts if one is not None]).at(CONDITIONAL + 1)
                self._write_verdict(scope, verdict, fails, unknown)
                return
        parts = sequence(self._criteria(scope, expressions, gate))
        if gate.needed == len(gate.criteria):
            criteria = scope.hoist(parts)
            scope.body.line(f"{verdict} = False if False in {criteria} else None if None in {criteria} else True")
            return
        criteria, needed = scope.hoist(parts), literal(gate.needed)
        fails = f"{criteria}.count(True) + {criteria}.count(None) < {needed}"
        code = f"True if {criteria}.count(True) >= {needed} else False if {fails} else None"
        scope.body.line(f"{verdict} = {code}")

    @staticmethod
    def _write_verdict(scope: Scope, verdict: str, fails: str, unknown: str) -> None:
        with scope.body.block(f"if {fails}:"):
            scope.body.line(f"{verdict} = False")
        if unknown == NEVER.text:
            with scope.body.block("else:"):
                scope.body.line(f"{verdict} = True")
            return
        with scope.body.block(f"elif {unknown}:"):
            scope.body.line(f"{verdict} = None")
        with scope.body.block("else:"):
            scope.body.line(f"{verdict} = True")

    @staticmethod
    def _criteria(scope: Scope, expressions: Expressions, gate: ir.Gate) -> list[str]:
        """A name for each criterion's verdict."""
        parts: list[str] = []
        for criterion in gate.criteria:
            code = condition_value(expressions, criterion.condition)
            scope.body.mark(criterion.place)
            parts.append(scope.hoist(code))
        return parts

    def _write_criteria(self, gate: ir.Gate) -> None:
        """The function that gives the verdicts of a gate's criteria."""
        scope = Scope(self._shared, self._plan.criteria_name(gate.name))
        parts = self._criteria(scope, Expressions(scope, ASKING), gate)
        scope.body.line(f"return {sequence(parts) if parts else '()'}")
        scope.finish(f"The criteria of the gate of line {int(gate.place.line)}.")

    def write_disqualify(self, scope: Scope) -> None:
        """Which entries disqualify the lead, and whether any does."""
        own = scope.own(("disqualified", ""))
        entries = self._plan.policy.disqualify
        if entries is None:
            scope.body.line(f"{own} = False")
            return
        expressions = Expressions(scope)
        every = scope.own(("disqualify", ""))
        scope.body.line()
        tests: list[str] = []
        for entry in entries:
            truth = expressions.truth(entry.condition)
            scope.body.comment(entry.place)
            tests.append(scope.hoist(truth.text))
        scope.body.line(f"{every} = {sequence(tests) if tests else '()'}")
        scope.body.line(f"{own} = True in {every}")


def condition_value(expressions: Expressions, condition: ir.Condition) -> str:
    """A condition's value: True, False or None."""
    if len(condition.clauses) == 1:
        return expressions.kleene(condition.clauses[0].expr).text
    rails = expressions.condition(condition)
    return three(rails, expressions.may_be_unknown(condition)).text
