"""Which column of its entry a piece begins: by the block that the entry stands in.

Columns are what is aligned down a block. Their names say what stands in them; the same name may be used in several
blocks. A block that its author wrote on one line has none.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from leadpolicy.compiler.formatter.pieces import Piece

PLACES = frozenset({"TEAM", "QUEUE", "POOL", "NURTURE"})
FACTS = frozenset({"FACT", "EVENT"})
_NAMED = frozenset({*FACTS, "GATE", "DISQUALIFY", "FUNNEL", "ROUTE", "RECALL"})  # blocks of `name: …`
_ARROWS = frozenset({"DISQUALIFY", "ROUTE", "RECALL"})
_SCORES = frozenset({"SCORE", "GROUP", "BANDS"})
_REPEATS = frozenset({"EACH", "ONCE", "ONCE_PER_DAY"})
_WINDOWS = frozenset({"WITHIN", "SINCE", "BETWEEN"})
_ACTIONS = frozenset({"NOTIFY", "TASK", "SEND", "FLAG", "CONCLUDE", "ADD", "SET", "REMOVE", "ARROW"})
# Words whose value stands in one column; what stands beside them keeps its own distance.
_LEADING = {
    "GOAL": frozenset({"REVENUE", "DEAL", "RATE", "RATES"}),
    "SLA": frozenset({"FROM", "UNTIL", "WHEN"}),
    "RULE": frozenset({"WHEN", "LET", "THEN"}),
    **dict.fromkeys(
        ("TEAM", "QUEUE", "POOL"),
        frozenset({"MEMBERS", "PREFER", "PICK", "HOLD", "CLAIM", "NOTIFY", "OTHERWISE"}),
    ),
}

GAPS = {
    "value": 1, "type": 1, "condition": 1, "label": 2, "ask": 2, "arrow": 1, "when": 1, "window": 2,
    "step": 1, "action": 2, "because": 2, "choices": 1, "pattern": 1, "equals": 1, "name": 1, "title": 1, "over": 1,
    "braces": 1, "argument": 1,
}  # fmt: skip
"""The columns in the order in which they stand, and the blanks that set each off."""
FIRM = frozenset({"value", "type", "condition", "when", "step", "equals", "name"})
"""Columns that are the same in a whole block; the others are the same in a paragraph."""


@dataclass(slots=True)
class Entry:
    """The entry that is being read."""

    place: str  # the keyword in whose braces it stands; "" at the top
    bracket: Piece | None  # the `{` round it
    beside: bool = False  # stands on a line with the entry before it
    pieces: list[Piece] = field(default_factory=list)
    round: list[Piece] = field(default_factory=list)  # open brackets inside it
    columns: set[str] = field(default_factory=set)


def column_of(entry: Entry, piece: Piece) -> str:
    """The column that begins at the last piece of an entry; each stands once in an entry."""
    if entry.round:
        return "argument" if _is_argument(entry) else ""
    if entry.beside or (entry.bracket is not None and not entry.bracket.open_lines):
        return ""
    name = _column(entry, piece)
    return "" if name in entry.columns else name


def _is_argument(entry: Entry) -> bool:
    """Whether the value of a named argument begins here, and its name began the line."""
    if len(entry.pieces) < 4:
        return False
    before, name, colon = entry.pieces[-4:-1]
    return colon.kind == "COLON" and name.kind == "NAME" and name.broken and before.kind in ("LPAR", "COMMA")


def _column(entry: Entry, piece: Piece) -> str:
    head, number, place = entry.pieces[0], len(entry.pieces), entry.place
    if place == "":
        return _at_top(entry, piece)
    if place in _NAMED:
        return _in_named(entry, piece)
    if place in _SCORES:
        return _in_score(entry, piece)
    if number == 2 and (place in ("POLICY", "ATTRIBUTION") or head.kind in _LEADING.get(place, ())):
        return "value"
    match place:
        case "RULE" | "TEST" if number == 4 and entry.pieces[2].kind == "COLON":
            return "pattern"
        case "TEST" if piece.kind == "EXPECT" and number > 1:
            return "step"
        case "SLA" if head.kind == "AT" and piece.kind in _ACTIONS:
            return "action"
        case "NURTURE":
            return _in_nurture(entry, piece)
        case "CALENDAR" if piece.kind == "CLOCK" or (number == 2 and head.kind in ("HOLIDAYS", "WORKDAYS", "LEAVE")):
            return "value"
    return ""


def _at_top(entry: Entry, piece: Piece) -> str:
    head, number = entry.pieces[0], len(entry.pieces)
    if head.kind in ("LET", "LIST"):
        # Parameters stand before the sign of some; they would push those of all the others aside.
        return "equals" if number == 3 and piece.kind == "EQUALS" else ""
    if head.kind in PLACES:
        return "name" if number == 2 else "title" if piece.kind == "STRING" else ""
    if head.kind == "ATTRIBUTION":
        return "over" if piece.kind == "OVER" else ""
    if head.kind == "ALWAYS" and piece.kind == "LBRACE" and not piece.open_lines:
        return "braces"
    return ""


def _in_named(entry: Entry, piece: Piece) -> str:
    number, place = len(entry.pieces), entry.place
    if number == 3 and entry.pieces[1].kind == "COLON":
        return "type" if place in FACTS else "condition"
    if piece.kind == "ASK" or (place in FACTS and piece.kind == "UNKNOWN_VALUES"):
        return "ask"
    if place in FACTS and piece.kind == "STRING":
        return "" if "ask" in entry.columns else "label"
    return "arrow" if piece.kind == "ARROW" and place in _ARROWS else ""


def _in_score(entry: Entry, piece: Piece) -> str:
    head, number = entry.pieces[0], len(entry.pieces)
    counting = piece.kind in (_WINDOWS | {"BECAUSE"}) and any(p.kind in _REPEATS for p in entry.pieces)
    if counting and "window" not in entry.columns:
        return "window"
    if piece.kind == "BECAUSE":
        return "because"
    if (piece.kind == "WHEN" or piece.kind in _REPEATS) and head.sign:
        # Points worked out from a value stand apart: they would push all the others aside.
        return "when" if number == 3 else ""
    if piece.kind == "LBRACE" and head.kind == "POINTS":
        return "" if piece.open_lines else "choices"
    return ""


def _in_nurture(entry: Entry, piece: Piece) -> str:
    if entry.pieces[0].kind not in ("AT_START", "AFTER") or len(entry.pieces) == 1:
        return ""
    if piece.kind in ("WHEN", "OTHERWISE"):
        return "step"
    if piece.kind in _ACTIONS:
        return "action" if "step" in entry.columns else "step"
    return ""
