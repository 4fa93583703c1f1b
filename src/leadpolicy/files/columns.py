"""Which column feeds which field of a fact: by the map, else by the field's name, else by its label.

Names are compared exactly first, then trimmed and without regard to case. Where several columns would do, the better
match wins; two equally good ones are an error, since a guess could take the wrong one.
"""

from __future__ import annotations

from collections.abc import Sequence
from unicodedata import normalize

from leadpolicy.compiler import ir
from leadpolicy.compiler.diagnostics import nearest
from leadpolicy.compiler.wording import say, term
from leadpolicy.files.map_file import MapFile
from leadpolicy.files.problems import FileError, quoted
from leadpolicy.files.table import Table


def _folded(name: str) -> str:
    return normalize("NFC", name).strip().casefold()


def _matches(field: ir.FactField, column: str) -> int | None:
    """How well a column fits a field: 0 is best, None not at all."""
    if column == field.name:
        return 0
    if field.label is not None and column == field.label:
        return 1
    if _folded(column) == _folded(field.name):
        return 2
    if field.label is not None and _folded(column) == _folded(field.label):
        return 3
    return None


class Columns:
    """The columns of one file against the fields of one fact."""

    def __init__(self, table: Table, fact: ir.Fact, mapping: MapFile) -> None:
        self.fact = fact
        self.mapping = mapping
        self._path = table.path
        self._mapped = {column: name for name, column in mapping.columns.items()}
        self._field_of: dict[str, str | None] = {}
        self._rank: dict[str, int] = {}
        self._column_of: dict[str, str] = {}
        if table.columns:
            self._check_mapped(table)
        for column in table.columns:
            self.field(column)
        if table.columns:
            self._check_needed(table.columns)

    def field(self, column: str) -> str | None:
        """The field that a column feeds, or None; a column met for the first time is looked at now."""
        try:
            return self._field_of[column]
        except KeyError:
            self._field_of[column] = None
            self._take(column)
            return self._field_of[column]

    def _take(self, column: str) -> None:
        if column in self._mapped:
            self._give(column, self._mapped[column], -1)
            return
        fits = [(rank, f.name) for f in self.fact.fields if (rank := _matches(f, column)) is not None]
        fits = [(rank, name) for rank, name in fits if name not in self.mapping.columns]
        if not fits:
            return
        rank, name = min(fits)
        others = [other for r, other in fits if r == rank]
        if len(others) > 1:
            raise FileError(
                say("{}: the column `{}` could be {}", self._path, column, quoted(others)),
                say('say which one in a --map file: [columns] {} = "{}"', name, column),
            )
        self._give(column, name, rank)

    def _give(self, column: str, name: str, rank: int) -> None:
        other = self._column_of.get(name)
        if other is not None and self._rank[name] == rank:
            raise FileError(
                say("{}: both `{}` and `{}` could be the field `{}`", self._path, other, column, name),
                say('say which one in a --map file: [columns] {} = "{}"', name, other),
            )
        if other is not None and self._rank[name] < rank:
            return
        if other is not None:
            self._field_of[other] = None
        self._field_of[column], self._column_of[name], self._rank[name] = name, column, rank

    def _check_mapped(self, table: Table) -> None:
        seen: dict[str, str] = {}
        for name, column in self.mapping.columns.items():
            if column in seen:
                raise FileError(
                    say("{}: column `{}` is given to `{}` and `{}`", self.mapping.path, column, seen[column], name),
                    say("a column feeds one field"),
                )
            seen[column] = name
            if table.fixed_columns and column not in table.columns:
                near = nearest(column, table.columns)
                hint = say("did you mean `{}`?", near) if near else say("its columns: {}", quoted(table.columns))
                raise FileError(say("{}: {} has no column `{}`", self.mapping.path, table.path, column), hint)

    def _check_needed(self, columns: Sequence[str]) -> None:
        for f in self.fact.fields:
            if (f.key or f.required) and f.name not in self._column_of:
                raise self._missing(f, columns)

    def _missing(self, field: ir.FactField, columns: Sequence[str]) -> FileError:
        """What to say where no column feeds a field that must have one."""
        near = nearest(field.name, columns) or (field.label and nearest(field.label, columns))
        example = near or next((c for c in columns if self._field_of.get(c) is None), columns[0])
        what = term("key") if field.key else term("required field")
        text = say(
            "{}: no column for `{}`, the {} of {}; the columns there are: {}",
            self._path,
            field.name,
            what,
            self.fact.name,
            quoted(columns),
        )
        return FileError(
            say("{}; nearest: `{}`", text, near) if near else text,
            say('rename the column, or say which it is in a --map file: [columns] {} = "{}"', field.name, example),
        )

    def unused(self) -> list[str]:
        """The columns that feed no field, in the file's order."""
        return [column for column, name in self._field_of.items() if name is None]

    def absent(self) -> list[str]:
        """The fields that no column feeds, in the order declared."""
        return [f.name for f in self.fact.fields if f.name not in self._column_of]

    def column(self, name: str) -> str | None:
        """The column that feeds a field."""
        return self._column_of.get(name)
