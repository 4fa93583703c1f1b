"""Leave: what a calendar's lines `leave … from … to …` say of who is away, and where that counts."""

from __future__ import annotations

from leadpolicy.compiler import ir, lowering, syntax, typed
from leadpolicy.compiler.checker.context import Context
from leadpolicy.compiler.source import Span
from leadpolicy.compiler.types import BOOL, describe
from leadpolicy.compiler.wording import say

_MOMENTS = frozenset({"time", "date"})


def check_leave(context: Context) -> None:
    """The lines of all calendars, whether anything counts in them or not."""
    for node in context.names.calendars.values():
        lines = [line for line in node.lines if isinstance(line, syntax.LeaveLine)]
        if lines and node.name.text != context.calendar:
            context.reporter.report(
                "LP3065",
                lines[0].span,
                say("work hours and workdays aren't counted in `{}`, so leave in it changes nothing", node.name.text),
                hint=say("put the line into the calendar that the policy's header names, or name this one there"),
            )
        elif lines:
            _header_leave(context)


def of_this(span: Span, context: Context) -> tuple[typed.Expr, ...]:
    """The leave that counts where work time is added to a time, at `span`.

    That of the lead decided about. Not in rules, and not where records are gone through: those times are of others.
    """
    if context.in_rule or context.subject != "this" or context.bound:
        return ()
    root = context.root or context
    if root.checking_leave:
        context.reporter.report(
            "LP4001",
            span,
            say(
                "`{}` counts in work time, and leave is taken from work time: each needs the other",
                context.words(span),
            ),
            hint=say("say who is away, and from when to when, without work hours and workdays"),
        )
        return (typed.error(span),)
    return _header_leave(root)


def of_length(calendar: str | None, span: Span, context: Context) -> tuple[ir.Leave, ...]:
    """The leave that counts in a length of time of the lead's lease: of work time in the calendar."""
    if calendar is None:
        return ()
    return tuple(lowering.leave(line) for line in of_this(span, context) if not line.broken)


def _header_leave(context: Context) -> tuple[typed.Expr, ...]:
    """The lines of the header's calendar, checked at the first use."""
    if context.leave is None:
        node = context.names.calendars.get(context.calendar or "")
        lines = [line for line in node.lines if isinstance(line, syntax.LeaveLine)] if node is not None else []
        context.checking_leave = True
        with context.at_the_top():
            made = [_line(line, context) for line in lines]
        context.checking_leave = False
        context.leave = tuple(made)
        _check_apart(made, context)
    return context.leave


def _line(line: syntax.LeaveLine, context: Context) -> typed.Expr:
    from leadpolicy.compiler.checker import records

    checked = records.check_records(line.records, context)
    if checked is None or not _is_personal(checked, line, context):
        return typed.error(line.span)
    with context.bind_row(checked.made.fact):
        ends = [_moment(node, context) for node in (line.start, line.end)]
    made = typed.Expr(
        "leave", BOOL, line.span, (*checked.parts, *ends),
        unknown=checked.unknown or any(end.unknown for end in ends), records=checked.made,
    )  # fmt: skip
    if not made.broken and _is_empty(ends[0], ends[1]):
        context.reporter.report(
            "LP3065",
            Span(line.start.span.start, line.end.span.end),
            say("this leave ends where it begins, or before: it takes no time away"),
            hint=say("a time's end is out, 09:00 to 18:00; a day's is in, 2026-12-24 to 2026-12-24"),
        )
        return typed.error(line.span)
    return made


def _moment(node: syntax.Expression, context: Context) -> typed.Expr:
    from leadpolicy.compiler.checker import expressions

    found = expressions.check(node, None, context)
    if found.broken or (found.type is not None and found.type.kind in _MOMENTS):
        return found
    assert found.type is not None
    context.reporter.report(
        "LP3065",
        node.span,
        say(
            "leave begins and ends at a time or a date, and `{}` is {}",
            context.words(node.span),
            describe(found.type),
        ),
        hint=say("name fields of the record that are times or dates: from starts to ends"),
    )
    return typed.error(node.span)


def _is_personal(checked: typed.Records, line: syntax.LeaveLine, context: Context) -> bool:
    """Whether it is leave of somebody, as the lead knows them, and can be seen before it comes (reported)."""
    from leadpolicy.compiler.checker.lets import reads_this

    fact = context.facts[checked.made.fact]
    if fact.event:
        context.reporter.report(
            "LP3065",
            line.records.span,
            say("`{}` is an event, and an event isn't seen before it happens: leave is known before", fact.name),
            hint=say("declare it as a fact: fact {} of … {{", fact.name),
        )
        return False
    if any(reads_this(part, context) for part in checked.parts):
        return True
    owner = next((f for f in context.about.fields if f.role == "owner"), None) if context.about is not None else None
    of = f"{fact.name} of {owner.name}" if owner and fact.of == owner.type.fact else f"{fact.name} where who is owner"
    context.reporter.report(
        "LP3065",
        line.records.span,
        say("whose leave it is isn't said: `{}` is everybody's, for every lead", context.words(line.records.span)),
        hint=say("say it: leave {} from … to …; what closes for everybody is a line `holidays`", of),
    )
    return False


# ── Lines that say nothing, or the same ──


def _is_empty(start: typed.Expr, end: typed.Expr) -> bool:
    """Whether no time lies between, as far as that can be told from the words."""
    if start.type is None or end.type is None or start.type.kind != end.type.kind:
        return False
    if start.op == end.op == "const":
        a, b = start.value, end.value
        if isinstance(a, str) and isinstance(b, str):
            return b < a
        return isinstance(a, int) and isinstance(b, int) and b <= a
    return start.type.kind == "time" and lowering.lower(start) == lowering.lower(end)


def _check_apart(lines: list[typed.Expr], context: Context) -> None:
    """Two lines that take away the same time of the same people are one too many."""
    good = [line for line in lines if not line.broken]
    for at, line in enumerate(good):
        for other in good[:at]:
            if _same_people(line, other) and _overlap(line, other):
                context.reporter.report(
                    "LP3065",
                    line.span,
                    say("this takes away time that another line takes away already"),
                    hint=say("leave one of the two out, or make them one line from the first day to the last"),
                    related=((say("the other line"), other.span),),
                )


def _same_people(a: typed.Expr, b: typed.Expr) -> bool:
    return _meaning(a.records) == _meaning(b.records)


def _meaning(records: ir.Records | None) -> tuple[object, ...]:
    """Records without the author's words."""
    assert records is not None
    clauses = () if records.where is None else tuple(clause.expr for clause in records.where.clauses)
    return records.fact, records.of, clauses, records.window


def _overlap(a: typed.Expr, b: typed.Expr) -> bool:
    """Whether two lines take some time away both, as far as that can be told from the words."""
    first, second = a.args[-2:], b.args[-2:]
    if all(part.op == "const" for part in (*first, *second)):
        return _cross((first[0].value, first[1].value), (second[0].value, second[1].value))
    return [lowering.lower(part) for part in first] == [lowering.lower(part) for part in second]


def _cross(a: tuple[typed.Value, typed.Value], b: tuple[typed.Value, typed.Value]) -> bool:
    """Two stretches of days, last days in; or of time, ends out."""
    match a, b:
        case (str(), str()), (str(), str()):
            return a[0] <= b[1] and b[0] <= a[1]
        case (int(), int()), (int(), int()):
            return a[0] < b[1] and b[0] < a[1]
    return False
