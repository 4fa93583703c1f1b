"""JSON lines: an object a line, numbers read from their text; a bad line is reported, and the next one is read."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from decimal import Decimal
from io import BufferedReader, TextIOWrapper
from itertools import chain
from pathlib import Path
from typing import Literal, NoReturn

from leadpolicy.compiler.wording import foreign, say, term
from leadpolicy.files.encoding import detect, open_bytes
from leadpolicy.files.problems import BadRow, FileError, Row

_LOOK_AHEAD = 1000
_EXPECTED = term("a JSON object")


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    record = dict(pairs)
    if len(record) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f'the key "{twice}" stands more than once')
    return record


def loads(text: str) -> object:
    """One JSON text: exact numbers, no NaN, each key once; `ValueError` says what is wrong with it."""
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=_refuse_constant, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        raise ValueError(f"{error.msg[0].lower()}{error.msg[1:]} at column {error.colno}") from None
    except RecursionError:
        raise ValueError("nested too deeply") from None


class JsonlTable:
    """An open file of JSON lines. Records may differ in their keys."""

    unit: Literal["line", "row"] = "line"
    fixed_columns = False

    def __init__(self, path: Path, raw: BufferedReader, text: TextIOWrapper, notes: list[str]) -> None:
        self.path = path
        self.notes = notes
        self._raw = raw
        self._size = max(path.stat().st_size, 1)
        self._read = self._lines(text)
        self._first: list[Row | BadRow] = []
        for row in self._read:
            self._first.append(row)
            if len(self._first) >= _LOOK_AHEAD:
                break
        names = chain.from_iterable(row.cells for row in self._first if isinstance(row, Row))
        self.columns = tuple(dict.fromkeys(names))
        if not self._first and not path.stat().st_size:
            raise FileError(say("{}: the file is empty", path), say("it needs one JSON object a line"))

    def _lines(self, text: TextIOWrapper) -> Iterator[Row | BadRow]:
        for number, line in enumerate(text, 1):
            if not line.strip():
                continue
            try:
                record = loads(line)
            except ValueError as error:
                yield BadRow(number, None, None, _EXPECTED, say("{}: {}", foreign(error), _cut(line)))
                continue
            if isinstance(record, dict):
                yield Row(number, record)
            else:
                yield BadRow(number, None, None, _EXPECTED, _cut(line))

    def rows(self) -> Iterator[Row | BadRow]:
        """Every line that isn't blank."""
        first, self._first = self._first, []
        return chain(first, self._read)

    def progress(self) -> float:
        """By the bytes read."""
        return min(self._raw.tell() / self._size, 1.0)


def _cut(line: str) -> str:
    line = line.strip()
    return line if len(line) <= 60 else f"{line[:57]}…"


@contextmanager
def open_jsonl(path: Path, encoding: str) -> Generator[JsonlTable, None, None]:
    """Open a file of JSON lines in the encoding it is in."""
    found = detect(path, encoding)
    with open_bytes(path) as raw, TextIOWrapper(raw, encoding=found.codec, newline="\n") as text:
        yield JsonlTable(path, raw, text, [found.note] if found.note else [])
