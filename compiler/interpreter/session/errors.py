"""What goes wrong in a session, but for bad input (decision record 0012, sections 5 and 6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from leadpolicy.compiler.interpreter.session.content import Shown


@dataclass(frozen=True, slots=True)
class Failure:
    """A firing that did nothing, because an action of it (from 1) can't be carried out."""

    at: int
    rule: str
    action: int
    facts: list[Shown]
    word: str
    field: str | None


class LoopError(Exception):
    """Rules that go round without end; the instant was undone. `kind`: which limit was met."""

    def __init__(self, kind: Literal["match", "following", "moves"], rules: tuple[str, ...]) -> None:
        super().__init__(f"these rules go round without end: {', '.join(rules)}")
        self.kind, self.rules = kind, rules


class ConflictError(Exception):
    """Different things are concluded of one key; the instant was undone."""

    def __init__(self, fact: str, key: str, rules: tuple[str, ...]) -> None:
        super().__init__(f"{fact} {key}: different things are concluded of it, by {', '.join(rules)}")
        self.fact, self.key, self.rules = fact, key, rules


class FailedFiringsError(Exception):
    """Firings that failed. The session went on to rest; `returned` is what the call would have returned."""

    def __init__(self, failures: tuple[Failure, ...], returned: object) -> None:
        first = failures[0]
        super().__init__(
            f"the rule {first.rule} failed at its action {first.action}: {first.word} {first.field or ''}"
        )
        self.failures, self.returned = failures, returned


class UnplayedError(Exception):
    """A policy that sessions can't play yet."""
