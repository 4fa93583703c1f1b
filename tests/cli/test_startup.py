"""`import leadpolicy` and `lead --version` load nothing heavy; `lead compile` prints what it should."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from small_policy import Lead

import leadpolicy

HEAVY = ("pydantic", "lark", "polars", "rich", "typer")


def loaded(code: str) -> set[str]:
    script = f"import sys\nsys.argv = ['lead', '--version']\n{code}\nprint(*[m for m in {HEAVY} if m in sys.modules])"
    printed = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    return set(printed.splitlines()[-1].split())


def test_nothing_heavy_is_loaded() -> None:
    assert loaded("import leadpolicy; leadpolicy.__version__") == set()
    assert loaded("from leadpolicy.cli import main; main()") == set()


def test_the_version(lead: Lead) -> None:
    assert lead("--version").out.strip() == f"lead {leadpolicy.__version__}"


def test_compile(lead: Lead, folder: Path) -> None:
    assert json.loads(lead("compile", "small.lead", "--to", "ir").out)["name"] == "small"
    ran = lead("compile", "small.lead", "-o", "small.py")
    assert (ran.code, ran.out) == (0, "")
    compile((folder / "small.py").read_text(encoding="utf-8"), "small.py", "exec")
