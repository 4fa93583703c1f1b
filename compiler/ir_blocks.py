"""Blocks of the intermediate representation beyond the decision: leases, clocks, effects, rules, credit, promises.

Part of the IR (see `leadpolicy.compiler.ir` for its rules). `Recall`, `Attribution` and `Duplicate` are worked out by
every backend; the rest is checked and carried here for the session, the prover and the reports.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from leadpolicy.compiler.ir_expressions import Condition, Const, Duration, Expr, Leave, Node, Place, Records

# ── Destinations ──


class Destination(Node):
    """Where a lead goes. `member` for kind member: an expression of a fact type, or a text constant (a key).

    `text` is how decisions print it: "pool public", "nurture for 90 days", "member", "closed". Kinds previous_owner,
    own_pool and same_team are looked up when the move is made; route decides anew.
    """

    kind: Literal[
        "owner", "member", "team", "queue", "pool", "nurture", "closed", "previous_owner", "own_pool", "same_team",
        "route",
    ]  # fmt: skip
    name: str | None = None
    member: Expr | None = None
    duration: Duration | None = None
    text: str


# ── Effects ──


class Template(Node):
    """A text with values put in: `"{this.company}"`. Unknown prints `?`, nothing prints nothing (ruling 68)."""

    parts: tuple[str | Expr, ...]


class Notify(Node):
    """`notify owner.manager by wecom "…"`; `to` null in a team or queue: whoever gets the lead."""

    kind: Literal["notify"] = "notify"
    to: Expr | None
    channel: str | None
    message: Template
    text: str
    place: Place


class Task(Node):
    """`task owner.manager "…" due in 2 work hours`."""

    kind: Literal["task"] = "task"
    to: Expr
    message: Template
    due: Const | None
    calendar: str | None
    text: str
    place: Place


class Send(Node):
    """`send "welcome" by email`: a named content to the lead."""

    kind: Literal["send"] = "send"
    content: Template
    channel: str | None
    text: str
    place: Place


class Flag(Node):
    """`flag lead as fake_contact`."""

    kind: Literal["flag"] = "flag"
    record: Expr
    flag: str
    text: str
    place: Place


class FieldValue(Node):
    """A field of a fact to be made or changed; `value` null: unknown, `nothing`: none."""

    name: str
    value: Expr | None
    nothing: bool = False


class Conclude(Node):
    """`conclude F of lead { … }`: holds as long as its reasons do. `of`: the key of the record that it belongs to."""

    kind: Literal["conclude"] = "conclude"
    fact: str
    of: Expr | None
    fields: tuple[FieldValue, ...]
    text: str
    place: Place


class Add(Node):
    """`add F of lead { … }`: a fact that stays."""

    kind: Literal["add"] = "add"
    fact: str
    of: Expr | None
    fields: tuple[FieldValue, ...]
    text: str
    place: Place


class Set(Node):
    """`set lead.status to invalid`."""

    kind: Literal["set"] = "set"
    var: str
    field: FieldValue
    text: str
    place: Place


class Remove(Node):
    """`remove link`: the fact bound to `var`."""

    kind: Literal["remove"] = "remove"
    var: str
    text: str
    place: Place


class Move(Node):
    """`-> nurture long_term`."""

    kind: Literal["move"] = "move"
    destination: Destination
    text: str
    place: Place


Action: TypeAlias = Annotated[
    Notify | Task | Send | Flag | Conclude | Add | Set | Remove | Move, Field(discriminator="kind")
]

# ── Teams, queues, pools, nurture ──


class Hold(Node):
    """`hold at most capacity Lead where …`, for each member; `limit` reads the member."""

    limit: Expr
    records: Records | None
    text: str


class Picking(Node):
    """How a team picks among those eligible: ties go by the member's key."""

    method: Literal["least_loaded", "round_robin", "weighted"]
    weight: Expr | None = None


class Declared(Node):
    """A team, queue, pool or nurture programme that destinations may name.

    `members`, `prefer`, `hold`, `pick.weight` read a member, bound to `member`; fields that it lacks are the lead's.
    `claims_per_day`, `waits_days` for pools and teams. `otherwise`: where a lead goes that nobody is eligible for.
    """

    kind: Literal["team", "queue", "pool", "nurture"]
    name: str
    label: str | None
    var: str | None = None
    members: Condition | None = None
    prefer: tuple[Condition, ...] = ()
    pick: Picking | None = None
    hold: tuple[Hold, ...] = ()
    claims_per_day: int | None = None
    waits_days: int | None = None
    notify: tuple[Notify, ...] = ()
    otherwise: Destination | None = None
    place: Place


class NurtureStep(Node):
    """`after 2 days when C send …`: `after` null is at the start. `branch`: otherwise means: where no earlier step of
    the same `after` was taken."""

    after: Const | None
    calendar: str | None
    branch: Literal["always", "when", "otherwise"]
    condition: Condition | None
    action: Action
    place: Place


