"""Builders of IR about events, records, time and leases, beside those of `tests.ir_builders`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from leadpolicy.compiler import ir
from tests.ir_builders import PLACE, TEXT, TIME, as_expr, const, decimal_text, fact_field, when

HOUR = 3_600_000_000
DAY = 24 * HOUR
WORK_HOURS = ir.Type(kind="work_hours")
WORKDAYS = ir.Type(kind="workdays")
THIS = ir.VarRef(name="this", type=ir.Type(kind="fact", fact="Lead"))


def event(name: str, *fields: ir.FactField, of: str | None = "Lead", dated: str | None = "at") -> ir.Fact:
    """An event type; without a field of the name `dated`, such a required time is added."""
    if dated is not None and all(f.name != dated for f in fields):
        fields = (fact_field(dated, TIME, required=True, role="happened"), *fields)
    return ir.Fact(name=name, fields=fields, event=True, of=of, dated=dated, place=PLACE)


def linked(name: str, *fields: ir.FactField, dated: str | None = None, of: str = "Lead") -> ir.Fact:
    """A fact type whose records belong to leads, or to others."""
    return ir.Fact(name=name, fields=fields, of=of, dated=dated, place=PLACE)


def of_record(path: str, type_: ir.Type, var: str = "e", nothing: bool = False) -> ir.FieldRef:
    """A field of the record bound to `var`."""
    return ir.FieldRef(var=var, path=tuple(path.split(".")), type=type_, nothing=nothing)


def window(days: float | None = None, shortest: float = 0, since: ir.Expr | None = None) -> ir.Window:
    """`within … days`."""
    longest = None if days is None else round(days * DAY)
    return ir.Window(longest=longest, shortest=round(shortest * DAY), since=since)


def records(
    fact: str = "Activity",
    where: ir.Expr | ir.Condition | None = None,
    window: ir.Window | None = None,
    of: ir.Expr | None = THIS,
    var: str = "e",
    text: str | None = None,
) -> ir.Records:
    condition = where if where is None or isinstance(where, ir.Condition) else when(where)
    return ir.Records(fact=fact, var=var, of=of, where=condition, window=window, text=text or fact)


def any_of(found: ir.Records) -> ir.Any:
    return ir.Any(records=found)


def count(found: ir.Records) -> ir.Count:
    return ir.Count(records=found)


def distinct(value: ir.Expr, found: ir.Records) -> ir.Distinct:
    return ir.Distinct(records=found, value=value)


def total(function: Literal["sum", "average"], value: ir.Expr, found: ir.Records) -> ir.Total:
    type_ = getattr(value, "type", TEXT)
    return ir.Total(function=function, records=found, value=value, type=type_)


def pick(which: Literal["first", "last"], found: ir.Records, *prefer: ir.Prefer) -> ir.Pick:
    return ir.Pick(which=which, records=found, prefer=prefer, type=ir.Type(kind="fact", fact=found.fact))


def attr(base: ir.Expr, path: str, type_: ir.Type) -> ir.Attr:
    return ir.Attr(base=base, path=tuple(path.split(".")), type=type_)


def event_entry(
    points: int | str,
    found: ir.Records,
    repeat: Literal["each", "once", "once_per_day"] = "each",
    decay: ir.Decay | None = None,
    limit: int | str | None = None,
    text: str = "event entry",
) -> ir.EventEntry:
    cap = None if limit is None else decimal_text(limit)
    return ir.EventEntry(
        points=decimal_text(points), repeat=repeat, records=found, decay=decay, limit=cap, because="because",
        text=text, place=PLACE,
    )  # fmt: skip


def plus(
    time: ir.Expr,
    amount: Any,
    sign: Literal[1, -1] = 1,
    calendar: str | None = None,
    leave: tuple[ir.Leave, ...] = (),
) -> ir.TimeAdd:
    """`time + amount`; a Duration becomes a constant."""
    expr = as_expr(const(amount) if isinstance(amount, ir.Duration) else amount, time)
    kind = getattr(time, "type", TIME)
    return ir.TimeAdd(time=time, amount=expr, sign=sign, calendar=calendar, leave=leave, type=kind)


def leave(found: ir.Records, start: ir.Expr, end: ir.Expr) -> ir.Leave:
    """A line of a calendar: `leave … from start to end`."""
    return ir.Leave(records=found, start=start, end=end)


def work_hours(number: int | str) -> ir.Const:
    return ir.Const(type=WORK_HOURS, value=decimal_text(number))


def workdays(number: int | str) -> ir.Const:
    return ir.Const(type=WORKDAYS, value=decimal_text(number))


def entered(stage: str) -> ir.Entered:
    return ir.Entered(stage=stage)


def recall_entry(
    name: str,
    at: ir.Expr | None,
    when_: ir.Expr | None = None,
    unless: ir.Expr | None = None,
    on_return: tuple[str, ...] | None = None,
    reminders: Sequence[ir.Const] = (),
    calendars: tuple[str, ...] = (),
    leave: tuple[ir.Leave, ...] = (),
) -> ir.RecallEntry:
    to = ir.Destination(kind="pool", name="public", text="pool public")
    owner = ir.FieldRef(path=("owner",), type=ir.Type(kind="fact", fact="Member"), nothing=True)
    made = tuple(
        ir.Reminder(
            to=owner, channel=None, before=before, calendar="work", leave=leave, text="remind owner", place=PLACE
        )
        for before in reminders
    )
    return ir.RecallEntry(
        name=name, at=at, when=None if when_ is None else when(when_), unless=None if unless is None else when(unless),
        on_return=on_return, destination=to, reminders=made, calendars=calendars, text=name, place=PLACE,
    )  # fmt: skip


def recall(*entries: ir.RecallEntry, while_: ir.Expr | None = None) -> ir.Recall:
    return ir.Recall(while_=None if while_ is None else when(while_), entries=entries, place=PLACE)


def share(
    percent: str, role: Literal["first", "last", "all", "others", "time"], time: ir.Expr | None = None,
    halving: int | None = None,
) -> ir.Share:  # fmt: skip
    return ir.Share(share=percent, role=role, time=time, halving_days=halving, text=role)


def credit(name: str, found: ir.Records, *shares: ir.Share, days: int | None = None) -> ir.Attribution:
    span = None if days is None else days * DAY
    return ir.Attribution(name=name, label=None, records=found, window=span, shares=shares, place=PLACE)


def with_records(policy: ir.Policy, **more: Any) -> ir.Policy:
    """A policy that says which types its decisions read; `more` fields as they are."""
    events = tuple(f.name for f in policy.facts if f.event)
    facts = tuple(
        f.name for f in policy.facts if not f.event and (f.of is not None or f.name in more.get("reads", ()))
    )
    more.pop("reads", None)
    return policy.model_copy(update={"reads_events": events, "reads_facts": facts, **more})
