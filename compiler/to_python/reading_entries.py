"""Entries of scores that read their field themselves: the test of its kind is the test that it is known, too."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_python import walk
from leadpolicy.compiler.to_python.literals import SCALE, literal, scaled
from leadpolicy.compiler.to_python.nature import Natures
from leadpolicy.compiler.to_python.reaches import points_of
from leadpolicy.compiler.to_python.scope import Scope, Unread

_LIMIT: Final = 10**12
_LONGEST_CHAIN: Final = 40
Test = tuple[tuple[str, int], ...]
"""A conjunction of comparisons of a whole number with constants: (sign, constant)."""
_SIGNS: Final[Mapping[str, tuple[str, Callable[[int, int], bool]]]] = {
    "eq": ("==", operator.eq),
    "lt": ("<", operator.lt),
    "le": ("<=", operator.le),
    "gt": (">", operator.gt),
    "ge": (">=", operator.ge),
}
_HOLDS: Final = dict(_SIGNS.values())


class ReadingEntries:
    """Writes entries about a single field that isn't read yet."""

    def __init__(self, natures: Natures, scope: Scope) -> None:
        self._natures = natures
        self._scope = scope

    def write(self, entry: walk.Entry, whole: bool, name: str) -> bool:
        """An entry that adds to `name`; False, and nothing written, where it can't read its field."""
        match entry:
            case ir.PointsEntry():
                return self._choices(entry, whole, name)
            case ir.BandsEntry():
                conditions = [(band.condition, band.points, band.place) for band in entry.bands]
                return self._numbers(conditions, whole, name)
            case ir.PlainEntry(points=ir.Const(value=str(points)), condition=ir.Condition() as condition):
                number = points_of(points, whole)
                return (
                    self._truth(condition, number, entry.place, name)
                    or self._choice(condition, number, entry.place, name)
                    or self._numbers([(condition, points, entry.place)], whole, name)
                )
            case _:
                return False

    def _unread(self, slot: int | None, kind: str) -> Unread | None:
        if slot is None or self._scope.plan.slots[slot].type.kind != kind:
            return None
        return self._scope.unread(slot)

    def _choices(self, entry: ir.PointsEntry, whole: bool, name: str) -> bool:
        """Points by choice: a table of all choices tells at once whether the value is one."""
        slot = self._natures.slot(entry.subject)
        unread = self._unread(slot, "choice")
        if slot is None or unread is None:
            return False
        given = {one.choice: points_of(one.points, whole) for one in entry.choices}
        self._write_choices(slot, unread, given, entry.place, name)
        return True

    def _choice(self, condition: ir.Condition, points: int, place: ir.Place, name: str) -> bool:
        """Points for some choices, or for all others."""
        found = self._named(condition)
        unread = None if found is None else self._unread(found[0], "choice")
        if found is None or unread is None:
            return False
        slot, named, others = found
        choices = self._scope.plan.slots[slot].type.choices or ()
        given = dict.fromkeys((choice for choice in choices if (choice in named) != others), points)
        self._write_choices(slot, unread, given, place, name)
        return True

    def _named(self, condition: ir.Condition) -> tuple[int, frozenset[str], bool] | None:
        """(slot, constants, whether all others are meant) of a condition that compares one field with texts."""
        if len(condition.clauses) != 1:
            return None
        expr, others = condition.clauses[0].expr, False
        if isinstance(expr, ir.Not):
            expr, others = expr.arg, True
        values: list[object] = []
        if isinstance(expr, ir.Compare) and expr.relation == "eq":
            item, constant = expr.left, self._scope.plan.resolve(expr.right)
            values = [constant.value] if isinstance(constant, ir.Const) else [None]
        elif isinstance(expr, ir.In):
            item, fixed = expr.item, self._natures.constant_list(expr.items)
            values = [None] if fixed is None else [value for _, value in fixed]
        else:
            return None
        slot = self._natures.slot(item)
        texts = frozenset(value for value in values if isinstance(value, str))
        return None if slot is None or len(texts) < len(set(values)) else (slot, texts, others)

    def _write_choices(self, slot: int, unread: Unread, given: Mapping[str, int], place: ir.Place, name: str) -> None:
        field = self._scope.plan.about.fields[self._scope.plan.slots[slot].order[0]]
        choices = [choice for choice in field.type.choices or () if choice not in field.markers]
        pairs = [f"{literal(choice)}: {literal(given.get(choice, 0))}" for choice in choices]
        pairs += ["None: 0"] if unread.optional else []
        table = self._scope.shared.constants.name("POINTS", f"{{{', '.join(pairs)}}}")
        body = self._scope.body
        body.mark(place)
        with body.block("try:"):
            body.line(f"{name} += {table}[{unread.name} := {unread.got}]")
        with body.block("except (KeyError, TypeError):"):
            body.line("return None")
        self._scope.was_read(slot)

    def _truth(self, condition: ir.Condition, points: int, place: ir.Place, name: str) -> bool:
        """Points for a field that is true."""
        if len(condition.clauses) != 1:
            return False
        slot = self._natures.slot(condition.clauses[0].expr)
        unread = self._unread(slot, "bool")
        if slot is None or unread is None:
            return False
        body = self._scope.body
        body.mark(place)
        body.line(f"{unread.name} = {unread.got}")
        with body.block(f"if {unread.name} is True:"):
            body.line(f"{name} += {literal(points)}")
        absent = f" and {unread.name} is not None" if unread.optional else ""
        with body.block(f"elif {unread.name} is not False{absent}:"):
            body.line("return None")
        self._scope.was_read(slot)
        return True

    def _numbers(self, bands: Sequence[tuple[ir.Condition, str, ir.Place]], whole: bool, name: str) -> bool:
        """Points by where a whole number lies."""
        found = [self._test(condition) for condition, _, _ in bands]
        slots = {one[0] for one in found if one is not None}
        if None in found or len(slots) != 1 or len(found) > _LONGEST_CHAIN:
            return False
        (slot,) = slots
        unread = self._unread(slot, "int")
        if unread is None:
            return False
        tests = [one[1] for one in found if one is not None]
        self._write_numbers(unread, tests, [(points_of(points, whole), place) for _, points, place in bands], name)
        self._scope.was_read(slot)
        return True

    def _write_numbers(
        self, unread: Unread, tests: Sequence[Test], given: Sequence[tuple[int, ir.Place]], name: str
    ) -> None:
        """An `if` chain. What a whole number may be at most is looked at where a larger one would get."""
        above, below = _first(tests, _LIMIT), _first(tests, -_LIMIT)
        body, number = self._scope.body, unread.name
        body.line(f"{number} = {unread.got}")
        with body.block(f"if type({number}) is int:"):
            for at, (test, (points, place)) in enumerate(zip(tests, given, strict=True)):
                body.mark(place)
                with body.block(f"{'elif' if at else 'if'} {_shown(test, number)}:"):
                    self._write_limits(number, at == above, at == below)
                    body.line(f"{name} += {literal(points)}")
            beyond = _beyond(number, above == len(tests), below == len(tests))
            if beyond:
                with body.block(f"elif {beyond}:"):
                    body.line("return None")
        with body.block(f"elif {number} is not None:" if unread.optional else "else:"):
            body.line("return None")

    def _write_limits(self, number: str, above: bool, below: bool) -> None:
        beyond = _beyond(number, above, below)
        if beyond:
            with self._scope.body.block(f"if {beyond}:"):
                self._scope.body.line("return None")

    def _test(self, condition: ir.Condition) -> tuple[int, Test] | None:
        """What a condition compares one field with: whole constants within the limits."""
        if len(condition.clauses) != 1:
            return None
        expr = condition.clauses[0].expr
        if isinstance(expr, ir.Compare):
            item, ends = expr.left, [(_SIGNS[expr.relation][0], expr.right)]
        elif isinstance(expr, ir.Between):
            item, ends = expr.item, [(">=", expr.low), ("<=", expr.high)]
        else:
            return None
        slot = self._natures.slot(item)
        constants = [_whole(self._scope.plan.resolve(end)) for _, end in ends]
        if slot is None or any(number is None for number in constants):
            return None
        signs = [sign for sign, _ in ends]
        return slot, tuple(
            (sign, number) for sign, number in zip(signs, constants, strict=True) if number is not None
        )


def _whole(expr: ir.Expr) -> int | None:
    """A constant that is a whole number within the limits."""
    if not isinstance(expr, ir.Const) or expr.type.kind not in {"int", "number"} or not isinstance(expr.value, str):
        return None
    number, rest = divmod(scaled(expr.value), SCALE)
    return number if not rest and abs(number) < _LIMIT else None


def _first(tests: Sequence[Test], number: int) -> int:
    """The first test that a number passes; behind the last one where it passes none."""
    return next((at for at, test in enumerate(tests) if _holds(test, number)), len(tests))


def _holds(test: Test, number: int) -> bool:
    return all(_HOLDS[sign](number, constant) for sign, constant in test)


def _shown(test: Test, number: str) -> str:
    if len(test) == 2:
        return f"{literal(test[0][1])} <= {number} <= {literal(test[1][1])}"
    ((sign, constant),) = test
    return f"{number} {sign} {literal(constant)}"


def _beyond(number: str, above: bool, below: bool) -> str:
    """That a number is beyond the limits, of those that matter."""
    tests = [f"{number} >= {_LIMIT}"] if above else []
    tests += [f"{number} <= -{_LIMIT}"] if below else []
    return " or ".join(tests)
