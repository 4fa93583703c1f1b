"""A field that criteria ask about is asked for in the words of the first criterion that it makes unknown (0002, 6)."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime

from leadpolicy import Policy
from leadpolicy.compiler import interpreter

NOW = datetime(2026, 11, 24, tzinfo=UTC)
POLICY = """\
policy questions version "1" {
  zone "Asia/Shanghai"
}
fact Lead {
  id: text key
  a:  int ask "What is a?"
  b:  int
  c:  bool
}
score points from 0 to 20 {
  +5 when a > 1 and b > 1
  +3 when a > b
  +2 when c
}
gate first {
  one:   a > 1 and not c ask "Is a above one?"
  two:   a < 9           ask "Is a below nine?"
  three: b > 1 or c      ask "Is b above one?"
  passes when at least 2
}
gate second {
  four: b > 3 ask "Is b above three?"
  five: a > 5 ask "Is a above five?"
  passes when all
}
"""


def test_the_first_unknown_criterion_asks() -> None:
    policy = Policy.from_source(POLICY)
    asked = set()
    for a, b, c in itertools.product((0, 2, None), (0, 4, None), (True, False, None)):
        lead = {"id": "L", "a": a, "b": b, "c": c}
        plain = interpreter.run(policy.ir, lead, now=NOW).decision()
        found = [one.to_dict() for one in policy.decide(lead, now=NOW).missing]
        assert found == plain["missing"], lead
        asked |= {one["question"] for one in found}
    assert asked >= {"Is a above one?", "Is a below nine?", "Is b above one?", "Is b above three?"}


POINTS = """\
policy points version "1" {
  zone "Asia/Shanghai"
}
fact Lead {
  id: text key
  a:  int
  b:  int
  c:  bool
  d:  int
}
score s from 0 to 40 {
  +4 when a > 1 and c
  +4 when a > b
  +6 when d > 1
}
"""


def test_points_of_several_entries_add_up() -> None:
    """What holds back most points is asked for first."""
    policy = Policy.from_source(POINTS)
    for a, b, c, d in itertools.product((2, None), (1, None), (True, None), (0, None)):
        lead = {"id": "L", "a": a, "b": b, "c": c, "d": d}
        plain = interpreter.run(policy.ir, lead, now=NOW).decision()
        assert [one.to_dict() for one in policy.decide(lead, now=NOW).missing] == plain["missing"], lead
    missing = policy.decide({"id": "L", "b": 1, "c": True}, now=NOW).missing
    assert [one.field for one in missing] == ["a", "d"]
