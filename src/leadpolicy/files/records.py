"""Records as the policy takes them: cells put under their fields' names, values that mean unknown taken out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from unicodedata import normalize

from leadpolicy.compiler import ir
from leadpolicy.files.columns import Columns
from leadpolicy.files.problems import BadRow
from leadpolicy.files.table import Table


@dataclass(frozen=True, slots=True)
class Record:
    """One record and its line in the file."""

    line: int
    values: dict[str, object]


class Records:
    """The records of one file, for one fact."""

    def __init__(self, table: Table, columns: Columns) -> None:
        self.table = table
        self.columns = columns
        self._unknown = {f.name: columns.mapping.values(f.name) for f in columns.fact.fields}
        self._unknown = {name: values for name, values in self._unknown.items() if values}
        self._fields = {f.name: f for f in columns.fact.fields}

    def __iter__(self) -> Iterator[Record | BadRow]:
        field_of = self.columns.field
        for row in self.table.rows():
            if isinstance(row, BadRow):
                yield row
                continue
            values = {name: cell for column, cell in row.cells.items() if (name := field_of(column))}
            if self._unknown:
                self._clear(values)
            yield Record(row.line, values)

    def _clear(self, values: dict[str, object]) -> None:
        """Null where a value means unknown; in a field that can be none, the policy's own marker for unknown."""
        for name, unknown in self._unknown.items():
            value = values.get(name)
            if value is None or isinstance(value, bool):
                continue
            if normalize("NFC", str(value)).strip() in unknown:
                field = self._fields[name]
                if not field.or_none:
                    values[name] = None
                elif field.markers:
                    values[name] = field.markers[0]


def key_field(fact: ir.Fact) -> str | None:
    """The name of a fact's key."""
    return next((f.name for f in fact.fields if f.key), None)
