"""Chains of lets, each of which names others twice: long ones take seconds at most, and go no deeper."""

from __future__ import annotations

import sys
import time

import pytest

from leadpolicy.compiler import interpreter
from leadpolicy.compiler.pipeline import Compilation, compile_source
from leadpolicy.compiler.source import Source
from leadpolicy.policy import Policy
from tests.policy_strategies import NOW

HEAD = """policy p version "1" {
}
fact Lead {
  id: text key
  a: bool
  n: int
}
queue q
pool public
"""
LEADS: tuple[dict[str, object], ...] = ({"id": "1"}, {"id": "2", "a": True, "n": 5}, {"id": "3", "n": 0})
CHAINS = {
    "and": ("a and n > 1", "{0} and {0}"),
    "is": ("a", "{0} is {0}"),
    "known": ("a and n > 1", "{0} is known and not {0}"),
    "certainly": ("a and n > 1", "not {0} or certainly {0}"),
}


def chain(first: str, then: str, length: int, *, backwards: bool = False) -> str:
    """The lets x0 to x{length - 1}."""
    lets = [f"let x0 = {first}", *(f"let x{i} = {then.format(f'x{i - 1}')}" for i in range(1, length))]
    return "\n".join(lets[::-1] if backwards else lets) + "\n"


def used(last: str, points: str = "5") -> str:
    """A score, a gate and a route that read a condition."""
    return (
        f"score s from 0 to 10 {{\n  +{points} when {last}\n  +1 when a and {last}\n}}\n"
        f"gate g {{\n  c: {last}\n}}\n"
        f"route {{\n  x: {last} and s > 3 -> queue q\n  otherwise -> pool public\n  undecided -> queue q\n}}\n"
    )


def compiled(text: str) -> Compilation:
    return compile_source(Source("p.lead", HEAD + text))


def agree(text: str) -> None:
    """Compile, generate and decide with both backends."""
    found = compiled(text).policy
    assert found is not None
    policy = Policy(found)
    for lead in LEADS:
        expected = interpreter.run(found, lead, now=NOW).decision(trace=True)
        assert policy.decide(lead, now=NOW).to_dict(trace=True) == expected


@pytest.mark.parametrize("kind", CHAINS)
def test_each_let_names_another_twice(kind: str) -> None:
    start = time.perf_counter()
    agree(chain(*CHAINS[kind], 150) + used("x149"))
    assert time.perf_counter() - start < 30


def test_calculations_name_another_twice() -> None:
    start = time.perf_counter()
    agree(chain("n", "{0} - {0}", 150) + used("x149 > 3", points="x149"))
    assert time.perf_counter() - start < 30


@pytest.mark.parametrize("backwards", [False, True])
def test_a_thousand_lets(backwards: bool) -> None:
    assert sys.getrecursionlimit() <= 1000
    agree(chain("a", "{0} and {0}", 1000, backwards=backwards) + used("x999"))


def test_a_thousand_calculations() -> None:
    agree(chain("n", "{0} - {0}", 1000, backwards=True) + used("x999 > 3", points="x999"))


def test_what_is_read_stands_in_order_of_appearance() -> None:
    text = (
        "score s { +1 when a }\nscore t { +1 when a }\nscore u { +1 when a }\n"
        "let three = two or u > 1\nlet one = t > 1 or s > 1\nlet two = one and s > 2 and one\n"
    )
    policy = compiled(text).policy
    assert policy is not None
    reads = {let.name: let.reads for let in policy.lets}
    assert list(reads) == ["one", "two", "three"]
    assert reads["three"] == ("score t", "score s", "score u")


@pytest.mark.parametrize(("length", "code"), [(3, "LP4001"), (1000, "LP1008")])
def test_a_circle_is_one_diagnostic(length: int, code: str) -> None:
    text = chain("a", "{0} and a", length).replace("let x0 = a", f"let x0 = x{length - 1} or a")
    assert [d.code for d in compiled(text).diagnostics] == [code]
