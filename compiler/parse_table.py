"""The parse table, in the shape that compiler/parser.py runs.

Lark makes it of grammar/lead.lark (compiler/grammar_table.py). That takes longer than most policies take to compile,
so it is kept beside the grammar, as `make table` writes it; where that one is of another grammar, Lark makes it anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Reduction:
    """A rule: how many values it takes, what it makes, and the builder's method (None: the one value as it is)."""

    size: int
    origin: str
    method: str | None
    number: int


@dataclass(frozen=True, slots=True)
class ParseTable:
    """Of each state: what to do at a terminal (go to a state, or reduce), and where a finished part leads."""

    start: int
    end: int
    actions: tuple[dict[str, int | Reduction], ...]
    gotos: tuple[dict[str, int], ...]
    reductions: tuple[Reduction, ...]


KEPT = "lead.table.json"


@cache
def load() -> ParseTable:
    """The table of the grammar; read, or made, once a process."""
    folder = files("leadpolicy.grammar")
    grammar = (folder / "lead.lark").read_text("utf-8")
    kept = folder / KEPT
    data = json.loads(kept.read_text("utf-8")) if kept.is_file() else {}
    if data.get("grammar") == digest(grammar):
        return _read(data)
    from leadpolicy.compiler.grammar_table import make

    return make(grammar)


def digest(grammar: str) -> str:
    """What says of which grammar a table is."""
    return hashlib.sha256(grammar.encode()).hexdigest()


def _read(data: dict[str, Any]) -> ParseTable:
    reductions = tuple(
        Reduction(size, origin, method, number) for number, (size, origin, method) in enumerate(data["reductions"])
    )
    rows: list[dict[str, int | Reduction]] = [
        {kind: to if to >= 0 else reductions[~to] for kind, to in row.items()} for row in data["rows"]
    ]
    actions = tuple(rows[at] for at in data["actions"])
    gotos = tuple(data["goto_rows"][at] for at in data["gotos"])
    return ParseTable(data["start"], data["end"], actions, gotos, reductions)


def written(table: ParseTable, grammar: str) -> str:
    """A table as it is kept: JSON, a row a line. States with equal rows share one; a reduction is `~number`."""
    actions = [
        _line({kind: to if isinstance(to, int) else ~to.number for kind, to in row.items()}) for row in table.actions
    ]
    gotos = [_line(row) for row in table.gotos]
    rows, goto_rows = (list(dict.fromkeys(lines)) for lines in (actions, gotos))
    parts = {
        "grammar": json.dumps(digest(grammar)),
        "start": str(table.start),
        "end": str(table.end),
        "reductions": _lines(json.dumps([r.size, r.origin, r.method]) for r in table.reductions),
        "rows": _lines(rows),
        "actions": _numbers(actions, rows),
        "goto_rows": _lines(goto_rows),
        "gotos": _numbers(gotos, goto_rows),
    }
    return "{\n" + ",\n".join(f"{json.dumps(name)}: {value}" for name, value in parts.items()) + "\n}\n"


def _line(row: dict[str, int]) -> str:
    return json.dumps(row, sort_keys=True, separators=(",", ":"))


def _lines(lines: Iterable[str]) -> str:
    return "[\n" + ",\n".join(lines) + "\n]"


def _numbers(lines: list[str], of: list[str]) -> str:
    place = {line: at for at, line in enumerate(of)}
    return json.dumps([place[line] for line in lines], separators=(",", ":"))
