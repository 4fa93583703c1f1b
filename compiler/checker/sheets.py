"""Tables from sheets: the rows of a CSV file, read at compile time as if they stood in the table (ruling 80).

The sheet's first line names its columns. The table's own row says how each cell of the table is made of them:
`region`, `>= limit`, `emp_from to emp_to`. An empty cell is `-`, and an empty end of a range is open. What is found
in a row is shown in the sheet. A cell that is a plain value is read directly, for sheets may be long; only others
go through the parser.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from leadpolicy.compiler import ir, lowering, syntax, typed
from leadpolicy.compiler.checker import blocks, expressions, operators, sheet_values, unary_tests
from leadpolicy.compiler.checker.context import Context
from leadpolicy.compiler.checker.lists import read_file
from leadpolicy.compiler.constants import clean_text
from leadpolicy.compiler.diagnostics import nearest
from leadpolicy.compiler.source import Source, Span
from leadpolicy.compiler.types import BOOL, describe
from leadpolicy.compiler.wording import joined, say

_CELL = re.compile(r'(?:"((?:[^"]|"")*)"|([^,\r\n"]*))(,|\r\n|\n|\r|\Z)')


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a sheet: its text, cleaned, and its place in the file."""

    text: str
    span: Span


EMPTY = frozenset({"", "-"})
ANYTHING = ir.Clause(expr=ir.Const(type=BOOL, value=True), text="-")
"""Stands for a cell that anything meets; it never comes into the IR."""

Column = int | typed.Expr | None
"""Where a value comes from: a column of the sheet, or the table's own row; None is an open end."""


@dataclass(slots=True)
class _Form:
    """How one cell of the table is made of a row of the sheet. `made` remembers cells that were read."""

    relation: str
    low: Column
    high: Column
    is_range: bool
    constant: typed.Expr | None = None
    words: str = ""
    made: dict[tuple[str, ...], ir.Clause | None] = field(default_factory=dict)


