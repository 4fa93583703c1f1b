"""Errors of the engine."""

from __future__ import annotations

from dataclasses import dataclass


class LeadpolicyError(Exception):
    """Base of all errors that leadpolicy raises on purpose."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One field of one record that can't be read. `lead`: the record's key as text, None where that is bad itself."""

    lead: str | None
    field: str
    expected: str
    found: str

    def __str__(self) -> str:
        of = f"lead `{self.lead}`, " if self.lead is not None else ""
        return f"{of}field `{self.field}`: expected {self.expected}, found {self.found}"


class InputError(LeadpolicyError, ValueError):
    """Input that can't be read. `lead`, `field`, `expected`, `found` are those of the first problem."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        first = problems[0]
        more = len(problems) - 1
        also = f" (and {more} more problem{'s' if more > 1 else ''})" if more else ""
        super().__init__(f"{first}{also}")
        self.problems = problems
        self.lead = first.lead
        self.field = first.field
        self.expected = first.expected
        self.found = first.found

    def __reduce__(self) -> tuple[type[InputError], tuple[tuple[Problem, ...]]]:
        return InputError, (self.problems,)


class NoSuchPartError(LeadpolicyError, LookupError):
    """`why_not` was asked about something that the policy doesn't have."""
