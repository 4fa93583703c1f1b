"""Events and records in generated code: what is passed, which count, what is made of them."""

from __future__ import annotations

import ast
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.engine.loading import NOW, program
from tests.engine.test_generated import ALLOWED, ATTRIBUTES, HOSTILE
from tests.ir_builders import (
    BOOL,
    INT,
    MONEY,
    TEXT,
    TIME,
    certainly,
    choice,
    clause,
    criterion,
    eq,
    fact,
    fact_field,
    field,
    gate,
    gt,
    known,
    make_policy,
    plain,
    ref,
    score,
    unknown,
    when,
)  # fmt: skip
from tests.record_builders import (
    any_of,
    attr,
    count,
    event,
    event_entry,
    linked,
    of_record,
    pick,
    records,
    total,
    window,
    with_records,
)  # fmt: skip

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_python import generate
from leadpolicy.engine.errors import InputError
from leadpolicy.engine.program import Program, load

ACTIVITY = event("Activity", fact_field("kind", TEXT), fact_field("seconds", INT, ask="How long?"))
SECONDS = of_record("seconds", INT)


RECORD_ATTRIBUTES = {"all", "events", "unsure", "add", "tzinfo", "days", "seconds", "microseconds", "isdigit"}


def policy(*entries: Any, facts: Any = (ACTIVITY,), fields: Any = (), **more: Any) -> ir.Policy:
    made = make_policy(fields=fields, facts=facts, scores=[score("s", *entries, low=-100, high=100)])
    return with_records(made, **more)


def counting(*entries: Any, **more: Any) -> Program:
    return program(policy(*entries, **more))


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


def value(made: Program, events: Any, **lead: Any) -> Any:
    return made.decide({"id": "L1", **lead}, events=events, now=NOW).scores["s"].value


EACH = event_entry(1, records())


def test_ruling_8_events_that_are_read_must_be_passed() -> None:
    made = counting(EACH)
    with pytest.raises(InputError) as caught:
        made.decide({"id": "L1"}, now=NOW)
    found = caught.value
    assert (found.lead, found.field, found.expected, found.found) == (
        None, "events", "events: the policy reads Activity", "nothing",
    )  # fmt: skip
    with pytest.raises(InputError, match="events: the policy reads Activity"):
        made.decide_many([{"id": "L1"}], now=NOW)
    assert value(made, []) == value(made, {}) == 0


class Activity:
    def __init__(self, at: datetime, of: str | None = None) -> None:
        self.at, self.of, self.kind, self.seconds = at, of, None, None


@pytest.mark.parametrize(
    "events",
    [
        {"Activity": [{"at": ago(days=1)}]},
        [{"at": ago(days=1)}],
        [{"event": "Activity", "at": ago(days=1), "of": "L1"}],
        [Activity(ago(days=1))],
        iter([{"at": ago(days=1), "Lead": "L1"}]),
        [{"at": ago(days=1), "lead": {"id": "L1"}}, {"at": ago(days=1), "lead": "L2"}],
        [{"at": ago(days=1), "Lead_id": "L1"}, {"at": ago(days=1), "lead_id": " L1x"}],
    ],
)
def test_events_by_name_or_one_after_the_other(events: Any) -> None:
    assert value(counting(EACH), events) == 1


@pytest.mark.parametrize("events", [{"Visit": []}, [{"event": "Visit", "at": ago(days=1)}]])
def test_a_name_that_is_no_event(events: Any) -> None:
    with pytest.raises(InputError) as caught:
        value(counting(EACH), events)
    found = caught.value
    assert (found.lead, found.field, found.expected, found.found) == (
        None, "events", "one of the events Activity", '"Visit"',
    )  # fmt: skip


def test_of_two_types_each_record_says_its_own() -> None:
    made = counting(EACH, facts=(ACTIVITY, event("Mail")))
    with pytest.raises(InputError, match="expected one of the events Activity, Mail, found nothing"):
        value(made, [{"at": ago(days=1)}])
    assert value(made, [{"event": "Mail", "at": ago(days=1)}]) == 0


