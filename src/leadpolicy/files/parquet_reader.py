"""Parquet, through Polars, some thousand rows at a time."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from leadpolicy.compiler.wording import say
from leadpolicy.files.encoding import open_bytes
from leadpolicy.files.header import checked_header
from leadpolicy.files.problems import BadRow, FileError, Row, tables_extra

if TYPE_CHECKING:
    import polars

_SLICE = 20_000


class ParquetTable:
    """An open Parquet file: values keep their types."""

    unit: Literal["line", "row"] = "row"
    fixed_columns = True

    def __init__(self, path: Path, frame: polars.LazyFrame, columns: list[str], height: int) -> None:
        self.path = path
        self.notes: list[str] = []
        self.columns = tuple(checked_header(path, columns, self.notes))
        self._frame = frame
        self._height = height
        self._done = 0

    def rows(self) -> Iterator[Row | BadRow]:
        """Every row; nulls are left out."""
        while self._done < self._height:
            part = self._slice()
            for number, cells in enumerate(part.iter_rows(named=True), self._done + 1):
                yield Row(number, {name: cell for name, cell in cells.items() if cell is not None})
            self._done += part.height

    def _slice(self) -> polars.DataFrame:
        import polars

        try:
            return self._frame.slice(self._done, _SLICE).collect()
        except (polars.exceptions.PolarsError, OSError) as error:
            raise _unreadable(self.path, error) from None

    def frames(self, height: int) -> Iterator[tuple[int, polars.DataFrame]]:
        """The rows in frames of so many at most, each with the number of its first row."""
        import polars

        while self._done < self._height:
            try:
                part = self._frame.slice(self._done, height).collect()
            except (polars.exceptions.PolarsError, OSError) as error:
                raise _unreadable(self.path, error) from None
            first = self._done + 1
            self._done += part.height
            yield first, part

    def different(self, column: str) -> bool:
        """Whether all texts of a column, trimmed, are surely different: their digests are."""
        import polars

        texts = polars.col(column).cast(polars.String)
        found = self._frame.select(
            height=texts.count(),
            different=texts.str.strip_chars().hash().filter(texts.is_not_null()).n_unique(),
            strange=texts.str.contains("[\x1c-\x1f]").any(),
        )
        try:
            height, different, strange = found.collect(engine="streaming").row(0)
        except (polars.exceptions.PolarsError, OSError):
            return False
        return bool(height == different and not strange)

    def progress(self) -> float:
        """By the rows read."""
        return self._done / max(self._height, 1)


@contextmanager
def open_parquet(path: Path) -> Generator[ParquetTable, None, None]:
    """Open a Parquet file."""
    with open_bytes(path) as raw:
        if not raw.read(1):
            raise FileError(say("{}: the file is empty", path), say("write it again"))
    try:
        import polars
    except ImportError:
        raise tables_extra(path, "Parquet") from None
    try:
        frame = polars.scan_parquet(path, glob=False)
        columns = frame.collect_schema().names()
        height = int(frame.select(polars.len()).collect().item())
    except (polars.exceptions.PolarsError, OSError) as error:
        raise _unreadable(path, error) from None
    yield ParquetTable(path, frame, columns, height)


def _unreadable(path: Path, error: Exception) -> FileError:
    reason = str(error).strip().splitlines()[0]
    return FileError(say("{}: not a Parquet file that can be read ({})", path, reason), say("write it again"))
