"""Measure two rulesets on real leads: the figures in rulesets/x_education/README.md and rulesets/olist/README.md.

    python tools/measure_rulesets.py [DATA]

DATA is the folder with the data sets (default: ../shared/data beside the repository). Prints, for every stage,
priority and route, how many leads came out there and how many of these were won.
"""

from __future__ import annotations

import csv
import sys
import tomllib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from leadpolicy import Policy

ROOT = Path(__file__).resolve().parents[1]
Row = Mapping[str, str]


def rows(path: Path) -> list[dict[str, str]]:
    """A CSV file, a dict a row."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def measure(
    ruleset: str,
    leads: Sequence[Row],
    won: Callable[[Row], bool],
    now: str,
    tables: Iterable[str],
    without: Collection[str] = (),
) -> None:
    """Print what a ruleset makes of the leads. `without`: fields that are left out."""
    folder = ROOT / "rulesets" / ruleset
    policy = Policy.load(folder / f"{ruleset}.lead")
    mapping = tomllib.loads((folder / f"{ruleset}.map.toml").read_text(encoding="utf-8"))
    unknown = {f: set(values) for f, values in mapping["unknown"].get("fields", {}).items()}
    everywhere = set(mapping["unknown"]["values"])

    def lead(row: Row) -> dict[str, str | None]:
        found = {f: row[column] for f, column in mapping["columns"].items() if f not in without}
        return {f: None if v.strip() in everywhere | unknown.get(f, set()) else v for f, v in found.items()}

    left_out = f", without {', '.join(sorted(without))}" if without else ""
    print(f"\n{ruleset} at {now}{left_out}: {len(leads)} leads, {share(sum(map(won, leads)), len(leads))} won")
    counts: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0]))
    decisions = policy.decide_many(map(lead, leads), now=datetime.fromisoformat(now))
    for row, decision in zip(leads, decisions, strict=True):
        for part, value in outcomes(decision.to_dict(), tables):
            counts[part][value][0] += 1
            counts[part][value][1] += won(row)
    for part, values in counts.items():
        print(f"  {part}")
        for value, (n, w) in sorted(values.items(), key=lambda item: -item[1][0]):
            print(f"    {value:<32}{n:>6}  {share(n, len(leads)):>7}   won {share(w, n)}")


def outcomes(decision: Mapping[str, Any], tables: Iterable[str]) -> Iterable[tuple[str, str]]:
    """What is counted of one decision."""
    stage = "disqualified" if decision["disqualified"] else decision["stage"] or "none"
    yield "stage", stage
    for table in tables:
        yield f"table {table}", decision["tables"][table] or "unknown"
    route = decision["route"]
    target = f"{route['kind']} {route['target'] or ''}".strip()
    yield "destination", f"{target} (disqualified)" if decision["disqualified"] else target
    yield "route entry", route["entry"] or "none"


def share(part: int, whole: int) -> str:
    """A share, in words."""
    return f"{100 * part / whole:.1f} %" if whole else "-"


def main(arguments: Sequence[str]) -> None:
    """Measure both rulesets; X Education a second time without the tags, as a lead looks at intake."""
    data = Path(arguments[0]) if arguments else ROOT.parent / "shared" / "data"
    leads = rows(data / "x-education-leads" / "Leads.csv")
    for without in ((), ("tag",)):
        measure(
            "x_education",
            leads,
            lambda row: row["Converted"] == "1",
            "2026-11-20T10:00:00+05:30",
            ("outlook", "priority"),
            without,
        )
    funnel = data / "olist-marketing-funnel"
    deals = {row["mql_id"] for row in rows(funnel / "olist_closed_deals_dataset.csv")}
    measure(
        "olist",
        rows(funnel / "olist_marketing_qualified_leads_dataset.csv"),
        lambda row: row["mql_id"] in deals,
        "2018-06-01T00:00:00-03:00",
        ("timing",),
    )


if __name__ == "__main__":
    main(sys.argv[1:])
