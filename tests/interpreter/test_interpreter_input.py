"""Leads, other facts, paths: rulings 1, 8, 44, and what is wrong with input, all at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import ir_builders as b
import pytest

from leadpolicy.compiler.interpreter import Interpreter, InterpreterInputError, Problem

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)

MEMBER = b.fact(
    "Member",
    b.fact_field("id", b.TEXT, key=True),
    b.fact_field("level", b.choice("senior", "junior")),
    b.fact_field("manager", b.ref("Member"), or_none=True),
)
POLICY = b.make_policy(
    [
        b.fact_field("owner", b.ref("Member"), role="owner", markers=("?",)),
        b.fact_field("size", b.INT, required=True),
    ],
    [MEMBER],
    reads_facts=["Member"],
)
DECIDER = Interpreter(POLICY)
LEVEL = b.field("owner.level", b.choice("senior", "junior"), nothing=True)
BOSS = b.field("owner.manager", b.ref("Member"), nothing=True)


def level(owner: object, *members: object) -> object:
    return DECIDER.run({"id": "L1", "size": 1, "owner": owner}, facts={"Member": members}, now=NOW).show(LEVEL)


def problems(lead: object, facts: Any) -> list[tuple[str | None, str, str, str, str]]:
    with pytest.raises(InterpreterInputError) as caught:
        DECIDER.run(lead, facts=facts, now=NOW)
    return [(p.lead, p.fact, p.field, p.expected, p.found) for p in caught.value.problems]


def test_ruling_8_a_path_through_what_was_not_passed_is_nothing() -> None:
    assert level("m1", {"id": "m1", "level": "senior"}) == "senior"
    assert level("m1", {"id": "m1"}) is None
    assert level("m2", {"id": "m1", "level": "senior"}) == "none"
    assert level(None, {"id": "m1", "level": "senior"}) == "none"
    assert level("?", {"id": "m1", "level": "senior"}) is None


def test_ruling_8_facts_that_are_read_must_be_passed() -> None:
    missing = (None, "facts", "facts", "facts: the policy reads Member", "nothing")
    assert problems({"id": "L1", "size": 1}, None) == [missing]
    assert DECIDER.run({"id": "L1", "size": 1}, facts={}, now=NOW).show(LEVEL) == "none"
    assert level(None) == "none"


def test_all_problems_are_named_at_once_facts_before_the_lead() -> None:
    found = problems({"owner": 1.5}, {"Member": [{"id": "m1", "level": "boss"}, {"level": "junior"}]})
    assert found == [
        ("m1", "Member", "Member.level", "one of senior, junior", '"boss"'),
        (None, "Member", "Member.id", "a value: the field is required", "nothing"),
        (None, "Lead", "id", "a value: the field is required", "nothing"),
        (None, "Lead", "owner", "the key of a Member", "1.5"),
        (None, "Lead", "size", "a value: the field is required", "nothing"),
    ]


def test_equal_records_of_one_key_are_one_and_unequal_ones_a_problem() -> None:
    one, other = {"id": "m1", "level": "senior"}, {"id": "m1", "level": "junior"}
    assert level("m1", one, dict(one)) == "senior"
    assert problems({"id": "L1", "size": 1}, {"Member": [one, other]}) == [
        ("m1", "Member", "Member.id", "one record of this key", '"m1"')
    ]


def test_a_record_may_stand_where_its_key_is_expected() -> None:
    lin = {"id": "m1", "level": "junior", "manager": {"id": "m2"}}
    assert level(lin) == "junior"
    assert level(lin, {"id": "m1", "level": "senior"}) == "senior"
    case = DECIDER.run({"id": "L1", "size": 1, "owner": lin}, facts={"Member": []}, now=NOW)
    assert case.show(BOSS) == "m2"
    assert case.show(b.field("owner.manager.level", b.TEXT, nothing=True)) is None


def test_a_record_that_refers_to_itself_is_read_once() -> None:
    @dataclass
    class Person:
        id: str
        level: str
        manager: Any = None

    lin = Person("m1", "senior")
    lin.manager = lin
    assert level(lin) == "senior"


def test_an_embedded_record_without_a_key_is_a_problem() -> None:
    assert problems({"id": "L1", "size": 1, "owner": {"level": "junior"}}, {"Member": []}) == [
        (None, "Member", "Member.id", "a value: the field is required", "nothing")
    ]


def test_objects_are_read_by_attribute_and_unknown_keys_ignored() -> None:
    @dataclass
    class Lead:
        id: int
        size: float

    assert DECIDER.run(Lead(7, 2.0), facts={"Member": []}, now=NOW).decision()["lead"] == "7"
    extra = {"id": "L1", "size": 1, "colour": "red"}
    assert DECIDER.run(extra, facts={"Member": []}, now=NOW).decision()["lead"] == "L1"


def test_ruling_44_the_lead_itself_is_among_the_facts() -> None:
    policy = b.make_policy([b.fact_field("parent", b.ref("Lead")), b.fact_field("size", b.INT)])
    case = Interpreter(policy).run({"id": "L1", "parent": "L1", "size": 3}, now=NOW)
    assert case.show(b.field("parent.size", b.INT, nothing=True)) == 3


def test_a_problem_is_readable() -> None:
    error = InterpreterInputError((Problem("L1", "Lead", "size", "a whole number", '"x"'),))
    assert str(error) == 'Lead L1: size: expected a whole number, found "x"'
