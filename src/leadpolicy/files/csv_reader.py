"""CSV: every cell as text, line by line; a row that can't be read is reported, and the next one is read."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from io import BufferedReader, TextIOWrapper
from pathlib import Path
from typing import Literal

from leadpolicy.compiler.wording import foreign, say, term
from leadpolicy.files.encoding import detect, open_bytes
from leadpolicy.files.header import checked_header
from leadpolicy.files.problems import BadRow, FileError, Row


class _Lines:
    """The physical lines of a file, which remembers those of the record being read, so that it can step back."""

    def __init__(self, text: Iterator[str]) -> None:
        self._text = text
        self._again: deque[str] = deque()
        self.record: list[str] = []
        self.first = 1

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._text)
        self.record.append(line)
        return line

    def done(self) -> None:
        """The record is read: the next one begins with the next line."""
        self.first += len(self.record)
        self.record.clear()

    def skip_one(self) -> None:
        """Give up the record's first line only; the lines after it are read again."""
        self._again.extendleft(reversed(self.record[1:]))
        self.first += 1
        self.record.clear()


class CsvTable:
    """An open CSV file."""

    unit: Literal["line", "row"] = "line"
    fixed_columns = True

    def __init__(self, path: Path, raw: BufferedReader, text: TextIOWrapper, notes: list[str]) -> None:
        self.path = path
        self.notes = notes
        self._raw = raw
        self._size = max(path.stat().st_size, 1)
        self._lines = _Lines(text)
        self._delimiter = self._find_delimiter(text)
        header = self._header()
        self._header_names = checked_header(path, header, notes)
        self.columns = tuple(name for name in self._header_names if name)

    def _find_delimiter(self, text: TextIOWrapper) -> str:
        """A comma, unless the first line has none and a tab or semicolon in its place."""
        first = text.readline()
        text.seek(0)
        if "," in first:
            return ","
        for delimiter, name in (("\t", term("tabs")), (";", term("semicolons"))):
            if delimiter in first:
                self.notes.append(say("columns are separated by {}", name))
                return delimiter
        return ","

    def _header(self) -> list[str]:
        for read in self._records():
            if isinstance(read, BadRow):
                raise FileError(
                    say("{}: the first line can't be read: {}", self.path, read.found), say("check its quotes")
                )
            return read[1]
        raise FileError(say("{}: the file is empty", self.path), say("it needs a first line with the column names"))

    def _records(self) -> Iterator[tuple[int, list[str]] | BadRow]:
        lines = self._lines
        reader = csv.reader(lines, delimiter=self._delimiter, strict=True)
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                bad = BadRow(
                    lines.first, None, None, term("a row of CSV"), say("{}: {}", foreign(error), _cut(lines.record))
                )
                lines.skip_one()
                yield bad
                continue
            first = lines.first
            lines.done()
            if any(cells):
                yield first, cells

    def rows(self) -> Iterator[Row | BadRow]:
        """Every row below the header; blank lines are passed over."""
        names = self._header_names
        width = len(names)
        for read in self._records():
            if isinstance(read, BadRow):
                yield read
                continue
            line, cells = read
            if len(cells) != width and (len(cells) < width or any(cells[width:])):
                yield BadRow(line, None, None, say("{} cells", width), say("{} cells: {}", len(cells), _cut(cells)))
                continue
            yield Row(line, {n: cell for n, cell in zip(names, cells, strict=False) if cell and n})

    def progress(self) -> float:
        """By the bytes read."""
        return min(self._raw.tell() / self._size, 1.0)


def _cut(cells: list[str]) -> str:
    text = repr(", ".join(cell.strip() for cell in cells[:4]))
    return text if len(text) <= 60 else f"{text[:57]}…'"


@contextmanager
def open_csv(path: Path, encoding: str) -> Generator[CsvTable, None, None]:
    """Open a CSV file in the encoding it is in."""
    found = detect(path, encoding)
    with open_bytes(path) as raw, TextIOWrapper(raw, encoding=found.codec, newline="") as text:
        yield CsvTable(path, raw, text, [found.note] if found.note else [])
