"""The texts of decisions' columns: of routes, tables, and of rows that were collected."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from leadpolicy.compiler import ir
from leadpolicy.engine.policy import PolicyDeclaration, TableDeclaration
from leadpolicy.engine.printing import print_table
from leadpolicy.engine.tables import collect
from leadpolicy.files.flat import cell_text, flatten

if TYPE_CHECKING:
    import polars as pl


def table_cells(table: TableDeclaration, outcome: object, policy: PolicyDeclaration) -> dict[str, str | None]:
    """The cells of a table's outcome, by column; what is empty is null."""
    printed = print_table(table, outcome, policy.zone)
    cells = flatten({"lead": None, "at": None, "policy": {}, "tables": {table.name: printed}})
    return {name: cell_text(cell) or None for name, cell in cells.items() if name.startswith("table.")}


def route_texts(policy: ir.Policy) -> dict[str, list[Any]]:
    """What stands in the route's columns, by the number of the entry: the route's own, undecided, nobody, then those
    of `disqualify`. Whom an entry names is not among them."""
    if policy.route is None:
        return {}
    route = policy.route
    undecided = None if route.undecided is None else route.undecided.text
    rows: list[tuple[str | None, str, str | None]] = [_target(one) for one in route.entries]
    rows += [("undecided", "undecided", undecided), (None, "nobody", None)]
    rows += [_target(one) for one in policy.disqualify or ()]
    made: dict[str, list[Any]] = {
        f"route {part}": [row[at] or None for row in rows] for at, part in enumerate(("entry", "kind", "target"))
    }
    return {**made, "route member": [None for _ in rows]}


def _target(entry: ir.RouteEntry | ir.DisqualifyEntry) -> tuple[str, str, str | None]:
    return entry.name, entry.destination.kind, entry.destination.name


def different(column: pl.Series, make: Callable[[Any], Any], name: str) -> pl.Series:
    """A text for each value, made once for each different one; null for null, and for an empty text."""
    import polars as pl

    values = column.unique().drop_nulls()
    texts = pl.Series([make(value) or None for value in values], dtype=pl.String())
    return column.replace_strict(values, texts, default=None, return_dtype=pl.String()).rename(name)


class Collected:
    """The rows that a collecting table collected, as texts."""

    def __init__(self, table: TableDeclaration, policy: PolicyDeclaration) -> None:
        self._table = table
        self._policy = policy

    def text(self, column: str, sure: int, maybe: int) -> str | None:
        """A column's cell: `sure` and `maybe` are the rows as bits."""
        rows = [[at for at in range(len(self._table.outcomes)) if bits >> at & 1] for bits in (sure, maybe)]
        items = collect(self._table.outcomes, rows[0], rows[1])
        return table_cells(self._table, items, self._policy).get(column)

    def of_both(self, sure: pl.Series, maybe: pl.Series, name: str) -> pl.Series:
        """The cells of a column, made once for each different pair."""
        import polars as pl

        pairs = pl.DataFrame({"sure": sure, "maybe": maybe})
        known = pairs.unique()
        texts = [self.text(name, *pair) for pair in known.iter_rows()]
        table = known.with_columns(pl.Series("text", texts, dtype=pl.String()))
        joined = pairs.join(table, on=["sure", "maybe"], how="left", maintain_order="left")
        return joined.get_column("text").rename(name)
