"""Routes of any length, as a sheet of territories has them: a region and an interval of sizes a row, first match.

By hand: a dictionary of regions, and in each the sizes at which the row changes, bisected.
"""

from __future__ import annotations

import time
from bisect import bisect_right
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from leadpolicy import Policy

SIZES = (10, 100, 1_000, 5_000)
BANDS = (1, 20, 100, 500, 2_000)
"""The least sizes of a region's rows; the last one goes to TOP. In the last band of a region nobody wins."""
TOP = 9_999
LEADS = 2_000
ROUNDS = 11
NOW = datetime(2026, 11, 23, tzinfo=UTC)
HEAD = """policy dispatch version "1" {
}
fact Lead {
  id:        text key
  region:    text
  employees: int
}
queue main
queue desk
"""


def policy_text(entries: int) -> str:
    """A policy with so many route entries, each with a queue of its own."""
    queues = [f"queue q{i}" for i in range(entries)]
    ends = [*(least - 1 for least in BANDS[1:]), TOP]
    route = [
        f'  e{i}: region is "r{i // len(BANDS)}" and employees in {BANDS[i % len(BANDS)]} to {ends[i % len(BANDS)]}'
        f" -> queue q{i}"
        for i in range(entries)
    ]
    return "\n".join(
        [HEAD, *queues, "route {", *route, "  otherwise -> queue main", "  undecided -> queue desk", "}", ""]
    )


def leads(entries: int) -> list[dict[str, Any]]:
    """Leads that are spread over the entries; of one in twenty the region is unknown, of one in ten the size."""
    regions = max(1, entries // len(BANDS))
    return [
        {
            "id": str(k),
            "region": None if k % 20 == 0 else f"r{k * 7919 % (regions + 1)}",
            "employees": None if k % 10 == 3 else k * 7907 % (TOP + 500),
        }
        for k in range(LEADS)
    ]


def by_hand(entries: int) -> Callable[[dict[str, Any]], str]:
    """The same, as a careful person would write it. What can't be told goes to the desk."""
    cuts = (*BANDS, TOP + 1)
    rows: dict[str, list[str]] = {}
    for i in range(entries):
        rows.setdefault(f"r{i // len(BANDS)}", ["main"]).append(f"q{i}")
    routes = {region: (cuts, (*queues, "main")) for region, queues in rows.items()}

    def decide(lead: dict[str, Any]) -> str:
        region, employees = lead.get("region"), lead.get("employees")
        if region is None:
            return "main" if employees is not None and not 0 < employees <= TOP else "desk"
        found = routes.get(region)
        if found is None:
            return "main"
        if employees is None:
            return "desk"
        cuts, queues = found
        return queues[bisect_right(cuts, employees)]

    return decide


def figures() -> dict[str, Any]:
    """µs a lead and ratios, the best of some alternating rounds; answers are compared first."""
    found: dict[str, Any] = {}
    for size in SIZES:
        found |= _measured(size)
    return found


def _measured(size: int) -> dict[str, str]:
    policy, rows, hand = Policy.from_source(policy_text(size)), leads(size), by_hand(size)
    for row in rows:
        route = policy.decide(row, now=NOW).route
        assert route is not None
        told = "desk" if route.kind == "undecided" else route.target
        assert told == hand(row), row
    known = [row for row in rows if row["region"] is not None]
    unknown = [row for row in rows if row["region"] is None]

    def ours() -> None:
        decide = policy.decide
        for row in known:
            decide(row, now=NOW)

    def theirs() -> None:
        for row in known:
            hand(row)

    mine, other, slow = _best(ours, theirs, lambda: [policy.decide(row, now=NOW) for row in unknown])
    return {
        f"{size} entries": f"{1e6 * mine / len(known):.2f} µs a lead, by hand {1e6 * other / len(known):.2f} µs, "
        f"ratio {mine / other:.2f}",
        f"{size} entries, region unknown": f"{slow / len(unknown) * 1e6:.2f} µs a lead",
    }


def _best(*functions: Callable[[], object]) -> list[float]:
    best = [float("inf")] * len(functions)
    for _ in range(ROUNDS):
        for at, function in enumerate(functions):
            start = time.perf_counter()
            function()
            best[at] = min(best[at], time.perf_counter() - start)
    return best
