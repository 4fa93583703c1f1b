"""Blocks of the syntax tree beyond the decision: modules, calendars, leases, clocks, effects, rules, credit.

See `leadpolicy.compiler.syntax`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from leadpolicy.compiler.source import Span
from leadpolicy.compiler.syntax_expressions import (
    Clock,
    Date,
    Destination,
    Expression,
    ListOf,
    Name,
    Number,
    Prefer,
    Quantity,
    Records,
    Text,
    TypeNode,
)

# ── Modules and parameters ──


@dataclass(frozen=True, slots=True)
class Use:
    """`use std.frameworks`, `use std.calendars as cal`. `path` is the parts of the dotted name."""

    path: tuple[Name, ...]
    alias: Name | None
    span: Span


@dataclass(frozen=True, slots=True)
class FieldType:
    """`Activity.kind` as a parameter's type: whatever that field's type is."""

    fact: Name
    field: Name
    span: Span


@dataclass(frozen=True, slots=True)
class Parameter:
    """`who: condition`, `what: Activity.kind`, `span: duration`. `condition`, `stage` come as a TypeName."""

    name: Name
    type: TypeNode | FieldType
    span: Span


@dataclass(frozen=True, slots=True)
class GivenField:
    """`employees: 8000` in a `given`, `via: customer.company` in a `conclude`."""

    name: Name
    value: Expression
    span: Span


# ── Calendars ──


@dataclass(frozen=True, slots=True)
class WeekLine:
    """`mon to fri, sun  09:00 to 12:00, 13:00 to 18:00`: weekdays as ranges (first, last), shifts as clocks."""

    days: tuple[tuple[Name, Name], ...]
    shifts: tuple[tuple[Clock, Clock], ...]
    span: Span


@dataclass(frozen=True, slots=True)
class DaysLine:
    """`holidays 2026-12-31 to 2027-01-01, 2027-05-04`, `workdays 2026-12-26`."""

    kind: Literal["holidays", "workdays"]
    days: tuple[tuple[Date, Date], ...]
    span: Span


@dataclass(frozen=True, slots=True)
class CountryLine:
    """`holidays cal.china` (`calendar`), or `holidays country DE region "BY"` (`country`, `region`)."""

    calendar: Expression | None
    country: Name | None
    region: Text | None
    span: Span


@dataclass(frozen=True, slots=True)
class LeaveLine:
    """`leave Absence of owner from starts to ends`: time that is not worked."""

    records: Records
    start: Expression
    end: Expression
    span: Span


CalendarLine: TypeAlias = WeekLine | DaysLine | CountryLine | LeaveLine


@dataclass(frozen=True, slots=True)
class Calendar:
    """`calendar work { … }`."""

    name: Name
    lines: tuple[CalendarLine, ...]
    span: Span


# ── Effects ──


@dataclass(frozen=True, slots=True)
class Notify:
    """`notify owner.manager by wecom "…"`; in a team or queue without whom."""

    to: Expression | None
    channel: Name | None
    message: Text
    span: Span


@dataclass(frozen=True, slots=True)
class Task:
    """`task owner.manager "…" due in 2 work hours`."""

    to: Expression
    message: Text
    due: Expression | None
    span: Span


@dataclass(frozen=True, slots=True)
class Send:
    """`send "welcome" by email`."""

    content: Text
    channel: Name | None
    span: Span


@dataclass(frozen=True, slots=True)
class Flag:
    """`flag lead as fake_contact`."""

    record: Expression
    flag: Name
    span: Span


@dataclass(frozen=True, slots=True)
class Make:
    """`conclude F of lead { … }`, `add F of lead { … }`."""

    word: Literal["conclude", "add"]
    fact: Name
    of: Expression | None
    fields: tuple[GivenField, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Set:
    """`set lead.status to invalid` (`unknown` and `none` come as Unknown)."""

    target: Expression
    value: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Remove:
    """`remove link`."""

    target: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Move:
    """`-> nurture long_term` as what a step or rule does."""

    destination: Destination
    span: Span


Action: TypeAlias = Notify | Task | Send | Flag | Make | Set | Remove | Move

# ── Teams, queues, pools, nurture ──


@dataclass(frozen=True, slots=True)
class Members:
    """`members where C`."""

    condition: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class PreferLine:
    """`prefer C` in a team."""

    prefer: tuple[Prefer, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class PickLine:
    """`pick least loaded`, `pick round robin`, `pick weighted by quota`."""

    method: Literal["least loaded", "round robin", "weighted by"]
    weight: Expression | None
    span: Span


@dataclass(frozen=True, slots=True)
class Hold:
    """`hold at most capacity Lead where …`."""

    limit: Expression
    records: Records | None
    span: Span


@dataclass(frozen=True, slots=True)
class Claim:
    """`claim at most 10 per day`; `per` is day, week or month."""

    count: Number
    per: str
    span: Span


@dataclass(frozen=True, slots=True)
class FormerOwnerWaits:
    """`former owner waits 7 days`."""

    span_of_time: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class OtherwiseLine:
    """`otherwise -> pool public` in a team, queue or pool."""

    destination: Destination
    span: Span


PlaceLine: TypeAlias = Members | PreferLine | PickLine | Hold | Claim | FormerOwnerWaits | Notify | OtherwiseLine


@dataclass(frozen=True, slots=True)
class NurtureStep:
    """`at start …`, `after 2 days when C …`, `after 2 days otherwise …`; `after` None is at the start."""

    after: Expression | None
    branch: Literal["always", "when", "otherwise"]
    condition: Expression | None
    action: Action
    span: Span


@dataclass(frozen=True, slots=True)
class Stop:
    """`stop when C [-> destination]`."""

    condition: Expression
    destination: Destination | None
    span: Span


@dataclass(frozen=True, slots=True)
class PlaceDeclaration:
    """`team north { … }`, `queue key_accounts "label"`, `pool public { … }`, `nurture long_term on R { … }`.

    `lines` are the body's (None where there is no body); `trigger`, steps and stops only of a nurture programme.
    """

    kind: Literal["team", "queue", "pool", "nurture"]
    name: Name
    label: Text | None
    span: Span
    lines: tuple[PlaceLine | NurtureStep | Stop, ...] | None = None
    trigger: Records | None = None


# ── Leases, clocks, channels ──


@dataclass(frozen=True, slots=True)
class Reminder:
    """`remind owner by wecom 4 work hours before`."""

    to: Expression
    channel: Name | None
    before: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class RecallEntry:
    """`NAME: at T when C unless D -> destination, reminders`; or `when …` or `on return for [a, b]` without `at`."""

    name: Name
    at: Expression | None
    when: Expression | None
    unless: Expression | None
    on_return: ListOf | None
    destination: Destination
    reminders: tuple[Reminder, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Recall:
    """`recall while C { … }`."""

    while_: Expression | None
    entries: tuple[RecallEntry, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class SlaLine:
    """`from T`, `until C`, `paused while C`, `when C`; `word` is that."""

    word: Literal["from", "until", "paused while", "when"]
    value: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class SlaStep:
    """`at 80% * 8 work hours notify …`."""

    after: Expression
    action: Action
    span: Span


@dataclass(frozen=True, slots=True)
class Sla:
    """`sla first_response "…" { … }`."""

    name: Name
    label: Text | None
    lines: tuple[SlaLine | SlaStep, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class OnlyWhen:
    """`only when consent`."""

    condition: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Quiet:
    """`quiet 20:00 to 08:00`."""

    start: Clock
    end: Clock
    span: Span


@dataclass(frozen=True, slots=True)
class ChannelGuard:
    """`channel email { only when …; at most 2 per week; quiet 20:00 to 08:00 }`."""

    name: Name
    lines: tuple[OnlyWhen | Claim | Quiet, ...]
    span: Span


# ── Attribution, goals, duplicates ──


@dataclass(frozen=True, slots=True)
class Share:
    """`30% first`, `30% entered(MQL)`, `100% all, halving every 7 days`."""

    amount: Quantity
    role: Literal["first", "last", "all", "others"] | None
    time: Expression | None
    halving: Expression | None
    span: Span


@dataclass(frozen=True, slots=True)
class Attribution:
    """`attribution NAME over R { shares }`, `attribution NAME = models.w(…) over R`, or a model with parameters and
    without records in a module: `attribution NAME(sql: stage) { shares }`."""

    name: Name
    label: Text | None
    parameters: tuple[Parameter, ...] | None
    made_from: Expression | None
    records: Records | None
    shares: tuple[Share, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class GoalLine:
    """`revenue M by DATE`, `deal M`, `rate A to B 25%`, `rates within D`; `word` is the first word.

    `value` is the money, the percentage or the span, `end` the date of a revenue, `steps` the two stages of a rate.
    """

    word: Literal["revenue", "deal", "rate", "rates"]
    value: Expression
    end: Expression | None
    steps: tuple[Name, Name] | None
    span: Span


@dataclass(frozen=True, slots=True)
class Goal:
    """`goal y2026 "…" { … }`."""

    name: Name
    label: Text | None
    lines: tuple[GoalLine, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Same:
    """`same company, title`."""

    fields: tuple[Name, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Keep:
    """`keep earliest created_at`."""

    order: Literal["earliest", "latest"]
    field: Name
    span: Span


@dataclass(frozen=True, slots=True)
class Duplicate:
    """`duplicate Lead { … }`."""

    fact: Name
    lines: tuple[Same | Keep, ...]
    span: Span


# ── Rules and promises ──


@dataclass(frozen=True, slots=True)
class Pattern:
    """`when lead: Lead where …`."""

    name: Name
    records: Records
    span: Span


@dataclass(frozen=True, slots=True)
class Guard:
    """`when C` in a rule."""

    condition: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class RuleLet:
    """`let open = count(…)` in a rule."""

    name: Name
    value: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Then:
    """`then ACTION`."""

    action: Action
    span: Span


@dataclass(frozen=True, slots=True)
class Rule:
    """`rule NAME "label" priority 10 { when …; then … }`; lines in the order written."""

    name: Name
    label: Text | None
    priority: Expression | None
    lines: tuple[Pattern | Guard | RuleLet | Then, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Always:
    """`always "promise" { condition }`."""

    name: Text
    condition: Expression
    span: Span
