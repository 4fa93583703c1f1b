"""Work time at its edges: rulings 17, 19, 20, leave, far ends."""

from __future__ import annotations

from fractions import Fraction

import pytest
from work_calendars import MON_TO_FRI, OFFICE, china, clock, compiled, micros, to_engine

from leadpolicy.compiler.calendars import CountryLine, WeekLine
from leadpolicy.engine.work_time import HOUR, WorkCalendar

SHANGHAI = "Asia/Shanghai"
MILLION = 1_000_000


def office(zone_name: str) -> WorkCalendar:
    return to_engine(compiled(WeekLine(MON_TO_FRI, OFFICE)), zone_name)


def nights(zone_name: str) -> WorkCalendar:
    """Every night from 22:00 to 06:00."""
    return to_engine(compiled(WeekLine(tuple(range(7)), ((22 * 60, 6 * 60),))), zone_name)


@pytest.mark.parametrize(
    ("zone_name", "evening", "hours"),
    [
        ("America/New_York", "2026-03-07 22:00", 7),  # forward on 2026-03-08
        ("America/New_York", "2026-03-06 22:00", 8),
        ("America/New_York", "2026-10-31 22:00", 9),  # back on 2026-11-01
        ("Europe/Berlin", "2026-03-28 22:00", 7),
        ("Europe/Berlin", "2026-10-24 22:00", 9),
    ],
)
def test_a_shift_over_a_change_of_the_clock_has_its_true_length(zone_name: str, evening: str, hours: int) -> None:
    calendar = nights(zone_name)
    start = micros(evening, zone_name)
    due, _ = calendar.add_work_hours(start, hours * MILLION)
    assert clock(due, zone_name)[11:] == "06:00"
    assert due - start == hours * HOUR
    assert clock(calendar.add_work_hours(start, (hours + 1) * MILLION)[0], zone_name)[11:] == "23:00"


def test_a_workday_keeps_its_clock_over_a_change() -> None:
    zone_name = "America/New_York"
    calendar = office(zone_name)
    friday = micros("2026-03-06 10:00", zone_name)
    due, _ = calendar.add_workdays(friday, 1)
    assert clock(due, zone_name) == "2026-03-09 10:00"
    assert due - friday == 71 * HOUR


def test_a_workday_into_a_gap_moves_forward_and_into_a_doubled_hour_is_the_earlier() -> None:
    zone_name = "Europe/Berlin"
    calendar = nights(zone_name)
    due, _ = calendar.add_workdays(micros("2026-03-28 02:30", zone_name), 1)
    assert clock(due, zone_name) == "2026-03-29 03:30"
    due, _ = calendar.add_workdays(micros("2026-10-24 02:30", zone_name), 1)
    assert due == micros("2026-10-25 00:30")
    assert calendar.add_workdays(due + HOUR, 0) == (due + HOUR, False)  # the later one stays where it is


def test_zero_is_the_start_itself() -> None:
    sunday = micros("2026-11-22 15:00", SHANGHAI)
    assert office(SHANGHAI).add_work_hours(sunday, 0) == (sunday, False)
    assert office(SHANGHAI).add_workdays(sunday, 0) == (sunday, False)


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        ("2026-11-23 10:00", -1, "2026-11-23 09:00"),
        ("2026-11-23 10:00", -2, "2026-11-20 17:00"),
        ("2026-11-23 09:00", -8, "2026-11-20 09:00"),
        ("2026-11-22 15:00", -1, "2026-11-20 17:00"),
        # The latest moment with four hours left is the end of lunch, not its start.
        ("2026-11-20 18:00", -5, "2026-11-20 13:00"),
        ("2026-11-23 09:30", Fraction(-1, 2), "2026-11-23 09:00"),
    ],
)
def test_back_to_the_latest_moment_with_so_many_hours_left(start: str, hours: int | Fraction, due: str) -> None:
    found, _ = office(SHANGHAI).add_work_hours(micros(start, SHANGHAI), Fraction(hours))
    assert clock(found, SHANGHAI) == due


def test_workdays_back() -> None:
    monday = micros("2026-11-23 22:05", SHANGHAI)
    assert clock(office(SHANGHAI).add_workdays(monday, -1)[0], SHANGHAI) == "2026-11-20 22:05"
    assert clock(office(SHANGHAI).add_workdays(monday, -6)[0], SHANGHAI) == "2026-11-13 22:05"


def test_parts_of_hours_are_exact() -> None:
    calendar, start = office(SHANGHAI), micros("2026-11-23 09:00", SHANGHAI)
    assert calendar.add_work_hours(start, 1)[0] - start == 3600  # a millionth of an hour, in microseconds
    assert calendar.add_work_hours(start, Fraction(1, 3))[0] - start == 1_200_000_000
    assert calendar.add_work_hours(start, Fraction(1, 7))[0] - start == 514_285_714  # rounded to a microsecond


def test_open_until_the_end_of_a_shift() -> None:
    calendar = office(SHANGHAI)
    for text, is_open in [("09:00", True), ("11:59", True), ("12:00", False), ("13:00", True), ("18:00", False)]:
        assert calendar.is_open(micros(f"2026-11-23 {text}", SHANGHAI)) is is_open
    assert not calendar.is_open(micros("2026-11-22 10:00", SHANGHAI))


