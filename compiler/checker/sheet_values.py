"""What a cell of a sheet says: a plain value, read directly, or a cell as a table's row would have it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

from leadpolicy.compiler import ir, syntax, typed
from leadpolicy.compiler.checker import expressions, unary_tests, values
from leadpolicy.compiler.checker.context import Context
from leadpolicy.compiler.constants import fits, print_decimal
from leadpolicy.compiler.parser import parse
from leadpolicy.compiler.reporter import Reporter
from leadpolicy.compiler.source import Source, Span
from leadpolicy.compiler.types import BOOL, DATE, TEXTS, comparable, describe
from leadpolicy.compiler.wording import say

_NUMBER = re.compile(r"([+-]?)([0-9]+(?:_[0-9]+)*|[0-9]{1,3}(?:,[0-9]{3})+)(\.[0-9]+)?\s*(%|[A-Z]{3})?")
_WORDED = re.compile(
    r"is (known|unknown|not known)|(is not|is|in|not in|contains|not contains|starts with|ends with)\s*[\"“\[]"
)
_TRUTH = {"true": True, "yes": True, "1": True, "是": True, "false": False, "no": False, "0": False, "否": False}


def test(text: str, span: Span, column: typed.Expr, context: Context) -> typed.Expr:
    """The condition of a cell: its value, or whatever a table's cell may be; `error` with a diagnostic."""
    type_ = column.type
    if type_ is None:
        return typed.error(span)
    if type_.kind in TEXTS and not _WORDED.match(text):
        found: typed.Expr | None = values.literal(syntax.Text(text, span), type_, context)
    else:
        found = _plain(text, span, type_)
    if found is not None:
        return expressions.relate("is", column, found, span, context)
    return _written(text, span, column, context)


def value(text: str, span: Span, type_: ir.Type, context: Context) -> typed.Expr:
    """The value of a cell, `error` with a diagnostic."""
    if type_.kind in TEXTS or type_.kind == "fact":
        return values.literal(syntax.Text(text, span), type_, context)
    found = _plain(text, span, type_)
    if found is None:
        found = _written_value(text, span, type_, context)
    if found is not None:
        return found
    if type_.kind == "choice":
        return values.choice(text, span, type_, context)
    report(text, span, type_, context)
    return typed.error(span)


def report(text: str, span: Span, type_: ir.Type, context: Context) -> None:
    """A cell that can't be read."""
    context.reporter.report("LP3063", span, say("`{}` can't be read as {}", text, describe(type_)))


def _plain(text: str, span: Span, type_: ir.Type) -> typed.Expr | None:
    """A value as sheets have it; None for anything else."""
    match type_.kind:
        case "choice":
            return values.const(type_, text, span) if text in (type_.choices or ()) else None
        case "bool":
            truth = _TRUTH.get(text.lower())
            return None if truth is None else values.const(BOOL, truth, span)
        case "int" | "number" | "money" | "percent":
            return _number(text, span, type_)
        case "date":
            try:
                return values.const(DATE, date.fromisoformat(text).isoformat(), span)
            except ValueError:
                return None
        case _:
            return None


def _number(text: str, span: Span, type_: ir.Type) -> typed.Expr | None:
    """A number; money without a currency is in the column's, and a percentage without a sign is a fraction."""
    found = _NUMBER.fullmatch(text)
    if found is None:
        return None
    sign, whole, fraction, unit = found.groups()
    if unit is not None and unit != ("%" if type_.kind == "percent" else type_.currency):
        return None
    number = Decimal(sign + whole.replace(",", "").replace("_", "") + (fraction or ""))
    number = number / 100 if unit == "%" else number
    if not fits(number) or (type_.kind == "int" and number != number.to_integral_value()):
        return None
    return values.const(type_, print_decimal(number), span)


# ── What goes through the parser ──

_CELL = 'table t: text {{\n| x || t |\n| {} || "" |\n}}'


def _written(text: str, span: Span, column: typed.Expr, context: Context) -> typed.Expr:
    """`>= 40`, `in [a, b]`, `6 months`: as a cell of a table."""
    source = Source("", _CELL.format(" ".join(text.split())))
    file, mistakes = parse(source)
    declared = file.declarations[0] if len(file.declarations) == 1 else None
    assert column.type is not None
    if mistakes or not isinstance(declared, syntax.Table) or len(declared.rows) != 1:
        report(text, span, column.type, context)
        return typed.error(span)
    trial = replace(context, source=source, reporter=Reporter(source))
    made = unary_tests.check(declared.rows[0].cells[0], column, trial)
    for found in trial.reporter.diagnostics:
        if found.severity == "error" and found.code.startswith("LP3"):
            context.reporter.again(found, span)
            return typed.error(span)
    if made is None or made.broken:
        report(text, span, column.type, context)
        return typed.error(span)
    return replace(made, span=span)


def _written_value(text: str, span: Span, type_: ir.Type, context: Context) -> typed.Expr | None:
    """A fixed value as a policy writes it, such as `6 months` or `2026-11-20 10:00`; None for anything else."""
    source = Source("", f"let x = {' '.join(text.split())}")
    file, mistakes = parse(source)
    declared = file.declarations[0] if len(file.declarations) == 1 else None
    if mistakes or not isinstance(declared, syntax.Let):
        return None
    literal = declared.value
    if not isinstance(literal, syntax.Number | syntax.Quantity | syntax.Boolean | syntax.Date | syntax.Time):
        return None
    trial = replace(context, source=source, reporter=Reporter(source))
    found = values.literal(literal, type_, trial)
    if found.broken or found.type is None or not comparable(found.type, type_):
        return None
    return replace(found, span=span)
