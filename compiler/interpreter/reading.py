"""One raw value into a value of a field's type (the table of decision record 0002, section 1)."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from leadpolicy.compiler import ir
from leadpolicy.compiler.interpreter import durations, times
from leadpolicy.compiler.interpreter.values import LIMIT, PLACES, Scalar, round_half_away

TOO_LARGE = "a number below 10^12 in size"
FOUND_LENGTH = 80

_WHOLE = re.compile(r"[+-]?[0-9]+(?:\.0+)?")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_AMOUNT = re.compile(r"(.*\S)\s+([^\W\d_]{3})")
_SEPARATOR = re.compile("[;；、]")

_BOOLS = {"true": True, "yes": True, "y": True, "1": True, "是": True,
          "false": False, "no": False, "n": False, "0": False, "否": False}  # fmt: skip


class MisfitError(Exception):
    """A raw value that is none of its type's. `expected` says in words what would have been."""

    def __init__(self, expected: str) -> None:
        super().__init__(expected)
        self.expected = expected


def normalise(text: str) -> str:
    """NFC, without white space at the ends (ruling 21)."""
    return unicodedata.normalize("NFC", text).strip()


def is_marker(raw: object, markers: tuple[str, ...]) -> bool:
    """Whether the raw value is a text that means unknown (ruling 23)."""
    return isinstance(raw, str) and normalise(raw) in markers


def found(raw: object) -> str:
    """A raw value as an error shows it."""
    if raw is None:
        return "nothing"
    if isinstance(raw, str):
        return f'"{raw}"'[:FOUND_LENGTH]
    try:
        return repr(raw)[:FOUND_LENGTH]
    except ValueError:  # Python refuses to print very long integers
        return f"an {type(raw).__name__} too long to print"


def phrase(type_: ir.Type) -> str:
    """What a value of the type is, in words."""
    match type_.kind:
        case "money":
            return f"money in {type_.currency}" if type_.currency else "money"
        case "choice":
            return f"one of {', '.join(type_.choices or ())}"
        case "list":
            return f"a list of {phrase(type_.item)}" if type_.item else "a list"
        case "fact":
            return f"the key of a {type_.fact}"
        case kind:
            return _PHRASES[kind]


_PHRASES = {
    "text": "text",
    "int": "a whole number",
    "number": "a number",
    "percent": "a percentage",
    "bool": "true or false",
    "duration": "a duration, such as 6 months",
    "time": "a time, such as 2026-11-20 10:00",
    "date": "a date, such as 2026-11-20",
    "email": "an e-mail address",
    "phone": "a phone number",
    "work_hours": "a number of work hours",
    "workdays": "a number of workdays",
}


@dataclass(frozen=True, slots=True)
class Locale:
    """What of the policy's header decides how raw values are read."""

    zone: ir.Zone
    calling_code: str | None


def read_scalar(raw: object, type_: ir.Type, locale: Locale) -> Scalar:
    """The value of a raw one that is neither absent nor a marker. Raises `MisfitError`."""
    if isinstance(raw, str):
        raw = normalise(raw)
    value = _READERS[type_.kind](raw, type_, locale)
    if value is None:
        raise MisfitError(phrase(type_))
    return value


def _text(raw: object, _type: ir.Type, _locale: Locale) -> str | None:
    if isinstance(raw, str):
        return raw
    if isinstance(raw, bool):
        return None
    if isinstance(raw, int | float | Decimal):
        number = _decimal(raw)
        if number is not None and number.is_finite():
            text = format(number, "f")
            text = text.rstrip("0").rstrip(".") if "." in text else text
            return "0" if text == "-0" else text
    return None


def _decimal(raw: object) -> Decimal | None:
    """A number or a text in decimal or exponent form, exactly as it stands; None for anything else."""
    if isinstance(raw, bool):
        return None
    if isinstance(raw, int | Decimal):
        return Decimal(raw)
    if isinstance(raw, float):
        return Decimal(float.__repr__(raw))
    if isinstance(raw, str) and _DECIMAL.fullmatch(raw):
        try:
            return Decimal(raw)
        except InvalidOperation as error:  # an exponent of twenty digits
            raise MisfitError(TOO_LARGE) from error
    return None


def _number(raw: object, _type: ir.Type, _locale: Locale) -> Fraction | None:
    return _within_limit(_decimal(raw))


