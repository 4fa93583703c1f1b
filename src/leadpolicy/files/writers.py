"""Decisions out: JSON lines, CSV, XLSX and Parquet, one at a time, so that memory stays flat."""

from __future__ import annotations

import csv
from collections.abc import Callable, Generator, Mapping
from contextlib import AbstractContextManager, contextmanager
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from leadpolicy.compiler import ir
from leadpolicy.compiler.wording import joined, say
from leadpolicy.files.atomic import written_whole
from leadpolicy.files.flat import CellKind, cell_text, flat_columns, flatten
from leadpolicy.files.problems import BadRow, FileError, tables_extra

if TYPE_CHECKING:
    import polars

WRITABLE = (".jsonl", ".csv", ".xlsx", ".parquet")
_XLSX_ROWS = 1_048_576
_XLSX_CELL = 32_767
_BAD_COLUMNS = ("line", "lead", "field", "expected", "found")

Write = Callable[[Mapping[str, Any]], None]
WriteFrame = Callable[["polars.DataFrame"], None]
FRAMED = (".csv", ".parquet")
"""What frames of decisions are written to."""


def decisions_to(path: Path, policy: ir.Policy) -> AbstractContextManager[Write]:
    """What writes decisions (their JSON form) to a file of the kind that its ending says."""
    ending = check_ending(path, WRITABLE, "--out")
    if ending == ".jsonl":
        return _jsonl(path)
    if ending == ".csv":
        return _csv(path, flat_columns(policy))
    if ending == ".xlsx":
        return _xlsx(path, flat_columns(policy))
    return _parquet(path, flat_columns(policy))


