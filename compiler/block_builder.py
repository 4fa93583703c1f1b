"""Blocks beyond the decision: modules, calendars, leases, clocks, effects, rules, credit.

One method a rule of grammar/lead.lark; see compiler/tree_builder.py.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

from leadpolicy.compiler import syntax as s
from leadpolicy.compiler.expression_builder import ExpressionBuilder, Values, cover, end_of, start_of
from leadpolicy.compiler.source import Span
from leadpolicy.compiler.tokens import Token
from leadpolicy.compiler.wording import say
from leadpolicy.grammar import keywords


class Due(NamedTuple):
    """What starts a recall: a time, a condition, or a return."""

    at: s.Expression | None
    when: s.Expression | None
    unless: s.Expression | None
    on_return: s.ListOf | None


class BlockBuilder(ExpressionBuilder):
    """Blocks whose lines have a shape of their own."""

    # ── Modules, calendars, duplicates, goals ──

    def use(self, v: Values) -> s.Use:
        alias = v[3] if len(v) == 4 else None
        return s.Use(tuple(v[1]), alias, Span(v[0].start, (alias or v[1][-1]).span.end))

    def parameter(self, v: Values) -> s.Parameter:
        kind = v[2]
        if isinstance(kind, s.TypeName) and not kind.name.quoted:
            word = keywords.PARAMETER_TYPE_OF.get(kind.name.text, kind.name.text)
            kind = replace(kind, name=replace(kind.name, text=word))
        return s.Parameter(v[0], kind, cover(v))

    def field_parameter(self, v: Values) -> s.Parameter:
        kind = s.FieldType(v[2], v[4], Span(v[2].span.start, v[4].span.end))
        return s.Parameter(v[0], kind, cover(v))

    def duplicate(self, v: Values) -> s.Duplicate:
        return s.Duplicate(v[1], v[2].items, cover(v))

    def same(self, v: Values) -> s.Same:
        return s.Same(tuple(v[1]), Span(v[0].start, v[1][-1].span.end))

    def keep(self, v: Values) -> s.Keep:
        return s.Keep(v[1].text, v[2], cover(v))

    def calendar(self, v: Values) -> s.Calendar:
        return s.Calendar(v[1], v[2].items, cover(v))

    def weekday(self, v: Values) -> s.Name:
        day: s.Name = v[0]
        return day if day.quoted else replace(day, text=keywords.WEEKDAY_OF.get(day.text, day.text))

    def one_to_itself(self, v: Values) -> tuple[Any, Any]:
        return v[0], v[0]

    def from_to(self, v: Values) -> tuple[Any, Any]:
        return v[0], v[2]

    def clock(self, v: Values) -> s.Clock:
        hour, minute = (int(part) for part in v[0].text.split(":"))
        if hour * 60 + minute > 24 * 60 or minute > 59:
            self._report("LP1006", say("there is no time of day `{}`", v[0].text), v[0].span, None)
        return s.Clock(min(hour * 60 + min(minute, 59), 24 * 60), v[0].span)

    def week_line(self, v: Values) -> s.WeekLine:
        days, shifts = v
        return s.WeekLine(tuple(days), tuple(shifts), Span(days[0][0].span.start, shifts[-1][1].span.end))

    def days_line(self, v: Values) -> s.DaysLine:
        return s.DaysLine(v[0].text, tuple(v[1]), Span(v[0].start, v[1][-1][1].span.end))

    def calendar_country(self, v: Values) -> s.CountryLine:
        return s.CountryLine(v[1], None, None, cover(v))

    def country_line(self, v: Values) -> s.CountryLine:
        return s.CountryLine(None, v[2], v[4] if len(v) == 5 else None, cover(v))

    def leave_line(self, v: Values) -> s.LeaveLine:
        return s.LeaveLine(v[1], v[3], v[5], cover(v))

    def goal(self, v: Values) -> s.Goal:
        return s.Goal(v[1], v[2], v[3].items, cover(v))

    def goal_revenue(self, v: Values) -> s.GoalLine:
        return s.GoalLine("revenue", v[1], v[3], None, cover(v))

    def goal_value(self, v: Values) -> s.GoalLine:
        return s.GoalLine("deal", v[1], None, None, cover(v))

    def goal_rate(self, v: Values) -> s.GoalLine:
        return s.GoalLine("rate", v[4], None, (v[1], v[3]), cover(v))

    def goal_rates(self, v: Values) -> s.GoalLine:
        return s.GoalLine("rates", v[2], None, None, cover(v))

    # ── Actions ──

    def notify(self, v: Values) -> s.Notify:
        return s.Notify(v[1], v[2], v[3], cover(v))

    def task(self, v: Values) -> s.Task:
        return s.Task(v[1], v[2], v[4] if len(v) == 5 else None, cover(v))

    def send(self, v: Values) -> s.Send:
        return s.Send(v[1], v[2], cover(v))

    def flag(self, v: Values) -> s.Flag:
        return s.Flag(v[1], v[3], cover(v))

    def make_fact(self, v: Values) -> s.Make:
        return s.Make(v[0].text, v[1], v[3] if len(v) == 5 else None, v[-1].items, cover(v))

    def set_field(self, v: Values) -> s.Set:
        return s.Set(v[1], v[3], cover(v))

    def remove_fact(self, v: Values) -> s.Remove:
        return s.Remove(v[1], cover(v))

    def move(self, v: Values) -> s.Move:
        return s.Move(v[1], cover(v))

    # ── Teams, queues, pools, nurture ──

    def place(self, v: Values) -> s.PlaceDeclaration:
        return s.PlaceDeclaration(v[0].text, v[1], v[2], cover(v), v[3].items if v[3] else None)

    def nurture_on(self, v: Values) -> s.PlaceDeclaration:
        return s.PlaceDeclaration("nurture", v[1], v[2], cover(v), v[5].items if v[5] else None, v[4])

    def members_line(self, v: Values) -> s.Members:
        return s.Members(v[2], cover(v))

    def prefer_line(self, v: Values) -> s.PreferLine:
        return s.PreferLine(tuple(v[1]), Span(v[0].start, v[1][-1].span.end))

    def pick_line(self, v: Values) -> s.PickLine:
        return s.PickLine(v[1].text, v[2] if len(v) == 3 else None, cover(v))

    def hold_line(self, v: Values) -> s.Hold:
        return s.Hold(v[2], v[3] if len(v) == 4 else None, cover(v))

    def claim_line(self, v: Values) -> s.Claim:
        number, per = (v[2], v[3]) if isinstance(v[1], Token) and v[1].kind == "AT_MOST" else (v[3], v[1])
        return s.Claim(number.value, self._per(per), Span(v[0].start, end_of(v[3])))

    def _per(self, written: Token | s.Name) -> str:
        if isinstance(written, Token):
            return written.text.removeprefix("per ")
        hint = say("write day, week or month")
        self._report("LP1015", say("`{}` is no span to count in", written.text), written.span, hint)
        return "day"

    def former_owner_line(self, v: Values) -> s.FormerOwnerWaits:
        return s.FormerOwnerWaits(v[1], cover(v))

    def notify_line(self, v: Values) -> s.Notify:
        return s.Notify(None, v[1], v[2], cover(v))

    def otherwise_line(self, v: Values) -> s.OtherwiseLine:
        return s.OtherwiseLine(v[2], cover(v))

    def start_step(self, v: Values) -> s.NurtureStep:
        return s.NurtureStep(None, "always", None, v[1], cover(v))

    def after_step(self, v: Values) -> s.NurtureStep:
        condition = v[3] if len(v) == 5 else None
        branch: Any = v[2].text if len(v) > 3 else "always"
        return s.NurtureStep(v[1], branch, condition, v[-1], cover(v))

    def stop_line(self, v: Values) -> s.Stop:
        return s.Stop(v[1], v[3] if len(v) == 4 else None, cover(v))

    # ── Leases, clocks, channels ──

    def recall(self, v: Values) -> s.Recall:
        return s.Recall(v[2] if len(v) == 4 else None, v[-1].items, cover(v))

    def recall_entry(self, v: Values) -> s.RecallEntry:
        name, _, due, _, destination, reminders = v
        last = reminders[-1] if reminders else destination
        span = Span(name.span.start, last.span.end)
        return s.RecallEntry(name, due.at, due.when, due.unless, due.on_return, destination, tuple(reminders), span)

    def due_at(self, v: Values) -> Due:
        return Due(v[1], v[3] if len(v) == 5 else None, v[-1], None)

    def due_when(self, v: Values) -> Due:
        return Due(None, v[1], v[2], None)

    def due_on_return(self, v: Values) -> Due:
        return Due(None, None, None, v[1])

    def reminder(self, v: Values) -> s.Reminder:
        return s.Reminder(v[1], v[2], v[3], cover(v))

    def sla(self, v: Values) -> s.Sla:
        return s.Sla(v[1], v[2], v[3].items, cover(v))

    def sla_line(self, v: Values) -> s.SlaLine:
        return s.SlaLine(v[0].text, v[1], cover(v))

    def sla_step(self, v: Values) -> s.SlaStep:
        return s.SlaStep(v[1], v[2], cover(v))

    def channel(self, v: Values) -> s.ChannelGuard:
        return s.ChannelGuard(v[1], v[2].items, cover(v))

    def only_when_line(self, v: Values) -> s.OnlyWhen:
        return s.OnlyWhen(v[1], cover(v))

    def at_most_line(self, v: Values) -> s.Claim:
        return s.Claim(v[1].value, self._per(v[2]), Span(v[0].start, end_of(v[2])))

    def quiet_line(self, v: Values) -> s.Quiet:
        return s.Quiet(v[1], v[3], cover(v))

    # ── Rules, credit, promises ──

    def rule(self, v: Values) -> s.Rule:
        return s.Rule(v[1], v[2], v[4] if len(v) == 6 else None, v[-1].items, cover(v))

    def pattern(self, v: Values) -> s.Pattern:
        return s.Pattern(v[1], v[3], cover(v))

    def guard(self, v: Values) -> s.Guard:
        return s.Guard(v[1], cover(v))

    def rule_let(self, v: Values) -> s.RuleLet:
        return s.RuleLet(v[1], v[3], cover(v))

    def then(self, v: Values) -> s.Then:
        return s.Then(v[1], cover(v))

    def attribution(self, v: Values) -> s.Attribution:
        return s.Attribution(v[1], v[2], None, None, v[4], v[5].items, cover(v))

    def attribution_model(self, v: Values) -> s.Attribution:
        parameters = tuple(v[2]) if len(v) == 5 else ()
        return s.Attribution(v[1], v[-2], parameters, None, None, v[-1].items, cover(v))

    def attribution_made(self, v: Values) -> s.Attribution:
        return s.Attribution(v[1], v[2], None, v[4], v[6], (), cover(v))

    def share(self, v: Values) -> s.Share:
        role = v[1]
        word: Any = role.text if isinstance(role, Token) else None
        time = None if isinstance(role, Token) else role
        return s.Share(v[0].value, word, time, v[4] if len(v) == 5 else None, cover(v))

    def always(self, v: Values) -> s.Always:
        return s.Always(v[1], v[3], Span(start_of(v[0]), v[4].end))
