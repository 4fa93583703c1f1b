"""Durations added to times (ruling 15)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from work_calendars import clock, micros, zone

from leadpolicy.engine.spans import add_duration, subtract_duration
from leadpolicy.engine.values import Duration

HOUR = 3_600_000_000
SHANGHAI, BERLIN, NEW_YORK = "Asia/Shanghai", "Europe/Berlin", "America/New_York"


@pytest.mark.parametrize(
    ("zone_name", "start", "span", "end"),
    [
        (SHANGHAI, "2026-01-31 10:00", Duration(months=1), "2026-02-28 10:00"),
        (SHANGHAI, "2028-01-31 10:00", Duration(months=1), "2028-02-29 10:00"),
        (SHANGHAI, "2026-01-31 10:00", Duration(months=2), "2026-03-31 10:00"),  # one step of two
        (SHANGHAI, "2026-03-31 10:00", Duration(months=-1), "2026-02-28 10:00"),
        (SHANGHAI, "2024-02-29 10:00", Duration(months=12), "2025-02-28 10:00"),
        (SHANGHAI, "2026-01-31 10:00", Duration(months=1, days=1), "2026-03-01 10:00"),  # months first
        (SHANGHAI, "2026-12-31 23:00", Duration(months=2, days=1, micros=2 * HOUR), "2027-03-02 01:00"),
        (NEW_YORK, "2026-03-07 10:00", Duration(days=1), "2026-03-08 10:00"),  # 23 hours
        (NEW_YORK, "2026-03-07 10:00", Duration(micros=24 * HOUR), "2026-03-08 11:00"),
        (NEW_YORK, "2026-03-07 02:30", Duration(days=1), "2026-03-08 03:30"),  # gap: forward by its length
        (BERLIN, "2026-10-24 02:30", Duration(days=1, micros=HOUR), "2026-10-25 02:30"),  # the earlier, and an hour
        (BERLIN, "2026-02-28 02:30", Duration(months=1, days=1), "2026-03-29 03:30"),
    ],
)
def test_months_then_days_then_exact(zone_name: str, start: str, span: Duration, end: str) -> None:
    found = add_duration(micros(start, zone_name), span, zone(zone_name))
    assert clock(found, zone_name) == end


def test_a_doubled_hour_is_the_earlier_but_exact_time_stays_where_it_is() -> None:
    berlin = zone(BERLIN)
    earlier = micros("2026-10-25 00:30")
    assert add_duration(micros("2026-10-24 02:30", BERLIN), Duration(days=1), berlin) == earlier
    assert add_duration(earlier + HOUR, Duration(), berlin) == earlier + HOUR
    assert add_duration(earlier, Duration(micros=HOUR), berlin) == earlier + HOUR


def test_outside_the_calendar_is_an_error() -> None:
    late = micros("9999-12-31 10:00")
    for span in (Duration(days=1), Duration(months=1)):
        with pytest.raises(OverflowError):
            add_duration(late, span, zone("UTC"))
    with pytest.raises(OverflowError):
        subtract_duration(micros("0001-01-01 10:00"), Duration(months=1), zone("UTC"))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**51), st.integers(-5000, 5000), st.integers(-(10**12), 10**12))
def test_without_months_and_changes_of_the_clock_it_is_plain_addition(at: int, days: int, exact: int) -> None:
    utc = zone("UTC")
    span = Duration(days=days, micros=exact)
    assert add_duration(at, span, utc) == at + days * 24 * HOUR + exact
    assert subtract_duration(add_duration(at, span, utc), span, utc) == at
