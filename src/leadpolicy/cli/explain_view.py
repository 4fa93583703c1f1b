"""An explanation on the screen: part by part, each entry with what it did and what it read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from leadpolicy.cli.explanation import Change, Explanation, Question
from leadpolicy.compiler import ir
from leadpolicy.engine.json_text import dumps
from leadpolicy.files.flat import cell_text

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

_MARKS = {
    "true": ("✓", "green"),
    "pass": ("✓", "green"),
    "false": ("✗", "red"),
    "fail": ("✗", "red"),
    "unknown": ("?", "yellow"),
    "skipped": ("↷", "yellow"),
    "not reached": ("·", "dim"),
}
_MANY_ROWS = 8

Item = Mapping[str, Any]


def print_explanation(console: Console, policy: ir.Policy, explanation: Explanation, question: Question) -> None:
    """The decision, then its reasons, then the answers to what was asked."""
    decision = explanation.decision
    _print_header(console, policy, explanation)
    if explanation.changes is not None:
        _print_changes(console, explanation.changes, question.what_if)
    if explanation.why_not is not None:
        console.print()
        console.print(f"why not {question.why_not}", style="bold cyan")
        if explanation.why_not:
            console.print("  what stands in the way, part by part:", style="dim")
            _print_parts(console, policy, decision, explanation.why_not)
        else:
            console.print("  nothing stands in the way: it holds")
        return
    _print_parts(console, policy, decision, decision["why"])
    _print_missing(console, decision["missing"])


def _print_parts(console: Console, policy: ir.Policy, decision: Mapping[str, Any], items: Iterable[Item]) -> None:
    """Reasons, a heading for each part."""
    parts: dict[str, list[Item]] = {}
    for item in items:
        kind = item["part"].split(" ")[0]
        parts.setdefault(kind if kind in ("stage", "disqualify") else item["part"], []).append(item)
    for part, entries in parts.items():
        console.print()
        console.print(_title(policy, part, decision))
        _print_items(console, part, entries)


def _print_header(console: Console, policy: ir.Policy, explanation: Explanation) -> None:
    from rich.text import Text

    decision = explanation.decision
    console.print(
        Text.assemble(
            ("lead ", "dim"),
            (str(decision["lead"]), "bold"),
            (f"  by {policy.name} {policy.version}  at {decision['at']}", "dim"),
        )
    )
    line = Text()
    if decision.get("disqualified"):
        entries = ", ".join(f"{d['entry']} → {d['destination']}" for d in decision["disqualified"])
        line.append("disqualified ", "dim").append(entries, "bold red")
    elif "stage" in decision:
        line.append("stage ", "dim").append(decision["stage"] or "none", "bold")
    if "route" in decision:
        line.append("   route " if line else "route ", "dim").append(_route(decision["route"]), "bold")
    if line:
        console.print(line)


def _route(route: Mapping[str, Any]) -> str:
    kind, target = route["kind"], route["target"]
    if kind == "undecided":
        where = f"undecided → {target}" if target else "undecided"
    else:
        where = f"{kind} {target}" if target else str(kind)
    return f"{where} (entry {route['entry']})" if route["entry"] else where


def _title(policy: ir.Policy, part: str, decision: Mapping[str, Any]) -> Text:
    """The part, its label, and what came out of it."""
    from rich.text import Text

    kind, _, name = part.partition(" ")
    named: Sequence[ir.Score | ir.Table | ir.Gate] = (*policy.scores, *policy.tables, *policy.gates)
    label = next((n.label for n in named if n.name == name), None)
    title = Text.assemble((part, "bold cyan"), (f" “{label}”" if label else "", "dim"))
    if kind == "score":
        score = decision["scores"][name]
        title.append(f"  {cell_text(score['value'])}", "bold")
        if score["low"] != score["high"]:
            ends = [_bound(score[end]) for end in ("low", "high")]
            title.append(f"  could be {ends[0]} to {ends[1]}", "yellow")
    elif kind == "table":
        outcome = decision["tables"][name]
        title.append(f"  {'unknown' if outcome is None else _value(outcome)}", "bold")
    elif kind == "gate":
        verdict = decision["gates"][name]["verdict"]
        title.append(f"  {verdict}", f"bold {_MARKS[verdict][1]}")
    return title


def _bound(value: object) -> str:
    return "anything" if value is None else cell_text(value)


def _print_items(console: Console, part: str, items: list[Item]) -> None:
    table = _grid()
    shown, left_out = _worth_showing(part, items)
    points = part.startswith("score")
    for item in shown:
        table.add_row(*_row(item, points))
    console.print(table)
    if left_out:
        console.print(f"  … and {left_out} rows that don't hold", style="dim")


def _worth_showing(part: str, items: list[Item]) -> tuple[list[Item], int]:
    """Of a long table, only the rows that could have counted."""
    if not part.startswith("table") or len(items) <= _MANY_ROWS:
        return items, 0
    shown = [item for item in items if item["verdict"] in ("true", "unknown")]
    return shown, len(items) - len(shown)


def _grid() -> Table:
    from rich.table import Table

    table = Table.grid(padding=(0, 1))
    table.add_column(width=3, justify="right")
    table.add_column(min_width=4, justify="right")
    table.add_column(ratio=3, overflow="fold")
    table.add_column(ratio=2, overflow="fold")
    table.expand = True
    return table


def _row(item: Item, points: bool) -> tuple[Text, Text, Text, Text]:
    from rich.text import Text

    verdict = item["verdict"]
    mark, style = _MARKS[verdict]
    given = item.get("points", 0)
    number = Text((f"+{cell_text(given)}" if given > 0 else cell_text(given)) if points and given else "", style)
    faint = "" if verdict in ("true", "pass", "unknown") else "dim"
    text = Text(_words(item), faint)
    if item.get("because"):
        text.append(f" — {item['because']}", "italic")
    outcome = item.get("outcome")
    routed = outcome is not None and item["part"].split(" ")[0] in ("route", "disqualify")
    if routed and f"-> {outcome}" not in item["text"]:
        text.append(f" → {_value(outcome)}", faint)
    return Text(mark, style), number, text, _read(item)


def _words(item: Item) -> str:
    """The entry's name and the author's words, not said twice."""
    entry, text = str(item["entry"]), str(item["text"])
    because = item.get("because")
    if because:
        text = text.removesuffix(f'because "{because}"').rstrip()
    if entry == text or (item["part"].startswith("score") and (text.startswith(entry) or "when" in entry)):
        return text
    return f"{entry}: {text}"


def _read(item: Item) -> Text:
    """What the entry read: values, unknown ones marked."""
    from rich.text import Text

    read = Text()
    unknown = set(item.get("unknown", ()))
    for name, value in item["values"].items():
        read.append(", " if read else "")
        if value is None:
            unknown.discard(name)
            read.append(f"{name} ?", "yellow")
        else:
            read.append(f"{name} {_value(value)}", "dim")
    for name in sorted(unknown):
        read.append(", " if read else "").append(f"{name} ?", "yellow")
    return read


def _value(value: object) -> str:
    return dumps(value) if isinstance(value, dict) else cell_text(value)


def _print_missing(console: Console, missing: Sequence[Mapping[str, Any]]) -> None:
    from rich.table import Table

    if not missing:
        return
    console.print()
    console.print("what to ask", style="bold cyan")
    table = Table.grid(padding=(0, 2), expand=True)
    table.add_column(no_wrap=True, style="yellow")
    table.add_column(ratio=2, overflow="fold")
    table.add_column(ratio=3, overflow="fold", style="dim")
    for item in missing:
        table.add_row(f"  {item['field']}", item["question"] or "", "could change " + _parts(item["could_change"]))
    console.print(table)


def _parts(parts: Iterable[str]) -> str:
    return ", ".join(part.removeprefix("score ").removeprefix("gate ").removeprefix("table ") for part in parts)


def _print_changes(console: Console, changes: Sequence[Change], given: Iterable[str]) -> None:
    from rich.table import Table

    console.print()
    console.print(f"what if {', '.join(given)}", style="bold cyan")
    if not changes:
        console.print("  nothing would change")
        return
    table = Table.grid(padding=(0, 2))
    for column in ("part", "before", "arrow", "after"):
        table.add_column(style="bold" if column == "after" else "", overflow="fold")
    for change in changes:
        table.add_row(f"  {change.part}", change.before or "–", "→", change.after or "–")
    console.print(table)
