"""`lead explain` on a policy with rules: what fired, what stands, what is nearest; and why a rule has no match."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from small_policy import Lead

TOUR = Path(__file__).resolve().parents[1] / "tour" / "tour.lead"
LEADS = """id,company,title,status,owner,created_at
C1,甲,manager,won,m1,2026-11-19 08:00
L1,乙,staff,new,m1,2026-11-20 08:00
L2,乙,staff,contacted,m1,2026-11-20 08:00
L4,丙,staff,,,2026-11-20 08:00
L5,丙,staff,nonsense,,2026-11-20 08:00
"""
FILES = {
    "leads.csv": LEADS,
    "links.csv": "company,related,kind\n甲,乙,partner\n",
    "members.csv": "id,name,manager\nm1,林,m9\n",
    "acts.csv": "lead_id,kind,seconds,by,at\nL2,trial,0,m1,2026-11-20 09:00\n",
}
EXPLAIN = ("explain", TOUR, "leads.csv", "--facts", "Member=members.csv", "--events", "acts.csv",
           "--now", "2026-11-20 10:00")  # fmt: skip
LINKS = ("--facts", "CompanyLink=links.csv")


@pytest.fixture(autouse=True)
def _files(folder: Path) -> None:
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")


def rules(out: str, heading: str = "rules") -> list[str]:
    """The lines of the rules' part."""
    lines = [line.rstrip() for line in out.splitlines()]
    return lines[lines.index(heading) + 1 :]


def test_what_fired_what_stands_and_what_is_nearest(lead: Lead) -> None:
    ran = lead(*EXPLAIN, *LINKS, "--lead", "L1")
    assert ran.code == 0
    assert "score fit “Profile”" in ran.out, "what stood there before"
    place = str(TOUR)
    assert rules(ran.out) == [
        "  ✗ fake_contact “Marked contacted, with nothing to show for it”",
        f"    when lead: Lead where status is contacted and owner is known  {place}:268",
        "    not so: status is contacted",
        "  ✓ warm_introduction “A company linked to a customer”",
        "    fired at 2026-11-20T10:00:00+08:00 for Lead C1, CompanyLink (甲, 乙, partner), Lead L1",
        "  ✗ wrong_number “Three calls that nobody took: the number is wrong”",
        "    nearest: lead: Lead L1",
        f"    when count(Activity of lead where kind is call and seconds is 0 within 30 days) >= 3  {place}:290",
        "",
        "concluded about this lead",
        "  ✓ WarmIntroduction of L1 (甲)",
        "    by warm_introduction, from Lead C1, CompanyLink (甲, 乙, partner), Lead L1",
        "  1 row left out: what can't be read, or has the key of another",
    ]


def test_effects_unknowns_and_files_that_are_not_given(lead: Lead) -> None:
    found = rules(lead(*EXPLAIN, "--lead", "L2").out)
    assert "    → flag Lead L2 as fake_contact" in found
    assert "    → notify m9 by wecom: “林 标记 乙 已联系,但没有跟进记录”" in found
    assert "    there is no such record" in found
    assert "  no file of `CompanyLink` is given: the rules see none" in found
    unknown = rules(lead(*EXPLAIN, "--lead", "L4").out)
    assert "    unknown: status not in [invalid, won, lost]" in unknown
    assert "  ? wrong_number “Three calls that nobody took: the number is wrong”" in unknown


def test_in_chinese(lead: Lead) -> None:
    found = rules(lead(*EXPLAIN, *LINKS, "--lead", "L2", "--lang", "zh").out, "规则")
    assert "    于 2026-11-20T10:00:00+08:00 触发：Lead L2" in found
    assert "    → 给 Lead L2 打上标记 fake_contact" in found
    assert "    最接近的：customer: Lead C1、link: CompanyLink (甲, 乙, partner)" in found
    assert "    不成立：status is new" in found
    assert "  略去 1 行：无法读取，或者主键与另一个相同" in found


def test_why_not_a_rule(lead: Lead) -> None:
    for name in ("warm_introduction", "rule warm_introduction"):
        out = lead(*EXPLAIN, *LINKS, "--lead", "L2", "--why-not", name).out
        assert f"why not {name}" in out
        assert "nearest: customer: Lead C1, link: CompanyLink (甲, 乙, partner)" in out
        assert "not so: status is new" in out
        assert "score fit" not in out
    assert "it holds" in lead(*EXPLAIN, *LINKS, "--lead", "L1", "--why-not", "warm_introduction").out
    ran = lead(*EXPLAIN, *LINKS, "--lead", "L2", "--why-not", "warm_introductions")
    assert (ran.code, "did you mean `warm_introduction`?" in ran.err) == (2, True)
    assert "fails" not in lead(*EXPLAIN, "--lead", "L1", "--why-not", "MQL").err, "stages go first"


def test_as_json(lead: Lead) -> None:
    told = json.loads(lead(*EXPLAIN, *LINKS, "--lead", "L1", "--format", "json").out)
    session = told["session"]
    assert [one["rule"] for one in session["firings"]] == ["warm_introduction"]
    assert session["conclusions"][0]["content"] == ["WarmIntroduction", None, "L1", ["甲"]]
    assert {one["rule"]: one["why_not"] is None for one in session["rules"]} == {
        "fake_contact": False, "warm_introduction": True, "wrong_number": False,
    }  # fmt: skip
    ran = lead(*EXPLAIN, *LINKS, "--lead", "L2", "--why-not", "warm_introduction", "--format", "json")
    why_not = json.loads(ran.out)["why_not"]
    assert (why_not["target"], why_not["rule"]["failing"]) == ("warm_introduction", ["status is new"])


def test_rules_that_cannot_be_played_are_said_to_be(lead: Lead, folder: Path) -> None:
    policy = """policy p version "1" {
  about Lead
}
fact Lead {
  id: text key
  n:  int
}
score fit from 0 to 9 {
  +5 when n >= 1
}
"""
    round_ = "rule up {{\n  when lead: Lead where n is {}\n  then set lead.n to {}\n}}\n"
    text = policy + round_.format(0, 1) + round_.replace("up", "down").format(1, 0)
    (folder / "p.lead").write_text(text, encoding="utf-8")
    (folder / "l.csv").write_text("id,n\nL1,0\n", encoding="utf-8")
    arguments = ("explain", "p.lead", "l.csv", "--lead", "L1", "--now", "2026-11-20 10:00")
    ran = lead(*arguments)
    assert ran.code == 0
    assert rules(ran.out) == ["  the rules are not played: these rules go round without coming to rest: up, down"]
    assert json.loads(lead(*arguments, "--format", "json").out)["session"] is None
    assert "没有运行规则：这些规则循环不止：up, down" in lead(*arguments, "--lang", "zh").out
    ran = lead(*arguments, "--why-not", "up")
    assert (ran.code, "the rules are not played" in ran.err) == (2, True)


def test_a_policy_without_rules_is_told_as_before(lead: Lead, folder: Path) -> None:
    (folder / "members.csv").write_text("id,level\nm1,senior\n", encoding="utf-8")
    ran = lead("explain", "small.lead", "leads.csv", "--facts", "Member=members.csv", "--lead", "L1")
    assert (ran.code, ran.err) == (0, "")
    assert "gate ready" in ran.out
    assert "rules" not in ran.out
