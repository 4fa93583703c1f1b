"""Leads for the realistic policy: made with a fixed seed, a sixth of the values missing."""

from __future__ import annotations

import random
from typing import Any

COUNT = 20_000
Lead = dict[str, Any]

POOLS: dict[str, list[Any]] = {
    "title": ["chief", "manager", "in_charge", "staff", "student"],
    "department": ["marketing", "sales", "it", "hr", "finance"],
    "industry": ["software", "manufacturing", "finance", "logistics", "retail", "education"],
    "employees": [3, 20, 49, 50, 120, 199, 200, 640, 999, 1000, 4200, 5000, 12000],
    "region": ["beijing", "tianjin", "hebei", "shanghai", "jiangsu", "zhejiang", "guangdong", "fujian", "sichuan"],
    "country": ["CN", "CN", "CN", "CN", "SG", "DE"],
    "source": ["form", "seminar", "chat", "partner", "import"],
    "budget": [0, 1, 20_000, 100_000, 500_000, 2_000_000],
    "authority": ["decision_maker", "influencer", "user"],
    "need": ["more leads", "cheaper calls", "better reports"],
    "months": [0, 1, 2, 6, 7, 12],
    "visits": list(range(14)),
    "downloads": [0, 0, 1, 2],
    "inquiries": [0, 0, 1, 2, 3],
    "seminar": [True, False, False],
    "newsletter": [True, False],
    "silent_days": [1, 7, 30, 31, 90, 91, 200],
    "mail_domain": ["163.com", "qq.com", "gmail.com", "acme.example", "big.example"],
    "customer": [True, *[False] * 15],
    "partner": ["p1", "p2"],
}


def leads(count: int = COUNT, seed: int = 20261124) -> list[Lead]:
    """So many leads as dicts; a missing field is absent."""
    rng = random.Random(seed)
    made: list[Lead] = []
    for number in range(count):
        lead: Lead = {"id": f"L{number}"}
        for field, values in POOLS.items():
            if rng.random() < (0.04 if field == "partner" else 5 / 6):
                lead[field] = rng.choice(values)
        made.append(lead)
    return made
