"""Rulings 45 to 57: leases, as the tests of a policy play them."""

from __future__ import annotations

import pytest

from tests.rulings.deciding import BASE, decide, failures, lead, policy

MEMBERS = "".join(f'  given {name}: Member {{ id: "{name}" }}\n' for name in ("m1", "m2"))


def played(body: str, *lines: str, fields: str = "", base: str = BASE) -> list[str]:
    """What goes wrong in a test of lead L1, which m1 has owned since Sunday, 1 November 2026, 09:00."""
    if "route {" not in body:
        body += "route {\n  otherwise -> pool public\n}\n"
    given = (
        '  given lead: Lead { id: "L1", owner: m1, assigned_at: 2026-11-01 09:00, created_at: 2026-11-01 09:00'
        f"{fields} }}\n"
    )
    return failures(f'{body}test "t" {{\n{MEMBERS}{given}' + "".join(f"  {line}\n" for line in lines) + "}\n", base)


def event(at: str, kind: str = "call") -> str:
    return f'given Activity of lead {{ id: "{kind} {at}", kind: {kind}, at: {at} }}'


def recall(*entries: str, head: str = "recall") -> str:
    return f"{head} {{\n" + "".join(f"  {entry}\n" for entry in entries) + "}\n"


# ── One instant after the other ──


def test_ruling_45_recalls_come_before_routing_and_when_before_at() -> None:
    body = recall(
        "due:  at assigned_at + 3 days -> pool public",
        'seen: when any Activity where kind is trial -> member "m2"',
    )
    assert played(body, event("2026-11-04 09:00", "trial"), "at 2026-11-04 09:00 expect holder is member m2") == []


def test_ruling_45_two_due_times_go_by_time_then_by_place_in_the_file() -> None:
    body = recall(
        "later: at last(Activity).at - 1 hour -> pool public", "sooner: at last(Activity).at - 2 hours -> queue desk"
    )
    assert played(body, event("2026-11-04 09:00"), "at 2026-11-04 09:00 expect holder is queue desk") == []


def test_ruling_46_what_happens_at_the_very_due_time_saves_the_lead() -> None:
    body = recall("due: at assigned_at + 3 days unless any Activity since assigned_at -> pool public")
    lines = ("at 2026-11-04 08:59 expect holder is member m1", "at 2026-11-05 09:00 expect holder is")
    assert played(body, event("2026-11-04 09:00"), lines[0], f"{lines[1]} member m1") == []
    assert played(body, event("2026-11-04 09:01"), lines[0], f"{lines[1]} pool public") == []
    assert played(body, "at 2026-11-04 09:00 expect holder is pool public") == []


FADES = "score warm from 0 to 100 {\n  +8 each Activity, halving every 1 days\n}\n"


def test_ruling_47_many_jumps_are_as_one_and_midnights_count_where_points_decay() -> None:
    body = FADES + recall(
        'cold: when warm < 4 and any Activity -> member "m2"', "back: at assigned_at + 1 day -> queue desk"
    )
    fields, seen = "", event("2026-11-01 10:00")
    # 8, 4, 2: cold at the midnight before 3 November, so the lease of m2 began then.
    body = body.replace("back: at assigned_at + 1 day", 'back: at assigned_at + 1 day when owner is "m2"')
    last = "at 2026-11-04 00:00 expect holder is queue desk"
    before = "at 2026-11-03 23:59 expect holder is member m2"
    assert played(body, seen, last, fields=fields) == []
    assert played(body, seen, "at 2026-11-03 12:00 expect holder is member m2", before, last) == []


def test_ruling_47_an_age_and_the_end_of_a_window_are_instants() -> None:
    aged = recall(
        'old: when age(created_at) > 2 days -> member "m2"',
        'back: at assigned_at + 1 day when owner is "m2" -> queue desk',
    )
    assert played(aged, "at 2026-11-04 09:01 expect holder is queue desk") == []
    quiet = recall("quiet: when no Activity within 2 days and any Activity -> queue desk")
    assert played(quiet, event("2026-11-02 09:00"), "at 2026-11-04 08:59 expect holder is member m1",
                  "at 2026-11-04 09:00 expect holder is queue desk") == []  # fmt: skip


# ── The lease ──


def test_ruling_48_a_move_to_a_member_sets_owner_and_time_and_any_other_makes_them_nothing() -> None:
    body = recall('seen: when any Activity -> member "m2"', "due: at assigned_at + 3 days -> pool public")
    assert played(
        body,
        event("2026-11-02 10:00"),
        'at 2026-11-02 10:00 expect owner is "m2" and assigned_at is 2026-11-02 10:00',
        "at 2026-11-05 09:59 expect holder is member m2",
        "at 2026-11-05 10:00 expect holder is pool public and not (owner is known) and not (assigned_at is unknown)",
    ) == []  # fmt: skip


