"""Functions of the network: their names for records, tables and indexes, and conditions written for them."""

from __future__ import annotations

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_python import walk
from leadpolicy.compiler.to_python.bindings import free_names
from leadpolicy.compiler.to_python.code import COMPARISON, Code, all_of, any_of, inverse
from leadpolicy.compiler.to_python.expressions import Expressions
from leadpolicy.compiler.to_python.literals import SCALED_KINDS, literal, sequence
from leadpolicy.compiler.to_python.plan import Plan
from leadpolicy.compiler.to_python.rails import Operand, Rails, conjunction, guards, nothings, settled
from leadpolicy.compiler.to_python.records import field_place
from leadpolicy.compiler.to_python.scope import Scope, Shared
from leadpolicy.compiler.to_python.writer import Writer


class Indexes:
    """The indexes of the working memory that the network uses: by type and fields. A field "of" is the link."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self.found: dict[tuple[str, tuple[str, ...]], str] = {}

    def name(self, fact: str, fields: tuple[str, ...]) -> str:
        """The name of an index."""
        return self.found.setdefault((fact, fields), f"index_{len(self.found)}")

    def table(self, fact: str) -> str:
        """The name of a type's table: by what tells its records apart."""
        return f"table_{self._plan.bindings.place(fact)}"

    def keyed(self, fact: str) -> str:
        """The name of a type's records by their keys."""
        return f"keyed_{self._plan.bindings.place(fact)}"

    def place(self, fact: str, name: str) -> int:
        """Where a field, or the link, stands in a record."""
        declared = self._plan.policy.fact(fact)
        return len(declared.fields) if name == "of" else field_place(declared, name)


def meta(fact: ir.Fact) -> int:
    """Where a record's position of arrival stands; behind it its number and its identity."""
    return len(fact.fields) + (fact.of is not None)


class RuleScope(Scope):
    """A function inside the network. Its records have fixed names; memory is around it."""

    def __init__(self, shared: Shared, indexes: Indexes, variables: dict[str, str]) -> None:
        super().__init__(shared, "")
        self.indexes = indexes
        self._variables.update(variables)
        self.ordered = True
        """Whether records are to be gone through in their order."""

    def forget(self) -> None:
        """What follows may find memory changed: nothing that was worked out so far is used there."""
        for known in (self._hoisted, self.lets, self.written, self.tallied):
            known.clear()

    def slot(self, index: int) -> str:
        """There is no lead that a rule is about."""
        raise ValueError("a rule reads `this`")

    def indexed(self, expressions: Expressions, records: ir.Records) -> str | None:
        """A name for the rows that can count, found by a field that must be equal to something from outside; those
        where it is unknown can, too."""
        place = self.plan.bindings.place(records.fact)
        if records.of is not None:
            index = self.indexes.name(records.fact, ("of",))
            return None if self.ordered else self._owned(expressions.operand(records.of), index, place)
        for clause in walk.condition(records.where):
            found = equality(clause, records.var, self.plan)
            if found is not None and found[0] != "":
                name, other = found
                index = self.indexes.name(records.fact, (name,))
                value = expressions.operand(other)
                table = self.indexes.table(records.fact)
                fact = self.plan.policy.fact(records.fact)
                unknown = expressions.natures.record_path(fact, (name,)).unknown
                rows = f"{index}.get({value.text}, ())"
                if unknown:
                    rows = f"(*{rows}, *{index}.get(None, ()))"
                if value.nature.unknown:
                    rows = f"(*{table}.values(),) if {value.text} is None else {rows}"
                if value.nature.nothing:
                    rows = f"() if {value.text} is NOTHING else {rows}"
                return self.hoist(f"records.sorted({place}, {rows})" if self.ordered else rows)
        return None if self.ordered else self.hoist(f"records.every({place})")

    def unordered(self, expressions: Expressions, records: ir.Records) -> str:
        """A name for the rows that can count, in no order."""
        ordered, self.ordered = self.ordered, False
        try:
            rows = self.indexed(expressions, records)
        finally:
            self.ordered = ordered
        assert rows is not None, "in no order there is always a name"
        return rows

    def _owned(self, owner: Operand, index: str, place: int) -> str:
        """A name for the records that belong to one."""
        if owner.nature.unknown or owner.nature.nothing:
            return self.hoist(f"records.some({place}, {owner.text})")
        return self.hoist(f"{index}.get({owner.text}, ())")

    def write(self, out: Writer, name: str, parameters: str, doc: str) -> None:
        """The function, put where the network is written."""
        with out.block(f"def {name}({parameters}):"):
            out.line(f'"""{doc}"""')
            if "now" in self._others:
                out.line("now = s.now")
            out.extend(self.body)


