"""Exact decimals of six places, kept as integers of millionths."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from leadpolicy.engine.values import NOTHING, Nothing

SCALE: Final = 1_000_000
LIMIT: Final = 10**12
"""Numbers that are read are below this in size (ruling 9)."""
SCALED_LIMIT: Final = LIMIT * SCALE

WHOLE: Final[Mapping[int | None, Decimal]] = {number: Decimal(number) for number in range(-200, 1001)}
"""What scores come to again and again: a Decimal is several times dearer to make than to find."""

_DECIMAL = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_KEPT_PLACES = 9


def parse_decimal(text: str) -> Decimal | None:
    """The number that a text in decimal or exponent form says, or None."""
    if not _DECIMAL.fullmatch(text):
        return None
    mantissa, _, exponent = text.replace("E", "e").partition("e")
    digits = exponent.lstrip("+-").lstrip("0")
    # An exponent beyond what Decimal takes is as good as a large one: too big, or zero.
    size = digits if len(digits) < 9 else "99999999"
    sign = "-" if exponent.startswith("-") else ""
    return Decimal(f"{mantissa}e{sign}{size or '0'}")


def to_scaled(number: Decimal, shift: int = 0) -> int | None:
    """Millionths of `number × 10**shift`, rounded half away from zero; None for NaN, infinity, and where the
    result is not below the limit in size."""
    if not number.is_finite():
        return None
    if not number:
        return 0
    top = number.adjusted() + shift
    if top >= 12:
        return None
    if top < -7:
        return 0
    sign, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)
    # Digits behind the first one cut off can't change a rounding half away from zero.
    kept = max(0, top + _KEPT_PLACES + 1)
    exponent += max(0, len(digits) - kept) + shift
    whole = int("".join(map(str, digits[:kept])) or "0")
    power = exponent + 6
    unit = int(10 ** abs(power))
    scaled = whole * unit if power >= 0 else (whole + unit // 2) // unit
    if scaled >= SCALED_LIMIT:
        return None
    return -scaled if sign else scaled


def round_div(numerator: int, denominator: int) -> int:
    """The quotient rounded half away from zero; `denominator` is not 0."""
    size = (2 * abs(numerator) + abs(denominator)) // (2 * abs(denominator))
    return size if (numerator < 0) == (denominator < 0) else -size


def multiply(left: int, right: int) -> int:
    """The product of two scaled numbers, scaled."""
    return round_div(left * right, SCALE)


def divide(left: int, right: int) -> int | Nothing:
    """The quotient of two numbers of one scale, scaled; nothing where the divisor is 0."""
    return round_div(left * SCALE, right) if right else NOTHING


def as_decimal(value: int, scaled: bool) -> Decimal:
    """A kept number as a Decimal without exponent and trailing zeros."""
    if not scaled:
        return WHOLE.get(value) or Decimal(value)
    whole, rest = divmod(abs(value), SCALE)
    text = f"{whole}.{rest:06d}".rstrip("0").rstrip(".") if rest else str(whole)
    return Decimal("-" + text if value < 0 else text)


def as_number(value: int, scaled: bool) -> int | Decimal:
    """A kept number as JSON prints it: an int where it is whole."""
    if not scaled:
        return value
    whole, rest = divmod(value, SCALE)
    return as_decimal(value, True) if rest else whole


def print_decimal(number: Decimal) -> str:
    """A finite Decimal without exponent and trailing zeros."""
    text = f"{number:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text
