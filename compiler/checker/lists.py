"""Named lists: written in the policy, or read from a column of a CSV file at compile time."""

from __future__ import annotations

import csv
import io

from leadpolicy.compiler import ir, syntax
from leadpolicy.compiler.checker import expressions
from leadpolicy.compiler.checker.context import Context
from leadpolicy.compiler.constants import clean_text
from leadpolicy.compiler.diagnostics import nearest
from leadpolicy.compiler.types import TEXT
from leadpolicy.compiler.wording import Message, Term, joined, say, term


def check_list(node: syntax.ListDeclaration, context: Context) -> ir.NamedList | None:
    """One list, or None where a mistake in it was reported."""
    if node.items is not None:
        expr = expressions.check(node.items, None, context)
        if expr.broken or not isinstance(expr.value, tuple) or expr.type is None:
            return None
        type_, items = expr.type, expr.value
    else:
        texts = _column(node, context)
        if texts is None:
            return None
        type_, items = ir.Type(kind="list", item=TEXT), texts
    return ir.NamedList(name=node.name.text, type=type_, items=items, place=context.place(node.name.span))


def _column(node: syntax.ListDeclaration, context: Context) -> tuple[str, ...] | None:
    assert node.file is not None
    assert node.column is not None
    text = read_file(node.file, context)
    if text is None:
        return None
    try:
        rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True))
    except csv.Error as error:
        context.reporter.report(
            "LP2008", node.file.span, say("`{}` is no proper CSV file: {}", node.file.value, error)
        )
        return None
    header = [clean_text(h) for h in rows[0]] if rows else []
    wanted = clean_text(context.text_of(node.column))
    if wanted not in header:
        suggestion = nearest(wanted, header)
        context.reporter.report(
            "LP2008",
            node.column.span,
            say("`{}` has no column `{}`", node.file.value, wanted),
            hint=say("did you mean `{}`?", suggestion) if suggestion else say("its columns: {}", joined(header)),
            fix=suggestion,
        )
        return None
    index = header.index(wanted)
    found = (clean_text(row[index]) for row in rows[1:] if len(row) > index)
    return tuple(dict.fromkeys(t for t in found if t))


def read_file(node: syntax.Text, context: Context) -> str | None:
    """The text of a file that the policy names, or None with a diagnostic."""
    reason: Message | Term
    hint: Message | None
    try:
        return context.read_text(node.value)
    except FileNotFoundError:
        reason, hint = term("is not there"), say("the path counts from the policy's own folder")
    except UnicodeDecodeError:
        reason, hint = term("is not in UTF-8"), say("save it as UTF-8")
    except (OSError, ValueError) as error:
        reason, hint = say("can't be read: {}", getattr(error, "strerror", None) or error), None
    context.reporter.report("LP2008", node.span, say("the file `{}` {}", node.value, reason), hint=hint)
    return None
