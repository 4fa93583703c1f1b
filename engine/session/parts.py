"""Parts of leads that rules read: scores, tables, gates, stages. Each is worked out when it is asked for, and kept
until something that it reads has changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from leadpolicy.engine.policy import Later
from leadpolicy.engine.session.clocks import Clock, next_midnight
from leadpolicy.engine.session.earlier import EarlierRows, ToldRows
from leadpolicy.engine.session.network import Fact
from leadpolicy.engine.times import ZoneDeclaration
from leadpolicy.engine.work_time import WorkCalendar

if TYPE_CHECKING:
    from leadpolicy.engine.session.changing import Changing
    from leadpolicy.engine.session.matches import RuleMatches

Ask: TypeAlias = Callable[[Fact | None], None]
"""Looks again at a rule's matches that a lead touches; None: that any may touch."""

_MISSING: Final = object()


class Part:
    """What a part of leads comes to, by lead. `worked`: how often it was worked out."""

    __slots__ = ("_clocks", "_found", "_stale", "_work", "above", "asks", "name", "worked")

    def __init__(
        self,
        name: str,
        work: Callable[[Fact], object],
        asks: Sequence[Ask],
        clocks: Sequence[Clock],
        stale: list[tuple[Part, Fact | None]],
    ) -> None:
        self.name = name
        self.asks = asks
        self.above: list[Part] = []
        """The parts that read this one."""
        self.worked = 0
        self._work = work
        self._clocks = clocks
        self._stale = stale
        self._found: dict[int, object] = {}

    def of(self, lead: Fact) -> object:
        """What it comes to for a lead."""
        identity: int = lead[-2]
        value = self._found.get(identity, _MISSING)
        if value is _MISSING:
            value = self._found[identity] = self._work(lead)
            self.worked += 1
            for clock in self._clocks:
                clock.arm()
        return value

    def forget(self, lead: Fact) -> None:
        """Something that it reads has changed for a lead."""
        if self._found.pop(lead[-2], _MISSING) is not _MISSING:
            self._stale.append((self, lead))
            for part in self.above:
                part.forget(lead)

    def forget_all(self) -> None:
        """The same for all leads."""
        if self._found:
            self._found.clear()
            self._stale.append((self, None))
            for part in self.above:
                part.forget_all()

    def lose(self, lead: Fact) -> None:
        """A lead has gone."""
        self._found.pop(lead[-2], None)

    def clear(self) -> None:
        """Forget everything, and tell nobody."""
        self._found.clear()


class Parts:
    """All parts of a session, and what has to be looked at again because some are stale."""

    def __init__(self, session: Changing) -> None:
        self.stale: list[tuple[Part, Fact | None]] = []
        """(part, lead) that were forgotten; None for all leads."""
        self.all: list[Part] = []
        self.clocked: list[Part] = []
        """Those that depend on time in a way that has no instants of its own."""
        self._session = session
        self._earlier: dict[int, EarlierRows] = {}

    # ── Called by the network, once ──

    def add(
        self,
        name: str,
        work: Callable[[Fact], object],
        below: Sequence[Part],
        asks: Sequence[Ask],
        clocks: Sequence[Clock],
        clocked: bool,
    ) -> Part:
        """One more part. `below`: those that it reads; `asks`: who reads it; `clocks`: when it changes by itself."""
        part = Part(name, work, asks, clocks, self.stale)
        for other in below:
            other.above.append(part)
        for clock in clocks:
            clock.strikes.append(part.forget_all)
        self.all.append(part)
        if clocked:
            self.clocked.append(part)
        return part

    def opening(self, calendar: WorkCalendar, back: int) -> Clock:
        """The next time that a calendar opens or closes, `back` microseconds later."""
        return Clock(self._session, calendar.next_turn, back)

    def midnight(self, zone: ZoneDeclaration, back: int) -> Clock:
        """The next midnight, `back` microseconds later."""
        return Clock(self._session, lambda now: next_midnight(now, zone), back)

    def watch(self, clock: Clock, rule: RuleMatches) -> None:
        """A rule that is to be looked at whenever a clock strikes."""

        def look() -> None:
            rule.check_all()
            rule.add(self._session.network.all[rule.index]())
            clock.arm()

        clock.strikes.append(look)
        clock.arm()

    # ── Called as facts change ──

    def again(self) -> None:
        """Look again at all that reads what has become stale."""
        stale = self.stale
        done: set[tuple[Ask, int | None]] = set()
        while stale:
            part, lead = stale.pop()
            for ask in part.asks:
                asked = ask, None if lead is None else id(lead)
                if asked not in done and (ask, None) not in done:
                    done.add(asked)
                    ask(lead)

    def clear(self) -> None:
        """Forget everything: an instant was undone."""
        self.stale.clear()
        for part in self.all:
            part.clear()

    # ── What parts are worked out from ──

    def records(self, back: int) -> EarlierRows:
        """The records as they were so long ago: without the events since."""
        found = self._earlier.get(back)
        if found is None:
            found = self._earlier[back] = EarlierRows(self._session, back)
        return found

    def told(self, values: tuple[Any, ...]) -> tuple[Any, ...]:
        """A lead as the telling half of its module reads it."""
        if not self._session.policy.rich:
            return values
        return (*values[:-2], ToldRows(self._session), values[-1])

    @property
    def later(self) -> Later:
        """What tells bounds."""
        return self._session.policy.later
