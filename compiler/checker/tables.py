"""Decision tables: columns, cells, outputs, and whether every input has a row."""

from __future__ import annotations

from leadpolicy.compiler import ir, lowering, syntax, typed
from leadpolicy.compiler.analysis.tables import Finding, analyse
from leadpolicy.compiler.checker import expressions, facts, operators, unary_tests
from leadpolicy.compiler.checker.context import Context
from leadpolicy.compiler.checker.sheets import Rows, read_rows
from leadpolicy.compiler.types import NUMBERS, TEXTS, describe
from leadpolicy.compiler.wording import joined, say


def declare_outputs(node: syntax.Table, context: Context) -> None:
    """Work out the types of a table's outputs, before anything reads them."""
    outputs: list[ir.TableOutput] = []
    for output in node.outputs:
        type_ = facts.field_type(output.type, context)
        if type_ is None:
            return
        if type_.kind in {"list", "fact"}:
            context.reporter.report(
                "LP3016",
                output.span,
                say("a table can't give {}", describe(type_)),
                hint=say("give a text or a choice"),
            )
            return
        outputs.append(ir.TableOutput(name=output.name.text if output.name else None, type=type_))
    context.table_outputs[node.name.text] = tuple(outputs)


def check_table(node: syntax.Table, context: Context) -> ir.Table | None:
    """One table, or None where a mistake in it was reported."""
    columns = [expressions.check(c, None, context) for c in node.columns]
    outputs = context.table_outputs.get(node.name.text)
    order = _output_order(node, outputs, context) if outputs else None
    read = _rows(node, columns, outputs, order, context)
    if read is None or any(c.broken for c in columns) or outputs is None or any(r is None for r in read.rows):
        return None
    made = tuple(r for r in read.rows if r is not None)
    inputs = tuple(lowering.lower(unary_tests.column(c)) for c in columns)
    result = analyse(node.hit, inputs, made, context.lists)
    for finding in result.findings:
        _report(finding, node, read, context)
    return ir.Table(
        name=node.name.text,
        label=node.label.value if node.label else None,
        hit=node.hit,
        inputs=inputs,
        outputs=outputs,
        rows=made,
        complete=result.complete,
        place=context.place(node.name.span),
    )


def _rows(
    node: syntax.Table,
    columns: list[typed.Expr],
    outputs: tuple[ir.TableOutput, ...] | None,
    order: tuple[int, ...] | None,
    context: Context,
) -> Rows | None:
    """The rows, from the table itself or from its sheet; None where they can't be read."""
    if node.sheet is None:
        rows = [_row(n, row, columns, outputs, order, context) for n, row in enumerate(node.rows, 1)]
        return None if order is None else Rows(rows, [r.span for r in node.rows], context)
    if (
        outputs is None
        or order is None
        or any(operators.condition(c, context).broken if c.op == "gate_name" else c.broken for c in columns)
    ):
        return None
    return read_rows(node, columns, outputs, order, context)


def _output_order(
    node: syntax.Table, outputs: tuple[ir.TableOutput, ...], context: Context
) -> tuple[int, ...] | None:
    """For each output, the header's column that gives it."""
    names = [o.name or node.name.text for o in outputs]
    written = [c.text for c in node.output_columns]
    if sorted(names) == sorted(written):
        return tuple(written.index(n) for n in names)
    span = node.output_columns[0].span.to(node.output_columns[-1].span) if node.output_columns else node.name.span
    context.reporter.report(
        "LP3016",
        span,
        say(
            "the columns behind `||` are {}, not {}",
            joined(f"`{n}`" for n in names),
            joined(f"`{w}`" for w in written),
        ),
        hint=say("the header's last columns are the table's outputs"),
    )
    return None


