"""Why a rule fired, and why it didn't (0012, section 11)."""

from __future__ import annotations

from tests.session.playing import Play

RULE = """
rule warm {
  when customer: Lead where status is won
  when link: Link where from_company is customer.company and kind is partner
  let  many = count(Activity)
  when many >= 1 and customer.n > 3
  when l: Lead where company is link.to_company and status is new
  then conclude Warm of l { via: customer.company }
}
"""


def test_the_lines_of_a_match_and_its_facts() -> None:
    play = Play(RULE)
    play.lead("C1", company="a", status="won", n=5)
    play.lead("L1", company="b", status="new")
    play.activity()
    link = play.link("a", "b")
    found = play.session.why("warm", [("Lead", "C1"), link, ("Lead", "L1")])
    assert found is not None
    assert [(h.text.split(" where")[0], h.fact and h.fact[:2]) for h in found] == [
        ("when customer: Lead", ["Lead", "C1"]), ("when link: Link", ["Link", None]), ("count(Activity)", None),
        ("when many >= 1 and customer.n > 3", None), ("when l: Lead", ["Lead", "L1"]),
    ]  # fmt: skip
    assert play.session.why("warm", [("Lead", "L1"), link, ("Lead", "C1")]) is None
    assert play.session.why_not("warm") is None
    ((record, supports),) = play.session.conclusions()
    assert (record.link, [s.action for s in supports]) == ("L1", [1])


def test_the_nearest_partial_match_and_the_line_without_a_partner() -> None:
    play = Play(RULE)
    empty = play.session.why_not("warm")
    assert empty is not None
    assert (empty.facts, empty.text, empty.verdict, empty.failing) == (
        {}, "when customer: Lead where status is won", "false", (),
    )  # fmt: skip
    play.lead("C1", company="a", status="won")
    play.lead("C2", company="c", status="won", n=9)
    second = play.session.why_not("warm")
    assert second is not None
    assert second.facts == {"customer": ["Lead", "C1"]}
    assert second.text.startswith("when link: Link where")
    play.link("a", "b", "?")
    unsure = play.session.why_not("warm")
    assert unsure is not None
    assert (unsure.verdict, unsure.failing) == ("unknown", ("kind is partner",))
    play.link("a", "b")
    third = play.session.why_not("warm")
    assert third is not None
    assert list(third.facts) == ["customer", "link"]
    assert (third.text, third.verdict, third.failing) == (
        "when many >= 1 and customer.n > 3", "false", ("many >= 1", "customer.n > 3"),
    )  # fmt: skip
    play.activity()
    fourth = play.session.why_not("warm")
    assert fourth is not None
    assert (fourth.verdict, fourth.failing) == ("unknown", ("customer.n > 3",))


def test_about_one_fact_only_prefixes_that_have_it_count() -> None:
    play = Play(RULE)
    play.lead("C1", company="a", status="won", n=5)
    play.activity()
    play.link("a", "b")
    play.lead("L1", company="b", status="lost")
    play.lead("L2", company="x", status="new")
    one = play.session.why_not("warm", ("Lead", "L1"))
    assert one is not None
    assert list(one.facts) == ["customer", "link"]
    assert (one.text.split(":")[0], one.failing) == ("when l", ("status is new",))
    other = play.session.why_not("warm", ("Lead", "L2"))
    assert other is not None
    assert other.failing == ("company is link.to_company",)


def test_a_match_with_another_fact_is_no_answer_about_this_one() -> None:
    play = Play(RULE)
    play.lead("C1", company="a", status="won", n=5)
    play.activity()
    play.link("a", "b")
    play.lead("L1", company="b", status="new")
    play.lead("L2", company="b", status="lost")
    assert play.session.why_not("warm") is None
    found = play.session.why_not("warm", ("Lead", "L2"))
    assert found is not None
    assert found.failing == ("status is new",)
