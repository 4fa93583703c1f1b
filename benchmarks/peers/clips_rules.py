"""CLIPS (clipspy): a fact for the lead, a rule for each case of a score that adds to a global, and rules of falling
salience for BANT, stage and route, of which the first one fires. The environment is built once, and reset for each
lead.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.peers.zen_tables import rows
from benchmarks.realistic.by_hand import Answer
from benchmarks.realistic.spec import BANT, FIELDS, FIT, INTENT, LIMITS, ROUTE, STAGE, Atom, Case

PACKAGE = "clipspy"
_DERIVED = ("total", "bant")


def make() -> Callable[[dict[str, Any]], Answer]:
    """Build the environment."""
    import clips

    environment = clips.Environment()
    for construct in _constructs():
        environment.build(construct)
    template = environment.find_template("lead")
    read = {name: environment.find_global(name) for name in ("fit", "intent", "bant", "stage", "route")}

    def decide(lead: dict[str, Any]) -> Answer:
        environment.reset()
        template.assert_fact(
            **{name: int(v) if isinstance(v, bool) else v for name, v in lead.items() if name != "id"}
        )
        environment.run()
        found = {name: value.value for name, value in read.items()}
        stage = None if found["stage"] == "none" else found["stage"]
        return found["fit"], found["intent"], found["fit"] + found["intent"], found["bant"], stage, found["route"]

    return decide


def _constructs() -> Iterator[str]:
    slots = " ".join(f"(slot {name} (default nil))" for name in FIELDS)
    yield f"(deftemplate lead {slots})"
    yield "(deftemplate sum (slot total) (slot bant))"
    for name, value in (
        ("fit", "0"),
        ("intent", "0"),
        ("bant", '"unknown"'),
        ("stage", '"none"'),
        ("route", '"otherwise"'),
    ):
        yield f"(defglobal ?*{name}* = {value})"
    for name, entries in (("fit", FIT), ("intent", INTENT)):
        for i, (atoms, points) in enumerate(rows(entries)):
            yield f"(defrule {name}{i} {_patterns(atoms)} => (bind ?*{name}* (+ ?*{name}* {points})))"
    for i, (atoms, value) in enumerate(BANT):
        if atoms:
            then = f"(assert (bant-said)) (bind ?*bant* {json.dumps(value)})"
            yield f"(defrule bant{i} (declare (salience {-10 - i})) (not (bant-said)) {_patterns(atoms)} => {then})"
    clamped = " ".join(
        f"(bind ?*{name}* (max {least} (min {most} ?*{name}*)))" for name, (least, most) in LIMITS.items()
    )
    done = f"{clamped} (assert (sum (total (+ ?*fit* ?*intent*)) (bant ?*bant*)))"
    yield f"(defrule sums (declare (salience -50)) (lead) => {done})"
    yield from _firsts("stage", STAGE, -100)
    yield from _firsts("route", ROUTE, -200)


def _firsts(name: str, cases: list[Case], salience: int) -> Iterator[str]:
    for i, (atoms, value) in enumerate(cases):
        if atoms:
            head = f"(declare (salience {salience - i})) (not ({name}-said))"
            then = f"(assert ({name}-said)) (bind ?*{name}* {json.dumps(value)})"
            yield f"(defrule {name}{i} {head} {_patterns(atoms)} => {then})"


def _patterns(atoms: list[Atom]) -> str:
    sums = [a for a in atoms if a[0] in _DERIVED]
    fields = [a for a in atoms if a[0] not in _DERIVED]
    return " ".join(_pattern(kind, of) for kind, of in (("sum", sums), ("lead", fields)) if of)


def _pattern(kind: str, atoms: list[Atom]) -> str:
    slots: dict[str, list[str]] = {}
    for field, op, value in atoms:
        slots.setdefault(field, []).extend(_constraints(op, value, f"?{field}"))
    shown = []
    for field, constraints in slots.items():
        if constraints[0].startswith(":"):
            constraints = [f"?{field}", f":(integerp ?{field})", *constraints]
        shown.append(f"({field} {'&'.join(constraints)})")
    return f"({kind} {' '.join(shown)})"


def _constraints(op: str, value: Any, variable: str) -> list[str]:
    if op == "==":
        return [str(int(value)) if isinstance(value, bool) else json.dumps(value)]
    if op == "!=":
        return ["~nil", f"~{json.dumps(value)}"]
    if op == "in":
        return ["|".join(map(json.dumps, value))]
    return [f":({op} {variable} {value})"]
