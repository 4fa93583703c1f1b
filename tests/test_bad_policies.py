"""Policies with mistakes: each expected diagnostic stands as `#! CODE words` on the line where it is found.

The words stand in its message or its hint. Nothing else may be reported.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from leadpolicy.compiler.codes import CODES
from leadpolicy.compiler.pipeline import compile_source
from leadpolicy.compiler.source import Source

BAD = sorted((Path(__file__).parent / "bad").glob("*.lead"))
EXPECTED = re.compile(r"#! (LP\d{4}) ([^#]*)")


def expected_of(text: str) -> list[tuple[int, str, str]]:
    return [
        (number, m[1], m[2].strip())
        for number, line in enumerate(text.splitlines(), 1)
        for m in EXPECTED.finditer(line)
    ]


@pytest.mark.parametrize("path", BAD, ids=lambda p: p.stem)
def test_each_mistake_is_reported_where_it_stands(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    result = compile_source(Source(path.name, text))
    found = [(d.to_dict()["line"], d.code, f"{d.message} | {d.hint}") for d in result.diagnostics]
    left = list(found)
    missing = []
    for line, code, words in expected_of(text):
        match = next((f for f in left if f[:2] == (line, code) and words in f[2]), None)
        if match is None:
            missing.append((line, code, words))
        else:
            left.remove(match)
    assert not missing, f"not reported: {missing}\nfound: {found}"
    assert not left, f"reported without being expected: {left}"
    assert (result.policy is None) == any(d.severity == "error" for d in result.diagnostics)


def test_ten_mistakes_are_all_reported_in_one_run() -> None:
    text = (Path(__file__).parent / "bad" / "ten_mistakes.lead").read_text(encoding="utf-8")
    assert len(expected_of(text)) == 10
    assert len(compile_source(Source("x", text)).diagnostics) == 10


@pytest.mark.parametrize("path", BAD, ids=lambda p: p.stem)
def test_every_code_has_a_title(path: Path) -> None:
    found = compile_source(Source(path.name, path.read_text(encoding="utf-8"))).diagnostics
    assert {d.code for d in found} <= set(CODES)


def test_a_gate_whose_criteria_could_not_be_read_is_not_called_empty() -> None:
    base = "policy p\nfact Lead { id: text key, n: int }\n"
    (found,) = compile_source(Source("x", base + "gate g {\n  n > 1\n  passes when at least 1\n}\n")).diagnostics
    assert found.code == "LP1014"
    both = compile_source(Source("x", base + "gate g {\n}\nlet a =\n")).diagnostics
    assert [d.code for d in both] == ["LP3020", "LP1014"]
