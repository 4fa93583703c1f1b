"""Calendars compiled: countries, make-up workdays, which line wins, what is published, mistakes."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

import pytest
from pydantic import ValidationError
from work_calendars import MON_TO_FRI, OFFICE, china, compiled, to_engine

from leadpolicy.compiler.calendars import (
    CountryLine,
    DaysLine,
    Line,
    WeekLine,
    compile_calendar,
    country_code,
    country_days,
)
from leadpolicy.compiler.ir_calendar import Calendar

WEEK = WeekLine(MON_TO_FRI, OFFICE)


def kinds(calendar: Calendar) -> dict[str, str]:
    return {day.day: day.kind for day in calendar.days}


def test_china_2026_has_its_holidays_and_make_up_workdays() -> None:
    """The State Council's notice for 2026: six weekend days are worked."""
    found = kinds(china())
    worked = sorted(day for day, kind in found.items() if kind == "workday" and day.startswith("2026"))
    assert worked == ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"]
    for day in ("2026-01-02", "2026-02-16", "2026-02-23", "2026-05-05", "2026-10-07"):
        assert found[day] == "holiday"
    assert found.get("2026-02-24") is None


def test_a_year_without_its_moved_days_is_not_published() -> None:
    """The package knows the law's own holidays of 2040, but nobody knows its make-up workdays yet."""
    calendar = compiled(WEEK, CountryLine("china"), years=(2020, 2040))
    last = calendar.last_published
    assert calendar.first_year == 2020
    assert last is not None
    assert 2026 <= last < 2035
    assert calendar.days[-1].day[:4] == str(last)
    assert any(day.kind == "workday" for day in calendar.days if day.day.startswith(str(last)))
    assert calendar.data is not None
    assert calendar.data.startswith("holidays ")


@pytest.mark.parametrize(
    ("country", "years", "last"),
    [
        ("DE", (2020, 2050), 2050),  # by law
        ("US", (2020, 2050), 2050),
        ("AE", (2020, 2050), 2025),  # sighted: later ones are marked as estimated
        ("UA", (2020, 2030), 2030),  # moved days once, no longer
        ("CN", (2028, 2030), 2027),  # nothing is published in this span: the year before it
    ],
)
def test_published_years(country: str, years: tuple[int, int], last: int) -> None:
    found = country_days(country, None, years)
    assert found is not None
    # A newer package may know more years.
    assert found.last_published >= last
    assert found.last_published <= years[1]


def test_of_several_countries_the_least_is_published() -> None:
    calendar = compiled(WEEK, CountryLine("germany"), CountryLine("china"), years=(2020, 2040))
    assert calendar.last_published == compiled(WEEK, CountryLine("china"), years=(2020, 2040)).last_published
    assert calendar.countries == ("DE", "CN")


def test_the_later_line_wins() -> None:
    eve = DaysLine("holiday", date(2026, 12, 31), date(2027, 1, 1), "holidays 2026-12-31 to 2027-01-01")
    spring = DaysLine("workday", date(2026, 2, 17), date(2026, 2, 17), "workdays 2026-02-17")
    late = compiled(WEEK, CountryLine("china"), eve, spring)
    assert kinds(late)["2026-02-17"] == "workday"
    # What the author names holds past the last published year too.
    assert kinds(late)["2027-01-01"] == "holiday"
    assert kinds(compiled(WEEK, spring, CountryLine("china")))["2026-02-17"] == "holiday"
    assert next(d.source for d in late.days if d.day == "2026-02-17") == "workdays 2026-02-17"
    saturday = WeekLine((4, 5), ((600, 720),))
    assert compiled(WEEK, saturday).week[4] == compiled(saturday).week[5]


def test_a_make_up_workday_has_its_own_shifts_or_those_of_the_first_day_with_some() -> None:
    worked = DaysLine("workday", date(2026, 12, 26), date(2026, 12, 27), "workdays")
    calendar = compiled(WeekLine((5,), ((600, 720),)), WEEK, worked)
    shifts = {d.day: tuple((s.start, s.end) for s in d.shifts) for d in calendar.days}
    assert shifts == {"2026-12-26": ((600, 720),), "2026-12-27": OFFICE}


def test_through_json_and_back() -> None:
    calendar = china()
    assert Calendar.model_validate_json(calendar.model_dump_json()) == calendar
    with pytest.raises(ValidationError):
        calendar.name = "other"


def test_subdivisions() -> None:
    bavaria = compiled(WEEK, CountryLine("DE", "BY"))
    assert kinds(bavaria)["2026-01-06"] == "holiday"
    assert "2026-01-06" not in kinds(compiled(WEEK, CountryLine("DE")))
    assert bavaria.countries == ("DE-BY",)


@pytest.mark.parametrize("name", ["china", "China", "CN", "cn", "CHN"])
def test_names_of_countries(name: str) -> None:
    assert country_code(name) == "CN"
    assert country_code("united states") == "US"
    assert country_code("atlantis") is None


def test_the_machines_language_has_no_say() -> None:
    code = (
        "from leadpolicy.compiler.calendars import country_days; "
        "print(sorted(country_days('CN', None, (2026, 2026)).holidays.items())[0])"
    )
    texts = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"LANGUAGE": language, "PYTHONUTF8": "1"},
            capture_output=True,
            check=True,
        ).stdout
        for language in ("en_US", "th", "zh_CN")
    }
    assert texts == {"(datetime.date(2026, 1, 1), '元旦')\n".encode()}


@pytest.mark.parametrize(
    ("lines", "place", "words"),
    [
        ((WEEK, CountryLine("atlantis")), 1, "`atlantis`"),
        ((WEEK, CountryLine("DE", "QQ")), 1, "no subdivision `QQ`"),
        ((WEEK, DaysLine("holiday", date(2026, 1, 2), date(2026, 1, 1), "x")), 1, "2026-01-01 is before 2026-01-02"),
        ((WeekLine((0,), ((540, 720), (700, 800))),), 0, "overlap at 11:40"),
        ((WeekLine((0,), ((540, 540),)),), 0, "ends where it starts"),
        ((WeekLine((0,), ((540, 1500),)),), 0, "within the 24 hours"),
        ((WeekLine((0,), ((360, 480), (1320, 420))),), 0, "runs into the first"),
        ((CountryLine("china"),), None, "no weekday has a shift"),
    ],
)
def test_mistakes(lines: tuple[Line, ...], place: int | None, words: str) -> None:
    calendar, problems = compile_calendar("work", lines, (2026, 2026))
    assert calendar is None
    assert [p.line for p in problems] == [place]
    assert words in problems[0].message


def test_all_mistakes_are_told_at_once() -> None:
    _, problems = compile_calendar("work", [CountryLine("atlantis"), CountryLine("zz")], (2026, 2026))
    assert [p.line for p in problems] == [0, 1]


def test_the_calendar_reaches_the_engine() -> None:
    calendar = to_engine(china(), "Asia/Shanghai")
    assert calendar.is_workday(date(2026, 2, 14).toordinal())
    assert not calendar.is_workday(date(2026, 2, 16).toordinal())
    assert not calendar.is_workday(date(2026, 11, 21).toordinal())
