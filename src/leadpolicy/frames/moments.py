"""Local times of a column as instants, by the policy's zone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leadpolicy.compiler import ir

if TYPE_CHECKING:
    import polars as pl

SECOND = 1_000_000
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
