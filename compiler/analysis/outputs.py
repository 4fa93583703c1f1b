"""Tables: rows that are never true, outputs that nothing reads, and declared choices that no row gives."""

from __future__ import annotations

from collections.abc import Iterator

from leadpolicy.compiler import ir
from leadpolicy.compiler.analysis.findings import Report
from leadpolicy.compiler.analysis.logic import check_condition
from leadpolicy.compiler.ir_walk import below
from leadpolicy.compiler.wording import say


def check_tables(report: Report) -> None:
    """What the analysis of rows (`tables.py`) leaves: it knows nothing of scores, and of what is read elsewhere."""
    for table in report.policy.tables:
        seen: set[int] = set()
        for row in table.rows:
            clauses = {id(clause) for clause in row.condition.clauses} if row.condition is not None else set()
            if row.condition is not None and not clauses <= seen:  # rows of a sheet share their cells
                check_condition(row.condition, row.place, report, always=False)
            seen |= clauses
        _check_choices(table, report)
    several = {t.name for t in report.policy.tables if len(t.outputs) > 1}
    if several:
        _check_outputs(several, report)


def _check_choices(table: ir.Table, report: Report) -> None:
    for i, output in enumerate(table.outputs):
        given = {row.outputs[i] for row in table.rows}
        for choice in output.type.choices or ():
            if choice not in given:
                report.note(
                    "LP4213",
                    table.place,
                    say("no row of `{}` gives `{}`", table.name, choice),
                    hint=say("add a row that gives it, or leave it out of the table's type"),
                )


def _check_outputs(several: set[str], report: Report) -> None:
    """Of a table's outputs some of which are read: those that are not. One that is read nowhere is only printed."""
    nodes = _nodes(report.policy, set())
    read = {(node.name, node.output) for node in nodes if isinstance(node, ir.TableRef)}
    for table in report.policy.tables:
        unread = [o.name for o in table.outputs if (table.name, o.name) not in read]
        if table.name in several and len(unread) < len(table.outputs):
            for name in unread:
                report.note(
                    "LP4212",
                    table.place,
                    say("nothing in this policy reads `{}.{}`", table.name, name),
                    hint=say("decisions still print it; remove it if nobody needs it"),
                )


def _nodes(node: ir.Node, seen: set[int]) -> Iterator[ir.Node]:
    """Everything in a part of a policy, whatever kinds of nodes there are; clauses that rows share once."""
    if isinstance(node, ir.Clause):
        if id(node) in seen:
            return
        seen.add(id(node))
    yield node
    for child in below(node):
        yield from _nodes(child, seen)
