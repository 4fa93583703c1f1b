"""Records of several types taken in at once, and rules that are asked when all facts are in (decision 0013)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from leadpolicy import ActionError, InputError, Insert, Policy, Session
from leadpolicy.engine.session import session as core

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
POLICY = """policy p version "1" {
  about Lead
}
fact Lead {
  id:     text key
  status: one of [new, won]
  n:      int
}
event Call of Lead {
  seconds: int
  at:      time required as happened
}
fact Link {
  a: text
  b: text
}
fact Paper {
  id: text key
  n:  int required
}
rule first {
  when l: Lead where status is new
  when no Call of l where seconds > 10
  then flag l as quiet
}
rule linked priority 1 {
  when won: Lead where status is won
  when link: Link where a is won.id
  when near: Lead where id is link.b
  then flag near as linked
}
rule often {
  when l: Lead
  when count(Call of l) >= 2
  then flag l as often
}
"""
CALLS = [
    {"of": "L2", "seconds": 5, "at": NOW - timedelta(hours=1)},
    {"of": "L1", "seconds": 50, "at": NOW - timedelta(hours=3)},
    {"of": "L2", "seconds": 7, "at": NOW - timedelta(hours=2)},
    {"of": "L3", "seconds": 70, "at": NOW + timedelta(hours=1)},
]
LEADS = [{"id": f"L{i}", "status": "won" if i == 4 else "new", "n": i} for i in (3, 1, 4, 2)]
LINKS = [{"a": "L4", "b": "L2"}, {"a": "L4", "b": "L1"}, {"a": "L1", "b": "L2"}]
ALL: dict[str, list[Any]] = {"Call": CALLS, "Link": LINKS, "Lead": LEADS}


def policy(rules: str = "") -> Policy:
    return Policy.from_source(POLICY + rules)


def told(session: Session) -> list[Any]:
    return [session.firings, session.effects(), session.memory()]


def test_loading_is_a_batch_of_inserts() -> None:
    loaded, inserted = policy().session(now=NOW), policy().session(now=NOW)
    handles = loaded.load(ALL)
    inserted.batch([Insert(name, row) for name, rows in ALL.items() for row in rows])
    assert told(loaded) == told(inserted)
    assert [rule for _, rule, _ in loaded.firings] == ["linked", "linked", "first", "first", "often"]
    assert [[fact[1] for fact in facts if fact[0] == "Lead"] for _, _, facts in loaded.firings] == [
        ["L4", "L1"], ["L4", "L2"], ["L2"], ["L3"], ["L2"],
    ]  # fmt: skip
    assert {name: len(set(of_type)) for name, of_type in handles.items()} == {"Call": 4, "Link": 3, "Lead": 4}
    loaded.update(handles["Lead"][0], status="won")
    assert loaded.facts["Lead", "L3"]["status"] == "won"
    loaded.retract(handles["Call"][1])
    loaded.retract(handles["Call"][3])
    assert [call["seconds"] for call in loaded.facts["Call"]] == [7, 5]
    loaded.advance_to(NOW + timedelta(hours=2))
    assert len(loaded.facts["Call"]) == 2


@pytest.mark.parametrize("at_once", [0, 1, 10**9])
def test_when_rules_are_asked_makes_no_difference(at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core, "_TOGETHER", at_once)
    session = policy().session(now=NOW)
    session.load({"Lead": LEADS[:1], "Call": CALLS[3:]})
    session.load({"Call": CALLS[:3], "Link": LINKS, "Lead": LEADS[1:]})
    session.advance_to(NOW + timedelta(hours=2))
    assert [(rule, facts[-1][1]) for _, rule, facts in session.firings] == [  # type: ignore[index]
        ("first", "L3"), ("linked", "L1"), ("linked", "L2"), ("first", "L2"), ("often", "L2"),
    ]  # fmt: skip


@pytest.mark.parametrize("at_once", [1, 10**9])
def test_what_is_loaded_ends_matches_too(at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core, "_TOGETHER", at_once)
    quiet = "fact Quiet of Lead {\n}\nrule quiet {\n  when l: Lead\n  when no Call of l\n  then conclude Quiet of l {}\n}\n"
    session = policy(quiet).session(now=NOW)
    session.load({"Lead": LEADS[:2]})
    assert [fact.of for fact in session.facts["Quiet"]] == ["L1", "L3"]
    session.load({"Call": CALLS[:3], "Lead": LEADS[2:]})
    assert [fact.of for fact in session.facts["Quiet"]] == ["L3", "L4"]
    for _ in range(2):
        call = session.insert("Call", {"of": "L3", "at": NOW})
        assert [fact.of for fact in session.facts["Quiet"]] == ["L4"]
        session.retract(call)
        assert [fact.of for fact in session.facts["Quiet"]] == ["L3", "L4"]


def test_a_field_that_is_set_is_found_by_its_new_value_alone() -> None:
    rule = "rule near {\n  when l: Lead\n  when link: Link where a is l.town\n  then flag l as near\n}\n"
    text = POLICY.replace("  status: one of [new, won]\n", "  status: one of [new, won]\n  town:   text\n") + rule
    session = Policy.from_source(text).session(now=NOW)
    session.insert("Lead", {"id": "L1", "town": "a"})
    session.update(("Lead", "L1"), town="b")
    session.insert("Link", {"a": "a", "b": "x"})
    assert not [name for _, name, _ in session.firings if name == "near"]
    session.insert("Link", {"a": "b", "b": "x"})
    assert [facts[1][3][0] for _, name, facts in session.firings if name == "near"] == ["b"]


ORDERED = """policy p version "1" {
  about Lead
}
fact Lead {
  id:    text key
  owner: Member or none
}
fact Member {
  id:    text key
  level: int
}
fact Link {
  a: text
  b: text
}
event Call of Lead {
  id: text key
  at: time required as happened
}
fact Warm of Lead {
}
fact Quiet of Lead {
}
score fit from 0 to 10 {
  +5 each Call
}
rule go {
  when l: Lead
  WHEN
  then flag l as seen
}
rule quiet {
  when l: Lead
  when no Call of l
  then conclude Quiet of l {}
}
rule warm {
  when link: Link
  when l:    Lead where id is link.b
  then conclude Warm of l {}
}
"""


@pytest.mark.parametrize("at_once", [1, 10**9])
@pytest.mark.parametrize(
    "when",
    [
        "when any Link where b is l.id",
        "when count(Link where b is l.id) >= 1",
        "when l.owner.level > 0",
        "when l.fit >= 5",
        "when any Warm of l",
        "when warm: Warm of l",
        "when no Quiet of l",
    ],
)
def test_what_begins_later_than_its_facts_came_fires_later(
    when: str, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(core, "_TOGETHER", at_once)
    session = Policy.from_source(ORDERED.replace("WHEN", when)).session(now=NOW)
    session.load(
        {
            "Lead": [{"id": "L1", "owner": "m2"}, {"id": "L2", "owner": "m1"}],
            "Member": [{"id": "m2", "level": 1}, {"id": "m1", "level": 1}],
            "Link": [{"a": "2", "b": "L1"}, {"a": "1", "b": "L2"}],
            "Call": [{"id": "2", "of": "L1", "at": NOW}, {"id": "1", "of": "L2", "at": NOW}],
        }
    )
    fired = [facts[0] for _, rule, facts in session.firings if rule == "go"]
    assert fired == [["Lead", "L2"], ["Lead", "L1"]]


def test_facts_of_one_time_come_in_order_of_their_content() -> None:
    rule = "rule each {\n  when l: Lead\n  when call: Call of l\n  then flag l as called\n}\n"
    session = policy(rule).session(now=NOW)
    calls = [{"of": of, "seconds": n, "at": NOW} for n in (3, 1, 2) for of in ("L2", "L1")]
    session.load({"Call": calls, "Lead": LEADS[1:]})
    found = [facts[1][2:] for _, name, facts in session.firings if name == "each"]
    assert [(of, content[0]) for of, content in found] == [(f"L{n}", s) for n in (1, 2) for s in "123"]


@pytest.mark.parametrize("at_once", [1, 10**9])
def test_windows_of_what_was_loaded_end(at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core, "_TOGETHER", at_once)
    rule = "rule silent {\n  when l: Lead\n  when no Call of l within 3 hours\n  then flag l as silent\n}\n"
    session = policy(rule).session(now=NOW)
    session.load({"Call": CALLS[:3], "Lead": LEADS})
    session.advance_to(NOW + timedelta(hours=5))
    at = [(when[11:16], facts[0][1]) for when, name, facts in session.firings if name == "silent"]
    assert at == [("10:00", "L1"), ("10:00", "L3"), ("10:00", "L4"), ("12:00", "L2")]


def test_what_is_wrong_is_told_and_nothing_happens() -> None:
    session = policy().session(now=NOW)
    with pytest.raises(InputError) as caught:
        session.load(
            {"Lead": [{"id": "L1", "n": "many"}, {"id": "L2"}], "Call": [{"of": "L1"}], "Leed": [{}, {}], "Col": []}
        )
    assert [(p.field, p.found) for p in caught.value.problems] == [
        ("Lead.n", '"many"'), ("Call.at", "nothing"), ("fact", '"Leed"'), ("fact", '"Col"'),
    ]  # fmt: skip
    assert session.memory() == []


def test_records_may_be_objects_and_be_there_already() -> None:
    session = policy().session(now=NOW)
    known = session.insert("Lead", {"id": "L1", "n": 1})
    handles = session.load({"Lead": (SimpleNamespace(id=f"L{i}", status=None, n=i) for i in (1, 2))})
    assert handles["Lead"][0] == known
    assert [fact.key for fact in session.facts["Lead"]] == ["L1", "L2"]


def test_a_failed_firing_leaves_the_handles() -> None:
    rule = "rule paper {\n  when l: Lead\n  then add Paper { id: l.id, n: l.n }\n}\n"
    session = policy(rule).session(now=NOW)
    with pytest.raises(ActionError) as caught:
        session.load({"Lead": [{"id": "L1"}, {"id": "L2", "n": 2}]})
    assert session.update(caught.value.returned["Lead"][1], n=3) is None
    assert [fact.key for fact in session.facts["Paper"]] == ["L2"]


def test_nothing_is_nothing() -> None:
    session = policy().session(now=NOW)
    assert session.load({"Lead": []}) == {"Lead": []}
    assert session.load({}) == {}
