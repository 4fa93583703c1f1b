"""`Policy.decide_frame`: what hosts pass, checked and brought into the form that deciding takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from leadpolicy.engine.errors import LeadpolicyError
from leadpolicy.frames.wanted import USUAL, chosen

if TYPE_CHECKING:
    from datetime import datetime

    import polars as pl

    from leadpolicy.frames.deciding import Frames, OnError
    from leadpolicy.frames.happened import Happened


class NoPolarsError(LeadpolicyError, ImportError):
    """Polars isn't installed."""


def check_polars() -> None:
    """NoPolarsError where Polars isn't there."""
    try:
        import polars  # noqa: F401
    except ImportError:
        text = "frames need Polars: install it with the extra `tables` (pip install 'leadpolicy[tables]')"
        raise NoPolarsError(text) from None


def decide_frame(
    frames: Frames,
    frame: pl.DataFrame | pl.LazyFrame,
    want: str | Iterable[str] | None,
    columns: Mapping[str, str] | None,
    happened: Happened,
    now: datetime,
    on_error: OnError | None,
) -> pl.DataFrame | pl.LazyFrame:
    """The decisions of a frame, as the same kind of frame."""
    import polars as pl

    if not isinstance(frame, pl.DataFrame | pl.LazyFrame):
        raise TypeError(f"decide_frame takes a Polars DataFrame or LazyFrame, not {type(frame).__name__}")
    wanted = chosen(frames.policy, USUAL if want is None else want)
    if not wanted:
        raise ValueError("want: the policy has none of these columns")
    there = frame.columns if isinstance(frame, pl.DataFrame) else frame.collect_schema().names()
    picked = _picked(frames, there, columns or {})

    def decide(one: pl.DataFrame) -> pl.DataFrame:
        return frames.decide(one.select(picked), wanted, happened, now, on_error)

    if isinstance(frame, pl.DataFrame):
        return decide(frame)
    schema = {name: frames.rows.dtype(name) for name in wanted}
    named = frame.select(picked)
    # Which columns are read can't be seen from outside, so none may be left out before.
    return named.map_batches(
        lambda one: frames.decide(one, wanted, happened, now, on_error),
        schema=schema,
        predicate_pushdown=False,
        projection_pushdown=False,
        slice_pushdown=False,
    )  # fmt: skip


def _picked(frames: Frames, there: list[str], columns: Mapping[str, str]) -> list[pl.Expr]:
    """The frame's columns that feed fields, under the fields' names."""
    import polars as pl

    fields = [one.name for one in frames.policy.fact(frames.policy.about).fields]
    unknown = sorted(set(columns) - set(fields))
    if unknown:
        raise ValueError(f"columns: {frames.policy.about} has no field `{unknown[0]}`; it has {', '.join(fields)}")
    absent = [column for column in columns.values() if column not in there]
    if absent:
        raise ValueError(f"columns: the frame has no column `{absent[0]}`; it has {', '.join(there)}")
    if len(set(columns.values())) < len(columns):
        raise ValueError("columns: a column feeds one field, and one is given to two")
    taken = {field: columns.get(field, field) for field in fields}
    found = [pl.col(column).alias(field) for field, column in taken.items() if column in there]
    # A frame that feeds nothing still has as many leads as it has rows.
    return found or [pl.repeat(None, pl.len()).alias(fields[0])]
