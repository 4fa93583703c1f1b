"""The tutorial's policies are the files that its commands run; the cheat sheet says one thing twice; links lead somewhere."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from leadpolicy import Policy
from leadpolicy.compiler.pipeline import compile_source
from leadpolicy.compiler.source import Source
from leadpolicy.loading import FolderReader

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
MOVED = sorted((ROOT / "tests" / "docs" / "moved").glob("*.lead"))
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
PAGES = [ROOT / "README.md", *DOCS.glob("*.md"), *DOCS.glob("language/*.md")]


def policies(page: Path) -> list[str]:
    return re.findall(r"^```lead\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def keyword_tables() -> ModuleType:
    spec = importlib.util.spec_from_file_location("keyword_tables", ROOT / "tools" / "keyword_tables.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(("page", "files"), [("tutorial.md", "[0-9].lead"), ("tutorial.zh.md", "zh[0-9].lead")])
def test_the_policies_of_the_tutorial_are_those_beside_it(page: str, files: str) -> None:
    found = [file.read_text(encoding="utf-8") for file in sorted((DOCS / "tutorial").glob(files))]
    assert policies(DOCS / page) == found


def test_the_cheat_sheet_means_the_same_in_both_languages() -> None:
    english, chinese = (Policy.from_source(text).ir for text in policies(DOCS / "cheatsheet.md"))
    assert english.digest == chinese.digest


def test_the_words_of_the_cheat_sheet_are_those_of_the_language() -> None:
    tables = keyword_tables()
    text = tables.PAGE.read_text(encoding="utf-8")
    assert tables.page_with(text, tables.words()) == text, "run tools/keyword_tables.py"


@pytest.mark.parametrize("file", MOVED, ids=lambda f: f.stem)
def test_a_policy_moved_over_from_another_system_has_no_finding(file: Path) -> None:
    found = compile_source(Source(file.name, file.read_text(encoding="utf-8")), FolderReader(file.parent))
    assert found.diagnostics == ()


def test_six_policies_are_moved_over() -> None:
    assert len(MOVED) == 6


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_lead_to_files(page: Path) -> None:
    links = LINK.findall(re.sub(r"`[^`\n]*`", "", page.read_text(encoding="utf-8")))
    broken = [x for x in links if "://" not in x and not (page.parent / x).exists()]
    assert broken == []
