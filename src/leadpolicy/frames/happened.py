"""What happened to the leads of a frame: events as frames or as records, summed up by lead in one pass.

Events in frames are read in columns where all of them can be; else, and where leads are decided one by one, they are
read by the engine as any others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_polars.module import Columns, RecordReads
from leadpolicy.engine.intake import FactBase
from leadpolicy.engine.reading import link_names
from leadpolicy.engine.values import NOTHING
from leadpolicy.frames.moments import day_of, factor_of
from leadpolicy.frames.reading import DIRTY, FrameReader, kept_type, plain_value

if TYPE_CHECKING:
    import polars as pl

    from leadpolicy.engine.program import Program

LINK = "link"
"""The column of the key of the lead that a record belongs to. No slot is called so."""
Make = Callable[..., dict[str, tuple[dict[str, Any], dict[str, Any]]]]
TakeBase = Callable[[Any, Any], FactBase | None]


class Happened:
    """The facts and events of one call. `take` reads them as the engine does; `make` gives the columns."""

    def __init__(
        self, policy: ir.Policy, program: Program, lowered: Columns, take: TakeBase, facts: object, events: object
    ) -> None:
        import polars as pl

        self._policy = policy
        self._program = program
        self._lowered = lowered
        self._frames: dict[str, pl.DataFrame] = {}
        self._take = take
        self._given = facts
        self._events = events
        self._summed: tuple[int, list[pl.DataFrame]] | None = None
        own = {one.name for one in policy.facts if one.event and one.of == policy.about}
        if isinstance(events, Mapping):
            framed = {n: one.collect() if isinstance(one, pl.LazyFrame) else one for n, one in events.items()}
            self._events = {n: one.to_dicts() if isinstance(one, pl.DataFrame) else one for n, one in framed.items()
                            if n not in own or not isinstance(one, pl.DataFrame)}  # fmt: skip
            self._frames = {n: one for n, one in framed.items() if n in own and isinstance(one, pl.DataFrame)}

    @cached_property
    def base(self) -> FactBase | None:
        """All but the events that are in frames."""
        if not self._frames:
            return self._take(self._given, self._events)
        empty = {name: [] for name in self._frames}  # type: ignore[var-annotated]
        return self._take(self._given, {**self._events, **empty})  # type: ignore[dict-item]

    @cached_property
    def _whole(self) -> FactBase | None:
        """All, read by the engine; InputError where a record is wrong."""
        rows = {name: one.to_dicts() for name, one in self._frames.items()}
        return self._take(self._given, {**self._events, **rows}) if rows else self.base  # type: ignore[dict-item]

    def of_leads(self, keys: Iterable[object]) -> FactBase | None:
        """What leads of these keys are decided by."""
        if not self._frames:
            return self.base
        if not all(self._sums_in_columns(name) and self._is_clean(name) for name in self._frames):
            return self._whole
        wanted = sorted({str(key).strip() for key in keys if key is not None})
        rows: dict[str, list[dict[str, Any]]] = {}
        for name, frame in self._frames.items():
            link = self._link(name, frame)
            assert link is not None
            rows[name] = frame.filter(link.is_in(wanted)).to_dicts()
        return self._take(self._given, {**self._events, **rows})  # type: ignore[dict-item]

    # ── In columns ──

    def sums_at(self, make: Make, now: int) -> list[pl.DataFrame]:
        """As `sums`, worked out once for all slices of a frame."""
        if self._summed is None or self._summed[0] != now:
            self._summed = (now, self.sums(make, now))
        return self._summed[1]

    def sums(self, make: Make, now: int) -> list[pl.DataFrame]:
        """By fact, a row a lead that has records: its key, and what is made of them."""
        if not self._lowered.records:
            return []
        made = make(now, lambda column: column, lambda c: day_of(c, self._policy.zone), self._factor(now))
        found: list[pl.DataFrame] = []
        for one in self._lowered.records:
            table = self._summed_up(one, *made[one.fact])
            if one.fact in self._read and table.get_column(LINK).str.contains(DIRTY).any():
                # A key that isn't clean: only the engine says whose such records are.
                del self._read[one.fact]
                table = self._summed_up(one, *made[one.fact])
            found.append(table)
        return found

    def _summed_up(self, one: RecordReads, rows: dict[str, Any], sums: dict[str, Any]) -> pl.DataFrame:
        import polars as pl

        frame = self._records(one)
        query = (self._in_order(one, frame) if one.order else frame).lazy()
        for name in one.rows:
            query = query.with_columns(rows[name].alias(name))
        return query.group_by(pl.col(LINK)).agg([expr.alias(name) for name, expr in sums.items()]).collect()

    def _factor(self, now: int) -> Callable[[pl.Expr, str, int], pl.Expr]:
        return lambda day, kind, days: factor_of(day, kind, days, now, self._policy.zone)

    def _is_clean(self, name: str) -> bool:
        """Whether the keys that records belong to are as they stand."""
        return not self._read[name].get_column(LINK).str.contains(DIRTY).any()

    def _records(self, one: RecordReads) -> pl.DataFrame:
        if one.fact in self._frames and self._sums_in_columns(one.fact):
            return self._read[one.fact]
        return self._of_base(one)

    def _sums_in_columns(self, name: str) -> bool:
        """Whether all records of a type could be read in columns."""
        return name in self._read

    @cached_property
    def _read(self) -> dict[str, pl.DataFrame]:
        found: dict[str, pl.DataFrame] = {}
        for name, frame in self._frames.items():
            one = next((one for one in self._lowered.records if one.fact == name), None)
            reads = one if one is not None else RecordReads(name, (), (), {}, False)
            read = self._read_frame(reads, frame)
            if read is not None:
                found[name] = read
        return found

    def _read_frame(self, one: RecordReads, frame: pl.DataFrame) -> pl.DataFrame | None:
        """The records of a frame; None where one can't be read so."""
        import polars as pl

        fact = self._policy.fact(one.fact)
        link = self._link(one.fact, frame)
        key = next((f.name for f in fact.fields if f.key), None)
        if link is None or (
            key is not None and (key not in frame.columns or frame.get_column(key).is_duplicated().any())
        ):
            return None
        reader = FrameReader(self._policy, self._program.policy, one.reads, fact)
        for read in (reader.at_once, reader.exactly):
            made = read(frame, {}, True)
            done = made.frame.collect()
            odd = (
                done.select(pl.any_horizontal(pl.col(name).any() for name in made.odd)).item() if made.odd else False
            )
            if not odd:
                return done.with_columns(link.alias(LINK))
        return None

    def _link(self, name: str, frame: pl.DataFrame) -> pl.Series | None:
        """The keys of the leads that records belong to; None where one isn't plainly there."""
        import polars as pl

        fact, about = self._policy.fact(name), self._policy.fact(self._policy.about)
        fields = {field.name for field in fact.fields}
        key = next((field.name for field in about.fields if field.key), None)
        column = next((n for n in link_names(about.name, key) if n in frame.columns and n not in fields), None)
        if column is None:
            return None
        link = frame.get_column(column)
        if link.dtype.is_integer():
            link = link.cast(pl.String)
        if link.dtype != pl.String or link.null_count():
            return None
        return link

    def _of_base(self, one: RecordReads) -> pl.DataFrame:
        """The records that the engine read, as columns."""
        import polars as pl

        base = self._whole
        fact = self._policy.fact(one.fact)
        place = next(i for i, other in enumerate(self._policy.facts) if other.name == one.fact)
        records = None if base is None else base.sets[place]
        rows = () if records is None else records.ordered(None)
        columns = [pl.Series(LINK, [row[len(fact.fields)] for row in rows], dtype=pl.String())]
        for read in one.reads:
            at = next(i for i, field in enumerate(fact.fields) if field.name == read.path[0])
            values = [row[at] for row in rows]
            plain = [None if value is NOTHING else plain_value(value) for value in values]
            columns.append(pl.Series(read.name, plain, dtype=kept_type(fact.fields[at].type.kind), strict=False))
            if read.absent is not None:
                columns.append(pl.Series(read.absent, [value is NOTHING for value in values], dtype=pl.Boolean()))
        return pl.DataFrame(columns)

    def _in_order(self, one: RecordReads, frame: pl.DataFrame) -> pl.DataFrame:
        """Records by time, those without one first, then by key, then as they came. The engine's are in order."""
        import polars as pl

        if not self._sums_in_columns(one.fact):
            return frame
        fact = self._policy.fact(one.fact)
        columns = {read.path[0]: read.name for read in one.reads}
        by = [columns[fact.dated]] if fact.dated is not None else []
        key = next((field for field in fact.fields if field.key), None)
        keys = [] if key is None else [self._frames[one.fact].get_column(key.name).cast(pl.String).str.strip_chars()]
        ordered = frame.with_columns([one.alias("key") for one in keys])
        by += ["key"] if keys else []
        return ordered.sort(by, nulls_last=False, maintain_order=True) if by else ordered
