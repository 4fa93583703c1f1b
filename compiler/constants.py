"""From written values to the constants of the IR: ranges of numbers, cleaned texts, durations."""

from __future__ import annotations

import unicodedata
from decimal import ROUND_HALF_UP, Decimal

from leadpolicy.compiler.ir import Duration

LARGEST = Decimal(10) ** 12
PLACES = Decimal("0.000001")
_DAY = 86_400_000_000
_DAY_UNITS = {"day": 1, "week": 7}
_MONTH_UNITS = {"month": 1, "year": 12}
_EXACT_UNITS = {"second": 1_000_000, "minute": 60_000_000, "hour": 3_600_000_000}


def print_decimal(value: Decimal) -> str:
    """Without exponent or trailing zeros: `5`, `0.25`, `-1.5`."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def fits(value: Decimal) -> bool:
    """Whether the language can hold it: below 10^12 in size, at most 6 places (ruling 9)."""
    return abs(value) < LARGEST and value == value.quantize(PLACES, rounding=ROUND_HALF_UP)


def clean_text(text: str) -> str:
    """NFC and trimmed, as all texts are kept (ruling 21)."""
    return unicodedata.normalize("NFC", text).strip()


def clean_email(text: str) -> str:
    """As e-mails are kept (ruling 22)."""
    return clean_text(text).lower()


def clean_phone(text: str, calling_code: str | None) -> str:
    """Digits and a leading plus; `00` is a plus; without one, the country's code comes before (ruling 22)."""
    trimmed = clean_text(text)
    digits = "".join(c for c in trimmed if c in "0123456789")
    if not digits:
        return trimmed
    if trimmed.startswith("+"):
        return "+" + digits
    if digits.startswith("00"):
        return "+" + digits[2:]
    return f"+{calling_code}{digits}" if calling_code else digits


def duration(value: Decimal, unit: str) -> Duration | None:
    """The duration of a quantity, or None where months aren't whole or the unit is none of a duration."""
    whole = value == value.to_integral_value()
    if unit in _MONTH_UNITS:
        return Duration(months=int(value) * _MONTH_UNITS[unit]) if whole else None
    if unit in _DAY_UNITS and whole:
        return Duration(days=int(value) * _DAY_UNITS[unit])
    micros_each = _DAY_UNITS[unit] * _DAY if unit in _DAY_UNITS else _EXACT_UNITS.get(unit)
    if micros_each is None:
        return None
    return Duration(micros=int((value * micros_each).to_integral_value(rounding=ROUND_HALF_UP)))


def duration_micros(value: Duration) -> int:
    """The length by which durations compare (ruling 16)."""
    days = value.months // 12 * 365 + value.months % 12 * 30 + value.days
    return days * _DAY + value.micros


def duration_words(value: Duration) -> str:
    """A duration as a policy would write it: `90 days`, `1 year`, `2 hours 30 minutes`."""
    years, months = divmod(value.months, 12)
    seconds, micros = divmod(value.micros, 1_000_000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    second_words = print_decimal(Decimal(seconds) + Decimal(micros).scaleb(-6))
    parts = [(str(years), "year"), (str(months), "month"), (str(value.days), "day"), (str(hours), "hour")]
    parts += [(str(minutes), "minute"), (second_words, "second")]
    words = [f"{n} {unit}{'' if n == '1' else 's'}" for n, unit in parts if n != "0"]
    return " ".join(words) or "0 days"
