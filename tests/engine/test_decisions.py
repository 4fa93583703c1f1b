"""Decisions of generated code: what is worked out when, many leads, JSON, why and why not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from tests.engine.loading import NOW, decide, program
from tests.ir_builders import (
    CLOSED,
    INT,
    NUMBER,
    TEXT,
    arith,
    bands,
    both,
    choice,
    clause,
    const,
    criterion,
    disqualify,
    eq,
    fact_field,
    field,
    gate,
    ge,
    group,
    gt,
    is_in,
    known,
    let,
    let_ref,
    list_of,
    lt,
    make_policy,
    passes,
    plain,
    points,
    pool,
    queue,
    route,
    row,
    score,
    score_expr,
    score_ref,
    stage,
    table,
    table_ref,
    to,
    unknown,
    when,
)

from leadpolicy.compiler import ir
from leadpolicy.engine.errors import InputError
from leadpolicy.engine.json_text import dumps, loads
from leadpolicy.engine.program import Program

TITLE = choice("manager", "staff")
title, employees, need = field("title", TITLE), field("employees", INT), field("need", TEXT)
FIELDS = [fact_field("title", TITLE), fact_field("employees", INT, ask="how many?"), fact_field("need", TEXT)]


def sales() -> ir.Policy:
    fit = score(
        "fit",
        points(title, manager=10, staff=0),
        bands(employees, (15, ge(employees, 1000)), (5, ge(employees, 50))),
        low=0,
        high=20,
    )
    sql = when(
        ir.Clause(expr=ge(score_ref("fit"), const(20)), text="fit >= 20", reads=("score fit",)),
        ir.Clause(expr=passes("bant"), text="bant passes", reads=("gate bant",)),
    )
    size = choice("large", "small")
    return make_policy(
        fields=FIELDS,
        scores=[fit],
        tables=[table("size", row(ge(employees, 1000), "large"), row(None, "small"), complete=True, outputs=size)],
        gates=[gate("bant", criterion("need", known(need), ask="what for?"))],
        disqualify=[disqualify("spam", eq(need, "spam"), CLOSED)],
        funnel=[stage("MQL", when(clause(ge(score_ref("fit"), const(10)), "fit >= 10"))), stage("SQL", sql)],
        route=route(
            to("big", when(clause(eq(table_ref("size", size), "large"), "size is large")), queue("desk")),
            to("otherwise", None, pool("public")),
            undecided=queue("research"),
        ),
    )


def test_a_whole_decision() -> None:
    decision = decide(sales(), title="manager", need="x")
    assert decision.lead == "L1"
    assert decision.at == NOW
    assert decision.at.isoformat() == "2026-11-23T16:00:00+08:00"
    assert (decision.policy.name, decision.policy.version, decision.policy.digest) == ("test", "1", "sha256:test")
    fit = decision.scores["fit"]
    assert (fit.value, fit.low, fit.high) == (10, 10, 20)
    assert isinstance(fit.value, Decimal)
    assert decision.tables == {"size": None}
    assert decision.gates["bant"].verdict == "pass"
    assert decision.gates["bant"].criteria == {"need": "pass"}
    assert decision.disqualified == ()
    assert decision.stage == "MQL"
    assert decision.route is not None
    assert (decision.route.entry, decision.route.kind, decision.route.target) == (
        "undecided", "undecided", "queue research",
    )  # fmt: skip
    (missing,) = decision.missing
    assert (missing.field, missing.question) == ("employees", "how many?")
    assert missing.could_change == ("score fit", "table size", "route")
    assert repr(decision) == "<Decision test L1 -> undecided queue research>"


def test_json_keys_in_order_and_absent_blocks_left_out() -> None:
    assert list(decide(sales()).to_dict(trace=True)) == [
        "lead", "at", "policy", "scores", "tables", "gates", "disqualified", "stage", "route", "missing", "why",
    ]  # fmt: skip
    assert decide(make_policy()).to_json() == (
        '{"lead": "L1", "at": "2026-11-23T16:00:00+08:00", '
        '"policy": {"name": "test", "version": "1", "digest": "sha256:test"}, "missing": []}'
    )


def test_disqualified() -> None:
    decision = decide(sales(), need="spam", title="manager", employees=5000)
    assert decision.stage is None
    assert decision.to_dict()["disqualified"] == [{"entry": "spam", "destination": "closed"}]
    assert decision.to_dict()["route"] == {"entry": "spam", "kind": "closed", "target": None, "member": None}
    assert [r.verdict for r in decision.why() if r.part == "route"] == ["not reached", "not reached"]


def test_nothing_is_worked_out_before_it_is_asked_for() -> None:
    made: list[str] = []

    def counting(name: str, original: Any) -> Any:
        def call(*args: Any) -> Any:
            made.append(name)
            return original(*args)

        return call

    program_ = program(sales())
    later = program_.policy.later
    told = later.get()
    names = ("ends", "lacking", "printed", "trace", "why")
    later.told = replace(told, **{name: counting(name, getattr(told, name)) for name in names})
    decision = program_.decide({"id": "L1", "title": "manager"}, now=NOW)
    assert decision.scores["fit"].value == 10
    assert decision.route is not None
    assert made == []
    assert (decision.scores["fit"].high, decision.scores["fit"].low) == (20, 10)
    assert made == ["ends"]
    assert decision.missing
    assert decision.missing is decision.missing
    assert made.count("lacking") == 1
    assert "printed" not in made
    assert decision.why() is decision.why()
    assert [made.count(name) for name in ("why", "printed", "trace")] == [1, 1, 1]
    assert decision.why()._made is None, "what was found is held; objects are made of it when they are looked at"
    assert decision.why()[0] is decision.why()[0]


def test_why() -> None:
    reasons = decide(sales(), title="manager", need="x").why()
    assert [(r.part, r.entry, r.verdict) for r in reasons] == [
        ("score fit", "points title", "true"),
        ("score fit", "bands", "unknown"),
        ("table size", "row 1", "unknown"),
        ("table size", "row 2", "true"),
        ("gate bant", "need", "true"),
        ("disqualify spam", "spam", "false"),
        ("stage MQL", "MQL", "true"),
        ("stage SQL", "SQL", "false"),
        ("route", "big", "unknown"),
        ("route", "otherwise", "true"),
    ]
    assert reasons[1].to_dict() == {
        "part": "score fit", "entry": "bands", "text": "bands", "place": "test.lead:1", "verdict": "unknown",
        "points": 0, "values": {"employees": None}, "unknown": ["employees"],
    }  # fmt: skip
    assert reasons[7].failing == ("fit >= 20",)
    text = str(reasons)
    assert text.splitlines()[:2] == [
        "score fit",
        '  ✓ +10 points title  [title: "manager"]  test.lead:1',
    ]
    assert '  ✗ SQL  [fit: 10, bant: "pass"]  fails: fit >= 20  test.lead:1' in text


def test_why_not() -> None:
    decision = decide(sales(), title="manager")
    assert [(r.part, r.entry) for r in decision.why_not("SQL")] == [
        ("stage SQL", "SQL"), ("score fit", "bands"), ("gate bant", "need"),
    ]  # fmt: skip
    for same in ("stage SQL", " stage  SQL "):
        assert len(decision.why_not(same)) == 3
    assert [r.entry for r in decision.why_not("route big")] == ["big"]
    assert [r.entry for r in decision.why_not("big")] == ["big"]
    assert [r.entry for r in decision.why_not("large")] == ["row 1"]
    assert [r.entry for r in decision.why_not("spam")] == ["spam"]
    assert [r.entry for r in decision.why_not("score fit")] == ["bands"]
    assert len(decision.why_not("MQL")) == 0
    with pytest.raises(LookupError, match="near: `SQL`"):
        decision.why_not("SQ")


def test_many() -> None:
    made = program(sales())
    leads = [{"id": "a", "employees": 5}, {"id": "b", "employees": "many"}, {"id": "c"}]
    found = made.decide_many(iter(leads), now=NOW)
    assert next(found).lead == "a"
    with pytest.raises(InputError, match="lead `b`"):
        next(found)
    errors: list[tuple[int, str]] = []
    kept = made.decide_many(leads, now=NOW, on_error=lambda index, error: errors.append((index, error.field)))
    assert [d.lead for d in kept] == ["a", "c"]
    assert errors == [(1, "employees")]


def test_many_is_lazy() -> None:
    taken: list[int] = []

    def leads() -> Iterator[dict[str, object]]:
        for number in range(5):
            taken.append(number)
            yield {"id": str(number)}

    found = program(sales()).decide_many(leads(), now=NOW)
    assert taken == []
    next(found)
    assert taken == [0]


def test_objects_and_mappings_decide_alike() -> None:
    class Thing:
        id, title, employees = "L1", "staff", 60

    made: Program = program(sales())
    as_dict = made.decide({"id": "L1", "title": "staff", "employees": 60, "more": 1}, now=NOW).to_json(trace=True)
    assert made.decide(Thing(), now=NOW).to_json(trace=True) == as_dict


def test_now_must_be_a_time() -> None:
    with pytest.raises(TypeError, match="now: expected a datetime"):
        program(sales()).decide({"id": "L1"}, now="2026-11-23")  # type: ignore[arg-type]
    naive = program(sales()).decide({"id": "L1"}, now=datetime(2026, 11, 23, 16, 0))
    assert naive.at == NOW


def test_facts_of_another_policy() -> None:
    other = make_policy().model_copy(update={"digest": "other"})
    with pytest.raises(ValueError, match="another policy"):
        program(sales()).decide({"id": "L1"}, facts=program(other).facts({}), now=NOW)


# ── Scores ──


def bounds_of(made: ir.Policy, name: str, **lead: Any) -> tuple[Any, Any, Any]:
    found = decide(made, **lead).scores[name]
    return found.low, found.value, found.high


def test_entries_on_one_field_count_together() -> None:
    entries = plain(10, eq(title, "manager")), plain(5, eq(title, "staff"))
    made = make_policy(fields=FIELDS, scores=[score("s", *entries)])
    assert bounds_of(made, "s") == (0, 0, 10)


def test_groups_are_cut_before_the_block() -> None:
    inner = group(plain(10, known(need)), plain(10, gt(employees, 5)), limit=12)
    made = make_policy(fields=FIELDS, scores=[score("s", inner, plain("-0.5", unknown(title)))])
    assert bounds_of(made, "s", need="x", employees=10, title="staff") == (12, 12, 12)
    assert bounds_of(made, "s") == (Decimal("-0.5"), Decimal("-0.5"), 12)


def test_points_from_a_value_and_arithmetic() -> None:
    ratio = field("ratio", NUMBER)
    fields = [*FIELDS, fact_field("ratio", NUMBER)]
    entry = plain(arith("mul", employees, ratio), lt(ratio, 3))
    made = make_policy(fields=fields, scores=[score("s", entry, low=-10, high=50)])
    assert bounds_of(made, "s", employees=7, ratio="0.3333333") == (Decimal("2.333331"),) * 3
    assert bounds_of(made, "s", employees=7) == (-10, 0, 50)


def test_score_expressions() -> None:
    fit = score("fit", plain(10, ge(employees, 50)), low=0, high=20)
    total = score_expr("total", arith("mul", score_ref("fit"), const("-1.5", NUMBER)), low=-20, high=5)
    made = make_policy(fields=FIELDS, scores=[fit, total])
    assert bounds_of(made, "total", employees=60) == (-15, -15, -15)
    assert bounds_of(made, "total") == (-15, 0, 0)
    assert decide(made).missing[0].could_change == ("score fit", "score total")


def test_a_gate_can_read_a_bound() -> None:
    fit = score("fit", plain(10, ge(employees, 50)))
    wanted = criterion("sure", ge(score_ref("fit", "low"), const(10)))
    made = make_policy(fields=FIELDS, scores=[fit], gates=[gate("g", wanted)])
    assert decide(made).gates["g"].verdict == "fail"
    assert decide(made, employees=50).gates["g"].verdict == "pass"
    assert decide(made).why()[1].values == {"low(fit)": 0}


def test_bands_below_an_unknown_one_do_not_count() -> None:
    entry = bands(employees, (5, both(ge(employees, 10), eq(need, "x"))), (3, ge(employees, 10)))
    made = make_policy(fields=FIELDS, scores=[score("s", entry)])
    assert bounds_of(made, "s", employees=20) == (0, 0, 5)
    assert bounds_of(made, "s", employees=20, need="y") == (3, 3, 3)


def test_lets_are_read_in_the_mode_of_their_reader() -> None:
    has_need = let("has_need", known(need))
    gates = [gate("g", criterion("n", let_ref(has_need), ask="need?"))]
    made = make_policy(fields=FIELDS, lets=[has_need], gates=gates, disqualify=[disqualify("d", let_ref(has_need))])
    decision = decide(made)
    assert decision.gates["g"].verdict == "unknown"
    assert decision.disqualified == ()
    assert [(m.field, m.question, m.could_change) for m in decision.missing] == [("need", "need?", ("gate g",))]


def test_collect_is_flagged_while_a_row_is_unknown() -> None:
    rows = [row(known(need), "case"), row(ge(employees, 5), "slides"), row(None, "case")]
    made = make_policy(fields=FIELDS, tables=[table("content", *rows, hit="collect")])
    assert decide(made).tables == {"content": ["case", None]}
    assert decide(made, employees=9).tables == {"content": ["slides", "case"]}


def test_several_outputs() -> None:
    two = table("t", row(ge(employees, 5), "north", "1.5"), outputs=[("team", TEXT), ("weight", NUMBER)])
    seen = gate("g", criterion("w", gt(table_ref("t", NUMBER, "weight"), 1)))
    made = make_policy(fields=FIELDS, tables=[two], gates=[seen])
    decision = decide(made, employees=5)
    assert decision.tables == {"t": {"team": "north", "weight": Decimal("1.5")}}
    assert decision.why()[-1].values == {"t.weight": Decimal("1.5")}
    assert decision.gates["g"].verdict == "pass"
    assert decide(made, employees=1).tables == {"t": None}
    assert decide(made, employees=1).gates["g"].verdict == "fail"


def test_lists_that_may_have_more() -> None:
    tags = field("tags", list_of(TEXT))
    fields = [fact_field("tags", list_of(TEXT), ask="which?")]
    made = make_policy(fields=fields, gates=[gate("g", criterion("c", is_in(const("a"), tags)))])
    assert decide(made, tags=["a", None]).gates["g"].verdict == "pass"
    assert decide(made, tags=["b", None]).gates["g"].verdict == "unknown"
    assert decide(made, tags=["b", None]).missing[0].field == "tags"
    assert decide(made, tags=["b"]).gates["g"].verdict == "fail"


# ── JSON ──


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"a": [1, True, None, "é\u2028\n"]}, '{"a": [1, true, null, "é\u2028\\n"]}'),
        (Decimal("1E+3"), "1000"),
        (Decimal("-0.50"), "-0.5"),
        (Decimal("-0.00"), "0"),
        (Decimal("1E-6"), "0.000001"),
        ([], "[]"),
        ({}, "{}"),
        ((), "[]"),
    ],
)
def test_json(value: object, text: str) -> None:
    assert dumps(value) == text


def test_json_refuses_the_rest() -> None:
    for bad in (1.5, {1: 2}, Decimal("NaN"), b"x"):
        with pytest.raises(TypeError):
            dumps(bad)
    with pytest.raises(ValueError, match="NaN"):
        loads("[NaN]")


def test_only_rows_that_could_add_an_outcome_are_blamed() -> None:
    rows = [row(known(need), "a"), row(eq(need, "x"), "case"), row(ge(employees, 5), "slides"), row(None, "case")]
    made = make_policy(fields=FIELDS, tables=[table("content", *rows, hit="collect")])
    decision = decide(made)
    assert decision.tables == {"content": ["case", None]}
    assert [m.field for m in decision.missing] == ["employees"]
