"""Twenty mistakes in one policy, and every single-token mistake in another: few remarks, none invented."""

from __future__ import annotations

import os
import random
import statistics
from pathlib import Path

from test_bad_policies import expected_of

from leadpolicy.compiler.diagnostics import Diagnostic
from leadpolicy.compiler.lexer import lex
from leadpolicy.compiler.parser import parse
from leadpolicy.compiler.pipeline import compile_source
from leadpolicy.compiler.source import Source
from leadpolicy.compiler.tokens import Token

TESTS = Path(__file__).parent
TWENTY = (TESTS / "planted" / "twenty.lead").read_text("utf-8")
TOUR = (TESTS / "tour" / "tour.lead").read_text("utf-8")
SEED = int(os.environ.get("LEADPOLICY_SEED", "0"))
# Mistakes in the shape of the file, which a reader can only put down to another place.
SPREADING = frozenset({'"', "`", "{", "}", "(", ")", "[", "]"})


def matched(diagnostics: tuple[Diagnostic, ...]) -> tuple[list[object], list[object]]:
    """The planted mistakes that were not found, and what was found beyond them."""
    left = [(d.to_dict()["line"], d.code, f"{d.message} | {d.hint}") for d in diagnostics if d.code != "LP4006"]
    missed: list[object] = []
    for line, code, words in expected_of(TWENTY):
        match = next((f for f in left if f[:2] == (line, code) and words in f[2]), None)
        if match is None:
            missed.append((line, code, words))
        else:
            left.remove(match)
    return missed, list(left)


def test_of_twenty_mistakes_nearly_all_are_found_and_none_is_invented() -> None:
    assert len(expected_of(TWENTY)) == 20
    missed, invented = matched(compile_source(Source("twenty.lead", TWENTY)).diagnostics)
    assert invented == []
    assert len(missed) <= 2, missed


def test_all_mistakes_of_writing_are_found_by_the_parser_alone() -> None:
    missed, invented = matched(parse(Source("twenty.lead", TWENTY))[1])
    assert invented == []
    assert [code for _, code, _ in missed if code.startswith("LP1")] == []  # type: ignore[misc]


def one_wrong(text: str, tokens: list[Token], rng: random.Random) -> tuple[str, Token]:
    """A text with one token deleted, doubled, put in or replaced, and the token."""
    token = rng.choice(tokens)
    other = rng.choice([t for t in tokens if t.kind not in ("NEWLINE", "LBRACE", "RBRACE", "LPAR", "RPAR")])
    written = text[other.start : other.end]
    match rng.randrange(3):
        case 0:
            return text[: token.start] + text[token.end :], token
        case 1:
            return f"{text[: token.start]}{written} {text[token.start :]}", token
        case _:
            return f"{text[: token.start]}{written}{text[token.end :]}", token


def test_one_wrong_token_gives_one_remark() -> None:
    rng = random.Random(SEED)
    tokens = [t for t in lex(Source("", TOUR)).tokens if t.kind != "NEWLINE"]
    counts: list[int] = []
    for _ in range(500):
        text, token = one_wrong(TOUR, tokens, rng)
        _, diagnostics = parse(Source("tour.lead", text))
        counts.append(len(diagnostics))
        allowed = 8 if token.text in SPREADING else 3
        assert len(diagnostics) <= allowed, (token, [d.message for d in diagnostics])
    found = [count for count in counts if count]
    assert statistics.median(found) == 1
    assert statistics.mean(found) < 1.2
    assert len(found) > 250
