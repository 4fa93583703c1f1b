"""What can be wrong with a file as a whole, and with one row of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


class FileError(Exception):
    """A file, or an option, that can't be used at all: what is wrong, and what to do about it."""

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
    listed = list(names)
    text = ", ".join(f"`{name}`" for name in listed[:limit])
    return text if len(listed) <= limit else f"{text} and {len(listed) - limit} more"


def cannot_open(path: Path, error: OSError) -> FileError:
    """Why a file can't be opened, in one line, with what to do."""
    if isinstance(error, FileNotFoundError):
        folder = path.parent if str(path.parent) else Path()
        if not folder.is_dir():
            return FileError(f"{path}: no such file", f"the folder {folder} isn't there either")
        return FileError(f"{path}: no such file", _like(path, folder))
    if isinstance(error, IsADirectoryError):
        return FileError(f"{path}: a folder, not a file", "name the file in it that is meant")
    if isinstance(error, PermissionError):
        return FileError(f"{path}: no permission", "ask for the right to it, or work on a copy of your own")
    return FileError(f"{path}: {error.strerror or error}")


def _like(path: Path, folder: Path) -> str:
    from leadpolicy.compiler.diagnostics import nearest

    near = nearest(path.name, (p.name for p in folder.iterdir() if p.is_file()))
    return f"did you mean {folder / near}?" if near else f"look at what is in {folder.resolve()}"


def tables_extra(path: Path, kind: str) -> FileError:
    """What to say where a library of the `tables` extra isn't there."""
    return FileError(
        f"{path}: {kind} files need the `tables` extra, which isn't installed",
        "run pip install 'leadpolicy[tables]', or use a .csv or .jsonl file",
    )
