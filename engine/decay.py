"""Decay by halves in exact decimals (ruling 10): factors ½^(d ÷ H) of nine places, kept as ints of 10⁻⁹."""

from __future__ import annotations

from decimal import Context, Decimal, localcontext
from functools import lru_cache
from typing import Final

ONE: Final = 1_000_000_000
"""The factor 1."""
_HALVES: Final = 31
"""After so many half-lives the factor is less than half of 10⁻⁹, so 0."""
_DIGITS: Final = 60


@lru_cache(maxsize=256)
def halving_table(half_life: int) -> tuple[int, ...]:
    """The factors for d = 0, 1, 2, … days and a half-life of whole days, until they are 0; the zeros are left out.

    Rounded half away from zero. Only whole half-lives can lie at a half exactly (10 of them do), and they are exact
    in decimals; the others are irrational and told apart by 60 digits. ValueError unless the half-life is at least 1.
    """
    if half_life < 1:
        raise ValueError(f"a half-life is a whole number of days, at least 1: {half_life}")
    with localcontext(Context(prec=_DIGITS)):
        step = Decimal("0.5") ** (Decimal(1) / half_life)
        within = [Decimal(ONE), *(ONE * step**d for d in range(1, half_life))]
        table = [_rounded(part, halves) for halves in range(_HALVES) for part in within]
    while not table[-1]:
        table.pop()
    return tuple(table)


def _rounded(part: Decimal, halves: int) -> int:
    return int(part / 2**halves + Decimal("0.5"))


def factor(days: int, half_life: int) -> int:
    """½^(days ÷ half-life) in 10⁻⁹; `days` is not negative."""
    table = halving_table(half_life)
    return table[days] if days < len(table) else 0
