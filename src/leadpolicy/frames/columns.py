"""Working the columns out: those that are wanted and those they read, a layer after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_polars import Columns
from leadpolicy.compiler.to_polars.ladders import outcome_codes
from leadpolicy.compiler.to_polars.module import Shown
from leadpolicy.engine.logic import plain
from leadpolicy.engine.policy import PolicyDeclaration
from leadpolicy.engine.times import print_time
from leadpolicy.frames.happened import LINK, Make
from leadpolicy.frames.reading import DIRTY, ReadFrame, raw
from leadpolicy.frames.texts import Collected, different, route_texts, table_cells

if TYPE_CHECKING:
    import polars as pl

_VERDICTS = ["fail", "pass", "unknown"]
_UNSETTLED = "unsettled"
_PLANNED = 64
"""Layers are kept for so many sets of columns that were wanted."""
_CODES = 256
"""A table of texts has room for every number of a byte: those of no row are null."""


@dataclass(frozen=True, slots=True)
class Worked:
    """What is worked out of a frame, or to be. `flags` are true where a lead must be looked at again; so must be a
    text that is none of the policy's constants (`look`, with the text's own column), where it isn't clean, and a
    choice that is none of its field's (`choices`, each with the columns that say which it is)."""

    frame: pl.LazyFrame
    flags: list[str]
    look: Mapping[str, str]
    choices: Mapping[str, tuple[str, ...]]
    now: int

    def any(self) -> pl.Expr:
        """Whether there is such a lead."""
        import polars as pl

        tests = [pl.col(name).any() for name in self.flags]
        for column, equals in self.choices.items():
            # A value is one of the choices at most: counting says it faster than asking each value.
            tests.append(pl.sum_horizontal(pl.col(name).sum() for name in equals) != pl.col(column).count())
        for check, column in self.look.items():
            tests.append(pl.col(raw(column)).filter(pl.col(check)).str.contains(DIRTY).any())
        return pl.any_horizontal(tests) if tests else pl.lit(False)

    def odd(self) -> pl.Series:
        """Which leads those are."""
        import polars as pl

        tests = [pl.col(name).fill_null(False) for name in self.flags]
        for equals in self.choices.values():
            tests.append(~pl.any_horizontal(pl.col(name) for name in equals).fill_null(True))
        for check, column in self.look.items():
            tests.append((pl.col(check) & pl.col(raw(column)).str.contains(DIRTY)).fill_null(False))
        if not tests:
            return self.frame.select(pl.col("row") < 0).collect().to_series()
        return self.frame.select(pl.any_horizontal(tests).alias("odd")).collect().to_series()


