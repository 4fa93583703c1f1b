"""Tables, gates, disqualification, stages, routes: rulings 29 to 35, 38, 39."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import ir_builders as b
import pytest

from leadpolicy.compiler import ir
from leadpolicy.compiler.interpreter import Run, run

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)

FIELDS = [
    b.fact_field("size", b.INT, ask="How many?"),
    b.fact_field("need", b.TEXT, ask="Field's question"),
    b.fact_field("ok", b.BOOL),
    b.fact_field("owner", b.ref("Member"), role="owner", markers=("?",)),
]
MEMBER = b.fact("Member", b.fact_field("level", b.choice("senior", "junior"), ask="Which level?"))
SIZE = b.field("size", b.INT)
NEED = b.field("need", b.TEXT)
OK = b.field("ok", b.BOOL)
OWNER = b.field("owner", b.ref("Member"), nothing=True)
LEVEL = b.field("owner.level", b.choice("senior", "junior"), nothing=True)
BIG, SMALL = b.gt(SIZE, 100), b.lt(SIZE, 10)


def decide(values: dict[str, Any], **parts: Any) -> Run:
    members = [{"id": "m1", "level": "senior"}, {"id": "m2"}]
    policy = b.make_policy(FIELDS, [MEMBER], reads_facts=["Member"], **parts)
    return run(policy, {"id": "L1", **values}, facts={"Member": members}, now=NOW)


def outcome(table: ir.Table, **values: Any) -> Any:
    tables: Any = decide(values, tables=[table]).decision()["tables"]
    return tables[table.name]


def test_ruling_29_a_first_match_table_is_unknown_unless_all_possible_outcomes_agree() -> None:
    table = b.table("t", b.row(BIG, "A"), b.row(OK, "A"), b.row(None, "B"), complete=True)
    assert outcome(table, size=500) == "A"
    assert outcome(table, ok=True) == "A"
    assert outcome(table, ok=False) is None
    assert outcome(table, size=1, ok=False) == "B"


def test_ruling_29_rows_below_the_first_true_one_dont_matter() -> None:
    assert outcome(b.table("t", b.row(OK, "A"), b.row(BIG, "B"), complete=True), ok=True) == "A"


def test_ruling_29_without_a_true_row_none_is_possible_unless_the_table_is_complete() -> None:
    rows = (b.row(BIG, "A"), b.row(b.no(BIG), "A"))
    assert outcome(b.table("t", *rows, complete=True)) == "A"
    assert outcome(b.table("t", *rows, complete=False)) is None


def test_a_table_without_a_row_is_nothing_and_one_that_waits_is_unknown() -> None:
    table = b.table("t", b.row(BIG, "A"))
    ref = b.table_ref("t")
    assert decide({"size": 1}, tables=[table]).show(ref) == "none"
    assert decide({}, tables=[table]).show(ref) is None
    assert decide({"size": 1}, tables=[table]).decision()["tables"] == {"t": None}
    assert decide({"size": 1}, tables=[table]).missing_fields() == ()
    assert decide({}, tables=[table]).missing_fields() == ("size",)


def test_ruling_30_collect_lists_the_sure_outcomes_and_says_that_there_may_be_more() -> None:
    rows = (b.row(OK, "A"), b.row(BIG, "B"), b.row(b.known(NEED), "A"), b.row(b.no(BIG), "A"))
    table = b.table("t", *rows, hit="collect")
    assert outcome(table, ok=True, size=500, need="x") == ["A", "B"]
    assert outcome(table, ok=True) == ["A", None]
    assert outcome(b.table("t", *rows[2:], hit="collect"), need="x") == ["A"]
    case = decide({"ok": True}, tables=[table])
    assert case.truth(b.when(b.is_in(b.const("A"), b.table_ref("t", b.list_of(b.TEXT))))) is True
    assert case.truth(b.when(b.is_in(b.const("Z"), b.table_ref("t", b.list_of(b.TEXT))))) is None
    assert case.missing_fields() == ("size",)


def test_ruling_31_in_a_unique_table_a_true_row_wins_over_unknown_ones() -> None:
    table = b.table("t", b.row(BIG, "A"), b.row(OK, "B"), hit="unique", complete=True)
    assert outcome(table, ok=True) == "B"
    assert outcome(table, ok=False) == "A"
    assert outcome(table) is None


def test_ruling_81_several_outputs_come_from_one_row() -> None:
    outputs = [("team", b.TEXT), ("days", b.DURATION)]
    table = b.table("t", b.row(BIG, "n", ir.Duration(days=3)), outputs=outputs)
    assert outcome(table, size=500) == {"team": "n", "days": "P3D"}
    assert outcome(table, size=5) is None
    assert decide({"size": 500}, tables=[table]).show(b.table_ref("t", b.DURATION, output="days")) == "P3D"


def verdicts(gate: ir.Gate, **values: Any) -> tuple[str, list[str]]:
    gates: Any = decide(values, gates=[gate]).decision()["gates"]
    return gates[gate.name]["verdict"], list(gates[gate.name]["criteria"].values())


def test_ruling_32_in_a_gate_is_known_asks_for_the_field() -> None:
    gate = b.gate("g", b.criterion("need", b.known(NEED)), b.criterion("not", b.no(b.known(SIZE))))
    assert verdicts(gate) == ("unknown", ["unknown", "unknown"])
    assert verdicts(gate, need="x", size=1) == ("fail", ["pass", "fail"])
    assert decide({}, gates=[gate]).missing_fields() == ("size", "need")


def test_ruling_32_is_unknown_and_possibly_stay_settled_in_a_gate() -> None:
    gate = b.gate("g", b.criterion("a", b.unknown(NEED)), b.criterion("b", b.possibly(OK)))
    assert verdicts(gate) == ("pass", ["pass", "pass"])


def test_ruling_32_a_let_is_read_as_its_reader_reads() -> None:
    has_need = b.let("has_need", b.known(NEED))
    gate = b.gate("g", b.criterion("need", b.let_ref(has_need)))
    case = decide({}, lets=[has_need], gates=[gate])
    gates: Any = case.decision()["gates"]
    assert gates["g"]["verdict"] == "unknown"
    assert case.truth(b.when(b.let_ref(has_need))) is False


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"size": 500, "ok": True}, "pass"),
        ({"size": 5, "ok": False}, "fail"),
        ({"size": 5}, "unknown"),
        ({}, "unknown"),
        ({"size": 5, "ok": True, "need": "x"}, "pass"),
    ],
)
def test_ruling_33_a_gate_is_settled_as_soon_as_the_unknowns_cant_change_it(
    values: dict[str, Any], expected: str
) -> None:
    criteria = (b.criterion("a", BIG), b.criterion("b", OK), b.criterion("c", b.known(NEED)))
    gate = b.gate("g", *criteria, needed=2)
    assert verdicts(gate, **values)[0] == expected
    passes = {"pass": True, "fail": False, "unknown": None}[expected]
    case = decide(values, gates=[gate])
    assert case.truth(b.when(b.passes("g"))) is passes
    assert case.truth(b.when(b.fails("g"))) is (None if passes is None else not passes)


def missing(case: Run) -> list[tuple[Any, Any, Any]]:
    items: Any = case.decision()["missing"]
    return [(m["field"], m["question"], m["could_change"]) for m in items]


def test_ruling_34_fields_that_decide_more_parts_come_first_then_those_with_more_points() -> None:
    scores = [b.score("fit", b.plain(3, OK), b.plain(-8, b.eq(NEED, "x")), b.plain(1, OK), low=-10, high=20)]
    gates = [b.gate("g", b.criterion("size", BIG))]
    case = decide({}, scores=scores, gates=gates)
    assert missing(case) == [
        ("size", "How many?", ["gate g"]),
        ("need", "Field's question", ["score fit"]),
        ("ok", None, ["score fit"]),
    ]


def test_ruling_34_ties_go_by_declaration_and_unknown_points_by_the_width_of_the_range() -> None:
    equal = [b.score("fit", b.plain(3, OK), b.plain(-3, b.known(NEED)))]
    assert decide({}, scores=equal).missing_fields() == ("need", "ok")
    wide = [b.score("fit", b.plain(20, b.known(NEED)), b.plain(SIZE), low=-10, high=20)]
    assert decide({}, scores=wide).missing_fields() == ("size", "need")


def test_ruling_34_a_criterions_question_beats_the_fields() -> None:
    gates = [
        b.gate("first", b.criterion("need", b.known(NEED))),
        b.gate("second", b.criterion("need", b.known(NEED), ask="What for?")),
    ]
    assert missing(decide({}, gates=gates)) == [("need", "What for?", ["gate first", "gate second"])]


def test_ruling_34_only_operands_that_are_unknown_in_an_unknown_part_are_missing() -> None:
    settled = b.gate("g", b.criterion("a", b.both(OK, BIG)))
    assert decide({"ok": False}, gates=[settled]).missing_fields() == ()
    assert decide({"ok": True}, gates=[settled]).missing_fields() == ("size",)


def test_ruling_34_a_score_expression_is_open_while_what_it_adds_up_is() -> None:
    scores = [b.score("fit", b.plain(3, OK)), b.score_expr("total", b.score_ref("fit"))]
    assert missing(decide({}, scores=scores)) == [("ok", None, ["score fit", "score total"])]


def test_ruling_34_a_path_names_its_first_unknown_step() -> None:
    gates = [b.gate("g", b.criterion("senior", b.eq(LEVEL, "senior")))]
    assert missing(decide({"owner": "?"}, gates=gates)) == [("owner", None, ["gate g"])]
    assert missing(decide({"owner": "m2"}, gates=gates)) == [("owner.level", "Which level?", ["gate g"])]
    assert missing(decide({"owner": "m1"}, gates=gates)) == []


def test_ruling_34_an_unsettled_entry_names_all_unknown_fields_that_it_reads() -> None:
    scores = [b.score("fit", b.plain(3, b.either(b.both(OK, BIG), b.eq(LEVEL, "senior"))))]
    assert decide({"owner": "?"}, scores=scores).missing_fields() == ("size", "ok", "owner")


FUNNEL = [b.stage("MQL", BIG), b.stage("SAL", OK), b.stage("SQL", b.known(NEED))]


@pytest.mark.parametrize(
    ("values", "stage", "reached"),
    [
        ({"size": 500, "ok": True, "need": "x"}, "SQL", (True, True, True)),
        ({"size": 500, "need": "x"}, "MQL", (True, None, None)),
        ({"size": 5, "ok": True, "need": "x"}, None, (False, False, False)),
        ({"ok": True}, None, (None, None, False)),
    ],
)
def test_ruling_35_a_stage_needs_all_above_it(values: dict[str, Any], stage: str, reached: tuple[Any, ...]) -> None:
    case = decide(values, funnel=FUNNEL)
    assert case.decision()["stage"] == stage
    assert tuple(case.truth(b.when(b.reached(s.name))) for s in FUNNEL) == reached


def test_ruling_35_a_disqualified_lead_has_no_stage_and_goes_where_the_first_true_entry_says() -> None:
    entries = [
        b.disqualify("maybe", OK),
        b.disqualify("spam", b.eq(NEED, "spam"), b.nurture_for(ir.Duration(days=90))),
        b.disqualify("big", BIG),
    ]
    route = b.route(b.to("otherwise", None, b.pool("public")))
    case = decide({"size": 500, "need": "spam"}, disqualify=entries, funnel=FUNNEL, route=route)
    decision: Any = case.decision(trace=True)
    assert decision["disqualified"] == [
        {"entry": "spam", "destination": "nurture for 90 days"},
        {"entry": "big", "destination": "closed"},
    ]
    assert decision["stage"] is None
    assert decision["route"] == {"entry": "spam", "kind": "nurture", "target": None, "member": None}
    assert case.truth(b.when(b.reached("MQL"))) is False
    assert missing(case) == [("ok", None, ["disqualify maybe"])]
    assert [w["verdict"] for w in decision["why"] if w["part"] == "route"] == ["not reached"]


def routed(route: ir.Route, **values: Any) -> Any:
    decision: Any = decide(values, route=route).decision()
    return decision["route"]["entry"], decision["route"]["kind"], decision["route"]["target"]


def test_ruling_38_an_unknown_entry_matters_only_if_it_leads_elsewhere() -> None:
    route = b.route(
        b.to("big", BIG, b.pool("a")),
        b.to("ok", OK, b.pool("a")),
        b.to("otherwise", None, b.pool("b")),
        undecided=b.queue("research"),
    )
    assert routed(route, size=500) == ("big", "pool", "a")
    assert routed(route, ok=True) == ("ok", "pool", "a")
    assert routed(route, ok=False) == ("undecided", "undecided", "queue research")
    assert routed(route, size=5, ok=False) == ("otherwise", "pool", "b")
    assert decide({"ok": False}, route=route).missing_fields() == ("size",)


def test_ruling_38_nobody_is_an_outcome_too() -> None:
    route = b.route(b.to("big", BIG, b.pool("a")))
    assert routed(route, size=5) == (None, "nobody", None)
    assert routed(route) == ("undecided", "undecided", None)


def test_ruling_38_terms_of_nurture_are_told_apart() -> None:
    short, long = (b.nurture_for(ir.Duration(days=n)) for n in (30, 90))
    assert routed(b.route(b.to("a", OK, short), b.to("b", None, long)))[1] == "undecided"
    assert routed(b.route(b.to("a", OK, short), b.to("b", None, short)))[1] == "nurture"


@pytest.mark.parametrize(
    ("owner", "expected"),
    [
        ("m1", ("boss", "member", "m1")),
        ("gone", ("otherwise", "pool", "b")),
        (None, ("otherwise", "pool", "b")),
        ("?", ("undecided", "undecided", None)),
    ],
)
def test_ruling_39_a_member_that_is_unknown_or_gone(owner: str | None, expected: tuple[Any, ...]) -> None:
    route = b.route(b.to("boss", None, b.member(OWNER)), b.to("otherwise", None, b.pool("b")))
    assert routed(route, owner=owner) == expected
    why: Any = decide({"owner": owner}, route=route).decision(trace=True)["why"]
    assert why[0]["verdict"] == {"m1": "true", "?": "unknown"}.get(owner or "", "skipped")


def test_ruling_39_a_member_by_key_and_the_owner() -> None:
    by_key = b.route(b.to("data", None, b.member(b.const("m2"))), b.to("otherwise", None, b.pool("b")))
    decision: Any = decide({}, route=by_key).decision()
    assert decision["route"] == {"entry": "data", "kind": "member", "target": "m2", "member": "m2"}
    owner = b.route(b.to("own", None, b.OWNER), b.to("otherwise", None, b.pool("b")))
    assert routed(owner, owner="gone") == ("own", "owner", "gone")
    assert routed(owner) == ("otherwise", "pool", "b")
    assert routed(owner, owner="?")[1] == "undecided"


def test_ruling_39_two_unknown_members_are_not_the_same() -> None:
    route = b.route(b.to("a", None, b.member(OWNER)), b.to("b", None, b.member(OWNER)))
    assert routed(route, owner="?")[1] == "undecided"


def test_route_is_and_other_questions_of_the_test_runner() -> None:
    route = b.route(b.to("big", BIG, b.member(OWNER)), b.to("otherwise", None, b.pool("b")))
    pooled = decide({"size": 5}, route=route)
    assert pooled.route_is(b.pool("b"))
    assert not pooled.route_is(b.pool("c"))
    assert not pooled.route_is(b.queue("b"))
    assert not pooled.route_is(None)
    held = decide({"size": 500, "owner": "m1"}, route=route)
    assert held.route_is(b.member(b.const("m1")))
    assert not held.route_is(b.member(b.const("m2")))
    assert decide({"owner": "m1"}, route=route).route_is(None)
    assert pooled.operands(b.when(BIG, b.eq(LEVEL, "senior"))) == {"size": 5, "owner.level": "none"}
