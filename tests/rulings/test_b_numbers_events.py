"""Rulings 9 to 14: numbers, decay, windows, and which events count."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from leadpolicy.engine.json_text import dumps
from tests.rulings.deciding import BASE, activity, codes, decide, lead, refused, truths


def value_of(entry: str, events: list[dict[str, object]], limit: int = 1000) -> str:
    body = f"score s from -{limit} to {limit} {{\n  {entry}\n}}\n"
    return str(decide(body, events={"Activity": events})["scores"]["s"]["value"])


# ── Numbers ──


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        (0.1, "0.1"),
        ("0.0000005", "0.000001"),
        ("-0.0000005", "-0.000001"),
        (Decimal("2.50"), "2.5"),
        ("1e3", "1000"),
        ("999999999999.999999", "999999999999.999999"),
    ],
)
def test_ruling_9_numbers_have_six_places_and_are_printed_plainly(raw: object, kept: str) -> None:
    decided = decide("disqualify {\n  a: x > 0 -> closed\n}\n", lead(x=raw))
    (why,) = decided["why"]
    assert dumps(why["values"]) == f'{{"x": {kept}}}'


@pytest.mark.parametrize("raw", [float("nan"), float("inf"), 10**12, "999999999999.9999995", "1e30", True])
def test_ruling_9_what_is_out_of_range_is_refused(raw: object) -> None:
    ((who, field, _, _),) = refused("let positive = x > 0\n", lead(x=raw))
    assert (who, field) == ("L1", "x")


def test_ruling_9_products_and_quotients_are_rounded_half_away_from_zero() -> None:
    given = lead(x="0.001", m=-2, budget="0.0005")
    assert truths("x * 0.0005 is 0.000001", "0 - x * 0.0005 is 0 - 0.000001", "x / m is -0.0005", "1 / 3 is 0.333333",
                  "2 / 3 is 0.666667", "m / 3 is -0.666667", "0.1 + 0.2 is 0.3", given=given) == [True] * 7  # fmt: skip


def test_ruling_9_json_is_read_by_its_text(command: Callable[..., str]) -> None:
    Path("p.lead").write_text(f"{BASE}disqualify {{\n  a: x > 0 -> closed\n}}\n", encoding="utf-8")
    line = '{"id": "L1", "created_at": "2026-11-01", "x": 123456789012.1234565}\n'
    Path("l.jsonl").write_text(line, encoding="utf-8")
    command("run", "p.lead", "l.jsonl", "--now", "2026-11-20T12:00", "--out", "out.jsonl", "--trace")
    assert '"x": 123456789012.123457}' in Path("out.jsonl").read_text(encoding="utf-8")


def test_ruling_9_points_have_three_places_at_most() -> None:
    assert codes("score s from 0 to 5 {\n  +0.125 when n > 1\n}\n") == []
    assert "LP3013" in codes("score s from 0 to 5 {\n  +0.1255 when n > 1\n}\n")


# ── Decay ──


def test_ruling_10_seven_half_lives_of_one_point_are_0_007813() -> None:
    assert value_of("+1 each Activity, halving every 2 days", [activity("2026-11-06 12:00")]) == "0.007813"


def test_ruling_10_days_are_local_midnights_and_the_sum_is_rounded_once() -> None:
    before, after = activity("2026-11-18T23:59:59+08:00"), activity("2026-11-19T00:00:00+08:00")
    entry = "+8 each Activity, halving every 1 days"
    assert [value_of(entry, [one]) for one in (before, after)] == ["2", "4"]
    # ½^(1 ÷ 3) is 0.793700526 to nine places; three times 0.001 of it is rounded as one sum.
    three = [activity(f"2026-11-19 0{h}:00") for h in (1, 2, 3)]
    assert value_of("+0.001 each Activity, halving every 3 days", three) == "0.002381"
    assert value_of("+0.001 each Activity, halving every 3 days", three[:1]) == "0.000794"
    assert value_of("+10 each Activity, halving every 3 days, at most 20 points", three) == "20"


# ── Windows ──


@pytest.mark.parametrize(
    ("at", "within", "since"),
    [
        ("2026-11-13T12:00:00+08:00", False, False),
        ("2026-11-13T12:00:00.000001+08:00", True, True),
        ("2026-11-20T12:00:00+08:00", True, True),
    ],
)
def test_ruling_11_an_event_leaves_exactly_at_the_end_of_its_span(at: str, within: bool, since: bool) -> None:
    given = lead(starts="2026-11-13T12:00:00.000001+08:00")
    passed = {"events": {"Activity": [activity(at)]}}
    assert truths("any Activity within 7 days", "any Activity since starts", given=given, **passed) == [within, since]


def test_ruling_11_a_month_is_30_days_of_24_hours() -> None:
    passed = {"events": {"Activity": [activity("2026-10-21 12:00:01")]}}
    assert truths("any Activity within 1 month", "any Activity within 30 days", **passed) == [True, True]
    passed = {"events": {"Activity": [activity("2026-10-21 12:00:00")]}}
    assert truths("any Activity within 1 month", "any Activity within 720 hours", **passed) == [False, False]


def test_ruling_11_a_day_has_24_hours_where_the_clock_changes() -> None:
    base = BASE.replace("Asia/Shanghai", "Europe/Berlin")
    passed = {"now": datetime(2026, 3, 29, 12, 30), "events": {"Activity": [activity("2026-03-28 12:00")]}}
    assert truths("any Activity within 1 day", "any Activity within 23 hours", base=base, **passed) == [True, False]


# ── Which events ──


def test_ruling_12_what_is_dated_later_is_not_there_yet() -> None:
    passed = {"events": {"Activity": [activity("2026-11-20 12:00:01", kind="call")]}}
    conditions = (
        "any Activity",
        "count(Activity) is 0",
        "last(Activity).kind is call",
        "any Activity since created_at",
    )
    assert truths(*conditions, **passed) == [False, True, False, False]
    assert value_of("+5 each Activity", [activity("2026-11-21 09:00")]) == "0"
    credit = "attribution c over Activity { 100% all }\n"
    assert decide(credit, **passed)["attribution"]["c"] == []
    later = datetime(2026, 11, 20, 12, 0, 1)
    assert len(decide(credit, **{**passed, "now": later})["attribution"]["c"]) == 1


def test_ruling_13_the_order_is_time_then_key() -> None:
    rows = [{"id": i, "of": "L1", "at": "2026-11-10 09:00", "seconds": s} for i, s in (("b", 2), ("a", 1), ("B", 3))]
    earlier = {"id": "z", "of": "L1", "at": "2026-11-09 09:00", "seconds": 4}
    passed = {"events": {"Activity": [*rows, earlier]}}
    assert truths("last(Activity).seconds is 2", "first(Activity).seconds is 4", **passed) == [True, True]
    passed = {"events": {"Activity": rows}}
    assert truths("last(Activity).seconds is 2", "first(Activity).seconds is 3", **passed) == [True, True]


KEYLESS = BASE.replace("event Activity of Lead {\n  id:      text key\n", "event Activity of Lead {\n") + (
    "fact Link {\n  company: text\n}\n"
)


def test_ruling_13_without_a_key_each_row_counts_and_the_last_to_arrive_is_last() -> None:
    rows = [{"at": "2026-11-10 09:00", "seconds": s} for s in (1, 1, 2)]
    conditions = ("count(Activity) is 3", "last(Activity).seconds is 2", "count(Link) is 2")
    links = [{"company": "A"}, {"company": "A"}, {"company": "B"}]
    passed = {"events": {"Activity": rows}, "facts": {"Link": links}}
    assert truths(*conditions, base=KEYLESS, **passed) == [True, True, True]


def test_ruling_13_equal_rows_of_a_key_are_one_event_and_unequal_ones_are_refused() -> None:
    one = activity("2026-11-10 09:00", kind="call")
    assert truths("count(Activity) is 1", events={"Activity": [one, dict(one)]}) == [True]
    ((who, field, expected, _),) = refused(
        "let active = any Activity\ndisqualify {\n  a: active -> closed\n}\n",
        lead(),
        events={"Activity": [one, {**one, "kind": "visit"}]},
    )
    assert (who, field, expected) == ("L1", "Activity.id", "one record of this key")
    numbered = {"facts": {"Member": [{"id": 7, "name": "A"}, {"id": "7", "name": "B"}]}}
    ((who, field, _, found),) = refused("let a = any Member\ndisqualify {\n  a: a -> closed\n}\n", lead(), **numbered)
    assert (who, field, found) == ("7", "Member.id", '"7"')


def test_ruling_14_once_is_the_last_in_the_window_and_once_per_day_the_last_of_each_local_day() -> None:
    rows = [activity(f"2026-11-{at}+08:00") for at in ("18T12:00:00", "19T00:00:00", "19T23:59:59", "20T09:00:00")]
    assert value_of("+1 each Activity", rows) == "4"
    assert value_of("+1 once Activity", rows) == "1"
    assert value_of("+1 once per day Activity", rows) == "3"
    # The last in the window is the one that fades least.
    assert value_of("+4 once Activity, halving every 1 days", rows) == "4"
    assert value_of("+4 once Activity, halving every 1 days", rows[:3]) == "2"
    assert value_of("+4 once per day Activity within 1 day, fading over 4 days", rows) == "7"
