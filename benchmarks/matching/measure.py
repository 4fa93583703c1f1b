"""The measurements of matching, as ratios to CLIPS in alternating runs: `python -m benchmarks matching`.

The same rules, conditions in the same order; what fired is compared first. Times are those of the processor, so that
other work on the machine tells less.
"""

from __future__ import annotations

import gc
import importlib.util
import random
import time
from collections.abc import Callable
from typing import Any

from benchmarks.matching import (
    clips_manners,
    clips_memory,
    clips_waltz,
    durable_measure,
    explaining,
    footprint,
    growth,
    ours,
)
from benchmarks.matching.guests import activity, drawing, guests, memory

Figures = dict[str, Any]
_CHANGES = 2_000


def timed(function: Callable[[], object]) -> float:
    """Seconds of the processor."""
    gc.collect()
    start = time.process_time()
    function()
    return time.process_time() - start


def _compared(name: str, best: list[float], unit: str = "ms") -> Figures:
    scale = {"ms": 1e3, "µs": 1e6}[unit]
    mine, theirs = best
    return {
        f"{name}, {unit}": round(mine * scale, 2),
        f"{name}, {unit} with CLIPS": round(theirs * scale, 2),
        f"{name}, times as fast as CLIPS": round(theirs / mine, 2),
    }


def manners(number: int, rounds: int = 5) -> Figures:
    """Miss Manners for a number of guests."""
    table, name = guests(number), f"Miss Manners, {number} guests"
    mine, theirs = ours.Manners(), clips_manners.Manners()
    best = [float("inf"), float("inf")]
    same = len(mine.run(table, number)) == len(theirs.run(table, number)) and mine.firings == theirs.firings
    for _ in range(rounds):
        best[0] = min(best[0], timed(lambda: mine.run(table, number)))
        best[1] = min(best[1], timed(lambda: theirs.run(table, number)))
    found = {f"{name}: all seated, firings as with CLIPS": f"{'yes' if same else 'no'}, {mine.firings:,}"}
    return found | _compared(name, best)


def waltz(blocks: int = 200, rounds: int = 3) -> Figures:
    """Waltz, in its short form."""
    given, name = drawing(blocks), f"Waltz, {blocks} blocks"
    mine, theirs = ours.Waltz(), clips_waltz.Waltz()
    best = [float("inf"), float("inf")]
    same = mine.run(given) == theirs.run(given) and mine.firings == theirs.firings
    for _ in range(rounds):
        best[0] = min(best[0], timed(lambda: mine.run(given)))
        best[1] = min(best[1], timed(lambda: theirs.run(given)))
    found = {f"{name}: labels and firings as with CLIPS": f"{'yes' if same else 'no'}, {mine.firings:,}"}
    return found | _compared(name, best)


def leads(rounds: int = 4) -> Figures:
    """The memory of leads: load, insert an activity, update a lead."""
    data = memory()
    best: dict[str, list[float]] = {name: [float("inf")] * 2 for name in ("load", "insert", "update")}
    same = True
    for _ in range(rounds):
        pair = (ours.Leads(), clips_memory.Leads())
        for i, one in enumerate(pair):
            best["load"][i] = min(best["load"][i], timed(lambda one=one: one.load(data)))  # type: ignore[misc]
        luck = random.Random(3)
        people = [row["id"] for row in data.members]
        rows = [activity(luck, data.leads, people, 60_000 + i) for i in range(_CHANGES)]
        for i, one in enumerate(pair):
            spent = timed(lambda one=one, rows=rows: [one.activity(row) for row in rows])  # type: ignore[misc]
            best["insert"][i] = min(best["insert"][i], spent / _CHANGES)
        changes = [(luck.choice(data.leads)["id"], luck.choice(("new", "contacted", "won"))) for _ in range(_CHANGES)]
        for i, one in enumerate(pair):
            spent = timed(lambda one=one, all_=changes: [one.status(*c) for c in all_])  # type: ignore[misc]
            best["update"][i] = min(best["update"][i], spent / _CHANGES)
        same = same and set(pair[0].noted) == set(pair[1].noted)
    found: Figures = {"leads: the same rules fired for the same leads as with CLIPS": "yes" if same else "no"}
    for name, title, unit in (
        ("load", "63,200 facts loaded", "ms"),
        ("insert", "an activity inserted", "µs"),
        ("update", "a lead updated", "µs"),
    ):
        found |= _compared(f"leads: {title}", best[name], unit)
    return found


def space() -> Figures:
    """What the loaded memory of leads takes, each in a process of its own."""
    mine, theirs = footprint.measured("ours"), footprint.measured("clips")
    mib = 1 << 20
    return {
        "leads: MiB kept": round(mine[0] / mib, 1),
        "leads: MiB kept with CLIPS": round(theirs[0] / mib, 1),
        "leads: MiB kept, share of CLIPS's": round(mine[0] / theirs[0], 2),
        "leads: MiB at the peak, share of CLIPS's": round(mine[1] / theirs[1], 2),
    }


def figures() -> Figures:
    """All of them."""
    if importlib.util.find_spec("clips") is None:
        return {"matching": "not measured: clipspy is not here (make peers)"}
    found = manners(64) | manners(128, 3) | waltz() | leads() | space()
    found |= growth.leads() | growth.rules() | growth.million() | explaining.figures()
    if importlib.util.find_spec("durable") is None:
        return found | {"durable_rules": "not measured: it is not here (make peers)"}
    return found | durable_measure.figures()
