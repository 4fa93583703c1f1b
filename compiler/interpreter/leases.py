"""Due times of a lease: recalls and their reminders (decision record 0009, section 6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from leadpolicy.compiler import ir
from leadpolicy.compiler.interpreter import clock
from leadpolicy.compiler.interpreter.expressions import Evaluator
from leadpolicy.compiler.interpreter.leave import stretches
from leadpolicy.compiler.interpreter.operations import minus
from leadpolicy.compiler.interpreter.records import as_instant
from leadpolicy.compiler.interpreter.situation import Mode
from leadpolicy.compiler.interpreter.values import NOTHING, UNKNOWN, Absent

Verdict: TypeAlias = Literal["true", "false", "unknown", "not reached"]


@dataclass(frozen=True, slots=True)
class Due:
    """One due time; `at` None where it is unknown."""

    entry: str
    at: int | None
    kind: Literal["recall", "remind"]
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class DueResult:
    """An entry of the lease: its verdict, and its due time with the reminders where it is listed."""

    verdict: Verdict
    listed: tuple[Due, ...] = ()


_NO_LEASE = DueResult("not reached")
_LEFT_OUT = DueResult("false")


class Lease:
    """Works out the due times of one lead's lease."""

    def __init__(self, recall: ir.Recall, evaluator: Evaluator) -> None:
        self._evaluator = evaluator
        self._book = evaluator.situation.book
        self.runs = self._owned() and evaluator.condition(recall.while_, Mode.PLAIN) is True

    def _owned(self) -> bool:
        field = self._book.owner_field()
        return field is not None and not isinstance(self._evaluator.situation.records.lead.values[field.name], Absent)

    def _start(self) -> int | None:
        """When the lease began, where that is known."""
        field = self._book.role_field("assigned")
        value = NOTHING if field is None else self._evaluator.situation.records.lead.values[field.name]
        return None if isinstance(value, Absent) else as_instant(value, self._book)

    def entry(self, entry: ir.RecallEntry) -> DueResult:
        """One entry."""
        if not self.runs or entry.on_return is not None:
            return _NO_LEASE
        holds = self._evaluator.condition(entry.when, Mode.PLAIN)
        stopped = entry.unless is not None and self._evaluator.condition(entry.unless, Mode.PLAIN) is True
        if entry.at is None:
            # The session acts on it; here it is only told.
            verdict: Verdict = "unknown" if holds is UNKNOWN else "true" if holds else "false"
            return _LEFT_OUT if stopped else DueResult(verdict)
        if holds is not True or stopped:
            return _LEFT_OUT
        value = self._evaluator.evaluate(entry.at, Mode.PLAIN)
        if value is UNKNOWN:
            return DueResult("unknown", (Due(entry.name, None, "recall"),))
        if value is NOTHING:
            return _LEFT_OUT
        at = as_instant(value, self._book)
        if self._before_start(at):
            return _LEFT_OUT
        due = Due(entry.name, at, "recall", self._provisional(entry.calendars, (at,)))
        return DueResult("true", (due, *self._reminders(entry, at)))

    def _before_start(self, at: int) -> bool:
        start = self._start()
        return start is not None and at <= start

    def _reminders(self, entry: ir.RecallEntry, due: int) -> list[Due]:
        found = []
        for reminder in entry.reminders:
            before = minus(self._book.constant(reminder.before))
            away = stretches(reminder.leave, self._evaluator, Mode.PLAIN)
            at = self._evaluator.shifted(due, before, reminder.before.type.kind, reminder.calendar, away)
            if at is UNKNOWN:
                found.append(Due(entry.name, None, "remind"))
            if isinstance(at, Absent) or self._before_start(at):
                continue
            calendars = entry.calendars if reminder.calendar is None else (*entry.calendars, reminder.calendar)
            found.append(Due(entry.name, at, "remind", self._provisional(calendars, (due, at))))
        return found

    def _provisional(self, calendars: tuple[str, ...], instants: tuple[int, ...]) -> bool:
        """Whether one of the instants lies in a year that one of the calendars doesn't know (ruling 20)."""
        zone = self._book.policy.zone
        days = [clock.to_date(clock.local(at, zone)[0]) for at in instants]
        return any(
            calendar.first_year is not None
            and calendar.last_published is not None
            and not (day is not None and calendar.first_year <= day.year <= calendar.last_published)
            for calendar in self._book.policy.calendars
            if calendar.name in calendars
            for day in days
        )
