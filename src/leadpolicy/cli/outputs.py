"""Where `lead run` writes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Outputs:
    """Where decisions and bad rows go."""

    decisions: Path | None
    errors: Path | None
    trace: bool
