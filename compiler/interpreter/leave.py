"""Work time without somebody's leave (decision record 0009, section 4)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, TypeAlias

from leadpolicy.compiler import ir
from leadpolicy.compiler.interpreter import clock
from leadpolicy.compiler.interpreter.aggregates import chosen
from leadpolicy.compiler.interpreter.records import Record
from leadpolicy.compiler.interpreter.situation import Mode
from leadpolicy.compiler.interpreter.values import NOTHING, UNKNOWN, Absent, Value
from leadpolicy.compiler.interpreter.work_time import Stretch, WorkTime

if TYPE_CHECKING:
    from leadpolicy.compiler.interpreter.expressions import Evaluator

_AROUND = 4
"""Days around what is counted, beyond which leave can't matter: shifts run two days on at most."""


OpenStretch: TypeAlias = tuple[int | None, int | None]


@dataclass(frozen=True, slots=True)
class Leave:
    """Stretches that are certainly taken away, and those that may be; an end that is unknown is None."""

    sure: tuple[Stretch, ...] = ()
    unsure: tuple[OpenStretch, ...] = ()


def stretches(lines: Iterable[ir.Leave], evaluator: Evaluator, mode: Mode) -> Leave:
    """What lines of a calendar take away."""
    sure: list[Stretch] = []
    unsure: list[OpenStretch] = []
    for line in lines:
        counting, maybe = chosen(line.records, evaluator, mode)
        for record, counts in (*((one, True) for one in counting), *((one, False) for one in maybe)):
            start, end = _ends(line, record, evaluator, mode)
            if start is NOTHING or end is NOTHING:
                continue
            if not isinstance(start, int) or not isinstance(end, int):
                unsure.append((start if isinstance(start, int) else None, end if isinstance(end, int) else None))
            elif start < end and counts:
                sure.append((start, end))
            elif start < end:
                unsure.append((start, end))
    return Leave(tuple(sure), tuple(unsure))


def _ends(line: ir.Leave, record: Record, evaluator: Evaluator, mode: Mode) -> tuple[int | Absent, int | Absent]:
    """When a record's leave begins and ends; of dates, 00:00 of the first and the end of the last."""
    inside = evaluator.binding(line.records.var, record)
    zone = evaluator.situation.book.policy.zone

    def instant(value: Value, days: int) -> int | Absent:
        if isinstance(value, date):
            return clock.instant(clock.day_number(value) + days, 0, zone)
        if isinstance(value, int | Absent):
            return value
        raise TypeError(f"not a time: {value!r}")

    return instant(inside.evaluate(line.start, mode), 0), instant(inside.evaluate(line.end, mode), 1)


def counted(
    work: WorkTime, leave: Leave, start: int, count: Callable[[WorkTime], int | None], days: bool = False
) -> int | Absent:
    """What `count` gives without the time that leave takes; unknown where leave that isn't sure would change it.

    `start`: where counting begins; `days`: that and the answer are days, not instants.
    """
    found = count(work.without(leave.sure) if leave.sure else work)
    if found is None:
        return NOTHING
    if not leave.unsure:
        return found
    ends = [start, found] if days else [clock.local(at, work.zone)[0] for at in (start, found)]
    low, high = (clock.instant(day, 0, work.zone) for day in (min(ends) - _AROUND, max(ends) + _AROUND))
    doubtful = [(low if a is None else max(a, low), high if b is None else min(b, high)) for a, b in leave.unsure]
    return found if count(work.without((*leave.sure, *doubtful))) == found else UNKNOWN
