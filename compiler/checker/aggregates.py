"""What is asked of records (`any`, `count`, `sum`, `last`, …), and of the past (`entered`, `ago`, `during`)."""

from __future__ import annotations

from leadpolicy.compiler import syntax, typed
from leadpolicy.compiler.checker import calendars, operators, records, windows
from leadpolicy.compiler.checker.context import Context
from leadpolicy.compiler.checker.names import whose
from leadpolicy.compiler.diagnostics import nearest
from leadpolicy.compiler.ir import Type
from leadpolicy.compiler.source import Span
from leadpolicy.compiler.types import BOOL, INT, NUMBER, NUMBERS, TIME, describe
from leadpolicy.compiler.wording import Term, joined, keyword, say, term

FUNCTIONS = frozenset({"count", "sum", "average", "distinct", "first", "last", "entered", "during", "ago"})


def call(function: str, node: syntax.Call, context: Context) -> typed.Expr:
    """A call of one of these functions."""
    wanted = 2 if function == "ago" else 1
    if len(node.arguments) != wanted or any(a.name is not None for a in node.arguments):
        context.reporter.report(
            "LP3010", node.span, say("`{}(…)` takes {}, and nothing else", keyword(function), _TAKES[function])
        )
        return typed.error(node.span)
    first = node.arguments[0].value
    match function:
        case "entered":
            return _entered(first, node, context)
        case "during":
            return _during(first, node, context)
        case "ago":
            return _ago(first, node.arguments[1].value, node, context)
    asked = as_records(first)
    if asked is None:
        context.reporter.report(
            "LP3010",
            first.span,
            say(
                "`{}(…)` takes {}, and `{}` is something else",
                keyword(function),
                _TAKES[function],
                context.words(first.span),
            ),
            hint=say("for example: {}({})", keyword(function), _EXAMPLE[function]),
        )
        return typed.error(node.span)
    if function in {"first", "last"}:
        return _pick(function, asked, node, context)
    return _number(function, asked, node, context)


_TAKES = {
    "count": term("the records that it counts"),
    "sum": term("a value of records"),
    "average": term("a value of records"),
    "distinct": term("a value of records"),
    "first": term("the records that it chooses from"),
    "last": term("the records that it chooses from"),
    "entered": term("a stage"),
    "during": term("a calendar"),
    "ago": term("a score and a span of time"),
}
_EXAMPLE = {
    "count": "Activity where …",
    "sum": "seconds of Activity",
    "average": "seconds of Activity",
    "distinct": "kind of Activity",
    "first": "Activity where …",
    "last": "Activity where …",
}


def as_records(node: syntax.Expression) -> syntax.Records | None:
    """Records as they are written; a fact's name alone is all of them."""
    if isinstance(node, syntax.Records):
        return node
    if isinstance(node, syntax.Name):
        return syntax.Records((node,), None, (), (), node.span)
    return None


def quantified(node: syntax.Quantified, context: Context) -> typed.Expr:
    """`any R`, `no R`."""
    checked = records.check_records(node.records, context)
    if checked is None:
        return typed.error(node.span)
    found = typed.Expr("any", BOOL, node.span, checked.parts, unknown=checked.unknown, records=checked.made)
    return operators.logic("not", (found,), node.span) if node.quantifier == "no" else found


def _number(function: str, asked: syntax.Records, node: syntax.Call, context: Context) -> typed.Expr:
    checked = records.check_records(asked, context, takes_value=function != "count")
    if checked is None:
        return typed.error(node.span)
    if function == "count":
        return typed.Expr("count", INT, node.span, checked.parts, unknown=checked.unknown, records=checked.made)
    value = checked.value
    assert value is not None
    assert value.type is not None
    unknown = checked.unknown or value.unknown
    if function == "distinct":
        if value.type.kind == "list":
            _no_value(function, value, term("single values"), context)
            return typed.error(node.span)
        return typed.Expr("distinct", INT, node.span, checked.parts, unknown=unknown, records=checked.made)
    if value.type.kind not in NUMBERS | {"money", "percent", "duration"}:
        _no_value(function, value, term("numbers and durations"), context)
        return typed.error(node.span)
    type_ = NUMBER if function == "average" and value.type == INT else value.type
    return typed.Expr(
        "total", type_, node.span, checked.parts, function,
        nothing=function == "average", unknown=unknown, records=checked.made,
    )  # fmt: skip


def _no_value(function: str, value: typed.Expr, wanted: Term, context: Context) -> None:
    assert value.type is not None
    context.reporter.report(
        "LP3030",
        value.span,
        say("`{}(…)` is of {}, and `{}` is {}", keyword(function), wanted, context.said(value), describe(value.type)),
    )