def _within_limit(number: Decimal | None, divisor: int = 1) -> Fraction | None:
    """The number divided and rounded to 6 places; too large a one is a misfit, NaN and infinity are None."""
    if number is None or not number.is_finite():
        return None
    # The exponent is looked at first: writing out 1e999999999 would take all memory.
    if number and number.adjusted() > 15:
        raise MisfitError(TOO_LARGE)
    if not number or number.adjusted() < -PLACES - 2:
        return Fraction(0)
    rounded = round_half_away(Fraction(number) / divisor)
    if abs(rounded) >= LIMIT:
        raise MisfitError(TOO_LARGE)
    return rounded


def _int(raw: object, _type: ir.Type, _locale: Locale) -> Fraction | None:
    if isinstance(raw, str) and not _WHOLE.fullmatch(raw):
        return None
    number = _decimal(raw)
    if number is None or not number.is_finite():
        return None
    exact = number.as_tuple()
    assert isinstance(exact.exponent, int)
    if exact.exponent < 0 and any(exact.digits[exact.exponent :]):
        return None
    return _within_limit(number)


def _money(raw: object, type_: ir.Type, _locale: Locale) -> Fraction | None:
    if isinstance(raw, str):
        amount = _AMOUNT.fullmatch(raw)
        if amount is not None:
            if amount[2] != type_.currency:
                return None
            raw = amount[1]
    return _within_limit(_decimal(raw))


def _percent(raw: object, _type: ir.Type, _locale: Locale) -> Fraction | None:
    if isinstance(raw, str) and raw.endswith("%"):
        return _within_limit(_decimal(raw[:-1].rstrip()), 100)
    return _within_limit(_decimal(raw))


def _bool(raw: object, _type: ir.Type, _locale: Locale) -> bool | None:
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, str):
        return _BOOLS.get(raw.casefold())
    number = _decimal(raw)
    if number is None or not number.is_finite() or number not in (0, 1):
        return None
    return number == 1


def _duration(raw: object, _type: ir.Type, _locale: Locale) -> ir.Duration | None:
    if isinstance(raw, timedelta):
        return durations.from_timedelta(raw)
    return durations.read(raw) if isinstance(raw, str) else None


def _time(raw: object, _type: ir.Type, locale: Locale) -> int | None:
    if isinstance(raw, datetime):
        return times.from_datetime(raw, locale.zone)
    if isinstance(raw, date):
        return times.from_date(raw, locale.zone)
    return times.read_time(raw, locale.zone) if isinstance(raw, str) else None


def _date(raw: object, _type: ir.Type, _locale: Locale) -> date | None:
    if isinstance(raw, datetime):
        return raw.date() if raw.time() == time(0) else None
    if isinstance(raw, date):
        return raw
    return times.read_date(raw) if isinstance(raw, str) else None


def _email(raw: object, _type: ir.Type, _locale: Locale) -> str | None:
    return raw.lower() if isinstance(raw, str) else None


def _phone(raw: object, _type: ir.Type, locale: Locale) -> str | None:
    """Digits and a leading plus, with the country's code where it has none (ruling 22)."""
    if isinstance(raw, bool) or not isinstance(raw, str | int):
        return None
    text = raw if isinstance(raw, str) else format(Decimal(raw), "f")
    kept = "".join(c for c in text if c in "+0123456789")
    plus, digits = kept.startswith("+"), kept.replace("+", "")
    if not digits:
        return text
    if plus:
        return f"+{digits}"
    if digits.startswith("00"):
        return f"+{digits[2:]}"
    return f"+{locale.calling_code}{digits}" if locale.calling_code else digits


def _choice(raw: object, type_: ir.Type, _locale: Locale) -> str | None:
    return raw if isinstance(raw, str) and raw in (type_.choices or ()) else None


_READERS: Mapping[str, Callable[[object, ir.Type, Locale], Scalar | None]] = {
    "text": _text,
    "int": _int,
    "number": _number,
    "money": _money,
    "percent": _percent,
    "work_hours": _number,
    "workdays": _number,
    "bool": _bool,
    "duration": _duration,
    "time": _time,
    "date": _date,
    "email": _email,
    "phone": _phone,
    "choice": _choice,
}


def list_items(raw: object) -> list[object] | None:
    """The raw items of a list: a list, a JSON array in a text, or a text with separators. None for others."""
    if isinstance(raw, list | tuple):
        return list(raw)
    if not isinstance(raw, str):
        return None
    text = normalise(raw)
    if not text.startswith("["):
        return [part for part in (p.strip() for p in _SEPARATOR.split(text)) if part]
    try:
        items = json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError):
        return None
    return items if isinstance(items, list) else None
