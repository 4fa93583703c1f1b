"""Which facts match, and when a match fires (rulings 6, 7, 62, 63)."""

from __future__ import annotations

import pytest

from leadpolicy.compiler.interpreter.session import Insert, Retract, Update
from tests.session.playing import Play, lead

# ── Which facts match ──

PAIRS = """
rule pair {
  when a: Lead
  when b: Lead where company is a.company and id is not a.id
  then flag a as twin
}
"""
QUIET = """
rule quiet {
  when l: Lead where status is contacted
  when no Activity of l where by is l.owner and kind is call
  then flag l as quiet
}
"""
BUSY = """
rule busy {
  when rep: Member
  let  open = count(Lead where owner is rep and status is new)
  when open >= 2
  then flag rep as busy
}
"""


def test_ruling_62_facts_are_joined_by_equality_from_left_to_right() -> None:
    play = Play(PAIRS)
    play.lead("L1", company="a")
    play.lead("L2", company="b")
    assert play.fired == []
    play.lead("L3", company="a")
    assert play.fired == ["pair L1 L3", "pair L3 L1"]


def test_one_fact_may_stand_for_several_names() -> None:
    play = Play("rule r {\n  when a: Lead\n  when b: Lead where n >= a.n\n  then flag a as x\n}\n")
    play.lead("L1", n=1)
    assert play.fired == ["r L1 L1"]
    play.lead("L2", n=2)
    assert play.fired == ["r L1 L2", "r L2 L2"]


def test_ruling_7_an_unknown_key_joins_with_nothing() -> None:
    play = Play(PAIRS)
    play.lead("L1")
    play.lead("L2")
    play.lead("L3", company="?")
    assert play.fired == []
    play.set("L1", company="a")
    play.set("L2", company="a")
    assert play.fired == ["pair L1 L2", "pair L2 L1"]


def test_ruling_7_an_unknown_that_may_join_leaves_no_and_count_open() -> None:
    play = Play(QUIET)
    play.lead("L1", status="contacted", owner="m1")
    assert play.fired == ["quiet L1"]
    play.lead("L2", status="contacted", owner="m1")
    play.fired  # noqa: B018
    maybe = play.activity("L2", kind="call", by="?")
    play.set("L2", status="new")
    play.set("L2", status="contacted")
    assert play.fired == []
    play.retract(maybe)
    assert play.fired == ["quiet L2"]


def test_a_rule_acts_on_what_is_certainly_true() -> None:
    play = Play("rule r {\n  when l: Lead where (n >= 2 or flagged)\n  when not l.flagged\n  then flag l as x\n}\n")
    play.lead("L1", n=3)
    assert play.fired == []
    play.set("L1", flagged=False)
    assert play.fired == ["r L1"]
    play.lead("L2", flagged=False)
    assert play.fired == []


def test_the_retraction_of_what_blocked_a_no_lets_the_rule_fire() -> None:
    play = Play(QUIET)
    play.member("m1")
    blocker = play.activity("L1", kind="call", by="m1")
    other = play.activity("L1", kind="call", by="m1")
    play.lead("L1", status="contacted", owner="m1")
    assert play.fired == []
    play.retract(other)
    assert play.fired == []
    play.retract(blocker)
    assert play.fired == ["quiet L1"]


def test_a_blocker_may_also_be_changed_or_lose_what_it_joins_with() -> None:
    rules = "rule r {\n  when l: Lead\n  when no Link where from_company is l.company\n  then flag l as alone\n}\n"
    play = Play(rules)
    play.batch(("Lead", lead(company="a")), ("Link", {"from_company": "a", "to_company": "b"}))
    assert play.fired == []
    play.set(company="c")
    assert play.fired == ["r L1"]
    play.set(company="a")
    link = play.link("a", "b")
    play.session.update(link, {"from_company": "z"})
    assert play.fired == []  # the first link, whose kind is unknown, is another fact
    assert play.keys.count("Link -") == 2


def test_ruling_6_counts_cross_a_threshold_both_ways() -> None:
    play = Play(BUSY)
    play.member("m1")
    for key in ("L1", "L2", "L3"):
        play.lead(key, owner="m1", status="new")
    assert play.fired == ["busy m1"]
    play.retract("L1")
    play.retract("L2")
    assert play.fired == []
    play.lead("L4", owner="m1", status="new")
    assert play.fired == ["busy m1"]
    play.set("L4", status="won")
    play.set("L4", status="new")
    assert play.fired == ["busy m1"]


def test_ruling_6_a_count_between_two_numbers_is_settled_where_all_agree() -> None:
    play = Play(BUSY)
    play.member("m1")
    play.lead("L1", owner="m1", status="new")
    play.lead("L2", owner="m1")  # may be new
    assert play.fired == []
    play.lead("L3", owner="m1", status="new")
    assert play.fired == ["busy m1"]


