"""One reader a kind: what a field accepts, and how it is kept. Raises `UnreadableError` for anything else."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TypeAlias

from leadpolicy.engine.json_text import loads
from leadpolicy.engine.numbers import LIMIT, parse_decimal, print_decimal, to_scaled
from leadpolicy.engine.policy import TypeDeclaration
from leadpolicy.engine.times import (
    ZoneDeclaration,
    day_micros,
    from_datetime,
    from_timedelta,
    parse_date,
    parse_duration,
    parse_time,
)
from leadpolicy.engine.values import Items

TOO_LARGE = "a number below 10^12 in size"
_WHOLE = re.compile(r"[+-]?[0-9]+(?:\.0+)?")
_SEPARATORS = re.compile("[;；、]")
_YES_NO = {
    "true": True, "yes": True, "y": True, "1": True, "是": True,
    "false": False, "no": False, "n": False, "0": False, "否": False,
}  # fmt: skip
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
}

ValueReader: TypeAlias = Callable[[object], object]


class UnreadableError(Exception):
    """A value that its field doesn't accept. `expected`: in words, where it isn't the field's usual phrase."""

    def __init__(self, expected: str | None = None) -> None:
        super().__init__(expected)
        self.expected = expected


def phrase(type_: TypeDeclaration) -> str:
    """What a field of the type expects, in words."""
    if type_.kind == "money":
        return f"money in {type_.currency}"
    if type_.kind == "choice":
        return "one of " + ", ".join(type_.choices or ())
    if type_.kind == "list" and type_.item is not None:
        return "a list of " + phrase(type_.item)
    if type_.kind == "fact":
        return f"the key of a {type_.fact}"
    return _PHRASES[type_.kind]


def clean(text: str) -> str:
    """NFC, trimmed; a plain `str` also of a subclass."""
    return str.__str__(unicodedata.normalize("NFC", text)).strip()


def reader(type_: TypeDeclaration, zone: ZoneDeclaration, calling_code: str | None) -> ValueReader:
    """What reads known values of a type. Texts come in cleaned; lists and facts have readers of their own."""
    kind = type_.kind
    if kind == "choice":
        choices = frozenset(type_.choices or ())
        return lambda value: _choice(value, choices)
    if kind == "time":
        return lambda value: _time(value, zone)
    if kind == "phone":
        return lambda value: _phone(value, calling_code)
    if kind in {"number", "money", "percent"}:
        currency = type_.currency
        return lambda value: _number(value, kind, currency)
    simple: Mapping[str, ValueReader] = {
        "text": _text, "int": _int, "bool": _bool, "duration": _duration, "date": _date, "email": _email,
        "fact": read_key,
    }  # fmt: skip
    return simple[kind]


def _finite(value: object) -> Decimal:
    number = Decimal(repr(value)) if isinstance(value, float) else value
    if not isinstance(number, Decimal) or not number.is_finite():
        raise UnreadableError
    return number


def _text(value: object) -> object:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        raise UnreadableError
    if isinstance(value, int):
        return _print_int(value)
    number = _finite(value)
    if abs(number.adjusted()) > 400:
        raise UnreadableError
    return print_decimal(number)


def _print_int(value: int) -> str:
    try:
        return int.__repr__(value)
    except ValueError:
        # Python refuses to print whole numbers of more than some thousand digits.
        raise UnreadableError from None


def _int(value: object) -> object:
    if isinstance(value, bool):
        raise UnreadableError
    if isinstance(value, str):
        if not _WHOLE.fullmatch(value):
            raise UnreadableError
        digits = value.partition(".")[0]
        if len(digits.lstrip("+-0")) > 12:
            raise UnreadableError(TOO_LARGE)
        return int(digits)
    if isinstance(value, int):
        whole = int(value)
    else:
        number = _finite(value)
        if number.adjusted() > 12 and number:
            raise UnreadableError(TOO_LARGE)
        if number != number.to_integral_value():
            raise UnreadableError
        whole = int(number)
    if abs(whole) >= LIMIT:
        raise UnreadableError(TOO_LARGE)
    return whole


