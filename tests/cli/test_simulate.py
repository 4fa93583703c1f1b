"""`lead simulate`: a log of the tour's rules, what is wrong with logs, rules that go round, and files that it writes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from small_policy import Lead

TOUR = Path(__file__).resolve().parents[1] / "tour" / "tour.lead"
LOG = """\
{"at": "2026-11-20T08:00+08:00", "insert": "Member", "record": {"id": "m1", "name": "林", "manager": "m9"}}
{"Lead": {"id": "L1", "company": "甲", "status": "won", "owner": "m1", "created_at": "2026-11-20 08:30"}}
{"Lead": {"id": "L2", "company": "乙", "status": "new", "created_at": "2026-11-20 08:40"}}
{"insert": "CompanyLink", "record": {"company": "甲", "related": "乙", "kind": "partner"}, "as": "link"}

{"at": "2026-11-20T09:00+08:00", "update": ["Lead", "L2"], "fields": {"status": "contacted", "owner": "m1"}}
{"fact": "Activity", "of": "L2", "kind": "call", "by": "m1", "seconds": 0, "at": "2026-11-20 09:30"}
not json
{"fact": "Activity", "of": "L2", "kind": "call", "by": "m1", "seconds": 0, "at": "2026-11-20 09:31"}
{"fact": "Activity", "of": "L2", "kind": "call", "by": "m1", "seconds": 0, "at": "2026-11-20 09:32"}
{"fact": "Activity", "of": "L2", "kind": "cal", "by": "m1", "seconds": "x", "at": "2026-11-20 09:33"}
{"at": "2026-11-20T09:00+08:00", "retract": "link"}
{"retract": "link"}
{"retract": "lnk"}
{"at": "2026-12-20", "advance": true}
"""
SCREEN = """\
b2b_saas 2026.11  on log.jsonl  from 2026-11-20T08:00:00+08:00
2026-11-20T08:40:00+08:00
  warm_introduction  Lead L1, CompanyLink (甲, 乙, partner), Lead L2
2026-11-20T09:00:00+08:00
  fake_contact  Lead L2
    → flag Lead L2 as fake_contact
    → notify m9 by wecom: “林 标记 乙 已联系,但没有跟进记录”
2026-11-20T09:32:00+08:00
  wrong_number  Lead L2

14 lines read, 10 played, 4 bad lines
it is now 2026-12-20T00:00:00+08:00

Rules
rule                firings
───────────────────────────
fake_contact              1
warm_introduction         1
overload                  0
wrong_number              1

Effects
kind    number
──────────────
flags        1
notes        1

