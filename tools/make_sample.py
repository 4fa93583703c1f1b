"""Make the sample that `make demo` runs over: rulesets/sample/leads.csv and members.csv.

    python tools/make_sample.py [FOLDER]

Everything is invented: company names are put together from syllables, company mail ends in `.example`
(reserved), free mailboxes are called `sample-…`, telephone numbers begin with 100, as no telephone does.
The same seed gives the same bytes.
Two rows are broken on purpose (`BROKEN`), so that a run shows what happens to them.
"""

from __future__ import annotations

import csv
import io
import random
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

SEED = 20261120
LEADS = 300
NOW = datetime(2026, 11, 20, 10, 0)
BROKEN: Mapping[int, tuple[str, str]] = {87: ("employees", "many"), 214: ("source", "billboard")}

MISSING = ("", "", "", "未知", "Select", "-")
REGIONS = ("华北", "华东", "华南", "华中", "西北", "西南", "North", "East", "South")
INDUSTRIES = ("软件", "制造业", "金融", "零售", "教育", "software", "manufacturing", "finance", "retail")
DEPARTMENTS = ("市场部", "销售部", "采购部", "marketing", "sales", "IT")
NEEDS = ("引流", "降低获客成本", "销售周期太长", "more leads", "one view of all leads", "fewer duplicates")
CHINESE_FIRST = ("云", "青", "北", "远", "明", "星", "泽", "嘉", "朗", "禾")
CHINESE_SECOND = ("岚", "舟", "岭", "榆", "澄", "砾", "翎", "槐", "屿", "芷")
CHINESE_KIND = ("科技", "制造", "金服", "教育", "物流", "商贸")
LATIN_FIRST = ("Bel", "Cor", "Dun", "Fen", "Gal", "Hol", "Kes", "Lum", "Mor", "Nor")
LATIN_SECOND = ("avia", "ento", "idan", "omar", "ustra", "ylex", "ovik", "andel")
LATIN_KIND = ("Systems", "Works", "Software", "Foods", "Logistics", "Capital")
ADOPTION = ("1 month", "2 months", "3 months", "6 months", "1 year", "30 days", "1个月", "3个月", "P4M")
BUDGETS = ("0", "20000", "30000", "50000", "80000", "120000", "300000", "800000 CNY", "1200000", "2500000")
YES = ("yes", "true", "是", "1")
NO = ("no", "false", "否", "0")

MEMBERS: Sequence[Mapping[str, str]] = (
    {"id": "m1", "name": "Lin", "region": "华北", "level": "senior", "away": "no"},
    {"id": "m2", "name": "Tao", "region": "华东", "level": "senior", "away": "no"},
    {"id": "m3", "name": "Ruo", "region": "华南", "level": "junior", "away": "yes"},
    {"id": "m4", "name": "Bei", "region": "华中", "level": "junior", "away": "no"},
    {"id": "m5", "name": "Nia", "region": "西北", "level": "junior", "away": "no"},
    {"id": "m6", "name": "Oda", "region": "North", "level": "senior", "away": "-"},
)
LEFT = "m9"  # an account manager who is gone: a lead that still names one is routed like any other


