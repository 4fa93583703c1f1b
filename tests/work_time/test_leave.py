"""Leave in a calendar: what is left of work hours and workdays, worked out by hand."""

from __future__ import annotations

import pytest
from tests.rulings.deciding import BASE, decide, errors, failures, findings, lead, truths

from leadpolicy.compiler.formatter import format_source
from leadpolicy.compiler.source import Source

ABSENCE = """\
fact Absence of Member {
  starts: time
  ends:   time
  until:  time or none
  first:  date
  last:   date
  sure:   bool
}
"""
LINE = "leave Absence of owner from starts to ends"


def with_leave(line: str = LINE) -> str:
    """The policy of these tests with a line in its calendar: Monday to Friday, 09:00 to 12:00 and 13:00 to 18:00."""
    return BASE.replace("  workdays   2026-12-26\n", f"  workdays   2026-12-26\n  {line}\n") + ABSENCE


def away(starts: str | None, ends: str | None = None, of: str = "m1", **more: object) -> dict[str, object]:
    return {"of": of, "starts": starts, "ends": ends, **more}


def holds(
    *conditions: str, leave: list[dict[str, object]], assigned: str = "2026-11-16 10:00", line: str = LINE
) -> list[bool | None]:
    """What the conditions about lead L1 come to, whom m1 has had since then (Monday, 10:00)."""
    facts = {"Member": [{"id": "m1"}, {"id": "m2"}], "Absence": leave}
    return truths(
        *conditions, given=lead(owner="m1", assigned_at=assigned), base=with_leave(line), facts=facts
    )  # fmt: skip


def due(hours: str, days: str) -> tuple[str, str]:
    return (f"assigned_at + 24 work hours is {hours}", f"assigned_at + 3 workdays is {days}")


TUESDAY = away("2026-11-17 00:00", "2026-11-18 00:00")
CASES = {
    # 7 hours on Monday, 8 on Tuesday, 8 on Wednesday, 1 on Thursday.
    "none": ([], "2026-11-19 10:00", "2026-11-19 10:00"),
    "a day": ([TUESDAY], "2026-11-20 10:00", "2026-11-20 10:00"),
    # Half of a day is still a workday; the three hours are made up on Thursday: 10 to 12, 13 to 14.
    "a morning": ([away("2026-11-17 09:00", "2026-11-17 12:00")], "2026-11-19 14:00", "2026-11-19 10:00"),
    # Both halves of Tuesday, in two records.
    "two halves": (
        [away("2026-11-17 08:00", "2026-11-17 12:30"), away("2026-11-17 12:30", "2026-11-17 18:00")],
        "2026-11-20 10:00", "2026-11-20 10:00",
    ),
    "two that overlap": (
        [away("2026-11-17 09:00", "2026-11-17 15:00"), away("2026-11-17 11:00", "2026-11-17 18:00")],
        "2026-11-20 10:00", "2026-11-20 10:00",
    ),
    "the same twice": ([TUESDAY, TUESDAY], "2026-11-20 10:00", "2026-11-20 10:00"),
    # Leave that is over before, at lunch, at night: nothing is taken away.
    "before": ([away("2026-11-09 09:00", "2026-11-16 09:30")], "2026-11-19 10:00", "2026-11-19 10:00"),
    "a lunch": ([away("2026-11-17 12:00", "2026-11-17 13:00")], "2026-11-19 10:00", "2026-11-19 10:00"),
    # On leave at the start itself: the day it starts on isn't counted anyway, its hours are.
    "the first day": ([away("2026-11-16 00:00", "2026-11-17 00:00")], "2026-11-19 18:00", "2026-11-19 10:00"),
    "ends where it begins": ([away("2026-11-17 09:00", "2026-11-17 09:00")], "2026-11-19 10:00", "2026-11-19 10:00"),
    "somebody else's": ([{**TUESDAY, "of": "m2"}], "2026-11-19 10:00", "2026-11-19 10:00"),
    # Thursday to Monday the 30th: the weekend between is closed anyway. Tuesday, 1 December, has the last hour.
    "over two weekends": ([away("2026-11-19 00:00", "2026-12-01 00:00")], "2026-12-01 10:00", "2026-12-01 10:00"),
}  # fmt: skip


