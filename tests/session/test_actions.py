"""What rules do: facts that are set, added and removed, failing actions, limits (rulings 65, 66; 0012, section 5)."""

from __future__ import annotations

import pytest

from leadpolicy.compiler.interpreter.session import FailedFiringsError, Insert, LoopError
from tests.session.playing import Play, failures, lead

# ── Changing facts ──


def test_ruling_65_what_was_set_stays_when_its_reasons_go() -> None:
    play = Play("rule r {\n  when l: Lead where n >= 1\n  then set l.status to won\n}\n")
    play.lead(n=1)
    play.set(n=0)
    assert play.value("status") == "won"


def test_ruling_65_of_two_writers_the_last_firing_stands() -> None:
    play = Play(
        "rule one {\n  when l: Lead\n  then set l.status to won\n}\nrule other {\n  when l: Lead\n  then set l.status to lost\n}\n"
    )
    play.lead()
    assert play.fired == ["one L1", "other L1"]
    assert play.value("status") == "lost"


def test_a_set_starts_other_rules_but_not_a_match_that_has_gone_on() -> None:
    play = Play(
        "rule up {\n  when l: Lead where n < 3\n  then set l.n to l.n + 1\n}\n"
        "rule seen {\n  when l: Lead where n is 1\n  then flag l as one\n}\n"
    )
    play.lead(n=0)
    assert play.fired == ["up L1", "seen L1"]
    assert play.value("n") == 1


def test_the_seen_value_is_what_it_was_when_the_rule_fired() -> None:
    play = Play(
        "rule r {\n  when l: Lead where n is 0\n  then set l.n to l.n + 1\n  then set l.m to l.n + 5\n"
        '  then task l.owner "{l.n} {l.m}"\n  then set l.n to l.n + 7\n}\n'
        "rule between priority 9 {\n  when l: Lead where n is 1\n  then flag l as never\n}\n"
    )
    play.lead(n=0)
    assert play.fired == ["r L1"]
    assert (play.value("n"), play.value("m")) == (7, 5)
    assert play.session.effects()[0]["text"] == "0 "


def test_facts_are_added_and_removed() -> None:
    play = Play(
        "rule call_up {\n  when l: Lead where n >= 1\n  then add Step { id: l.id, n: l.n }\n"
        "  then add Activity of l { kind: call, at: l.created_at }\n}\n"
        "rule gone {\n  when s: Step where n >= 5\n  then remove s\n}\n"
    )
    play.lead(n=1)
    assert play.keys == ["Lead L1", "Activity L1", "Step L1"]
    play.lead("L2", n=5)
    assert play.keys == ["Lead L1", "Lead L2", "Activity L1", "Activity L2", "Step L1"]
    play.retract("L1")
    assert "Step L1" in play.keys
    assert play.fired == ["call_up L1", "call_up L2", "gone L2"]


def test_an_added_event_waits_for_its_time() -> None:
    play = Play(
        "rule plan {\n  when l: Lead where seen is known\n  then add Activity of l { kind: visit, at: l.seen + 2 hours }\n}\n"
        "rule see {\n  when a: Activity\n  then flag a as seen\n}\n"
    )
    play.lead(seen="2026-11-20 09:00")
    assert play.keys == ["Lead L1"]
    play.after(hours=2)
    assert play.fired == ["plan L1", "see L1/visit/2026-11-20T11:00:00+08:00"]


def test_adding_what_is_there_changes_nothing() -> None:
    play = Play(
        "rule r {\n  when l: Lead\n  then add Step { id: l.company, n: 1 }\n  then add Link { from_company: l.company }\n}\n"
    )
    for key in ("L1", "L2"):
        play.lead(key, company="a")
    assert play.keys == ["Lead L1", "Lead L2", "Link -", "Step a"]


def test_all_sets_on_one_record_are_one_change() -> None:
    play = Play(
        "rule r {\n  when a: Lead where n is 0\n  when b: Lead where n is 0\n  then set a.n to 1\n  then set b.status to won\n}\n"
        "rule half priority 9 {\n  when l: Lead where n is 1 and status is not won\n  then flag l as half\n}\n"
    )
    play.lead(n=0, status="new")
    assert play.fired == ["r L1 L1"]


