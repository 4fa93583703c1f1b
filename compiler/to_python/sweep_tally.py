"""What a loop over records counts, and when it takes a record."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, NamedTuple

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_python.code import Code


@dataclass(slots=True)
class Tally:
    """What is counted of some records, and the name of its result.

    `what`: `each`, `once` (how many records give points), `once_per_day` (how many days do), or these with `faded_`
    before them (the sum of the factors, in 10⁻⁹); `any` (a verdict); `count` (a number, or a pair of ends where a
    record can be a maybe); `first`, `last` (the record).
    """

    what: str
    name: str
    records: ir.Records
    mode: str
    decay: ir.Decay | None
    doubt: bool
    rest: list[ir.Expr] = field(default_factory=list)
    """What must hold of a record besides what it was told apart by."""


class Feed(NamedTuple):
    """When a tally takes a record: certainly, and perhaps; and what is done then."""

    true: Code
    unknown: Code
    sure: list[str]
    maybe: list[str]


MAYBE: Final = {
    "any": "if NAME is False:\n    NAME = None",
    "count": "NAME_more += 1",
    "first": "wins",
    "last": "wins",
}
"""What a maybe does to those tallies that it matters to. Entries give points for sure records only."""
