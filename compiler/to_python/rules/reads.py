"""What a rule's matches depend on: records of which types, which of their fields, and which matches they touch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_python import walk
from leadpolicy.compiler.to_python.literals import duration_size
from leadpolicy.compiler.to_python.plan import Key, Plan
from leadpolicy.compiler.to_python.rules.shape import Shape, action_exprs
from leadpolicy.compiler.unmatched import age_of_no_field, destination, loose_age, stage_entry

if TYPE_CHECKING:
    from leadpolicy.compiler.to_python.rules.parts import Parts


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

    `fields`: those that are read ("of" is the link). `offsets`: (field, span, microseconds): when time is so far
    behind a field, and as far besides as the duration in the field `span` says ("": in none), what depends on the
    record may change. `parts`: the numbers of the parts of the record that are read. `link`: None where any match may
    be touched. `blocks`, `supports`: a record of these can only end matches by being there, or only begin them.
    """

    fact: str
    position: int | None
    var: str
    records: ir.Records | None = None
    fields: set[str] = field(default_factory=set)
    offsets: set[tuple[str, str, int]] = field(default_factory=set)
    parts: set[int] = field(default_factory=set)
    link: Link | None = None
    blocks: bool = False
    supports: bool = False


class Reader:
    """Finds what a rule reads, or (`back`: so many microseconds ago) a part of leads."""

    def __init__(self, shape: Shape, plan: Plan, parts: Parts, back: int = 0) -> None:
        self._shape = shape
        self._plan = plan
        self._parts = parts
        self._back = back
        self.found: list[Reads] = []
        self._references: dict[tuple[str, int, str], Reads] = {}
        self.clocked = False
        """Whether time is read in a way that has no instants of its own."""
        self.calendars: dict[str, None] = {}
        """Of which calendars it is asked whether they are open."""
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
                    self._in_action(node)

    def _in_action(self, node: ir.Expr) -> None:
        """What an action works out is looked at when the match fires, and no other time."""
        self._refuse(node)
        key = part_of(node)
        if key is not None:
            self._parts.number(*key)

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
        if fact.event and self._back and fact.dated is not None:
            reads.offsets.add((fact.dated, "", self._back))
        if window is None or fact.dated is None:
            return
        reads.fields.add(fact.dated)
        ends = {0} if not fact.event else set()
        ends |= {end for end in (window.longest, window.shortest) if end}
        reads.offsets |= {(fact.dated, "", end + self._back) for end in ends}

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
            case ir.In():
                self._compared(expr)
            case ir.Call(function="age"):
                self._age(expr, {("", 0)})
                self.clocked = True
            case ir.During():
                self.calendars[expr.calendar] = None
            case _:
                key = part_of(expr)
                if key is not None:
                    self._part(getattr(expr, "of", ""), *key)
                    return
                self._refuse(expr)
                for child in walk.children(expr):
                    self._walk(child)

    def _part(self, var: str, key: Key, back: int) -> None:
        """A part of the record that a name is bound to."""
        self._by_var[var].parts.add(self._parts.number(key, back + self._back))

    def _refuse(self, expr: ir.Expr) -> None:
        if isinstance(expr, ir.Entered):
            raise stage_entry(self._shape.rule.name, expr.stage)
        if isinstance(expr, ir.HasRoute):
            raise destination(self._shape.rule.name)

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

    def _compared(self, expr: ir.Compare | ir.Between | ir.In) -> None:
        """An age on one side has instants by the spans on the others."""
        sides = walk.children(expr)
        for side in sides:
            if isinstance(side, ir.Call) and side.function == "age":
                others = [other for other in sides if other is not side]
                spans = [span for other in others for span in self._spans(other, side)]
                if any(_is_aged(other) for other in others):
                    self.clocked = True
                self._age(side, {("", 0), *spans, *((name, length + 1) for name, length in spans)})
            else:
                self._walk(side)

    def _spans(self, other: ir.Expr, age: ir.Call) -> list[tuple[str, int]]:
        """The lengths that an age is compared with: (field of the same record, or "", microseconds). None of a side
        that depends on time itself."""
        if isinstance(other, ir.Const):
            values = other.value if isinstance(other.value, tuple) else (other.value,)
            return [("", duration_size(value)) for value in values if isinstance(value, ir.Duration)]
        if isinstance(other, ir.ListRef):
            items = self._plan.lists[other.name].items
            return [("", duration_size(item)) for item in items if isinstance(item, ir.Duration)]
        of = age.args[0]
        if isinstance(other, ir.FieldRef) and isinstance(of, ir.FieldRef) and other.var == of.var:
            if len(other.path) == len(of.path) == 1:
                return [(other.path[0], 0)]
        elif _is_aged(other):
            return []
        raise loose_age(self._shape.rule.name)

    def _age(self, expr: ir.Call, offsets: set[tuple[str, int]]) -> None:
        """The instants of an age: so far behind the time that it is counted from."""
        of = expr.args[0]
        self._walk(of)
        for reads, name in self._dated_by(of):
            reads.offsets |= {(name, span, length + self._back) for span, length in offsets}

    def _dated_by(self, of: ir.Expr) -> list[tuple[Reads, str]]:
        """The fields that a time comes from."""
        match of:
            case ir.FieldRef():
                fact, reads = self._plan.policy.fact(self._by_var[of.var].fact), self._by_var[of.var]
                if len(of.path) == 1:
                    return [(reads, of.path[0])]
                return [self._end_of_path(fact, of.path, reads.position)]
            case ir.Attr(base=ir.Pick(records=records)) if len(of.path) == 1:
                return [(self._by_var[records.var], of.path[0])]
            case ir.Attr():
                return [self._end_of_path(self._plan.fact_named(of.base), of.path, None)]
            case ir.Call(function="earlier" | "later"):
                return [found for arg in of.args for found in self._dated_by(arg)]
        raise age_of_no_field(self._shape.rule.name)

    def _end_of_path(self, fact: ir.Fact, path: tuple[str, ...], position: int | None) -> tuple[Reads, str]:
        """The records that a path ends at, as `_path` or `_attribute` noted them."""
        for step, name in enumerate(path[:-1]):
            declared = next(f for f in fact.fields if f.name == name)
            assert declared.type.fact is not None
            fact = self._plan.policy.fact(declared.type.fact)
            tied = step == 0 and position is not None
            key = (fact.name, position if tied and position is not None else -1, name if tied else "")
        if len(path) == 1:
            key = (fact.name, -1, "")
        return self._references[key], path[-1]

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


def _is_aged(expr: ir.Expr) -> bool:
    """Whether an expression depends on how time passes."""
    return any(isinstance(node, ir.Call) and node.function == "age" for node in walk.nodes((expr,)))


def part_of(expr: ir.Expr) -> tuple[Key, int] | None:
    """The part of a lead that an expression is, and how long ago; None where it is none."""
    match expr:
        case ir.ScoreRef():
            return ("score" if expr.bound == "value" else expr.bound, expr.name), 0
        case ir.Ago():
            return ("score", expr.score), expr.span
        case ir.TableRef():
            return ("table", expr.name), 0
        case ir.GateRef():
            return ("gate", expr.name), 0
        case ir.StageRef():
            return ("stage", expr.name), 0
        case ir.StageValue():
            return ("stages", ""), 0
        case ir.Disqualified():
            return ("disqualified", ""), 0
    return None


def by_type(found: Mapping[int, list[Reads]]) -> dict[str, list[tuple[int, int, Reads]]]:
    """What is read of each type: (the rule's place, the place among the rule's reads, what)."""
    types: dict[str, list[tuple[int, int, Reads]]] = {}
    for rule, reads in found.items():
        for place, one in enumerate(reads):
            types.setdefault(one.fact, []).append((rule, place, one))
    return types
