"""The pages of docs/diagnostics: one for every code, and their examples are compiled.

The wrong example reports its page's code and nothing else, the right one nothing at all.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from leadpolicy.cli.code_pages import CodePage, page_text, read_page
from leadpolicy.compiler.codes import CODES
from leadpolicy.compiler.pipeline import compile_source
from leadpolicy.compiler.source import Source

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "diagnostics"
PRELUDE = re.findall(r"^```lead\n(.*?)^```$", page_text("README.md"), re.MULTILINE | re.DOTALL)[0]
STANDS_ALONE = re.compile(r"^(policy |fact Lead\b)", re.MULTILINE)


def codes_of(example: str) -> list[str]:
    """The codes that an example reports; the prelude alone reports none."""
    text = example if STANDS_ALONE.search(example) else f"{PRELUDE}\n{example}"
    return [d.code for d in compile_source(Source("example.lead", text), beside).diagnostics]


def beside(name: str) -> str:
    """The files beside an example."""
    return {
        "lists/free_mail.csv": "domain\nmail.example\n",
        "with_queue.lead": "queue others\n",
        "with_list.lead": 'list domains = ["mail.example"]\n',
        "lists/teams.csv": "region,from,to,team\nnorth,1,199,small\n,,,large\n",
        "lists/wrong.csv": "region,from,to,team\nnorth,one,199,small\n,,,large\n",
    }[name]


def reported() -> set[str]:
    """Every code that stands in the compiler's own text, its table of codes left out."""
    files = [p for p in (ROOT / "compiler").rglob("*.py") if p.name != "codes.py"]
    return {code for p in files for code in re.findall(r'"(LP\d{4})"', p.read_text(encoding="utf-8"))}


def test_the_prelude_is_without_a_mistake() -> None:
    assert codes_of("") == []


@pytest.mark.parametrize("code", CODES)
def test_the_examples_of_a_page(code: str) -> None:
    page = read_page(code)
    assert codes_of(page.wrong) == [code]
    assert codes_of(page.right) == []


@pytest.mark.parametrize("code", CODES)
def test_a_page_is_called_as_its_code_is(code: str) -> None:
    page = read_page(code)
    assert (page.code, page.title) == (code, CODES[code])
    assert "\n" not in page.title
    assert len(page.cause) > 40


def test_every_code_that_is_reported_has_a_title_and_a_page_and_no_other_does() -> None:
    pages = {p.stem for p in FOLDER.glob("LP*.md")}
    assert pages == set(CODES) == reported()


def test_the_index_lists_every_page_with_its_title() -> None:
    listed = re.findall(r"^\| \[(LP\d{4})\]\((LP\d{4})\.md\) \| (.+) \|$", page_text("README.md"), re.MULTILINE)
    assert [(code, title) for code, _, title in listed] == sorted(CODES.items())
    assert all(code == target for code, target, _ in listed)


def test_a_page_of_another_form_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("leadpolicy.cli.code_pages.page_text", lambda name: f"# {name}\n")
    read_page.cache_clear()
    try:
        with pytest.raises(ValueError, match="page of LP2003"):
            read_page("LP2003")
    finally:
        read_page.cache_clear()


def test_the_plain_text_of_a_page() -> None:
    page = CodePage("LP2003", "a title", "It is wrong.", "let a = b\n", "let a = c\n")
    assert page.to_text() == "It is wrong.\n\nWrong:\n\n    let a = b\n\nRight:\n\n    let a = c\n"
