"""Local times of a column as instants, by the policy's zone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leadpolicy.compiler import ir
from leadpolicy.engine.event_points import fading, halving

if TYPE_CHECKING:
    import polars as pl

SECOND = 1_000_000
DAY = 86_400 * SECOND
_DAYS = 2 * 86_400


def from_local(micros: pl.Expr, zone: ir.Zone, low: int | None, high: int | None) -> pl.Expr:
    """Instants of local times between `low` and `high` (microseconds as if they were UTC).

    In a gap forward by its length, of a doubled hour the earlier (ruling 17): the offset before a change counts up
    to its later local reading.
    """
    import polars as pl

    if low is None or high is None:
        return micros
    before = zone.first_offset
    chain = None
    for instant, after in zone.transitions:
        if instant <= low // SECOND - _DAYS:
            before = after
        elif instant <= high // SECOND + _DAYS:
            test = micros < (instant + max(before, after)) * SECOND
            chain = pl.when(test) if chain is None else chain.when(test)  # type: ignore[assignment, attr-defined]
            chain = chain.then(pl.lit(before * SECOND))  # type: ignore[assignment, attr-defined]
            before = after
    if chain is None:
        return micros - before * SECOND
    return micros - chain.otherwise(pl.lit(before * SECOND))  # type: ignore[attr-defined, no-any-return]


def day_of(instants: pl.Expr, zone: ir.Zone) -> pl.Expr:
    """The local day of instants, as a number that rises by one a day."""
    import polars as pl

    def days(column: pl.Series) -> pl.Series:
        low, high = column.min(), column.max()
        name = column.name
        local = to_local(pl.col(name), zone, low, high)  # type: ignore[arg-type]
        return column.to_frame().select((local // DAY).cast(pl.Int64)).to_series()

    return instants.map_batches(days, return_dtype=pl.Int64())


def to_local(micros: pl.Expr, zone: ir.Zone, low: int | None, high: int | None) -> pl.Expr:
    """Local times, as if they were UTC, of instants between `low` and `high`."""
    import polars as pl

    if low is None or high is None:
        return micros
    before = zone.first_offset
    chain = None
    for instant, after in zone.transitions:
        if instant * SECOND <= low:
            before = after
        elif instant * SECOND <= high:
            test = micros < instant * SECOND
            chain = pl.when(test) if chain is None else chain.when(test)  # type: ignore[assignment, attr-defined]
            chain = chain.then(pl.lit(before * SECOND))  # type: ignore[assignment, attr-defined]
            before = after
    if chain is None:
        return micros + before * SECOND
    return micros + chain.otherwise(pl.lit(before * SECOND))  # type: ignore[attr-defined, no-any-return]


def factor_of(day: pl.Expr, kind: str, days: int, now: int, zone: ir.Zone) -> pl.Expr:
    """The factor of each local day by its age, in 10⁻⁹: null where the day is."""
    import polars as pl

    def factors(column: pl.Series) -> pl.Series:
        here = pl.Series("now", [now], dtype=pl.Int64()).to_frame()
        today = here.select(to_local(pl.col("now"), zone, now, now) // DAY).item()
        ages = (today - column).clip(lower_bound=0)
        top = ages.max()
        fall = halving if kind == "halving" else fading
        table = [fall(age, days) for age in range(int(top) + 1)] if top is not None else [0]  # type: ignore[arg-type]
        return pl.Series(column.name, table, dtype=pl.Int64()).gather(ages.cast(pl.UInt32))

    return day.map_batches(factors, return_dtype=pl.Int64())
