"""What the analysis finds, what it leaves alone, what it says of what it could not look at, and how long it takes."""

from __future__ import annotations

import time

import pytest

from leadpolicy.compiler import ir
from leadpolicy.compiler.analysis.whole import analyse
from leadpolicy.compiler.pipeline import Compilation, compile_source
from leadpolicy.compiler.source import Source

HEAD = """policy p version "1" {
}
fact Member { id: text key }
fact Lead {
  id: text key
  n: int
  k: int or none
  x: text
  y: text
  f: bool
  o: one of [low, mid, top] in order
  owner: Member as owner
}
queue q
pool  public
"""


def compiled(text: str) -> Compilation:
    result = compile_source(Source("p.lead", HEAD + text))
    assert result.policy is not None, result.diagnostics
    return result


def codes(text: str) -> list[str]:
    return [d.code for d in compiled(text).diagnostics]


def route(*entries: str) -> str:
    return (
        "route {\n"
        + "\n".join(entries)
        + "\n  otherwise -> public_pool\n  undecided -> queue q\n}\n".replace("public_pool", "pool public")
    )


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        ("n > 100 and n < 50", "LP4201"),
        ("n in [1, 2] and n in 3 to 9", "LP4201"),
        ("o >= mid and o < mid", "LP4201"),
        ("k is unknown and k > 0", "LP4201"),
        ("certainly (n > 5) and n is unknown", "LP4201"),
        ("(n > 5 or n < 3) and n is 4", "LP4201"),
        ("not (n > 5 or n <= 5 or n is unknown)", "LP4201"),
        ("possibly f or not possibly f", "LP4202"),
        ("o in low to top or o is unknown", "LP4202"),
        ("f and f", "LP4204"),
        ("n > 5 and n is 7", "LP4204"),
        ('x contains "a" and x contains "a"', "LP4204"),
    ],
)
def test_a_condition_that_is_wrong(condition: str, code: str) -> None:
    assert codes(f"score s from 0 to 10 {{\n  +1 when {condition}\n}}\n") == [code]


@pytest.mark.parametrize(
    "condition",
    [
        "n > 5 or n <= 5",  # unknown where n is
        "n >= 5 and n <= 5",
        "n is known and n > 5",  # without the first part, an unknown would be unknown
        "k is not known and not (k is unknown)",
        'x contains "a" and y contains "a"',
        'x starts with "a" and x ends with "b"',
        "n > k and n < k",  # two fields: not analysed
        "n + 1 > 5 and n < 3",  # a calculation is a thing of its own
        "true",
    ],
)
def test_a_condition_that_is_left_alone(condition: str) -> None:
    assert codes(f"score s from 0 to 10 {{\n  +1 when {condition}\n}}\n") == []


@pytest.mark.parametrize(
    ("entries", "found"),
    [
        (["a: n >= 5 -> queue q", "b: n >= 9 -> pool public"], ["LP4205"]),
        (["a: n >= 5 -> queue q", "b: n < 5 -> pool public", "c: n is known -> queue q"], ["LP4205"]),
        (["a: n >= 5 -> queue q", "b: n < 5 -> pool public", "c: n < 7 and f -> queue q"], ["LP4205"]),
        (["a: n >= 5 -> owner", "b: n >= 9 -> queue q"], []),
        (["a: n >= 5 -> owner", "b: n >= 9 -> owner"], ["LP4205"]),
        (["a: n >= 9 -> queue q", "b: n >= 5 -> pool public"], []),
        (['a: x contains "a" -> queue q', 'b: x contains "b" -> pool public'], []),
        (["a: f -> queue q", "b: not f -> queue q", "c: f is unknown -> queue q"], ["LP4206"]),
        (["a: f -> queue q", "b: not f -> queue q"], []),
        (["a: f and n > 1 -> queue q", "b: not f and n > 1 -> queue q", "c: n > 2 and f is known -> queue q"], ["LP4205"]),
    ],
)  # fmt: skip
def test_the_route(entries: list[str], found: list[str]) -> None:
    assert codes(route(*entries)) == found


