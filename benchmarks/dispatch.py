"""Routes of any length, a region and a least size an entry, against a dictionary written by hand."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from leadpolicy import Policy

SIZES = (10, 100, 1_000, 5_000)
LEADS = 2_000
ROUNDS = 7
NOW = datetime(2026, 11, 23, tzinfo=UTC)
HEAD = """policy dispatch version "1" {
}
fact Lead {
  id:        text key
  region:    text
  employees: int
}
queue main
"""


def policy_text(entries: int) -> str:
    """A policy with so many route entries, each with a queue of its own."""
    queues = [f"queue q{i}" for i in range(entries)]
    route = [f'  e{i}: region is "r{i}" and employees >= {i % 50} -> queue q{i}' for i in range(entries)]
    return "\n".join([HEAD, *queues, "route {", *route, "  otherwise -> queue main", "}", ""])


def leads(entries: int) -> list[dict[str, Any]]:
    """Leads that are spread over the entries; one in twenty has no region."""
    return [
        {"id": str(k), "region": None if k % 20 == 0 else f"r{k * 7919 % entries}", "employees": k * 31 % 100}
        for k in range(LEADS)
    ]


def by_hand(entries: int) -> Callable[[dict[str, Any]], str | None]:
    """The same, as a careful person would write it; None: can't be told."""
    routes = {f"r{i}": (i % 50, f"q{i}") for i in range(entries)}

    def decide(lead: dict[str, Any]) -> str | None:
        region, employees = lead.get("region"), lead.get("employees")
        if region is None:
            return None if any(employees >= least for least, _ in routes.values()) else "main"
        found = routes.get(region)
        if found is None or employees is None or employees < found[0]:
            return "main"
        return found[1]

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
        assert route.target == hand(row), row
    known = [row for row in rows if row["region"] is not None]
    unknown = [row for row in rows if row["region"] is None]
    ours, theirs, slow = _best(
        lambda: [policy.decide(row, now=NOW) for row in known],
        lambda: [hand(row) for row in known],
        lambda: [policy.decide(row, now=NOW) for row in unknown],
    )
    mine, other = (1e6 * seconds / len(known) for seconds in (ours, theirs))
    return {
        f"{size} entries": f"{mine:.2f} µs a lead, by hand {other:.2f} µs, ratio {ours / theirs:.2f}",
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
