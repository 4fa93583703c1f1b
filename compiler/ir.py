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

from pydantic import BaseModel, ConfigDict, Field


class Node(BaseModel):
    """Base of every IR model: frozen, no extra keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Place(Node):
    """Where something stands in the author's file; lines and columns from 1, the end exclusive."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int


# ── Types and constants ──

Kind: TypeAlias = Literal[
    "text", "int", "number", "bool", "money", "percent", "duration", "work_hours", "workdays",
    "time", "date", "email", "phone", "choice", "list", "fact",
]  # fmt: skip


class Type(Node):
    """A type. `currency` for money; `choices` and `ordered` for choice (lowest first); `item` for list; `fact`
    names the fact that a reference points to."""

    kind: Kind
    currency: str | None = None
    choices: tuple[str, ...] | None = None
    ordered: bool = False
    item: Type | None = None
    fact: str | None = None


class Duration(Node):
    """Calendar months, days of one clock time, and exact microseconds. Compared as ruling 16 says."""

    months: int = 0
    days: int = 0
    micros: int = 0


Scalar: TypeAlias = bool | int | str | Duration
ConstValue: TypeAlias = Scalar | tuple[Scalar, ...]


class Const(Node):
    """A literal. `value` by kind: text, email, phone, choice, fact (a key): str; bool: bool; int, number, money,
    percent (25% is "0.25"), work_hours, workdays: a decimal string; duration: Duration; time: int, microseconds
    since 1970-01-01 UTC; date: "YYYY-MM-DD"; list: a tuple of such values (lists don't nest)."""

    op: Literal["const"] = "const"
    type: Type
    value: ConstValue


# ── Expressions: three-valued (known, unknown, nothing) ──


class FieldRef(Node):
    """A field of `this`, or a path through references: ("owner", "manager", "level")."""

    op: Literal["field"] = "field"
    path: tuple[str, ...]
    type: Type
    nothing: bool = False
    """Whether it can be nothing (declared `or none`, or reached through something that can be)."""


class LetRef(Node):
    """A let. Transparent: it means what its expression would mean here (`is known` in a gate too)."""

    op: Literal["let"] = "let"
    name: str
    type: Type


class ScoreRef(Node):
    """A score's value, or its `low(…)` or `high(…)`. Never unknown (ruling 25)."""

    op: Literal["score"] = "score"
    name: str
    bound: Literal["value", "low", "high"] = "value"


class TableRef(Node):
    """A table's outcome; `output` names one of several outputs. `collect` gives a list."""

    op: Literal["table"] = "table"
    name: str
    output: str | None = None
    type: Type


class GateRef(Node):
    """`bant passes` or `bant fails`: true, false, or unknown while the gate's verdict is."""

    op: Literal["gate"] = "gate"
    name: str
    verdict: Literal["pass", "fail"]


class StageRef(Node):
    """Whether a stage is reached: Kleene, false when disqualified (ruling 35)."""

    op: Literal["stage_reached"] = "stage_reached"
    name: str


class StageValue(Node):
    """`stage`: the last stage that is true, or nothing. Never unknown. Its type is the ordered choice of stages."""

    op: Literal["stage"] = "stage"
    type: Type


class Disqualified(Node):
    """`disqualified`: whether any disqualify entry is true. Never unknown."""

    op: Literal["disqualified"] = "disqualified"


class ListRef(Node):
    """A declared list (its items in `Policy.lists`)."""

    op: Literal["list"] = "list"
    name: str
    type: Type


class And(Node):
    """Kleene conjunction."""

    op: Literal["and"] = "and"
    args: tuple[Expr, ...]


class Or(Node):
    """Kleene disjunction. `a implies b` arrives as `not a or b`."""

    op: Literal["or"] = "or"
    args: tuple[Expr, ...]


class Not(Node):
    """Kleene negation; of nothing: true (ruling 2)."""

    op: Literal["not"] = "not"
    arg: Expr


class Certainly(Node):
    """True only where the argument is true."""

    op: Literal["certainly"] = "certainly"
    arg: Expr


class Possibly(Node):
    """True where the argument is true or unknown; of nothing: false (ruling 79)."""

    op: Literal["possibly"] = "possibly"
    arg: Expr


class IsKnown(Node):
    """`x is known`: false of unknown and of nothing. In a gate: unknown while x is unknown (ruling 32)."""

    op: Literal["is_known"] = "is_known"
    arg: Expr


class IsUnknown(Node):
    """`x is unknown`: true of unknown only."""

    op: Literal["is_unknown"] = "is_unknown"
    arg: Expr


class Compare(Node):
    """`eq lt le gt ge` of two values of comparable types; with nothing: false (ruling 2).

    `is not` is `not (… eq …)`. Choices in order compare by their position; durations as ruling 16 says.
    """

    op: Literal["compare"] = "compare"
    relation: Literal["eq", "lt", "le", "gt", "ge"]
    left: Expr
    right: Expr


