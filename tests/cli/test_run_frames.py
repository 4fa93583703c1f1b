"""`lead run` by frames: the same bytes, summary and mistakes as row by row; and the keys that a run has met."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
import pytest
from benchmarks.realistic import leads

from leadpolicy.cli.seen import SeenKeys

ROOT = Path(__file__).resolve().parents[2]
POLICY = ROOT / "benchmarks" / "realistic" / "policy.lead"


def table(path: Path, repeated: bool = False) -> Path:
    """Leads with unknown, wrong and odd values; half of them know all that is asked for."""
    frame = pl.DataFrame(
        leads.leads(600), schema={"id": pl.String, **dict.fromkeys(leads.POOLS)}, infer_schema_length=None
    )
    known = frame.with_columns(pl.all().fill_null(strategy="backward")).drop_nulls().head(300)
    number = pl.int_range(pl.len())
    made = pl.concat([known, frame.tail(300)]).with_columns(
        id=pl.format("L{}", number % 590 if repeated else number),
        country=pl.when(number % 101 == 7).then(pl.lit("XX")).otherwise("country"),
        need=pl.when(number % 7 == 1).then(pl.lit('ä, "q"\n')).otherwise("need"),
        industry=pl.when(number % 11 == 1).then(pl.lit(" software ")).otherwise("industry"),
    )
    made.write_parquet(path) if path.suffix == ".parquet" else made.write_ndjson(path)
    return path


def run(source: Path, out: Path, *more: str) -> tuple[bytes, bytes, dict[str, Any]]:
    errors = out.with_name("errors.jsonl")
    line = ["run", str(POLICY), str(source), "--now", "2026-11-24 00:00", "--out", str(out), "--errors", str(errors)]
    command = [sys.executable, "-m", "leadpolicy.cli", *line, "--format", "json", *more]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    summary = json.loads(done.stdout)
    for name in ("file", "out", "errors"):
        summary.pop(name)
    bad = [json.loads(one) | {"line": 0, "row": 0} for one in errors.read_text(encoding="utf-8").splitlines()]
    return out.read_bytes(), json.dumps(bad).encode(), summary


@pytest.mark.parametrize("ending", [".csv", ".parquet"])
@pytest.mark.parametrize("more", [(), ("--unknown", "acme.example", "--unknown", "0")], ids=["plain", "unknown"])
def test_frames_write_the_same_bytes_as_rows(tmp_path: Path, ending: str, more: tuple[str, ...]) -> None:
    by_frames = run(table(tmp_path / "leads.parquet"), tmp_path / f"frames{ending}", *more)
    by_rows = run(table(tmp_path / "leads.jsonl"), tmp_path / f"rows{ending}", *more)
    assert by_frames == by_rows
    assert by_frames[2]["leads"]["bad"] > 0


def test_leads_that_stand_twice_are_met_row_by_row(tmp_path: Path) -> None:
    by_frames = run(table(tmp_path / "leads.parquet", repeated=True), tmp_path / "frames.csv")
    by_rows = run(table(tmp_path / "leads.jsonl", repeated=True), tmp_path / "rows.csv")
    assert by_frames[0] == by_rows[0]
    assert by_frames[2]["leads"] == by_rows[2]["leads"]
    assert by_frames[2]["leads"]["decided"] < 590


def test_keys_are_found_again_with_their_line_and_row() -> None:
    rng = Random(7)
    keys = [f"线索 {rng.randrange(30_000)}" for _ in range(60_000)]
    seen, known = SeenKeys(), dict[str, tuple[int, int]]()
    for line, key in enumerate(keys, 1):
        row = rng.getrandbits(64)
        assert seen.first(key, line, row) == known.setdefault(key, (line, row))


def test_compile_prints_the_columns() -> None:
    command = [sys.executable, "-m", "leadpolicy.cli", "compile", str(POLICY), "--to", "polars"]
    alone = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    document = subprocess.run([*command, "--format", "json"], capture_output=True, text=True, check=True).stdout
    assert "def columns(now, plain, keys):" in alone
    assert json.loads(document)["polars"] == alone
