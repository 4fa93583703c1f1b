"""Durations: how long they are, how they are read, how they are printed."""

from __future__ import annotations

import re
from datetime import timedelta
from fractions import Fraction

from leadpolicy.compiler.interpreter.values import round_half_away
from leadpolicy.compiler.ir import Duration

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

_NUMBER = r"([+-]?[0-9]+(?:\.[0-9]+)?)"
_ISO = re.compile(
    rf"P(?=.)(?:{_NUMBER}Y)?(?:{_NUMBER}M)?(?:{_NUMBER}W)?(?:{_NUMBER}D)?"
    rf"(?:T(?=.)(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:{_NUMBER}S)?)?",
    re.IGNORECASE,
)
_SPOKEN = re.compile(rf"{_NUMBER}\s*(\S+)")

_UNITS = {
    unit: canonical
    for canonical, spellings in {
        "second": ("second", "seconds", "秒", "秒钟"),
        "minute": ("minute", "minutes", "分钟"),
        "hour": ("hour", "hours", "小时", "个小时"),
        "day": ("day", "days", "天", "日"),
        "week": ("week", "weeks", "周", "星期"),
        "month": ("month", "months", "个月", "月"),
        "year": ("year", "years", "年"),
    }.items()
    for unit in spellings
}
_MONTHS = {"month": 1, "year": 12}
_DAYS = {"day": 1, "week": 7}
_MICROS = {"second": SECOND, "minute": MINUTE, "hour": HOUR}


def length(duration: Duration) -> int:
    """The size in microseconds by which durations compare: 12 months are 365 days, 1 month 30 (ruling 16)."""
    years, months = divmod(abs(duration.months), 12)
    days = years * 365 + months * 30
    return (days if duration.months >= 0 else -days) * DAY + duration.days * DAY + duration.micros


def of_length(micros: int) -> Duration:
    """A duration of exact time."""
    return Duration(micros=micros)


def plus(a: Duration, b: Duration) -> Duration:
    """Part by part."""
    return Duration(months=a.months + b.months, days=a.days + b.days, micros=a.micros + b.micros)


def times(duration: Duration, number: Fraction) -> Duration:
    """Each part times a number, which is whole where there are months or days (the checker sees to it)."""
    months, days = duration.months * number, duration.days * number
    if months.denominator != 1 or days.denominator != 1:
        raise ValueError(f"{number} times a duration of months or days")
    return Duration(months=int(months), days=int(days), micros=int(round_half_away(duration.micros * number, 0)))


def from_timedelta(delta: timedelta) -> Duration:
    """Its days as days, the rest as exact time."""
    return Duration(days=delta.days, micros=delta.seconds * SECOND + delta.microseconds)


def read(text: str) -> Duration | None:
    """`P1Y2M10DT2H30M`, `P2W`, `6 months`, `1个月`; None where it is none of these."""
    iso = _ISO.fullmatch(text)
    if iso is not None:
        units = ("year", "month", "week", "day", "hour", "minute", "second")
        return _total([(n, u) for n, u in zip(iso.groups(), units, strict=True) if n is not None])
    spoken = _SPOKEN.fullmatch(text)
    if spoken is not None and spoken[2] in _UNITS:
        return _total([(spoken[1], _UNITS[spoken[2]])])
    return None


def _total(parts: list[tuple[str, str]]) -> Duration | None:
    """The parts added up. Months and years are whole; a fraction of a day is exact time."""
    months = days = 0
    micros = Fraction(0)
    for text, unit in parts:
        number = Fraction(text)
        if unit in _MONTHS:
            if number.denominator != 1:
                return None
            months += int(number) * _MONTHS[unit]
        elif unit in _DAYS:
            number *= _DAYS[unit]
            days += int(number)
            micros += (number - int(number)) * DAY
        else:
            micros += number * _MICROS[unit]
    return Duration(months=months, days=days, micros=int(round_half_away(micros, 0)))


def show(duration: Duration) -> str:
    """ISO 8601; the sign stands before each number; years come from months, days stay days."""
    date_part = _signed(duration.months, ((12, "Y"), (1, "M"))) + _signed(duration.days, ((1, "D"),))
    time_part = _signed(duration.micros, ((HOUR, "H"), (MINUTE, "M")))
    rest = abs(duration.micros) % MINUTE
    if rest:
        seconds, fraction = divmod(rest, SECOND)
        decimals = f".{fraction:06}".rstrip("0") if fraction else ""
        time_part += f"{'-' if duration.micros < 0 else ''}{seconds}{decimals}S"
    if time_part:
        return f"P{date_part}T{time_part}"
    return f"P{date_part}" if date_part else "PT0S"


def _signed(amount: int, units: tuple[tuple[int, str], ...]) -> str:
    """`1Y2M` of 14 months; units with nothing to show are left out."""
    sign = "-" if amount < 0 else ""
    rest = abs(amount)
    shown = ""
    for size, letter in units:
        count, rest = divmod(rest, size)
        if count:
            shown += f"{sign}{count}{letter}"
    return shown
