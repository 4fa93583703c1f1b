"""Times that come round by themselves: midnights, openings and closings."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from leadpolicy.engine.session.network import Fact
from leadpolicy.engine.spans import at_clock, local_day
from leadpolicy.engine.times import ZoneDeclaration

if TYPE_CHECKING:
    from leadpolicy.engine.session.changing import Changing


class Clock:
    """Strikes at the next turn behind now, once it is armed. `turn`: gives that, None where there is none.

    `back`: so much later than it turns. `strikes`: what is done then.
    """

    __slots__ = ("_back", "_session", "_since", "_turn", "_until", "strikes")

    def __init__(self, session: Changing, turn: Callable[[int], int | None], back: int) -> None:
        self.strikes: list[Callable[[], None]] = []
        self._session = session
        self._turn = turn
        self._back = back
        self._since = self._until = 0
        """Between these it is armed already."""

    def arm(self) -> None:
        """Strike at the next turn."""
        now = self._session.now
        if self._since <= now < self._until:
            return
        turn = self._turn(now - self._back)
        if turn is not None:
            self._since, self._until = now, turn + self._back
            # What waits is a touch of a fact; this one is in memory for ever.
            hand: Fact = [0, 1, 0, 0]
            self._session.later(self._until, 0, self._strike, hand)

    def _strike(self, _hand: Fact) -> None:
        for strike in self.strikes:
            strike()
        self._session.parts.again()


def next_midnight(now: int, zone: ZoneDeclaration) -> int | None:
    """When the next day begins in a zone; None at the end of time."""
    try:
        return at_clock(local_day(now, zone)[0] + 1, 0, zone)
    except OverflowError:
        return None
