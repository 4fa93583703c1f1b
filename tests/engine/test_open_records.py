"""Bounds, what is missing and reasons look only at records in which something is unknown: whatever that is, they are
those of the interpreter, which looks at all."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from leadpolicy import Policy
from leadpolicy.compiler import interpreter

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
POLICY = """\
policy open version "1" {
  zone "Asia/Shanghai"
}
fact Lead {
  id:    text key
  size:  int
  met:   time
}
event Call of Lead {
  kind:    one of [call, mail]
  seconds: int
  sure:    bool required
  tags:    list of text
  at:      time as happened
}
score calls from -50 to 50 {
  group "talks" at most 12 points {
    +5 each Call where kind is call within 30 days
    +3 each Call where kind is mail within 30 days, fading over 30 days
  }
  +2 once per day Call where seconds > 30
  +4 once Call where seconds > size
  -3 each Call where sure within 10 days
  +1 each Call where "hot" in tags within 90 days
  +6 when any Call where seconds >= 60 within 7 days
  +7 when count(Call where kind is mail) >= 2 and count(Call where seconds < 5 within 30 days) is 0
  +8 when any Call where seconds > size
}
gate spoken {
  called: any Call where kind is call and seconds > 10 ask "Did anybody call?"
  often:  count(Call within 30 days) >= 2
  passes when all
}
"""
KINDS = ("call", "mail", None)
SECONDS = (70, 3, None)
AGES = (2, 40, None)
TAGS: tuple[list[str] | None, ...] = (["hot"], [], None)


def calls() -> list[dict[str, Any]]:
    """Calls of every kind, length and age, unknown ones among them."""
    made = []
    for at, (kind, seconds, age) in enumerate(itertools.product(KINDS, SECONDS, AGES)):
        when = None if age is None else NOW - timedelta(days=age)
        made.append({"kind": kind, "seconds": seconds, "sure": at % 4 == 0, "tags": TAGS[at % 3], "at": when})
    return made


def pairs() -> list[list[dict[str, Any]]]:
    return [[], *([one] for one in calls()), *map(list, itertools.combinations(calls(), 2))]


@pytest.mark.parametrize("size", [40, None])
def test_bounds_and_reasons_are_the_interpreters(size: int | None) -> None:
    policy = Policy.from_source(POLICY)
    seen = set()
    for events in pairs():
        lead = {"id": "L1", "size": size}
        plain = interpreter.run(policy.ir, lead, events={"Call": events}, now=NOW).decision(trace=True)
        decision = policy.decide(lead, events=events, now=NOW)
        assert decision.to_dict(trace=True) == plain, events
        seen.add(tuple(one.field for one in decision.missing))
    assert len(seen) > 8
