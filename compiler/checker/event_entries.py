"""Entries of a score that count records: `+5 each Activity where … within …, halving every 30 days`."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from leadpolicy.compiler import ir, syntax, typed
from leadpolicy.compiler.checker import expressions, records, scores
from leadpolicy.compiler.checker.context import Context
from leadpolicy.compiler.types import describe
from leadpolicy.compiler.wording import keyword, say

_REPEAT: dict[str, Literal["each", "once", "once_per_day"]] = {
    "each": "each", "once": "once", "once per day": "once_per_day"
}  # fmt: skip
_DAY = 86_400_000_000


def check_event_entry(node: syntax.EventEntry, context: Context) -> ir.EventEntry | None:
    """One entry, or None where a mistake in it was reported."""
    worth = scores.points(node.points, context)
    checked = records.check_records(node.records, context)
    decay, decay_good = _decay(node, context)
    limit, limit_good = _limit(node, context)
    if worth is None or checked is None or not decay_good or not limit_good:
        return None
    if not all(scores.reads_facts_only(part, context) for part in checked.parts):
        return None
    fact = context.facts[checked.made.fact]
    if fact.dated is None and (decay is not None or node.repeat == "once per day"):
        context.reporter.report(
            "LP3028",
            node.decays[0][1].span if node.decays else node.span,
            say("no field of `{}` says when it happened, so no time can be asked of it", fact.name),
            hint=say("mark one in its declaration: at: time required as happened"),
        )
        return None
    return ir.EventEntry(
        points=worth,
        repeat=_REPEAT[node.repeat],
        records=checked.made,
        decay=decay,
        limit=limit,
        because=node.because.value if node.because else None,
        text=context.words(node.span),
        place=context.place(node.span),
    )


def _decay(node: syntax.EventEntry, context: Context) -> tuple[ir.Decay | None, bool]:
    """How points fall with age; and whether nothing is wrong with it."""
    if not node.decays:
        return None, True
    if len(node.decays) > 1:
        context.reporter.report(
            "LP3034",
            node.decays[1][1].span,
            say("points fall in one way: `{}` or `{}`", keyword("halving every"), keyword("fading over")),
            related=((say("the first one"), node.decays[0][1].span),),
        )
        return None, False
    kind, span = node.decays[0]
    expr = expressions.check(span, None, context)
    if expr.broken:
        return None, False
    days = _whole_days(expr)
    if days is None:
        assert expr.type is not None
        words = context.words(span.span)
        context.reporter.report(
            "LP3034",
            span.span,
            say("points fall by the day: `{}` is no whole number of days", words)
            if expr.type.kind == "duration"
            else say("points fall by the day, and `{}` is {}", words, describe(expr.type)),
            hint=say("for example: 30 days"),
        )
        return None, False
    return ir.Decay(kind=kind, days=days), True


def _whole_days(expr: typed.Expr) -> int | None:
    """The days of a written duration, 1 month as 30 (ruling 16); None where they are not whole, or none at all."""
    if expr.op != "const" or not isinstance(expr.value, ir.Duration) or expr.value.micros % _DAY:
        return None
    length = expr.value
    days = length.months // 12 * 365 + length.months % 12 * 30 + length.days + length.micros // _DAY
    return days if days > 0 else None


def _limit(node: syntax.EventEntry, context: Context) -> tuple[str | None, bool]:
    """The cap; and whether nothing is wrong with it."""
    if not node.limits:
        return None, True
    if len(node.limits) > 1:
        context.reporter.report(
            "LP3034",
            node.limits[1].span,
            say("this entry has a limit already"),
            related=((say("the first one"), node.limits[0].span),),
        )
        return None, False
    limit = scores.points(node.limits[0], context)
    if limit is not None and Decimal(limit) < 0:
        context.reporter.report("LP3014", node.limits[0].span, say("a limit on points is not below 0"))
        return None, False
    return limit, limit is not None
