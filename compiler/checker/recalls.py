"""Recall: ownership as a lease, with due times, conditions and reminders (rulings 48 to 56)."""

from __future__ import annotations

from leadpolicy.compiler import ir, lowering, syntax
from leadpolicy.compiler.checker import blocks, effects, leave
from leadpolicy.compiler.checker.context import Context
from leadpolicy.compiler.checker.destinations import check_destination
from leadpolicy.compiler.checker.qualification import check_unique
from leadpolicy.compiler.ir_walk import walk
from leadpolicy.compiler.source import Span
from leadpolicy.compiler.wording import say, term


def check_recall(node: syntax.Recall, context: Context) -> ir.Recall | None:
    """The recall block, or None where a mistake in it was reported."""
    _check_roles(node, context)
    check_unique((e.name for e in node.entries), term("entries"), context)
    while_ = blocks.sure_condition(node.while_, context)
    entries = [_entry(e, context) for e in node.entries]
    for entry in node.entries:
        if entry.destination.kind == "own_pool":
            _check_own_pool(entry.destination, context)
    if (while_ is None) != (node.while_ is None) or any(e is None for e in entries):
        return None
    return ir.Recall(while_=while_, entries=blocks.no_none(entries), place=context.place(node.span))


def _check_roles(node: syntax.Recall, context: Context) -> None:
    """A lease needs an owner, and due times are measured against the time that it began."""
    about = context.about
    if about is None:
        return
    roles = {f.role for f in about.fields}
    if "owner" not in roles:
        members = next((f for f in about.fields if f.name == "owner" and f.type.kind == "fact"), None)
        declared = context.names.facts[about.name]
        field = next((f for f in declared.fields if members is not None and f.name.text == members.name), None)
        context.reporter.report(
            "LP2030",
            blocks.head(node.span, context) if field is None else field.span,
            say("a lease needs an owner, and no field of `{}` is marked as one", about.name),
            hint=say("mark it in the fact: owner: Member as owner"),
            fix=None if field is None else f"{context.source.text[field.span.start : field.span.end]} as owner",
        )
    elif "assigned" not in roles and any(e.at is not None for e in node.entries):
        context.reporter.warn(
            "LP2030",
            blocks.head(node.span, context),
            say("when a lease began is not said, so a due time before it can't be told from one after it"),
            hint=say("mark it in the fact: assigned_at: time as assigned"),
        )


def _check_own_pool(node: syntax.Destination, context: Context) -> None:
    """Ruling 55: a lead without a pool of its own goes to the route's target, or that of `otherwise`."""
    written = context.names.route
    if written is not None and written.otherwise is not None and written.otherwise[0].kind == "pool":
        return
    context.reporter.report(
        "LP3052",
        node.span,
        say("`own pool` needs a pool for leads that came from none"),
        hint=say("end the route with: otherwise -> pool …"),
    )


def _entry(node: syntax.RecallEntry, context: Context) -> ir.RecallEntry | None:
    at = None if node.at is None else blocks.a_time(node.at, context)
    when, unless = blocks.sure_condition(node.when, context), blocks.sure_condition(node.unless, context)
    destination = check_destination(node.destination, context, "lease")
    good = (at is None) == (node.at is None) and (when is None) == (node.when is None)
    good = good and (unless is None) == (node.unless is None) and destination is not None
    if node.at is None and node.reminders:
        context.reporter.report(
            "LP3051",
            node.reminders[0].span,
            say("a reminder comes before a due time, and `{}` has none", node.name.text),
            hint=say("write `at` and the time when it is due"),
        )
        good = False
    reminders = [_reminder(r, context) for r in node.reminders]
    if not good or destination is None or any(r is None for r in reminders):
        return None
    return ir.RecallEntry(
        name=node.name.text,
        at=at,
        when=when,
        unless=unless,
        on_return=None if node.on_return is None else _reasons(node.on_return, context),
        destination=destination,
        reminders=blocks.no_none(reminders),
        calendars=() if at is None else calendars_of(at, context),
        text=_text(node, context),
        place=context.place(node.span),
    )


def _text(node: syntax.RecallEntry, context: Context) -> str:
    """What the author wrote between the name and the arrow."""
    words = context.words(Span(node.name.span.end, node.destination.span.start))
    return words.strip(" :：->→⇒")


def _reasons(node: syntax.ListOf, context: Context) -> tuple[str, ...]:
    """The reasons for which a lead comes back: free words."""
    found: dict[str, None] = {}
    for item in node.items:
        if isinstance(item, syntax.Name | syntax.Text):
            found[context.text_of(item)] = None
        else:
            context.reporter.report("LP3019", item.span, say("a reason is a word, or a text in quotes"))
    return tuple(found)


def _reminder(node: syntax.Reminder, context: Context) -> ir.Reminder | None:
    to = effects.recipient(node.to, context)
    good = effects.channel_is_known(node.channel, context)
    before = blocks.length(node.before, context)
    if to is None or before is None or not good:
        return None
    return ir.Reminder(
        to=to,
        channel=node.channel.text if node.channel else None,
        before=before.value,
        calendar=before.calendar,
        leave=leave.of_length(before.calendar, node.span, context),
        text=context.words(node.span),
        place=context.place(node.span),
    )


def calendars_of(expr: ir.Expr, context: Context) -> tuple[str, ...]:
    """The calendars that an expression counts in, through lets, each once."""
    found: dict[str, None] = {}
    seen: set[str] = set()
    pending: list[ir.Node] = [expr]
    while pending:
        for node in walk(pending.pop()):
            if isinstance(node, ir.TimeAdd) and node.calendar is not None:
                found[node.calendar] = None
            elif isinstance(node, ir.LetRef) and node.name not in seen:
                seen.add(node.name)
                meaning = context.lets.get(node.name)
                if meaning is not None and not meaning.broken:
                    pending.append(lowering.lower(meaning))
    return tuple(found)
