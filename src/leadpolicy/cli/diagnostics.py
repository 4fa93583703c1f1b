"""Diagnostics on the screen: the message, the author's line with the place underlined, and what to do about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from leadpolicy.cli import language
from leadpolicy.compiler.diagnostics import Diagnostic
from leadpolicy.compiler.source import Source, Span
from leadpolicy.compiler.wording import Lang

if TYPE_CHECKING:
    from rich.console import Console

_STYLES = {"error": "bold red", "warning": "bold yellow", "note": "bold blue"}
_LONGEST = 240
"""So many characters of a line are shown: longer ones stand in files that are no policies."""


def print_diagnostics(console: Console, diagnostics: Iterable[Diagnostic], files: int, lang: Lang = "en") -> None:
    """Each diagnostic with its source, a line that counts them, and how to learn more."""
    diagnostics = list(diagnostics)
    for diagnostic in diagnostics:
        print_diagnostic(console, diagnostic, lang)
    console.print(counted(diagnostics, files, lang), style="bold")
    if diagnostics:
        console.print(language.MORE[lang] + diagnostics[0].code, style="dim", soft_wrap=True)


def counted(diagnostics: Iterable[Diagnostic], files: int, lang: Lang = "en") -> str:
    """`2 errors, 1 warning in 3 files`."""
    return language.counted(Counter(d.severity for d in diagnostics), files, lang)


def print_diagnostic(console: Console, diagnostic: Diagnostic, lang: Lang = "en") -> None:
    """One diagnostic."""
    from rich.text import Text

    diagnostic = diagnostic.in_language(lang)
    source, span = diagnostic.source, diagnostic.span
    line, column = source.position(span.start)
    places = [line, *(r.source.position(r.span.start)[0] for r in diagnostic.related)]
    gutter = len(str(max(places)))
    style = _STYLES[diagnostic.severity]
    severity = f"{language.SEVERITIES[lang][diagnostic.severity]}[{diagnostic.code}]"
    title = Text.assemble((severity, style), language.COLON[lang], diagnostic.message)
    console.print(title, soft_wrap=True)
    console.print(Text.assemble((" " * gutter + "─ ", "dim"), f"{source.name}:{line}:{column}"), soft_wrap=True)
    _excerpt(console, source, span, gutter, style, "^")
    for related in diagnostic.related:
        at = ":".join(map(str, (related.source.name, *related.source.position(related.span.start))))
        text = Text.assemble((" " * gutter + "─ ", "dim"), f"{at}: {related.message}")
        console.print(text, soft_wrap=True)
        _excerpt(console, related.source, related.span, gutter, "cyan", "-")
    if diagnostic.hint:
        hint = Text.assemble((" " * gutter + " = ", "dim"), (language.HINT[lang], "cyan"), diagnostic.hint)
        console.print(hint, soft_wrap=True)
    console.print()


def _excerpt(console: Console, source: Source, span: Span, gutter: int, style: str, mark: str) -> None:
    from rich.cells import cell_len
    from rich.text import Text

    line, column = source.position(span.start)
    text = source.line(line)
    end_line, end_column = source.position(span.end)
    end = end_column - 1 if end_line == line else len(text)
    before, marked, after = text[: column - 1], text[column - 1 : end], text[end:]
    before, marked, after = (part.replace("\t", "    ") for part in _fitting(before, marked, after))
    console.print(Text.assemble((f"{line:>{gutter}} │ ", "dim"), before + marked + after), soft_wrap=True)
    caret = " " * cell_len(before) + mark * max(cell_len(marked), 1)
    console.print(Text.assemble((" " * gutter + " │ ", "dim"), (caret, style)), soft_wrap=True)


def _fitting(before: str, marked: str, after: str) -> tuple[str, str, str]:
    """The parts of a line, of a very long one only what stands around the mark."""
    if len(before) + len(marked) + len(after) <= _LONGEST:
        return before, marked, after
    side = _LONGEST // 4
    marked = marked if len(marked) <= 2 * side else marked[: 2 * side - 1] + "…"
    before = before if len(before) <= side else "…" + before[1 - side :]
    return before, marked, after if len(after) <= side else after[: side - 1] + "…"


def github_line(diagnostic: Diagnostic, lang: Lang = "en") -> str:
    """A workflow command by which GitHub puts the diagnostic beside its line."""
    kind = {"error": "error", "warning": "warning", "note": "notice"}[diagnostic.severity]
    diagnostic = diagnostic.in_language(lang)
    d = diagnostic.to_dict()
    places = {"file": d["file"], "line": d["line"], "endLine": d["end_line"], "col": d["column"]}
    if d["line"] == d["end_line"]:
        places["endColumn"] = d["end_column"]
    settings = ",".join(f"{k}={_escaped(str(v), ':,')}" for k, v in (places | {"title": diagnostic.code}).items())
    message = diagnostic.message + (f"\n{language.HINT[lang]}{diagnostic.hint}" if diagnostic.hint else "")
    return f"::{kind} {settings}::{_escaped(message)}"


def _escaped(text: str, more: str = "") -> str:
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    for character in more:
        text = text.replace(character, f"%{ord(character):02X}")
    return text
