"""A million leads in columns: `decide_frame` against Polars written by hand and a hand-written loop, events too.

All answers are compared first. `frames_memory` (not run by default: it takes minutes) is the peak memory of
`lead run` on a Parquet file of ten million leads.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from importlib import metadata
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.realistic import by_hand, leads, ours
from leadpolicy import Policy

COUNT = 1_000_000
ROUNDS = 7
CHECKED = 20_000
"""So many rows are compared with the evaluator one by one; all are compared with the hand-written query."""
EVENT_LEADS, EVENTS_A_LEAD = 100_000, 20
MEMORY_ROWS = 10_000_000
EVENT_POLICY = Path(__file__).with_name("realistic") / "events.lead"
Figures = dict[str, Any]


def figures() -> Figures:
    """Milliseconds a million leads, and ratios to the query written by hand."""
    try:
        import polars as pl
    except ImportError:
        return {"polars": "not installed"}
    found: Figures = {"threads": pl.thread_pool_size(), "polars": metadata.version("polars")}
    return found | _leads() | _events()


def best_of(rounds: int, runs: dict[str, Callable[[], object]]) -> dict[str, float]:
    """The least seconds of each, in alternating rounds."""
    best = dict.fromkeys(runs, float("inf"))
    for _ in range(rounds):
        for title, run in runs.items():
            start = time.perf_counter()
            run()
            best[title] = min(best[title], time.perf_counter() - start)
    return best


def _leads() -> Figures:
    import polars as pl

    from benchmarks.realistic import polars_by_hand

    policy = ours.load()
    rows = leads.leads(COUNT)
    schema: dict[str, Any] = {"id": pl.String, **dict.fromkeys(leads.POOLS)}
    frame = pl.DataFrame(rows, schema=schema, infer_schema_length=None)
    same = polars_by_hand.COLUMNS
    _check(policy, frame, rows)
    loop = _loop(rows)
    rows.clear()
    runs: dict[str, Callable[[], object]] = {
        "Polars by hand, `when`": lambda: polars_by_hand.decide(frame.lazy()).collect(),
        "Polars by hand, `when`, streaming": lambda: polars_by_hand.decide(frame.lazy()).collect(engine="streaming"),
        "Polars by hand, `replace_strict`": lambda: polars_by_hand.decide(frame.lazy(), chained=False).collect(),
        "decide_frame, the same columns": lambda: policy.decide_frame(frame, now=ours.NOW, want=same),
        "decide_frame, scores, gates, stage, route": lambda: policy.decide_frame(frame, now=ours.NOW),
    }
    peer = _duckdb(frame)
    if peer is not None:
        runs[f"DuckDB {metadata.version('duckdb')}"] = peer
    best = best_of(ROUNDS, runs)
    hand = min(seconds for title, seconds in best.items() if title.startswith("Polars by hand"))
    told = {title: f"{seconds * 1e3:.0f} ms, ratio {seconds / hand:.2f}" for title, seconds in best.items()}
    told["hand-written loop over dicts"] = f"{loop * 1e3:.0f} ms, ratio {loop / hand:.2f}"
    if peer is None:
        told["DuckDB"] = "not installed"
    return {"leads": COUNT, **told}


def _loop(rows: list[dict[str, Any]]) -> float:
    (seconds,) = best_of(2, {"": lambda: [by_hand.decide(row) for row in rows]}).values()
    return seconds


def _check(policy: Policy, frame: Any, rows: list[dict[str, Any]]) -> None:
    """Stop where any answer differs."""
    from benchmarks.realistic import polars_by_hand

    found = policy.decide_frame(frame, now=ours.NOW, want=polars_by_hand.COLUMNS)
    theirs = polars_by_hand.decide(frame.lazy()).collect()
    looked_up = polars_by_hand.decide(frame.lazy(), chained=False).collect()
    for other in (theirs, looked_up):
        if not found.equals(other.cast(found.schema), null_equal=True):
            raise AssertionError("decide_frame and the query written by hand differ")
    for row, cells in zip(rows[:CHECKED], found.iter_rows(), strict=False):
        expected = ours.answer(policy.program.decide(row, now=ours.NOW))
        if tuple(cells) != expected or by_hand.decide(row) != expected:
            raise AssertionError(f"decide_frame decides {cells} where {expected} is right: {row}")


def _duckdb(frame: Any) -> Callable[[], object] | None:
    try:
        from benchmarks.peers import duckdb_sql
    except ImportError:
        return None
    return duckdb_sql.make(frame)


# ── Events ──


def _events() -> Figures:
    import polars as pl

    from benchmarks.realistic import events_by_hand

    policy = Policy.load(EVENT_POLICY)
    some, visits = event_frames(EVENT_LEADS, EVENTS_A_LEAD)
    found = policy.decide_frame(some, events={"Visit": visits}, now=ours.NOW, want="scores")
    theirs = events_by_hand.decide(some.lazy(), visits.lazy(), ours.NOW).collect()
    # Written by hand it is in floats, which may round the last of six places otherwise.
    off = found.select(pl.all().cast(pl.Float64)).to_series() - theirs.to_series()
    if off.null_count() or off.abs().max() > 2e-6:  # type: ignore[operator]
        raise AssertionError("decide_frame and the query over events written by hand differ")
    few = some.head(200)
    theirs_too = visits.filter(pl.col("lead").is_in(few.get_column("id").implode()))
    decided = policy.decide_many(few.to_dicts(), events={"Visit": theirs_too.to_dicts()}, now=ours.NOW)
    for decision, row in zip(decided, found.head(200).iter_rows(), strict=True):
        if tuple(score.value for score in decision.scores.values()) != row:
            raise AssertionError(f"the evaluator decides {decision.scores}, decide_frame {row}")
    best = best_of(
        ROUNDS,
        {
            "hand": lambda: events_by_hand.decide(some.lazy(), visits.lazy(), ours.NOW).collect(),
            "ours": lambda: policy.decide_frame(some, events={"Visit": visits}, now=ours.NOW, want="scores"),
        },
    )
    return {
        "events": f"{EVENT_LEADS} leads, {visits.height} events",
        "events, Polars by hand": f"{best['hand'] * 1e3:.0f} ms",
        "events, decide_frame": f"{best['ours'] * 1e3:.0f} ms, ratio {best['ours'] / best['hand']:.2f}",
    }


def event_frames(count: int, each: int) -> tuple[Any, Any]:
    """Leads, and what they did in the last hundred days, in no order."""
    import polars as pl

    rng = Random(20261126)
    size = count * each
    kinds = rng.choices(["page", "download", "trial", "chat", None], k=size)
    start = datetime(2026, 8, 16, tzinfo=UTC)
    minutes = [rng.randrange(100 * 24 * 60) for _ in range(size)]
    visits = pl.DataFrame(
        {
            "lead": [f"L{rng.randrange(count)}" for _ in range(size)],
            "kind": kinds,
            "seconds": rng.choices([None, 5, 20, 30, 90, 400], k=size),
            "at": pl.Series(minutes).cast(pl.Int64) * 60_000_000 + int(start.timestamp() * 1e6),
        }
    ).with_columns(pl.col("at").cast(pl.Datetime("us", "UTC")))
    created = start - timedelta(days=1)
    return pl.DataFrame({"id": [f"L{i}" for i in range(count)], "created": [created] * count}), visits


# ── Memory ──


def memory() -> Figures:
    """The peak of `lead run` on ten million leads in a Parquet file, Parquet out. Of one lead in twenty something is
    unknown: those are decided one by one, as all columns are written."""
    import polars as pl

    schema: dict[str, Any] = {"id": pl.String, **dict.fromkeys(leads.POOLS)}
    made = pl.DataFrame(leads.leads(100_000), schema=schema, infer_schema_length=None)
    known = made.with_columns(pl.all().fill_null(strategy="backward")).drop_nulls().head(95_000)
    part = pl.concat([known, made.tail(100_000 - known.height)])
    with tempfile.TemporaryDirectory() as folder:
        source, out = Path(folder) / "leads.parquet", Path(folder) / "out.parquet"
        copies = MEMORY_ROWS // part.height
        numbered = [
            part.lazy().with_columns(id=pl.format("L{}_{}", pl.lit(n), pl.int_range(pl.len()))) for n in range(copies)
        ]
        pl.concat(numbered).sink_parquet(source)
        line = ["-m", "leadpolicy.cli", "run", str(ours.PATH), str(source), "--now", "2026-11-24 00:00"]
        start = time.perf_counter()
        subprocess.run([sys.executable, *line, "--out", str(out)], check=True, capture_output=True)
        seconds = time.perf_counter() - start
        decided = pl.scan_parquet(out).select(pl.len()).collect().item()
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return {"rows": decided, "seconds": round(seconds), "peak MiB of `lead run`": round(peak)}
