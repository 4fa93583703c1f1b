"""A match that holds, and matches that are still to be found."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from leadpolicy.engine.session.network import Fact, Key, Match


class Entry:
    """A match that holds. `came`: the number of the change after which it began to."""

    __slots__ = ("came", "concluded", "key", "live", "match")

    def __init__(self, key: Key, match: Match, came: int) -> None:
        self.key = key
        self.match = match
        self.came = came
        self.live = True
        self.concluded: tuple[tuple[int, int, tuple[object, ...]], ...] = ()


class Cursor:
    """Matches that began to hold with one change, of a fact that all of them have: found when their turn comes, in
    the order in which they fire. `passes`: the conditions on the fact alone."""

    __slots__ = ("came", "fact", "passes", "rows")

    def __init__(
        self, came: int, fact: Fact, passes: Callable[[Fact], bool], rows: Iterator[tuple[Key, Match]]
    ) -> None:
        self.came = came
        self.fact = fact
        self.passes = passes
        self.rows = rows
