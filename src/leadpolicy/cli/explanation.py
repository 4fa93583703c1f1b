"""What `lead explain` is asked, and what it found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from leadpolicy.cli.rules_explained import RulesExplained
from leadpolicy.files.records import Record

if TYPE_CHECKING:
    from leadpolicy.engine.session.why import WhyNot


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: which lead, why not somewhere else, what if a field had another value."""

    lead: str
    why_not: str | None
    what_if: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """A part of the decision that would be different."""

    part: str
    before: str
    after: str

    def to_dict(self) -> dict[str, object]:
        """As `--format json` prints it."""
        return {"part": self.part, "before": self.before, "after": self.after}


@dataclass(frozen=True, slots=True)
class Explanation:
    """The decision with its reasons, and the answers to what was asked."""

    record: Record
    decision: Mapping[str, Any]
    why_not: Sequence[Mapping[str, Any]] | None
    changes: tuple[Change, ...] | None
    rules: RulesExplained | None = None
    why_not_rule: RuleAnswer | None = None


@dataclass(frozen=True, slots=True)
class RuleAnswer:
    """Why a rule has no match with the lead; None in it where it has one."""

    rule: str
    found: WhyNot | None
