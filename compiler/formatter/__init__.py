"""The formatter: the same policy in the one layout, and its words in one language.

It works on tokens and comments, never on the tree, so that nothing an author wrote is lost: `pieces.py` gives each
token its spelling and its comments, `structure.py` finds entries and columns, `lines.py` breaks them into lines,
`columns.py` and `tables.py` align those, `printing.py` writes them. Where lines break inside an entry is the
author's choice; blanks, indents and columns are not. The layout depends on tokens, comments and the author's line
breaks alone, so that it is its own fixed point, and a translation and back again is the text it began with.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from leadpolicy.compiler.diagnostics import Diagnostic
from leadpolicy.compiler.formatter.pieces import Piece, pieces_of
from leadpolicy.compiler.formatter.printing import printed
from leadpolicy.compiler.parser import Reading, read
from leadpolicy.compiler.source import Source
from leadpolicy.compiler.tokens import Token

Language = Literal["zh", "en"]


class FormatError(Exception):
    """What the formatter made does not read like what it was given: a mistake of the formatter, not of the author."""


@dataclass(frozen=True, slots=True)
class Formatted:
    """`text` is None where the file has mistakes of writing; these are the diagnostics then."""

    text: str | None
    diagnostics: tuple[Diagnostic, ...] = ()


def format_source(source: Source, keywords: Language | None = None) -> Formatted:
    """A policy laid out; with `keywords`, its words translated. Raises FormatError rather than change a meaning."""
    text = source.text.replace("\r\n", "\n")
    plain = source if text == source.text else Source(source.name, text)
    reading = read(plain)
    mistakes = [d for d in reading.diagnostics if d.severity == "error"]
    if mistakes:
        return Formatted(None, tuple(mistakes))
    laid_out = _checked(reading, pieces_of(reading, keywords))
    first_end = source.text.find("\n")
    if first_end > 0 and source.text[first_end - 1] == "\r":
        laid_out = laid_out.replace("\n", "\r\n")
    return Formatted(laid_out)


def _checked(reading: Reading, pieces: list[Piece]) -> str:
    """The printed text, read again and found the same. A name that was read as a keyword gets its back-ticks."""
    said = [p.said for p in pieces]
    comments = [c for p in pieces for c in p.comments]
    while True:
        text = printed(pieces)
        again = read(Source(reading.file.source.name, text))
        found = pieces_of(again, None)
        if [p.said for p in found] == said and [c for p in found for c in p.comments] == comments:
            return text
        name = _misread(reading, again, pieces)
        if name is None:
            raise FormatError(f"{reading.file.source.name}: the formatted text would not read the same")
        name.text = f"`{name.text}`"


def _misread(before: Reading, after: Reading, pieces: list[Piece]) -> Piece | None:
    """The name without back-ticks at which the two readings part."""
    ours, theirs = _without_last_commas(before.fed), _without_last_commas(after.fed)
    parted = next((a for a, b in zip(ours, theirs, strict=False) if a.kind != b.kind), None)
    if parted is None and len(ours) > len(theirs):
        parted = ours[len(theirs)]
    if parted is None or parted.kind != "NAME":
        return None
    return next((p for p in pieces if p.start == parted.start and not p.text.startswith("`")), None)


def _without_last_commas(tokens: tuple[Token, ...]) -> list[Token]:
    """Tokens without the commas that may be left out before a closing bracket."""
    after = (*tokens[1:], None)
    closers = ("RPAR", "RSQB", "RBRACE")
    return [t for t, n in zip(tokens, after, strict=True) if not (t.kind == "COMMA" and n and n.kind in closers)]
