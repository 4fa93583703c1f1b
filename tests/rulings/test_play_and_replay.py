"""The player of policy tests and the replay of a decision find the same times at which stages were entered."""

from __future__ import annotations

import os
from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leadpolicy import Policy
from leadpolicy.compiler.interpreter import Interpreter, Run
from leadpolicy.testing.givens import RawInput
from leadpolicy.testing.playing import Play
from tests.rulings.deciding import SHANGHAI, policy

EXAMPLES = int(os.environ.get("LEADPOLICY_EXAMPLES", "40"))
START = datetime(2026, 11, 2, 9, tzinfo=SHANGHAI)
BODY = """\
score warm from 0 to 100 {
  +8 each Activity where kind is call, halving every 1 days
}
funnel {
  touched:  any Activity where kind in [call, trial] within 2 days
  warmed:   warm < 7 or warm >= 10
  settled:  age(created_at) > 30 hours and no Activity where kind is trial within 6 hours
}
disqualify {
  pushed: count(Activity where kind is visit within 1 day) >= 2 -> DESTINATION
}
gate told {
  touched: entered(touched) is known
}
route {
  otherwise -> pool public
}
"""
POLICIES = [policy(BODY.replace("DESTINATION", where)) for where in ("closed", "queue desk")]
HOURS = st.integers(0, 120).map(lambda n: START + timedelta(minutes=30 * n))
EVENTS = st.lists(st.tuples(HOURS, st.sampled_from(["call", "call", "trial", "visit"])), max_size=7)


def played(made: Policy, lead: dict[str, object], rows: list[dict[str, object]], now: datetime) -> dict[str, int]:
    """The table that the player has at the end, visiting one instant after the other."""
    interpreter = Interpreter(made.ir)

    def decide(raw: RawInput, entered: dict[str, int]) -> Run:
        return interpreter.run(raw.lead, facts=raw.facts, events=raw.events, now=raw.now, entered=entered)

    times = sorted({_micros(START), *(_micros(row["at"]) for row in rows)})
    play = Play(made.ir, RawInput(lead, {}, {"Activity": list(rows)}, now, START, tuple(times)), decide)
    play.advance_to(_micros(now))
    return play.entered


def replayed(made: Policy, lead: dict[str, object], rows: list[dict[str, object]], now: datetime) -> dict[str, int]:
    """The table that a decision works out for itself where none is passed: the last of what it is decided by."""
    decision = made.decide(lead, now=now, facts={}, events={"Activity": rows})
    found = decision._trace().values[-1]
    assert isinstance(found, dict)
    return found


def _micros(at: object) -> int:
    assert isinstance(at, datetime)
    return round(at.timestamp()) * 10**6


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)
@given(events=EVENTS, end=HOURS, which=st.sampled_from(range(len(POLICIES))))
def test_ruling_36_47_the_player_and_the_replay_enter_stages_at_the_same_times(
    events: list[tuple[datetime, str]], end: datetime, which: int
) -> None:
    made = POLICIES[which]
    rows: list[dict[str, object]] = [
        {"id": str(i), "of": "L1", "at": at, "kind": kind} for i, (at, kind) in enumerate(events)
    ]
    lead: dict[str, object] = {"id": "L1", "created_at": START}
    assert played(made, dict(lead), rows, end) == replayed(made, lead, rows, end)