class Runner:
    """Works out a policy's columns and shows them as the decisions' columns."""

    def __init__(
        self, policy: ir.Policy, declared: PolicyDeclaration, lowered: Columns, types: Mapping[str, bool]
    ) -> None:
        self._policy = policy
        self._declared = declared
        self._lowered = lowered
        self._types = types
        self._texts = self._make_texts()
        self._planned: dict[tuple[str, ...], list[list[str]]] = {}
        self._last: tuple[object, dict[str, pl.Expr]] | None = None

    @cached_property
    def _module(self) -> Mapping[str, Any]:
        from leadpolicy.engine.program import compiled, run_all

        return run_all(compiled(self._lowered.text, self._policy.name))

    @property
    def _make(self) -> Callable[[object, object, object], dict[str, pl.Expr]]:
        made: Callable[[object, object, object], dict[str, pl.Expr]] = self._module["columns"]
        return made

    @property
    def records(self) -> Make:
        """What gives the columns made of records."""
        made: Make = self._module["records"]
        return made

    def constant(self, column: str) -> bool:
        """Whether a column is the same for all leads."""
        return column == "at" or column.startswith("policy.")

    def settled(self, column: str) -> str | None:
        """The column of the same value where nothing of a lead is unknown: a score's ends are the score; "" where
        there is nothing then. None for other columns."""
        if column in {"missing", "ask"}:
            return ""
        value, _, end = column.rpartition(".")
        return (
            value if end in {"low", "high"} and column not in self._lowered.outputs and value in self._types else None
        )

    # ── Working out ──

    def work(
        self, read: ReadFrame, columns: Iterable[str], now: int, keys: Mapping[str, list[str]],
        sums: list[pl.DataFrame],
    ) -> Worked:  # fmt: skip
        """What the columns need, not worked out yet. `sums`: what was made of the records of each fact."""
        exprs = self._expressions(now, keys)
        flags = self._guards(columns)
        frame = self._joined(read.frame, sums)
        if any(self.settled(name) is not None for name in columns):
            flags = [*flags, _UNSETTLED, *self._lowered.unsettled]  # the latter: of the lead's records
        needed = [
            *(one for one in flags if one != _UNSETTLED and one not in self._lowered.unsettled),
            *read.look,
            *(name for equals in read.choices.values() for name in equals),
        ]
        for name in columns:
            shown = self._lowered.outputs.get(self.settled(name) or name)
            if shown is not None:
                needed += [shown.column, *([shown.rest] if shown.rest else [])]
        asked = tuple(needed)
        layers = self._planned.get(asked)
        if layers is None:
            if len(self._planned) >= _PLANNED:
                self._planned.clear()
            layers = self._planned[asked] = _layers(exprs, asked, set(frame.collect_schema()))
        if _UNSETTLED in flags:
            frame = frame.with_columns(self._unsettled().alias(_UNSETTLED))
        for layer in layers:
            frame = frame.with_columns([exprs[name] for name in layer])
        return Worked(frame, [*read.odd, *flags], read.look, read.choices, now)

    def _joined(self, frame: pl.LazyFrame, sums: list[pl.DataFrame]) -> pl.LazyFrame:
        import polars as pl

        about = self._policy.fact(self._policy.about)
        key = next((field.name for field in about.fields if field.key), None)
        own = next((read.name for read in self._lowered.reads if read.path == (key,)), "")
        for one, table in zip(self._lowered.records, sums, strict=True):
            frame = frame.join(table.lazy(), left_on=own, right_on=LINK, how="left", maintain_order="left")
            empty = {name: value for name, value in one.empty.items() if value is not None}
            frame = frame.with_columns(pl.col(name).fill_null(value) for name, value in empty.items())
        return frame

    def _unsettled(self) -> pl.Expr:
        """Where something is unknown of a lead that the policy reads."""
        import polars as pl

        tests = [
            pl.col(read.name).is_null() if read.absent is None else pl.col(read.name).is_null() & ~pl.col(read.absent)
            for read in self._lowered.reads
        ]
        return pl.any_horizontal(tests) if tests else pl.lit(False)

    def _guards(self, columns: Iterable[str]) -> list[str]:
        """The columns that are true where a number left 64 bits."""
        return list(dict.fromkeys(beyond for _, beyond in self._lowered.guards)) if list(columns) else []

    def _expressions(self, now: int, keys: Mapping[str, list[str]]) -> dict[str, pl.Expr]:
        """The expressions for a time; those of the last time are kept, as slices of one file ask again and again."""

        said = (now, tuple((name, tuple(of)) for name, of in keys.items()) if "keys[" in self._lowered.text else ())
        last = self._last
        if last is not None and last[0] == said:
            return last[1]
        made = self._make(now, _plain, {name: list(of) for name, of in keys.items()})
        made = {name: expr.alias(name) for name, expr in made.items()}
        self._last = (said, made)
        return made

    def guards(self, columns: Iterable[str]) -> list[str]:
        """The columns that are true where a number left 64 bits."""
        return list(dict.fromkeys(beyond for _, beyond in self._lowered.guards)) if list(columns) else []

    # ── Showing ──

    def show(self, worked: Worked, columns: Iterable[str]) -> pl.DataFrame | None:
        """The decisions' columns; None where a lead must be looked at again (`Worked.odd` says which)."""
        import polars as pl

        exprs: list[pl.Expr] = []
        wanted = list(columns)
        beside: dict[str, Shown] = {}
        for name in wanted:
            shown = self._lowered.outputs.get(name)
            settled = self.settled(name)
            if settled:
                exprs.append(self._shown(self._lowered.outputs[settled], settled).alias(name))
            elif shown is None:
                exprs.append(pl.lit(self._constant(name, worked.now), dtype=pl.String()).alias(name))
            elif shown.form in {"bits", "collect"}:
                beside[name] = shown
            else:
                exprs.append(self._shown(shown, name).alias(name))
        parts = {part for shown in beside.values() for part in (shown.column, shown.rest) if part is not None}
        exprs += [pl.col(part) for part in sorted(parts)]
        query = worked.frame.select(*(exprs or [pl.col("row")]), worked.any().alias("odd"))
        done = query.collect(optimizations=_plan())
        if done.height and done.get_column("odd")[0]:
            return None
        made = {name: self._of_bits(done, shown, name) for name, shown in beside.items()}
        return pl.DataFrame([made[name] if name in made else done.get_column(name) for name in wanted])

    def _constant(self, name: str, now: int) -> str | None:
        """What stands in a column for all leads."""
        policy = self._policy
        said = {"policy.name": policy.name, "policy.version": policy.version, "policy.digest": policy.digest}
        return print_time(now, self._declared.zone) if name == "at" else said.get(name)

    def _shown(self, shown: Shown, name: str) -> pl.Expr:
        import polars as pl

        column = pl.col(shown.column)
        if shown.form == "whole":
            return column.cast(pl.Int64)
        if shown.form == "scaled":
            return column.cast(pl.Decimal(38, 6)) / 1_000_000
        if shown.form == "verdict":
            return pl.lit(pl.Series(_VERDICTS)).gather(column.cast(pl.UInt8).fill_null(2))
        if shown.form == "code":
            return self._gathered(column, self._texts[shown.texts], name)
        if shown.rest is not None:
            texts = self._gathered(pl.col(shown.rest), self._texts[shown.texts], name)
            return pl.coalesce(column, texts)
        return column

    def _gathered(self, column: pl.Expr, texts: list[Any], name: str) -> pl.Expr:
        import polars as pl

        texts = [*texts, *[None] * (_CODES - len(texts))]
        if name not in self._types:
            table = pl.Series(texts, dtype=pl.String())
        elif self._types[name]:
            table = pl.Series([None if one is None else int(one) for one in texts], dtype=pl.Int64())
        else:
            table = pl.Series([None if one is None else Decimal(one) for one in texts], dtype=pl.Decimal(38, 6))
        if table.null_count() == len(table):
            return pl.lit(None, dtype=table.dtype)
        return pl.lit(table).gather(column)

    def _of_bits(self, frame: pl.DataFrame, shown: Shown, name: str) -> pl.Series:
        sure = frame.get_column(shown.column)
        if shown.form == "bits":
            entries = [entry.name for entry in self._policy.disqualify or ()]
            return different(sure, lambda one: "; ".join(e for i, e in enumerate(entries) if one >> i & 1), name)
        table = next(one for one in self._declared.tables if one.name == shown.texts)
        collected = Collected(table, self._declared)
        if shown.rest is None:
            return different(sure, lambda one: collected.text(name, one, 0), name)
        return collected.of_both(sure, frame.get_column(shown.rest), name)

    # ── Texts ──

    def _make_texts(self) -> dict[str, list[Any]]:
        policy = self._policy
        made: dict[str, list[Any]] = {"stage": [stage.name for stage in policy.funnel or ()]}
        for table, declared in zip(policy.tables, self._declared.tables, strict=True):
            if table.hit == "collect":
                continue
            outcomes = dict(zip(outcome_codes(table), declared.outcomes, strict=True))
            cells = [table_cells(declared, outcomes[code], self._declared) for code in sorted(outcomes)]
            for at, output in enumerate(table.outputs):
                name = f"table.{table.name}" + (f".{output.name}" if output.name else "")
                made[f"{table.name} {at}"] = [one.get(name) for one in cells]
        return made | route_texts(policy)


def _plan() -> pl.QueryOptFlags:
    """What is said twice has a column of its own already: looking for more of that costs more than it saves."""
    import polars as pl

    return pl.QueryOptFlags(comm_subexpr_elim=False, comm_subplan_elim=False)


def _plain(column: pl.Expr) -> pl.Expr:
    """`plain` of a column: each different text once."""
    import polars as pl

    return column.map_batches(lambda texts: different(texts, plain, texts.name), return_dtype=pl.String())


def _layers(exprs: Mapping[str, pl.Expr], needed: Iterable[str], there: set[str]) -> list[list[str]]:
    """The columns needed, each in a layer behind those that it reads."""
    level: dict[str, int] = {}
    stack = list(needed)
    while stack:
        name = stack[-1]
        if name in level or name in there:
            stack.pop()
            continue
        below = [one for one in exprs[name].meta.root_names() if one not in there]
        missing = [one for one in below if one not in level]
        if missing:
            stack += missing
        else:
            level[name] = 1 + max((level[one] for one in below), default=-1)
            stack.pop()
    layers: list[list[str]] = [[] for _ in range(1 + max(level.values(), default=-1))]
    for name in exprs:
        if name in level:
            layers[level[name]].append(name)
    return layers
