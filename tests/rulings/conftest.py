"""Running `lead` in this process, in an empty folder."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from leadpolicy.cli import main


@pytest.fixture
def command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Callable[..., str]:
    """What `lead` prints for these arguments. The working folder is an empty one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments: str) -> str:
        monkeypatch.setattr(sys, "argv", ["lead", *arguments])
        capsys.readouterr()
        with contextlib.suppress(SystemExit):
            main()
        return capsys.readouterr().out

    return run
