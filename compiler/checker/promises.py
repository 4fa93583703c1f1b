"""Where a lead goes, as promises and tests ask it (`route is queue x`), and promises themselves (rulings 41, 42)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Literal

from leadpolicy.compiler import ir, syntax, typed
from leadpolicy.compiler.checker import blocks, expressions, names, operators
from leadpolicy.compiler.checker.context import Context
from leadpolicy.compiler.checker.destinations import check_destination
from leadpolicy.compiler.diagnostics import nearest
from leadpolicy.compiler.types import BOOL
from leadpolicy.compiler.wording import joined, say
from leadpolicy.grammar.keywords import BUILT_IN_NAMES, KEYWORDS

What = Literal["route", "destination", "holder"]

_WHAT: dict[str, What] = {
    **dict.fromkeys(("route", *KEYWORDS["route"]), "route"),
    **dict.fromkeys(("destination", *BUILT_IN_NAMES["destination"]), "destination"),
    **dict.fromkeys(("holder", *BUILT_IN_NAMES["holder"]), "holder"),
}
_PLAIN = ("closed", "undecided", "nobody", "owner", "member", "team", "queue", "pool", "nurture")
_PLAIN_OF = {spelling: word for word in _PLAIN for spelling in (word, *KEYWORDS.get(word, ()))} | {"无人": "nobody"}


@contextmanager
def asking(context: Context, *, holder: bool = False) -> Iterator[None]:
    """While active, conditions may ask where a lead goes; `holder`: also who has it."""
    before = context.place_comparison
    context.place_comparison = partial(_compare, context=context, holder=holder)
    try:
        yield
    finally:
        context.place_comparison = before


def what_is_asked(node: syntax.Expression, context: Context) -> What | None:
    """`route`, `destination` or `holder`, where a name stands for that; the author's own names come first."""
    if not isinstance(node, syntax.Name) or node.quoted or node.text not in _WHAT:
        return None
    own = names.is_bound(node.text, context) or context.names.is_expression_name(node.text)
    return None if own else _WHAT[node.text]


def is_nobody(node: syntax.Expression) -> bool:
    """Whether it is the word for nobody."""
    return isinstance(node, syntax.Name) and _PLAIN_OF.get(node.text) == "nobody"


def _compare(node: syntax.Comparison, context: Context, holder: bool) -> typed.Expr | None:
    """`route is queue x`; None for a comparison of other things."""
    what = what_is_asked(node.left, context)
    if what is None:
        return None
    if what == "holder" and not holder:
        context.reporter.report(
            "LP3023",
            node.left.span,
            say("who has a lead is asked in tests only: a promise is about where it goes"),
            hint=say("write `destination` for every place that it can go to"),
        )
        return typed.error(node.span)
    if node.relation not in {"is", "is not"}:
        context.reporter.report(
            "LP3023",
            node.span,
            say("a place is asked for with `is` or `is not`, not with `{}`", node.relation),
            hint=say("for example: route is pool public"),
        )
        return typed.error(node.span)
    asked = _place(node.right, what, context)
    if asked is None:
        return typed.error(node.span)
    kind, name, member = asked
    result = typed.Expr("has_route", BOOL, node.span, () if member is None else (member,), (what, kind, name or ""))
    return operators.logic("not", (result,), node.span) if node.relation == "is not" else result


def _place(node: syntax.Expression, what: What, context: Context) -> tuple[str, str | None, typed.Expr | None] | None:
    """Kind, name and member; None with a diagnostic."""
    if isinstance(node, syntax.PlaceValue):
        return _declared(node.destination, context)
    word = _PLAIN_OF.get(node.text) if isinstance(node, syntax.Name) else None
    if word is not None and (word != "nobody" or what != "destination"):
        return word, None, None
    suggestion = nearest(node.text, _PLAIN) if isinstance(node, syntax.Name) else None
    context.reporter.report(
        "LP3023",
        node.span,
        say("`{}` is no place that a lead can go to", context.words(node.span)),
        hint=say("did you mean `{}`?", suggestion)
        if suggestion
        else say("for example: queue desk, pool public, {}", joined(_PLAIN[:3])),
        fix=suggestion,
    )
    return None


def _declared(node: syntax.Destination, context: Context) -> tuple[str, str | None, typed.Expr | None] | None:
    if node.kind == "member" and node.member is not None:
        fact = context.member_fact()
        member = expressions.check(node.member, ir.Type(kind="fact", fact=fact) if fact else None, context)
        return None if member.broken else ("member", None, member)
    made = check_destination(node, context)
    return None if made is None else (made.kind, made.name, None)


def check_promises(context: Context) -> tuple[ir.Promise, ...]:
    """All promises."""
    seen: dict[str, syntax.Always] = {}
    made: list[ir.Promise | None] = []
    for node in context.names.promises:
        if node.name.value in seen:
            blocks.said_twice(node.name.value, node.name.span, seen[node.name.value].name.span, context)
            continue
        seen[node.name.value] = node
        made.append(_promise(node, context))
    return blocks.no_none(made)


def _promise(node: syntax.Always, context: Context) -> ir.Promise | None:
    with asking(context):
        condition = blocks.sure_condition(node.condition, context)
    if condition is None:
        return None
    return ir.Promise(
        name=node.name.value,
        condition=condition,
        text=context.words(node.condition.span),
        place=context.place(node.name.span),
    )
