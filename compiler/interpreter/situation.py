"""What is decided about and when, the modes of reading, and what expressions read of a policy's other parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from fractions import Fraction
from typing import Literal, Protocol

from leadpolicy.compiler import ir
from leadpolicy.compiler.interpreter.book import Book
from leadpolicy.compiler.interpreter.records import Records
from leadpolicy.compiler.interpreter.values import Truth, Value


class Mode(Enum):
    """How `is known` and its like read an unknown: see decision record 0002, section 2."""

    PLAIN = "plain"
    ASKING = "asking"
    OPEN = "open"


class Parts(Protocol):
    """The results of a policy's other parts, for the expressions that read them."""

    def score_bound(self, name: str, bound: Literal["value", "low", "high"]) -> Fraction: ...

    def table_value(self, name: str, output: str | None) -> Value: ...

    def gate_verdict(self, name: str) -> Truth: ...

    def stage_reached(self, name: str) -> Truth: ...

    def current_stage(self) -> Value: ...

    def is_disqualified(self) -> bool: ...

    def has_route(self, expr: ir.HasRoute) -> bool: ...


@dataclass(frozen=True, slots=True)
class Situation:
    """What is decided about, when, and when each stage was first reached (`entered`, in microseconds)."""

    book: Book
    records: Records
    now: int
    entered: Mapping[str, int] = field(default_factory=dict)
