"""The summary of `lead run` on the screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from leadpolicy.cli import words
from leadpolicy.cli.inputs import Inputs, Opened
from leadpolicy.cli.language import Tell
from leadpolicy.cli.outputs import Outputs
from leadpolicy.cli.screen import listed, visible
from leadpolicy.cli.summary import Summary
from leadpolicy.compiler import ir
from leadpolicy.compiler.wording import Message, counted, joined, keyword, say, term
from leadpolicy.duplicates import Group
from leadpolicy.files.flat import cell_text
from leadpolicy.files.problems import place_word

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

_SHOWN_ROWS = 5
_SHOWN_OUTCOMES = 8
_SHOWN_MISSING = 8
_BAR = 16


def print_summary(
    console: Console, opened: Opened, summary: Summary, inputs: Inputs, outputs: Outputs, tell: Tell
) -> None:
    """Everything that there is to say about a run, the bad rows last but one, so that they are seen."""
    from rich.text import Text

    policy = opened.policy
    title = Text.assemble((policy.name, "bold"), f" {policy.version}  ", tell(say("on {}", inputs.leads)))
    if summary.at:
        title.append(f"  {tell(say('at {}', summary.at))}", "dim")
    console.print(title, soft_wrap=True)
    console.print(_how_many(summary, tell))
    if summary.decided:
        _print_counts(console, summary, _destinations(policy.ir), tell)
    _print_bad_rows(console, opened, summary, outputs, tell)
    _print_notes(console, opened, tell)
    for path in (outputs.decisions, outputs.errors):
        if path is not None:
            console.print(tell(say("written: {}", path)), soft_wrap=True)


def _how_many(summary: Summary, tell: Tell) -> Text:
    """The leads read, decided and repeated, and the bad rows."""
    from rich.text import Text

    if summary.read:
        parts: list[str] = [say("{} read", counted(summary.read, "lead")), say("{} decided", f"{summary.decided:,}")]
    else:
        parts = [say("no leads: the file has a header only")]
    if summary.repeated:
        parts.append(say("{} repeated", counted(summary.repeated, "row")))
    text = Text(tell(joined(parts)))
    if summary.bad:
        text.append(tell(say(", {}", counted(summary.bad, "bad row"))), "bold red")
    return text


def _table(title: str, *columns: str, right: tuple[str, ...] = ()) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    heading = Text(f"\n{title}", "bold")
    table = Table(title=heading, title_justify="left", box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for column in columns:
        table.add_column(column, justify="right" if column in right else "left", overflow="fold")
    return table


def _print_counts(console: Console, summary: Summary, destinations: Mapping[str, str], tell: Tell) -> None:
    if summary.scores:
        numbers = (tell(term("least")), tell(term("mean")), tell(term("most")))
        table = _table(tell(term("Scores")), tell(term("score")), *numbers, right=numbers)
        for name, score in summary.scores.items():
            table.add_row(name, cell_text(score.least), cell_text(score.mean), cell_text(score.most))
        console.print(table)
    outcomes = _outcomes(summary)
    if outcomes:
        _print_outcomes(console, outcomes, summary.decided, tell)
    leads = tell(term("leads"))
    if summary.routes:
        table = _table(tell(term("Routes")), tell(term("entry")), tell(term("target")), leads, "", right=(leads,))
        for (entry, kind, target), n in summary.routes.most_common():
            where = _target(kind, target, destinations.get(entry or ""))
            table.add_row(_entry(entry, tell), tell(where), f"{n:,}", _share(n, summary.decided))
        console.print(table)
    if summary.missing:
        columns = (tell(term("field")), leads, tell(term("question")))
        table = _table(tell(term("Most often missing")), *columns, right=(leads,))
        for name, n in summary.missing.most_common(_SHOWN_MISSING):
            table.add_row(name, f"{n:,}", summary.questions[name] or "")
        rest = len(summary.missing) - _SHOWN_MISSING
        if rest > 0:
            table.caption, table.caption_justify = tell(say("and {}", counted(rest, "more field"))), "left"
        console.print(table)


def _outcomes(summary: Summary) -> dict[str, Mapping[str, int]]:
    """How often what came out, by the part of the policy."""
    outcomes: dict[str, Mapping[str, int]] = {say("table {}", n): c for n, c in summary.tables.items()}
    for name, counts in summary.gates.items():
        outcomes[say("gate {}", name)] = {words.VERDICTS[verdict]: n for verdict, n in counts.items()}
    if summary.stages:
        outcomes[term("stage")] = {stage or term("none"): n for stage, n in summary.stages.items()}
    if summary.disqualified:
        outcomes[say("disqualified by")] = summary.disqualified
    return outcomes


def _entry(entry: str | None, tell: Tell) -> str:
    """The name of an entry of the route; the word of the language where the policy has no such line."""
    return tell(words.entry(entry)) if entry else "–"


def _print_outcomes(console: Console, outcomes: Mapping[str, Mapping[str, int]], leads: int, tell: Tell) -> None:
    number = tell(term("leads"))
    table = _table(tell(term("Outcomes")), tell(term("part")), tell(term("outcome")), number, "", right=(number,))
    for part, counts in outcomes.items():
        ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        for i, (outcome, n) in enumerate(ordered[:_SHOWN_OUTCOMES]):
            table.add_row("" if i else tell(part), tell(outcome), f"{n:,}", _share(n, leads))
        rest = ordered[_SHOWN_OUTCOMES:]
        if rest:
            n = sum(number for _, number in rest)
            table.add_row("", tell(say("({} other outcomes)", len(rest))), f"{n:,}", _share(n, leads))
    console.print(table)


def _destinations(policy: ir.Policy) -> dict[str, str]:
    """Where the entries of the route, and those that disqualify, send a lead, as the policy says it."""
    entries: list[ir.RouteEntry | ir.DisqualifyEntry] = [*(policy.route.entries if policy.route else ())]
    entries += policy.disqualify or ()
    return {entry.name: _destination(entry.destination) for entry in entries}


def _destination(destination: ir.Destination) -> str:
    match destination:
        case ir.Destination(kind="member", member=ir.FieldRef(path=path)):
            return say("member {}", ".".join(path))
        case ir.Destination(kind="member", member=ir.LetRef(name=name)):
            return say("member {}", name)
        case ir.Destination(kind="member", member=ir.Const(value=key)):
            return say("member {}", key)
        case _:
            return words.destination(destination.text)


def _target(kind: str, target: str | None, destination: str | None) -> str:
    if kind == "undecided":
        return say("undecided → {}", words.destination(target)) if target else term("undecided")
    return destination or keyword(kind)


def _share(number: int, of: int) -> str:
    """A bar and a percentage."""
    filled = round(_BAR * number / of)
    return f"{'█' * filled}{'·' * (_BAR - filled)} {100 * number / of:5.1f} %"


def _print_bad_rows(console: Console, opened: Opened, summary: Summary, outputs: Outputs, tell: Tell) -> None:
    if not summary.bad_rows:
        return
    unit = tell(place_word(opened.records.table.unit))
    columns = (term("lead"), term("field"), term("expected"), term("found"))
    table = _table(tell(term("Bad rows (not decided)")), unit, *map(tell, columns), right=(unit,))
    for bad in summary.bad_rows[:_SHOWN_ROWS]:
        cells = (str(bad.line), bad.lead or "–", bad.field or "–", bad.expected, bad.found)
        table.add_row(*(visible(tell(cell)) for cell in cells))  # before the columns are measured
    rest = summary.mistakes - _SHOWN_ROWS
    if rest > 0:
        errors = outputs.errors
        where = say("all are in {}", errors) if errors else say("list them all with --errors bad.csv")
        table.caption = tell(say("and {}: {}", counted(rest, "more mistake"), where))
        table.caption_justify = "left"
    console.print(table)


def _print_notes(console: Console, opened: Opened, tell: Tell) -> None:
    from rich.text import Text

    columns = opened.records.columns
    console.print()
    notes = list(opened.notes)
    if unused := columns.unused():
        notes.append(say("columns not used: {}", listed(unused)))
    if absent := columns.absent():
        notes.append(say("fields without a column, absent in every lead: {}", listed(absent)))
    if same := opened.happened.duplicates:
        notes.append(_duplicates(same))
    heading = tell(say("note: "))
    for note in notes:
        console.print(Text.assemble((heading, "cyan"), tell(note)))


def _duplicates(same: Sequence[Group]) -> Message:
    """How many leads are the same as others, with an example."""
    extra, example = sum(len(group.others) for group in same), same[0]
    others = listed(example.others)
    if len(example.others) == 1:
        pair = say("{} is the same as {}", others, example.keep)
    else:
        pair = say("{} are the same as {}", others, example.keep)
    number = counted(extra, "duplicate lead")
    return say(
        "{}, as the policy's `duplicate` block says: {}", number, say("{}, and so on", pair) if same[1:] else pair
    )
