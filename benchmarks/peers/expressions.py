"""The realistic policy as texts of expressions: languages with `&&`, `||` and `a ? b : c` differ in little."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from benchmarks.realistic.spec import FIT, INTENT, LIMITS, Atom, Case

ShowAtom = Callable[[Atom], str]


def choice(cases: list[Case], atom: ShowAtom, both: str, pick: str, last: Any, literal: Callable[[Any], str]) -> str:
    """The value of the first case that holds. `pick` has holes for the condition, the value and what comes else."""
    text = literal(last)
    for atoms, value in reversed(cases):
        text = pick.format(both.join(map(atom, atoms)), literal(value), text) if atoms else literal(value)
    return f"({text})"


def score(name: str, atom: ShowAtom, both: str, pick: str) -> str:
    """The points of a score, without its limits."""
    entries = FIT if name == "fit" else INTENT
    return " + ".join(choice(cases, atom, both, pick, 0, json.dumps) for cases in entries)


def limits(name: str) -> tuple[int, int]:
    """The least and the most points of a score."""
    return LIMITS[name]
