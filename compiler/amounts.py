"""Amounts as people write them: `$10k`, `£100,000`, `A$50k`, `¥10万`, `50m EUR`, `4pm`.

Each is read as the language's own spelling (`10_000 USD`, `16:00`), with a warning that names it.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

SCALES: Final = {"k": 10**3, "K": 10**3, "m": 10**6, "M": 10**6, "mn": 10**6, "bn": 10**9}
AMOUNT: Final = r"""(?<![\w$]) (?:US|AU|CA|HK|NZ|NT|A|S|C)? [$£€¥] [^\S\n]*
    [0-9]+(?:,[0-9]{3})*(?:_[0-9]+)*(?:\.[0-9]+)? (?: (?:[kKmM]|mn|bn)(?![A-Za-z0-9_]) | [万亿] )?
    (?: [^\S\n]* 元 | [^\S\n]+ [A-Z]{3}(?!\w) )?"""
SCALED: Final = r"""[0-9]+(?:\.[0-9]+)? (?:
      [kK](?![A-Za-z0-9_]) (?: [^\S\n]+ [A-Z]{3}(?!\w) )?
    | (?:[mM]|mn|bn) [^\S\n]+ [A-Z]{3}(?!\w) )"""
HALF_DAY: Final = r"[0-9]{1,2} (?: :[0-9]{2} )? [^\S\n]? (?:am|pm|AM|PM)(?!\w)"

_PARTS = re.compile(
    r"(?P<sign>[A-Z]{0,2}[$£€¥])?\s*(?P<digits>[0-9][0-9_,]*(?:\.[0-9]+)?)(?P<scale>[a-zA-Z]+|[万亿])?"
    r"\s*(?P<code>元|[A-Z]{3})?"
)
_CODES: Final = {
    "£": "GBP", "€": "EUR", "US$": "USD", "A$": "AUD", "AU$": "AUD", "C$": "CAD", "CA$": "CAD", "S$": "SGD",
    "HK$": "HKD", "NZ$": "NZD", "NT$": "TWD",
}  # fmt: skip
_DOLLARS: Final = frozenset({"USD", "AUD", "CAD", "SGD", "HKD", "NZD", "TWD", "MXN"})
_HEADER = re.compile(r"(?<![^\s{])(?:currency|CURRENCY|币种)\s+([A-Z]{3})\b")


def amount(written: str, text: str) -> str | None:
    """`$10k` in the language's spelling; None where the currency isn't certain. `text` is the whole file."""
    found = _PARTS.fullmatch(written)
    if found is None:
        return None
    code = _code(found["sign"], found["code"], text)
    if found["sign"] and code is None:
        return None
    scale = found["scale"] or ""
    value = Decimal(found["digits"].replace(",", "").replace("_", "")) * SCALES.get(scale, 1)
    digits = f"{value.normalize():f}"
    whole, _, fraction = digits.partition(".")
    grouped = f"{int(whole):_}" + (f".{fraction}" if fraction else "") if len(whole) > 4 else digits
    return f"{grouped}{scale if scale in '万亿' else ''}{f' {code}' if code else ''}"


def _code(sign: str | None, said: str | None, text: str) -> str | None:
    """The currency: the one written, else what the sign means in a policy of this currency."""
    if said is not None:
        return "CNY" if said == "元" else said
    if sign is None or sign in _CODES:
        return _CODES.get(sign or "")
    header = _HEADER.search(text)
    code = header[1] if header else None
    if sign == "$":
        return code if code in _DOLLARS else None
    return code if code in ("CNY", "JPY") else None


def clock(written: str) -> str | None:
    """`4pm` as `16:00`; None where there is no such time."""
    found = re.fullmatch(r"([0-9]{1,2})(?::([0-9]{2}))?\s?([ap])m", written.lower())
    if found is None or not 1 <= int(found[1]) <= 12:
        return None
    hour = int(found[1]) % 12 + (12 if found[3] == "p" else 0)
    return f"{hour:02}:{found[2] or '00'}"
