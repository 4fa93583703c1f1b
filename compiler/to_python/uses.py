"""How a score entry uses each field: where trial values of a field tell all that the entry can give (0002 §3)."""

from __future__ import annotations

from dataclasses import dataclass, field

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_python import walk
from leadpolicy.compiler.to_python.nature import Natures
from leadpolicy.compiler.to_python.plan import Plan

_STRICT = (
    ir.Compare, ir.Between, ir.TextTest, ir.Arith, ir.Neg, ir.Not, ir.In, ir.Const, ir.ListRef, ir.FieldRef,
    ir.TableRef, ir.GateRef, ir.StageRef, ir.StageValue, ir.ScoreRef, ir.Disqualified, ir.TimeAdd, ir.During,
    ir.Entered,
)  # fmt: skip


_Place = tuple[ir.Expr, bool]
"""An expression, and whether it stands as a condition."""


@dataclass(slots=True)
class Use:
    """`simple`: only compared, tested for being known, a condition of itself, or the subject of points or bands.
    `against`: what it is compared with; `lists`: the fixed lists that it is looked for in."""

    simple: bool = True
    against: list[ir.Expr] = field(default_factory=list)
    lists: list[tuple[tuple[str, ir.Scalar], ...]] = field(default_factory=list)


class Uses:
    """Looks at expressions, through lets."""

    def __init__(self, plan: Plan, natures: Natures) -> None:
        self._plan = plan
        self._natures = natures
        self._strict_lets: dict[str, bool] = {}
        self._let_slots: dict[str, tuple[int, ...]] = {}
        for let in plan.policy.lets:
            self._strict_lets[let.name] = self.is_strict(let.expr)
            self._let_slots[let.name] = self.slots((let.expr,))

    def slots(self, exprs: tuple[ir.Expr, ...]) -> tuple[int, ...]:
        """All fields read, in order of appearance; `domain(f)` is a field of its own."""
        found: dict[int, None] = {}
        stack = list(reversed(exprs))
        while stack:
            expr = stack.pop()
            slot = self._natures.slot(expr) if not isinstance(expr, ir.LetRef) else None
            if slot is not None:
                found[slot] = None
            elif isinstance(expr, ir.LetRef):
                found.update(dict.fromkeys(self._let_slots[expr.name]))
            else:
                stack.extend(reversed(walk.children(expr)))
        return tuple(found)

    def is_strict(self, expr: ir.Expr) -> bool:
        """Whether, when the expression is unknown, every unknown operand in it has made it so."""
        for node in walk.nodes((expr,)):
            if isinstance(node, ir.LetRef):
                if not self._strict_lets[node.name]:
                    return False
            elif isinstance(node, ir.Call):
                # `earlier` skips what is nothing, and with it unknowns inside that.
                if node.function in {"earlier", "later"} and any(walk.children(arg) for arg in node.args):
                    return False
            elif not isinstance(node, _STRICT) or (isinstance(node, ir.FieldRef) and node.var != "this"):
                return False
        return True

    def reads_records(self, exprs: tuple[ir.Expr, ...]) -> bool:
        """Whether expressions go through records, lets looked through."""
        seen: set[str] = set()
        stack = list(exprs)
        while stack:
            expr = stack.pop()
            if isinstance(expr, walk.RECORD_EXPRS):
                return True
            if isinstance(expr, ir.LetRef) and expr.name not in seen:
                seen.add(expr.name)
                stack.append(self._plan.lets[expr.name].expr)
            stack += walk.children(expr)
        return False

    def unknown_by(self, entry: walk.Entry, slot: int) -> bool:
        """Whether an entry is unknown in open mode wherever a field is: it consists of tests of that field alone."""
        if isinstance(entry, ir.PointsEntry):
            return self._natures.slot(entry.subject) == slot
        if isinstance(entry, ir.EventEntry):
            return False
        conditions = (entry.condition,) if isinstance(entry, ir.PlainEntry) else (b.condition for b in entry.bands)
        exprs = [expr for condition in conditions for expr in walk.condition(condition)]
        return bool(exprs) and all(self._tests(expr, slot) for expr in exprs)

    def _tests(self, expr: ir.Expr, slot: int) -> bool:
        """Whether an expression tests a field and nothing else: every test of an unknown is unknown in open mode, and
        so is whatever is made of such tests."""
        stack = [expr]
        seen: set[str] = set()
        while stack:
            node = stack.pop()
            if isinstance(node, ir.LetRef) and node.name in seen:
                continue
            if isinstance(node, ir.LetRef):
                seen.add(node.name)
            node = self._plan.resolve(node)
            if isinstance(node, ir.And | ir.Or | ir.Not | ir.Certainly | ir.Possibly):
                stack += walk.children(node)
            elif not self._is_test(node, slot):
                return False
        return True

    def _is_test(self, expr: ir.Expr, slot: int) -> bool:
        if self._natures.slot(expr) == slot:
            return True  # a bool that stands as a condition
        if isinstance(expr, ir.In):
            return self._natures.slot(expr.item) == slot and bool(self._natures.constant_list(expr.items))
        if not isinstance(expr, ir.Compare | ir.Between | ir.TextTest | ir.IsKnown | ir.IsUnknown):
            return False
        sides = [(self._natures.slot(side), self._plan.resolve(side)) for side in walk.children(expr)]
        fixed = all(found == slot or isinstance(side, ir.Const) for found, side in sides)
        return fixed and any(found == slot for found, _ in sides)

    def entry(self, entry: walk.Entry) -> dict[int, Use]:
        """How an entry uses each of its fields."""
        lists = [slot.type.kind == "list" for slot in self._plan.slots]
        uses = {slot: Use(simple=not lists[slot]) for slot in self.slots(walk.entry(entry))}
        if isinstance(entry, ir.EventEntry):
            return {slot: Use(simple=False) for slot in uses}
        if isinstance(entry, ir.PlainEntry):
            self._look([(entry.points, False), *self._conditions(walk.condition(entry.condition))], uses)
            return uses
        subject = self._natures.slot(entry.subject)
        pending = [(entry.subject, False)] if subject is None else []
        if isinstance(entry, ir.BandsEntry):
            pending += self._conditions(tuple(e for band in entry.bands for e in walk.condition(band.condition)))
        elif subject is not None:
            uses[subject].lists.append(tuple(("text", one.choice) for one in entry.choices))
        self._look(pending, uses)
        return uses

    @staticmethod
    def _conditions(exprs: tuple[ir.Expr, ...]) -> list[_Place]:
        return [(expr, True) for expr in exprs]

    def _look(self, places: list[_Place], uses: dict[int, Use]) -> None:
        """Go through expressions, each let once as a condition and once as a value."""
        seen: set[tuple[str, bool]] = set()
        stack = places[::-1]
        while stack:
            expr, condition = stack.pop()
            if isinstance(expr, ir.LetRef):
                if (expr.name, condition) in seen:
                    continue
                seen.add((expr.name, condition))
                expr = self._plan.resolve(expr)
            stack.extend(reversed(self._below(expr, condition, uses)))

    def _below(self, expr: ir.Expr, condition: bool, uses: dict[int, Use]) -> list[_Place]:
        """Note what an expression itself uses; what is to be looked at inside it."""
        slot = self._natures.slot(expr)
        if slot is not None:
            uses[slot].simple &= condition
            return []
        match expr:
            case ir.Any() | ir.Count() | ir.Distinct() | ir.Total() | ir.Pick() | ir.Leave():
                for inside in self.slots(walk.children(expr)):
                    uses[inside].simple = False
                return []
            case ir.And() | ir.Or() | ir.Not() | ir.Certainly() | ir.Possibly():
                return self._conditions(walk.children(expr))
            case ir.IsKnown() | ir.IsUnknown():
                return [(expr.arg, True)] if self._natures.slot(expr.arg) is None else []
            case ir.Compare() | ir.Between() | ir.In():
                return self._sides(expr, uses)
            case _:
                return [(child, False) for child in walk.children(expr)]

    def _sides(self, expr: ir.Compare | ir.Between | ir.In, uses: dict[int, Use]) -> list[_Place]:
        below: list[_Place] = []
        sides = walk.children(expr)
        for at, side in enumerate(sides):
            slot = self._natures.slot(side)
            if slot is None:
                below.append((side, isinstance(expr, ir.Compare)))
                continue
            use = uses[slot]
            others = sides[:at] + sides[at + 1 :]
            if slot in self.slots(others) or self._plan.slots[slot].type.kind == "list":
                use.simple = False
            if isinstance(expr, ir.In):
                fixed = self._natures.constant_list(expr.items)
                if fixed is None:
                    use.against.append(expr.items)
                else:
                    use.lists.append(fixed)
            else:
                use.against.extend(others)
        return below
