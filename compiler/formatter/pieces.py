"""Pieces: the tokens of a file as they will be written, each with the comments and line breaks before it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from leadpolicy.compiler.formatter.spelling import PHRASES, Speller
from leadpolicy.compiler.parser import Reading
from leadpolicy.compiler.source import Span
from leadpolicy.compiler.tokens import END, Token

OPENERS = {"LBRACE": "RBRACE", "LPAR": "RPAR", "LSQB": "RSQB"}
CLOSERS = frozenset(OPENERS.values())


class Comment(NamedTuple):
    """A comment on a line of its own, and whether a blank line stands above it."""

    text: str
    blank: bool


@dataclass(slots=True)
class Piece:
    """One token. What `structure.py` finds out about it stands in the second half."""

    kind: str
    text: str
    start: int
    end: int
    said: tuple[str, str, bool] = (
        "",
        "",
        False,
    )  # what must not change: kind, what it says, whether it begins an entry
    parted: bool = False  # a separating line break stands before it
    broken: bool = False  # any line break stands before it
    blank: bool = False  # a blank line stands above its line, below the comments
    above: list[Comment] = field(default_factory=list)
    trailing: str = ""

    first: bool = False  # begins an entry
    place: str = ""  # the keyword whose braces it stands in
    sign: bool = False  # a sign, not an operator
    column: str = ""  # begins this column of its entry
    open_lines: bool = False  # a `{` whose entries have lines of their own
    closes: Piece | None = None  # the bracket that it closes

    @property
    def comments(self) -> list[str]:
        """The comments from before the piece to the end of its line."""
        return [*(c.text for c in self.above), *([self.trailing] if self.trailing else [])]


def pieces_of(reading: Reading, language: str | None) -> list[Piece]:
    """All pieces of a file; the last one is its end, with the comments below everything else."""
    speller = Speller(reading, language)
    text = reading.file.source.text
    made: list[Piece] = []
    parted = False
    tokens = reading.tokens
    for at, token in enumerate(tokens):
        if token.kind == "NEWLINE":
            parted = True
        elif not _left_out(text, tokens, at):
            piece = Piece(token.kind, speller.spell(token), token.start, token.end, parted=parted)
            piece.said = (token.kind, _says(token, piece), parted)
            made.append(piece)
            parted = False
    made.append(Piece(END, "", len(text), len(text)))
    _place_comments(text, made, reading.comments)
    return made


def _says(token: Token, piece: Piece) -> str:
    if token.kind in PHRASES or token.kind in ("STRING", "NUMBER", "QUANTITY", "DATE", "TIME"):
        # The value of a literal, without its place.
        value = getattr(token.value, "value", "")
        return f"{value} {getattr(token.value, 'unit', '')}"
    return piece.text


def _left_out(text: str, tokens: list[Token], at: int) -> bool:
    """A comma before a closing bracket on the same line."""
    if tokens[at].kind != "COMMA" or at + 1 == len(tokens) or tokens[at + 1].kind not in CLOSERS:
        return False
    return "\n" not in text[tokens[at].end : tokens[at + 1].start]


def _place_comments(text: str, pieces: list[Piece], comments: tuple[Span, ...]) -> None:
    """Give every comment to the piece that it stands behind or above, and count the line breaks between pieces."""
    at = 0
    before: Piece | None = None
    for piece in pieces:
        reached = before.end if before else 0  # the end of what has been placed
        inside = False
        while at < len(comments) and comments[at].start < piece.start:
            comment = comments[at]
            at += 1
            sign = 2 if text.startswith("//", comment.start) else 1
            said = "#" + text[comment.start + sign : comment.end].rstrip()
            own_line = before is None or (comment.start >= before.end and "\n" in text[before.end : comment.start])
            if before is not None and not before.trailing and not own_line and not piece.above:
                before.trailing = said
                inside = comment.start < before.end  # between the words of a keyword
            else:
                piece.above.append(Comment(said, text.count("\n", reached, comment.start) > 1))
            reached = max(reached, comment.end)
        piece.broken = inside or bool(piece.above) or "\n" in text[before.end if before else 0 : piece.start]
        piece.blank = text.count("\n", reached, piece.start) > 1
        before = piece
