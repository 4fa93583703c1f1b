"""The measurements of matching, as ratios to CLIPS in alternating runs: `python -m benchmarks.matching.measure`.

The same rules, conditions in the same order; what fired is compared first.
"""

from __future__ import annotations

import gc
import json
import random
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.matching import clips_manners, clips_memory, ours
from benchmarks.matching.guests import activity, guests, memory

RESULTS = Path(__file__).parent.parent / "results" / "matching.json"
_CHANGES = 2_000


def timed(function: Callable[[], object]) -> float:
    """Seconds."""
    gc.collect()
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def manners(number: int, rounds: int = 3) -> dict[str, Any]:
    """Miss Manners for a number of guests."""
    table = guests(number)
    mine, theirs = ours.Manners(), clips_manners.Manners()
    best = [float("inf"), float("inf")]
    same = len(mine.run(table, number)) == len(theirs.run(table, number)) and mine.firings == theirs.firings
    for _ in range(rounds):
        best[0] = min(best[0], timed(lambda: mine.run(table, number)))
        best[1] = min(best[1], timed(lambda: theirs.run(table, number)))
    return {
        "firings": mine.firings,
        "the same number of firings, all seated": same,
        "ms": round(best[0] * 1e3, 1),
        "ms with CLIPS": round(best[1] * 1e3, 1),
        "times as fast as CLIPS": round(best[1] / best[0], 2),
    }


def leads(rounds: int = 3) -> dict[str, Any]:
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
        noted = [Counter(one.noted) for one in pair]
        same = same and set(noted[0]) == set(noted[1])
    found: dict[str, Any] = {"the same rules fired for the same leads": same}
    for name, (mine, theirs) in best.items():
        scale, unit = (1e3, "ms") if name == "load" else (1e6, "µs")
        found[f"{name}, {unit}"] = round(mine * scale, 2)
        found[f"{name}, {unit} with CLIPS"] = round(theirs * scale, 2)
        found[f"{name}, times as fast as CLIPS"] = round(theirs / mine, 2)
    return found


def main() -> None:
    """Measure, print, write."""
    report = {"manners 64": manners(64), "leads": leads()}
    for name, figures in report.items():
        print(name)
        for key, value in figures.items():
            print(f"  {key:<44} {value}")
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
