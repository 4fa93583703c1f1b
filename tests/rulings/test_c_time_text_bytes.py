"""Rulings 15 to 24: times, work time, texts, and the bytes of a decision."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from leadpolicy.engine.json_text import dumps
from tests.rulings.deciding import BASE, codes, decide, lead, policy, refused, truths

BERLIN = BASE.replace("Asia/Shanghai", "Europe/Berlin")


# ── Times ──


def test_ruling_15_a_month_ends_on_its_last_day_and_months_are_one_step() -> None:
    given = lead(starts="2026-01-31 10:00", starts_on="2024-01-31", span="P1M1DT1H")
    conditions = (
        "starts + 1 month is 2026-02-28 10:00",
        "starts + 2 * 1 month is 2026-03-31 10:00",
        "starts + 1 month + 1 month is 2026-03-28 10:00",
        "starts_on + 1 month is 2024-02-29",
        "starts + span is 2026-03-01 11:00",
        "starts - 2 months is 2025-11-30 10:00",
    )
    assert truths(*conditions, given=given) == [True] * 6


def test_ruling_15_days_keep_the_clock_and_hours_are_exact() -> None:
    given = lead(starts="2026-03-28 12:00")
    conditions = ("starts + 1 day is 2026-03-29 12:00", "starts + 24 hours is 2026-03-29 13:00")
    assert truths(*conditions, given=given, base=BERLIN) == [True, True]


@pytest.mark.parametrize(
    ("span", "is_30_days", "at_most_a_month", "is_a_year"),
    [
        ("1 month", True, True, False),
        ("12 months", False, False, True),
        ("365 days", False, False, True),
        ("31 days", False, False, False),
        ("360 days", False, False, False),
        ("720 hours", True, True, False),
        ("1 year", False, False, True),
    ],
)
def test_ruling_16_a_month_is_30_days_and_a_year_365(
    span: str, is_30_days: bool, at_most_a_month: bool, is_a_year: bool
) -> None:
    found = truths("span is 30 days", "span <= 1 month", "span is 1 year", given=lead(span=span))
    assert found == [is_30_days, at_most_a_month, is_a_year]


def test_ruling_16_months_beyond_a_year_add_to_its_365_days() -> None:
    assert truths("span is 425 days", "span > 424 days", given=lead(span="14 months")) == [True, True]


def test_ruling_17_a_gap_goes_forward_and_a_doubled_hour_is_the_earlier() -> None:
    given = lead(starts="2026-03-29 02:30", assigned_at="2026-10-25 02:30")
    conditions = (
        "starts is 2026-03-29 03:30",
        "starts - 2026-03-29 01:30 is 1 hour",
        "2026-10-25 03:30 - assigned_at is 2 hours",
    )
    assert truths(*conditions, given=given, base=BERLIN) == [True, True, True]
    decided = decide("let t = n > 1\n", lead(), base=BERLIN, now=datetime(2026, 10, 25, 2, 30))
    assert decided["at"] == "2026-10-25T02:30:00+02:00"


def test_ruling_17_the_zones_rules_are_compiled_in() -> None:
    zone = policy("", BERLIN).ir.zone
    assert zone.tzdata
    assert (int(datetime.fromisoformat("2026-03-29T01:00Z").timestamp()), 7200) in zone.transitions


def test_ruling_18_times_without_offset_are_in_the_policys_zone_and_a_date_is_its_midnight() -> None:
    given = lead(starts="2026-11-20", until="2026-11-20T00:00:00.000001+08:00")
    assert truths("starts is 2026-11-20 00:00", "until > starts", given=given) == [True, True]
    given = lead(starts="2026-11-19T16:00:00Z")
    assert truths("starts is 2026-11-20 00:00", given=given) == [True]
    assert codes("let a = starts > starts_on\n") == ["LP3008"]
    assert codes("let a = starts > 2026-11-20\n") == ["LP3008"]


def test_ruling_18_ranges_include_both_ends() -> None:
    conditions = ("m in 1 to 5", "n in 1 to 5", "starts_on in 2026-11-19 to 2026-11-20")
    assert truths(*conditions, given=lead(m=1, n=5, starts_on="2026-11-20")) == [True, True, True]
    assert truths(*conditions, given=lead(m=0, n=6, starts_on="2026-11-21")) == [False, False, False]
    # `holidays 2026-12-31 to 2027-01-01`: the last day is one; the next workday is Monday, 4 January.
    assert truths("starts + 1 workday is 2027-01-04 10:00", given=lead(starts="2026-12-30 10:00")) == [True]


def test_ruling_18_a_gap_between_bands_of_numbers_that_are_not_whole_warns() -> None:
    bands = "score s from 0 to 10 {{\n  bands {} {{\n    +10 when in 10 to 20\n    +5 when in {} to 9\n  }}\n}}\n"
    assert codes(bands.format("x", 1)) == ["LP4214"]
    assert codes(bands.format("n", 1)) == []


# ── Work time ──


@pytest.mark.parametrize(
    ("start", "added", "due"),
    [
        ("2026-11-21 10:00", "0 work hours", "2026-11-21 10:00"),
        ("2026-11-21 10:00", "0 workdays", "2026-11-21 10:00"),
        ("2026-11-21 10:00", "1 work hour", "2026-11-23 10:00"),
        ("2026-11-20 17:30", "1 work hour", "2026-11-23 09:30"),
        ("2026-11-20 17:00", "24 work hours", "2026-11-25 17:00"),
        ("2026-11-20 11:00", "1.5 work hours", "2026-11-20 13:30"),
        ("2026-11-20 10:00", "2 workdays", "2026-11-24 10:00"),
        ("2026-11-21 20:00", "1 workday", "2026-11-23 20:00"),
    ],
)
def test_ruling_19_work_time_forward(start: str, added: str, due: str) -> None:
    assert truths(f"starts + {added} is {due}", given=lead(starts=start)) == [True]


@pytest.mark.parametrize(
    ("start", "taken", "due"),
    [
        ("2026-11-23 09:00", "1 work hour", "2026-11-20 17:00"),
        ("2026-11-20 13:00", "1 work hour", "2026-11-20 11:00"),
        ("2026-11-21 10:00", "8 work hours", "2026-11-20 09:00"),
        ("2026-11-20 18:00", "8 work hours", "2026-11-20 09:00"),
        ("2026-11-20 09:00", "8 work hours", "2026-11-19 09:00"),
        ("2026-11-23 10:00", "1 workday", "2026-11-20 10:00"),
    ],
)
def test_ruling_19_work_time_backward_is_the_latest_moment(start: str, taken: str, due: str) -> None:
    assert truths(f"starts - {taken} is {due}", given=lead(starts=start)) == [True]


def test_ruling_19_fractions_are_for_hours_only_and_nothing_is_converted() -> None:
    assert codes("let a = starts + 1.5 work hours\n") == []
    assert codes("let a = starts + 1.5 workdays\n") != []
    assert codes("let a = 8 work hours is 1 workday\n") == ["LP3001"]
    assert codes("let a = 8 work hours > 8 hours\n") == ["LP3001"]


CHINA = BASE.replace("  holidays   2026-12-31 to 2027-01-01\n  workdays   2026-12-26\n", "  holidays country CN\n")


def with_line(line: str) -> str:
    return CHINA.replace("holidays country CN\n", f"holidays country CN\n  {line}\n")


def test_ruling_20_a_countrys_days_include_its_make_up_workdays_and_the_later_line_wins() -> None:
    # 2026-02-14 is a Saturday that is worked for the Spring Festival; the 16th to 23rd are off.
    given = lead(starts="2026-02-13 10:00")
    conditions = ("starts + 1 workday is 2026-02-14 10:00", "starts + 2 workdays is 2026-02-24 10:00")
    assert truths(*conditions, given=given, base=CHINA) == [True, True]
    base = with_line("holidays 2026-02-14")
    assert truths("starts + 1 workday is 2026-02-24 10:00", given=given, base=base) == [True]
    base = with_line("holidays 2026-02-14\n  workdays 2026-02-14")
    assert truths("starts + 1 workday is 2026-02-14 10:00", given=given, base=base) == [True]


@pytest.mark.parametrize(("assigned", "provisional"), [("2026-06-01 10:00", False), ("2090-06-01 10:00", True)])
def test_ruling_20_a_due_time_past_the_published_years_is_provisional(assigned: str, provisional: bool) -> None:
    recall = "recall {\n  late: at assigned_at + 3 workdays -> pool public\n}\n"
    now = datetime.fromisoformat(assigned)
    (due,) = decide(recall, lead(owner="m1", assigned_at=assigned), base=CHINA, now=now)["due"]
    assert due.get("provisional", False) is provisional


# ── Texts ──


def test_ruling_21_texts_are_trimmed_and_composed_and_then_exact() -> None:
    conditions = (
        'company is "Café"',
        'company is " Café "',
        'company is "café"',
        'company is "Cafe\u0301"',
        'company is "Ｃafé"',
    )
    assert truths(*conditions, given=lead(company=" Cafe\u0301 ")) == [True, True, False, True, False]
    assert codes('let a = company < "B"\n') == ["LP3005"]


@pytest.mark.parametrize(
    ("mail", "domain"),
    [("  Ann@Example.COM ", "example.com"), ('"a@b"@x.org', "x.org"), ("not an address", None), ("a@", "")],
)
def test_ruling_22_an_email_is_any_text_in_lower_case_with_a_domain(mail: str, domain: str | None) -> None:
    given = lead(mail=mail)
    assert truths(f'domain(mail) is "{domain}"', "domain(mail) is known", given=given) == [domain is not None] * 2
    assert truths(f"mail is {json.dumps(mail.strip().lower())}", given=given) == [True]


@pytest.mark.parametrize(
    ("phone", "kept"),
    [
        ("138 0000-0001", "+8613800000001"),
        ("+49 (30) 1234", "+49301234"),
        ("0049 30 1234", "+49301234"),
        (13800000001, "+8613800000001"),
        ("none given", "none given"),
    ],
)
def test_ruling_22_a_phone_is_digits_with_the_countrys_code(phone: object, kept: str) -> None:
    (why,) = decide("disqualify {\n  a: phone is known -> closed\n}\n", lead(phone=phone))["why"]
    assert why["values"] == {"phone": kept}


def test_ruling_23_markers_are_compared_exactly_before_anything_is_parsed() -> None:
    assert truths("n is known", "title is known", "x > 1", given=lead(n=" ? ", title="?", x="?")) == [
        False,
        False,
        None,
    ]
    base = BASE.replace('unknown  ["?"]', 'unknown  ["0", "Select"]')
    assert truths("n is known", "title is known", given=lead(n="0", title="Select"), base=base) == [False, False]
    ((_, field, expected, found),) = refused("let a = title is boss\n", lead(title="select"), base=base)
    assert (field, expected, found) == ("title", "one of manager, staff, boss", '"select"')


# ── Bytes ──


def test_ruling_24_only_parts_that_the_policy_lacks_are_left_out() -> None:
    assert list(decide("let a = n > 1\n")) == ["lead", "at", "policy", "missing", "why"]
    tables = 'table t: text {\n  | n    || t   |\n  | >= 1 || "a" |\n  | -    || "b" |\n}\n'
    decided = decide(f"{tables}funnel {{\n  MQL: n >= 1\n}}\ndisqualify {{\n  x: n is 0 -> closed\n}}\n")
    assert list(decided) == ["lead", "at", "policy", "tables", "disqualified", "stage", "missing", "why"]
    assert (decided["tables"], decided["stage"], decided["disqualified"]) == ({"t": None}, None, [])
    assert decided["at"] == "2026-11-20T12:00:00+08:00"


def test_ruling_24_the_same_bytes_each_time() -> None:
    text = BASE + "score s from 0 to 5 {\n  +5 when n > 1\n}\n"
    first, second = (decide(text, base="") for _ in range(2))
    assert dumps(first) == dumps(second)


def test_ruling_24_the_digest_holds_what_has_a_meaning_and_nothing_else() -> None:
    body = 'list north = ["a"]\nlet a = region in north\n'
    same = policy(
        f'# a remark\n{body}\ntest "t" {{\n  given Lead {{ id: "1", created_at: 2026-11-01 09:00 }}\n  expect n is unknown\n}}\n'
    )
    others = [
        policy(body.replace('"a"', '"b"')),
        policy(body, BASE.replace("workdays   2026-12-26", "workdays   2026-12-27")),
        policy(body, BASE.replace("Asia/Shanghai", "Asia/Singapore")),
    ]
    digest = policy(body).digest
    assert same.digest == digest
    assert len({digest, *(one.digest for one in others)}) == 4
