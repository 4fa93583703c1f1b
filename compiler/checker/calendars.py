"""Calendar blocks: their lines, those of other calendars that they name, and what is wrong with them."""

from __future__ import annotations

from dataclasses import dataclass

from leadpolicy.compiler import calendars, ir, syntax
from leadpolicy.compiler.checker.context import Context
from leadpolicy.compiler.diagnostics import nearest
from leadpolicy.compiler.source import Source, Span
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
    """All calendars of the file, and whether the header's is one of them."""
    _check_header(context)
    made = (_check(node, context) for node in context.names.calendars.values())
    return tuple(m for m in made if m is not None)


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


def _check(node: syntax.Calendar, context: Context) -> ir.Calendar | None:
    gathering = _Gathering(context, [node.name.text])
    lines = gathering.lines(node)
    if not gathering.good:
        return None
    made, problems = calendars.compile_calendar(node.name.text, [x.line for x in lines])
    for problem in problems:
        span = node.name.span if problem.line is None else lines[problem.line].span
        context.reporter.report("LP3061", span, problem.message)
    return made


class _Gathering:
    """The lines of one calendar; `path` are the calendars whose lines are being taken, to find circles."""

    def __init__(self, context: Context, path: list[str]) -> None:
        self.context = context
        self.path = path
        self.good = True

    def lines(self, node: syntax.Calendar, shown: Span | None = None, source: Source | None = None) -> list[_Line]:
        """The lines of a calendar. Of one that another names: shown where it is named; it gives its days only."""
        found: list[_Line] = []
        for line in node.lines:
            at = shown or line.span
            match line:
                case syntax.WeekLine():
                    if shown is None:
                        found += self._week(line)
                case syntax.DaysLine():
                    for first, last in line.days:
                        kind = "holiday" if line.kind == "holidays" else "workday"
                        words = (source or self.context.source).slice(line.span)
                        days = calendars.DaysLine(kind, first.value, last.value, words)  # type: ignore[arg-type]
                        found.append(_Line(days, at))
                case syntax.CountryLine():
                    found += self._country(line, at)
                case syntax.LeaveLine():
                    self._leave(line)
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

    def _country(self, line: syntax.CountryLine, at: Span) -> list[_Line]:
        if line.country is not None:
            region = line.region.value if line.region else None
            return [_Line(calendars.CountryLine(line.country.text, region), at)]
        assert line.calendar is not None
        return self._named(line.calendar, at)

    def _named(self, written: syntax.Expression, at: Span) -> list[_Line]:
        """`holidays cal.china`, `holidays office`: the days of another calendar."""
        node: syntax.Declaration | None = None
        source: Source | None = None
        if isinstance(written, syntax.Name):
            node = self.context.names.calendars.get(written.text)
            if node is None:
                report_unknown(written, self.context)
        else:
            module = self._module(written)
            if module is not None and isinstance(written, syntax.Attribute):
                source, node = module.source, module.names.calendars.get(written.name.text)
                if node is None:
                    report_unknown(written.name, self.context, module)
        if not isinstance(node, syntax.Calendar):
            self.good = False
            return []
        if node.name.text in self.path and source is None:
            path = [*self.path[self.path.index(node.name.text) :], node.name.text]
            self.context.reporter.report(
                "LP4001",
                at,
                say("these calendars go round in a circle: {}", joined((f"`{p}`" for p in path), between=" → ")),
                hint=say("one of them has to do without the others"),
            )
            self.good = False
            return []
        self.path.append(node.name.text)
        lines = self.lines(node, at, source)
        self.path.pop()
        return lines

    def _module(self, written: syntax.Expression) -> Context | None:
        """The module of `cal.china`, or None with a diagnostic."""
        base = written.base if isinstance(written, syntax.Attribute) else None
        if isinstance(base, syntax.Name) and base.text in self.context.names.uses:
            return self.context.modules.get(base.text)  # where it can't be read, that has been reported
        self.context.reporter.report(
            "LP2033",
            written.span,
            say("`{}` is no calendar", self.context.words(written.span)),
            hint=say("name one of this file, or of a module: use std.calendars as cal, then cal.china"),
        )
        return None

    def _leave(self, line: syntax.LeaveLine) -> None:
        self.good = False
        self.context.reporter.report(
            "LP3061",
            line.span,
            say("leave of single members comes with a later version"),
            hint=say("leave the line out; the calendar's own holidays are for everybody"),
        )
