"""Rulings 32 to 44: gates, what is missing, stages, routes, promises, cycles."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.rulings.deciding import BASE, activity, codes, decide, errors, findings, lead, policy, truths

# ── Gates ──


def test_ruling_32_in_a_gate_is_known_asks() -> None:
    gate = "gate g {\n  need: company is known\n  none: company is not known\n  open: company is unknown\n  sure: certainly (company is known)\n}\n"
    decided = decide(gate)
    assert decided["gates"]["g"]["criteria"] == {"need": "unknown", "none": "unknown", "open": "pass", "sure": "fail"}
    assert [m["field"] for m in decide("gate g {\n  need: company is known\n}\n")["missing"]] == ["company"]
    assert truths("company is known", "company is not known") == [False, True]
    nothing = "gate g {\n  some: limit is known\n}\n"
    assert decide(nothing)["gates"]["g"]["verdict"] == "fail"


@pytest.mark.parametrize(
    ("given", "verdict"),
    [
        ({"n": 1, "m": 1}, "pass"),
        ({"n": 1}, "unknown"),
        ({"n": 0, "m": 0}, "fail"),
        ({"n": 0}, "unknown"),
        ({}, "unknown"),
        ({"n": 0, "m": 0, "x": 1}, "fail"),
    ],
)
def test_ruling_33_at_least_two_of_three(given: dict[str, object], verdict: str) -> None:
    gate = "gate g {\n  a: n > 0\n  b: m > 0\n  c: x > 0\n  passes when at least 2\n}\n"
    decided = decide(gate + "funnel {\n  P: g passes\n}\n", lead(**given))
    assert decided["gates"]["g"]["verdict"] == verdict
    assert truths("g passes", "g fails", body=gate, given=lead(**given)) == {
        "pass": [True, False], "fail": [False, True], "unknown": [None, None],
    }[verdict]  # fmt: skip


# ── Missing ──


def test_ruling_34_fields_that_decide_more_parts_come_first_then_more_points_then_declaration() -> None:
    body = (
        "score s from 0 to 50 {\n  +5 when n > 1\n  +20 when x > 1\n  +5 when m > 1\n}\n"
        'gate g {\n  a: region is "north"\n  b: company is "A"\n}\ngate h {\n  a: company is "B"\n}\n'
    )
    missing = decide(body)["missing"]
    assert [m["field"] for m in missing] == ["company", "region", "x", "n", "m"]
    assert [m["could_change"] for m in missing] == [
        ["gate g", "gate h"],
        ["gate g"],
        ["score s"],
        ["score s"],
        ["score s"],
    ]


def test_ruling_34_only_what_made_an_open_part_unknown_is_missing_and_the_criterions_question_wins() -> None:
    body = 'gate g {\n  a: n > 1 or m > 1\n  b: n > 2 ask "truly how many?"\n  passes when at least 1\n}\n'
    assert [(m["field"], m["question"]) for m in decide(body)["missing"]] == [("n", "truly how many?"), ("m", None)]
    assert decide(body, lead(m=2))["missing"] == []
    plain = "gate g {\n  a: n > 1\n}\n"
    assert [m["question"] for m in decide(plain)["missing"]] == ["how many?"]


# ── Stages ──

FUNNEL = "funnel {\n  A: n > 0\n  B: m > 0\n  C: x > 0\n}\n"


@pytest.mark.parametrize(
    ("given", "stage", "reached"),
    [
        ({"n": 1, "m": 1, "x": 1}, "C", [True, True, True]),
        ({"n": 1, "x": 1}, "A", [True, None, None]),
        ({"m": 1, "x": 1}, None, [None, None, None]),
        ({"n": 0, "m": 1, "x": 1}, None, [False, False, False]),
        ({"n": 1, "m": 1, "x": 1, "status": "lost"}, None, [False, False, False]),
    ],
)
def test_ruling_35_a_stage_needs_all_above_it_and_no_disqualification(
    given: dict[str, object], stage: str | None, reached: list[bool | None]
) -> None:
    decided = decide(FUNNEL + "disqualify {\n  lost: status is lost -> closed\n}\n", lead(**given))
    verdicts = [w["verdict"] for w in decided["why"] if w["part"].startswith("stage ")]
    assert decided["stage"] == stage
    assert verdicts == [{True: "true", False: "false", None: "unknown"}[r] for r in reached]


def test_ruling_35_disqualified_is_never_unknown_and_every_true_entry_is_listed() -> None:
    body = (
        'disqualify {\n  few: n < 5 -> closed\n  lost: status is lost -> pool public\n  south: region is "s" -> closed\n}\n'
        "gate g {\n  ok: not disqualified\n}\nroute {\n  otherwise -> queue desk\n}\n"
    )
    decided = decide(body)
    assert (decided["gates"]["g"]["verdict"], decided["route"]["target"]) == ("pass", "desk")
    decided = decide(body, lead(status="lost", region="s"))
    assert [d["entry"] for d in decided["disqualified"]] == ["lost", "south"]
    assert (decided["gates"]["g"]["verdict"], decided["route"]["kind"], decided["route"]["target"]) == (
        "fail",
        "pool",
        "public",
    )


ROUND = (
    "funnel {\n  HOT: count(Activity within 7 days) >= 2\n}\n"
    "recall {\n  stalled: at entered(HOT) + 60 days -> pool public\n}\n"
)
OWNED = lead(owner="m1", assigned_at="2026-11-01 09:00")
TWICE = {"events": {"Activity": [activity("2026-11-03 10:00"), activity("2026-11-04 11:00")]}}


def test_ruling_36_entered_is_looked_up_where_passed_and_else_found_by_a_replay() -> None:
    decided = decide(ROUND, OWNED, **TWICE)
    assert (decided["stage"], decided["due"][0]["at"]) == (None, "2027-01-03T11:00:00+08:00")
    passed = {**TWICE, "entered": {"HOT": int(datetime.fromisoformat("2026-11-02T09:00+08:00").timestamp()) * 10**6}}
    assert decide(ROUND, OWNED, **passed)["due"][0]["at"] == "2027-01-01T09:00:00+08:00"
    assert decide(ROUND, OWNED, **{**TWICE, "entered": {}})["due"] == []


def test_ruling_37_the_round_goes_on_below_the_threshold_and_ends_with_disqualification() -> None:
    ends = ROUND + "disqualify {\n  calm: count(Activity where kind is trial within 2 days) >= 1 -> closed\n}\n"
    more = [*TWICE["events"]["Activity"], activity("2026-11-10 09:00", kind="trial")]
    assert decide(ends, OWNED, events={"Activity": more})["due"] == []
    assert decide(ROUND, OWNED, events={"Activity": more})["due"][0]["at"] == "2027-01-03T11:00:00+08:00"
    # Two within a week when the trial is two days old: a new round begins then.
    more.append(activity("2026-11-11 09:00"))
    assert decide(ends, OWNED, events={"Activity": more})["due"][0]["at"] == "2027-01-11T09:00:00+08:00"


# ── Routes ──

ROUTE = """
queue other
route {
  big:   n >= 5 -> queue desk
  large: m >= 5 -> queue desk
  small: x >= 5 -> queue other
  otherwise     -> pool public
  undecided     -> queue other
}
"""


@pytest.mark.parametrize(
    ("given", "entry", "target"),
    [
        ({"m": 5}, "large", "desk"),
        ({"n": 1, "m": 1, "x": 5}, "small", "other"),
        ({"n": 1, "x": 5}, "undecided", "queue other"),
        ({"n": 1, "m": 1}, "undecided", "queue other"),
        ({"n": 5}, "big", "desk"),
    ],
)
def test_ruling_38_undecided_only_where_targets_differ(given: dict[str, object], entry: str, target: str) -> None:
    route = decide(ROUTE, lead(**given))["route"]
    assert (route["entry"], route["target"]) == (entry, target)


def test_ruling_38_fallbacks_are_not_followed() -> None:
    body = (
        "team a {\n  otherwise -> queue desk\n}\nteam b {\n  otherwise -> queue desk\n}\n"
        "route {\n  one: n > 1 -> team a\n  otherwise -> team b\n  undecided -> queue desk\n}\n"
    )
    assert decide(body)["route"]["kind"] == "undecided"


MEMBERS = {"facts": {"Member": [{"id": "m1", "away": True}]}}
TO_MEMBER = "route {\n  held: m > 0 -> member partner\n  otherwise -> pool public\n  undecided -> queue desk\n}\n"


@pytest.mark.parametrize(
    ("partner", "kind", "member", "verdict"),
    [
        ("m1", "member", "m1", "true"),
        (None, "pool", None, "skipped"),
        ("m9", "pool", None, "skipped"),
        ("?", "undecided", None, "unknown"),
    ],
)
def test_ruling_39_a_member_that_is_unknown_or_gone(
    partner: str | None, kind: str, member: str | None, verdict: str
) -> None:
    decided = decide(TO_MEMBER, lead(m=1, partner=partner), **MEMBERS)
    assert (decided["route"]["kind"], decided["route"]["member"]) == (kind, member)
    assert [w["verdict"] for w in decided["why"] if w["entry"] == "held"] == [verdict]


def test_ruling_40_the_route_stays_the_entrys_target_and_fallback_cycles_are_errors() -> None:
    teams = "team a {\n  members where away\n  otherwise -> team b\n}\nteam b {\n  otherwise -> queue desk\n}\n"
    body = f"{teams}route {{\n  otherwise -> team a\n}}\n"
    route = decide(body, facts={"Member": []})["route"]
    assert (route["kind"], route["target"], route["member"]) == ("team", "a", None)
    assert [code for code, _ in errors(body.replace("queue desk", "team a"))] == ["LP4050"]


# ── Promises ──


def test_ruling_41_a_promise_is_carried_as_a_condition_and_undecided_is_an_ordinary_route() -> None:
    made = policy(
        f'{ROUTE}always "big ones stay" {{ n >= 5 implies route is queue desk }}\nalways "decided" {{ route is not undecided }}\n'
    )
    assert [(p.name, p.text) for p in made.ir.promises] == [
        ("big ones stay", "n >= 5 implies route is queue desk"),
        ("decided", "route is not undecided"),
    ]
    assert [code for code, _ in errors('always "x" { route is queue nowhere }\n' + ROUTE)] == ["LP2005"]


def test_ruling_42_route_and_destination_are_two_things() -> None:
    made = policy(
        f'{ROUTE}always "a" {{ route is not pool public }}\nalways "b" {{ destination is not pool public }}\n'
    )
    assert [p.condition.model_dump_json().count('"what":"destination"') for p in made.ir.promises] == [0, 1]
    assert [p.condition.model_dump_json().count('"what":"route"') for p in made.ir.promises] == [1, 0]


# ── Cycles, and records of the same kind ──


@pytest.mark.parametrize(
    "body",
    [
        "let a = b\nlet b = not a\n",
        "score s from 0 to 9 = t + t\nscore t from 0 to 9 = s + s\n",
        "gate g {\n  x: h passes\n}\ngate h {\n  x: g passes\n}\n",
        "funnel {\n  A: g passes\n}\ngate g {\n  x: A\n}\n",
        'table t: text {\n  | u      || t   |\n  | is "a" || "b" |\n  | -      || "a" |\n}\ntable u: text {\n  | t      || u   |\n  | is "a" || "b" |\n  | -      || "a" |\n}\n',
        "disqualify {\n  x: g passes -> closed\n}\ngate g {\n  x: disqualified\n}\n",
    ],
)
def test_ruling_43_a_cycle_is_an_error_that_names_its_path(body: str) -> None:
    found = [message for code, message in errors(body) if code == "LP4001"]
    assert found
    assert all("→" in message for message in found)


def test_ruling_43_owner_and_entered_are_history_and_no_edges() -> None:
    body = (
        "funnel {\n  A: owner is known\n  B: entered(A) <= created_at + 9 days\n}\nroute {\n  otherwise -> pool public\n}\n"
        "recall {\n  late: at entered(B) + 1 day -> previous owner\n}\n"
        "rule r {\n  when l: Lead where status is new and region is known\n  then set l.status to lost\n}\n"
    )
    assert [code for code, _ in errors(body)] == []


def test_ruling_44_leads_read_as_records_include_this_one() -> None:
    given = lead(company="A")
    passed = {"facts": {"Lead": [lead(id="L2", company="A")]}}
    conditions = (
        "count(Lead where company is this.company) is 2",
        "count(Lead where company is this.company and id is not this.id) is 1",
    )
    assert truths(*conditions, given=given, **passed) == [True, True]


def test_ruling_44_facts_go_by_their_only_required_time_and_ties_by_key() -> None:
    rows = [
        lead(id=i, region=r, created_at=at)
        for i, r, at in (("b", "1", "2026-11-02"), ("c", "2", "2026-11-01"), ("a", "3", "2026-11-02"))
    ]
    conditions = (
        'last(Lead where id is not this.id).region is "1"',
        'first(Lead where id is not this.id).region is "2"',
    )
    assert truths(*conditions, facts={"Lead": rows}) == [True, True]
    assert codes("let a = last(Member).name\n") == ["LP3028"]
    two = BASE.replace("starts:      time", "starts:      time required")
    assert codes("let a = last(Lead).region\n", two) == ["LP3028"]


def test_ruling_44_span_arguments_are_literals() -> None:
    assert "LP3027" in codes("let a = any Activity within span\n")
    recent = "let recent(s: duration) = any Activity within s\n"
    assert codes(f"{recent}let a = recent(7 days)\n") == []
    assert [code for code, _ in findings(f"{recent}let a = recent(span)\n")] != []
