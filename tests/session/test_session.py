"""Sessions by hand: what fires, what is concluded, what goes wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from leadpolicy import Policy
from leadpolicy.compiler.unmatched import NotMatchedError
from leadpolicy.engine.errors import InputError
from leadpolicy.engine.session.errors import ActionError, LoopError
from leadpolicy.engine.session.operations import Insert, Retract
from leadpolicy.engine.session.session import Session

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)

HEAD = """policy p version "1" {{
  about Lead
{header}}}
fact Lead {{
  id:     text key
  name:   text
  status: one of [new, contacted, won]
  size:   int
}}
event Call of Lead {{
  seconds: int
  at:      time required as happened
}}
fact Hot of Lead {{
  size: int
}}
fact Paper {{
  id:   text key
  size: int required
}}
score fit {{
  +5 when size >= 5
}}
"""


def session(rules: str, header: str = "", **limits: int) -> Session:
    return Policy.from_source(HEAD.format(header=header) + rules).session(now=NOW, **limits)


def fired(made: Session) -> list[tuple[str, list[object]]]:
    return [(rule, [fact[1] for fact in facts]) for _, rule, facts in made.firings]  # type: ignore[index]


NO_CALL = """rule uncalled {
  when lead: Lead where status is contacted
  when no Call of lead where seconds > 0
  then flag lead as uncalled
}
"""


def test_a_match_fires_once_and_again_when_what_blocked_it_has_gone() -> None:
    made = session(NO_CALL)
    made.insert("Lead", {"id": "L1", "status": "contacted"})
    made.update(("Lead", "L1"), {"name": "A"})
    assert fired(made) == [("uncalled", ["L1"])]
    call = made.insert("Call", {"of": "L1", "seconds": 30, "at": NOW})
    assert len(made.firings) == 1
    made.retract(call)
    assert fired(made) == [("uncalled", ["L1"])] * 2


def test_a_match_that_goes_and_comes_back_in_one_batch_has_gone_on() -> None:
    made = session(NO_CALL)
    made.insert("Lead", {"id": "L1", "status": "contacted"})
    made.batch([Retract(("Lead", "L1")), Insert("Lead", {"id": "L1", "status": "contacted", "name": "B"})])
    assert made.memory()[0][3] == ["L1", "B", "contacted", None]
    assert len(made.firings) == 1
    made.retract(("Lead", "L1"))
    made.insert("Lead", {"id": "L1", "status": "contacted"})
    assert len(made.firings) == 2


def test_what_is_unknown_fires_nothing() -> None:
    made = session(NO_CALL)
    lead = made.insert("Lead", {"id": "L1"})
    made.insert("Call", {"of": "L1", "at": NOW})
    made.update(lead, {"status": "contacted"})
    assert made.firings == []


def test_a_window_ends_as_time_passes_and_future_events_wait() -> None:
    made = session(
        "rule quiet {\n  when lead: Lead\n  when no Call of lead within 2 hours\n  then flag lead as quiet\n}\n"
    )
    made.insert("Call", {"of": "L1", "at": NOW - timedelta(hours=1)})
    made.insert("Call", {"of": "L1", "at": NOW + timedelta(minutes=30)})
    made.insert("Lead", {"id": "L1"})
    made.advance_to(NOW + timedelta(minutes=149))
    assert made.firings == []
    made.advance_to(NOW + timedelta(minutes=200))
    assert [at for at, *_ in made.firings] == ["2026-11-20T12:30:00+00:00"]


def test_conclusions_hold_as_long_as_a_support_does() -> None:
    made = session(
        "rule a {\n  when lead: Lead where size >= 5\n  then conclude Hot of lead { size: 1 }\n}\n"
        "rule b {\n  when lead: Lead where status is won\n  then conclude Hot of lead { size: 1 }\n}\n"
        "rule c {\n  when lead: Lead\n  when any Hot of lead\n  then flag lead as hot\n}\n"
    )
    made.insert("Lead", {"id": "L1", "size": 9, "status": "won"})
    (hot,) = made.concluded()
    assert hot[:4] == ["Hot", None, "L1", ["1"]]
    assert [support[0] for support in hot[4]] == ["a", "b"]  # type: ignore[attr-defined]
    made.update(("Lead", "L1"), {"size": 1})
    assert len(made.concluded()) == 1
    made.update(("Lead", "L1"), {"status": "new"})
    assert made.concluded() == []
    made.update(("Lead", "L1"), {"size": 6})
    assert [rule for rule, _ in fired(made)] == ["a", "b", "c", "a", "c"]


def test_the_newest_match_is_first_where_the_header_says_so() -> None:
    rule = "rule r {\n  when lead: Lead\n  then flag lead as seen\n}\n"
    for header, order in (("", ["L1", "L2"]), ("  newest first\n", ["L2", "L1"])):
        made = session(rule, header)
        made.batch([Insert("Lead", {"id": "L2"}), Insert("Lead", {"id": "L1"})])
        assert [facts[0] for _, facts in fired(made)] == order


def test_rules_that_go_round_are_named_and_the_instant_is_undone() -> None:
    made = session(
        "rule up {\n  when lead: Lead where status is new\n  then set lead.status to won\n}\n"
        "rule down {\n  when lead: Lead where status is won\n  then set lead.status to new\n}\n",
        most_of_a_match=5,
    )
    made.insert("Lead", {"id": "L1", "status": "contacted"})
    before = made.memory()
    with pytest.raises(LoopError) as caught:
        made.update(("Lead", "L1"), {"status": "new"})
    assert (caught.value.kind, set(caught.value.rules)) == ("match", {"up", "down"})
    assert made.memory() == before
    assert made.firings == []
    assert made.effects() == []


def test_a_failing_action_surfaces_and_the_session_goes_on() -> None:
    made = session(
        "rule paper {\n  when lead: Lead\n  then add Paper { id: lead.id, size: lead.size }\n  then flag lead as done\n}\n"
        "rule after {\n  when lead: Lead\n  then flag lead as after\n}\n"
    )
    with pytest.raises(ActionError) as caught:
        made.insert("Lead", {"id": "L1"})
    (failure,) = caught.value.failures
    assert (failure.rule, failure.action, failure.word, failure.field) == ("paper", 1, "field", "size")
    assert failure.place.endswith(":26")
    assert [effect["flag"] for effect in made.effects()] == ["after"]
    assert [row[0] for row in made.memory()] == ["Lead"]


def test_bad_input_changes_nothing() -> None:
    made = session(
        NO_CALL + "rule hot {\n  when lead: Lead where size >= 5\n  then conclude Hot of lead { size: 1 }\n}\n"
    )
    with pytest.raises(InputError, match="one of new, contacted, won"):
        made.insert("Lead", {"id": "L1", "status": "lost"})
    with pytest.raises(InputError, match="rules conclude them"):
        made.insert("Hot", {"of": "L1"})
    assert made.memory() == []


def test_what_a_session_cannot_match_yet_is_said_when_it_is_made() -> None:
    with pytest.raises(NotMatchedError, match="the rule r reads an age compared with something that isn't fixed"):
        session("rule r {\n  when a: Call\n  when b: Call where age(at) > a.at - at\n  then flag a as late\n}\n")


def test_effects_are_handed_out_once_with_ids_that_a_replay_repeats() -> None:
    ids = []
    for _ in range(2):
        made = session(NO_CALL)
        made.insert("Lead", {"id": "L1", "status": "contacted"})
        ids += [effect["id"] for effect in made.effects()]
        assert made.effects() == []
    assert len(ids) == 2
    assert ids[0] == ids[1]
