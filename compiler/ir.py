"""The intermediate representation: a checked policy, with nothing left to look up.

Every backend reads this and nothing else: the reference interpreter, the generated Python, later SQL and proofs.
Models are frozen, go through JSON and back unchanged, and have a JSON Schema (`Policy.model_json_schema()`).

Invariants (checked by `leadpolicy.compiler.lowering`, relied on by all backends):
- every name resolves: a `FieldRef`, `LetRef`, `ScoreRef`, `TableRef`, `GateRef`, `StageRef`, `ListRef` names a
  declared thing; the graph of lets, scores, tables, gates, disqualify, stages and route has no cycle;
- declarations stand in the order written, but for lets, which stand behind those that they read; `Policy.order` is an
  order of all parts in which each reads only earlier ones;
- operands of a comparison have comparable types; texts are NFC and trimmed, e-mails lower-case, phones in digits;
- numbers are decimal strings without exponent or trailing zeros, at most 6 places, below 10**12 in size;
- `Condition.clauses` are the parts of an `and` chain: the condition is their Kleene conjunction.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from leadpolicy.compiler.ir_blocks import *
from leadpolicy.compiler.ir_calendar import *
from leadpolicy.compiler.ir_expressions import *

# ── Facts, lists, lets ──


Role: TypeAlias = Literal["owner", "assigned", "created", "happened"]


class FactField(Node):
    """One field. `markers` are the texts that mean unknown for it: the policy's and its own."""

    name: str
    type: Type
    key: bool = False
    required: bool = False
    or_none: bool = False
    role: Role | None = None
    label: str | None = None
    ask: str | None = None
    markers: tuple[str, ...] = ()
    place: Place


class Fact(Node):
    """A fact or event type. At most one field is the key.

    `of`: the fact type that each record belongs to: records carry its key beside their fields. `dated`: the field
    that dates a record: the one with the role happened, else the only `required` time field; null where none is.
    `concluded`: made by a rule, never passed (ruling 64).
    """

    name: str
    fields: tuple[FactField, ...]
    event: bool = False
    of: str | None = None
    dated: str | None = None
    concluded: bool = False
    place: Place


class NamedList(Node):
    """A list of constants, in the order written, each once."""

    name: str
    type: Type
    items: tuple[ConstValue, ...]
    place: Place


class Let(Node):
    """A named expression. `reads` as in `Clause`."""

    name: str
    type: Type
    expr: Expr
    text: str
    reads: tuple[str, ...] = ()
    place: Place


# ── Scores ──


class PlainEntry(Node):
    """Points when a condition holds (always, where there is none). `points` is numeric; an unknown or nothing gives
    nothing to the value. `label` is what reasons call the entry: the author's words."""

    kind: Literal["plain"] = "plain"
    points: Expr
    condition: Condition | None
    because: str | None
    text: str
    place: Place


class ChoicePoints(Node):
    choice: str
    points: str


class PointsEntry(Node):
    """Points by choice; an unlisted choice gives 0; unknown: unsettled (ruling 76)."""

    kind: Literal["points"] = "points"
    subject: Expr
    choices: tuple[ChoicePoints, ...]
    text: str
    place: Place


class Band(Node):
    """`condition` is about the bands' subject."""

    points: str
    condition: Condition
    because: str | None
    text: str
    place: Place


class BandsEntry(Node):
    """The first band that is true counts; a band that is unknown above it makes the entry unknown."""

    kind: Literal["bands"] = "bands"
    subject: Expr
    bands: tuple[Band, ...]
    text: str
    place: Place


class Decay(Node):
    """The factor by age (rulings 10, 78): d is the number of midnights in the policy's zone between the record's time
    and now; halving: ½^(d ÷ days); fading: (days − d) ÷ days, 0 from `days` on; both rounded to 9 places."""

    kind: Literal["halving", "fading"]
    days: int


