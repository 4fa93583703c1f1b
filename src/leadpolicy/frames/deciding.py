"""Deciding a frame: by columns, and lead by lead where columns don't say it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from leadpolicy.compiler.to_polars import Columns, lower
from leadpolicy.engine.errors import InputError, Problem
from leadpolicy.frames.columns import Runner, Worked
from leadpolicy.frames.happened import Happened, TakeBase
from leadpolicy.frames.reading import FrameReader, ReadFrame
from leadpolicy.frames.rows import Rows
from leadpolicy.frames.wanted import chosen, part_of

if TYPE_CHECKING:
    from datetime import datetime

    import polars as pl

    from leadpolicy.compiler import ir
    from leadpolicy.engine.decision import Decision
    from leadpolicy.engine.policy import FactRecords
    from leadpolicy.engine.program import Program

OnError = Callable[[int, InputError], None]
SHOWN: Final = 1_000
"""So many bad leads an error tells of."""


@dataclass(frozen=True, slots=True)
class FrameSupport:
    """What of a policy is worked out in columns. `columns`: those of the decisions' columns that are; `by_lead`: by
    column, why the others are decided lead by lead."""

    columns: tuple[str, ...]
    by_lead: dict[str, str]
    settled: tuple[str, ...] = ()
    """Those of `columns` that are worked out in columns only for leads of which nothing is unknown; the others are
    decided one by one where these columns are wanted."""


class Frames:
    """A policy over frames. Holds no state of a call."""

    def __init__(self, policy: ir.Policy, program: Program) -> None:
        self.policy = policy
        self.program = program
        self.lowered: Columns = lower(policy)
        self.rows = Rows(policy, program)
        self._runner = Runner(policy, program.policy, self.lowered, self.rows.types)
        self._reader = FrameReader(policy, program.policy, self.lowered.reads)
        self._about = policy.fact(policy.about)

    def happened(self, take: TakeBase, facts: object, events: object) -> Happened:
        """What a call passes beside the leads."""
        return Happened(self.policy, self.program, self.lowered, take, facts, events)

    def support(self) -> FrameSupport:
        """What is worked out in columns, and why the rest isn't."""
        why = {name: reason for name in chosen(self.policy, "all") if (reason := self._refused(name)) is not None}
        done = tuple(name for name in chosen(self.policy, "all") if name not in why)
        settled = tuple(name for name in done if self._runner.settled(name) is not None)
        return FrameSupport(done, why, settled)

    def _refused(self, column: str) -> str | None:
        if column in self.lowered.outputs or self._runner.constant(column):
            return None
        settled = self._runner.settled(column)
        if settled is not None and self._all_read and (settled == "" or settled in self.lowered.outputs):
            return None
        part = part_of(self.policy, column)
        if part is not None and part in self.lowered.refused:
            return self.lowered.refused[part]
        return next(iter(self.lowered.refused.values()), "the key is no text or whole number")

    @cached_property
    def _all_read(self) -> bool:
        """Whether all that a decision reads stands in columns: what is unknown of a lead is known then."""
        return not self.lowered.refused

    def decide(
        self,
        frame: pl.DataFrame,
        columns: tuple[str, ...],
        happened: Happened,
        now: datetime,
        on_error: OnError | None,
        told: Callable[[Decision], object] | None = None,
    ) -> pl.DataFrame:
        """The decisions of a frame whose columns are called as the fields are. One row a lead, in order; with
        `on_error`, leads that are wrong are left out. `told` gets each decision that was made lead by lead."""
        import polars as pl

        call = _Call(self, frame, columns, happened, now, on_error, told)
        if any(self._refused(name) is not None for name in columns):
            return call.by_lead(pl.int_range(frame.height, eager=True, dtype=pl.Int64))
        return call.by_columns()


