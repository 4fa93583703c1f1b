"""What the pieces are part of: brackets and blocks, entries, and the columns of an entry that are aligned."""

from __future__ import annotations

from dataclasses import dataclass, field

from leadpolicy.compiler.formatter.pieces import CLOSERS, OPENERS, VERBATIM, Piece

# Ends of an operand: what follows is an operator, not a sign.
_OPERANDS = frozenset({
    "NAME", "NUMBER", "QUANTITY", "STRING", "DATE", "TIME", "TRUE", "FALSE", "UNKNOWN", "CODE", "RPAR", "RSQB",
})  # fmt: skip
# Blocks whose entries commas may separate.
BAGS = frozenset({"POINTS", "GIVEN"})
_NAMED = frozenset({"FACT", "GATE", "DISQUALIFY", "FUNNEL", "ROUTE"})  # blocks of `name: …`
_SCORES = frozenset({"SCORE", "GROUP", "BANDS"})
PLACES = frozenset({"TEAM", "QUEUE", "POOL", "NURTURE"})

GAPS = {
    "value": 1, "type": 1, "condition": 1, "label": 2, "ask": 2, "arrow": 1, "when": 1, "because": 2, "choices": 1,
    "equals": 1, "name": 1, "title": 1,
}  # fmt: skip
"""The columns, and the blanks that set each off."""


@dataclass(slots=True)
class _Entry:
    """The entry that is being read."""

    place: str  # the keyword in whose braces it stands; "" at the top
    bracket: Piece | None  # the `{` round it
    pieces: list[Piece] = field(default_factory=list)
    round: list[Piece] = field(default_factory=list)  # open brackets inside it
    columns: set[str] = field(default_factory=set)


def find_structure(pieces: list[Piece]) -> None:
    """Fill in the second half of every piece."""
    _pair(pieces)
    entries = [_Entry("", None)]
    for at, piece in enumerate(pieces):
        before = pieces[at - 1] if at else None
        if piece.kind == "RBRACE":
            entries.pop()
        entry = entries[-1]
        if piece.kind != "RBRACE" and _begins(entry, piece, before):
            entries[-1] = entry = _Entry(entry.place, entry.bracket)
            piece.first = True
        piece.place = entry.place
        piece.sign = piece.kind in ("PLUS", "MINUS") and _is_sign(entry, before)
        if piece.kind in ("RPAR", "RSQB"):
            entry.round.pop()
        entry.pieces.append(piece)
        if not entry.round:
            piece.column = _column(entry, piece)
            entry.columns.add(piece.column)
        if piece.kind in ("LPAR", "LSQB"):
            entry.round.append(piece)
        elif piece.kind == "LBRACE":
            entries.append(_Entry(entry.pieces[0].kind, piece))


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
            lines = any(p.broken or (p.kind in VERBATIM and "\n" in p.text) for p in (*inside, piece))
            empty = not (inside or piece.above or opener.trailing)
            opener.open_lines = opener.kind == "LBRACE" and lines and not empty
            piece.broken = piece.broken and not empty


def _begins(entry: _Entry, piece: Piece, before: Piece | None) -> bool:
    if before is None or piece.parted or before is entry.bracket:
        return True
    return entry.place in BAGS and before.kind == "COMMA" and not entry.round


def _is_sign(entry: _Entry, before: Piece | None) -> bool:
    if before is None or not entry.pieces or before.kind not in _OPERANDS:
        return True
    return entry.place == "POINTS" and len(entry.pieces) == 1  # `manager -5`


def _column(entry: _Entry, piece: Piece) -> str:
    """The column that begins at this piece, which stands in no brackets; each stands once in an entry."""
    head, number, columns = entry.pieces[0], len(entry.pieces), entry.columns
    name = ""
    if entry.place == "":
        name = _column_at_top(head, piece, number)
    elif entry.place == "POLICY":
        name = "value" if number == 2 else ""
    elif entry.place in _SCORES:
        name = _column_of_score(entry, piece)
    elif entry.place in _NAMED:
        if number == 3 and entry.pieces[1].kind == "COLON":
            name = "type" if entry.place == "FACT" else "condition"
        elif piece.kind == "ASK" or (entry.place == "FACT" and piece.kind == "UNKNOWN_VALUES"):
            name = "ask"
        elif entry.place == "FACT" and piece.kind == "STRING":
            name = "" if "ask" in columns else "label"
        elif piece.kind == "ARROW" and entry.place in ("DISQUALIFY", "ROUTE"):
            name = "arrow"
    return "" if name in columns else name


def _column_at_top(head: Piece, piece: Piece, number: int) -> str:
    if head.kind in ("LET", "LIST"):
        return "equals" if piece.kind == "EQUALS" else ""
    if head.kind in PLACES:
        return "name" if number == 2 else "title" if piece.kind == "STRING" else ""
    return ""


def _column_of_score(entry: _Entry, piece: Piece) -> str:
    head = entry.pieces[0]
    if piece.kind == "BECAUSE":
        return "because"
    if piece.kind == "WHEN" and head.sign:
        # Points worked out from a value stand apart: they would push all the others aside.
        return "when" if len(entry.pieces) == 3 else ""
    if piece.kind == "LBRACE" and head.kind == "POINTS":
        return "" if piece.open_lines else "choices"
    return ""
