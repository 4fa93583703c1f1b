"""How the cost of a change grows: with the leads that there are, with the rules that don't match, and over a million
activities."""

from __future__ import annotations

import gc
import random
import subprocess
import sys
import time
from typing import Any

from benchmarks.matching import ours
from benchmarks.matching.footprint import resident
from benchmarks.matching.guests import NOW, activity, memory
from leadpolicy import Policy
from leadpolicy.engine.session.operations import Insert
from leadpolicy.engine.session.session import Session

_FEW, _MANY = 1_000, 100_000
_CHUNK = 10_000
_CHANGES = 5_000

_FACTS = """policy rules version "1" {
  about Lead
}
fact Lead {
  id:      text key
  company: text
  status:  one of [new, contacted, won]
  size:    int
}
fact Partner {
  company: text
  related: text
}
"""
_RULE = """rule rule_{0} {{
  when lead:    Lead where company is "c{0}" and status is not new
  when partner: Partner where company is lead.company
  then flag lead as related
}}
"""


def leads() -> dict[str, Any]:
    """An activity inserted where there are few leads and where there are many, five activities each; and beside it,
    what it takes to look up in two dicts the lead and the activities that are there, and read a value of each: what
    the memory of the machine alone makes of so many."""
    best = [float("inf")] * 2
    looked = [float("inf")] * 2
    held = []
    for count in (_FEW, _MANY):
        data = memory(leads=count, activities=count * 5, links=count // 3)
        one = ours.Leads()
        one.load(data)
        held.append((one, data))
    gc.collect()
    for turn in range(6):
        for i, (one, data) in enumerate(held):
            luck = random.Random(turn)
            people = [row["id"] for row in data.members]
            rows = [activity(luck, data.leads, people, turn * _CHANGES + n) for n in range(_CHANGES)]
            start = time.process_time()
            for row in rows:
                one.activity(row)
            best[i] = min(best[i], (time.process_time() - start) / _CHANGES)
            luck = random.Random(turn + 100)
            rows = [activity(luck, data.leads, people, n) for n in range(_CHANGES)]
            by_key, by_lead = one.session.keyed_by_name["Lead"], _activities(one.session)
            start = time.process_time()
            for row in rows:
                key = row["of"]
                hash(by_key[key][-2])
                hash(by_lead.get(key, ((0,),))[-1][0])
            looked[i] = min(looked[i], (time.process_time() - start) / _CHANGES)
    return {
        "growth: µs to look up a lead and its activities at 1,000 leads": round(looked[0] * 1e6, 2),
        "growth: µs to look up a lead and its activities at 100,000 leads": round(looked[1] * 1e6, 2),
        "growth: µs to insert an activity at 1,000 leads": round(best[0] * 1e6, 2),
        "growth: µs to insert an activity at 100,000 leads": round(best[1] * 1e6, 2),
        "growth: times as much at 100,000 leads": round(best[1] / best[0], 2),
    }


def _activities(session: Session) -> dict[object, Any]:
    """The index by which a lead's activities are found."""
    place = next(i for i, fact in enumerate(session.declared) if fact.name == "Activity")
    return session.records.by_link[place]


def rules() -> dict[str, Any]:
    """A lead inserted, then updated, under few rules and under many, of which one matches it at most."""
    sessions = [_session(count) for count in (10, 1_000)]
    best = [float("inf")] * 2
    for turn in range(6):
        for i, session in enumerate(sessions):
            start = time.process_time()
            for n in range(_CHANGES // 5):
                key = f"L{turn}-{n}"
                session.insert("Lead", {"id": key, "company": f"c{n % 2_000}", "status": "new", "size": n})
                session.update(("Lead", key), {"status": "contacted"})
            best[i] = min(best[i], (time.process_time() - start) / (_CHANGES // 5 * 2))
    return {
        "rules: µs a change under 10 rules": round(best[0] * 1e6, 2),
        "rules: µs a change under 1,000 rules": round(best[1] * 1e6, 2),
        "rules: times as much under 1,000 rules": round(best[1] / best[0], 2),
    }


def _session(count: int) -> Session:
    text = _FACTS + "".join(_RULE.format(number) for number in range(count))
    return Policy.from_source(text).session(now=NOW)


def million() -> dict[str, Any]:
    """A million activities of 10,000 leads, inserted one by one, in a process of its own."""
    line = [sys.executable, "-m", "benchmarks.matching.growth"]
    spent, grown = subprocess.run(line, check=True, capture_output=True, text=True).stdout.split()
    return {
        "a million activities: µs each": round(float(spent), 2),
        "a million activities: bytes each": round(int(grown) / 1e6),
    }


def _million() -> None:
    """Print the seconds, and the bytes by which the process grew."""
    data = memory(activities=0)
    session = ours.Leads().session
    session.batch([Insert("Member", row) for row in data.members] + [Insert("Lead", row) for row in data.leads])
    luck = random.Random(5)
    people = [row["id"] for row in data.members]
    rows: list[dict[str, Any]] = []
    gc.collect()
    before, spent = resident(), 0.0
    for chunk in range(100):
        rows = [activity(luck, data.leads, people, chunk * _CHUNK + n) for n in range(_CHUNK)]
        for row in rows:
            row["at"] = min(row["at"], NOW)
        start = time.process_time()
        for row in rows:
            session.insert("Activity", row)
        spent += time.process_time() - start
    rows.clear()
    gc.collect()
    print(spent, resident() - before)


if __name__ == "__main__":
    _million()
