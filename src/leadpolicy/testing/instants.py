"""When something can happen to a lead by itself (ruling 47): a time that is given, the end of a window, a due time,
an age that something is compared with, and, where points decay, each midnight."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from pydantic import BaseModel

from leadpolicy.compiler import ir
from leadpolicy.compiler.constants import duration_micros
from leadpolicy.engine.spans import at_clock, local_day
from leadpolicy.engine.times import ZoneDeclaration
from leadpolicy.testing.givens import RawInput, micros

if TYPE_CHECKING:
    from leadpolicy.compiler.interpreter import Run


class Instants:
    """The instants of one policy."""

    def __init__(self, policy: ir.Policy) -> None:
        self._recall = policy.recall.entries if policy.recall else ()
        self._zone = ZoneDeclaration(policy.zone.name, policy.zone.first_offset, policy.zone.transitions)
        nodes = list(_nodes(policy))
        windows = [node for node in nodes if isinstance(node, ir.Window)]
        self._spans = sorted({span for w in windows for span in (w.longest, w.shortest) if span})
        self._ages = sorted(set(_ages(nodes)))
        self._decays = any(isinstance(node, ir.Decay) for node in nodes)

    def around(self, now: int, given: RawInput, run: Run) -> Iterator[int]:
        """Instants, those after now among them."""
        for at in given.times:
            yield at
            for span in self._spans:
                yield at + span
        for value in given.lead.values() if self._ages else ():
            if isinstance(value, datetime):
                for age in self._ages:
                    yield from (micros(value) + age, micros(value) + age + 1)
        if self._decays:
            yield at_clock(local_day(now, self._zone)[0] + 1, 0, self._zone)
        for entry in self._recall:
            times = [] if entry.at is None else [entry.at, *(reminder_time(entry, r) for r in entry.reminders)]
            for time in times:
                due = shown_time(run, time)
                if due is not None:
                    yield due


def reminder_time(entry: ir.RecallEntry, reminder: ir.Reminder) -> ir.Expr:
    """When a reminder is due, as an expression."""
    assert entry.at is not None
    kind = ir.Type(kind="time")
    return ir.TimeAdd(
        time=entry.at, amount=reminder.before, sign=-1, calendar=reminder.calendar, leave=reminder.leave, type=kind
    )


def shown_time(run: Run, expr: ir.Expr) -> int | None:
    """A time in microseconds; None where it is unknown or nothing."""
    shown = run.show(expr)
    return micros(datetime.fromisoformat(shown)) if isinstance(shown, str) and shown != "none" else None


def end_of(run: Run, now: int, span: ir.Duration) -> int | None:
    """The time so long after now."""
    time, length = ir.Type(kind="time"), ir.Type(kind="duration")
    start, amount = ir.Const(type=time, value=now), ir.Const(type=length, value=span)
    return shown_time(run, ir.TimeAdd(time=start, amount=amount, sign=1, calendar=None, type=time))


def _nodes(node: object) -> Iterator[BaseModel]:
    """All parts of a part of the intermediate representation."""
    if isinstance(node, BaseModel):
        yield node
        for name in type(node).model_fields:
            yield from _nodes(getattr(node, name))
    elif isinstance(node, tuple):
        for item in node:
            yield from _nodes(item)


def _ages(nodes: list[BaseModel]) -> Iterator[int]:
    """Every duration that something is compared with, where the policy reads an age at all."""
    if not any(isinstance(node, ir.Call) and node.function == "age" for node in nodes):
        return
    for node in nodes:
        if isinstance(node, ir.Compare | ir.Between):
            for name in type(node).model_fields:
                side = getattr(node, name)
                if isinstance(side, ir.Const) and isinstance(side.value, ir.Duration):
                    yield duration_micros(side.value)
