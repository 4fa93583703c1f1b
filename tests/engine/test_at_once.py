"""Leads that are read and decided in one go: what isn't of a field's common kind comes out as it would in two steps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from leadpolicy import InputError, Policy

NOW = datetime(2026, 11, 26, 10, tzinfo=UTC)
TEXT = """policy quick version "1" {
  unknown ["-"]
}
fact Lead {
  id:     text key
  title:  one of [manager, staff, "-"]
  region: text
  size:   int
  low:    int
  exact:  int
  worth:  number
  hot:    bool
  rank:   int or none
  email:  email
}
score fit {
  points title { manager 10, staff 1 }
  bands size {
    +5 when >= 100
    +2 when in 10 to 99
  }
  bands low {
    +3 when < 5
    +1 when <= 50
  }
  +7  when exact is 4
  +20 when hot
  +100 when domain(email) is "163.com"
  +200 when worth > 0.5
}
queue a
queue b
pool  public
route {
  rest: region is "r1" and size is known and size >= 10 -> queue a
  some: rank >= 3                                       -> queue b
  otherwise                                             -> pool public
  undecided                                             -> queue b
}
"""
POLICY = Policy.from_source(TEXT)
LEAD = {
    "id": "L1", "title": "manager", "region": "r1", "size": 120, "low": 3, "exact": 4, "worth": 1, "hot": True,
    "rank": 1, "email": "A@163.com",
}  # fmt: skip


def score(lead: object) -> Decimal:
    return POLICY.decide(lead, now=NOW).scores["fit"].value


def in_two_steps(lead: object) -> str:
    """With facts, though none are read: then a lead is read first and decided behind that."""
    return POLICY.program.decide(lead, facts={}, now=NOW).to_json(trace=True)


def test_the_policy_is_decided_in_one_go() -> None:
    POLICY.decide(LEAD, now=NOW)
    assert POLICY.program.at_once is not None
    assert POLICY.program.at_once(LEAD, 0, None) is not None
    assert score(LEAD) == 10 + 5 + 3 + 7 + 20 + 100 + 200


@pytest.mark.parametrize(
    ("field", "value", "points"),
    [
        ("size", "120", 345), ("size", 120.0, 345), ("size", Decimal(99), 342), ("size", None, 340), ("size", "-", 340),
        ("low", -999_999_999_999, 345), ("low", 51, 342), ("low", "50", 343), ("exact", 5, 338), ("hot", 1, 345),
        ("hot", "no", 325), ("hot", None, 325), ("title", " staff ", 336), ("title", "-", 335), ("title", None, 335),
        ("worth", 0.5, 145), ("worth", "0.500001", 345), ("email", "b@x.com", 245), ("email", "-", 245), ("rank", "-", 345),
    ],
)  # fmt: skip
def test_values_of_other_kinds_count_as_ever(field: str, value: object, points: int) -> None:
    lead = {**LEAD, field: value}
    assert score(lead) == points
    for form in (lead, SimpleNamespace(**lead)):
        assert POLICY.decide(form, now=NOW).to_json(trace=True) == in_two_steps(form)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("size", True), ("size", 10**12), ("size", -(10**12)), ("size", "many"), ("low", 10**12), ("low", -(10**12)),
        ("low", False), ("exact", 10**12), ("exact", -(10**12)), ("exact", 1.5), ("hot", 2), ("hot", "maybe"),
        ("title", "boss"), ("title", ["manager"]), ("region", ["r1"]), ("worth", float("nan")), ("id", None), ("id", " - "),
        ("rank", True),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_as_ever(field: str, value: object) -> None:
    lead = {**LEAD, field: value}
    with pytest.raises(InputError) as expected:
        in_two_steps(lead)
    for form in (lead, SimpleNamespace(**lead)):
        with pytest.raises(InputError) as found:
            POLICY.decide(form, now=NOW)
        assert found.value.problems == expected.value.problems
        assert found.value.problems[0].field == field
    with pytest.raises(InputError):
        list(POLICY.decide_many([LEAD, lead], now=NOW))


def test_of_many_the_bad_ones_are_told_and_the_others_decided() -> None:
    told: list[int] = []
    leads = [LEAD, {**LEAD, "size": True}, SimpleNamespace(**LEAD), {**LEAD, "size": "7"}]
    decided = POLICY.decide_many(leads, now=NOW, on_error=lambda index, error: told.append(index))
    assert [int(one.scores["fit"].value) for one in decided] == [345, 345, 340]
    assert told == [1]


def test_later_changes_of_a_lead_do_not_reach_the_decision() -> None:
    lead = dict(LEAD)
    decision = POLICY.decide(lead, now=NOW)
    before = POLICY.decide(LEAD, now=NOW).to_json(trace=True)
    lead.update(title="staff", size=None, region=None, hot=False)
    assert decision.to_json(trace=True) == before


def test_a_key_is_printed_clean() -> None:
    assert POLICY.decide({**LEAD, "id": "  e\u0301 "}, now=NOW).lead == "é"


@dataclass
class Half:
    """An object with some of the fields, one of them a property that fails."""

    id: str
    size: int = 10

    @property
    def region(self) -> str:
        raise AttributeError("not loaded")


class Slotted:
    """An object whose fields aren't in a dict of its own; others than the policy's are no matter."""

    __slots__ = (*LEAD, "more")

    def __init__(self, **values: Any) -> None:
        for name, value in values.items():
            setattr(self, name, value)


def test_objects_without_some_of_the_fields_are_decided() -> None:
    assert score(Half("h")) == 2
    assert score(SimpleNamespace(id="x", title="staff")) == 1
    assert score(Slotted(**LEAD)) == 345
    assert score(Slotted(id="s", hot=True)) == 20


def test_models_and_other_mappings_are_decided() -> None:
    class Row(dict[str, Any]):
        pass

    assert score(POLICY.models.Lead(**{k: v for k, v in LEAD.items() if k != "worth"})) == 145
    assert score(Row(LEAD)) == 345


def test_another_time_is_another_time() -> None:
    text = TEXT.replace("score fit {", "score fit {\n  +1000 when age(made) < 1 hour").replace(
        "email:  email", "email:  email\n  made: time"
    )
    policy = Policy.from_source(text)
    lead = {**LEAD, "made": datetime(2026, 11, 26, 9, 30, tzinfo=UTC)}
    values = [policy.decide(lead, now=NOW.replace(hour=hour)).scores["fit"].value for hour in (10, 11, 10, 9)]
    assert values == [1345, 345, 1345, 345]
    assert policy.decide(lead).at.tzinfo is not None
