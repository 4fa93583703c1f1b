"""The fixed words of a decision as the screen says them: parts of the policy, verdicts, destinations, values.

In JSON and in tables they are the same in every language; names and texts of the author's stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from leadpolicy.compiler.wording import counted, joined, keyword, say, term
from leadpolicy.engine.json_text import dumps
from leadpolicy.files.flat import cell_text

VERDICTS: Final[Mapping[str, str]] = MappingProxyType({
    "pass": term("pass"), "fail": term("fail"), "unknown": term("unknown"),
})  # fmt: skip
"""What comes of a gate."""

_ROW = re.compile(r"row (\d+)")
_RANGE = re.compile(r"(-?\d[\d.]*) to (-?\d[\d.]*)")
_PARTS: Final[Mapping[str, str]] = MappingProxyType({
    "score": term("score"), "table": term("table"), "gate": term("gate"), "stage": term("stage"),
    "disqualify": term("disqualify"), "route": term("route"), "recall": term("recall"),
})  # fmt: skip
_ROUTE: Final[Mapping[str, str]] = MappingProxyType({
    "entry": say("route.entry"), "kind": say("route.kind"), "target": say("route.target"),
    "member": say("route.member"),
})  # fmt: skip
_KINDS: Final[Mapping[str, str]] = MappingProxyType({
    **{kind: keyword(kind) for kind in ("closed", "nurture", "owner", "pool", "queue", "route", "team")},
    "member": term("member"),
})  # fmt: skip
_SPANS: Final[Mapping[str, Callable[[int], str]]] = MappingProxyType({
    "year": lambda n: counted(n, "year"), "month": lambda n: counted(n, "month"), "day": lambda n: counted(n, "day"),
    "hour": lambda n: counted(n, "hour"), "minute": lambda n: counted(n, "minute"),
    "second": lambda n: counted(n, "second"),
})  # fmt: skip


def part(name: str) -> str:
    """A part by its name: `score fit`, `stage SQL`, `route`."""
    kind, _, own = name.partition(" ")
    if kind not in _PARTS:
        return name
    return joined((_PARTS[kind], own), between=" ") if own else _PARTS[kind]


def target(kind: str, name: str | None) -> str:
    """Where a lead is sent."""
    if kind == "undecided":
        return say("undecided → {}", destination(name)) if name else term("undecided")
    return joined((keyword(kind), name), between=" ") if name else keyword(kind)


def entry(name: str) -> str:
    """An entry by its name; those that have none are named by the engine."""
    row = _ROW.fullmatch(name)
    if row is not None:
        return say("row {}", row[1])
    return {"otherwise": keyword("otherwise"), "undecided": term("undecided")}.get(name, name)


def destination(text: str) -> str:
    """Where an entry sends a lead, as decisions print it: `queue sdr`, `nurture for 90 days`."""
    kind, _, rest = text.partition(" ")
    if kind not in _KINDS:
        return text
    if kind == "nurture" and rest.startswith("for "):
        return say("nurture for {}", joined(_spans(rest.removeprefix("for ")), between=" "))
    return joined((_KINDS[kind], rest), between=" ") if rest else _KINDS[kind]


def _spans(text: str) -> list[str]:
    """The parts of a duration such as `2 hours 30 minutes`."""
    parts = text.split(" ")
    return [_SPANS[unit.removesuffix("s")](int(number)) for number, unit in zip(parts[::2], parts[1::2], strict=True)]


def value(shown: object) -> str:
    """A value that an entry read."""
    if isinstance(shown, bool):
        return term("true") if shown else term("false")
    if isinstance(shown, str) and (found := _RANGE.fullmatch(shown)):
        return say("{} to {}", *found.groups())
    return dumps(shown) if isinstance(shown, dict) else cell_text(shown)


def bound(end: Any) -> str:
    """An end of a score's range."""
    return term("anything") if end is None else cell_text(end)


def column(name: str) -> str:
    """A column of a decision as a table, such as `gate.bant.budget`."""
    kind, _, own = name.partition(".")
    if kind == "route":
        return _ROUTE[own]
    if kind == "score" and own.endswith((".low", ".high")):
        score, _, end = own.rpartition(".")
        return say("score.{}.low", score) if end == "low" else say("score.{}.high", score)
    if kind in ("score", "table", "gate"):
        return say("{}.{}", _PARTS[kind], own)
    return {"stage": term("stage"), "missing": term("missing"), "disqualified": term("disqualified")}.get(name, name)


def cell(name: str, shown: str) -> str:
    """What stands in such a column."""
    if name.startswith("gate."):
        return VERDICTS.get(shown, shown)
    return keyword(shown) if name == "route.kind" and shown else shown
