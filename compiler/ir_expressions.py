"""Types, constants and expressions of the intermediate representation (rules: `leadpolicy.compiler.ir`)."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field


class Node(BaseModel):
    """Base of every IR model: frozen, no extra keys. Schemas are built at first use: each holds all expressions."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


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
    """A field of a record, or a path through references: ("owner", "manager", "level").

    `var` says whose: "this" is the record decided about, another name a record that `Records` or a rule binds.
    """

    op: Literal["field"] = "field"
    var: str = "this"
    path: tuple[str, ...]
    type: Type
    nothing: bool = False
    """Whether it can be nothing (declared `or none`, or reached through something that can be)."""


class LetRef(Node):
    """A let. Transparent: it means what its expression would mean here (`is known` in a gate too)."""

    op: Literal["let"] = "let"
    of: str = "this"
    name: str
    type: Type


class ScoreRef(Node):
    """A score's value, or its `low(…)` or `high(…)`. Never unknown (ruling 25)."""

    op: Literal["score"] = "score"
    of: str = "this"
    name: str
    bound: Literal["value", "low", "high"] = "value"


class TableRef(Node):
    """A table's outcome; `output` names one of several outputs. `collect` gives a list."""

    op: Literal["table"] = "table"
    of: str = "this"
    name: str
    output: str | None = None
    type: Type


class GateRef(Node):
    """`bant passes` or `bant fails`: true, false, or unknown while the gate's verdict is."""

    op: Literal["gate"] = "gate"
    of: str = "this"
    name: str
    verdict: Literal["pass", "fail"]


class StageRef(Node):
    """Whether a stage is reached: Kleene, false when disqualified (ruling 35)."""

    op: Literal["stage_reached"] = "stage_reached"
    of: str = "this"
    name: str


class StageValue(Node):
    """`stage`: the last stage that is true, or nothing. Never unknown. Its type is the ordered choice of stages."""

    op: Literal["stage"] = "stage"
    of: str = "this"
    type: Type


class Disqualified(Node):
    """`disqualified`: whether any disqualify entry is true. Never unknown."""

    op: Literal["disqualified"] = "disqualified"
    of: str = "this"


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

    `mul` and `div` round to 6 places, half away from zero. By `type`: duration: durations added or subtracted part by
    part (months, days, exact time); a duration times a number, which is whole unless the duration is exact time only;
    `time - time` is exact time, `date - date` days; work_hours, workdays: decimals.
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


class TimeAdd(Node):
    """`time + duration`, `time + 24 work hours`, `date + 3 workdays`; `sign` -1 subtracts.

    `type` is time or date, as the left side's. Months first, then days of the same clock time, then exact time
    (rulings 15, 17); work hours and workdays in `calendar` (19, 20), which is null for a duration; without the time
    that `leave` takes: unknown where leave that isn't sure would make a difference (0009, section 4).
    """

    op: Literal["time_add"] = "time_add"
    time: Expr
    amount: Expr
    sign: Literal[1, -1]
    calendar: str | None
    leave: tuple[Leave, ...] = ()
    type: Type


class Leave(Node):
    """`leave Absence of owner from starts to ends`: time of a calendar that isn't worked, a stretch a record.

    Only under `TimeAdd`, and beside a length of work time. `start`, `end`: times, or dates, then the end's day is
    in. A record of which it is unknown whether it counts, when it starts or ends may take time away. One that is
    nothing takes none.
    """

    op: Literal["leave"] = "leave"
    records: Records
    start: Expr
    end: Expr


class During(Node):
    """`during(calendar)`: whether now is open time (ruling 84). Never unknown."""

    op: Literal["during"] = "during"
    calendar: str


class Entered(Node):
    """`entered(SQL)`: when the stage was first reached in the current round, a look-up in the stage-entry table that
    is passed with the facts (rulings 36, 37); nothing where it was not. Never unknown."""

    op: Literal["entered"] = "entered"
    stage: str


class Ago(Node):
    """`ago(total, 24 hours)`: the score's value at `now - span` (microseconds), with today's fields. Rules only."""

    op: Literal["ago"] = "ago"
    score: str
    span: int
    of: str = "this"


# ── Records: events and other facts, picked and counted ──