def test_a_keyless_fact_is_compared_when_all_is_set() -> None:
    """Half changed, it would be the other link."""
    rules = 'rule r {\n  when k: Link where kind is partner\n  then set k.kind to rival\n  then set k.to_company to "z"\n}\n'
    play = Play(rules)
    play.link("a", "b", "rival")
    play.link("a", "b", "partner")
    assert [r.values["to_company"] for r in play.session.facts()] == ["b", "z"]


def test_what_has_gone_is_not_set() -> None:
    play = Play("rule r {\n  when l: Lead where n is 1\n  then remove l\n  then set l.n to 2\n  then remove l\n}\n")
    play.lead(n=1)
    assert play.keys == []


def test_nothing_in_a_field_that_cannot_be_nothing_is_unknown() -> None:
    play = Play(
        "rule r {\n  when l: Lead where n is 1\n  then set l.status to unknown\n  then set l.n to last(Activity of l).seconds\n  then set l.m to last(Activity of l).seconds\n}\n"
    )
    play.lead(n=1, m=1, status="new")
    assert [str(play.value(f)) for f in ("status", "n", "m")] == [
        "Absent.UNKNOWN",
        "Absent.UNKNOWN",
        "Absent.NOTHING",
    ]


# ── Actions that fail ──

FAILING = """
rule before {
  when l: Lead
  then flag l as before
}
rule fails {
  when l: Lead where status is new
  then flag l as lost
  then set l.n to 5
  then ACTION
}
rule behind {
  when l: Lead
  then flag l as behind
}
"""


@pytest.mark.parametrize(
    ("action", "word", "field"),
    [
        ("set l.need to last(Activity of l).seconds", "field", "need"),
        ("add Step { id: l.company, n: 1 }", "field", "id"),
        ("add Activity of l { kind: call, at: l.seen }", "field", "at"),
        ("add Warm of last(Lead where n is 77) { via: l.id }", "link", None),
        ("add Step { id: l.id, n: l.n * 0 + 999_999_999_999 + 1 }", "field", "n"),
        ('add Step { id: "s1", n: 1 }', "key", "id"),
    ],
)  # fmt: skip
def test_an_action_that_fails_undoes_its_firing_and_nothing_else(action: str, word: str, field: str | None) -> None:
    play = Play(FAILING.replace("ACTION", action))
    play.step("s1", 2)
    play.fired  # noqa: B018
    with pytest.raises(FailedFiringsError) as caught:
        play.lead(n=1, status="new")
    assert failures(caught.value) == [("fails", 3, word, field)]
    assert play.fired == ["before L1", "fails L1", "behind L1"]
    assert [e["flag"] for e in play.session.effects()] == ["before", "behind"]
    assert play.value("n") == 1
    play.set(n=2)  # the session can be used, and the firing is not tried again
    assert play.fired == []
    play.set(status="won")
    with pytest.raises(FailedFiringsError):
        play.set(status="new")


def test_the_error_has_what_the_call_would_have_returned() -> None:
    play = Play(FAILING.replace("ACTION", "add Step { id: l.company, n: 1 }"))
    with pytest.raises(FailedFiringsError) as caught:
        play.batch(
            ("Lead", lead("L1", status="new")),
            ("Lead", lead("L2", status="new", company="a")),
            ("Lead", lead("L3", status="new")),
        )
    assert [f.facts for f in caught.value.failures] == [[["Lead", "L1"]], [["Lead", "L3"]]]
    handles = caught.value.returned
    assert isinstance(handles, list)
    play.retract(handles[1])
    assert play.keys == ["Lead L1", "Lead L3", "Step a"]


def test_failures_on_the_way_do_not_stop_time() -> None:
    play = Play("rule r {\n  when a: Activity\n  then add Step { id: a.by.name, n: 1 }\n}\n")
    play.activity(at="2026-11-20 10:00")
    play.activity(at="2026-11-20 11:00")
    with pytest.raises(FailedFiringsError) as caught:
        play.after(hours=5)
    assert len(caught.value.failures) == 2
    assert play.clock == "2026-11-20T14:00"


# ── The limit ──

