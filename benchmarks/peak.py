"""The most memory that this process had. ru_maxrss won't do: a child begins with that of the process it came from."""

from __future__ import annotations

import resource
from pathlib import Path

_STATUS = Path("/proc/self/status")


def peak_kib() -> int:
    """In KiB, since the program began; where the system doesn't say so, with what it inherited."""
    if _STATUS.exists():
        for line in _STATUS.read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
