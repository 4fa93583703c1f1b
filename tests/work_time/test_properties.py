"""The engine's work time against the plain reference: random weeks, holidays, leave, zones and starts.

`LEADPOLICY_EXAMPLES=2000` makes the hunt longer.
"""

from __future__ import annotations

import os
from datetime import date, timedelta
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st
from work_calendars import zone
from work_time_reference import Plain, Shifts

from leadpolicy.engine.work_time import WorkCalendar

MINUTE = 60_000_000
MINUTES_OF_AN_HOUR = 60
LIMIT = int(os.environ.get("LEADPOLICY_EXAMPLES", "60"))
ZONES = ("Asia/Shanghai", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu")
# Round the changes of the clock and the turn of the year, where mistakes would live.
NEAR = (
    date(2026, 3, 6),
    date(2026, 3, 27),
    date(2026, 10, 23),
    date(2026, 10, 30),
    date(2025, 12, 28),
    date(2026, 4, 3),
)


@st.composite
def shifts(draw: st.DrawFn) -> Shifts:
    """Some shifts of a day in order, apart from each other; the last may run into the next day."""
    points = draw(st.lists(st.integers(0, 95), min_size=0, max_size=4, unique=True).map(sorted))
    pairs = [(a * 15, b * 15) for a, b in zip(points[::2], points[1::2], strict=False)]
    if pairs and draw(st.integers(0, 4)) == 0:
        pairs[-1] = (pairs[-1][0], 1440 + pairs[0][0] // 2)
    return tuple(pairs)


@st.composite
def calendars(draw: st.DrawFn) -> tuple[WorkCalendar, Plain]:
    """One calendar, twice: for the engine and for the reference."""
    name = draw(st.sampled_from(ZONES))
    week = tuple(draw(st.lists(shifts(), min_size=7, max_size=7)))
    if sum(b - a for day in week for a, b in day) < 1200:
        week = (*week[:2], ((540, 720), (780, 1080)), *week[3:])
    start = draw(st.sampled_from(NEAR))
    differing = draw(st.lists(st.tuples(st.integers(-6, 12), shifts() | st.just(())), max_size=6))
    days = {start + timedelta(days=n): own for n, own in differing}
    published = draw(st.sampled_from([None, (2020, 2025), (2020, 2026), (2026, 2027)]))
    plain = Plain(name, week, days, published)
    base = plain.minute(start, 0)
    holes = draw(st.lists(st.tuples(st.integers(-9000, 15000), st.integers(1, 6000)), max_size=3))
    plain.leave = tuple((base + a, base + a + length) for a, length in holes)
    engine = WorkCalendar("c", zone(name), week, {d.toordinal(): own for d, own in days.items()}, published)
    if plain.leave:
        engine = engine.without((a * MINUTE, b * MINUTE) for a, b in plain.leave)
    return engine, plain


@st.composite
def starts(draw: st.DrawFn) -> int:
    """A minute since 1970 UTC within some days of a place where something happens."""
    day = draw(st.sampled_from(NEAR))
    return (day - date(1970, 1, 1)).days * 1440 + draw(st.integers(-3000, 8000))


@settings(max_examples=LIMIT, deadline=None)
@given(calendars(), starts(), st.integers(-40 * 60, 40 * 60))
def test_work_hours_agree_with_the_reference(both: tuple[WorkCalendar, Plain], at: int, minutes: int) -> None:
    engine, plain = both
    due, provisional = plain.add_minutes(at, minutes)
    hours = Fraction(minutes, MINUTES_OF_AN_HOUR)
    assert engine.add_work_hours(at * MINUTE, hours) == (due * MINUTE, provisional)


@settings(max_examples=LIMIT, deadline=None)
@given(calendars(), starts(), st.integers(-12, 12))
def test_workdays_agree_with_the_reference(both: tuple[WorkCalendar, Plain], at: int, count: int) -> None:
    engine, plain = both
    due, provisional = plain.add_workdays(at, count)
    assert engine.add_workdays(at * MINUTE, count) == (due * MINUTE, provisional)


@settings(max_examples=LIMIT, deadline=None)
@given(calendars(), starts(), st.integers(0, 8000))
def test_open_time_agrees_with_the_reference(both: tuple[WorkCalendar, Plain], at: int, length: int) -> None:
    engine, plain = both
    a, b = at * MINUTE, (at + length) * MINUTE
    assert engine.work_time_between(a, b) == plain.between(at, at + length) * MINUTE
    assert engine.work_time_between(b, a) == -engine.work_time_between(a, b)
    assert engine.is_open(a) == plain.is_open(at)
    day = plain.local(at).date()
    assert engine.is_workday(day.toordinal()) == plain.is_workday(day)


# Whole microseconds, so that nothing is rounded; small ones, and up to some 3,000 hours.
AMOUNTS = (st.integers(0, 600) | st.integers(0, 10**13)).map(lambda micros: Fraction(micros, 3600 * 1_000_000))


@settings(max_examples=LIMIT, deadline=None)
@given(calendars(), starts(), AMOUNTS, AMOUNTS)
def test_adding_twice_is_adding_the_sum(both: tuple[WorkCalendar, Plain], at: int, a: Fraction, b: Fraction) -> None:
    engine, moment = both[0], at * MINUTE
    for sign in (1, -1):
        first, _ = engine.add_work_hours(moment, sign * a)
        assert engine.add_work_hours(first, sign * b)[0] == engine.add_work_hours(moment, sign * (a + b))[0]


@settings(max_examples=LIMIT, deadline=None)
@given(calendars(), starts(), AMOUNTS)
def test_taking_away_undoes_adding(both: tuple[WorkCalendar, Plain], at: int, hours: Fraction) -> None:
    """From open time back to the start; from closed time to the next opening. Between start and due lies the amount."""
    engine, moment = both[0], at * MINUTE
    due, _ = engine.add_work_hours(moment, hours)
    back, _ = engine.add_work_hours(due, -hours)
    assert engine.work_time_between(moment, due) == hours * 3600 * 1_000_000
    assert moment <= back <= due or not hours
    if engine.is_open(moment) or not hours:
        assert back == moment
    else:
        assert engine.is_open(back)
        assert engine.work_time_between(moment, back) == 0


@settings(max_examples=LIMIT, deadline=None)
@given(calendars(), starts(), st.integers(0, 300), st.integers(0, 300))
def test_workdays_add_up(both: tuple[WorkCalendar, Plain], at: int, a: int, b: int) -> None:
    """On the days: the clock is told by the last step alone, and a gap may have moved it in between."""
    engine, plain = both

    def day(moment: int) -> date:
        return plain.local(moment // MINUTE).date()

    first, _ = engine.add_workdays(at * MINUTE, a)
    assert day(engine.add_workdays(first, b)[0]) == day(engine.add_workdays(at * MINUTE, a + b)[0])
    if engine.is_workday(day(at * MINUTE).toordinal()):
        assert day(engine.add_workdays(first, -a)[0]) == day(at * MINUTE)
