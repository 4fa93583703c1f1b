"""Frames against the evaluator and the interpreter, on generated policies and frames: whole rows, and refusals."""

from __future__ import annotations

import os
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from leadpolicy import Policy
from leadpolicy.compiler import interpreter
from leadpolicy.engine.errors import InputError
from leadpolicy.files.flat import cell_text, flatten
from tests.frames.frame_strategies import frames
from tests.policy_strategies import NOW, members, policies

EXAMPLES = int(os.environ.get("LEADPOLICY_EXAMPLES", "80"))
SETTINGS = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)


def compiled(text: str) -> Policy:
    note(text)
    return Policy.from_source(text)


def cells(flat: dict[str, Any]) -> dict[str, object]:
    """A row's cells as they are compared: numbers by their value, empty texts as null."""
    found: dict[str, object] = {}
    for name, cell in flat.items():
        number = isinstance(cell, int | Decimal) and not isinstance(cell, bool)
        found[name] = Decimal(cell) if number else cell_text(cell) or None
    return found


def by_interpreter(
    policy: Policy, lead: dict[str, Any], facts: dict[str, Any], names: list[str]
) -> dict[str, object]:
    flat = cells(flatten(interpreter.run(policy.ir, lead, facts=facts, now=NOW).decision()))
    return {name: flat.get(name) for name in names}


@SETTINGS
@given(policies(), frames(), members(), st.sampled_from(["all", "usual"]))
def test_a_frame_decides_as_the_evaluator_and_the_interpreter(
    text: str, frame: pl.DataFrame, others: list[dict[str, Any]], want: str
) -> None:
    policy = compiled(text)
    facts = {"Member": others}
    note(str(policy.frame_support))
    found = policy.decide_frame(frame, facts=facts, now=NOW, want=None if want == "usual" else want)
    assert found.height == frame.height
    for lead, row in zip(frame.iter_rows(named=True), found.iter_rows(named=True), strict=True):
        note(repr(lead))
        evaluated = cells(flatten(policy.decide(lead, facts=facts, now=NOW).to_dict()))
        assert cells(row) == {name: evaluated.get(name) for name in found.columns}
        assert cells(row) == by_interpreter(policy, lead, facts, found.columns)


@SETTINGS
@given(policies(), frames(bad=True), members())
def test_a_frame_refuses_the_leads_that_the_evaluator_refuses(
    text: str, frame: pl.DataFrame, others: list[dict[str, Any]]
) -> None:
    policy = compiled(text)
    facts = {"Member": others}
    expected: dict[int, tuple[object, ...]] = {}
    rows: list[dict[str, object]] = []
    for number, lead in enumerate(frame.iter_rows(named=True)):
        note(repr(lead))
        try:
            rows.append(cells(flatten(policy.decide(lead, facts=facts, now=NOW).to_dict())))
        except InputError as error:
            expected[number] = error.problems
    refused: dict[int, tuple[object, ...]] = {}
    found = policy.decide_frame(
        frame, facts=facts, now=NOW, want=["lead", "scores", "stage", "route"],
        on_error=lambda number, error: refused.__setitem__(number, error.problems),
    )  # fmt: skip
    assert refused == expected
    assert [cells(row) for row in found.iter_rows(named=True)] == [
        {n: row.get(n) for n in found.columns} for row in rows
    ]
    if expected:
        with pytest.raises(InputError) as caught:
            policy.decide_frame(frame, facts=facts, now=NOW)
        assert caught.value.problems == tuple(p for problems in expected.values() for p in problems)


def test_most_generated_policies_are_worked_out_in_columns() -> None:
    """Else the tests above would compare the evaluator with itself."""
    counted = {"policies": 0, "columns": 0, "by columns": 0}

    @settings(
        max_examples=60, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    @given(policies())
    def count(text: str) -> None:
        support = Policy.from_source(text).frame_support
        usual = [name for name in (*support.columns, *support.by_lead) if not name.endswith((".low", ".high"))]
        counted["policies"] += not set(usual) & set(support.by_lead) - {"missing", "ask"}
        counted["columns"] += len(usual)
        counted["by columns"] += len(set(usual) & set(support.columns))

    count()
    assert counted["policies"] >= 10, counted
    assert counted["by columns"] > counted["columns"] // 2, counted