@pytest.mark.parametrize(("leave", "hours", "days"), CASES.values(), ids=list(CASES))
def test_leave_takes_its_time_out_of_work_time(leave: list[dict[str, object]], hours: str, days: str) -> None:
    assert holds(*due(hours, days), leave=leave) == [True, True]


def test_leave_over_a_weekend_takes_nothing_that_was_open() -> None:
    weekend = away("2026-11-20 18:00", "2026-11-23 09:00")
    expected = due("2026-11-24 10:00", "2026-11-24 10:00")
    assert holds(*expected, leave=[weekend], assigned="2026-11-19 10:00") == [True, True]
    assert holds(*expected, leave=[], assigned="2026-11-19 10:00") == [True, True]


def test_leave_over_a_make_up_workday_takes_it() -> None:
    saturday = away("2026-12-26 00:00", "2026-12-27 00:00")
    assert holds(*due("2026-12-28 10:00", "2026-12-28 10:00"), leave=[], assigned="2026-12-24 10:00") == [True, True]
    assert holds(*due("2026-12-29 10:00", "2026-12-29 10:00"), leave=[saturday], assigned="2026-12-24 10:00") == [
        True,
        True,
    ]


def test_a_date_of_leave_is_a_whole_day_and_the_last_is_in() -> None:
    days = {"of": "m1", "first": "2026-11-17", "last": "2026-11-18"}
    found = holds(
        *due("2026-11-23 10:00", "2026-11-23 10:00"), leave=[days], line="leave Absence of owner from first to last"
    )
    assert found == [True, True]


def test_leave_whose_end_is_unknown_makes_unknown_what_it_may_move() -> None:
    ends_some_day = away("2026-11-17 09:00")
    assert holds(*due("2026-11-19 10:00", "2026-11-19 10:00"), leave=[ends_some_day]) == [None, None]
    later = away("2026-11-19 10:00")  # nothing before its begin is in doubt: it is over by then
    assert holds(due("2026-11-19 10:00", "")[0], leave=[later]) == [True]
    began_some_day = away(None, "2026-11-16 09:00")
    assert holds(*due("2026-11-19 10:00", "2026-11-19 10:00"), leave=[began_some_day]) == [True, True]
    # Unknown leave of hours that are taken away anyway is no doubt.
    covered = [TUESDAY, {**away("2026-11-17 09:00", "2026-11-17 12:00"), "sure": None}]
    line = "leave Absence of owner where sure is not false from starts to ends"
    assert holds(
        *due("2026-11-20 10:00", "2026-11-20 10:00"), leave=[{**covered[0], "sure": True}, covered[1]], line=line
    ) == [True, True]


@pytest.mark.parametrize(("sure", "found"), [(True, [False, True]), (False, [True, False]), (None, [None, None])])
def test_leave_that_may_not_count(sure: bool | None, found: list[bool | None]) -> None:
    days = [f"assigned_at + 3 workdays is 2026-11-{day} 10:00" for day in (19, 20)]
    line = "leave Absence of owner where sure from starts to ends"
    assert holds(*days, leave=[{**TUESDAY, "sure": sure}], line=line) == found


def test_leave_that_has_no_end_is_none_and_one_of_centuries_comes_to_an_answer() -> None:
    line = "leave Absence of owner from starts to until"
    expected = due("2026-11-19 10:00", "2026-11-19 10:00")
    assert holds(*expected, leave=[away("2026-11-17 09:00")], line=line) == [True, True]
    forever = {**away("2026-11-17 09:00"), "until": "9990-01-01 00:00"}
    assert holds(*expected, "assigned_at + 3 workdays is known", leave=[forever], line=line) == [False, False, False]
    assert holds("assigned_at - 3 workdays is 2026-11-11 10:00", leave=[forever], line=line) == [True]
    back = {**away("0002-01-01 00:00"), "until": "2026-11-16 10:00"}
    assert holds("assigned_at - 24 work hours is known", leave=[back], line=line) == [False]


def test_work_time_backwards_goes_around_leave() -> None:
    # From Monday the 16th, 10:00: an hour of Monday, 8 of Friday, 8 of Thursday, 7 of Wednesday: 10:00.
    friday = away("2026-11-13 00:00", "2026-11-14 00:00")
    back = ("assigned_at - 24 work hours is {}", "assigned_at - 3 workdays is {}")
    assert holds(*(text.format("2026-11-11 10:00") for text in back), leave=[]) == [True, True]
    assert holds(*(text.format("2026-11-10 10:00") for text in back), leave=[friday]) == [True, True]


