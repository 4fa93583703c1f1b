"""The first line of a table: its column names."""

from __future__ import annotations

from pathlib import Path

from leadpolicy.compiler.wording import say
from leadpolicy.files.problems import FileError


def checked_header(path: Path, names: list[str], notes: list[str]) -> list[str]:
    """The column names of a header, trimmed; unnamed ones are empty. Names that stand twice are refused."""
    names = [name.strip() for name in names]
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        at = ", ".join(str(i + 1) for i, name in enumerate(names) if name == twice[0])
        raise FileError(
            say("{}: the column name `{}` stands more than once (columns {})", path, twice[0], at),
            say("give each column a name of its own"),
        )
    while names and not names[-1]:
        names.pop()
    if not names:
        raise FileError(
            say("{}: the first line names no column", path), say("begin the file with a line of column names")
        )
    unnamed = names.count("")
    if unnamed:
        notes.append(say("{} column(s) without a name were not read", unnamed))
    return names