@dataclass(slots=True)
class Sheet:
    """A sheet in reading: `context` reports in its file, `columns` are its first line."""

    context: Context
    columns: list[str]
    rows: list[list[Cell]]


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows that could be read, with their places in the file that `context` reports in; None among `rows` is one
    with a mistake."""

    rows: list[ir.Row | None]
    spans: list[Span]
    context: Context


def read_rows(
    node: syntax.Table,
    columns: list[typed.Expr],
    outputs: tuple[ir.TableOutput, ...],
    order: tuple[int, ...],
    context: Context,
) -> Rows | None:
    """The table's rows from its sheet, or None where the sheet can't be read at all."""
    assert node.sheet is not None
    sheet = _read(node.sheet, context)
    if sheet is None or not _fits(node, len(columns), len(outputs), context):
        return None
    form = node.rows[0]
    cells = [_form(c, column, sheet, node.sheet, context) for c, column in zip(form.cells, columns, strict=True)]
    values = [_output(form.outputs[i], o, sheet, node.sheet, context) for i, o in zip(order, outputs, strict=True)]
    if any(c is None for c in cells) or any(v is None for v in values):
        return None
    reading = _Reading(
        sheet,
        context.source,
        context.lets,
        [replace(c, source=context.source) for c in columns],
        [context.words(c.span) for c in columns],
        [c for c in cells if c is not None],
        [v for v in values if v is not None],
    )
    made = [reading.row(n, row) for n, row in enumerate(sheet.rows, 2)]
    return Rows(made, [row[0].span.to(row[-1].span) for row in sheet.rows], sheet.context)


def _read(node: syntax.Text, context: Context) -> Sheet | None:
    text = read_file(node, context)
    if text is None:
        return None
    source = Source(node.value, text.removeprefix("\ufeff"))
    inner = replace(context, source=source, reporter=context.reporter.beside(source))
    rows: list[list[Cell]] = []
    for row in _cells(source.text):
        if row is None:
            context.reporter.report(
                "LP2008",
                node.span,
                say("`{}` is no proper CSV file: in row {} a quote is not closed", node.value, len(rows) + 1),
            )
            return None
        if len(row) > 1 or row[0].text:
            rows.append(row)
    if len(rows) < 2:
        context.reporter.report("LP2008", node.span, say("the sheet `{}` has no rows", node.value))
        return None
    return Sheet(inner, [c.text for c in rows[0]], rows[1:])


def _cells(text: str) -> Iterator[list[Cell] | None]:
    """The rows of a CSV text; None where a quote makes no sense."""
    at, row = 0, list[Cell]()
    while at < len(text) or row:
        found = _CELL.match(text, at)
        if found is None:
            yield None
            return
        quoted, plain, end = found.groups()
        words = quoted.replace('""', '"') if quoted is not None else plain
        row.append(Cell(clean_text(words), Span(at, found.start(3))))
        at = found.end()
        if end != ",":
            yield row
            row = []
            if not end:
                return


def _fits(node: syntax.Table, columns: int, outputs: int, context: Context) -> bool:
    """Whether the table has one row of its own, of the right width."""
    hint = say("for example: | region | emp_from to emp_to || team |")
    if len(node.rows) != 1:
        context.reporter.report(
            "LP3016",
            node.rows[1].span if node.rows else node.name.span,
            say("a table from a sheet has one row: it names the sheet's columns"),
            hint=hint,
        )
        return False
    row = node.rows[0]
    if (len(row.cells), len(row.outputs)) != (columns, outputs):
        context.reporter.report(
            "LP3016",
            row.span,
            say("this row has {} and {} cells, and the header {} and {}", len(row.cells), len(row.outputs), columns,
                outputs),
            hint=hint,
        )  # fmt: skip
        return False
    return True


# ── The table's own row ──


def _form(
    node: syntax.UnaryTest, column: typed.Expr, sheet: Sheet, file: syntax.Text, context: Context
) -> _Form | None:
    """How a cell of the table is made; None with a diagnostic."""
    if node.postfix is not None or node.operand is None or node.relation is None:
        test = unary_tests.check(node, column, context)
        if test is not None and test.broken:
            return None
        return _Form("-", None, None, is_range=False, constant=test, words=context.words(node.span))
    if isinstance(node.operand, syntax.Range):
        low = _column(node.operand.low, column.type, sheet, file, context)
        high = _column(node.operand.high, column.type, sheet, file, context)
        if low is None or high is None:
            return None
        return _Form(node.relation, low, high, is_range=True)
    if isinstance(node.operand, syntax.Name):
        value = _column(node.operand, column.type, sheet, file, context)
        return None if value is None else _Form(node.relation, value, None, is_range=False)
    test = unary_tests.check(node, column, context)
    if test is None or test.broken:
        return None
    return _Form("-", None, None, is_range=False, constant=test, words=context.words(node.span))


def _column(
    node: syntax.Expression, type_: ir.Type | None, sheet: Sheet, file: syntax.Text, context: Context
) -> int | typed.Expr | None:
    """The sheet's column of that name, or a value of the table's own row; None with a diagnostic."""
    if not isinstance(node, syntax.Name):
        value = expressions.check(node, type_, context)
        return None if value.broken else value
    name = clean_text(node.text)
    if name in sheet.columns:
        return sheet.columns.index(name)
    suggestion = nearest(name, sheet.columns)
    hint = say("did you mean `{}`?", suggestion) if suggestion else say("its columns: {}", joined(sheet.columns))
    context.reporter.report(
        "LP2008",
        node.span,
        say("`{}` has no column `{}`", file.value, name),
        hint=hint,
        fix=suggestion,
    )
    return None


@dataclass(slots=True)
class _Output:
    """An output's type, and where its value comes from."""

    name: str
    type: ir.Type
    column: int | typed.Expr
    made: dict[str, ir.Scalar | None] = field(default_factory=dict)


def _output(
    node: syntax.Expression, output: ir.TableOutput, sheet: Sheet, file: syntax.Text, context: Context
) -> _Output | None:
    column = _column(node, output.type, sheet, file, context)
    if isinstance(column, typed.Expr) and (column.op != "const" or column.type != output.type):
        context.reporter.report(
            "LP3016", node.span, say("`{}` names no column of the sheet", context.words(node.span))
        )
        return None
    return None if column is None else _Output(output.name or "", output.type, column)


# ── Rows ──


