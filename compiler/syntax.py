"""The syntax tree: what the author wrote, with spans, before any name is looked up.

One class a construct. Keywords are canonical here (English), whatever language the file was written in;
names, strings and comments are the author's. Text literals are trimmed and in NFC.
The parser makes this tree; the resolver and the checker read it; nothing changes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from leadpolicy.compiler.source import Source, Span
from leadpolicy.compiler.syntax_blocks import *
from leadpolicy.compiler.syntax_expressions import *

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
    """`fact NAME [of F] { … }`, `event NAME of F { … }`."""

    name: Name
    fields: tuple[FieldNode, ...]
    span: Span
    event: bool = False
    of: Name | None = None


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
    """`let NAME = expression`, `let NAME(what: Activity.kind, span: duration) = expression`."""

    name: Name
    value: Expression
    span: Span
    parameters: tuple[Parameter, ...] | None = None


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
class EventEntry:
    """`+5 each Activity where … within …, halving every 30 days, at most 20 points because "…"`.

    `decays` are (halving or fading, span) as written, `limits` the caps: one of each makes sense.
    """

    points: Expression
    repeat: Literal["each", "once", "once per day"]
    records: Records
    decays: tuple[tuple[Literal["halving", "fading"], Expression], ...]
    limits: tuple[Expression, ...]
    because: Text | None
    span: Span


@dataclass(frozen=True, slots=True)
class GroupEntry:
    """`group "Label" at most 20 points { … }`; `name` a Text or a Name, `limit` None where there is no cap."""

    name: Name | Text | None
    limit: Expression | None
    entries: tuple[ScoreEntry, ...]
    span: Span


ScoreEntry: TypeAlias = PlainEntry | PointsEntry | BandsEntry | EventEntry | GroupEntry


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
    """`table NAME [unique|collect]: T { header row, rows }`. `columns` are the header's left cells.

    `sheet`: the file that the rows come from; then `rows` has one row, which names the sheet's columns.
    """

    name: Name
    label: Text | None
    hit: Literal["first", "unique", "collect"]
    outputs: tuple[TableOutput, ...]
    columns: tuple[Expression, ...]
    output_columns: tuple[Name, ...]
    rows: tuple[TableRow, ...]
    span: Span
    sheet: Text | None = None


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
    """`gate NAME "label" { criteria; passes when … }`; `needed` None means all.

    `parameters`: `gate NAME(who: condition) { … }`. `made_from`: `gate NAME = frameworks.bant(…)`, without criteria.
    """

    name: Name
    label: Text | None
    criteria: tuple[Criterion, ...]
    needed: Number | None
    span: Span
    parameters: tuple[Parameter, ...] | None = None
    made_from: Expression | None = None


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
    won_when: Expression | None = None


# ── Routing ──


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
class Given:
    """`given lead: Lead { … }`, `given Activity of lead { … }`; `name` None where none was written."""

    name: Name | None
    fact: Name
    fields: tuple[GivenField, ...]
    span: Span
    of: Expression | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """When an expectation is looked at: `at TIME`, or `after DURATION` from the beginning of the test."""

    word: Literal["at", "after"]
    value: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class ExpectCondition:
    """`expect fit is 25`: any condition over the decision."""

    condition: Expression
    span: Span
    moment: Moment | None = None


@dataclass(frozen=True, slots=True)
class ExpectRoute:
    """`expect route is queue key_accounts` (`negated` for `is not`); destination None is `undecided`."""

    destination: Destination | None
    negated: bool
    span: Span
    moment: Moment | None = None


@dataclass(frozen=True, slots=True)
class ExpectMissing:
    """`expect missing a, b`: at least these. Paths are Names or Attributes."""

    fields: tuple[Expression, ...]
    span: Span
    moment: Moment | None = None


@dataclass(frozen=True, slots=True)
class ExpectEffect:
    """`expect remind lin by wecom`, `expect flag fake_contact on lead`, `expect no notify`, `expect send "welcome"`.

    `target` is who or what it is done to, `flag` the flag's name, `content` the text of a send or task.
    """

    effect: Literal["notify", "task", "send", "flag", "remind"]
    negated: bool
    target: Expression | None
    channel: Name | None
    flag: Name | None
    content: Text | None
    span: Span
    moment: Moment | None = None


Expect: TypeAlias = ExpectCondition | ExpectRoute | ExpectMissing | ExpectEffect


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
    | Use
    | Calendar
    | Duplicate
    | Goal
    | Recall
    | Sla
    | ChannelGuard
    | Rule
    | Attribution
    | Always
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
