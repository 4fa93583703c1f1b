"""Behaviour scores over a lead's events, against one loop written by hand (`events_by_hand`).

Answers are compared lead by lead, a sample with the interpreter too; then alternating rounds, the best of each.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks import events_by_hand as by_hand
from leadpolicy import Policy
from leadpolicy.compiler import interpreter

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
SIZES = (0, 5, 20, 100, 500)
USUAL = 20
LEADS = 500
ROUNDS = 15
RUN_LEADS = 20_000
KINDS = ("material_request", "inquiry", "trial", "seminar", "newsletter", "price_page", "call", "email", "visit")
CHANNELS = ("direct", "search", "social", "event", "mail")

POLICY = """policy behaviour version "1" {
  zone "Asia/Shanghai"
}
fact Lead {
  id:        text key
  employees: int
  region:    text
}
event Activity of Lead {
  kind:    one of [material_request, inquiry, trial, seminar, newsletter, price_page, call, email, visit]
  channel: one of [direct, search, social, event, mail]
  seconds: int
  at:      time required as happened
}
score intent "Behaviour" from 0 to 60 {
  group "Interest" at most 20 points {
    +5  each Activity where kind is material_request  within 90 days, fading over 90 days
    +5  each Activity where kind is inquiry           within 90 days
  }
  +10 each Activity where kind is trial               within 90 days, halving every 30 days, at most 20 points
  +10 once Activity where kind is seminar             within 180 days
  +5  once Activity where kind is newsletter
  +5  once per day Activity where kind is price_page  within 30 days, at most 15 points
  +3  once Activity where channel is event            within 90 days
  +4  when any Activity where kind in [call, email] within 14 days
  +6  when count(Activity where kind is call and seconds >= 30 within 30 days) >= 2
}
let talked = any Activity where kind in [call, email] within 14 days
funnel {
  MQL: intent >= 15
  SAL: any Activity where kind is call and seconds >= 30
  SQL: intent >= 35
}
queue accounts
queue hot
queue warm
pool  public
route {
  key_account: employees >= 5000         -> queue accounts
  hot:         intent >= 35 and talked   -> queue hot
  warm:        intent >= 15              -> queue warm
  otherwise                              -> pool public
  undecided                              -> pool public
}
"""


def made_leads(number: int, events: int, seed: int = 20) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Leads, each with events as they happened; a few fields are unknown, a few events lie ahead."""
    chance = random.Random(seed)
    made = []
    for i in range(number):
        lead = {"id": f"L{i}", "region": chance.choice("abc")}
        if chance.random() < 0.97:
            lead["employees"] = chance.randint(1, 6000)  # type: ignore[assignment]
        ages = sorted((chance.uniform(-0.5, 240) for _ in range(events)), reverse=True)
        made.append((lead, [_event(chance, NOW - timedelta(days=round(age, 5))) for age in ages]))
    return made


def _event(chance: random.Random, at: datetime) -> dict[str, Any]:
    event: dict[str, Any] = {"at": at, "kind": chance.choice(KINDS), "channel": chance.choice(CHANNELS)}
    if event["kind"] == "call":
        event["seconds"] = chance.randint(0, 90)
    for name in ("kind", "channel", "seconds"):
        if name in event and chance.random() < 0.02:
            event[name] = None
    return event


def _texts(rows: list[tuple[dict[str, Any], list[dict[str, Any]]]]) -> list[Any]:
    zone = by_hand.ZONE
    return [(lead, [e | {"at": e["at"].astimezone(zone).isoformat()} for e in events]) for lead, events in rows]


def _answer(decision: Any) -> by_hand.Answer:
    return int(decision.scores["intent"].value * 1_000_000), decision.stage, decision.route.entry


def _check(policy: Policy, rows: list[Any], answers: list[by_hand.Answer]) -> None:
    for (lead, events), answer in zip(rows, answers, strict=True):
        found = _answer(policy.decide(lead, events=events, now=NOW))
        assert found == answer, (lead, found, answer)
    for lead, events in rows[:100]:
        passed = {"Activity": events}
        plain = interpreter.run(policy.ir, lead, events=passed, now=NOW).decision(trace=True)
        assert policy.decide(lead, events=events, now=NOW).to_dict(trace=True) == plain, lead


