"""What a rule's matches depend on: records of which types, which of their fields, and which matches they touch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_python import walk
from leadpolicy.compiler.to_python.literals import duration_size
from leadpolicy.compiler.to_python.plan import Plan
from leadpolicy.compiler.to_python.rules.shape import Shape, action_exprs


class NotMatchedError(ValueError):
    """A construct that rules can't be matched by yet. `construct`: what it is, in words."""

    def __init__(self, rule: str, construct: str) -> None:
        super().__init__(f"the rule {rule} reads {construct}: a session can't match that yet")
        self.rule = rule
        self.construct = construct


@dataclass(slots=True)
class Link:
    """How a record leads to the matches that it touches: `own` (a field's name, "of" for its link, "" for its key)
    is equal to `theirs` ("" for the key) of the record at `position`."""

    own: str
    position: int
    theirs: str


@dataclass(slots=True)
class Reads:
    """Records of a type that a rule reads: the pattern at `position`, or (None) records that are looked for.

    `fields`: those that are read ("of" is the link). `offsets`: (field, microseconds): when time is so far behind a
    field, what depends on the record may change. `link`: None where any match may be touched. `blocks`, `supports`:
    a record of these can only end matches by being there, or only begin them.
    """

    fact: str
    position: int | None
    var: str
    records: ir.Records | None = None
    fields: set[str] = field(default_factory=set)
    offsets: set[tuple[str, int]] = field(default_factory=set)
    link: Link | None = None
    blocks: bool = False
    supports: bool = False


