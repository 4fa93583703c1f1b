"""The tree builder: one method a rule of grammar/lead.lark, called while parsing, making the node at once.

A method gets the values of its rule's symbols in order: a `Token` for a terminal, else what another method gave.
It reports what the grammar cannot rule out (an unknown role, a row of the wrong width).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

from leadpolicy.compiler import syntax as s
from leadpolicy.compiler.diagnostics import nearest
from leadpolicy.compiler.source import Span
from leadpolicy.compiler.tokens import Token
from leadpolicy.grammar import keywords

# Values come off the parser's stack; what each is stands in the grammar, beyond the type checker's sight.
Values = list[Any]
Report = Callable[[str, str, Span, str | None], None]


class Block(NamedTuple):
    """What stands between braces, and where they end."""

    items: tuple[Any, ...]
    end: int


class Points(NamedTuple):
    """The points of an entry, and where their sign stands."""

    start: int
    value: s.Expression


class Passing(NamedTuple):
    """`passes when all` (needed None) or `passes when at least 3`."""

    needed: s.Number | None
    span: Span


class Rest(NamedTuple):
    """`otherwise -> …` or `undecided -> …`."""

    word: str
    destination: s.Destination
    span: Span


def start_of(value: Any) -> int:
    """Where a token or node begins."""
    return value.start if isinstance(value, Token | Points) else value.span.start  # type: ignore[no-any-return]


def end_of(value: Any) -> int:
    """Where a token, block or node ends."""
    return value.end if isinstance(value, Token | Block) else value.span.end  # type: ignore[no-any-return]


def _cover(v: Values) -> Span:
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

    def boolean(self, v: Values) -> s.Boolean:
        return s.Boolean(v[0].text == "true", v[0].span)

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
        return s.Range(v[0], v[2], _cover(v))

    def parenthesised(self, v: Values) -> s.Expression:
        # The parentheses belong to the author's words for this part.
        return replace(v[1], span=Span(v[0].start, v[2].end))

    def attribute(self, v: Values) -> s.Attribute:
        return s.Attribute(v[0], v[2], _cover(v))

    def call(self, v: Values) -> s.Call:
        function = v[0]
        if isinstance(function, s.Name) and not function.quoted:
            function = replace(function, text=keywords.FUNCTION_OF.get(function.text, function.text))
        return s.Call(function, tuple(v[2]), _cover(v))

    def plain_argument(self, v: Values) -> s.Argument:
        return s.Argument(None, v[0], v[0].span)

    def named_argument(self, v: Values) -> s.Argument:
        return s.Argument(v[0], v[2], _cover(v))

    def array(self, v: Values) -> s.ListOf:
        return s.ListOf(tuple(v[1]) if len(v) == 3 else (), _cover(v))

    def anything(self, v: Values) -> s.UnaryTest:
        return s.UnaryTest(None, None, None, v[0].span)

    def bare_test(self, v: Values) -> s.UnaryTest:
        return s.UnaryTest("is", v[0], None, v[0].span)

    def bare_range_test(self, v: Values) -> s.UnaryTest:
        span = _cover(v)
        return s.UnaryTest("in", s.Range(v[0], v[2], span), None, span)

    def relation_test(self, v: Values) -> s.UnaryTest:
        return s.UnaryTest(v[0].text, v[1], None, _cover(v))

    def postfix_test(self, v: Values) -> s.UnaryTest:
        return s.UnaryTest(None, None, v[0].text, v[0].span)


class TreeBuilder(ExpressionBuilder):
    """Declarations."""

    def __init__(self, report: Report) -> None:
        self._report = report

    # ── Header, facts, lists, lets ──

    def header(self, v: Values) -> s.Header:
        lines = v[3].items if len(v) == 4 else ()
        return s.Header(v[1], v[2], lines, _cover(v))

    def header_line(self, v: Values) -> s.HeaderLine:
        value = v[1] if len(v) > 1 else None
        if isinstance(value, Token):
            value = self.name([value])
        key = v[0].text.replace("unknown values", "unknown").replace(" ", "_")
        return s.HeaderLine(key, value, _cover(v))

    def fact(self, v: Values) -> s.Fact:
        return s.Fact(v[1], v[2].items, _cover(v))

    def field(self, v: Values) -> s.FieldNode:
        name, _, kind, modifiers = v
        last = modifiers[-1] if modifiers else kind
        return s.FieldNode(name, kind, tuple(modifiers), Span(name.span.start, last.span.end))

    def plain_modifier(self, v: Values) -> s.FieldModifier:
        return s.FieldModifier(v[0].text, None, v[0].span)

    def label_modifier(self, v: Values) -> s.FieldModifier:
        return s.FieldModifier("label", v[0].value, v[0].span)

    def value_modifier(self, v: Values) -> s.FieldModifier:
        return s.FieldModifier("ask" if v[0].text == "ask" else "unknown", v[1], _cover(v))

    def role_modifier(self, v: Values) -> s.FieldModifier | None:
        role = v[1]
        known = keywords.ROLE_OF.get(role.text)
        if known is None:
            near = nearest(role.text, keywords.ROLE_OF)
            hint = f"did you mean `{near}`?" if near else f"a role is one of {', '.join(keywords.ROLES)}"
            self._report("LP1022", f"there is no role `{role.text}`", role.span, hint)
            return None
        return s.FieldModifier("role", replace(role, text=known), _cover(v))

    def type_name(self, v: Values) -> s.TypeName:
        name = v[0]
        if not name.quoted:
            name = replace(name, text=keywords.TYPE_OF.get(name.text, name.text))
        currency = self.name([v[1]]) if len(v) > 1 else None
        return s.TypeName(name, currency, False, _cover(v))

    def choice_type(self, v: Values) -> s.ChoiceType:
        return s.ChoiceType(tuple(v[2]), len(v) == 5, False, _cover(v))

    def list_type(self, v: Values) -> s.ListType:
        return s.ListType(v[1], len(v) == 3, _cover(v))

    def type_or_none(self, v: Values) -> s.TypeNode:
        return replace(v[0], or_none=True, span=_cover(v))  # type: ignore[no-any-return]

    def list_here(self, v: Values) -> s.ListDeclaration:
        return s.ListDeclaration(v[1], v[3], None, None, _cover(v))

    def list_from_file(self, v: Values) -> s.ListDeclaration:
        return s.ListDeclaration(v[1], None, v[4], v[6], _cover(v))

    def let(self, v: Values) -> s.Let:
        return s.Let(v[1], v[3], _cover(v))

    # ── Scores ──

    def score_of_entries(self, v: Values) -> s.Score:
        _, name, label, bounds, block = v
        low, high = bounds or (None, None)
        return s.Score(name, label, low, high, block.items, None, _cover(v))

    def score_of_expression(self, v: Values) -> s.Score:
        _, name, label, bounds, _, expression = v
        low, high = bounds or (None, None)
        return s.Score(name, label, low, high, None, expression, _cover(v))

    def range(self, v: Values) -> tuple[s.Expression, s.Expression]:
        return v[1], v[3]

    def plus_points(self, v: Values) -> Points:
        return Points(v[0].start, v[1])

    def minus_points(self, v: Values) -> Points:
        return Points(v[0].span.start, v[0])

    def more_points(self, v: Values) -> Points:
        return Points(v[0].start, self.binary([v[0].value, v[1], v[2]]))

    def plain_entry(self, v: Values) -> s.PlainEntry:
        points, because = v
        return s.PlainEntry(points.value, None, because, Span(points.start, end_of(because or points.value)))

    def plain_entry_when(self, v: Values) -> s.PlainEntry:
        points, _, condition, because = v
        return s.PlainEntry(points.value, condition, because, _cover(v))

    def points_entry(self, v: Values) -> s.PointsEntry:
        return s.PointsEntry(v[1], v[2].items, _cover(v))

    def choice(self, v: Values) -> s.Choice:
        return s.Choice(v[0], v[1], _cover(v))

    def bands_entry(self, v: Values) -> s.BandsEntry:
        return s.BandsEntry(v[1], v[2].items, _cover(v))

    def band(self, v: Values) -> s.Band:
        points, _, test, because = v
        return s.Band(points.value, test, because, _cover(v))

    def group_entry(self, v: Values) -> s.GroupEntry:
        return s.GroupEntry(v[1], v[2], v[3].items, _cover(v))

    # ── Tables ──

    def table(self, v: Values) -> s.Table | None:
        _, name, label, hit, _, outputs, block = v
        if block is None:
            return None
        (columns, output_columns), rows = block.items
        kind = hit.text if hit is not None else "first"
        return s.Table(name, label, kind, tuple(outputs), columns, output_columns, rows, _cover(v))

    def one_output(self, v: Values) -> list[s.TableOutput]:
        return [s.TableOutput(None, v[0], v[0].span)]

    def output(self, v: Values) -> s.TableOutput:
        return s.TableOutput(v[0], v[2], _cover(v))

    def table_body(self, v: Values) -> Block | None:
        header = v[1]
        if isinstance(header, Token):
            return None  # without its header a row means nothing
        rows = v[3] if len(v) == 5 else []
        kept = tuple(row for row in rows if self._as_wide(header, row))
        return Block((header, kept), v[-1].end)

    def _as_wide(self, header: tuple[Any, Any], row: s.TableRow) -> bool:
        for what, wanted, found in (
            ("cells before `||`", len(header[0]), len(row.cells)),
            ("cells after `||`", len(header[1]), len(row.outputs)),
        ):
            if wanted != found:
                message = f"this row has {found} {what}; the table's header has {wanted}"
                self._report("LP1020", message, row.span, "write `-` in a cell that accepts anything")
                return False
        return True

    def table_header(self, v: Values) -> tuple[tuple[s.Expression, ...], tuple[s.Name, ...]]:
        return tuple(v[1]), tuple(v[3])

    def row(self, v: Values) -> s.TableRow:
        return s.TableRow(tuple(v[1]), tuple(v[3]), _cover(v))

    # ── Qualification ──

    def gate(self, v: Values) -> s.Gate:
        _, name, label, block = v
        criteria = tuple(x for x in block.items if isinstance(x, s.Criterion))
        passing = [x for x in block.items if isinstance(x, Passing)]
        for again in passing[1:]:
            self._report("LP1021", f"gate `{name.text}` says more than once when it passes", again.span, None)
        return s.Gate(name, label, criteria, passing[0].needed if passing else None, _cover(v))

    def passes_when_all(self, v: Values) -> Passing:
        return Passing(None, _cover(v))

    def passes_when_some(self, v: Values) -> Passing:
        return Passing(v[2].value, _cover(v))

    def criterion(self, v: Values) -> s.Criterion:
        return s.Criterion(v[0], v[2], v[3], _cover(v))

    def disqualify(self, v: Values) -> s.Disqualify:
        return s.Disqualify(v[1].items, _cover(v))

    def disqualify_entry(self, v: Values) -> s.DisqualifyEntry:
        return s.DisqualifyEntry(v[0], v[2], v[4], _cover(v))

    def funnel(self, v: Values) -> s.Funnel:
        return s.Funnel(v[1].items, _cover(v))

    def stage(self, v: Values) -> s.Stage:
        return s.Stage(v[0], v[2], _cover(v))

    # ── Routing ──

    def place(self, v: Values) -> s.PlaceDeclaration:
        return s.PlaceDeclaration(v[0].text, v[1], v[2], _cover(v))

    def route(self, v: Values) -> s.Route:
        rest: dict[str, tuple[s.Destination, Span]] = {}
        for item in v[1].items:
            if isinstance(item, Rest):
                if item.word in rest:
                    self._report("LP1021", f"the route has `{item.word}` more than once", item.span, None)
                rest.setdefault(item.word, (item.destination, item.span))
        entries = tuple(x for x in v[1].items if isinstance(x, s.RouteEntry))
        return s.Route(entries, rest.get("otherwise"), rest.get("undecided"), _cover(v))

    def route_entry(self, v: Values) -> s.RouteEntry:
        return s.RouteEntry(v[0], v[2], v[4], _cover(v))

    def route_rest(self, v: Values) -> Rest:
        return Rest(v[0].text, v[2], _cover(v))

    def plain_destination(self, v: Values) -> s.Destination:
        return s.Destination(v[0].text, None, None, None, v[0].span)

    def named_destination(self, v: Values) -> s.Destination:
        return s.Destination(v[0].text, v[1], None, None, _cover(v))

    def member_destination(self, v: Values) -> s.Destination:
        return s.Destination("member", None, v[1], None, _cover(v))

    def nurture_for(self, v: Values) -> s.Destination:
        return s.Destination("nurture", None, None, v[2], _cover(v))

    # ── Tests ──

    def test(self, v: Values) -> s.Test:
        given = tuple(x for x in v[2].items if isinstance(x, s.Given))
        expects = tuple(x for x in v[2].items if not isinstance(x, s.Given))
        return s.Test(v[1], given, expects, _cover(v))

    def given(self, v: Values) -> s.Given:
        return s.Given(None, v[1], v[2].items, _cover(v))

    def named_given(self, v: Values) -> s.Given:
        return s.Given(v[1], v[3], v[4].items, _cover(v))

    def given_field(self, v: Values) -> s.GivenField:
        return s.GivenField(v[0], v[2], _cover(v))

    def given_value(self, v: Values) -> s.Expression:
        value: s.Expression = v[0]
        if isinstance(value, s.Name) and not value.quoted and value.text in keywords.spellings("none"):
            return s.Unknown("none", value.span)
        return value

    def unknown(self, v: Values) -> s.Unknown:
        return s.Unknown("unknown", v[0].span)

    def expect_condition(self, v: Values) -> s.ExpectCondition:
        return s.ExpectCondition(v[1], _cover(v))

    def expect_route(self, v: Values) -> s.ExpectRoute:
        destination = None if isinstance(v[3], Token) else v[3]
        return s.ExpectRoute(destination, v[2].text == "is not", _cover(v))

    def expect_missing(self, v: Values) -> s.ExpectMissing:
        return s.ExpectMissing(tuple(v[2]), Span(v[0].start, v[2][-1].span.end))