@pytest.mark.parametrize(
    ("condition", "seconds", "fires"),
    [
        ("sum(seconds of Activity of l) > 5", [2, 4], True),
        ("sum(seconds of Activity of l) > 5", [2, 4, None], False),
        ("first(Activity of l).seconds is 2", [2, 4], True),
        ("last(Activity of l).seconds is 4", [2, 4], True),
        ("last(Activity of l).seconds > 4", [], False),
        ("average(seconds of Activity of l) is 3", [2, 4], True),
        ("distinct(seconds of Activity of l) is 2", [2, 4, 2], True),
        ("any Activity of l where seconds > 3", [4, None], True),
        ("no Activity of l where seconds > 3", [2, None], False),
        ("l.n - l.need >= 2", [], True),
        ("count(Activity of l) > l.need", [1, 1], True),
    ],
)  # fmt: skip
def test_what_is_asked_of_records(condition: str, seconds: list[int | None], fires: bool) -> None:
    play = Play(f"rule r {{\n  when l: Lead\n  when {condition}\n  then flag l as x\n}}\n")
    rows = [("Activity", {"of": "L1", "seconds": s, "at": f"2026-11-20 08:0{i}"}) for i, s in enumerate(seconds)]
    play.batch(("Lead", lead(n=3)), *rows)
    assert play.fired == (["r L1"] if fires else [])


def test_a_let_of_a_rule_may_be_a_record() -> None:
    play = Play(
        "rule r {\n  when l: Lead\n  let newest = last(Activity of l)\n  let by = newest.by\n  when newest.seconds > 2 and by is known\n"
        '  then notify by by wecom "{newest.seconds} {by.name}"\n  then flag newest as long\n}\n'
    )
    play.member("m1", name="Lin")
    play.lead()
    play.activity(seconds=3, by="m1")
    assert play.fired == ["r L1"]
    notify, flag = play.session.effects()
    assert (notify["to"], notify["text"]) == ("m1", "3 Lin")
    assert flag["record"] == ["Activity", None, "L1", [None, "3", "m1", "2026-11-20T09:00:00+08:00"]]


def test_scores_gates_tables_and_lets_of_each_lead_are_what_decisions_say() -> None:
    play = Play(
        "let big = n >= 5\nscore fit from 0 to 20 {\n  +10 when big\n  +2 each Activity where kind is call within 2 hours\n}\n"
        "gate good {\n  a: n > 1\n}\ntable size: one of [s, l] {\n  | fit   || size |\n  | >= 10 || l    |\n  | -     || s    |\n}\n"
        "rule r {\n  when a: Lead where fit >= 10 and good passes\n  when b: Lead where size is s and not big and fit < a.fit\n"
        "  when a.fit - b.fit > 8\n  then flag a as better\n}\n"
        "rule some {\n  when m: Member\n  when count(Lead where fit >= 12) is 1\n  then flag m as x\n}\n"
    )
    play.member("m1")
    play.lead("L1", n=5)
    play.lead("L2", n=2)
    assert play.fired == ["r L1 L2"]
    play.activity("L2", kind="call")
    assert play.fired == []
    play.activity("L1", kind="call")
    assert play.fired == ["r L1 L2", "some m1"]


def test_ago_is_the_score_as_it_was_with_todays_fields() -> None:
    play = Play(
        "score fit from 0 to 90 {\n  +10 each Activity where kind is call within 5 hours\n  +1 when n > 1\n}\n"
        "rule jumped {\n  when l: Lead\n  when l.fit - ago(l.fit, 2 hours) >= 20\n  then flag l as hot\n}\n"
    )
    play.lead("L1", n=0)
    play.activity(kind="call")
    play.after(hours=1)
    play.set(n=5)
    assert play.fired == []
    play.activity(kind="call", at="2026-11-20 10:00")
    assert play.fired == ["jumped L1"]
    play.after(hours=1)
    play.activity(kind="call", at="2026-11-20 11:00")  # the first is in both by now, the others in one
    assert play.fired == ["jumped L1"]


# ── When a match fires ──


def test_ruling_62_a_match_fires_on_becoming_true_and_again_only_after_it_was_not() -> None:
    play = Play("rule r {\n  when l: Lead where n >= 1\n  then flag l as x\n}\n")
    play.lead(n=1)
    assert play.fired == ["r L1"]
    play.set(n=2)
    play.set(n=3)
    assert play.fired == []
    play.set(n=0)
    play.set(n=1)
    assert play.fired == ["r L1"]


