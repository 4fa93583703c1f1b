"""The reference cases of attribution, exactly; those of the shared file where it is present, and most of them here."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from leadpolicy.engine import attribution as a

GOLDEN = Path(__file__).resolve().parents[2].parent / "shared" / "golden" / "attribution.json"
DAY = 86_400_000_000
MODELS = {
    "first": a.FIRST_TOUCH,
    "lead_creation": a.LEAD_CREATION,
    "last": a.LAST_TOUCH,
    "u": a.U_SHAPED,
    "w": a.W_SHAPED,
    "full_path": a.FULL_PATH,
    "linear": a.LINEAR,
    "last_non_direct": a.last_non_direct(),
    "last_of(search)": a.last_of("search"),
    "decay_7_days": a.time_decay(7),
}
# Touches as day:channel, with the stages that they brought.
CASES = (
    (
        "0:search+lead_created+opportunity_created+customer_closed",
        {
            "first": "1.0",
            "lead_creation": "1.0",
            "last": "1.0",
            "u": "1.0",
            "w": "1.0",
            "full_path": "1.0",
            "linear": "1.0",
            "last_non_direct": "1.0",
            "last_of(search)": "1.0",
            "decay_7_days": "1.0",
        },
    ),
    (
        "0:event+lead_created 9:direct",
        {
            "first": "1.0 0.0",
            "lead_creation": "1.0 0.0",
            "last": "0.0 1.0",
            "u": "0.8 0.2",
            "w": "0.857143 0.142857",
            "full_path": "0.818182 0.181818",
            "linear": "0.5 0.5",
            "last_non_direct": "1.0 0.0",
            "last_of(search)": "0.0 0.0",
            "decay_7_days": "0.290864 0.709136",
        },
    ),
    (
        "19:event+lead_created+opportunity_created+customer_closed 41:referral",
        {
            "first": "1.0 0.0",
            "lead_creation": "1.0 0.0",
            "last": "0.0 1.0",
            "u": "0.8 0.2",
            "w": "0.9 0.1",
            "full_path": "0.9 0.1",
            "linear": "0.5 0.5",
            "last_non_direct": "0.0 1.0",
            "last_of(search)": "0.0 0.0",
            "decay_7_days": "0.101701 0.898299",
        },
    ),
    (
        "4:event+lead_created 11:search+opportunity_created 55:social",
        {
            "first": "1.0 0.0 0.0",
            "lead_creation": "1.0 0.0 0.0",
            "last": "0.0 0.0 1.0",
            "u": "0.8 0.1 0.1",
            "w": "0.6 0.3 0.1",
            "full_path": "0.580645 0.290323 0.129032",
            "linear": "0.333333 0.333333 0.333333",
            "last_non_direct": "0.0 0.0 1.0",
            "last_of(search)": "0.0 1.0 0.0",
            "decay_7_days": "0.006288 0.012576 0.981136",
        },
    ),
    (
        "7:email 73:event+lead_created 74:search+opportunity_created 80:social 80:search+customer_closed",
        {
            "first": "1.0 0.0 0.0 0.0 0.0",
            "lead_creation": "0.0 1.0 0.0 0.0 0.0",
            "last": "0.0 0.0 0.0 0.0 1.0",
            "u": "0.4 0.4 0.066667 0.066667 0.066667",
            "w": "0.3 0.3 0.3 0.05 0.05",
            "full_path": "0.225 0.225 0.225 0.1 0.225",
            "linear": "0.2 0.2 0.2 0.2 0.2",
            "last_non_direct": "0.0 0.0 0.0 0.0 1.0",
            "last_of(search)": "0.0 0.0 0.0 0.0 1.0",
            "decay_7_days": "0.000238 0.163786 0.180834 0.327571 0.327571",
        },
    ),
    (
        "13:direct 23:search 24:email 71:referral+lead_created 73:search 74:email 81:search+opportunity_created 87:email",
        {
            "first": "1.0 0.0 0.0 0.0 0.0 0.0 0.0 0.0",
            "lead_creation": "0.0 0.0 0.0 1.0 0.0 0.0 0.0 0.0",
            "last": "0.0 0.0 0.0 0.0 0.0 0.0 0.0 1.0",
            "u": "0.4 0.033333 0.033333 0.4 0.033333 0.033333 0.033333 0.033333",
            "w": "0.3 0.02 0.02 0.3 0.02 0.02 0.3 0.02",
            "full_path": "0.290323 0.025806 0.025806 0.290323 0.025806 0.025806 0.290323 0.025806",
            "linear": "0.125 0.125 0.125 0.125 0.125 0.125 0.125 0.125",
            "last_non_direct": "0.0 0.0 0.0 0.0 0.0 0.0 0.0 1.0",
            "last_of(search)": "0.0 0.0 0.0 0.0 0.0 0.0 1.0 0.0",
            "decay_7_days": "0.000287 0.000773 0.000854 0.089653 0.109288 0.120664 0.241328 0.437153",
        },
    ),
)


def touches_of(text: str) -> list[dict[str, Any]]:
    found = []
    for word in text.split():
        place, *stages = word.split("+")
        day, channel = place.split(":")
        found.append({"day": int(day), "channel": channel, "stage": stages})
    return found


def printed(given: list[dict[str, Any]], model: a.Model) -> list[Decimal]:
    """Credits as they are printed. A stage's time is that of the touch that brought it."""
    touches = [a.Touch(at=t["day"] * DAY, channel=t["channel"]) for t in given]
    times = {stage: t["day"] * DAY for t in given for stage in t.get("stage", [])}
    given_credit = a.attribute(touches, model, times)
    assert sum(given_credit) in {0, 1}
    return [Decimal(a.rounded(c)).scaleb(-6) for c in given_credit]


