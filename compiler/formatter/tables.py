"""Tables: the cells of all rows padded to their column's width."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from leadpolicy.compiler.formatter.columns import Segment, width
from leadpolicy.compiler.formatter.joining import joined
from leadpolicy.compiler.formatter.pieces import Piece

_BARS = frozenset({"BAR", "BARS"})


def align_rows(lines: list[list[Segment]]) -> None:
    """Pad the rows that stand on one line each; others (with comments inside) stay as they are."""
    rows = [line for line in lines if line[0].pieces[0].kind == line[-1].pieces[-1].kind == "BAR"]
    cut = [_cells(line[0].pieces) for line in rows]
    columns = max((len(cells) for cells, _ in cut), default=0)
    widths = [max(width(cells[k]) for cells, _ in cut if k < len(cells)) for k in range(columns)]
    for line, (cells, bars) in zip(rows, cut, strict=True):
        padded = (cell + " " * (widths[k] - width(cell)) for k, cell in enumerate(cells))
        line[0].text = "".join(f"{bar} {cell} " for bar, cell in zip(bars, padded, strict=True)) + "|"


def _cells(pieces: Sequence[Piece]) -> tuple[list[str], list[str]]:
    """The cells of a row, and the bar before each."""
    at = [n for n, piece in enumerate(pieces) if piece.kind in _BARS]
    cells = [joined(pieces[start + 1 : stop]) for start, stop in pairwise(at)]
    return cells, [pieces[n].text for n in at[:-1]]
