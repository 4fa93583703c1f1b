"""What can be wrong with a file as a whole, and with one row of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from leadpolicy.compiler.wording import Message, Term, foreign, joined, say, term
from leadpolicy.engine.errors import Problem


class FileError(Exception):
    """A file, or an option, that can't be used at all: what is wrong, and what to do about it, worded by `say`."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message if hint is None else f"{message}; {hint}")
        self.message = message
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Row:
    """One record as it stands in a file: its line (or row) from 1, and its cells by column; empty ones left out."""

    line: int
    cells: dict[str, object]


@dataclass(frozen=True, slots=True)
class BadRow:
    """One mistake in one row: what was expected there, and what was found. `lead`, `field`: where they are known."""

    line: int
    lead: str | None
    field: str | None
    expected: str
    found: str

    def to_dict(self) -> dict[str, object]:
        """As `--errors F` and `--format json` print it."""
        return {
            "line": self.line,
            "lead": self.lead,
            "field": self.field,
            "expected": self.expected,
            "found": self.found,
        }


def quoted(names: Iterable[str], limit: int = 12) -> str:
    """The names in back-ticks, separated by commas; many are cut short, and how many says so."""
    listed = [f"`{name}`" for name in names]
    text = joined(listed[:limit])
    return text if len(listed) <= limit else say("{} and {} more", text, len(listed) - limit)


def place_word(unit: Literal["line", "row"]) -> Term:
    """How a place in a table is called."""
    return term("line") if unit == "line" else term("row")


def problem_said(problem: Problem, record: bool = False) -> Message:
    """What the engine can't read, as a message (`record`: where what it calls a lead is a record of a fact)."""
    what = (problem.field, foreign(problem.expected), foreign(problem.found))
    if problem.lead is None:
        return say("field `{}`: expected {}, found {}", *what)
    if record:
        return say("record `{}`, field `{}`: expected {}, found {}", problem.lead, *what)
    return say("lead `{}`, field `{}`: expected {}, found {}", problem.lead, *what)


def cannot_open(path: Path, error: OSError) -> FileError:
    """Why a file can't be opened, in one line, with what to do."""
    if isinstance(error, FileNotFoundError):
        folder = path.parent if str(path.parent) else Path()
        if not folder.is_dir():
            return FileError(say("{}: no such file", path), say("the folder {} isn't there either", folder))
        return FileError(say("{}: no such file", path), _like(path, folder))
    if isinstance(error, IsADirectoryError):
        return FileError(say("{}: a folder, not a file", path), say("name the file in it that is meant"))
    if isinstance(error, PermissionError):
        return FileError(
            say("{}: no permission", path), say("ask for the right to it, or work on a copy of your own")
        )
    return FileError(say("{}: {}", path, foreign(error.strerror or error)))


def _like(path: Path, folder: Path) -> str:
    from leadpolicy.compiler.diagnostics import nearest

    near = nearest(path.name, (p.name for p in folder.iterdir() if p.is_file()))
    return say("did you mean {}?", folder / near) if near else say("look at what is in {}", folder.resolve())


def tables_extra(path: Path, kind: str) -> FileError:
    """What to say where a library of the `tables` extra isn't there."""
    return FileError(
        say("{}: {} files need the `tables` extra, which isn't installed", path, kind),
        say("run pip install 'leadpolicy[tables]', or use a .csv or .jsonl file"),
    )
