"""Time, due times, credit and the replay of stage entries in generated code."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.engine.loading import NOW, program
from tests.ir_builders import (
    DATE,
    DURATION,
    INT,
    NEW_YORK,
    TIME,
    UTC_ZONE,
    arith,
    call,
    const,
    disqualify,
    eq,
    fact,
    fact_field,
    field,
    ge,
    gt,
    known,
    lt,
    make_policy,
    micros,
    plain,
    ref,
    score,
    score_ref,
    stage,
)  # fmt: skip
from tests.record_builders import (
    count,
    credit,
    entered,
    event,
    event_entry,
    plus,
    recall,
    recall_entry,
    records,
    share,
    window,
    with_records,
    work_hours,
    workdays,
)  # fmt: skip
from tests.work_calendars import china

from leadpolicy.compiler import ir
from leadpolicy.engine.decision import Decision
from leadpolicy.engine.replay import Turns, instants, replay
from leadpolicy.engine.times import ZoneDeclaration

MEMBER = fact("Member")
FIELDS = [
    fact_field("owner", ref("Member"), role="owner"),
    fact_field("assigned_at", TIME, role="assigned"),
    fact_field("created_at", TIME, role="created"),
    fact_field("size", INT, ask="How many?"),
    fact_field("day", DATE),
    fact_field("term", DURATION),
]
created, size, day, term = field("created_at", TIME), field("size", INT), field("day", DATE), field("term", DURATION)
ACTIVITY = event("Activity")
WORK = {"calendars": (china(),), "calendar": "work"}


def policy(zone: ir.Zone = UTC_ZONE, **parts: Any) -> ir.Policy:
    known_parts = {k: parts.pop(k) for k in ("scores", "funnel", "disqualify") if k in parts}
    made = make_policy(fields=FIELDS, facts=(MEMBER, ACTIVITY), zone=zone, **known_parts)
    return with_records(made, **WORK, **parts)


def decide(made: ir.Policy, events: Any = (), now: datetime = NOW, **lead: Any) -> Decision:
    return program(made).decide({"id": "L1", **lead}, events=events, now=now)


def due(made: ir.Policy, **lead: Any) -> Any:
    return decide(made, owner="m1", **lead).to_dict()["due"]


def worked_out(expr: ir.Expr, zone: ir.Zone = UTC_ZONE, **lead: Any) -> Any:
    """A time as a due time prints it."""
    found = due(policy(zone, recall=recall(recall_entry("r", expr))), **lead)
    return found[0]["at"] if found else "none"


MONTH = ir.Duration(months=1)


@pytest.mark.parametrize(
    ("expr", "start", "wanted"),
    [
        (plus(created, MONTH), "2026-01-31T10:00Z", "2026-02-28T10:00:00+00:00"),
        (plus(created, ir.Duration(months=1, days=1, micros=1_000_000)), "2026-01-31T10:00Z", "2026-03-01T10:00:01+00:00"),
        (plus(created, MONTH, -1), "2026-03-31T10:00Z", "2026-02-28T10:00:00+00:00"),
        (plus(created, arith("mul", const(MONTH, DURATION), const(2, INT))), "2026-01-31T10:00Z", "2026-03-31T10:00:00+00:00"),
        (plus(created, work_hours(8)), "2026-11-20T10:00Z", "2026-11-23T10:00:00+00:00"),
        (plus(created, workdays("3.9")), "2026-11-20T10:00Z", "2026-11-25T10:00:00+00:00"),
        (plus(created, work_hours(1), -1), "2026-11-23T09:30Z", "2026-11-20T17:30:00+00:00"),
        (plus(created, ir.Duration(months=12 * 9000)), "2026-11-20T10:00Z", "none"),
    ],
)  # fmt: skip
def test_ruling_15_and_19_sums_of_times(expr: ir.Expr, start: str, wanted: str) -> None:
    assert worked_out(expr, created_at=start.replace("Z", ":00Z")) == wanted


def test_ruling_17_days_keep_the_clock() -> None:
    found = worked_out(plus(created, ir.Duration(days=1)), NEW_YORK, created_at="2026-03-07T12:00:00-05:00")
    assert found == "2026-03-08T12:00:00-04:00"
    exact = worked_out(
        plus(created, ir.Duration(micros=24 * 3_600_000_000)), NEW_YORK, created_at="2026-03-07T12:00:00-05:00"
    )
    assert exact == "2026-03-08T13:00:00-04:00"


def test_dates_and_workdays() -> None:
    entry = plain(1, eq(plus(day, workdays(3)), const("2026-11-25", DATE)))
    made = make_policy(fields=FIELDS, facts=(MEMBER,), scores=[score("s", entry)]).model_copy(update=WORK)
    assert program(made).decide({"id": "L1", "day": "2026-11-20"}, now=NOW).scores["s"].value == 1


def test_ruling_84_during() -> None:
    made = make_policy(scores=[score("s", plain(1, ir.During(calendar="work")))]).model_copy(update=WORK)
    shanghai = [datetime(2026, 11, 23, h, tzinfo=UTC) for h in (0, 1, 4, 5, 10)]
    assert [program(made).decide({"id": "L1"}, now=now).scores["s"].value for now in shanghai] == [0, 1, 0, 1, 0]


# ── Due times ──


def test_a_lease_needs_an_owner() -> None:
    made = policy(recall=recall(recall_entry("r", plus(created, MONTH))))
    assert decide(made, created_at="2026-11-20").to_dict()["due"] == []
    assert len(due(made, created_at="2026-11-20")) == 1
    bound = policy(recall=recall(recall_entry("r", plus(created, MONTH)), while_=gt(size, 3)))
    assert [len(due(bound, created_at="2026-11-20", size=n)) for n in (None, 3, 4)] == [0, 0, 1]


def test_ruling_4_when_must_be_certain_and_unless_blocks_only_when_true() -> None:
    entry = recall_entry("r", plus(created, MONTH), gt(size, 3), lt(field("term", DURATION), const(MONTH, DURATION)))
    made = policy(recall=recall(entry))
    lead = {"created_at": "2026-11-20"}
    assert [len(due(made, size=n, **lead)) for n in (None, 4, 2)] == [0, 1, 0]
    assert [len(due(made, size=4, term=t, **lead)) for t in (None, "P3D", "P2M")] == [1, 0, 1]
    reason = decide(made, owner="m1", size=4, **lead).why()[-1]
    assert (reason.part, reason.entry, reason.verdict, reason.unknown) == ("recall", "r", "true", ("term",))


def test_ruling_51_unknown_is_shown_with_what_is_missing() -> None:
    made = policy(recall=recall(recall_entry("r", plus(created, MONTH), reminders=[work_hours(4)])))
    decision = decide(made, owner="m1")
    assert decision.to_dict()["due"] == [{"entry": "r", "at": None, "kind": "recall"}]
    assert [(one.field, one.could_change) for one in decision.missing] == [("created_at", ("recall r",))]
    assert list(decision.to_dict(trace=True))[-3:] == ["due", "missing", "why"]


def test_ruling_51_54_nothing_at_or_before_the_start_of_the_lease() -> None:
    made = policy(recall=recall(recall_entry("r", plus(created, ir.Duration(days=2)), reminders=[
        ir.Const(type=DURATION, value=ir.Duration(days=1)), ir.Const(type=DURATION, value=ir.Duration(days=2)),
    ])))  # fmt: skip
    lead = {"created_at": "2026-11-20T00:00:00Z"}
    assert [one["kind"] for one in due(made, **lead)] == ["recall", "remind", "remind"]
    assert [one["kind"] for one in due(made, assigned_at="2026-11-20T00:00:00Z", **lead)] == ["recall", "remind"]
    assert due(made, assigned_at="2026-11-22T00:00:00Z", **lead) == []


def test_ruling_20_provisional_past_the_published_years() -> None:
    made = policy(
        recall=recall(recall_entry("r", plus(created, workdays(3)), reminders=[work_hours(4)], calendars=("work",)))
    )
    found = due(made, created_at="2026-12-30T02:00:00Z")
    assert [list(one.items())[-1] for one in found] == [("provisional", True)] * 2
    assert "provisional" not in due(made, created_at="2026-11-20T02:00:00Z")[0]


# ── Credit ──


def test_ruling_69_to_71_credit() -> None:
    touches = [{"at": datetime(2026, 11, d, tzinfo=UTC)} for d in (1, 10, 12, 20)]
    model = credit(
        "c", records(), share("0.4", "first"), share("0.4", "time", created), share("0.2", "others"), days=15
    )
    made = policy(attributions=(model,))
    found = decide(made, touches, created_at="2026-11-13T00:00:00Z").attribution["c"]
    assert [(one.at.day, str(one.credit)) for one in found] == [(10, "0.4"), (12, "0.4"), (20, "0.2")]
    printed = decide(made, touches).to_dict()["attribution"]["c"]  # type: ignore[index]
    assert [str(one["credit"]) for one in printed] == ["0.666667", "0.166667", "0.166667"]
    assert printed[0]["event"] is None
    assert decide(made).to_dict()["attribution"] == {"c": []}


# ── Stage entries ──


def at(text: str) -> int:
    return micros(text)


def test_ruling_36_entered_is_looked_up_in_what_is_passed() -> None:
    made = policy(
        scores=[score("s", plain(1, known(entered("A"))))], funnel=[stage("A", known(size))], reads_entered=True
    )
    ready = program(made)
    assert ready.decide({"id": "L1"}, events=[], now=NOW, entered={"A": 5}).scores["s"].value == 1
    assert ready.decide({"id": "L1", "size": 3}, events=[], now=NOW, entered={}).scores["s"].value == 0


def test_ruling_36_a_replay_finds_when_a_stage_was_reached() -> None:
    made = policy(
        scores=[score("s", event_entry(5, records(window=window(7))))],
        funnel=[stage("A", ge(score_ref("s"), 10)), stage("B", gt(count(records()), 2))],
        recall=recall(recall_entry("a", entered("A")), recall_entry("b", plus(entered("B"), ir.Duration(days=1)))),
        reads_entered=True,
    )
    events = [{"at": f"2026-11-{d:02}T00:00:00Z"} for d in (1, 3, 22)]
    found = decide(made, events, owner="m1", created_at="2026-10-01").to_dict()
    # On the 3rd there were two in a week; now there is one, but the round goes on (37).
    assert found["stage"] is None
    assert found["due"] == [{"entry": "a", "at": "2026-11-03T00:00:00+00:00", "kind": "recall"}]


def test_ruling_37_disqualification_ends_the_round() -> None:
    made = policy(
        scores=[score("s", plain(0))],
        funnel=[stage("A", gt(count(records()), 0))],
        disqualify=[disqualify("many", eq(count(records(window=window(7))), 2))],
        recall=recall(recall_entry("a", entered("A"))),
        reads_entered=True,
    )
    events = [{"at": f"2026-11-{d:02}T00:00:00Z"} for d in (1, 3)]
    found = decide(made, events, owner="m1").to_dict()["due"]
    # Two within a week from the 3rd to the 8th, when the first leaves the window.
    assert found == [{"entry": "a", "at": "2026-11-08T00:00:00+00:00", "kind": "recall"}]


def test_ruling_47_instants() -> None:
    zone = ZoneDeclaration("UTC", 0, ())
    days = 86_400_000_000
    now = at("2026-11-10 12:00")
    turns = Turns(spans=(2 * days,), ages=(("created_at", 3 * days),), midnights=False)
    found = instants(turns, 1, [now - 5 * days, now - days], {"created_at": now - 4 * days}, now, zone)
    assert found == [1, now - 5 * days, now - 3 * days, now - days, now - days + 1, now] or found == sorted(
        {1, now - 5 * days, now - 3 * days, now - days, now - days + 1, now}
    )
    nights = instants(Turns(midnights=True), None, [now - 2 * days], {}, now, zone)
    assert nights == [now - 2 * days, at("2026-11-09 00:00"), at("2026-11-10 00:00"), now]


def test_replay_is_a_plain_function() -> None:
    asked: list[tuple[int, dict[str, int]]] = []

    def ask(now: int, table: Any) -> tuple[list[str], bool]:
        asked.append((now, dict(table)))
        return (["A"] if now != 2 else ["A", "B"]), now == 4

    assert replay([1, 2, 3, 4, 5], ask) == {"A": 5}
    assert asked == [(1, {}), (2, {"A": 1}), (3, {"A": 1, "B": 2}), (4, {"A": 1, "B": 2}), (5, {})]


def test_decide_many_replays_each_lead() -> None:
    made = policy(
        funnel=[stage("A", gt(count(records()), 1))],
        recall=recall(recall_entry("a", entered("A"))),
        reads_entered=True,
    )
    events = [{"at": f"2026-11-{d:02}T00:00:00Z", "of": f"L{d % 2}"} for d in range(1, 5)]
    leads = [{"id": f"L{i}", "owner": "m1"} for i in range(3)]
    found = [d.due for d in program(made).decide_many(leads, events=events, now=NOW)]
    assert [[one.at.day for one in some if one.at] for some in found] == [[4], [3], []]


def test_age_thresholds_count() -> None:
    old = gt(call("age", created), const(ir.Duration(days=3), DURATION))
    made = policy(funnel=[stage("A", old)], recall=recall(recall_entry("a", entered("A"))), reads_entered=True)
    start = datetime(2026, 11, 1, tzinfo=UTC)
    found = decide(made, owner="m1", created_at=start).due
    assert found[0].at == start + timedelta(days=3, microseconds=1)
