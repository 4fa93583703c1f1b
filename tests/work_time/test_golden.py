"""The reference cases of work time and of the lease, exactly; compared with the shared file where it is present."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from work_calendars import china, clock, micros, to_engine, zone

from leadpolicy.engine.spans import add_duration
from leadpolicy.engine.values import Duration

GOLDEN = Path(__file__).resolve().parents[2].parent / "shared" / "golden"
ZONE = "Asia/Shanghai"
CASES = """
    2026-11-22 15:00 + 1 work hours = 2026-11-23 10:00
    2026-11-20 17:00 + 24 work hours = 2026-11-25 17:00
    2026-02-13 17:30 + 2 work hours = 2026-02-14 10:30
    2026-02-14 10:00 + 4 work hours = 2026-02-14 15:00
    2026-09-30 17:00 + 2 work hours = 2026-10-08 10:00
    2026-10-10 09:00 + 8 work hours = 2026-10-10 18:00
    2026-11-20 11:59 + 1 work hours = 2026-11-20 13:59
    2026-11-20 12:30 + 1 work hours = 2026-11-20 14:00
    2026-11-20 18:00 + 1 work hours = 2026-11-23 10:00
    2026-11-20 09:00 + 8 work hours = 2026-11-20 18:00
    2026-11-20 17:59 + 1 work hours = 2026-11-23 09:59
    2026-02-18 22:05 + 24 work hours = 2026-02-26 18:00
    2026-02-18 22:05 + 1 workdays = 2026-02-24 22:05
    2026-04-03 20:49 + 1 work hours = 2026-04-07 10:00
    2026-04-03 20:49 + 5 workdays = 2026-04-13 20:49
    2026-10-05 01:23 + 8 work hours = 2026-10-08 18:00
    2026-10-05 01:23 + 5 workdays = 2026-10-13 01:23
    2026-08-26 05:42 + 8 work hours = 2026-08-26 18:00
    2026-08-26 05:42 + 2 workdays = 2026-08-28 05:42
    2026-02-04 04:09 + 8 work hours = 2026-02-04 18:00
    2026-02-04 04:09 + 1 workdays = 2026-02-05 04:09
    2026-11-22 05:55 + 8 work hours = 2026-11-23 18:00
    2026-11-22 05:55 + 5 workdays = 2026-11-27 05:55
    2026-08-10 03:52 + 1 work hours = 2026-08-10 10:00
    2026-08-10 03:52 + 10 workdays = 2026-08-24 03:52
    2026-06-12 03:51 + 4 work hours = 2026-06-12 14:00
    2026-06-12 03:51 + 10 workdays = 2026-06-29 03:51
    2026-10-19 22:27 + 2 work hours = 2026-10-20 11:00
    2026-10-19 22:27 + 7 workdays = 2026-10-28 22:27
    2026-12-11 03:54 + 1 work hours = 2026-12-11 10:00
    2026-12-11 03:54 + 3 workdays = 2026-12-16 03:54
"""
LEASE = """
    2026-03-25 00:00 -> 2026-04-04 00:00
    2026-03-28 00:00 -> 2026-04-04 00:00
    2026-04-02 00:00 -> 2026-04-05 00:00
    2026-04-04 12:00 -> 2026-04-07 12:00
    2026-04-06 00:00 -> 2026-04-09 00:00
    2026-04-08 00:00 -> 2026-04-11 00:00
    2026-04-10 12:00 -> 2026-04-13 12:00
    2026-04-13 00:00 -> 2026-04-14 00:00
"""


def inlined() -> list[tuple[str, str, str]]:
    return re.findall(r"([0-9: -]{16}) \+ ([0-9]+ \w+(?: \w+)?) = ([0-9: -]{16})", CASES)


@pytest.mark.parametrize(("start", "added", "due"), inlined())
def test_work_time(start: str, added: str, due: str) -> None:
    calendar = to_engine(china(), ZONE)
    count, unit = added.split(" ", 1)
    if unit == "work hours":
        found, provisional = calendar.add_work_hours(micros(start, ZONE), int(count) * 1_000_000)
    else:
        found, provisional = calendar.add_workdays(micros(start, ZONE), int(count))
    assert (clock(found, ZONE), provisional) == (due, False)


def lease_due(claimed: int, last: int | None) -> int:
    """earlier(later(claimed + 10 days, last + 3 days), claimed + 20 days); what is nothing is skipped."""
    shanghai = zone(ZONE)
    protected = add_duration(claimed, Duration(days=10), shanghai)
    extended = protected if last is None else max(protected, add_duration(last, Duration(days=3), shanghai))
    return min(extended, add_duration(claimed, Duration(days=20), shanghai))


def test_lease() -> None:
    steps = re.findall(r"([0-9: -]{16}) -> ([0-9: -]{16})", LEASE)
    claimed = micros(steps[0][0], ZONE)
    found = [clock(lease_due(claimed, micros(at, ZONE) if i else None), ZONE) for i, (at, _) in enumerate(steps)]
    assert found == [due for _, due in steps]
    assert found[-1] == "2026-04-14 00:00"  # recalled whatever happens


@pytest.mark.skipif(not GOLDEN.exists(), reason="the shared reference cases are not here")
def test_the_cases_here_are_the_shared_ones() -> None:
    cases = json.loads((GOLDEN / "work-time.json").read_text(encoding="utf-8"))["cases"]
    assert inlined() == [(c["start"], c["add"], c["due"]) for c in cases]
    assert len(cases) == 31
    lease = json.loads((GOLDEN / "lease.json").read_text(encoding="utf-8"))
    steps = re.findall(r"([0-9: -]{16}) -> ([0-9: -]{16})", LEASE)
    assert steps == [(s["at"], s["due"]) for s in lease["steps"]]
