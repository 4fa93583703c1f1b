"""Leads for the benchmarks: the X Education rows where they are present, else invented ones of the same shape."""

from __future__ import annotations

import csv
import random
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data" / "x-education-leads" / "Leads.csv"
RULESET = ROOT / "rulesets" / "x_education"
WHOLE = {"visits"}
DECIMAL = {"site_time", "pages"}
YES_NO = {"do_not_email", "do_not_call", "interview_book"}


def x_education() -> tuple[list[dict[str, Any]], str]:
    """Leads with typed values as a host would hold them (absent where unknown), and where they come from."""
    if not DATA.exists():
        return _invented(9240), "invented rows"
    columns = tomllib.loads((RULESET / "x_education.map.toml").read_text(encoding="utf-8"))["columns"]
    with DATA.open(encoding="utf-8-sig", newline="") as file:
        return [_typed(row, columns) for row in csv.DictReader(file)], "X Education rows"


def _typed(row: dict[str, str], columns: dict[str, str]) -> dict[str, Any]:
    lead: dict[str, Any] = {}
    for field, column in columns.items():
        text = row[column].strip()
        if text in {"", "Select"}:
            continue
        if field in WHOLE:
            lead[field] = int(float(text))
        elif field in DECIMAL:
            lead[field] = float(text)
        elif field in YES_NO:
            lead[field] = text == "Yes"
        else:
            lead[field] = text
    return lead


def _invented(count: int) -> list[dict[str, Any]]:
    """The same fields with values of the same kinds, a third of them missing; the seed is fixed."""
    rng = random.Random(20261123)
    pools: dict[str, list[Any]] = {
        "origin": ["API", "Landing Page Submission", "Lead Add Form", "Lead Import"],
        "source": ["Google", "Direct Traffic", "Olark Chat", "Reference", "Organic Search", "bing"],
        "do_not_email": [False, False, False, True],
        "do_not_call": [False],
        "visits": list(range(15)),
        "site_time": [0, 120, 431, 610.5, 950, 1400],
        "pages": [0, 1.5, 2, 3.33, 6, 9],
        "occupation": ["Unemployed", "Working Professional", "Student", "Other"],
        "specialization": ["Finance Management", "E-COMMERCE", "Travel and Tourism"],
        "heard_from": ["Word Of Mouth", "Online Search"],
        "country": ["India", "India", "Oman"],
        "city": ["Mumbai", "Thane & Outskirts"],
        "interview_book": [True, False],
        "profile_index": ["03.Low", "02.Medium", "01.High"],
        "activity_index": ["03.Low", "02.Medium", "01.High"],
        "tag": ["Ringing", "invalid number", "Already a student"],
    }
    leads = []
    for number in range(count):
        lead: dict[str, Any] = {"id": f"i{number}"}
        lead |= {f: rng.choice(values) for f, values in pools.items() if rng.random() > 0.33}
        leads.append(lead)
    return leads
