"""Sums and averages over records (rulings 6, 85)."""

from __future__ import annotations

from collections.abc import Sequence

from leadpolicy.engine.moments import add_spans, exact
from leadpolicy.engine.numbers import SCALE, round_div
from leadpolicy.engine.records import Members
from leadpolicy.engine.values import NOTHING, Duration, Nothing


def total(members: Members, values: Sequence[object]) -> int | None:
    """The sum; unknown with a maybe or an unknown value; what is nothing is skipped."""
    if members[1] or None in values:
        return None
    return sum(value for value in values if isinstance(value, int))


def average(members: Members, values: Sequence[object], scaled: bool) -> int | Nothing | None:
    """The average in millionths; of none: nothing. `scaled`: the values are millionths."""
    if members[1] or None in values:
        return None
    known = [value for value in values if isinstance(value, int)]
    if not known:
        return NOTHING
    return round_div(sum(known) * (1 if scaled else SCALE), len(known))


def total_span(members: Members, values: Sequence[object]) -> Duration | None:
    """The sum of durations, part by part."""
    if members[1] or None in values:
        return None
    whole = Duration()
    for value in values:
        if isinstance(value, Duration):
            whole = add_spans(whole, value, 1)
    return whole


def average_span(members: Members, values: Sequence[object]) -> Duration | Nothing | None:
    """The average of durations by their size (ruling 16), as exact time."""
    if members[1] or None in values:
        return None
    known = [int(value) for value in values if isinstance(value, Duration)]
    return exact(round_div(sum(known), len(known))) if known else NOTHING