class Between(Node):
    """`x in low to high`, both ends in. Same as `x >= low and x <= high`."""

    op: Literal["between"] = "between"
    item: Expr
    low: Expr
    high: Expr


class In(Node):
    """Membership in a list (ruling 5): `x in L`, or `L contains x`."""

    op: Literal["in"] = "in"
    item: Expr
    items: Expr


class TextTest(Node):
    """`contains`, `starts with`, `ends with` on texts, by code points."""

    op: Literal["text_test"] = "text_test"
    test: Literal["contains", "starts", "ends"]
    text: Expr
    part: Expr


class Arith(Node):
    """`+ - * /`. Unknown with unknown, nothing with nothing (nothing wins), division by zero gives nothing.

    `mul` and `div` round to 6 places, half away from zero.
    """

    op: Literal["arith"] = "arith"
    operator: Literal["add", "sub", "mul", "div"]
    left: Expr
    right: Expr
    type: Type


class Neg(Node):
    """Unary minus."""

    op: Literal["neg"] = "neg"
    arg: Expr
    type: Type


class Call(Node):
    """A built-in function: `domain(email)`, `plain(text)`, `age(time)`, `earlier(a, b, …)`, `later(a, b, …)`."""

    op: Literal["call"] = "call"
    function: Literal["domain", "plain", "age", "earlier", "later"]
    args: tuple[Expr, ...]
    type: Type


Expr: TypeAlias = Annotated[
    Const | FieldRef | LetRef | ScoreRef | TableRef | GateRef | StageRef | StageValue | Disqualified | ListRef
    | And | Or | Not | Certainly | Possibly | IsKnown | IsUnknown | Compare | Between | In | TextTest
    | Arith | Neg | Call,
    Field(discriminator="op"),
]  # fmt: skip


class Clause(Node):
    """One part of an `and` chain, in the author's words."""

    expr: Expr
    text: str
    reads: tuple[str, ...] = ()
    """The parts it reads directly or through lets: "score fit", "gate bant", "table priority", "stage MQL",
    "disqualify". In order of appearance, each once."""


class Condition(Node):
    """The Kleene conjunction of its clauses (never empty)."""

    clauses: tuple[Clause, ...]


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
    """A fact type. At most one field is the key."""

    name: str
    fields: tuple[FactField, ...]
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


class GroupEntry(Node):
    """Its entries add up, then the cap (`limit`: the size, both ways), then the block's sum. Groups don't nest."""

    kind: Literal["group"] = "group"
    name: str | None
    limit: str | None
    entries: tuple[Annotated[PlainEntry | PointsEntry | BandsEntry, Field(discriminator="kind")], ...]
    text: str
    place: Place


ScoreEntry: TypeAlias = Annotated[PlainEntry | PointsEntry | BandsEntry | GroupEntry, Field(discriminator="kind")]


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


class Destination(Node):
    """Where a lead goes. `member` for kind member: an expression of a fact type, or a text constant (a key).
    `text` is how decisions print it: "pool public", "nurture for 90 days", "member", "closed"."""

    kind: Literal["owner", "member", "team", "queue", "pool", "nurture", "closed"]
    name: str | None = None
    member: Expr | None = None
    duration: Duration | None = None
    text: str


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


class Declared(Node):
    """A team, queue, pool or nurture programme that destinations may name."""

    kind: Literal["team", "queue", "pool", "nurture"]
    name: str
    label: str | None
    place: Place


# ── Tests ──


class GivenField(Node):
    """`value` None is unknown; `nothing` true is `none`; `ref` names another given record."""

    name: str
    value: Const | None = None
    nothing: bool = False
    ref: str | None = None


class Given(Node):
    name: str | None
    fact: str
    fields: tuple[GivenField, ...]


class ExpectCondition(Node):
    kind: Literal["condition"] = "condition"
    condition: Condition
    text: str
    place: Place


class ExpectRoute(Node):
    """`destination` None: undecided."""

    kind: Literal["route"] = "route"
    destination: Destination | None
    negated: bool
    text: str
    place: Place


class ExpectMissing(Node):
    kind: Literal["missing"] = "missing"
    fields: tuple[str, ...]
    text: str
    place: Place


Expect: TypeAlias = Annotated[ExpectCondition | ExpectRoute | ExpectMissing, Field(discriminator="kind")]


class Test(Node):
    """`now`: microseconds since 1970 UTC: the latest time given (ruling 75), or 2000-01-01 in the zone."""

    __test__ = False

    name: str
    given: tuple[Given, ...]
    expects: tuple[Expect, ...]
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
    reads_facts: tuple[str, ...]
    """Fact types other than `about` of which fields are read or existence is tested: must be passed (ruling 8)."""
    reads_now: bool
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
