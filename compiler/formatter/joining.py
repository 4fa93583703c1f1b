"""Joining: which pieces of a line have a blank between them."""

from __future__ import annotations

from collections.abc import Sequence

from leadpolicy.compiler.formatter.pieces import Piece

_NO_BLANK_BEFORE = frozenset({"COMMA", "COLON", "DOT", "RPAR", "RSQB"})
_NO_BLANK_AFTER = frozenset({"DOT", "LPAR", "LSQB"})


def joined(pieces: Sequence[Piece]) -> str:
    """Pieces in a row, with the blanks that belong between them."""
    return "".join(_blank(pieces[at - 1] if at else None, piece) + piece.text for at, piece in enumerate(pieces))


def _blank(before: Piece | None, piece: Piece) -> str:
    if before is None or before.sign or before.kind in _NO_BLANK_AFTER or piece.kind in _NO_BLANK_BEFORE:
        return ""
    call = piece.kind == "LPAR" and before.kind == "NAME"
    empty = piece.kind == "RBRACE" and before.kind == "LBRACE"
    return "" if call or empty else " "
