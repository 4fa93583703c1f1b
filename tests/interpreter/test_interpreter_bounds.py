"""Score bounds against every way in which the unknown fields may turn out (ruling 26), by brute force."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from itertools import product
from typing import Any

import ir_builders as b
from hypothesis import given, settings
from hypothesis import strategies as st

from leadpolicy.compiler import ir
from leadpolicy.compiler.interpreter import Interpreter

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
TITLES = b.choice("manager", "staff", "other")

FIELDS = {
    "title": TITLES,
    "size": b.INT,
    "rate": b.NUMBER,
    "ok": b.BOOL,
    "city": b.TEXT,
    "term": b.DURATION,
}
# Enough values of each field to make every condition below come out in every way that it can.
COMPLETIONS: dict[str, list[Any]] = {
    "title": ["manager", "staff", "other", None],
    "size": [0, 1, 2, 3, 4, 5, 6, None],
    "rate": ["0", "0.999999", "1", "1.000001", "2", "2.5", "3", "3.000001", None],
    "ok": [True, False, None],
    "city": ["a", "b", "c", "zzz", None],
    "term": ["10 days", "1 month", "31 days", "P29DT23H59M59.999999S", None],
}


def ref(name: str) -> ir.FieldRef:
    return b.field(name, FIELDS[name])


numbers = st.integers(1, 5)
relations = st.sampled_from([b.eq, b.lt, b.le, b.gt, b.ge])


def comparisons(name: str) -> st.SearchStrategy[ir.Expr]:
    """Conditions that read one field, directly."""
    match name:
        case "title":
            return st.sampled_from(["manager", "staff", "other"]).map(lambda c: b.eq(ref(name), c))
        case "size":
            return st.builds(lambda rel, n: rel(ref(name), n), relations, numbers) | st.builds(
                lambda low, high: b.between(ref(name), low, high), numbers, numbers
            )
        case "rate":
            return st.builds(lambda rel, n: rel(ref(name), Decimal(n)), relations, st.sampled_from([1, 2, 3]))
        case "ok":
            return st.just(ref(name))
        case "city":
            return st.sampled_from([("a",), ("a", "b"), ("c",)]).map(lambda c: b.is_in(ref(name), c))
        case _:
            return relations.map(lambda rel: rel(ref(name), ir.Duration(months=1)))


def conditions(names: st.SearchStrategy[str]) -> st.SearchStrategy[ir.Expr]:
    """Conditions over the fields, with all of the logic."""
    leaves = (
        names.flatmap(comparisons) | names.map(lambda n: b.known(ref(n))) | names.map(lambda n: b.unknown(ref(n)))
    )

    def grow(inner: st.SearchStrategy[ir.Expr]) -> st.SearchStrategy[ir.Expr]:
        return (
            st.builds(b.both, inner, inner)
            | st.builds(b.either, inner, inner)
            | inner.map(b.no)
            | inner.map(b.certainly)
            | inner.map(b.possibly)
        )

    return st.recursive(leaves, grow, max_leaves=4)


points = st.integers(-10, 10)


def entries_over(names: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    plain = st.builds(lambda p, c: b.plain(p, c), points, conditions(names))
    bands = st.builds(
        lambda first, second, p, q: b.bands(ref("size"), (p, first), (q, second)),
        conditions(names),
        conditions(names),
        points,
        points,
    )
    return plain | bands


single_entries = st.sampled_from(sorted(FIELDS)).flatmap(
    lambda name: st.builds(lambda p, c: b.plain(p, c), points, conditions(st.just(name)))
) | st.builds(lambda p, q: b.points(ref("title"), manager=p, staff=q), points, points)

any_entries = entries_over(st.sampled_from(sorted(FIELDS))) | single_entries

leads = st.fixed_dictionaries({n: st.none() | st.sampled_from(v) for n, v in COMPLETIONS.items()})


def bounds(decider: Interpreter, lead: dict[str, Any]) -> tuple[Any, Any, Any]:
    scores: Any = decider.run({"id": "L1", **lead}, now=NOW).decision()["scores"]
    return scores["fit"]["low"], scores["fit"]["value"], scores["fit"]["high"]


def make(*entries: Any, low: int | None = None, high: int | None = None) -> Interpreter:
    fields = [b.fact_field(name, type_) for name, type_ in FIELDS.items()]
    return Interpreter(b.make_policy(fields, scores=[b.score("fit", *entries, low=low, high=high)]))


def completions(lead: dict[str, Any], read: set[str]) -> list[dict[str, Any]]:
    """Every way in which the unknown fields of these may turn out, staying unknown included."""
    unknown = [n for n in sorted(read) if lead[n] is None]
    return [lead | dict(zip(unknown, values, strict=True)) for values in product(*(COMPLETIONS[n] for n in unknown))]


@settings(max_examples=150, deadline=None)
@given(st.lists(any_entries, min_size=1, max_size=3), leads, st.sampled_from([None, 8]), st.sampled_from([None, 5]))
def test_ruling_26_low_value_high_hold_for_every_completion(
    entries: list[Any], lead: dict[str, Any], limit: int | None, cap: int | None
) -> None:
    lead = lead | {name: COMPLETIONS[name][0] for name in ("rate", "city", "term") if lead[name] is None}
    made = entries if cap is None else [b.group(*entries[:2], limit=cap), *entries[2:]]
    decider = make(*made, low=None if limit is None else -limit, high=limit)
    low, value, high = bounds(decider, lead)
    assert low <= value <= high
    for completed in completions(lead, set(FIELDS)):
        assert low <= bounds(decider, completed)[1] <= high


@settings(max_examples=150, deadline=None)
@given(st.lists(single_entries, min_size=1, max_size=4), leads, st.sampled_from([None, 8]))
def test_ruling_26_bounds_are_exact_where_each_entry_reads_one_field(
    entries: list[Any], lead: dict[str, Any], limit: int | None
) -> None:
    read = {name for name in FIELDS if any(f'"{name}"' in e.model_dump_json() for e in entries)}
    decider = make(*entries, low=None if limit is None else -limit, high=limit)
    low, _, high = bounds(decider, lead)
    # Fields don't meet in an entry, so the extremes of each can be looked for with the others left as they are;
    # adding them up needs the block without its range.
    free = make(*entries)
    base = bounds(free, lead)[1]
    least = most = base
    for name in read:
        values = [bounds(free, c)[1] for c in completions(lead, {name})]
        least += min(values) - base
        most += max(values) - base
    if limit is not None:
        least, most = (max(-limit, min(limit, end)) for end in (least, most))
    assert (low, high) == (least, most)
