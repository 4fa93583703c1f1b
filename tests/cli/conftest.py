"""Running `lead` in this process, on a small policy."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import small_policy
from small_policy import Lead, Ran

from leadpolicy.cli import main


@pytest.fixture
def lead(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Lead:
    """Run `lead` with arguments; wide enough that no message is wrapped."""
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments: object) -> Ran:
        monkeypatch.setattr(sys, "argv", ["lead", *map(str, arguments)])
        capsys.readouterr()
        try:
            main()
            code: object = 0
        except SystemExit as stop:
            code = stop.code or 0
        printed = capsys.readouterr()
        assert isinstance(code, int)
        assert "Traceback" not in printed.err
        return Ran(code, printed.out, printed.err)

    return run


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the policy, leads and members, which is the working folder."""
    (tmp_path / "small.lead").write_text(small_policy.POLICY, encoding="utf-8")
    (tmp_path / "leads.csv").write_text(small_policy.LEADS, encoding="utf-8")
    (tmp_path / "members.csv").write_text(small_policy.MEMBERS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path
