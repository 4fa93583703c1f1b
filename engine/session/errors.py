"""What goes wrong in a session, but for bad input (0012, sections 5 and 6)."""

from __future__ import annotations

from dataclasses import dataclass

from leadpolicy.engine.errors import LeadpolicyError


@dataclass(frozen=True, slots=True)
class Failure:
    """A firing that did nothing, because one of its actions can't be carried out. `at`: microseconds since 1970 UTC;
    `action`: from 1; `place`: `file:line`; `facts`: the match's; `word`: `field`, `link` or `key`."""

    at: int
    rule: str
    action: int
    place: str
    facts: tuple[object, ...]
    word: str
    field: str | None

    def __str__(self) -> str:
        return failure_text(self.rule, self.action, self.place, self.word, self.field)


def failure_text(rule: str, action: int, place: str, word: str, field: str | None) -> str:
    """What a failed firing is told as."""
    what = f"{word} `{field}`" if field is not None else word
    return f"rule {rule}, action {action} ({place}): {what} has no value that it can have"


class ActionError(LeadpolicyError):
    """Firings that failed, in order. The session went on to rest; `returned` is what the call would have given."""

    def __init__(self, failures: tuple[Failure, ...], returned: object) -> None:
        more = f" (and {len(failures) - 1} more)" if len(failures) > 1 else ""
        super().__init__(f"{failures[0]}{more}")
        self.failures = failures
        self.returned = returned


class LoopError(LeadpolicyError):
    """Rules that don't come to rest; the instant was undone. `kind`: `match`, `following` or `moves`."""

    def __init__(self, kind: str, rules: tuple[str, ...]) -> None:
        super().__init__(f"these rules go round without coming to rest: {', '.join(rules)}")
        self.kind = kind
        self.rules = rules


class ConflictError(LeadpolicyError):
    """Two conclusions of one key that say different things; the instant was undone."""

    def __init__(self, fact: str, key: str, rules: tuple[str, ...]) -> None:
        super().__init__(f"{fact} {key}: different things are concluded, by {', '.join(rules)}")
        self.fact = fact
        self.key = key
        self.rules = rules
