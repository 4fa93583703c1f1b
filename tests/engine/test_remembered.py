"""What is remembered from lead to lead (ends of scores, what is missing, states of items) is what would be worked out
anew: policies of all that has a short way of its own, over every lead of small domains, in any order."""

from __future__ import annotations

import itertools
import random
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.ir_builders import (
    BOOL,
    INT,
    arith,
    both,
    certainly,
    const,
    either,
    eq,
    fact_field,
    field,
    ge,
    is_in,
    known,
    make_policy,
    no,
    plain,
    score,
)

from leadpolicy import Policy
from leadpolicy.compiler import interpreter, ir
from leadpolicy.compiler.to_python import generate
from leadpolicy.engine import missing, reasons, tracing
from leadpolicy.engine.program import load

NOW = datetime(2026, 11, 24, tzinfo=UTC)
POLICY = """\
policy remembered version "1" {
  about Lead
  zone "Asia/Shanghai"
}
fact Lead {
  id: text key
  a: int
  b: int
  c: int ask "What is c?"
  d: bool
  e: one of [x, y]
  f: bool
}
let mixed = (a > 1 and b > 1) or c > 1
score first from -5 to 20 {
  +5 when a > 1
  -3 when a < 1
  bands b {
    +7 when > 1
    +2 when > 0
  }
  points e { x 4, y -6 }
}
score second from 0 to 10 {
  group "both" at most 6 points {
    +4 when a > 1
    +4 when c > 1
  }
  +2 when a > 1 and b > 1
}
score total from -10 to 30 = first + second
table grade: text {
  | a   | d     || grade |
  | > 1 | true  || "A"   |
  | -   | false || "B"   |
  | -   | -     || "C"   |
}
gate ready {
  mixed: mixed ask "Is it mixed?"
  e:     e is known
  c:     c > 0 and d
  passes when at least 2
}
disqualify {
  bad:  a < 1 and (d or c < 1) -> closed
  spam: f                      -> closed
}
funnel {
  low:  total >= 3
  high: total >= 9 and ready passes
}
queue q
queue r
route {
  one: high and (d or mixed) -> queue q
  two: b > 1 and c is known  -> queue r
  otherwise -> queue q
  undecided -> queue r
}
"""


OTHER = """\
policy other version "1" {
  about Lead
  zone "Asia/Shanghai"
}
fact Lead {
  id: text key
  a: int or none unknown ["?"]
  b: number
  c: one of [low, mid, top] in order
  d: bool
  e: email ask "Where?"
  f: list of text
}
let big = b >= 2 or c is top
score edges from 0 to 6 {
  group "one field" at most 3 points {
    +2 when a >= 1
    +2 when a >= 2
    -1 when a is unknown
    -2 when a is known and a < 1
  }
  group "free" { -4 when a < 1 }
  +3 when c >= mid
  -2 when c is low
  +0.5 when domain(e) is "x.com"
  +0.25 when e is known
  +1.5 when d
}
score worked from -10 to 10 {
  +2 * b when d
  +1 when certainly (b > 1)
  bands a {
    +3 when is unknown
    +2 when >= 2
    +1 when >= 1
  }
  bands c {
    -1 when is low
    +1 when is known
  }
  -2 when a >= 1 and b >= 1
  -1 when "q" in f
}
score turned from -30 to 30 = -2 * edges - worked + 0.5
table most unique: text {
  | a    | c      || most |
  | >= 2 | is low || "A"  |
  | >= 2 | is top || "B"  |
  | < 2  | -      || "C"  |
}
table every collect: one of [A, B, C] {
  | b   | d     || every |
  | > 1 | true  || A     |
  | -   | false || B     |
  | > 0 | -     || B     |
}
gate two {
  a: a >= 1          ask "How many?"
  b: big and d       ask "Is it big?"
  c: c is known
  d: most is "C"
  passes when at least 2
}
gate plain {
  a: a >= 1
  d: d is known
}
disqualify {
  bad:  d and a < 1             -> closed
  worse: big and plain fails    -> closed
}
funnel {
  low:  edges >= 1 or high(worked) > 2
  mid:  plain passes
  high: two passes and most is "A"
}
queue q
queue r
route {
  one:   high and d              -> queue q
  two:   plain passes            -> queue r
  three: edges >= 3 and c >= mid -> queue r
  four:  two fails               -> queue q
  otherwise -> queue q
  undecided -> queue r
}
"""

PLAIN = """\
policy plain version "1" {
  about Lead
  zone "Asia/Shanghai"
}
fact Lead {
  id: text key
  a: int
  b: one of [x, y, z]
  c: bool   ask "Is it c?"
  d: email
  e: int
  f: bool
}
score first from -4 to 9 {
  +5 when a > 1
  -3 when a is unknown
  +2 when a > 0 and a < 9
  points b { x 4, y -6 }
  +1 when c
}
score second from 0 to 20 {
  +8 when a > 1
  +6 when c is not true
  +3 when domain(d) is "x.com"
}
score third from -5 to 15 {
  +1 when a > 1
  +12 when e > 1
  -4 when c
}
score fourth from 0 to 20 {
  +8 when a > 1
  +8 when a > 0
  +2 when c
}
score fifth from 0 to 20 {
  +1 when domain(d) is "x.com"
  +1 when d is "a@y.com"
}
score total from -9 to 40 = first + second
score more from -9 to 40 = third - fourth
table grade: text {
  | a   | e   || grade |
  | > 1 | > 1 || "A"   |
  | -   | > 0 || "B"   |
  | -   | -   || "C"   |
}
gate sure {
  a: a > 0
  b: b in [x, y] and e > 0
  c: c
  passes when at least 2
}
gate asked {
  b: b is known
  e: e > 1 ask "How much e?"
  passes when at least 1
}
disqualify {
  f: f            -> closed
  e: e < 1 and c  -> closed
}
funnel {
  low:  third >= 0 and c is not false
  mid:  sure passes and e >= 0
  high: grade is "A" and c
}
queue q
queue r
pool  p
route {
  first:  c and a > 1        -> queue q
  second: e > 1              -> pool p
  third:  mid and b is x     -> queue r
  fourth: sure fails         -> pool p
  otherwise -> queue q
  undecided -> queue r
}
"""

