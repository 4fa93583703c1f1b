"""Miss Manners, Waltz and the memory of leads with our sessions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.matching.guests import NOW, Memory, Row
from leadpolicy import Policy
from leadpolicy.engine.session.operations import Insert

HERE = Path(__file__).parent


class Manners:
    """The policy, compiled once; a session for each run."""

    def __init__(self) -> None:
        self._policy = Policy.load(HERE / "manners.lead")
        self.firings = 0

    def run(self, guests: list[tuple[int, str, int]], seats: int) -> list[tuple[int, int]]:
        """Seat the guests: (seat, name) of the last seating's path, by seat."""
        session = self._policy.session(now=NOW, most_of_a_match=10_000)
        rows = [
            Insert("Guest", {"id": f"g{i:04}", "name": name, "sex": sex, "hobby": hobby})
            for i, (name, sex, hobby) in enumerate(guests)
        ]
        session.batch(
            [
                *rows,
                Insert("LastSeat", {"seat": seats}),
                Insert("Counter", {"id": "c", "next": 1}),
                Insert("Context", {"id": "x", "state": "start"}),
            ]
        )
        self.firings = session.fired
        facts = session.keyed_by_name
        last = max(row[0] for row in facts["Seating"].values())
        paths = session.tables[[f.name for f in session.declared].index("Path")]
        return sorted((row[2], row[1]) for row in paths.values() if row[0] == last)


class Waltz:
    """The policy, compiled once; a session for each run."""

    def __init__(self) -> None:
        self._policy = Policy.load(HERE / "waltz.lead")
        self.firings = 0

    def run(self, drawing: tuple[list[tuple[Any, ...]], list[tuple[int, int]]]) -> set[tuple[int, int, str]]:
        """Label the lines: (point, point, label), the smaller point first."""
        session = self._policy.session(now=NOW)
        junctions, edges = drawing
        names = ("base", "kind", "p1", "p2", "p3", "seed")
        rows = [Insert("Junction", dict(zip(names, row, strict=True))) for row in junctions]
        rows += [Insert("Edge", {"id": f"{p1}-{p2}", "p1": p1, "p2": p2, "label": "unlabelled"}) for p1, p2 in edges]
        session.batch([*rows, Insert("Stage", {"id": "s", "name": "start"})])
        self.firings = session.fired
        plotted = session.tables[[f.name for f in session.declared].index("Plotted")]
        return {(min(row[0], row[1]), max(row[0], row[1]), row[2]) for row in plotted.values()}


class Leads:
    """A session of the policy."""

    def __init__(self) -> None:
        self.session = Policy.load(HERE / "memory.lead").session(now=NOW)

    @property
    def noted(self) -> list[tuple[str, str]]:
        """(rule, lead) as rules fired."""
        found = []
        for _, rule, facts in self.session.firings:
            leads = [fact[1] for fact in facts if fact[0] == "Lead"]  # type: ignore[index]
            found.append((rule, leads[-1]))
        return found

    def load(self, memory: Memory) -> None:
        """Take all facts in, then fire."""
        self.session.load(
            {
                "Member": memory.members,
                "Lead": memory.leads,
                "CompanyLink": memory.links,
                "Activity": memory.activities,
            }
        )

    def activity(self, row: Row) -> None:
        """Take one activity in, then fire."""
        self.session.insert("Activity", row)

    def status(self, lead: str, status: str) -> None:
        """Change a lead's status, then fire."""
        self.session.update(("Lead", lead), {"status": status})
