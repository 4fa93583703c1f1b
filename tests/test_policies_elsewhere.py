"""Policies as people have them in other systems: they check and decide after a few respellings, named here."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from leadpolicy import Policy

EXAMPLES = Path(__file__).parents[2] / "shared" / "examples"

RESPELT: dict[str, tuple[tuple[str, str], ...]] = {
    "01-hubspot-score": (("  channels [slack, email]\n", "  channels [slack, email]\n  calendar work\n"),),
    "03-salesforce": (),
    "04-leandata": (
        ('from "lists/free_mail.csv" column domain', '["gmail.com", "outlook.com"]'),
        ("where (domain is domain(lead.email) and domain not in free_mail) or plain(name) is plain(lead.company)",
         "where ((domain is domain(lead.email) and domain not in free_mail) or plain(name) is plain(lead.company))"),
        ("account.id is lead.account.id)", "account.id is lead.account.id prefer latest account.touched_at)"),
    ),
    "07-wukong": (),
    "09-meddpicc": (),
    "11-consent": (),
}  # fmt: skip
MORE = {"01-hubspot-score": "calendar work {\n  mon to fri 09:00 to 17:00\n}\n"}


@pytest.mark.skipif(not EXAMPLES.is_dir(), reason="the examples stand beside the project, not in it")
@pytest.mark.parametrize("name", RESPELT)
def test_it_checks_and_decides(name: str) -> None:
    text = (EXAMPLES / f"{name}.lead").read_text("utf-8")
    for old, new in RESPELT[name]:
        assert old in text
        text = text.replace(old, new)
    policy = Policy.from_source(text + MORE.get(name, ""), name)
    record = {"id": "1", "created_at": "2026-11-20 10:00"}
    events: dict[str, list[object]] = {e: [] for e in policy.ir.reads_events}
    facts: dict[str, list[object]] = {f: [] for f in policy.ir.reads_facts}
    decision = policy.decide(record, events=events, facts=facts, now=datetime(2026, 11, 23, tzinfo=UTC))
    assert decision.to_dict()["route"]["kind"] in {"queue", "nurture", "team", "pool", "undecided"}
