"""Work time: what an addition costs once the years it needs are laid out, and what laying them out costs."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from leadpolicy.compiler.calendars import CountryLine, WeekLine, compile_calendar
from leadpolicy.compiler.zones import compile_zone
from leadpolicy.engine.times import ZoneDeclaration
from leadpolicy.engine.work_time import WorkCalendar

ROUNDS, STARTS = 7, 2_000
MILLION = 1_000_000
OFFICE = ((9 * 60, 12 * 60), (13 * 60, 18 * 60))


def china() -> WorkCalendar:
    """Office hours in Shanghai with China's holidays and make-up workdays, nothing laid out yet."""
    calendar, problems = compile_calendar("work", [WeekLine((0, 1, 2, 3, 4), OFFICE), CountryLine("china")])
    zone = compile_zone("Asia/Shanghai")
    assert calendar is not None and zone is not None and not problems  # noqa: PT018
    return WorkCalendar(
        calendar.name,
        ZoneDeclaration(zone.name, zone.first_offset, zone.transitions),
        tuple(tuple((s.start, s.end) for s in shifts) for shifts in calendar.week),
        {date.fromisoformat(d.day).toordinal(): tuple((s.start, s.end) for s in d.shifts) for d in calendar.days},
        (calendar.first_year or 0, calendar.last_published or 0),
    )


def figures() -> dict[str, Any]:
    """Microseconds an addition, over starts spread over 2025 and 2026; the best of some rounds."""
    calendar = china()
    first = int(datetime(2025, 1, 1, tzinfo=UTC).timestamp()) * MILLION
    starts = [first + n * 31_556_000 * MILLION // 1_000 for n in range(STARTS)]
    leave = [(s, s + 86_400 * MILLION) for s in starts[::100]]
    hers = calendar.without(leave)
    cold = time.perf_counter()
    calendar.add_work_hours(starts[0], MILLION)
    laid_out = time.perf_counter() - cold
    return {
        "laying out a year, ms": round(laid_out * 1e3, 2),
        "µs, + 24 work hours": _each(starts, lambda at: calendar.add_work_hours(at, 24 * MILLION)),
        "µs, + 2,000 work hours": _each(starts, lambda at: calendar.add_work_hours(at, 2_000 * MILLION)),
        "µs, − 24 work hours": _each(starts, lambda at: calendar.add_work_hours(at, -24 * MILLION)),
        "µs, + 24 work hours, 20 days of leave": _each(starts, lambda at: hers.add_work_hours(at, 24 * MILLION)),
        "µs, + 10 workdays": _each(starts, lambda at: calendar.add_workdays(at, 10)),
        "µs, open time of a month": _each(
            starts, lambda at: calendar.work_time_between(at, at + 30 * 86_400 * MILLION)
        ),
        "µs, is it open": _each(starts, calendar.is_open),
    }


def _each(starts: list[int], question: Callable[[int], object]) -> float:
    best = float("inf")
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        for at in starts:
            question(at)
        best = min(best, time.perf_counter() - begin)
    return round(best / len(starts) * 1e6, 2)
