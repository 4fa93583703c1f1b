"""The rules' part of an explanation on the screen: what fired for the lead, what stands, what is nearest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leadpolicy.cli.language import Tell
from leadpolicy.cli.rules_explained import RulesExplained
from leadpolicy.cli.session_words import effect_said, fact_said, facts_said, failure_said, named_said
from leadpolicy.compiler import ir
from leadpolicy.compiler.wording import counted, joined, say, term

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from leadpolicy.engine.session.why import LeadExplained, RuleNow, WhyNot

_SHOWN = 5
"""So many matches of a rule are listed."""
_MARKS = {"true": ("✓", "green"), "false": ("✗", "red"), "unknown": ("?", "yellow")}


def print_rules(console: Console, policy: ir.Policy, explained: RulesExplained, tell: Tell) -> None:
    """What the rules have to do with the lead."""
    console.print()
    console.print(tell(say("rules")), style="bold cyan")
    if explained.told is not None:
        _print_told(console, policy, explained.told, tell)
    for note in explained.notes:
        console.print(f"  {tell(note)}", style="dim")


def print_why_not_rule(console: Console, policy: ir.Policy, name: str, found: WhyNot | None, tell: Tell) -> None:
    """Why a rule has no match with the lead."""
    if found is None:
        console.print(f"  {tell(say('nothing stands in the way: it holds'))}")
        return
    table = _grid()
    table.add_row(*_heading(policy, name, found.verdict))
    _add_nearest(table, found, tell)
    console.print(table)


def _print_told(console: Console, policy: ir.Policy, told: LeadExplained, tell: Tell) -> None:
    table = _grid()
    for rule in told.rules:
        verdict = "true" if rule.why_not is None else rule.why_not.verdict
        table.add_row(*_heading(policy, rule.rule, verdict))
        _add_rule(table, rule, told, tell)
    console.print(table)
    if told.conclusions:
        console.print()
        console.print(tell(say("concluded about this lead")), style="bold cyan")
        table = _grid()
        for one in told.conclusions:
            table.add_row(_mark("true"), _text(fact_said(one.fact), "bold"))
            for support in one.supports:
                rests = say("by {}, from {}", support.rule, facts_said(support.facts))
                table.add_row("", _text(tell(rests), "dim"))
        console.print(table)


def _add_rule(table: Table, rule: RuleNow, told: LeadExplained, tell: Tell) -> None:
    """What has happened for a rule, its matches, or what is nearest."""
    _add_happened(table, rule.rule, told, tell)
    for match in rule.matches[:_SHOWN]:
        if not any(one.rule == rule.rule and one.facts == match for one in told.firings):
            table.add_row("", _text(tell(say("holds for {}", facts_said(match)))))
    if len(rule.matches) > _SHOWN:
        rest = counted(len(rule.matches) - _SHOWN, "more match", "more matches")
        table.add_row("", _text(tell(say("… and {}", rest)), "dim"))
    if rule.why_not is not None:
        _add_nearest(table, rule.why_not, tell)


def _add_happened(table: Table, rule: str, told: LeadExplained, tell: Tell) -> None:
    for fired in told.firings:
        if fired.rule == rule:
            table.add_row("", _text(tell(say("fired at {} for {}", fired.at, facts_said(fired.facts)))))
    for effect in told.effects:
        if effect["rule"] == rule:
            table.add_row("", _text(f"→ {tell(effect_said(effect))}"))
    for failed in told.failures:
        if failed.rule == rule:
            said = failure_said(failed.action, failed.place, failed.word, failed.field)
            table.add_row("", _text(f"✗ {tell(said)}", "red"))


def _add_nearest(table: Table, found: WhyNot, tell: Tell) -> None:
    """The nearest partial match, the line behind it, and what of that isn't true."""
    if found.facts:
        table.add_row("", _text(tell(say("nearest: {}", named_said(found.facts))), "dim"))
    line = _text(found.text)
    table.add_row("", line.append(f"  {found.place}", "dim"))
    if found.failing == (found.text.partition(" ")[2],):
        return  # the whole line, which stands there already
    if found.failing:
        names = joined([_clause(text) for text in found.failing])
        unknown = found.verdict == "unknown"
        said = say("unknown: {}", names) if unknown else say("not so: {}", names)
        table.add_row("", _text(tell(said), _MARKS[found.verdict][1]))
    else:
        table.add_row("", _text(tell(say("there is no such record")), "red"))


def _clause(text: str) -> str:
    """A condition in the author's words; those that stand outside `where`, in ours."""
    return {"of": term("whom it belongs to"), "within": term("its window")}.get(text, text)


def _heading(policy: ir.Policy, name: str, verdict: str) -> tuple[Text, Text]:
    from rich.text import Text

    label = next((rule.label for rule in policy.rules if rule.name == name), None)
    return _mark(verdict), Text.assemble((name, "bold"), (f" “{label}”" if label else "", "dim"))


def _mark(verdict: str) -> Text:
    mark, style = _MARKS[verdict]
    return _text(mark, style)


def _text(text: str, style: str = "") -> Text:
    from rich.text import Text

    return Text(text, style)


def _grid() -> Table:
    from rich.table import Table

    table = Table.grid(padding=(0, 1))
    table.add_column(width=3, justify="right")
    table.add_column(overflow="fold")
    return table
