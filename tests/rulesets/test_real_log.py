"""A real log where it is present: touches of customers, played by `lead simulate`, against a count by hand."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from datetime import datetime, timedelta
from pathlib import Path

from leadpolicy.cli.simulate import Asked, simulate

POLICY = """policy touches version "1" {
  about Customer
  zone "UTC"
}
fact Customer {
  id: text key
}
event Touch of Customer {
  channel:     text
  interaction: one of [impression, conversion]
  at:          time required as happened
}
rule eager {
  when customer: Customer
  when count(Touch of customer within 7 days) >= 5
  then flag customer as eager
}
rule converted {
  when touch: Touch where interaction is conversion
  then flag touch as converted
}
"""
CUSTOMERS = 1500
WEEK = timedelta(days=7)
Rows = list[dict[str, str]]


def rows_of(file: Path) -> Rows:
    """The touches of some customers, in the order of time."""
    with file.open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    chosen = set(sorted({row["customer_id"] for row in rows})[:CUSTOMERS])
    return sorted((row for row in rows if row["customer_id"] in chosen), key=lambda row: row["time"])


def eager_by_hand(rows: Rows) -> list[tuple[datetime, str]]:
    """When a customer came to five touches in seven days. What happens at one time: touches leave the window first."""
    found = []
    times: dict[str, list[datetime]] = defaultdict(list)
    for row in rows:
        times[row["customer_id"]].append(datetime.fromisoformat(row["time"]))
    for customer, touched in times.items():
        turns = sorted([(at, 1) for at in touched] + [(at + WEEK, -1) for at in touched])
        count = 0
        for at, turn in turns:
            count += turn
            if count == 5 and turn == 1:
                found.append((at, customer))
    return sorted(found)


def log_of(rows: Rows, folder: Path) -> Path:
    """The same as a log: customers when they are first heard of."""
    log, known = folder / "touches.jsonl", set()
    with log.open("w", encoding="utf-8") as file:
        for row in rows:
            customer = row["customer_id"]
            if customer not in known:
                known.add(customer)
                file.write(json.dumps({"at": row["time"], "insert": "Customer", "record": {"id": customer}}) + "\n")
            touch = {"of": customer, "channel": row["channel"], "interaction": row["interaction"], "at": row["time"]}
            file.write(json.dumps({"fact": "Touch", **touch}) + "\n")
        file.write("not a touch\n")
    return log


def test_a_real_log_is_played_as_counted_by_hand(data: Path, tmp_path: Path) -> None:
    rows = rows_of(data / "attribution-touchpoints" / "attribution_data.csv")
    (tmp_path / "touches.lead").write_text(POLICY, encoding="utf-8")
    log, out = log_of(rows, tmp_path), tmp_path / "out.jsonl"
    assert simulate(Asked(tmp_path / "touches.lead", log, out=out), "text") == 1
    told = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    firings = [one["firing"] for one in told if "firing" in one]
    eager = [(datetime.fromisoformat(f["at"]), f["facts"][0][1]) for f in firings if f["rule"] == "eager"]
    assert sorted(eager) == eager_by_hand(rows)
    assert len(eager) > 20
    assert sum(f["rule"] == "converted" for f in firings) == sum(row["interaction"] == "conversion" for row in rows)
    assert [one["bad"]["expected"] for one in told if "bad" in one] == ["a JSON object"]
    assert told[-1]["summary"]["lines"]["bad"] == 1