def test_all_that_is_wrong_is_told_at_once() -> None:
    made = counting(EACH, facts=(fact("Member", fact_field("n", INT)), ACTIVITY), reads=("Member",))
    events = [{"at": "x"}, {"at": ago(days=1), "seconds": "y", "of": "L7"}, {"at": None, "of": 1.5}]
    with pytest.raises(InputError) as caught:
        made.decide({"id": None}, events=events, facts={"Member": [{"id": "m", "n": "z"}]}, now=NOW)
    found = [(p.lead, p.field, p.expected, p.found) for p in caught.value.problems]
    time = "a time, such as 2026-11-20 10:00"
    assert found == [
        ("m", "Member.n", "a whole number", '"z"'),
        (None, "Activity.of", "the key of a Lead", "nothing"),
        (None, "Activity.at", time, '"x"'),
        ("L7", "Activity.seconds", "a whole number", '"y"'),
        (None, "Activity.of", "the key of a Lead", "1.5"),
        (None, "Activity.at", "a value: the field is required", "nothing"),
        (None, "id", "a value: the field is required", "nothing"),
    ]


def test_decide_many_wants_to_know_whose_events_they_are() -> None:
    made = counting(EACH)
    with pytest.raises(InputError, match=r"field `Activity\.of`: expected the key of a Lead, found nothing"):
        made.decide_many([{"id": "L1"}], events=[{"at": ago(days=1)}], now=NOW)


def test_decide_many_with_events_is_decide_with_each_leads_own() -> None:
    made = counting(EACH)
    events = [{"at": ago(days=i), "of": f"L{i % 3}"} for i in range(20)]
    leads = [{"id": f"L{i}"} for i in range(4)]
    many = list(made.decide_many(iter(leads), events=iter(events), now=NOW))
    assert [one.scores["s"].value for one in many] == [7, 7, 6, 0]
    base = made.facts(None, events)
    assert [d.to_json(trace=True) for d in many] == [made.decide(x, facts=base, now=NOW).to_json(True) for x in leads]


def test_concluded_types_are_never_passed() -> None:
    found = linked("Hot", fact_field("why", TEXT)).model_copy(update={"concluded": True})
    made = counting(EACH, facts=(ACTIVITY, found))
    with pytest.raises(InputError, match="field `Hot`: expected no such records: rules conclude them, found 2"):
        made.decide({"id": "L1"}, events=[], facts={"Hot": [{}, {}]}, now=NOW)


def test_ruling_13_equal_rows() -> None:
    row = {"at": ago(days=1)}
    assert value(counting(EACH), [row, row]) == 2
    keyed = counting(event_entry(1, records("Mail")), facts=(event("Mail", fact_field("id", TEXT, key=True)),))
    assert value(keyed, [row | {"id": "a"}] * 2) == 1
    with pytest.raises(InputError) as caught:
        value(keyed, [row | {"id": "a"}, {"id": "a", "at": ago(days=2)}])
    found = caught.value
    assert (found.lead, found.field, found.expected, found.found) == (
        "L1", "Mail.id", "one record of this key", '"a"',
    )  # fmt: skip
    notes = counting(event_entry(1, records("Note")), facts=(linked("Note", fact_field("text", TEXT)),))
    facts = {"Note": [{"text": "x"}, {"text": "x"}, {"text": "x", "of": "L2"}, {"text": "y"}]}
    assert notes.decide({"id": "L1"}, facts=facts, now=NOW).scores["s"].value == 2


def test_ruling_13_order_is_time_then_key_then_arrival() -> None:
    last = attr(pick("last", records()), "kind", TEXT)
    made = counting(plain(1, eq(last, "b")))
    same = ago(days=1)
    assert value(made, [{"at": same, "kind": "a"}, {"at": same, "kind": "b"}]) == 1
    assert value(made, [{"at": same, "kind": "b"}, {"at": ago(days=3), "kind": "a"}]) == 1


def test_ruling_12_what_is_dated_later_is_not_there_yet() -> None:
    assert value(counting(EACH), [{"at": NOW}, {"at": NOW + timedelta(microseconds=1)}]) == 1


def test_ruling_11_window_ends() -> None:
    made = counting(event_entry(1, records(window=window(7))))
    assert value(made, [{"at": ago(days=7)}]) == 0
    assert value(made, [{"at": ago(days=7) + timedelta(microseconds=1)}]) == 1
    between = counting(event_entry(1, records(window=window(30, 7))))
    assert [value(between, [{"at": ago(days=d)}]) for d in (6, 7, 29, 30)] == [0, 1, 1, 0]


