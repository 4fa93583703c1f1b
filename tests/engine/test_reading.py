"""Reading: what each kind accepts, how it is kept and printed, and what errors say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

import pytest
from tests.engine.loading import NOW, program
from tests.ir_builders import (
    BOOL,
    DATE,
    DURATION,
    EMAIL,
    INT,
    MONEY,
    NEW_YORK,
    NUMBER,
    PERCENT,
    PHONE,
    SHANGHAI,
    TEXT,
    TIME,
    choice,
    fact,
    fact_field,
    field,
    known,
    list_of,
    make_policy,
    plain,
    ref,
    score,
)

from leadpolicy.compiler import ir
from leadpolicy.engine.errors import InputError

TITLE = choice("manager", "staff")


def policy_with(type_: ir.Type, zone: ir.Zone = SHANGHAI, **options: Any) -> ir.Policy:
    facts = [fact("Member")] if type_.kind == "fact" else []
    read = score("seen", plain(1, known(field("x", type_))))
    return make_policy(fields=[fact_field("x", type_, **options)], facts=facts, scores=[read], zone=zone)


def printed(type_: ir.Type, value: object, **options: Any) -> object:
    """What the field's value is printed as in reasons."""
    decision = program(policy_with(type_, **options)).decide({"id": "L1", "x": value}, now=NOW)
    return decision.why()[0].values["x"]


def refused(type_: ir.Type, value: object, **options: Any) -> tuple[str, str]:
    """(expected, found) of the error."""
    with pytest.raises(InputError) as error:
        program(policy_with(type_, **options)).decide({"id": "L1", "x": value}, now=NOW)
    assert (error.value.lead, error.value.field) == ("L1", "x")
    return error.value.expected, error.value.found


class Colour(StrEnum):
    RED = "red"


@pytest.mark.parametrize(
    ("type_", "value", "expected"),
    [
        (TEXT, "  e\u0301 ", "\u00e9"),
        (TEXT, 12, "12"),
        (TEXT, 1.5, "1.5"),
        (TEXT, Decimal("1.500"), "1.5"),
        (TEXT, Decimal("1E+3"), "1000"),
        (TEXT, "", ""),
        (TEXT, Colour.RED, "red"),
        (INT, 7, 7),
        (INT, 7.0, 7),
        (INT, Decimal("7.00"), 7),
        (INT, " +7.000 ", 7),
        (INT, "-007", -7),
        (INT, 999_999_999_999, 999_999_999_999),
        (NUMBER, 0.1, Decimal("0.1")),
        (NUMBER, "1e3", 1000),
        (NUMBER, "0.0000005", Decimal("0.000001")),
        (NUMBER, "-0.0000005", Decimal("-0.000001")),
        (NUMBER, "0.00000049999", 0),
        (NUMBER, "1e-999999999999", 0),
        (NUMBER, Decimal("-2.50"), Decimal("-2.5")),
        (MONEY, "5000 CNY", 5000),
        (MONEY, "12.50", Decimal("12.5")),
        (PERCENT, 0.25, Decimal("0.25")),
        (PERCENT, "25%", Decimal("0.25")),
        (PERCENT, "12.5 %", Decimal("0.125")),
        (BOOL, True, True),
        (BOOL, 0, False),
        (BOOL, "YES", True),
        (BOOL, "否", False),
        (DURATION, timedelta(days=1, hours=2), "P1DT2H"),
        (DURATION, timedelta(seconds=-1), "P-1DT23H59M59S"),
        (DURATION, "P1Y2M10DT2H30M", "P1Y2M10DT2H30M"),
        (DURATION, "P2W", "P14D"),
        (DURATION, "6 months", "P6M"),
        (DURATION, "1个月", "P1M"),
        (DURATION, "90 days", "P90D"),
        (DURATION, "1.5 days", "PT36H"),
        (DURATION, "PT0.5S", "PT0.5S"),
        (DURATION, "P0D", "PT0S"),
        (DURATION, "14 months", "P1Y2M"),
        (TIME, datetime(2026, 11, 20, 2, 0, tzinfo=UTC), "2026-11-20T10:00:00+08:00"),
        (TIME, datetime(2026, 11, 20, 10, 0), "2026-11-20T10:00:00+08:00"),
        (TIME, date(2026, 11, 20), "2026-11-20T00:00:00+08:00"),
        (TIME, "2026-11-20", "2026-11-20T00:00:00+08:00"),
        (TIME, "2026-11-20T10:00:30.250Z", "2026-11-20T18:00:30.25+08:00"),
        (TIME, "2026-11-20 10:00-05:00", "2026-11-20T23:00:00+08:00"),
        (DATE, date(2026, 11, 20), "2026-11-20"),
        (DATE, "2026-11-20T00:00:00", "2026-11-20"),
        (EMAIL, " A@B.com ", "a@b.com"),
        (PHONE, "0086 138-0000-0001", "+8613800000001"),
        (PHONE, "138 0000 0001", "+8613800000001"),
        (PHONE, 13800000001, "+8613800000001"),
        (PHONE, "+1 (202) 555", "+1202555"),
        (PHONE, "none yet", "none yet"),
        (TITLE, " manager ", "manager"),
        (list_of(TEXT), ["b", " a "], ["b", "a"]),
        (list_of(TEXT), "b; a；;c、d", ["b", "a", "c", "d"]),
        (list_of(INT), "[1, 2.0]", [1, 2]),
        (list_of(NUMBER), "[0.10]", [Decimal("0.1")]),
        (list_of(TEXT), ["a", None], ["a", None]),
        (list_of(TEXT), (), []),
        (ref("Member"), "m1", "m1"),
        (ref("Member"), 7, "7"),
        (ref("Member"), {"id": "m1"}, "m1"),
    ],
)  # fmt: skip
def test_accepted(type_: ir.Type, value: object, expected: object) -> None:
    assert printed(type_, value) == expected


