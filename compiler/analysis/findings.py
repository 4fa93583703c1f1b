"""What an analysis found, and what it could not look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from leadpolicy.compiler import ir
from leadpolicy.compiler.analysis.conditions import Conditions, Want
from leadpolicy.compiler.analysis.regions import Region, TooMuchError
from leadpolicy.compiler.diagnostics import Severity
from leadpolicy.compiler.wording import Message, say


@dataclass(frozen=True, slots=True)
class Related:
    """Another place that has to do with a finding; `words`: the part of it that is meant, as the author wrote it."""

    message: Message
    place: ir.Place
    words: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """`words`: the part of the place that is meant, as the author wrote it; None for all of it."""

    code: str
    severity: Severity
    place: ir.Place
    message: Message
    words: str | None = None
    hint: Message | None = None
    related: tuple[Related, ...] = ()


@dataclass(frozen=True, slots=True)
class NotAnalysed:
    """`words` at a place were taken as: may be anything. `too_much`: it was given up for its size."""

    place: ir.Place
    words: str
    too_much: bool = False

    def told(self) -> Message:
        """In words, with the place."""
        at = f"{self.place.file}:{self.place.line}:{self.place.column}"
        if self.too_much:
            return say("{}: not analysed, for there are too many cases: `{}`", at, self.words)
        return say("{}: not analysed: `{}`", at, self.words)


@dataclass(frozen=True, slots=True)
class Analysis:
    """All findings on a policy, and what they leave open."""

    findings: tuple[Finding, ...]
    not_analysed: tuple[NotAnalysed, ...]


@dataclass(slots=True)
class Report:
    """Gathers an analysis."""

    policy: ir.Policy
    conditions: Conditions
    findings: list[Finding] = field(default_factory=list)
    not_analysed: list[NotAnalysed] = field(default_factory=list)
    lets_told: set[str] = field(default_factory=set)
    """Lets of which it has been said that they are always the same."""
    # By identity, because hashing a condition hashes all of it; it is kept, so its identity stays its own.
    _regions: dict[tuple[int, Want, bool], tuple[ir.Condition | None, Region | None]] = field(default_factory=dict)

    def warn(
        self,
        code: str,
        place: ir.Place,
        message: Message,
        *,
        words: str | None = None,
        hint: Message | None = None,
        related: Sequence[Related] = (),
    ) -> None:
        """Add a finding of severity warning."""
        self.findings.append(Finding(code, "warning", place, message, words, hint, tuple(related)))

    def note(self, code: str, place: ir.Place, message: Message, *, hint: Message | None = None) -> None:
        """Add a finding of severity note."""
        self.findings.append(Finding(code, "note", place, message, hint=hint))

    def give_up(self, place: ir.Place, words: str) -> None:
        """Say that something was too much to look at."""
        self.not_analysed.append(NotAnalysed(place, words, too_much=True))

    def region(self, condition: ir.Condition | None, want: Want, asking: bool = False) -> Region | None:
        """Where a condition is as wanted; None where that is too much to say."""
        key = (id(condition), want, asking)
        if key not in self._regions:
            try:
                self._regions[key] = condition, self.conditions.condition(condition, want, asking)
            except TooMuchError:
                self._regions[key] = condition, None
        return self._regions[key][1]
