"""Service levels (ruling 82) and what may go through a channel (ruling 83)."""

from __future__ import annotations

from leadpolicy.compiler import ir, syntax
from leadpolicy.compiler.checker import blocks, effects, leave
from leadpolicy.compiler.checker.context import Context
from leadpolicy.compiler.checker.places import period_days, whole_count
from leadpolicy.compiler.source import Span
from leadpolicy.compiler.wording import keyword, say


def check_sla(node: syntax.Sla, context: Context) -> ir.Sla | None:
    """One clock, or None where a mistake in it was reported."""
    lines: dict[str, syntax.SlaLine] = {}
    steps: list[ir.SlaStep | None] = []
    for line in node.lines:
        if isinstance(line, syntax.SlaStep):
            steps.append(_step(line, context))
        elif line.word in lines:
            blocks.said_twice(keyword(line.word), line.span, lines[line.word].span, context)
        else:
            lines[line.word] = line
    start = None
    if "from" in lines:
        start = blocks.a_time(lines["from"].value, context)
    else:
        context.reporter.report(
            "LP3053",
            node.name.span,
            say("from when the clock `{}` runs is not said", node.name.text),
            hint=say("for example: from assigned_at"),
        )
    if not steps:
        context.reporter.report(
            "LP3053",
            node.name.span,
            say("the clock `{}` does nothing", node.name.text),
            hint=say("for example: at 8 work hours notify owner by wecom …"),
        )
    conditions = {word: blocks.sure_condition(line.value, context) for word, line in lines.items() if word != "from"}
    if start is None or None in conditions.values() or None in steps:
        return None
    return ir.Sla(
        name=node.name.text,
        label=node.label.value if node.label else None,
        when=conditions.get("when"),
        start=start,
        until=conditions.get("until"),
        paused=conditions.get("paused while"),
        steps=blocks.no_none(steps),
        place=context.place(node.name.span),
    )


def _step(line: syntax.SlaStep, context: Context) -> ir.SlaStep | None:
    after = blocks.length(line.after, context)
    action = effects.check_effect(line.action, "lease", context)
    if after is None or action is None:
        return None
    return ir.SlaStep(
        after=after.value,
        calendar=after.calendar,
        leave=leave.of_length(after.calendar, line.span, context),
        action=action,
        text=context.words(line.span),
        place=context.place(line.span),
    )


def check_channel(node: syntax.ChannelGuard, context: Context) -> ir.ChannelGuard | None:
    """What guards one channel, or None where a mistake in it was reported."""
    good = effects.channel_is_known(node.name, context)
    first: dict[str, Span] = {}
    only_when: ir.Condition | None = None
    quiet: tuple[int, int] | None = None
    limits: list[ir.ChannelLimit] = []
    for line in node.lines:
        word = {syntax.OnlyWhen: "only when", syntax.Quiet: "quiet"}.get(type(line))
        if word is not None and word in first:
            blocks.said_twice(keyword(word), line.span, first[word], context)
            good = False
            continue
        if word is not None:
            first[word] = line.span
        match line:
            case syntax.OnlyWhen(condition=condition):
                only_when = blocks.sure_condition(condition, context)
                good = good and only_when is not None
            case syntax.Claim():
                count, days = whole_count(line.count, context), period_days(line, context)
                if count is None or days is None:
                    good = False
                else:
                    limits.append(ir.ChannelLimit(count=count, per_days=days))
            case syntax.Quiet():
                quiet = _quiet(line, context)
                good = good and quiet is not None
    if not good:
        return None
    return ir.ChannelGuard(
        channel=node.name.text,
        only_when=only_when,
        limits=tuple(limits),
        quiet=quiet,
        place=context.place(node.name.span),
    )


def _quiet(line: syntax.Quiet, context: Context) -> tuple[int, int] | None:
    start, end = line.start.minutes % 1440, line.end.minutes % 1440
    if start == end:
        context.reporter.report(
            "LP3064",
            line.span,
            say("these quiet hours end where they begin"),
            hint=say("for example: quiet 20:00 to 08:00"),
        )
        return None
    return start, end
