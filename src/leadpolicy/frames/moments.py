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
    if low is None or high is None:
        return micros
    before = zone.first_offset
    ends: list[tuple[int, int]] = []
    for instant, after in zone.transitions:
        if instant <= low // SECOND - _DAYS:
            before = after
        elif instant <= high // SECOND + _DAYS:
            ends.append(((instant + max(before, after)) * SECOND, before))
            before = after
    return micros - _stepped(micros, ends, before)


def _stepped(micros: pl.Expr, ends: list[tuple[int, int]], last: int) -> pl.Expr:
    """The offset in microseconds: of the first end that lies behind, in seconds; behind all of them the last one."""
    import polars as pl

    offset: pl.Expr = pl.lit(last * SECOND)
    for end, before in reversed(ends):
        offset = pl.when(micros < end).then(pl.lit(before * SECOND)).otherwise(offset)
    return offset


def day_of(instants: pl.Expr, zone: ir.Zone) -> pl.Expr:
    """The local day of instants, as a number that rises by one a day."""
    import polars as pl

    def days(column: pl.Series) -> pl.Series:
        low, high = column.min(), column.max()
        name = column.name
        if not isinstance(low, int) or not isinstance(high, int):
            return column
        local = to_local(pl.col(name), zone, low, high)
        return column.to_frame().select((local // DAY).cast(pl.Int64)).to_series()

    return instants.map_batches(days, return_dtype=pl.Int64())


def to_local(micros: pl.Expr, zone: ir.Zone, low: int | None, high: int | None) -> pl.Expr:
    """Local times, as if they were UTC, of instants between `low` and `high`."""
    if low is None or high is None:
        return micros
    before = zone.first_offset
    ends: list[tuple[int, int]] = []
    for instant, after in zone.transitions:
        if instant * SECOND <= low:
            before = after
        elif instant * SECOND <= high:
            ends.append((instant * SECOND, before))
            before = after
    return micros + _stepped(micros, ends, before)


def factor_of(day: pl.Expr, kind: str, days: int, now: int, zone: ir.Zone) -> pl.Expr:
    """The factor of each local day by its age, in 10⁻⁹: null where the day is."""
    import polars as pl

    def factors(column: pl.Series) -> pl.Series:
        here = pl.Series("now", [now], dtype=pl.Int64()).to_frame()
        today = here.select(to_local(pl.col("now"), zone, now, now) // DAY).item()
        ages = (today - column).clip(lower_bound=0)
        top = ages.max()
        fall = halving if kind == "halving" else fading
        table = [fall(age, days) for age in range(int(top) + 1)] if top is not None else [0]
        return pl.Series(column.name, table, dtype=pl.Int64()).gather(ages.cast(pl.UInt32))

    return day.map_batches(factors, return_dtype=pl.Int64())
