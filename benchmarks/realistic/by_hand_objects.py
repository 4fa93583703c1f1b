"""The realistic policy by hand, for leads that are objects: the same as `by_hand`, with attributes."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.realistic.by_hand import (
    AUTHORITIES,
    DEPARTMENTS,
    FREE_MAIL,
    INDUSTRIES,
    REGIONS,
    SOURCES,
    TITLES,
    Answer,
)


@dataclass
class Lead:
    """A lead as an object; a missing value is None."""

    id: str
    title: str | None = None
    department: str | None = None
    industry: str | None = None
    employees: int | None = None
    region: str | None = None
    country: str | None = None
    source: str | None = None
    budget: int | None = None
    authority: str | None = None
    need: str | None = None
    months: int | None = None
    visits: int | None = None
    downloads: int | None = None
    inquiries: int | None = None
    seminar: bool | None = None
    newsletter: bool | None = None
    silent_days: int | None = None
    mail_domain: str | None = None
    customer: bool | None = None
    partner: str | None = None


def decide(lead: Lead) -> Answer:
    """The answer for one lead."""
    employees, months, country, budget = lead.employees, lead.months, lead.country, lead.budget
    authority, inquiries = lead.authority, lead.inquiries

    fit = TITLES.get(lead.title, 0) + DEPARTMENTS.get(lead.department, 0) + AUTHORITIES.get(authority, 0)  # type: ignore[arg-type]
    if lead.industry in INDUSTRIES:
        fit += 10
    if employees is not None:
        fit += 20 if employees >= 1000 else 12 if employees >= 200 else 6 if employees >= 50 else 0
    if months is not None:
        fit += 10 if months <= 1 else 5 if months <= 6 else 0
    if lead.mail_domain in FREE_MAIL:
        fit -= 10
    if country is not None and country != "CN":
        fit -= 5
    fit = -20 if fit < -20 else 80 if fit > 80 else fit

    visits, silent = lead.visits, lead.silent_days
    intent = SOURCES.get(lead.source, 0)  # type: ignore[arg-type]
    if visits is not None:
        intent += 15 if visits >= 10 else 8 if visits >= 3 else 0
    if (lead.downloads or 0) >= 1:
        intent += 5
    if (inquiries or 0) >= 1:
        intent += 10
    if lead.seminar:
        intent += 10
    if lead.newsletter:
        intent += 3
    if silent is not None:
        intent -= 10 if silent > 90 else 5 if silent > 30 else 0
    intent = -10 if intent < -10 else 60 if intent > 60 else intent
    total = fit + intent

    if (budget is not None and budget <= 0) or authority == "user" or (months is not None and months > 6):
        bant = "fail"
    elif budget is None or authority is None or months is None or lead.need is None:
        bant = "unknown"
    else:
        bant = "pass"
    qualified = total >= 30
    ready = total >= 65 and bant == "pass"
    stage = "SQL" if ready else "SAL" if total >= 50 else "MQL" if qualified else None
    return fit, intent, total, bant, stage, _route(lead, employees, country, budget, inquiries, total, bant)


def _route(
    lead: Lead,
    employees: int | None,
    country: str | None,
    budget: int | None,
    inquiries: int | None,
    total: int,
    bant: str,
) -> str:
    if lead.customer:
        return "customer"
    if lead.partner is not None:
        return "partner"
    qualified = total >= 30
    if qualified:
        if employees is not None and employees >= 5000:
            return "key"
        if total >= 65 and bant != "fail":
            return "ready" if bant == "pass" else "undecided"
        if country is not None and country != "CN":
            return "abroad"
        region = REGIONS.get(lead.region)  # type: ignore[arg-type]
        if region is not None:
            return region
    if inquiries is not None and inquiries >= 2 and total >= 10:
        return "asked"
    if budget is not None and budget >= 500_000:
        return "rich"
    return "warm" if qualified else "otherwise"
