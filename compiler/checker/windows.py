"""Windows: which times count (`within 90 days`, `since assigned_at`, `between 60 days and 30 days ago`)."""

from __future__ import annotations

from leadpolicy.compiler import ir, lowering, syntax, typed
from leadpolicy.compiler.checker import expressions
from leadpolicy.compiler.checker.context import Context
from leadpolicy.compiler.constants import duration_micros
from leadpolicy.compiler.types import describe
from leadpolicy.compiler.wording import Term, say, term

_WINDOW = term("a window")

Checked = tuple[ir.Window | None, typed.Expr | None]
"""The window, and the typed expression of its `since`."""


def check_windows(nodes: tuple[syntax.Window, ...], fact: ir.Fact, context: Context) -> Checked | None:
    """The windows of some records as one, or None where a mistake in them was reported."""
    if not nodes:
        return None, None
    if fact.dated is None:
        context.reporter.report(
            "LP3028",
            nodes[0].span,
            say("no field of `{}` says when it happened, so no time can be asked of it", fact.name),
            hint=say("mark one in its declaration: at: time required as happened"),
        )
        return None
    spans: tuple[int, int] | None = None
    since: typed.Expr | None = None
    seen: dict[str, syntax.Window] = {}
    good = True
    for node in nodes:
        kind = "since" if node.kind == "since" else "within"
        if kind in seen:
            context.reporter.report(
                "LP3027",
                node.span,
                say("these records have a window already"),
                related=((say("here"), seen[kind].span),),
            )
            good = False
            continue
        seen[kind] = node
        if node.kind == "since":
            since = _since(node, context)
            good = good and not since.broken
        else:
            spans = _spans(node, context)
            good = good and spans is not None
    if not good:
        return None
    longest, shortest = spans or (None, 0)
    window = ir.Window(longest=longest, shortest=shortest, since=None if since is None else lowering.lower(since))
    return window, since


def _spans(node: syntax.Window, context: Context) -> tuple[int, int] | None:
    """The longest and the shortest age that counts, in microseconds."""
    first = length(node.first, context)
    if node.kind == "within":
        return None if first is None else (first, 0)
    assert node.second is not None
    second = length(node.second, context)
    if first is None or second is None:
        return None
    if first == second:
        context.reporter.report(
            "LP3027", node.span, say("`{}` leaves no time between the two", context.words(node.span))
        )
        return None
    return max(first, second), min(first, second)


def length(node: syntax.Expression, context: Context, *, what: Term = _WINDOW) -> int | None:
    """A written span in microseconds, 1 month as 30 days (rulings 11, 16, 44); None where it was a mistake."""
    expr = expressions.check(node, None, context)
    if expr.broken:
        return None
    assert expr.type is not None
    if expr.op == "parameter" and expr.type.kind == "duration":
        return 1
    words = context.words(node.span)
    if expr.type.kind in {"work_hours", "workdays"}:
        context.reporter.report(
            "LP3027",
            node.span,
            say("{} is counted in hours and days of the clock, not in {}", what, describe(expr.type)),
        )
        return None
    if expr.type.kind != "duration":
        context.reporter.report(
            "LP3027",
            node.span,
            say("{} is a duration, such as 90 days, and `{}` is {}", what, words, describe(expr.type)),
        )
        return None
    if expr.op != "const" or not isinstance(expr.value, ir.Duration):
        context.reporter.report(
            "LP3027",
            node.span,
            say("how long {} is must be written out: `{}` differs from record to record", what, words),
            hint=say("for example: 90 days"),
        )
        return None
    micros = duration_micros(expr.value)
    if micros <= 0:
        context.reporter.report("LP3027", node.span, say("{} of `{}` is empty", what, words))
        return None
    return micros


def _since(node: syntax.Window, context: Context) -> typed.Expr:
    expr = expressions.check(node.first, None, context)
    if expr.broken:
        return expr
    assert expr.type is not None
    if expr.type.kind != "time":
        context.reporter.report(
            "LP3008" if expr.type.kind == "date" else "LP3027",
            node.first.span,
            say("`since` takes a time, and `{}` is {}", context.words(node.first.span), describe(expr.type)),
            hint=say("write the time too, such as 2026-11-20 00:00") if expr.type.kind == "date" else None,
        )
        return typed.error(node.first.span)
    return expr