ROUTE = "route {{\n  warm: any Activity -> {}\n  otherwise -> pool public\n}}\n"


def test_ruling_49_the_route_never_takes_from_an_owner_nor_undoes_a_recall() -> None:
    body = ROUTE.format("queue desk") + recall("due: at assigned_at + 5 days -> pool public")
    happens = event("2026-11-03 09:00")
    assert played(body, happens, "at 2026-11-05 09:00 expect holder is member m1") == []
    assert played(body, happens, "at 2026-11-07 09:00 expect holder is pool public") == []
    # The winning entry changes after the recall: now it is applied.
    assert played(body, event("2026-11-08 09:00"), "at 2026-11-08 08:59 expect holder is pool public",
                  "at 2026-11-08 09:00 expect holder is queue desk") == []  # fmt: skip


def test_ruling_49_undecided_leads_wait_where_the_route_says_or_with_nobody() -> None:
    body = "route {{\n  big: n > 5 -> queue desk\n  otherwise -> pool public\n{}}}\n"
    unowned = 'test "t" {\n  given Lead { id: "L1", created_at: 2026-11-01 09:00 }\n  expect holder is '
    waiting = body.format("  undecided -> queue desk\n")
    assert failures(f"{waiting}{unowned}queue desk\n}}\n") == []
    assert failures(f"{body.format('')}{unowned}nobody\n}}\n") == []


@pytest.mark.parametrize(("status", "due"), [("new", ["late"]), ("won", []), (None, [])])
def test_ruling_50_leads_are_recalled_as_written(status: str | None, due: list[str]) -> None:
    given = lead(owner="m1", assigned_at="2026-11-20 09:00", status=status)
    assert [d["entry"] for d in decide(recall("late: at assigned_at + 1 day -> pool public"), given)["due"]] == [
        "late"
    ]
    body = recall("late: at assigned_at + 1 day -> pool public", head="recall while status in [new]")
    assert [d["entry"] for d in decide(body, given)["due"]] == due


def test_ruling_51_each_value_is_looked_at_once_and_a_new_value_re_arms() -> None:
    body = recall(
        "quiet: at last(Activity).at + 2 days unless any Activity where kind is visit within 3 days -> pool public"
    )
    visit, call = event("2026-11-03 09:00", "visit"), event("2026-11-10 09:00")
    assert played(body, visit, "at 2026-11-09 09:00 expect holder is member m1") == []
    assert played(body, visit, call, "at 2026-11-12 08:59 expect holder is member m1",
                  "at 2026-11-12 09:00 expect holder is pool public") == []  # fmt: skip


def test_ruling_51_moved_into_the_past_fires_now_and_before_the_lease_never() -> None:
    body = recall("past: at last(Activity).at - 1 day -> queue desk")
    assert played(body, event("2026-11-05 09:00"), "at 2026-11-05 08:59 expect holder is member m1",
                  "at 2026-11-05 09:00 expect holder is queue desk") == []  # fmt: skip
    assert played(body, event("2026-11-02 09:00"), "at 2026-12-01 09:00 expect holder is member m1") == []
    assert played(body, event("2026-11-02 09:01"), "at 2026-11-02 09:01 expect holder is queue desk") == []


def test_ruling_51_an_unknown_due_time_is_shown_with_null_and_what_is_missing() -> None:
    body = recall("later: at starts + 1 day -> pool public", "never: at until + 1 day -> pool public")
    decided = decide(body, lead(owner="m1", assigned_at="2026-11-20 09:00"))
    assert decided["due"] == [{"entry": "later", "at": None, "kind": "recall"}]
    assert [(m["field"], m["could_change"]) for m in decided["missing"]] == [("starts", ["recall later"])]


def test_ruling_52_when_fires_once_each_time_it_becomes_true() -> None:
    body = recall('tried: when any Activity where kind is trial within 2 days -> member "m2"',
                  'spoke: when any Activity where kind is call -> member "m1"')  # fmt: skip
    # Still true in the new lease: no second move, and no ping-pong.
    assert played(body, event("2026-11-03 09:00", "trial"), event("2026-11-03 10:00"),
                  "at 2026-11-03 09:00 expect holder is member m2", "at 2026-11-04 10:00 expect holder is member m1") == []  # fmt: skip
    # True again after it had ceased to be.
    assert played(body, event("2026-11-03 09:00", "trial"), event("2026-11-03 10:00"), event("2026-11-06 09:00", "trial"),
                  "at 2026-11-06 08:59 expect holder is member m1", "at 2026-11-06 09:00 expect holder is member m2") == []  # fmt: skip


