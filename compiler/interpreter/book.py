"""The policy, by name: what the other modules look up again and again."""

from __future__ import annotations

from fractions import Fraction

from leadpolicy.compiler import ir
from leadpolicy.compiler.interpreter.values import Known, ListValue, constant
from leadpolicy.compiler.interpreter.work_time import WorkTime

_BOOL = ir.Type(kind="bool")
_NUMBER = ir.Type(kind="number")
_INT = ir.Type(kind="int")
_TIME = ir.Type(kind="time")


class Book:
    """One policy's declarations by name. Nothing here depends on a lead."""

    def __init__(self, policy: ir.Policy) -> None:
        self.policy = policy
        self.facts = {f.name: f for f in policy.facts}
        self.about = self.facts[policy.about]
        self.fields = {f.name: {field.name: field for field in f.fields} for f in policy.facts}
        self.lets = {x.name: x for x in policy.lets}
        self.lets_named: dict[str, tuple[str, ...]] = {}
        """The lets that each let names; filled by `reads.lets_named`."""
        self.scores = {x.name: x for x in policy.scores}
        self.tables = {x.name: x for x in policy.tables}
        self.gates = {x.name: x for x in policy.gates}
        self.stages = {x.name: i for i, x in enumerate(policy.funnel or ())}
        self.lists = {x.name: self._list(x) for x in policy.lists}
        self._order = {fact.name: {field.name: i for i, field in enumerate(fact.fields)} for fact in policy.facts}
        # By identity, because hashing a node hashes all of it; the node is kept, so its identity stays its own.
        self._constants: dict[int, tuple[ir.Const, Known]] = {}
        self._steps: dict[tuple[str, tuple[str, ...]], list[tuple[str, ir.FactField]]] = {}
        self.work_times = {c.name: WorkTime(c, policy.zone) for c in policy.calendars}

    @staticmethod
    def _list(named: ir.NamedList) -> ListValue:
        item = named.type.item if named.type.item is not None else named.type
        value = constant(tuple(v for v in named.items if not isinstance(v, tuple)), ir.Type(kind="list", item=item))
        assert isinstance(value, ListValue)
        return value

    def constant(self, node: ir.Const) -> Known:
        """The value of a literal, worked out once."""
        kept = self._constants.get(id(node))
        if kept is None:
            kept = self._constants[id(node)] = (node, constant(node.value, node.type))
        return kept[1]

    def steps(self, path: tuple[str, ...], start: str | None = None) -> list[tuple[str, ir.FactField]]:
        """The path's fields, each with the fact type that it belongs to; `start` is that of the first, the one
        decided about where it isn't given."""
        fact = self.about.name if start is None else start
        kept = self._steps.get((fact, path))
        if kept is not None:
            return kept
        found = self._steps[fact, path] = []
        for name in path:
            field = self.fields[fact][name]
            found.append((fact, field))
            fact = field.type.fact or fact
        return found

    def position(self, path: tuple[str, ...], start: str | None = None) -> tuple[int, ...]:
        """Where the path's fields are declared, step by step: sorts paths in declaration order. Those of this record
        come first, then those of other records, by type."""
        first = -1 if start is None else list(self.facts).index(start)
        return (first, *(self._order[fact][field.name] for fact, field in self.steps(path, start)))

    def key_of(self, fact: str) -> ir.FactField | None:
        """The key field of a fact type."""
        return next((f for f in self.facts[fact].fields if f.key), None)

    def owner_field(self) -> ir.FactField | None:
        """The field of the fact decided about that names the owner."""
        return self.role_field("owner")

    def role_field(self, role: ir.Role) -> ir.FactField | None:
        """The field of the fact decided about that has a role."""
        return next((f for f in self.about.fields if f.role == role), None)

    def look_through(self, expr: ir.Expr) -> ir.Expr:
        """What a let stands for, down to what is no let."""
        while isinstance(expr, ir.LetRef):
            expr = self.lets[expr.name].expr
        return expr

    def bounds_of(self, score: ir.Score) -> tuple[Fraction | None, Fraction | None]:
        """The score's range."""
        low = None if score.low is None else Fraction(score.low)
        high = None if score.high is None else Fraction(score.high)
        return low, high


def type_of(expr: ir.Expr) -> ir.Type:
    """The type of an expression's value."""
    match expr:
        case ir.ScoreRef():
            return _NUMBER
        case ir.Count() | ir.Distinct():
            return _INT
        case ir.Entered():
            return _TIME
        case (
            ir.Const() | ir.FieldRef() | ir.LetRef() | ir.TableRef() | ir.ListRef() | ir.StageValue()
            | ir.Arith() | ir.Neg() | ir.Call() | ir.TimeAdd() | ir.Total() | ir.Pick() | ir.Attr() | ir.VarRef()
        ):  # fmt: skip
            return expr.type
        case _:
            return _BOOL
