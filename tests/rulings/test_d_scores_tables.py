"""Rulings 25 to 31: scores, their bounds, and tables."""

from __future__ import annotations

import pytest

from tests.rulings.deciding import activity, codes, decide, errors, findings, lead, truths


def bounds(entries: str, low: int = -100, high: int = 100, **passed: object) -> list[str]:
    """Low, value and high of a score with these entries."""
    given = passed.pop("given", lead())
    lines = "".join(f"  {line}\n" for line in entries.split("; "))
    assert isinstance(given, dict)
    score = decide(f"score s from {low} to {high} {{\n{lines}}}\n", given, **passed)["scores"]["s"]
    return [str(score[end]) for end in ("low", "value", "high")]


# ── Scores ──


def test_ruling_25_a_comparison_with_a_score_is_settled_in_gates_too() -> None:
    body = "score s from 0 to 20 {\n  +10 when n > 1\n  +10 when m > 1\n}\ngate g {\n  enough: s >= 20\n}\n"
    assert decide(body, lead(m=2))["gates"]["g"]["verdict"] == "fail"
    assert truths("s >= 10", "s >= 20", "high(s) >= 20", "low(s) >= 20", body=body, given=lead(m=2)) == [
        True,
        False,
        True,
        False,
    ]


@pytest.mark.parametrize("read", ["other > 1", 't is "a"', "g passes", "MQL", "low(other) > 1"])
def test_ruling_25_entries_read_no_scores_tables_gates_or_stages(read: str) -> None:
    parts = (
        "score other from 0 to 9 {\n  +5 when m > 1\n}\n"
        'table t: text {\n  | m    || t   |\n  | >= 1 || "a" |\n  | -    || "b" |\n}\n'
        "gate g {\n  x: m > 1\n}\nfunnel {\n  MQL: m > 1\n}\n"
    )
    assert "LP3011" in [code for code, _ in errors(f"{parts}score s from 0 to 5 {{\n  +5 when {read}\n}}\n")]


@pytest.mark.parametrize(
    ("entries", "given", "ends"),
    [
        ("+10 when title is manager; +5 when title is staff", {}, ["0", "0", "10"]),
        ("+10 when title is manager; -5 when title is not manager", {}, ["-5", "0", "10"]),
        ("+10 when n > 5; +5 when n in 3 to 4; -2 when n < 3", {}, ["-2", "0", "10"]),
        ("+10 when n > 5; +5 when m > 5", {}, ["0", "0", "15"]),
        ("+10 when n > 5 and m > 5; +5 when n <= 5", {}, ["0", "0", "15"]),
        ("+10 when n > 5 or m > 5; +5 when n <= 5", {"m": 9}, ["10", "10", "15"]),
        ("+10 when n + 1 > 5; +5 when n < 2", {}, ["0", "0", "15"]),
        ("+10 when mail is known; -3 when mail is unknown", {}, ["-3", "-3", "10"]),
        ("+10 when n is known; +1 when m > 0", {"n": 1}, ["10", "10", "11"]),
        ('+10 when domain(mail) is "a.cn"; +5 when domain(mail) is not "a.cn"; +1 when mail is "x@a.cn"', {}, ["0", "0", "11"]),
        ("+10 when limit > 5; +5 when limit is not 7", {"limit": "?"}, ["0", "0", "15"]),
        ("+10 when x > 0.5; +5 when x <= 0.5 and x > 0.499999", {}, ["0", "0", "10"]),
        ('+10 when company is "A"; +5 when company is not "A" and company is not "B"', {}, ["0", "0", "10"]),
        ("bands n {; +10 when >= 10; +5 when >= 5; }; -3 when n < 5", {}, ["-3", "0", "10"]),
        ("points title { manager 10, staff -5 }", {}, ["-5", "0", "10"]),
        ("+10 when n > m; +5 when n < m", {"m": 5}, ["0", "0", "10"]),
        ("+10 when n > m; +5 when n < m", {}, ["0", "0", "15"]),
        ("+10 when flagged; +5 when not flagged", {"flagged": "?"}, ["0", "0", "10"]),
        ("+10 when starts > 2026-11-01 00:00; +5 when starts <= 2026-11-01 00:00", {}, ["0", "0", "10"]),
        ("+10 when span > 1 month; +5 when span <= 30 days", {}, ["0", "0", "10"]),
        ("+10 when starts_on > 2026-11-01; +5 when starts_on <= 2026-11-02", {}, ["0", "0", "15"]),
        ("+10 when partner.level is senior; +5 when partner.level is junior", {"partner": "?"}, ["0", "0", "10"]),
        ("+2 * n when m > 0", {"m": 1}, ["-100", "0", "100"]),
    ],
)  # fmt: skip
def test_ruling_26_bounds(entries: str, given: dict[str, object], ends: list[str]) -> None:
    assert bounds(entries, given=lead(**given)) == ends


def test_ruling_26_ranges_cut_all_three_and_sums_add_bounds() -> None:
    assert bounds("+10 when n > 5; +3 when m > 0; -9 when x > 0", -2, 8, given=lead(m=1)) == ["-2", "3", "8"]
    body = (
        "score a from 0 to 10 {\n  +10 when n > 5\n}\nscore b from 0 to 5 {\n  +5 when n <= 5\n}\n"
        "score c from 0 to 12 = a + b\n"
    )
    assert {k: str(v) for k, v in decide(body)["scores"]["c"].items()} == {"value": "0", "low": "0", "high": "12"}


