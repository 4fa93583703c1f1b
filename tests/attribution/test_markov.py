"""Removal effects: cases worked out by hand, what must not matter, and another way to the same numbers."""

from __future__ import annotations

import os
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadpolicy.engine.attribution import Touch
from leadpolicy.engine.attribution_markov import Journey, channel_shares, credits_by_effect, removal_effects

LIMIT = int(os.environ.get("LEADPOLICY_EXAMPLES", "100"))
NAMES = "abcde"

journeys = st.lists(
    st.builds(
        Journey,
        channels=st.lists(st.sampled_from(NAMES), max_size=5).map(tuple),
        converted=st.integers(0, 4),
        lost=st.integers(0, 4),
    ),
    max_size=8,
)


def test_one_channel_takes_all() -> None:
    assert channel_shares([Journey(("a",), converted=1, lost=3)]) == {"a": 1}


def test_three_journeys_by_hand() -> None:
    """a → b → converted; a → lost; b → converted. From the start a 2/3, b 1/3; from a: b 1/2; from b: converted 1.

    P = 2/3 · 1/2 + 1/3 = 2/3. Without a: 1/3, so a's effect is 1/2. Without b: 0, so b's is 1.
    """
    seen = [Journey(("a", "b"), 1), Journey(("a",), 0, 1), Journey(("b",), 1)]
    assert removal_effects(seen) == {"a": Fraction(1, 2), "b": 1}
    assert channel_shares(seen) == {"a": Fraction(1, 3), "b": Fraction(2, 3)}


def test_a_loop_by_hand() -> None:
    """a → b → a → converted; a → b → lost. Start: a. From a (3 steps): b 2/3, converted 1/3; from b: a 1/2, lost 1/2.

    P(a) = 1/3 + 2/3 · 1/2 · P(a), so 1/2. Without b: 1/3, so b's effect is 1/3; without a: 0.
    """
    seen = [Journey(("a", "b", "a"), 1), Journey(("a", "b"), 0, 1)]
    assert removal_effects(seen) == {"a": 1, "b": Fraction(1, 3)}


def test_a_channel_that_leads_nowhere_gets_nothing() -> None:
    seen = [Journey(("a", "b"), 3, 1), Journey(("dummy",), 0, 5), Journey(("a", "dummy"), 0, 2)]
    assert channel_shares(seen)["dummy"] == 0
    assert sum(channel_shares(seen).values()) == 1


def test_nothing_converted() -> None:
    assert channel_shares([Journey(("a", "b"), 0, 2)]) == {"a": 0, "b": 0}
    assert channel_shares([Journey((), 3)]) == {}
    assert channel_shares([Journey(("a",), 0, 0)]) == {"a": 0}
    with pytest.raises(ValueError, match="fewer than 0"):
        removal_effects([Journey(("a",), -1)])


@settings(max_examples=LIMIT, deadline=None)
@given(journeys)
def test_shares_sum_to_one_or_nothing(seen: list[Journey]) -> None:
    effects, shares = removal_effects(seen), channel_shares(seen)
    assert all(0 <= e <= 1 for e in effects.values())
    assert sum(shares.values()) == (1 if any(j.converted and j.channels for j in seen) else 0)


@settings(max_examples=LIMIT, deadline=None)
@given(journeys, st.permutations(NAMES), st.integers(1, 7))
def test_names_order_and_scale_do_not_matter(seen: list[Journey], names: list[str], scale: int) -> None:
    other = dict(zip(NAMES, names, strict=True))
    renamed = [
        Journey(tuple(other[c] for c in j.channels), j.converted * scale, j.lost * scale) for j in reversed(seen)
    ]
    expected = {other[c]: share for c, share in channel_shares(seen).items()}
    assert channel_shares(renamed) == expected


@settings(max_examples=LIMIT, deadline=None)
@given(journeys, st.integers(2, 4))
def test_staying_on_a_channel_does_not_matter(seen: list[Journey], times: int) -> None:
    longer = [Journey(tuple(c for c in j.channels for _ in range(times)), j.converted, j.lost) for j in seen]
    assert channel_shares(longer) == channel_shares(seen)


def test_channels_that_play_one_part_get_one_share() -> None:
    seen = [Journey(("a", "x"), 2, 1), Journey(("b", "x"), 2, 1), Journey(("x",), 1, 1)]
    shares = channel_shares(seen)
    assert shares["a"] == shares["b"]


def chance(seen: list[Journey], removed: str | None) -> float:
    """The chance of converting, by walking the chain in small steps until next to nobody is on it."""
    steps: dict[str, dict[str, int]] = {}
    for j in seen:
        count, ways = j.converted + j.lost, ["start", *j.channels]
        if not j.channels:
            continue
        for here, there in pairwise(ways):
            steps.setdefault(here, {}).setdefault(there, 0)
            steps[here][there] += count
        for end, n in (("won", j.converted), ("lost", j.lost)):
            steps.setdefault(ways[-1], {}).setdefault(end, 0)
            steps[ways[-1]][end] += n
    there, won = {"start": 1.0}, 0.0
    for _ in range(3000):
        after: dict[str, float] = {}
        for state, part in there.items():
            total = sum(steps.get(state, {}).values())
            for to, n in steps.get(state, {}).items():
                if total and to == "won":
                    won += part * n / total
                elif total and to not in {"lost", removed}:
                    after[to] = after.get(to, 0.0) + part * n / total
        there = after
        if sum(there.values()) < 1e-13:
            break
    return won


@settings(max_examples=min(LIMIT, 200), deadline=None)
@given(journeys)
def test_effects_agree_with_walking_the_chain(seen: list[Journey]) -> None:
    whole = chance(seen, None)
    for name, effect in removal_effects(seen).items():
        expected = 1 - chance(seen, name) / whole if whole else 0.0
        assert float(effect) == pytest.approx(expected, abs=1e-9)


def test_twenty_channels() -> None:
    names = [f"c{n:02d}" for n in range(20)]
    seen = [
        Journey((names[i], names[(i * 7 + 3) % 20], names[(i * i + 1) % 20]), i % 3, 1 + i % 2) for i in range(20)
    ]
    assert sum(channel_shares(seen).values()) == 1


def test_credit_of_one_journey_goes_by_its_channels_effects() -> None:
    effects = {"a": Fraction(1, 2), "b": Fraction(1, 4), "z": Fraction(0)}
    some = [Touch(0, "a"), Touch(1, "b"), Touch(2, "a"), Touch(3, "z"), Touch(4, None)]
    assert credits_by_effect(some, effects) == (Fraction(1, 3), Fraction(1, 3), Fraction(1, 3), 0, 0)
    assert credits_by_effect([Touch(0, "z")], effects) == (0,)
    assert credits_by_effect([], effects) == ()
