"""Nurture programmes: what starts them, their steps, and what stops them."""

from __future__ import annotations

from leadpolicy.compiler import ir, syntax
from leadpolicy.compiler.checker import blocks, effects
from leadpolicy.compiler.checker.context import Context
from leadpolicy.compiler.checker.destinations import check_destination
from leadpolicy.compiler.checker.records import check_records, lower_records
from leadpolicy.compiler.wording import keyword, say


def check_nurtures(context: Context) -> tuple[ir.Nurture, ...]:
    """The bodies of all programmes that have one."""
    nodes = context.names.places["nurture"].values()
    return blocks.no_none(_check(n, context) for n in nodes if n.lines is not None or n.trigger is not None)


def _check(node: syntax.PlaceDeclaration, context: Context) -> ir.Nurture | None:
    trigger = None if node.trigger is None else _trigger(node.trigger, context)
    good = (trigger is None) == (node.trigger is None)
    steps: list[ir.NurtureStep] = []
    stops: list[syntax.Stop] = []
    stop, stop_to = None, None
    for line in node.lines or ():
        match line:
            case syntax.NurtureStep():
                step = _step(line, context)
                good = good and step is not None
                if step is not None:
                    steps.append(step)
            case syntax.Stop() if stops:
                blocks.said_twice(keyword("stop when"), line.span, stops[0].span, context)
                good = False
            case syntax.Stop():
                stops.append(line)
                stop = blocks.sure_condition(line.condition, context)
                stop_to = None if line.destination is None else check_destination(line.destination, context, "lease")
                good = good and stop is not None and (stop_to is None) == (line.destination is None)
            case _:
                pass  # the grammar has no other lines here
    if not good:
        return None
    return ir.Nurture(
        name=node.name.text,
        trigger=trigger,
        steps=tuple(steps),
        stop=stop,
        stop_to=stop_to,
        place=context.place(node.name.span),
    )


def _trigger(node: syntax.Records, context: Context) -> ir.Records | None:
    records = check_records(node, context)
    if records is None:
        return None
    fact = context.facts[records.made.fact]
    if not fact.event or fact.of != context.names.about:
        context.reporter.report(
            "LP3051",
            node.span,
            say("an event of a {} starts a programme, and `{}` is none", context.names.about, fact.name),
            hint=say("for example: nurture x on Activity where …, with event Activity of {}", context.names.about),
        )
        return None
    if records.made.window is not None:
        context.reporter.report(
            "LP3051",
            node.windows[0].span,
            say("an event starts a programme when it happens: a span of time says nothing here"),
            hint=say("leave it out"),
        )
        return None
    return lower_records(records)


def _step(line: syntax.NurtureStep, context: Context) -> ir.NurtureStep | None:
    after = None if line.after is None else blocks.length(line.after, context)
    condition = blocks.sure_condition(line.condition, context)
    action = effects.check_effect(line.action, "lease", context)
    if (after is None) != (line.after is None) or (condition is None) != (line.condition is None) or action is None:
        return None
    return ir.NurtureStep(
        after=after.value if after else None,
        calendar=after.calendar if after else None,
        branch=line.branch,
        condition=condition,
        action=action,
        place=context.place(line.span),
    )
