"""Rulings 43 and 64: a concluded type that is made of itself is refused, and the way round is named."""

from __future__ import annotations

import pytest

from tests.rulings.deciding import errors

FACTS = "fact Hot of Lead {\n  id: text key\n}\nfact Warm of Lead {\n  id: text key\n}\n"
HOT = "rule h {{\n  when l: Lead{}\n  then conclude Hot of l {{ id: l.id }}\n}}\n"
WARM = "rule w {{\n  when l: Lead{}\n  then conclude Warm of l {{ id: l.id }}\n}}\n"
BOTH = "`concluded Hot` → `concluded Warm` → `concluded Hot`"
CYCLES = {
    "itself": (HOT.format(" where any Hot"), "`concluded Hot` → `concluded Hot`"),
    "itself, where there is none": (HOT.format("\n  when no Hot"), "`concluded Hot` → `concluded Hot`"),
    "a match of the other": (HOT.format("\n  when w: Warm") + WARM.format(" where any Hot"), BOTH),
    "a let of the rule": (HOT.format("\n  let n = count(Warm)\n  when n > 1") + WARM.format("\n  when x: Hot"), BOTH),
    "a gate": (
        "gate g {\n  x: any Hot\n}\n" + HOT.format(" where g passes"),
        "`concluded Hot` → `gate g` → `concluded Hot`",
    ),
    "a let and a score": (
        "let some = any Warm\nscore s from 0 to 10 {\n  +5 when some\n}\n" + HOT.format(" where s > 3")
        + WARM.format("\n  when x: Hot"),
        "`let some` → `concluded Warm` → `concluded Hot` → `score s` → `let some`",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("rules", "way"), CYCLES.values(), ids=list(CYCLES))
def test_ruling_43_and_64_a_circle_through_concluded_types_is_refused_by_name(rules: str, way: str) -> None:
    found = errors(FACTS + rules)
    assert [code for code, _ in found] == ["LP4001"]
    steps = way.split(" → ")[1:]
    turned = [" → ".join([*steps[n:], *steps[: n + 1]]) for n in range(len(steps))]
    assert found[0][1].removeprefix("these go round in a circle: ") in turned


def test_ruling_64_a_path_through_a_reference_to_a_concluded_fact_reads_it() -> None:
    of_members = FACTS.replace("fact Warm of Lead {\n", "fact Warm of Lead {\n  hot: Hot\n  best: Best\n")
    of_members += "fact Best {\n  id: text key\n  n: int\n}\n"
    rule = "rule r {\n  when w: Warm\n  let n = w.PATH\n  when n is known\n  then conclude Best { id: w.id }\n}\n"
    (found,) = errors(of_members + rule.replace("PATH", "best.n"))
    assert found[1].endswith("`concluded Best` → `concluded Best`")
    assert errors(of_members + rule.replace("PATH", "best")) == []
    assert errors(of_members + rule.replace("PATH", "hot.id")) == []


def test_ruling_64_one_concluded_type_may_be_made_of_another() -> None:
    assert errors(FACTS + HOT.format(" where n > 1") + WARM.format("\n  when x: Hot")) == []
