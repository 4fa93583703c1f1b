"""Parts of leads in rules: each is worked out again only when something that it reads has changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from leadpolicy import Policy
from leadpolicy.compiler.unmatched import NotMatchedError
from leadpolicy.engine.session.errors import LoopError
from leadpolicy.engine.session.session import Session

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
"""A Friday, 10:00 in the policy's zone."""

HEAD = """policy p version "1" {
  about Lead
  zone "Asia/Shanghai"
  calendar work
}
calendar work {
  mon to fri 09:00 to 12:00, 13:00 to 18:00
}
fact Member {
  id:    text key
  name:  text
  level: int
  boss:  Member or none
}
fact Lead {
  id:    text key
  name:  text
  size:  int
  owner: Member as owner
  box:   email
  made:  time required as created
}
event Call of Lead {
  seconds: int
  at:      time required as happened
}
event Mail of Lead {
  at: time required as happened
}
fact Hot of Lead {
  n: int
}
"""
LEAD: dict[str, Any] = {"id": "L1", "size": 1, "made": NOW}


class Seen:
    """A session of one rule, and how often each part was worked out since this was asked last."""

    def __init__(self, parts: str, condition: str, more: str = "") -> None:
        rule = f"rule r {{\n  when lead: Lead\n  when {condition}\n  then flag lead as seen\n}}\n"
        self.session: Session = Policy.from_source(HEAD + parts + rule + more).session(now=NOW)
        self._before: dict[str, int] = {}

    def insert(self, fact: str, **fields: Any) -> int:
        return self.session.insert(fact, fields)

    def lead(self, **fields: Any) -> int:
        return self.session.insert("Lead", LEAD | fields)

    def worked(self) -> dict[str, int]:
        now = {part.name: part.worked for part in self.session.parts.all}
        before, self._before = self._before, now
        return {name: count - before.get(name, 0) for name, count in now.items() if count > before.get(name, 0)}

    def fired(self) -> list[str]:
        return [effect["facts"][0][1] for effect in self.session.effects()]  # type: ignore[index]


FIT = "score fit {\n  +5 when size >= 5\n  +2 each Call within 3 hours\n  +3 when owner.level >= 2\n}\n"


def test_a_score_is_worked_out_once_for_each_lead_and_kept() -> None:
    seen = Seen(FIT, "lead.fit >= 5")
    seen.lead()
    seen.lead(id="L2", size=5)
    assert seen.worked() == {"score fit": 2}
    assert seen.fired() == ["L2"]
    seen.insert("Member", id="m", level=3)
    seen.insert("Mail", of="L1", at=NOW)
    seen.session.update(("Lead", "L2"), {"name": "other"})
    seen.session.update(("Member", "m"), {"name": "other", "boss": "m"})
    seen.session.advance_to(NOW + timedelta(days=2))
    assert seen.worked() == {}


def test_only_the_lead_that_an_event_belongs_to_is_worked_out_again() -> None:
    seen = Seen(FIT, "lead.fit >= 2")
    for name in ("L1", "L2", "L3"):
        seen.lead(id=name)
    assert seen.worked() == {"score fit": 3}
    handle = seen.insert("Call", of="L2", at=NOW)
    assert seen.worked() == {"score fit": 1}
    assert seen.fired() == ["L2"]
    seen.session.retract(handle)
    assert seen.worked() == {"score fit": 1}
    seen.insert("Call", of="L2", at=NOW - timedelta(hours=2))
    assert seen.worked() == {"score fit": 1}
    seen.session.advance_to(NOW + timedelta(minutes=59))
    assert seen.worked() == {}
    seen.session.advance_to(NOW + timedelta(hours=1))
    assert seen.worked() == {"score fit": 1}
    seen.session.advance_to(NOW + timedelta(hours=5))
    assert seen.worked() == {}


def test_a_path_is_followed_to_the_leads_that_it_comes_from() -> None:
    seen = Seen(FIT, "lead.fit >= 3")
    seen.lead(owner="m")
    seen.lead(id="L2", owner="other")
    assert seen.worked() == {"score fit": 2}
    seen.insert("Member", id="m", level=1)
    assert seen.worked() == {"score fit": 1}
    seen.session.update(("Member", "m"), {"level": 2})
    assert seen.worked() == {"score fit": 1}
    assert seen.fired() == ["L1"]
    seen.session.update(("Lead", "L2"), {"owner": "m"})
    assert seen.worked() == {"score fit": 1}
    assert seen.fired() == ["L2"]


def test_all_leads_are_stale_where_nothing_ties_them() -> None:
    seen = Seen(
        "let seniors = count(Member where level >= 2)\nscore fit {\n  +5 when seniors >= 1\n}\n", "lead.fit >= 5"
    )
    seen.lead()
    seen.lead(id="L2")
    seen.insert("Call", of="L1", at=NOW)
    assert seen.worked() == {"score fit": 2}
    seen.insert("Member", id="m", level=2)
    assert seen.worked() == {"score fit": 2}
    assert seen.fired() == ["L1", "L2"]


