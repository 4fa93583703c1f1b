"""What a value is while it is lowered: a column, and what is known about it without looking at a lead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from leadpolicy.compiler.ir import Scalar
from leadpolicy.compiler.to_polars.nodes import Node
from leadpolicy.compiler.to_python.literals import SCALE

SURE: Final[frozenset[Node]] = frozenset()
INT64: Final = 2**63 - 1
LARGEST: Final = 10**12
"""Numbers that are read are below this in size."""


class CannotLowerError(Exception):
    """Something that columns don't say: the evaluator decides it, lead by lead. The text says what."""


@dataclass(frozen=True, slots=True)
class Value:
    """A value of every lead.

    `node`: null where it is unknown or nothing. `doubts`: the columns whose nulls can make it unknown.
    `absent`: where it is nothing (never null); None where it can't be. `bound`: the largest size of a number, in the
    scale that it is kept in (`whole`: as it is, else in millionths). `dtype`: of numbers that were worked out.
    `number`: a constant's millionths. `codes`: of a value that is one of few, the value of each number that the node
    holds; a number that is none of these is nothing.
    """

    node: Node
    kind: str
    doubts: frozenset[Node] = SURE
    absent: Node | None = None
    whole: bool = True
    bound: int = 0
    dtype: str = "Int64"
    number: int | None = None
    constant: Scalar | None = None
    codes: tuple[tuple[int, Scalar], ...] | None = None
    choices: tuple[str, ...] | None = None
    """Of choices in order, lowest first."""
    slot: int | None = None
    most: Node | None = None
    """Of a count: with the records that may count; `node` is without them."""

    @property
    def unknown(self) -> bool:
        """Whether it can be unknown."""
        return bool(self.doubts)


@dataclass(frozen=True, slots=True)
class Truth:
    """A condition of every lead: true, false, or null where unknown. `doubts` as of a value."""

    node: Node
    doubts: frozenset[Node] = SURE

    @property
    def unknown(self) -> bool:
        """Whether it can be unknown."""
        return bool(self.doubts)


def smallest(bound: int) -> str:
    """The smallest type for whole numbers of that size."""
    for name, bits in (("Int8", 7), ("Int16", 15), ("Int32", 31)):
        if bound < 2**bits:
            return name
    return "Int64"


def fits(value: int, dtype: str) -> bool:
    """Whether a type has room for a number."""
    bits = int(dtype.removeprefix("Int")) - 1  # of signed types: numbers of rows are never compared so
    return bool(abs(value) < 2**bits)


def within(bound: int) -> int:
    """A bound that whole numbers of 64 bits have room for."""
    if bound > INT64:
        raise CannotLowerError("a number that may go beyond 64 bits")
    return bound


__all__ = ["INT64", "LARGEST", "SCALE", "SURE", "CannotLowerError", "Truth", "Value", "fits", "smallest", "within"]
