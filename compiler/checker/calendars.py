"""Calendar blocks: their lines, those of other calendars that they name, and what is wrong with them."""

from __future__ import annotations

from dataclasses import dataclass

from leadpolicy.compiler import calendars, ir, syntax
from leadpolicy.compiler.checker import leave
from leadpolicy.compiler.checker.context import Context
from leadpolicy.compiler.diagnostics import nearest
from leadpolicy.compiler.source import Span
from leadpolicy.compiler.wording import joined, say
from leadpolicy.grammar.keywords import WEEKDAYS

_WEEKDAY = {
    spelling: number for number, (english, chinese) in enumerate(WEEKDAYS.items()) for spelling in (english, *chinese)
}


@dataclass(frozen=True, slots=True)
class _Line:
    """A line, and where a problem with it is shown in the file that is checked."""

    line: calendars.Line
    span: Span


def check_calendars(context: Context) -> tuple[ir.Calendar, ...]:
    """All calendars of the file in which time can be counted; and whether the header's is one of them.

    One without weekdays only has days, for other calendars to name.
    """
    _check_header(context)
    leave.check_leave(context)
    made = (_check(node, context) for node in context.names.calendars.values())
    return tuple(m for m in made if m is not None)


def counts(node: syntax.Calendar) -> bool:
    """Whether time can be counted in a calendar: it says when a week is open."""
    return any(isinstance(line, syntax.WeekLine) for line in node.lines)


def _check_header(context: Context) -> None:
    header = context.names.header
    for line in header.lines if header else ():
        if line.key == "calendar" and isinstance(line.value, syntax.Name):
            known = context.names.calendars
            if line.value.text not in known:
                report_unknown(line.value, context)


def report_unknown(name: syntax.Name, context: Context, module: Context | None = None) -> None:
    """A calendar that is not declared in the file, or in the module."""
    suggestion = nearest(name.text, (module or context).names.calendars)
    hint = say("declare it: calendar {} {{ mon to fri 09:00 to 18:00 }}", name.text)
    context.reporter.report(
        "LP2033",
        name.span,
        say("there is no calendar `{}`", name.text),
        hint=say("did you mean `{}`?", suggestion) if suggestion else hint,
        fix=suggestion,
    )


_ALL_WEEK = calendars.WeekLine(tuple(range(7)), ((0, 1440),))


def _check(node: syntax.Calendar, context: Context) -> ir.Calendar | None:
    gathering = _Gathering(context)
    lines = gathering.lines(node, context, None)
    if not gathering.good:
        return None
    only_days = not counts(node) and context.calendar != node.name.text
    read = [_ALL_WEEK] * only_days + [x.line for x in lines]
    made, problems = calendars.compile_calendar(node.name.text, read)
    for problem in problems:
        span = node.name.span if problem.line is None else lines[problem.line - only_days].span
        context.reporter.report("LP3061", span, problem.message)
    return None if only_days else made


class _Gathering:
    """The lines of one calendar. Everything is reported in the file that is checked, `context`."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.path: list[syntax.Calendar] = []
        self.good = True

    def lines(self, node: syntax.Calendar, home: Context, shown: Span | None) -> list[_Line]:
        """The lines of a calendar of the file `home`. One that another names is `shown` there, and gives its days."""
        self.path.append(node)
        found: list[_Line] = []
        for line in node.lines:
            at = shown or line.span
            match line:
                case syntax.WeekLine():
                    found += self._week(line) if shown is None else ()
                case syntax.DaysLine():
                    kind: ir.DayKind = "holiday" if line.kind == "holidays" else "workday"
                    words = home.words(line.span)
                    found += [
                        _Line(calendars.DaysLine(kind, first.value, last.value, words), at)
                        for first, last in line.days
                    ]
                case syntax.CountryLine(country=None):
                    found += self._named(line.calendar, home, at)
                case syntax.CountryLine(country=syntax.Name() as country, region=region):
                    found.append(_Line(calendars.CountryLine(country.text, region.value if region else None), at))
                case syntax.LeaveLine():
                    pass  # says who is away, not when the calendar is open (`checker.leave`)
        self.path.pop()
        return found

    def _week(self, line: syntax.WeekLine) -> list[_Line]:
        weekdays: list[int] = []
        for first, last in line.days:
            start, end = self._weekday(first), self._weekday(last)
            if start is None or end is None:
                return []
            weekdays += [(start + n) % 7 for n in range((end - start) % 7 + 1)]
        shifts = tuple((a.minutes, b.minutes) for a, b in line.shifts)
        return [_Line(calendars.WeekLine(tuple(weekdays), shifts), line.span)]

    def _weekday(self, name: syntax.Name) -> int | None:
        found = _WEEKDAY.get(name.text)
        if found is None:
            self.good = False
            suggestion = nearest(name.text, _WEEKDAY)
            self.context.reporter.report(
                "LP3061",
                name.span,
                say("`{}` is no day of the week", name.text),
                hint=say("did you mean `{}`?", suggestion) if suggestion else say("days: {}", joined(WEEKDAYS)),
                fix=suggestion,
            )
        return found

    def _named(self, written: syntax.Expression | None, home: Context, at: Span) -> list[_Line]:
        """`holidays cal.china`, `holidays office`: the days of another calendar."""
        found = self._find(written, home)
        if found is None:
            self.good = False
            return []
        node, there = found
        if node in self.path:
            path = [*(c.name.text for c in self.path[self.path.index(node) :]), node.name.text]
            self.context.reporter.report(
                "LP4001",
                at,
                say("these calendars go round in a circle: {}", joined((f"`{p}`" for p in path), between=" → ")),
                hint=say("one of them has to do without the others"),
            )
            self.good = False
            return []
        return self.lines(node, there, at)

    def _find(self, written: syntax.Expression | None, home: Context) -> tuple[syntax.Calendar, Context] | None:
        """The calendar that is named, and its file; None where there is none (reported, in its own file)."""
        match written:
            case syntax.Name(text=text):
                node, there, name = home.names.calendars.get(text), home, written
            case syntax.Attribute(base=syntax.Name(text=alias), name=name) if alias in home.names.uses:
                module = home.modules.get(alias)
                if module is None:
                    return None  # why it can't be read has been reported
                node, there = module.names.calendars.get(name.text), module
            case _:
                if written is not None and home is self.context:
                    home.reporter.report(
                        "LP2033",
                        written.span,
                        say("`{}` is no calendar", home.words(written.span)),
                        hint=say("name one of this file, or of a module: use std.calendars as cal, then cal.china"),
                    )
                return None
        if node is not None:
            return node, there
        if home is self.context:
            report_unknown(name, home, there)
        return None