TABLE = FIT + "table tab: one of [low, high] {\n  | fit  || tab  |\n  | >= 5 || high |\n  | -    || low  |\n}\n"
FUNNEL = (
    TABLE
    + "gate good {\n  tab:  tab is high\n  open: during(work)\n}\nfunnel {\n  MQL: fit >= 2\n  SQL: good passes\n}\n"
)


def test_what_a_part_reads_is_worked_out_once_for_all_that_read_it() -> None:
    seen = Seen(FUNNEL, "lead.stage is SQL")
    seen.lead(size=5)
    everything = {"score fit", "table tab", "gate good", "disqualified", "stage MQL", "stage SQL", "stages"}
    assert seen.worked() == dict.fromkeys(everything, 1)
    assert seen.fired() == ["L1"]
    seen.insert("Call", of="L1", at=NOW)
    assert seen.worked() == dict.fromkeys(everything - {"disqualified"}, 1)


def test_a_calendar_opens_and_closes_by_itself_and_only_what_asks_for_it_is_worked_out() -> None:
    seen = Seen(FUNNEL, "lead.stage is SQL")
    seen.lead(size=5)
    seen.worked()
    seen.session.advance_to(NOW + timedelta(hours=1, minutes=59))
    assert seen.worked() == {}
    seen.session.advance_to(NOW + timedelta(hours=3))
    assert seen.worked() == {"gate good": 2, "stage SQL": 2, "stages": 2}
    assert seen.fired() == ["L1", "L1"]


def test_time_costs_nothing_where_no_lead_depends_on_it() -> None:
    seen = Seen(FUNNEL + "score aged {\n  +9 each Call, halving every 1 day\n}\n", "lead.SQL and lead.aged > 3")
    seen.lead(size=5, id="L1")
    seen.session.retract(("Lead", "L1"))
    seen.session.advance_to(NOW + timedelta(days=3))
    seen.worked()
    seen.session.advance_to(NOW + timedelta(days=3000))
    assert seen.worked() == {}


def test_a_decay_is_looked_at_at_midnight_in_the_policys_zone() -> None:
    seen = Seen("score aged {\n  +8 each Call, halving every 1 day\n}\n", "lead.aged <= 4 and lead.aged > 0")
    seen.lead()
    seen.insert("Call", of="L1", at=NOW)
    seen.worked()
    seen.session.advance_to(NOW + timedelta(hours=13, minutes=59))
    assert seen.worked() == {}
    assert seen.fired() == []
    seen.session.advance_to(NOW + timedelta(hours=14))
    assert seen.worked() == {"score aged": 1}
    assert [effect["at"] for effect in seen.session.effects()] == ["2026-11-21T00:00:00+08:00"]


def test_ago_sees_events_later_and_is_a_part_of_its_own() -> None:
    seen = Seen(FIT, "lead.fit - ago(lead.fit, 1 hour) >= 2")
    seen.lead()
    seen.insert("Call", of="L1", at=NOW)
    assert seen.fired() == ["L1"]
    both = seen.session.parts.all
    assert [part.name for part in both] == ["score fit", "score fit"]
    before = [part.worked for part in both]
    seen.session.advance_to(NOW + timedelta(hours=1))
    assert [part.worked for part in both] == [before[0], before[1] + 1]
    seen.session.advance_to(NOW + timedelta(hours=3))
    assert [part.worked for part in both] == [before[0] + 1, before[1] + 1]
    seen.session.advance_to(NOW + timedelta(hours=4))
    assert [part.worked for part in both] == [before[0] + 1, before[1] + 2]


def test_bounds_of_a_score_follow_what_becomes_known() -> None:
    seen = Seen(FIT, "high(lead.fit) >= 5 and low(lead.fit) is 0")
    seen.lead(size=None)
    assert seen.fired() == ["L1"]
    seen.worked()
    seen.session.update(("Lead", "L1"), {"size": 2})
    assert seen.worked() == {"score fit": 1, "high fit": 1}
    seen.session.update(("Lead", "L1"), {"size": None})
    assert seen.fired() == ["L1"]
    assert seen.lead(id="L2", size=5) > 0
    assert seen.fired() == []


def test_bounds_count_events_that_may_count() -> None:
    fit = "score fit from 0 to 20 {\n  +4 each Call where seconds > 5 within 3 hours\n}\n"
    seen = Seen(fit, "high(lead.fit) >= 8 and lead.fit is 0")
    seen.lead()
    seen.insert("Call", of="L1", at=NOW, seconds=1)
    seen.insert("Call", of="L1", at=NOW)
    assert seen.fired() == []
    seen.insert("Call", of="L1", at=NOW - timedelta(hours=1))
    assert seen.fired() == ["L1"]
    seen.session.advance_to(NOW + timedelta(hours=2))
    seen.insert("Call", of="L1", at=NOW)
    assert seen.fired() == ["L1"]


