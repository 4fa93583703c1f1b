"""Rulings 58 to 75: teams, rules, credit, goals, duplicates, and when a test is."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from leadpolicy.compiler import ir
from tests.rulings.deciding import BASE, activity, codes, decide, errors, failures, lead, policy

ROUTE = "route {\n  otherwise -> pool public\n}\n"


# ── Teams (a session picks; the IR carries what it picks by) ──


def test_ruling_58_a_decision_gives_targets_only() -> None:
    team = "team a {\n  members where not away\n  pick least loaded\n  otherwise -> pool public\n}\n"
    body = team + "route {\n  otherwise -> team a\n}\n"
    members = {"facts": {"Member": [{"id": "m1", "away": False}]}}
    route = decide(body, **members)["route"]
    assert (route["kind"], route["target"], route["member"]) == ("team", "a", None)


def declared(body: str, name: str) -> ir.Declared:
    return next(d for d in policy(body + ROUTE).ir.declared if d.name == name)


def test_ruling_59_a_weighted_pick_has_a_number_of_the_member_as_its_weight() -> None:
    team = "team a {{\n  pick weighted by {}\n  otherwise -> pool public\n}}\n"
    pick = declared(team.format("quota"), "a").pick
    assert pick is not None
    assert isinstance(pick.weight, ir.FieldRef)
    assert (pick.method, pick.weight.path) == ("weighted", ("quota",))
    assert codes(team.format("name")) == ["LP3055"]


def test_ruling_60_hold_counts_leads_by_its_condition_or_all_of_them() -> None:
    team = "team a {{\n  hold at most 5{}\n  otherwise -> pool public\n}}\n"
    (every,), (some,) = (declared(team.format(x), "a").hold for x in ("", " Lead where status is new"))
    assert every.records is None or every.records.where is None
    assert some.records is not None
    assert some.records.where is not None
    assert codes(team.format(" Member where away")) == ["LP3050"]


def test_ruling_61_claims_are_per_day_and_former_owners_wait_whole_days() -> None:
    pool = "pool open {\n  claim at most 3 per day\n  former owner waits 7 days\n}\n"
    found = declared(pool, "open")
    assert (found.claims_per_day, found.waits_days, found.members) == (3, 7, None)
    assert codes(pool.replace("per day", "per week")) == ["LP3064"]
    assert codes(pool.replace("7 days", "7 hours")) == ["LP3055"]


# ── Rules (checked, and carried for a session) ──

LINKS = "fact Link {\n  id: text key\n  company: text\n}\nfact Warm of Lead {\n  via: text\n}\n"


def rule(name: str, *lines: str, head: str = "") -> str:
    return f"rule {name} {head}{{\n" + "".join(f"  {line}\n" for line in lines) + "}\n"


def test_ruling_62_a_match_is_the_facts_bound_by_name_and_no_counts() -> None:
    (found,) = policy(rule(
        "r", "when l: Lead where status is new", "when no Activity of l", "let calls = count(Activity of l)",
        "when calls > 5", "when m: Member where id is l.owner.id", "then flag l as hot",
    )).ir.rules  # fmt: skip
    assert [p.records.var for p in found.body if isinstance(p, ir.Pattern)] == ["l", "m"]
    assert [p.kind for p in found.body] == ["pattern", "guard", "let", "guard", "pattern"]
    assert codes(rule("r", "when count(Lead where status is new) > 5", 'then notify "m1" by wecom "x"')) == ["LP3059"]


def test_ruling_63_priority_is_0_if_not_said_and_newest_first_is_the_headers() -> None:
    acts = ("when l: Lead where status is new", "then flag l as hot")
    body = rule("a", *acts) + rule("b", *acts, head="priority 10 ") + rule("c", *acts, head="priority -1 ")
    made = policy(body).ir
    assert ([(r.name, r.priority) for r in made.rules], made.newest_first) == (
        [("a", 0), ("b", 10), ("c", -1)],
        False,
    )
    newest = policy(body, BASE.replace("  calendar work\n", "  calendar work\n  newest first\n", 1)).ir
    assert newest.newest_first
    assert newest.digest != made.digest


CONCLUDES = LINKS + rule("warm", "when l: Lead where status is new", 'then conclude Warm of l { via: "x" }')


@pytest.mark.parametrize(
    "other",
    [
        rule("x", "when l: Lead where status is won", 'then add Warm of l { via: "x" }'),
        rule("x", "when w: Warm where via is known", "then remove w"),
        rule("x", "when w: Warm where via is known", 'then set w.via to "x"'),
        'test "t" {\n  given l: Lead { id: "1", created_at: 2026-11-01 09:00 }\n  given Warm of l { via: "x" }\n  expect n is unknown\n}\n',
    ],
)
def test_ruling_64_a_concluded_type_is_made_in_no_other_way(other: str) -> None:
    assert codes(CONCLUDES) == []
    assert [code for code, _ in errors(CONCLUDES + other)] == ["LP4051"]


def test_ruling_64_a_concluded_fact_is_not_passed_and_never_recursive() -> None:
    reads = CONCLUDES + "disqualify {\n  warm: any Warm -> closed\n}\n"
    assert decide(reads)["disqualified"] == []
    loop = LINKS + rule(
        "w", "when l: Lead where status is new", "when no Warm of l", 'then conclude Warm of l { via: "x" }'
    )
    assert [code for code, _ in errors(loop)] == ["LP4001"]


def test_ruling_65_two_writers_of_a_field_are_a_note() -> None:
    writers = [rule(n, f"when l: Lead where status is {n}", 'then set l.region to "x"') for n in ("new", "won")]
    found = policy("".join(writers))
    assert [(d.code, d.severity) for d in found.diagnostics] == [("LP4053", "note")]
    assert codes(writers[0]) == []


def test_ruling_67_what_effect_ids_are_made_of_is_kept_in_order() -> None:
    body = rule(
        "r",
        "when l: Lead where status is new",
        "then flag l as hot",
        'then notify "m1" by wecom "x"',
        "then flag l as seen",
    )
    made = policy(body).ir
    assert made.name == "rulings"
    assert [(r.name, [a.kind for a in r.actions]) for r in made.rules] == [("r", ["flag", "notify", "flag"])]


def test_ruling_68_templates_carry_what_they_print() -> None:
    body = rule(
        "r", "when l: Lead where status is new", 'then notify l.owner by wecom "{{x}} {l.company}, {l.limit}!"'
    )
    ((action,),) = (r.actions for r in policy(body).ir.rules)
    assert isinstance(action, ir.Notify)
    parts = [p.path if isinstance(p, ir.FieldRef) else p for p in action.message.parts]
    assert parts == ["{x} ", ("company",), ", ", ("limit",), "!"]
    assert codes(rule("r", "when l: Lead where status is new", 'then notify l.company by wecom "x"')) == ["LP3054"]


# ── Credit ──


def credit(
    block: str, *events: dict[str, object], given: dict[str, object] | None = None, body: str = ""
) -> list[str]:
    text = f"{body}attribution c over Activity {block}\n"
    shares = decide(text, given or lead(), events={"Activity": list(events)})["attribution"]["c"]
    return [str(one["credit"]) for one in shares]


def touches(*days: int, kind: str = "call") -> list[dict[str, object]]:
    return [activity(f"2026-11-{day:02} 09:00", kind=kind) for day in days]


def test_ruling_69_where_first_then_the_window_back_from_the_last_touch_that_remains() -> None:
    shared = "where kind is call within 5 days { 100% all }"
    assert credit(shared, *touches(1, 2, 6)) == ["0.5", "0.5"]
    assert credit(shared, *touches(1, 2, 6), *touches(10, kind="visit")) == ["0.5", "0.5"]
    assert credit("{ 100% all, halving every 1 days }", *touches(1, 2)) == ["0.333333", "0.666667"]


def test_ruling_70_a_time_is_the_last_touch_at_or_before_it() -> None:
    by_time = (
        "{ 50% first 50% starts }".replace(" 50% starts", "\n 50% starts").replace("{ ", "{\n ").replace(" }", "\n}")
    )
    three = touches(1, 5, 9)
    assert credit(by_time, *three, given=lead(starts="2026-11-05 09:00")) == ["0.5", "0.5", "0"]
    assert credit(by_time, *three, given=lead(starts="2026-11-05 08:59")) == ["1", "0", "0"]
    # None at or before it, or unknown: the role is absent, and its share is spread.
    assert credit(by_time, *three, given=lead(starts="2026-10-01 09:00")) == ["1", "0", "0"]
    assert credit(by_time, *three) == ["1", "0", "0"]
    reached = "funnel {\n  MQL: count(Activity) >= 2\n}\n"
    assert credit("{ 100% entered(MQL) }", *three, body=reached) == ["0", "1", "0"]


def test_ruling_71_fractions_are_exact_and_printed_singly() -> None:
    assert credit("{ 100% all }", *touches(1, 2, 3)) == ["0.333333"] * 3
    assert credit("{ 100% all }", *touches(1, 2, 3, 4, 5, 6)) == ["0.166667"] * 6
    assert credit("{ 100% starts }", *touches(1, 2)) == ["0", "0"]
    assert credit("{ 100% all }") == []


def test_ruling_72_others_with_none_left_are_spread_like_any_missing_role() -> None:
    shaped = "{\n  30% first\n  30% last\n  40% others\n}"
    assert credit(shaped, *touches(1, 2, 3)) == ["0.3", "0.4", "0.3"]
    assert credit(shaped, *touches(1, 3)) == ["0.5", "0.5"]
    assert credit(shaped, *touches(1)) == ["1"]


# ── Goals, duplicates, tests ──

GOAL = "goal y {\n  revenue 1_000_000 CNY by 2026-12-31\n  deal 30_000 CNY\n  rate MQL to won 25%\n}\n"


def test_ruling_73_a_goal_is_carried_exactly_and_won_needs_its_condition() -> None:
    funnel = "funnel {\n  MQL: n > 1\n  won when status is won\n}\n"
    made = policy(funnel + GOAL).ir
    (goal,) = made.goals
    assert (goal.revenue.value, goal.deal.value, goal.end) == ("1000000", "30000", "2026-12-31")
    assert [(r.start, r.end, r.rate) for r in goal.rates] == [("MQL", "won", "0.25")]
    assert made.won_when is not None
    assert codes(funnel.replace("  won when status is won\n", "") + GOAL) == ["LP4052"]


SAME = "duplicate Lead {\n  same phone\n  same company, title\n  keep earliest starts\n}\n"


def groups(command: Callable[..., str], rows: list[str]) -> list[dict[str, object]]:
    Path("p.lead").write_text(BASE + SAME, encoding="utf-8")
    lines = ["id,created_at,phone,company,title,starts", *rows]
    Path("l.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    ran = command("run", "p.lead", "l.csv", "--now", "2026-11-20T12:00", "--format", "json")
    found: list[dict[str, object]] = json.loads(ran)["duplicates"]
    return found


def test_ruling_74_equal_after_folding_and_transitive(command: Callable[..., str]) -> None:
    rows = [
        "L1,2026-11-01,138 0000 0001,ACME,boss,2026-11-03",
        "L2,2026-11-01,+86 13800000001,Ａcme,staff,2026-11-02",
        "L3,2026-11-01,?,a c m e,staff,",
        "L4,2026-11-01,?,Acme,?,2026-11-01",
        "L5,2026-11-01,?,Other,?,2026-11-01",
        "L6,2026-11-01,?,Other,?,2026-11-01",
    ]
    assert groups(command, rows) == [{"keep": "L2", "others": ["L1", "L3"]}]


def test_ruling_74_the_earliest_is_kept_unknown_last_then_by_key(command: Callable[..., str]) -> None:
    rows = [
        "L9,2026-11-01,1,A,boss,2026-11-03 09:00",
        "L2,2026-11-01,1,B,boss,2026-11-03T01:00:00Z",
        "L3,2026-11-01,1,C,boss,2026-11-03T02:00:00Z",
        "L1,2026-11-01,1,D,boss,?",
        "L0,2026-11-01,1,E,boss,",
    ]
    assert groups(command, rows) == [{"keep": "L2", "others": ["L9", "L3", "L0", "L1"]}]


def test_ruling_75_a_test_begins_at_the_earliest_time_and_looks_at_the_latest() -> None:
    test = (
        'test "t" {\n  given lead: Lead { id: "1", created_at: 2026-11-01 09:00 }\n'
        '  given Activity of lead { id: "a", kind: call, at: 2026-11-05 09:00 }\n'
        '  given Activity of lead { id: "b", kind: visit, at: 2026-11-08 09:00 }\n'
        "  expect count(Activity) is 2 and any Activity where kind is call within 4 days\n"
        "  expect no Activity where kind is call within 3 days\n"
        "  at 2026-11-08 08:59 expect count(Activity) is 1\n"
        "  after 4 days expect count(Activity) is 1 and any Activity within 1 second\n"
        "  after 95 hours expect no Activity\n}\n"
    )
    assert failures(test) == []
    (found,) = policy(test).ir.tests
    assert found.now - found.start == 7 * 86_400_000_000
