"""Conclusions: a view of the facts, however they came to be as they are (ruling 64; 0012, section 6)."""

from __future__ import annotations

import pytest

from leadpolicy.compiler.interpreter.session import ConflictError, Update
from tests.session.playing import Play, lead

WARM = """
rule warm {
  when customer: Lead where status is won
  when link: Link where from_company is customer.company and kind is partner
  when l: Lead where company is link.to_company and status is new
  then conclude Warm of l { via: customer.company, n: customer.n }
}
"""


def linked(rules: str = WARM, **limits: int) -> Play:
    """Two customers of one company, a partner of it, and a lead there."""
    play = Play(rules, **limits)
    play.lead("C1", company="a", status="won")
    play.lead("C2", company="a", status="won")
    play.lead("L1", company="b", status="new")
    return play


def test_ruling_64_equal_conclusions_are_one_fact_with_several_supports() -> None:
    play = linked()
    link = play.link("a", "b")
    assert play.concluded == ["Warm L1 via=a ×2"]
    play.set("C1", status="lost")
    assert play.concluded == ["Warm L1 via=a ×1"]
    play.set("C1", status="won")
    assert play.concluded == ["Warm L1 via=a ×2"]
    play.retract("C1")
    play.retract("C2")
    assert play.concluded == []
    play.lead("C3", company="a", status="won")
    assert play.concluded == ["Warm L1 via=a ×1"]
    play.retract(link)
    assert play.concluded == []


def test_ruling_64_a_conclusion_follows_its_values_without_a_firing() -> None:
    play = linked()
    play.link("a", "b")
    play.fired  # noqa: B018
    play.set("C1", n=5)
    assert play.concluded == ["Warm L1 via=a n=5 ×1", "Warm L1 via=a ×1"]
    play.set("C2", n=5)
    assert play.concluded == ["Warm L1 via=a n=5 ×2"]
    assert play.fired == []


def test_ruling_64_two_rules_may_support_one_fact() -> None:
    also = 'rule also {\n  when l: Lead where n >= 3\n  then conclude Hot of l { why: "x" }\n  then conclude Hot of l { why: "y" }\n}\n'
    more = 'rule more {\n  when l: Lead where m >= 3\n  then conclude Hot of l { why: "x" }\n}\n'
    play = Play(also + more)
    play.lead(n=3, m=3)
    assert play.concluded == ["Hot L1 why=x ×2", "Hot L1 why=y ×1"]
    play.set(n=0)
    assert play.concluded == ["Hot L1 why=x ×1"]
    play.set(m=0)
    assert play.concluded == []


def test_ruling_64_conclusions_are_there_before_anything_fires_whatever_the_priority() -> None:
    play = Play(
        "rule seen priority 50 {\n  when l: Lead\n  when no Hot of l\n  then flag l as cold\n}\n"
        "rule hot priority -50 {\n  when l: Lead\n  when any Warm of l where n >= 2\n  then conclude Hot of l { why: l.id }\n}\n"
        "rule warm priority -90 {\n  when l: Lead where n >= 1\n  then conclude Warm of l { n: l.n }\n}\n"
    )
    play.lead(n=2)
    assert play.fired == ["hot L1", "warm L1"]
    assert play.concluded == ["Warm L1 n=2 ×1", "Hot L1 why=L1 ×1"]
    play.set(n=1)
    assert play.fired == ["seen L1"]
    assert play.concluded == ["Warm L1 n=1 ×1"]
    play.set(n=2)
    assert play.fired == ["hot L1"]


def test_ruling_64_scores_of_leads_see_conclusions() -> None:
    play = linked(
        WARM
        + "score fit from 0 to 20 {\n  +10 once Warm\n}\nrule r {\n  when l: Lead where fit >= 10\n  then flag l as hot\n}\n"
    )
    link = play.link("a", "b")
    assert [f for f in play.fired if f.startswith("r ")] == ["r L1"]
    play.retract(link)
    play.link("a", "b")
    assert [f for f in play.fired if f.startswith("r ")] == ["r L1"]


def test_a_match_with_a_conclusion_goes_on_as_long_as_it_says_the_same() -> None:
    play = linked(WARM + "rule r {\n  when w: Warm\n  then flag w as seen\n}\n")
    play.link("a", "b")
    assert [f for f in play.fired if f.startswith("r ")] == ["r L1/a"]
    play.retract("C1")
    assert play.fired == []
    play.set("C2", n=1)
    assert play.fired == ["r L1/a/1"]


def test_a_conclusion_with_a_key_is_known_by_it() -> None:
    play = Play(
        "rule best {\n  when l: Lead where n is 5\n  then conclude Best { id: l.company, who: l.id }\n}\n"
        "rule r {\n  when b: Best\n  then flag b as seen\n}\n"
    )
    play.lead("L1", company="a", n=5)
    play.lead("L2", company="a", n=4)
    assert play.fired == ["best L1", "r a"]
    play.session.batch([Update(("Lead", "L1"), {"n": 4}), Update(("Lead", "L2"), {"n": 5})])
    assert play.concluded == ["Best a id=a who=L2 ×1"]
    assert play.fired == ["best L2"]


def test_different_conclusions_of_one_key_are_an_error_and_the_instant_is_undone() -> None:
    rules = (
        "rule one {\n  when l: Lead where n is 5\n  then conclude Best { id: l.company, who: l.id }\n}\n"
        "rule never {\n  when l: Lead where n is 6\n  then conclude Best { id: l.id, who: l.id }\n}\n"
        "rule other {\n  when s: Step\n  then conclude Best { id: s.id, who: s.id }\n}\n"
    )
    play = Play(rules)
    play.lead("L1", company="a", n=5)
    with pytest.raises(ConflictError) as caught:
        play.step("a")
    assert (caught.value.fact, caught.value.key, caught.value.rules) == ("Best", "a", ("one", "other"))
    assert play.keys == ["Lead L1"]
    assert play.concluded == ["Best a id=a who=L1 ×1"]
    assert play.fired == ["one L1"]


def test_what_is_not_certain_is_not_concluded() -> None:
    play = Play("rule best {\n  when l: Lead\n  then conclude Best { id: l.company, who: l.id }\n}\n")
    play.lead("L1")
    assert play.concluded == []
    assert play.fired == ["best L1"]
    play.set(company="a")
    assert play.concluded == ["Best a id=a who=L1 ×1"]
    assert play.fired == []


def test_a_rule_may_conclude_and_act() -> None:
    play = Play(
        "rule r {\n  when l: Lead where n is 1\n  then conclude Hot of l { why: l.id }\n  then set l.n to 2\n}\n"
    )
    play.lead(n=1)
    assert play.fired == ["r L1"]
    assert play.concluded == []


def test_conclusions_withdrawn_and_made_with_one_change_come_in_order_of_what_they_say() -> None:
    """Two leads change company at once; what is concluded of L1 comes before what is concluded of L2."""
    rules = "rule c {\n  when s: Step\n  when l: Lead where n is s.n\n  then conclude Warm of l { via: s.id }\n}\nrule r {\n  when w: Warm\n  then flag w as seen\n}\n"
    play = Play(rules)
    play.batch(("Lead", lead("L2", n=2)), ("Lead", lead("L1", n=2)), ("Step", {"id": "s", "n": 1}))
    assert play.fired == []
    play.session.update(("Step", "s"), {"n": 2})
    assert play.fired == ["c s L1", "c s L2", "r L1/s", "r L2/s"]
