"""Records counted and picked: rulings 5, 6, 7, 11, 32, 79, 85 (0009, section 2)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import ir_builders as b
import ir_record_builders as r
import pytest

from leadpolicy.compiler import ir
from leadpolicy.compiler.interpreter import Run, run

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)  # 10:00 in the policy's zone
SECONDS = r.own("seconds", b.INT)
KIND = r.own("kind", b.TEXT, nothing=True)
AGENT_SINCE = r.own("agent.since", b.TIME, nothing=True)
CALL = r.event(
    "Call",
    b.fact_field("seconds", b.INT),
    b.fact_field("kind", b.TEXT, or_none=True, markers=("?",)),
    b.fact_field("agent", b.ref("Member"), or_none=True),
    keyed=True,
)
MEMBER = b.fact("Member", b.fact_field("level", b.TEXT), b.fact_field("since", b.TIME))
FIELDS = [
    b.fact_field("size", b.INT),
    b.fact_field("since", b.TIME, or_none=True, markers=("?",)),
    b.fact_field("owner", b.ref("Member"), role="owner", markers=("?",)),
    b.fact_field("kinds", b.list_of(b.TEXT)),
]
SIZE = b.field("size", b.INT)
ALL = r.records("Call")
LONG = r.records("Call", b.ge(SECONDS, 60), text="Call where seconds >= 60")
COUNT = r.count(LONG)


def decide(*calls: dict[str, Any], lets: tuple[ir.Let, ...] = (), facts: Any = None, **lead: Any) -> Run:
    """The lead L1 with these calls: keys c1, c2, … and times are made where they aren't given."""
    rows = [{"id": f"c{i}", "at": f"2026-11-0{i}", **c} for i, c in enumerate(calls, 1)]
    policy = b.make_policy(FIELDS, [CALL, MEMBER], lets=lets, reads_events=("Call",))
    return run(policy, {"id": "L1", **lead}, facts=facts or {}, events=rows, now=NOW)


def seconds(*numbers: int | None, **lead: Any) -> Run:
    return decide(*({"seconds": n} for n in numbers), **lead)


def truth(found: Run, expr: ir.Expr) -> bool | None:
    return found.truth(b.when(expr))


# ── Any and counts ──


def test_ruling_6_any_is_kleene_or() -> None:
    some = r.any_of(LONG)
    cases: list[tuple[int | None, ...]] = [(), (10, 20), (10, None), (60, None)]
    assert [truth(seconds(*c), some) for c in cases] == [False, False, None, True]
    assert [truth(seconds(*c), b.no(some)) for c in cases] == [True, True, None, False]


def test_ruling_6_a_count_is_compared_as_every_number_between() -> None:
    found = seconds(90, 80, None, None, 5)  # 2 to 4
    assert [truth(found, b.ge(COUNT, b.const(n))) for n in (2, 3, 5)] == [True, None, False]
    assert [truth(found, b.eq(COUNT, b.const(n))) for n in (3, 5)] == [None, False]
    assert truth(found, b.no(b.eq(COUNT, b.const(5)))) is True
    assert truth(found, b.between(COUNT, b.const(1), b.const(4))) is True
    assert truth(found, b.between(COUNT, b.const(3), b.const(9))) is None


def test_ruling_6_a_pair_in_a_list() -> None:
    in_list = ir.In(item=COUNT, items=ir.Const(type=b.list_of(b.INT), value=("2", "3")))
    found = [seconds(90, 80, None), seconds(90, None), seconds(5)]
    assert [truth(f, in_list) for f in found] == [True, None, False]


def test_ruling_6_two_pairs_are_compared_in_every_combination() -> None:
    short = r.count(r.records("Call", b.lt(SECONDS, 30)))
    found = seconds(90, 80, 70, None)  # long: 3 to 4, short: 0 to 1
    assert truth(found, b.gt(COUNT, short)) is True
    assert truth(found, b.lt(COUNT, short)) is False
    assert truth(seconds(90, None), b.gt(COUNT, short)) is None


def test_ruling_6_a_pair_as_a_value_is_unknown() -> None:
    found = seconds(90, None)
    assert (found.show(COUNT), seconds(90, 5).show(COUNT)) == ("1 to 2", 1)
    assert (truth(found, b.known(COUNT)), truth(found, b.unknown(COUNT))) == (False, True)
    more = b.arith("add", COUNT, b.const(1))
    assert (found.show(more), seconds(90, 95).show(more)) == (None, 3)
    assert truth(found, b.gt(COUNT, SIZE)) is None
    assert truth(seconds(90, None, size=9), b.gt(COUNT, SIZE)) is False


def test_ruling_6_a_pair_goes_through_lets() -> None:
    let = b.let("long_calls", COUNT, b.INT)
    found = decide({"seconds": 90}, {}, lets=(let,))
    assert [truth(found, b.ge(b.let_ref(let), n)) for n in (1, 2)] == [True, None]
    assert found.show(b.let_ref(let)) == "1 to 2"