class EventEntry(Node):
    """`+5 each Activity where … within …`: filter, window, repeat rule, decay, then the entry's cap.

    `once`: the last record in the window; `once_per_day`: the last of each day in the policy's zone (14). The sum of
    points × factor is exact, then rounded to 6 places, then cut to ± `limit` (10, 28). Only records that count
    certainly give to the value (27).
    """

    kind: Literal["event"] = "event"
    points: str
    repeat: Literal["each", "once", "once_per_day"]
    records: Records
    decay: Decay | None
    limit: str | None
    because: str | None
    text: str
    place: Place


class GroupEntry(Node):
    """Its entries add up, then the cap (`limit`: the size, both ways), then the block's sum. Groups don't nest."""

    kind: Literal["group"] = "group"
    name: str | None
    limit: str | None
    entries: tuple[Annotated[PlainEntry | PointsEntry | BandsEntry | EventEntry, Field(discriminator="kind")], ...]
    text: str
    place: Place


ScoreEntry: TypeAlias = Annotated[
    PlainEntry | PointsEntry | BandsEntry | EventEntry | GroupEntry, Field(discriminator="kind")
]


class Score(Node):
    """Entries, or an expression over other scores (+, -, and × or ÷ by a number). `low`, `high`: the range."""

    name: str
    label: str | None
    low: str | None
    high: str | None
    entries: tuple[ScoreEntry, ...] | None
    expr: Expr | None
    reads: tuple[str, ...] = ()
    text: str
    place: Place


# ── Tables ──


class TableOutput(Node):
    """`name` is None where the table has one output and goes by the table's own name."""

    name: str | None
    type: Type


class Row(Node):
    """`condition` None matches anything."""

    condition: Condition | None
    outputs: tuple[ConstValue, ...]
    text: str
    place: Place


class Table(Node):
    """`complete`: proved that for every input some row is true (unknowns aside)."""

    name: str
    label: str | None
    hit: Literal["first", "unique", "collect"]
    inputs: tuple[Expr, ...]
    outputs: tuple[TableOutput, ...]
    rows: tuple[Row, ...]
    complete: bool
    place: Place


# ── Qualification and routing ──


class Criterion(Node):
    name: str
    condition: Condition
    ask: str | None
    text: str
    place: Place


class Gate(Node):
    """Passes when at least `needed` criteria do."""

    name: str
    label: str | None
    criteria: tuple[Criterion, ...]
    needed: int
    place: Place


class DisqualifyEntry(Node):
    name: str
    condition: Condition
    destination: Destination
    text: str
    place: Place


class Stage(Node):
    name: str
    condition: Condition
    text: str
    place: Place


class RouteEntry(Node):
    """`condition` None for `otherwise` (then `name` is "otherwise", and it is the last)."""

    name: str
    condition: Condition | None
    destination: Destination
    text: str
    place: Place


class Route(Node):
    entries: tuple[RouteEntry, ...]
    undecided: Destination | None
    place: Place


# ── Tests ──


class GivenField(Node):
    """`value` None is unknown; `nothing` true is `none`; `ref` names another given record."""

    name: str
    value: Const | None = None
    nothing: bool = False
    ref: str | None = None


class Given(Node):
    """A record. `of`: the name of the given record that it belongs to (null: the record decided about)."""

    name: str | None
    fact: str
    of: str | None = None
    fields: tuple[GivenField, ...]


class ExpectCondition(Node):
    """`at`: microseconds since 1970 UTC, null: the test's `now`; likewise below."""

    kind: Literal["condition"] = "condition"
    condition: Condition
    at: int | None = None
    text: str
    place: Place


class ExpectRoute(Node):
    """`destination` None: undecided. `holder`: about who holds the lead, not about the route; then `owner`
    is a given record's name or a key, and nobody is `destination` None."""

    kind: Literal["route"] = "route"
    destination: Destination | None
    negated: bool
    holder: bool = False
    at: int | None = None
    text: str
    place: Place


class ExpectMissing(Node):
    kind: Literal["missing"] = "missing"
    fields: tuple[str, ...]
    at: int | None = None
    text: str
    place: Place


