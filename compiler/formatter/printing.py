"""Printing: lines to text, with columns and comments aligned."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate, pairwise
from typing import NamedTuple

from leadpolicy.compiler.formatter.columns import COMMENT_WIDTH, Cell, Segment, align, place, width
from leadpolicy.compiler.formatter.entry_columns import GAPS, PLACES
from leadpolicy.compiler.formatter.joining import joined
from leadpolicy.compiler.formatter.lines import CONTINUED, INDENT, Line, lines_of
from leadpolicy.compiler.formatter.pieces import Piece
from leadpolicy.compiler.formatter.structure import find_structure
from leadpolicy.compiler.formatter.tables import align_rows

_COMMENT_GAP = 2


def printed(pieces: list[Piece]) -> str:
    """The text of a file."""
    find_structure(pieces)
    lines = lines_of(pieces)
    segments = [_segments(line) for line in lines]
    _align_blocks(lines, segments)
    _align_reminders(lines, segments)
    _align_arguments(lines, segments)
    texts = _texts(lines, segments)
    _add_comments(lines, texts)
    return "".join(("\n" if line.blank else "") + text + "\n" for line, text in zip(lines, texts, strict=True))


# ── Across lines ──


def _segments(line: Line) -> list[Segment]:
    """A line cut where its columns begin."""
    cuts = [0, *(at for at, piece in enumerate(line.pieces) if at and piece.column), len(line.pieces)]
    parts = [line.pieces[start:stop] for start, stop in pairwise(cuts)]
    return [Segment(part[0].column, joined(part), part) for part in parts if part]


def _align_blocks(lines: list[Line], segments: list[list[Segment]]) -> None:
    """Place the segments of every entry's first line: aligned within a block, at the top among neighbours."""
    paragraphs = list(accumulate(int(line.blank) for line in lines))
    blocks: dict[int, list[int]] = {}
    for number, line in enumerate(lines):
        if line.block is None or line.bracket is not None or not line.pieces:
            continue
        if not line.head and line.pieces[0].column == "arrow":
            # A destination on a line of its own stands below the others.
            line.aligned = True
            segments[number].insert(0, Segment("", " " * (CONTINUED - GAPS["arrow"])))
        if line.head or line.aligned:
            blocks.setdefault(id(line.block), []).append(number)
    for numbers in blocks.values():
        if lines[numbers[0]].pieces[0].place == "TABLE":
            align_rows([segments[n] for n in numbers])
    for numbers in (*blocks.values(), *_neighbours(lines)):
        indent = lines[numbers[0]].indent
        align([segments[n] for n in numbers], [paragraphs[n] for n in numbers], indent)


def _align_reminders(lines: list[Line], segments: list[list[Segment]]) -> None:
    """A reminder on a line of its own stands below the condition of its entry."""
    below = 0
    for line, parts in zip(lines, segments, strict=True):
        if line.head:
            below = next((part.at for part in parts[1:] if part.column == "condition"), line.indent + CONTINUED)
        elif line.pieces and line.pieces[0].kind == "REMIND" and line.bracket is None:
            line.indent = below


def _align_arguments(lines: list[Line], segments: list[list[Segment]]) -> None:
    """Named arguments on lines of their own: their values in one column."""
    ends = {id(line.pieces[-1]) for line in lines if line.pieces}
    calls: dict[int, list[int]] = {}
    for number, line in enumerate(lines):
        if line.bracket is not None and line.pieces and id(line.bracket) in ends and not line.closing:
            calls.setdefault(id(line.bracket), []).append(number)
    for numbers in calls.values():
        rows = [segments[n] for n in numbers]
        one_each = all(sum(p.kind == "COLON" for part in row for p in part.pieces) == 1 for row in rows)
        if one_each and all(len(row) == 2 and row[1].column == "argument" for row in rows):
            widest = max(width(row[0].text) for row in rows)
            for row in rows:
                row[0].text += " " * (widest - width(row[0].text))


def _neighbours(lines: list[Line]) -> Iterator[list[int]]:
    """Declarations at the top that stand together and are of one sort."""
    group: list[int] = []
    sort = ""
    for number, line in enumerate(lines):
        if line.block is not None or line.bracket is not None or not (line.head or line.comment):
            continue
        kind = line.pieces[0].kind if line.pieces else ""
        kind = "PLACE" if kind in PLACES else kind
        if group and (line.blank or kind != sort or kind not in ("PLACE", "LET", "LIST", "ATTRIBUTION", "ALWAYS")):
            yield group
            group = []
        if line.pieces:
            group.append(number)
        sort = kind
    if group:
        yield group


# ── Text ──


class _Bracket(NamedTuple):
    """Where lines inside an open bracket begin, and where one that begins with its partner does."""

    inside: int
    closing: int


def _texts(lines: list[Line], segments: list[list[Segment]]) -> list[str]:
    """Every line without the comment behind it."""
    brackets: dict[int, _Bracket] = {}
    texts: list[str] = []
    for line, parts in zip(lines, segments, strict=True):
        indent = line.indent
        if line.bracket is not None:
            place = brackets[id(line.bracket)]
            indent = place.closing if line.closing else place.inside
        if not (line.head or line.aligned):
            _place_freely(parts, indent)
        text = "" if parts else " " * indent + line.comment
        for part in parts:
            text += " " * (part.at - width(text)) + part.text
            _remember_brackets(part, part is parts[-1], indent, brackets)
        texts.append(text)
    return texts


def _place_freely(parts: list[Segment], indent: int) -> None:
    """A line that goes on with another has no columns in common with its neighbours."""
    at = indent
    for number, part in enumerate(parts):
        part.at = at + GAPS[part.column] if number else at
        at = part.at + width(part.text)


def _remember_brackets(part: Segment, last: bool, indent: int, brackets: dict[int, _Bracket]) -> None:
    for at, piece in enumerate(part.pieces):
        if piece.kind not in ("LPAR", "LSQB"):
            continue
        if last and at + 1 == len(part.pieces):
            brackets[id(piece)] = _Bracket(indent + INDENT, indent)
        else:
            column = part.at + width(joined(part.pieces[: at + 1]))
            brackets[id(piece)] = _Bracket(column, column - 1)


def _add_comments(lines: list[Line], texts: list[str]) -> None:
    """Put the comments behind their lines, aligned within a run of lines of one block."""
    run: list[int] = []
    for number, line in enumerate(lines):
        last = lines[number - 1] if number else line
        nested = line.block is not last.block or line.bracket is not last.bracket or last.closing
        if line.blank or line.comment or nested:
            _align_comments(run, lines, texts)
            run = []
        if line.pieces and line.pieces[-1].trailing:
            run.append(number)
    _align_comments(run, lines, texts)


def _align_comments(run: list[int], lines: list[Line], texts: list[str]) -> None:
    cells = [Cell(width(texts[n].rpartition("\n")[2]), width(lines[n].pieces[-1].trailing)) for n in run]
    for n, cell, start in zip(run, cells, place(cells, _COMMENT_GAP, COMMENT_WIDTH), strict=True):
        texts[n] += " " * (start - cell.before) + lines[n].pieces[-1].trailing
