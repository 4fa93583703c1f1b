"""Effects: ids, order, texts, recipients (rulings 67, 68; 0012, section 9)."""

from __future__ import annotations

import json
from hashlib import sha256

from tests.session.playing import START, Play, lead

TELL = """
rule tell {
  when l: Lead where status is new
  then flag l as new
  then notify l.owner.manager by wecom "{l.company}: {l.n}, {l.m}, {l.flagged}, {l.seen}, {l.term}, {l.owner}, {l.owner.name}"
  then task l.owner "Call" due in 2 work hours
  then send "welcome {l.id}" by email
  then -> queue desk
}
"""


def expected_id(*signed: object) -> str:
    text = json.dumps(signed, ensure_ascii=False, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()[:32]


def test_effects_have_all_that_the_host_needs_in_the_order_written() -> None:
    play = Play(TELL)
    play.member("m1", name="Lin", manager="m2")
    play.lead(company="软件", n=3, status="new", seen="2026-11-20 08:00", term="PT90M", owner="m1", flagged=True)
    flag, notify, task, send, move = play.session.effects()
    same = {"at": "2026-11-20T09:00:00+08:00", "rule": "tell", "facts": [["Lead", "L1"]]}
    for number, effect in enumerate((flag, notify, task, send, move), 1):
        assert {key: effect[key] for key in same} == same
        assert effect["action"] == number
        assert effect["id"] == expected_id("sessions", "tell", number, [["Lead", "L1"]], play.session.now)
    assert list(flag)[:6] == ["id", "at", "kind", "rule", "action", "facts"]
    assert {k: flag[k] for k in ("kind", "record", "flag")} == {
        "kind": "flag",
        "record": ["Lead", "L1"],
        "flag": "new",
    }
    assert list(notify.items())[6:] == [
        ("to", "m2"),
        ("channel", "wecom"),
        ("text", "软件: 3, , true, 2026-11-20T08:00:00+08:00, PT1H30M, m1, Lin"),
        ("undeliverable", None),
    ]
    assert list(task.items())[6:] == [
        ("to", "m1"), ("text", "Call"), ("due", "2026-11-20T11:00:00+08:00"), ("undeliverable", None),
    ]  # fmt: skip
    assert list(send.items())[6:] == [("to", "L1"), ("channel", "email"), ("content", "welcome L1")]
    assert list(move.items())[6:] == [
        ("lead", "L1"), ("destination", "queue desk"), ("destination_kind", "queue"), ("name", "desk"), ("member", None),
    ]  # fmt: skip


def test_ruling_68_unknown_prints_a_question_mark_and_nothing_prints_nothing() -> None:
    play = Play(TELL)
    play.lead(status="new", owner="?")
    notify = play.session.effects()[1]
    assert notify["text"] == "?: ?, , ?, ?, ?, ?, ?"


def test_ruling_68_nobody_and_an_unknown_recipient_are_undeliverable_with_the_reason() -> None:
    play = Play(TELL)
    play.lead("L1", status="new", owner="?")
    play.lead("L2", status="new", owner=None)
    play.lead("L3", status="new", owner="m9")  # known, though no such member is there
    found = {
        (e["facts"][0][1], e["kind"]): (e["to"], e["undeliverable"])
        for e in play.session.effects()
        if "undeliverable" in e
    }  # type: ignore[index,call-overload]
    assert found == {
        ("L1", "notify"): (None, "unknown"), ("L1", "task"): (None, "unknown"),
        ("L2", "notify"): (None, "nobody"), ("L2", "task"): (None, "nobody"),
        ("L3", "notify"): (None, "nobody"), ("L3", "task"): ("m9", None),
    }  # fmt: skip


def test_effects_are_handed_out_once() -> None:
    play = Play(TELL)
    play.lead(status="new")
    assert len(play.session.effects()) == 5
    assert play.session.effects() == []
    play.lead("L2", status="new")
    assert [e["facts"] for e in play.session.effects()] == [[["Lead", "L2"]]] * 5


def test_ruling_67_ids_are_the_same_in_a_replay_and_never_twice() -> None:
    rules = "rule r {\n  when a: Activity\n  when l: Lead where n > 1\n  then flag l as x\n}\n"

    def ids() -> list[object]:
        play = Play(rules)
        play.batch(("Lead", lead(n=2)), *[("Activity", {"of": "L1", "kind": "call", "at": START})] * 2)
        for n in (0, 2):
            play.set(n=n)
        play.after(hours=1)
        for n in (0, 2):
            play.set(n=n)
        return [e["id"] for e in play.session.effects()]

    first = ids()
    assert first == ids()
    assert len(set(first)) == len(first) == 6
    facts = [["Activity", None, "L1", ["call", None, {}, "2026-11-20T09:00:00+08:00"]], ["Lead", "L1"]]
    at = 1_795_136_400_000_000
    signed = ("sessions", "r", 1, facts, at)
    assert first[:4] == [expected_id(*signed), *(expected_id(*signed, n) for n in (2, 3, 4))]
    later = ("sessions", "r", 1, facts, at + 3_600_000_000)
    assert first[4:] == [expected_id(*later), expected_id(*later, 2)]


def test_ruling_67_effects_come_in_the_order_of_firings() -> None:
    play = Play(
        "rule low {\n  when l: Lead\n  then flag l as low\n}\nrule high priority 1 {\n  when l: Lead\n  then flag l as high\n}\n"
    )
    play.batch(("Lead", lead("L1")), ("Lead", lead("L2")))
    assert [(e["flag"], e["record"]) for e in play.session.effects()] == [
        ("high", ["Lead", "L1"]), ("high", ["Lead", "L2"]), ("low", ["Lead", "L1"]), ("low", ["Lead", "L2"]),
    ]  # fmt: skip


def test_a_flag_on_nobody_has_no_record() -> None:
    play = Play("rule r {\n  when l: Lead\n  then flag l.owner as slow\n}\n")
    play.lead("L1")
    play.member("m1")
    play.lead("L2", owner="m1")
    assert [e["record"] for e in play.session.effects()] == [None, ["Member", "m1"]]


def test_a_move_to_a_member_names_them() -> None:
    play = Play("rule r {\n  when l: Lead\n  then -> member l.owner\n}\n")
    play.lead(owner="m1")
    (move,) = play.session.effects()
    assert (move["destination_kind"], move["member"], move["name"]) == ("member", "m1", None)