DOMAINS: dict[str, dict[str, tuple[Any, ...]]] = {
    POLICY: {
        "id": ("L",),
        "a": (None, 0, 2),
        "b": (None, 0, 2),
        "c": (None, 0, 2),
        "d": (None, False, True),
        "e": (None, "x", "y"),
        "f": (None, False, True),
    },
    PLAIN: {
        "id": ("L",),
        "a": (None, 0, 2),
        "b": (None, "x", "z"),
        "c": (None, False, True),
        "d": (None, "a@x.com"),
        "e": (None, 0, 1, 2),
        "f": (None, False, True),
    },
    OTHER: {
        "id": ("L",),
        "a": (None, "?", 0, 1, 2),
        "b": (None, 0, 2.5),
        "c": (None, "low", "mid", "top"),
        "d": (None, False, True),
        "e": (None, "a@x.com", "b"),
        "f": (None, ["q"], ["z", None]),
    },
}


def leads(text: str) -> list[dict[str, Any]]:
    """All leads over small domains, unknown values among them."""
    domains = DOMAINS[text]
    return [dict(zip(domains, values, strict=True)) for values in itertools.product(*domains.values())]


@pytest.mark.parametrize("text", [POLICY, OTHER, PLAIN], ids=["first", "other", "plain"])
@pytest.mark.parametrize("seed", [1, 2])
def test_every_lead_is_told_as_the_interpreter_tells_it_in_any_order(text: str, seed: int) -> None:
    policy = Policy.from_source(text)
    order = leads(text)
    random.Random(seed).shuffle(order)
    for lead in order[:400]:
        expected: Any = interpreter.run(policy.ir, lead, now=NOW).decision(trace=True)
        for _ in range(2):  # what is remembered by now, too
            decision = policy.decide(lead, now=NOW)
            assert decision.to_dict(trace=True) == expected, lead


def test_what_is_remembered_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(missing, "_REMEMBERED", 3)
    monkeypatch.setattr(tracing, "_REMEMBERED", 3)
    monkeypatch.setattr(reasons.Forms, "_OF_AN_ITEM", 1)
    monkeypatch.setattr(reasons.Forms, "_OF_ALL", 20)
    policy = Policy.from_source(POLICY)
    every = leads(POLICY)[::7]
    for lead in every:
        expected: Any = interpreter.run(policy.ir, lead, now=NOW).decision(trace=True)
        assert policy.decide(lead, now=NOW).to_dict(trace=True) == expected, lead
    told = policy.program.later.get()
    assert (len(told.missing), len(told.answers)) == (3, 3)
    assert len(told.blamed) <= 3
    assert all(len(form.known) <= 1 for form in told.forms[0].items)
    assert sum(len(form.known) + len(form.open) for form in told.forms[0].items) == 20


def test_something_is_remembered() -> None:
    policy = Policy.from_source(OTHER)
    for lead in leads(OTHER):
        policy.decide(lead, now=NOW).to_dict(trace=True)
    told = policy.program.later.get()
    assert told.missing
    assert any(told.forms[0].items[0].known)


def test_reasons_hold_what_was_found_whatever_comes_after() -> None:
    policy = Policy.from_source(OTHER)
    lead = {"id": "L", "a": 2, "b": 2.5, "c": "top", "d": True, "f": ["q"]}
    expected: Any = interpreter.run(policy.ir, lead, now=NOW).decision(trace=True)
    decision = policy.decide(lead, now=NOW)
    why = decision.why()
    lead["f"].append("z")  # type: ignore[attr-defined]
    lead.clear()
    for other in leads(OTHER)[::5]:
        policy.decide(other, now=NOW).why()
    assert why.to_list() == expected["why"]
    assert [reason.to_dict() for reason in why] == [reason.to_dict() for reason in why[:]] == expected["why"]


SIZE, FLAG = field("size", INT), field("flag", BOOL)


@pytest.mark.parametrize(
    "expr",
    [
        is_in(SIZE, []),
        both(is_in(SIZE, []), ge(SIZE, const(3))),
        either(is_in(SIZE, []), ge(SIZE, const(3))),
        ge(arith("div", SIZE, const(0)), const(1)),
        both(ge(arith("mul", SIZE, const(0)), const(1)), no(FLAG)),
        either(known(SIZE), ge(SIZE, const(3))),
        no(certainly(ge(SIZE, const(3)))),
        eq(known(SIZE), FLAG),
    ],
)
@pytest.mark.parametrize("lead", [{}, {"size": 2}, {"size": 5, "flag": True}, {"flag": False}])
def test_entries_that_a_field_may_leave_settled(expr: ir.Expr, lead: dict[str, Any]) -> None:
    policy = make_policy(
        fields=[fact_field("size", INT), fact_field("flag", BOOL)],
        scores=[score("s", plain(4, expr), low=0, high=9)],
    )
    made = load(generate(policy), "settled")
    expected: Any = interpreter.run(policy, {"id": "L", **lead}, now=NOW).decision(trace=True)
    assert made.decide({"id": "L", **lead}, now=NOW).to_dict(trace=True) == expected
