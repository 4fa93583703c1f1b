"""The route: entries, `otherwise`, and where undecided leads wait."""

from __future__ import annotations

from leadpolicy.compiler import ir, syntax
from leadpolicy.compiler.checker import expressions
from leadpolicy.compiler.checker.context import Context
from leadpolicy.compiler.checker.destinations import check_destination
from leadpolicy.compiler.checker.qualification import check_unique, lowered
from leadpolicy.compiler.source import Span
from leadpolicy.compiler.wording import say, term


def _head(node: syntax.Route, context: Context) -> Span:
    """The first line of the block: enough to point at."""
    text = context.source.text[node.span.start : node.span.end]
    return Span(node.span.start, node.span.start + len(text.splitlines()[0].split("#")[0].rstrip(" {")))


def check_route(node: syntax.Route, context: Context) -> ir.Route:
    """The route block. `otherwise` becomes its last entry, without a condition."""
    check_unique((e.name for e in node.entries), term("entries of the route"), context)
    entries: list[ir.RouteEntry] = []
    may_be_unknown = False
    for entry in node.entries:
        expr = expressions.condition(entry.condition, context)
        may_be_unknown = may_be_unknown or expr.unknown
        condition = lowered(expr, context)
        destination = check_destination(entry.destination, context)
        if condition is not None and destination is not None:
            entries.append(
                ir.RouteEntry(
                    name=entry.name.text,
                    condition=condition,
                    destination=destination,
                    text=context.words(entry.condition.span),
                    place=context.place(entry.span),
                )
            )
    if node.otherwise is not None:
        written, span = node.otherwise
        destination = check_destination(written, context)
        if destination is not None:
            entries.append(
                ir.RouteEntry(
                    name="otherwise",
                    condition=None,
                    destination=destination,
                    text="otherwise",
                    place=context.place(span),
                )
            )
    else:
        context.reporter.warn(
            "LP4006",
            _head(node, context),
            say("a lead that meets no entry of this route goes nowhere"),
            hint=say("end it with: otherwise -> pool …"),
        )
    if node.undecided is None and may_be_unknown:
        context.reporter.warn(
            "LP4005",
            _head(node, context),
            say("where a lead waits whose route can't be decided yet is not said"),
            hint=say("end the route with: undecided -> queue …"),
        )
    undecided = check_destination(node.undecided[0], context) if node.undecided else None
    return ir.Route(entries=tuple(entries), undecided=undecided, place=context.place(node.span))