def test_ruling_14_once_and_once_per_day() -> None:
    # Shanghai's midnight is 16:00 UTC: two of these lie on one of its days, though on two of UTC's.
    events = [
        {"at": datetime(2026, 11, 20, h, tzinfo=UTC) + timedelta(days=d)} for d, h in ((0, 15), (0, 17), (1, 1))
    ]
    assert value(counting(event_entry(3, records(), "once")), events) == 3
    assert value(counting(event_entry(3, records(), "once_per_day")), events) == 6


def test_ruling_10_decay_is_summed_exactly_and_rounded_once() -> None:
    halving = counting(event_entry(1, records(), decay=ir.Decay(kind="halving", days=1)))
    assert str(value(halving, [{"at": ago(days=7)}])) == "0.007813"
    fading = counting(event_entry(1, records(), decay=ir.Decay(kind="fading", days=3)))
    assert str(value(fading, [{"at": ago(days=1)}, {"at": ago(days=2)}, {"at": ago(days=3)}])) == "1"


def test_ruling_6_counts_that_are_not_settled() -> None:
    counted = count(records(where=gt(SECONDS, 30)))
    events = [{"at": ago(days=1), "seconds": 60}, {"at": ago(days=1)}, {"at": ago(days=2)}]
    for condition, verdict in ((gt(counted, 0), "true"), (gt(counted, 1), "unknown"), (gt(counted, 3), "false")):
        reason = (
            counting(plain(5, when(clause(condition, "c")))).decide({"id": "L1"}, events=events, now=NOW).why()[0]
        )
        assert reason.verdict == verdict
        assert reason.values == {"count(Activity)": "1 to 3"}
        assert reason.unknown == (("Activity.seconds",) if verdict == "unknown" else ())


def test_ruling_27_bounds_count_possible_events() -> None:
    made = counting(event_entry(5, records(where=gt(SECONDS, 30)), limit=7))
    decision = made.decide({"id": "L1"}, events=[{"at": NOW, "seconds": 60}, {"at": NOW}], now=NOW)
    found = decision.scores["s"]
    assert (found.low, found.value, found.high) == (5, 5, 7)
    assert [one.to_dict() for one in decision.missing] == [
        {"field": "Activity.seconds", "question": "How long?", "could_change": ["score s"]}
    ]
    assert decision.why()[0].to_dict()["values"] == {"Activity": 1}


def test_ruling_6_a_maybe_that_would_win() -> None:
    last = pick("last", records(where=gt(SECONDS, 30)))
    made = counting(plain(1, known(last)), plain(2, certainly(gt(attr(last, "seconds", INT), 50))))
    assert value(made, [{"at": ago(days=2), "seconds": 60}]) == 3
    assert value(made, [{"at": ago(days=2), "seconds": 60}, {"at": ago(days=1)}]) == 0
    assert value(made, [{"at": ago(days=3)}, {"at": ago(days=2), "seconds": 60}]) == 3


def test_ruling_85_sums() -> None:
    deal = linked("Deal", fact_field("value", MONEY), fact_field("id", TEXT, key=True))
    worth = of_record("value", MONEY)
    made = counting(
        plain(1, gt(total("sum", worth, records("Deal")), 99)),
        plain(2, known(total("average", worth, records("Deal")))),
        facts=(deal,),
    )

    def given(*values: int | None) -> Any:
        rows = [{"id": str(i), "value": v} for i, v in enumerate(values)]
        return made.decide({"id": "L1"}, facts={"Deal": rows}, now=NOW).scores["s"].value

    assert [given(60, 40), given(60), given(), given(60, None)] == [3, 2, 0, 0]


def test_prefer_goes_step_by_step() -> None:
    chosen = pick(
        "first",
        records(),
        ir.Prefer(condition=when(gt(SECONDS, 30))),
        ir.Prefer(field=of_record("at", TEXT), order="latest"),
    )
    made = counting(plain(1, eq(attr(chosen, "kind", TEXT), "x")))
    rows = [{"at": ago(days=9), "kind": "a"}, {"at": ago(days=5), "kind": "b", "seconds": 31}]
    assert value(made, [*rows, {"at": ago(days=4), "kind": "x", "seconds": 40}, {"at": NOW, "kind": "y"}]) == 1