def test_ruling_52_what_became_true_before_fires_as_the_lease_begins() -> None:
    body = recall(
        "tried: when any Activity where kind is trial -> queue desk", "due: at assigned_at + 1 day -> route"
    )
    body += 'route {\n  back: any Activity where kind is visit -> member "m2"\n  otherwise -> pool public\n}\n'
    assert played(body, event("2026-11-03 09:00", "trial"), event("2026-11-04 09:00", "visit"),
                  "at 2026-11-02 09:00 expect holder is pool public", "at 2026-11-04 09:00 expect holder is queue desk") == []  # fmt: skip


def test_ruling_53_the_first_ends_the_lease_and_the_rest_lapse() -> None:
    body = recall('a: when any Activity -> member "m2"', "b: when any Activity -> queue desk",
                  "c: at last(Activity).at -> pool public")  # fmt: skip
    assert played(body, event("2026-11-03 09:00"), "at 2026-11-20 09:00 expect holder is member m2") == []


REMINDED = "late: at {} {} -> pool public, remind owner by wecom 1 day before"


def test_ruling_54_one_reminder_for_each_due_value() -> None:
    body = recall(REMINDED.format("last(Activity).at + 3 days", ""))
    assert played(body, event("2026-11-03 09:00"), event("2026-11-04 09:00"), "at 2026-11-05 09:00 expect no remind",
                  "at 2026-11-06 09:00 expect remind m1 by wecom", "at 2026-11-06 10:00 expect no remind",
                  "at 2026-11-07 09:00 expect holder is pool public") == []  # fmt: skip


def test_ruling_54_at_once_where_the_due_moved_and_none_at_or_before_the_lease_or_where_unless_holds() -> None:
    moved = recall(REMINDED.format("last(Activity).at + 12 hours", ""))
    assert played(moved, event("2026-11-03 09:00"), "at 2026-11-03 09:00 expect remind m1 by wecom") == []
    start = recall(REMINDED.format("assigned_at + 1 day", ""))
    assert played(start, "at 2026-11-02 09:00 expect holder is pool public", "expect no remind") == []
    blocked = recall(REMINDED.format("assigned_at + 3 days", "unless any Activity"))
    assert (
        played(blocked, event("2026-11-02 09:00"), "at 2026-11-20 09:00 expect no remind", "expect no remind") == []
    )


def test_ruling_55_previous_owner_and_without_one_the_own_pool() -> None:
    back = recall(
        'tried: when any Activity where kind is trial -> member "m2"',
        "spoke: when any Activity where kind is call -> previous owner",
    )
    trial, call = event("2026-11-03 09:00", "trial"), event("2026-11-04 09:00")
    assert played(back, trial, call, "at 2026-11-04 09:00 expect holder is member m1") == []
    assert played(back, call, "at 2026-11-04 09:00 expect holder is pool public") == []
    other = "pool other\n" + ROUTE
    assert played(other.format("pool other") + back, call, "at 2026-11-04 09:00 expect holder is pool other") == []
    assert played(other.format("queue desk") + back, call, "at 2026-11-04 09:00 expect holder is pool public") == []


def test_ruling_55_a_previous_owner_who_is_gone_is_none() -> None:
    back = recall(
        'tried: when any Activity where kind is trial -> member "m2"',
        "spoke: when any Activity where kind is call -> previous owner",
    )
    gone = back + "route {\n  otherwise -> pool public\n}\n" + (
        'test "t" {\n  given m2: Member { id: "m2" }\n'
        '  given lead: Lead { id: "L1", owner: "m1", assigned_at: 2026-11-01 09:00, created_at: 2026-11-01 09:00 }\n'
        f'  {event("2026-11-03 09:00", "trial")}\n  {event("2026-11-04 09:00")}\n'
        "  at 2026-11-04 09:00 expect holder is pool public\n}\n"
    )  # fmt: skip
    assert failures(gone) == []


def test_ruling_56_disqualification_ends_the_lease_at_once() -> None:
    body = "disqualify {\n  tired: count(Activity within 2 days) >= 2 -> nurture for 90 days\n}\n" + recall(
        "late: at assigned_at + 90 days -> pool public"
    )
    events = (event("2026-11-03 09:00"), event("2026-11-03 10:00"))
    assert played(body, *events, "at 2026-11-03 09:59 expect holder is member m1",
                  "at 2026-11-03 10:00 expect holder is nurture and not (owner is known)") == []  # fmt: skip


