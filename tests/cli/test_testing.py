"""`lead test`: test blocks and fixtures, what a failure shows, and that both engines decide."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from small_policy import Lead

from leadpolicy.compiler.interpreter import Run


def fixture(folder: Path, *lines: object) -> None:
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    (folder / "small.fixtures.jsonl").write_text(text, encoding="utf-8")


LEAD = {"id": "F1", "employees": 8000, "created_at": "2026-11-20"}


def test_all_pass(lead: Lead, folder: Path) -> None:
    fixture(folder, {"name": "large", "lead": LEAD, "expect": {"tables": {"size": "large"}, "missing": ["title"]}})
    ran = lead("test", ".")
    assert ran.code == 0
    assert "3 tests passed in 1 policy" in ran.out
    assert "1 test passed" in lead("test", "small.lead", "-k", "asked").out
    ran = lead("test", "small.lead", "-k", "zebra")
    assert (ran.code, "no test has this in its name" in ran.err) == (2, True)


def test_a_failed_expectation_shows_the_line_and_what_was_found(lead: Lead, folder: Path) -> None:
    text = (folder / "small.lead").read_text()
    text = text.replace("expect fit is 15", "expect fit is 99").replace("is queue desk\n}", "is pool public\n}")
    (folder / "small.lead").write_text(text.replace("missing employees, budget", "missing company"))
    ran = lead("test", "small.lead")
    assert ran.code == 1
    assert "expect fit is 99" in ran.out
    assert "found fit  15, from 15 to 30 by what is unknown" in ran.out
    assert "expect route is pool public" in ran.out
    assert "found route  queue desk (entry big)" in ran.out
    assert "expect missing company" in ran.out
    assert "2 tests failed, 0 tests passed" in ran.out


def test_a_fixture_that_fails_or_cannot_be_read(lead: Lead, folder: Path) -> None:
    fixture(
        folder,
        {"name": "wrong", "lead": LEAD, "expect": {"scores": {"fit": {"value": 1}}}},
        {"name": "typo", "lead": LEAD, "expect": {"score": {}}},
        {"name": "keys", "lead": LEAD, "expects": {}},
        "{broken",
        {"name": "bad input", "lead": {"id": "F2"}, "expect": {}},
    )
    ran = lead("test", "small.lead", "--format", "json", "--junit", "junit.xml")
    tests = {t["name"]: t for t in json.loads(ran.out)["tests"] if not t["passed"]}
    assert ran.code == 1
    assert tests["wrong"]["failures"][0]["found"] == [{"name": "scores.fit.value", "value": "15"}]
    assert "did you mean `scores`?" in tests["typo"]["failures"][0]["found"][0]["value"]
    assert tests["keys"]["failures"][0]["text"] == "a fixture has no `expects`; did you mean `expect`?"
    assert tests["line 4"]["failures"][0]["kind"] == "fixture"
    assert "field `created_at`" in tests["bad input"]["failures"][0]["text"]
    assert tests["bad input"]["failures"][0]["kind"] == "input"
    suites = ElementTree.parse(folder / "junit.xml").getroot()
    assert [suite.get("failures") for suite in suites] == ["0", "5"]


def test_a_disagreement_is_a_failure_of_its_own(lead: Lead, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Run.decision

    def other(run: Run, trace: bool = False) -> dict[str, object]:
        return {**real(run, trace), "stage": "SQL"}

    monkeypatch.setattr(Run, "decision", other)
    ran = lead("test", "small.lead", "--format", "json")
    failures = [f for t in json.loads(ran.out)["tests"] for f in t["failures"]]
    assert ran.code == 1
    assert {f["kind"] for f in failures} == {"disagreement"}
    assert failures[0]["text"] == "the evaluator and the reference interpreter disagree on stage"


def test_a_policy_that_does_not_compile(lead: Lead, folder: Path) -> None:
    (folder / "bad.lead").write_text("policy bad {\n", encoding="utf-8")
    ran = lead("test", ".")
    assert ran.code == 1
    assert "bad.lead:" in ran.out
    assert "2 tests passed" in ran.out


def test_what_a_test_cannot_play_is_told_apart_and_does_not_pass(lead: Lead, folder: Path) -> None:
    text = (folder / "small.lead").read_text()
    test = (
        'test "more" {\n  given Lead { id: "1", created_at: 2026-11-20 }\n  at 2026-11-21 00:00 expect no task\n}\n'
    )
    (folder / "small.lead").write_text(f"{text}\n{test}")
    ran = lead("test", "small.lead", "-k", "more")
    assert ran.code == 1
    assert "not run: at 2026-11-21 00:00 expect no task: `task` is done by rules and service levels" in " ".join(
        ran.out.split()
    )
    assert "1 test not run, 0 tests passed in 1 policy" in ran.out
    told = json.loads(lead("test", "small.lead", "-k", "more", "--format", "json").out)
    assert [failure["kind"] for failure in told["tests"][0]["failures"]] == ["not run"]
