"""Built-in functions: which there are, what they take and give."""

from __future__ import annotations

from leadpolicy.compiler import syntax, typed
from leadpolicy.compiler.checker.context import Context
from leadpolicy.compiler.diagnostics import nearest
from leadpolicy.compiler.types import DURATION, ORDERED, TEXT, TEXTS, comparable, describe, sortable
from leadpolicy.compiler.wording import Term, joined, keyword, say, term

KNOWN = (
    "age", "ago", "average", "count", "distinct", "domain", "during", "earlier", "entered", "first", "high", "last",
    "later", "low", "plain", "sum",
)  # fmt: skip


def call(name: syntax.Name, node: syntax.Call, arguments: tuple[typed.Expr, ...], context: Context) -> typed.Expr:
    """A call of a built-in function with typed arguments."""
    if any(a.name is not None for a in node.arguments):
        context.reporter.report("LP3010", node.span, say("the arguments of `{}` have no names", keyword(name.text)))
        return typed.error(node.span)
    if any(a.broken for a in arguments):
        return typed.error(node.span)
    match name.text:
        case "domain":
            return _one(name, node, arguments, frozenset({"email", "text"}), term("an e-mail address"), context)
        case "plain":
            return _one(name, node, arguments, TEXTS, term("a text"), context)
        case "age":
            return _one(name, node, arguments, frozenset({"time"}), term("a time"), context)
        case "earlier" | "later":
            return _extreme(name, node, arguments, context)
        case text:
            suggestion = nearest(text, KNOWN)
            context.reporter.report(
                "LP2007",
                name.span,
                say("there is no function `{}`", text),
                hint=say("did you mean `{}`?", suggestion)
                if suggestion
                else say("functions: {}", joined(map(keyword, KNOWN))),
                fix=suggestion,
            )
    return typed.error(node.span)


def _one(
    name: syntax.Name,
    node: syntax.Call,
    arguments: tuple[typed.Expr, ...],
    kinds: frozenset[str],
    wanted: Term,
    context: Context,
) -> typed.Expr:
    """A function of one argument."""
    if len(arguments) != 1:
        context.reporter.report(
            "LP3010", node.span, say("`{}(…)` takes {}, and nothing else", keyword(name.text), wanted)
        )
        return typed.error(node.span)
    argument = arguments[0]
    assert argument.type is not None
    if argument.type.kind not in kinds:
        context.reporter.report(
            "LP3010",
            argument.span,
            say(
                "`{}(…)` takes {}, and `{}` is {}",
                keyword(name.text),
                wanted,
                context.words(argument.span),
                describe(argument.type),
            ),
        )
        return typed.error(node.span)
    result = DURATION if name.text == "age" else TEXT
    nothing = argument.nothing or name.text != "plain"
    return typed.Expr("call", result, node.span, arguments, name.text, nothing=nothing, unknown=argument.unknown)


def _extreme(name: syntax.Name, node: syntax.Call, arguments: tuple[typed.Expr, ...], context: Context) -> typed.Expr:
    """`earlier(a, b, …)`, `later(a, b, …)`: the least or the greatest; what is nothing is skipped."""
    if len(arguments) < 2:
        context.reporter.report("LP3010", node.span, say("`{}(…)` chooses among two or more", keyword(name.text)))
        return typed.error(node.span)
    first = arguments[0]
    assert first.type is not None
    for argument in arguments:
        assert argument.type is not None
        fits = comparable(first.type, argument.type) and sortable(first.type, argument.type)
        if argument.type.kind not in ORDERED or not fits:
            context.reporter.report(
                "LP3010",
                argument.span,
                say(
                    "`{}(…)` can't choose between {} and {}",
                    keyword(name.text),
                    describe(first.type),
                    describe(argument.type),
                ),
            )
            return typed.error(node.span)
    return typed.Expr(
        "call", first.type, node.span, arguments, name.text,
        nothing=all(a.nothing for a in arguments), unknown=any(a.unknown for a in arguments),
    )  # fmt: skip