def test_ruling_56_after_its_days_in_nurture_a_lead_is_routed_anew() -> None:
    body = recall("late: at assigned_at + 1 day -> nurture for 30 days")
    assert played(body, "at 2026-11-02 09:00 expect holder is nurture", "at 2026-12-02 08:59 expect holder is nurture",
                  "at 2026-12-02 09:00 expect holder is pool public") == []  # fmt: skip
    still = "disqualify {\n  lost: status is lost -> nurture for 30 days\n}\n"
    assert played(still, "at 2026-12-01 09:00 expect holder is nurture", "at 2027-03-01 09:00 expect holder is nurture",
                  fields=", status: lost") == []  # fmt: skip


@pytest.mark.parametrize("place", ["nurture letters", "closed"])
def test_ruling_37_nurture_and_closing_end_the_round(place: str) -> None:
    body = (
        "funnel {\n  HOT: any Activity\n}\nnurture letters\n"
        'route {\n  back: any Activity where kind is visit -> member "m2"\n  otherwise -> pool public\n}\n'
    ) + recall(f"stalled: at entered(HOT) + 10 days -> {place}")
    holder = place.split()[0]
    lines = (
        f"at 2026-11-12 09:00 expect holder is {holder}",
        "at 2026-11-29 09:00 expect holder is member m2",
        f"at 2026-11-30 09:00 expect holder is {holder}",
    )
    assert played(body, event("2026-11-02 09:00"), event("2026-11-20 09:00", "visit"), *lines) == []


def test_ruling_57_a_programme_has_its_trigger_steps_and_stop() -> None:
    body = (
        "nurture welcome on Activity where kind is trial {\n  at start send \"hello\" by email\n"
        "  after 2 days when n > 1 send \"one\" by email\n  after 2 days otherwise send \"two\" by email\n"
        "  stop when n > 5 -> route\n}\n"
    )  # fmt: skip
    (found,) = policy(body + "route {\n  otherwise -> pool public\n}\n").ir.nurtures
    assert found.trigger is not None
    assert found.trigger.fact == "Activity"
    assert [(s.after is None, s.branch) for s in found.steps] == [
        (True, "always"),
        (False, "when"),
        (False, "otherwise"),
    ]
    assert (found.stop is not None, found.stop_to and found.stop_to.kind) == (True, "route")


def test_ruling_66_a_lead_that_is_moved_without_end_is_an_error_that_names_the_loop() -> None:
    body = recall('a: when owner is "m1" and any Activity -> member "m2"', 'b: when owner is "m2" -> member "m1"')
    (found,) = played(body, event("2026-11-03 09:00"), "at 2026-11-03 09:00 expect holder is member m1")
    assert "more than 10 times at one instant" in found
    assert "a → b → a" in found


@pytest.mark.parametrize(
    ("fields", "verdicts"),
    [
        ({"status": "new", "owner": "m1"}, ["unknown", "false", "unknown"]),
        ({"status": "won", "owner": "m1"}, ["not reached"] * 3),  # `while` is false
        ({"owner": "m1"}, ["not reached"] * 3),  # `while` is unknown
        ({"status": "new"}, ["not reached"] * 3),  # nobody has the lead
    ],
)
def test_ruling_50_51_what_is_unknown_is_not_reached_where_no_lease_runs(
    fields: dict[str, object], verdicts: list[str]
) -> None:
    """Of a lead whose time of assignment, amount and title aren't known."""
    body = recall(
        "late: at starts + 3 days -> pool public, remind owner by wecom 1 day before",
        "big: at created_at + 3 days when n > 5 unless title is boss -> pool public",
        "many: when m > 5 -> queue desk",
        head="recall while status is new",
    )
    found = decide(body, lead(**fields), facts={"Member": [{"id": "m1"}]})
    items = [item for item in found["why"] if item["part"] == "recall"]
    assert [item["verdict"] for item in items] == verdicts
    leased = verdicts[0] != "not reached"
    assert [item["at"] for item in found["due"]] == ([None] if leased else [])
    assert [item["field"] for item in found["missing"] if "recall late" in item["could_change"]] == (
        ["starts"] if leased else []
    )
    assert [item.get("unknown", []) for item in items] == (
        [["starts"], ["n", "title"], ["m"]] if leased else [[]] * 3
    )
    assert all(item["values"] == {} for item in items) is not leased
