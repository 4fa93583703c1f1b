"""Values over columns: fields, constants, parts, arithmetic, functions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeAlias

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_polars.nodes import Node
from leadpolicy.compiler.to_polars.values import (
    INT64,
    LARGEST,
    SCALE,
    SURE,
    CannotLowerError,
    Truth,
    Value,
    fits,
    smallest,
    within,
)
from leadpolicy.compiler.to_python.literals import DAY, NUMERIC_KINDS, SCALED_KINDS, kept, literal, scaled
from leadpolicy.compiler.to_python.plan import Slot

if TYPE_CHECKING:
    from leadpolicy.compiler.to_polars.expressions import Expressions

Test: TypeAlias = Callable[[ir.Scalar], bool]
_MOMENT: Final = 4 * 10**17
"""Larger than any time in microseconds since 1970 that a datetime or a text of four digits can say."""
_SPAN: Final = 2**60
_RECORDS: Final = 10**9
"""More records than a lead has."""
_CODES: Final = 64
"""Values of a table that are worth a chain of cases."""


def lowered(expressions: Expressions, expr: ir.Expr) -> Value | None:
    """The value of an expression; None for a condition."""
    slot = expressions.shared.natures.slot(expr)
    if slot is not None:
        return of_slot(expressions, slot)
    match expr:
        case ir.Const():
            return _constant(expressions, expr)
        case ir.ScoreRef():
            what = expr.name if expr.bound == "value" else f"{expr.bound}({expr.name})"
            found = expressions.shared.part(
                ("score" if expr.bound == "value" else expr.bound, expr.name), f"`{what}`"
            )
            assert isinstance(found, Value)
            return found
        case ir.TableRef():
            key = ("table", expr.name if expr.output is None else f"{expr.name}.{expr.output}")
            found = expressions.shared.part(key, f"the table `{expr.name}`")
            assert isinstance(found, Value)
            return found
        case ir.StageValue():
            found = expressions.shared.part(("stages", ""), "`stage`")
            assert isinstance(found, Value)
            return found
        case ir.Arith() | ir.Neg():
            return _arithmetic(expressions, expr)
        case ir.Call():
            return _call(expressions, expr)
        case ir.TimeAdd():
            raise CannotLowerError("it adds to a time or a date")
        case ir.During():
            raise CannotLowerError("it asks for open hours")
        case ir.Entered():
            raise CannotLowerError("it asks when a stage was entered")
        case ir.ListRef():
            raise CannotLowerError("it takes a list as a value")
        case ir.Count():
            return _number_of(expressions, expr)
        case ir.Total():
            return _total(expressions, expr)
        case ir.Attr():
            return _attribute(expressions, expr)
        case ir.Distinct() | ir.Pick() | ir.VarRef() | ir.Leave():
            raise CannotLowerError("it reads records in a way that columns don't say")
        case ir.Ago() | ir.HasRoute():
            raise CannotLowerError("it is for rules")
        case ir.FieldRef():
            if expressions.record is None or expr.var != expressions.record[2]:
                raise CannotLowerError("it reads a field of a record")
            records, fact, _ = expressions.record
            return records.of_field(fact, expr)
        case _:
            return None


def of_slot(expressions: Expressions, index: int) -> Value:
    """A field of the lead, or what a path through references leads to."""
    slot = expressions.plan.slots[index]
    kind = slot.type.kind
    if kind == "list":
        raise CannotLowerError(f"`{'.'.join(slot.path)}` is a list")
    if slot.domain:
        return _domain(expressions, expressions.plan.slot(slot.path))
    graph = expressions.graph
    absent = graph.column(absent_name(slot)) if slot.nothing else None
    whole = kind not in SCALED_KINDS
    bound = LARGEST if whole else LARGEST * SCALE
    if kind == "time":
        bound = _MOMENT
    elif kind == "duration":
        bound = INT64
    elif kind == "date":
        bound = 4_000_000
    choices = slot.type.choices if slot.type.ordered else None
    node = graph.column(slot.name)
    doubts = frozenset({node}) if slot.unknown else SURE
    return Value(node, kind, doubts, absent, whole, bound, choices=choices, slot=index)


def absent_name(slot: Slot) -> str:
    """The column that says where a slot is nothing. No slot's own name has two dashes."""
    return f"{slot.name}__absent"


