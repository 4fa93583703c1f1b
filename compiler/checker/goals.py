"""Goals (ruling 73), and which records are the same (ruling 74)."""

from __future__ import annotations

from itertools import pairwise

from leadpolicy.compiler import ir, syntax
from leadpolicy.compiler.checker import blocks, expressions, names
from leadpolicy.compiler.checker.context import Context
from leadpolicy.compiler.diagnostics import nearest
from leadpolicy.compiler.source import Span
from leadpolicy.compiler.types import describe
from leadpolicy.compiler.wording import joined, keyword, say

WON = "won"
"""What comes behind the last stage: see the funnel's `won when`."""


def check_goal(node: syntax.Goal, context: Context) -> ir.Goal | None:
    """One goal, or None where a mistake in it was reported."""
    lines: dict[str, syntax.GoalLine] = {}
    rates: list[ir.GoalRate | None] = []
    for line in node.lines:
        if line.word == "rate":
            rates.append(_rate(line, context))
        elif line.word in lines:
            blocks.said_twice(keyword(line.word), line.span, lines[line.word].span, context)
        else:
            lines[line.word] = line
    missing = [word for word in ("revenue", "deal") if word not in lines]
    if missing:
        context.reporter.report(
            "LP3057",
            node.name.span,
            say("the goal `{}` lacks {}", node.name.text, joined(map(keyword, missing), "and")),
            hint=say("for example: revenue 5_000_000 CNY by 2026-12-31, and deal 200_000 CNY"),
        )
    revenue, deal, end = _amounts(lines, context)
    measured = blocks.whole_days(lines["rates"].value, context) if "rates" in lines else None
    made = blocks.no_none(rates)
    if len(made) < len(rates) or ("rates" in lines and measured is None):
        return None
    _check_chain(node, made, measured, context)
    if revenue is None or deal is None or end is None:
        return None
    return ir.Goal(
        name=node.name.text,
        label=node.label.value if node.label else None,
        revenue=revenue,
        end=end,
        deal=deal,
        rates=made,
        measured_days=measured,
        place=context.place(node.name.span),
    )


def _amounts(
    lines: dict[str, syntax.GoalLine], context: Context
) -> tuple[ir.Const | None, ir.Const | None, str | None]:
    """Revenue, deal, and the last day; None for what is missing or wrong (reported)."""
    found = {word: _money(lines[word].value, context) if word in lines else None for word in ("revenue", "deal")}
    revenue, deal = found["revenue"], found["deal"]
    if revenue is not None and deal is not None and revenue.type != deal.type:
        context.reporter.report(
            "LP3003",
            lines["deal"].value.span,
            say("revenue is {}, and a deal {}", describe(revenue.type), describe(deal.type)),
            related=((say("the revenue"), lines["revenue"].value.span),),
        )
        revenue = None
    end = None
    if "revenue" in lines and lines["revenue"].end is not None:
        written = lines["revenue"].end
        expr = expressions.check(written, None, context)
        if expr.op == "const" and expr.type is not None and expr.type.kind == "date":
            end = str(expr.value)
        elif not expr.broken:
            context.reporter.report(
                "LP3057",
                written.span,
                say("a goal ends on a fixed day, not `{}`", context.words(written.span)),
                hint=say("for example: by 2026-12-31"),
            )
    return revenue, deal, end


def _money(node: syntax.Expression, context: Context) -> ir.Const | None:
    expr = expressions.check(node, None, context)
    if expr.broken:
        return None
    value = expr.value if expr.op == "const" and expr.type is not None and expr.type.kind == "money" else None
    if isinstance(value, str) and not value.startswith("-") and value != "0":
        assert expr.type is not None
        return ir.Const(type=expr.type, value=value)
    context.reporter.report(
        "LP3057",
        node.span,
        say("a fixed amount of money above zero is expected here, not `{}`", context.words(node.span)),
        hint=say("for example: 200_000 CNY"),
    )
    return None


def _steps(context: Context) -> tuple[str, ...]:
    stages = tuple(context.names.stages)
    return stages if WON in stages else (*stages, WON)


def _rate(line: syntax.GoalLine, context: Context) -> ir.GoalRate | None:
    assert line.steps is not None
    steps = _steps(context)
    for name in line.steps:
        if name.text not in steps:
            suggestion = nearest(name.text, steps)
            context.reporter.report(
                "LP2032",
                name.span,
                say("the funnel has no stage `{}`", name.text),
                hint=say("did you mean `{}`?", suggestion) if suggestion else say("its stages: {}", joined(steps)),
                fix=suggestion,
            )
            return None
    start, end = line.steps
    if (start.text, end.text) not in pairwise(steps):
        context.reporter.report(
            "LP3057",
            start.span.to(end.span),
            say(
                "a rate is from one stage to the next, and `{}` does not come right behind `{}`", end.text, start.text
            ),
            hint=say("the order is: {}", joined(steps)),
        )
        return None
    expr = expressions.check(line.value, None, context)
    if expr.broken:
        return None
    share = expr.value if expr.op == "const" and expr.type and expr.type.kind == "percent" else None
    if not isinstance(share, str) or not 0 < float(share) <= 1:
        context.reporter.report(
            "LP3057",
            line.value.span,
            say("a rate is more than 0% and at most 100%, not `{}`", context.words(line.value.span)),
        )
        return None
    return ir.GoalRate(start=start.text, end=end.text, rate=share)


