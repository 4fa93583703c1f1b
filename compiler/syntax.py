"""The syntax tree: what the author wrote, with spans, before any name is looked up.

One class a construct. Keywords are canonical here (English), whatever language the file was written in;
names, strings and comments are the author's. Text literals are trimmed and in NFC.
The parser makes this tree; the resolver and the checker read it; nothing changes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, TypeAlias

from leadpolicy.compiler.source import Source, Span

# ── Leaves ──


@dataclass(frozen=True, slots=True)
class Name:
    """A name as written: `fit`, `公司`, or one quoted with back-ticks (`quoted`)."""

    text: str
    span: Span
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """A string literal, unescaped, trimmed, NFC."""

    value: str
    span: Span


@dataclass(frozen=True, slots=True)
class Number:
    """A number without a unit: `5`, `1_000`, `100万`, `0.5`. Never signed."""

    value: Decimal
    span: Span


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with a unit.

    `unit` is canonical: `%`, a currency code (`CNY`; 元 is CNY), or one of `second minute hour day week month
    year work_hour workday` (singular, whatever was written).
    """

    value: Decimal
    unit: str
    span: Span


@dataclass(frozen=True, slots=True)
class Boolean:
    """`true` or `false`."""

    value: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Date:
    """`2026-12-31`."""

    value: date
    span: Span


@dataclass(frozen=True, slots=True)
class Time:
    """`2026-11-20 10:00` (seconds and offset optional). Naive where no offset was written."""

    value: datetime
    span: Span


@dataclass(frozen=True, slots=True)
class Unknown:
    """The word `unknown` or `none` as a value, in a test's `given`."""

    word: Literal["unknown", "none"]
    span: Span


# ── Expressions ──


