"""docs/benchmarks.md and its curves, from a whole report of `make bench`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from benchmarks import curves

DOCS = Path(__file__).resolve().parents[1] / "docs"
_RATIO = re.compile(r"(?P<time>[\d.]+) µs, ratio (?P<ratio>[\d.]+)")
_ENTRIES = re.compile(r"(?P<ours>[\d.]+) µs a lead, by hand (?P<hand>[\d.]+) µs")
OTHERS = {
    "million": "A million dicts, one after the other",
    "events": "Behaviour scores over a lead's events",
    "frames": "A million leads in columns",
    "frames_memory": "Ten million leads through `lead run`",
    "matching": "Rules over all facts",
    "evaluator": "The X Education policy",
    "command": "`lead run`, the whole command",
    "startup": "Start-up",
    "compile": "From text to a loaded evaluator",
}
"""Further measurements, and what their sections are called."""
HEAD = """\
# Benchmarks

Made by `make peers && make bench`: each measurement in one process, in alternating rounds, the best round of each;
answers are compared lead by lead before anything is measured. Ratios are to a function written by hand in Python.
How each peer is used stands at the top of its file in `benchmarks/peers/`; the leads are made with a fixed seed, a
sixth of their values missing.
"""


def write(report: Mapping[str, Any], docs: Path = DOCS) -> None:
    """Write the page and the pictures beside it."""
    (docs / "benchmarks").mkdir(exist_ok=True)
    machine = ", ".join(f"{name} {version}" for name, version in report["machine"].items())
    lines = [
        HEAD,
        f"Machine and versions: {machine}.",
        "",
        *_realistic(report["realistic"]),
        *_routes(report["dispatch"]),
        *(line for name, title in OTHERS.items() if name in report for line in _plain(title, report[name])),
    ]
    (docs / "benchmarks.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    picture = curves.draw("µs a lead by the number of routes", growth(report["dispatch"]))
    (docs / "benchmarks" / "routes.svg").write_text(picture, encoding="utf-8")


def _plain(title: str, figures: Mapping[str, Any]) -> Iterator[str]:
    """A section with every figure of a measurement, as it was printed."""
    yield f"## {title}"
    yield ""
    yield "| what | figure |"
    yield "|---|--:|"
    for name, figure in figures.items():
        told = "; ".join(f"{part} {one}" for part, one in figure.items()) if isinstance(figure, Mapping) else figure
        yield f"| {name} | {told} |"
    yield ""


def _realistic(figures: Mapping[str, Any]) -> Iterator[str]:
    yield "## One realistic policy"
    yield ""
    yield (
        f"20 fields, points and bands, BANT, three stages, twelve routes (`benchmarks/realistic/policy.lead`), "
        f"{figures['leads']:,} leads as dicts, one at a time."
    )
    yield ""
    yield "| who decides | µs a lead | ratio |"
    yield "|---|--:|--:|"
    for title, figure in figures.items():
        found = _RATIO.fullmatch(str(figure))
        if found is not None:
            yield f"| {title} | {found['time']} | {found['ratio']} |"
        elif title != "leads":
            yield f"| {title} | {figure} | |"
    yield ""


def _routes(figures: Mapping[str, str]) -> Iterator[str]:
    yield "## Routes by their number"
    yield ""
    yield "A region and an interval of sizes an entry, first match; by hand: a dictionary and a bisection."
    yield ""
    yield "| entries | µs a lead | by hand | ratio |"
    yield "|--:|--:|--:|--:|"
    for title, figure in figures.items():
        found = _ENTRIES.match(figure)
        if found is not None:
            ours, hand = float(found["ours"]), float(found["hand"])
            yield f"| {title.removesuffix(' entries')} | {ours:.2f} | {hand:.2f} | {ours / max(hand, 0.01):.1f} |"
    yield ""
    yield "![µs a lead by the number of routes](benchmarks/routes.svg)"
    yield ""


def growth(figures: Mapping[str, str]) -> dict[str, list[tuple[float, float]]]:
    """Points of the curves: the number of routes, µs a lead."""
    lines: dict[str, list[tuple[float, float]]] = {"leadpolicy": [], "by hand": []}
    for title, figure in figures.items():
        found = _ENTRIES.match(figure)
        if found is not None:
            size = float(title.split(" ")[0])
            lines["leadpolicy"].append((size, float(found["ours"])))
            lines["by hand"].append((size, float(found["hand"])))
    return lines