def equality(clause: ir.Expr, var: str, plan: Plan) -> tuple[str, ir.Expr] | None:
    """(field of the record bound to `var`, what it must be equal to); "" for its key. None for another condition."""
    if not isinstance(clause, ir.Compare) or clause.relation != "eq":
        return None
    for mine, other in ((clause.left, clause.right), (clause.right, clause.left)):
        if var in free_names((other,)) or any(isinstance(n, walk.RECORD_EXPRS) for n in walk.nodes((other,))):
            continue
        if isinstance(mine, ir.FieldRef) and mine.var == var and len(mine.path) == 1:
            if isinstance(other, ir.Const) or plan.is_whole(other) != (mine.type.kind not in SCALED_KINDS):
                continue
            return mine.path[0], other
        if isinstance(mine, ir.VarRef) and mine.name == var and not isinstance(other, ir.Const):
            return "", other
    return None


class RuleExpressions(Expressions):
    """Conditions of rules: `any` and `no` look no further than they must."""

    scope: RuleScope

    def _operand(self, expr: ir.Expr) -> Operand:
        if isinstance(expr, ir.Any):
            direct = self.direct(expr)
            if direct is not None:
                return Operand(self.scope.hoist(direct), self.nature(expr), "bool")
        counts = isinstance(expr, ir.Any | ir.Count | ir.Distinct | ir.Total)
        if not counts or any(isinstance(node, ir.Pick) for node in walk.nodes((expr,))):
            return super()._operand(expr)
        ordered, self.scope.ordered = self.scope.ordered, False
        try:
            return super()._operand(expr)
        finally:
            self.scope.ordered = ordered

    def direct(self, expr: ir.Any) -> str | None:
        """`any R` by one look into an index, where all conditions of R are equalities of what is always known."""
        records = expr.records
        if records.window is not None or self.nature(expr).unknown:
            return None
        pairs: list[tuple[str, ir.Expr]] = [] if records.of is None else [("of", records.of)]
        for clause in walk.condition(records.where):
            found = equality(clause, records.var, self.scope.plan)
            if found is None or found[0] == "" or self.nature(found[1]).nothing:
                return None
            pairs.append(found)
        if not pairs or len({name for name, _ in pairs}) < len(pairs):
            return None
        index = self.scope.indexes.name(records.fact, tuple(name for name, _ in pairs))
        values = [self.operand(other) for _, other in pairs]
        if any(value.nature.nothing for value in values):
            return None
        texts = [value.text for value in values]
        return f"{texts[0] if len(texts) == 1 else sequence(texts)} in {index}"


def window_rails(inner: Expressions, records: ir.Records, variable: str) -> Rails:
    """That a record lies in its window (ruling 11)."""
    fact, window = inner.scope.plan.policy.fact(records.fact), records.window
    assert window is not None
    if fact.dated is None:
        return conjunction([])
    at = Operand(
        f"{variable}[{field_place(fact, fact.dated)}]", inner.natures.record_path(fact, (fact.dated,)), "time"
    )
    age = f"{inner.scope.now()} - {at.text}"
    if window.longest is None:
        holds = Code(f"{age} >= {literal(window.shortest)}", COMPARISON)
    else:
        holds = Code(f"{literal(window.shortest)} <= {age} < {literal(window.longest)}", COMPARISON)
    rails = [_guarded([at], holds)]
    if window.since is not None:
        since = inner.operand(window.since)
        rails.append(_guarded([at, since], Code(f"{at.text} >= {since.text}", COMPARISON)))
    return conjunction(rails)


def _guarded(operands: list[Operand], holds: Code) -> Rails:
    true = all_of([*guards(operands), holds])
    false = any_of([*nothings(operands), all_of([*guards(operands), inverse(holds)])])
    return settled(true, false, operands, holds)