def test_this_record_is_among_the_records_of_its_type() -> None:
    size = of_record("size", INT)
    others = count(records("Lead", where=gt(size, 3), of=None))
    made = counting(plain(others), fields=[fact_field("size", INT)], facts=(), reads=("Lead",))

    def given(*leads: dict[str, Any]) -> Any:
        return made.decide({"id": "L1", "size": 5}, facts={"Lead": leads}, now=NOW).scores["s"].value

    assert [given(), given({"id": "L1", "size": 5}), given({"id": "L2", "size": 9})] == [1, 1, 2]
    with pytest.raises(InputError, match="lead `L1`, field `id`: expected one record of this key"):
        given({"id": "L1", "size": 4})


def test_a_loop_inside_a_loop_reads_both_records() -> None:
    mail = event("Mail", fact_field("id", TEXT, key=True))
    later = any_of(records("Mail", where=gt(of_record("at", TEXT, "m"), of_record("at", TEXT)), var="m"))
    made = counting(event_entry(1, records(where=later)), facts=(ACTIVITY, mail))
    mails = [{"id": "a", "at": ago(days=3)}]
    assert value(made, {"Activity": [{"at": ago(days=d)} for d in (2, 4, 5)], "Mail": mails}) == 2


def test_reading_events_leaves_what_was_passed_alone() -> None:
    rows = [{"at": ago(days=1), "seconds": 60}]
    decision = counting(event_entry(1, records(where=gt(SECONDS, 30)))).decide({"id": "L1"}, events=rows, now=NOW)
    rows[0]["seconds"] = 0
    rows.clear()
    assert decision.to_dict(trace=True)["why"][0]["values"] == {"Activity": 1}  # type: ignore[index]


@pytest.mark.parametrize("text", HOSTILE)
def test_texts_about_events_stay_data(text: str) -> None:
    kind = choice(text, text + "2")
    told = event(text, fact_field(text + "k", kind, ask=text), dated=text + "at")
    has = ir.FieldRef(var=text, path=(text + "k",), type=kind)
    found = records(text, where=when(clause(eq(has, text), text)), var=text, text=text, window=window(7))
    made = policy(
        event_entry(1, found, "once_per_day", ir.Decay(kind="halving", days=3), text=text),
        plain(1, gt(count(found), 0), text=text),
        plain(1, eq(ir.Attr(base=pick("last", found), path=(text + "k",), type=kind), text)),
        facts=(told,),
    )
    source = generate(made)
    for node in ast.walk(ast.parse(source)):
        assert isinstance(node, (*ALLOWED, ast.For, ast.Continue)), ast.dump(node)[:200]
        if isinstance(node, ast.Attribute):
            assert node.attr in ATTRIBUTES | RECORD_ATTRIBUTES
        if isinstance(node, ast.Name):
            assert node.id.isascii()
    clean = text == text.strip()
    events = {text: [{text + "at": ago(days=1), text + "k": text if clean else None}]}
    decision = load(source, "hostile").decide({"id": "L1"}, events=events, now=NOW)
    assert decision.to_json(trace=True)
    if clean:
        assert decision.scores["s"].value > 2
        assert decision.why()[0].values == {text: 1}


def test_records_are_gone_through_once() -> None:
    """What entries and conditions count among the records of a type is worked out by one loop."""
    entries = [plain(i, gt(count(records(where=gt(SECONDS, 30))), i)) for i in range(5)]
    entries += [event_entry(1, records(where=eq(of_record("kind", TEXT), "a"), window=window(7)), "once")]
    entries += [
        plain(1, any_of(records(where=eq(of_record("kind", TEXT), "b")))),
        plain(1, known(pick("last", records()))),
    ]
    source = generate(policy(*entries))
    decide = source[source.index("def decide(") :].split("\n\n\n")[0]
    assert decide.count("sweep_") == 1
    assert "members_" not in decide
    loop = source[source.index("def sweep_") :].split("\n\n\n")[0]
    assert loop.count("in rows:") == 1


def test_ruling_32_a_gate_asks_for_what_others_take_as_it_is() -> None:
    """The same filter counts otherwise in a gate: one loop feeds both."""
    seen = any_of(records(where=known(SECONDS)))
    made = make_policy(
        facts=(ACTIVITY,), scores=[score("s", plain(1, seen))], gates=[gate("g", criterion("c", seen))]
    )
    decision = program(with_records(made)).decide({"id": "L1"}, events=[{"at": ago(days=1)}], now=NOW)
    assert decision.scores["s"].value == 0
    assert decision.gates["g"].verdict == "unknown"


