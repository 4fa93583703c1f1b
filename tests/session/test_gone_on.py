"""A match that a firing blocks and frees again has gone on, found or not: it fires in its old place (0012, section 4)."""

from __future__ import annotations

import pytest

from tests.rule_strategies import NOW, Naive, compiled
from tests.session_compiled import Compiled
from tests.session_traces import trace_of

POLICY = """policy on version "1" {
  about Lead
}
fact Lead { id: text key }
fact Stage {
  id: text key
  on: bool
}
fact One {
  id: text key
  k:  int
  n:  int
}
fact Two {
  id: text key
  k:  int
}
fact Block { n: int }
fact Mess { of: text }
rule switch priority 9 {
  when s: Stage where on is unknown
  then set s.on to true
}
rule mess priority 5 {
  when s: Stage where on
  when m: Mess
  when x: One where id is m.of
SECOND
  then add Block { n: x.n }
  then set x.n to x.n + 100
THIRD
}
rule pair {
  when s: Stage where on
  when a: One
  when b: Two where k is a.k
  when no Block where n is a.n
  then flag a as paired
}
"""
FORMS = {
    "one set": POLICY.replace("SECOND\n", "").replace("THIRD\n", ""),
    "sets that may be of one record": POLICY.replace("SECOND", "  when y: One where k is x.k").replace(
        "THIRD", "  then set y.k to x.k"
    ),
}


@pytest.mark.parametrize("made", [Naive, Compiled])
@pytest.mark.parametrize("form", FORMS)
def test_it_fires_in_its_old_place(form: str, made: type) -> None:
    inserts = [("insert", "Mess", {"of": "a1"}), ("insert", "Stage", {"id": "s"})]
    for i in (1, 2, 3):
        inserts += [("insert", "One", {"id": f"a{i}", "k": i, "n": i}), ("insert", "Two", {"id": f"b{i}", "k": i})]
    steps = [("batch", inserts)]
    (entry,) = trace_of(lambda policy, now: made(policy, now), compiled(FORMS[form]), NOW, steps)
    paired = [facts[1][1] for _, rule, facts in entry["firings"] if rule == "pair"]
    assert paired == ["a1", "a2", "a3"]