def lead(rng: random.Random, number: int) -> dict[str, str]:
    """One invented lead. `warmth` ties the answers together: who gave more answers also did more."""
    warmth = rng.random()

    def maybe(values: Sequence[str], share: float) -> str:
        """One of the values in `share` of the leads, a marker or a blank in the others."""
        return rng.choice(values) if rng.random() < share else rng.choice(MISSING)

    def count(most: int) -> str:
        """A small number, higher for a warm lead; now and then not recorded."""
        return str(int(rng.random() * warmth * (most + 1))) if rng.random() < 0.93 else ""

    def flag(share: float) -> str:
        return rng.choice(YES if rng.random() < share else NO) if rng.random() < 0.95 else ""

    company, domain = _company(rng)
    created = NOW - timedelta(minutes=rng.randint(1, 60 * 24 * 60))
    seen = created + timedelta(minutes=rng.randint(0, max(1, int((NOW - created).total_seconds() // 60))))
    return {
        "id": f"L{number:03d}",
        "company": company,
        "title": maybe(("manager", "in_charge", "staff"), 0.85),
        "industry": maybe(INDUSTRIES, 0.8),
        "department": maybe(DEPARTMENTS, 0.75),
        "employees": maybe([str(_employees(rng))], 0.55 + 0.35 * warmth),
        "region": maybe(REGIONS, 0.9),
        "email": maybe((f"info@{domain}", f"buyer@{domain}", f"sample-{_word(rng)}{number}@{_mailbox(rng)}"), 0.85),
        "phone": maybe((f"1000000{number:04d}", f"+86 100-0000-{number:04d}"), 0.7),
        "source": rng.choice(("form", "form", "seminar", "wechat", "agent", "import")),
        "budget": maybe(BUDGETS, 0.45 + 0.45 * warmth),
        "authority": maybe(("decision_maker", "influencer", "user"), 0.4 + 0.5 * warmth),
        "need": maybe(NEEDS, 0.4 + 0.5 * warmth),
        "adopts_in": maybe(ADOPTION, 0.4 + 0.55 * warmth),
        "material_requests": count(4),
        "inquiries": count(3),
        "trials": count(2),
        "seminar": flag(0.6 * warmth),
        "newsletter": flag(0.5),
        "price_views": count(6),
        "last_seen": seen.strftime("%Y-%m-%d %H:%M") if rng.random() < 0.9 else "",
        "account_manager": _account_manager(rng),
        "created_at": created.strftime("%Y-%m-%d %H:%M"),
    }


def leads() -> str:
    """leads.csv, as text."""
    rng = random.Random(SEED)
    rows = [lead(rng, number) for number in range(1, LEADS + 1)]
    for number, (field, text) in BROKEN.items():
        rows[number - 1][field] = text
    return _csv(rows)


def members() -> str:
    """members.csv, as text."""
    return _csv(MEMBERS)


def main(arguments: Sequence[str]) -> None:
    """Write both files into the folder named, or into rulesets/sample."""
    home = Path(__file__).resolve().parents[1] / "rulesets" / "sample"
    folder = Path(arguments[0]) if arguments else home
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in (("leads.csv", leads()), ("members.csv", members())):
        (folder / name).write_bytes(text.encode("utf-8"))
        print(f"{folder / name}: {len(text.splitlines()) - 1} rows")


def _company(rng: random.Random) -> tuple[str, str]:
    """An invented company, and a mail domain that can't exist."""
    latin = rng.choice(LATIN_FIRST) + rng.choice(LATIN_SECOND)
    if rng.random() < 0.03:
        return f"{latin} 竞品软件", f"{latin.lower()}.example"
    if rng.random() < 0.6:
        name = rng.choice(CHINESE_FIRST) + rng.choice(CHINESE_SECOND) + rng.choice(CHINESE_KIND)
        return name, f"{latin.lower()}.example"
    return f"{latin} {rng.choice(LATIN_KIND)}", f"{latin.lower()}.example"


def _employees(rng: random.Random) -> int:
    """Many small companies, few large ones."""
    return int(5 * 10 ** (rng.random() ** 1.5 * 3.6))


def _mailbox(rng: random.Random) -> str:
    return rng.choice(("163.com", "qq.com", "gmail.com", "outlook.com", "mailinator.com"))


def _word(rng: random.Random) -> str:
    return (rng.choice(LATIN_FIRST) + rng.choice(LATIN_SECOND)).lower()


def _account_manager(rng: random.Random) -> str:
    if rng.random() < 0.08:
        return rng.choice([*(str(member["id"]) for member in MEMBERS), LEFT])
    return ""


def _csv(rows: Iterable[Mapping[str, str]]) -> str:
    rows = list(rows)
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


if __name__ == "__main__":
    main(sys.argv[1:])
