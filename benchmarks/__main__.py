"""`make bench`: all measurements, side by side in one process, written as JSON and printed as a table.

Every pair is measured in alternating rounds, and the best round of each counts; answers are compared first. Memory is
the peak of traced allocations. `python -m benchmarks NAME …` runs some of: realistic, million, evaluator, compile,
command, startup, dispatch, events, frames, work_time, matching; `frames_memory` runs only when it is named. The table
and the curves in docs/benchmarks are written where all were run.
"""

from __future__ import annotations

import json
import platform
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

from benchmarks import measures, page

RESULTS = Path(__file__).parent / "results"


def main(names: list[str]) -> int:
    """Run the chosen measurements; print and write them."""
    chosen = names or list(measures.ALL)
    known = measures.ALL | measures.LONG
    unknown = [n for n in chosen if n not in known]
    if unknown:
        print(f"no measurement is called {', '.join(unknown)}; there are: {', '.join(known)}")
        return 2
    report: dict[str, Any] = {"machine": machine()}
    for name in chosen:
        report[name] = known[name]()
        print(f"\n{name}")
        for key, value in report[name].items():
            print(f"  {key:<44} {value}")
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / "latest.json"
    path.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    if not names:
        page.write(report)
    print(f"\nwritten to {path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path}")
    return 0


def machine() -> dict[str, str]:
    """What was measured on, and with which versions."""
    packages = ("lark", "pydantic", "polars", "rich", "typer")
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        **{p: metadata.version(p) for p in packages},
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
