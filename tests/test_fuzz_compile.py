"""Damaged policies go through the whole compiler: diagnostics come out, never an exception, and never silently."""

from __future__ import annotations

import os
import random
import re
from pathlib import Path
from time import process_time

import pytest
from test_parser_blocks import SHAPES
from trees import short

from leadpolicy.cli.diagnostics import github_line
from leadpolicy.compiler import interpreter
from leadpolicy.compiler.formatter import Language, format_source
from leadpolicy.compiler.parser import parse
from leadpolicy.compiler.pipeline import compile_source
from leadpolicy.compiler.source import Source
from leadpolicy.compiler.to_python import generate
from leadpolicy.engine.errors import InputError
from leadpolicy.engine.program import load
from tests.policy_strategies import NOW

ROOT = Path(__file__).resolve().parents[1]
TOUR = sorted((ROOT / "tests" / "tour").glob("*.lead"))
SHIPPED = [path for folder in ("rulesets", "docs") for path in sorted((ROOT / folder).rglob("*.lead"))]
MOVED = sorted((ROOT / "tests" / "docs" / "moved").glob("*.lead"))
POLICIES = [*SHIPPED, *sorted((ROOT / "tests" / "bad").glob("*.lead")), *TOUR, *MOVED]
ROUNDS = int(os.environ.get("LEADPOLICY_FUZZ", "60"))
"""Damaged versions of each policy; raise it for a longer hunt."""
LONGEST = 5.0
"""Seconds that a damaged policy may take: far more than any does."""
TOKEN = re.compile(r"\s+|\w+|\"[^\"\n]*\"|.", re.DOTALL)


def damaged(text: str, rng: random.Random) -> str:
    """A few tokens deleted, doubled, swapped, or exchanged for one from elsewhere in the file."""
    tokens = TOKEN.findall(text)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(tokens))
        match rng.randrange(5):
            case 0:
                tokens[at] = ""
            case 1:
                tokens[at] *= 2
            case 2:
                other = rng.randrange(len(tokens))
                tokens[at], tokens[other] = tokens[other], tokens[at]
            case 3:
                tokens[at] = rng.choice(tokens)
            case _:
                tokens[at] = rng.choice(
                    ["0", "-", "unknown", "none", "99999999999999", '""', "\u2028", "元", "this", "."]
                )
    return "".join(tokens)


@pytest.mark.parametrize("path", POLICIES, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_a_damaged_policy_never_breaks_the_compiler(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    rng = random.Random(os.environ.get("LEADPOLICY_SEED", "") + path.stem)
    compiled = 0
    for number in range(ROUNDS):
        source = Source(f"{path.stem}-{number}", damaged(text, rng))
        start = process_time()
        result = compile_source(source)
        assert process_time() - start < LONGEST, source.text
        if number % 10 == 0:
            shown = [github_line(found, lang) for found in result.diagnostics for lang in ("en", "zh")]
            assert not any("Traceback" in line for line in shown), source.text
        decided = result.policy is not None or result.is_module
        assert decided or any(d.severity == "error" for d in result.diagnostics), source.text
        if result.policy is not None and compiled < ROUNDS // 10:
            compiled += 1
            program = load(generate(result.policy), "damaged")
            lead = {"id": "1", "created_at": "2026-11-20", "first_contact": "2026-11-20"}
            try:
                found = program.decide(lead, facts={"Member": []}, now=NOW).to_dict(trace=True)
            except InputError:
                continue
            expected = interpreter.run(result.policy, lead, facts={"Member": []}, now=NOW).decision(trace=True)
            assert found == expected


# ── Reading and laying out, without what comes after ──

WRITTEN = int(os.environ.get("LEADPOLICY_FUZZ_WRITING", "1500"))
"""Damaged pieces of policies that are read and laid out."""
GOOD = sorted((ROOT / "tests" / "good").glob("*.lead"))
SOURCES = [p.read_text("utf-8") for p in (*POLICIES, *GOOD)] + ["\n\n".join(text for text, _ in SHAPES.values())]
PARTS = [text.split("\n\n") for text in SOURCES]


def piece(rng: random.Random) -> str:
    """A few declarations that stand together in some policy, damaged; sometimes one from another policy among them."""
    parts = rng.choice(PARTS)
    at = rng.randrange(len(parts))
    chosen = parts[at : at + rng.randint(1, 3)]
    if rng.random() < 0.2:
        chosen.insert(rng.randrange(len(chosen) + 1), rng.choice(rng.choice(PARTS)))
    text = "\n\n".join(chosen)
    return damaged(text, rng) if text else text


def test_a_damaged_piece_is_read_and_laid_out() -> None:
    rng = random.Random(os.environ.get("LEADPOLICY_SEED", "writing"))
    laid_out = 0
    for _ in range(WRITTEN):
        text = piece(rng)
        source = Source("piece.lead", text)
        _, diagnostics = parse(source)
        for found in diagnostics:
            assert 0 <= found.span.start <= found.span.end <= len(text), text
        if any(d.severity == "error" for d in diagnostics):
            continue
        laid_out += 1
        language: Language | None = rng.choice(("zh", "en", None))
        once = format_source(source, language).text
        assert once is not None, text
        assert format_source(Source("piece.lead", once), language).text == once, text
        if language is None:
            assert [short(d) for d in parse(Source("", once))[0].declarations] == declarations_of(text), text
    assert laid_out > WRITTEN // 20


def declarations_of(text: str) -> list[object]:
    return [short(d) for d in parse(Source("", text))[0].declarations]


UNIT = '+5 each Activity where kind is call within 90 days, halving every 3 days because "x"\n'
HOSTILE = {
    "entries": "score s {\n" + UNIT * 2500 + "}\n",
    "unclosed": "score s {\n" * 20_000,
    "wheres": "let a = " + "any A where " * 16_000,
    "prefers": "let a = last(A prefer " + "b then latest c then " * 9_000 + "d)",
    "certainly": "let a = " + "certainly " * 20_000 + "x",
    "first words": "rule r {\n" + "when then set to add of remove flag as\n" * 5_000 + "}\n",
    "names that are words": "let a = [" + "at by on of to as in order, " * 7_000 + "]",
    "brackets": "let a = " + "f(a: [" * 33_000,
    "strings": "let a = " + "「" * 60_000,
    "strings on lines": "let a = 「x\n" * 15_000,
    "bars": "table t: text {\n" + "| a " * 50_000 + "\n}",
    "reminders": "recall {\n a: at t -> pool p" + ", remind a by b 3 days before" * 6_500 + "\n}",
    "missing braces": 'test "t" {\n given A {\n' * 9_000,
    "one line": "a " * 100_000,
    "commas": "let a = f(" + "a, " * 66_000 + ")",
    "comments": "# x\n" * 50_000,
    "blanks": "let a = b\n\n\n\n" * 15_000,
    "dates": "calendar c {\n holidays " + "2026-01-01 to 2026-01-02, " * 7_500 + "2026-01-01\n}",
    "continued": "let a = b\n" + "   and b\n" * 20_000,
    "wide": "评分 s {\n" + "+5 当 公司 是 “甲” 并且 职位 属于 [乙、丙]\n" * 7_000 + "}\n",
    "lets": "let aa = bb and cc\n" * 10_000,
    "arguments": "let a = f(\n" + " bb: cc,\n" * 20_000 + ")",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_done_with_in_time(name: str) -> None:
    """Work grows with the length: 200 KB take seconds, and twice as much no more than some three times as long."""
    text = HOSTILE[name]
    assert 50_000 < len(text) < 400_000
    start = process_time()
    format_source(Source("hostile.lead", text))
    assert process_time() - start < 20
