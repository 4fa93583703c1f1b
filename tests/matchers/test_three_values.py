"""Each condition that can be lowered, in a pattern, behind `any` and behind `no`: of each state of what it reads, the
same leads match as in the interpreter."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from leadpolicy.compiler.to_durable import lower
from tests.matchers.playing import Durable
from tests.rule_strategies import NOW, Naive, compiled, told, trace_of

pytestmark = pytest.mark.usefixtures("durable_rules")

HEAD = """policy states version "1" {
  about Lead
  unknown ["?"]
}
fact Lead {
  id: text key
  a:  int or none
  b:  int or none
  f:  bool or none
  c:  one of [low, middle, high] in order or none
  t:  text or none
}
let large = a >= 2
"""
CONDITIONS = [
    "a is 1", "a is not 1", "a < 1", "a >= 1", "a is b", "a is not b", "a < b", "a >= b", "a is known", "a is not known",
    "a is unknown", "not (a is unknown)", "a in [1, 2]", "a not in [1, 2]", "a in 1 to 2", "not (a in 1 to 2)", "a in b to 2",
    "f", "not f", "certainly f", "not certainly f", "possibly f", "not possibly f", "certainly (not f)", "possibly (a is b)",
    "(a is 1 or b is 1)", "not (a is 1 and b is 1)", "(a is b or f)", "not (f or a < b)", "(f and not f)", "(f or not f)",
    "a + b > 2", "a - b is 0", "a - a is 0", "a + a > b", "not (a + b > 2)", "1 - a > b", "large", "not large", "f is known",
    "c >= middle", "not (c >= middle)", 'c is low', 't is "x"', 't is not "x"', "t is not known", "a is a", "not (a is a)",
    "certainly (a is b or f)", "not possibly (a is b and f)",
]  # fmt: skip
STATES: list[Any] = ["?", None, 0, 1, 2]
"""Unknown, nothing, and numbers."""
FORMS = [
    "when p: Lead where {0}",
    "when p: Lead\n  when any Lead where id is p.id and {0}",
    "when p: Lead\n  when no Lead where id is p.id and {0}",
]


def leads() -> list[Any]:
    """All states of two numbers, with states of the other fields in turn."""
    others = list(product([True, False, "?", None], ["low", "middle", "high", "?", None], ["x", "y", "?", None]))
    found = []
    for i, (a, b) in enumerate(product(STATES, STATES)):
        f, c, t = others[i * 7 % len(others)]
        found.append(("insert", "Lead", {"id": f"L{i:02}", "a": a, "b": b, "f": f, "c": c, "t": t}))
    return found


@pytest.mark.parametrize("form", FORMS)
def test_the_same_leads_match(form: str) -> None:
    bodies = [form.format(condition) for condition in CONDITIONS]
    text = HEAD + "".join(f"rule r{i} {{\n  {body}\n  then flag p as f\n}}\n" for i, body in enumerate(bodies))
    policy = compiled(text)
    assert lower(policy).problems == ()
    fired = set()
    for lead in leads():
        history = [("batch", [lead])]
        naive = trace_of(lambda p, now: Naive(p, now), policy, NOW, history)
        ours = trace_of(lambda p, now: Durable(p, now), policy, NOW, history)
        found = [CONDITIONS[int(one[1][1:])] for one in ours[0]["firings"]]
        assert found == [CONDITIONS[int(one[1][1:])] for one in naive[0]["firings"]], lead
        assert told(ours) == told(naive)
        fired |= set(found)
    assert len(fired) > len(CONDITIONS) - 4
