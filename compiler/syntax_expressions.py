"""Leaves, expressions and types of the syntax tree (see `leadpolicy.compiler.syntax`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, TypeAlias

from leadpolicy.compiler.source import Span

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


@dataclass(frozen=True, slots=True)
class Clock:
    """`09:00` to `24:00`, in minutes of the day."""

    minutes: int
    span: Span


@dataclass(frozen=True, slots=True)
class Window:
    """`within 90 days`, `since T`, `between 60 days and 30 days ago` (`first` the one written first)."""

    kind: Literal["within", "since", "between"]
    first: Expression
    second: Expression | None
    span: Span


@dataclass(frozen=True, slots=True)
class Prefer:
    """One step of `prefer C then latest x`: a condition, or a direction with a field."""

    condition: Expression | None
    order: Literal["earliest", "latest"] | None
    field: Expression | None
    span: Span


@dataclass(frozen=True, slots=True)
class Records:
    """`Activity where … within …`, `seconds of Activity of lead where …`.

    `chain` is what `of` joins, as written: the fact, or the fact and its owner; in `sum`, `average` and
    `distinct` with the value before them. The checker tells which is which.
    """

    chain: tuple[Expression, ...]
    where: Expression | None
    windows: tuple[Window, ...]
    prefer: tuple[Prefer, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Quantified:
    """`any Activity where …`, `no Activity of lead where …`."""

    quantifier: Literal["any", "no"]
    records: Records
    span: Span


@dataclass(frozen=True, slots=True)
class PlaceValue:
    """`team north`, `queue x`, `pool public`, `nurture x`, `nurture for 90 days`, `member lin` as the right side of
    `route is …`, `destination is …`, `holder is …`. (`closed`, `undecided`, `nobody` come as Names.)"""

    destination: Destination
    span: Span


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a lead goes.

    `name` is the declared team, queue, pool or nurture; `member` the expression after `member`; `duration` that of
    `nurture for 90 days`.
    """

    kind: Literal[
        "owner", "member", "team", "queue", "pool", "nurture", "closed", "route", "previous_owner", "own_pool",
        "same_team",
    ]  # fmt: skip
    name: Name | None
    member: Expression | None
    duration: Expression | None
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
    | Clock
    | Records
    | Quantified
    | PlaceValue
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
