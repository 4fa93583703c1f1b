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

    __slots__ = ("_arrived", "_counted", "_counts", "_following", "_log", "_most", "_most_following", "_moves")

    def __init__(self, most_of_a_match: int, most_following: int, arrived: int) -> None:
        self._arrived = arrived
        self._most = most_of_a_match
        self._most_following = most_following
        self._following = 0
        self._counts: dict[tuple[int, Key], int] = {}
        self._counted = 0
        """Up to which firing they are counted: few can't be too many."""
        self._log: list[tuple[RuleMatches, Key]] = []
        self._moves: dict[object, list[str]] = {}

    def fire(self, rule: RuleMatches, entry: Entry) -> None:
        """Count the next firing. LoopError where it is one too many."""
        log = self._log
        if len(log) >= self._most:
            self._count(rule, entry.key)
        if entry.came > self._arrived:
            if self._following >= self._most_following:
                raise LoopError("following", _once([one.declaration.name for one, _ in log[-_NAMED:]]))
            self._following += 1
        log.append((rule, entry.key))

    def _count(self, rule: RuleMatches, key: Key) -> None:
        counts = self._counts
        for fired, of in self._log[self._counted :]:
            counts[fired.index, of] = counts.get((fired.index, of), 0) + 1
        self._counted = len(self._log)
        if counts.get((rule.index, key), 0) >= self._most:
            raise LoopError("match", self._since(rule, key))

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
