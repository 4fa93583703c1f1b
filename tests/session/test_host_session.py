"""The session as hosts get it: facts as objects, what is there, and what it says when it is asked why."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

import leadpolicy
from leadpolicy import ActionError, InputError, Insert, NoSuchPartError, Policy, Session

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
POLICY = """policy p version "1" {
  about Lead
  zone "Asia/Shanghai"
}
fact Member {
  id: text key
}
fact Lead {
  id:      text key
  company: text
  n:       int
  share:   percent
  status:  one of [new, won]
  owner:   Member or none
}
event Call of Lead {
  seconds: int
  at:      time required as happened
}
fact Link {
  a: text
  b: text
}
fact Warm of Lead {
  via: text
}
fact Paper {
  id: text key
  n:  int required
}
rule warm {
  when customer: Lead where status is won
  let  calls = count(Call of customer within 1 day)
  when link: Link where a is customer.company
  when calls >= 1 and customer.n > 3
  when l: Lead where company is link.b and status is new
  then conclude Warm of l { via: customer.company }
}
rule paper {
  when l: Lead where status is new
  then add Paper { id: l.id, n: l.n }
}
"""


@pytest.fixture(scope="module")
def policy() -> Policy:
    return Policy.from_source(POLICY, "p.lead")


@pytest.fixture
def session(policy: Policy) -> Session:
    return policy.session(now=NOW)


def warm(session: Session) -> Session:
    """With one match of the first rule."""
    session.insert("Lead", {"id": "C1", "company": "a", "n": 5, "status": "won"})
    session.insert("Lead", {"id": "L1", "company": "b", "n": 1, "status": "new"})
    session.insert("Link", {"a": "a", "b": "b"})
    session.insert("Call", {"of": "C1", "at": NOW})
    return session


# ── Facts in ──


@dataclass
class Lead:
    id: str
    company: str
    status: str


def test_facts_are_models_dataclasses_or_objects_of_their_class(policy: Policy, session: Session) -> None:
    models = policy.models
    session.insert(models.Lead(id="L1", company="a", owner=models.Member(id="m1")))  # type: ignore[call-arg]
    session.insert(Lead("L2", "b", "won"))
    session.insert("Lead", SimpleNamespace(id="L3", company="c"))
    session.insert("Lead", models.Lead(id="L4"))  # type: ignore[call-arg]
    call = session.insert(models.Call(of="L1", at=NOW))  # type: ignore[call-arg]
    found = {fact.key: fact for fact in session.facts["Lead"]}
    assert [found[key]["company"] for key in ("L1", "L2", "L3", "L4")] == ["a", "b", "c", None]
    assert (found["L1"]["owner"], found["L2"]["status"], found["L4"]["owner"]) == ("m1", "won", "none")
    assert session.facts["Member", "m1"].key == "m1"
    assert (session.facts["Call"][0].of, session.facts["Call"][0].handle) == ("L1", call)


def test_a_batch_takes_objects_too(policy: Policy, session: Session) -> None:
    handles = session.batch([Insert(policy.models.Lead(id="L1")), Insert("Lead", {"id": "L2"})])  # type: ignore[call-arg]
    assert [session.facts["Lead", key].handle for key in ("L1", "L2")] == handles


def test_what_says_no_type(session: Session) -> None:
    for wrong in ({"id": "L1"}, "Lead", None):
        with pytest.raises(TypeError, match="by its type's name and a record"):
            session.insert(wrong)
    with pytest.raises(InputError, match='one of the facts Member, Lead, Call, Link, Paper, found "SimpleNamespace"'):
        session.insert(SimpleNamespace(id="L1"))
    assert not any(session.facts.values())


def test_fields_are_changed_by_name(session: Session) -> None:
    lead = session.insert("Lead", {"id": "L1", "n": 1})
    session.update(lead, status="won", n=2)
    session.update(("Lead", "L1"), {"n": 3}, company="x")
    fields = session.facts["Lead", "L1"].fields
    assert (fields["status"], fields["n"], fields["company"]) == ("won", 3, "x")
    session.update(lead)
    session.retract(lead)
    assert session.facts["Lead"] == ()


# ── Facts out ──


def test_facts_are_looked_at_by_type_and_by_key(session: Session) -> None:
    warm(session)
    session.update(("Lead", "L1"), share="12.5%")
    assert [*session.facts] == ["Member", "Lead", "Call", "Link", "Warm", "Paper"]
    assert [fact.key for fact in session.facts["Lead"]] == ["C1", "L1"]
    assert str(session.facts["Lead", "L1"]["share"]) == "0.125"
    (hot,) = session.facts["Warm"]
    assert (hot.type, hot.key, hot.of, hot.fields, hot.handle) == ("Warm", None, "L1", {"via": "a"}, None)
    for name in ("Leed", ("Lead", "L9"), ("Leed", "L1")):
        with pytest.raises(KeyError):
            session.facts[name]  # type: ignore[index]


def test_a_look_is_a_copy(session: Session) -> None:
    lead = session.insert("Lead", {"id": "L1", "n": 1})
    before = session.facts["Lead", "L1"]
    session.update(lead, n=2)
    assert (before["n"], session.facts["Lead", "L1"]["n"]) == (1, 2)


# ── Why ──


def test_nothing_is_made_to_explain_until_it_is_asked(session: Session) -> None:
    warm(session)
    assert session._explainer is None
    assert session.why_not("warm") is None
    first = session._explainer
    session.why_not("warm")
    assert session._explainer is first
    session.update(("Lead", "L1"), n=9)
    session.why_not("warm")
    assert session._explainer is not first


def test_a_match_is_told_line_by_line(session: Session) -> None:
    link = warm(session).facts["Link"][0].handle
    assert link is not None
    found = session.why("warm", [("Lead", "C1"), link, ("Lead", "L1")])
    assert found is not None
    assert str(found) == (
        "rule warm  p.lead:31\n"
        "  ✓ when customer: Lead where status is won  Lead C1  p.lead:32\n"
        "  ✓ count(Call of customer within 1 day)  p.lead:33\n"
        "  ✓ when link: Link where a is customer.company  Link (a, b)  p.lead:34\n"
        "  ✓ when calls >= 1 and customer.n > 3  p.lead:35\n"
        "  ✓ when l: Lead where company is link.b and status is new  Lead L1  p.lead:36"
    )
    assert session.why("warm", [["Lead", "C1"], ["Link", None, None, ["a", "b"]], ["Lead", "L1"]]) == found
    assert session.why("warm", [("Lead", "L1"), link, ("Lead", "C1")]) is None
    assert session.why("warm", [("Lead", "C1")]) is None
    assert json.loads(json.dumps(found.to_dict()))["lines"][0]["fact"] == ["Lead", "C1"]


def test_what_is_nearest_where_there_is_no_match(session: Session) -> None:
    warm(session)
    session.update(("Lead", "C1"), n=None)
    found = session.why_not("warm", ("Lead", "L1"))
    assert found is not None
    assert str(found) == (
        "rule warm  p.lead:31\n"
        "  ✓ customer: Lead C1\n"
        "  ✓ link: Link (a, b)\n"
        "  ? when calls >= 1 and customer.n > 3  p.lead:35\n"
        "    unknown: customer.n > 3"
    )
    session.advance_to(datetime(2026, 11, 21, 10, tzinfo=UTC))
    later = session.why_not("warm")
    assert later is not None
    assert (later.verdict, later.failing) == ("false", ("calls >= 1", "customer.n > 3"))


def test_supports_go_with_their_reasons(session: Session) -> None:
    warm(session)
    fact = ["Warm", None, "L1", ["a"]]
    (support,) = session.supports(fact)
    assert str(support) == "rule warm, action 1 (p.lead:37)  Lead C1, Link (a, b), Lead L1"
    session.update(("Lead", "L1"), status="won")
    with pytest.raises(InputError, match="a concluded fact of the session"):
        session.supports(fact)


def test_all_about_one_lead(session: Session) -> None:
    warm(session)
    with pytest.raises(ActionError):
        session.insert("Lead", {"id": "L2", "company": "c", "status": "new"})
    told = session.explain("L1")
    assert [(one.rule, one.at) for one in told.firings] == [
        ("paper", "2026-11-20T18:00:00+08:00"), ("warm", "2026-11-20T18:00:00+08:00"),
    ]  # fmt: skip
    assert [(one.fact, len(one.supports)) for one in told.conclusions] == [(["Warm", None, "L1", ["a"]], 1)]
    assert [(one.rule, len(one.matches), one.why_not) for one in told.rules] == [
        ("warm", 1, None),
        ("paper", 1, None),
    ]
    other = session.explain("L2")
    assert [(one.rule, one.action, one.field, one.place) for one in other.failures] == [
        ("paper", 1, "n", "p.lead:41")
    ]
    nearest = other.rules[0].why_not
    assert nearest is not None
    assert nearest.failing == ("company is link.b",)
    assert [one.rule for one in session.explain("C1").firings] == ["warm"]
    for lead in ("L1", "L2", "C1"):
        assert json.loads(json.dumps(session.explain(lead).to_dict()))["lead"] == lead
    assert str(other) == (
        "lead L2  at 2026-11-20T18:00:00+08:00\n"
        "\nfired\n"
        "  2026-11-20T18:00:00+08:00  paper  Lead L2\n"
        "\nfailed\n"
        "  2026-11-20T18:00:00+08:00  rule paper, action 1 (p.lead:41): field `n` has no value that it can have\n"
        "\nrules now\n"
        "  rule warm  p.lead:31\n"
        "    ✓ customer: Lead C1\n"
        "    ✓ link: Link (a, b)\n"
        "    ✗ when l: Lead where company is link.b and status is new  p.lead:36\n"
        "      fails: company is link.b\n"
        "  rule paper  p.lead:39\n"
        "    ✓ Lead L2"
    )


def test_what_belongs_to_a_lead_is_about_it_though_it_rests_on_others() -> None:
    far = "fact Note {\n  id:   text key\n  lead: Lead\n}\n"
    far += 'rule far {\n  when n: Note\n  then conclude Warm of n.lead { via: "far" }\n}\n'
    session = Policy.from_source(POLICY + far, "p.lead").session(now=NOW)
    session.insert("Lead", {"id": "L1"})
    session.insert("Note", {"id": "p", "lead": "L1"})
    assert [one.content[3] for one in session.explain("L1").conclusions] == [["far"]]


def test_effects_of_a_lead_are_told_without_handing_them_out(policy: Policy) -> None:
    flagging = Policy.from_source(POLICY + "rule f {\n  when l: Lead\n  then flag l as seen\n}\n", "p.lead")
    session = flagging.session(now=NOW)
    session.insert("Lead", {"id": "L1"})
    assert [effect["flag"] for effect in session.explain("L1").effects] == ["seen"]
    assert [effect["flag"] for effect in session.effects()] == ["seen"]


def test_questions_that_cannot_be_answered(session: Session) -> None:
    warm(session)
    with pytest.raises(NoSuchPartError, match="no rule called `wrm`; near: `warm`"):
        session.why_not("wrm")
    for about in (("Lead", "L9"), 99, ["Link", None, None, ["x", "y"]]):
        with pytest.raises(InputError, match="a fact of the session"):
            session.why_not("warm", about)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="one of the facts"):
        session.why("warm", [("Leed", "L1")])
    with pytest.raises(InputError, match="a fact of the session"):
        session.explain("L9")


def test_the_package_has_the_names_that_sessions_need() -> None:
    for name in leadpolicy.__all__:
        assert getattr(leadpolicy, name) is not None
    assert {"Session", "Insert", "Update", "Retract", "ActionError", "LoopError", "ConflictError"} <= {
        *dir(leadpolicy)
    }
    with pytest.raises(AttributeError):
        leadpolicy.Sesion  # noqa: B018