@dataclass(frozen=True, slots=True)
class ListOf:
    """`[a, b]`."""

    items: tuple[Expression, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Attribute:
    """`base.name`: `this.company`, `owner.manager`, `frameworks.bant`."""

    base: Expression
    name: Name
    span: Span


@dataclass(frozen=True, slots=True)
class Argument:
    """`value` or `name: value`."""

    name: Name | None
    value: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Call:
    """`domain(email)`, `frameworks.bant(budget: …)`. `function` is a Name or an Attribute."""

    function: Expression
    arguments: tuple[Argument, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Unary:
    """`-x`, `not x`, `certainly x`, `possibly x`."""

    operator: Literal["-", "not", "certainly", "possibly"]
    operand: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Binary:
    """Arithmetic and logic, left-associative. `a and b and c` is `(a and b) and c`."""

    operator: Literal["+", "-", "*", "/", "and", "or", "implies"]
    left: Expression
    right: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Range:
    """`low to high`, both ends in; only as the right side of `in` / `not in`."""

    low: Expression
    high: Expression
    span: Span


Relation: TypeAlias = Literal[
    "is",
    "is not",
    "<",
    "<=",
    ">",
    ">=",
    "in",
    "not in",
    "contains",
    "not contains",
    "starts with",
    "ends with",
]


@dataclass(frozen=True, slots=True)
class Comparison:
    """`left relation right`. `=` and `==` arrive here as `is` (the parser has warned)."""

    relation: Relation
    left: Expression
    right: Expression
    span: Span


PostfixOperator: TypeAlias = Literal["is known", "is unknown", "is not known", "passes", "fails"]


@dataclass(frozen=True, slots=True)
class Postfix:
    """`x is known`, `x is unknown`, `x is not known`, `bant passes`, `bant fails`."""

    operator: PostfixOperator
    operand: Expression
    span: Span


Expression: TypeAlias = (
    Name
    | Text
    | Number
    | Quantity
    | Boolean
    | Date
    | Time
    | Unknown
    | ListOf
    | Attribute
    | Call
    | Unary
    | Binary
    | Range
    | Comparison
    | Postfix
)


@dataclass(frozen=True, slots=True)
class UnaryTest:
    """One cell of a table or the condition of a band: a comparison whose left side is the column or subject.

    `relation` None with `postfix` None is `-`: anything. A bare value (`A`, `"华北"`, `5`) is `is`; a bare range
    `200 to 999` is `in`.
    """

    relation: Relation | None
    operand: Expression | None
    postfix: PostfixOperator | None
    span: Span


# ── Types ──


@dataclass(frozen=True, slots=True)
class TypeName:
    """`text`, `int`, `money USD` (name `money`, currency), `Member` (another fact); `or none` where written."""

    name: Name
    currency: Name | None
    or_none: bool
    span: Span


@dataclass(frozen=True, slots=True)
class ChoiceType:
    """`one of [a, b, c]`, `in order` where written."""

    choices: tuple[Name | Text, ...]
    ordered: bool
    or_none: bool
    span: Span


@dataclass(frozen=True, slots=True)
class ListType:
    """`list of T`."""

    item: TypeNode
    or_none: bool
    span: Span


TypeNode: TypeAlias = TypeName | ChoiceType | ListType

# ── Declarations ──


@dataclass(frozen=True, slots=True)
class HeaderLine:
    """One line of the policy's header: `about Lead`, `zone "Asia/Shanghai"`, `unknown ["", "-"]`, …

    `key` is canonical: about, zone, currency, country, calendar, channels, unknown, newest_first.
    `value` is a Name, a Text or a ListOf (None for `newest first`).
    """

    key: str
    value: Expression | None
    span: Span


@dataclass(frozen=True, slots=True)
class Header:
    """`policy NAME version "…" { … }`."""

    name: Name
    version: Text | None
    lines: tuple[HeaderLine, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class FieldModifier:
    """`key`, `required`, a label, `ask "…"`, `unknown [...]`, `as role`.

    `kind` is one of key, required, label, ask, unknown, role; `value` a Text, a ListOf, a Name, or None.
    """

    kind: Literal["key", "required", "label", "ask", "unknown", "role"]
    value: Text | ListOf | Name | None
    span: Span


@dataclass(frozen=True, slots=True)
class FieldNode:
    """One field of a fact."""

    name: Name
    type: TypeNode
    modifiers: tuple[FieldModifier, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Fact:
    """`fact NAME { … }`."""

    name: Name
    fields: tuple[FieldNode, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class ListDeclaration:
    """`list NAME = [..]`, or `= from "FILE" column NAME` (then `items` is None)."""

    name: Name
    items: ListOf | None
    file: Text | None
    column: Name | Text | None
    span: Span


@dataclass(frozen=True, slots=True)
class Let:
    """`let NAME = expression` (parameters come with a later version)."""

    name: Name
    value: Expression
    span: Span


# ── Scores ──


@dataclass(frozen=True, slots=True)
class PlainEntry:
    """`+5 when C because "…"`, `+2 * seats`, `+metrics`. The sign is part of `points` (a Unary `-` for minus)."""

    points: Expression
    condition: Expression | None
    because: Text | None
    span: Span


@dataclass(frozen=True, slots=True)
class Choice:
    """`manager 10` in `points title { … }`; negative points come as a Unary `-`."""

    choice: Name | Text
    points: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class PointsEntry:
    """`points SUBJECT { a 1, b 2 }`."""

    subject: Expression
    choices: tuple[Choice, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Band:
    """`+10 when <= 1 month`."""

    points: Expression
    test: UnaryTest
    because: Text | None
    span: Span


@dataclass(frozen=True, slots=True)
class BandsEntry:
    """`bands SUBJECT { … }`."""

    subject: Expression
    bands: tuple[Band, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class GroupEntry:
    """`group "Label" at most 20 points { … }`; `name` a Text or a Name, `limit` None where there is no cap."""

    name: Name | Text | None
    limit: Expression | None
    entries: tuple[ScoreEntry, ...]
    span: Span


ScoreEntry: TypeAlias = PlainEntry | PointsEntry | BandsEntry | GroupEntry


@dataclass(frozen=True, slots=True)
class Score:
    """`score NAME "label" from a to b { entries }` or `… = expression` (then `entries` is None)."""

    name: Name
    label: Text | None
    low: Expression | None
    high: Expression | None
    entries: tuple[ScoreEntry, ...] | None
    expression: Expression | None
    span: Span


# ── Tables ──


@dataclass(frozen=True, slots=True)
class TableOutput:
    """One output: `priority` of `table priority: T`, or `team_name: text` of `(team_name: text, …)`."""

    name: Name | None
    type: TypeNode
    span: Span


@dataclass(frozen=True, slots=True)
class TableRow:
    """`| cell | cell || out | out |`."""

    cells: tuple[UnaryTest, ...]
    outputs: tuple[Expression, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Table:
    """`table NAME [unique|collect]: T { header row, rows }`. `columns` are the header's left cells."""

    name: Name
    label: Text | None
    hit: Literal["first", "unique", "collect"]
    outputs: tuple[TableOutput, ...]
    columns: tuple[Expression, ...]
    output_columns: tuple[Name, ...]
    rows: tuple[TableRow, ...]
    span: Span


# ── Qualification ──


@dataclass(frozen=True, slots=True)
class Criterion:
    """`budget: condition ask "…"`."""

    name: Name
    condition: Expression
    ask: Text | None
    span: Span


@dataclass(frozen=True, slots=True)
class Gate:
    """`gate NAME "label" { criteria; passes when … }`; `needed` None means all."""

    name: Name
    label: Text | None
    criteria: tuple[Criterion, ...]
    needed: Number | None
    span: Span


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a lead goes.

    `kind`: owner, member, team, queue, pool, nurture, closed, route. `name` is the declared team, queue, pool or
    nurture; `member` the expression after `member`; `duration` that of `nurture for 90 days`.
    """

    kind: Literal["owner", "member", "team", "queue", "pool", "nurture", "closed", "route"]
    name: Name | None
    member: Expression | None
    duration: Expression | None
    span: Span


@dataclass(frozen=True, slots=True)
class DisqualifyEntry:
    """`spam: condition -> closed`."""

    name: Name
    condition: Expression
    destination: Destination
    span: Span


@dataclass(frozen=True, slots=True)
class Disqualify:
    """`disqualify { … }`."""

    entries: tuple[DisqualifyEntry, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Stage:
    """`MQL: condition`."""

    name: Name
    condition: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Funnel:
    """`funnel { … }`, first stage first."""

    stages: tuple[Stage, ...]
    span: Span


# ── Routing ──


@dataclass(frozen=True, slots=True)
class PlaceDeclaration:
    """`team north`, `queue key_accounts "label"`, `pool public`, `nurture long_term`, with or without a body.

    What stands in the body comes with a later version; the parser skips it and says so.
    """

    kind: Literal["team", "queue", "pool", "nurture"]
    name: Name
    label: Text | None
    span: Span


@dataclass(frozen=True, slots=True)
class RouteEntry:
    """`hot: condition -> team enterprise`."""

    name: Name
    condition: Expression
    destination: Destination
    span: Span


@dataclass(frozen=True, slots=True)
class Route:
    """`route { entries; otherwise -> …; undecided -> … }`, `otherwise` and `undecided` as (destination, span)."""

    entries: tuple[RouteEntry, ...]
    otherwise: tuple[Destination, Span] | None
    undecided: tuple[Destination, Span] | None
    span: Span


# ── Tests ──


@dataclass(frozen=True, slots=True)
class GivenField:
    """`employees: 8000` in a `given`."""

    name: Name
    value: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Given:
    """`given lead: Lead { … }`; `name` None where none was written."""

    name: Name | None
    fact: Name
    fields: tuple[GivenField, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class ExpectCondition:
    """`expect fit is 25`: any condition over the decision."""

    condition: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class ExpectRoute:
    """`expect route is queue key_accounts` (`negated` for `is not`); destination None is `undecided`."""

    destination: Destination | None
    negated: bool
    span: Span


@dataclass(frozen=True, slots=True)
class ExpectMissing:
    """`expect missing a, b`: at least these. Paths are Names or Attributes."""

    fields: tuple[Expression, ...]
    span: Span


Expect: TypeAlias = ExpectCondition | ExpectRoute | ExpectMissing


@dataclass(frozen=True, slots=True)
class Test:
    """`test "name" { given …; expect … }`."""

    name: Text
    given: tuple[Given, ...]
    expects: tuple[Expect, ...]
    span: Span


Declaration: TypeAlias = (
    Header
    | Fact
    | ListDeclaration
    | Let
    | Score
    | Table
    | Gate
    | Disqualify
    | Funnel
    | PlaceDeclaration
    | Route
    | Test
)


@dataclass(frozen=True, slots=True)
class File:
    """One parsed file: its declarations in the order written.

    `left_out` has the names that entries which could not be read would have declared: the resolver does not
    report them again as unknown.
    """

    source: Source
    declarations: tuple[Declaration, ...]
    left_out: frozenset[str] = frozenset()