def test_ruling_85_distinct_counts_values_as_a_pair() -> None:
    kinds = r.distinct(KIND, LONG)
    call, question = {"seconds": 90, "kind": "call"}, {"seconds": 90, "kind": "?"}
    assert decide().show(kinds) == 0
    assert decide(call, call, {"seconds": 90, "kind": "mail"}, {"seconds": 1, "kind": "x"}).show(kinds) == 2
    assert decide(call, {"seconds": 90}).show(kinds) == 1  # nothing is no value
    assert decide(call, question).show(kinds) == "1 to 2"
    assert decide(question).show(kinds) == 1
    assert decide(question, question).show(kinds) == "1 to 2"
    assert decide(call, {"kind": "mail"}).show(kinds) == "1 to 2"
    assert decide(call, {"kind": "call"}).show(kinds) == 1


def test_ruling_85_sums_and_averages() -> None:
    total, average = (r.total(f, SECONDS, ALL) for f in ("sum", "average"))
    assert (seconds().show(total), seconds().show(average)) == (0, "none")
    assert (seconds(1, 2, 3).show(total), str(seconds(1, 1, 0).show(average))) == (6, "0.666667")
    assert (seconds(1, None).show(total), seconds(1, None).show(average)) == (None, None)
    assert seconds(70, None).show(r.total("sum", b.const(1), LONG)) is None


# ── Whose, and when ──


def test_ruling_7_an_unknown_owner_makes_every_record_a_maybe() -> None:
    talk = r.event("Talk", b.fact_field("seconds", b.INT), of="Member")
    policy = b.make_policy(FIELDS, [talk, MEMBER], reads_events=("Talk",))
    rows = [{"at": "2026-11-01", "of": key, "seconds": 70} for key in ("m1", "m1", "m2")]

    def count(owner: object, *where: ir.Expr) -> object:
        some = r.records("Talk", *where, of=b.field("owner", b.ref("Member"), nothing=True))
        return run(policy, {"id": "L1", "owner": owner}, facts={}, events=rows, now=NOW).show(r.count(some))

    assert [count(owner) for owner in ("m1", "m3", "?", None)] == [2, 0, "0 to 3", 0]
    assert count("?", b.lt(SECONDS, 9)) == 0


def test_ruling_7_unknown_never_equals_unknown() -> None:
    same = r.records("Lead", b.eq(r.own("size", b.INT), SIZE), b.no(b.eq(r.own("id", b.TEXT), "L1")), of=None)
    found = decide(facts={"Lead": [{"id": "L2"}]})
    assert truth(found, b.no(r.any_of(same))) is None
    assert found.show(r.count(same)) == "0 to 1"


@pytest.mark.parametrize(
    ("at", "in_7_days", "between_7_and_3"),
    [
        ("2026-11-13 10:00", False, False),
        ("2026-11-13 10:00:00.000001", True, True),
        ("2026-11-17 10:00", True, True),
        ("2026-11-17 10:00:00.000001", True, False),
        ("2026-11-20 10:00", True, False),
    ],
)
def test_rulings_11_and_85_windows_are_half_open(at: str, in_7_days: bool, between_7_and_3: bool) -> None:
    found = decide({"at": at})
    assert truth(found, r.any_of(r.records("Call", window=r.within(7)))) is in_7_days
    assert truth(found, r.any_of(r.records("Call", window=r.within(7, longer=3)))) is between_7_and_3


def test_ruling_11_since_takes_its_time_in_and_may_be_unknown_or_nothing() -> None:
    some = r.count(r.records("Call", window=r.within(since=b.field("since", b.TIME, nothing=True))))
    times = ("2026-11-01 10:00", "2026-11-01 10:00:01", "?", None)
    assert [decide({"at": "2026-11-01 10:00"}, since=t).show(some) for t in times] == [1, 0, "0 to 1", 0]


def test_a_record_whose_time_is_unknown_is_a_maybe_in_a_window_and_comes_first() -> None:
    fields = (b.fact_field("at", b.TIME, role="happened"), b.fact_field("n", b.INT))
    seen = ir.Fact(name="Seen", fields=fields, event=True, of="Lead", dated="at", place=b.PLACE)
    score = b.score("heat", r.event_entry(5, r.records("Seen"), "once_per_day"))
    policy = b.make_policy([], [seen], scores=[score], reads_events=("Seen",))
    found = run(policy, {"id": "L1"}, events=[{"at": "2026-11-01", "n": 1}, {"n": 2}], now=NOW)
    assert found.show(r.count(r.records("Seen", window=r.within(30)))) == "1 to 2"
    assert found.show(r.count(r.records("Seen"))) == 2
    assert found.show(r.attr(r.first(r.records("Seen")), "n", b.INT)) == 2
    assert found.show(r.attr(r.last(r.records("Seen")), "n", b.INT)) == 1
    assert found.decision()["scores"] == {"heat": {"value": 5, "low": 5, "high": 10}}
    assert found.missing_fields() == ("Seen.at",)


# ── Picking ──


