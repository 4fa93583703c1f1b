"""Parts of leads after an instant that was undone; what is due a microsecond from now."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.rule_strategies import HOUR, NOW, Naive, compiled
from tests.session_compiled import Called, Compiled
from tests.session_traces import Trace, trace_of

POLICY = """policy undone version "1" {
  about Lead
}
fact Lead {
  id:     text key
  stage:  one of [rest, a, b]
  n:      int
  wanted: bool
}
event Call of Lead {
  at: time required as happened
}
score s from 0 to 10 {
  +5 when n > 3
}
rule bump priority 2 {
  when lead: Lead where stage is a and n is 1
  then set lead.n to 9
}
rule there priority 1 {
  when lead: Lead where stage is a
  when lead.s >= 5
  then set lead.stage to b
}
rule back {
  when lead: Lead where stage is b
  then set lead.stage to a
}
rule good priority -1 {
  when lead: Lead where wanted
  when lead.s >= 5
  then flag lead as good
}
rule silent {
  when lead: Lead
  when no Call of lead within 3 hours
  then flag lead as silent
}
"""
both = pytest.mark.parametrize("made", [Naive, Compiled])


def played(made: type, *steps: Any) -> Trace:
    return trace_of(lambda policy, now: made(policy, now), compiled(POLICY), NOW, steps)


@both
def test_a_part_is_what_it_was_once_an_instant_is_undone(made: type) -> None:
    lead = {"id": "L1", "stage": "rest", "n": 1}
    *_, round_, after = played(
        made,
        ("batch", [("insert", "Lead", lead)]),
        ("batch", [("update", ("key", "Lead", "L1"), {"stage": "a"})]),
        ("batch", [("update", ("key", "Lead", "L1"), {"wanted": True})]),
    )
    assert round_["error"][:2] == ["limit", "match"]
    assert after["memory"] == [["Lead", "L1", None, ["L1", "rest", "1", True]]]
    assert after["firings"] == []


@both
def test_what_is_due_a_microsecond_from_now_happens_then(made: type) -> None:
    at = datetime.fromtimestamp((NOW - 3 * HOUR + 1) / 1_000_000, UTC)
    first, last = played(
        made,
        ("batch", [("insert", "Lead", {"id": "L1"}), ("insert", "Call", {"of": "L1", "at": at})]),
        ("advance", NOW + 1),
    )
    assert first["firings"] == []
    assert [rule for _, rule, _ in last["firings"]] == ["silent"]


ROUND = """policy round version "1" {
  about Lead
}
fact Lead {
  id:    text key
  stage: one of [rest, a, b]
}
fact Bell {
  id: text key
}
rule there {
  when lead: Lead where stage is a
  then set lead.stage to b
}
rule back {
  when lead: Lead where stage is b
  then set lead.stage to a
}
rule all {
  when bell: Bell
  when lead: Lead where stage is rest
  then flag lead as heard
}
"""


@pytest.mark.parametrize("made", [Naive, Compiled, Called])
def test_an_update_that_is_undone_leaves_the_field_and_its_number(made: type) -> None:
    """Facts are told in the order of their numbers: that of one whose update was undone is the old one."""
    leads = [("insert", "Lead", {"id": f"L{i}", "stage": "rest"}) for i in (1, 2)]
    steps = [
        ("batch", leads),
        ("batch", [("update", ("key", "Lead", "L1"), {"stage": "a"})]),
        ("batch", [("insert", "Bell", {"id": "x"})]),
    ]
    _, undone, heard = trace_of(lambda policy, now: made(policy, now), compiled(ROUND), NOW, steps)
    assert undone["error"][0] == "limit"
    assert [fact[3][1] for fact in undone["memory"]] == ["rest", "rest"]
    assert [firing[2][1] for firing in heard["firings"]] == [["Lead", "L1"], ["Lead", "L2"]]


MERGED = """policy merged version "1" {
  about Lead
}
fact Lead {
  id: text key
}
fact Link {
  a: int
  b: one of [rest, a, b]
}
rule merge priority 1 {
  when one:   Link where a is 1 and b is a
  when other: Link where a is 2
  then set one.a to 2
  then set one.b to rest
  then set other.b to a
}
rule there {
  when link: Link where a is 2 and b is a
  then set link.b to b
}
rule back {
  when link: Link where a is 2 and b is b
  then set link.b to a
}
"""


@pytest.mark.parametrize("made", [Naive, Compiled, Called])
def test_a_handle_means_its_own_fact_once_a_merger_is_undone(made: type) -> None:
    """The first link becomes what the second is, and so goes; then rules go round, and all of it is undone."""
    links = [("insert", "Link", {"a": 1, "b": "rest"}), ("insert", "Link", {"a": 2, "b": "rest"})]
    _, undone, changed = trace_of(
        lambda policy, now: made(policy, now),
        compiled(MERGED),
        NOW,
        [
            ("batch", links),
            ("batch", [("update", ("nth", 0), {"b": "a"})]),
            ("batch", [("update", ("nth", 0), {"a": 7})]),
        ],
    )
    assert undone["error"][0] == "limit"
    assert [fact[3] for fact in undone["memory"]] == [["1", "rest"], ["2", "rest"]]
    assert [fact[3] for fact in changed["memory"]] == [["2", "rest"], ["7", "rest"]]


VIEWS = """policy views version "1" {
  about Lead
}
fact Lead {
  id: text key
  n:  int
}
fact View {
  id: text key
  n:  int
}
fact Copy {
  id: text key
}
rule view {
  when lead: Lead
  then conclude View { id: lead.id, n: lead.n }
}
rule seen {
  when view: View
  then THEN
}
"""


@pytest.mark.parametrize("then", ["flag view as seen", "conclude Copy { id: view.id }"])
@pytest.mark.parametrize("made", [Naive, Compiled, Called])
def test_a_match_goes_on_over_a_conclusion_that_comes_anew(made: type, then: str) -> None:
    steps = [
        ("batch", [("insert", "Lead", {"id": "L1", "n": 1})]),
        ("batch", [("update", ("key", "Lead", "L1"), {"n": 2})]),
        ("batch", [("update", ("key", "Lead", "L1"), {"n": 3})]),
    ]
    first, *others = trace_of(
        lambda policy, now: made(policy, now), compiled(VIEWS.replace("THEN", then)), NOW, steps
    )
    assert [rule for _, rule, _ in first["firings"]] == ["view", "seen"]
    assert [entry["firings"] for entry in others] == [[], []]
    assert others[-1]["conclusions"][0][:4] == ["View", "L1", None, ["L1", "3"]]


@pytest.mark.parametrize("made", [Naive, Compiled, Called])
@pytest.mark.parametrize(("most", "stopped"), [(2, True), (3, False)])
def test_so_many_firings_may_follow(made: type, most: int, stopped: bool) -> None:
    """One follows from the batch, three from it: where three may, nothing is stopped."""
    rules = "".join(
        f"rule r{n} {{\n  when lead: Lead where n is {n}\n  then set lead.n to {n + 1}\n}}\n" for n in range(4)
    )
    text = VIEWS[: VIEWS.index("rule view")] + rules
    (entry,) = trace_of(
        lambda policy, now: made(policy, now, most_of_a_match=1, most_following=most),
        compiled(text),
        NOW,
        [("batch", [("insert", "Lead", {"id": "L1", "n": 0})])],
    )
    assert (entry["error"] is not None) == stopped
    assert entry["memory"] == ([] if stopped else [["Lead", "L1", None, ["L1", "4"]]])
