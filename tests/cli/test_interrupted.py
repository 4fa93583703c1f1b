"""A run that is stopped leaves nothing half written, and ends with the code that says so."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

MANY = 200_000


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("out", ["out.jsonl", "out.xlsx", "out.parquet"])
def test_nothing_half_written_stays(folder: Path, sent: signal.Signals, code: int, out: str) -> None:
    with (folder / "many.csv").open("w", encoding="utf-8") as file:
        file.write("id,created_at\n")
        file.writelines(f"L{i},2026-11-20\n" for i in range(MANY))
    (folder / out).write_text("what was there before")
    before = sorted(os.listdir(folder))
    command = [
        sys.executable,
        "-m",
        "leadpolicy.cli",
        "run",
        "small.lead",
        "many.csv",
        "--facts",
        "Member=members.csv",
    ]
    process = subprocess.Popen([*command, "--out", out, "--errors", "bad.csv"], stderr=subprocess.PIPE, text=True)
    for _ in range(600):
        if any(name.startswith(".out-") for name in os.listdir(folder)):
            break
        time.sleep(0.05)
    time.sleep(0.3)
    assert process.poll() is None
    process.send_signal(sent)
    _, err = process.communicate(timeout=60)
    assert process.returncode == code
    assert "no file was written" in err
    assert "Traceback" not in err
    assert sorted(os.listdir(folder)) == before
    assert (folder / out).read_text() == "what was there before"
