"""What happens to one key (0012, sections 2 and 5): retracted and inserted in one batch; taken by an event that waits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.rule_strategies import HOUR, NOW, Naive, compiled
from tests.session_compiled import Compiled
from tests.session_traces import Played, Trace, trace_of

POLICY = """policy keys version "1" {
  about Lead
}
fact Lead {
  id:   text key
  n:    int
  made: time required as created
}
event Mail of Lead {
  id: text key
  n:  int
  at: time required as happened
}
fact Warm {
  id: text key
  n:  int
}
fact Hot of Lead {
  n: int
}
rule large {
  when lead: Lead where n >= 5
  then flag lead as large
}
"""
WRITES = """rule writes {
  when lead: Lead where n is known
  then add Mail of lead { id: "e1", n: lead.n, at: lead.made }
}
"""
MATCHERS: dict[str, Callable[..., Played]] = {"interpreter": Naive, "compiled": Compiled}
each = pytest.mark.parametrize("matcher", MATCHERS)


def iso(hours: int) -> int:
    return NOW + hours * HOUR


def lead(n: int, hours: int = 0, key: str = "L1") -> dict[str, Any]:
    from datetime import UTC, datetime

    return {"id": key, "n": n, "made": datetime.fromtimestamp(iso(hours) / 1_000_000, UTC)}


def play(matcher: str, rules: str, *steps: Any) -> Trace:
    return trace_of(lambda p, now: MATCHERS[matcher](p, now), compiled(POLICY + rules), NOW, steps)


@each
def test_a_key_is_retracted_and_inserted_again_in_the_order_of_the_batch(matcher: str) -> None:
    again = ("batch", [("retract", ("key", "Lead", "L1")), ("insert", "Lead", lead(2))])
    *_, last = play(matcher, "", ("batch", [("insert", "Lead", lead(9))]), again)
    assert [row[1] for row in last["memory"]] == ["L1"]
    assert last["error"] is None
    # Its content sorts before what is retracted: that decides nothing.
    turned = ("batch", [("insert", "Lead", lead(2)), ("retract", ("key", "Lead", "L1"))])
    *_, last = play(matcher, "", ("batch", [("insert", "Lead", lead(2))]), turned)
    assert last["memory"] == []


@each
def test_a_match_goes_on_over_a_key_that_goes_and_comes_back(matcher: str) -> None:
    again = ("batch", [("retract", ("key", "Lead", "L1")), ("insert", "Lead", lead(7, 1))])
    first, last = play(matcher, "", ("batch", [("insert", "Lead", lead(9))]), again)
    assert len(first["firings"]) == 1
    assert last["firings"] == []


@each
def test_several_operations_on_one_key_stay_in_order_between_others(matcher: str) -> None:
    batch = [
        ("insert", "Lead", lead(1, key="L2")),
        ("retract", ("key", "Lead", "L1")),
        ("insert", "Lead", lead(6)),
        ("update", ("key", "Lead", "L1"), {"n": 3}),
        ("retract", ("key", "Lead", "L2")),
        ("insert", "Lead", lead(8, key="L2")),
    ]
    *_, last = play(matcher, "", ("batch", [("insert", "Lead", lead(0))]), ("batch", batch))
    assert [row[3][:2] for row in last["memory"]] == [["L1", "3"], ["L2", "8"]]
    assert [firing[2] for firing in last["firings"]] == [[["Lead", "L2"]]]


@each
def test_an_event_that_waits_has_taken_its_key(matcher: str) -> None:
    waiting = ("batch", [("insert", "Mail", {"id": "e1", "of": "L1", "n": 4, "at": lead(0, 3)["made"]})])
    same = ("batch", [("insert", "Lead", lead(4, 3))])
    trace = play(matcher, WRITES, waiting, same, ("advance", iso(4)))
    assert [entry["failures"] for entry in trace] == [[], [], []]
    assert [row[0] for row in trace[-1]["memory"]] == ["Lead", "Mail"]
    other = ("batch", [("insert", "Lead", lead(5, 1))])
    trace = play(matcher, WRITES, waiting, other, ("advance", iso(4)))
    assert [failure[1:] for failure in trace[1]["failures"]] == [["writes", 1, [["Lead", "L1"]], "key", "id"]]
    assert [row[3][1] for row in trace[-1]["memory"] if row[0] == "Mail"] == ["4"]


@each
def test_a_key_is_free_again_when_the_event_that_waits_is_retracted(matcher: str) -> None:
    waiting = ("batch", [("insert", "Mail", {"id": "e1", "of": "L1", "n": 4, "at": lead(0, 3)["made"]})])
    gone = ("batch", [("retract", ("key", "Mail", "e1"))])
    trace = play(matcher, WRITES, waiting, gone, ("batch", [("insert", "Lead", lead(5, -1))]))
    assert trace[-1]["failures"] == []
    assert [row[3][1] for row in trace[-1]["memory"] if row[0] == "Mail"] == ["5"]


WARM = """rule warm {
  when lead: Lead
  then conclude Warm { id: lead.id, n: lead.n }
  then conclude Hot of lead { n: 1 }
}
rule seen {
  when warm: Warm
  then flag warm as seen
}
rule felt {
  when hot: Hot
  then flag hot as felt
}
"""


@each
def test_a_match_of_a_conclusion_goes_on_where_its_key_or_content_comes_back(matcher: str) -> None:
    first = ("batch", [("insert", "Lead", lead(1))])
    again = ("batch", [("retract", ("key", "Lead", "L1")), ("insert", "Lead", lead(2))])
    update = ("batch", [("update", ("key", "Lead", "L1"), {"n": 3})])
    gone = ("batch", [("retract", ("key", "Lead", "L1"))])
    trace = play(matcher, WARM, first, update, again, gone, first)
    fired = [sorted(firing[1] for firing in entry["firings"]) for entry in trace]
    assert fired == [["felt", "seen", "warm"], [], [], [], ["felt", "seen", "warm"]]
    assert [row[0] for row in trace[2]["conclusions"]] == ["Warm", "Hot"]


CLASHES = """fact Tag {
  id:   text key
  name: text
}
rule first {
  when tag: Tag
  then conclude Warm { id: tag.name, n: 1 }
}
rule second {
  when tag: Tag
  then conclude Warm { id: tag.name, n: 2 }
}
"""


@each
def test_of_several_keys_that_clash_the_smallest_is_told(matcher: str) -> None:
    inserts = [("insert", "Tag", {"id": key, "name": name}) for key, name in (("1", "b"), ("2", "a"), ("3", "c"))]
    (entry,) = play(matcher, CLASHES, ("batch", inserts))
    assert entry["error"] == ["conflict", "Warm", "a", ["first", "second"]]


NOTES = """fact Note of Lead {
  id: text key
  n:  int
}
"""


@each
def test_a_key_that_may_not_change_is_named_by_itself(matcher: str) -> None:
    note = ("insert", "Note", {"id": "n1", "of": "L1"})
    steps = [("batch", [note]), ("batch", [("update", ("key", "Note", "n1"), {"id": "n2"})])]
    *_, last = play(matcher, NOTES, *steps)
    assert last["error"] == ["input", [["n1", "Note.id", "no other key", '"n2"']]]
