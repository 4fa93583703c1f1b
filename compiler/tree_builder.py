"""The tree builder: one method a rule of grammar/lead.lark, called while parsing, making the node at once.

A method gets the values of its rule's symbols in order: a `Token` for a terminal, else what another method gave.
It reports what the grammar cannot rule out (an unknown role, a row of the wrong width).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal, NamedTuple

from leadpolicy.compiler import syntax as s
from leadpolicy.compiler.block_builder import BlockBuilder
from leadpolicy.compiler.diagnostics import nearest
from leadpolicy.compiler.expression_builder import Block, Points, Values, cover, end_of
from leadpolicy.compiler.source import Span
from leadpolicy.compiler.tokens import Token
from leadpolicy.compiler.wording import joined, keyword, say, term
from leadpolicy.grammar import keywords


class Passing(NamedTuple):
    """`passes when all` (needed None) or `passes when at least 3`."""

    needed: s.Number | None
    span: Span


class Rest(NamedTuple):
    """`otherwise -> …` or `undecided -> …`."""

    word: str
    destination: s.Destination
    span: Span


class WonWhen(NamedTuple):
    """The funnel's `won when …`."""

    condition: s.Expression
    span: Span


class TreeBuilder(BlockBuilder):
    """Declarations."""

    # ── Header, facts, lists, lets ──

    def header(self, v: Values) -> s.Header:
        lines = v[3].items if len(v) == 4 else ()
        return s.Header(v[1], v[2], lines, cover(v))

    def header_line(self, v: Values) -> s.HeaderLine:
        value = v[1] if len(v) > 1 else None
        if isinstance(value, Token):
            value = self.name([value])
        key = v[0].text.replace("unknown values", "unknown").replace(" ", "_")
        return s.HeaderLine(key, value, cover(v))

    def fact(self, v: Values) -> s.Fact:
        return s.Fact(v[1], v[-1].items, cover(v), v[0].text == "event", None)

    def fact_of(self, v: Values) -> s.Fact:
        return s.Fact(v[1], v[-1].items, cover(v), v[0].text == "event", v[3])

    def field(self, v: Values) -> s.FieldNode:
        name, _, kind, modifiers = v
        last = modifiers[-1] if modifiers else kind
        return s.FieldNode(name, kind, tuple(modifiers), Span(name.span.start, last.span.end))

    def plain_modifier(self, v: Values) -> s.FieldModifier:
        return s.FieldModifier(v[0].text, None, v[0].span)

    def label_modifier(self, v: Values) -> s.FieldModifier:
        return s.FieldModifier("label", v[0].value, v[0].span)

    def value_modifier(self, v: Values) -> s.FieldModifier:
        return s.FieldModifier("ask" if v[0].text == "ask" else "unknown", v[1], cover(v))

    def role_modifier(self, v: Values) -> s.FieldModifier | None:
        role = v[1]
        known = keywords.ROLE_OF.get(role.text)
        if known is None:
            near = nearest(role.text, keywords.ROLE_OF)
            hint = (
                say("did you mean `{}`?", near)
                if near
                else say("a role is one of {}", joined(map(keyword, keywords.ROLES)))
            )
            self._report("LP1022", say("there is no role `{}`", role.text), role.span, hint)
            return None
        return s.FieldModifier("role", replace(role, text=known), cover(v))

    def type_name(self, v: Values) -> s.TypeName:
        name = v[0]
        if not name.quoted:
            name = replace(name, text=keywords.TYPE_OF.get(name.text, name.text))
        currency = self.name([v[1]]) if len(v) > 1 else None
        return s.TypeName(name, currency, False, cover(v))

    def choice_type(self, v: Values) -> s.ChoiceType:
        return s.ChoiceType(tuple(v[2]), len(v) == 5, False, cover(v))

    def list_type(self, v: Values) -> s.ListType:
        return s.ListType(v[1], len(v) == 3, cover(v))

    def type_or_none(self, v: Values) -> s.TypeNode:
        return replace(v[0], or_none=True, span=cover(v))  # type: ignore[no-any-return]

    def list_here(self, v: Values) -> s.ListDeclaration:
        return s.ListDeclaration(v[1], v[3], None, None, cover(v))

    def list_from_file(self, v: Values) -> s.ListDeclaration:
        return s.ListDeclaration(v[1], None, v[4], v[6], cover(v))

    def let(self, v: Values) -> s.Let:
        return s.Let(v[1], v[3], cover(v))

    def let_with_parameters(self, v: Values) -> s.Let:
        return s.Let(v[1], v[4], cover(v), tuple(v[2]))

    # ── Scores ──

    def score_of_entries(self, v: Values) -> s.Score:
        _, name, label, bounds, block = v
        low, high = bounds or (None, None)
        return s.Score(name, label, low, high, block.items, None, cover(v))

    def score_of_expression(self, v: Values) -> s.Score:
        _, name, label, bounds, _, expression = v
        low, high = bounds or (None, None)
        return s.Score(name, label, low, high, None, expression, cover(v))

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

    def capped_entry(self, v: Values) -> s.GroupEntry:
        """`+2 * seats, at most 20 points`: an entry with a limit of its own is a group of one."""
        points, _, _, limit, _, because = v
        entry = s.PlainEntry(points.value, None, because, Span(points.start, end_of(because or points.value)))
        return s.GroupEntry(None, limit, (entry,), cover(v))

    def plain_entry_when(self, v: Values) -> s.PlainEntry:
        points, _, condition, because = v
        return s.PlainEntry(points.value, condition, because, cover(v))

    def points_entry(self, v: Values) -> s.PointsEntry:
        return s.PointsEntry(v[1], v[2].items, cover(v))

    def choice(self, v: Values) -> s.Choice:
        return s.Choice(v[0], v[-1], cover(v))

    def bands_entry(self, v: Values) -> s.BandsEntry:
        return s.BandsEntry(v[1], v[2].items, cover(v))

    def band(self, v: Values) -> s.Band:
        points, _, test, because = v
        return s.Band(points.value, test, because, cover(v))

    def event_entry(self, v: Values) -> s.EventEntry:
        points, repeat, records, options, because = v
        decays: list[tuple[Any, s.Expression]] = []
        limits: list[s.Expression] = []
        for word, value in options:
            if word == "at most":
                limits.append(value)
            else:
                decays.append(("halving" if word == "halving every" else "fading", value))
        end = end_of(because or (options[-1][1] if options else records))
        span = Span(points.start, end)
        return s.EventEntry(points.value, repeat.text, records, tuple(decays), tuple(limits), because, span)

    def event_option(self, v: Values) -> tuple[str, s.Expression]:
        return v[0].text, v[1]

    def group_entry(self, v: Values) -> s.GroupEntry:
        return s.GroupEntry(v[1], v[2], v[3].items, cover(v))

    # ── Tables ──

    def table(self, v: Values) -> s.Table | None:
        _, name, label, hit, _, outputs, block = v
        if block is None:
            return None
        (columns, output_columns), rows = block.items
        kind: Literal["first", "unique", "collect"] = hit.text if hit is not None else "first"
        return s.Table(name, label, kind, tuple(outputs), columns, output_columns, rows, cover(v))

    def table_from_sheet(self, v: Values) -> s.Table | None:
        table = self.table([*v[:6], v[8]])
        if table is None:
            return None
        if len(table.rows) != 1:
            span = table.rows[1].span if table.rows else v[1].span
            hint = say("the first line names the fields, the second the sheet's columns")
            self._report("LP1020", say("a table from a sheet has two lines"), span, hint)
            return None
        return replace(table, sheet=v[7], span=cover(v))

    def one_output(self, v: Values) -> list[s.TableOutput]:
        return [s.TableOutput(None, v[0], v[0].span)]

    def output(self, v: Values) -> s.TableOutput:
        return s.TableOutput(v[0], v[2], cover(v))

    def table_body(self, v: Values) -> Block | None:
        header = v[1]
        if isinstance(header, Token):
            return None  # without its header a row means nothing
        rows = v[3] if len(v) == 5 else []
        kept = tuple(row for row in rows if self._as_wide(header, row))
        return Block((header, kept), v[-1].end)

    def _as_wide(self, header: tuple[Any, Any], row: s.TableRow) -> bool:
        for where, wanted, found in (
            (term("before"), len(header[0]), len(row.cells)),
            (term("after"), len(header[1]), len(row.outputs)),
        ):
            if wanted != found:
                cells = say("1 cell") if found == 1 else say("{} cells", found)
                message = say("this row has {} {} `||`; the table's header has {}", cells, where, wanted)
                self._report("LP1020", message, row.span, say("write `-` in a cell that accepts anything"))
                return False
        return True

    def table_header(self, v: Values) -> tuple[tuple[s.Expression, ...], tuple[s.Name, ...]]:
        return tuple(v[1]), tuple(v[3])

    def row(self, v: Values) -> s.TableRow:
        return s.TableRow(tuple(v[1]), tuple(v[3]), cover(v))

    # ── Qualification ──

    def gate(self, v: Values) -> s.Gate:
        _, name, label, block = v
        criteria = tuple(x for x in block.items if isinstance(x, s.Criterion))
        passing = [x for x in block.items if isinstance(x, Passing)]
        for again in passing[1:]:
            self._report("LP1021", say("gate `{}` says more than once when it passes", name.text), again.span, None)
        return s.Gate(name, label, criteria, passing[0].needed if passing else None, cover(v))

    def gate_with_parameters(self, v: Values) -> s.Gate:
        return replace(self.gate([v[0], v[1], v[3], v[4]]), parameters=tuple(v[2]))

    def gate_made(self, v: Values) -> s.Gate:
        return s.Gate(v[1], v[2], (), None, cover(v), None, v[4])

    def passes_when_all(self, v: Values) -> Passing:
        return Passing(None, cover(v))

    def passes_when_some(self, v: Values) -> Passing:
        return Passing(v[2].value, cover(v))

    def criterion(self, v: Values) -> s.Criterion:
        return s.Criterion(v[0], v[2], v[3], cover(v))

    def disqualify(self, v: Values) -> s.Disqualify:
        return s.Disqualify(v[1].items, cover(v))

    def disqualify_entry(self, v: Values) -> s.DisqualifyEntry:
        return s.DisqualifyEntry(v[0], v[2], v[4], cover(v))

    def funnel(self, v: Values) -> s.Funnel:
        won = [x for x in v[1].items if isinstance(x, WonWhen)]
        for again in won[1:]:
            self._report("LP1021", say("the funnel says more than once what `won` is"), again.span, None)
        stages = tuple(x for x in v[1].items if isinstance(x, s.Stage))
        return s.Funnel(stages, cover(v), won[0].condition if won else None)

    def won_when(self, v: Values) -> WonWhen:
        return WonWhen(v[1], cover(v))

    def stage(self, v: Values) -> s.Stage:
        return s.Stage(v[0], v[2], cover(v))

    # ── Routing ──

    def route(self, v: Values) -> s.Route:
        rest: dict[str, tuple[s.Destination, Span]] = {}
        for item in v[1].items:
            if isinstance(item, Rest):
                if item.word in rest:
                    self._report(
                        "LP1021", say("the route has `{}` more than once", keyword(item.word)), item.span, None
                    )
                rest.setdefault(item.word, (item.destination, item.span))
        entries = tuple(x for x in v[1].items if isinstance(x, s.RouteEntry))
        return s.Route(entries, rest.get("otherwise"), rest.get("undecided"), cover(v))

    def route_entry(self, v: Values) -> s.RouteEntry:
        return s.RouteEntry(v[0], v[2], v[4], cover(v))

    def route_rest(self, v: Values) -> Rest:
        return Rest(v[0].text, v[2], cover(v))

    def plain_destination(self, v: Values) -> s.Destination:
        kind: Any = v[0].text.replace(" ", "_")
        return s.Destination(kind, None, None, None, v[0].span)

    def named_destination(self, v: Values) -> s.Destination:
        return s.Destination(v[0].text, v[1], None, None, cover(v))

    def member_destination(self, v: Values) -> s.Destination:
        return s.Destination("member", None, v[1], None, cover(v))

    def nurture_for(self, v: Values) -> s.Destination:
        return s.Destination("nurture", None, None, v[2], cover(v))

    # ── Tests ──

    def test(self, v: Values) -> s.Test:
        given = tuple(x for x in v[2].items if isinstance(x, s.Given))
        expects = tuple(x for x in v[2].items if not isinstance(x, s.Given))
        return s.Test(v[1], given, expects, cover(v))

    def given(self, v: Values) -> s.Given:
        return s.Given(None, v[1], v[-1].items, cover(v), v[3] if len(v) == 5 else None)

    def named_given(self, v: Values) -> s.Given:
        return s.Given(v[1], v[3], v[-1].items, cover(v), v[5] if len(v) == 7 else None)

    def given_field(self, v: Values) -> s.GivenField:
        return s.GivenField(v[0], v[2], cover(v))

    def given_value(self, v: Values) -> s.Expression:
        value: s.Expression = v[0]
        if isinstance(value, s.Name) and not value.quoted and value.text in keywords.spellings("none"):
            return s.Unknown("none", value.span)
        return value

    def unknown(self, v: Values) -> s.Unknown:
        return s.Unknown("unknown", v[0].span)

    def expectation_at(self, v: Values) -> s.Expect:
        moment = s.Moment(v[0].text, v[1], Span(v[0].start, v[1].span.end))
        expectation: s.Expect = replace(v[2], moment=moment, span=cover(v))
        return expectation

    def expect_condition(self, v: Values) -> s.ExpectCondition:
        return s.ExpectCondition(v[1], cover(v))

    def any_effect(self, v: Values) -> s.ExpectEffect:
        return s.ExpectEffect(v[0].text, False, None, None, None, None, v[0].span)

    def effect_by(self, v: Values) -> s.ExpectEffect:
        return s.ExpectEffect(v[0].text, False, None, v[1], None, None, cover(v))

    def effect_on(self, v: Values) -> s.ExpectEffect:
        content = v[1] if isinstance(v[1], s.Text) else None
        return s.ExpectEffect(v[0].text, False, None if content else v[1], v[2], None, content, cover(v))

    def flag_effect(self, v: Values) -> s.ExpectEffect:
        return s.ExpectEffect("flag", False, v[3] if len(v) == 4 else None, None, v[1], None, cover(v))

    def expect_effect(self, v: Values) -> s.ExpectEffect:
        return replace(v[1], span=cover(v))  # type: ignore[no-any-return]

    def expect_no_effect(self, v: Values) -> s.ExpectEffect:
        return replace(v[2], negated=True, span=cover(v))  # type: ignore[no-any-return]

    def expect_route(self, v: Values) -> s.ExpectRoute:
        destination = None if isinstance(v[3], Token) else v[3]
        return s.ExpectRoute(destination, v[2].text == "is not", cover(v))

    def expect_missing(self, v: Values) -> s.ExpectMissing:
        return s.ExpectMissing(tuple(v[2]), Span(v[0].start, v[2][-1].span.end))