def figures() -> dict[str, Any]:
    """µs a lead and ratios, the best of some alternating rounds."""
    policy = Policy.from_source(POLICY)
    found: dict[str, Any] = {}
    for size in SIZES:
        found |= _measured(policy, size)
    return found | _many(policy) | _run()


def _measured(policy: Policy, size: int) -> dict[str, str]:
    count = max(25, min(LEADS, LEADS * USUAL // max(size, 1)))
    rows = made_leads(count, size)
    texts = _texts(rows)
    _check(policy, rows, [by_hand.decide(*row, NOW) for row in rows])
    _check(policy, texts, [by_hand.decide(*row, NOW) for row in texts])

    def ours(rows: list[Any]) -> Callable[[], None]:
        def run() -> None:
            for lead, events in rows:
                decide(lead, events=events, now=NOW)

        return run

    def hand(rows: list[Any]) -> Callable[[], None]:
        def run() -> None:
            for lead, events in rows:
                by_hand.decide(lead, events, NOW)

        return run

    def bounds() -> None:
        for lead, events in rows:
            decision = decide(lead, events=events, now=NOW)
            score = decision.scores["intent"]
            score.low, score.high, decision.missing  # noqa: B018

    decide = policy.decide
    mine, other, mine_texts, other_texts, more = _best(ours(rows), hand(rows), ours(texts), hand(texts), bounds)
    said = {f"{size} events a lead": _line(mine, other, count)}
    if size == USUAL:
        said[f"{size} events, times as text"] = _line(mine_texts, other_texts, count)
        said[f"{size} events, with low, high, missing"] = _line(more, other, count)
    return said


def _line(ours: float, hand: float, count: int) -> str:
    mine, other = (seconds / count * 1e6 for seconds in (ours, hand))
    return f"{mine:.1f} µs a lead, by hand {other:.1f} µs, ratio {ours / hand:.2f}"


def _many(policy: Policy) -> dict[str, str]:
    """All leads with all events in one list."""
    rows = made_leads(LEADS, USUAL)
    leads = [lead for lead, _ in rows]
    events = [event | {"lead": lead["id"]} for lead, its in rows for event in its]
    found = [_answer(decision) for decision in policy.decide_many(leads, events=events, now=NOW)]
    assert found == by_hand.decide_many(leads, events, NOW)

    def each() -> None:
        for _ in policy.decide_many(leads, events=events, now=NOW):
            pass

    ours, hand = _best(each, lambda: by_hand.decide_many(leads, events, NOW))
    return {f"decide_many, {USUAL} events a lead": _line(ours, hand, LEADS)}


def _run() -> dict[str, str]:
    """`lead run` as a whole process over leads and events in CSV files."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "behaviour.lead").write_text(POLICY, encoding="utf-8")
        rows = made_leads(RUN_LEADS, USUAL)
        with (folder / "leads.csv").open("w", encoding="utf-8") as leads:
            leads.write("id,employees,region\n")
            leads.writelines(f"{r['id']},{r.get('employees', '')},{r['region']}\n" for r, _ in rows)
        with (folder / "events.csv").open("w", encoding="utf-8") as events:
            events.write("lead,at,kind,channel,seconds\n")
            events.writelines(_csv(lead, event) for lead, its in rows for event in its)
        line = ["-m", "leadpolicy.cli", "run", "behaviour.lead", "leads.csv", "--events", "events.csv"]
        line += ["--now", "2026-11-23 16:00", "--out", "out.jsonl"]
        start = time.perf_counter()
        subprocess.run([sys.executable, *line], check=True, capture_output=True, cwd=folder)
        seconds = time.perf_counter() - start
        decided = len((folder / "out.jsonl").read_text(encoding="utf-8").splitlines())
    assert decided == RUN_LEADS, decided
    return {"lead run": f"{RUN_LEADS} leads with {RUN_LEADS * USUAL} events in {seconds:.1f} s"}


def _csv(lead: dict[str, Any], event: dict[str, Any]) -> str:
    values = [lead["id"], event["at"].isoformat(), *(event.get(n) for n in ("kind", "channel", "seconds"))]
    return ",".join("" if value is None else str(value) for value in values) + "\n"


def _best(*functions: Callable[[], object]) -> list[float]:
    """The least seconds of the processor for each, called in turn so that all meet the same weather."""
    best = [float("inf")] * len(functions)
    for _ in range(ROUNDS):
        for at, function in enumerate(functions):
            start = time.process_time()
            function()
            best[at] = min(best[at], time.process_time() - start)
    return best
