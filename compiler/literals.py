"""Literals: numbers with their units, dates and times, strings.

Each reader gets the place of a literal and gives its node and what is wrong with it. A literal that means nothing
(an impossible date) gives None: the entry that it stands in is then left out of the tree.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from decimal import Decimal

from leadpolicy.compiler.diagnostics import Diagnostic, Fix
from leadpolicy.compiler.source import Source, Span
from leadpolicy.compiler.syntax import Date, Number, Quantity, Text, Time
from leadpolicy.compiler.wording import say, term
from leadpolicy.grammar import keywords

_NUMBER = re.compile(r"([0-9_]+(?:\.[0-9]+)?)([万亿]?)\s*(.*)", re.DOTALL)
_MOMENT = re.compile(
    r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})"
    r"(?:\s*T?\s*([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?\s*(Z|[+-][0-9]{2}:[0-9]{2})?)?"
)
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPES = {'"': '"', "\\": "\\", "n": "\n", "t": "\t"}
_STRING_PART = re.compile("[^\\\\\n\"“”＂'‘’＇」』]+")

# Opening quote to the quotes that close it: a Chinese keyboard easily gives one of each sort.
_CLOSERS = {"“": '”"', "”": '”"', "＂": '＂"', "'": "'’", "‘": "’'", "’": "’'", "＇": "＇'",
            "「": "」", "『": "』"}  # fmt: skip

_LARGEST = Decimal(10) ** 12
_PLACES = 6


def read_number(source: Source, text: str, span: Span) -> tuple[Number | Quantity | None, list[Diagnostic]]:
    """`1_000`, `100万`, `25%`, `8 work hours`, `20万 CNY`."""
    found = _NUMBER.fullmatch(text, span.start, span.end)
    assert found is not None  # the lexer's pattern is narrower
    digits, scale, unit = found.groups()
    whole, _, fraction = digits.replace("_", "").partition(".")
    whole = whole.lstrip("0")
    fraction = fraction.rstrip("0")
    too_large, too_fine = len(whole) > 12, len(fraction) > _PLACES
    value = Decimal(0 if too_large or too_fine else f"{whole or 0}.{fraction}") * keywords.SCALES.get(scale, 1)
    too_large = too_large or value >= _LARGEST
    if too_large or too_fine:
        message = say("this number is too large") if too_large else say("this number has too many decimal places")
        hint = say("numbers stay below 1,000,000,000,000 and have at most 6 places")
        return None, [Diagnostic("LP1005", "error", message, source, span, hint)]
    if not unit:
        return Number(value, span), []
    unit = " ".join(unit.split())
    return Quantity(value, keywords.UNIT_OF.get(unit, unit), span), []


def read_date(source: Source, text: str, span: Span) -> tuple[Date | Time | None, list[Diagnostic]]:
    """`2026-12-31`, `2026-11-20 10:00`, `2026-11-20 10:00:30+08:00`."""
    found = _MOMENT.fullmatch(text, span.start, span.end)
    assert found is not None
    year, month, day, hour, minute, second, offset = found.groups()
    padded = f"{year}-{month:>02}-{day:>02}"
    if hour is not None:
        padded += f"T{hour:>02}:{minute}:{second or '00'}{offset or ''}"
    try:
        value: Date | Time = (
            Date(date.fromisoformat(padded), span) if hour is None else Time(datetime.fromisoformat(padded), span)
        )
    except ValueError:
        what = term("date") if hour is None else term("time")
        written = source.slice(span)
        return None, [Diagnostic("LP1006", "error", say("there is no {} `{}`", what, written), source, span)]
    if len(month) == len(day) == 2:
        return value, []
    fix = Fix(span.start, span.end, text[span.start : span.end].replace(f"-{month}-{day}", padded[4:10], 1))
    message = say("month and day have two digits each")
    return value, [Diagnostic("LP1051", "warning", message, source, span, say("write `{}`", fix.text), fix)]


def string_end(text: str, start: int) -> int | None:
    """Where the string that opens at `start` ends, or None where its line ends first.

    `"` closes `"`, and so does a `”` that no `“` inside the string has opened; a string opened by `“` may hold
    further pairs of them.
    """
    opener = text[start]
    inner = 0
    at = start + 1
    while at < len(text):
        plain = _STRING_PART.match(text, at)
        if plain is not None:
            at = plain.end()
            continue
        char = text[at]
        if char == "\n":
            return None
        if char == "\\":
            at += 1 if text[at + 1 : at + 2] == "\n" else 2
            continue
        at += 1
        if char == "“" and opener in '"“':
            inner += 1
        elif char == "”" and inner:
            inner -= 1
        elif (char == opener and opener in '"＂') or char in _CLOSERS.get(opener, '"”'):
            return at
    return None


def read_string(source: Source, span: Span) -> tuple[Text | None, list[Diagnostic]]:
    """The text between the quotes, its escapes read, trimmed and in NFC."""
    raw = source.text[span.start + 1 : span.end - 1]
    mistakes: list[Diagnostic] = []
    unfit = _UNFIT.search(raw)
    if unfit is not None:
        at = span.start + 1 + unfit.start()
        message = say("a string cannot hold the character U+{}", f"{ord(unfit.group()):04X}")
        return None, [Diagnostic("LP1001", "error", message, source, Span(at, at + 1))]
    if "\\" in raw:
        for escape in _ESCAPE.finditer(raw):
            if escape.group(1) not in _ESCAPES:
                at = span.start + 1 + escape.start()
                message = say("`{}` stands for nothing", escape.group())
                hint = say('in a string write `\\"`, `\\\\`, `\\n` or `\\t`')
                mistakes.append(Diagnostic("LP1007", "error", message, source, Span(at, at + 2), hint))
        raw = _ESCAPE.sub(lambda escape: _ESCAPES.get(escape.group(1), escape.group()), raw)
    return Text(unicodedata.normalize("NFC", raw).strip(), span), mistakes
