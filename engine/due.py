"""Due times of a lease: when a lead is to be recalled, and when its owner is reminded (rulings 20, 51, 54)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from leadpolicy.engine.leave import Leave, without
from leadpolicy.engine.moments import add_time, add_work_hours, add_workdays
from leadpolicy.engine.policy import DueDeclaration, ReminderDeclaration
from leadpolicy.engine.times import ZoneDeclaration, print_time, to_datetime
from leadpolicy.engine.tracing import NOT_REACHED, Trace
from leadpolicy.engine.values import Duration


@dataclass(frozen=True, slots=True)
class Due:
    """A time at which something is due: `kind` is recall or remind. `at` is None where it is unknown. Provisional:
    it lies outside the years whose holidays are known."""

    entry: str
    at: datetime | None
    kind: str
    provisional: bool
    text: str | None
    """`at` as printed."""

    def to_dict(self) -> dict[str, object]:
        """As decisions print it."""
        printed: dict[str, object] = {"entry": self.entry, "at": self.text, "kind": self.kind}
        if self.provisional:
            printed["provisional"] = True
        return printed


def due(trace: Trace) -> tuple[Due, ...]:
    """All due times, each recall before its reminders."""
    return tuple(one for part in range(len(trace.parts)) for one in _of_part(trace, part))


def _of_part(trace: Trace, part: int) -> Iterator[Due]:
    declared = trace.parts[part]
    if declared.kind != "recall" or trace.verdict(part, 0) in (False, NOT_REACHED):
        return
    entry = trace.policy.recall[declared.index]
    at = trace.due(part)[0]
    if isinstance(at, str):
        return
    zone = trace.policy.zone
    if not isinstance(at, int):
        yield Due(entry.entry, None, "recall", False, None)
        return
    years = (to_datetime(at, zone).year,)
    yield _due(zone, entry, at, "recall", _beyond(years, entry.published))
    told = trace.due(part)
    leave = told[4] if len(told) > 4 else ()
    for number, reminder in enumerate(entry.reminders):
        before = _before(at, reminder, zone, leave[number] if isinstance(leave, tuple) and leave else ())
        if before is None:
            yield Due(entry.entry, None, "remind", False, None)
        if isinstance(before, int) and not trace.before_lease(before):
            own = () if reminder.published is None else (reminder.published,)
            read = (*years, to_datetime(before, zone).year)
            yield _due(zone, entry, before, "remind", _beyond(read, (*entry.published, *own)))


def _due(zone: ZoneDeclaration, entry: DueDeclaration, at: int, kind: str, provisional: bool) -> Due:
    return Due(entry.entry, to_datetime(at, zone), kind, provisional, print_time(at, zone))


def _beyond(years: tuple[int, ...], published: tuple[tuple[int, int], ...]) -> bool:
    """Whether a year lies outside those whose holidays are known."""
    return any(not first <= year <= last for first, last in published for year in years)


def _before(at: int, reminder: ReminderDeclaration, zone: ZoneDeclaration, leave: Sequence[Leave]) -> object:
    if isinstance(reminder.before, Duration):
        return add_time(at, reminder.before, -1, zone)
    assert reminder.calendar is not None
    back = add_work_hours if reminder.kind == "work_hours" else add_workdays
    return without(back, at, -reminder.before, reminder.calendar, leave)