class ExpectEffect(Node):
    """`expect remind lin by wecom`, `expect flag fake_contact on lead`, `expect no notify` (ruling 87). `to`,
    `channel`, `content` null: any. `to` is a given record's name, or a key."""

    kind: Literal["effect"] = "effect"
    negated: bool
    effect: Literal["notify", "task", "send", "flag", "remind"]
    to: str | None = None
    channel: str | None = None
    content: str | None = None
    at: int | None = None
    text: str
    place: Place


Expect: TypeAlias = Annotated[
    ExpectCondition | ExpectRoute | ExpectMissing | ExpectEffect, Field(discriminator="kind")
]


class Test(Node):
    """`now`: microseconds since 1970 UTC: the latest time given (ruling 75), or 2000-01-01 in the zone. `start`: the
    earliest, when the test begins. Events appear at their times."""

    __test__ = False

    name: str
    given: tuple[Given, ...]
    expects: tuple[Expect, ...]
    start: int
    now: int
    place: Place


# ── The whole ──


class Zone(Node):
    """A time zone's rules, compiled in (ruling 17).

    `transitions` are (instant in seconds since 1970 UTC, offset in seconds east of UTC from then on), ascending;
    before the first, `first_offset` holds.
    """

    name: str
    tzdata: str
    first_offset: int
    transitions: tuple[tuple[int, int], ...]


class Policy(Node):
    """A whole policy. `digest` is of everything that has a meaning: not of places, texts, labels or tests."""

    ir_version: Literal[1] = 1
    name: str
    version: str
    about: str
    member_fact: str | None
    """The fact type that `-> member` names: that of the owner field, else the one called Member."""
    zone: Zone
    currency: str | None
    country: str | None
    calling_code: str | None
    """The country's telephone prefix, digits only: what a phone number without one gets (ruling 22)."""
    channels: tuple[str, ...]
    newest_first: bool = False
    calendars: tuple[Calendar, ...] = ()
    calendar: str | None = None
    """The calendar that work hours and workdays count in where none is named."""
    facts: tuple[Fact, ...]
    lists: tuple[NamedList, ...]
    lets: tuple[Let, ...]
    scores: tuple[Score, ...]
    tables: tuple[Table, ...]
    gates: tuple[Gate, ...]
    disqualify: tuple[DisqualifyEntry, ...] | None
    funnel: tuple[Stage, ...] | None
    declared: tuple[Declared, ...]
    route: Route | None
    recall: Recall | None = None
    slas: tuple[Sla, ...] = ()
    channel_guards: tuple[ChannelGuard, ...] = ()
    nurtures: tuple[Nurture, ...] = ()
    attributions: tuple[Attribution, ...] = ()
    rules: tuple[Rule, ...] = ()
    promises: tuple[Promise, ...] = ()
    goals: tuple[Goal, ...] = ()
    duplicates: tuple[Duplicate, ...] = ()
    won_when: Condition | None = None
    """The funnel's `won when …` (ruling 73)."""
    reads_facts: tuple[str, ...]
    """Fact types of which decisions read records other than `this`, or test existence: must be passed (ruling 8).
    `about` is among them where `Records` of it are read; this record itself is always one of them."""
    reads_events: tuple[str, ...] = ()
    """Event types that decisions read: must be passed too. Concluded types are in neither."""
    reads_now: bool
    reads_entered: bool = False
    """Whether decisions read `entered(…)`: then the stage-entry table is passed, or made by a replay."""
    order: tuple[str, ...] = ()
    """All parts ("let x", "score fit", "table priority", "gate bant", "disqualify", "stage SQL", "route"), each
    behind those that it reads: an order in which they can be worked out one after the other."""
    tests: tuple[Test, ...]
    digest: str

    def fact(self, name: str) -> Fact:
        """The fact type of that name (KeyError where there is none)."""
        for f in self.facts:
            if f.name == name:
                return f
        raise KeyError(name)
