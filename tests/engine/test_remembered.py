"""What is remembered from lead to lead (ends of scores, what is missing) is what would be worked out anew."""

from __future__ import annotations

import itertools
import random
from datetime import UTC, datetime
from typing import Any

import pytest

from leadpolicy import Policy
from leadpolicy.compiler import interpreter

NOW = datetime(2026, 11, 24, tzinfo=UTC)
POLICY = """\
policy remembered version "1" {
  about Lead
  zone "Asia/Shanghai"
}
fact Lead {
  id: text key
  a: int
  b: int
  c: int ask "What is c?"
  d: bool
  e: one of [x, y]
  f: bool
}
let mixed = (a > 1 and b > 1) or c > 1
score first from -5 to 20 {
  +5 when a > 1
  -3 when a < 1
  bands b {
    +7 when > 1
    +2 when > 0
  }
  points e { x 4, y -6 }
}
score second from 0 to 10 {
  group "both" at most 6 points {
    +4 when a > 1
    +4 when c > 1
  }
  +2 when a > 1 and b > 1
}
score total from -10 to 30 = first + second
table grade: text {
  | a   | d     || grade |
  | > 1 | true  || "A"   |
  | -   | false || "B"   |
  | -   | -     || "C"   |
}
gate ready {
  mixed: mixed ask "Is it mixed?"
  e:     e is known
  c:     c > 0 and d
  passes when at least 2
}
disqualify {
  bad:  a < 1 and (d or c < 1) -> closed
  spam: f                      -> closed
}
funnel {
  low:  total >= 3
  high: total >= 9 and ready passes
}
queue q
queue r
route {
  one: high and (d or mixed) -> queue q
  two: b > 1 and c is known  -> queue r
  otherwise -> queue q
  undecided -> queue r
}
"""


def leads() -> list[dict[str, Any]]:
    """All leads over small domains, unknown values among them."""
    domains = {
        "id": ("L",),
        "a": (None, 0, 2),
        "b": (None, 0, 2),
        "c": (None, 0, 2),
        "d": (None, False, True),
        "e": (None, "x", "y"),
        "f": (None, False, True),
    }
    return [dict(zip(domains, values, strict=True)) for values in itertools.product(*domains.values())]


@pytest.fixture(scope="module")
def policy() -> Policy:
    return Policy.from_source(POLICY)


@pytest.mark.parametrize("seed", [1, 2])
def test_every_lead_is_told_as_the_interpreter_tells_it_in_any_order(policy: Policy, seed: int) -> None:
    order = leads()
    random.Random(seed).shuffle(order)
    for lead in order:
        expected: Any = interpreter.run(policy.ir, lead, now=NOW).decision()
        found = policy.decide(lead, now=NOW).to_dict()
        assert found["missing"] == expected["missing"], lead
        assert found["scores"] == expected["scores"], lead


def test_something_is_remembered(policy: Policy) -> None:
    for lead in leads():
        policy.decide(lead, now=NOW).to_dict()
    told = policy.program.later.get()
    assert 100 < len(told.missing) <= 4096 + 1
    assert any(span is not None for span in told.scores[0].spans.values())
    assert set(told.scores[1].spans.values()) == {None}, "groups have limits of their own"
