"""What holds of every policy with rules and every history (decision record 0012)."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from leadpolicy.compiler import ir
from tests.rule_strategies import (
    HOUR,
    NOW,
    SMALL,
    History,
    Naive,
    Step,
    Trace,
    compiled,
    happened,
    histories,
    policies,
    sessions,
    told,
    trace_of,
)

many = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def played(policy: ir.Policy, history: History) -> Trace:
    return trace_of(lambda p, now: Naive(p, now, **SMALL), policy, NOW, history)


@many
@given(sessions())
def test_the_same_again_is_the_same_and_so_are_copies_of_the_policy_and_other_orders_of_fields(
    drawn: tuple[str, list[Step]],
) -> None:
    text, history = drawn
    policy = compiled(text)
    trace = told(played(policy, history))
    turned = [_turned(step) for step in history]
    assert told(played(ir.Policy.model_validate_json(policy.model_dump_json()), turned)) == trace


def _turned(step: Step) -> Step:
    """Records with their fields in the other order."""
    kind, operations = step
    if kind == "advance":
        return step
    return (kind, [tuple(dict(reversed(p.items())) if isinstance(p, dict) else p for p in o) for o in operations])


@many
@given(sessions(), st.data())
def test_ruling_47_one_jump_or_many(drawn: tuple[str, list[Step]], data: st.DataObject) -> None:
    text, history = drawn
    history = [*history, ("advance", max([NOW, *(to for kind, to in history if kind == "advance")]) + 8 * HOUR)]
    cut: list[Step] = []
    now = NOW
    for kind, given_ in history:
        if kind == "advance":
            stops = data.draw(st.lists(st.integers(now, given_), max_size=4), label="stops")
            cut += [("advance", at) for at in sorted(stops)]
            now = given_
        cut.append((kind, given_))
    policy = compiled(text)
    once, often = played(policy, history), played(policy, cut)
    assert happened(often) == happened(once)
    assert often[-1]["now"] == once[-1]["now"]


@many
@given(policies(), st.data())
def test_facts_of_one_batch_may_come_in_any_order(text: str, data: st.DataObject) -> None:
    first, *rest = data.draw(histories(), label="history")
    operations = first[1]
    order = data.draw(st.permutations(range(len(operations))), label="order")
    shuffled = [operations[i] for i in order]
    rest = [(kind, given_ if kind == "advance" else [_renamed(o, order) for o in given_]) for kind, given_ in rest]
    policy = compiled(text)
    before = told(played(policy, [first, *_same_names(rest, order)]))
    assert told(played(policy, [("batch", shuffled), *rest])) == before


def _renamed(operation: tuple[object, ...], order: list[int]) -> tuple[object, ...]:
    """The same fact by the place that its insert has now."""
    target = operation[1]
    if isinstance(target, tuple) and target[0] == "nth" and target[1] < len(order):
        return (operation[0], ("nth", order.index(target[1])), *operation[2:])
    return operation


def _same_names(rest: History, order: list[int]) -> list[Step]:
    """The steps as they were before `_renamed`."""
    back = [order.index(i) for i in range(len(order))]
    return [(kind, given_ if kind == "advance" else [_renamed(o, back) for o in given_]) for kind, given_ in rest]


@many
@given(sessions())
def test_ids_are_never_given_twice_and_every_effect_has_its_firing(drawn: tuple[str, list[Step]]) -> None:
    text, history = drawn
    trace = played(compiled(text), history)
    ids = [effect["id"] for entry in trace for effect in entry["effects"]]
    assert len(set(ids)) == len(ids)
    for entry in trace:
        fired = {(at, rule, str(facts)) for at, rule, facts in entry["firings"]}
        assert {(e["at"], e["rule"], str(e["facts"])) for e in entry["effects"]} <= fired
        if entry["error"] and entry["error"][0] == "input":
            assert not entry["firings"]


@many
@given(policies(), histories())
def test_conclusions_are_a_view_of_what_is_there(text: str, history: list[Step]) -> None:
    """With rules that only conclude: what was inserted and went out again leaves no trace."""
    policy = compiled(text)
    rules = [r.model_copy(update={"actions": c}) for r in policy.rules if (c := _concluding(r))]
    assume(rules)
    policy = policy.model_copy(update={"rules": tuple(rules)})
    inserts = [_plain(o) for kind, given_ in history if kind == "batch" for o in given_ if o[0] == "insert"]
    kept = inserts[::2]
    same = [_known(insert) for insert in kept]
    gone = [insert for insert in inserts[1::2] if _known(insert) not in same]  # equal links are one
    steps: list[Step] = []
    for i, insert in enumerate(kept):
        steps.append(("batch", [insert]))
        steps += [("batch", [gone[i]])] if i < len(gone) else []
    steps += [("batch", [("retract", ("nth", 2 * i + 1))]) for i in range(len(gone))]
    trace = played(policy, steps)
    assume(all(entry["error"] is None for entry in trace))
    alone = played(policy, [("batch", kept)])
    assert trace[-1]["memory"] == alone[-1]["memory"]
    assert trace[-1]["conclusions"] == alone[-1]["conclusions"]


def _known(insert: tuple[Any, ...]) -> tuple[Any, ...]:
    """An insert without what is unknown, said or not."""
    kind, fact, record = insert
    return kind, fact, {name: value for name, value in record.items() if value not in (None, "?")}


def _plain(insert: tuple[Any, ...]) -> tuple[Any, ...]:
    """Without records in place of keys, which come in by the way; unknown is written in one way."""
    kind, fact, record = insert
    return (kind, fact, {n: None if v == "?" else "m1" if isinstance(v, dict) else v for n, v in record.items()})


def _concluding(rule: ir.Rule) -> tuple[ir.Action, ...]:
    return tuple(action for action in rule.actions if isinstance(action, ir.Conclude))
