"""Score entries over events: rulings 10, 14, 26, 27, 28, 78, 84 (0009, sections 2 and 3)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import ir_builders as b
import ir_record_builders as r
import pytest

from leadpolicy.compiler import ir
from leadpolicy.compiler.interpreter import run
from leadpolicy.compiler.interpreter.event_entries import factor, halved

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)  # 10:00 in the policy's zone
SECONDS = r.own("seconds", b.INT)
CALL = r.event("Call", b.fact_field("seconds", b.INT, ask="How long was it?"))
FIELDS = [b.fact_field("size", b.INT), b.fact_field("since", b.TIME, or_none=True, markers=("?",))]
SIZE = b.field("size", b.INT)
ALL = r.records("Call")
LONG = r.records("Call", b.ge(SECONDS, 60), text="Call where seconds >= 60")


def decide(*entries: Any, calls: Any = (), now: datetime = NOW, **lead: Any) -> dict[str, Any]:
    score = b.score("heat", *entries, low=-100, high=100)
    policy = b.make_policy(FIELDS, [CALL], scores=[score], reads_events=["Call"])
    decision: Any = run(policy, {"id": "L1", **lead}, events=calls, now=now).decision(trace=True)
    return dict(decision)


def bounds(*entries: Any, calls: Any = (), now: datetime = NOW, **lead: Any) -> tuple[Any, ...]:
    """(low, value, high)."""
    found = decide(*entries, calls=calls, now=now, **lead)["scores"]["heat"]
    return tuple(found[k] for k in ("low", "value", "high"))


def value(*entries: Any, calls: Any, now: datetime = NOW) -> Any:
    low, found, high = bounds(*entries, calls=calls, now=now)
    assert low == found == high
    return found


def at(*times: str) -> list[dict[str, Any]]:
    return [{"at": t, "seconds": 60} for t in times]


# ── Which records ──


def test_ruling_14_once_takes_the_last_event() -> None:
    calls = at("2026-11-18 23:00", "2026-11-19 01:00", "2026-11-19 23:00")
    assert value(r.event_entry(5, ALL), calls=calls) == 15
    assert value(r.event_entry(5, ALL, "once"), calls=calls) == 5
    assert value(r.event_entry(5, ALL, "once"), calls=[]) == 0
    assert value(r.event_entry(8, ALL, "once", halving=1), calls=calls) == 4


def test_ruling_14_once_per_day_takes_the_last_of_each_local_day() -> None:
    # 16:00 UTC is midnight in the policy's zone.
    calls = at("2026-11-18T15:59:59Z", "2026-11-18T16:00:00Z", "2026-11-18T20:00Z", "2026-11-19T15:59Z")
    assert value(r.event_entry(5, ALL, "once_per_day"), calls=calls) == 10
    assert value(r.event_entry(8, ALL, "once_per_day", halving=1), calls=calls) == 6


def test_ruling_28_the_cap_limits_the_size_after_rounding() -> None:
    calls = at("2026-11-20", "2026-11-20", "2026-11-20")
    assert value(r.event_entry(5, ALL, limit=12), calls=calls) == 12
    assert value(r.event_entry(-5, ALL, limit=12), calls=calls) == -12
    assert value(r.event_entry("0.5", ALL, limit="1.2"), calls=calls) == Decimal("1.2")


# ── Decay ──


def test_ruling_10_factors_have_nine_places() -> None:
    assert halved(0, 7) == 1
    assert halved(7, 7) == Fraction(1, 2)
    assert halved(1, 7) == Fraction(905_723_664, 10**9)
    assert halved(49, 7) == Fraction(7_812_500, 10**9)
    assert halved(70, 7) == Fraction(976_563, 10**9)  # 0.0009765625: half away from zero
    assert halved(30, 1) == Fraction(1, 10**9)
    assert halved(31, 1) == 0
    assert halved(10**6, 7) == 0


def test_ruling_10_seven_half_lives_of_one_point_are_0_007813() -> None:
    assert value(r.event_entry(1, ALL, halving=7), calls=at("2026-10-02")) == Decimal("0.007813")


def test_ruling_10_age_is_counted_in_local_midnights_and_the_sum_rounded_once() -> None:
    late = at("2026-11-19 23:59:59")
    assert value(r.event_entry(10, ALL, halving=1), calls=late) == 5
    assert value(r.event_entry(10, ALL, halving=1), calls=at("2026-11-20 00:00")) == 10
    # Three times 0.0009765625 rounded by itself would be 0.002931.
    calls = at(*["2026-11-10"] * 3)
    assert value(r.event_entry(1, ALL, halving=1), calls=calls) == Decimal("0.00293")
    before_midnight = datetime(2026, 11, 20, 15, 59, 59, tzinfo=UTC)
    after = before_midnight + timedelta(seconds=1)
    assert value(r.event_entry(8, ALL, halving=1), calls=at("2026-11-20"), now=before_midnight) == 8
    assert value(r.event_entry(8, ALL, halving=1), calls=at("2026-11-20"), now=after) == 4


def test_ruling_78_fading_falls_in_a_line_to_nothing() -> None:
    fading = ir.Decay(kind="fading", days=7)
    assert [factor(fading, d) for d in (0, 7, 8)] == [1, 0, 0]
    assert factor(fading, 1) == Fraction(857_142_857, 10**9)
    assert value(r.event_entry(7, ALL, fading=7), calls=at("2026-11-18")) == 5
    assert value(r.event_entry(7, ALL, fading=7), calls=at("2026-11-01")) == 0


# ── Low and high ──


def test_ruling_27_value_counts_sure_events_and_the_far_bound_possible_ones() -> None:
    calls = [{"at": "2026-11-01", "seconds": 60}, {"at": "2026-11-02"}, {"at": "2026-11-03", "seconds": 5}]
    assert bounds(r.event_entry(5, LONG), calls=calls) == (5, 5, 10)
    assert bounds(r.event_entry(-5, LONG), calls=calls) == (-10, -5, -5)
    assert bounds(r.event_entry(5, LONG, limit=5), calls=calls) == (5, 5, 5)
    assert bounds(r.event_entry(5, LONG, "once"), calls=calls[1:]) == (0, 0, 5)


def test_ruling_27_once_with_decay_may_lie_below_or_above() -> None:
    sure_then_maybe = [{"at": "2026-11-19", "seconds": 60}, {"at": "2026-11-20"}]
    assert bounds(r.event_entry(8, LONG, "once", halving=1), calls=sure_then_maybe) == (4, 4, 8)


def test_ruling_26_is_unknown_of_a_record_counts_as_open() -> None:
    strange = r.records("Call", b.unknown(SECONDS))
    assert bounds(r.event_entry(5, strange), calls=[{"at": "2026-11-01"}]) == (0, 5, 5)
    assert bounds(r.event_entry(5, strange), calls=at("2026-11-01")) == (0, 0, 0)


def test_ruling_27_unknown_fields_of_the_lead_inside_where() -> None:
    some = r.records("Call", b.gt(SECONDS, SIZE))
    assert bounds(r.event_entry(5, some), calls=at("2026-11-01", "2026-11-02")) == (0, 0, 10)
    assert bounds(r.event_entry(5, some), calls=at("2026-11-01", "2026-11-02"), size=3) == (10, 10, 10)


def test_ruling_27_no_joint_optimisation_under_a_group() -> None:
    calls = [{"at": "2026-11-01", "seconds": 60}, {"at": "2026-11-02"}]
    group = b.group(r.event_entry(5, LONG), r.event_entry(-3, LONG), limit=4)
    assert bounds(group, calls=calls) == (-1, 2, 4)


def test_ruling_26_other_entries_over_records_stand_alone() -> None:
    # Alone each could give 0 or 5; as entries on one field, never both.
    few, many = b.lt(r.count(LONG), b.const(1)), b.ge(r.count(LONG), b.const(1))
    calls = [{"at": "2026-11-01"}]
    assert bounds(b.plain(5, few), b.plain(5, many), calls=calls) == (0, 0, 10)
    assert bounds(b.plain(5, few), b.plain(5, many), calls=at("2026-11-01")) == (5, 5, 5)


def test_ruling_26_a_field_of_the_lead_beside_records_joins_only_where_these_are_known() -> None:
    entries = [b.plain(5, b.both(b.gt(SIZE, 3), r.any_of(LONG))), b.plain(5, b.le(SIZE, 3))]
    assert bounds(*entries, calls=at("2026-11-01")) == (0, 0, 5)
    assert bounds(*entries, calls=[{"at": "2026-11-01"}]) == (0, 0, 10)
    inside = b.plain(5, r.any_of(r.records("Call", b.gt(SECONDS, SIZE))))
    assert bounds(inside, b.plain(5, b.gt(SIZE, 99)), calls=at("2026-11-01")) == (0, 0, 10)


def test_points_from_a_count() -> None:
    points = b.plain(b.arith("mul", b.const(Decimal(2)), r.count(LONG)))
    assert value(points, calls=at("2026-11-01", "2026-11-02")) == 4
    assert bounds(points, calls=[{"at": "2026-11-01"}]) == (-100, 0, 100)


# ── Reasons and what is missing ──


def why(entry: ir.EventEntry, calls: Any, **lead: Any) -> dict[str, Any]:
    (item,) = decide(entry, calls=calls, **lead)["why"]
    return dict(item)


def test_the_reason_of_an_event_entry() -> None:
    entry = r.event_entry(5, LONG, because="they talk", text="+5 each Call")
    assert why(entry, at("2026-11-01", "2026-11-02")) == {
        "part": "score heat",
        "entry": "+5 each Call",
        "text": "+5 each Call",
        "place": "test.lead:1",
        "verdict": "true",
        "points": 10,
        "because": "they talk",
        "values": {"Call": 2},
    }
    unknown = why(entry, [{"at": "2026-11-01"}])
    assert (unknown["verdict"], unknown["points"], unknown["values"]) == ("unknown", 0, {"Call": 0})
    assert unknown["unknown"] == ["Call.seconds"]
    assert "because" not in unknown
    assert why(entry, [])["verdict"] == "false"
    partly = why(entry, [*at("2026-11-01"), {"at": "2026-11-02"}])
    assert (partly["verdict"], partly["values"], partly["unknown"]) == ("true", {"Call": 1}, ["Call.seconds"])


def test_the_fields_of_the_lead_that_an_event_entry_reads_come_before_its_count() -> None:
    since = b.field("since", b.TIME, nothing=True)
    entry = r.event_entry(5, r.records("Call", b.gt(SECONDS, SIZE), window=r.within(since=since)))
    item = why(entry, at("2026-11-01"), since="?")
    assert item["values"] == {"size": None, "since": None, "Call": 0}
    assert item["unknown"] == ["size", "since"]


def test_ruling_34_fields_of_records_are_asked_for_behind_those_of_the_lead() -> None:
    entries = [r.event_entry(5, LONG), b.plain(5, b.gt(SIZE, 3))]
    missing = decide(*entries, calls=[{"at": "2026-11-01"}])["missing"]
    assert missing == [
        {"field": "size", "question": None, "could_change": ["score heat"]},
        {"field": "Call.seconds", "question": "How long was it?", "could_change": ["score heat"]},
    ]
    bigger = [r.event_entry(6, LONG), b.plain(5, b.gt(SIZE, 3))]
    found = decide(*bigger, calls=[{"at": "2026-11-01"}])["missing"]
    assert [m["field"] for m in found] == ["Call.seconds", "size"]


@pytest.mark.parametrize("seconds", [None, 60, 5])
def test_low_value_high_stand_in_order(seconds: int | None) -> None:
    calls = [{"at": "2026-11-19", "seconds": seconds}, *at("2026-11-20")]
    strange = r.records("Call", b.either(b.unknown(SECONDS), b.gt(SECONDS, SIZE)))
    for points in (3, -3):
        for repeat in ("each", "once", "once_per_day"):
            entry = r.event_entry(points, strange, repeat, fading=3, limit=4)  # type: ignore[arg-type]
            low, found, high = bounds(entry, calls=calls)
            assert low <= found <= high
