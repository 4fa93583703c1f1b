"""durable_rules (C beneath Python): the lead is a fact, a rule for each case adds in its action; a second set of
rules with priorities picks BANT, a third stage and route. Facts are taken back after each lead.

Actions get their results into plain Python objects: its own state would be written out as JSON for each of them.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from benchmarks.peers.zen_tables import rows
from benchmarks.realistic.by_hand import Answer
from benchmarks.realistic.spec import BANT, FIT, INTENT, LIMITS, ROUTE, STAGE, Atom, Case

PACKAGE = "durable_rules"
_NUMBERS = itertools.count()


def make() -> Callable[[dict[str, Any]], Answer]:
    """Make the rule sets."""
    from durable import engine, lang

    found: dict[str, Any] = {}
    tag = f"bench{next(_NUMBERS)}"

    def add(name: str, points: int) -> Callable[[Any], None]:
        def act(c: Any) -> None:
            found[name] += points

        return act

    def say(name: str, value: Any) -> Callable[[Any], None]:
        def act(c: Any) -> None:
            found.setdefault(name, value)

        return act

    with lang.ruleset(f"{tag}_points"):
        for name, entries in (("fit", FIT), ("intent", INTENT)):
            for atoms, points in rows(entries):
                lang.when_all(_all(lang.m, atoms))(add(name, points))
        _firsts(lang, "bant", BANT, say)
    with lang.ruleset(f"{tag}_end"):
        _firsts(lang, "stage", STAGE, say)
        _firsts(lang, "route", ROUTE, say)
    (low, high), (least, most) = LIMITS["fit"], LIMITS["intent"]

    def told(rules: str, fact: dict[str, Any]) -> None:
        try:
            lang.assert_fact(rules, fact)
        except engine.MessageNotHandledException:
            return  # no rule matches: nothing to do
        lang.retract_fact(rules, fact)

    def decide(lead: dict[str, Any]) -> Answer:
        found.clear()
        found["fit"] = found["intent"] = 0
        told(f"{tag}_points", lead)
        fit, intent = max(low, min(high, found["fit"])), max(least, min(most, found["intent"]))
        bant = found.get("bant", "unknown")
        told(f"{tag}_end", {**lead, "total": fit + intent, "bant": bant})
        return fit, intent, fit + intent, bant, found.get("stage"), found.get("route", "otherwise")

    return decide


def _firsts(lang: Any, name: str, cases: list[Case], say: Callable[[str, Any], Callable[[Any], None]]) -> None:
    for i, (atoms, value) in enumerate(cases):
        if atoms:
            lang.when_all(lang.pri(i), _all(lang.m, atoms))(say(name, value))


def _all(m: Any, atoms: list[Atom]) -> Any:
    whole: Any = None
    for atom in atoms:
        shown = _atom(m, atom)
        whole = shown if whole is None else whole & shown
    return whole


def _atom(m: Any, atom: Atom) -> Any:
    field, op, value = atom
    of = getattr(m, field)
    if op == "in":
        whole: Any = None
        for v in value:
            whole = of == v if whole is None else whole | (of == v)
        return whole
    compare = {
        "==": lambda: of == value, "!=": lambda: of != value, ">=": lambda: of >= value, ">": lambda: of > value,
        "<=": lambda: of <= value, "<": lambda: of < value,
    }  # fmt: skip
    return compare[op]()
