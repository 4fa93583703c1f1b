"""Working the columns out: those that are wanted and those they read, a layer after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_polars import Columns
from leadpolicy.compiler.to_polars.ladders import outcome_codes
from leadpolicy.compiler.to_polars.module import Shown
from leadpolicy.engine.logic import plain
from leadpolicy.engine.policy import PolicyDeclaration
from leadpolicy.frames.texts import Collected, different, route_texts, table_cells

if TYPE_CHECKING:
    import polars as pl

_VERDICTS = ["fail", "pass", "unknown"]
_MOST_BITS = 8


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

    @cached_property
    def _make(self) -> Callable[[object, object, object], dict[str, pl.Expr]]:
        from leadpolicy.engine.program import compiled

        namespace: dict[str, object] = {"__name__": "leadpolicy_columns"}
        exec(compiled(self._lowered.text, self._policy.name), namespace)
        made: Callable[[object, object, object], dict[str, pl.Expr]] = namespace["columns"]  # type: ignore[assignment]
        return made

    def constant(self, column: str) -> bool:
        """Whether a column is the same for all leads."""
        return column.startswith("policy.")

    # ── Working out ──

    def work(
        self, frame: pl.DataFrame, columns: Iterable[str], more: Iterable[str], now: int,
        keys: Mapping[str, list[str]],
    ) -> pl.DataFrame:  # fmt: skip
        """The frame with what the columns need, and `more`."""
        import polars as pl

        exprs = self._make(now, _plain, {name: pl.Series(of, dtype=pl.String()) for name, of in keys.items()})
        needed = [*more, *self.guards(columns)]
        for name in columns:
            shown = self._lowered.outputs.get(name)
            if shown is not None:
                needed += [shown.column, *([shown.rest] if shown.rest else [])]
        for layer in _layers(exprs, needed, set(frame.columns)):
            frame = frame.with_columns(exprs[name].alias(name) for name in layer)
        return frame

    def guards(self, columns: Iterable[str]) -> list[str]:
        """The columns that are true where a number left 64 bits."""
        return list(dict.fromkeys(beyond for _, beyond in self._lowered.guards)) if list(columns) else []

    # ── Showing ──

    def show(self, frame: pl.DataFrame, columns: Iterable[str]) -> pl.DataFrame:
        """The decisions' columns."""
        import polars as pl

        exprs: list[pl.Expr] = []
        made: dict[str, pl.Series] = {}
        wanted = list(columns)
        for name in wanted:
            shown = self._lowered.outputs.get(name)
            if shown is None:
                value = {"name": self._policy.name, "version": self._policy.version, "digest": self._policy.digest}
                exprs.append(pl.lit(value[name.partition(".")[2]], dtype=pl.String()).alias(name))
            elif shown.form in {"bits", "collect"}:
                made[name] = self._of_bits(frame, shown, name)
            else:
                exprs.append(self._shown(shown, name).alias(name))
        height = pl.int_range(pl.len()).alias("")
        done = frame.select(height, *exprs).drop("") if exprs else pl.DataFrame()
        if made:
            done = done.hstack(list(made.values()))
        return done.select(wanted)

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

        if name not in self._types:
            table = pl.Series(texts, dtype=pl.String())
        elif self._types[name]:
            table = pl.Series([None if one is None else int(one) for one in texts], dtype=pl.Int64())
        else:
            table = pl.Series([None if one is None else Decimal(one) for one in texts], dtype=pl.Decimal(38, 6))
        if table.null_count() == len(table):
            return pl.lit(None, dtype=table.dtype)
        return pl.lit(table).gather(column.cast(pl.UInt32, strict=False))

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