def _check_chain(node: syntax.Goal, rates: tuple[ir.GoalRate, ...], measured: int | None, context: Context) -> None:
    """Each step of the funnel needs a rate, given or measured; won leads can only be measured if they are told."""
    given = {(r.start, r.end) for r in rates}
    unknown = [step for step in pairwise(_steps(context)) if step not in given]
    written = context.names.funnel
    told = WON in context.names.stages or (written is not None and written.won_when is not None)
    if not context.names.stages:
        context.reporter.report(
            "LP3057",
            node.name.span,
            say("a goal is worked out along the funnel, and this policy has none"),
            hint=say("for example: funnel {{ SQL: fit >= 50 }}"),
        )
    elif unknown and measured is None:
        context.reporter.report(
            "LP3057",
            node.name.span,
            say("how many go from `{}` to `{}` is not said", unknown[0][0], unknown[0][1]),
            hint=say("give the rate, or let it be measured: rates within 365 days"),
        )
    elif not told and any(end == WON for _, end in unknown):
        context.reporter.report(
            "LP3057",
            node.name.span,
            say("when a lead is won is not said, so the rate from `{}` to `won` can't be measured", unknown[-1][0]),
            hint=say("say it in the funnel: won when status is won"),
        )
    elif not told:
        context.reporter.warn(
            "LP4052",
            node.name.span,
            say("when a lead is won is not said, so what is reached of `{}` can't be counted", node.name.text),
            hint=say("say it in the funnel: won when status is won"),
        )


# ── Duplicates ──


def check_duplicates(context: Context) -> tuple[ir.Duplicate, ...]:
    """All blocks that say which records are the same, one for a fact."""
    first: dict[str, Span] = {}
    made: list[ir.Duplicate | None] = []
    for node in context.names.duplicates:
        name = node.fact.text
        if name in first:
            blocks.said_twice(f"duplicate {name}", node.fact.span, first[name], context)
            continue
        first[name] = node.fact.span
        made.append(_duplicate(node, context))
    return blocks.no_none(made)


def _duplicate(node: syntax.Duplicate, context: Context) -> ir.Duplicate | None:
    fact = context.facts.get(node.fact.text)
    if fact is None:
        if node.fact.text not in context.names.facts:
            blocks.no_such_fact(node.fact, context)
        return None
    same: list[tuple[str, ...]] = []
    keeps: list[syntax.Keep] = []
    good = True
    for line in node.lines:
        match line:
            case syntax.Same(fields=fields):
                found = [_field(f, fact, context) for f in fields]
                good = good and None not in found
                same.append(tuple(dict.fromkeys(f.text for f in fields)))
            case syntax.Keep() if keeps:
                blocks.said_twice(keyword("keep"), line.span, keeps[0].span, context)
                good = False
            case syntax.Keep():
                keeps.append(line)
    keep = keeps[0] if keeps else None
    good = _may_keep(node, keep, fact, context) and good
    if not same:
        context.reporter.report(
            "LP3062",
            node.fact.span,
            say("what makes two records of `{}` the same is not said", fact.name),
            hint=say("for example: same phone"),
        )
    if not good or not same or keep is None:
        return None
    return ir.Duplicate(
        fact=fact.name, same=tuple(same), keep=keep.order, by=keep.field.text, place=context.place(node.span)
    )


def _field(name: syntax.Name, fact: ir.Fact, context: Context) -> ir.FactField | None:
    """A field of the fact, or None with a diagnostic."""
    if names.fact_field(fact.name, None, name, name.span, context).broken:
        return None
    return context.field_of(fact.name, name.text)


def _may_keep(node: syntax.Duplicate, keep: syntax.Keep | None, fact: ir.Fact, context: Context) -> bool:
    if keep is None:
        context.reporter.report(
            "LP3062",
            node.fact.span,
            say("which of the same records stays is not said"),
            hint=say("for example: keep earliest created_at"),
        )
        return False
    field = _field(keep.field, fact, context)
    if field is not None and field.type.kind not in {"time", "date"}:
        context.reporter.report(
            "LP3062",
            keep.field.span,
            say("`{}` needs a time or a date, and `{}` is {}", keyword(keep.order), field.name, describe(field.type)),
        )
        return False
    return field is not None