class Nurture(Node):
    """A nurture programme's body; `name` is that of its `Declared`."""

    name: str
    trigger: Records | None
    steps: tuple[NurtureStep, ...]
    stop: Condition | None
    stop_to: Destination | None
    place: Place


# ── Leases ──


class Reminder(Node):
    """`remind owner by wecom 4 work hours before`. `before`: a duration, work hours or workdays; in the calendar
    without what `leave` takes."""

    to: Expr
    channel: str | None
    before: Const
    calendar: str | None
    leave: tuple[Leave, ...] = ()
    text: str
    place: Place


class RecallEntry(Node):
    """`at T [when C] [unless D] -> destination, reminders`, or `when C -> …`, or `on return for [a, b] -> …`.

    Exactly one of `at`, `when` without `at`, `on_return` starts it. `calendars`: those that `at` counts in, through
    lets: what a due time beyond their published years is provisional by.
    """

    name: str
    at: Expr | None
    when: Condition | None
    unless: Condition | None
    on_return: tuple[str, ...] | None
    destination: Destination
    reminders: tuple[Reminder, ...]
    calendars: tuple[str, ...] = ()
    text: str
    place: Place


class Recall(Node):
    """The lease. It runs while `while_` is certainly true (always, where it is null)."""

    while_: Condition | None
    entries: tuple[RecallEntry, ...]
    place: Place


# ── Service levels and channels ──


class SlaStep(Node):
    """`at 80% * 8 work hours notify …`: the share is worked out; `after` a duration, work hours or workdays, counted
    in the calendar without what `leave` takes."""

    after: Const
    calendar: str | None
    leave: tuple[Leave, ...] = ()
    action: Action
    text: str
    place: Place


class Sla(Node):
    """A clock from a time until a condition, paused while another holds (ruling 82); it runs only while `when` is
    certainly true."""

    name: str
    label: str | None
    when: Condition | None
    start: Expr
    until: Condition | None
    paused: Condition | None
    steps: tuple[SlaStep, ...]
    place: Place


class ChannelLimit(Node):
    """`at most 2 per week`: `per` is a day, a week (7 days) or a month (30 days), in days."""

    count: int
    per_days: int


class ChannelGuard(Node):
    """What may go through a channel (ruling 83). `quiet`: minutes of the local day, from and to."""

    channel: str
    only_when: Condition | None
    limits: tuple[ChannelLimit, ...]
    quiet: tuple[int, int] | None
    place: Place


# ── Attribution, goals, duplicates ──


class Share(Node):
    """`30% first`, `30% entered(MQL)`, `100% all, halving every 7 days`. `share` is a decimal: 30 % is "0.3".

    `role` time: the last touch at or before `time` (ruling 70).
    """

    share: str
    role: Literal["first", "last", "all", "others", "time"]
    time: Expr | None = None
    halving_days: int | None = None
    text: str


class Attribution(Node):
    """A credit model over the touches that are certainly in `records`; its window counts back from the last touch
    that is left, not from now (ruling 69), so it stands here and `records.window` is null."""

    name: str
    label: str | None
    records: Records
    window: int | None
    shares: tuple[Share, ...]
    place: Place


class GoalRate(Node):
    """`rate SQL to won 25%`: a decimal; the other rates are measured."""

    start: str
    end: str
    rate: str


class Goal(Node):
    """`goal y2026 { revenue … by …; deal …; rate …; rates within … }`. `end` is the last day, "YYYY-MM-DD"."""

    name: str
    label: str | None
    revenue: Const
    end: str
    deal: Const
    rates: tuple[GoalRate, ...]
    measured_days: int | None
    place: Place


class Duplicate(Node):
    """Which records of a fact are the same: all fields of one of `same` are known and equal (ruling 74)."""

    fact: str
    same: tuple[tuple[str, ...], ...]
    keep: Literal["earliest", "latest"]
    by: str
    place: Place


# ── Rules and promises ──


class Pattern(Node):
    """`when lead: Lead where …`: binds a record to `records.var`; the later conditions may read it."""

    kind: Literal["pattern"] = "pattern"
    records: Records
    text: str
    place: Place


class Guard(Node):
    """`when open > 40`, `when no Activity of lead where …`."""

    kind: Literal["guard"] = "guard"
    condition: Condition
    text: str
    place: Place


class RuleLet(Node):
    """`let open = count(…)` inside a rule; read as a `VarRef`."""

    kind: Literal["let"] = "let"
    name: str
    expr: Expr
    text: str
    place: Place


class Rule(Node):
    """Patterns over all facts, matched left to right; firing order by priority, then file order (ruling 63)."""

    name: str
    label: str | None
    priority: int
    body: tuple[Annotated[Pattern | Guard | RuleLet, Field(discriminator="kind")], ...]
    actions: tuple[Action, ...]
    place: Place


class Promise(Node):
    """`always "…" { condition }`."""

    name: str
    condition: Condition
    text: str
    place: Place
