"""The intermediate representation of a calendar: what `work hours` and `workdays` count in.

Part of the IR (see `leadpolicy.compiler.ir` for its rules): frozen, through JSON and back unchanged, nothing left to
look up. A calendar has no zone of its own; it is read in the policy's.

Invariants (kept by `leadpolicy.compiler.calendars`, relied on by all backends):
- `week` has seven days from Monday; the shifts of a day are in order of time and don't overlap;
- `days` are in order, each day once; those of countries lie in the years from `first_year` to `last_published`,
  those that the author named may lie in any year;
- a holiday has no shifts; a workday has at least one.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from leadpolicy.compiler.ir_expressions import Node

DayKind: TypeAlias = Literal["holiday", "workday"]


class Shift(Node):
    """Open time of a day, in minutes of the local clock since its 00:00; the end is exclusive and later than the
    start. An end beyond 1440 lies on the next day: a shift from 22:00 to 06:00 is 1320 to 1800."""

    start: Annotated[int, Field(ge=0, lt=1440)]
    end: Annotated[int, Field(gt=0, le=2880)]


class CalendarDay(Node):
    """A day that differs from the week. `source` says where it comes from: the author's words, or the country and
    the holiday's name. `shifts` is what is open on it."""

    day: str
    """"YYYY-MM-DD"."""
    kind: DayKind
    shifts: tuple[Shift, ...]
    source: str


class Calendar(Node):
    """A week of shifts, and the days that differ from it (of two lines about one day, the later won).

    `countries` are those whose holidays were read, as "CN" or "DE-BY"; `data` is the package that they come from,
    with its version: it says where the days are from and has no meaning, so a digest leaves it out. Their days are
    known from `first_year` to `last_published`; outside, the week and the author's own days hold, and what is worked
    out is provisional (ruling 20). Without countries there is nothing to publish: both are null.
    """

    name: str
    week: tuple[
        tuple[Shift, ...], tuple[Shift, ...], tuple[Shift, ...], tuple[Shift, ...],
        tuple[Shift, ...], tuple[Shift, ...], tuple[Shift, ...],
    ]  # fmt: skip
    days: tuple[CalendarDay, ...] = ()
    countries: tuple[str, ...] = ()
    data: str | None = None
    first_year: int | None = None
    last_published: int | None = None
