"""The printed decision and its reasons (decision record 0002, sections 5 and 7; ruling 24)."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import ir_builders as b

from leadpolicy.compiler import ir
from leadpolicy.compiler.interpreter import run

NOW = datetime(2026, 11, 20, 2, 0, 0, 500_000, tzinfo=UTC)

SIZE = b.field("size", b.INT)
NEED = b.field("need", b.TEXT)
EMAIL = b.field("email", b.EMAIL)
OK = b.field("ok", b.BOOL)
OWNER = b.field("owner", b.ref("Member"), nothing=True)
LEVEL = b.field("owner.level", b.choice("senior", "junior"), nothing=True)
BIG = b.clause(b.gt(SIZE, 100), "size > 100")
CALM = b.clause(OK, "ok")

FIELDS = [
    b.fact_field("size", b.INT),
    b.fact_field("need", b.TEXT),
    b.fact_field("email", b.EMAIL),
    b.fact_field("ok", b.BOOL),
    b.fact_field("owner", b.ref("Member"), role="owner"),
]
MEMBER = b.fact("Member", b.fact_field("level", b.choice("senior", "junior")))


def decide(values: dict[str, Any], **parts: Any) -> dict[str, Any]:
    policy = b.make_policy(FIELDS, [MEMBER], **parts)
    return run(policy, {"id": "L1", **values}, now=NOW).decision(trace=True)


def why(values: dict[str, Any], **parts: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = decide(values, **parts)["why"]
    return found


def test_ruling_24_only_parts_that_the_policy_lacks_are_left_out() -> None:
    decision = decide({})
    assert list(decision) == ["lead", "at", "policy", "missing", "why"]
    assert decision["lead"] == "L1"
    assert decision["at"] == "2026-11-20T10:00:00.5+08:00"
    assert decision["policy"] == {"name": "test", "version": "1", "digest": "sha256:test"}


def test_ruling_24_the_order_of_keys() -> None:
    decision = decide(
        {},
        scores=[b.score("fit", b.plain(1))],
        tables=[b.table("t", b.row(None, "A"), complete=True)],
        gates=[b.gate("g", b.criterion("c", OK))],
        disqualify=[],
        funnel=[b.stage("MQL", OK)],
        route=b.route(b.to("otherwise", None, b.CLOSED)),
    )
    assert " ".join(decision) == "lead at policy scores tables gates disqualified stage route missing why"
    assert list(decision["scores"]["fit"]) == ["value", "low", "high"]
    assert list(decision["route"]) == ["entry", "kind", "target", "member"]
    assert decision["route"] == {"entry": "otherwise", "kind": "closed", "target": None, "member": None}


def test_why_of_a_plain_entry() -> None:
    entry = b.plain("2.5", b.when(BIG, CALM), text="+2.5 when big", because="big", line=7)
    head = {"part": "score fit", "entry": "+2.5 when big", "text": "+2.5 when big", "place": "test.lead:7"}
    scores = [b.score("fit", entry)]
    assert why({"size": 500, "ok": True}, scores=scores) == [
        head | {"verdict": "true", "points": Decimal("2.5"), "because": "big", "values": {"size": 500, "ok": True}}
    ]
    assert why({"size": 5}, scores=scores) == [
        head | {"verdict": "false", "points": 0, "values": {"size": 5, "ok": None}, "failing": ["size > 100", "ok"]}
    ]
    (item,) = why({"size": 500}, scores=scores)
    assert item["verdict"] == "unknown"
    assert item["unknown"] == ["ok"]
    assert item["failing"] == ["ok"]
    assert list(item) == ["part", "entry", "text", "place", "verdict", "points", "values", "unknown", "failing"]


def test_why_names_the_unknown_fields_of_an_unsettled_entry_whatever_its_verdict() -> None:
    (item,) = why({}, scores=[b.score("fit", b.plain(5, b.known(NEED)))])
    assert (item["verdict"], item["unknown"]) == ("false", ["need"])


def test_why_of_bands_and_points_and_groups() -> None:
    title = b.field("ok", b.choice("a", "b"))
    entry = b.bands(SIZE, (15, b.gt(SIZE, 1000)), (10, b.gt(SIZE, 100)), text="bands size")
    scores = [b.score("fit", b.group(entry, b.plain(1)), b.bands(title, (1, b.const(True))))]
    items = why({"size": 500}, scores=scores)
    assert [(i["entry"], i["text"], i["points"]) for i in items] == [
        ("bands size", "band 2", 10),
        ("entry", "entry", 1),
        ("bands", "band 1", 1),
    ]
    assert "failing" not in why({"size": 5}, scores=scores)[0]
    assert why({"size": 5}, scores=scores)[0]["text"] == "bands size"
    unlisted = why({"need": "x"}, scores=[b.score("fit", b.points(NEED, y=5))])[0]
    assert (unlisted["entry"], unlisted["verdict"], unlisted["points"]) == ("points need", "false", 0)


def test_why_of_a_score_expression_and_of_what_reads_scores() -> None:
    scores = [b.score("fit", b.plain(3)), b.score_expr("total", b.arith("mul", b.score_ref("fit"), 2))]
    gate = b.gate("g", b.criterion("c", b.ge(b.score_ref("total", "low"), b.const(1))))
    items = why({}, scores=scores, gates=[gate])
    assert (items[1]["entry"], items[1]["verdict"], items[1]["points"]) == ("total", "true", 6)
    assert items[1]["values"] == {"fit": 3}
    assert items[2]["values"] == {"low(total)": 6}


def test_why_of_tables() -> None:
    table = b.table("t", b.row(b.when(BIG), "A"), b.row(OK, "B"), b.row(None, "C"), complete=True)
    items = why({"ok": True}, tables=[table])
    assert [(i["entry"], i["verdict"], i["outcome"]) for i in items] == [
        ("row 1", "unknown", "A"),
        ("row 2", "true", "B"),
        ("row 3", "not reached", "C"),
    ]
    assert (items[0]["unknown"], items[0]["failing"]) == (["size"], ["size > 100"])
    assert items[2]["values"] == {}


def test_why_of_gates_stages_and_disqualification() -> None:
    items = why(
        {"size": 500},
        gates=[b.gate("g", b.criterion("need", b.known(NEED)))],
        disqualify=[b.disqualify("spam", b.when(CALM), b.pool("x"))],
        funnel=[b.stage("MQL", b.when(CALM)), b.stage("SQL", b.either(b.passes("g"), b.reached("MQL")))],
    )
    gate, disqualify, first, second = items
    assert (gate["part"], gate["verdict"], gate["unknown"]) == ("gate g", "unknown", ["need"])
    assert (disqualify["part"], disqualify["outcome"]) == ("disqualify spam", "pool x")
    assert (disqualify["verdict"], disqualify["unknown"]) == ("unknown", ["ok"])
    assert (first["part"], first["verdict"], first["values"]) == ("stage MQL", "unknown", {"ok": None})
    assert second["values"] == {"g": "unknown", "MQL": None}
    assert second["unknown"] == ["need", "ok"]


def test_a_stage_that_fails_for_one_above_names_no_clause_of_its_own() -> None:
    items = why({"size": 5, "ok": True}, funnel=[b.stage("MQL", b.when(BIG)), b.stage("SQL", b.when(CALM))])
    assert items[0]["failing"] == ["size > 100"]
    assert items[1]["verdict"] == "false"
    assert "failing" not in items[1]


def test_why_of_routes_shows_the_members_field_too() -> None:
    route = b.route(
        b.to("boss", b.when(CALM), b.member(OWNER)),
        b.to("own", None, b.OWNER),
        b.to("otherwise", None, b.pool("b")),
        b.to("never", None, b.pool("c")),
    )
    items = why({"ok": True}, route=route)
    assert [(i["entry"], i["verdict"]) for i in items] == [
        ("boss", "skipped"),
        ("own", "skipped"),
        ("otherwise", "true"),
        ("never", "not reached"),
    ]
    assert items[0]["values"] == {"ok": True, "owner": "none"}
    assert items[1]["values"] == {"owner": "none"}
    assert items[0]["outcome"] == "member"


def test_values_look_through_lets_and_stand_once_in_order_of_appearance() -> None:
    let = b.let("free", b.eq(b.call("domain", EMAIL), "qq.com"))
    condition = b.when(b.let_ref(let), b.gt(SIZE, 3), b.let_ref(let), b.eq(LEVEL, "senior"))
    (item,) = why({"email": "a@QQ.com", "owner": "m1"}, lets=[let], gates=[b.gate("g", b.criterion("c", condition))])
    assert item["values"] == {"email": "a@qq.com", "size": None, "owner.level": "none"}
    assert list(item["values"]) == ["email", "size", "owner.level"]


def test_values_of_stage_and_disqualified() -> None:
    names = b.choice("MQL", ordered=True)
    condition = b.when(b.eq(ir.StageValue(type=names), "MQL"), ir.Disqualified())
    route = b.route(b.to("a", condition, b.CLOSED))
    parts: dict[str, Any] = {"funnel": [b.stage("MQL", OK)], "disqualify": [], "route": route}
    assert why({"ok": True}, **parts)[1]["values"] == {"stage": "MQL", "disqualified": False}
    assert why({}, **parts)[1]["values"] == {"stage": "none", "disqualified": False}
