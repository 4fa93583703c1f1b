"""A play on the screen: line by line what happens, then what it came to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from leadpolicy.cli.language import Tell
from leadpolicy.cli.screen import visible
from leadpolicy.cli.session_words import effect_said, facts_said, failure_said
from leadpolicy.compiler.wording import counted, foreign, joined, say, term
from leadpolicy.files.problems import BadRow
from leadpolicy.simulation.playing import Happening

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from leadpolicy.cli.simulate import Asked, Tally
    from leadpolicy.policy import Policy


def print_title(console: Console, policy: Policy, asked: Asked, tally: Tally, tell: Tell) -> None:
    """Which policy plays which log from when."""
    from rich.text import Text

    title = Text.assemble((policy.name, "bold"), f" {policy.version}  ", tell(say("on {}", asked.log)))
    title.append(f"  {tell(say('from {}', tally.begins))}", "dim")
    console.print(title, soft_wrap=True)


class LinePrinter:
    """Prints what happens, as it happens: a heading for each instant."""

    def __init__(self, console: Console, tell: Tell) -> None:
        self._console = console
        self._tell = tell
        self._at: str | None = None

    def __call__(self, one: Happening | BadRow) -> None:
        """Print it; bad lines are listed at the end."""
        if isinstance(one, BadRow):
            return
        told = one.told
        if one.kind == "error":
            self._error(one.line, told)
        elif one.kind == "firing":
            self._heading(told["at"])
            self._print(f"  {told['rule']}", "bold", f"  {facts_said(told['facts'])}")
        elif one.kind == "effect":
            self._print(f"    → {self._tell(effect_said(told))}")
        else:
            said = failure_said(told["action"], told["place"], told["word"], told["field"])
            self._print(f"    ✗ {self._tell(said)}", "red")

    def _heading(self, at: str) -> None:
        if at != self._at:
            self._at = at
            self._print(at, "cyan")

    def _error(self, line: int, told: Mapping[str, Any]) -> None:
        places = joined([f"{one['rule']} ({one['place']})" for one in told["rules"]])
        if told["error"] == "conflict":
            said = say("{} {}: different things are concluded, by {}", told["fact"], told["key"], places)
        else:
            said = say("these rules go round without coming to rest: {}", places)
        where = say("line {}: {}", line, said) if line else said
        self._print(f"✗ {self._tell(where)}", "bold red")

    def _print(self, text: str, style: str = "", more: str = "") -> None:
        from rich.text import Text

        self._console.print(Text.assemble((text, style), more), soft_wrap=True)


def print_summary(console: Console, policy: Policy, asked: Asked, tally: Tally, tell: Tell) -> None:
    """What the play came to: lines, firings of each rule, effects of each kind; bad lines last."""
    from rich.text import Text

    console.print()
    text = Text(tell(_how_many(tally)))
    if tally.bad_lines:
        text.append(tell(say(", {}", counted(len(tally.bad_lines), "bad line"))), "bold red")
    console.print(text)
    if tally.stopped:
        said = say("time stopped at {}: what comes after it is not played", tally.ends)
        console.print(tell(said), style="bold red")
    else:
        console.print(tell(say("it is now {}", tally.ends)), style="dim")
    _print_rules(console, policy, tally, tell)
    if tally.effects:
        table = _table(tell(say("Effects")), tell(term("kind")), tell(term("number")))
        for kind in sorted(tally.effects):
            table.add_row(tell(_effect_kind(kind)), f"{tally.effects[kind]:,}")
        console.print(table)
    _print_bad(console, asked, tally, tell)
    for path in (asked.out, asked.errors):
        if path is not None:
            console.print(tell(say("written: {}", path)), soft_wrap=True)


def _how_many(tally: Tally) -> str:
    parts = [say("{} read", counted(tally.read, "line")), say("{} played", f"{tally.played:,}")]
    parts += [say("{} undone", f"{tally.undone:,}")] if tally.undone else []
    parts += [say("{} not reached", f"{tally.left:,}")] if tally.left else []
    return joined(parts)


def _effect_kind(kind: str) -> str:
    return {"flag": term("flags"), "move": term("moves"), "notify": term("notes"), "send": term("contents sent"),
            "task": term("tasks")}[kind]  # fmt: skip


def _print_rules(console: Console, policy: Policy, tally: Tally, tell: Tell) -> None:
    number = tell(term("firings"))
    failed = tell(term("failed"))
    columns = [tell(term("rule")), number, *([failed] if tally.failures else [])]
    table = _table(tell(say("Rules")), *columns)
    for rule in policy.ir.rules:
        cells = [rule.name, f"{tally.firings[rule.name]:,}"]
        table.add_row(*cells, *([f"{tally.failures[rule.name]:,}"] if tally.failures else []))
    console.print(table)


def _print_bad(console: Console, asked: Asked, tally: Tally, tell: Tell) -> None:
    if not tally.mistakes:
        return
    columns = (term("lead"), term("field"), term("expected"), term("found"))
    table = _table(tell(say("Bad lines (not played)")), tell(term("line")), *map(tell, columns), left=True)
    for bad in tally.mistakes:
        cells = (str(bad.line), bad.lead or "–", bad.field or "–", foreign(bad.expected), foreign(bad.found))
        table.add_row(*(visible(tell(cell)) for cell in cells))
    if tally.more_mistakes:
        where = say("all are in {}", asked.errors) if asked.errors else say("list them all with --errors bad.csv")
        table.caption = tell(say("and {}: {}", counted(tally.more_mistakes, "more mistake"), where))
        table.caption_justify = "left"
    console.print(table)


def _table(title: str, *columns: str, left: bool = False) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(
        title=Text(f"\n{title}", "bold"), title_justify="left", box=SIMPLE_HEAD, show_edge=False, pad_edge=False
    )
    for place, column in enumerate(columns):
        table.add_column(column, justify="left" if left or place == 0 else "right", overflow="fold")
    return table
