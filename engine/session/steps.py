"""The firings of an instant, and the limits by which rules that go round are stopped (0012, section 5)."""

from __future__ import annotations

from leadpolicy.engine.session.errors import LoopError
from leadpolicy.engine.session.matches import RuleMatches
from leadpolicy.engine.session.network import Key, Match
from leadpolicy.engine.session.undoing import Fired

MOST_MOVES = 10
_NAMED = 100
"""Of how many firings the rules are named, where too many follow from others."""


class Instant:
    """The firings of an instant so far. `arrived`: the number of the last change of its own step: a match that came
    up later follows from a firing; `following`: how many did. `quiet`: with fewer firings of the session than so many
    no limit can be met."""

    __slots__ = ("_counted", "_counts", "_fired", "_first", "_limits", "_moves", "arrived", "following", "quiet")

    def __init__(self, limits: tuple[int, int], arrived: int, fired: list[Fired]) -> None:
        """`limits`: how often a match may fire, how many may follow; `fired`: all firings so far."""
        self.arrived = arrived
        self.following = 0
        self._limits = limits
        self._fired = fired
        self._first = self._counted = first = len(fired)
        self.quiet = first + min(limits)
        self._counts: dict[tuple[int, Key], int] | None = None
        """How often each match has fired, up to the firing `_counted`: few can't be too many."""
        self._moves: dict[object, list[str]] | None = None

    def check(self, rule: RuleMatches, match: Match, came: int) -> None:
        """A match is about to fire, and is among those that follow already. LoopError where it is one firing too
        many."""
        most, most_following = self._limits
        if len(self._fired) - self._first >= most:
            self._count((rule.index, _key(match)), most)
        if came > self.arrived and self.following > most_following:
            raise LoopError("following", _once([one[1].declaration.name for one in self._latest()]))

    def _latest(self) -> list[Fired]:
        return self._fired[self._first :][-_NAMED:]

    def _count(self, named: tuple[int, Key], most: int) -> None:
        counts = self._counts = self._counts or {}
        for fired in self._fired[self._counted :]:
            match = _named(fired)
            counts[match] = counts.get(match, 0) + 1
        self._counted = len(self._fired)
        if counts.get(named, 0) >= most:
            raise LoopError("match", self._since(named))

    def _since(self, match: tuple[int, Key]) -> tuple[str, ...]:
        """The rules that fired from the last firing of a match on."""
        found: list[str] = []
        for fired in reversed(self._fired[self._first :]):
            found.append(fired[1].declaration.name)
            if _named(fired) == match:
                break
        return _once(found[::-1])

    def move(self, lead: object, rule: str) -> None:
        """A lead is moved. LoopError where that is once too often."""
        self._moves = self._moves or {}
        movers = self._moves.setdefault(lead, [])
        if len(movers) >= MOST_MOVES:
            raise LoopError("moves", _once([*movers, rule]))
        movers.append(rule)


def _named(fired: Fired) -> tuple[int, Key]:
    """A match by its rule and the identities of its facts."""
    _, rule, match, _ = fired
    return rule.index, _key(match)


def _key(match: Match) -> Key:
    return match[0][-2] if len(match) == 1 else tuple([fact[-2] for fact in match])


def _once(rules: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(rules))
