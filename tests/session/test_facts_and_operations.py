"""What a session holds, and what may be asked of it (0012, sections 1 and 2)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from leadpolicy.compiler.interpreter import InterpreterInputError
from leadpolicy.compiler.interpreter.session import Insert, Retract, Session, UnplayedError, Update
from tests.session.playing import START, Play, compiled, lead, problems

SEE = """
rule see {
  when l: Lead
  then flag l as seen
}
rule see_link {
  when k: Link
  then flag k as seen
}
rule see_activity {
  when a: Activity
  then flag a as seen
}
rule see_member {
  when m: Member
  then flag m as seen
}
"""


def refused(play: Play, *operations: Insert | Update | Retract) -> list[tuple[str | None, str, str, str]]:
    """What a batch is refused for; the session is as before."""
    before = play.keys
    with pytest.raises(InterpreterInputError) as caught:
        play.session.batch(operations)
    assert play.keys == before
    assert play.fired == []
    return problems(caught.value)


def test_ruling_13_equal_keyless_facts_are_one_and_equal_keyless_events_are_not() -> None:
    play = Play(SEE)
    assert play.link("a", "b") == play.link("a", "b")
    assert play.activity() != play.activity()
    assert play.keys == ["Activity L1", "Activity L1", "Link -"]
    assert len(play.fired) == 3


def test_one_fact_a_key() -> None:
    play = Play(SEE)
    handle = play.lead(n=1)
    assert play.lead(n=1) == handle
    assert play.fired == ["see L1"]
    assert refused(play, Insert("Lead", lead(n=2))) == [("L1", "Lead.id", "one record of this key", '"L1"')]


def test_ruling_64_a_concluded_type_is_neither_inserted_nor_changed() -> None:
    play = Play("rule warm {\n  when l: Lead\n  then conclude Warm of l { n: l.n }\n}\n")
    play.lead(n=1)
    assert play.fired == ["warm L1"]
    no = [(None, "Warm", "no such records: rules conclude them", "1")]
    assert refused(play, Insert("Warm", {"of": "L1", "n": 1})) == no
    assert refused(play, Retract(("Warm", "L1"))) == no


def test_a_batch_is_refused_as_a_whole_with_all_its_problems() -> None:
    play = Play(SEE)
    found = refused(
        play,
        Insert("Lead", lead("L1", n="many", created_at=None)),
        Insert("Lead", lead("L2")),
        Insert("Nothing", {}),
        Insert("Activity", {"at": START}),
        Update(("Lead", "L9"), {"n": 1}),
        Update(("Lead", "L2"), {"n": "x", "sise": 3, "id": "L3", "need": None}),
        Retract(77),
    )
    assert found == [
        ("L1", "Lead.n", "a whole number", '"many"'),
        ("L1", "Lead.created_at", "a value: the field is required", "nothing"),
        (None, "fact", "one of the facts Member, Lead, Activity, Link, Step, Warm, Hot, Best", '"Nothing"'),
        (None, "Activity.of", "the key of a Lead", "nothing"),
        ("L9", "Lead", "a fact of the session", '"L9"'),
        ("L2", "Lead.n", "a whole number", '"x"'),
        ("L2", "Lead.sise", "a field of Lead", "3"),
        ("L2", "Lead.id", "no other key", '"L3"'),
        ("L2", "Lead.need", "a value: the field is required", "nothing"),
        (None, "fact", "a fact of the session", "nothing"),
    ]


def test_events_are_retracted_but_never_changed() -> None:
    play = Play(SEE)
    handle = play.activity(seconds=3)
    assert play.fired == ["see_activity L1/3/2026-11-20T09:00:00+08:00"]
    no = [("L1", "Activity", "no change: what happened is not changed", "nothing")]
    assert refused(play, Update(handle, {"seconds": 4})) == no
    play.retract(handle)
    assert play.keys == []


def test_an_update_changes_what_it_names_and_nothing_else() -> None:
    play = Play(SEE)
    play.lead(n=1, m=2, company="a", owner="m1")
    play.set(n=5, m=None, company=None, owner=None)
    assert play.value("n") == 5
    assert [str(play.value(f)) for f in ("m", "company", "owner")] == [
        "Absent.NOTHING",
        "Absent.UNKNOWN",
        "Absent.NOTHING",
    ]
    assert play.value("need") == 1


def test_a_link_is_updated_by_any_of_its_names() -> None:
    play = Play("rule r {\n  when w: Warm\n  then flag w as seen\n}\n")
    handle = play.session.insert("Warm", {"of": "L1", "via": "x"})
    for name, key in (("of", "L2"), ("Lead", "L3"), ("lead_id", "L4")):
        play.session.update(handle, {name: key})
        assert play.session.facts()[0].link == key
    with pytest.raises(InterpreterInputError) as caught:
        play.session.update(handle, {"of": None})
    assert problems(caught.value) == [("L4", "Warm.of", "the key of a Lead", "nothing")]
    assert play.fired == ["r L1/x"]


def test_a_keyless_fact_that_becomes_equal_to_another_is_that_one() -> None:
    play = Play(SEE)
    first, second = play.link("a", "b"), play.link("a", "c")
    assert play.fired == ["see_link a/b/partner", "see_link a/c/partner"]
    play.session.update(second, {"to_company": "b"})
    assert play.keys == ["Link -"]
    play.session.update(second, {"kind": "rival"})
    play.retract(first)
    assert play.keys == []
    assert play.fired == []


def test_handles_are_not_used_again() -> None:
    play = Play(SEE)
    first = play.lead("L1")
    play.retract(first)
    assert play.lead("L1") != first
    assert play.fired == ["see L1", "see L1"]
    assert refused(play, Retract(first)) == [(None, "fact", "a fact of the session", "nothing")]


def test_records_in_place_of_keys_come_in_where_there_is_none() -> None:
    play = Play(SEE)
    play.lead("L1", owner={"id": "m1", "level": 2, "manager": {"id": "m2"}})
    assert play.keys == ["Member m1", "Member m2", "Lead L1"]
    assert play.fired == ["see L1", "see_member m1", "see_member m2"]
    play.lead("L2", owner={"id": "m1", "level": 9})
    assert play.value("level", "m1", "Member") == 2
    with pytest.raises(InterpreterInputError) as caught:
        play.lead("L3", owner={"id": "m3", "level": "x"})
    assert problems(caught.value) == [("m3", "Member.level", "a whole number", '"x"')]


def test_ruling_12_events_wait_for_their_time_and_may_be_retracted_before() -> None:
    play = Play(SEE)
    play.activity(at="2026-11-20 11:00")
    gone = play.activity(at="2026-11-20 10:00")
    assert play.keys == []
    play.retract(gone)
    play.after(hours=1, minutes=59)
    assert play.fired == []
    play.after(minutes=1)
    assert play.fired == ["see_activity L1/2026-11-20T11:00:00+08:00"]


def test_time_goes_on_only() -> None:
    session = Session(compiled(SEE), START)
    session.advance_to(START)
    with pytest.raises(InterpreterInputError) as caught:
        session.advance_to(START - timedelta(hours=1))
    expected = "a time at or after 2026-11-20T09:00:00+08:00"
    assert problems(caught.value) == [(None, "now", expected, "2026-11-20T08:00:00+08:00")]


def test_what_cannot_be_played_yet_is_refused_by_name() -> None:
    policy = compiled(
        "score s from 0 to 9 {\n  +5 when n > 1\n}\nfunnel {\n  A: s > 3\n}\nlet late = entered(A) + 1 day < created_at\n"
        "rule old {\n  when l: Lead where late\n  then flag l as late\n}\n"
    )
    with pytest.raises(UnplayedError, match="the rule old asks when a stage was entered"):
        Session(policy, START)
