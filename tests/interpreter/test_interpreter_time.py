"""Times, durations, work time: rulings 15, 16, 17, 18, 19, 20, 36, 84 (0009, section 4), and the golden cases."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import ir_builders as b
import ir_record_builders as r
import pytest
from tests.work_time.test_golden import inlined
from work_calendars import china, compiled_zone
from work_time_reference import EPOCH, Plain

from leadpolicy.compiler import ir
from leadpolicy.compiler.interpreter import run
from leadpolicy.compiler.interpreter.clock import add_duration
from leadpolicy.compiler.interpreter.times import read_time, show_time
from leadpolicy.compiler.interpreter.work_time import WorkTime

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
START = b.field("start", b.TIME)
DAY = b.field("day", b.DATE)
SPAN = b.field("span", b.DURATION)
FIELDS = [
    b.fact_field("start", b.TIME, or_none=True, markers=("?",)),
    b.fact_field("day", b.DATE),
    b.fact_field("span", b.DURATION, or_none=True, markers=("?",)),
    b.fact_field("hours", b.NUMBER),
]
OFFICE = WorkTime(china(), b.SHANGHAI)
HOLIDAY = r.calendar("work", ("2026-11-23", "holiday"), ("2026-11-28", "workday"))
NIGHTS = ir.Calendar(name="nights", week=(r.shifts((22, 30)),) * 5 + ((), ()))


def show(
    expr: ir.Expr,
    start: Any = "2026-11-20 10:00",
    zone: ir.Zone = b.SHANGHAI,
    now: Any = NOW,
    entered: Any = None,
    **lead: Any,
) -> Any:
    policy = b.make_policy(FIELDS, zone=zone, calendars=(HOLIDAY, NIGHTS), calendar="work")
    return run(policy, {"id": "L1", "start": start, **lead}, now=now, entered=entered).show(expr)


def moved(amount: ir.Expr, start: Any = "2026-11-20 10:00", sign: Any = 1, zone: ir.Zone = b.SHANGHAI) -> Any:
    """What the clock shows at `start + amount`, to the minute."""
    return str(show(r.plus(START, amount, "work", sign), start, zone)).removesuffix("+08:00").removesuffix(":00")


# ── Durations ──


def test_ruling_15_a_month_ends_on_the_last_day() -> None:
    assert moved(b.months(1), "2026-01-31") == "2026-02-28T00:00"
    assert moved(b.months(2), "2026-01-31") == "2026-03-31T00:00"
    assert moved(b.months(1), "2026-03-31", -1) == "2026-02-28T00:00"
    assert moved(b.months(12), "2024-02-29") == "2025-02-28T00:00"


def test_ruling_15_twice_a_month_is_one_step_of_two() -> None:
    twice = ir.Arith(operator="mul", left=b.const(2), right=b.months(1), type=b.DURATION)
    assert moved(twice, "2026-01-31") == "2026-03-31T00:00"
    assert show(twice) == "P2M"


def test_ruling_15_months_then_days_then_exact_time() -> None:
    span = b.const(ir.Duration(months=1, days=1, micros=90 * 60_000_000))
    assert moved(span, "2026-01-31 23:00") == "2026-03-02T00:30"
    assert moved(span, "2026-03-31 01:00", -1) == "2026-02-26T23:30"


def test_ruling_17_days_keep_the_clock_and_hours_dont() -> None:
    new_york = b.NEW_YORK
    day, hours = b.const(ir.Duration(days=1)), b.hours(24)
    start = "2026-03-07 12:00"
    assert show(r.plus(START, day), start, new_york) == "2026-03-08T12:00:00-04:00"
    assert show(r.plus(START, hours), start, new_york) == "2026-03-08T13:00:00-04:00"
    # 02:30 doesn't exist on the 8th; 01:30 on 1 November comes twice.
    assert show(r.plus(START, day), "2026-03-07 02:30", new_york) == "2026-03-08T03:30:00-04:00"
    assert show(r.plus(START, day), "2026-10-31 01:30", new_york) == "2026-11-01T01:30:00-04:00"
    # Without months and days the clock isn't read: the second 01:30 stays the second.
    second = "2026-11-01T01:30:00-05:00"
    assert show(r.plus(START, b.const(ir.Duration())), second, new_york) == second


def test_dates_move_by_days_and_workdays() -> None:
    assert show(r.plus(DAY, b.months(1)), day="2026-01-31") == "2026-02-28"
    assert show(r.plus(DAY, b.days(1), sign=-1), day="2026-01-01") == "2025-12-31"
    assert show(r.plus(DAY, r.workdays(1), "work"), day="2026-11-20") == "2026-11-24"
    assert show(r.plus(DAY, r.workdays(2), "work", -1), day="2026-11-24") == "2026-11-19"
    assert show(r.plus(DAY, r.workdays(0), "work"), day="2026-11-22") == "2026-11-22"


def test_what_is_unknown_or_nothing_makes_the_result_so() -> None:
    later = r.plus(START, SPAN)
    assert show(later, "2026-01-01", span="1 month") == "2026-02-01T00:00:00+08:00"
    assert show(later, "2026-01-01", span="?") is None
    assert show(later, "?", span="1 month") is None
    assert show(later, None, span="?") == "none"
    assert show(later, "2026-01-01") == "none"


@pytest.mark.parametrize(
    ("amount", "start"),
    [
        (b.months(12), "9998-06-01"),
        (b.days(1), "9998-12-31"),
        (b.hours(24), "9998-12-31"),
        (r.workdays(1), "9998-12-31"),
        (r.work_hours(100), "9998-12-31"),
        (b.months(-12), "0001-06-01"),
        (r.work_hours(100 * 2200), "9900-01-01"),
        (r.workdays(300 * 262), "2026-01-01"),
    ],
)
def test_beyond_the_years_there_is_nothing(amount: ir.Const, start: str) -> None:
    assert show(r.plus(START, amount, "work"), start) == "none"


def test_work_time_reaches_300_years() -> None:
    assert str(show(r.plus(START, r.workdays(300 * 260), "work"), "2026-01-01")).startswith("2324-")


def test_times_and_dates_subtracted() -> None:
    difference = b.arith("sub", START, b.moment("2026-11-19 00:30")).model_copy(update={"type": b.DURATION})
    assert show(difference) == "PT25H30M"
    assert show(difference, "2026-11-19 08:00") == "PT-30M"
    days = b.arith("sub", DAY, b.day("2026-11-01")).model_copy(update={"type": b.DURATION})
    assert show(days, day="2026-12-01") == "P30D"


def test_ruling_16_durations_compare_by_365_and_30_days() -> None:
    def holds(left: ir.Expr, right: ir.Expr) -> object:
        return show(b.ge(left, right)), show(b.ge(right, left))

    assert holds(b.months(1), b.days(30)) == (True, True)
    assert holds(b.months(12), b.days(365)) == (True, True)
    assert holds(b.months(11), b.days(331)) == (False, True)
    both = ir.Arith(operator="add", left=b.months(1), right=b.days(1), type=b.DURATION)
    assert holds(both, b.days(31)) == (True, True)
    assert show(ir.Arith(operator="sub", left=both, right=b.months(2), type=b.DURATION)) == "P-1M1D"
    assert show(ir.Neg(arg=both, type=b.DURATION)) == "P-1M-1D"


def test_exact_time_times_a_number_is_rounded_to_a_microsecond() -> None:
    span = b.const(ir.Duration(micros=1))
    product = ir.Arith(operator="mul", left=span, right=b.field("hours", b.NUMBER), type=b.DURATION)
    assert show(product, hours="0.5") == "PT0.000001S"
    assert show(product, hours="0.4") == "PT0S"
    assert show(product, hours="-0.5") == "PT-0.000001S"


# ── Work time ──


def test_ruling_19_zero_is_the_start_itself() -> None:
    assert moved(r.work_hours(0), "2026-11-21 03:00") == "2026-11-21T03:00"
    assert moved(r.workdays(0), "2026-11-21 03:00") == "2026-11-21T03:00"


def test_ruling_19_minus_work_hours_is_the_latest_moment_with_so_many_left() -> None:
    assert moved(r.work_hours(1), "2026-11-20 10:00", -1) == "2026-11-20T09:00"
    assert moved(r.work_hours(1), "2026-11-20 09:00", -1) == "2026-11-19T17:00"
    assert moved(r.work_hours(8), "2026-11-20 18:00", -1) == "2026-11-20T09:00"
    assert moved(r.work_hours(3), "2026-11-20 15:00", -1) == "2026-11-20T11:00"
    assert moved(r.work_hours(2), "2026-11-24 10:00", -1) == "2026-11-20T17:00"


def test_ruling_19_workdays_before_and_after_keep_the_clock() -> None:
    assert moved(r.workdays(1), "2026-11-20 03:07") == "2026-11-24T03:07"
    assert moved(r.workdays(1), "2026-11-24 22:00", -1) == "2026-11-20T22:00"
    assert moved(r.workdays(5), "2026-11-22") == "2026-11-28T00:00"


def test_ruling_19_fractions_are_for_hours_only() -> None:
    assert moved(r.work_hours("0.5")) == "2026-11-20T10:30"
    assert show(r.plus(START, r.work_hours("0.000001"), "work")) == "2026-11-20T10:00:00.0036+08:00"
    assert moved(r.workdays("1.9")) == moved(r.workdays(1))
    assert moved(r.workdays("1.9"), sign=-1) == moved(r.workdays(1), sign=-1)


def test_a_shift_over_midnight_is_of_the_day_on_which_it_starts() -> None:
    def at(amount: ir.Expr, start: str, sign: Any = 1) -> str:
        return str(show(r.plus(START, amount, "nights", sign), start)).removesuffix(":00+08:00")

    assert at(r.work_hours(3), "2026-11-20 23:00") == "2026-11-21T02:00"
    assert at(r.work_hours(7), "2026-11-21 05:00") == "2026-11-24T04:00"
    assert at(r.work_hours(3), "2026-11-21 01:00", -1) == "2026-11-20T22:00"


@pytest.mark.parametrize(
    ("now", "open_"),
    [
        ("2026-11-20 09:00", True),
        ("2026-11-20 08:59", False),
        ("2026-11-20 12:00", False),
        ("2026-11-23 10:00", False),
        ("2026-11-28 10:00", True),
    ],
)
def test_ruling_84_during_tells_whether_now_is_open_time(now: str, open_: bool) -> None:
    assert show(ir.During(calendar="work"), now=datetime.fromisoformat(now)) is open_


def test_ruling_84_age_of_a_future_time_is_nothing() -> None:
    assert show(b.call("age", START), "2026-11-19 10:00") == "PT24H"
    assert show(b.call("age", START), "2026-11-20 10:00:01") == "none"
    assert show(b.call("age", START), None) == "none"


def test_ruling_18_a_time_without_offset_is_in_the_policys_zone() -> None:
    assert show(START, "2026-11-20", b.NEW_YORK) == "2026-11-20T00:00:00-05:00"


def test_ruling_36_entered_is_a_look_up() -> None:
    entered = {"SQL": b.micros("2026-11-01 00:00")}
    assert show(ir.Entered(stage="SQL"), entered=entered) == "2026-11-01T08:00:00+08:00"
    assert show(ir.Entered(stage="MQL"), entered=entered) == "none"
    assert show(ir.Entered(stage="SQL")) == "none"


# ── Against what is given ──


@pytest.mark.parametrize(("start", "added", "due"), inlined())
def test_ruling_19_the_golden_cases_of_work_time(start: str, added: str, due: str) -> None:
    number, unit = added.split(" ", 1)
    assert unit in {"work hours", "workdays"}
    at = read_time(start, b.SHANGHAI)
    assert at is not None
    found = OFFICE.add_hours(at, Fraction(number)) if unit == "work hours" else OFFICE.add_workdays(at, int(number))
    assert found is not None
    assert show_time(found, b.SHANGHAI)[:16].replace("T", " ") == due


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Shanghai", "America/Havana"])
def test_ruling_17_work_time_over_changes_of_the_clock_is_as_told_minute_by_minute(zone: str) -> None:
    week = ((0, 150), (22 * 60, 30 * 60))
    shifts = tuple(ir.Shift(start=a, end=z) for a, z in week)
    work = WorkTime(ir.Calendar(name="w", week=(shifts,) * 7), compiled_zone(zone))
    plain = Plain(zone, (week,) * 7)
    starts = ["2026-03-07T20:00", "2026-10-31T22:00", "2026-11-01T04:30"]
    for text in starts:
        start = (datetime.fromisoformat(text).replace(tzinfo=UTC) - EPOCH).total_seconds() / 60
        for hours in (1, 13, 25, -1, -13, -25):
            expected, _ = plain.add_minutes(int(start), hours * 60)
            found = work.add_hours(int(start) * 60_000_000, Fraction(hours))
            assert found == expected * 60_000_000, (text, hours)


def test_a_duration_without_months_and_days_is_exact_everywhere() -> None:
    assert add_duration(0, ir.Duration(micros=5), b.NEW_YORK) == 5
