"""Events and facts as they are passed: rulings 8, 12, 13, 44, and what is wrong with them (0009, section 1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import ir_builders as b
import ir_record_builders as r
import pytest

from leadpolicy.compiler import ir
from leadpolicy.compiler.interpreter import Interpreter, InterpreterInputError

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
LEAD = {"id": "L1", "size": 3}

CALL = r.event("Call", b.fact_field("seconds", b.INT), keyed=True)
VISIT = r.event("Visit", b.fact_field("page", b.TEXT))
NOTE = ir.Fact(name="Note", of="Lead", fields=(b.fact_field("text", b.TEXT),), place=b.PLACE)
BAN = ir.Fact(name="Ban", of="Lead", fields=(b.fact_field("text", b.TEXT),), concluded=True, place=b.PLACE)
POLICY = b.make_policy(
    [b.fact_field("size", b.INT)],
    [CALL, VISIT, NOTE, BAN],
    reads_facts=["Note"],
    reads_events=("Call", "Visit"),
)
DECIDER = Interpreter(POLICY)
ONE = Interpreter(b.make_policy([], [VISIT], reads_events=("Visit",)))
VISITS = r.count(r.records("Visit"))


def show(expr: ir.Expr, events: Any = (), facts: Any = None, decider: Interpreter = DECIDER) -> object:
    return decider.run(LEAD, facts={} if facts is None else facts, events=events, now=NOW).show(expr)


def problems(
    events: Any = (), facts: Any = None, lead: Any = LEAD, decider: Interpreter = DECIDER
) -> list[tuple[str | None, str, str, str]]:
    with pytest.raises(InterpreterInputError) as caught:
        decider.run(lead, facts={} if facts is None else facts, events=events, now=NOW)
    return [(p.lead, p.field, p.expected, p.found) for p in caught.value.problems]


def test_ruling_8_what_is_read_must_be_passed_if_only_as_nothing() -> None:
    with pytest.raises(InterpreterInputError) as caught:
        DECIDER.run({"id": "L1", "size": "x"}, now=NOW)
    assert [(p.lead, p.field, p.expected, p.found) for p in caught.value.problems] == [
        (None, "facts", "facts: the policy reads Note", "nothing"),
        (None, "events", "events: the policy reads Call, Visit", "nothing"),
        ("L1", "size", "a whole number", '"x"'),
    ]
    assert (show(VISITS), show(VISITS, {}), show(r.count(r.records("Ban")))) == (0, 0, 0)


def test_events_come_by_type_or_flat() -> None:
    @dataclass
    class Visit:
        at: str
        page: str

    visit = {"at": "2026-11-01", "page": "/"}
    assert show(VISITS, {"Visit": [visit, visit]}) == 2
    assert show(VISITS, [{"event": "Visit", **visit}, Visit("2026-11-02", "/a")]) == 2
    assert show(VISITS, iter([visit, {"event": "Visit", **visit}]), decider=ONE) == 2


def test_names_that_are_no_event_types_are_refused() -> None:
    @dataclass
    class Strange:
        at: str

    expected = "one of the events Call, Visit"
    named = [(None, "events", expected, '"Visits"'), (None, "events", expected, '"Note"')]
    assert problems({"Visits": [], "Note": []}) == named
    assert problems([{"at": "2026-11-01"}, {"event": "Note"}, Strange("2026-11-01")]) == [
        (None, "events", expected, "nothing"),
        (None, "events", expected, '"Note"'),
        (None, "events", expected, '"Strange"'),
    ]
    wrong = problems([{"event": "Note", "at": "2026-11-01"}], decider=ONE)
    assert wrong == [(None, "events", "one of the events Visit", '"Note"')]


@pytest.mark.parametrize("name", ["of", "Lead", "lead", "Lead_id", "lead_id"])
def test_a_record_belongs_to_the_one_whose_key_it_carries(name: str) -> None:
    theirs = {"at": "2026-11-01", name: "L2"}
    mine = {"at": "2026-11-01", name: {"id": "L1", "size": 3}}
    absent = {"at": "2026-11-01", name: None}
    assert show(VISITS, {"Visit": [theirs]}) == 0
    assert show(VISITS, {"Visit": [theirs, mine, absent, {"at": "2026-11-01"}]}) == 3


def test_the_first_of_the_links_names_counts_unless_it_is_a_field() -> None:
    assert show(VISITS, {"Visit": [{"at": "2026-11-01", "of": "L1", "lead": "L2"}]}) == 1
    talk = r.event("Talk", b.fact_field("lead", b.TEXT))
    decider = Interpreter(b.make_policy([], [talk], reads_events=("Talk",)))
    row = {"at": "2026-11-01", "lead": "L9", "lead_id": "L1"}
    assert show(r.count(r.records("Talk")), [row], decider=decider) == 1


def test_ruling_13_rows_without_a_key_each_count_but_equal_facts_are_one() -> None:
    visit, note = {"at": "2026-11-01"}, {"text": "hi"}
    assert show(VISITS, {"Visit": [visit, visit]}) == 2
    notes = {"Note": [note, dict(note), {"text": "hi", "of": "L2"}, {"text": "ho"}]}
    assert show(r.count(r.records("Note")), facts=notes) == 2
    assert show(r.count(r.records("Note", of=None)), facts=notes) == 3


def test_ruling_13_equal_rows_of_one_key_are_one_event_and_unequal_ones_an_error() -> None:
    row = {"id": "a1", "at": "2026-11-01", "seconds": 5}
    assert show(r.count(r.records("Call")), {"Call": [row, dict(row)]}) == 1
    assert problems({"Call": [row, {**row, "seconds": 6}, {**row, "of": "L2"}]}) == [
        ("L1", "Call.id", "one record of this key", '"a1"'),
        ("L2", "Call.id", "one record of this key", '"a1"'),
    ]


def test_bad_rows_are_told_with_the_lead_they_belong_to_facts_then_events_then_the_lead() -> None:
    events = {
        "Visit": [{"at": "soon"}, {"at": "2026-11-01", "of": 1.5, "page": True}],
        "Call": [{"id": "a", "of": "L7"}],
    }
    facts = {"Note": [{"of": "L3", "text": True}], "Ban": [{}, {}]}
    assert problems(events, facts, {"id": "L1", "size": "x"}) == [
        ("L3", "Note.text", "text", "True"),
        (None, "Ban", "no such records: rules conclude them", "2"),
        ("L7", "Call.at", "a value: the field is required", "nothing"),
        ("L1", "Visit.at", "a time, such as 2026-11-20 10:00", '"soon"'),
        (None, "Visit.of", "the key of a Lead", "1.5"),
        (None, "Visit.page", "text", "True"),
        ("L1", "size", "a whole number", '"x"'),
    ]


def test_a_record_of_another_type_than_the_leads_must_say_whose_it_is() -> None:
    shift = r.event("Shift", of="Team")
    decider = Interpreter(b.make_policy([], [b.fact("Team"), shift], reads_events=("Shift",)))
    found = problems([{"at": "2026-11-01"}], decider=decider)
    assert found == [(None, "Shift.of", "the key of a Team", "nothing")]


def test_ruling_12_events_dated_after_now_are_invisible() -> None:
    rows = [{"at": "2026-11-20 10:00"}, {"at": "2026-11-20 10:00:00.000001"}]
    assert show(VISITS, {"Visit": rows}) == 1
    assert show(r.any_of(r.records("Visit")), {"Visit": rows[1:]}) is False


def test_ruling_13_order_is_time_then_key_then_arrival() -> None:
    times = (("b", "2026-11-02", 1), ("a", "2026-11-02", 2), ("c", "2026-11-01", 3))
    rows = [{"id": key, "at": at, "seconds": n} for key, at, n in times]
    some = r.records("Call")
    assert show(r.attr(r.first(some), "seconds", b.INT), {"Call": rows}) == 3
    assert show(r.attr(r.last(some), "seconds", b.INT), {"Call": rows}) == 1
    pages = [{"at": "2026-11-02", "page": p} for p in ("x", "y", "z")]
    assert show(r.attr(r.last(r.records("Visit")), "page", b.TEXT), {"Visit": pages}) == "z"
    assert show(r.attr(r.first(r.records("Visit")), "page", b.TEXT), {"Visit": pages}) == "x"


def test_ruling_44_leads_read_as_records_include_this_one() -> None:
    big = r.count(r.records("Lead", b.ge(r.own("size", b.INT), 3), of=None))
    assert show(big, facts={"Lead": [{"id": "L2", "size": 5}, {"id": "L3", "size": 1}]}) == 2
    both = {"Lead": [dict(LEAD), {"id": "L2", "size": 5}]}
    assert show(big, facts=both) == 2
    but_this = r.records("Lead", b.no(b.eq(r.own("id", b.TEXT), b.field("id", b.TEXT))), of=None)
    assert show(r.count(but_this), facts=both) == 1
    assert problems(facts={"Lead": [{"id": "L1", "size": 4}]}) == [("L1", "id", "one record of this key", '"L1"')]


def test_ruling_44_facts_go_by_their_only_required_time_ties_by_key() -> None:
    fields = (b.fact_field("id", b.TEXT, key=True), b.fact_field("start", b.TIME, required=True))
    task = ir.Fact(name="Task", fields=fields, dated="start", place=b.PLACE)
    decider = Interpreter(b.make_policy([], [task]))
    rows = [{"id": k, "start": t} for k, t in (("t9", "2026-11-01"), ("t10", "2026-11-01"), ("t1", "2026-10-01"))]
    tasks = r.records("Task", of=None)
    assert show(r.last(tasks), facts={"Task": rows}, decider=decider) == "t9"
    assert show(r.first(tasks), facts={"Task": rows}, decider=decider) == "t1"
