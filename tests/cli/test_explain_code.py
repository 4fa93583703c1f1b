"""`lead explain-code`: the page of a code, the list of all, and codes that do not exist."""

from __future__ import annotations

import json

import pytest
from small_policy import Lead

from leadpolicy.compiler.codes import CODES


def test_a_page(lead: Lead) -> None:
    ran = lead("explain-code", "LP2003")
    lines = ran.out.splitlines()
    assert (ran.code, lines[0]) == (0, "LP2003  a type that does not exist")
    assert lines[lines.index("wrong") + 1] == "    fact Visit {"
    assert lines[lines.index("right") + 3] == "      page: text"
    assert all(line == line.rstrip() for line in lines)


def test_a_code_in_small_letters(lead: Lead) -> None:
    assert lead("explain-code", "lp2003").out == lead("explain-code", "LP2003").out


@pytest.mark.parametrize("code", CODES)
def test_every_page_is_printed(lead: Lead, code: str) -> None:
    assert lead("explain-code", code).out.startswith(f"{code}  {CODES[code]}\n")


def test_a_page_as_json(lead: Lead) -> None:
    page = json.loads(lead("explain-code", "LP3004", "--format", "json").out)
    assert list(page) == ["code", "title", "cause", "wrong", "right"]
    assert page["wrong"] == "let affordable = budget > 100\n"


def test_the_list(lead: Lead) -> None:
    ran = lead("explain-code")
    listed = [line.strip().split("  ", 1) for line in ran.out.splitlines() if line.startswith("  ")]
    assert (ran.code, listed) == (0, [[code, title] for code, title in sorted(CODES.items())])
    assert [line for line in ran.out.splitlines() if line and not line.startswith(" ")] == [
        "Writing", "Names", "Types and units", "Conflicts and reach",
    ]  # fmt: skip


def test_the_list_as_json(lead: Lead) -> None:
    found = json.loads(lead("explain-code", "--format", "json").out)["codes"]
    assert {f["code"]: f["title"] for f in found} == CODES


def test_a_code_that_does_not_exist(lead: Lead) -> None:
    ran = lead("explain-code", "LP20003")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.splitlines()[0] == "error: there is no code `LP20003`"
    assert "LP2003" in ran.err.splitlines()[1]
    assert "LP2003" in lead("explain-code", "2003").err
    assert "lists all codes" in lead("explain-code", "nonsense").err
    assert json.loads(lead("explain-code", "LP9", "--format", "json").out)["error"]["message"]