@pytest.mark.parametrize(
    ("type_", "value", "expected", "found"),
    [
        (TEXT, True, "text", "True"),
        (TEXT, float("nan"), "text", "nan"),
        (TEXT, b"x", "text", "b'x'"),
        (INT, "many", "a whole number", '"many"'),
        (INT, 1.5, "a whole number", "1.5"),
        (INT, True, "a whole number", "True"),
        (INT, "١", "a whole number", '"١"'),
        (INT, 10**12, "a number below 10^12 in size", "1000000000000"),
        (INT, "-1000000000000", "a number below 10^12 in size", '"-1000000000000"'),
        (NUMBER, "1_0", "a number", '"1_0"'),
        (NUMBER, float("inf"), "a number", "inf"),
        (NUMBER, "999999999999.9999999", "a number below 10^12 in size", '"999999999999.9999999"'),
        (NUMBER, "1e999999999999", "a number below 10^12 in size", '"1e999999999999"'),
        (MONEY, "5 USD", "money in CNY", '"5 USD"'),
        (PERCENT, "a%", "a percentage", '"a%"'),
        (BOOL, 2, "true or false", "2"),
        (BOOL, "maybe", "true or false", '"maybe"'),
        (DURATION, "1.5 months", "a duration, such as 6 months", '"1.5 months"'),
        (DURATION, "P", "a duration, such as 6 months", '"P"'),
        (DURATION, 5, "a duration, such as 6 months", "5"),
        (TIME, "2026-02-30", "a time, such as 2026-11-20 10:00", '"2026-02-30"'),
        (TIME, "2026-11-20 24:00", "a time, such as 2026-11-20 10:00", '"2026-11-20 24:00"'),
        (TIME, 5, "a time, such as 2026-11-20 10:00", "5"),
        (DATE, "2026-11-20 10:00", "a date, such as 2026-11-20", '"2026-11-20 10:00"'),
        (EMAIL, 5, "an e-mail address", "5"),
        (PHONE, True, "a phone number", "True"),
        (TITLE, "boss", "one of manager, staff", '"boss"'),
        (TITLE, ["manager"], "one of manager, staff", "['manager']"),
        (list_of(INT), ["a"], "a list of a whole number", "['a']"),
        (list_of(INT), "[1", "a list of a whole number", '"[1"'),
        (ref("Member"), 1.5, "the key of a Member", "1.5"),
        (ref("Member"), {"name": "x"}, "the key of a Member", "{'name': 'x'}"),
        (INT, "x" * 100, "a whole number", '"' + "x" * 78 + "…"),
    ],
)  # fmt: skip
def test_refused(type_: ir.Type, value: object, expected: str, found: str) -> None:
    assert refused(type_, value) == (expected, found)


@pytest.mark.parametrize("type_", [TEXT, INT, NUMBER, BOOL, TITLE, list_of(TEXT), TIME, ref("Member")])
def test_markers_come_first(type_: ir.Type) -> None:
    assert printed(type_, " - ", markers=("-",)) is None
    assert printed(type_, None, or_none=True, markers=("-",)) == "none"
    assert printed(type_, "-", or_none=True, markers=("-",)) is None


def test_a_marker_in_a_list_leaves_it_open() -> None:
    assert printed(list_of(TEXT), ["a", "-"], markers=("-",)) == ["a", None]


def test_required() -> None:
    assert refused(INT, None, required=True) == ("a value: the field is required", "nothing")
    assert refused(INT, "-", required=True, markers=("-",)) == ("a value: the field is required", '"-"')


