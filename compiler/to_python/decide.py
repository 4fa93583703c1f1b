"""`decide`: everything that a decision needs at once, each part after those it reads."""

from __future__ import annotations

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_python import walk
from leadpolicy.compiler.to_python.code import Code, all_of, any_of, inverse
from leadpolicy.compiler.to_python.expressions import Expressions
from leadpolicy.compiler.to_python.ladders import Ladders
from leadpolicy.compiler.to_python.literals import literal, sequence
from leadpolicy.compiler.to_python.nature import ASKING
from leadpolicy.compiler.to_python.plan import Key, Plan
from leadpolicy.compiler.to_python.rails import Rails, three
from leadpolicy.compiler.to_python.scope import Scope, Shared
from leadpolicy.compiler.to_python.scores import Scores
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
    """Writes `decide`."""

    def __init__(self, shared: Shared, scores: Scores, ladders: Ladders) -> None:
        self._shared = shared
        self._plan = shared.plan
        self._scores = scores
        self._ladders = ladders
        reads = walk.leaves(shared.plan.everything())
        self._unsure = False
        """Whether one of the stages so far can be unknown."""
        self._stages_read = any(isinstance(leaf, ir.StageRef) for leaf in reads)

    def write(self) -> None:
        """The function."""
        scope = Scope(self._shared, "decide")
        self._shared.sweeps = Sweeps(self._shared)
        self._shared.sweeps.write(scope)
        policy = self._plan.policy
        gates = {gate.name: gate for gate in policy.gates}
        stages = {stage.name: stage for stage in policy.funnel or ()}
        for kind, name in Order(self._plan).parts():
            if kind == "score":
                self._scores.write_value(scope, self._plan.scores[name])
            elif kind in {"low", "high"}:
                self._write_bound(scope, kind, name)
            elif kind == "table":
                self._ladders.write_table(scope, self._plan.tables[name])
            elif kind == "gate":
                self._write_gate(scope, gates[name])
            elif kind == "disqualified":
                self._write_disqualify(scope)
            elif kind == "stage":
                self._write_stage(scope, stages[name])
            elif kind == "stages":
                self._write_reached(scope)
            elif policy.route is not None:
                self._ladders.write_route(scope, policy.route)
        scope.body.line()
        scope.body.line(f"return {sequence(self._plan.result_names[key] for key in self._plan.results)}")
        scope.finish("Scores, tables, gates, disqualification, stage and route of one lead.", "v")

    def _write_bound(self, scope: Scope, bound: str, name: str) -> None:
        values = sequence(
            self._plan.result_names["score", score.name] if scope.has(("score", score.name)) else "None"
            for score in self._plan.policy.scores
        )
        index = next(i for i, score in enumerate(self._plan.policy.scores) if score.name == name)
        end = 0 if bound == "low" else 1
        own = scope.own((bound, name))
        scope.body.line(f"{own} = Bounds(SCORES, SLOTS, v, {values}).of({index})[{end}]")

    def _write_gate(self, scope: Scope, gate: ir.Gate) -> None:
        expressions = Expressions(scope, ASKING)
        verdict, criteria = scope.own(("gate", gate.name)), scope.own(("criteria", gate.name))
        scope.body.line()
        scope.body.comment(gate.place)
        parts: list[str] = []
        for criterion in gate.criteria:
            code = condition_value(expressions, criterion.condition)
            scope.body.mark(criterion.place)
            parts.append(scope.hoist(code))
        scope.body.line(f"{criteria} = {sequence(parts)}")
        if gate.needed == len(gate.criteria):
            code = f"False if False in {criteria} else None if None in {criteria} else True"
        else:
            needed = literal(gate.needed)
            fails = f"{criteria}.count(True) + {criteria}.count(None) < {needed}"
            code = f"True if {criteria}.count(True) >= {needed} else False if {fails} else None"
        scope.body.line(f"{verdict} = {code}")

    def _write_disqualify(self, scope: Scope) -> None:
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

    def _write_stage(self, scope: Scope, stage: ir.Stage) -> None:
        """Reached or not; unknown only where some condition reads stages."""
        expressions = Expressions(scope)
        rails = expressions.condition(stage.condition)
        names = [s.name for s in self._plan.policy.funnel or ()]
        at = names.index(stage.name)
        true, false = [rails.true], [rails.false]
        if at > 0:
            above = scope.result(("stage", names[at - 1]))
            true.insert(0, Code(f"{above} is True", 4))
            false.insert(0, Code(f"{above} is False", 4))
        elif self._plan.policy.disqualify:
            disqualified = Code(scope.result(("disqualified", "")), 5)
            true.insert(0, inverse(disqualified))
            false.insert(0, disqualified)
        whole = Rails(all_of(true), any_of(false))
        own = scope.own(("stage", stage.name))
        scope.body.line()
        scope.body.comment(stage.place)
        if expressions.may_be_unknown(stage.condition):
            self._unsure = True
        scope.body.line(f"{own} = {three(whole, self._stages_read and self._unsure).text}")

    def _write_reached(self, scope: Scope) -> None:
        """The last stage that is true."""
        stages = self._plan.policy.funnel
        if stages is None:
            return
        own = scope.own(("stages", ""))
        scope.body.line(f"{own} = NOTHING")
        for stage in stages:
            with scope.body.block(f"if {scope.result(('stage', stage.name))} is True:"):
                scope.body.line(f"{own} = {literal(stage.name)}")


def condition_value(expressions: Expressions, condition: ir.Condition) -> str:
    """A condition's value: True, False or None."""
    if len(condition.clauses) == 1:
        return expressions.kleene(condition.clauses[0].expr).text
    rails = expressions.condition(condition)
    return three(rails, expressions.may_be_unknown(condition)).text
