"""What a rule is made of: its patterns, the conditions that a match meets, and what the actions need."""

from __future__ import annotations

from dataclasses import dataclass

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_python import bindings, walk
from leadpolicy.compiler.to_python.plan import Plan
from leadpolicy.compiler.to_python.rules.substitution import Names, Substitution


@dataclass(frozen=True, slots=True)
class Test:
    """A condition of a match: a clause, or (`of`, `window`) that the pattern's record belongs to one, or is in its
    window. `reads`: the positions of the patterns whose records it reads."""

    kind: str
    position: int
    expr: ir.Expr | None
    reads: frozenset[int]
    place: ir.Place


@dataclass(frozen=True, slots=True)
class Shape:
    """A rule, its names bound. `patterns`: their records by position; `facts`: the patterns' fact types."""

    rule: ir.Rule
    index: int
    patterns: tuple[ir.Records, ...]
    facts: tuple[ir.Fact, ...]
    tests: tuple[Test, ...]
    actions: tuple[ir.Action, ...]

    def position(self, var: str) -> int | None:
        """The pattern that binds a name."""
        return next((i for i, one in enumerate(self.patterns) if one.var == var), None)

    @property
    def environment(self) -> dict[str, ir.Fact]:
        """The fact type of each name."""
        return {one.var: fact for one, fact in zip(self.patterns, self.facts, strict=True)}


def shape_of(rule: ir.Rule, index: int, plan: Plan) -> Shape:
    """The shape of a rule; its expressions are bound in the plan."""
    substitution = Substitution(plan.policy, index)
    names: dict[str, str | ir.Expr] = {}
    patterns: list[ir.Records] = []
    raw: list[tuple[str, int, ir.Expr | None, ir.Place]] = []
    for line in rule.body:
        if isinstance(line, ir.Pattern):
            var = f"{index}:{len(patterns)}"
            records, _ = substitution.records(line.records, names, var)
            names[line.records.var] = var
            at = len(patterns)
            patterns.append(records)
            if records.of is not None:
                raw.append(("of", at, records.of, line.place))
            raw += [("clause", at, one, line.place) for one in walk.condition(records.where)]
            if records.window is not None:
                raw.append(("window", at, records.window.since, line.place))
        elif isinstance(line, ir.Guard):
            condition = substitution.condition(line.condition, names)
            raw += [("clause", len(patterns) - 1, one, line.place) for one in walk.condition(condition)]
        else:
            names[line.name] = substitution.expr(line.expr, names)
    actions = tuple(substitution.node(action, _for_action(names, action)) for action in rule.actions)
    facts = tuple(plan.policy.fact(one.fact) for one in patterns)
    by_name = {one.var: i for i, one in enumerate(patterns)}
    tests = [Test(kind, at, expr, _reads(kind, at, expr, by_name), place) for kind, at, expr, place in raw]
    shape = Shape(rule, index, tuple(patterns), facts, tuple(tests), actions)
    bind(shape, plan)
    return shape


def _for_action(names: Names, action: ir.Action) -> Names:
    """`set` and `remove` name the record itself."""
    if isinstance(action, ir.Set | ir.Remove):
        target = names[action.var]
        assert isinstance(target, str)
    return names


def target_of(action: ir.Set | ir.Remove, shape: Shape, rule: ir.Rule) -> int:
    """The position of the record that an action changes."""
    patterns = [line for line in rule.body if isinstance(line, ir.Pattern)]
    return next(i for i, line in enumerate(patterns) if line.records.var == action.var)


def _reads(kind: str, at: int, expr: ir.Expr | None, positions: dict[str, int]) -> frozenset[int]:
    found = {positions[name] for name in free((expr,) if expr is not None else ()) if name in positions}
    return frozenset(found | ({at} if kind != "clause" else set()))


def free(exprs: tuple[ir.Expr, ...]) -> frozenset[str]:
    """The names that expressions read from outside."""
    return bindings.free_names(exprs)


def action_exprs(action: ir.Action) -> tuple[ir.Expr, ...]:
    """All that an action works out."""
    match action:
        case ir.Conclude() | ir.Add():
            of = () if action.of is None else (action.of,)
            return (*of, *(field.value for field in action.fields if field.value is not None))
        case ir.Set():
            return () if action.field.value is None else (action.field.value,)
        case ir.Notify() | ir.Task():
            to = () if action.to is None else (action.to,)
            return (*to, *_template(action.message))
        case ir.Send():
            return _template(action.content)
        case ir.Flag():
            return (action.record,)
        case ir.Move():
            return () if action.destination.member is None else (action.destination.member,)
        case _:
            return ()


def _template(template: ir.Template) -> tuple[ir.Expr, ...]:
    return tuple(part for part in template.parts if not isinstance(part, str))


def bind(shape: Shape, plan: Plan) -> None:
    """Tell the plan which record each name in the rule is bound to."""
    exprs = [test.expr for test in shape.tests if test.expr is not None]
    exprs += [expr for action in shape.actions for expr in action_exprs(action)]
    plan.bindings.bind(tuple(exprs), shape.environment)