class VarRef(Node):
    """What a name is bound to: "this", the `var` of `Records` or a rule's record (as references), or a rule's let."""

    op: Literal["var"] = "var"
    name: str
    type: Type


class Window(Node):
    """Which times count, seen from now, by the record's dating field.

    In: `shortest <= now - at < longest` (microseconds; `within`, and `between A and B ago`), and `at >= since`.
    `longest` null: no end; then a record dated after now still doesn't count. `since` unknown: the record is a maybe;
    nothing: no record counts (ruling 11).
    """

    longest: int | None = None
    shortest: int = 0
    since: Expr | None = None


class Records(Node):
    """Records of one fact or event type, bound to `var` one after the other.

    `of`: a reference to the record that they belong to (mostly `VarRef` "this"); null: all of them.
    A record counts if `where` and the window hold of it (Kleene `and`); it is a *maybe* if that is unknown. Events
    dated after now are invisible (12). Order: the dating field, key, position of arrival (13).
    """

    fact: str
    var: str
    of: Expr | None
    where: Condition | None
    window: Window | None
    text: str


class Any(Node):
    """`any R`: the Kleene disjunction over the records; of none: false. `no R` is its negation (ruling 6)."""

    op: Literal["any"] = "any"
    records: Records


class Count(Node):
    """`count(R)`: from sure to sure + maybe records. Compared with a known value it is settled where every number
    between gives the same; as a value, unknown unless both are equal (ruling 6)."""

    op: Literal["count"] = "count"
    records: Records


class Distinct(Node):
    """`distinct(x of R)`: how many different values, counted as `Count` is.

    Least: the different known values of sure records, at least 1 where a sure record's value is unknown. Most: the
    different known values of all records, plus one for each unknown value. Nothing is no value.
    """

    op: Literal["distinct"] = "distinct"
    records: Records
    value: Expr


class Total(Node):
    """`sum(x of R)`, `average(x of R)`: unknown if a record is a maybe or its value unknown; nothing is skipped; the
    sum of none is 0, the average of none nothing. An average rounds to 6 places (rulings 6, 85)."""

    op: Literal["total"] = "total"
    function: Literal["sum", "average"]
    records: Records
    value: Expr
    type: Type


class Prefer(Node):
    """One step of choosing: those of whom `condition` is certainly true, or else all; or the earliest or latest known
    value of `field` (those where it is unknown or nothing come last)."""

    condition: Condition | None = None
    field: Expr | None = None
    order: Literal["earliest", "latest"] | None = None


class Pick(Node):
    """`first(R)`, `last(R)`: a record, or nothing; unknown if a maybe would win (ruling 6).

    Without `prefer`, first and last in the order of `Records`; with it, step by step, ties by key, then arrival (in
    the direction of first or last). Its value is a reference: the key, where the fact has one. It is read by `Attr`,
    compared with references, tested by `is known`, or named by a let.
    """

    op: Literal["pick"] = "pick"
    which: Literal["first", "last"]
    records: Records
    prefer: tuple[Prefer, ...] = ()
    type: Type


class Attr(Node):
    """A field, or a path of fields, of a picked record: of nothing it is nothing, of unknown unknown."""

    op: Literal["attr"] = "attr"
    base: Expr
    path: tuple[str, ...]
    type: Type


class HasRoute(Node):
    """`route is queue x`, `destination is not pool agents`: only in promises and tests. `destination` covers every
    move (ruling 42). `name` null: any of the kind."""

    op: Literal["has_route"] = "has_route"
    what: Literal["route", "destination", "holder"]
    kind: Literal["owner", "member", "team", "queue", "pool", "nurture", "closed", "undecided", "nobody"]
    name: str | None = None
    member: Expr | None = None


Expr: TypeAlias = Annotated[
    Const | FieldRef | LetRef | ScoreRef | TableRef | GateRef | StageRef | StageValue | Disqualified | ListRef
    | And | Or | Not | Certainly | Possibly | IsKnown | IsUnknown | Compare | Between | In | TextTest
    | Arith | Neg | Call | TimeAdd | Leave | During | Entered | Ago | Any | Count | Distinct | Total | Pick | Attr
    | VarRef | HasRoute,
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
