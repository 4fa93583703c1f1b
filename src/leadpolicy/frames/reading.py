"""Columns of a frame as the policy's values: the usual pairs of type and kind at once, the rest value by value.

Whatever is read here without asking the engine is read so surely: a value that isn't is *odd*, and its lead is read
again (`exactly`), where each different value of a column goes through the engine's reader of its field.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_polars.module import Read
from leadpolicy.engine.numbers import LIMIT, SCALE
from leadpolicy.engine.program import readers
from leadpolicy.engine.reading import Reading
from leadpolicy.engine.values import NOTHING
from leadpolicy.frames.moments import from_local

if TYPE_CHECKING:
    import polars as pl

    from leadpolicy.engine.policy import FactRecords, PolicyDeclaration

DIRTY: Final = r"^[\x00-\x20]|[\x00-\x20]$|[^\x00-\x7f]"
"""A text that cleaning may change: it isn't ASCII, or something that isn't printed stands at an end."""
_MANY_CHOICES: Final = 24
"""More choices are found faster by their number than by their texts."""
_SAMPLE: Final = 2_000
_FEW: Final = 500
"""A column with so many different texts in a sample has few in all, most likely."""
_FLOAT_EXACT: Final = 1e8
_EPOCH_DAY: Final = 719_163
_PROBLEM: Final = object()


@dataclass(slots=True)
class ReadFrame:
    """What was read: a column a slot. `odd`: columns that are true where a lead must be read again; `look`: of texts,
    the column as it is, by the column that says where it is none of the policy's constants; `choices`: of
    each column of choices, those that are true where it is each of them."""

    frame: pl.LazyFrame
    odd: list[str] = field(default_factory=list)
    look: dict[str, str] = field(default_factory=dict)
    choices: dict[str, tuple[str, ...]] = field(default_factory=dict)


def raw(field: str) -> str:
    """What a field's own column is called beside ours, none of which has a blank in its name."""
    return f"raw {field}"


