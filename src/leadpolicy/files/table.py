"""A file of records, whatever its kind: what all readers have in common, and which reader a file gets."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Literal, Protocol

from leadpolicy.compiler.wording import joined, say, term
from leadpolicy.files.problems import BadRow, FileError, Row

READABLE = (".csv", ".tsv", ".jsonl", ".ndjson", ".xlsx", ".parquet")


class Table(Protocol):
    """An open file of records.

    `columns` are the names that are known before the first row (for JSON lines: those of the first rows);
    `unit` is how places in it are called; `notes` are remarks for the summary.
    """

    path: Path
    columns: tuple[str, ...]
    unit: Literal["line", "row"]
    fixed_columns: bool
    notes: list[str]

    def rows(self) -> Iterator[Row | BadRow]:
        """Every record in the file's order; one that can't be read is a `BadRow`, and the next one follows."""

    def progress(self) -> float:
        """How much of the file has been read, from 0 to 1."""


def open_table(path: Path, encoding: str = "auto") -> AbstractContextManager[Table]:
    """The reader that fits the file's ending."""
    ending = path.suffix.lower()
    if ending in (".csv", ".tsv"):
        from leadpolicy.files.csv_reader import open_csv

        return open_csv(path, encoding)
    if ending in (".jsonl", ".ndjson"):
        from leadpolicy.files.jsonl_reader import open_jsonl

        return open_jsonl(path, encoding)
    if ending == ".xlsx":
        from leadpolicy.files.xlsx_reader import open_xlsx

        return open_xlsx(path)
    if ending == ".parquet":
        from leadpolicy.files.parquet_reader import open_parquet

        return open_parquet(path)
    if path.is_dir():
        raise FileError(say("{}: a folder, not a file", path), say("name the file in it that is meant"))
    hint = say("save it as one of {}", joined(READABLE))
    if ending == ".json":
        hint = say("write one JSON object a line, and call the file .jsonl")
    raise FileError(
        say("{}: a file of this kind can't be read ({})", path, ending or term("its name has no ending")), hint
    )
