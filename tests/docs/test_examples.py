"""The examples of README and docs: policies compile without a finding and their tests pass; Python runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from leadpolicy.compiler.pipeline import compile_source
from leadpolicy.compiler.source import Source

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: Path, language: str) -> list[str]:
    return [m[2] for m in FENCE.finditer(page.read_text(encoding="utf-8")) if m[1] == language]


def policies_of(page: Path) -> list[str]:
    """Each example as a policy of its own: one without a `policy` line goes on from the page's first that has one."""
    found = blocks(page, "lead")
    base = next((b for b in found if b.lstrip().startswith("policy ")), "")
    return [b if b.lstrip().startswith("policy ") else base + b for b in found]


CASES = [(page, number) for page in PAGES if page.exists() for number in range(len(policies_of(page)))]


@pytest.mark.parametrize(("page", "number"), CASES, ids=lambda x: x.stem if isinstance(x, Path) else str(x))
def test_a_policy_on_a_page_compiles_and_its_tests_pass(page: Path, number: int) -> None:
    from leadpolicy.testing import run_tests_of_source

    text = policies_of(page)[number]
    result = compile_source(Source(page.name, text))
    assert result.diagnostics == ()
    outcomes = run_tests_of_source(text)
    assert all(o.passed for o in outcomes), [o for o in outcomes if not o.passed]


def test_the_reference_has_examples() -> None:
    assert len(policies_of(ROOT / "docs" / "language.md")) >= 7


@pytest.mark.parametrize("page", [p for p in PAGES if p.exists() and blocks(p, "python")], ids=lambda p: p.stem)
def test_python_on_a_page_runs(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    namespace: dict[str, object] = {}
    for block in blocks(page, "python"):
        exec(compile(block, str(page), "exec"), namespace)