class FrameReader:
    """Reads frames of leads, or of records of another fact."""

    def __init__(
        self, policy: ir.Policy, declared: PolicyDeclaration, reads: tuple[Read, ...], fact: ir.Fact | None = None
    ) -> None:
        self._policy = policy
        self._about = fact or policy.fact(policy.about)
        self._own = {read.path[0]: read for read in reads if len(read.path) == 1}
        self._paths = sorted((read for read in reads if len(read.path) > 1), key=lambda read: len(read.path))
        self._records = readers(declared)
        self.zone = policy.zone

    # ── At once ──

    def at_once(self, frame: pl.DataFrame, facts: FactRecords, clean_key: bool) -> ReadFrame:
        """All columns, vectorised where their types are the usual ones."""
        import polars as pl

        made = ReadFrame(frame.lazy())
        exprs: list[pl.Expr] = []
        series: list[pl.Series] = []
        coded = self._coded(frame)
        for index, one in enumerate(self._about.fields):
            read = self._own.get(one.name)
            name = read.name if read is not None else f"unread_{index}"
            if one.name in coded:
                found = self._of_codes(coded[one.name], frame.get_column(one.name), index, name, read)
                series += found[0]
                made.odd.append(found[1])
                continue
            use = "unread" if read is None else "free" if one.key and clean_key else read.use
            column = pl.col(raw(one.name)) if one.name in frame.columns else pl.lit(None)
            dtype = frame.schema.get(one.name, pl.Null())
            usual = _Usual(self, frame, one, column, dtype, use, name)
            if not usual.read():
                found = self._exact_column(frame.get_column(one.name), index, name, read)
                series += found[0]
                made.odd.append(found[1])
                continue
            exprs += [expr.alias(said) for said, expr in usual.made.items()]
            made.odd += usual.odd
            if read is not None and read.absent is not None:
                exprs.append(column.is_null().alias(read.absent))
            if read is not None and read.check is not None and usual.check == "look":
                made.look[read.check] = one.name
            elif read is not None and usual.check == "choice":
                made.choices[read.name] = read.equals
        own = [one.name for one in self._about.fields if one.name in frame.columns]
        base = frame.select(pl.col(name).alias(raw(name)) for name in own).hstack(series)
        looked = [pl.col(raw(name)).cast(pl.String) for name in dict.fromkeys(made.look.values())]
        row = pl.int_range(pl.len(), dtype=pl.UInt32).alias("row")
        made.frame = base.lazy().select(row, *looked, *exprs, *(pl.col(one.name) for one in series))
        if self._paths:
            made.frame = self._followed(made.frame.collect(), facts).lazy()
        return made

    def _coded(self, frame: pl.DataFrame) -> dict[str, pl.Series]:
        """Texts of few different values, numbered: each value is read once then, exactly."""
        import polars as pl

        names: list[str] = []
        for one in self._about.fields:
            read = self._own.get(one.name)
            if isinstance(frame.schema.get(one.name), pl.String) and not one.key and self._worth_codes(one, read):
                some = frame.get_column(one.name).slice(frame.height // 2, _SAMPLE)
                if some.n_unique() <= _FEW:
                    names.append(one.name)
        # Categories of their own: those that all columns share would never be forgotten.
        done = frame.select(pl.col(name).cast(pl.Categorical(pl.Categories.random())) for name in names)
        return {name: done.get_column(name) for name in names}

    @staticmethod
    def _worth_codes(one: ir.FactField, read: Read | None) -> bool:
        if one.type.kind == "list":
            return False
        if one.type.kind not in {"text", "choice", "fact"} or one.markers:
            return True
        return read is not None and read.use in {"compared", "free"} and not read.equals

    def _of_codes(
        self, column: pl.Series, texts: pl.Series, index: int, name: str, read: Read | None
    ) -> tuple[list[pl.Series], str]:
        """As `_exact_column`, of a column of categories: itself, where reading leaves its texts as they are."""
        import polars as pl

        codes = column.to_physical()
        values = [texts[at] for at in _firsts(codes)]
        kept = self._read_values(index, [*values, None])
        odd = f"odd_{name}"
        if kept[:-1] == values and kept[-1] is None and read is not None and read.use == "compared":
            return [column.alias(name), pl.repeat(False, len(column), dtype=pl.Boolean, eager=True).alias(odd)], odd
        return self._spread_all(kept, codes.fill_null(len(values)), index, name, read), odd

    # ── Exactly ──

    def exactly(self, frame: pl.DataFrame, facts: FactRecords, clean_key: bool = True) -> ReadFrame:
        """All columns, each different value by the engine's reader: `odd` is true where one can't be read."""
        import polars as pl

        made = ReadFrame(frame.lazy())
        series: list[pl.Series] = []
        for index, one in enumerate(self._about.fields):
            read = self._own.get(one.name)
            name = read.name if read is not None else f"unread_{index}"
            column = (
                frame.get_column(one.name) if one.name in frame.columns else pl.repeat(None, frame.height, eager=True)
            )
            found = self._exact_column(column.rename(one.name), index, name, read)
            series += found[0]
            made.odd.append(found[1])
        made.frame = self._followed(pl.DataFrame(series).with_row_index("row"), facts).lazy()
        return made

    def _exact_column(
        self, column: pl.Series, index: int, name: str, read: Read | None
    ) -> tuple[list[pl.Series], str]:
        """A slot's columns, and the one that is true where a value can't be read."""
        numbers, values = different_values(column)
        return self._spread_all(self._read_values(index, values), numbers, index, name, read), f"odd_{name}"

    def _read_values(self, index: int, values: list[Any]) -> list[object]:
        """Values as the engine's reader of a field reads them."""
        reader = self._records[self._about.name].field(index)
        kept: list[object] = []
        for value in values:
            reading = Reading()
            known = reader.read(value, reading)
            # A record that stands in a reference counts as passed with its lead, and only with it.
            kept.append(_PROBLEM if reading.problems or reading.embedded else known)
        return kept

    def _spread_all(
        self, kept: list[object], numbers: pl.Series, index: int, name: str, read: Read | None
    ) -> list[pl.Series]:
        """A slot's columns of its different values: which can't be read, which are nothing, what they are."""
        import polars as pl

        dtype = kept_type(self._about.fields[index].type.kind)
        made = [_spread([value is _PROBLEM for value in kept], numbers, pl.Boolean(), f"odd_{name}")]
        if read is not None:
            plain = [None if value is _PROBLEM or value is NOTHING else plain_value(value) for value in kept]
            made.append(_spread(plain, numbers, dtype, name))
            if read.absent is not None:
                made.append(_spread([value is NOTHING for value in kept], numbers, pl.Boolean(), read.absent))
        return made

    # ── Paths through references ──

    def _followed(self, frame: pl.DataFrame, facts: FactRecords) -> pl.DataFrame:
        """Columns of paths: what the records say that keys point to."""
        for read in self._paths:
            frame = frame.with_columns(self._step(frame, read, facts))
        return frame

    def _step(self, frame: pl.DataFrame, read: Read, facts: FactRecords) -> list[pl.Series]:
        import polars as pl

        above = self._own[read.path[0]] if len(read.path) == 2 else next(
            one for one in self._paths if one.path == read.path[:-1]
        )  # fmt: skip
        fact = self._about
        for step in read.path[:-1]:
            target = next(one for one in fact.fields if one.name == step).type.fact
            assert target is not None
            fact = self._policy.fact(target)
        at = next(i for i, one in enumerate(fact.fields) if one.name == read.path[-1])
        dtype = kept_type(fact.fields[at].type.kind)
        records = facts[fact.name]
        keys = frame.get_column(above.name).cast(pl.String)  # they may have come as categories
        found = [record[at] for record in records.values()]
        table = pl.DataFrame(
            {
                "key": pl.Series(list(records), dtype=pl.String()),
                "value": pl.Series(
                    [None if v is NOTHING else plain_value(v) for v in found], dtype=dtype, strict=False
                ),
                "none": pl.Series([v is NOTHING for v in found], dtype=pl.Boolean()),
            }
        )
        joined = keys.rename("key").to_frame().join(table, on="key", how="left", maintain_order="left")
        none = joined.get_column("none").fill_null(True) & keys.is_not_null()
        if above.absent is not None:
            none = none | frame.get_column(above.absent)
        made = [joined.get_column("value").rename(read.name)]
        return [*made, none.rename(read.absent)] if read.absent is not None else made


class _Usual:
    """One column whose type fits its field's kind, as expressions; `read` says whether it does."""

    def __init__(
        self, owner: FrameReader, frame: pl.DataFrame, one: ir.FactField, column: pl.Expr, dtype: pl.DataType,
        use: str, name: str,
    ) -> None:  # fmt: skip
        self._owner = owner
        self._frame = frame
        self._field = one
        self._column = column
        self._dtype = dtype
        self._use = use
        self._name = name
        self.made: dict[str, pl.Expr] = {}
        self.odd: list[str] = []
        self.check = ""

    def read(self) -> bool:
        """Whether the column could be taken; fills in what was made."""
        import polars as pl

        kind = self._field.type.kind
        value: pl.Expr | None
        if isinstance(self._dtype, pl.Null):
            value = pl.lit(None, dtype=kept_type(kind))
        elif kind in {"text", "email", "choice", "fact"}:
            value = self._text()
        elif kind in {"int", "number", "money", "percent"}:
            value = self._number()
        elif kind == "bool":
            value = self._column if self._dtype == pl.Boolean else None
        elif kind in {"time", "date", "duration"}:
            value = self._moment()
        else:
            value = None
        if value is None:
            return False
        if self._field.required or self._field.key:
            self._is_odd("empty", value.is_null())
        if self._use != "unread":
            self.made[self._name] = value
        return True

    def _is_odd(self, what: str, expr: pl.Expr) -> None:
        name = f"odd_{what}_{self._name}"
        self.made[name] = expr
        self.odd.append(name)

    def _text(self) -> pl.Expr | None:
        import polars as pl

        if not isinstance(self._dtype, pl.String | pl.Categorical | pl.Enum):
            return None
        raw = self._column if isinstance(self._dtype, pl.String) else self._column.cast(pl.String)
        kind = self._field.type.kind
        value = raw.str.to_lowercase() if kind == "email" else raw
        if self._field.markers:
            marked = pl.any_horizontal([raw == marker for marker in self._field.markers])
            value = pl.when(marked).then(None).otherwise(value)
        if kind == "choice":
            return self._choice(value)
        unasked = self._use in {"asked", "unread"} and not self._field.markers
        if unasked:
            return value
        if self._use == "compared":
            self.check = "look"
        else:
            self._is_odd("text", raw.str.contains(DIRTY))
        return value

    def _choice(self, value: pl.Expr) -> pl.Expr:
        import polars as pl

        choices = list(self._field.type.choices or ())
        if self._use == "compared" and len(choices) <= _MANY_CHOICES:
            self.check = "choice"
            return value
        if self._use in {"free", "asked"} or len(choices) <= _MANY_CHOICES:
            self._is_odd("choice", ~pl.any_horizontal([value == choice for choice in choices]))
            return value
        coded = value.cast(pl.Enum(choices), strict=False)
        self._is_odd("choice", coded.is_null() & value.is_not_null())
        return coded

    def _number(self) -> pl.Expr | None:
        import polars as pl

        column, whole = self._column, self._field.type.kind == "int"
        if self._dtype.is_integer() and self._dtype not in (pl.Int128,):
            if self._dtype in (pl.Int64, pl.UInt64):
                self._is_odd("size", (column >= LIMIT) | (column <= -LIMIT))
            value = column.cast(pl.Int64, strict=False)
            return value if whole else value * SCALE
        if self._dtype in (pl.Float64, pl.Float32):
            column = column.cast(pl.Float64)
            if whole:
                fits = (column == column.floor()) & (column.abs() < float(LIMIT))
                value = column
            else:
                exact = column * 1e6
                value = exact.round(0)
                fits = (column.abs() < _FLOAT_EXACT) & ((exact - value).abs() < 0.4)
            self._is_odd("size", ~fits)
            return pl.when(fits).then(value).cast(pl.Int64, strict=False)
        return None

    def _moment(self) -> pl.Expr | None:
        import polars as pl

        kind, dtype, column = self._field.type.kind, self._dtype, self._column
        if kind == "date":
            return column.cast(pl.Int32) + _EPOCH_DAY if dtype == pl.Date else None
        if kind == "duration":
            fine = isinstance(dtype, pl.Duration) and dtype.time_unit != "ns"
            return column.dt.cast_time_unit("us").cast(pl.Int64) if fine else None
        if isinstance(dtype, pl.Datetime) and dtype.time_unit != "ns":
            micros = column.dt.cast_time_unit("us").cast(pl.Int64)
            return micros if dtype.time_zone is not None else self._local(micros)
        return self._local(column.cast(pl.Datetime("us")).cast(pl.Int64)) if dtype == pl.Date else None

    def _local(self, micros: pl.Expr) -> pl.Expr:
        import polars as pl

        own = pl.col(self._field.name).alias(raw(self._field.name))
        ends = self._frame.select(own).select(low=micros.min(), high=micros.max()).row(0)
        return from_local(micros, self._owner.zone, ends[0], ends[1])


def kept_type(kind: str) -> pl.DataType:
    import polars as pl

    if kind in {"text", "email", "phone", "choice", "fact"}:
        return pl.String()
    return pl.Boolean() if kind == "bool" else pl.Int64()


def plain_value(value: object) -> object:
    if isinstance(value, bool | str) or value is None:
        return value
    return int(value) if isinstance(value, int) else None


def different_values(column: pl.Series) -> tuple[pl.Series, list[Any]]:
    """The different values of a column, and for each row the number of its own."""
    import polars as pl

    if isinstance(column.dtype, pl.Categorical | pl.Enum):
        column = column.cast(pl.String)
    try:
        values = column.unique(maintain_order=True)
        table = pl.DataFrame({"value": values, "number": pl.int_range(len(values), eager=True)})
        named = column.rename("value").to_frame()
        numbers = named.join(table, on="value", how="left", nulls_equal=True, maintain_order="left").get_column(
            "number"
        )
        if numbers.null_count() == 0:
            return numbers, values.to_list()
    except pl.exceptions.PolarsError:
        pass  # values that can't be told apart, such as records: each is read by itself
    return pl.int_range(len(column), eager=True), column.to_list()


def _firsts(codes: pl.Series) -> list[int]:
    """Where each number stands first, the numbers being 0, 1, 2 …"""
    top = codes.max()
    if top is None:
        return []
    if int(top) >= _FEW:  # type: ignore[arg-type]
        places = codes.arg_unique()
        found = dict(zip(codes.gather(places).to_list(), places.to_list(), strict=True))
        return [found[number] for number in range(int(top) + 1)]  # type: ignore[arg-type]
    return [int(codes.index_of(number) or 0) for number in range(int(top) + 1)]  # type: ignore[arg-type]


def _spread(values: list[Any], numbers: pl.Series, dtype: pl.DataType, name: str) -> pl.Series:
    import polars as pl

    table = pl.Series(name, values, dtype=dtype, strict=False)
    return table.gather(numbers) if len(table) else pl.Series(name, [], dtype=dtype)
