"""Every way to print diagnostics, over policies with mistakes: it never fails, and never talks in a parser's words."""

from __future__ import annotations

import io
import json
import random
import re
from pathlib import Path

import pytest
from rich.console import Console

from leadpolicy.cli.diagnostics import github_line, print_diagnostics
from leadpolicy.cli.sarif import sarif_log
from leadpolicy.compiler import parse_table
from leadpolicy.compiler.diagnostics import Diagnostic
from leadpolicy.compiler.lexer import lex
from leadpolicy.compiler.pipeline import compile_source
from leadpolicy.compiler.source import Source
from leadpolicy.engine.json_text import dumps

ROOT = Path(__file__).resolve().parents[2]
BAD = sorted((ROOT / "tests" / "bad").glob("*.lead"))
SHIPPED = sorted((ROOT / "rulesets").rglob("*.lead"))
PIECES = [
    "{", "}", "(", ")", "[", "]", "||", "|", ",", ":", "->", "\n", "=", "==", '"', "`", "#", ";", "5days", "1.5 months",
    "100 USD", "2026-99-99", "any", "where", "is not known", "当职位是经理", "\x1b[31m", "\x00", "\ufeff", "\r", "\t",
    "\u2028", "\nteam x { y }", "\nrecall {", "\npolicy p", "%", "::", "[a](b)",
]  # fmt: skip
TERMINALS = sorted({t for row in parse_table.load().actions for t in row} | {"__ANON", "$END"})
IN_A_PARSERS_WORDS = re.compile(r"(?<![\w$])(" + "|".join(map(re.escape, TERMINALS)) + r")(?!\w)|__ANON")
HAN = re.compile("[\u4e00-\u9fff]")
THEIR_OWN = re.compile(
    "`[^`]*`|: calendar [A-Z]+ \\{"
)  # an author's words stand in back-ticks, or in a declaration to write


def damaged(number: int) -> Source:
    """A shipped policy with one to five tokens taken out, doubled, swapped, or other things put in; by number."""
    chance = random.Random(number)
    path = SHIPPED[number % len(SHIPPED)]
    text = path.read_text(encoding="utf-8")
    for _ in range(chance.randint(1, 5)):
        tokens = lex(Source("x", text)).tokens
        token, other = chance.choice(tokens), chance.choice(tokens)
        new = chance.choice(
            ["", text[other.start : other.end], chance.choice(PIECES), text[token.start : token.end] * 2]
        )
        text = text[: token.start] + new + text[token.end :]
    return Source(f"damaged {number}.lead", text)


def printed(diagnostics: tuple[Diagnostic, ...]) -> dict[str, str]:
    """The diagnostics in each form."""
    screen = Console(file=io.StringIO(), width=100, highlight=False, markup=False, emoji=False)
    print_diagnostics(screen, diagnostics, 1)
    assert isinstance(screen.file, io.StringIO)
    return {
        "text": screen.file.getvalue(),
        "json": dumps({"diagnostics": [d.to_dict() for d in diagnostics]}),
        "github": "\n".join(github_line(d) for d in diagnostics),
        "sarif": dumps(sarif_log(diagnostics, "1.0")),
    }


def check(diagnostics: tuple[Diagnostic, ...]) -> None:
    for d in diagnostics:
        for said in (d.message, d.hint or "", *(r.message for r in d.related)):
            own_words = THEIR_OWN.sub("", said)
            assert not IN_A_PARSERS_WORDS.search(own_words), said
            assert "Traceback" not in said
            assert "Token(" not in said
        chinese = d.in_language("zh")
        for said in (chinese.message, *filter(None, [chinese.hint]), *(r.message for r in chinese.related)):
            assert HAN.search(said), said
    forms = printed(diagnostics)
    for d in diagnostics:
        assert f"[{d.code}]: " in forms["text"]
    assert len(json.loads(forms["json"])["diagnostics"]) == len(diagnostics)
    assert len(json.loads(forms["sarif"])["runs"][0]["results"]) == len(diagnostics)
    lines = forms["github"].split("\n") if diagnostics else []
    assert len(lines) == len(diagnostics)
    assert all(re.match(r"::(error|warning|notice) file=[^:,]+,line=\d+,", line) for line in lines)
    assert not any("Traceback (most recent call last)" in form for form in forms.values())


@pytest.mark.parametrize("path", BAD, ids=lambda p: p.stem)
def test_policies_with_mistakes(path: Path) -> None:
    diagnostics = compile_source(Source(path.name, path.read_text(encoding="utf-8"))).diagnostics
    assert diagnostics
    check(diagnostics)


@pytest.mark.parametrize("start", range(0, 300, 60))
def test_damaged_policies(start: int) -> None:
    found = [compile_source(damaged(number)).diagnostics for number in range(start, start + 60)]
    assert sum(map(bool, found)) > 50
    for diagnostics in found:
        check(diagnostics)


def test_the_names_of_terminals_are_known_to_the_test() -> None:
    assert {"LBRACE", "QUANTITY", "NEWLINE", "$END"} <= set(TERMINALS)
    for wrong in ("expected LBRACE", "found QUANTITY,", "NEWLINE or AT_MOST", "__ANON_3", "$END"):
        assert IN_A_PARSERS_WORDS.search(wrong)