def _domain(expressions: Expressions, index: int) -> Value:
    graph = expressions.graph
    email = of_slot(expressions, index)
    expressions.shared.free.add(index)
    has = graph.node(email.node, ".str.contains('@', literal=True)")
    none = graph.sure(graph.negation(has))
    absent = none if email.absent is None else graph.disjunction([none, email.absent])
    return Value(graph.node(email.node, ".str.extract('(?s)^.*@(.*)$', 1)"), "text", email.doubts, absent)


def _constant(expressions: Expressions, expr: ir.Const) -> Value:
    kind, value = expr.type.kind, expr.value
    graph = expressions.graph
    if isinstance(value, tuple):
        raise CannotLowerError("it takes a list as a value")
    if kind in NUMERIC_KINDS and not isinstance(value, ir.Duration | bool):
        number = scaled(str(value))
        whole = number % SCALE == 0
        size = number // SCALE if whole else number
        node = graph.integer(size, smallest(abs(size)))
        return Value(node, kind, SURE, None, whole, abs(size), smallest(abs(size)), number, value)
    said = kept(kind, value)
    choices = expr.type.choices if expr.type.ordered else None
    return Value(
        graph.leaf(f"lit({literal(said)})"), kind, bound=abs(said) if isinstance(said, int) else 0,
        constant=value, choices=choices,
    )  # fmt: skip


def comparable(kind: str, value: object) -> object:
    """A constant as columns keep it."""
    return kept(kind, value) if isinstance(value, str | int | ir.Duration) else value


def cast(expressions: Expressions, value: Value, dtype: str) -> Value:
    """A whole number in another type."""
    if value.dtype == dtype or value.kind not in NUMERIC_KINDS:
        return value
    if value.number is not None:
        number = value.number // SCALE if value.whole else value.number
        return replace(value, node=expressions.graph.integer(number, dtype), dtype=dtype)
    return replace(value, node=expressions.graph.node(value.node, f".cast({dtype})"), dtype=dtype)


def in_scale(expressions: Expressions, value: Value, whole: bool) -> Value:
    """A number in the scale wanted."""
    if value.number is not None:
        size = value.number // SCALE if whole else value.number
        dtype = smallest(abs(size))
        return replace(
            value, node=expressions.graph.integer(size, dtype), whole=whole, bound=abs(size), dtype=dtype
        )  # fmt: skip
    if value.whole == whole:
        return value
    large = cast(expressions, value, "Int64")
    bound = within(value.bound * SCALE)
    node = expressions.graph.node("(", large.node, f" * {SCALE})")
    return replace(large, node=node, whole=False, bound=bound, slot=None)