@contextmanager
def bad_rows_to(path: Path) -> Generator[Callable[[BadRow], None], None, None]:
    """What writes bad rows to a CSV or JSON lines file."""
    from leadpolicy.engine.json_text import dumps

    ending = check_ending(path, (".csv", ".jsonl"), "--errors")
    with written_whole(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        if ending == ".jsonl":
            yield lambda bad: _line(file.write, dumps(bad.to_dict()))
        else:
            rows = csv.writer(file, lineterminator="\n")
            rows.writerow(_BAD_COLUMNS)
            yield lambda bad: _row(rows.writerow, [cell_text(cell) for cell in bad.to_dict().values()])


def check_ending(path: Path, endings: tuple[str, ...], option: str) -> str:
    """The ending of a file to write, which must be one of those that can be written."""
    ending = path.suffix.lower()
    if ending not in endings:
        raise FileError(
            say("{} {}: the ending says the kind of file", option, path),
            say("use {}", joined(endings, between=" or ")),
        )
    return ending


def _line(write: Callable[[str], Any], text: str) -> None:
    write(text + "\n")


def _row(write: Callable[[list[str]], Any], cells: list[str]) -> None:
    write(cells)


@contextmanager
def _jsonl(path: Path) -> Generator[Write, None, None]:
    from leadpolicy.engine.json_text import dumps_printed

    with written_whole(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        yield lambda decision: _line(file.write, dumps_printed(decision))


@contextmanager
def _csv(path: Path, columns: dict[str, CellKind]) -> Generator[Write, None, None]:
    with written_whole(path) as temporary, _csv_rows(temporary, columns) as write:
        yield write


@contextmanager
def _csv_rows(path: Path, columns: dict[str, CellKind]) -> Generator[Write, None, None]:
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(columns)

        def write(decision: Mapping[str, Any]) -> None:
            cells = flatten(decision)
            rows.writerow([cell_text(cells.get(name)) for name in columns])

        yield write


def frames_to(path: Path, policy: ir.Policy) -> AbstractContextManager[WriteFrame]:
    """As `decisions_to`, of decisions in frames with the columns of `flat_columns`: the same bytes."""
    columns = flat_columns(policy)
    return _csv_frames(path) if path.suffix.lower() == ".csv" else _parquet_frames(path, columns)


@contextmanager
def _csv_frames(path: Path) -> Generator[WriteFrame, None, None]:
    with written_whole(path) as temporary, _frame_rows(temporary) as write:
        yield write


@contextmanager
def _frame_rows(path: Path) -> Generator[WriteFrame, None, None]:
    import polars

    def plain(frame: polars.DataFrame) -> polars.DataFrame:
        decimals = [name for name, dtype in frame.schema.items() if isinstance(dtype, polars.Decimal)]
        digits = polars.col(decimals).cast(polars.String).str.strip_chars_end("0").str.strip_chars_end(".")
        return frame.with_columns(digits) if decimals else frame

    with path.open("wb") as file:
        yield lambda frame: plain(frame).write_csv(file, include_header=file.tell() == 0)
        file.flush()


@contextmanager
def _parquet_frames(path: Path, columns: dict[str, CellKind]) -> Generator[WriteFrame, None, None]:
    with written_whole(path) as temporary:
        spill = temporary.with_name(temporary.name + ".csv")
        try:
            with _frame_rows(spill) as write:
                yield write
            _to_parquet(spill, temporary, columns)
        finally:
            spill.unlink(missing_ok=True)


def _to_parquet(spill: Path, temporary: Path, columns: dict[str, CellKind]) -> None:
    import polars

    kinds = {"text": polars.String(), "number": polars.Decimal(38, 6)}
    frame = polars.scan_csv(spill, schema=dict.fromkeys(columns, polars.String()), glob=False)
    frame = frame.select(polars.col(name).cast(kinds[kind]) for name, kind in columns.items())
    frame.sink_parquet(temporary)


@contextmanager
def _parquet(path: Path, columns: dict[str, CellKind]) -> Generator[Write, None, None]:
    """By way of a CSV file, which Polars then turns into Parquet piece by piece."""
    try:
        import polars  # noqa: F401
    except ImportError:
        raise tables_extra(path, "Parquet") from None
    with written_whole(path) as temporary:
        spill = temporary.with_name(temporary.name + ".csv")
        try:
            with _csv_rows(spill, columns) as write:
                yield write
            _to_parquet(spill, temporary, columns)
        finally:
            spill.unlink(missing_ok=True)


@contextmanager
def _xlsx(path: Path, columns: dict[str, CellKind]) -> Generator[Write, None, None]:
    try:
        import xlsxwriter  # type: ignore[import-untyped]
    except ImportError:
        raise tables_extra(path, "XLSX") from None
    with written_whole(path) as temporary, TemporaryDirectory() as spill:
        book = xlsxwriter.Workbook(str(temporary), {"constant_memory": True, "tmpdir": spill})
        sheet = book.add_worksheet("decisions")
        sheet.freeze_panes(1, 1)
        bold = book.add_format({"bold": True})
        for column, name in enumerate(columns):
            sheet.write_string(0, column, name, bold)
        row = 0

        def write(decision: Mapping[str, Any]) -> None:
            nonlocal row
            row += 1
            if row >= _XLSX_ROWS:
                hint = say("write a .parquet, .csv or .jsonl file")
                raise FileError(say("{}: a sheet has no room for more than {} rows", path, _XLSX_ROWS), hint)
            cells = flatten(decision)
            for column, (name, kind) in enumerate(columns.items()):
                text = cell_text(cells.get(name))
                if not text:
                    continue
                if len(text) > _XLSX_CELL:
                    hint = say("write a .parquet, .csv or .jsonl file")
                    raise FileError(say("{}: `{}` is too long for a cell of a sheet", path, name), hint)
                if kind == "number" and Decimal(repr(float(text))) == Decimal(text):
                    sheet.write_number(row, column, float(text))
                else:
                    sheet.write_string(row, column, text)

        try:
            yield write
        except BaseException:
            book.fileclosed = True  # else its destructor would write the file after all
            raise
        book.close()
