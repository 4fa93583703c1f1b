"""Conditions over columns: Kleene's logic, as Polars has it with null, and nothing beside it."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_polars import operands
from leadpolicy.compiler.to_polars.nodes import Graph, Node
from leadpolicy.compiler.to_polars.records import FactRecords, RecordColumns
from leadpolicy.compiler.to_polars.values import LARGEST, SCALE, SURE, CannotLowerError, Truth, Value, fits, within
from leadpolicy.compiler.to_python import walk
from leadpolicy.compiler.to_python.literals import NUMERIC_KINDS, kept, literal, scaled
from leadpolicy.compiler.to_python.nature import ASKING, PLAIN, Natures
from leadpolicy.compiler.to_python.plan import Plan

_SIGNS: Final = {"eq": "==", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
_SIZED: Final = NUMERIC_KINDS | {"time", "date", "duration", "bool"}
"""Kinds that are kept as numbers."""
_NO_CODE: Final = 252
"""A number that no value of few has."""
_FEW: Final = 12
"""So many constants are compared one by one; that is faster than looking them up."""


class Shared:
    """What all lowering of a policy shares: the graph, the parts that are lowered already, and what each reads."""

    def __init__(self, plan: Plan, graph: Graph | None = None) -> None:
        self.plan = plan
        self.graph = graph or Graph()
        self.natures = Natures(plan)
        self.records = RecordColumns(plan)
        self.parts: dict[tuple[str, str], Value | Truth | CannotLowerError] = {}
        self.compared: dict[int, dict[Node, None]] = {}
        """By slot of texts: where it is one of the constants that it was compared with."""
        self.free: set[int] = set()
        """Slots of texts that are not only compared with constants."""
        self.guards: list[tuple[Node, Node]] = []
        """Where a node's numbers may have left 64 bits: those leads are the evaluator's."""
        self.lets: dict[tuple[str, str], Value | Truth | CannotLowerError] = {}
        self.memo: dict[tuple[int, str], Value | Truth] = {}

    def keys(self, fact: str) -> Node:
        """The keys of the records of a fact that were passed."""
        return self.graph.leaf(f"keys[{literal(fact)}]")

    def part(self, key: tuple[str, str], what: str) -> Value | Truth:
        """A part that is lowered already; CannotLowerError where it wasn't."""
        found = self.parts.get(key)
        if found is None or isinstance(found, CannotLowerError):
            raise CannotLowerError(f"it reads {what}" + (f": {found}" if found is not None else ""))
        return found