class _Call:
    """One call: what all its pieces need."""

    def __init__(
        self,
        frames: Frames,
        frame: pl.DataFrame,
        columns: tuple[str, ...],
        happened: Happened,
        now: datetime,
        on_error: OnError | None,
        told: Callable[[Decision], object] | None,
    ) -> None:
        self._frames = frames
        self._frame = frame
        self._columns = columns
        self._happened = happened
        self._now = now
        self._on_error = on_error
        self._told = told

    # ── By columns ──

    def by_columns(self) -> pl.DataFrame:
        """All leads that are read surely at once; the others again, exactly; what is left lead by lead."""
        import polars as pl

        frames, frame = self._frames, self._frame
        worked = self._work(
            frames._reader.at_once(frame, self._facts, "lead" in self._columns or bool(frames.lowered.records))
        )
        done = frames._runner.show(worked, self._columns)
        if done is not None:
            return done
        odd = worked.odd()
        numbers = pl.int_range(frame.height, eager=True, dtype=pl.Int64)
        again = numbers.filter(odd)
        pieces = self._exactly(frame.filter(odd), again)
        if len(again) < frame.height:
            rest = _Call(
                frames, frame.filter(~odd), self._columns, self._happened, self._now, self._on_error, self._told
            )
            pieces.append((numbers.filter(~odd), rest.by_columns()))
        return _in_order(pieces)

    def _exactly(self, frame: pl.DataFrame, numbers: pl.Series) -> list[tuple[pl.Series, pl.DataFrame]]:
        """Leads whose values go through the engine's readers; those that can't be read so, lead by lead."""
        frames = self._frames
        worked = self._work(frames._reader.exactly(frame, self._facts))
        done = frames._runner.show(worked, self._columns)
        if done is not None:
            return [(numbers, done)]
        still = worked.odd()
        if still.all():
            return [self._one_by_one(numbers)]
        return [
            self._one_by_one(numbers.filter(still)),
            *self._exactly(frame.filter(~still), numbers.filter(~still)),
        ]

    def _work(self, read: ReadFrame) -> Worked:
        frames = self._frames
        keys = {name: list(records) for name, records in self._facts.items()}
        return frames._runner.work(read, self._columns, self._instant, keys, self._sums)

    @cached_property
    def _facts(self) -> FactRecords:
        return self._frames.program.facts(self._happened.base).records

    @property
    def _instant(self) -> int:
        return self._frames.program.instant(self._now)

    @property
    def _sums(self) -> list[pl.DataFrame]:
        if not self._frames.lowered.records:
            return []
        return self._happened.sums_at(self._frames._runner.records, self._instant)

    # ── Lead by lead ──

    def by_lead(self, numbers: pl.Series) -> pl.DataFrame:
        """All leads of these numbers by the evaluator."""
        return self._one_by_one(numbers)[1]

    def _one_by_one(self, numbers: pl.Series) -> tuple[pl.Series, pl.DataFrame]:
        import polars as pl

        rows, kept = self._frames.rows, []
        cells: list[tuple[Any, ...]] = []
        problems: list[Problem] = []
        wrong = 0
        base = self._happened.of_leads(self._keys(numbers))
        for number, lead in zip(numbers.to_list(), self._leads(numbers), strict=True):
            try:
                decision = rows.decide(lead, base, self._now)
            except InputError as error:
                if self._on_error is not None:
                    self._on_error(number, error)
                    continue
                wrong += 1
                problems += error.problems
                if wrong < SHOWN:
                    continue
                break
            if not problems:
                cells.append(rows.cells(decision, self._columns))
                if self._told is not None:
                    self._told(decision)
                kept.append(number)
        if problems:
            raise InputError(tuple(problems))
        return pl.Series(kept, dtype=pl.Int64), rows.frame(cells, self._columns)

    def _keys(self, numbers: pl.Series) -> Iterable[object]:
        key = next((one.name for one in self._frames._about.fields if one.key), None)
        return self._frame.get_column(key)[numbers] if key in self._frame.columns else ()

    def _leads(self, numbers: pl.Series) -> Iterable[Mapping[str, Any]]:
        names = [one.name for one in self._frames._about.fields if one.name in self._frame.columns]
        some = self._frame.select(names) if names else self._frame
        if len(numbers) < some.height:
            some = some[numbers]
        return some.iter_rows(named=True)


def _in_order(pieces: list[tuple[pl.Series, pl.DataFrame]]) -> pl.DataFrame:
    import polars as pl

    numbers = pl.concat([numbers for numbers, _ in pieces])
    whole = pl.concat([piece for _, piece in pieces])
    return whole[numbers.arg_sort()]
