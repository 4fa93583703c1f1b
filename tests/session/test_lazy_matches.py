"""Matches that are found when their turn comes, against the interpreter: rules that a stage switches on and off, and
long runs of firings that add, change and remove what other matches are made of (decision 0013)."""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leadpolicy.compiler.to_python.module import matching_or_error
from tests.rule_strategies import NOW, History, Naive, compiled, told, trace_of
from tests.session_compiled import Called, Compiled

EXAMPLES = int(os.environ.get("LEADPOLICY_EXAMPLES", "60"))
LIMITS = {"most_of_a_match": 3, "most_following": 16}

HEAD = """policy staged version "1" {{
  about Part
{newest}}}
fact Stage {{
  id: text key
  s:  one of [p, q, r] required
}}
fact Tick {{
  id: text key
  n:  int required
}}
fact Part {{
  id: int key
  k:  int required
  v:  int
}}
fact Pair {{
  k: int required
  v: int
}}
fact Block {{
  k: int required
  v: int
}}
"""


ON = """rule on priority -2 {
  when stage: Stage where s is q
  then set stage.s to p
}
"""


@st.composite
def rules(draw: st.DrawFn, place: int) -> str:
    """A rule over a stage, parts, pairs, a tick, and what blocks."""
    pick = draw
    stage = pick(st.sampled_from(["p", "p", "p", "q", "r"]))
    lines = [f"when stage: Stage where s is {stage}"]
    if pick(st.integers(0, 4)) == 0:
        lines[0] = "when stage: Stage where s is not r"
    lines.append(
        "when part: Part" + pick(st.sampled_from(["", " where v >= 1", " where k is 1", " where v is known"]))
    )
    names = ["part"]
    if pick(st.integers(0, 4)):
        names.append("pair")
        more = pick(st.sampled_from(["", " and v is part.v", " and v is not part.v"]))
        lines.append(f"when pair: Pair where k is part.k{more}")
    if pick(st.integers(0, 2)) == 0:
        names.append("other")
        lines.append(f"when other: Part where k is {names[-2]}.k and id is not part.id")
    tick = pick(st.booleans())
    if tick or len(names) == 1:
        tick = True
        lines.insert(pick(st.sampled_from([1, len(lines)])), "when tick: Tick")
    if pick(st.integers(0, 3)) == 0:
        lines.append(lines.pop(0))
    blocks = ["no Block where k is part.k", "any Block where k is part.k", "count(Block where k is part.k) <= 1",
              "no Block where k is part.k and v is part.v"]  # fmt: skip
    if "pair" in names:
        blocks += ["no Block where k is part.k and v is pair.v"] * 2 + ["no Pair where k is pair.v"]
    lines += [f"when {one}" for one in pick(st.lists(st.sampled_from(blocks), max_size=2, unique=True))]
    actions = pick(st.lists(st.sampled_from(_actions(names, tick)), min_size=1, max_size=4, unique=True))
    if pick(st.integers(0, 3)) == 0:
        actions.append(f"set stage.s to {pick(st.sampled_from(['p', 'q', 'r']))}")
    lines += [f"then {one}" for one in actions]
    priority = pick(st.sampled_from(["", "", " priority 2", " priority -1"]))
    return f"rule rule_{place}{priority} {{\n  " + "\n  ".join(lines) + "\n}\n"


def _actions(names: list[str], tick: bool) -> list[str]:
    found = ["add Block { k: part.k, v: part.v }", "add Block { k: part.k }", "add Pair { k: part.k, v: part.k }",
             "add Pair { k: part.k, v: 1 }", "set part.v to part.v + 1", "set part.v to unknown", "set part.k to 3 - part.k",
             "remove part", "add Stage { id: \"s9\", s: p }", "flag part as seen"]  # fmt: skip
    if "pair" in names:
        found += ["add Block { k: pair.k, v: pair.v }"] * 2 + [
            "set pair.v to part.v",
            "remove pair",
            "set pair.k to 2",
        ]
    if tick:
        found += ["set tick.n to tick.n + 1"] * 2 + ["add Part { id: tick.n + 10, k: part.k, v: 1 }"]
        found += ["add Pair { k: tick.n, v: part.v }", "remove tick"]
    if "other" in names:
        found += ["remove other", "set other.v to part.v"]
    return found


