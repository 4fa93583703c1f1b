"""Time that passes: windows, ages, calendars, midnights; one jump or many (rulings 10 to 12, 47; 0012, section 7)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from leadpolicy import Policy
from leadpolicy.compiler.interpreter.session import Session
from leadpolicy.compiler.interpreter.session.operations import Insert
from tests.session.playing import Play

RECENT = """
rule recent {
  when l: Lead
  when count(Activity of l where kind is call within 3 hours) >= 2
  then flag l as hot
}
rule silent {
  when l: Lead
  when no Activity of l within 3 hours
  then flag l as silent
}
"""


def test_ruling_11_windows_end_to_the_microsecond() -> None:
    play = Play(RECENT)
    play.lead()
    assert play.fired == ["silent L1"]
    play.activity(kind="call")
    play.activity(kind="call", at="2026-11-20 08:00")
    assert play.fired == ["recent L1"]
    play.after(hours=3, microseconds=-1)
    assert play.fired == []
    play.after(microseconds=1)
    assert play.fired == ["silent L1"]
    play.activity(kind="call", at="2026-11-20 12:00")
    play.activity(kind="call", at="2026-11-20 12:00")
    assert play.fired == ["recent L1"]


def test_a_window_that_one_event_leaves_as_another_comes_has_never_been_empty() -> None:
    play = Play(RECENT)
    play.lead()
    play.activity()
    play.fired  # noqa: B018
    play.activity(at="2026-11-20 12:00")
    play.after(hours=5)
    assert play.fired == []
    play.after(hours=1)
    assert play.fired == ["silent L1"]


def test_a_window_in_the_past_begins_and_ends() -> None:
    play = Play(
        "rule r {\n  when l: Lead\n  when any Activity of l between 3 hours and 1 hour ago\n  then flag l as x\n}\nrule n {\n  when l: Lead\n  when no Activity of l between 3 hours and 1 hour ago\n  then flag l as y\n}\n"
    )
    play.lead()
    play.activity()
    assert play.fired == ["n L1"]
    firings = []
    for _ in range(8):
        play.after(minutes=30)
        firings.append(play.fired)
    assert firings == [[], ["r L1"], [], [], [], ["n L1"], [], []]


@pytest.mark.parametrize(
    ("condition", "hours", "exact"),
    [
        ("age(l.seen) >= 2 hours", 2, True),
        ("age(l.seen) > 2 hours", 2, False),
        ("age(l.seen) > l.term", 4, False),
        ("not (age(l.seen) < l.term)", 4, True),
        ("age(l.seen + 1 hour) >= 2 hours", 3, True),
        ("age(l.seen) in 5 hours to 6 hours", 5, True),
        ("age(last(Activity of l).at) >= 1 hour", 2, True),
        ("age(l.seen + 1 hour) is known", 1, True),
        ("l.old", 2, True),
        ("l.fit >= 5", 2, False),
    ],
)
def test_ages_have_their_instants(condition: str, hours: int, exact: bool) -> None:
    parts = "let old = age(seen) >= 2 hours\nscore fit from 0 to 9 {\n  +5 when age(seen) > 2 hours\n}\n"
    play = Play(f"{parts}rule r {{\n  when l: Lead where seen is known\n  when {condition}\n  then flag l as x\n}}\n")
    play.lead(seen="2026-11-20 09:00", term="PT4H")
    play.activity(at="2026-11-20 10:00")
    play.after(days=3)
    (firing,) = play.session.firings
    assert firing.at - play.session.now == -(72 - hours) * 3_600_000_000 + (0 if exact else 1)


def test_open_time_begins_and_ends() -> None:
    play = Play("rule open {\n  when l: Lead where n is 1\n  when during(work)\n  then flag l as open\n}\n")
    play.lead(n=1)
    assert play.fired == ["open L1"]
    play.after(hours=5)
    assert play.fired == ["open L1"]
    play.after(days=2)
    assert play.fired == []
    play.after(days=1)
    assert [f.at - play.session.firings[0].at for f in play.session.firings] == [
        h * 3_600_000_000 for h in (0, 4, 72, 76)
    ]


def test_points_that_decay_are_looked_at_each_midnight() -> None:
    play = Play(
        "score fit from 0 to 20 {\n  +10 each Activity, halving every 1 day\n}\n"
        "rule cool {\n  when l: Lead\n  when l.fit < 4\n  when any Activity of l\n  then flag l as cool\n}\n"
        "rule less {\n  when l: Lead\n  when ago(l.fit, 6 hours) > l.fit\n  then flag l as less\n}\n"
    )
    play.lead()
    play.activity()
    play.after(days=5)
    days = [(f.rule, (f.at + 8 * 3_600_000_000) % 86_400_000_000 // 3_600_000_000) for f in play.session.firings]
    assert days == [("less", 0), ("cool", 0), *[("less", 0)] * 4]
    first, cool = play.session.firings[0].at, play.session.firings[1].at
    assert cool - first == 86_400_000_000


def test_under_ago_everything_comes_later() -> None:
    play = Play(
        "score fit from 0 to 90 {\n  +10 each Activity within 5 hours\n}\n"
        "rule fell {\n  when l: Lead\n  when l.fit < ago(l.fit, 2 hours)\n  then flag l as fell\n}\n"
        "rule same {\n  when l: Lead\n  when l.fit is ago(l.fit, 2 hours)\n  then flag l as same\n}\n"
    )
    play.lead()
    play.activity()
    play.after(days=1)
    start = play.session.now - 86_400_000_000
    found = [(f.rule, (f.at - start) // 3_600_000_000) for f in play.session.firings]
    assert found == [("same", 0), ("same", 2), ("fell", 5), ("same", 7)]


ALL = (
    RECENT
    + """
