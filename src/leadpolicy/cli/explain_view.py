"""An explanation on the screen: part by part, each entry with what it did and what it read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from typing import TYPE_CHECKING, Any

from leadpolicy.cli import words
from leadpolicy.cli.explanation import Change, Explanation, Question
from leadpolicy.cli.language import Tell
from leadpolicy.cli.rules_view import print_rules, print_why_not_rule
from leadpolicy.compiler import ir
from leadpolicy.compiler.wording import joined, say, term
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


def print_explanation(
    console: Console, policy: ir.Policy, explanation: Explanation, question: Question, tell: Tell
) -> None:
    """The decision, then its reasons, then the answers to what was asked."""
    decision = explanation.decision
    _print_header(console, policy, explanation, tell)
    if explanation.changes is not None:
        _print_changes(console, explanation.changes, question.what_if, tell)
    if explanation.why_not is not None:
        console.print()
        console.print(tell(say("why not {}", question.why_not)), style="bold cyan")
        if explanation.why_not_rule is not None:
            answer = explanation.why_not_rule
            print_why_not_rule(console, policy, answer.rule, answer.found, tell)
        elif explanation.why_not:
            console.print(f"  {tell(say('what stands in the way, part by part:'))}", style="dim")
            _print_parts(console, policy, decision, explanation.why_not, tell)
        else:
            console.print(f"  {tell(say('nothing stands in the way: it holds'))}")
        return
    _print_parts(console, policy, decision, decision["why"], tell)
    _print_missing(console, decision["missing"], tell)
    if explanation.rules is not None:
        print_rules(console, policy, explanation.rules, tell)


def _print_parts(
    console: Console, policy: ir.Policy, decision: Mapping[str, Any], items: Iterable[Item], tell: Tell
) -> None:
    """Reasons, a heading for each part."""
    parts: dict[str, list[Item]] = {}
    for item in items:
        kind = item["part"].split(" ")[0]
        parts.setdefault(kind if kind in ("stage", "disqualify") else item["part"], []).append(item)
    for part, entries in parts.items():
        console.print()
        console.print(_title(policy, part, decision, tell))
        _print_items(console, part, entries, {gate.name for gate in policy.gates}, tell)


def _print_header(console: Console, policy: ir.Policy, explanation: Explanation, tell: Tell) -> None:
    from rich.text import Text

    decision = explanation.decision
    console.print(
        Text.assemble(
            (tell(say("lead ")), "dim"),
            (str(decision["lead"]), "bold"),
            (f"  {tell(say('by {} {}', policy.name, policy.version))}", "dim"),
            (f"  {tell(say('at {}', decision['at']))}", "dim"),
        )
    )
    line = Text()
    if decision.get("disqualified"):
        entries = ", ".join(
            f"{d['entry']} → {tell(words.destination(d['destination']))}" for d in decision["disqualified"]
        )
        line.append(tell(say("disqualified ")), "dim").append(entries, "bold red")
    elif "stage" in decision:
        line.append(tell(say("stage ")), "dim").append(decision["stage"] or tell(term("none")), "bold")
    if "route" in decision:
        line.append("   " if line else "").append(tell(say("route ")), "dim")
        line.append(tell(_route(decision["route"])), "bold")
    if line:
        console.print(line)


def _route(route: Mapping[str, Any]) -> str:
    where = words.target(route["kind"], route["target"])
    return say("{} (entry {})", where, words.entry(route["entry"])) if route["entry"] else where


def _title(policy: ir.Policy, part: str, decision: Mapping[str, Any], tell: Tell) -> Text:
    """The part, its label, and what came out of it."""
    from rich.text import Text

    kind, _, name = part.partition(" ")
    named: Sequence[ir.Score | ir.Table | ir.Gate] = (*policy.scores, *policy.tables, *policy.gates)
    label = next((n.label for n in named if n.name == name), None)
    title = Text.assemble((tell(words.part(part)), "bold cyan"), (f" “{label}”" if label else "", "dim"))
    if kind == "score":
        score = decision["scores"][name]
        title.append(f"  {cell_text(score['value'])}", "bold")
        if score["low"] != score["high"]:
            ends = [words.bound(score[end]) for end in ("low", "high")]
            title.append(f"  {tell(say('could be {} to {}', *ends))}", "yellow")
    elif kind == "table":
        outcome = decision["tables"][name]
        title.append(f"  {tell(term('unknown') if outcome is None else words.value(outcome))}", "bold")
    elif kind == "gate":
        verdict = decision["gates"][name]["verdict"]
        title.append(f"  {tell(words.VERDICTS[verdict])}", f"bold {_MARKS[verdict][1]}")
    return title


def _print_items(console: Console, part: str, items: list[Item], gates: Set[str], tell: Tell) -> None:
    table = _grid()
    shown, left_out = _worth_showing(part, items)
    points = part.startswith("score")
    for item in shown:
        table.add_row(*_row(item, points, gates, tell))
    console.print(table)
    if left_out:
        rest = say("… and {} rows that don't hold", left_out)
        console.print(f"  {tell(rest)}", style="dim")


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


def _row(item: Item, points: bool, gates: Set[str], tell: Tell) -> tuple[Text, Text, Text, Text]:
    from rich.text import Text

    verdict = item["verdict"]
    mark, style = _MARKS[verdict]
    given = item.get("points", 0)
    number = Text((f"+{cell_text(given)}" if given > 0 else cell_text(given)) if points and given else "", style)
    faint = "" if verdict in ("true", "pass", "unknown") else "dim"
    text = Text(_words(item, tell), faint)
    if item.get("because"):
        text.append(f" — {item['because']}", "italic")
    outcome = item.get("outcome")
    routed = item["part"].split(" ")[0] in ("route", "disqualify")
    if routed and outcome is not None and f"-> {outcome}" not in item["text"]:
        text.append(f" → {tell(words.destination(outcome))}", faint)
    return Text(mark, style), number, text, _read(item, gates, tell)


def _words(item: Item, tell: Tell) -> str:
    """The entry's name and the author's words, not said twice."""
    entry, text = str(item["entry"]), str(item["text"])
    because = item.get("because")
    if because:
        text = text.removesuffix(f'because "{because}"').rstrip()
    if entry == text == "otherwise":
        return tell(words.entry(entry))
    if entry == text or (item["part"].startswith("score") and (text.startswith(entry) or "when" in entry)):
        return text
    return f"{tell(words.entry(entry))}: {text}"


def _read(item: Item, gates: Set[str], tell: Tell) -> Text:
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
            told = words.VERDICTS.get(value, value) if name in gates else words.value(value)
            read.append(f"{name} {tell(told)}", "dim")
    for name in sorted(unknown):
        read.append(", " if read else "").append(f"{name} ?", "yellow")
    return read


def _print_missing(console: Console, missing: Sequence[Mapping[str, Any]], tell: Tell) -> None:
    from rich.table import Table

    if not missing:
        return
    console.print()
    console.print(tell(say("what to ask")), style="bold cyan")
    table = Table.grid(padding=(0, 2), expand=True)
    table.add_column(no_wrap=True, style="yellow")
    table.add_column(ratio=2, overflow="fold")
    table.add_column(ratio=3, overflow="fold", style="dim")
    for item in missing:
        could = tell(say("could change {}", _parts(item["could_change"])))
        table.add_row(f"  {item['field']}", item["question"] or "", could)
    console.print(table)


def _parts(parts: Iterable[str]) -> str:
    short = (part.removeprefix("score ").removeprefix("gate ").removeprefix("table ") for part in parts)
    return joined(map(words.part, short))


def _print_changes(console: Console, changes: Sequence[Change], given: Iterable[str], tell: Tell) -> None:
    from rich.table import Table

    console.print()
    console.print(tell(say("what if {}", joined(given))), style="bold cyan")
    if not changes:
        console.print(f"  {tell(say('nothing would change'))}")
        return
    table = Table.grid(padding=(0, 2))
    for column in ("part", "before", "arrow", "after"):
        table.add_column(style="bold" if column == "after" else "", overflow="fold")
    for change in changes:
        before, after = (tell(words.cell(change.part, text)) for text in (change.before, change.after))
        table.add_row(f"  {tell(words.column(change.part))}", before or "–", "→", after or "–")
    console.print(table)