@st.composite
def histories(draw: st.DrawFn) -> History:
    small, value = st.integers(1, 2), st.sampled_from([None, 1, 2])
    # Much that joins, so that much is still to be found when a rule fires.
    first: list[Any] = [("insert", "Part", {"id": i, "k": 1 + i % 2, "v": (None, 1, 2, 1)[i]}) for i in range(4)]
    first += [("insert", "Pair", {"k": k, "v": v}) for k, v in ((1, 1), (1, 2), (2, 1), (2, None))]
    first += [("insert", "Block", {"k": draw(small), "v": draw(value)}) for _ in range(draw(st.integers(0, 1)))]
    first += [("insert", "Tick", {"id": f"t{i}", "n": i}) for i in range(draw(small))]
    first += [("insert", "Stage", {"id": "s0", "s": draw(st.sampled_from(["q", "q", "r"]))})]
    history: list[Any] = [("batch", first)]
    for _ in range(draw(st.integers(1, 3))):
        change = draw(st.sampled_from(["stage", "stage", "stage", "pair", "block", "part"]))
        operation: Any = {
            "stage": ("update", ("key", "Stage", "s0"), {"s": draw(st.sampled_from(["q", "q", "q", "p", "r"]))}),
            "pair": ("insert", "Pair", {"k": draw(small), "v": draw(value)}),
            "block": ("insert", "Block", {"k": draw(small), "v": draw(value)}),
            "part": ("update", ("key", "Part", "0"), {"v": draw(value)}),
        }[change]
        history.append(("batch", [operation]))
    return history


@st.composite
def policies(draw: st.DrawFn) -> str:
    head = HEAD.format(newest="  newest first\n" if draw(st.booleans()) else "")
    return head + ON + "".join(draw(rules(place)) for place in range(draw(st.integers(1, 3))))


@settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow]
)
@given(policies(), histories())
def test_what_is_found_when_its_turn_comes_fires_as_if_it_had_been_stored(text: str, history: History) -> None:
    policy = compiled(text)
    naive = trace_of(lambda p, now: Naive(p, now, **LIMITS), policy, NOW, history)
    ours = trace_of(lambda p, now: Compiled(p, now, **LIMITS), policy, NOW, history)
    called = trace_of(lambda p, now: Called(p, now, **LIMITS), policy, NOW, history)
    for expected, found, other in zip(told(naive), told(ours), told(called), strict=True):
        assert found == expected
        assert other == expected


STAGED = """rule go {
  when stage: Stage where s is p
  when part:  Part
  when pair:  Pair where k is part.k
  when no Block where k is part.k and v is pair.v
  then ACTION
}
rule on priority -1 {
  when stage: Stage where s is q
  then set stage.s to p
}
"""


@pytest.mark.parametrize("newest", ["", "  newest first\n"])
@pytest.mark.parametrize(
    "action",
    [
        "flag part as seen",
        "add Block { k: part.k, v: pair.v }",
        "set stage.s to r",
        "set part.v to 7",
        "remove pair",
        "add Pair { k: part.k, v: 9 }",
    ],
)
def test_each_kind_of_change_while_matches_are_still_to_be_found(newest: str, action: str) -> None:
    policy = compiled(HEAD.format(newest=newest) + STAGED.replace("ACTION", action))
    assert "lazy_0_0" in matching_or_error(policy)
    first: list[Any] = [("insert", "Part", {"id": i, "k": 1 + i % 2, "v": i}) for i in range(4)]
    first += [("insert", "Pair", {"k": 1 + i % 2, "v": i}) for i in range(4)]
    first += [("insert", "Stage", {"id": "s0", "s": "q"})]
    history: Any = [("batch", first), ("batch", [("update", ("key", "Stage", "s0"), {"s": "q"})])]
    naive = trace_of(Naive, policy, NOW, history)
    assert naive[0]["firings"]
    assert told(trace_of(Compiled, policy, NOW, history)) == told(naive)
