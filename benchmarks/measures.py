"""The measurements themselves. Each gives a flat dict of figures, units in the names."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import dispatch, events, frames, hand_written, large, leads, work_time
from benchmarks.matching import measure as matching
from benchmarks.realistic import measure as realistic
from leadpolicy import Policy
from leadpolicy.compiler import interpreter
from leadpolicy.compiler.parser import parse
from leadpolicy.compiler.pipeline import compile_source
from leadpolicy.compiler.source import Source
from leadpolicy.compiler.to_python import generate
from leadpolicy.engine.program import load

NOW = datetime(2026, 11, 23, tzinfo=UTC)
ROUNDS = 7
Figures = dict[str, Any]


def best_of(rounds: int, *functions: Callable[[], object]) -> list[float]:
    """The least seconds of each function, called in turn so that all meet the same weather."""
    best = [float("inf")] * len(functions)
    for _ in range(rounds):
        for i, function in enumerate(functions):
            start = time.perf_counter()
            function()
            best[i] = min(best[i], time.perf_counter() - start)
    return best


def evaluator() -> Figures:
    """One lead at a time: the generated evaluator against the same policy written by hand."""
    policy = Policy.load(leads.RULESET / "x_education.lead")
    rows, origin = leads.x_education()
    differing = sum(_core(policy.decide(row, now=NOW)) != hand_written.decide(row) for row in rows)
    decide, hand = policy.program.decide, hand_written.decide

    def ours() -> None:
        for row in rows:
            decide(row, now=NOW)

    def theirs() -> None:
        for row in rows:
            hand(row)

    def bounds() -> None:
        for row in rows:
            decision = decide(row, now=NOW)
            for score in decision.scores.values():
                score.low  # noqa: B018
            decision.missing  # noqa: B018

    def reasons() -> None:
        for row in rows:
            decide(row, now=NOW).why()

    def whole_json() -> None:
        for row in rows:
            decide(row, now=NOW).to_json()

    mine, other, with_bounds, with_reasons, as_json = best_of(ROUNDS, ours, theirs, bounds, reasons, whole_json)
    sample = rows[:300]
    (plain,) = best_of(2, lambda: [interpreter.run(policy.ir, r, now=NOW).decision() for r in sample])
    count = len(rows)
    return {
        "leads": f"{count} {origin}",
        "answers that differ from the hand-written": differing,
        "decisions a second": round(count / mine),
        "µs a decision": round(mine / count * 1e6, 2),
        "µs by hand": round(other / count * 1e6, 2),
        "ratio to hand-written": round(mine / other, 2),
        "ratio with low, high, missing": round(with_bounds / other, 2),
        "ratio with full reasons": round(with_reasons / other, 2),
        "ratio with the whole JSON": round(as_json / other, 2),
        "µs by the interpreter": round(plain / len(sample) * 1e6, 1),
        "KiB kept by 1,000 decisions": _kept(policy, rows[:1000]),
    }


def _core(decision: Any) -> tuple[Any, ...]:
    scores, route = decision.scores, decision.route
    first = decision.disqualified[0].entry if decision.disqualified else None
    return (
        scores["fit"].value, scores["engagement"].value, scores["total"].value, decision.tables["outlook"],
        decision.tables["priority"], decision.gates["ready"].verdict, first, decision.stage,
        route.entry,
    )  # fmt: skip


def _kept(policy: Policy, rows: list[dict[str, Any]]) -> int:
    tracemalloc.start()
    kept = [policy.decide(row, now=NOW) for row in rows]
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return round(size / 1024 * 1000 / max(len(kept), 1))


def compiling() -> Figures:
    """From text to a loaded evaluator, for the rulesets that ship."""
    figures: Figures = {}
    for path in sorted((leads.ROOT / "rulesets").rglob("*.lead")):
        text = path.read_text(encoding="utf-8")
        source = Source(path.name, text)
        result = compile_source(source)
        if result.is_module:
            continue
        assert result.policy is not None, result.diagnostics
        module = generate(result.policy)
        ir = result.policy
        parsed, checked, generated, loaded = best_of(
            ROUNDS,
            lambda s=source: parse(s),
            lambda s=source: compile_source(s),
            lambda p=ir: generate(p),
            lambda m=module: load(m, "bench"),
        )
        figures[path.name] = (
            f"parse {parsed * 1e3:.1f} ms, parse and check {checked * 1e3:.1f} ms, "
            f"generate {generated * 1e3:.1f} ms, load {loaded * 1e3:.1f} ms ({text.count(chr(10))} lines)"
        )
    return figures | large.figures()


def command() -> Figures:
    """`lead run` as a whole process over the X Education rows (as a CSV file made for it where they are absent)."""
    with tempfile.TemporaryDirectory() as folder:
        data, arguments = _table(Path(folder))
        if data is None:
            return {"lead run": "not measured: the X Education rows are not here"}
        out = Path(folder) / "out.jsonl"
        line = ["-m", "leadpolicy.cli", "run", str(leads.RULESET / "x_education.lead"), str(data), *arguments]
        line += ["--now", "2026-11-23 00:00", "--out", str(out)]
        (seconds,) = best_of(3, lambda: subprocess.run([sys.executable, *line], check=True, capture_output=True))
        count = len(out.read_text(encoding="utf-8").splitlines())
    return {"rows": count, "seconds, whole process": round(seconds, 2), "decisions a second": round(count / seconds)}


def _table(folder: Path) -> tuple[Path | None, list[str]]:
    if not leads.DATA.exists():
        return None, []
    return leads.DATA, ["--map", str(leads.RULESET / "x_education.map.toml")]


def startup() -> Figures:
    """How long a new process takes before it does anything."""
    commands = {
        "python -c pass": ["-c", "pass"],
        "import leadpolicy": ["-c", "import leadpolicy"],
        "lead --version": ["-m", "leadpolicy.cli", "--version"],
    }
    times = best_of(
        ROUNDS,
        *(
            lambda c=c: subprocess.run([sys.executable, *c], check=True, capture_output=True)
            for c in commands.values()
        ),
    )
    return {f"{name}, ms": round(t * 1e3) for name, t in zip(commands, times, strict=True)}


ALL: dict[str, Callable[[], Figures]] = {
    "realistic": realistic.figures,
    "million": realistic.million,
    "evaluator": evaluator,
    "compile": compiling,
    "command": command,
    "startup": startup,
    "dispatch": dispatch.figures,
    "events": events.figures,
    "frames": frames.figures,
    "work_time": work_time.figures,
    "matching": matching.figures,
}
LONG: dict[str, Callable[[], Figures]] = {"frames_memory": frames.memory}
"""What is measured only when it is asked for by name: it takes minutes."""
