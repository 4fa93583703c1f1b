"""Calendars, compiled into the policy: weekly shifts, holidays and make-up workdays (rulings 19, 20).

The lines of a calendar are read in order, and of two that speak about one day the later wins. Days of countries come
from the `holidays` package, never from the machine or the net; it is loaded only where a calendar names a country.

A country's year is *published* where its days are settled. Three ways, by what the package says:
- where the government moves days off each year (China's 调休, Hungary, …), up to the last year that has moved days:
  the package knows the law's own holidays of later years, but not which weekends will be worked for them;
- where dates are announced or sighted, up to the last year in which no holiday is marked as estimated;
- else every year, as the law fixes them.

A make-up workday has the shifts of its own weekday, or, where that has none, of the week's first day that has some.
A weekend day inside a holiday is an ordinary weekend day: the weekly shifts say whether it is open.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from importlib import metadata
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from leadpolicy.compiler.ir_calendar import Calendar, CalendarDay, DayKind, Shift
from leadpolicy.compiler.wording import Message, say

if TYPE_CHECKING:
    from holidays.holiday_base import HolidayBase

DEFAULT_YEARS: Final = (2010, 2050)
"""The years, both in, whose holidays are compiled where nothing else is asked for."""

_DAY: Final = 1440
_MOVES_ENDED: Final = frozenset({"AM", "BG", "TW", "UA"})
"""Countries that moved workdays once and no longer do (Taiwan by its holiday act of 2025, Ukraine while martial law
lasts): the last year with a moved day says nothing about which years are published."""


@dataclass(frozen=True)
class WeekLine:
    """`mon to fri 09:00 to 12:00, 13:00 to 18:00`: the shifts of some weekdays (0 is Monday), as pairs of minutes.

    A shift whose end is before its start ends on the next day.
    """

    weekdays: tuple[int, ...]
    shifts: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class CountryLine:
    """`holidays cal.china`: a country's holidays and make-up workdays. `country` is a code or a name
    (`country_code`), `subdivision` a state or province of it, such as BY."""

    country: str
    subdivision: str | None = None


@dataclass(frozen=True)
class DaysLine:
    """`holidays 2026-12-31 to 2027-01-01` or `workdays 2026-12-26`: days named by the author, both ends in."""

    kind: DayKind
    first: date
    last: date
    source: str


Line: TypeAlias = WeekLine | CountryLine | DaysLine


@dataclass(frozen=True)
class Problem:
    """What is wrong with a line, by its place among the lines; None is the calendar as a whole."""

    line: int | None
    message: Message


@dataclass(frozen=True)
class CountryDays:
    """A country's days in the published years of a span. `last_published` is before the span where none is."""

    code: str
    holidays: Mapping[date, str]
    workdays: frozenset[date]
    last_published: int


@dataclass
class _Draft:
    """A calendar in the making; a day's value is its kind and source."""

    week: list[tuple[Shift, ...]] = field(default_factory=lambda: [()] * 7)
    days: dict[date, tuple[DayKind, str]] = field(default_factory=dict)
    countries: list[CountryDays] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def compile_calendar(
    name: str, lines: Sequence[Line], years: tuple[int, int] = DEFAULT_YEARS
) -> tuple[Calendar | None, tuple[Problem, ...]]:
    """The calendar that the lines say, with the countries' days of `years` (both ends in); or None, and all problems.

    With several countries, a year is published when it is for each.
    """
    draft = _Draft()
    for index, line in enumerate(lines):
        match line:
            case WeekLine():
                _add_week(draft, index, line)
            case CountryLine():
                _add_country(draft, index, line, years)
            case DaysLine():
                _add_days(draft, index, line)
    if not any(draft.week) and not draft.problems:
        draft.problems.append(Problem(None, say("calendar `{}` has no open time: no weekday has a shift", name)))
    if draft.problems:
        return None, tuple(draft.problems)
    return _finished(name, draft, years), ()


