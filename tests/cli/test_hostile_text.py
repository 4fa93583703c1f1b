"""Texts from policies and data can't command the terminal that shows them."""

from __future__ import annotations

from pathlib import Path

from small_policy import Lead

ESCAPE = "\x1b]0;gotcha\x07\x1b[2J"


def test_a_policys_text_is_shown_harmless(lead: Lead, tmp_path: Path) -> None:
    path = tmp_path / "evil.lead"
    path.write_text(
        f"policy evil {{\n}}\nfact Lead {{\n  id: text key\n}}\nlet a = nothing # {ESCAPE}\u202e\n", encoding="utf-8"
    )
    ran = lead("check", path)
    assert ran.code == 1
    assert "\x1b" not in ran.out
    assert "\u202e" not in ran.out
    assert "\\x1b[2J" in ran.out


def test_a_leads_text_is_shown_harmless(lead: Lead, tmp_path: Path) -> None:
    policy, data = tmp_path / "p.lead", tmp_path / "d.jsonl"
    policy.write_text(
        'policy p {\n}\nfact Lead {\n  id: text key\n  name: text\n  n: int\n}\nfunnel {\n  MQL: name is "x"\n}\n',
        encoding="utf-8",
    )
    data.write_text('{"id": "1", "name": "\\u001b[2Jboo"}\n{"id": "2", "n": "\\u001b[31mred"}\n', encoding="utf-8")
    explained, ran = lead("explain", policy, data, "--lead", "1"), lead("run", policy, data)
    assert "boo" in explained.out
    assert "red" in ran.out
    assert "\x1b" not in explained.out + ran.out + explained.err + ran.err