def test_ruling_6_last_is_unknown_if_a_maybe_could_win() -> None:
    last, first = (r.attr(r.pick(w, LONG), "seconds", b.INT) for w in ("last", "first"))  # type: ignore[arg-type]
    assert (seconds(60, 90, 5).show(last), seconds(60, 90, 5).show(first)) == (90, 60)
    assert (seconds(60, None, 90).show(last), seconds(60, None, 90).show(first)) == (90, 60)
    assert (seconds(60, None).show(last), seconds(60, None).show(first)) == (None, 60)
    assert (seconds().show(last), seconds(5).show(last)) == ("none", "none")


def test_a_pick_is_known_nothing_or_unknown_and_its_value_is_the_key() -> None:
    last, found = r.last(LONG), [seconds(60), seconds(), seconds(None)]
    assert [f.show(last) for f in found] == ["c1", "none", None]
    assert [truth(f, b.known(last)) for f in found] == [True, False, False]
    assert [truth(f, b.unknown(last)) for f in found] == [False, False, True]
    assert truth(found[0], b.eq(last, ir.Const(type=b.ref("Call"), value="c1"))) is True


def test_a_path_goes_on_from_a_picked_record() -> None:
    members = {"Member": [{"id": "m1", "level": "senior"}, {"id": "m2"}]}
    level = r.attr(r.last(ALL), "agent.level", b.TEXT)
    agents = ("m1", "m2", "m3", None)
    assert [decide({"agent": a}, facts=members).show(level) for a in agents] == ["senior", None, "none", "none"]
    own = b.eq(r.own("agent.level", b.TEXT, nothing=True), "senior")
    assert decide({"agent": "m1"}, facts=members).show(r.count(r.records("Call", own))) == 1


def test_prefer_goes_step_by_step_then_by_key() -> None:
    loud, mute = (ir.Prefer(condition=b.when(b.eq(KIND, k))) for k in ("loud", "mute"))
    soonest, latest = (ir.Prefer(field=AGENT_SINCE, order=o) for o in ("earliest", "latest"))  # type: ignore[arg-type]
    members = {"Member": [{"id": "m1", "since": "2026-03-01"}, {"id": "m2", "since": "2026-01-01"}, {"id": "m3"}]}
    calls = [{"kind": k, "agent": a} for k, a in (("loud", "m1"), ("soft", "m2"), ("loud", "m3"), (None, "m2"))]

    def best(which: Any, *steps: ir.Prefer) -> object:
        return decide(*calls, facts=members).show(r.pick(which, ALL, *steps))

    assert (best("first", loud), best("last", loud)) == ("c1", "c3")
    assert (best("first", soonest), best("last", soonest)) == ("c2", "c4")
    assert (best("last", loud, soonest), best("first", mute, soonest), best("last", latest)) == ("c1", "c2", "c1")
    assert decide({"agent": "m3"}, {}, facts=members).show(r.pick("first", ALL, soonest)) == "c1"


def test_ruling_6_a_maybe_that_is_preferred_makes_the_pick_unknown() -> None:
    pick = r.pick("first", LONG, ir.Prefer(condition=b.when(b.eq(KIND, "loud"))))
    assert decide({"seconds": 90, "kind": "soft"}, {"kind": "loud"}).show(pick) is None
    assert decide({"seconds": 90, "kind": "loud"}, {"kind": "soft"}).show(pick) == "c1"


# ── Modes, lists, nesting ──


def test_ruling_5_a_list_of_the_lead_inside_where() -> None:
    some = r.count(r.records("Call", ir.In(item=KIND, items=b.field("kinds", b.list_of(b.TEXT)))))
    assert decide({"kind": "x"}, {"kind": "y"}, {"kind": "?"}, kinds=["x"]).show(some) == "1 to 2"
    assert decide({"kind": "x"}, {"kind": "y"}, kinds=["x", None]).show(some) == "1 to 2"
    assert decide({"kind": "x"}, {"kind": "?"}, kinds=[]).show(some) == 0


def test_ruling_79_certainly_and_possibly_over_records() -> None:
    some = r.any_of(LONG)
    assert truth(seconds(None), b.certainly(some)) is False
    assert truth(seconds(None), b.possibly(some)) is True
    assert seconds(90, None).show(r.count(r.records("Call", b.possibly(b.ge(SECONDS, 60))))) == 2


def test_ruling_32_is_known_inside_where_is_asked_in_a_gate() -> None:
    known = r.any_of(r.records("Call", b.known(SECONDS)))
    gates = [b.gate("bant", b.criterion("talked", known))]
    policy = b.make_policy(FIELDS, [CALL, MEMBER], gates=gates, reads_events=("Call",))
    found = run(policy, {"id": "L1"}, events=[{"id": "c1", "at": "2026-11-01"}], now=NOW)
    assert found.show(b.passes("bant")) == "unknown"
    assert found.missing_fields() == ("Call.seconds",)
    assert truth(found, known) is False


def test_records_inside_records_see_both() -> None:
    longer = r.any_of(r.records("Call", b.gt(r.own("seconds", b.INT, var="other"), SECONDS), var="other"))
    longest = r.last(r.records("Call", b.no(longer)))
    assert seconds(5, 9, 7).show(r.attr(longest, "seconds", b.INT)) == 9
