"""The blocks beyond the decision, checked one family after the other."""

from __future__ import annotations

from dataclasses import dataclass

from leadpolicy.compiler import ir
from leadpolicy.compiler.checker import (
    blocks,
    calendars,
    clocks,
    credit,
    goals,
    nurtures,
    places,
    promises,
    recalls,
    rules,
)
from leadpolicy.compiler.checker.context import Context


@dataclass(frozen=True, slots=True)
class Blocks:
    """The checked blocks, in the order written; a block with a mistake is left out. Fields as in `ir.Policy`."""

    calendars: tuple[ir.Calendar, ...]
    declared: tuple[ir.Declared, ...]
    recall: ir.Recall | None
    slas: tuple[ir.Sla, ...]
    channel_guards: tuple[ir.ChannelGuard, ...]
    nurtures: tuple[ir.Nurture, ...]
    attributions: tuple[ir.Attribution, ...]
    rules: tuple[ir.Rule, ...]
    promises: tuple[ir.Promise, ...]
    goals: tuple[ir.Goal, ...]
    duplicates: tuple[ir.Duplicate, ...]
    won_when: ir.Condition | None

    def fields(self) -> dict[str, object]:
        """What goes into the policy, by name."""
        return {name: getattr(self, name) for name in self.__slots__}

    def decided(self) -> tuple[ir.Node | None, ...]:
        """What decisions work out of them: due times and credit; not where a lead goes then, nor who is reminded."""
        due: list[ir.Node | None] = [self.recall.while_] if self.recall else []
        for entry in self.recall.entries if self.recall else ():
            due += [entry.at, entry.when, entry.unless] if entry.at is not None else []
            due += [line for reminder in entry.reminders for line in reminder.leave]
        return (*due, *self.attributions)


def check_blocks(context: Context) -> Blocks:
    """Check all of them; the facts, lists, lets and parts of the decision are there already."""
    names = context.names
    funnel = names.funnel
    return Blocks(
        calendars=calendars.check_calendars(context),
        declared=places.check_places(context),
        recall=None if names.recall is None else recalls.check_recall(names.recall, context),
        slas=blocks.no_none(clocks.check_sla(n, context) for n in names.slas.values()),
        channel_guards=blocks.no_none(clocks.check_channel(n, context) for n in names.channel_guards.values()),
        nurtures=nurtures.check_nurtures(context),
        attributions=blocks.no_none(credit.check_attribution(n, context) for n in names.attributions.values()),
        rules=rules.check_rules(context),
        promises=promises.check_promises(context),
        goals=blocks.no_none(goals.check_goal(n, context) for n in names.goals.values()),
        duplicates=goals.check_duplicates(context),
        won_when=None if funnel is None else blocks.sure_condition(funnel.won_when, context),
    )