LEASE = """\
recall {
  idle: at assigned_at + 3 days -> pool public, remind owner by wecom 4 work hours before
}
route {
  otherwise -> pool public
}
"""


def test_a_reminder_goes_back_around_leave() -> None:
    # Due on Thursday at 10:00. Four hours before: one of Thursday, three of Wednesday or, then on leave, of Tuesday.
    wednesday = away("2026-11-18 00:00", "2026-11-19 00:00")

    def reminded(*leave: dict[str, object]) -> object:
        facts = {"Member": [{"id": "m1"}], "Absence": list(leave)}
        given = lead(owner="m1", assigned_at="2026-11-16 10:00")
        found = decide(LEASE, given, base=with_leave(), facts=facts)["due"]
        assert [item["kind"] for item in found] == ["recall", "remind"]
        return found[1]["at"]

    assert reminded() == "2026-11-18T15:00:00+08:00"
    assert reminded(wednesday) == "2026-11-17T15:00:00+08:00"
    assert reminded(away("2026-11-18 09:00")) is None


def test_a_lease_is_played_with_leave() -> None:
    body = LEASE.replace("3 days ->", "3 workdays ->")
    test = """\
test "on leave" {{
  given m1: Member {{ id: "m1" }}
  given Absence of {} {{ starts: 2026-11-17 00:00, ends: 2026-11-18 00:00 }}
  given lead: Lead {{ id: "L1", owner: m1, assigned_at: 2026-11-16 10:00, created_at: 2026-11-16 10:00 }}
  at 2026-11-18 15:00 expect no effect
  at 2026-11-19 15:00 expect remind m1 by wecom
  at 2026-11-20 09:59 expect holder is member m1
  at 2026-11-20 10:00 expect holder is pool public
}}
"""
    assert (
        failures(body + test.format("m1").replace("  at 2026-11-18 15:00 expect no effect\n", ""), with_leave()) == []
    )


def test_two_calendars_and_one_of_them_with_leave() -> None:
    base = (
        with_leave()
        + "calendar other {\n  mon to fri 09:00 to 18:00\n  leave Absence of owner from starts to ends\n}\n"
    )
    assert [code for code, _ in errors("", base)] == ["LP3065"]


MISTAKES = {
    "everybody's": ("leave Absence from starts to ends", "whose leave it is isn't said"),
    "an event": ("leave Activity where by is owner from at to at + 1 day", "is an event"),
    "a number": ("leave Absence of owner from sure to ends", "begins and ends at a time or a date"),
    "empty": ("leave Absence of owner from starts to starts", "ends where it begins"),
    "backwards": ("leave Absence of owner from 2026-11-18 to 2026-11-17", "ends where it begins"),
    "twice": (f"{LINE}\n  {LINE}", "another line takes away already"),
}


@pytest.mark.parametrize(("line", "message"), MISTAKES.values(), ids=list(MISTAKES))
def test_a_line_that_takes_nothing_or_is_nobodys_is_told(line: str, message: str) -> None:
    found = findings("", with_leave(line))
    assert [code for code, _ in found] == ["LP3065"]
    assert message in found[0][1]


def test_leave_that_is_counted_in_work_time_goes_round_in_a_circle() -> None:
    back = "let back = assigned_at + 1 workday\n"
    found = findings(back, with_leave("leave Absence of owner where starts < back from starts to ends"))
    assert [code for code, _ in found] == ["LP4001"]
    # The times of a record are nobody's work: they are counted in the calendar alone.
    assert findings("", with_leave("leave Absence of owner from starts to starts + 1 workday")) == []


def test_the_formatter_keeps_leave_in_both_languages() -> None:
    text = format_source(Source("p.lead", with_leave()), None).text
    assert text is not None
    assert LINE in " ".join(text.split())
    chinese = format_source(Source("p.lead", text), "zh").text
    assert chinese is not None
    assert "请假 Absence 归于 owner 从 starts 至 ends" in " ".join(chinese.split())
    again = format_source(Source("p.lead", chinese), "en").text
    assert again == text