class Expressions:
    """Lowers expressions in one mode of reading."""

    def __init__(self, shared: Shared, mode: str = PLAIN) -> None:
        self.shared = shared
        self.graph = shared.graph
        self.plan = shared.plan
        self.mode = mode
        self.record: tuple[RecordColumns, FactRecords, str] | None = None
        """The record at hand, where the columns are those of records."""

    # ── Conditions ──

    def condition(self, condition: ir.Condition | None) -> Truth:
        """A condition; of none: always true."""
        if condition is None:
            return Truth(self.graph.true)
        return self._all([self.truth(clause.expr) for clause in condition.clauses])

    def _all(self, below: list[Truth]) -> Truth:
        node = self.graph.conjunction([one.node for one in below])
        # Where one part says that something is known, the others can't be unknown by that: the whole is false then.
        asked = {one.node.parts[0] for one in below if one.node.parts[1:] == (".is_not_null()",)}
        doubts = frozenset(doubt for one in below for doubt in one.doubts if doubt not in asked)
        return Truth(node, SURE if node is self.graph.false else doubts)

    def _any(self, below: list[Truth]) -> Truth:
        node = self.graph.disjunction([one.node for one in below])
        return Truth(node, SURE if node is self.graph.true else frozenset().union(*(one.doubts for one in below)))

    def truth(self, expr: ir.Expr) -> Truth:
        """An expression as a condition."""
        known = self.shared.memo.get((id(expr), self.mode + "?"))
        if not isinstance(known, Truth):
            known = self.shared.memo[id(expr), self.mode + "?"] = self._truth(expr)
        return known

    def _truth(self, expr: ir.Expr) -> Truth:
        graph = self.graph
        match expr:
            case ir.And():
                return self._all([self.truth(arg) for arg in expr.args])
            case ir.Or():
                return self._any([self.truth(arg) for arg in expr.args])
            case ir.Not():
                inner = self.truth(expr.arg)
                return Truth(graph.negation(inner.node), inner.doubts)
            case ir.Certainly() | ir.Possibly():
                inner = self.truth(expr.arg)
                if not inner.unknown:
                    return inner
                word = "False" if isinstance(expr, ir.Certainly) else "True"
                return Truth(graph.node(inner.node, f".fill_null({word})"))
            case ir.IsKnown() | ir.IsUnknown():
                return self._asked(expr)
            case ir.Compare():
                return self.compare(expr.relation, self.value(expr.left), self.value(expr.right))
            case ir.Between():
                item = self.value(expr.item)
                ends = (("ge", expr.low), ("le", expr.high))
                return self._all([self.compare(relation, item, self.value(end)) for relation, end in ends])
            case ir.In():
                return self._in(expr)
            case ir.TextTest():
                return self._text_test(expr)
            case ir.GateRef():
                found = self.shared.part(("gate", expr.name), f"the gate `{expr.name}`")
                assert isinstance(found, Truth)
                return found if expr.verdict == "pass" else Truth(graph.negation(found.node), found.doubts)
            case ir.StageRef():
                found = self.shared.part(("stage", expr.name), f"the stage `{expr.name}`")
                assert isinstance(found, Truth)
                return found
            case ir.Disqualified():
                found = self.shared.part(("disqualified", ""), "`disqualified`")
                assert isinstance(found, Truth)
                return found
            case ir.Any():
                return operands.any_of(self, expr)
            case ir.LetRef():
                let = self.let(expr.name)
                return let if isinstance(let, Truth) else self._of_value(let)
            case _:
                return self._of_value(self.value(expr))

    def _of_value(self, value: Value) -> Truth:
        """A bool as a condition: nothing counts as false."""
        if value.constant is not None:
            return Truth(self.graph.true if value.constant is True else self.graph.false)
        return self.without_nothing(value.node, value.doubts, [value])

    def without_nothing(self, node: Node, doubts: frozenset[Node], values: list[Value]) -> Truth:
        """A condition that is false where one of its values is nothing."""
        absent = [self.graph.negation(one.absent) for one in values if one.absent is not None]
        return Truth(self.graph.conjunction([node, *absent]), doubts)

    def _asked(self, expr: ir.IsKnown | ir.IsUnknown) -> Truth:
        graph = self.graph
        resolved = self.value_or_truth(expr.arg)
        if isinstance(resolved, Value):
            resolved = operands.plain_value(self, resolved) if resolved.most is not None else resolved
        absent = None if isinstance(resolved, Truth) else resolved.absent
        node, unknown = resolved.node, resolved.unknown
        if isinstance(resolved, Value) and resolved.slot is None and resolved.constant is not None:
            return Truth(graph.true if isinstance(expr, ir.IsKnown) else graph.false)
        if isinstance(expr, ir.IsUnknown):
            if not unknown:
                return Truth(graph.false)
            rest = [] if absent is None else [graph.negation(absent)]
            return Truth(graph.conjunction([graph.null(node), *rest]))
        if not unknown:
            return Truth(graph.true if absent is None else graph.negation(absent))
        known = graph.known(node)
        if isinstance(resolved, Value) and resolved.codes is not None and absent is not None:
            known = graph.conjunction([known, graph.negation(absent)])
        if self.mode != ASKING:
            return Truth(known)
        open_ = graph.disjunction([known, graph.unknown])
        rest = [] if absent is None else [graph.negation(absent)]
        return Truth(graph.conjunction([open_, *rest]), resolved.doubts)

    # ── Comparisons ──

    def compare(self, relation: str, left: Value, right: Value) -> Truth:
        """`eq lt le gt ge` of two values."""
        if left.most is not None or right.most is not None:
            return self._of_count(relation, left, right)
        if right.codes is not None and left.codes is None:
            turned = {"lt": "gt", "gt": "lt", "le": "ge", "ge": "le"}.get(relation, relation)
            left, right, relation = right, left, turned
        if left.constant is not None and right.constant is not None:
            return self._fold(relation, left, right)
        if left.codes is not None and right.constant is not None:
            return self._of_codes(left, lambda value: _holds(relation, left, value, right.constant))
        left, right = operands.plain_value(self, left), operands.plain_value(self, right)
        if relation == "eq":
            for one, other in ((left, right), (right, left)):
                if isinstance(other.constant, str) and other.number is None and other.kind not in _SIZED:
                    return self._one_of(one, [other.constant])
        if relation != "eq" and "choice" in (left.kind, right.kind):
            return self._in_order(relation, left, right)
        if left.kind in NUMERIC_KINDS and right.kind in NUMERIC_KINDS:
            left, right = self._one_scale(left, right)
        node = self._compared(relation, left, right)
        return self.without_nothing(node, left.doubts | right.doubts, [left, right])

    def _of_count(self, relation: str, left: Value, right: Value) -> Truth:
        """A count of from `node` to `most` records: true or false where each number between gives that."""
        if left.most is None:
            turned = {"lt": "gt", "gt": "lt", "le": "ge", "ge": "le"}.get(relation, relation)
            return self._of_count(turned, right, left)
        if right.most is not None or left.most is None:
            raise CannotLowerError("it compares two counts of records that may be unknown")
        least, most = replace(left, most=None), replace(left, node=left.most, most=None)
        if relation == "eq":
            below, above = self.compare("le", most, right), self.compare("ge", least, right)
            return self._all([self._of_count("ge", left, right), self._of_count("le", left, right), Truth(
                self.graph.disjunction([self.graph.conjunction([below.node, above.node]), self.graph.unknown])
            )])  # fmt: skip
        first, other = (least, most) if relation in {"ge", "gt"} else (most, least)
        sure, possible = self.compare(relation, first, right), self.compare(relation, other, right)
        node = self.graph.conjunction([self.graph.disjunction([sure.node, self.graph.unknown]), possible.node])
        return Truth(node, sure.doubts | frozenset({left.most}))

    def _fold(self, relation: str, left: Value, right: Value) -> Truth:
        holds = _holds(relation, left, left.constant, right.constant)
        return Truth(self.graph.true if holds else self.graph.false)

    def _of_codes(self, value: Value, holds: operands.Test) -> Truth:
        """A condition of a value that is one of few: on the numbers of those that hold."""
        assert value.codes is not None
        numbers = [number for number, one in value.codes if holds(one)]
        return Truth(self.is_number(value, numbers), value.doubts)

    def is_number(self, value: Value, numbers: list[int]) -> Node:
        """Where a value's number is one of these; null where it is unknown."""
        if not numbers and value.unknown:
            return self.graph.node("(", value.node, " == ", self.graph.integer(_NO_CODE, value.dtype), ")")
        found = [
            self.graph.node("(", value.node, " == ", self.graph.integer(number, value.dtype), ")")
            for number in numbers
        ]
        return self.graph.disjunction(found)

    def _compared(self, relation: str, left: Value, right: Value) -> Node:
        sign = _SIGNS[relation]
        if left.number is not None or right.number is not None:
            left, right = self._room(left, right), self._room(right, left)
        self._mark_free(left)
        self._mark_free(right)
        return self.graph.node("(", left.node, f" {sign} ", right.node, ")")

    def _room(self, value: Value, other: Value) -> Value:
        """A value in a type that has room for the constant that it is compared with, and that constant in it."""
        if value.number is None:
            number = other.number or 0
            size = abs(number // SCALE if other.whole else number)
            if not fits(size, value.dtype):
                return operands.cast(self, value, "Int64")
            return value
        number = value.number // SCALE if value.whole else value.number
        dtype = other.dtype if fits(number, other.dtype) else "Int64"
        return Value(self.graph.integer(number, dtype), value.kind, number=value.number, constant=value.constant)

    def _one_scale(self, left: Value, right: Value) -> tuple[Value, Value]:
        whole = left.whole and right.whole
        return operands.in_scale(self, left, whole), operands.in_scale(self, right, whole)

    def _in_order(self, relation: str, left: Value, right: Value) -> Truth:
        choices = left.choices or right.choices
        if choices is None:
            raise CannotLowerError("an order of choices that is not known here")
        if right.constant is not None and left.slot is not None:
            at = choices.index(str(right.constant))
            wanted = [choice for i, choice in enumerate(choices) if _ordered(relation, i, at)]
            return self._one_of(left, [str(choice) for choice in wanted])
        if left.constant is not None and right.slot is not None:
            at = choices.index(str(left.constant))
            wanted = [choice for i, choice in enumerate(choices) if _ordered(relation, at, i)]
            return self._one_of(right, [str(choice) for choice in wanted])
        ranks = [self._rank(side, choices) for side in (left, right)]
        node = self.graph.node("(", ranks[0], f" {_SIGNS[relation]} ", ranks[1], ")")
        return self.without_nothing(node, left.doubts | right.doubts, [left, right])

    def _rank(self, value: Value, choices: tuple[str, ...]) -> Node:
        if value.constant is not None:
            return self.graph.integer(choices.index(str(value.constant)), "Int16")
        cases = [
            (self.equal(value, choice), self.graph.integer(rank, "Int16")) for rank, choice in enumerate(choices)
        ]
        return self.graph.chain(cases, None)

    def equal(self, value: Value, constant: str) -> Node:
        """Where a text is a constant; null where it is unknown or nothing."""
        node = self.graph.node("(", value.node, f" == {literal(constant)})")
        if value.slot is not None:
            self.shared.compared.setdefault(value.slot, {})[node] = None
        return node

    def _one_of(self, value: Value, constants: list[str]) -> Truth:
        if not constants:
            return self._never(value)
        if len(constants) <= _FEW:
            node = self.graph.disjunction([self.equal(value, one) for one in constants])
        else:
            node = self.graph.node(value.node, f".is_in([{', '.join(map(literal, constants))}])")
            if value.slot is not None:
                self.shared.compared.setdefault(value.slot, {})[node] = None
        return self.without_nothing(node, value.doubts, [value])

    def _never(self, value: Value) -> Truth:
        """False, but unknown where the value is."""
        if not value.unknown:
            return Truth(self.graph.false)
        node = self.graph.node("(", self.graph.null(value.node), " & ", self.graph.unknown, ")")
        return self.without_nothing(node, value.doubts, [value])

    def _in(self, expr: ir.In) -> Truth:
        fixed = self.shared.natures.constant_list(expr.items)
        if fixed is None:
            raise CannotLowerError("it looks into a list that is a field of the lead")
        if not fixed:
            return Truth(self.graph.false)
        item = self.value(expr.item)
        if item.most is not None:
            raise CannotLowerError("it looks for a count of records, which may be unknown, in a list")
        if item.constant is not None:
            return Truth(self.graph.true if self._constant_in(item, fixed) else self.graph.false)
        if item.codes is not None:
            kinds = {kind for kind, _ in fixed}
            if item.kind in NUMERIC_KINDS and kinds <= NUMERIC_KINDS:
                numbers = {scaled(str(one)) for _, one in fixed}
                return self._of_codes(item, lambda value: scaled(str(value)) in numbers)
            values = {kept(kind, one) for kind, one in fixed}
            return self._of_codes(item, lambda value: kept(item.kind, value) in values)
        if item.kind in NUMERIC_KINDS:
            return self._number_in(item, [scaled(str(one)) for _, one in fixed])
        found = [kept(kind, one) for kind, one in fixed]
        if all(isinstance(one, str) for one in found):
            return self._one_of(item, [str(one) for one in dict.fromkeys(found)])
        self._mark_free(item)
        sized = [one for one in dict.fromkeys(found) if isinstance(one, int)]
        nodes = [self.graph.node("(", item.node, f" == {literal(one)})") for one in sized]
        return self.without_nothing(self.graph.disjunction(nodes), item.doubts, [item])

    def _constant_in(self, item: Value, fixed: tuple[tuple[str, ir.Scalar], ...]) -> bool:
        if item.number is not None:
            return any(scaled(str(one)) == item.number for kind, one in fixed if kind in NUMERIC_KINDS)
        return any(kept(kind, one) == item.constant for kind, one in fixed)

    def _number_in(self, item: Value, millionths: list[int]) -> Truth:
        fit = [number // SCALE for number in millionths if number % SCALE == 0] if item.whole else millionths
        members = list(dict.fromkeys(fit))
        if not members:
            return self._never(item)
        item = item if all(fits(one, item.dtype) for one in members) else operands.cast(self, item, "Int64")
        if len(members) <= _FEW:
            nodes = [
                self.graph.node("(", item.node, " == ", self.graph.integer(one, item.dtype), ")") for one in members
            ]
            node = self.graph.disjunction(nodes)
        else:
            node = self.graph.node(item.node, f".cast(Int64).is_in([{', '.join(map(literal, members))}])")
        return self.without_nothing(node, item.doubts, [item])

    def _text_test(self, expr: ir.TextTest) -> Truth:
        text, part = (operands.plain_value(self, self.value(side)) for side in (expr.text, expr.part))
        if text.constant is not None and part.constant is not None:
            found = {
                "contains": str(part.constant) in str(text.constant),
                "starts": str(text.constant).startswith(str(part.constant)),
                "ends": str(text.constant).endswith(str(part.constant)),
            }[expr.test]
            return Truth(self.graph.true if found else self.graph.false)
        self._mark_free(text)
        self._mark_free(part)
        if expr.test == "contains":
            node = self.graph.node(self._text(text), ".str.contains(", self._text(part), ", literal=True)")
        else:
            method = "starts_with" if expr.test == "starts" else "ends_with"
            node = self.graph.node(self._text(text), f".str.{method}(", self._text(part), ")")
        return self.without_nothing(node, text.doubts | part.doubts, [text, part])

    def _text(self, value: Value) -> Node:
        if value.constant is not None:
            return self.graph.leaf(f"lit({literal(str(value.constant))})")
        return value.node

    def _mark_free(self, value: Value) -> None:
        if value.slot is not None:
            self.shared.free.add(value.slot)

    # ── Values ──

    def value(self, expr: ir.Expr) -> Value:
        """The value of an expression; a condition's as a bool."""
        found = self.value_or_truth(expr)
        if isinstance(found, Truth):
            constant = True if found.node is self.graph.true else False if found.node is self.graph.false else None
            return Value(found.node, "bool", found.doubts, constant=constant)
        return found

    def value_or_truth(self, expr: ir.Expr) -> Value | Truth:
        """A value, or a condition."""
        if isinstance(expr, ir.LetRef):
            return self.let(expr.name)
        known = self.shared.memo.get((id(expr), self.mode))
        if known is None:
            known = operands.lowered(self, expr)
            known = self.truth(expr) if known is None else known
            self.shared.memo[id(expr), self.mode] = known
        return known

    def let(self, name: str) -> Value | Truth:
        """A let in this mode; CannotLowerError where it can't be lowered."""
        mode = self.shared.natures.let_mode(name, self.mode)
        if (name, mode) not in self.shared.lets:
            inner = Expressions(self.shared, mode)
            made: Value | Truth | CannotLowerError
            try:
                made = inner.value_or_truth(self.plan.lets[name].expr)
            except CannotLowerError as error:
                made = CannotLowerError(f"it reads the let `{name}`: {error}")
            self.shared.lets[name, mode] = made
        found = self.shared.lets[name, mode]
        if isinstance(found, CannotLowerError):
            raise found
        return found


def _ordered(relation: str, left: int, right: int) -> bool:
    return {
        "eq": left == right,
        "lt": left < right,
        "le": left <= right,
        "gt": left > right,
        "ge": left >= right,
    }[relation]


def _holds(relation: str, typed: Value, left: object, right: object) -> bool:
    """A comparison of two constants."""
    if typed.kind == "choice" and relation != "eq":
        if typed.choices is None:
            raise CannotLowerError("an order of choices that is not known here")
        return _ordered(relation, typed.choices.index(str(left)), typed.choices.index(str(right)))
    if typed.kind in NUMERIC_KINDS:
        return _ordered(relation, scaled(str(left)), scaled(str(right)))
    if relation == "eq":
        return operands.comparable(typed.kind, left) == operands.comparable(typed.kind, right)
    a, b = operands.comparable(typed.kind, left), operands.comparable(typed.kind, right)
    if not isinstance(a, int) or not isinstance(b, int):
        raise CannotLowerError("an order of texts")
    return _ordered(relation, a, b)


__all__ = ["LARGEST", "Expressions", "Shared", "walk", "within"]