def test_provisional_past_the_last_published_year() -> None:
    calendar = to_engine(china(), SHANGHAI)
    eve = micros("2026-12-31 16:00", SHANGHAI)
    assert calendar.add_work_hours(eve, 2 * MILLION) == (micros("2026-12-31 18:00", SHANGHAI), False)
    # The weekly pattern: the first of January 2027 is a Friday, and nothing is known about it yet.
    assert calendar.add_work_hours(eve, 3 * MILLION) == (micros("2027-01-01 10:00", SHANGHAI), True)
    assert calendar.add_workdays(eve, 1) == (micros("2027-01-01 16:00", SHANGHAI), True)
    assert calendar.add_workdays(micros("2026-12-30 16:00", SHANGHAI), 1)[1] is False
    # Back over the turn of the year: days of 2027 were read for it, then none.
    assert calendar.add_workdays(micros("2027-01-04 16:00", SHANGHAI), -1) == (
        micros("2027-01-01 16:00", SHANGHAI),
        True,
    )
    assert calendar.add_workdays(micros("2027-01-01 16:00", SHANGHAI), -1) == (eve, False)
    assert calendar.covers(eve, micros("2027-01-01 00:00", SHANGHAI))
    assert not calendar.covers(eve, micros("2027-01-01 00:00", SHANGHAI) + 1)


def test_without_countries_nothing_is_provisional() -> None:
    assert office(SHANGHAI).add_work_hours(micros("2040-01-01 16:00", SHANGHAI), 3 * MILLION)[1] is False


def test_leave_is_closed_time_and_takes_whole_days() -> None:
    leave = [
        (micros("2026-11-23 14:00", SHANGHAI), micros("2026-11-24 09:30", SHANGHAI)),
        (micros("2026-11-25 00:00", SHANGHAI), micros("2026-11-26 12:30", SHANGHAI)),
    ]
    calendar = office(SHANGHAI)
    hers = calendar.without(leave)
    start = micros("2026-11-23 13:30", SHANGHAI)
    assert clock(hers.add_work_hours(start, MILLION)[0], SHANGHAI) == "2026-11-24 10:00"
    assert clock(hers.add_work_hours(start, 8 * MILLION)[0], SHANGHAI) == "2026-11-24 18:00"
    assert clock(hers.add_work_hours(start, 9 * MILLION)[0], SHANGHAI) == "2026-11-26 14:00"
    assert clock(hers.add_work_hours(micros("2026-11-26 14:00", SHANGHAI), -9 * MILLION)[0], SHANGHAI) == (
        "2026-11-23 13:30"
    )
    # The 25th is gone, the 24th and 26th have open time left.
    assert clock(hers.add_workdays(start, 2)[0], SHANGHAI) == "2026-11-26 13:30"
    assert clock(hers.add_workdays(micros("2026-11-27 13:30", SHANGHAI), -2)[0], SHANGHAI) == "2026-11-24 13:30"
    assert not hers.is_open(micros("2026-11-23 15:00", SHANGHAI))
    assert calendar.is_open(micros("2026-11-23 15:00", SHANGHAI))
    more = hers.without([(micros("2026-11-26 13:00", SHANGHAI), micros("2026-11-26 18:00", SHANGHAI))])
    assert clock(more.add_workdays(start, 2)[0], SHANGHAI) == "2026-11-27 13:30"


def test_a_night_shift_over_the_turn_of_the_year_is_whole() -> None:
    calendar = nights(SHANGHAI)
    evening, morning = micros("2026-12-31 20:00", SHANGHAI), micros("2027-01-01 08:00", SHANGHAI)
    assert calendar.work_time_between(evening, morning) == 8 * HOUR
    assert calendar.is_open(micros("2027-01-01 03:00", SHANGHAI))
    assert clock(calendar.add_work_hours(evening, 5 * MILLION)[0], SHANGHAI) == "2027-01-01 03:00"
    assert clock(calendar.add_work_hours(morning, -5 * MILLION)[0], SHANGHAI) == "2027-01-01 01:00"


def test_many_years_are_one_step() -> None:
    calendar = to_engine(compiled(WeekLine(MON_TO_FRI, OFFICE), CountryLine("DE")), "Europe/Berlin")
    start = micros("2026-01-01 00:00", "Europe/Berlin")
    due, provisional = calendar.add_work_hours(start, 200_000 * MILLION)
    assert provisional
    assert calendar.work_time_between(start, due) == 200_000 * HOUR
    assert clock(due, "Europe/Berlin")[:4] in {"2121", "2122"}


def test_what_never_comes_is_an_error() -> None:
    calendar, start = office(SHANGHAI), micros("2026-01-01 00:00", SHANGHAI)
    for amount in (10**9, -(10**9)):
        with pytest.raises(OverflowError, match="300 years"):
            calendar.add_work_hours(start, amount * MILLION)
        with pytest.raises(OverflowError, match="300 years"):
            calendar.add_workdays(start, amount)
    forever = calendar.without([(start, micros("9999-01-01 00:00", SHANGHAI))])
    assert not forever.is_open(start)
    with pytest.raises(OverflowError):
        forever.add_work_hours(start, MILLION)
    with pytest.raises(ValueError, match="one of them is open"):
        WorkCalendar("c", calendar.zone, ((),) * 7, {})
