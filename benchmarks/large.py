"""Generated policies of any size: half route entries, half score entries."""

from __future__ import annotations

REGIONS = 400


def policy_text(entries: int) -> str:
    """A policy with so many entries, route and score together."""
    half = entries // 2
    lines = [
        'policy large version "1" {',
        '  zone     "Asia/Shanghai"',
        "  currency CNY",
        "}",
        "",
        "fact Lead {",
        "  id:        text key",
        "  region:    text",
        '  employees: int   ask "How many people?"',
        "  budget:    money",
        "  title:     one of [manager, staff]",
        "}",
        "",
        'score fit "Profile" from 0 to 1000 {',
    ]
    lines += [_points(i) for i in range(entries - half)]
    lines += ["}", "", "queue main", "pool  public", "", "route {"]
    lines += [_route(i) for i in range(half)]
    lines += ["  otherwise -> pool public", "  undecided -> queue main", "}", ""]
    return "\n".join(lines)


def _points(i: int) -> str:
    return f'  +{1 + i % 9} when region is "r{i % REGIONS}" and employees >= {i}  because "region {i}"'


def _route(i: int) -> str:
    return f'  e{i}: region is "r{i % REGIONS}" and employees >= {100_000 - i} and budget > {i} CNY -> queue main'


LEAD = {"id": "L1", "region": "r7", "employees": 99_000, "budget": 5_000, "title": "manager"}