def plain_value(expressions: Expressions, value: Value) -> Value:
    """A value that is one of few, as what it is; a count that isn't sure, as unknown."""
    if value.most is not None:
        graph = expressions.graph
        same = graph.node("(", value.node, " == ", value.most, ")")
        return replace(value, node=graph.chain([(same, value.node)], None), doubts=frozenset({value.most}), most=None)
    if value.codes is None:
        return value
    if not value.codes or len(value.codes) > _CODES:
        raise CannotLowerError("it takes the value of a long table further")
    graph = expressions.graph
    numeric = value.kind in NUMERIC_KINDS
    whole = value.whole
    sizes: list[ir.Scalar] = []
    for _, one in value.codes:
        said = scaled(str(one)) if numeric else kept(value.kind, one)
        sizes.append(said // SCALE if numeric and whole and isinstance(said, int) else said)
    bound = max((abs(one) for one in sizes if isinstance(one, int)), default=0)
    cases = [
        (
            graph.node("(", value.node, " == ", graph.integer(number, value.dtype), ")"),
            graph.integer(size, "Int64") if type(size) is int else graph.leaf(f"lit({literal(size)})"),  # type: ignore[arg-type]
        )
        for (number, _), size in zip(value.codes, sizes, strict=True)
    ]
    return replace(value, node=graph.chain(cases, None), codes=None, bound=bound, dtype="Int64")


# ── Arithmetic ──


def _arithmetic(expressions: Expressions, expr: ir.Arith | ir.Neg) -> Value:
    sides = (expr.arg,) if isinstance(expr, ir.Neg) else (expr.left, expr.right)
    values = [plain_value(expressions, expressions.value(side)) for side in sides]
    for value in values:
        if value.slot is not None:
            expressions.shared.free.add(value.slot)
    if any(value.kind not in NUMERIC_KINDS for value in values):
        return _moments(expressions, expr, values)
    whole = expressions.plan.is_whole(expr)
    kind = "int" if whole else "number"
    graph = expressions.graph
    absent = [one.absent for one in values if one.absent is not None]
    doubts = frozenset().union(*(one.doubts for one in values))
    if isinstance(expr, ir.Neg):
        one = in_scale(expressions, values[0], whole)
        node = graph.node("(-", one.node, ")")
        return Value(node, kind, doubts, _joined(expressions, absent), whole, one.bound, one.dtype)
    if expr.operator in {"add", "sub"}:
        left, right = (in_scale(expressions, one, whole) for one in values)
        bound = within(left.bound + right.bound)
        dtype = smallest(bound)
        left, right = cast(expressions, left, dtype), cast(expressions, right, dtype)
        sign = "+" if expr.operator == "add" else "-"
        node = graph.node("(", left.node, f" {sign} ", right.node, ")")
        return Value(node, kind, doubts, _joined(expressions, absent), whole, bound, dtype)
    if expr.operator == "mul":
        return _product(expressions, values, whole, kind, doubts, absent)
    return _quotient(expressions, values, doubts, absent)


def _joined(expressions: Expressions, absent: list[Node]) -> Node | None:
    return expressions.graph.disjunction(absent) if absent else None


def _product(
    expressions: Expressions, values: list[Value], whole: bool, kind: str, doubts: frozenset[Node], absent: list[Node]
) -> Value:
    """Whole × whole is whole, whole × millionths millionths; of two in millionths, the product is rounded."""
    left, right = (_factor(expressions, one) for one in values)
    fraction = not left.whole and not right.whole
    bound = left.bound * right.bound
    graph = expressions.graph
    if bound <= INT64 and not fraction:
        dtype = smallest(max(bound, left.bound, right.bound))  # a factor may be larger than the product: times 0
        left, right = cast(expressions, left, dtype), cast(expressions, right, dtype)
        node = graph.node("(", left.node, " * ", right.node, ")")
        return Value(node, kind, doubts, _joined(expressions, absent), whole, bound, dtype)
    wide = graph.node("(", left.node, ".cast(Int128) * ", right.node, ".cast(Int128))")
    if fraction:
        wide = rounded(expressions, wide, graph.leaf(f"lit({SCALE}, Int128)"))
        bound //= SCALE
    return _narrowed(expressions, wide, kind, doubts, absent, whole, bound + 1)


def _factor(expressions: Expressions, value: Value) -> Value:
    if value.number is not None:
        return in_scale(expressions, value, value.number % SCALE == 0)
    return value


def _quotient(expressions: Expressions, values: list[Value], doubts: frozenset[Node], absent: list[Node]) -> Value:
    """A quotient in millionths, rounded half away from zero; nothing where the divisor is 0."""
    graph = expressions.graph
    same = all(one.whole for one in values)
    left, right = (in_scale(expressions, one, same) for one in values)
    if right.number is not None:
        if right.number == 0:
            raise CannotLowerError("it divides by zero")
    else:
        zero = graph.sure(graph.node("(", right.node, " == 0)"))
        absent = [*absent, zero]
    wide = graph.node("(", left.node, f".cast(Int128) * lit({SCALE}, Int128))")
    divisor = graph.node(right.node, ".cast(Int128)")
    safe = divisor
    if right.number is None:
        nonzero = graph.node("(", right.node, " != 0)")
        safe = graph.chain([(nonzero, divisor)], None)
    node = rounded(expressions, wide, safe)
    return _narrowed(expressions, node, "number", doubts, absent, False, left.bound * SCALE + 1)


def rounded(expressions: Expressions, top: Node, bottom: Node) -> Node:
    """A quotient of whole numbers rounded half away from zero: by the sizes, then the sign."""
    graph = expressions.graph
    two = "lit(2, Int128)"
    size = graph.node(
        "((", top, f".abs() * {two} + ", bottom, ".abs()) // (", bottom, f".abs() * {two}))"
    )  # fmt: skip
    same = graph.node("((", top, " < 0) == (", bottom, " < 0))")
    return graph.node("when(", same, ").then(", size, ").otherwise(", size, " * lit(-1, Int128))")


def _narrowed(
    expressions: Expressions,
    wide: Node,
    kind: str,
    doubts: frozenset[Node],
    absent: list[Node],
    whole: bool,
    bound: int,
) -> Value:
    """A number of 128 bits in 64; where it has no room, the lead is the evaluator's."""
    graph = expressions.graph
    limit = 2**62
    node = wide
    if bound > limit:
        within_ = graph.node("(", wide, f".abs() <= lit({limit}, Int128))")
        beyond = graph.sure(graph.negation(within_))
        node = graph.chain([(within_, wide)], None)
        expressions.shared.guards.append((graph.node(node, ".cast(Int64)"), beyond))
        bound = limit
    narrow = graph.node(node, ".cast(Int64)")
    return Value(narrow, kind, doubts, _joined(expressions, absent), whole, bound, "Int64")


def _moments(expressions: Expressions, expr: ir.Arith | ir.Neg, values: list[Value]) -> Value:
    """Times and dates subtracted: an exact duration, by which it is compared."""
    kinds = tuple(one.kind for one in values)
    if (
        isinstance(expr, ir.Arith)
        and expr.operator == "sub"
        and len(set(kinds)) == 1
        and set(kinds) <= {"time", "date"}
    ):
        left, right = values
        graph = expressions.graph
        node = graph.node("(", left.node, " - ", right.node, ")")
        if kinds[0] == "date":
            node = graph.node("(", node, f".cast(Int64) * {DAY})")
        absent = [one.absent for one in values if one.absent is not None]
        return Value(node, "duration", left.doubts | right.doubts, _joined(expressions, absent), True, _SPAN)
    raise CannotLowerError(f"it calculates with {' and '.join(dict.fromkeys(kinds))}")


# ── Records of the lead ──


def any_of(expressions: Expressions, expr: ir.Any) -> Truth:
    """Whether a record counts; unknown where one only may."""
    graph = expressions.graph
    sure, maybe = expressions.shared.records.any(expressions.mode, expr)
    node = graph.column(sure)
    if maybe is None:
        return Truth(node)
    doubt = graph.conjunction([graph.column(maybe), graph.unknown])
    return Truth(graph.disjunction([node, doubt]), frozenset({graph.column(maybe)}))


def _number_of(expressions: Expressions, expr: ir.Count) -> Value:
    number, maybe = expressions.shared.records.number(expressions.mode, expr)
    node = expressions.graph.column(number)
    if maybe is None:
        return Value(node, "int", bound=_RECORDS)
    most = expressions.graph.node("(", node, " + ", expressions.graph.column(maybe), ")")
    return Value(node, "int", frozenset({most}), bound=_RECORDS, most=most)


def _total(expressions: Expressions, expr: ir.Total) -> Value:
    graph = expressions.graph
    total, doubt, size, value = expressions.shared.records.total(expressions.mode, expr)
    if value.kind not in NUMERIC_KINDS:
        raise CannotLowerError("it adds up what is no number")
    node = graph.chain([(graph.negation(graph.column(doubt)), graph.column(total))], None)
    # Beyond this the sum of 64-bit numbers could have gone round.
    expressions.shared.guards.append((node, graph.node("(", graph.column(size), " > 4e18)")))
    return Value(node, value.kind, frozenset({node}), None, value.whole, 4 * 10**18)


def _attribute(expressions: Expressions, expr: ir.Attr) -> Value:
    pick = expressions.plan.resolve(expr.base)
    if not isinstance(pick, ir.Pick) or len(expr.path) > 1 or expr.type.kind == "list":
        raise CannotLowerError("it reads records in a way that columns don't say")
    graph = expressions.graph
    found, there, maybe, none, value = expressions.shared.records.picked(expressions.mode, pick, expr.path[0])
    node = graph.column(found)
    none_there = graph.negation(graph.column(there))
    absent = none_there if none is None else graph.disjunction([none_there, graph.column(none)])
    doubts = frozenset({node}) if value.unknown else SURE
    if maybe is not None:
        sure = graph.negation(graph.column(maybe))
        node = graph.chain([(sure, node)], None)
        absent = graph.disjunction([none_there, graph.conjunction([absent, sure])])
        doubts = frozenset({node})
    choices = expr.type.choices if expr.type.ordered else None
    return Value(node, expr.type.kind, doubts, absent, value.whole, value.bound, choices=choices)


# ── Functions ──


def _call(expressions: Expressions, expr: ir.Call) -> Value:
    values = [plain_value(expressions, expressions.value(arg)) for arg in expr.args]
    for value in values:
        if value.slot is not None:
            expressions.shared.free.add(value.slot)
    graph = expressions.graph
    first = values[0]
    if expr.function == "age":
        now = graph.leaf("lit(now, Int64)")
        later = graph.sure(graph.node("(", first.node, " > ", now, ")"))
        absent = later if first.absent is None else graph.disjunction([later, first.absent])
        node = graph.node("(", now, " - ", first.node, ")")
        node = graph.chain([(graph.node("(", node, " >= 0)"), node)], None)
        return Value(node, "duration", first.doubts, absent, True, _SPAN)
    if expr.function in {"earlier", "later"}:
        return _extreme(expressions, expr, values)
    if expr.function == "plain":
        if first.constant is not None:
            raise CannotLowerError("`plain` of a constant")
        return Value(graph.node("plain(", first.node, ")"), "text", first.doubts, first.absent)
    raise CannotLowerError(f"`{expr.function}` of what is no field")


def _extreme(expressions: Expressions, expr: ir.Call, values: list[Value]) -> Value:
    """The least or greatest: nothing is skipped, of nothing only: nothing; unknown with an unknown."""
    graph = expressions.graph
    if any(one.kind not in NUMERIC_KINDS | {"time", "date", "duration"} for one in values):
        raise CannotLowerError(f"`{expr.function}` of what is no number or time")
    whole = True
    if values[0].kind in NUMERIC_KINDS:
        whole = all(one.whole for one in values)
        values = [cast(expressions, in_scale(expressions, one, whole), "Int64") for one in values]
    nodes = [
        one.node if one.number is not None or one.constant is None else graph.node(one.node, ".cast(Int64)")
        for one in values
    ]
    doubtful: list[Node] = []
    for one in values:
        if one.unknown:
            rest = [] if one.absent is None else [graph.negation(one.absent)]
            doubtful.append(graph.conjunction([graph.null(one.node), *rest]))
    doubts = frozenset().union(*(one.doubts for one in values))
    word = "min" if expr.function == "earlier" else "max"
    parts: list[str | Node] = [f"{word}_horizontal("]
    for index, node in enumerate(nodes):
        parts += [", ", node] if index else [node]
    node = graph.node(*parts, ")")
    if doubtful:
        node = graph.chain([(graph.negation(graph.disjunction(doubtful)), node)], None)
    absent = [one.absent for one in values if one.absent is not None]
    every = graph.conjunction(absent) if len(absent) == len(values) else None
    return Value(node, expr.type.kind, doubts, every, whole, max(one.bound for one in values), "Int64")


__all__ = [
    "Test",
    "Truth",
    "absent_name",
    "cast",
    "comparable",
    "fits",
    "in_scale",
    "lowered",
    "of_slot",
    "plain_value",
]
