"""Builders of IR for what reads events and other records, for time, leases and attribution; beside `ir_builders`.

    CALL = event("Call", b.fact_field("seconds", b.INT))
    recent = records("Call", b.gt(own("seconds", b.INT), 60), window=within(7))
    policy = b.make_policy(facts=[CALL], scores=[b.score("heat", event_entry(5, recent))], reads_events=["Call"])

An event has the time `at`, which is required; inside `records`, `own` names a field of the record.
"""

from __future__ import annotations

from typing import Any, Literal

import ir_builders as b

from leadpolicy.compiler import ir
from leadpolicy.compiler.ir_calendar import CalendarDay, Shift

DAY = 86_400_000_000
WORK_HOURS = ir.Type(kind="work_hours")
WORKDAYS = ir.Type(kind="workdays")
VAR = "record"
THIS = ir.VarRef(name="this", type=b.ref("Lead"))

# ── Events, records ──


def event(name: str, *fields: ir.FactField, of: str | None = "Lead", keyed: bool = False, **options: Any) -> ir.Fact:
    """An event type, dated by its required field `at`; `keyed`: with the key `id`."""
    fields = (b.fact_field("at", b.TIME, required=True), *fields)
    if keyed:
        fields = (b.fact_field("id", b.TEXT, key=True), *fields)
    return ir.Fact(name=name, fields=fields, event=True, of=of, dated="at", place=b.PLACE, **options)


def own(path: str, type_: ir.Type, var: str = VAR, nothing: bool = False) -> ir.FieldRef:
    """A field of the record that `records` binds."""
    return ir.FieldRef(var=var, path=tuple(path.split(".")), type=type_, nothing=nothing)


def within(days: int | None = None, longer: int = 0, since: ir.Expr | None = None) -> ir.Window:
    """`within 7 days`; `between 7 and 3 days ago` has `longer=3`."""
    longest = None if days is None else days * DAY
    return ir.Window(longest=longest, shortest=longer * DAY, since=since)


def records(
    fact: str,
    *where: ir.Expr,
    of: ir.Expr | None = THIS,
    window: ir.Window | None = None,
    var: str = VAR,
    text: str | None = None,
) -> ir.Records:
    condition = b.when(*where) if where else None
    return ir.Records(fact=fact, var=var, of=of, where=condition, window=window, text=fact if text is None else text)


def any_of(some: ir.Records) -> ir.Any:
    return ir.Any(records=some)


def count(some: ir.Records) -> ir.Count:
    return ir.Count(records=some)


def distinct(value: ir.Expr, some: ir.Records) -> ir.Distinct:
    return ir.Distinct(records=some, value=value)


def total(function: Literal["sum", "average"], value: ir.Expr, some: ir.Records) -> ir.Total:
    return ir.Total(function=function, records=some, value=value, type=b.NUMBER)


def pick(which: Literal["first", "last"], some: ir.Records, *prefer: ir.Prefer) -> ir.Pick:
    return ir.Pick(which=which, records=some, prefer=prefer, type=b.ref(some.fact))


def last(some: ir.Records) -> ir.Pick:
    return pick("last", some)


def first(some: ir.Records) -> ir.Pick:
    return pick("first", some)


def attr(base: ir.Expr, path: str, type_: ir.Type) -> ir.Attr:
    return ir.Attr(base=base, path=tuple(path.split(".")), type=type_)


def event_entry(
    points: int | str,
    some: ir.Records,
    repeat: Literal["each", "once", "once_per_day"] = "each",
    *,
    halving: int | None = None,
    fading: int | None = None,
    limit: int | str | None = None,
    because: str | None = None,
    text: str = "event",
) -> ir.EventEntry:
    decay = None
    if halving is not None:
        decay = ir.Decay(kind="halving", days=halving)
    if fading is not None:
        decay = ir.Decay(kind="fading", days=fading)
    return ir.EventEntry(
        points=b.decimal_text(points),
        repeat=repeat,
        records=some,
        decay=decay,
        limit=None if limit is None else b.decimal_text(limit),
        because=because,
        text=text,
        place=b.PLACE,
    )


# ── Time ──


def plus(time: ir.Expr, amount: ir.Expr, calendar: str | None = None, sign: Literal[1, -1] = 1) -> ir.TimeAdd:
    """`time + amount`, of the time's type."""
    return ir.TimeAdd(time=time, amount=amount, sign=sign, calendar=calendar, type=getattr(time, "type", b.TIME))


def work_hours(number: int | str) -> ir.Const:
    return ir.Const(type=WORK_HOURS, value=str(number))


def workdays(number: int | str) -> ir.Const:
    return ir.Const(type=WORKDAYS, value=str(number))


def shifts(*pairs: tuple[int, int]) -> tuple[Shift, ...]:
    """Shifts by hours of the day."""
    return tuple(Shift(start=start * 60, end=end * 60) for start, end in pairs)


def calendar(
    name: str = "work", *days: tuple[str, Literal["holiday", "workday"]], known: tuple[int, int] | None = None
) -> ir.Calendar:
    """Monday to Friday, 9 to 12 and 13 to 18, but for some days; `known` are the published years."""
    open_ = shifts((9, 12), (13, 18))
    made = tuple(CalendarDay(day=d, kind=k, shifts=open_ if k == "workday" else (), source="test") for d, k in days)
    first_year, last_published = known or (None, None)
    week = (open_, open_, open_, open_, open_, (), ())
    return ir.Calendar(name=name, week=week, days=made, first_year=first_year, last_published=last_published)


# ── Leases and attribution ──


def remind(before: ir.Const, calendar: str | None = None) -> ir.Reminder:
    return ir.Reminder(to=THIS, channel=None, before=before, calendar=calendar, text="remind", place=b.PLACE)


def due(
    name: str,
    at: ir.Expr | None,
    when: ir.Expr | None = None,
    unless: ir.Expr | None = None,
    reminders: tuple[ir.Reminder, ...] = (),
    calendars: tuple[str, ...] = (),
    on_return: tuple[str, ...] | None = None,
) -> ir.RecallEntry:
    return ir.RecallEntry(
        name=name,
        at=at,
        when=None if when is None else b.when(when),
        unless=None if unless is None else b.when(unless),
        on_return=on_return,
        destination=b.pool("public"),
        reminders=reminders,
        calendars=calendars,
        text=name,
        place=b.PLACE,
    )


def recall(*entries: ir.RecallEntry, while_: ir.Expr | None = None) -> ir.Recall:
    return ir.Recall(while_=None if while_ is None else b.when(while_), entries=entries, place=b.PLACE)


def share(
    part: str,
    role: Literal["first", "last", "all", "others", "time"],
    time: ir.Expr | None = None,
    halving: int | None = None,
) -> ir.Share:
    return ir.Share(share=part, role=role, time=time, halving_days=halving, text=role)


def attribution(name: str, some: ir.Records, *shares: ir.Share, window: int | None = None) -> ir.Attribution:
    """`window` in days."""
    longest = None if window is None else window * DAY
    return ir.Attribution(name=name, label=None, records=some, window=longest, shares=shares, place=b.PLACE)