@pytest.mark.parametrize(("text", "credit"), CASES)
def test_reference_cases(text: str, credit: dict[str, str]) -> None:
    for name, expected in credit.items():
        assert printed(touches_of(text), MODELS[name]) == [Decimal(word) for word in expected.split()], name


@pytest.mark.skipif(not GOLDEN.exists(), reason="the shared reference cases are not here")
def test_all_shared_cases() -> None:
    shared = json.loads(GOLDEN.read_text(encoding="utf-8"), parse_float=Decimal)
    assert len(shared["cases"]) == 8
    for case in shared["cases"]:
        assert set(case["credit"]) == set(MODELS)
        for name, expected in case["credit"].items():
            assert printed(case["touches"], MODELS[name]) == expected, (name, case["touches"])


@pytest.mark.skipif(not GOLDEN.exists(), reason="the shared reference cases are not here")
def test_the_shares_are_the_shared_ones() -> None:
    shares = json.loads(GOLDEN.read_text(encoding="utf-8"), parse_float=Decimal)["shares"]
    for name, parts in shares.items():
        mine = {
            s.role.name if isinstance(s.role, a.Instant) else s.role.place: Decimal(s.amount).scaleb(-6)
            for s in MODELS[name].shares
        }
        assert mine == parts, name


def test_a_conference_and_nineteen_direct_visits() -> None:
    """Linear: 5 % for the conference, 95 % for the visits; the last non-direct touch takes all."""
    touches = [a.Touch(0, "conference"), *(a.Touch(day * DAY, "direct") for day in range(2, 21))]
    given = a.attribute(touches, a.LINEAR)
    assert a.by_channel(touches, given) == {"conference": Fraction(5, 100), "direct": Fraction(95, 100)}
    given = a.attribute(touches, MODELS["last_non_direct"])
    assert a.by_channel(touches, given) == {"conference": 1, "direct": 0}
    given = a.attribute(touches, MODELS["u"])  # no lead was created: its 40 % go to the others in proportion
    assert [Decimal(a.rounded(c)).scaleb(-6) for c in given[:2]] == [Decimal("0.666667"), Decimal("0.017544")]
