"""Policies that are right: they compile without a remark, and what their tests expect is what both backends decide."""

from __future__ import annotations

from pathlib import Path

import pytest

from leadpolicy import Policy
from leadpolicy.testing.runner import run_tests

GOOD = sorted((Path(__file__).parent / "good").glob("*.lead"))

TOLD = {"operators": {"LP4204"}, "hints_in_chinese": {"LP4201", "LP4208"}}
"""They say what makes no difference or never happens, and are told so."""


@pytest.mark.parametrize("path", GOOD, ids=lambda p: p.stem)
def test_its_tests_pass(path: Path) -> None:
    policy = Policy.load(path)
    assert {d.code for d in policy.diagnostics} == TOLD.get(path.stem, set())
    outcomes = list(run_tests(policy, path))
    assert outcomes
    assert [o.to_dict() for o in outcomes if not o.passed] == []


def test_what_a_policy_reads_beyond_the_lead() -> None:
    head = 'policy p version "1" {\n}\nfact Member {\n  id: text key\n  ok: bool\n}\n'
    lead = "fact Lead {\n  id: text key\n  made: time\n  owner: Member as owner\n}\nqueue q\n"
    plain = Policy.from_source(head + lead + "let x = owner is known\n").ir
    path = Policy.from_source(head + lead + "gate g {\n  x: owner.ok\n}\n").ir
    member = Policy.from_source(head + lead + 'route {\n  otherwise -> member "m1"\n}\n').ir
    clock = Policy.from_source(head + lead + "gate g {\n  x: age(made) > 1 day\n}\n").ir
    tested = Policy.from_source(
        head + lead + 'test "t" {\n  given Lead { id: "1" }\n  expect not possibly owner.ok\n}\n'
    ).ir
    assert [p.reads_facts for p in (plain, path, member, clock, tested)] == [(), ("Member",), ("Member",), (), ()]
    assert [p.reads_now for p in (plain, path, member, clock, tested)] == [False, False, False, True, False]
