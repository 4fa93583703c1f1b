"""The fixed words of a decision as the screen says them: parts of the policy, verdicts, destinations, values.

In JSON and in tables they are the same in every language; names and texts of the author's stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from leadpolicy.compiler.wording import keyword, say, term
from leadpolicy.engine.json_text import dumps
from leadpolicy.files.flat import cell_text

VERDICTS: Final[Mapping[str, str]] = MappingProxyType({
    "pass": term("pass"), "fail": term("fail"), "unknown": term("unknown"),
})  # fmt: skip
"""What comes of a gate."""

_RANGE = re.compile(r"(-?\d[\d.]*) to (-?\d[\d.]*)")
_PARTS: Final[Mapping[str, str]] = MappingProxyType({
    "score": term("score"), "table": term("table"), "gate": term("gate"), "stage": term("stage"),
    "disqualify": term("disqualify"), "route": term("route"), "recall": term("recall"),
})  # fmt: skip
_ROUTE: Final[Mapping[str, str]] = MappingProxyType({
    "entry": say("route.entry"), "kind": say("route.kind"), "target": say("route.target"),
    "member": say("route.member"),
})  # fmt: skip


def part(name: str) -> str:
    """A part by its name: `score fit`, `stage SQL`, `route`."""
    kind, _, own = name.partition(" ")
    if kind not in _PARTS:
        return name
    return say("{} {}", _PARTS[kind], own) if own else _PARTS[kind]


def target(kind: str, name: str | None) -> str:
    """Where a lead is sent."""
    if kind == "undecided":
        return say("undecided → {}", name) if name else term("undecided")
    return say("{} {}", keyword(kind), name) if name else keyword(kind)


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
