"""Counts that aren't settled: pairs of the least and the most, compared with numbers and with each other (ruling 6).

A comparison is settled where every whole number between the ends gives the same.
"""

from __future__ import annotations

from leadpolicy.engine.numbers import SCALE
from leadpolicy.engine.policy import Verdict
from leadpolicy.engine.values import NOTHING, Items

Pair = tuple[int, int]


def pair(value: object) -> object:
    """A number as a pair; what is unknown or nothing as it is."""
    return (value, value) if isinstance(value, int) else value


def scale_pair(ends: Pair) -> Pair:
    """Ends in millionths."""
    return ends[0] * SCALE, ends[1] * SCALE


def compare(relation: str, left: object, right: object, step: int) -> Verdict:
    """Two sides, each a pair of ends, unknown or nothing. `step`: how far apart the numbers between two ends are."""
    if left is NOTHING or right is NOTHING:
        return False
    if not isinstance(left, tuple) or not isinstance(right, tuple):
        return None
    low, high = left
    other_low, other_high = right
    if relation == "eq":
        return _equal(low, high, other_low, other_high, step)
    if relation in {"gt", "ge"}:
        low, high, other_low, other_high = other_low, other_high, low, high
    if relation in {"lt", "gt"}:
        always, ever = high < other_low, low < other_high
    else:
        always, ever = high <= other_low, low <= other_high
    return True if always else None if ever else False


def _equal(low: int, high: int, other_low: int, other_high: int, step: int) -> Verdict:
    if high < other_low or other_high < low or (low - other_low) % step:
        return False
    return True if low == high == other_low == other_high else None


def between(item: object, low: object, high: object, step: int) -> Verdict:
    """`low <= item <= high`."""
    return both(compare("ge", item, low, step), compare("le", item, high, step))


def both(a: Verdict, b: Verdict) -> Verdict:
    """The Kleene `and`."""
    if a is False or b is False:
        return False
    return None if a is None or b is None else True


def in_items(ends: Pair, items: object, step: int) -> Verdict:
    """Membership of a pair in a list (rulings 5, 6): settled where it is the same for every number between."""
    if items is NOTHING:
        return False
    if not isinstance(items, Items):
        return None
    found = {_in(number, items) for number in range(ends[0], ends[1] + 1, step)}
    return found.pop() if len(found) == 1 else None


def _in(number: int, items: Items) -> Verdict:
    return True if number in items.items else None if items.more else False
