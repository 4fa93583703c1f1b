"""What the pieces are part of: brackets and blocks, entries, and the columns of an entry that are aligned."""

from __future__ import annotations

from leadpolicy.compiler.formatter.entry_columns import FACTS, Entry, column_of
from leadpolicy.compiler.formatter.pieces import CLOSERS, OPENERS, Piece

# Ends of an operand: what follows is an operator, not a sign.
_OPERANDS = frozenset({
    "NAME", "NUMBER", "QUANTITY", "STRING", "DATE", "TIME", "TRUE", "FALSE", "UNKNOWN", "CODE", "RPAR", "RSQB",
})  # fmt: skip
# Blocks whose entries commas may separate.
BAGS = frozenset({*FACTS, "POINTS", "GIVEN", "THEN", "AT", "AFTER", "AT_START"})


def find_structure(pieces: list[Piece]) -> None:
    """Fill in the second half of every piece."""
    _pair(pieces)
    entries = [Entry("", None)]
    for at, piece in enumerate(pieces):
        before = pieces[at - 1] if at else None
        if piece.kind == "RBRACE":
            entries.pop()
        entry = entries[-1]
        if piece.kind != "RBRACE" and _begins(entry, piece, before):
            beside = before is not None and before is not entry.bracket and not (piece.parted or piece.broken)
            entries[-1] = entry = Entry(entry.place, entry.bracket, beside)
            piece.first = True
        piece.place = entry.place
        piece.sign = piece.kind in ("PLUS", "MINUS") and _is_sign(entry, before)
        if piece.kind in ("RPAR", "RSQB"):
            entry.round.pop()
        entry.pieces.append(piece)
        piece.column = column_of(entry, piece)
        entry.columns.add(piece.column)
        if piece.kind in ("LPAR", "LSQB"):
            entry.round.append(piece)
        elif piece.kind == "LBRACE":
            entries.append(Entry(entry.pieces[0].kind, piece))


def _pair(pieces: list[Piece]) -> None:
    """Pair brackets; a `{` has lines of its own where its author gave it some."""
    open_: list[tuple[int, Piece]] = []
    for at, piece in enumerate(pieces):
        if piece.kind in OPENERS:
            open_.append((at, piece))
        elif piece.kind in CLOSERS:
            start, opener = open_.pop()
            piece.closes = opener
            inside = pieces[start + 1 : at]
            lines = any(p.broken or p.parted for p in (*inside, piece))
            empty = not (inside or piece.above or opener.trailing)
            opener.open_lines = opener.kind == "LBRACE" and lines and not empty
            piece.broken = piece.broken and not empty


def _begins(entry: Entry, piece: Piece, before: Piece | None) -> bool:
    if before is None or piece.parted or before is entry.bracket:
        return True
    return entry.place in BAGS and before.kind == "COMMA" and not entry.round


def _is_sign(entry: Entry, before: Piece | None) -> bool:
    if before is None or not entry.pieces or before.kind not in _OPERANDS:
        return True
    return entry.place == "POINTS" and len(entry.pieces) == 1  # `manager -5`
