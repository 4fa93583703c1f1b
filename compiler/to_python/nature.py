"""What a value can be: whether an expression can be unknown, or nothing, in a mode of reading."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_python import walk
from leadpolicy.compiler.to_python.plan import Plan

PLAIN: Final = "plain"
ASKING: Final = "asking"
OPEN: Final = "open"
MODES: Final = (PLAIN, ASKING, OPEN)


class Nature(NamedTuple):
    """What a value can be besides a known one."""

    unknown: bool
    nothing: bool


class Natures:
    """Works out natures; lets in the order of their declaration, so that chains of them go no deeper."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._lets: dict[tuple[str, str], Nature] = {}
        self._sensitive: dict[str, frozenset[str]] = {}
        self._known: dict[tuple[int, str], Nature] = {}
        """By the identity of an expression: all of them live as long as the policy does."""
        self._ready = False
        """Whether the lets are known: gates and stages may read any of them."""
        self._judged: dict[tuple[str, str], bool] = {}
        for let in plan.policy.lets:
            self._sensitive[let.name] = self.modes_of(let.expr)
            for mode in MODES:
                self._lets[let.name, mode] = self.of(let.expr, mode)
        self._ready = True

    def _gate_unknown(self, name: str) -> bool:
        """Whether a gate can be unknown: one of its criteria can."""
        if ("gate", name) not in self._judged:
            gate = next(gate for gate in self._plan.policy.gates if gate.name == name)
            exprs = [e for criterion in gate.criteria for e in walk.condition(criterion.condition)]
            self._judged["gate", name] = any(self.of(e, ASKING).unknown for e in exprs)
        return self._judged["gate", name]

    def _stage_unknown(self, name: str) -> bool:
        """Whether a stage can be unknown: its own condition can, or one above."""
        if ("stage", name) not in self._judged:
            unknown = False
            for stage in self._plan.policy.funnel or ():
                unknown = unknown or any(self.of(e, PLAIN).unknown for e in walk.condition(stage.condition))
                self._judged["stage", stage.name] = unknown
        return self._judged["stage", name]

    def modes_of(self, expr: ir.Expr) -> frozenset[str]:
        """The modes in which an expression means something else than in plain mode."""
        found: set[str] = set()
        for node in walk.nodes((expr,)):
            if isinstance(node, ir.LetRef):
                found |= self._sensitive[node.name]
            elif isinstance(node, ir.IsKnown):
                found |= {ASKING, OPEN}
            elif isinstance(node, ir.IsUnknown | ir.Certainly | ir.Possibly):
                found.add(OPEN)
        return frozenset(found)

    def let_mode(self, name: str, mode: str) -> str:
        """The mode that a let is worked out in: plain where it makes no difference."""
        return mode if mode in self._sensitive[name] else PLAIN

    def of(self, expr: ir.Expr, mode: str) -> Nature:
        """What the expression can be."""
        known = self._known.get((id(expr), mode))
        if known is None:
            known = self._known[id(expr), mode] = self._find(expr, mode)
        return known

    def _find(self, expr: ir.Expr, mode: str) -> Nature:
        slot = self._slot(expr)
        if slot is not None:
            found = self._plan.slots[slot]
            return Nature(found.unknown, found.nothing)
        match expr:
            case ir.Const() | ir.ListRef() | ir.ScoreRef() | ir.Disqualified():
                return Nature(False, False)
            case ir.LetRef():
                return self._lets[expr.name, mode]
            case ir.TableRef():
                table = self._plan.tables[expr.name]
                return Nature(True, not table.complete and table.hit != "collect")
            case ir.StageValue():
                return Nature(False, True)
            case ir.GateRef():
                return Nature(not self._ready or self._gate_unknown(expr.name), False)
            case ir.StageRef():
                return Nature(not self._ready or self._stage_unknown(expr.name), False)
            case ir.FieldRef():
                return self.record_path(self._plan.bindings.fact_of(expr), expr.path)
            case ir.VarRef() | ir.During():
                return Nature(False, False)
            case ir.Entered():
                return Nature(False, True)
            case ir.Any() | ir.Count() | ir.Distinct() | ir.Total() | ir.Pick() | ir.Leave():
                return self._of_records(expr, mode)
            case ir.Attr():
                base = self.of(expr.base, mode)
                fact = self._plan.fact_named(self._plan.resolve(expr.base))
                return Nature(base.unknown or self.record_path(fact, expr.path).unknown, True)
            case _:
                return self._composite(expr, mode)

    def _composite(self, expr: ir.Expr, mode: str) -> Nature:
        below = [self.of(child, mode) for child in walk.children(expr)]
        unknown = any(nature.unknown for nature in below)
        nothing = any(nature.nothing for nature in below)
        match expr:
            case ir.Certainly() | ir.Possibly() | ir.IsUnknown():
                return Nature(unknown and mode == OPEN, False)
            case ir.IsKnown():
                return Nature(unknown and mode != PLAIN, False)
            case ir.In():
                return Nature(unknown or not isinstance(self.constant_list(expr.items), tuple), False)
            case ir.TimeAdd():
                return Nature(unknown, True)
            case ir.Arith():
                return Nature(unknown, nothing or expr.operator == "div")
            case ir.Neg():
                return Nature(unknown, nothing)
            case ir.Call():
                own = expr.function in {"domain", "age"}
                every = expr.function in {"earlier", "later"} and not all(n.nothing for n in below)
                return Nature(unknown, own or (nothing and not every))
            case _:
                return Nature(unknown, False)

    def _of_records(self, expr: walk.RecordExpr, mode: str) -> Nature:
        doubt = self.doubtful(expr.records, mode)
        if isinstance(expr, ir.Distinct | ir.Total):
            doubt = doubt or self.of(expr.value, mode).unknown
        elif isinstance(expr, ir.Leave):
            doubt = doubt or self.of(expr.start, mode).unknown or self.of(expr.end, mode).unknown
        nothing = isinstance(expr, ir.Pick) or (isinstance(expr, ir.Total) and expr.function == "average")
        return Nature(doubt, nothing)

    def doubtful(self, records: ir.Records, mode: str) -> bool:
        """Whether a record can be a maybe."""
        if any(self.of(expr, mode).unknown for expr in walk.records(records)):
            return True
        fact = self._plan.policy.fact(records.fact)
        dated = fact.dated if records.window is not None else None
        return dated is not None and self.record_path(fact, (dated,)).unknown

    def record_path(self, fact: ir.Fact, path: tuple[str, ...]) -> Nature:
        """What a path from a record can be."""
        unknown, nothing = False, len(path) > 1
        for step in path:
            field = next(f for f in fact.fields if f.name == step)
            or_none = field.or_none or field.role in {"owner", "assigned"}
            unknown = unknown or not (field.required or field.key)
            nothing = nothing or or_none
            if field.type.fact is not None:
                fact = self._plan.policy.fact(field.type.fact)
        return Nature(unknown, nothing)

    def _slot(self, expr: ir.Expr) -> int | None:
        email = walk.domain_of(expr)
        if email is not None:
            return self._plan.slot(email.path, domain=True)
        if isinstance(expr, ir.FieldRef) and expr.var == "this":
            return self._plan.slot(expr.path)
        return None

    def certain(self, clauses: Sequence[ir.Clause], mode: str) -> bool:
        """Whether all clauses together are never unknown: none of them can be, but for fields that another clause
        asks to be known (where such a one isn't, the whole is false)."""
        doubted = [clause.expr for clause in clauses if self.of(clause.expr, mode).unknown]
        if not doubted or mode != PLAIN:
            return not doubted
        known = {self.slot(c.expr.arg) for c in clauses if isinstance(c.expr, ir.IsKnown)} - {None}
        return bool(known) and all(self._asked_for(expr) <= known for expr in doubted)

    def _asked_for(self, expr: ir.Expr) -> set[int | None]:
        """The fields that can make a simple comparison unknown; of anything else a set that nothing contains."""
        slot = self.slot(expr)
        if slot is not None:
            return {slot} if self._plan.slots[slot].unknown else set()
        expr = self._plan.resolve(expr)
        if isinstance(expr, ir.Const | ir.ScoreRef):
            return set()
        if isinstance(expr, ir.Compare | ir.Between | ir.Not) or (
            isinstance(expr, ir.In) and self.constant_list(expr.items)
        ):
            sides = (expr.item,) if isinstance(expr, ir.In) else walk.children(expr)
            return set().union(*(self._asked_for(side) for side in sides))
        return {None}

    def slot(self, expr: ir.Expr) -> int | None:
        """The slot that an expression is, through lets; None where it is more than a field."""
        return self._slot(self._plan.resolve(expr))

    def constant_list(self, expr: ir.Expr) -> tuple[tuple[str, ir.Scalar], ...] | None:
        """The constants of a list that is fixed, each with its kind; None where it isn't."""
        expr = self._plan.resolve(expr)
        if isinstance(expr, ir.ListRef):
            named = self._plan.lists[expr.name]
            kind = named.type.item.kind if named.type.item else "text"
            return tuple((kind, item) for item in named.items if not isinstance(item, tuple))
        if isinstance(expr, ir.Const) and isinstance(expr.value, tuple):
            kind = expr.type.item.kind if expr.type.item else "text"
            return tuple((kind, item) for item in expr.value)
        return None
