"""What blocks do: messages, tasks, flags and moves; who gets them, and through which channel."""

from __future__ import annotations

from leadpolicy.compiler import ir, lowering, syntax
from leadpolicy.compiler.checker import blocks, expressions
from leadpolicy.compiler.checker.context import Context
from leadpolicy.compiler.checker.destinations import Block, check_destination
from leadpolicy.compiler.checker.messages import check_template
from leadpolicy.compiler.diagnostics import nearest
from leadpolicy.compiler.source import Span
from leadpolicy.compiler.types import describe
from leadpolicy.compiler.wording import joined, say

Effect = ir.Notify | ir.Task | ir.Send | ir.Flag | ir.Move


def check_effect(node: syntax.Action, block: Block, context: Context) -> Effect | None:
    """An action outside rules, or None where a mistake in it was reported. `block`: where it stands."""
    match node:
        case syntax.Notify():
            return check_notify(node, context, needs_recipient=True)
        case syntax.Task():
            return _task(node, context)
        case syntax.Send():
            return _send(node, context)
        case syntax.Flag():
            return _flag(node, context)
        case syntax.Move():
            destination = check_destination(node.destination, context, block)
            if destination is None:
                return None
            return ir.Move(destination=destination, text=context.words(node.span), place=context.place(node.span))
        case _:
            context.reporter.report(
                "LP3058",
                node.span,
                say(
                    "`{}` changes facts, and only a rule may do that", context.words(blocks.head(node.span, context))
                ),
                hint=say("write a rule: when …, then …"),
            )
            return None


def check_notify(node: syntax.Notify, context: Context, *, needs_recipient: bool) -> ir.Notify | None:
    """`notify owner by wecom "…"`; in a team without a recipient."""
    to = None if node.to is None else recipient(node.to, context)
    good = node.to is None or to is not None
    if node.to is None and needs_recipient:
        context.reporter.report(
            "LP3054",
            node.span,
            say("who is notified is not said"),
            hint=say("for example: notify owner by wecom …"),
        )
        good = False
    good = channel_is_known(node.channel, context) and good
    message = check_template(node.message, context)
    if message is None or not good:
        return None
    return ir.Notify(
        to=to,
        channel=node.channel.text if node.channel else None,
        message=message,
        text=context.words(node.span),
        place=context.place(node.span),
    )


def _task(node: syntax.Task, context: Context) -> ir.Task | None:
    to, message = recipient(node.to, context), check_template(node.message, context)
    due = None if node.due is None else blocks.length(node.due, context)
    if to is None or message is None or (due is None) != (node.due is None):
        return None
    return ir.Task(
        to=to,
        message=message,
        due=due.value if due else None,
        calendar=due.calendar if due else None,
        text=context.words(node.span),
        place=context.place(node.span),
    )


def _send(node: syntax.Send, context: Context) -> ir.Send | None:
    good = channel_is_known(node.channel, context)
    content = check_template(node.content, context)
    if content is None or not good:
        return None
    return ir.Send(
        content=content,
        channel=node.channel.text if node.channel else None,
        text=context.words(node.span),
        place=context.place(node.span),
    )


def _flag(node: syntax.Flag, context: Context) -> ir.Flag | None:
    record = expressions.check(node.record, None, context)
    if record.broken:
        return None
    assert record.type is not None
    if record.type.kind != "fact":
        context.reporter.report(
            "LP3058",
            node.record.span,
            say("a record is flagged, and `{}` is {}", context.words(node.record.span), describe(record.type)),
            hint=say("for example: flag this as fake"),
        )
        return None
    return ir.Flag(
        record=lowering.lower(record),
        flag=node.flag.text,
        text=context.words(node.span),
        place=context.place(node.span),
    )


def recipient(node: syntax.Expression, context: Context) -> ir.Expr | None:
    """Who gets a message or task: a member, or None with a diagnostic."""
    fact = context.member_fact()
    expected = ir.Type(kind="fact", fact=fact) if fact is not None else None
    expr = expressions.check(node, expected, context)
    if expr.broken:
        return None
    if fact is None:
        context.reporter.report(
            "LP2013",
            node.span,
            say("who the members are is not said"),
            hint=say("declare them: fact Member {{ id: text key }}, and a field of the lead: owner: Member as owner"),
        )
        return None
    assert expr.type is not None
    if expr.type.kind != "fact" or expr.type.fact != fact:
        context.reporter.report(
            "LP3054",
            node.span,
            say("messages and tasks go to a {}, and `{}` is {}", fact, context.words(node.span), describe(expr.type)),
            hint=say("for example: owner, or owner.manager"),
        )
        return None
    return lowering.lower(expr)


def channel_is_known(node: syntax.Name | None, context: Context) -> bool:
    """Whether the header lists the channel; if not, that is reported."""
    if node is None or node.text in context.channels:
        return True
    report_channel(node.text, node.span, context)
    return False


def report_channel(name: str, span: Span, context: Context) -> None:
    """A channel that the header does not list."""
    suggestion = nearest(name, context.channels)
    hint = say("list it in the policy's header: channels [{}]", joined((*context.channels, name)))
    if suggestion:
        hint = say("did you mean `{}`?", suggestion)
    context.reporter.report(
        "LP2031", span, say("the policy's header lists no channel `{}`", name), hint=hint, fix=suggestion
    )
