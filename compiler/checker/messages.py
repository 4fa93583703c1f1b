"""Messages with values put in: `"Due soon: {this.company}"`.

What stands in braces is a path of names, read by the parser as any expression is, and looked up at its own place in
the string. A brace itself is doubled. Ruling 68 says how unknown and nothing print.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from leadpolicy.compiler import ir, lowering, syntax
from leadpolicy.compiler.checker import expressions
from leadpolicy.compiler.checker.context import Context
from leadpolicy.compiler.parser import parse
from leadpolicy.compiler.source import Source, Span
from leadpolicy.compiler.types import describe
from leadpolicy.compiler.wording import say, term

_PIECE = re.compile(r"\\(?P<escape>.)|\{\{|\}\}|\{(?P<hole>[^{}\n]*)\}|[{}]|(?P<plain>[^\\{}]+)", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t"}
_BEFORE = "let x = "


def check_template(node: syntax.Text, context: Context) -> ir.Template | None:
    """The parts of a message, or None where a mistake in it was reported."""
    parts: list[str | ir.Expr] = []
    good = True
    for piece in _pieces(node, context):
        match piece:
            case str():
                if parts and isinstance(parts[-1], str):
                    piece = parts.pop() + piece  # type: ignore[operator]
                parts.append(piece)
            case (str() as hole, Span() as span):
                made = _value(hole, span, context)
                good = good and made is not None
                if made is not None:
                    parts.append(made)
            case _:
                good = False
    return ir.Template(parts=_trimmed(parts)) if good else None


def _pieces(node: syntax.Text, context: Context) -> Iterator[str | tuple[str, Span] | None]:
    """Plain text, holes with their places, and None for a mistake that was reported."""
    raw, start = context.source.text[node.span.start + 1 : node.span.end - 1], node.span.start + 1
    for found in _PIECE.finditer(raw):
        hole, plain, escape = found["hole"], found["plain"], found["escape"]
        at = start + found.start()
        if plain is not None:
            yield plain
        elif escape is not None:
            yield _ESCAPES.get(escape, escape)
        elif hole is not None:
            yield hole, Span(at + 1, at + 1 + len(hole))
        elif len(found[0]) == 2:
            yield found[0][0]
        else:
            context.reporter.report(
                "LP2034",
                Span(at, at + 1),
                say("this brace has no partner in the message"),
                hint=say("for a brace itself write it twice: `{}`", found[0] * 2),
            )
            yield None


def _value(hole: str, span: Span, context: Context) -> ir.Expr | None:
    path = _path(hole, span)
    if path is None:
        context.reporter.report(
            "LP2034",
            span if hole else Span(span.start - 1, span.end + 1),
            say("in braces stands the name of a value, not `{}`", hole.strip()),
            hint=say("for example: {{this.company}}; longer things get a name with `let`"),
        )
        return None
    expr = expressions.check(path, None, context)
    if expr.broken:
        return None
    if expr.op == "gate_name" or expr.type is None:
        context.reporter.report(
            "LP2034", span, say("`{}` is {}: it can't be printed", hole.strip(), term("a gate")),
            hint=say("print a field, a score or a table"),
        )  # fmt: skip
        return None
    if expr.type.kind == "list":
        context.reporter.report(
            "LP2034", span, say("`{}` is {}: it can't be printed", hole.strip(), describe(expr.type)),
            hint=say("print a single value"),
        )  # fmt: skip
        return None
    return lowering.lower(expr)


def _path(hole: str, span: Span) -> syntax.Expression | None:
    """The path of names that stands in braces, at its place in the file; None where something else does."""
    file, diagnostics = parse(Source("", _BEFORE + hole))
    if diagnostics or len(file.declarations) != 1 or not isinstance(file.declarations[0], syntax.Let):
        return None
    return _moved(file.declarations[0].value, span.start - len(_BEFORE))


def _moved(node: syntax.Expression, by: int) -> syntax.Expression | None:
    def there(span: Span) -> Span:
        return Span(span.start + by, span.end + by)

    match node:
        case syntax.Name():
            return syntax.Name(node.text, there(node.span), node.quoted)
        case syntax.Attribute():
            base, name = _moved(node.base, by), node.name
            if base is None:
                return None
            return syntax.Attribute(base, syntax.Name(name.text, there(name.span), name.quoted), there(node.span))
        case _:
            return None


def _trimmed(parts: list[str | ir.Expr]) -> tuple[str | ir.Expr, ...]:
    """In NFC, and without space at either end, as all texts are kept (ruling 21)."""
    kept = [unicodedata.normalize("NFC", p) if isinstance(p, str) else p for p in parts]
    if kept and isinstance(kept[0], str):
        kept[0] = kept[0].lstrip()
    if kept and isinstance(kept[-1], str):
        kept[-1] = kept[-1].rstrip()
    return tuple(p for p in kept if p != "")