def _row(
    number: int,
    row: syntax.TableRow,
    columns: list[typed.Expr],
    outputs: tuple[ir.TableOutput, ...] | None,
    order: tuple[int, ...] | None,
    context: Context,
) -> ir.Row | None:
    if len(row.cells) != len(columns):
        context.reporter.report(
            "LP3016",
            row.span,
            say("row {} has {} cells before `||`, and the header has {}", number, len(row.cells), len(columns)),
            hint=say("`-` stands for anything"),
        )
        return None
    clauses: list[ir.Clause] = []
    good = True
    for cell, column in zip(row.cells, columns, strict=True):
        test = unary_tests.check(cell, column, context)
        if test is None:
            continue
        if test.broken:
            good = False
            continue
        words = f"{context.words(column.span)} {context.words(cell.span)}"
        clauses += lowering.single(test, words, context.lets).clauses
    values = _outputs(number, row, outputs, order, context)
    if not good or values is None:
        return None
    return ir.Row(
        condition=ir.Condition(clauses=tuple(clauses)) if clauses else None,
        outputs=values,
        text=context.words(row.span),
        place=context.place(row.span),
    )


def _outputs(
    number: int,
    row: syntax.TableRow,
    outputs: tuple[ir.TableOutput, ...] | None,
    order: tuple[int, ...] | None,
    context: Context,
) -> tuple[ir.ConstValue, ...] | None:
    if outputs is None or order is None:
        return None
    if len(row.outputs) != len(outputs):
        context.reporter.report(
            "LP3016",
            row.span,
            say("row {} has {} cells behind `||`, and the header has {}", number, len(row.outputs), len(outputs)),
        )
        return None
    found = [output_value(row.outputs[i], o.type, context) for i, o in zip(order, outputs, strict=True)]
    return None if any(f is None for f in found) else tuple(f for f in found if f is not None)


def output_value(node: syntax.Expression, type_: ir.Type, context: Context) -> ir.Scalar | None:
    """A fixed value of the output's type."""
    expr = expressions.check(node, type_, context)
    if expr.broken:
        return None
    assert expr.type is not None
    same = expr.type == type_ or (expr.type.kind == "int" and type_.kind == "number")
    same = same or (expr.type.kind == type_.kind and expr.type.kind in NUMBERS | TEXTS)
    if expr.op != "const" or not same or isinstance(expr.value, tuple):
        context.reporter.report(
            "LP3017",
            node.span,
            say("`{}` is not {}", context.words(node.span), describe(type_)),
            hint=say("a table gives fixed values of its output's type"),
        )
        return None
    assert expr.value is not None
    return expr.value


def _report(finding: Finding, node: syntax.Table, read: Rows, context: Context) -> None:
    """A finding of the analysis, in words, at the row that it is about."""
    name = node.name.text
    rows = [read.spans[i] for i in finding.rows]
    example = say("for example: {}", joined(finding.example)) if finding.example else None
    match finding.kind:
        case "gap":
            context.reporter.report(
                "LP4002",
                node.name.span,
                say("no row of `{}` holds for some leads", name),
                hint=say("{}; end with a row of `-`", example) if example else say("end with a row of `-`"),
            )
        case "overlap":
            read.context.reporter.report(
                "LP4003",
                rows[1],
                say("`{}` is `unique`, and two of its rows can hold at once", name),
                hint=example,
                related=((say("the other row"), rows[0]),),
            )
        case "unproved":
            read.context.reporter.report(
                "LP4003",
                rows[1],
                say("`{}` is `unique`, and it can't be shown that these two rows never hold at once", name),
                hint=say("use plain comparisons with fixed values in one column, or leave out `unique`"),
                related=((say("the other row"), rows[0]),),
            )
        case "shadowed":
            related = tuple((say("a row above"), r) for r in rows[1:2])
            read.context.reporter.report(
                "LP4004",
                rows[0],
                say("this row of `{}` can never be reached: the rows above take every such lead", name),
                hint=say("move it up, or remove it"),
                related=related,
                severity="warning",
            )
