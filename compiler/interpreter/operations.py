"""What operators and functions give, once their operands are worked out (decision records 0002, 1 and 0009, 4)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from itertools import product
from typing import Any, Literal, TypeAlias

from leadpolicy.compiler import ir
from leadpolicy.compiler.interpreter import durations
from leadpolicy.compiler.interpreter.values import (
    NOTHING,
    UNKNOWN,
    Absent,
    ListValue,
    Pair,
    Scalar,
    Truth,
    Value,
    round_half_away,
)

Relation: TypeAlias = Literal["eq", "lt", "le", "gt", "ge"]
Operator: TypeAlias = Literal["add", "sub", "mul", "div"]


# ── Comparing ──


def compare(relation: Relation, left: Value, right: Value, order: tuple[str, ...] | None = None) -> Truth:
    """A comparison: false with nothing on any side, else unknown with an unknown (ruling 2)."""
    if left is NOTHING or right is NOTHING:
        return False
    if left is UNKNOWN or right is UNKNOWN:
        return UNKNOWN
    if isinstance(left, ListValue) or isinstance(right, ListValue):
        raise TypeError("lists are not compared")
    if relation == "eq":
        return bool(measure(left) == measure(right))
    a: Any = order.index(str(left)) if order else measure(left)
    b: Any = order.index(str(right)) if order else measure(right)
    match relation:
        case "lt":
            return bool(a < b)
        case "le":
            return bool(a <= b)
        case "gt":
            return bool(a > b)
        case "ge":
            return bool(a >= b)


def compare_pairs(
    relation: Relation, left: Value | Pair, right: Value | Pair, order: tuple[str, ...] | None = None
) -> Truth:
    """A comparison where a side may be a number between two: settled if every number gives the same (ruling 6)."""
    return _settled(compare(relation, a, b, order) for a, b in product(_numbers(left), _numbers(right)))


def is_among(item: Value | Pair, items: Value) -> Truth:
    """Membership by ruling 5; of a number between two, settled if every number gives the same."""
    return _settled(_is_one_of(value, items) for value in _numbers(item))


def _is_one_of(item: Value, items: Value) -> Truth:
    if item is NOTHING or items is NOTHING:
        return False
    if items is UNKNOWN:
        return UNKNOWN
    if not isinstance(items, ListValue):
        raise TypeError(f"not a list: {items!r}")
    if item is UNKNOWN:
        return UNKNOWN if items.items or items.more else False
    if any(compare("eq", item, member) for member in items.items):
        return True
    return UNKNOWN if items.more else False


def _numbers(value: Value | Pair) -> list[Value]:
    if isinstance(value, Pair):
        return [Fraction(n) for n in range(value.least, value.most + 1)]
    return [value]


def _settled(truths: Iterator[Truth]) -> Truth:
    """What all of them are, else unknown."""
    found = set(truths)
    return found.pop() if len(found) == 1 else UNKNOWN


def measure(value: Scalar) -> Any:
    """What values compare by: durations by their length (ruling 16), others by themselves."""
    return durations.length(value) if isinstance(value, ir.Duration) else value


def extreme(values: list[Value], later: bool) -> Value:
    """`earlier` and `later`: nothing is skipped; an unknown makes all unknown (ruling 2)."""
    if any(v is UNKNOWN for v in values):
        return UNKNOWN
    known = [v for v in values if not isinstance(v, Absent | ListValue)]
    if not known:
        return NOTHING
    return max(known, key=measure) if later else min(known, key=measure)


# ── Arithmetic ──


def arithmetic(operator: Operator, left: Value, right: Value) -> Value:
    """`+ - × ÷` of numbers, durations, times and dates; nothing, and a division by zero, win over unknown."""
    if left is NOTHING or right is NOTHING or (operator == "div" and right == 0):
        return NOTHING
    if left is UNKNOWN or right is UNKNOWN:
        return UNKNOWN
    match operator, left, right:
        case _, Fraction(), Fraction():
            return calculate(operator, left, right)
        case "add", ir.Duration(), ir.Duration():
            return durations.plus(left, right)
        case "sub", ir.Duration(), ir.Duration():
            return durations.plus(left, durations.times(right, Fraction(-1)))
        case "mul", ir.Duration(), Fraction():
            return durations.times(left, right)
        case "mul", Fraction(), ir.Duration():
            return durations.times(right, left)
        case "sub", date(), date():
            return ir.Duration(days=(left - right).days)
        case "sub", int(), int():
            return durations.of_length(left - right)
    raise TypeError(f"{operator} of {left!r} and {right!r}")


def calculate(operator: Operator, left: Fraction, right: Fraction) -> Fraction | Value:
    """Exact sums; products and quotients rounded to 6 places; nothing by zero (rulings 2 and 9)."""
    match operator:
        case "add":
            return left + right
        case "sub":
            return left - right
        case "mul":
            return round_half_away(left * right)
        case "div":
            return round_half_away(left / right) if right else NOTHING


def minus(value: Value) -> Value:
    """A number or a duration with the other sign."""
    match value:
        case Absent():
            return value
        case Fraction():
            return -value
        case ir.Duration():
            return durations.times(value, Fraction(-1))
    raise TypeError(f"minus of {value!r}")


# ── Functions ──


def domain(value: Value) -> Value:
    """What follows the last @ of an e-mail address; nothing where there is no @ (ruling 22)."""
    if not isinstance(value, str):
        return value
    return value.rsplit("@", 1)[1] if "@" in value else NOTHING


def plain(value: Value) -> Value:
    """NFKC, case folded, without white space (ruling 84)."""
    if not isinstance(value, str):
        return value
    return "".join(unicodedata.normalize("NFKC", value).casefold().split())


def age(value: Value, now: int) -> Value:
    """How long ago a time was, in exact time; nothing of a future one (ruling 84)."""
    if value is UNKNOWN or value is NOTHING:
        return value
    if not isinstance(value, int):
        raise TypeError(f"age of {value!r}")
    return durations.of_length(now - value) if value <= now else NOTHING