def test_a_lead_that_is_looked_for_is_asked_again_when_its_part_is_stale() -> None:
    lone = "rule lone {\n  when m: Member\n  when no Lead where fit >= 5 and owner is m\n  then flag m as lone\n}\n"
    seen = Seen(FIT, "lead.fit > 90", lone)
    seen.insert("Member", id="m", level=0)
    assert seen.fired() == ["m"]
    seen.lead(owner="m", size=5)
    seen.insert("Call", of="L1", at=NOW)
    assert seen.fired() == []
    seen.session.update(("Lead", "L1"), {"size": 1})
    assert seen.fired() == ["m"]


def test_a_conclusion_goes_with_the_score_that_it_was_made_for() -> None:
    hot = "rule hot {\n  when lead: Lead where fit >= 5\n  then conclude Hot of lead { n: lead.size }\n}\n"
    more = "score all {\n  +5 once Hot where n > 6\n}\nrule warm {\n  when lead: Lead where all >= 5\n  then flag lead as warm\n}\n"
    seen = Seen(FIT, "lead.fit > 90", hot + more)
    seen.lead(size=6)
    assert [row[3] for row in seen.session.concluded()] == [["6"]]
    seen.session.update(("Lead", "L1"), {"size": 7})
    assert seen.fired() == ["L1"]
    seen.session.update(("Lead", "L1"), {"size": 4})
    assert seen.session.concluded() == []


def test_a_key_that_goes_and_comes_back_in_one_batch_has_parts_of_its_own() -> None:
    from leadpolicy.engine.session.operations import Insert, Retract

    seen = Seen(FIT, "lead.fit >= 5")
    seen.lead(size=1)
    seen.session.batch([Retract(("Lead", "L1")), Insert("Lead", LEAD | {"size": 9})])
    assert seen.fired() == ["L1"]


def test_an_instant_that_is_undone_leaves_no_part_behind() -> None:
    turn = (
        "rule up {\n  when lead: Lead where fit >= 5\n  then set lead.size to 1\n}\n"
        "rule down {\n  when lead: Lead where fit < 5 and name is known\n  then set lead.size to 5\n}\n"
    )
    seen = Seen(FIT, "lead.fit >= 3 and lead.fit < 5", turn)
    seen.insert("Member", id="m", level=2)
    seen.lead()
    with pytest.raises(LoopError):
        seen.session.update(("Lead", "L1"), {"name": "x"})
    seen.session.update(("Lead", "L1"), {"owner": "m"})
    assert seen.fired() == ["L1"]


def test_when_a_stage_was_entered_is_refused_through_parts_too() -> None:
    late = "let late = entered(MQL) + 1 day < made\nscore fit {\n  +5 when late\n}\nfunnel {\n  MQL: size > 3\n}\n"
    with pytest.raises(NotMatchedError, match="the rule r reads when the stage `MQL` was entered"):
        Seen(late, "lead.fit > 3")
    with pytest.raises(NotMatchedError, match="the rule told reads when the stage `MQL` was entered"):
        Seen(late, "lead.size > 3", 'rule told {\n  when lead: Lead\n  then task lead.owner "{lead.fit}"\n}\n')


@pytest.mark.parametrize("aged", ["age(lead.made) + 1 hour >= 3 hours", "lead.old >= 3 hours", "lead.fit > 3"])
def test_what_has_no_instants_of_its_own_is_looked_at_when_something_else_happens(aged: str) -> None:
    parts = "let old = age(made) + 1 hour\nscore fit {\n  +5 when age(made) + 1 hour >= 3 hours\n}\n"
    seen = Seen(parts, aged)
    seen.lead()
    seen.session.advance_to(NOW + timedelta(hours=3))
    assert seen.fired() == []
    seen.insert("Member", id="m")
    assert seen.fired() == ["L1"]


def test_what_is_concluded_by_a_part_comes_behind_what_the_part_reads() -> None:
    facts = HEAD.replace("fact Hot", "fact Early of Lead {\n  n: int\n}\nfact Hot")
    rules = (
        "score fit {\n  +5 once Hot\n}\ntable tab: one of [a, b] {\n  | fit || tab |\n  | >= 5 || a |\n  | - || b |\n}\n"
        "rule early {\n  when lead: Lead where tab is a\n  then conclude Early of lead { n: 1 }\n}\n"
        "rule hot {\n  when lead: Lead where size > 1\n  then conclude Hot of lead { n: lead.size }\n}\n"
    )
    made = Policy.from_source(facts + rules).session(now=NOW)
    order = [made.declared[type_].name for type_ in made.matching.concluded]
    assert order == ["Hot", "Early"]
    made.insert("Lead", LEAD | {"size": 2})
    assert [row[0] for row in made.concluded()] == ["Early", "Hot"]
