"""Generated policies of any size, half route entries, half score entries: from text to a first decision.

A start is a whole process of its own, cold (an empty cache) and warm in turn. `in process` leaves out Python's own;
memory is the most that the process had.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

SIZES = (10, 100, 1_000, 5_000)
ROUNDS = 3
REGIONS = 400


def policy_text(entries: int) -> str:
    """A policy with so many entries, route and score together."""
    half = entries // 2
    lines = [
        'policy large version "1" {',
        '  zone     "Asia/Shanghai"',
        "  currency CNY",
        "}",
        "",
        "fact Lead {",
        "  id:        text key",
        "  region:    text",
        '  employees: int   ask "How many people?"',
        "  budget:    money",
        "  title:     one of [manager, staff]",
        "}",
        "",
        'score fit "Profile" from 0 to 1000 {',
    ]
    lines += [_points(i) for i in range(entries - half)]
    lines += ["}", "", "queue main", "pool  public", "", "route {"]
    lines += [_route(i) for i in range(half)]
    lines += ["  otherwise -> pool public", "  undecided -> queue main", "}", ""]
    return "\n".join(lines)


def _points(i: int) -> str:
    return f'  +{1 + i % 9} when region is "r{i % REGIONS}" and employees >= {i}  because "region {i}"'


def _route(i: int) -> str:
    return f'  e{i}: region is "r{i % REGIONS}" and employees >= {100_000 - i} and budget > {i} CNY -> queue main'


LEAD = {"id": "L1", "region": "r7", "employees": 99_000, "budget": 5_000, "title": "manager"}

_START = """
import time
start = time.perf_counter()
import json, sys
from datetime import UTC, datetime
from leadpolicy import Policy
policy = Policy.load(sys.argv[1])
decision = policy.decide(json.loads(sys.argv[2]), now=datetime(2026, 11, 23, tzinfo=UTC))
told = {"route": decision.route.entry, "score": str(decision.scores["fit"].value)}
seconds = time.perf_counter() - start
from benchmarks.peak import peak_kib
print(json.dumps({"told": told, "seconds": seconds, "kib": peak_kib()}))
"""
_CHECK = """
import sys, time
start = time.perf_counter()
from leadpolicy.compiler.pipeline import compile_source
from leadpolicy.compiler.source import Source
source = Source("large.lead", open(sys.argv[1], encoding="utf-8").read())
imported = time.perf_counter()
assert compile_source(source).policy is not None
print(time.perf_counter() - imported)
"""


def figures() -> dict[str, Any]:
    """Check, cold and warm start of policies of growing size; milliseconds, the best of some rounds."""
    found: dict[str, Any] = {}
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            found[f"{size} entries"] = _measure(Path(folder), size)
    return found


def _measure(folder: Path, size: int) -> dict[str, int]:
    path = folder / "large.lead"
    path.write_text(policy_text(size), encoding="utf-8")
    best: dict[str, float] = {}

    def note(name: str, value: float) -> None:
        best[name] = min(best.get(name, float("inf")), value)

    for number in range(ROUNDS):
        note("check, ms", 1e3 * float(_run(_CHECK, str(path), folder)))
        told: list[Any] = []
        for word in ("cold", "warm"):
            start = time.perf_counter()
            said = json.loads(_run(_START, str(path), folder / f"cache{number}", json.dumps(LEAD)))
            note(f"{word}: whole process, ms", 1e3 * (time.perf_counter() - start))
            note(f"{word}: in process, ms", 1e3 * said["seconds"])
            note(f"{word}: KiB", said["kib"])
            told.append(said["told"])
        assert told[0] == told[1], told
    return {name: round(value) for name, value in sorted(best.items())}


def _run(code: str, path: str, cache: Path, *arguments: str) -> str:
    environment = {**os.environ, "LEADPOLICY_CACHE": str(cache)}
    line = [sys.executable, "-c", code, path, *arguments]
    return subprocess.run(line, check=True, capture_output=True, text=True, env=environment).stdout
