"""`lead fmt`: what it writes and says, and its exit codes."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest
from small_policy import Lead

MESSY = 'policy p version "1"{\nabout Lead}\nfact Lead{\n id:text key # who\n}\n'
TIDY = 'policy p version "1" {\n  about Lead\n}\n\nfact Lead {\n  id: text key  # who\n}\n'


@pytest.fixture
def messy(folder: Path) -> Path:
    """A file that would change, beside one that would not and one with a mistake."""
    for name, text in (("messy", MESSY), ("tidy", TIDY), ("bad", "fact Lead {\n id text\n}\n")):
        (folder / f"{name}.lead").write_text(text, encoding="utf-8")
    return folder / "messy.lead"


def feed(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))


def test_files_are_written_and_named(lead: Lead, messy: Path) -> None:
    messy.chmod(0o640)
    ran = lead("fmt", "messy.lead", "tidy.lead")
    assert (ran.code, ran.out) == (0, "changed messy.lead\n1 file changed, 1 unchanged\n")
    assert messy.read_text(encoding="utf-8") == TIDY
    assert messy.stat().st_mode & 0o777 == 0o640
    assert lead("fmt", "messy.lead").out == "0 files changed, 1 unchanged\n"


def test_check_writes_nothing(lead: Lead, messy: Path) -> None:
    ran = lead("fmt", "--check", "messy.lead", "tidy.lead")
    assert (ran.code, ran.out) == (1, "would change messy.lead\n1 file would change, 1 unchanged\n")
    assert messy.read_text(encoding="utf-8") == MESSY
    assert lead("fmt", "--check", "tidy.lead").code == 0


def test_a_diff_can_be_applied(lead: Lead, messy: Path) -> None:
    ran = lead("fmt", "--diff", "messy.lead", "tidy.lead")
    lines = ran.out.splitlines()
    assert (ran.code, lines[:2]) == (0, ["--- messy.lead", "+++ messy.lead (formatted)"])
    assert "- id:text key # who" in lines
    assert "+  id: text key  # who" in lines
    assert "\x1b" not in ran.out
    assert "would change messy.lead" in ran.err
    assert messy.read_text(encoding="utf-8") == MESSY
    assert lead("fmt", "--diff", "--check", "messy.lead").code == 1


def test_a_file_with_mistakes_is_left_alone_and_the_others_are_not(lead: Lead, messy: Path) -> None:
    bad = (messy.parent / "bad.lead").read_bytes()
    ran = lead("fmt", "bad.lead", "messy.lead")
    assert ran.code == 1
    assert "bad.lead:2:5" in ran.out
    assert ran.out.endswith("1 file changed, 1 with mistakes, not touched\n")
    assert (messy.parent / "bad.lead").read_bytes() == bad
    assert messy.read_text(encoding="utf-8") == TIDY


def test_keywords_there_and_back(lead: Lead, messy: Path) -> None:
    lead("fmt", "messy.lead", "--keywords", "zh")
    chinese = messy.read_text(encoding="utf-8")
    assert chinese == '策略 p 版本 "1" {\n  关于 Lead\n}\n\n对象 Lead {\n  id: 文本 主键  # who\n}\n'
    assert lead("fmt", "messy.lead", "--check").code == 0
    assert lead("fmt", "messy.lead", "--check", "--keywords", "en").code == 1
    lead("fmt", "messy.lead", "--keywords", "en")
    assert messy.read_text(encoding="utf-8") == TIDY
    assert lead("fmt", "messy.lead", "--keywords", "fr").code == 2


def test_standard_input(lead: Lead, messy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    feed(monkeypatch, MESSY.encode())
    ran = lead("fmt", "-")
    assert (ran.code, ran.out, ran.err) == (0, TIDY, "")
    feed(monkeypatch, MESSY.encode())
    ran = lead("fmt", "-", "--check")
    assert (ran.code, ran.out) == (1, "would change <stdin>\n")
    feed(monkeypatch, b"fact Lead {\n id text\n}\n")
    ran = lead("fmt", "-")
    assert (ran.code, ran.out, "<stdin>:2:5" in ran.err) == (1, "", True)
    feed(monkeypatch, "policy 线索".encode("gbk"))
    assert lead("fmt", "-").code == 2


def test_wrong_usage(lead: Lead, messy: Path) -> None:
    assert lead("fmt").code == 2
    assert lead("fmt", "mesy.lead").err.splitlines()[1] == "  hint: did you mean messy.lead?"
    assert lead("fmt", "-", "messy.lead").code == 2
    (messy.parent / "gbk.lead").write_bytes("policy 线索".encode("gbk"))
    assert lead("fmt", "gbk.lead").code == 2


def test_line_ends_of_windows_are_kept(lead: Lead, messy: Path) -> None:
    messy.write_bytes(MESSY.replace("\n", "\r\n").encode())
    lead("fmt", "messy.lead")
    assert messy.read_bytes() == TIDY.replace("\n", "\r\n").encode()
