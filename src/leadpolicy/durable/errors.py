"""What goes wrong with durable_rules as a matcher."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from leadpolicy.engine.errors import LeadpolicyError

if TYPE_CHECKING:
    from leadpolicy.compiler.to_durable import NotLowered


class NoDurableRulesError(LeadpolicyError, ImportError):
    """durable_rules isn't installed."""


class NotLoweredError(LeadpolicyError):
    """Rules that durable_rules can't express. `problems`: all that it can't, in the order of the file."""

    def __init__(self, problems: tuple[NotLowered, ...]) -> None:
        super().__init__("durable_rules can't express these rules:\n" + "\n".join(map(str, problems)))
        self.problems = problems


class DurableRulesError(LeadpolicyError):
    """durable_rules did what it should never do: what it said itself. The session can't be used any more."""


@dataclass(frozen=True, slots=True)
class SessionSupport:
    """What of a policy's rules a matcher can match. `rules`: their names; `problems`: what it can't, and why."""

    matcher: str
    rules: tuple[str, ...]
    problems: tuple[NotLowered, ...]
