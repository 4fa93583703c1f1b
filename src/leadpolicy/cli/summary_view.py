"""The summary of `lead run` on the screen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

from leadpolicy.cli.inputs import Inputs, Opened
from leadpolicy.cli.outputs import Outputs
from leadpolicy.cli.screen import count, listed, visible
from leadpolicy.cli.summary import Summary
from leadpolicy.compiler import ir
from leadpolicy.files.flat import cell_text

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

_SHOWN_ROWS = 5
_SHOWN_OUTCOMES = 8
_SHOWN_MISSING = 8
_BAR = 16


def print_summary(console: Console, opened: Opened, summary: Summary, inputs: Inputs, outputs: Outputs) -> None:
    """Everything that there is to say about a run, the bad rows last but one, so that they are seen."""
    from rich.text import Text

    policy = opened.policy
    title = Text.assemble((policy.name, "bold"), f" {policy.version}  on {inputs.leads}")
    if summary.at:
        title.append(f"  at {summary.at}", "dim")
    console.print(title, soft_wrap=True)
    bad = (f", {count(summary.bad, 'bad row')}", "bold red") if summary.bad else ""
    repeated = f", {count(summary.repeated, 'row')} repeated" if summary.repeated else ""
    read = count(summary.read, "lead") + " read" if summary.read else "no leads: the file has a header only"
    console.print(Text.assemble(read, f", {summary.decided:,} decided" if summary.read else "", repeated, bad))
    if summary.decided:
        _print_counts(console, summary, _destinations(policy.ir))
    _print_bad_rows(console, opened, summary, outputs)
    _print_notes(console, opened)
    for path in (outputs.decisions, outputs.errors):
        if path is not None:
            console.print(f"written: {path}", soft_wrap=True)


def _table(title: str, *columns: str, right: tuple[str, ...] = ()) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    heading = Text(f"\n{title}", "bold")
    table = Table(title=heading, title_justify="left", box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for column in columns:
        table.add_column(column, justify="right" if column in right else "left", overflow="fold")
    return table


def _print_counts(console: Console, summary: Summary, destinations: Mapping[str, str]) -> None:
    if summary.scores:
        table = _table("Scores", "score", "least", "mean", "most", right=("least", "mean", "most"))
        for name, score in summary.scores.items():
            table.add_row(name, cell_text(score.least), cell_text(score.mean), cell_text(score.most))
        console.print(table)
    outcomes: dict[str, Mapping[str, int]] = {f"table {n}": c for n, c in summary.tables.items()}
    outcomes |= {f"gate {name}": counts for name, counts in summary.gates.items()}
    if summary.stages:
        outcomes["stage"] = Counter({stage or "none": n for stage, n in summary.stages.items()})
    if summary.disqualified:
        outcomes["disqualified by"] = summary.disqualified
    if outcomes:
        _print_outcomes(console, outcomes, summary.decided)
    if summary.routes:
        table = _table("Routes", "entry", "target", "leads", "", right=("leads",))
        for (entry, kind, target), n in summary.routes.most_common():
            where = _target(kind, target, destinations.get(entry or ""))
            table.add_row(entry or "–", where, f"{n:,}", _share(n, summary.decided))
        console.print(table)
    if summary.missing:
        table = _table("Most often missing", "field", "leads", "question", right=("leads",))
        for name, n in summary.missing.most_common(_SHOWN_MISSING):
            table.add_row(name, f"{n:,}", summary.questions[name] or "")
        rest = len(summary.missing) - _SHOWN_MISSING
        if rest > 0:
            table.caption, table.caption_justify = f"and {count(rest, 'more field')}", "left"
        console.print(table)


def _print_outcomes(console: Console, outcomes: Mapping[str, Mapping[str, int]], leads: int) -> None:
    table = _table("Outcomes", "part", "outcome", "leads", "", right=("leads",))
    for part, counts in outcomes.items():
        ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        for i, (outcome, n) in enumerate(ordered[:_SHOWN_OUTCOMES]):
            table.add_row("" if i else part, outcome, f"{n:,}", _share(n, leads))
        rest = ordered[_SHOWN_OUTCOMES:]
        if rest:
            n = sum(number for _, number in rest)
            table.add_row("", f"({len(rest)} other outcomes)", f"{n:,}", _share(n, leads))
    console.print(table)


def _destinations(policy: ir.Policy) -> dict[str, str]:
    """Where the entries of the route, and those that disqualify, send a lead, as the policy says it."""
    entries: list[ir.RouteEntry | ir.DisqualifyEntry] = [*(policy.route.entries if policy.route else ())]
    entries += policy.disqualify or ()
    return {entry.name: _destination(entry.destination) for entry in entries}


def _destination(destination: ir.Destination) -> str:
    match destination:
        case ir.Destination(kind="member", member=ir.FieldRef(path=path)):
            return f"member {'.'.join(path)}"
        case ir.Destination(kind="member", member=ir.LetRef(name=name)):
            return f"member {name}"
        case ir.Destination(kind="member", member=ir.Const(value=key)):
            return f"member {key}"
        case _:
            return destination.text


def _target(kind: str, target: str | None, destination: str | None) -> str:
    if kind == "undecided":
        return f"undecided → {target}" if target else "undecided"
    return destination or kind


def _share(number: int, of: int) -> str:
    """A bar and a percentage."""
    filled = round(_BAR * number / of)
    return f"{'█' * filled}{'·' * (_BAR - filled)} {100 * number / of:5.1f} %"


def _print_bad_rows(console: Console, opened: Opened, summary: Summary, outputs: Outputs) -> None:
    if not summary.bad_rows:
        return
    unit = opened.records.table.unit
    table = _table("Bad rows (not decided)", unit, "lead", "field", "expected", "found", right=(unit,))
    for bad in summary.bad_rows[:_SHOWN_ROWS]:
        cells = (str(bad.line), bad.lead or "–", bad.field or "–", bad.expected, bad.found)
        table.add_row(*map(visible, cells))  # before the columns are measured
    rest = summary.mistakes - _SHOWN_ROWS
    if rest > 0:
        where = f"all are in {outputs.errors}" if outputs.errors else "list them all with --errors bad.csv"
        table.caption, table.caption_justify = f"and {count(rest, 'more mistake')}: {where}", "left"
    console.print(table)


def _print_notes(console: Console, opened: Opened) -> None:
    from rich.text import Text

    columns = opened.records.columns
    console.print()
    notes = list(opened.notes)
    if unused := columns.unused():
        notes.append(f"columns not used: {listed(unused)}")
    if absent := columns.absent():
        notes.append(f"fields without a column, absent in every lead: {listed(absent)}")
    if same := opened.happened.duplicates:
        extra = sum(len(group.others) for group in same)
        example = same[0]
        notes.append(
            f"{count(extra, 'duplicate lead')}, as the policy's `duplicate` block says: "
            f"{listed(list(example.others))} {'is' if len(example.others) == 1 else 'are'} the same as {example.keep}"
            + (", and so on" if same[1:] else "")
        )
    for note in notes:
        console.print(Text.assemble(("note: ", "cyan"), note))