Bad lines (not played)
line  lead  field  expected  found
8  –  –  a JSON object  expecting value at column 1: not json
11  L2  Activity.kind  one of material_request, inquiry, trial, seminar, newsletter, price_page, call, email, visit  "cal"
11  L2  Activity.seconds  a whole number  "x"
12  –  at  a time at or after 2026-11-20T09:33:00+08:00  2026-11-20T09:00:00+08:00
14  –  retract  a fact by its type and key, or by a name given with `as`  "lnk"
"""


def written(folder: Path, *lines: dict[str, Any] | str, name: str = "log.jsonl") -> str:
    """A log of these lines."""
    texts = [line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines]
    (folder / name).write_text("".join(f"{text}\n" for text in texts), encoding="utf-8")
    return name


def happened(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


@pytest.fixture
def tour(folder: Path) -> str:
    (folder / "log.jsonl").write_text(LOG, encoding="utf-8")
    return str(TOUR)


def test_a_log_of_the_tours_rules_on_the_screen(lead: Lead, tour: str) -> None:
    ran = lead("simulate", tour, "log.jsonl")
    assert ran.code == 1
    assert squeezed(ran.out) == squeezed(SCREEN)


def squeezed(screen: str) -> list[str]:
    """The lines without rules between them, and columns two blanks apart."""
    lines = [re.sub(r"(?<=\S) {2,}", "  ", line.rstrip()) for line in screen.splitlines()]
    return [line for line in lines if set(line) - {"─"}]


def test_the_same_log_gives_the_same_bytes_and_files_have_what_is_printed(
    lead: Lead, folder: Path, tour: str
) -> None:
    first = lead("simulate", tour, "log.jsonl", "--format", "json", "--out", "a.jsonl", "--errors", "bad.csv")
    second = lead("simulate", tour, "log.jsonl", "--format", "json")
    assert first.out == second.out == (folder / "a.jsonl").read_text(encoding="utf-8")
    found = happened(first.out)
    assert [(one["line"], *[k for k in one if k != "line"]) for one in found[:-1]] == [
        (4, "firing"), (6, "firing"), (6, "effect"), (6, "effect"), (8, "bad"), (10, "firing"), (11, "bad"),
        (11, "bad"), (12, "bad"), (14, "bad"),
    ]  # fmt: skip
    assert found[0]["firing"]["rule"] == "warm_introduction"
    summary = found[-1]["summary"]
    assert summary["lines"] == {"read": 14, "played": 10, "bad": 4, "undone": 0, "not_reached": 0}
    assert summary["rules"]["wrong_number"] == {"firings": 1, "failures": 0}
    assert summary["effects"] == {"flag": 1, "notify": 1}
    assert (folder / "bad.csv").read_text(encoding="utf-8").splitlines()[1] == (
        "8,,,a JSON object,expecting value at column 1: not json"
    )


def test_until_and_now(lead: Lead, tour: str) -> None:
    found = happened(lead("simulate", tour, "log.jsonl", "--until", "2026-11-20 09:00", "--format", "json").out)
    assert [one["firing"]["rule"] for one in found if "firing" in one] == ["warm_introduction", "fake_contact"]
    assert found[-1]["summary"]["to"] == "2026-11-20T09:00:00+08:00"
    assert found[-1]["summary"]["lines"]["not_reached"] == 8
    late = happened(lead("simulate", tour, "log.jsonl", "--now", "2026-11-20 09:31", "--format", "json").out)
    assert {one["firing"]["at"][:16] for one in late if "firing" in one} == {"2026-11-20T09:31", "2026-11-20T09:32"}
    assert late[-1]["summary"]["from"] == "2026-11-20T09:31:00+08:00"
    assert [one["line"] for one in late if "bad" in one] == [8, 11, 11, 12, 14]
    assert [one["firing"]["rule"] for one in late if "firing" in one] == [
        "warm_introduction", "fake_contact", "wrong_number",
    ]  # fmt: skip
    ran = lead("simulate", tour, "log.jsonl", "--until", "2026-11-19")
    assert (ran.code, "the play begins later, at 2026-11-20T08:00:00+08:00" in ran.err) == (2, True)


def test_in_chinese(lead: Lead, tour: str) -> None:
    out = lead("simulate", tour, "log.jsonl", "--lang", "zh").out
    for part in ("从 2026-11-20T08:00:00+08:00 开始", "给 Lead L2 打上标记 fake_contact", "读取 14 行、运行 10 行"):
        assert part in out
    for part in ("有错的行（没有运行）", "不早于 2026-11-20T09:33:00+08:00 的时间", "通过 wecom 通知 m9"):
        assert part in out


HEAD = """policy p version "1" {
  about Lead
  zone "Asia/Shanghai"
}
fact Lead {
  id: text key
  n:  int
}
event Call of Lead {
  at: time required as happened
}
fact Box of Lead {
  id: text key
}
fact Paper {
  id: text key
  n:  int required
}
fact Hot {
  id: text key
  n:  int
}
fact Bare {
  n: int
}
"""
SEEN = "rule seen {\n  when lead: Lead\n  then flag lead as seen\n}\n"
HOT = 'rule hot {\n  when lead: Lead where n > 1000\n  then conclude Hot { id: "h", n: lead.n }\n}\n'
T = "2026-11-20T08:00+08:00"


def policy(folder: Path, rules: str) -> str:
    (folder / "p.lead").write_text(HEAD + rules, encoding="utf-8")
    return "p.lead"


@pytest.mark.parametrize(
    ("line", "field", "expected"),
    [
        ("[]", None, "a JSON object"),
        ("null", None, "a JSON object"),
        ('"x"', None, "a JSON object"),
        ('{"at": NaN}', None, "a JSON object"),
        ('{"a": 1, "a": 2}', None, "a JSON object"),
        ("[" * 100_000, None, "a JSON object"),
        ("{}", None, "one of insert, update, retract, advance, batch, fact, or the name of a fact"),
        ({"at": T, "insert": "Lead", "retract": "x"}, None, "one of insert"),
        ({"at": T, "inzert": "Lead"}, None, "one of insert"),
        ({"at": T}, "advance", "true"),
        ({"advance": True}, "at", "the time to move on to"),
        ({"at": T, "advance": False}, "advance", "true"),
        ({"at": "soon", "insert": "Lead", "record": {}}, "at", "a time, such as 2026-11-20 10:00"),
        ({"at": 12, "insert": "Lead", "record": {}}, "at", "a time, such as 2026-11-20 10:00"),
        ({"at": True, "insert": "Lead", "record": {}}, "at", "a time, such as 2026-11-20 10:00"),
        ({"at": {}, "insert": "Lead", "record": {}}, "at", "a time, such as 2026-11-20 10:00"),
        ({"insert": "Leed", "record": {"id": "L1"}}, "insert", "one of the facts Lead, Call, Box, Paper"),
        ({"insert": ["Lead"], "record": {"id": "L1"}}, "insert", "one of the facts Lead"),
        ({"insert": "Lead"}, "record", "a JSON object"),
        ({"insert": "Lead", "record": [1]}, "record", "a JSON object"),
        ({"insert": "Lead", "record": {"id": "L9"}, "as": 3}, "as", "a name"),
        ({"insert": "Lead", "record": {"id": "L9"}, "az": "x"}, "az", "only at, insert, record, as"),
        ({"insert": "Lead", "record": {"id": "L9", "n": "many"}}, "Lead.n", "a whole number"),
        ({"insert": "Lead", "record": {"n": 3}}, "Lead.id", "a value: the field is required"),
        ({"insert": "Hot", "record": {"id": "h"}}, "Hot", "no such records: rules conclude them"),
        ({"Lead": "L1"}, "Lead", "a JSON object"),
        ({"Lead": {"id": "L9"}, "n": 1}, "n", "only Lead, at, as"),
        ({"fact": "Leed", "id": "L1"}, "fact", "one of the facts Lead"),
        ({"fact": "Call", "of": "L1", "at": "soon"}, "Call.at", "a time, such as 2026-11-20 10:00"),
        ({"update": ["Lead", "gone"], "fields": {"n": 1}}, "Lead", "a fact of the session"),
        ({"update": ["Lead"], "fields": {"n": 1}}, "update", "a fact by its type and key, or by a name given"),
        ({"update": 7, "fields": {"n": 1}}, "update", "a fact by its type and key, or by a name given"),
        ({"update": ["Lead", True], "fields": {"n": 1}}, "update", "a fact by its type and key, or by a name given"),
        ({"update": ["Lead", "L1"], "fields": {"m": 1}}, "Lead.m", "a field of Lead"),
        ({"update": ["Lead", "L1"]}, "fields", "a JSON object"),
        ({"retract": "nobody"}, "retract", "a fact by its type and key, or by a name given"),
        ({"retract": ["Leed", "L1"]}, "Leed", "a fact of the session"),
        ({"batch": {}}, "batch", "a list of operations"),
        ({"batch": [3]}, "batch", "a list of operations"),
        ({"batch": [{"batch": []}]}, "batch", "operations inside"),
        ({"batch": [{"retract": ["Lead", "L1"], "at": T}]}, "at", "only retract"),
        ({"at": "2026-11-19", "retract": ["Lead", "L1"]}, None, None),
    ],
)  # fmt: skip
def test_a_bad_line_is_reported_and_the_others_are_played(
    lead: Lead, folder: Path, line: dict[str, Any] | str, field: str | None, expected: str | None
) -> None:
    first = {"at": T, "insert": "Lead", "record": {"id": "L1", "n": 1}}
    second = {"insert": "Lead", "record": {"id": "L2"}}
    log = written(folder, first, line, second)
    ran = lead("simulate", policy(folder, SEEN + HOT), log, "--format", "json")
    found = happened(ran.out)
    flags = [one["effect"]["record"] for one in found if "effect" in one]
    bad = [(one["line"], one["bad"]["field"]) for one in found if "bad" in one]
    assert flags == [["Lead", "L1"], ["Lead", "L2"]]
    assert bad == ([] if expected is None else [(2, field)])
    assert ran.code == int(expected is not None)
    if expected is not None:
        assert next(one["bad"]["expected"] for one in found if "bad" in one).startswith(expected)
        assert "line" in lead("simulate", "p.lead", log).out


def test_hostile_text_does_not_reach_the_terminal(lead: Lead, folder: Path) -> None:
    nasty = "\x1b[31m\u202e"
    lines = [{"at": T, "insert": "Lead", "record": {"id": f"L{nasty}"}}, {"insert": nasty, "record": {}}]
    ran = lead("simulate", policy(folder, SEEN), written(folder, *lines))
    assert "\x1b" not in ran.out
    assert "\u202e" not in ran.out
    assert "L\\x1b[31m" in ran.out


def test_names_batches_and_late_facts(lead: Lead, folder: Path) -> None:
    rules = SEEN + "rule called {\n  when c: Call\n  then flag c as heard\n}\n"
    log = written(
        folder,
        {"at": T, "batch": [{"insert": "Lead", "record": {"id": "L1"}}, {"Lead": {"id": "L2"}}]},
        {"fact": "Call", "of": "L1", "at": "2026-11-20 07:00"},
        {"insert": "Bare", "record": {"n": 1}, "as": "bare"},
        {"at": "2026-11-20 12:00", "update": "bare", "fields": {"n": 2}},
        {"fact": "Bare", "n": 5, "at": "2026-11-20 13:00"},
        {"fact": "Call", "of": "L2", "at": "2026-11-20 14:00"},
    )
    ran = lead("simulate", policy(folder, rules), log, "--format", "json")
    found = happened(ran.out)
    assert ran.code == 0
    assert [(one["line"], one["firing"]["at"][11:16]) for one in found if "firing" in one] == [
        (1, "08:00"), (1, "08:00"), (2, "08:00"), (6, "14:00"),
    ]  # fmt: skip
    assert found[-1]["summary"]["to"] == "2026-11-20T14:00:00+08:00"


def test_equal_events_fire_one_after_the_other(lead: Lead, folder: Path) -> None:
    call = {"fact": "Call", "of": "L1", "at": "2026-11-20 08:00"}
    log = written(folder, {"at": T, "batch": [call, call]})
    ran = lead(
        "simulate", policy(folder, "rule c {\n  when c: Call\n  then flag c as heard\n}\n"), log, "--format", "json"
    )
    assert [next(k for k in one if k != "line") for one in happened(ran.out)] == [
        "firing", "effect", "firing", "effect", "summary",
    ]  # fmt: skip


def test_an_action_that_fails_is_told_in_its_place(lead: Lead, folder: Path) -> None:
    rules = (
        "rule paper {\n  when lead: Lead\n  then flag lead as kept\n  then add Paper { id: lead.id, n: lead.n }\n}\n"
        + SEEN
    )
    log = written(
        folder,
        {"at": T, "insert": "Lead", "record": {"id": "L1"}, "as": "one"},
        {"update": "one", "fields": {"n": 3}},
        {"insert": "Lead", "record": {"id": "L2", "n": 2}},
    )
    ran = lead("simulate", policy(folder, rules), log, "--format", "json")
    found = happened(ran.out)
    assert ran.code == 1
    assert [next(k for k in one if k != "line") for one in found[:-1]] == [
        "firing", "failure", "firing", "effect", "firing", "effect", "firing", "effect",
    ]  # fmt: skip
    failure = found[1]["failure"]
    assert (failure["rule"], failure["action"], failure["word"], failure["field"]) == ("paper", 2, "field", "n")
    assert failure["place"] == "p.lead:29"
    assert found[-1]["summary"]["rules"]["paper"] == {"firings": 2, "failures": 1}
    text = lead("simulate", "p.lead", log).out
    assert "✗ action 2 (p.lead:29): field `n` has no value that it can have, so nothing is done" in text


ROUND = """rule up {
  when lead: Lead where n is 0
  then set lead.n to 1
}
rule down {
  when lead: Lead where n is 1
  then set lead.n to 0
}
"""


def test_a_line_whose_rules_go_round_is_undone_and_the_play_goes_on(lead: Lead, folder: Path) -> None:
    log = written(
        folder,
        {"at": T, "insert": "Lead", "record": {"id": "L1", "n": 5}},
        {"update": ["Lead", "L1"], "fields": {"n": 0}},
        {"insert": "Lead", "record": {"id": "L2", "n": 7}},
    )
    ran = lead("simulate", policy(folder, SEEN + ROUND), log, "--format", "json")
    found = happened(ran.out)
    assert ran.code == 1
    (error,) = [one for one in found if "error" in one]
    assert error["line"] == 2
    assert (error["error"]["error"], error["error"]["limit"]) == ("loop", "match")
    assert error["error"]["rules"] == [{"rule": "up", "place": "p.lead:30"}, {"rule": "down", "place": "p.lead:34"}]
    assert [one["effect"]["record"][1] for one in found if "effect" in one] == ["L1", "L2"]
    assert found[-1]["summary"]["lines"]["undone"] == 1
    text = lead("simulate", "p.lead", log).out
    assert "3 lines read, 2 played, 1 undone" in text
    assert "✗ line 2: these rules go round without coming to rest: up (p.lead:30), down (p.lead:34)" in text


def test_where_time_goes_round_the_play_ends_there(lead: Lead, folder: Path) -> None:
    rules = SEEN + ROUND.replace("n is 0", "n is 0\n  when any Call of lead").replace(
        "n is 1", "n is 1\n  when any Call of lead"
    )
    log = written(
        folder,
        {"at": T, "insert": "Lead", "record": {"id": "L1", "n": 0}},
        {"insert": "Call", "record": {"of": "L1", "at": "2026-11-20 10:00"}},
        {"at": "2026-11-20 12:00", "insert": "Lead", "record": {"id": "L2"}},
        {"insert": "Lead", "record": {"id": "L3"}},
    )
    ran = lead("simulate", policy(folder, rules), log, "--format", "json")
    found = happened(ran.out)
    assert ran.code == 1
    assert [one["line"] for one in found if "error" in one] == [3]
    assert found[-1]["summary"]["lines"] == {"read": 4, "played": 2, "bad": 0, "undone": 0, "not_reached": 2}
    assert found[-1]["summary"]["to"] == "2026-11-20T09:59:59.999999+08:00"
    assert "time stopped at 2026-11-20T09:59:59.999999+08:00" in lead("simulate", "p.lead", log).out


def test_conclusions_that_clash_are_told_with_their_rules(lead: Lead, folder: Path) -> None:
    rules = 'rule hot {\n  when lead: Lead where n > 5\n  then conclude Hot { id: "h", n: lead.n }\n}\n'
    log = written(folder, *({"at": T, "insert": "Lead", "record": {"id": f"L{n}", "n": n}} for n in (6, 7)))
    ran = lead("simulate", policy(folder, rules), log)
    assert ran.code == 1
    assert "✗ line 2: Hot h: different things are concluded, by hot (p.lead:26)" in ran.out
    chinese = lead("simulate", "p.lead", log, "--lang", "zh").out
    assert "第 2 行：Hot h：得出了不同的结论，由 hot (p.lead:26)" in chinese


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("none.jsonl",), "none.jsonl: no such file"),
        (("empty.jsonl",), "the file is empty"),
        (("timeless.jsonl",), "timeless.jsonl: no line says when it is; say when the play begins"),
        (("log.jsonl", "--now", "99"), "--now 99: not a time"),
        (("log.jsonl", "--until", "99"), "--until 99: not a time"),
        (("log.jsonl", "--out", "x.csv"), "--out x.csv: the ending says the kind of file; use .jsonl"),
        (("log.jsonl", "--out", "log.jsonl"), "--out log.jsonl: this file is read"),
        (("log.jsonl", "--out", "a.jsonl", "--errors", "a.jsonl"), "--out and --errors name the same file"),
    ],
)
def test_what_cannot_be_played_at_all(lead: Lead, folder: Path, arguments: tuple[str, ...], said: str) -> None:
    written(folder, {"at": T, "insert": "Lead", "record": {"id": "L1"}})
    written(folder, {"insert": "Lead", "record": {"id": "L1"}}, name="timeless.jsonl")
    (folder / "empty.jsonl").write_text("")
    ran = lead("simulate", policy(folder, SEEN), *arguments)
    assert ran.code == 2
    assert said in ran.err.replace("\n  hint: ", "; ")


def test_a_policy_without_rules(lead: Lead, folder: Path) -> None:
    log = written(folder, {"at": T, "insert": "Lead", "record": {"id": "L1"}})
    ran = lead("simulate", policy(folder, ""), log)
    assert (ran.code, "policy p has no rules, so there is nothing to play" in ran.err) == (2, True)
