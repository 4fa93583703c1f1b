"""The policies of the matching benchmarks, small, and many rules told apart by a constant, against the interpreter."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from benchmarks.matching.guests import drawing, guests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leadpolicy.compiler import ir
from tests.rule_strategies import NOW, History, Naive, compiled, told, trace_of
from tests.session_compiled import Compiled

POLICIES = Path(__file__).parents[2] / "benchmarks" / "matching"


def policy(name: str) -> ir.Policy:
    return compiled((POLICIES / f"{name}.lead").read_text(encoding="utf-8"))


def both(of: ir.Policy, history: History) -> list[dict[str, Any]]:
    """The trace, which is the same of both."""
    naive = trace_of(Naive, of, NOW, history)
    assert told(trace_of(Compiled, of, NOW, history)) == told(naive)
    return list(naive)


def test_miss_manners_is_seated_in_the_same_order() -> None:
    number = 6
    rows: list[Any] = [
        ("insert", "Guest", {"id": f"g{i}", "name": name, "sex": sex, "hobby": hobby})
        for i, (name, sex, hobby) in enumerate(guests(number))
    ]
    rows += [
        ("insert", "LastSeat", {"seat": number}),
        ("insert", "Counter", {"id": "c", "next": 1}),
        ("insert", "Context", {"id": "x", "state": "start"}),
    ]
    (entry,) = both(policy("manners"), [("batch", rows)])
    assert [firing[1] for firing in entry["firings"]].count("find_seating") == number - 1


def test_waltz_labels_the_same_lines_in_the_same_order() -> None:
    junctions, edges = drawing(1)
    names = ("base", "kind", "p1", "p2", "p3", "seed")
    rows: list[Any] = [("insert", "Junction", dict(zip(names, row, strict=True))) for row in junctions]
    rows += [("insert", "Edge", {"id": f"{p1}-{p2}", "p1": p1, "p2": p2, "label": "unlabelled"}) for p1, p2 in edges]
    (entry,) = both(policy("waltz"), [("batch", [*rows, ("insert", "Stage", {"id": "s", "name": "start"})])])
    assert [firing[1] for firing in entry["firings"]].count("plot") == 9


MANY = """policy many version "1" {
  about Lead
}
fact Lead {
  id:      text key
  company: text
  status:  one of [new, contacted, won]
  size:    int
}
"""
RULE = """rule rule_{0} {{
  when lead:  Lead where company is "c{1}" and status is not {2}
  when other: Lead where size is lead.size and id is not lead.id
  then flag lead as marked
}}
rule one_{0} {{
  when lead: Lead where "c{1}" is company
  then flag lead as seen
}}
"""


@st.composite
def histories(draw: st.DrawFn) -> History:
    company = st.sampled_from([None, *(f"c{i}" for i in range(6)), "other"])
    status, size = st.sampled_from([None, "new", "contacted", "won"]), st.sampled_from([None, 1, 2])
    lead = st.sampled_from(["L0", "L1", "L2"])
    found: list[Any] = []
    for number in range(3):
        values = {"id": f"L{number}", "company": draw(company), "status": draw(status), "size": draw(size)}
        found.append(("batch", [("insert", "Lead", values)]))
    for _ in range(draw(st.integers(1, 5))):
        field = draw(st.sampled_from(["company", "company", "status", "size"]))
        value = draw({"company": company, "status": status, "size": size}[field])
        found.append(("batch", [("update", ("key", "Lead", draw(lead)), {field: value})]))
    found.append(("batch", [("retract", ("key", "Lead", draw(lead)))]))
    return found


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(histories())
def test_rules_told_apart_by_a_constant(history: History) -> None:
    text = MANY + "".join(RULE.format(i, i % 6, ("new", "won")[i % 2]) for i in range(10))
    both(compiled(text), history)


def test_dates_are_not_looked_up_as_texts() -> None:
    text = 'policy dates version "1" {\n  about Lead\n}\nfact Lead {\n  id: text key\n  day: date\n}\n'
    rule = "rule r{0} {{\n  when lead: Lead where day is 2026-11-{0:02}\n  then flag lead as seen\n}}\n"
    of = compiled(text + "".join(rule.format(day) for day in range(1, 13)))
    (entry,) = both(of, [("batch", [("insert", "Lead", {"id": "L1", "day": "2026-11-05"})])])
    assert [firing[1] for firing in entry["firings"]] == ["r5"]


@pytest.mark.parametrize("name", ["manners", "waltz", "memory"])
def test_the_policies_compile(name: str) -> None:
    assert policy(name).rules
