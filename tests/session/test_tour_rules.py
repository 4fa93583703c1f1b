"""The rules of the tour, and the one of the language reference, on hand-made facts."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from leadpolicy import Policy
from leadpolicy.compiler.interpreter.session import Session
from leadpolicy.compiler.pipeline import compile_source
from leadpolicy.compiler.source import Source

TOUR = Path(__file__).resolve().parents[1] / "tour" / "tour.lead"
NOW = datetime(2026, 11, 20, 10)


class Tour:
    """The tour's session."""

    def __init__(self) -> None:
        self.session = Session(Policy.load(TOUR).ir, NOW)

    def lead(self, key: str, **fields: Any) -> None:
        self.session.insert("Lead", {"id": key, "created_at": "2026-11-20 08:00", **fields})

    def activity(self, of: str, at: str, **fields: Any) -> int:
        return self.session.insert("Activity", {"of": of, "at": at, **fields})

    def effects(self) -> list[tuple[Any, ...]]:
        """Kind, who it is for, and what it says."""
        found = self.session.effects()
        return [(e["kind"], e.get("to") or e.get("record"), e.get("text") or e.get("flag")) for e in found]

    def warm(self) -> list[tuple[str | None, Any, int]]:
        return [(record.link, record.values["via"], len(s)) for record, s in self.session.conclusions()]


def test_fake_contact() -> None:
    tour = Tour()
    tour.session.insert("Member", {"id": "m1", "name": "林", "manager": "m9"})
    tour.lead("L1", status="contacted", owner="m1", company="甲")
    told = ("notify", "m9", "林 标记 甲 已联系,但没有跟进记录")
    assert tour.effects() == [("flag", ["Lead", "L1"], "fake_contact"), told]
    tour.activity("L1", "2026-11-20 09:00", kind="trial", by="m1")
    call = tour.activity("L1", "2026-11-20 09:30", kind="call", by="m1")
    assert tour.effects() == []
    tour.session.retract(call)
    assert tour.effects() == [("flag", ["Lead", "L1"], "fake_contact"), told]
    tour.lead("L2", status="contacted")
    tour.lead("L3", status="contacted", owner="m1", company="乙")
    assert len(tour.effects()) == 2


def test_a_contact_that_may_have_been_by_the_owner_is_not_called_fake() -> None:
    tour = Tour()
    tour.activity("L1", "2026-11-20 09:00", kind="call", by="未知")
    tour.lead("L1", status="contacted", owner="m1")
    assert tour.effects() == []


def test_warm_introduction_raises_the_score_as_long_as_it_holds() -> None:
    tour = Tour()
    tour.lead("C1", status="won", company="甲")
    tour.lead("L1", status="new", company="乙")
    link = tour.session.insert("CompanyLink", {"company": "甲", "related": "乙", "kind": "partner"})
    tour.session.insert("CompanyLink", {"company": "甲", "related": "乙", "kind": "competitor"})
    tour.session.insert("CompanyLink", {"company": "甲", "related": "乙"})
    assert tour.warm() == [("L1", "甲", 1)]
    tour.session.insert("CompanyLink", {"company": "甲", "related": "乙", "kind": "branch"})
    assert tour.warm() == [("L1", "甲", 2)]
    tour.session.retract(link)
    assert tour.warm() == [("L1", "甲", 1)]
    tour.session.update(("Lead", "L1"), {"status": "contacted"})
    assert tour.warm() == []


def test_overload_above_forty() -> None:
    tour = Tour()
    tour.session.insert("Member", {"id": "m1", "name": "Lin", "manager": "m9", "away": False})
    for i in range(41):
        assert tour.effects() == []
        tour.lead(f"L{i}", status="new", owner="m1")
    (task,) = tour.session.effects()
    assert (task["to"], task["text"]) == ("m9", "Rebalance Lin: 41 open leads")
    assert task["due"] == "2026-11-23T10:00:00+08:00"
    tour.lead("L99", status="new", owner="m1")
    assert tour.effects() == []


def test_wrong_number_after_three_calls_that_nobody_took() -> None:
    tour = Tour()
    tour.lead("L1", status="new")
    for day in (1, 10):
        tour.activity("L1", f"2026-11-{day:02} 09:00", kind="call", seconds=0)
    tour.activity("L1", "2026-12-01 09:00", kind="call", seconds=0)
    tour.activity("L1", "2026-12-02 09:00", kind="call", seconds=0)
    tour.session.advance_to(NOW + timedelta(days=11))
    assert tour.session.facts()[0].values["status"] == "new"  # the first had left the window as the third came
    tour.session.advance_to(NOW + timedelta(days=12))
    assert [(f.rule, f.facts) for f in tour.session.firings] == [("wrong_number", [["Lead", "L1"]])]
    assert tour.session.facts()[0].values["status"] == "invalid"


JUMPED = """rule jumped "20 points in a day" {
  when lead: Lead where status is new
  when lead.intent - ago(lead.intent, 24 hours) >= 20
  then notify lead.owner by wecom "{lead.company} moved"
}
"""


def test_jumped_twenty_points_in_a_day() -> None:
    source = Source("tour.lead", TOUR.read_text(encoding="utf-8") + JUMPED)
    policy = compile_source(source, lambda name: (TOUR.parent / name).read_text(encoding="utf-8")).policy
    assert policy is not None
    session = Session(policy, NOW)
    lead = {"id": "L1", "status": "new", "company": "A", "owner": "m1", "created_at": "2026-11-01 08:00"}
    session.insert("Lead", lead)
    session.insert("Activity", {"of": "L1", "kind": "trial", "at": "2026-11-20 09:00"})
    assert session.effects() == []
    session.insert("Activity", {"of": "L1", "kind": "seminar", "at": "2026-11-20 09:30"})
    assert [e["text"] for e in session.effects()] == ["A moved"]
