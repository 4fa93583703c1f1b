"""How values are printed: in decisions and in reasons (0002 §5, §7)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from leadpolicy.engine.numbers import as_number
from leadpolicy.engine.policy import TableDeclaration, TypeDeclaration
from leadpolicy.engine.times import ZoneDeclaration, print_date, print_duration, print_time
from leadpolicy.engine.values import NOTHING, Duration, Items

GATE_WORDS: Final[Mapping[object, str]] = MappingProxyType({True: "pass", False: "fail", None: "unknown"})
SCALED_KINDS = frozenset({"number", "money", "percent", "work_hours", "workdays"})


def gate_word(verdict: object) -> str:
    """`pass`, `fail` or `unknown`."""
    return GATE_WORDS[verdict if isinstance(verdict, bool) else None]


def print_value(type_: TypeDeclaration, value: object, zone: ZoneDeclaration) -> object:
    """A value as JSON has it: null where unknown, "none" where nothing."""
    if value is None:
        return None
    if value is NOTHING:
        return "none"
    if isinstance(value, Items):
        item = type_.item if type_.kind == "list" and type_.item is not None else type_
        printed = [print_value(item, one, zone) for one in value.items]
        return [*printed, None] if value.more else printed
    if isinstance(value, bool | str):
        return value
    if isinstance(value, Duration):
        return print_duration(value)
    assert isinstance(value, int)
    if type_.kind == "time":
        return print_time(value, zone)
    if type_.kind == "date":
        return print_date(value)
    return as_number(value, type_.kind in SCALED_KINDS)


def print_found(type_: TypeDeclaration, found: object, zone: ZoneDeclaration) -> object:
    """What was found of records: a pair whose ends differ is printed as such."""
    if isinstance(found, tuple):
        low, high = found
        found = low
        if low != high:
            return f"{low} to {high}"
    return print_value(type_, found, zone)


def print_outcome(table: TableDeclaration, outcome: object, zone: ZoneDeclaration) -> object:
    """One row's outcome: a value, or an object of several outputs."""
    if len(table.outputs) == 1 and table.outputs[0][0] is None:
        return print_value(table.outputs[0][1], outcome, zone)
    row = outcome if isinstance(outcome, tuple) else (outcome,)
    return {
        name or table.name: print_value(type_, value, zone)
        for (name, type_), value in zip(table.outputs, row, strict=True)
    }


def print_table(table: TableDeclaration, result: object, zone: ZoneDeclaration) -> object:
    """What a table came to: null where unknown and where no row holds; a flagged list ends in null."""
    if result is None or result is NOTHING:
        return None
    if isinstance(result, Items):
        printed = [print_outcome(table, outcome, zone) for outcome in result.items]
        return [*printed, None] if result.more else printed
    return print_outcome(table, result, zone)
