"""JSON as decisions print it: keys in the order given, texts as they are, decimals without exponent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from json.encoder import encode_basestring as _quoted

from leadpolicy.engine.numbers import parse_decimal, print_decimal

__all__ = ["dumps", "dumps_printed", "loads"]


def dumps(value: object) -> str:
    """Canonical JSON. TypeError for a value that is none of dict, list, tuple, str, int, Decimal, bool, None."""
    if type(value) is str:
        return _quoted(value)
    parts: list[str] = []
    _write(value, parts)
    return "".join(parts)


def dumps_printed(value: object) -> str:
    """The same of what a decision prints, where floats and keys that are no texts can't be; several times faster."""
    try:
        return _PLAIN.encode(value)
    except _NotPlainError:
        return dumps(value)


class _NotPlainError(Exception):
    """The value has something that the standard encoder can't write as we print it, such as a Decimal."""


def _refuse_plainness(_: object) -> object:
    raise _NotPlainError


# The standard encoder is fast and prints all but decimals as we do.
_PLAIN = json.JSONEncoder(ensure_ascii=False, default=_refuse_plainness)


def _write(value: object, parts: list[str]) -> None:
    if value is None:
        parts.append("null")
    elif value is True:
        parts.append("true")
    elif value is False:
        parts.append("false")
    elif isinstance(value, str):
        parts.append(_quoted(value))
    elif isinstance(value, int):
        parts.append(int.__repr__(value))
    elif isinstance(value, Decimal):
        if not value.is_finite():
            raise TypeError(f"{value} has no JSON form")
        parts.append(print_decimal(value))
    elif isinstance(value, Mapping):
        _write_object(value, parts)
    elif isinstance(value, list | tuple):
        separator = "["
        for item in value:
            parts.append(separator)
            _write(item, parts)
            separator = ", "
        parts.append("]" if value else "[]")
    else:
        raise TypeError(f"{type(value).__name__} has no JSON form")


def _write_object(value: Mapping[object, object], parts: list[str]) -> None:
    separator = "{"
    for key, item in value.items():
        if not isinstance(key, str):
            raise TypeError(f"the key {key!r} of a JSON object is no text")
        parts.append(separator)
        parts.append(_quoted(key))
        parts.append(": ")
        _write(item, parts)
        separator = ", "
    parts.append("}" if value else "{}")


def loads(text: str) -> object:
    """Read JSON with exact decimals. ValueError where it is none, NaN and Infinity included."""
    return json.loads(text, parse_float=parse_decimal, parse_constant=_refuse)


def _refuse(word: str) -> object:
    raise ValueError(f"{word} is no JSON")
