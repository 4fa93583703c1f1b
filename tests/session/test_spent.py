"""Rules whose matches certainly hold no more when they have fired (decision 0013): which these are, and what happens
where the firing fails."""

from __future__ import annotations

import pytest

from leadpolicy import Policy
from tests.rule_strategies import NOW, Naive, compiled, trace_of
from tests.session_compiled import Compiled

HEAD = """policy p version "1" {
  about Part
}
fact Stage {
  id: text key
  s:  one of [p, q] required
}
fact Part {
  id: text key
  k:  int required
  v:  int
}
fact Pair {
  k: int required
  v: int
}
fact Block {
  k: int required
  v: int or none
}
fact Seal {
  id: text key
  k:  int required
}
event Act of Part {
  k:  int
  at: time required as happened
}
rule go {
  when stage: Stage where s is p
  when part:  Part
  when pair:  Pair where k is part.k
  WHEN
  then THEN
}
"""


@pytest.mark.parametrize(
    ("when", "then", "spent"),
    [
        ("when no Block where k is pair.k", "add Block { k: pair.k }", True),
        ("when no Block where k is pair.k", "add Block { k: pair.k, v: 1 }", True),
        ("when no Block where pair.k is k and k is part.k", "add Block { k: pair.k }", False),
        ("when no Block where k is pair.k and v is 1", "add Block { k: pair.k, v: 1 }", False),
        ("when no Block where k is pair.k", "add Block { k: part.k }", False),
        ("when no Block where k is pair.k and k > 1", "add Block { k: pair.k }", False),
        ("when no Block where k is pair.k", "add Block { k: pair.k + 0 }", False),
        ("when no Block where k is part.k", "add Block { k: part.k }\n  then set part.k to 7", False),
        ("when no Seal where k is pair.k", "add Seal { id: part.id, k: pair.k }", True),
        ("when no Act of part where k is pair.k", "add Act of part { k: pair.k, at: now }", False),
        ("when pair.k > 0", "set stage.s to q", True),
        ("when pair.k > 0", "set stage.s to p", False),
        ("when pair.k > 0", "set stage.s to q\n  then set stage.s to p", False),
        ("when pair.k > 0", "set stage.s to p\n  then set stage.s to q", True),
        ("when pair.k > 0", "flag part as seen", False),
    ],
)
def test_what_ends_its_own_match(when: str, then: str, spent: bool) -> None:
    text = HEAD.replace("WHEN", when).replace("THEN", then)
    if "now" in then:
        text = text.replace("at: now", "at: 2026-11-20 10:00")
    generated = Policy.from_source(text).python
    (line,) = [line for line in generated.splitlines() if "RuleDeclaration('go'" in line]
    assert line.rstrip().endswith("True)," if spent else "False),")


def test_a_failed_firing_leaves_its_match() -> None:
    """It counts as fired, and goes on: it must not fire again when something else about it changes."""
    when = "when no Seal where k is pair.k\n  when part.v is not 9"
    text = HEAD.replace("WHEN", when).replace("THEN", "add Seal { id: part.id, k: pair.k }")
    text += "rule on priority -1 {\n  when stage: Stage where s is q\n  then set stage.s to p\n}\n"
    history = [
        ("batch", [("insert", "Part", {"id": "a", "k": 1, "v": 1}), ("insert", "Pair", {"k": 1}),
                   ("insert", "Seal", {"id": "a", "k": 9})]),
        ("batch", [("insert", "Stage", {"id": "s", "s": "q"})]),
        ("batch", [("update", ("key", "Part", "a"), {"v": 3})]),
        ("batch", [("retract", ("key", "Seal", "a"))]),
        ("batch", [("update", ("key", "Part", "a"), {"v": 4})]),
    ]  # fmt: skip
    policy = compiled(text)
    naive = trace_of(lambda p, now: Naive(p, now), policy, NOW, history)
    ours = trace_of(lambda p, now: Compiled(p, now), policy, NOW, history)
    assert ours == naive
    assert [len(entry["failures"]) for entry in ours] == [0, 1, 0, 0, 0]


@pytest.mark.parametrize("no", ["no Block where k is part.k", "no Block where k is part.k and v is part.v"])
def test_what_a_firing_puts_in_the_way_of_the_next_match(no: str) -> None:
    """Both pairs of a part are to be found by one cursor; the first firing ends what it would find next."""
    text = HEAD.replace("WHEN", f"when {no}").replace("THEN", "add Block { k: part.k, v: part.v }")
    text += "rule on priority -1 {\n  when stage: Stage where s is q\n  then set stage.s to p\n}\n"
    parts = [("insert", "Part", {"id": name, "k": k, "v": k}) for k, name in enumerate("ab")]
    pairs = [("insert", "Pair", {"k": k, "v": v}) for k in range(2) for v in range(3)]
    history = [("batch", [*parts, *pairs]), ("batch", [("insert", "Stage", {"id": "s", "s": "q"})])]
    policy = compiled(text)
    naive = trace_of(lambda p, now: Naive(p, now), policy, NOW, history)
    assert trace_of(lambda p, now: Compiled(p, now), policy, NOW, history) == naive
    assert [rule for _, rule, _ in naive[1]["firings"]] == ["on", "go", "go"]