def _pick(function: str, asked: syntax.Records, node: syntax.Call, context: Context) -> typed.Expr:
    checked = records.check_records(asked, context, takes_prefer=True)
    if checked is None:
        return typed.error(node.span)
    fact = context.facts[checked.made.fact]
    if fact.dated is None and not any(p.order for p in checked.prefer):
        context.reporter.report(
            "LP3028",
            node.span,
            say("which `{}` is the {} is not said: no field dates it", fact.name, keyword(function)),
            hint=say(
                "mark one in its declaration: at: time required as happened, or say it here: {}({} prefer latest …)",
                keyword(function),
                context.words(asked.span),
            ),
        )
        return typed.error(node.span)
    return typed.Expr(
        "pick", Type(kind="fact", fact=fact.name), node.span, checked.parts, function,
        nothing=True, unknown=checked.unknown, records=checked.made, prefer=checked.prefer,
    )  # fmt: skip


# ── The past and the clock ──


def _entered(stage: syntax.Expression, node: syntax.Call, context: Context) -> typed.Expr:
    name = stage_name(stage, context)
    if name is None or (not context.in_rule and whose(name, node.span, context, derived=True) is None):
        return typed.error(node.span)
    if context.in_rule:
        words = context.words(node.span)
        context.reporter.report(
            "LP2017",
            node.span,
            say("whose `{}` is meant can't be said in a rule", words),
            hint=say("give it a name outside, let reached = {}, and read that of a record: lead.reached", words),
        )
        return typed.error(node.span)
    return typed.Expr("entered", TIME, node.span, value=name, nothing=True)


def stage_name(node: syntax.Expression, context: Context) -> str | None:
    """The stage that is named, a parameter's too; None where there is none (reported)."""
    if isinstance(node, syntax.Name):
        given = context.parameters.get(node.text)
        if given is not None and given.op == "stage_reached" and isinstance(given.value, str):
            return given.value
        if node.text in context.names.stages:
            return node.text
    words = context.words(node.span)
    suggestion = nearest(words, context.names.stages)
    context.reporter.report(
        "LP3010",
        node.span,
        say("there is no stage `{}`", words),
        hint=say("did you mean `{}`?", suggestion)
        if suggestion
        else say("the stages: {}", joined(context.names.stages)),
        fix=suggestion,
    )
    return None


def _during(calendar: syntax.Expression, node: syntax.Call, context: Context) -> typed.Expr:
    found = calendars.named(calendar, context)
    if found is not None:
        if not calendars.counts(found[0]):
            context.reporter.report(
                "LP3061",
                calendar.span,
                say("`{}` has no weekdays: it only has days, for other calendars", found[0].name.text),
                hint=say("add the hours of a week: mon to fri 09:00 to 18:00"),
            )
            return typed.error(node.span)
        return typed.Expr("during", BOOL, node.span, value=found[1])
    words = context.words(calendar.span)
    suggestion = nearest(words, context.names.calendars)
    context.reporter.report(
        "LP3010",
        calendar.span,
        say("there is no calendar `{}`", words),
        hint=say("did you mean `{}`?", suggestion) if suggestion else say("declare one: calendar work {{ … }}"),
        fix=suggestion,
    )
    return typed.error(node.span)


def _ago(score: syntax.Expression, span: syntax.Expression, node: syntax.Call, context: Context) -> typed.Expr:
    found, micros = score_of(score, node.span, context), windows.length(span, context, what=term("the span of `ago`"))
    if found is None or micros is None:
        return typed.error(node.span)
    if not context.in_rule:
        context.reporter.report(
            "LP3036",
            node.span,
            say("`{}` looks back at a score, and only rules can", context.words(node.span)),
            hint=say("write a rule: when lead: Lead where …, when lead.total - ago(lead.total, 24 hours) >= 20"),
        )
        return typed.error(node.span)
    assert isinstance(found.value, tuple)
    return typed.Expr("ago", NUMBER, node.span, value=(str(found.value[0]), micros), var=found.var)


def score_of(node: syntax.Expression | None, span: Span, context: Context) -> typed.Expr | None:
    """The score that is named; None where that was a mistake (reported)."""
    from leadpolicy.compiler.checker import expressions

    if isinstance(node, syntax.Name) and node.text not in context.names.scores:
        suggestion = nearest(node.text, context.names.scores)
        context.reporter.report(
            "LP3010",
            node.span,
            say("there is no score `{}`", node.text),
            hint=say("did you mean `{}`?", suggestion) if suggestion else say("name one of the policy's scores"),
            fix=suggestion,
        )
        return None
    found = typed.error(span) if node is None else expressions.check(node, None, context)
    if found.broken:
        return None
    if found.op != "score" or not isinstance(found.value, tuple) or found.value[1] != "value":
        context.reporter.report(
            "LP3010",
            found.span,
            say("`{}` is no score", context.said(found)),
            hint=say("name one of the policy's scores"),
        )
        return None
    return found
