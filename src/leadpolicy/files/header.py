"""The first line of a table: its column names."""

from __future__ import annotations

from pathlib import Path

from leadpolicy.files.problems import FileError


def checked_header(path: Path, names: list[str], notes: list[str]) -> list[str]:
    """The column names of a header, trimmed; unnamed ones are empty. Names that stand twice are refused."""
    names = [name.strip() for name in names]
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        at = ", ".join(str(i + 1) for i, name in enumerate(names) if name == twice[0])
        raise FileError(
            f"{path}: the column name `{twice[0]}` stands more than once (columns {at})",
            "give each column a name of its own",
        )
    while names and not names[-1]:
        names.pop()
    if not names:
        raise FileError(f"{path}: the first line names no column", "begin the file with a line of column names")
    unnamed = names.count("")
    if unnamed:
        notes.append(f"{unnamed} column(s) without a name were not read")
    return names
