"""The policy of `benchmarks.events` as a careful person would write it by hand in Python, for comparison.

One loop over a lead's events feeds all entries; sums are exact, in whole numbers of 10⁻⁹; the factors of decay are
tables by days. It trusts its input: no checks, no reasons. None is unknown.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from leadpolicy.engine.decay import halving_table

ZONE = ZoneInfo("Asia/Shanghai")
ONE = 1_000_000_000
NOTHING = timedelta(0)
FORTNIGHT, MONTH, QUARTER, HALF_YEAR = (timedelta(days=days) for days in (14, 30, 90, 180))
HALVING = halving_table(30)
FADING = [(2 * (90 - day) * ONE + 90) // 180 for day in range(90)]
TALKS = frozenset({"call", "email"})
Answer = tuple[int, str | None, str]
"""(intent in millionths, stage, route entry)."""


def decide(lead: dict[str, Any], events: Iterable[dict[str, Any]], now: datetime) -> Answer:
    """About one lead; `at` of its events are datetimes that know their zone, or such texts in ISO 8601."""
    today = now.astimezone(ZONE).toordinal()
    requests = inquiries = trials = calls = 0
    seminar = newsletter = event = talked = maybe_talked = reached = False
    price_days: set[date] = set()
    for one in events:
        at = one["at"]
        if type(at) is str:
            at = datetime.fromisoformat(at)
        age = now - at
        if age < NOTHING:
            continue
        kind = one.get("kind")
        if kind == "call":
            seconds = one.get("seconds")
            if age < FORTNIGHT:
                talked = True
            if seconds is not None and seconds >= 30:
                reached = True
                if age < MONTH:
                    calls += 1
        elif kind == "email":
            if age < FORTNIGHT:
                talked = True
        elif kind == "price_page":
            if age < MONTH:
                price_days.add(at.astimezone(ZONE).date())
        elif kind == "inquiry":
            if age < QUARTER:
                inquiries += 1
        elif kind == "material_request":
            if age < QUARTER:
                days = today - at.astimezone(ZONE).toordinal()
                if days < 90:
                    requests += FADING[days]
        elif kind == "trial":
            if age < QUARTER:
                trials += HALVING[today - at.astimezone(ZONE).toordinal()]
        elif kind == "seminar":
            if age < HALF_YEAR:
                seminar = True
        elif kind == "newsletter":
            newsletter = True
        elif kind is None and age < FORTNIGHT:
            maybe_talked = True
        if not event and age < QUARTER and one.get("channel") == "event":
            event = True
    interest = min((5_000_000 * requests * 2 + ONE) // (2 * ONE) + 5_000_000 * inquiries, 20_000_000)
    trying = min((10_000_000 * trials * 2 + ONE) // (2 * ONE), 20_000_000)
    whole = (10 if seminar else 0) + (5 if newsletter else 0) + min(5 * len(price_days), 15)
    whole += (3 if event else 0) + (4 if talked else 0) + (6 if calls >= 2 else 0)
    intent = min(interest + trying + whole * 1_000_000, 60_000_000)
    warm, hot = intent >= 15_000_000, intent >= 35_000_000
    stage = "SQL" if warm and reached and hot else "SAL" if warm and reached else "MQL" if warm else None
    return (
        intent,
        stage,
        _route(lead.get("employees"), warm, hot, True if talked else None if maybe_talked else False),
    )


def decide_many(leads: list[dict[str, Any]], events: list[dict[str, Any]], now: datetime) -> list[Answer]:
    """About many leads; each event says whose it is."""
    by_lead: dict[str, list[dict[str, Any]]] = {}
    for event in events:
        by_lead.setdefault(event["lead"], []).append(event)
    return [decide(lead, by_lead.get(lead["id"], ()), now) for lead in leads]


def _route(size: int | None, warm: bool, hot: bool, talked: bool | None) -> str:
    """The first entry that holds; an unknown one above it might hold too."""
    if size is not None and size >= 5000:
        return "key_account"
    if size is None or (hot and talked is None):
        return "undecided"
    return "hot" if hot and talked else "warm" if warm else "otherwise"
