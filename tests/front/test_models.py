"""`policy.models`: Pydantic models made from facts, whatever the fields are called."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest
from pydantic import ValidationError

from leadpolicy import Policy

POLICY = """\
policy names {
  about    线索
  zone     "Asia/Shanghai"
  currency CNY
  unknown  ["-"]
}

fact 线索 {
  编号:    text key
  class:   one of [a, b]     "Class"
  json:    int               ask "How many?"
  self:    bool
  money_1: money
  tags:    list of text
  adopts:  duration
  seen:    time
  level:   one of [x, y] or none
}

score s from 0 to 10 {
  +5 when class is a
  +3 when json >= 3
}
"""

NOW = datetime(2026, 11, 20)


@pytest.fixture(scope="module")
def policy() -> Policy:
    return Policy.from_source(POLICY)


def test_awkward_names_have_an_alias_and_decide_alike(policy: Policy) -> None:
    model = policy.models.线索
    by_alias = model.model_validate({"编号": "1", "class": "a", "json": 4})
    by_name = model(编号="1", class_="a", json_=4)
    wanted = policy.decide({"编号": "1", "class": "a", "json": 4}, now=NOW).to_json()
    assert wanted == policy.decide(by_alias, now=NOW).to_json() == policy.decide(by_name, now=NOW).to_json()
    assert '"value": 8' in wanted


def test_types(policy: Policy) -> None:
    lead = policy.models["线索"].model_validate(
        {"编号": "1", "money_1": 0.1, "tags": ["a"], "adopts": "6 months", "seen": "2026-11-20T10:00", "level": "-"}
    )
    assert lead.money_1 == Decimal("0.1")
    assert (lead.class_, lead.adopts, lead.level) == (None, "6 months", "-")


@pytest.mark.parametrize("bad", [{}, {"编号": "1", "class": "z"}, {"编号": "1", "nonsense": 1}])
def test_mistakes_are_refused(policy: Policy, bad: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        policy.models.线索.model_validate(bad)


def test_the_schema_speaks_the_policys_names(policy: Policy) -> None:
    properties = policy.models.线索.model_json_schema()["properties"]
    assert list(properties) == ["编号", "class", "json", "self", "money_1", "tags", "adopts", "seen", "level"]
    assert properties["class"]["title"] == "Class"
    assert properties["json"]["description"] == "How many?"


def test_a_fact_that_is_not_there(policy: Policy) -> None:
    with pytest.raises(AttributeError, match="did you mean 线索"):
        _ = policy.models.线
    assert [model.__name__ for model in policy.models] == ["线索"]