def test_messages_and_all_problems_in_field_order() -> None:
    policy = make_policy(fields=[fact_field("employees", INT), fact_field("ok", BOOL)])
    with pytest.raises(InputError) as caught:
        program(policy).decide({"id": "L7", "employees": "many", "ok": "?"}, now=NOW)
    error = caught.value
    assert [p.field for p in error.problems] == ["employees", "ok"]
    assert str(error.problems[0]) == 'lead `L7`, field `employees`: expected a whole number, found "many"'
    assert str(error) == f"{error.problems[0]} (and 1 more problem)"
    assert isinstance(error, ValueError)


def test_a_missing_key_has_no_lead() -> None:
    with pytest.raises(InputError) as caught:
        program(make_policy()).decide({}, now=NOW)
    assert caught.value.lead is None
    assert str(caught.value) == "field `id`: expected a value: the field is required, found nothing"


def test_zone_gap_and_doubled_hour() -> None:
    assert printed(TIME, "2026-03-08 02:30", zone=NEW_YORK) == "2026-03-08T03:30:00-04:00"
    assert printed(TIME, "2026-11-01 01:30", zone=NEW_YORK) == "2026-11-01T01:30:00-04:00"
    assert printed(TIME, "2026-11-01 02:00", zone=NEW_YORK) == "2026-11-01T02:00:00-05:00"


@dataclass
class Member:
    id: str
    level: str
    boss: object = None


@dataclass
class Lead:
    id: str
    owner: object


def members() -> ir.Policy:
    owner = fact_field("owner", ref("Member"), role="owner")
    member = fact("Member", fact_field("level", TEXT), fact_field("boss", ref("Member"), or_none=True))
    entry = plain(1, known(field("owner.boss.level", TEXT, nothing=True)))
    return make_policy(fields=[owner], facts=[member], scores=[score("s", entry)], reads_facts=["Member"])


def test_facts_must_be_passed() -> None:
    with pytest.raises(InputError) as caught:
        program(members()).decide({"id": "L1"}, now=NOW)
    error = caught.value
    assert (error.lead, error.field, error.expected, error.found) == (
        None, "facts", "facts: the policy reads Member", "nothing",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("owner", "passed", "expected"),
    [
        (None, [], "none"),
        ("m1", [], "none"),
        ("m1", [{"id": "m1"}], "none"),
        ("m1", [{"id": "m1", "boss": "m2"}], "none"),
        ("m1", [{"id": "m1", "boss": "m2"}, Member("m2", "senior")], "senior"),
        ("m1", [Member("m1", "x", boss=Member("m2", "deep"))], "deep"),
        (Member("m1", "x", boss="m2"), [{"id": "m2", "level": "top"}], "top"),
        (Member("m1", "x", boss="m2"), [{"id": "m1"}, {"id": "m2", "level": "top"}], "none"),
        ("m1", [{"id": "m1", "boss": "m1"}], None),
    ],
)
def test_paths(owner: object, passed: list[object], expected: object) -> None:
    decision = program(members()).decide(Lead("L1", owner), facts={"Member": passed}, now=NOW)
    assert decision.why()[0].values == {"owner.boss.level": expected}


def test_records_going_round() -> None:
    a = {"id": "a", "level": "A"}
    a["boss"] = a  # type: ignore[assignment]
    decision = program(members()).decide({"id": "L1", "owner": a}, facts={"Member": []}, now=NOW)
    assert decision.why()[0].values == {"owner.boss.level": "A"}


def test_two_records_of_one_key() -> None:
    same = [{"id": "m1", "level": "a"}, {"id": "m1", "level": " a"}]
    assert len(program(members()).facts({"Member": same}).records["Member"]) == 1
    with pytest.raises(InputError) as caught:
        program(members()).facts({"Member": [*same, {"id": "m1", "level": "b"}]})
    assert (caught.value.field, caught.value.expected) == ("Member.id", "one record of this key")
    assert caught.value.found == '"m1"'


def test_problems_inside_a_record_name_the_path() -> None:
    with pytest.raises(InputError) as caught:
        program(members()).decide({"id": "L1", "owner": {"id": "m", "level": True}}, facts={"Member": []}, now=NOW)
    assert (caught.value.lead, caught.value.field, caught.value.expected) == ("L1", "owner.level", "text")


def test_the_snapshot_is_out_of_reach() -> None:
    policy = make_policy(
        fields=[fact_field("tags", list_of(TEXT))], scores=[score("s", plain(1, known(field("tags", list_of(TEXT)))))]
    )
    tags = ["a"]
    lead: dict[str, Any] = {"id": "L1", "tags": tags}
    decision = program(policy).decide(lead, now=NOW)
    tags.append("b")
    lead["tags"] = None
    assert decision.why()[0].values == {"tags": ["a"]}
    boss = {"id": "m2", "level": "old"}
    rows = [{"id": "m1", "boss": boss}]
    decision = program(members()).decide({"id": "L1", "owner": "m1"}, facts={"Member": rows}, now=NOW)
    boss["level"] = "new"
    rows.clear()
    assert decision.why()[0].values == {"owner.boss.level": "old"}
