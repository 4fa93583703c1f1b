"""The examples of README and docs: policies compile without a finding and their tests pass; Python runs."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from leadpolicy import Policy
from leadpolicy.compiler.pipeline import compile_source
from leadpolicy.compiler.source import Source
from leadpolicy.testing.runner import run_tests

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
PAGES += sorted((ROOT / "docs" / "language").glob("*.md"))
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: Path, language: str) -> list[str]:
    return [m[2] for m in FENCE.finditer(page.read_text(encoding="utf-8")) if m[1] == language]


def policies_of(page: Path) -> list[str]:
    """Each example as a policy of its own: one without a `policy` line goes on from the page's first that has one."""
    found = blocks(page, "lead")
    base = next((b for b in found if stands_alone(b)), "")
    return [b if stands_alone(b) else base + b for b in found]


def stands_alone(block: str) -> bool:
    return block.lstrip().startswith(("policy ", "策略 "))


CASES = [(page, number) for page in PAGES if page.exists() for number in range(len(policies_of(page)))]


@pytest.mark.parametrize(("page", "number"), CASES, ids=lambda x: x.stem if isinstance(x, Path) else str(x))
def test_a_policy_on_a_page_compiles_and_its_tests_pass(page: Path, number: int) -> None:
    text = policies_of(page)[number]
    result = compile_source(Source(page.name, text))
    assert result.diagnostics == ()
    outcomes = list(run_tests(Policy.from_source(text), ROOT / "no fixtures beside it"))
    assert all(o.passed for o in outcomes), [o for o in outcomes if not o.passed]


def test_the_reference_has_examples() -> None:
    assert sum(len(policies_of(page)) for page in PAGES if page.parent.name == "language") >= 30


@pytest.mark.parametrize("page", [p for p in PAGES if p.exists() and blocks(p, "python")], ids=lambda p: p.stem)
def test_python_on_a_page_runs_and_prints_what_stands_below_it(
    page: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Blocks of one page go on from each other; a `text` block is what the Python block before it prints."""
    monkeypatch.chdir(ROOT)
    namespace: dict[str, object] = {}
    for match in FENCE.finditer(page.read_text(encoding="utf-8")):
        if match[1] == "python":
            capsys.readouterr()
            exec(compile(match[2], str(page), "exec"), namespace)
        elif match[1] == "text":
            assert capsys.readouterr().out == match[2]


def test_commands_on_a_page_print_what_stands_below_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """In `console` blocks a line that begins with `$ lead` is run; what follows is its output, `…` for any lines."""
    monkeypatch.chdir(ROOT)
    ran = 0
    for page in PAGES:
        for block in blocks(page, "console") if page.exists() else []:
            for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
                command, _, expected = part.partition("\n")
                if not command.startswith("lead "):
                    continue
                ran += 1
                arguments = [sys.executable, "-m", "leadpolicy.cli", *shlex.split(command)[1:]]
                environment = {**os.environ, "COLUMNS": "100", "NO_COLOR": "1"}
                done = subprocess.run(arguments, capture_output=True, text=True, check=False, env=environment)
                pattern = re.escape(expected.rstrip()).replace("…", ".*")
                found = "\n".join(line.rstrip() for line in done.stdout.splitlines()).rstrip()
                assert re.fullmatch(pattern, found, re.DOTALL), f"{command}\n{found}\n{done.stderr}"
    assert ran


def test_the_policy_of_the_readme_is_the_one_that_ships() -> None:
    shipped = (ROOT / "rulesets" / "sample" / "intake.lead").read_text(encoding="utf-8")
    assert blocks(ROOT / "README.md", "lead")[0] == shipped
