"""The realistic policy as a careful engineer would write it in plain Python. A missing value is None."""

from __future__ import annotations

from typing import Any

Answer = tuple[int, int, int, str, str | None, str]
"""Fit, intent, total, the verdict of BANT, the stage, the entry of the route (undecided: BANT isn't known yet)."""

TITLES = {"chief": 20, "manager": 15, "in_charge": 8, "student": -20}
DEPARTMENTS = {"marketing": 10, "sales": 8, "it": 5}
AUTHORITIES = {"decision_maker": 15, "influencer": 8}
SOURCES = {"form": 10, "seminar": 15, "chat": 8, "partner": 5}
INDUSTRIES = frozenset({"software", "manufacturing", "finance", "logistics"})
FREE_MAIL = frozenset({"163.com", "qq.com", "gmail.com", "outlook.com"})
REGIONS = {
    "beijing": "north", "tianjin": "north", "hebei": "north", "shanghai": "east", "jiangsu": "east",
    "zhejiang": "east", "guangdong": "south", "fujian": "south", "hainan": "south",
}  # fmt: skip


def decide(lead: dict[str, Any]) -> Answer:
    """The answer for one lead."""
    get = lead.get
    employees, months, country, budget = get("employees"), get("months"), get("country"), get("budget")
    authority, inquiries = get("authority"), get("inquiries")

    fit = TITLES.get(get("title"), 0) + DEPARTMENTS.get(get("department"), 0) + AUTHORITIES.get(authority, 0)  # type: ignore[arg-type]
    if get("industry") in INDUSTRIES:
        fit += 10
    if employees is not None:
        fit += 20 if employees >= 1000 else 12 if employees >= 200 else 6 if employees >= 50 else 0
    if months is not None:
        fit += 10 if months <= 1 else 5 if months <= 6 else 0
    if get("mail_domain") in FREE_MAIL:
        fit -= 10
    if country is not None and country != "CN":
        fit -= 5
    fit = -20 if fit < -20 else 80 if fit > 80 else fit

    visits, silent = get("visits"), get("silent_days")
    intent = SOURCES.get(get("source"), 0)  # type: ignore[arg-type]
    if visits is not None:
        intent += 15 if visits >= 10 else 8 if visits >= 3 else 0
    if (get("downloads") or 0) >= 1:
        intent += 5
    if (inquiries or 0) >= 1:
        intent += 10
    if get("seminar"):
        intent += 10
    if get("newsletter"):
        intent += 3
    if silent is not None:
        intent -= 10 if silent > 90 else 5 if silent > 30 else 0
    intent = -10 if intent < -10 else 60 if intent > 60 else intent
    total = fit + intent

    if (budget is not None and budget <= 0) or authority == "user" or (months is not None and months > 6):
        bant = "fail"
    elif budget is None or authority is None or months is None or get("need") is None:
        bant = "unknown"
    else:
        bant = "pass"
    qualified = total >= 30
    ready = total >= 65 and bant == "pass"
    stage = "SQL" if ready else "SAL" if total >= 50 else "MQL" if qualified else None
    return fit, intent, total, bant, stage, _route(lead, employees, country, budget, inquiries, total, bant)


def _route(
    lead: dict[str, Any],
    employees: int | None,
    country: str | None,
    budget: int | None,
    inquiries: int | None,
    total: int,
    bant: str,
) -> str:
    if lead.get("customer"):
        return "customer"
    if lead.get("partner") is not None:
        return "partner"
    qualified = total >= 30
    if qualified:
        if employees is not None and employees >= 5000:
            return "key"
        if total >= 65 and bant != "fail":
            return "ready" if bant == "pass" else "undecided"
        if country is not None and country != "CN":
            return "abroad"
        region = REGIONS.get(lead.get("region"))  # type: ignore[arg-type]
        if region is not None:
            return region
    if inquiries is not None and inquiries >= 2 and total >= 10:
        return "asked"
    if budget is not None and budget >= 500_000:
        return "rich"
    return "warm" if qualified else "otherwise"
