"""How much memory the memory of leads takes: `python -m benchmarks.matching.footprint ours|clips`, a process each,
prints the growth of the process by loading it, and the peak of that, in bytes."""

from __future__ import annotations

import gc
import resource
import subprocess
import sys
from pathlib import Path

from benchmarks.matching import clips_memory, ours
from benchmarks.matching.guests import memory
from benchmarks.peak import peak_kib

_PAGE = resource.getpagesize()


def resident() -> int:
    """Bytes of the process that are in memory."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * _PAGE


def measured(who: str) -> tuple[int, int]:
    """(bytes that are kept, bytes at the peak), in a process of its own."""
    line = [sys.executable, "-m", "benchmarks.matching.footprint", who]
    said = subprocess.run(line, check=True, capture_output=True, text=True).stdout.split()
    return int(said[0]), int(said[1])


def main(who: str) -> None:
    """Load, and print."""
    small, data = memory(10, 20, 5, 5), memory()
    one = ours.Leads() if who == "ours" else clips_memory.Leads()
    # What is made once, whatever is loaded, doesn't count.
    (ours.Leads() if who == "ours" else clips_memory.Leads()).load(small)
    gc.collect()
    before = resident()
    one.load(data)
    peak = peak_kib() * 1024
    gc.collect()
    print(resident() - before, peak - before)


if __name__ == "__main__":
    main(sys.argv[1])