def test_an_example_is_a_lead_that_meets_both() -> None:
    (found,) = compiled(route("a: n >= 5 -> queue q", "b: n >= 9 and f -> pool public")).diagnostics
    assert found.hint == "a lead that meets both: n 9, f true; move it up, or remove it"
    assert [r.source.text[r.span.start : r.span.end] for r in found.related] == ["n >= 5"]
    assert found.source.text[found.span.start : found.span.end] == "n >= 9 and f"


SCORES = """score fit from -10 to 100 {
  points o { low 5, top 20 }
  bands n {
    +30 when >= 100
    +10 when >= 10
  }
  group at most 15 points {
    +10 when f
    +10 when x is known
  }
  -5 when f and x is known
}
score total from 0 to 200 = 2 * fit
"""


@pytest.mark.parametrize(
    ("stage", "found"),
    [
        ("fit >= 65", []),
        ("fit >= 65.001", ["LP4208"]),
        ("total >= 130", []),
        ("total > 130", ["LP4208"]),
        ("fit >= -5", ["LP4202"]),
        ("fit > -5", []),
        ("low(fit) >= 81", ["LP4208"]),
        ("total >= 131 or f", ["LP4211"]),
    ],
)
def test_scores_have_a_real_range(stage: str, found: list[str]) -> None:
    assert codes(SCORES + f"funnel {{\n  A: {stage}\n}}\n") == found


def test_what_is_not_analysed_is_said() -> None:
    result = compiled(route('a: x contains "a" and n > 5 -> queue q'))
    assert [(n.words, n.too_much) for n in result.not_analysed] == [('x contains "a"', False)]


def test_a_kind_of_expression_that_is_not_known_may_be_anything() -> None:
    policy = compiled(route("a: n >= 5 -> queue q", "b: n >= 9 -> pool public")).policy
    assert policy is not None
    assert policy.route is not None

    class Later(ir.Node):
        op: str = "later"

    entries = list(policy.route.entries)
    for i in (0, 1):
        clause = ir.Clause.model_construct(expr=Later(), text="later", reads=())
        condition = ir.Condition.model_construct(
            clauses=(clause, *(entries[i].condition or ir.Condition(clauses=())).clauses)
        )
        entries[i] = entries[i].model_copy(update={"condition": condition})
    changed = policy.model_copy(update={"route": policy.route.model_copy(update={"entries": tuple(entries[:1])})})
    analysis = analyse(changed)
    assert analysis.findings == ()
    assert [n.words for n in analysis.not_analysed] == ["later"]


@pytest.mark.parametrize(
    "entry", ['x is "v{i}"', "n is {i}", 'x is "v{i}" and n >= {i}', 'x contains "v{i}"', "n >= {i} and k <= {i}"]
)
def test_a_route_of_thousands_of_entries_is_quick(entry: str) -> None:
    entries = [f"  r{i}: {entry.replace('{i}', str(i))} -> queue q" for i in range(2_000)]
    policy = compiled(route(*entries)).policy
    assert policy is not None
    start = time.process_time()
    assert analyse(policy).findings == ()
    assert time.process_time() - start < 3  # about 0.1; a square of the entries would be far beyond


def test_lets_that_nest_deep_end() -> None:
    lets = ["let v0 = n > 5", *(f"let v{i} = not v{i - 1}" for i in range(1, 150))]
    assert codes("\n".join(lets) + "\n") == []


def test_in_a_gate_what_is_not_known_is_not_failed() -> None:
    gate = "gate asks {\n  n: n is known\n}\n"
    assert codes(gate + "funnel {\n  A: possibly asks passes\n}\n") == ["LP4202"]
    assert codes(gate + "funnel {\n  A: asks fails\n}\n") == ["LP4208"]
    assert codes(gate.replace("n is", "k is") + "funnel {\n  A: asks fails\n}\n") == []
