"""What a score's entries can come to at all, and the lines that keep a sum inside its limits."""

from __future__ import annotations

from collections.abc import Iterable

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_python.literals import SCALE, literal, scaled
from leadpolicy.compiler.to_python.walk import Entry
from leadpolicy.compiler.to_python.writer import Writer

Reach = tuple[int | None, int | None]
"""The least and the most, in the score's own scale; None where there is no limit."""

ANYTHING: Reach = (None, None)


def points_of(text: str, whole: bool) -> int:
    """Points in the score's own scale."""
    number = scaled(text)
    return number // SCALE if whole else number


def reach_of(entries: Iterable[Entry | ir.GroupEntry], whole: bool) -> Reach:
    """What entries can come to together."""
    low: int | None = 0
    high: int | None = 0
    for entry in entries:
        least, most = _of_group(entry, whole) if isinstance(entry, ir.GroupEntry) else _of_entry(entry, whole)
        low = None if low is None or least is None else low + least
        high = None if high is None or most is None else high + most
    return low, high


def _of_group(entry: ir.GroupEntry, whole: bool) -> Reach:
    low, high = reach_of(entry.entries, whole)
    if entry.limit is None:
        return low, high
    limit = points_of(entry.limit, whole)
    return -limit if low is None else max(low, -limit), limit if high is None else min(high, limit)


def _of_entry(entry: Entry, whole: bool) -> Reach:
    if isinstance(entry, ir.PointsEntry):
        given = [points_of(one.points, whole) for one in entry.choices]
    elif isinstance(entry, ir.BandsEntry):
        given = [points_of(band.points, whole) for band in entry.bands]
    elif isinstance(entry, ir.PlainEntry) and isinstance(entry.points, ir.Const):
        given = [points_of(str(entry.points.value), whole)]
    else:
        return ANYTHING
    return min(0, *given, 0), max(0, *given, 0)


def write_clamp(out: Writer, name: str, low: int | None, high: int | None, reach: Reach) -> None:
    """Lines that bring a sum back inside its limits, where it can be outside them at all."""
    least, most = reach
    word = "if"
    if low is not None and (least is None or least < low):
        with out.block(f"if {name} < {literal(low)}:"):
            out.line(f"{name} = {literal(low)}")
        word = "elif"
    if high is not None and (most is None or most > high):
        with out.block(f"{word} {name} > {literal(high)}:"):
            out.line(f"{name} = {literal(high)}")
