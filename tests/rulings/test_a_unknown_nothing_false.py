"""Rulings 1 to 8: unknown, nothing, false."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.rulings.deciding import BASE, activity, decide, lead, refused, truths


@pytest.mark.parametrize(
    ("given", "plain", "or_none", "owner"),
    [
        ({}, None, False, False),
        ({"n": None, "limit": None, "owner": None}, None, False, False),
        ({"n": "?", "limit": " ? ", "owner": "?"}, None, None, None),
        ({"n": 7, "limit": 7, "owner": "m1"}, True, True, False),
    ],
)
def test_ruling_1_absent_is_unknown_or_nothing_where_declared(
    given: dict[str, object], plain: bool | None, or_none: bool | None, owner: bool | None
) -> None:
    found = truths("n is 7", "limit is 7", 'owner is "m7"', given=lead(**given))
    assert found == [plain, or_none, owner]


def test_ruling_1_owner_and_assigned_are_nothing_where_absent() -> None:
    assert truths("owner is unknown", "assigned_at is unknown", "starts is unknown") == [False, False, True]
    assert truths("owner is unknown", "assigned_at is unknown", given=lead(owner="?", assigned_at="?")) == [
        True,
        True,
    ]


def test_ruling_2_comparing_with_nothing_is_false() -> None:
    conditions = ("limit is 5", "limit > 5", "5 > limit", "limit is n", "limit in [1, 2]", "limit in 1 to 5",
                  "partner.level >= junior", "tags contains partner.name", "limit is limit", "earlier(limit, limit) is 5")  # fmt: skip
    assert truths(*conditions) == [False] * len(conditions)
    assert truths("limit is not 5", "limit not in [1, 2]", "not (limit > 5)", "limit is not n") == [True] * 4


def test_ruling_2_arithmetic_with_nothing_and_by_zero_gives_nothing() -> None:
    given = lead(m=0, x=8)
    conditions = ("limit + 1 > 0", "limit + n > 0", "x / m > 1", "x / m <= 1", "n / m > 1")
    assert truths(*conditions, given=given) == [False] * 5
    assert truths("(x / m) is known", "(x / m) is unknown", given=given) == [False, False]


def test_ruling_2_nothing_is_false_as_a_condition_and_earlier_waits_for_the_unknown() -> None:
    given = lead(starts="2026-11-05 09:00")
    assert truths("flagged", "not flagged", "flagged or n > 0", given=given) == [False, True, None]
    conditions = ("earlier(until, starts) is 2026-11-05 09:00", "earlier(until, until) is known",
                  "later(until, assigned_at, starts) is 2026-11-05 09:00", "later(starts, created_at) is known")  # fmt: skip
    assert truths(*conditions, given=given) == [True, False, True, True]
    assert truths("earlier(until, starts) > created_at", "later(starts, created_at) > created_at") == [None, None]


def test_ruling_3_is_known_and_is_unknown_are_never_unknown() -> None:
    asked = ("{} is known", "{} is unknown", "{} is not known")
    of = {name: truths(*(text.format(name) for text in asked), given=lead(m=1)) for name in ("m", "n", "limit")}
    assert of == {"m": [True, False, False], "n": [False, True, True], "limit": [False, False, True]}
    conditions = ("(m > 5) is known", "(n > 5) is known", "(n > 5) is unknown", "(limit > 5) is known")
    assert truths(*conditions, given=lead(m=1)) == [True, False, True, True]


RECALL = """
recall {
  late: at assigned_at + 1 day when region is "north" unless title is boss -> pool public
}
"""


@pytest.mark.parametrize(
    ("given", "due", "unknown"),
    [
        ({"region": "north", "title": "staff"}, True, None),
        ({"region": "north"}, True, ["title"]),
        ({"region": "north", "title": "boss"}, False, None),
        ({"title": "staff"}, False, ["region"]),
    ],
)
def test_ruling_4_when_needs_true_and_unless_blocks_only_when_true(
    given: dict[str, object], due: bool, unknown: list[str] | None
) -> None:
    decided = decide(RECALL, lead(owner="m1", assigned_at="2026-11-20 09:00", **given))
    (why,) = [w for w in decided["why"] if w["part"] == "recall"]
    assert ([d["entry"] for d in decided["due"]] == ["late"], why.get("unknown")) == (due, unknown)


def test_ruling_4_unknown_disqualifies_nobody() -> None:
    assert decide("disqualify {\n  few: n < 5 -> closed\n}\n")["disqualified"] == []


@pytest.mark.parametrize(
    ("tags", "x", "found"),
    [
        (["a", "?"], "a", True),
        (["a", "?"], "b", None),
        (["a"], "b", False),
        (["a"], "?", None),
        ([], "?", False),
        ("?", "a", None),
    ],
)
def test_ruling_5_lists_that_may_have_more(tags: object, x: str, found: bool | None) -> None:
    assert truths("company in tags", "tags contains company", given=lead(tags=tags, company=x)) == [found, found]


CALLS = [activity("2026-11-10 09:00", kind="call", seconds=60), activity("2026-11-12 09:00", seconds=30)]
MAYBE_LAST = {"events": {"Activity": CALLS}}
"""A call, and later something that may have been one."""


def test_ruling_6_any_no_and_count_of_maybes() -> None:
    calls = "count(Activity where kind is call)"
    conditions = (
        f"{calls} >= 1",
        f"{calls} >= 2",
        f"{calls} >= 3",
        f"{calls} is 1",
        f"{calls} in [1, 2]",
        f"{calls} is known",
    )
    assert truths(*conditions, **MAYBE_LAST) == [True, None, False, None, True, False]
    conditions = ("any Activity where kind is call", "any Activity where kind is visit", "no Activity where kind is visit",
                  "no Activity where kind is call", "any Activity where kind is trial and seconds > 99")  # fmt: skip
    assert truths(*conditions, **MAYBE_LAST) == [True, None, None, False, False]
    assert truths("any Activity", "no Activity", "count(Activity) is 0") == [False, True, True]


def test_ruling_6_sums_and_picks_of_maybes() -> None:
    conditions = ("sum(seconds of Activity where kind is call) >= 60", "last(Activity where kind is call).seconds is 60",
                  "first(Activity where kind is call).seconds is 60", "sum(seconds of Activity) is 90",
                  "last(Activity where kind is call) is known")  # fmt: skip
    assert truths(*conditions, **MAYBE_LAST) == [None, None, True, True, False]
    unnumbered = {"events": {"Activity": [activity("2026-11-10 09:00", kind="call")]}}
    assert truths("sum(seconds of Activity) >= 0", "count(Activity) is 1", **unnumbered) == [None, True]


def test_ruling_7_unknown_never_equals_unknown() -> None:
    others = {"facts": {"Lead": [lead(id="L2"), lead(id="L3", company="A")]}}
    same = "Lead where company is this.company and id is not this.id"
    assert truths(f"any {same}", f"no {same}", f"count({same}) >= 1", **others) == [None, None, None]
    given = lead(company="B")
    assert truths(f"any {same}", f"no {same}", f"count({same}) <= 1", given=given, **others) == [None, None, True]


def test_ruling_8_what_is_read_must_be_passed_if_only_as_nothing() -> None:
    reads = "disqualify {\n  a: any Activity -> closed\n  b: any Member where away -> closed\n}\n"
    found = refused(reads, lead(), events=None, facts=None)
    assert [(field, expected) for _, field, expected, _ in found] == [
        ("facts", "facts: the policy reads Member"),
        ("events", "events: the policy reads Activity"),
    ]
    assert decide(reads, events=[], facts=[])["disqualified"] == []


def test_ruling_8_a_run_knows_all_leads_of_its_file_and_notes_that_no_events_were_given(
    command: Callable[..., str],
) -> None:
    same = "disqualify {\n  twin: any Lead where company is this.company and id is not this.id -> closed\n  active: any Activity -> closed\n}\n"
    Path("p.lead").write_text(BASE + same, encoding="utf-8")
    Path("l.csv").write_text(
        "id,company,created_at\nL1,A,2026-11-01\nL2,B,2026-11-01\nL3,A,2026-11-01\n", encoding="utf-8"
    )
    ran = command("run", "p.lead", "l.csv", "--now", "2026-11-20T12:00", "--out", "out.jsonl", "--format", "json")
    decided = [json.loads(line) for line in Path("out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [len(d["disqualified"]) for d in decided] == [1, 0, 1]
    (note,) = json.loads(ran)["notes"]
    assert "no file of `Activity` is given" in note
