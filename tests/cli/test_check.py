"""`lead check`: what it prints, in every form, and its exit codes."""

from __future__ import annotations

import json
from pathlib import Path

from small_policy import Lead


def test_a_good_policy(lead: Lead, folder: Path) -> None:
    ran = lead("check", "small.lead")
    assert (ran.code, ran.out.strip()) == (0, "no errors in 1 file")


def test_a_mistake_is_shown_with_its_line_and_a_hint(lead: Lead, folder: Path) -> None:
    text = (folder / "small.lead").read_text()
    (folder / "small.lead").write_text(text.replace("+5 when ratio", "+5 when rato"))
    ran = lead("check", ".")
    lines = ran.out.splitlines()
    assert ran.code == 1
    at = next(i for i, line in enumerate(lines) if line.endswith("+5 when rato > 0.1"))
    assert lines[at + 1].index("^") == lines[at].index("rato")
    assert lines[at + 1].count("^") == 4
    assert any("hint: did you mean `ratio`?" in line for line in lines)
    assert lines[-2:] == ["1 error in 1 file", "more about a code: lead explain-code LP2001"]
    assert ran.out.count("explain-code") == 1


def test_as_json_and_for_github(lead: Lead, folder: Path) -> None:
    text = (folder / "small.lead").read_text()
    (folder / "small.lead").write_text(text.replace("+5 when ratio", "+5 when rato"))
    found = json.loads(lead("check", "small.lead", "--format", "json").out)["diagnostics"]
    assert [d["severity"] for d in found] == ["error"]
    ran = lead("check", "small.lead", "--format", "github")
    assert ran.code == 1
    assert ran.out.startswith(f"::error file=small.lead,line={found[0]['line']},endLine={found[0]['line']},col=")


def test_what_was_not_analysed(lead: Lead, folder: Path) -> None:
    text = (folder / "small.lead").read_text()
    text = text.replace("+5 when ratio > 0.1", '+5 when id starts with "[b]x"')
    (folder / "small.lead").write_text(text)
    line = next(i for i, one in enumerate(text.splitlines(), 1) if "starts with" in one)
    told = f'small.lead:{line}:3: not analysed: `id starts with "[b]x"`'
    assert told not in lead("check", "small.lead").out
    ran = lead("check", "small.lead", "--verbose")
    assert (ran.code, ran.out.splitlines()) == (0, ["no errors in 1 file", told])
    assert "未分析：" in lead("check", "small.lead", "--verbose", "--lang", "zh").out
    assert json.loads(lead("check", "small.lead", "--format", "json").out)["not_analysed"] == [told]


def test_strict_makes_warnings_findings(lead: Lead, folder: Path) -> None:
    text = (folder / "small.lead").read_text()
    text = text.replace("  undecided            -> queue research\n", "")
    (folder / "small.lead").write_text(text)
    assert lead("check", "small.lead").code == 0
    ran = lead("check", "small.lead", "--strict")
    assert (ran.code, "warning" in ran.out) == (1, True)


def test_paths_that_cannot_be_used(lead: Lead, folder: Path) -> None:
    (folder / "empty").mkdir()
    ran = lead("check", "empty")
    assert (ran.code, "no .lead file in this folder" in ran.err) == (2, True)
    assert lead("check", "smal.lead").err.splitlines()[1] == "  hint: did you mean small.lead?"
    (folder / "gbk.lead").write_bytes("policy 线索".encode("gbk"))
    ran = lead("check", "gbk.lead")
    assert (ran.code, "isn't in UTF-8: byte 8 (line 1)" in ran.err) == (2, True)
    assert lead("check", "nothing.lead", "--format", "json").code == 2