def _add_week(draft: _Draft, index: int, line: WeekLine) -> None:
    shifts: list[Shift] = []
    for start, end in sorted(line.shifts):
        if not (0 <= start < _DAY and 0 <= end <= _DAY):
            draft.problems.append(Problem(index, say("a shift lies within the 24 hours of a day")))
            return
        if start == end:
            draft.problems.append(Problem(index, say("the shift at {} ends where it starts", _clock(start))))
            return
        end = end if end > start else end + _DAY
        if shifts and start < shifts[-1].end:
            draft.problems.append(Problem(index, say("the shifts overlap at {}", _clock(start))))
            return
        shifts.append(Shift(start=start, end=end))
    if shifts and shifts[-1].end > shifts[0].start + _DAY:
        draft.problems.append(Problem(index, say("the last shift runs into the first of the next day")))
        return
    for weekday in line.weekdays:
        draft.week[weekday] = tuple(shifts)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _add_country(draft: _Draft, index: int, line: CountryLine, years: tuple[int, int]) -> None:
    code = country_code(line.country)
    if code is None:
        draft.problems.append(Problem(index, say("no holidays are known for a country called `{}`", line.country)))
        return
    found = country_days(code, line.subdivision, years)
    if found is None:
        draft.problems.append(Problem(index, say("`{}` has no subdivision `{}`", code, line.subdivision)))
        return
    draft.countries.append(found)
    draft.days |= {day: ("holiday", f"{found.code}: {label}") for day, label in found.holidays.items()}
    draft.days |= dict.fromkeys(found.workdays, ("workday", f"{found.code}: make-up workday"))


def _add_days(draft: _Draft, index: int, line: DaysLine) -> None:
    if line.last < line.first:
        draft.problems.append(Problem(index, say("{} is before {}", line.last, line.first)))
        return
    for number in range((line.last - line.first).days + 1):
        draft.days[line.first + timedelta(days=number)] = (line.kind, line.source)


def _finished(name: str, draft: _Draft, years: tuple[int, int]) -> Calendar:
    usual = next(shifts for shifts in draft.week if shifts)
    published = min((c.last_published for c in draft.countries), default=None)
    days = []
    for day, (kind, source) in sorted(draft.days.items()):
        shifts = () if kind == "holiday" else draft.week[day.weekday()] or usual
        days.append(CalendarDay(day=day.isoformat(), kind=kind, shifts=shifts, source=source))
    week = draft.week
    return Calendar(
        name=name,
        week=(week[0], week[1], week[2], week[3], week[4], week[5], week[6]),
        days=tuple(days),
        countries=tuple(c.code for c in draft.countries),
        data=f"holidays {metadata.version('holidays')}" if draft.countries else None,
        first_year=years[0] if draft.countries else None,
        last_published=published,
    )


# ── Countries ──


def country_code(name: str) -> str | None:
    """The ISO 3166 code of a country that has holidays: from its code of two or three letters, or its English name
    (`china`, `united_states`, in any case); None where there is none."""
    from holidays.registry import COUNTRIES

    wanted = name.strip().lower().replace(" ", "_")
    for module, (entity, *codes) in COUNTRIES.items():
        if wanted in {module, entity.lower(), *(c.lower() for c in codes)}:
            return str(codes[0])
    return None


@lru_cache(maxsize=64)
def country_days(code: str, subdivision: str | None, years: tuple[int, int]) -> CountryDays | None:
    """The country's public holidays and make-up workdays in the published years of the span (both ends in); None
    where it has no such subdivision."""
    import holidays

    span = range(years[0], years[1] + 1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of years that the package lacks: `last_published` says so
        try:
            language = holidays.country_holidays(code, subdiv=subdivision).default_language
            # Without a language, the package would take the machine's.
            found = holidays.country_holidays(code, subdiv=subdivision, years=span, language=language)
        except NotImplementedError:
            return None
    last = _last_published(code, found, years)
    return CountryDays(
        code=f"{code}-{subdivision}" if subdivision else code,
        holidays={day: label for day, label in found.items() if years[0] <= day.year <= last},
        workdays=frozenset(day for day in found.weekend_workdays if years[0] <= day.year <= last),
        last_published=last,
    )


def _last_published(code: str, found: HolidayBase, years: tuple[int, int]) -> int:
    """The last year of the span whose days are settled (see the module's text), or the year before the span."""
    last = min(years[1], found.end_year)
    moved = _years_of_moves(found)
    if moved and code not in _MOVES_ENDED:
        last = min(last, max(moved))
    mark = (getattr(found, "estimated_label", None) or "").replace("%s", "").strip()
    if mark:
        estimated = {day.year for day, label in found.items() if mark in label}
        while last in estimated:
            last -= 1
    return max(last, years[0] - 1)


def _years_of_moves(found: HolidayBase) -> set[int]:
    """Years whose table has a day off that is worked for on another day. An entry (or one of a tuple of entries) of
    three parts is an extra holiday: month, day, name; with four or five it is a move: to month and day, from month,
    day and perhaps year."""
    table: Mapping[int, Any] = getattr(found, "special_public_holidays", {})
    return {year for year, entries in table.items() if any(len(entry) > 3 for entry in _as_entries(entries))}


def _as_entries(value: Any) -> Iterable[tuple[Any, ...]]:
    return value if value and isinstance(value[0], tuple) else (value,)
