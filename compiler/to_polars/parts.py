"""The parts of a decision over columns, each after those that it reads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal, TypeAlias

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_polars import ladders
from leadpolicy.compiler.to_polars.expressions import Expressions, Shared
from leadpolicy.compiler.to_polars.ladders import RouteLadder
from leadpolicy.compiler.to_polars.nodes import Node
from leadpolicy.compiler.to_polars.operands import of_slot
from leadpolicy.compiler.to_polars.scores import Scores
from leadpolicy.compiler.to_polars.values import SURE, CannotLowerError, Truth, Value
from leadpolicy.compiler.to_python.nature import ASKING
from leadpolicy.compiler.to_python.plan import Plan

Form: TypeAlias = Literal["whole", "scaled", "verdict", "code", "text", "bits", "collect"]


@dataclass(slots=True)
class Output:
    """A column of the answer. `form`: a whole number, millionths, a verdict (true, false, null), the number of a
    text in the table `texts` of the policy, a text, entries as bits, or collected rows as bits.

    `rest`: of collected rows, those that are unknown; of a text, the number that says where it isn't null.
    """

    form: Form
    node: Node
    texts: str = ""
    rest: Node | None = None


class Parts:
    """Lowers what can be lowered, and says why the rest can't."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.outputs: dict[str, Output] = {}
        self.refused: dict[str, str] = {}
        """By part ("score fit", "route"): what columns don't say there."""
        self._shared = Shared(plan)
        self._plain = Expressions(self._shared)
        self._disqualifying: list[Node] = []

    def lower(self) -> Shared:
        """All parts, in an order in which each reads only earlier ones."""
        policy = self.plan.policy
        if policy.disqualify is None:
            self._disqualify()
        if not policy.order:
            self.refused["order"] = "the intermediate representation says no order of the policy's parts"
        scores = {one.name: one for one in policy.scores}
        tables = {one.name: one for one in policy.tables}
        gates = {one.name: one for one in policy.gates}
        stages = {one.name: one for one in policy.funnel or ()}
        for part in policy.order:
            kind, _, name = part.partition(" ")
            if kind == "let":
                self._try(part, partial(self._plain.let, name), quiet=True)
            elif kind == "score":
                self._try(part, partial(self._score, scores[name]), ("score", name))
            elif kind == "table":
                self._try(part, partial(self._table, tables[name]), ("table", name))
            elif kind == "gate":
                self._try(part, partial(self._gate, gates[name]), ("gate", name))
            elif kind == "disqualify":
                self._try(part, self._disqualify, ("disqualified", ""))
            elif kind == "stage":
                self._try(part, partial(self._stage, stages[name]), ("stage", name))
            elif kind == "route" and policy.route is not None:
                self._try(part, partial(self._route, policy.route), ("route", ""))
        return self._shared

    def _try(
        self, part: str, lower: Callable[[], object], key: tuple[str, str] | None = None, quiet: bool = False
    ) -> None:
        try:
            lower()
        except CannotLowerError as error:
            if key is not None:
                self._shared.parts[key] = error
            if not quiet:
                self.refused[part] = str(error)

    # ── Parts ──

    def _score(self, score: ir.Score) -> None:
        value = Scores(self._plain).lower(score)
        self._shared.parts["score", score.name] = value
        self.outputs[f"score.{score.name}"] = Output("whole" if value.whole else "scaled", value.node)

    def _table(self, table: ir.Table) -> None:
        name = f"table.{table.name}"
        if table.hit == "collect":
            sure, maybe = ladders.collected(self._plain, table)
            for one in table.outputs:
                said = name if one.name is None else f"{name}.{one.name}"
                self.outputs[said] = Output("collect", sure, table.name, maybe)
            return
        node, unknown = ladders.first(self._plain, table)
        codes = ladders.outcome_codes(table)
        graph = self._shared.graph
        none = graph.sure(graph.node("(", node, f" == {ladders.NONE})"))
        for at, one in enumerate(table.outputs):
            values = {code: row.outputs[at] for code, row in zip(codes, table.rows, strict=True)}
            said = name if one.name is None else f"{name}.{one.name}"
            self.outputs[said] = Output("code", node, f"{table.name} {at}")
            scalars = tuple((code, value) for code, value in values.items() if not isinstance(value, tuple))
            if len(scalars) < len(values):
                continue
            whole = self.plan.is_whole(ir.TableRef(name=table.name, output=one.name, type=one.type))
            choices = one.type.choices if one.type.ordered else None
            doubts = frozenset({node}) if unknown else SURE
            value = Value(
                node, one.type.kind, doubts, none, whole, dtype=ladders.CODE, codes=scalars, choices=choices
            )  # fmt: skip
            key = table.name if one.name is None else f"{table.name}.{one.name}"
            self._shared.parts["table", key] = value

    def _gate(self, gate: ir.Gate) -> None:
        asking = Expressions(self._shared, ASKING)
        graph = self._shared.graph
        tests = [asking.condition(criterion.condition) for criterion in gate.criteria]
        doubts = frozenset().union(*(test.doubts for test in tests))
        if gate.needed == len(tests):
            verdict = graph.conjunction([test.node for test in tests])
        elif gate.needed == 1:
            verdict = graph.disjunction([test.node for test in tests])
        else:
            verdict = self._counted(tests, gate.needed)
        self._shared.parts["gate", gate.name] = Truth(verdict, doubts)
        self.outputs[f"gate.{gate.name}"] = Output("verdict", verdict)
        for criterion, test in zip(gate.criteria, tests, strict=True):
            self.outputs[f"gate.{gate.name}.{criterion.name}"] = Output("verdict", test.node)

    def _counted(self, tests: list[Truth], needed: int) -> Node:
        """Pass where so many criteria do; fail where too few can."""
        graph = self._shared.graph

        def number(word: str) -> Node:
            parts: list[str | Node] = ["("]
            for index, test in enumerate(tests):
                filled = graph.node(test.node, f".fill_null({word})") if test.unknown else test.node
                parts += [" + " if index else "", graph.node(filled, ".cast(Int16)")]
            return graph.node(*parts, ")")

        passes = graph.node("(", number("False"), f" >= {needed})")
        can_pass = graph.node("(", number("True"), f" >= {needed})")
        return graph.conjunction([graph.disjunction([passes, graph.unknown]), can_pass])

    def _disqualify(self) -> None:
        entries = self.plan.policy.disqualify
        graph = self._shared.graph
        if entries is None:
            self._shared.parts["disqualified", ""] = Truth(graph.false)
            return
        if len(entries) > 60:
            raise CannotLowerError(f"it has {len(entries)} entries")
        tests = [self._plain.condition(entry.condition) for entry in entries]
        sure = [graph.sure(test.node) if test.unknown else test.node for test in tests]
        self._disqualifying = sure
        self._shared.parts["disqualified", ""] = Truth(graph.disjunction(sure))
        self.outputs["disqualified"] = Output("bits", ladders.bits(self._plain, sure))

    def _stage(self, stage: ir.Stage) -> None:
        stages = self.plan.policy.funnel or ()
        at = next(i for i, one in enumerate(stages) if one.name == stage.name)
        graph = self._shared.graph
        test = self._plain.condition(stage.condition)
        if at > 0:
            above = self._shared.part(("stage", stages[at - 1].name), f"the stage `{stages[at - 1].name}`")
        else:
            out = self._shared.part(("disqualified", ""), "`disqualified`")
            above = Truth(graph.negation(out.node))
        node = graph.conjunction([above.node, test.node])
        self._shared.parts["stage", stage.name] = Truth(node, above.doubts | test.doubts)
        if at == len(stages) - 1:
            self._stages(stages)

    def _stages(self, stages: tuple[ir.Stage, ...]) -> None:
        """The last stage that is reached: the highest, as each needs those above it."""
        graph = self._shared.graph
        tests = [self._shared.part(("stage", one.name), f"the stage `{one.name}`").node for one in stages]
        cases = [(test, graph.integer(at, ladders.CODE)) for at, test in enumerate(tests)]
        node = graph.chain(cases[::-1], graph.integer(ladders.NONE, ladders.CODE))
        none = graph.node("(", node, f" == {ladders.NONE})")
        codes = tuple((at, one.name) for at, one in enumerate(stages))
        names = tuple(one.name for one in stages)
        value = Value(node, "choice", SURE, none, dtype=ladders.CODE, codes=codes, choices=names)
        self._shared.parts["stages", ""] = value
        self.outputs["stage"] = Output("code", node, "stage")

    # ── The route ──

    def _route(self, route: ir.Route) -> None:
        graph = self._shared.graph
        ladder = RouteLadder(self._plain)
        node = ladder.lower(route)
        keys = dict(ladder.members)
        cases: list[tuple[Node, Node]] = []
        entries = self.plan.policy.disqualify or ()
        first = len(route.entries) + 2
        self._shared.part(("disqualified", ""), "`disqualified`")
        for at, entry in enumerate(entries):
            cases.append((self._disqualifying[at], graph.integer(first + at, ladders.CODE)))
            named = ladder.named(entry.destination)
            if named is not None:
                key, there, _ = named
                keys[first + at] = graph.chain([(there, key)], None)
        node = graph.chain(cases, node)
        for part in ("entry", "kind"):
            self.outputs[f"route.{part}"] = Output("code", node, f"route {part}")
        if not keys:
            for part in ("target", "member"):
                self.outputs[f"route.{part}"] = Output("code", node, f"route {part}")
            return
        named_cases = [
            (graph.node("(", node, " == ", graph.integer(number, ladders.CODE), ")"), key)
            for number, key in keys.items()
        ]
        member = graph.chain(named_cases, None)
        self.outputs["route.target"] = Output("text", member, "route target", node)
        self.outputs["route.member"] = Output("text", member)

    def key(self) -> None:
        """The lead's key, where its fact has one."""
        field = next((one for one in self.plan.about.fields if one.key), None)
        if field is not None and field.type.kind in {"text", "int"}:
            index = self.plan.slot((field.name,))
            value = of_slot(self._plain, index)
            self.outputs["lead"] = Output("text" if field.type.kind == "text" else "whole", value.node)