MAYBE = [activity("2026-11-19 09:00", kind="call"), activity("2026-11-18 09:00")]


def test_ruling_27_value_counts_sure_events_and_the_far_bound_possible_ones() -> None:
    passed: dict[str, object] = {"events": {"Activity": MAYBE}}
    assert bounds("+5 each Activity where kind is call", **passed) == ["5", "5", "10"]
    assert bounds("-5 each Activity where kind is call", **passed) == ["-10", "-5", "-5"]
    assert bounds("+5 each Activity where kind is call, at most 8 points", **passed) == ["5", "5", "8"]
    # No joint look: the same maybe is a call or a visit, and both entries count it.
    both = "+5 each Activity where kind is call; +5 each Activity where kind is visit"
    assert bounds(both, **passed) == ["5", "5", "15"]
    # What has not been reported isn't imagined.
    assert bounds("+5 each Activity where kind is call", events={"Activity": MAYBE[:1]}) == ["5", "5", "5"]


def test_ruling_28_at_most_on_negative_points_limits_the_size() -> None:
    calls = [activity(f"2026-11-1{d} 09:00", kind="call") for d in range(5)]
    passed: dict[str, object] = {"events": {"Activity": calls}}
    assert bounds("-5 each Activity where kind is call, at most 12 points", **passed) == ["-12"] * 3
    assert bounds('group "g" at most 12 points {; -20 when m > 0; }', given=lead(m=1)) == ["-12"] * 3


# ── Tables ──

FIRST = """
table t: text {
  | n    | m    || t   |
  | >= 9 | -    || "a" |
  | -    | >= 9 || "a" |
  | -    | >= 5 || "b" |
  | -    | -    || "c" |
}
"""


@pytest.mark.parametrize(
    ("given", "outcome"),
    [({"m": 9}, "a"), ({"m": 5}, None), ({"n": 1, "m": 5}, "b"), ({"n": 9}, "a"), ({"n": 1}, None), ({}, None)],
)
def test_ruling_29_unknown_unless_all_outcomes_still_possible_are_the_same(
    given: dict[str, object], outcome: str | None
) -> None:
    assert decide(FIRST, lead(**given))["tables"]["t"] == outcome
    assert truths("t is known", body=FIRST, given=lead(**given)) == [outcome is not None]


def test_ruling_29_rows_are_not_looked_at_jointly() -> None:
    table = 'table t: text {\n  | n    || t   |\n  | >= 5 || "a" |\n  | < 5  || "b" |\n  | -    || "a" |\n}\n'
    assert decide(table)["tables"]["t"] is None


def test_ruling_29_a_gap_is_an_error() -> None:
    gap = 'table t: text {\n  | n    || t   |\n  | >= 5 || "a" |\n  | < 4  || "b" |\n}\n'
    assert [code for code, _ in errors(gap)] == ["LP4002"]


def test_ruling_30_collect_lists_sure_outcomes_once_and_says_that_there_may_be_more() -> None:
    table = (
        'table t collect: text {\n  | n    | m    || t   |\n  | -    | >= 1 || "a" |\n  | >= 1 | -    || "b" |\n'
        '  | -    | >= 2 || "a" |\n  | -    | >= 3 || "c" |\n}\n'
    )
    assert decide(table, lead(n=1, m=3))["tables"]["t"] == ["a", "b", "c"]
    assert decide(table, lead(m=3))["tables"]["t"] == ["a", "c", None]
    asked = ('"a" in t', '"b" in t', 't contains "c"')
    assert truths(*asked, body=table, given=lead(m=2)) == [True, None, None]
    assert truths(*asked, body=table, given=lead(n=0, m=2)) == [True, False, False]
    # A row that is unknown leaves nothing open where its outcome is sure already.
    assert decide(table.replace('"b"', '"a"'), lead(m=1))["tables"]["t"] == ["a"]


def test_ruling_31_unique_must_be_proved_and_a_true_row_wins() -> None:
    table = 'table t unique: text {{\n  | n | m || t |\n  | >= 5 | {} || "a" |\n  | < 5 | - || "b" |\n}}\n'
    overlap = (
        'table t unique: text {\n  | n    | m    || t   |\n  | >= 5 | -    || "a" |\n  | -    | >= 5 || "b" |\n}\n'
    )
    assert "LP4003" in [code for code, _ in errors(overlap)]
    compared = 'table t unique: text {\n  | n   | m || t   |\n  | > m | - || "a" |\n  | > x | - || "b" |\n}\n'
    assert "LP4003" in [code for code, _ in errors(compared)]
    wins = (
        'table t unique: text {\n  | m    | title      || t   |\n  | >= 5 | is manager || "a" |\n'
        '  | < 5  | -          || "b" |\n}\n'
    )
    assert decide(wins, lead(m=1))["tables"]["t"] == "b"
    assert decide(wins, lead(title="manager", m=9))["tables"]["t"] == "a"
    assert decide(wins, lead(title="manager"))["tables"]["t"] is None
    assert codes(table.format("-")) == []
    assert findings(table.format("-")) == []
