"""Rulings 76 to 87: what came to the language later."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from leadpolicy import Policy
from leadpolicy.compiler import ir
from leadpolicy.compiler.pipeline import compile_source
from leadpolicy.compiler.source import Source
from tests.rulings.deciding import BASE, activity, codes, decide, failures, lead, policy, truths

ROUTE = "route {\n  otherwise -> pool public\n}\n"


def score(entries: str, given: dict[str, object] | None = None, **passed: object) -> list[str]:
    found = decide(f"score s from -100 to 100 {{\n{entries}\n}}\n", given, **passed)["scores"]["s"]
    return [str(found[end]) for end in ("low", "value", "high")]


# ── Scores ──


@pytest.mark.parametrize(
    ("title", "ends"),
    [("manager", ["10"] * 3), ("boss", ["0"] * 3), ("staff", ["-2"] * 3), (None, ["-2", "0", "10"])],
)
def test_ruling_76_points_by_choice(title: str | None, ends: list[str]) -> None:
    assert score("  points title { manager 10, staff -2 }", lead(title=title)) == ends


def test_ruling_76_one_field_in_several_entries_is_one_field() -> None:
    both = "  points title { manager 10, staff 2 }\n  +5 when title is boss\n  -3 when title is manager"
    assert score(both) == ["0", "0", "7"]


def test_ruling_77_a_group_adds_up_then_its_cap_then_the_sum() -> None:
    group = '  group "g" at most 12 points {\n    +10 when m > 0\n    +10 when m > 1\n    -4 when m > 2\n  }\n  +5 when m > 0'
    assert score(group, lead(m=1)) == ["15"] * 3
    assert score(group, lead(m=2)) == ["17"] * 3
    assert score(group, lead(m=3)) == ["17"] * 3
    nested = group.replace("    +10 when m > 1\n", '    group "h" at most 2 points {\n      +1 when m > 0\n    }\n')
    assert codes(f"score s from 0 to 9 {{\n{nested}\n}}\n") != []


@pytest.mark.parametrize(
    ("at", "value"), [("20 09:00", "9"), ("19 23:59", "6"), ("18 00:00", "3"), ("17 23:59", "0"), ("01 09:00", "0")]
)
def test_ruling_78_fading_falls_in_a_line_to_nothing(at: str, value: str) -> None:
    passed = {"events": {"Activity": [activity(f"2026-11-{at}")]}}
    assert score("  +9 each Activity, fading over 3 days", **passed) == [value] * 3


def test_ruling_78_factors_have_nine_places_and_the_sum_is_rounded_once() -> None:
    rows = [activity(f"2026-11-19 0{h}:00") for h in (1, 2, 3)]
    # (7 − 1) ÷ 7 to nine places is 0.857142857.
    assert score("  +1 each Activity, fading over 7 days", events={"Activity": rows}) == ["2.571429"] * 3
    assert score("  +1 each Activity, fading over 7 days", events={"Activity": rows[:1]}) == ["0.857143"] * 3


@pytest.mark.parametrize(("n", "sure", "maybe"), [(9, True, True), (1, False, False), (None, False, True)])
def test_ruling_79_certainly_and_possibly(n: int | None, sure: bool, maybe: bool) -> None:
    assert truths("certainly (n > 5)", "possibly (n > 5)", given=lead(n=n)) == [sure, maybe]
    gate = "gate g {\n  a: certainly (n > 5)\n}\ngate h {\n  a: possibly (n > 5)\n}\n"
    verdicts = [g["verdict"] for g in decide(gate, lead(n=n))["gates"].values()]
    assert verdicts == ["pass" if sure else "fail", "pass" if maybe else "fail"]


def test_ruling_79_of_nothing_both_are_false() -> None:
    assert (
        truths("certainly flagged", "possibly flagged", "certainly (limit > 1)", "possibly (limit > 1)")
        == [False] * 4
    )


# ── Tables ──

SHEET = 'table t: text from "s.csv" {\n  | region | n          || t    |\n  | area   | from to to || unit |\n}\n'


def with_sheet(folder: Path, rows: str) -> Policy:
    (folder / "s.csv").write_text(f"area,from,to,unit\n{rows}", encoding="utf-8")
    return Policy.from_source(BASE + SHEET, base=folder)


@pytest.mark.parametrize(
    ("given", "unit"),
    [
        ({"region": "north", "n": 50}, "small"),
        ({"region": "north", "n": 5000}, "large"),
        ({"region": "south", "n": 5}, "rest"),
        ({"region": "x", "n": 1}, "rest"),
    ],
)
def test_ruling_80_rows_of_a_sheet_are_as_rows_of_the_table(
    tmp_path: Path, given: dict[str, object], unit: str
) -> None:
    made = with_sheet(tmp_path, "north,1,199,small\nnorth,200,,large\nsouth,,9,rest\n,,,rest\n")
    assert decide(made, lead(**given))["tables"]["t"] == unit


def test_ruling_80_a_sheet_is_part_of_the_digest_and_its_mistakes_name_their_cell(tmp_path: Path) -> None:
    one, other = (with_sheet(tmp_path, f"north,1,199,{unit}\n,,,rest\n") for unit in ("small", "tiny"))
    assert one.digest != other.digest
    sheet = "area,from,to,unit\nnorth,one,199,small\n,,,rest\n"
    (found,) = compile_source(Source("p.lead", BASE + SHEET), lambda _: sheet).diagnostics
    assert found.code == "LP3063"
    assert (found.source.name, found.to_dict()["line"], found.to_dict()["column"]) == ("s.csv", 2, 7)


def test_ruling_81_one_row_wins_for_all_outputs_and_collect_lists_rows() -> None:
    table = (
        'table t{}: (team: text, size: text) {{\n  | n    | m    || team | size |\n  | >= 9 | -    || "a"  | "x"  |\n'
        '  | -    | >= 5 || "a"  | "y"  |\n  | -    | -    || "b"  | "y"  |\n}}\n'
    )
    first = table.format("")
    assert decide(first, lead(n=9, m=9))["tables"]["t"] == {"team": "a", "size": "x"}
    # Another row could win: the outputs are not settled one by one.
    assert decide(first, lead(m=9))["tables"]["t"] is None
    assert truths('t.team is "a"', 't.size is "y"', body=first, given=lead(n=1, m=9)) == [True, True]
    rows = decide(table.format(" collect"), lead(n=9, m=5))["tables"]["t"]
    assert rows == [{"team": "a", "size": "x"}, {"team": "a", "size": "y"}, {"team": "b", "size": "y"}]


# ── Clocks and channels (checked, and carried for a session) ──


def test_ruling_82_a_clock_and_its_steps() -> None:
    sla = (
        "sla first {\n  from assigned_at\n  until status is won\n  paused while status is lost\n"
        '  at 80% * 8 work hours notify owner by wecom "soon"\n  at 2 days -> queue desk\n}\n'
    )
    (found,) = policy(sla + ROUTE).ir.slas
    assert (found.until is not None, found.paused is not None) == (True, True)
    assert [(s.after.type.kind, s.calendar) for s in found.steps] == [("work_hours", "work"), ("duration", None)]
    assert found.steps[0].after.value == "6.4"
    assert isinstance(found.steps[1].action, ir.Move)
    assert codes(sla.replace("  from assigned_at\n", "") + ROUTE) == ["LP3053"]


def test_ruling_83_a_channels_guards() -> None:
    channel = "channel email {\n  only when flagged\n  at most 2 per week\n  quiet 20:00 to 08:00\n}\n"
    (guard,) = policy(channel).ir.channel_guards
    assert guard.only_when is not None
    assert ([(x.count, x.per_days) for x in guard.limits], guard.quiet) == ([(2, 7)], (1200, 480))
    assert codes(channel.replace("email", "fax")) == ["LP2031"]


# ── Functions ──


def test_ruling_84_plain_and_age() -> None:
    conditions = ('plain(company) is "acmegmbh"', 'plain(company) is plain("ACME GMBH")')
    assert truths(*conditions, given=lead(company=" ＡＣＭＥ　GmbH ")) == [True, True]
    given = lead(starts="2026-11-20 11:00", assigned_at="2026-11-20 12:00:01")
    conditions = (
        "age(starts) is 1 hour",
        "age(until) is known",
        "age(assigned_at) is known",
        "age(assigned_at) < 1 day",
    )
    assert truths(*conditions, given=given) == [True, False, False, False]
    assert truths("age(starts) > 1 hour") == [None]


@pytest.mark.parametrize(
    ("now", "open_"),
    [
        ("20 09:00", True),
        ("20 08:59", False),
        ("20 12:00", False),
        ("20 13:00", True),
        ("20 18:00", False),
        ("21 10:00", False),
    ],
)
def test_ruling_84_during_is_whether_now_is_open_time(now: str, open_: bool) -> None:
    assert truths("during(work)", now=datetime.fromisoformat(f"2026-11-{now}")) == [open_]


@pytest.mark.parametrize(
    ("at", "inside"),
    [
        ("2026-11-13T12:00:00", False),
        ("2026-11-13T12:00:00.000001", True),
        ("2026-11-17T12:00:00", True),
        ("2026-11-17T12:00:00.000001", False),
    ],
)
def test_ruling_85_between_is_half_open(at: str, inside: bool) -> None:
    passed = {"events": {"Activity": [activity(at)]}}
    conditions = ("any Activity between 7 days and 3 days ago", "any Activity between 3 days and 7 days ago")
    assert truths(*conditions, **passed) == [inside, inside]


def test_ruling_85_sums_averages_and_distinct_values() -> None:
    rows = [
        activity(f"2026-11-0{d} 09:00", kind=k, seconds=s)
        for d, k, s in ((1, "call", 1), (2, "call", 2), (3, "visit", 2))
    ]
    passed = {"events": {"Activity": rows}}
    conditions = ("sum(seconds of Activity) is 5", "average(seconds of Activity) is 1.666667", "distinct(kind of Activity) is 2",
                  "distinct(seconds of Activity where kind is call) is 2")  # fmt: skip
    assert truths(*conditions, **passed) == [True] * 4
    none = (
        "average(seconds of Activity) is known",
        "average(seconds of Activity) is unknown",
        "sum(seconds of Activity) is 0",
        "distinct(kind of Activity) is 0",
    )
    assert truths(*none) == [False, False, True, True]
    maybe = {"events": {"Activity": [*rows, activity("2026-11-04 09:00", seconds=3)]}}
    conditions = ("sum(seconds of Activity where kind is call) >= 0", "average(seconds of Activity where kind is call) > 0",
                  "distinct(seconds of Activity where kind is call) in 2 to 3", "distinct(seconds of Activity where kind is call) is 2")  # fmt: skip
    assert truths(*conditions, **maybe) == [None, None, True, None]


def test_ruling_86_prefer_lines_stand_in_order() -> None:
    team = "team a {\n  prefer this.region is name\n  prefer level is senior\n  otherwise -> pool public\n}\n"
    (found,) = (d for d in policy(team).ir.declared if d.name == "a")
    assert [[c.text for c in p.clauses] for p in found.prefer] == [["this.region is name"], ["level is senior"]]


def test_ruling_87_effects_are_looked_at_at_their_instant_or_at_any_time() -> None:
    body = ROUTE + "recall {\n  late: at assigned_at + 3 days -> pool public, remind owner by wecom 1 day before\n}\n"
    test = (
        'test "t" {{\n  given m1: Member {{ id: "m1" }}\n'
        '  given lead: Lead {{ id: "1", owner: m1, assigned_at: 2026-11-01 09:00, created_at: 2026-11-01 09:00 }}\n'
        "  at 2026-11-04 09:00 expect holder is pool public\n{}}}\n"
    )
    met = "  at 2026-11-03 09:00 expect remind m1 by wecom\n  at 2026-11-03 09:01 expect no remind\n  expect remind m1\n"
    assert failures(body + test.format(met)) == []
    for wrong in (
        "  at 2026-11-03 09:01 expect remind m1\n",
        "  expect no remind\n",
        "  expect remind m1 by email\n",
    ):
        assert len(failures(body + test.format(wrong))) == 1
