"""XLSX, through fastexcel: the first sheet, its first row that isn't empty as the header, cells as exact text.

fastexcel prints a number that has a fraction with nine places of its binary value; such cells are read as floats too,
and printed as the shortest decimal that means the same float, which is what was typed into the sheet. Cells with an
error (`#N/A`, `#REF!`) are nulls to fastexcel; they are found in the sheet's XML, so that none passes for unknown.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Literal
from xml.etree import ElementTree

from leadpolicy.compiler.wording import say, term
from leadpolicy.files.encoding import open_bytes
from leadpolicy.files.header import checked_header
from leadpolicy.files.problems import BadRow, FileError, Row, tables_extra

_ERROR_CELL = re.compile(rb'<c\b(?=[^>]*\bt="e")[^>]*\br="([A-Z]+)(\d+)"[^>]*>.{0,4000}?<v>([^<]*)</v>', re.DOTALL)
_CHUNK = 1 << 20

Cells = tuple[str | None, ...]


class XlsxTable:
    """An open sheet."""

    unit: Literal["line", "row"] = "row"
    fixed_columns = True

    def __init__(self, path: Path, texts: list[Cells], floats: list[tuple[float | None, ...]]) -> None:
        self.path = path
        self.notes: list[str] = []
        self._texts, self._floats = texts, floats
        self._header = next((i for i, cells in enumerate(texts) if any(cells)), -1)
        if self._header < 0:
            raise FileError(
                say("{}: the first sheet is empty", path), say("it needs a first row with the column names")
            )
        self._names = checked_header(path, [cell or "" for cell in texts[self._header]], self.notes)
        self.columns = tuple(name for name in self._names if name)
        self._errors = _error_cells(path)
        self._done = 0

    def rows(self) -> Iterator[Row | BadRow]:
        """Every row below the header that isn't empty; a row with an error in it is bad."""
        for i in range(self._header + 1, len(self._texts)):
            self._done = i + 1
            broken = self._errors.get(i + 1)
            if broken:
                column, error = broken
                name = self._names[column] if column < len(self._names) else say("column {}", column + 1)
                yield BadRow(i + 1, None, name, term("a value"), say("an error cell, {}", error))
                continue
            pairs = zip(self._names, self._texts[i], self._floats[i], strict=False)
            cells = {n: _exact(text, number) for n, text, number in pairs if n and text}
            if cells:
                yield Row(i + 1, dict(cells))

    def progress(self) -> float:
        """By the rows read."""
        return self._done / max(len(self._texts), 1)


def _exact(text: str, number: float | None) -> str:
    """The text of a cell; of a number with a fraction, the shortest decimal that is the same float."""
    if number is None or "." not in text or f"{number:.9f}".rstrip("0").rstrip(".") != text:
        return text
    return format(Decimal(repr(number)), "f")


def _error_cells(path: Path) -> dict[int, tuple[int, str]]:
    """The first error cell of each row that has one: row → (column from 0, the error)."""
    found: dict[int, tuple[int, str]] = {}
    with zipfile.ZipFile(path) as archive, archive.open(_first_sheet(archive)) as sheet:
        tail = b""
        while chunk := sheet.read(_CHUNK):
            text = tail + chunk
            for match in _ERROR_CELL.finditer(text):
                letters, row, error = (part.decode() for part in match.groups())
                column = 0
                for letter in letters:
                    column = column * 26 + ord(letter) - 64
                found.setdefault(int(row), (column - 1, error))
            tail = text[-8192:]
    return found


def _first_sheet(archive: zipfile.ZipFile) -> str:
    """The name of the first sheet's part in the archive."""
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    sheet = book.find("{*}sheets/{*}sheet")  # the namespace differs between the kinds of .xlsx
    attributes = {} if sheet is None else sheet.attrib
    wanted = next((value for name, value in attributes.items() if name.endswith("}id")), "")
    for relation in ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels")):
        if relation.get("Id") == wanted:
            target = relation.get("Target", "")
            return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    raise KeyError(wanted)


@contextmanager
def open_xlsx(path: Path) -> Generator[XlsxTable, None, None]:
    """Open the first sheet of a workbook."""
    with open_bytes(path) as raw:
        if not raw.read(1):
            raise FileError(say("{}: the file is empty", path), say("save the workbook again"))
    try:
        import fastexcel
        import polars
    except ImportError:
        raise tables_extra(path, "XLSX") from None
    try:
        book = fastexcel.read_excel(path)
        texts = book.load_sheet(0, header_row=None, skip_rows=0, dtypes="string").to_polars()
        floats = book.load_sheet(0, header_row=None, skip_rows=0, dtypes="float").to_polars()
        table = XlsxTable(path, texts.rows(), floats.rows())
    except (
        fastexcel.FastExcelError,
        polars.exceptions.PolarsError,
        zipfile.BadZipFile,
        KeyError,
        ElementTree.ParseError,
    ) as error:
        reason = str(error).strip().splitlines()[0]
        hint = say("save it again as .xlsx, without a password")
        raise FileError(say("{}: not a workbook that can be read ({})", path, reason), hint) from None
    yield table
