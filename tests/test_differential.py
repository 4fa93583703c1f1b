"""The evaluator against the interpreter: whole decisions, reasons and refusals, on generated policies and leads."""

from __future__ import annotations

import os
from types import SimpleNamespace
from typing import Any

from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from leadpolicy.compiler import interpreter, ir
from leadpolicy.compiler.pipeline import compile_source
from leadpolicy.compiler.source import Source
from leadpolicy.compiler.to_python import generate
from leadpolicy.engine.errors import InputError
from leadpolicy.engine.program import Program, load
from tests.policy_strategies import NOW, alone_leads, alone_policies, leads, members, policies

EXAMPLES = int(os.environ.get("LEADPOLICY_EXAMPLES", "120"))
"""How many policies are generated; raise it for a longer hunt."""
SETTINGS = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)


def compiled(text: str) -> tuple[ir.Policy, Program]:
    result = compile_source(Source("generated.lead", text))
    assert result.policy is not None, result.diagnostics
    source = generate(result.policy)
    note(text)
    return result.policy, load(source, "generated")


def problems(error: interpreter.InterpreterInputError | InputError) -> list[tuple[object, ...]]:
    return [(p.lead, p.field, p.expected, p.found) for p in error.problems]


def by_interpreter(policy: ir.Policy, lead: dict[str, Any], facts: dict[str, Any]) -> object:
    try:
        return interpreter.run(policy, lead, facts=facts, now=NOW).decision(trace=True)
    except interpreter.InterpreterInputError as error:
        return problems(error)


def by_evaluator(program: Program, lead: object, facts: dict[str, Any] | None) -> object:
    try:
        return program.decide(lead, facts=facts, now=NOW).to_dict(trace=True)
    except InputError as error:
        return problems(error)


def in_one_go(program: Program, lead: dict[str, Any]) -> list[object]:
    """The same where a lead is read and decided in one go: as a dict, as an object, and one of many."""
    return [by_evaluator(program, form, None) for form in (lead, SimpleNamespace(**lead))] + [
        one_of_many(program, lead)
    ]


def one_of_many(program: Program, lead: dict[str, Any]) -> object:
    try:
        return next(program.decide_many([lead], now=NOW)).to_dict(trace=True)
    except InputError as error:
        return problems(error)


def in_parts(decision: object) -> object:
    """With the order of keys made visible, so that it is compared too."""
    if isinstance(decision, dict):
        return [(k, in_parts(v)) for k, v in decision.items()]
    if isinstance(decision, list | tuple):
        return [in_parts(v) for v in decision]
    return decision


@SETTINGS
@given(policies(), st.lists(leads(), min_size=1, max_size=6), members())
def test_they_agree_on_the_whole_decision(
    text: str, some: list[dict[str, Any]], others: list[dict[str, Any]]
) -> None:
    policy, program = compiled(text)
    facts = {"Member": others}
    for lead in some:
        note(repr(lead))
        expected, found = by_interpreter(policy, lead, facts), by_evaluator(program, lead, facts)
        assert in_parts(found) == in_parts(expected)


@SETTINGS
@given(policies(), st.lists(leads(), min_size=1, max_size=4), members())
def test_low_value_high_stand_in_order(text: str, some: list[dict[str, Any]], others: list[dict[str, Any]]) -> None:
    _, program = compiled(text)
    for lead in some:
        for score in program.decide(lead, facts={"Member": others}, now=NOW).scores.values():
            assert score.low <= score.value <= score.high


@SETTINGS
@given(policies(), st.lists(leads(bad=True), min_size=1, max_size=6), members())
def test_they_refuse_the_same_input_with_the_same_words(
    text: str, some: list[dict[str, Any]], others: list[dict[str, Any]]
) -> None:
    policy, program = compiled(text)
    facts = {"Member": others}
    for lead in some:
        note(repr(lead))
        expected, found = by_interpreter(policy, lead, facts), by_evaluator(program, lead, facts)
        assert in_parts(found) == in_parts(expected)


@SETTINGS
@given(alone_policies(), st.lists(alone_leads(), min_size=1, max_size=5))
def test_they_agree_where_a_lead_is_decided_in_one_go(text: str, some: list[dict[str, Any]]) -> None:
    policy, program = compiled(text)
    assert program.at_once is not None
    for lead in some:
        note(repr(lead))
        expected = in_parts(by_interpreter(policy, lead, {}))
        for found in in_one_go(program, lead):
            assert in_parts(found) == expected


@SETTINGS
@given(alone_policies(), st.lists(alone_leads(bad=True), min_size=1, max_size=5))
def test_in_one_go_they_refuse_the_same_input_with_the_same_words(text: str, some: list[dict[str, Any]]) -> None:
    policy, program = compiled(text)
    for lead in some:
        note(repr(lead))
        expected = in_parts(by_interpreter(policy, lead, {}))
        for found in in_one_go(program, lead):
            assert in_parts(found) == expected


@settings(SETTINGS, max_examples=max(20, EXAMPLES // 4))
@given(policies(), st.lists(leads(), min_size=12, max_size=24), members())
def test_what_is_remembered_of_other_leads_changes_nothing(
    text: str, some: list[dict[str, Any]], others: list[dict[str, Any]]
) -> None:
    policy, program = compiled(text)
    facts = {"Member": others}
    expected = [by_interpreter(policy, lead, facts) for lead in some]
    for order in (range(len(some)), reversed(range(len(some)))):
        for index in order:
            note(repr(some[index]))
            assert in_parts(by_evaluator(program, some[index], facts)) == in_parts(expected[index])
