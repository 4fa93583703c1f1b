"""The stage-entry table of a lead whose history wasn't kept: when each stage was first reached (rulings 36, 37, 47).

A replay asks at every instant at which something can have changed, with the facts as they are now. One function for
all backends: each brings its own way to ask.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from leadpolicy.engine.spans import at_clock, local_day
from leadpolicy.engine.times import ZoneDeclaration

Ask: TypeAlias = Callable[[int, Mapping[str, int]], tuple[Collection[str], bool]]
"""From a time and the table so far to the stages reached then and whether the lead is disqualified."""


@dataclass(frozen=True, slots=True)
class Turns:
    """When a decision of a policy can change by itself, in microseconds: after each event by `spans` (the ends of
    windows), after each of the lead's times by `ages`; with decay, at each midnight."""

    spans: tuple[int, ...] = ()
    ages: tuple[tuple[str, int], ...] = ()
    """(a time field of the lead, an age that something compares it with)."""
    midnights: bool = False


def instants(
    turns: Turns,
    created: int | None,
    events: Iterable[int],
    fields: Mapping[str, int],
    now: int,
    zone: ZoneDeclaration,
) -> list[int]:
    """When to ask, in order. `events`: their times; `fields`: the known times of the lead, by field."""
    times = set(events)
    found = times | {now}
    if created is not None:
        found.add(created)
    found.update(at + span for at in times for span in turns.spans)
    for name, age in turns.ages:
        if name in fields:
            found |= {fields[name] + age, fields[name] + age + 1}
    if turns.midnights and times:
        day = local_day(min(times), zone)[0] + 1
        last = local_day(now, zone)[0]
        found.update(at_clock(one, 0, zone) for one in range(day, last + 1))
    return sorted(at for at in found if at <= now)


def replay(when: Iterable[int], ask: Ask) -> dict[str, int]:
    """The table: for each stage reached in the current round, when it first was. `when` ascends. A disqualified lead
    ends its round, which empties the table."""
    entered: dict[str, int] = {}
    for at in when:
        reached, disqualified = ask(at, dict(entered))
        if disqualified:
            entered.clear()
            continue
        for stage in reached:
            entered.setdefault(stage, at)
    return entered
