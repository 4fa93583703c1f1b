"""Damaged policies go through the whole compiler: diagnostics come out, never an exception, and never silently."""

from __future__ import annotations

import os
import random
import re
from pathlib import Path

import pytest

from leadpolicy.compiler import interpreter
from leadpolicy.compiler.pipeline import compile_source
from leadpolicy.compiler.source import Source
from leadpolicy.compiler.to_python import generate
from leadpolicy.engine.errors import InputError
from leadpolicy.engine.program import load
from tests.policy_strategies import NOW

ROOT = Path(__file__).resolve().parents[1]
POLICIES = [*sorted((ROOT / "rulesets").rglob("*.lead")), *sorted((ROOT / "tests" / "bad").glob("*.lead"))]
ROUNDS = int(os.environ.get("LEADPOLICY_FUZZ", "60"))
"""Damaged versions of each policy; raise it for a longer hunt."""
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
    rng = random.Random(path.stem)
    compiled = 0
    for number in range(ROUNDS):
        source = Source(f"{path.stem}-{number}", damaged(text, rng))
        result = compile_source(source)
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
