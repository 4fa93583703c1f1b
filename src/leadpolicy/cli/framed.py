"""`lead run` by frames: a Parquet file in slices, where decisions come out the same as row by row."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final
from unicodedata import normalize

from leadpolicy.cli.inputs import Opened
from leadpolicy.cli.outputs import Outputs
from leadpolicy.cli.summary import Summary
from leadpolicy.compiler.wording import foreign
from leadpolicy.engine.errors import InputError, Problem
from leadpolicy.files.flat import flat_columns
from leadpolicy.files.problems import BadRow
from leadpolicy.files.writers import FRAMED, WriteFrame

if TYPE_CHECKING:
    import polars as pl

    from leadpolicy.files.parquet_reader import ParquetTable
    from leadpolicy.frames.deciding import Frames

_SLICE: Final = 50_000
_TEXTS: Final = ("text", "choice", "email", "phone")


def in_frames(opened: Opened, outputs: Outputs) -> FramedRun | None:
    """What decides the file by frames; None where it is to be decided row by row."""
    if opened.records.table.path.suffix.lower() != ".parquet":
        return None
    if outputs.decisions is not None and outputs.decisions.suffix.lower() not in FRAMED:
        return None
    policy, happened, columns = opened.policy.ir, opened.happened, opened.records.columns
    if happened.bad or happened.broken or opened.policy.program.policy.rich or policy.duplicates:
        return None
    if any(len(one.outputs) > 1 or one.hit == "collect" or one.outputs[0].type.kind not in _TEXTS
           or one.outputs[0].name is not None for one in policy.tables):  # fmt: skip
        return None
    if any(one.or_none and columns.mapping.values(one.name) for one in opened.about.fields):
        return None
    from leadpolicy.files.parquet_reader import ParquetTable

    table = opened.records.table
    key = None if opened.key is None else columns.column(opened.key)
    if not isinstance(table, ParquetTable) or key is None or not table.different(key):
        return None
    frames = opened.policy._frames
    return None if frames.support().by_lead else FramedRun(opened, table, frames)


def of_problem(line: int, problem: Problem) -> BadRow:
    """A mistake in a row, as the screen and the file of errors have it."""
    return BadRow(line, problem.lead, problem.field, foreign(problem.expected), foreign(problem.found))


class FramedRun:
    """Decides a Parquet file whose keys are all different, slice by slice."""

    def __init__(self, opened: Opened, table: ParquetTable, frames: Frames) -> None:
        self._opened = opened
        self._table = table
        self._frames = frames
        self._policy = opened.policy.ir
        self._wanted = tuple(flat_columns(self._policy))

    def decide_all(
        self, summary: Summary, write: WriteFrame, report: Callable[[BadRow], None], advance: Callable[[], None]
    ) -> None:
        """Decide all slices, write their decisions, count them, report what is wrong."""
        base = self._opened.happened.base
        happened = self._frames.happened(lambda _facts, _events: base, None, None)
        for first, frame in self._table.frames(_SLICE):
            advance()
            wrong: list[tuple[int, InputError]] = []
            made = self._frames.decide(
                self._fields(frame), self._wanted, happened, self._opened.now,
                lambda number, error, to=wrong: to.append((number, error)),  # type: ignore[misc]
                lambda decision: summary.add_missing(decision.missing),
            )  # fmt: skip
            summary.read += frame.height
            write(made)
            summary.add_frame(made, self._policy)
            for number, error in sorted(wrong, key=lambda one: one[0]):
                mistakes = [of_problem(first + number, problem) for problem in error.problems]
                summary.add_bad(mistakes)
                for mistake in mistakes:
                    report(mistake)

    def _fields(self, frame: pl.DataFrame) -> pl.DataFrame:
        """A slice under the fields' names; what means unknown by the map is null."""
        import polars as pl

        columns = self._opened.records.columns
        taken: list[pl.Series] = []
        for one in self._opened.about.fields:
            column = columns.column(one.name)
            if column is not None:
                unknown = columns.mapping.values(one.name)
                series = frame.get_column(column)
                taken.append((_cleared(series, unknown) if unknown else series).alias(one.name))
        return pl.DataFrame(taken)


def _cleared(column: pl.Series, unknown: frozenset[str] | set[str]) -> pl.Series:
    """A column without the values that mean unknown."""
    import polars as pl

    from leadpolicy.frames.reading import different_values

    if column.dtype == pl.Boolean:
        return column
    numbers, values = different_values(column)
    means = [value is not None and normalize("NFC", str(value)).strip() in unknown for value in values]
    if not any(means):
        return column
    gone = pl.Series(means, dtype=pl.Boolean()).gather(numbers)
    return column.to_frame().select(pl.when(~gone).then(pl.col(column.name)).alias(column.name)).to_series()