@dataclass(slots=True)
class _Reading:
    """Everything that reading a row needs; `words` are the author's for the table's columns."""

    sheet: Sheet
    table: Source
    lets: lowering.Lets
    columns: list[typed.Expr]
    words: list[str]
    forms: list[_Form]
    outputs: list[_Output]

    def row(self, number: int, cells: list[Cell]) -> ir.Row | None:
        """One row of the sheet as a row of the table, or None where a mistake in it was reported."""
        context = self.sheet.context
        if len(cells) != len(self.sheet.columns):
            context.reporter.report(
                "LP3063",
                cells[0].span.to(cells[-1].span),
                say(
                    "row {} has {} cells, and the sheet's first line {}", number, len(cells), len(self.sheet.columns)
                ),
            )
            return None
        clauses: list[ir.Clause] = []
        good = True
        for form, column, words in zip(self.forms, self.columns, self.words, strict=True):
            texts = tuple(cells[c].text for c in (form.low, form.high) if isinstance(c, int))
            if texts not in form.made:
                form.made[texts] = self._clause(form, column, words, cells)
            clause = form.made[texts]
            if clause is None:
                good = False
            elif clause is not ANYTHING:
                clauses.append(clause)
        values = [self._value(o, cells) for o in self.outputs]
        found = tuple(v for v in values if v is not None)
        if not good or len(found) < len(values):
            return None
        span = cells[0].span.to(cells[-1].span)
        return ir.Row(
            condition=ir.Condition(clauses=tuple(clauses)) if clauses else None,
            outputs=found,
            text=context.words(span),
            place=context.place(span),
        )

    def _clause(self, form: _Form, column: typed.Expr, words: str, cells: list[Cell]) -> ir.Clause | None:
        """The condition that a cell is, `ANYTHING`, or None with a diagnostic."""
        if form.low is None:
            test, said = form.constant, form.words
        elif form.is_range:
            test, said = self._range(form, column, cells)
        elif form.relation == "is" and isinstance(form.low, int):
            cell = cells[form.low]
            said = cell.text
            test = None if cell.text in EMPTY else sheet_values.test(said, cell.span, column, self.sheet.context)
        else:
            value = self._end(form.low, column, cells)
            said = f"{form.relation} {self._said(form.low, cells)}"
            test = None if value is None else self._relate(form.relation, column, value)
        if test is None:
            return ANYTHING
        if test.broken:
            return None
        return ir.Clause(expr=lowering.lower(test), text=f"{words} {said}", reads=lowering.reads(test, self.lets))

    def _range(self, form: _Form, column: typed.Expr, cells: list[Cell]) -> tuple[typed.Expr | None, str]:
        """The test of a range, None where both ends are open; and its words."""
        low, high = self._end(form.low, column, cells), self._end(form.high, column, cells)
        low_said, high_said = self._said(form.low, cells), self._said(form.high, cells)
        inside = form.relation == "in"
        if low is None and high is None:
            return None, ""
        if low is None:
            relation = "<=" if inside else ">"
            return self._relate(relation, column, high), f"{relation} {high_said}"
        if high is None:
            relation = ">=" if inside else "<"
            return self._relate(relation, column, low), f"{relation} {low_said}"
        if low.broken or high.broken:
            return typed.error(low.span), ""
        span = low.span.to(high.span) if low.span.start <= high.span.start else high.span.to(low.span)
        test = operators.between(form.relation, column, low, high, span, self.sheet.context)
        return test, f"{'' if inside else 'not in '}{low_said} to {high_said}"

    def _relate(self, relation: str, column: typed.Expr, value: typed.Expr | None) -> typed.Expr | None:
        if value is None or value.broken:
            return value
        return expressions.relate(relation, column, value, value.span, self.sheet.context)

    def _end(self, where: Column, column: typed.Expr, cells: list[Cell]) -> typed.Expr | None:
        """The value that is compared with; None where the cell is empty."""
        if not isinstance(where, int):
            return where
        cell = cells[where]
        if cell.text in EMPTY:
            return None
        assert column.type is not None
        return sheet_values.value(cell.text, cell.span, column.type, self.sheet.context)

    def _said(self, where: Column, cells: list[Cell]) -> str:
        if isinstance(where, int):
            return cells[where].text
        return "" if where is None else self.table.slice(where.span)

    def _value(self, output: _Output, cells: list[Cell]) -> ir.Scalar | None:
        """An output's value, or None with a diagnostic."""
        if not isinstance(output.column, int):
            value = output.column.value
            return None if isinstance(value, tuple) else value
        cell = cells[output.column]
        if cell.text not in output.made:
            output.made[cell.text] = self._read(output, cell)
        return output.made[cell.text]

    def _read(self, output: _Output, cell: Cell) -> ir.Scalar | None:
        context = self.sheet.context
        if not cell.text:
            context.reporter.report(
                "LP3063",
                cell.span,
                say("this cell is empty, and `{}` needs {}", output.name, describe(output.type)),
            )
            return None
        found = sheet_values.value(cell.text, cell.span, output.type, context)
        if found.broken or isinstance(found.value, tuple):
            return None
        if found.type is not None and not blocks.fits_field(found, output.type):
            sheet_values.report(cell.text, cell.span, output.type, context)
            return None
        return found.value
