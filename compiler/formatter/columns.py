"""Columns: how wide text is on a screen, and where the columns of neighbouring lines begin."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from unicodedata import combining, east_asian_width

from leadpolicy.compiler.formatter.entry_columns import FIRM, GAPS
from leadpolicy.compiler.formatter.pieces import Piece

WIDTH = 110  # lines are not made longer than this by aligning them
COMMENT_WIDTH = 120


def width(text: str) -> int:
    """How many columns a text takes: two for a wide character, none for an accent of its own."""
    if text.isascii():
        return len(text)
    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)


class Cell(NamedTuple):
    """What stands in one line on both sides of the beginning of a column, in widths."""

    before: int
    after: int


def place(cells: Sequence[Cell], gap: int, limit: int) -> list[int]:
    """Where the right side of each cell begins: at one column for as many as fit within the limit."""
    common, most = 0, 0
    for before in sorted({c.before for c in cells}):
        fitting = sum(1 for c in cells if c.before <= before and before + gap + c.after <= limit)
        if fitting and fitting >= most:
            common, most = before + gap, fitting
    alone = (c.before + gap > common or common + c.after > limit for c in cells)
    return [c.before + gap if a else common for c, a in zip(cells, alone, strict=True)]


@dataclass(slots=True)
class Segment:
    """A part of a line: the column it begins, its pieces and their text, and once aligned where it begins."""

    column: str
    text: str
    pieces: Sequence[Piece] = ()
    at: int = 0


def align(rows: Sequence[list[Segment]], paragraphs: Sequence[int], indent: int) -> None:
    """Place the segments of the lines of one block, of which each stands in a paragraph.

    The columns in FIRM are the same in the whole block; the others are the same in a paragraph, and a line that they
    would make too long keeps to itself.
    """
    ends = [indent + width(row[0].text) for row in rows]
    for row in rows:
        row[0].at = indent
    for column, gap in GAPS.items():
        groups: dict[int, list[tuple[int, int]]] = {}
        for number, row in enumerate(rows):
            for at, segment in enumerate(row):
                if at and segment.column == column:
                    group = 0 if column in FIRM else paragraphs[number]
                    groups.setdefault(group, []).append((number, at))
        for found in groups.values():
            cells = [Cell(ends[n], _natural(rows[n][k:])) for n, k in found]
            limit = sys.maxsize if column in FIRM else WIDTH
            starts = place(cells, gap, limit)
            for (n, k), start in zip(found, starts, strict=True):
                rows[n][k].at = start
                ends[n] = start + width(rows[n][k].text)


def _natural(segments: list[Segment]) -> int:
    """The width of the rest of a line, nothing in it aligned."""
    texts = sum(width(s.text.partition("\n")[0]) for s in segments)
    return texts + sum(GAPS[s.column] for s in segments[1:])
