"""The leads for which a condition is true, is not true, is false, is not false, as regions (Kleene; decision 0002).

Lets, stages, gates and `disqualified` are looked through to what they stand for. A comparison with constants, `in`,
a range, `is known`, `is unknown`, a field that is a truth value: each is exact, about one subject. Everything else
is a subject of its own that may be true, false or unknown; so is every kind of expression that is not known here.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import Literal, TypeAlias

from leadpolicy.compiler import ir
from leadpolicy.compiler.analysis.regions import EVERYTHING, NOWHERE, Region, TooMuchError, join, meet
from leadpolicy.compiler.analysis.subjects import (
    FALSE,
    TRUE,
    Subject,
    Subjects,
    compared,
    items_of,
    one_of,
    step_of,
)
from leadpolicy.compiler.analysis.value_sets import Known, Ranges, Texts, Values

Want: TypeAlias = Literal["true", "not true", "false", "not false"]

_OPPOSITE: dict[Want, Want] = {
    "true": "false", "false": "true", "not true": "not false", "not false": "not true",
}  # fmt: skip
MOST_DEPTH = 100
"""How deep conditions may nest, what lets, gates and stages stand for counted in."""
MOST_ENTRIES = 60
"""How many disqualify entries are looked through; of more, `disqualified` is a subject of its own."""
MOST_COMBINATIONS = 20
_PURE = (ir.Const, ir.FieldRef, ir.ListRef, ir.ScoreRef, ir.TableRef)


@dataclass(frozen=True, slots=True)
class Atom:
    """A condition about one subject: the values for which it is true, and for which it is false."""

    subject: Subject
    true: Values
    false: Values

    def region(self, want: Want) -> Region:
        """Where it is as wanted."""
        domain = self.subject.domain
        values = self.true if want in {"true", "not true"} else self.false
        if want in {"not true", "not false"}:
            values = domain.minus(values)
        values = values.meet(domain)
        if values.empty:
            return NOWHERE
        return EVERYTHING if values == domain else ({self.subject.number: values},)


class Conditions:
    """Regions of the conditions of one policy. `asking`: as a gate's criteria read (ruling 32)."""

    def __init__(self, policy: ir.Policy, subjects: Subjects) -> None:
        self._policy = policy
        self.subjects = subjects
        self._lets = {x.name: x.expr for x in policy.lets}
        self._lists = {x.name: x for x in policy.lists}
        self._gates = {x.name: x for x in policy.gates}
        self._stages = {x.name: i for i, x in enumerate(policy.funnel or ())}
        self._parts: dict[tuple[str, Want, bool], Region | None] = {}
        self._opaque_parts: set[tuple[str, Want, bool]] = set()
        self._depth = 0
        self.opaque = 0
        """How often something was met that is taken as: may be anything."""

    def condition(self, condition: ir.Condition | None, want: Want, asking: bool = False) -> Region:
        """Where a condition is as wanted; no condition is always true. Raises `TooMuchError`."""
        if condition is None:
            return EVERYTHING if want in {"true", "not false"} else NOWHERE
        return self._all([c.expr for c in condition.clauses], want, asking)

    def region(self, expr: ir.Expr, want: Want, asking: bool = False) -> Region:
        """Where an expression, as a condition, is as wanted. Raises `TooMuchError`."""
        if self._depth >= MOST_DEPTH:
            raise TooMuchError
        self._depth += 1
        try:
            return self._region(expr, want, asking)
        finally:
            self._depth -= 1

    def _region(self, expr: ir.Expr, want: Want, asking: bool) -> Region:
        match expr:
            case ir.And(args=args):
                return self._all(args, want, asking)
            case ir.Or(args=args):
                return self._any(args, want, asking)
            case ir.Not(arg=arg):
                return self.region(arg, _OPPOSITE[want], asking)
            case ir.Certainly(arg=arg):
                return self.region(arg, "true" if want in {"true", "not false"} else "not true", asking)
            case ir.Possibly(arg=arg):
                return self.region(arg, "not false" if want in {"true", "not false"} else "false", asking)
            case ir.LetRef(name=name) if name in self._lets:
                return self._part(f"let {name}", want, asking)
            case ir.StageRef(name=name) if name in self._stages:
                return self._part(f"stage {name}", want, False)
            case ir.GateRef(name=name, verdict=verdict) if name in self._gates:
                return self._part(f"gate {name}", want if verdict == "pass" else _OPPOSITE[want], False)
            case ir.Disqualified():
                return self._part("disqualified", "true" if want in {"true", "not false"} else "not true", False)
            case ir.IsKnown(arg=arg) | ir.IsUnknown(arg=arg):
                return self._known(expr, self.look_through(arg), want, asking)
            case ir.Compare(relation=relation, left=left, right=ir.Const() as right) if isinstance(
                self.look_through(left), ir.StageValue
            ):
                return self._stage_compared(relation, right, want)
            case _:
                return self.atom(expr, asking).region(want)

    def look_through(self, expr: ir.Expr) -> ir.Expr:
        """What a let stands for."""
        while isinstance(expr, ir.LetRef) and expr.name in self._lets:
            expr = self._lets[expr.name]
        return expr

    def _all(self, args: Sequence[ir.Expr], want: Want, asking: bool) -> Region:
        """A conjunction: true, or not false, where all are; false, or not true, where any is."""
        return self._combined(args, want, asking, all_of_them=want in {"true", "not false"})

    def _any(self, args: Sequence[ir.Expr], want: Want, asking: bool) -> Region:
        """A disjunction, the other way round."""
        return self._combined(args, want, asking, all_of_them=want in {"false", "not true"})

    def _combined(self, args: Sequence[ir.Expr], want: Want, asking: bool, *, all_of_them: bool) -> Region:
        if not all_of_them:
            return join(self.region(arg, want, asking) for arg in args)
        found = EVERYTHING
        for arg in args:
            found = meet(found, self.region(arg, want, asking))
            if found == NOWHERE:
                break
        return found

    # ── Parts of the policy ──

    def _part(self, part: str, want: Want, asking: bool) -> Region:
        """A part of the policy by name, worked out once; one that is too much is a subject of its own."""
        key = (part, want, asking)
        if key not in self._parts:
            before = self.opaque
            try:
                self._parts[key] = self._through(part, want, asking)
            except TooMuchError:
                self._parts[key] = None
            if self.opaque > before:
                self._opaque_parts.add(key)
        self.opaque += key in self._opaque_parts
        found = self._parts[key]
        return self._unseen(part, asking).region(want) if found is None else found

    def _unseen(self, part: str, asking: bool) -> Atom:
        self.opaque += 1
        two_valued = part == "disqualified"
        subject = self.subjects.truth(part) if two_valued else self.subjects.opaque((part, asking))
        return Atom(subject, Values(TRUE), Values(FALSE))

    def _through(self, part: str, want: Want, asking: bool) -> Region:
        kind, _, name = part.partition(" ")
        match kind:
            case "let":
                return self.region(self._lets[name], want, asking)
            case "stage":
                return self._stage(self._stages[name], want)
            case "gate":
                return self._gate(self._gates[name], want)
            case _:
                return self._disqualified(want)

    def _disqualified(self, want: Want) -> Region:
        """Whether any entry is true: never unknown."""
        entries = self._policy.disqualify or ()
        if len(entries) > MOST_ENTRIES:
            raise TooMuchError
        if want == "true":
            return join(self.condition(e.condition, "true") for e in entries)
        found = EVERYTHING
        for entry in entries:
            found = meet(found, self.condition(entry.condition, "not true"))
        return found

    def _stage(self, index: int, want: Want) -> Region:
        """Reached: its condition and those above hold, and the lead is not disqualified (ruling 35)."""
        parts = [self.condition(s.condition, want) for s in (self._policy.funnel or ())[: index + 1]]
        gone = self.region(ir.Disqualified(), _OPPOSITE[want])
        if want in {"false", "not true"}:
            return join([*parts, gone])
        found = gone
        for part in parts:
            found = meet(found, part)
        return found

    def _stage_compared(self, relation: str, const: ir.Const, want: Want) -> Region:
        """`stage`, the last stage reached, in a relation to a stage: never unknown."""
        stages = [s.name for s in self._policy.funnel or ()]
        step = step_of(const, ir.Type(kind="choice", choices=tuple(stages)), 1)
        assert not isinstance(step, str)
        if step is None:
            raise TooMuchError
        wanted = compared(relation, step).meet(Ranges(((0, len(stages) - 1),)))
        holds: list[ir.Expr] = []
        for low, high in wanted.intervals:
            both: list[ir.Expr] = [ir.Certainly(arg=ir.StageRef(name=stages[int(low)]))]
            if high + 1 < len(stages):
                both.append(ir.Not(arg=ir.Certainly(arg=ir.StageRef(name=stages[int(high) + 1]))))
            holds.append(ir.And(args=tuple(both)))
        return self._any(holds, want, False)

    def _gate(self, gate: ir.Gate, want: Want) -> Region:
        """At least so many criteria: any selection of so many of them, all in it."""
        if comb(len(gate.criteria), gate.needed) > MOST_COMBINATIONS:
            raise TooMuchError
        found: list[Region] = []
        for chosen in combinations(gate.criteria, gate.needed):
            exprs = [clause.expr for criterion in chosen for clause in criterion.condition.clauses]
            found.append(self._all(exprs, want, asking=True))
        if want in {"true", "not false"}:
            return join(found)
        whole = EVERYTHING
        for part in found:
            whole = meet(whole, part)
        return whole

    # ── One subject ──

    def _known(self, expr: ir.Expr, arg: ir.Expr, want: Want, asking: bool) -> Region:
        """`is known` and `is unknown`, of a value or of a condition."""
        positive = want in {"true", "not false"}
        if isinstance(arg, ir.StageValue):
            first = (self._policy.funnel or ())[:1]
            if isinstance(expr, ir.IsUnknown) or not first:
                return NOWHERE if positive else EVERYTHING
            return self.region(ir.Certainly(arg=ir.StageRef(name=first[0].name)), want)
        subject = self.subjects.of(arg)
        if subject is not None:
            return self._known_value(expr, subject, asking).region(want)
        if not isinstance(arg, ir.And | ir.Or | ir.Not | ir.Compare | ir.In | ir.Between | ir.TextTest | ir.GateRef
                          | ir.StageRef | ir.Certainly | ir.Possibly | ir.IsKnown | ir.IsUnknown):  # fmt: skip
            return self._opaque(expr, asking).region(want)
        inner = expr.arg if isinstance(expr, ir.IsKnown | ir.IsUnknown) else arg  # a let as such: it is kept
        known = ir.Or(args=(ir.Certainly(arg=inner), ir.Certainly(arg=ir.Not(arg=inner))))
        if isinstance(expr, ir.IsUnknown):
            return self.region(ir.Not(arg=known), want, asking)
        if asking and want in {"false", "not false"}:
            return NOWHERE if want == "false" else EVERYTHING
        return self.region(known, want, asking)

    @staticmethod
    def _known_value(expr: ir.Expr, subject: Subject, asking: bool) -> Atom:
        empty: Known = Texts(frozenset()) if isinstance(subject.domain.known, Texts) else Ranges(())
        known = Values(subject.domain.known)
        unknown, nothing = Values(empty, unknown=True), Values(empty, nothing=True)
        if isinstance(expr, ir.IsUnknown):
            return Atom(subject, unknown, known.join(nothing))
        return Atom(subject, known, nothing if asking else nothing.join(unknown))

    def atom(self, expr: ir.Expr, asking: bool = False) -> Atom:
        """A condition about one subject; what is not of that form is a subject itself."""
        found = self._tested(expr)
        if found is None:
            return self._opaque(expr, asking)
        subject, true = found
        false = Values(subject.domain.known.complement() if true is None else true.complement(), nothing=True)
        return Atom(subject, Values(true) if true is not None else subject.domain, false)

    def _tested(self, expr: ir.Expr) -> tuple[Subject, Known] | None:
        """The subject of a comparison with constants, and the known values for which it is true."""
        match expr:
            case ir.Compare(relation=relation, left=left, right=ir.Const() as right):
                subject = self.subjects.of(self.look_through(left))
                return None if subject is None else self._compared(subject, relation, right)
            case ir.Compare(relation=relation, left=ir.Const() as left, right=right):
                subject = self.subjects.of(self.look_through(right))
                return None if subject is None else self._compared(subject, _TURNED[relation], left)
            case ir.Between(item=item, low=ir.Const() as low, high=ir.Const() as high):
                subject = self.subjects.of(self.look_through(item))
                least = None if subject is None else self._compared(subject, "ge", low)
                most = None if subject is None else self._compared(subject, "le", high)
                if least is None or most is None:
                    return None
                assert isinstance(least[1], Ranges)
                assert isinstance(most[1], Ranges)
                return least[0], least[1].meet(most[1])
            case ir.In(item=item, items=items):
                subject = self.subjects.of(self.look_through(item))
                constants = items_of(items, self._lists)
                if subject is None or not constants or subject.type.kind == "list":
                    return None
                return subject, one_of(constants, subject.type, subject.scale)
            case ir.FieldRef(type=type_) | ir.TableRef(type=type_) if type_.kind == "bool":
                subject = self.subjects.of(expr)
                return None if subject is None else (subject, TRUE)
            case _:
                return None

    @staticmethod
    def _compared(subject: Subject, relation: str, const: ir.Const) -> tuple[Subject, Known] | None:
        step = step_of(const, subject.type, subject.scale)
        if step is None or subject.type.kind == "list":
            return None
        if isinstance(step, str):
            texts = isinstance(subject.domain.known, Texts) and relation == "eq"
            return (subject, Texts(frozenset({step}))) if texts else None
        return (subject, compared(relation, step)) if isinstance(subject.domain.known, Ranges) else None

    def _opaque(self, expr: ir.Expr, asking: bool) -> Atom:
        key: Hashable = (expr, asking and not _reads_alike(expr))
        try:
            hash(key)
        except TypeError:
            key = id(expr)
        if not isinstance(expr, ir.Const):
            self.opaque += 1
        return Atom(self.subjects.opaque(key, expr, asking), Values(TRUE), Values(FALSE))


_TURNED = {"eq": "eq", "lt": "gt", "le": "ge", "gt": "lt", "ge": "le"}


def _reads_alike(expr: ir.Expr) -> bool:
    """Whether it means the same in a gate as elsewhere: it has no let, and no `is known` below it."""
    match expr:
        case ir.Compare(left=a, right=b) | ir.In(item=a, items=b) | ir.TextTest(text=a, part=b):
            return isinstance(a, _PURE) and isinstance(b, _PURE)
        case _:
            return False