LOOP = """
rule other {
  when l: Lead
  then flag l as seen
}
rule ping {
  when l: Lead where status is new
  then set l.status to contacted
}
rule pong {
  when l: Lead where status is contacted
  then set l.status to new
}
rule after {
  when l: Lead where status is won
  then set l.n to 9
}
"""


def test_ruling_66_rules_that_go_round_are_named_and_the_instant_is_undone() -> None:
    play = Play(LOOP)
    play.lead(status="won", n=1)
    assert play.fired == ["other L1", "after L1"]
    play.session.effects()
    with pytest.raises(LoopError, match="ping, pong") as caught:
        play.batch(("Lead", lead("L2", status="lost")), ("Lead", lead("L3", status="new")))
    assert (caught.value.kind, caught.value.rules) == ("match", ("ping", "pong"))
    assert play.keys == ["Lead L1"]
    assert play.fired == []
    assert play.session.effects() == []
    handle = play.lead("L2")
    assert handle == 2  # as if nothing had been
    assert play.fired == ["other L2"]


def test_ruling_66_a_hundred_firings_of_one_match_are_allowed() -> None:
    count = "rule down {\n  when s: Step where n > 0\n  when no Link where kind is rival\n  then set s.n to s.n - 1\n  then add Link { kind: rival }\n}\n"
    back = "rule back {\n  when k: Link\n  then remove k\n}\n"
    play = Play(count + back)
    play.step("a", 100)
    assert play.value("n", "a", "Step") == 0
    with pytest.raises(LoopError) as caught:
        play.step("b", 101)
    assert caught.value.rules == ("down", "back")
    assert play.keys == ["Step a"]


def test_ruling_66_facts_that_are_made_without_end_are_a_loop_too() -> None:
    play = Play(
        "rule grow {\n  when k: Link\n  when o: Link\n  then add Activity of last(Lead) { kind: call, at: last(Lead).created_at }\n}\n"
        "rule more {\n  when a: Activity\n  then add Activity of last(Lead) { kind: call, at: last(Lead).created_at }\n}\n",
        most_following=50,
    )
    play.lead()
    with pytest.raises(LoopError) as caught:
        play.activity()
    assert (caught.value.kind, caught.value.rules) == ("following", ("more",))
    assert play.keys == ["Lead L1"]


def test_firings_that_follow_from_none_are_not_counted() -> None:
    play = Play("rule r {\n  when l: Lead\n  then flag l as x\n}\n", most_following=3)
    play.batch(*(("Lead", lead(f"L{i}")) for i in range(20)))
    assert len(play.fired) == 20


def test_ruling_66_time_stops_before_the_instant_that_goes_round() -> None:
    play = Play(
        "rule ping {\n  when s: Step where n is 0\n  when any Activity\n  then set s.n to 1\n}\n"
        "rule pong {\n  when s: Step where n is 1\n  when any Activity\n  then set s.n to 0\n}\n"
        "rule hour {\n  when l: Lead where age(created_at) >= 1 hour\n  then flag l as old\n}\n"
    )
    play.step("a")
    play.lead(created_at="2026-11-20 09:00")
    play.activity(at="2026-11-20 11:00")
    with pytest.raises(LoopError):
        play.after(hours=5)
    assert play.fired == ["hour L1"]
    assert play.session.now % 1_000_000 == 999_999
    assert play.clock == "2026-11-20T10:59"
    play.session.retract(("Step", "a"))
    play.after(hours=1)
    assert play.keys == ["Lead L1", "Activity L1"]


def test_ruling_66_a_lead_is_moved_ten_times_at_most() -> None:
    play = Play(
        "rule away {\n  when l: Lead\n  when s: Step\n  then -> queue desk\n}\n"
        "rule off {\n  when l: Lead\n  when s: Step where n is 7\n  then -> pool public\n}\n"
    )
    play.lead()
    play.batch(*(("Step", {"id": f"s{i:02}", "n": 0}) for i in range(10)))
    assert len(play.fired) == 10
    with pytest.raises(LoopError) as caught:
        play.batch(*(("Step", {"id": f"t{i:02}", "n": 7}) for i in range(6)))
    assert (caught.value.kind, caught.value.rules) == ("moves", ("away", "off"))
    assert play.session.batch([Insert("Step", {"id": "u", "n": 7})]) != []
    assert play.fired == ["away L1 u", "off L1 u"]