class Reader:
    """Finds what a rule reads."""

    def __init__(self, shape: Shape, plan: Plan) -> None:
        self._shape = shape
        self._plan = plan
        self.found: list[Reads] = []
        self._references: dict[tuple[str, int, str], Reads] = {}
        self.clocked = False
        """Whether time is read in a way that has no instants of its own."""
        self._by_var: dict[str, Reads] = {}
        for position, records in enumerate(shape.patterns):
            self._add(Reads(records.fact, position, records.var, records))
            self._windowed(records, self._by_var[records.var])
        for test in shape.tests:
            self._test(test.expr, test.kind, test.position)
        for action in shape.actions:
            if isinstance(action, ir.Conclude):
                for expr in action_exprs(action):
                    self._walk(expr)
            else:
                for node in walk.nodes(action_exprs(action)):
                    self._refuse(node)

    def _add(self, reads: Reads) -> Reads:
        self._by_var[reads.var] = reads
        self.found.append(reads)
        return reads

    def _test(self, expr: ir.Expr | None, kind: str, position: int) -> None:
        if kind == "of":
            self._by_var[self._shape.patterns[position].var].fields.add("of")
        if expr is None:
            return
        if isinstance(expr, ir.Not) and isinstance(expr.arg, ir.Any):
            self._records(expr.arg, blocks=True)
        elif isinstance(expr, ir.Any):
            self._records(expr, supports=True)
        else:
            self._walk(expr)

    def _windowed(self, records: ir.Records, reads: Reads) -> None:
        fact = self._plan.policy.fact(records.fact)
        window = records.window
        if window is None or fact.dated is None:
            return
        reads.fields.add(fact.dated)
        ends = {0} if not fact.event else set()
        ends |= {end for end in (window.longest, window.shortest) if end}
        reads.offsets |= {(fact.dated, end) for end in ends}

    # ── Expressions ──

    def _walk(self, expr: ir.Expr) -> None:
        match expr:
            case ir.FieldRef():
                self._field(expr)
            case ir.VarRef():
                self._by_var[expr.name].fields.add(self._key(self._by_var[expr.name].fact))
            case ir.Any() | ir.Count() | ir.Distinct() | ir.Total() | ir.Pick() | ir.Leave():
                self._records(expr)
            case ir.Attr():
                self._attribute(expr)
            case ir.Compare() | ir.Between():
                self._compared(expr)
            case ir.Call(function="age"):
                self._age(expr, (0,))
                self.clocked = True
            case _:
                self._refuse(expr)
                for child in walk.children(expr):
                    self._walk(child)

    def _refuse(self, expr: ir.Expr) -> None:
        words = {
            ir.ScoreRef: "a score", ir.TableRef: "a table", ir.GateRef: "a gate", ir.StageRef: "a stage",
            ir.StageValue: "the stage", ir.Disqualified: "`disqualified`", ir.Ago: "`ago`",
            ir.Entered: "`entered(…)`", ir.During: "`during(…)`", ir.HasRoute: "the route",
        }  # fmt: skip
        word = words.get(type(expr))
        if word is not None:
            name = getattr(expr, "name", None) or getattr(expr, "score", None) or getattr(expr, "calendar", None)
            raise NotMatchedError(self._shape.rule.name, f"{word} ({name})" if name else word)

    def _key(self, fact: str) -> str:
        return next((f.name for f in self._plan.policy.fact(fact).fields if f.key), "")

    def _field(self, expr: ir.FieldRef) -> None:
        reads = self._by_var[expr.var]
        reads.fields.add(expr.path[0])
        fact = self._plan.policy.fact(reads.fact)
        self._path(fact, expr.path, reads.position)

    def _path(self, fact: ir.Fact, path: tuple[str, ...], position: int | None) -> None:
        """The records that a path goes through."""
        for step, name in enumerate(path[:-1]):
            declared = next(f for f in fact.fields if f.name == name)
            assert declared.type.fact is not None
            fact = self._plan.policy.fact(declared.type.fact)
            link = Link("", position, name) if step == 0 and position is not None else None
            self._reference(fact.name, path[step + 1], link)

    def _reference(self, fact: str, name: str, link: Link | None) -> None:
        key = (fact, -1 if link is None else link.position, "" if link is None else link.theirs)
        if key not in self._references:
            self._references[key] = Reads(fact, None, f"ref{len(self._references)}", link=link)
            self.found.append(self._references[key])
        self._references[key].fields.add(name)

    def _attribute(self, expr: ir.Attr) -> None:
        fact = self._plan.fact_named(expr.base)
        if isinstance(expr.base, ir.Pick):
            self._records(expr.base, also=expr.path[0])
        else:
            self._walk(expr.base)
            self._reference(fact.name, expr.path[0], None)
        self._path(fact, expr.path, None)

    # ── Time ──

    def _compared(self, expr: ir.Compare | ir.Between) -> None:
        sides = walk.children(expr)
        spans = [
            duration_size(s.value) for s in sides if isinstance(s, ir.Const) and isinstance(s.value, ir.Duration)
        ]
        for side in sides:
            if isinstance(side, ir.Call) and side.function == "age":
                if len(spans) != len(sides) - 1:
                    raise NotMatchedError(self._shape.rule.name, "an age compared with something that isn't fixed")
                self._age(side, (0, *spans, *(span + 1 for span in spans)))
            else:
                self._walk(side)

    def _age(self, expr: ir.Call, offsets: tuple[int, ...]) -> None:
        of = expr.args[0]
        if not isinstance(of, ir.FieldRef) or len(of.path) != 1:
            raise NotMatchedError(self._shape.rule.name, "the age of something that is no field of a record")
        self._walk(of)
        self._by_var[of.var].offsets |= {(of.path[0], offset) for offset in offsets}

    # ── Records ──

    def _records(
        self, expr: walk.RecordExpr, blocks: bool = False, supports: bool = False, also: str | None = None
    ) -> None:
        records = expr.records
        reads = Reads(records.fact, None, records.var, records, blocks=blocks, supports=supports)
        self._add(reads)
        if records.of is not None:
            reads.fields.add("of")
            self._walk(records.of)
        reads.fields |= {also} if also is not None else set()
        self._windowed(records, reads)
        if isinstance(expr, ir.Pick):
            self._ordered(reads)
        of = 0 if records.of is None else 1
        for inner in walk.records(records)[of:]:
            self._walk(inner)
        for inner in _of_each(expr):
            self._walk(inner)
        reads.link = self._link(records)

    def _ordered(self, reads: Reads) -> None:
        fact = self._plan.policy.fact(reads.fact)
        reads.fields |= {fact.dated} if fact.dated is not None else set()
        reads.fields.add(self._key(fact.name))

    def _link(self, records: ir.Records) -> Link | None:
        """What ties the records to a pattern's record, best of all by its key."""
        found: list[Link] = []
        if records.of is not None:
            theirs = self._theirs(records.of)
            found += [Link("of", *theirs)] if theirs is not None else []
        for clause in walk.condition(records.where):
            if isinstance(clause, ir.Compare) and clause.relation == "eq":
                for mine, other in ((clause.left, clause.right), (clause.right, clause.left)):
                    own, theirs = self._own(mine, records), self._theirs(other)
                    if own is not None and theirs is not None and self._alike(mine, other):
                        found.append(Link(own, *theirs))
        found.sort(key=lambda link: link.theirs != "")
        return found[0] if found else None

    @staticmethod
    def _own(expr: ir.Expr, records: ir.Records) -> str | None:
        if isinstance(expr, ir.FieldRef) and expr.var == records.var and len(expr.path) == 1:
            return expr.path[0]
        return "" if isinstance(expr, ir.VarRef) and expr.name == records.var else None

    def _theirs(self, expr: ir.Expr) -> tuple[int, str] | None:
        if isinstance(expr, ir.FieldRef) and len(expr.path) == 1:
            position = self._shape.position(expr.var)
            return None if position is None else (position, expr.path[0])
        if isinstance(expr, ir.VarRef):
            position = self._shape.position(expr.name)
            return None if position is None else (position, "")
        return None

    def _alike(self, left: ir.Expr, right: ir.Expr) -> bool:
        """Whether equal values are equal as they are kept."""
        return self._plan.is_whole(left) == self._plan.is_whole(right)


def _of_each(expr: walk.RecordExpr) -> tuple[ir.Expr, ...]:
    if isinstance(expr, ir.Distinct | ir.Total):
        return (expr.value,)
    if isinstance(expr, ir.Leave):
        return expr.start, expr.end
    return walk.preferences(expr) if isinstance(expr, ir.Pick) else ()


def by_type(found: Mapping[int, list[Reads]]) -> dict[str, list[tuple[int, int, Reads]]]:
    """What is read of each type: (the rule's place, the place among the rule's reads, what)."""
    types: dict[str, list[tuple[int, int, Reads]]] = {}
    for rule, reads in found.items():
        for place, one in enumerate(reads):
            types.setdefault(one.fact, []).append((rule, place, one))
    return types
