"""The realistic policy as plain data, from which each peer's rules are written in its own language.

A condition is a conjunction of atoms (field, operator, value); an atom on a missing field is false. What the engine
and the hand-written function decide isn't made from this: the answers are compared.
"""

from __future__ import annotations

from typing import Any, Final

Atom = tuple[str, str, Any]
Case = tuple[list[Atom], Any]

FIELDS: Final = (
    "title", "department", "industry", "employees", "region", "country", "source", "budget", "authority", "need",
    "months", "visits", "downloads", "inquiries", "seminar", "newsletter", "silent_days", "mail_domain", "customer",
    "partner",
)  # fmt: skip


def _points(field: str, points: dict[str, int]) -> list[Case]:
    return [([(field, "==", value)], given) for value, given in points.items()]


FIT: Final[list[list[Case]]] = [
    _points("title", {"chief": 20, "manager": 15, "in_charge": 8, "student": -20}),
    _points("department", {"marketing": 10, "sales": 8, "it": 5}),
    [([("industry", "in", ["software", "manufacturing", "finance", "logistics"])], 10)],
    [([("employees", ">=", least)], given) for least, given in ((1000, 20), (200, 12), (50, 6))],
    _points("authority", {"decision_maker": 15, "influencer": 8}),
    [([("months", "<=", most)], given) for most, given in ((1, 10), (6, 5))],
    [([("mail_domain", "in", ["163.com", "qq.com", "gmail.com", "outlook.com"])], -10)],
    [([("country", "!=", "CN")], -5)],
]
"""Entries of the score: of each, the first case that holds gives its points."""
INTENT: Final[list[list[Case]]] = [
    _points("source", {"form": 10, "seminar": 15, "chat": 8, "partner": 5}),
    [([("visits", ">=", least)], given) for least, given in ((10, 15), (3, 8))],
    [([("downloads", ">=", 1)], 5)],
    [([("inquiries", ">=", 1)], 10)],
    [([("seminar", "==", True)], 10)],
    [([("newsletter", "==", True)], 3)],
    [([("silent_days", ">", least)], given) for least, given in ((90, -10), (30, -5))],
]
LIMITS: Final = {"fit": (-20, 80), "intent": (-10, 60)}

BANT: Final[list[Case]] = [
    ([("budget", "<=", 0)], "fail"),
    ([("authority", "==", "user")], "fail"),
    ([("months", ">", 6)], "fail"),
    ([("budget", ">", 0), ("authority", "!=", "user"), ("need", "!=", ""), ("months", "<=", 6)], "pass"),
    ([], "unknown"),
]
STAGE: Final[list[Case]] = [
    ([("total", ">=", 65), ("bant", "==", "pass")], "SQL"),
    ([("total", ">=", 50)], "SAL"),
    ([("total", ">=", 30)], "MQL"),
    ([], None),
]
MQL: Final[Atom] = ("total", ">=", 30)
ROUTE: Final[list[Case]] = [
    ([("customer", "==", True)], "customer"),
    ([("partner", "!=", "")], "partner"),
    ([MQL, ("employees", ">=", 5000)], "key"),
    ([("total", ">=", 65), ("bant", "==", "pass")], "ready"),
    ([("total", ">=", 65), ("bant", "==", "unknown")], "undecided"),
    ([MQL, ("country", "!=", "CN")], "abroad"),
    ([MQL, ("region", "in", ["beijing", "tianjin", "hebei"])], "north"),
    ([MQL, ("region", "in", ["shanghai", "jiangsu", "zhejiang"])], "east"),
    ([MQL, ("region", "in", ["guangdong", "fujian", "hainan"])], "south"),
    ([("inquiries", ">=", 2), ("total", ">=", 10)], "asked"),
    ([("budget", ">=", 500_000)], "rich"),
    ([MQL], "warm"),
    ([], "otherwise"),
]
