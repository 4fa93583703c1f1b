"""Conditions and expressions, cells and lists: the half of the tree builder that every block uses.

One method a rule of grammar/lead.lark; see compiler/tree_builder.py.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

from leadpolicy.compiler import syntax as s
from leadpolicy.compiler.source import Span
from leadpolicy.compiler.syntax_errors import BARE_OR, BARE_OR_HINT
from leadpolicy.compiler.tokens import Token
from leadpolicy.compiler.wording import Message
from leadpolicy.grammar import keywords

# Values come off the parser's stack; what each is stands in the grammar, beyond the type checker's sight.
Values = list[Any]
Report = Callable[[str, Message, Span, Message | None], None]


class Block(NamedTuple):
    """What stands between braces, and where they end."""

    items: tuple[Any, ...]
    end: int


class Points(NamedTuple):
    """The points of an entry, and where their sign stands."""

    start: int
    value: s.Expression


class Where(NamedTuple):
    """What stands behind `where`."""

    condition: s.Expression


class Narrowing(NamedTuple):
    """What follows the name of the records: which of them, and where that ends."""

    where: s.Expression | None
    windows: tuple[s.Window, ...]
    prefer: tuple[s.Prefer, ...]
    end: int


def start_of(value: Any) -> int:
    """Where a token or node begins."""
    start: int = value.start if isinstance(value, Token | Points) else value.span.start
    return start


def end_of(value: Any) -> int:
    """Where a token, block or node ends."""
    end: int = value.end if isinstance(value, Token | Block) else value.span.end
    return end


def cover(v: Values) -> Span:
    """From the first to the last value that is there."""
    last = next(x for x in reversed(v) if x is not None)
    return Span(start_of(v[0]), end_of(last))


class ListBuilder:
    """Lists, and values that are handed on."""

    def empty(self, v: Values) -> list[Any]:
        return []

    def first(self, v: Values) -> list[Any]:
        # What could not be read is an ERROR token or, where a builder gave it up, None.
        return [] if v[0] is None or (isinstance(v[0], Token) and v[0].kind == "ERROR") else [v[0]]

    def more(self, v: Values) -> list[Any]:
        items, item = v[0], v[-1]
        if item is not None and not (isinstance(item, Token) and item.kind == "ERROR"):
            items.append(item)
        return items  # type: ignore[no-any-return]

    def body(self, v: Values) -> Block:
        return Block(tuple(v[1]), v[-1].end)

    def empty_body(self, v: Values) -> Block:
        return Block((), v[1].end)

    def nothing(self, v: Values) -> None:
        return None

    def leading(self, v: Values) -> Any:
        return v[0]

    def second(self, v: Values) -> Any:
        return v[1]

    def value(self, v: Values) -> Any:
        return v[0].value

    def second_value(self, v: Values) -> Any:
        return v[1].value

    def name(self, v: Values) -> s.Name:
        token = v[0]
        return s.Name(token.text, Span(token.start, token.end), token.value is True)


class ExpressionBuilder(ListBuilder):
    """Conditions and expressions."""

    def __init__(self, report: Report) -> None:
        self._report = report

    def boolean(self, v: Values) -> s.Boolean:
        return s.Boolean(v[0].text == "true", v[0].span)

    def disjunction(self, v: Values) -> s.Binary:
        left = v[0]
        while isinstance(left, s.Binary | s.Unary):
            left = left.right if isinstance(left, s.Binary) else left.operand
        # One in parentheses ends behind its records.
        if isinstance(left, s.Quantified) and left.records.where and left.span.end == left.records.span.end:
            self._report("LP1016", BARE_OR, v[1].span, BARE_OR_HINT)
        return self.binary(v)

    def binary(self, v: Values) -> s.Binary:
        left, operator, right = v
        return s.Binary(operator.text, left, right, Span(left.span.start, right.span.end))

    def modal(self, v: Values) -> s.Unary:
        return s.Unary(v[0].text, v[1], Span(v[0].start, v[1].span.end))

    negative = modal

    def comparison(self, v: Values) -> s.Comparison:
        left, relation, right = v
        return s.Comparison(relation.text, left, right, Span(left.span.start, right.span.end))

    def postfix_condition(self, v: Values) -> s.Postfix:
        return s.Postfix(v[1].text, v[0], Span(v[0].span.start, v[1].end))

    def range_operand(self, v: Values) -> s.Range:
        return s.Range(v[0], v[2], cover(v))

    def parenthesised(self, v: Values) -> s.Expression:
        # The parentheses belong to the author's words for this part.
        inner: s.Expression = replace(v[1], span=Span(v[0].start, v[2].end))
        return inner

    def attribute(self, v: Values) -> s.Attribute:
        return s.Attribute(v[0], v[2], cover(v))

    def call(self, v: Values) -> s.Call:
        function = v[0]
        if isinstance(function, s.Name) and not function.quoted:
            function = replace(function, text=keywords.FUNCTION_OF.get(function.text, function.text))
        return s.Call(function, tuple(v[2]), cover(v))

    def plain_argument(self, v: Values) -> s.Argument:
        return s.Argument(None, v[0], v[0].span)

    def named_argument(self, v: Values) -> s.Argument:
        return s.Argument(v[0], v[2], cover(v))

    def array(self, v: Values) -> s.ListOf:
        return s.ListOf(tuple(v[1]) if len(v) == 3 else (), cover(v))

    def anything(self, v: Values) -> s.UnaryTest:
        return s.UnaryTest(None, None, None, v[0].span)

    def bare_test(self, v: Values) -> s.UnaryTest:
        return s.UnaryTest("is", v[0], None, v[0].span)

    def bare_range_test(self, v: Values) -> s.UnaryTest:
        span = cover(v)
        return s.UnaryTest("in", s.Range(v[0], v[2], span), None, span)

    def any_of_test(self, v: Values) -> s.UnaryTest:
        span = v[0].span.to(v[2][-1].span)
        return s.UnaryTest("in", s.ListOf((v[0], *v[2]), span), None, span)

    def not_test(self, v: Values) -> s.UnaryTest:
        return s.UnaryTest("is not", v[1], None, cover(v))

    def relation_test(self, v: Values) -> s.UnaryTest:
        return s.UnaryTest(v[0].text, v[1], None, cover(v))

    def postfix_test(self, v: Values) -> s.UnaryTest:
        return s.UnaryTest(None, None, v[0].text, v[0].span)

    # ── Records ──

    def narrowed(self, v: Values) -> s.Records:
        return self._records((v[0],), v)

    def records_of(self, v: Values) -> s.Records:
        owners = tuple(v[2]) if isinstance(v[2], list) else (v[2],)
        return self._records((v[0], *owners), v)

    def _records(self, chain: tuple[s.Expression, ...], v: Values) -> s.Records:
        narrowing = v[-1] if isinstance(v[-1], Narrowing) else Narrowing(None, (), (), chain[-1].span.end)
        span = Span(v[0].span.start, narrowing.end)
        return s.Records(chain, narrowing.where, narrowing.windows, narrowing.prefer, span)

    def narrowing(self, v: Values) -> Narrowing:
        where: s.Expression | None = None
        windows: tuple[s.Window, ...] = ()
        prefer: tuple[s.Prefer, ...] = ()
        for part in v:
            if isinstance(part, Where):
                where = part.condition
            elif isinstance(part, list) and part and isinstance(part[0], s.Window):
                windows = tuple(part)
            elif isinstance(part, list):
                prefer = tuple(part)
        return Narrowing(where, windows, prefer, _end_of_parts(v))

    def where(self, v: Values) -> Where:
        return Where(v[1])

    def window(self, v: Values) -> s.Window:
        return s.Window(v[0].text, v[1], None, cover(v))

    def window_between(self, v: Values) -> s.Window:
        return s.Window("between", v[1], v[3], cover(v))

    def prefer_condition(self, v: Values) -> s.Prefer:
        return s.Prefer(v[0], None, None, v[0].span)

    def prefer_order(self, v: Values) -> s.Prefer:
        return s.Prefer(None, v[0].text, v[1], cover(v))

    def quantified(self, v: Values) -> s.Quantified:
        return s.Quantified(v[0].text, v[1], cover(v))

    # ── Places as values ──

    def place_value(self, v: Values) -> s.PlaceValue:
        span = cover(v)
        return s.PlaceValue(s.Destination(v[0].text, v[1], None, None, span), span)

    def nurture_value(self, v: Values) -> s.PlaceValue:
        span = cover(v)
        return s.PlaceValue(s.Destination("nurture", None, None, v[2], span), span)

    def member_value(self, v: Values) -> s.PlaceValue:
        span = cover(v)
        return s.PlaceValue(s.Destination("member", None, v[1], None, span), span)


def _end_of_parts(v: Values) -> int:
    last = next(part for part in reversed(v) if part is not None)
    if isinstance(last, list):
        last = last[-1]
    if isinstance(last, Where):
        last = last.condition
    end: int = last.span.end
    return end
