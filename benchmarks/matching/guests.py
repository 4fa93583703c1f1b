"""What the matching benchmarks are given: guests for Miss Manners, drawings for Waltz, leads. Fixed seeds."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

Row = dict[str, Any]

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)


def guests(number: int, seed: int = 7) -> list[tuple[int, str, int]]:
    """(name, sex, hobby), a row for each hobby of a guest: half of them men; each has two or three of three hobbies,
    as in the classic data, so that nobody has to be seated twice."""
    luck = random.Random(seed)
    found: list[tuple[int, str, int]] = []
    for name in range(1, number + 1):
        hobbies = luck.sample(range(1, 4), luck.randint(2, 3))
        found += [(name, "m" if name % 2 else "f", hobby) for hobby in hobbies]
    return found


def drawing(blocks: int) -> tuple[list[tuple[Any, ...]], list[tuple[int, int]]]:
    """Drawings of blocks: junctions (base, kind, p1, p2, p3, seed), and edges, each line in both directions. A block
    is seen from a corner: an outline of six lines, and three that meet in its middle."""
    junctions: list[tuple[Any, ...]] = []
    edges: list[tuple[int, int]] = []
    for block in range(blocks):
        middle, *rim = range(block * 7 + 1, block * 7 + 8)
        junctions.append((middle, "fork", rim[1], rim[3], rim[5], False))
        for place, point in enumerate(rim):
            before, after = rim[place - 1], rim[(place + 1) % 6]
            lines = [(point, after)]
            if place % 2:
                junctions.append((point, "arrow", before, middle, after, False))
                lines.append((point, middle))
            else:
                junctions.append((point, "corner", before, after, 0, place == 0))
            edges += [edge for p1, p2 in lines for edge in ((p1, p2), (p2, p1))]
    return junctions, edges


@dataclass(frozen=True, slots=True)
class Memory:
    """Facts and events as rows, each type by itself."""

    members: list[Row]
    leads: list[Row]
    links: list[Row]
    activities: list[Row]


def memory(leads: int = 10_000, activities: int = 50_000, members: int = 200, links: int = 3_000) -> Memory:
    """The memory that the issue names, or one of another size. 2 in 100 leads are won, 30 new, 60 contacted; most
    contacted leads have been called or written to by their owner."""
    luck = random.Random(11)
    people = [f"m{i}" for i in range(members)]
    companies = [f"c{i}" for i in range(max(leads // 2, 1))]
    rows = [
        {
            "id": f"L{i}",
            "company": luck.choice(companies),
            "status": luck.choices(("new", "contacted", "won", "lost"), (30, 60, 2, 8))[0],
            "owner": luck.choice(people) if luck.random() < 0.9 else None,
        }
        for i in range(leads)
    ]
    return Memory(
        members=[
            {"id": one, "name": one.upper(), "manager": people[i // 10 * 10], "away": luck.random() < 0.02}
            for i, one in enumerate(people)
        ],
        leads=rows,
        links=[
            {
                "company": luck.choice(companies),
                "related": luck.choice(companies),
                "kind": luck.choice(("investor", "branch", "partner", "competitor")),
            }
            for _ in range(links)
        ],
        activities=[activity(luck, rows, people, i) for i in range(activities)],
    )


def activity(luck: random.Random, leads: list[Row], people: list[str], number: int) -> Row:
    """One activity of one of the leads, two in three by its owner."""
    lead = luck.choice(leads)
    return {
        "of": lead["id"],
        "kind": luck.choice(("call", "email", "visit", "trial")),
        "by": lead["owner"] if luck.random() < 0.67 else luck.choice(people),
        "seconds": 0 if luck.random() < 0.2 else luck.randint(1, 600),
        "at": NOW - timedelta(days=60) + timedelta(minutes=number),
    }
