"""`lead explain`: reasons, what stands in the way, what would change."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from small_policy import Lead

EXPLAIN = ("explain", "small.lead", "leads.csv", "--facts", "Member=members.csv", "--now", "2026-11-23T10:00")


def test_every_part_is_told(lead: Lead, folder: Path) -> None:
    ran = lead(*EXPLAIN, "--lead", "L1")
    assert ran.code == 0
    for part in ("lead L1", "stage SQL", "queue desk (entry big)", "score fit “Profile”  25", "gate ready  pass"):
        assert part in ran.out
    for part in ("+15", "employees 8000", "✗  ", "table size  large"):
        assert part in ran.out


def test_what_is_unknown_and_what_to_ask(lead: Lead, folder: Path) -> None:
    out = lead(*EXPLAIN, "--lead", "L2").out
    assert "could be 5 to 15" in out
    assert "budget ?" in out
    assert "What is the budget?" in out


def test_what_if(lead: Lead, folder: Path) -> None:
    ran = lead(*EXPLAIN, "--lead", "L2", "--what-if", "employees=2000", "--what-if", "rep=", "--format", "json")
    changes = {c["part"]: (c["before"], c["after"]) for c in json.loads(ran.out)["what_if"]["changes"]}
    assert changes["table.size"] == ("small", "large")
    assert changes["route.kind"] == ("member", "queue")
    assert changes["score.fit"] == ("5", "20")
    assert "nothing would change" in lead(*EXPLAIN, "--lead", "L2", "--what-if", "company=Zeta").out


def test_why_not(lead: Lead, folder: Path) -> None:
    ran = lead(*EXPLAIN, "--lead", "L2", "--why-not", "SQL")
    assert ran.code == 0
    assert "why not SQL" in ran.out
    assert "fit >= 20" in ran.out
    assert json.loads(lead(*EXPLAIN, "--lead", "L2", "--why-not", "SQL", "--format", "json").out)["why_not"][
        "reasons"
    ]
    assert "nothing stands in the way" in lead(*EXPLAIN, "--lead", "L1", "--why-not", "SQL").out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--lead", "L11"), "no lead `L11`; did you mean `L1"),
        (("--lead", "zebra"), "its first leads: `L1`, `L2`"),
        (("--lead", "L3"), 'leads.csv, line 4: lead `L3`, field `employees`: expected a whole number, found "many"'),
        (("--lead", "L1", "--what-if", "budgt=1"), "has no field `budgt`; did you mean `budget`?"),
        (("--lead", "L1", "--what-if", "budget"), "not FIELD=VALUE"),
        (("--lead", "L1", "--what-if", "budget=much"), "expected money in CNY"),
        (("--lead", "L1", "--why-not", "SQK"), "`SQL`"),
    ],
)
def test_questions_that_cannot_be_answered(lead: Lead, folder: Path, options: tuple[str, ...], said: str) -> None:
    ran = lead(*EXPLAIN, *options)
    assert ran.code == 2
    assert said in ran.err.replace("\n  hint: ", "; ")
