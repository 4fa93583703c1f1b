"""Events joined and windowed in columns, against the evaluator and the interpreter."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from leadpolicy import Policy
from leadpolicy.compiler import interpreter
from leadpolicy.engine.errors import InputError
from leadpolicy.files.flat import flatten
from tests.frames.test_differential import cells

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
HEADER = """policy happened version "1" {
  zone    "America/New_York"
  unknown ["-"]
}
fact Lead {
  id:      text key
  n:       int
  created: time required as created
}
event Visit of Lead {
  kind:    one of [page, form, chat]
  page:    text
  seconds: int
  weight:  number
  paid:    bool or none
  at:      time required as happened
}
event Note of Lead {
  id:   text key
  word: text
  at:   time as happened
}
queue a
pool  b
"""
BODY = """
gate seen {
  one:  any Visit where kind is known within 30 days
  more: count(Visit where seconds is known) >= 2
  passes when at least 1
}
score fit from 0 to 30 { +5 when n >= 3 }
route { hot: heat >= 10 and fit >= 5 -> queue a
        otherwise -> pool b }
funnel { MQL: heat + fit >= 8 }
"""
ENTRIES = [
    "+5 each Visit where kind is form",
    "+1 each Visit within 30 days",
    "+2 each Visit where seconds >= 30 within 7 days, at most 5 points",
    "-3 once Visit where page contains \"price\"",
    "+4 once per day Visit where kind in [page, chat]",
    "+10 each Visit where kind is form within 90 days, halving every 3 days",
    "+8 once Visit where paid, fading over 10 days",
    "+3 each Note where word is known",
    "+2 each Note within 10 days",
    "+6 when count(Visit where kind is page) >= 2",
    "+7 when any Visit where weight > 0.5 within 30 days",
    "+9 when no Visit within 5 days",
    "+1 when sum(seconds of Visit) > 100",
    "+2 when last(Visit).at >= 2026-11-20 00:00",
    "+2 when first(Visit where kind is form).page is \"price\"",
    "+3 when last(Note).word is known",
    "+4 when count(Visit where seconds > 30) is 2",
    "+4 when count(Visit where seconds > 30) in 1 to 2",
    "-2 when count(Visit where kind is form) < count(Note)",
    "+2 when count(Visit where paid) is known",
    "+3 when last(Visit where kind is chat).seconds >= 30",
]  # fmt: skip
AT = [
    NOW - timedelta(days=d, hours=h)
    for d, h in ((0, 0), (0, 1), (1, 0), (3, 5), (7, 0), (10, 2), (22, 3), (30, 0), (90, 0))
]
AT += [NOW + timedelta(hours=1), datetime(2026, 11, 1, 5, 30, tzinfo=UTC)]


def policy_of(entries: list[str]) -> str:
    return HEADER + "score heat from -20 to 60 {\n  " + "\n  ".join(entries) + "\n}\n" + BODY


@st.composite
def visits(draw: st.DrawFn) -> pl.DataFrame:
    size = draw(st.integers(0, 12))

    def some(values: list[Any]) -> list[Any]:
        return draw(st.lists(st.sampled_from(values), min_size=size, max_size=size))

    return pl.DataFrame(
        {
            "lead": pl.Series(
                some(draw(st.sampled_from([["L1", "L2", "L3", "L9"], ["L1", " L2", "L3 "]]))), dtype=pl.String()
            ),
            "kind": pl.Series(some(["page", "form", "chat", None, " form "]), dtype=pl.String()),
            "page": pl.Series(some(["price", "/price list", "é", None, "-"]), dtype=pl.String()),
            "seconds": pl.Series(some([0, 30, 31, 80, None]), dtype=pl.Int64()),
            "weight": pl.Series(some([0.5, 0.500001, 1.0, None]), dtype=pl.Float64()),
            "paid": pl.Series(some([True, False, None]), dtype=pl.Boolean()),
            "at": pl.Series(some(AT), dtype=pl.Datetime("us", "UTC")),
        }
    )


@st.composite
def notes(draw: st.DrawFn) -> pl.DataFrame:
    ids = draw(st.lists(st.sampled_from(["n1", "n2", "n3", "n4"]), unique=True, max_size=4))
    size = len(ids)

    def some(values: list[Any]) -> list[Any]:
        return draw(st.lists(st.sampled_from(values), min_size=size, max_size=size))

    return pl.DataFrame(
        {
            "id": pl.Series(ids, dtype=pl.String()),
            "of": pl.Series(some(["L1", "L2"]), dtype=pl.String()),
            "word": pl.Series(some(["x", None, "-"]), dtype=pl.String()),
            "at": pl.Series(some([*AT, None]), dtype=pl.Datetime("us", "UTC")),
        }
    )


LEADS = pl.DataFrame({"id": ["L1", "L2", "L3"], "n": [5, None, 1], "created": ["2026-11-01"] * 3})


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)
@given(st.lists(st.sampled_from(ENTRIES), min_size=1, max_size=5, unique=True), visits(), notes(), st.booleans())
def test_events_in_columns_decide_as_the_evaluator_and_the_interpreter(
    entries: list[str], some: pl.DataFrame, others: pl.DataFrame, framed: bool
) -> None:
    note("\n".join(entries))
    policy = Policy.from_source(policy_of(entries))
    assert not policy.frame_support.by_lead
    events = {"Visit": some.to_dicts(), "Note": others.to_dicts()}
    passed: dict[str, Any] = {"Visit": some, "Note": others} if framed else events
    for want in ("all", ["scores", "stage", "route"]):
        found = policy.decide_frame(LEADS, events=passed, now=NOW, want=want)
        expected = policy.decide_many(LEADS.to_dicts(), events=events, now=NOW)
        for lead, row, decision in zip(LEADS.to_dicts(), found.to_dicts(), expected, strict=True):
            evaluated = cells(flatten(decision.to_dict()))
            assert cells(row) == {name: evaluated.get(name) for name in found.columns}
            plain = interpreter.run(policy.ir, lead, events=events, now=NOW).decision()
            interpreted = cells(flatten(plain))
            assert cells(row) == {name: interpreted.get(name) for name in found.columns}


def test_every_entry_is_worked_out_in_columns() -> None:
    support = Policy.from_source(policy_of(ENTRIES)).frame_support
    assert support.by_lead == {}


def test_what_columns_cannot_say_is_said() -> None:
    text = policy_of(["+1 each Visit where kind is form since created"])
    support = Policy.from_source(text).frame_support
    assert "the window of its records begins at a time of the lead" in support.by_lead["score.heat"]
    assert "route.entry" in support.by_lead


@pytest.mark.parametrize("framed", [True, False])
def test_a_bad_event_is_named(framed: bool) -> None:
    policy = Policy.from_source(policy_of(ENTRIES[:1]))
    rows = [{"lead": "L1", "kind": "call", "at": NOW}]
    visits_given: Any = pl.DataFrame(rows) if framed else rows
    with pytest.raises(InputError) as caught:
        policy.decide_frame(LEADS, events={"Visit": visits_given, "Note": []}, now=NOW)
    assert [(p.lead, p.field, p.found) for p in caught.value.problems] == [("L1", "Visit.kind", '"call"')]


def test_events_that_were_not_passed_are_missed() -> None:
    policy = Policy.from_source(policy_of(ENTRIES[:1]))
    with pytest.raises(InputError, match="events: the policy reads"):
        policy.decide_frame(LEADS, now=NOW)
