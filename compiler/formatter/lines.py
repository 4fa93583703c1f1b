"""Lines: the pieces broken into lines, each with what its indent depends on."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

from leadpolicy.compiler.formatter.pieces import CLOSERS, Comment, Piece
from leadpolicy.compiler.formatter.structure import BAGS
from leadpolicy.compiler.tokens import END

INDENT = 2
CONTINUED = 4  # a line that goes on with the one above


@dataclass(slots=True)
class Line:
    """One line, or a comment that has a line to itself.

    `bracket` is the round or square one that it stands in: it is indented by where that stands, `closing` or not;
    otherwise by `indent`. `block` is the `{` round it.
    """

    pieces: list[Piece]
    indent: int = 0
    bracket: Piece | None = None
    closing: bool = False
    block: Piece | None = None
    blank: bool = False
    comment: str = ""
    head: bool = False  # begins an entry
    aligned: bool = False  # goes on with an entry, in a column that others share


def lines_of(pieces: list[Piece]) -> list[Line]:
    """All lines of a file; `find_structure` has been called."""
    builder = _Builder()
    _join_rows(pieces)
    for at, piece in enumerate(pieces):
        builder.add(piece, pieces[at - 1] if at else None)
    _set_blocks_apart(builder.lines)
    return builder.lines


def _join_rows(pieces: list[Piece]) -> None:
    """A row of a table has one line, unless comments stand inside it."""
    start = 0
    for at in range(1, len(pieces) + 1):
        if at < len(pieces) and not pieces[at].first and pieces[at].place == "TABLE":
            continue
        row = pieces[start:at]
        if row[0].place == "TABLE" and not any(p.above for p in row[1:]) and not any(p.trailing for p in row[:-1]):
            for piece in row[1:]:
                piece.broken = False
        start = at


@dataclass(slots=True)
class _Builder:
    lines: list[Line] = field(default_factory=list)
    open: list[Piece] = field(default_factory=list)  # brackets, but for a `{` that has no lines of its own

    def add(self, piece: Piece, before: Piece | None) -> None:
        """Put a piece on the last line or a new one, its comments above it."""
        line = self._new_line(piece, before)
        if line is not None:
            after_bracket = before is None or (bool(self.open) and before is self.open[-1])
            for comment in piece.above:
                self._comment(line, comment, blank=comment.blank and not after_bracket)
                after_bracket = False
            line.blank = piece.blank and not after_bracket and piece.kind not in CLOSERS and self._may_part(line)
            if piece.kind != END:
                self.lines.append(line)
        if piece.closes is not None and self.open and self.open[-1] is piece.closes:
            self.open.pop()
        if piece.kind != END:
            self.lines[-1].pieces.append(piece)
        if piece.open_lines or piece.kind in ("LPAR", "LSQB"):
            self.open.append(piece)

    def _comment(self, line: Line, comment: Comment, blank: bool) -> None:
        closing = line.closing or (bool(line.pieces) and line.pieces[0].kind == "RBRACE")
        made = Line([], line.indent, line.bracket, False, line.block, blank and self._may_part(line), comment.text)
        if closing and line.bracket is None:
            made.indent += INDENT
            made.block = self.open[-1]
        self.lines.append(made)

    def _may_part(self, line: Line) -> bool:
        """Whether a blank line may stand above: not where an entry goes on."""
        return line.head or line.bracket is not None or line.closing

    def _new_line(self, piece: Piece, before: Piece | None) -> Line | None:
        """The line that begins with this piece; None where it goes on with the line of the piece before."""
        blocks = [b for b in self.open if b.kind == "LBRACE"]
        inner = self.open[-1] if self.open else None
        block = blocks[-1] if blocks else None
        if piece.kind == END or before is None:
            return Line([], head=True)
        if piece.closes is not None and piece.closes.open_lines:
            outer = blocks[-2] if len(blocks) > 1 else None
            return Line([], INDENT * (len(blocks) - 1), block=outer, closing=True)
        if piece.parted or before.open_lines:
            return Line([], INDENT * len(blocks), block=block, head=True)
        if not piece.broken:
            return None
        if inner is not None and inner is not block:
            return Line([], bracket=inner, closing=piece.closes is inner, block=block)
        if piece.first and piece.place in BAGS:
            return Line([], INDENT * len(blocks), block=block, head=True)
        return Line([], INDENT * len(blocks) + CONTINUED, block=block)


def _set_blocks_apart(lines: list[Line]) -> None:
    """A blank line between declarations at the top, where one of the two is a block."""
    heads = [n for n, line in enumerate(lines) if line.head and line.block is None and line.pieces]
    before = False
    for number, (start, stop) in enumerate(pairwise([*heads, len(lines)])):
        inside = [p for line in lines[start:stop] for p in line.pieces]
        is_block = any(p.open_lines for p in inside)
        if number and (is_block or before):
            last = max(n for n in range(heads[number - 1], start) if lines[n].pieces)
            if not any(line.blank for line in lines[last + 1 : start + 1]):
                lines[last + 1].blank = True
        before = is_block