score fit from 0 to 50 {
  +10 each Activity within 4 hours, halving every 1 day
}
rule old priority 3 {
  when l: Lead
  when age(l.seen) > 5 hours
  then add Activity of l { kind: call, at: l.seen + 30 hours }
  then conclude Hot of l { why: l.company }
}
rule grown {
  when l: Lead
  when l.fit - ago(l.fit, 1 hour) > 5
  then set l.n to 3
}
rule shut {
  when l: Lead
  when not during(work)
  when l.n is 3
  then set l.n to 4
}
"""
)


def test_ruling_47_one_jump_or_many_give_the_same() -> None:
    def played(steps: int) -> tuple[object, ...]:
        play = Play(ALL)
        for key in ("L1", "L2"):
            play.lead(key, seen="2026-11-20 07:30", company=key)
        for hour in (8, 10, 11, 13, 20):
            play.activity("L1", at=f"2026-11-20 {hour:02}:15", kind="call")
        for _ in range(steps):
            play.after(hours=72 / steps)
        return play.fired, [e["id"] for e in play.session.effects()], play.concluded, play.keys, play.clock

    once = played(1)
    assert len(once[0]) > 12  # type: ignore[arg-type]
    assert played(2) == once
    assert played(72) == once


def test_moving_over_nothing_changes_nothing() -> None:
    play = Play(RECENT)
    play.lead()
    before = play.session.state.memory.number
    play.after(days=400)
    assert play.session.state.memory.number == before
    assert play.clock == "2027-12-25T09:00"


UNKNOWN_DATES = """\
policy p version "1" {
  zone "Asia/Shanghai"
}
fact Lead {
  id:   text key
  t:    time
  d:    duration
  made: time required
}
score s from 0 to 20 {
  +5 when age(t) > d
  +5 when age(made) > d
}
rule r {
  when l: Lead
  when l.s >= 5
  then flag l as old
}
"""


def test_values_that_bounds_only_try_are_no_instants() -> None:
    """A time and a length that are unknown are tried just before and behind now, wherever that is."""
    policy = Policy.from_source(UNKNOWN_DATES).ir
    start = datetime(2026, 11, 20, 1, tzinfo=UTC)
    session = Session(policy, start)
    session.batch(
        [
            Insert("Lead", {"id": "A", "made": "2026-11-20 08:00"}),
            Insert("Lead", {"id": "B", "made": "2026-11-20 08:00", "d": "2 hours"}),
        ]
    )
    numbers = session.state.memory.number
    session.advance_to(start + timedelta(days=30))
    assert [effect["at"] for effect in session.effects()] == ["2026-11-20T10:00:00.000001+08:00"]
    assert session.state.memory.number - numbers < 10