def test_ruling_62_a_match_is_known_by_its_facts_and_not_by_what_was_counted() -> None:
    play = Play("rule r {\n  when l: Lead\n  when count(Activity of l) >= 1\n  then flag l as x\n}\n")
    play.lead()
    play.activity()
    play.activity()
    assert play.fired == ["r L1"]


def test_a_keyless_fact_stays_what_it_is_when_it_changes() -> None:
    play = Play("rule r {\n  when k: Link where from_company is known\n  then flag k as x\n}\n")
    link = play.link("a", "b")
    play.session.update(link, {"from_company": "c"})
    assert play.fired == ["r a/b/partner"]


def test_what_holds_is_compared_between_steps() -> None:
    """In one batch a blocker comes and goes, a key goes and comes: the match has gone on."""
    play = Play(QUIET)
    handle = play.lead("L1", status="contacted", owner="m1")
    play.fired  # noqa: B018
    blocker = play.activity("L1", kind="call", by="m1", at="2026-11-21 09:00")
    play.session.batch([Retract(blocker), Update(handle, {"status": "new"}), Update(handle, {"status": "contacted"})])
    play.session.batch([Retract(handle), Insert("Lead", lead("L1", status="contacted", owner="m1"))])
    assert play.fired == []


# ── In which order ──

THREE = """
rule later "last in the file" {
  when l: Lead
  then flag l as c
}
rule first priority 5 {
  when l: Lead
  then flag l as a
}
rule last priority -1 {
  when l: Lead
  then flag l as b
}
rule latest {
  when l: Lead
  then flag l as d
}
"""


def test_ruling_63_priority_then_the_file_then_what_came_up_first() -> None:
    play = Play(THREE)
    play.batch(("Lead", lead("L2")), ("Lead", lead("L1")))
    assert play.fired == [
        "first L1", "first L2", "later L1", "later L2", "latest L1", "latest L2", "last L1", "last L2",
    ]  # fmt: skip


def test_ruling_63_newest_first_turns_the_coming_up_round_and_nothing_else() -> None:
    play = Play(THREE, newest_first=True)
    play.batch(("Lead", lead("L2")), ("Lead", lead("L1")))
    assert play.fired == [
        "first L2", "first L1", "later L2", "later L1", "latest L2", "latest L1", "last L2", "last L1",
    ]  # fmt: skip


ACROSS = """
rule r {
  when m: Member
  when l: Lead
  then flag l as x
}
"""


@pytest.mark.parametrize(
    ("newest_first", "order"),
    [(False, ["m1 L1", "m2 L1", "m1 L2", "m2 L2"]), (True, ["m2 L2", "m1 L2", "m2 L1", "m1 L1"])],
)
def test_ruling_63_a_match_came_up_with_the_change_by_which_it_began_to_hold(
    newest_first: bool, order: list[str]
) -> None:
    play = Play(ACROSS, newest_first=newest_first)
    play.batch(*(("Lead", lead(k)) for k in ("L2", "L1")), *(("Member", {"id": k}) for k in ("m2", "m1")))
    assert play.fired == [f"r {pair}" for pair in order]


def test_ruling_63_the_retraction_of_what_blocked_it_counts_as_coming_up() -> None:
    play = Play(QUIET)
    play.lead("L1", status="contacted", owner="m1")
    play.lead("L2", status="contacted", owner="m1")
    blockers = [play.activity(of, kind="call", by="m1") for of in ("L1", "L2")]
    play.fired  # noqa: B018
    rows = [Insert("Lead", lead("L3", status="contacted", owner="m1")), Retract(blockers[1]), Retract(blockers[0])]
    play.session.batch(rows)
    # Leads are taken in before activities; of these, that of L1 first.
    assert play.fired == ["quiet L3", "quiet L1", "quiet L2"]


def test_ruling_63_an_update_makes_a_fact_newer() -> None:
    rules = "rule r {\n  when l: Lead\n  when any Member\n  then flag l as x\n}\n"
    play = Play(rules)
    play.lead("L1")
    play.lead("L2")
    play.set("L1", n=7)
    play.set("L2", n=None)  # changes nothing
    play.member("m1")
    assert play.fired == ["r L2", "r L1"]


def test_ruling_63_one_fires_then_all_is_looked_at_again() -> None:
    play = Play(
        "rule take {\n  when s: Step where n is 0\n  when no Step where n is 1\n  then set s.n to 1\n}\n"
        "rule done priority 9 {\n  when s: Step where n is 1\n  then flag s as taken\n}\n"
    )
    play.batch(("Step", {"id": "b", "n": 0}), ("Step", {"id": "a", "n": 0}))
    assert play.fired == ["take a", "done a"]