def _number(value: object, kind: str, currency: str | None) -> object:
    shift = 0
    if isinstance(value, bool):
        raise UnreadableError
    if isinstance(value, str):
        if kind == "percent" and value.endswith("%"):
            value, shift = value[:-1].rstrip(), -2
        if kind == "money" and currency:
            amount, blank, code = value.rpartition(" ")
            if blank and code == currency:
                value = amount.rstrip()
        number = parse_decimal(value)
        if number is None:
            raise UnreadableError
    elif isinstance(value, int):
        if abs(value) >= LIMIT:
            raise UnreadableError(TOO_LARGE)
        number = Decimal(value)
    else:
        number = _finite(value)
    scaled = to_scaled(number, shift)
    if scaled is None:
        raise UnreadableError(TOO_LARGE)
    return scaled


def _bool(value: object) -> object:
    if isinstance(value, str):
        answer = _YES_NO.get(value.casefold())
        if answer is None:
            raise UnreadableError
        return answer
    if isinstance(value, int) and value in (0, 1):
        return bool(value)
    raise UnreadableError


def _duration(value: object) -> object:
    if isinstance(value, timedelta):
        return from_timedelta(value)
    read = parse_duration(value) if isinstance(value, str) else None
    if read is None:
        raise UnreadableError
    return read


def _time(value: object, zone: ZoneDeclaration) -> object:
    if isinstance(value, datetime):
        return from_datetime(value, zone)
    if isinstance(value, date):
        return zone.from_local(day_micros(value.toordinal()))
    read = parse_time(value, zone) if isinstance(value, str) else None
    if read is None:
        raise UnreadableError
    return read


def _date(value: object) -> object:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.toordinal()
    read = parse_date(value) if isinstance(value, str) else None
    if read is None:
        raise UnreadableError
    return read


def _email(value: object) -> object:
    if not isinstance(value, str):
        raise UnreadableError
    return value.lower()


def _phone(value: object, calling_code: str | None) -> object:
    if isinstance(value, int) and not isinstance(value, bool):
        value = _print_int(value)
    if not isinstance(value, str):
        raise UnreadableError
    digits = "".join(char for char in value if "0" <= char <= "9")
    if not digits:
        return value
    if value.startswith("+"):
        return "+" + digits
    if digits.startswith("00"):
        return "+" + digits[2:]
    return f"+{calling_code}{digits}" if calling_code else digits


def _choice(value: object, choices: frozenset[str]) -> object:
    if isinstance(value, str) and value in choices:
        return value
    raise UnreadableError


def read_key(value: object) -> object:
    """A key as text."""
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return _print_int(value)
    raise UnreadableError


def list_reader(item: ValueReader, markers: frozenset[str]) -> ValueReader:
    """What reads a list: of values, a JSON array, or a text split at `;`, `；`, `、`."""

    def read(value: object) -> object:
        if isinstance(value, str):
            value = _json_array(value) if value.startswith("[") else _split(value)
        if not isinstance(value, list | tuple):
            raise UnreadableError
        kept: list[object] = []
        more = False
        for one in value:
            known = clean(one) if isinstance(one, str) else one
            if known is None or (isinstance(known, str) and known in markers):
                more = True
            else:
                kept.append(item(known))
        return Items(tuple(kept), more)

    return read


def _json_array(text: str) -> object:
    try:
        return loads(text)
    except (ValueError, RecursionError):
        raise UnreadableError from None


def _split(text: str) -> list[str]:
    return [part.strip() for part in _SEPARATORS.split(text) if part.strip()]


def found(value: object) -> str:
    """What was found, as errors print it: at most 80 characters."""
    if value is None:
        return "nothing"
    if isinstance(value, str):
        text = f'"{str.__str__(value)}"'
    else:
        try:
            text = repr(value)
        except (ValueError, RecursionError):
            text = f"a {type(value).__name__}"
    return text if len(text) <= 80 else text[:79] + "…"
