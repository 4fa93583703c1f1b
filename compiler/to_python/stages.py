"""Stages in `decide`: each one reached or not, and the last one that is."""

from __future__ import annotations

from collections.abc import Sequence

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_python import walk
from leadpolicy.compiler.to_python.code import Code, all_of, any_of, inverse
from leadpolicy.compiler.to_python.expressions import Expressions
from leadpolicy.compiler.to_python.literals import literal
from leadpolicy.compiler.to_python.plan import Key
from leadpolicy.compiler.to_python.rails import Rails, three
from leadpolicy.compiler.to_python.scope import Scope, Shared

_DEEPEST = 12
"""So many stages may stand one inside the other."""


class Stages:
    """Writes the stages of one function: nested where nothing else stands between them and none but the last can be
    unknown, else one after the other."""

    def __init__(self, shared: Shared, order: Sequence[Key], read: bool) -> None:
        self._plan = shared.plan
        self._read = read
        self._stages = shared.plan.policy.funnel or ()
        self._unsure = False
        """Whether one of the stages so far can be unknown."""
        keys = [("stage", stage.name) for stage in self._stages]
        at = [i for i, key in enumerate(order) if key in keys]
        together = bool(at) and at == list(range(at[0], at[0] + len(at))) and order[at[-1] + 1] == ("stages", "")
        self._nested = together and len(self._stages) <= _DEEPEST

    def write(self, scope: Scope, name: str) -> None:
        """A stage; where they are nested, all of them at the first."""
        if self._nested and scope.has(("stages", "")):
            return
        if self._nested and name == self._stages[0].name and self._write_nested(scope):
            return
        self._nested = False
        stage = next(stage for stage in self._stages if stage.name == name)
        self._write_one(scope, stage)

    def _write_nested(self, scope: Scope) -> bool:
        """All stages, each inside the one above: one that isn't reached ends it."""
        expressions = Expressions(scope)
        unsure = [expressions.may_be_unknown(stage.condition) for stage in self._stages]
        if any(unsure[:-1]) or self._read_by_stages():
            return False
        rails = [expressions.condition(stage.condition) for stage in self._stages]
        own = scope.own(("stages", ""))
        names = [scope.own(("stage", stage.name)) for stage in self._stages]
        body = scope.body
        body.line()
        body.line(f"{' = '.join(names)} = False")
        body.line(f"{own} = NOTHING")
        tests = [one.true for one in rails]
        if self._plan.policy.disqualify:
            tests[0] = all_of([inverse(Code(scope.result(("disqualified", "")), 5)), tests[0]])
        self._write_inside(scope, rails, tests, unsure[-1] and self._read)
        return True

    def _read_by_stages(self) -> bool:
        """Whether a stage's condition may read another one, or a let may."""
        exprs = [e for stage in self._stages for e in walk.condition(stage.condition)]
        exprs += [let.expr for let in self._plan.policy.lets]
        return any(isinstance(node, ir.StageRef | ir.StageValue) for node in walk.nodes(tuple(exprs)))

    def _write_inside(self, scope: Scope, rails: Sequence[Rails], tests: Sequence[Code], unsure: bool) -> None:
        body, own = scope.body, scope.own(("stages", ""))
        for at, (stage, test) in enumerate(zip(self._stages, tests, strict=True)):
            name = scope.own(("stage", stage.name))
            body.comment(stage.place)
            last = at == len(self._stages) - 1
            if last and unsure:
                body.line(f"{name} = {three(Rails(test, *rails[at][1:]), True).text}")
            body.open(f"if {name} is True:" if last and unsure else f"if {test.text}:")
            if not (last and unsure):
                body.line(f"{name} = True")
            body.line(f"{own} = {literal(stage.name)}")
        body.close(len(self._stages))

    def _write_one(self, scope: Scope, stage: ir.Stage) -> None:
        """Reached or not; unknown only where some condition reads stages."""
        expressions = Expressions(scope)
        rails = expressions.condition(stage.condition)
        names = [s.name for s in self._stages]
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
        scope.body.line(f"{own} = {three(whole, self._read and self._unsure).text}")

    def write_alone(self, scope: Scope, name: str) -> None:
        """A stage in a function of its own, which is given the one above."""
        self._nested, self._unsure = False, True
        self.write(scope, name)

    def write_reached(self, scope: Scope) -> None:
        """The last stage that is true."""
        if self._plan.policy.funnel is None or scope.has(("stages", "")):
            return
        own = scope.own(("stages", ""))
        scope.body.line(f"{own} = NOTHING")
        for stage in self._stages:
            with scope.body.block(f"if {scope.result(('stage', stage.name))} is True:"):
                scope.body.line(f"{own} = {literal(stage.name)}")
