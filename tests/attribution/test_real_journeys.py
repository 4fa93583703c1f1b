"""Real journeys where they are present: 7,896 customers, rows in no order. Every conversion is shared out wholly."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import pytest

from leadpolicy.engine import attribution as a
from leadpolicy.engine.attribution_markov import Journey, channel_shares, credits_by_effect, removal_effects

DATA = (
    Path(__file__).resolve().parents[2].parent
    / "shared"
    / "data"
    / "attribution-touchpoints"
    / "attribution_data.csv"
)
pytestmark = pytest.mark.skipif(not DATA.exists(), reason="the touchpoints are not here")
DAY = 86_400_000_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

MODELS = {
    "first": a.FIRST_TOUCH,
    "lead creation": a.LEAD_CREATION,
    "last": a.LAST_TOUCH,
    "last but for Facebook": a.last_non_direct("Facebook"),
    "last of Paid Search": a.last_of("Paid Search"),
    "linear": a.LINEAR,
    "decay": a.time_decay(7),
    "u": a.U_SHAPED,
    "w": a.W_SHAPED,
    "full path": a.FULL_PATH,
    "w within 30 days": a.Model(a.W_SHAPED.shares, window=30 * DAY),
}
Customers = dict[str, tuple[list[a.Touch], int | None]]


@pytest.fixture(scope="module")
def customers() -> Customers:
    """Touches as they stand in the file, up to the last conversion where there is one, and its time."""
    rows: dict[str, list[tuple[a.Touch, bool]]] = defaultdict(list)
    with DATA.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            at = int((datetime.fromisoformat(row["time"]) - EPOCH).total_seconds()) * 1_000_000
            rows[row["customer_id"]].append((a.Touch(at, row["channel"]), row["conversion"] == "1"))
    found: Customers = {}
    for customer, seen in rows.items():
        won = max((touch.at for touch, converted in seen if converted), default=None)
        found[customer] = ([t for t, _ in seen if won is None or t.at <= won], won)
    return found


def test_the_file_is_the_known_one(customers: Customers) -> None:
    assert len(customers) == 7_896
    assert sum(won is not None for _, won in customers.values()) == 1_642


@pytest.mark.parametrize("name", MODELS)
def test_every_conversion_is_shared_out_wholly(name: str, customers: Customers) -> None:
    model, totals = MODELS[name], defaultdict[str | None, Fraction](Fraction)
    credited = 0
    for touches, won in customers.values():
        if won is None:
            continue
        given = a.attribute(touches, model, dict.fromkeys((a.LEAD_CREATED, a.CUSTOMER_CLOSED), won))
        qualifies = model.where is None or any(model.where(t) for t in touches)
        assert sum(given) == qualifies
        credited += qualifies
        for channel, credit in a.by_channel(touches, given).items():
            totals[channel] += credit
    assert sum(totals.values()) == credited
    assert credited == 1_642 or model.where is not None


def test_markov_shares_and_credits(customers: Customers) -> None:
    counts: Counter[tuple[tuple[str, ...], bool]] = Counter()
    for touches, won in customers.values():
        path = tuple(t.channel or "" for t in sorted(touches, key=lambda t: t.at))
        counts[path, won is not None] += 1
    seen = [Journey(path, n if won else 0, 0 if won else n) for (path, won), n in counts.items()]
    effects, shares = removal_effects(seen), channel_shares(seen)
    assert set(shares) == {"Facebook", "Instagram", "Online Display", "Online Video", "Paid Search"}
    assert sum(shares.values()) == 1
    assert all(share > 0 for share in shares.values())
    assert all(sum(credits_by_effect(t, effects)) == 1 for t, won in customers.values() if won is not None)