def test_what_is_passed_in_one_list_is_read_by_what_each_row_says() -> None:
    """Rows as usual take a short way; one row that isn't takes all of them the long way, with the same result."""
    made = counting(EACH)
    usual: list[Any] = [{"at": ago(days=1)}, {"at": ago(days=2), "seconds": 5, "other": 1}]
    assert value(made, usual) == 2
    assert value(made, [*usual, {"at": ago(days=1), "of": "L2"}]) == 2
    assert value(made, [*usual, {"at": ago(days=1), "event": "Activity"}]) == 3
    assert value(made, [*usual, {"at": "2026-11-20 10:00"}, Activity(ago(days=1))]) == 4
    with pytest.raises(InputError, match="one of the events Activity"):
        value(made, [*usual, {"at": ago(days=1), "event": "Visit"}])
    with pytest.raises(InputError, match=r"Activity\.seconds"):
        value(made, [*usual, {"at": ago(days=1), "seconds": "x"}])


@pytest.mark.parametrize("marker", ["2026-11-20 10:00", "2026-11-20T10:00:00Z", "12"])
def test_a_marker_that_looks_like_a_value_means_unknown(marker: str) -> None:
    fields = (fact_field("n", INT, markers=(marker,)), fact_field("at", TIME, role="happened", markers=(marker,)))
    made = counting(
        plain(1, any_of(records("Visit", where=unknown(SECONDS)))),
        plain(2, known(pick("last", records("Visit", window=window(7))))),
        facts=(event("Visit", *fields, fact_field("seconds", INT)),),
    )
    assert value(made, [{"n": marker, "at": marker}]) == 1
    if marker == "12":
        first = attr(pick("first", records("Visit")), "n", INT)
        counted = counting(plain(1, unknown(first)), facts=(event("Visit", *fields),))
        assert value(counted, [{"n": marker, "at": NOW}]) == 1


def test_usual_rows_are_read_by_generated_code_alone() -> None:
    told = event(
        "Visit", fact_field("kind", choice("a", "b")), fact_field("n", INT), fact_field("note", TEXT),
        fact_field("cost", MONEY), fact_field("sure", BOOL), fact_field("by", ref("Member"), or_none=True),
    )  # fmt: skip
    made = counting(event_entry(1, records("Visit")), facts=(fact("Member"), told), reads=("Member",))
    take = made._readers["Visit"].take
    assert take is not None

    def never(row: object) -> None:
        raise AssertionError(row)

    usual = [
        {"at": NOW, "kind": "a", "n": 7, "note": " é ", "cost": 1.5, "sure": True, "by": "m1"},
        {"at": NOW.astimezone(ZoneInfo("America/New_York")), "kind": None, "n": "12", "cost": 3},
        {"at": "2026-11-23T10:00:00+08:00", "other": 1},
        {"at": "2026-11-23 02:00:00.000001"},
        {"at": "2026-11-23 10:00"},
        {"at": datetime(2026, 11, 23, 10)},
    ]
    kept, said = take(usual, "L1", {}, never, True)
    assert (len(kept), said) == (6, False)
    assert kept[0][1:] == ("a", 7, "é", 1_500_000, True, "m1", "L1")
    assert take([{**row, "lead": "L2"} for row in usual], None, {}, never, False)[1]
    with pytest.raises(AssertionError):
        take([{"at": "2026-11-23"}], "L1", {}, never, True)


def test_references_of_records_lead_on() -> None:
    member = fact("Member", fact_field("level", TEXT))
    told = event("Call", fact_field("agent", ref("Member")))
    senior = eq(of_record("agent.level", TEXT, nothing=True), "senior")
    made = counting(event_entry(1, records("Call", where=senior)), facts=(member, told), reads=("Member",))
    calls = [{"at": ago(days=1), "agent": a} for a in ("m1", "m2", None, {"id": "m3", "level": "senior"})]
    decision = made.decide({"id": "L1"}, events=calls, facts={"Member": [{"id": "m1", "level": "senior"}]}, now=NOW)
    assert decision.scores["s"].value == 2
    assert [one.field for one in decision.missing] == ["Call.agent"]


def test_fields_of_the_lead_in_a_filter_are_asked_for() -> None:
    made = counting(event_entry(4, records(where=gt(SECONDS, field("size", INT)))), fields=[fact_field("size", INT)])
    decision = made.decide({"id": "L1"}, events=[{"at": NOW, "seconds": 3}], now=NOW)
    assert [one.field for one in decision.missing] == ["size"]
    assert (decision.scores["s"].low, decision.scores["s"].high) == (0, 4)
