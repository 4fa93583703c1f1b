"""The firings of an instant, and the limits by which rules that go round are stopped (0012, section 5)."""

from __future__ import annotations

from leadpolicy.engine.session.errors import LoopError
from leadpolicy.engine.session.matches import Entry, Key, RuleMatches

MOST_MOVES = 10
_NAMED = 100
"""Of how many firings the rules are named, where too many follow from others."""


class Instant:
    """The firings of an instant so far. `arrived`: the number of the last change of its own step: a match that came
    up later follows from a firing."""

    __slots__ = ("_counts", "_following", "_log", "_most", "_most_following", "_moves", "arrived")

    def __init__(self, most_of_a_match: int, most_following: int) -> None:
        self.arrived = 0
        self._most = most_of_a_match
        self._most_following = most_following
        self._following = 0
        self._counts: dict[tuple[int, Key], int] = {}
        self._log: list[tuple[RuleMatches, Key]] = []
        self._moves: dict[object, list[str]] = {}

    def fire(self, rule: RuleMatches, entry: Entry) -> None:
        """Count the next firing. LoopError where it is one too many."""
        match = rule.index, entry.key
        count = self._counts.get(match, 0)
        if count >= self._most:
            raise LoopError("match", self._since(rule, entry.key))
        if entry.came > self.arrived:
            if self._following >= self._most_following:
                raise LoopError("following", _once([one.declaration.name for one, _ in self._log[-_NAMED:]]))
            self._following += 1
        self._counts[match] = count + 1
        self._log.append((rule, entry.key))

    def _since(self, rule: RuleMatches, key: Key) -> tuple[str, ...]:
        """The rules that fired from the last firing of a match on."""
        found: list[str] = []
        for fired, of in reversed(self._log):
            found.append(fired.declaration.name)
            if fired is rule and of == key:
                break
        return _once(found[::-1])

    def move(self, lead: object, rule: str) -> None:
        """A lead is moved. LoopError where that is once too often."""
        movers = self._moves.setdefault(lead, [])
        if len(movers) >= MOST_MOVES:
            raise LoopError("moves", _once([*movers, rule]))
        movers.append(rule)


def _once(rules: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(rules))
