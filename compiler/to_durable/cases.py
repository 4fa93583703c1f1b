"""Conditions as cases: a disjunction of conjunctions of tests that durable_rules can make."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

UNKNOWN: Final = 0
NOTHING: Final = 1
KNOWN: Final = 2
"""The states of a field, as messages have them."""

KEY: Final = -1
LINK: Final = -2
"""Places of what is no field: the record's key as a reference, and the key of the record that it belongs to."""

MOST_CASES: Final = 64
MOST_JOINS: Final = 24
"""Tests by which a record is joined to others: durable_rules keeps 32 for a pattern, not all of them tests."""

Relation: TypeAlias = Literal["eq", "ne", "lt", "le", "gt", "ge"]

OPPOSITES: Final[dict[Relation, Relation]] = {
    "eq": "ne", "ne": "eq", "lt": "ge", "ge": "lt", "gt": "le", "le": "gt",
}  # fmt: skip
TURNED: Final[dict[Relation, Relation]] = {
    "eq": "eq", "ne": "ne", "lt": "gt", "gt": "lt", "le": "ge", "ge": "le",
}  # fmt: skip


class NotExpressible(Exception):  # noqa: N818 - a reason, told where the condition's words are known
    """Why durable_rules can't say a condition."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a record of a match: `var` counts its records. `ranked`: its choice's position, not its text."""

    var: int
    place: int
    ranked: bool = False


@dataclass(frozen=True, slots=True)
class InState:
    """That a field is in one of some states."""

    field: Field
    states: frozenset[int]


@dataclass(frozen=True, slots=True)
class Holds:
    """That the sum of `plus` and `constant` without `minus` stands in a relation to 0; all fields are known."""

    relation: Relation
    plus: tuple[Field, ...]
    minus: tuple[Field, ...]
    constant: int

    @property
    def fields(self) -> tuple[Field, ...]:
        """All fields."""
        return (*self.plus, *self.minus)


Test: TypeAlias = InState | Holds


def fields_of(test: Test) -> tuple[Field, ...]:
    """The fields that a test reads."""
    return (test.field,) if isinstance(test, InState) else test.fields


Case: TypeAlias = frozenset[Test]
Cases: TypeAlias = tuple[Case, ...]

ALWAYS: Final[Cases] = (frozenset(),)
NEVER: Final[Cases] = ()


def both(parts: Iterable[Cases]) -> Cases:
    """All of these hold."""
    found = ALWAYS
    for part in parts:
        merged = (_merged(one, other) for one in found for other in part)
        found = _once(case for case in merged if case is not None)
        _limit(found)
    return found


def either(parts: Iterable[Cases]) -> Cases:
    """One of these holds."""
    found = _once(case for part in parts for case in part)
    _limit(found)
    return found


def _limit(cases: Cases) -> None:
    if len(cases) > MOST_CASES:
        raise NotExpressible(f"it comes to more than {MOST_CASES} cases, each a rule of its own")


def _once(cases: Iterable[Case]) -> Cases:
    """Each case once; what says more than another says nothing new."""
    found: list[Case] = []
    for case in dict.fromkeys(cases):
        if not any(other <= case for other in found):
            found = [other for other in found if not case <= other]
            found.append(case)
    return tuple(found)


def _merged(one: Case, other: Case) -> Case | None:
    """Both cases in one; None where they exclude each other by a field's state."""
    states: dict[Field, frozenset[int]] = {}
    tests: set[Test] = set()
    for test in (*one, *other):
        if isinstance(test, InState):
            states[test.field] = states.get(test.field, test.states) & test.states
        else:
            tests.add(test)
    if not all(states.values()):
        return None
    return frozenset({*tests, *(InState(field, left) for field, left in states.items())})
