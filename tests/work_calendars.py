"""Calendars for tests: from the IR to the engine, as a generated module will do it."""

from __future__ import annotations

from datetime import UTC, date, datetime

from leadpolicy.compiler.calendars import CountryLine, DaysLine, WeekLine, compile_calendar
from leadpolicy.compiler.ir import Zone
from leadpolicy.compiler.ir_calendar import Calendar
from leadpolicy.compiler.zones import compile_zone
from leadpolicy.engine.times import ZoneDeclaration
from leadpolicy.engine.work_time import WorkCalendar

OFFICE = ((9 * 60, 12 * 60), (13 * 60, 18 * 60))
MON_TO_FRI = (0, 1, 2, 3, 4)


def compiled_zone(name: str) -> Zone:
    found = compile_zone(name)
    assert found is not None
    return found


def zone(name: str) -> ZoneDeclaration:
    found = compiled_zone(name)
    return ZoneDeclaration(found.name, found.first_offset, found.transitions)


def to_engine(calendar: Calendar, zone_name: str) -> WorkCalendar:
    """What a generated module will declare."""
    published = None
    if calendar.first_year is not None and calendar.last_published is not None:
        published = (calendar.first_year, calendar.last_published)
    return WorkCalendar(
        calendar.name,
        zone(zone_name),
        tuple(tuple((s.start, s.end) for s in shifts) for shifts in calendar.week),
        {date.fromisoformat(d.day).toordinal(): tuple((s.start, s.end) for s in d.shifts) for d in calendar.days},
        published,
    )


def compiled(*lines: WeekLine | CountryLine | DaysLine, years: tuple[int, int] = (2020, 2030)) -> Calendar:
    calendar, problems = compile_calendar("work", lines, years)
    assert not problems
    assert calendar is not None
    return calendar


def china() -> Calendar:
    """Office hours with China's days up to 2026, whatever a newer package knows."""
    return compiled(WeekLine(MON_TO_FRI, OFFICE), CountryLine("china"), years=(2020, 2026))


def micros(text: str, zone_name: str = "UTC") -> int:
    """`2026-11-22 15:00` on the zone's clock, in microseconds since 1970 UTC."""
    moment = datetime.fromisoformat(text)
    local = (moment.replace(tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()
    return zone(zone_name).from_local(round(local * 1_000_000))


def clock(at: int, zone_name: str) -> str:
    """`2026-11-22 15:00`, the zone's clock at an instant."""
    local = at + zone(zone_name).offset(at) * 1_000_000
    return datetime.fromtimestamp(local / 1_000_000, UTC).strftime("%Y-%m-%d %H:%M")
