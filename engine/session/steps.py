"""Firings of an instant: what each follows from, and the limits by which rules that go round are stopped."""

from __future__ import annotations

from leadpolicy.engine.session.errors import LoopError
from leadpolicy.engine.session.matches import Entry, Key, RuleMatches

MOST_MOVES = 10
_NAMED = 100


class Firing:
    """One firing. `cause`: the firing in whose step its match began to hold."""

    __slots__ = ("cause", "depth", "key", "rule")
    depth: int

    def __init__(self, rule: RuleMatches, key: Key, cause: Firing | None) -> None:
        self.rule = rule
        self.key = key
        self.cause = cause
        self.depth = 0 if cause is None else cause.depth + 1


class Instant:
    """The firings of an instant so far. LoopError where one would be too many."""

    __slots__ = ("_counts", "_deepest", "_log", "_most", "_moves")

    def __init__(self, most: int, deepest: int) -> None:
        self._most = most
        self._deepest = deepest
        self._counts: dict[tuple[int, Key], int] = {}
        self._log: list[Firing] = []
        self._moves: dict[object, list[str]] = {}

    def fire(self, rule: RuleMatches, entry: Entry) -> Firing:
        """The next firing."""
        firing = Firing(rule, entry.key, entry.cause)
        entry.cause = None
        match = rule.index, entry.key
        count = self._counts.get(match, 0) + 1
        if count > self._most:
            raise LoopError("match", self._since(match))
        if firing.depth > self._deepest:
            raise LoopError("depth", _back(firing))
        self._counts[match] = count
        self._log.append(firing)
        return firing

    def _since(self, match: tuple[int, Key]) -> tuple[str, ...]:
        """The rules that fired from the last firing of a match on."""
        found: list[str] = []
        for firing in reversed(self._log):
            found.append(firing.rule.declaration.name)
            if (firing.rule.index, firing.key) == match:
                break
        return tuple(dict.fromkeys(reversed(found)))

    def move(self, lead: object, rule: str) -> None:
        """A lead is moved."""
        movers = self._moves.setdefault(lead, [])
        if len(movers) >= MOST_MOVES:
            raise LoopError("moves", tuple(dict.fromkeys([*movers, rule])))
        movers.append(rule)


def _back(firing: Firing) -> tuple[str, ...]:
    """The rules on the way back from a firing."""
    found: list[str] = []
    one: Firing | None = firing
    while one is not None and len(found) < _NAMED:
        found.append(one.rule.declaration.name)
        one = one.cause
    return tuple(dict.fromkeys(reversed(found)))
