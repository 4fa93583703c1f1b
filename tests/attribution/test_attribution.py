"""Attribution: what always holds, and the rulings one by one (10, 13, 69 to 72)."""

from __future__ import annotations

import os
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadpolicy.engine import attribution as a
from leadpolicy.engine.decay import ONE, factor, halving_table
from leadpolicy.engine.times import ZoneDeclaration

DAY = 86_400_000_000
HOUR = DAY // 24
LIMIT = int(os.environ.get("LEADPOLICY_EXAMPLES", "100"))
NAMES = (a.LEAD_CREATED, a.OPPORTUNITY_CREATED, a.CUSTOMER_CLOSED)
CHANNELS = ("direct", "search", "event")
ALL, OTHERS, FIRST, LAST = (a.Positional(p) for p in ("all", "others", "first", "last"))

touches = st.lists(
    st.builds(
        a.Touch,
        at=st.integers(0, 400).map(lambda hours: hours * HOUR),
        channel=st.sampled_from([*CHANNELS, None]),
        key=st.sampled_from(["a", "b", None]),
    ),
    max_size=12,
)
times = st.dictionaries(st.sampled_from(NAMES), st.none() | st.integers(-10, 410).map(lambda h: h * HOUR))
shares = st.builds(
    a.Share,
    amount=st.integers(1, 1_000_000),
    role=st.sampled_from([ALL, OTHERS, FIRST, LAST]) | st.sampled_from(NAMES).map(a.Instant),
    halving=st.none() | st.integers(1, 30),
)
models = st.builds(
    a.Model,
    shares=st.lists(shares, min_size=1, max_size=5).map(tuple),
    where=st.sampled_from([None, a.last_of("search").where, a.last_non_direct().where]),
    window=st.none() | st.integers(1, 300).map(lambda hours: hours * HOUR),
) | st.sampled_from([a.FIRST_TOUCH, a.LEAD_CREATION, a.LAST_TOUCH, a.LINEAR, a.U_SHAPED, a.W_SHAPED, a.FULL_PATH])


@settings(max_examples=LIMIT, deadline=None)
@given(touches, models, times)
def test_credit_sums_to_one_or_nothing(some: list[a.Touch], model: a.Model, when: dict[str, int | None]) -> None:
    found = a.attribute(some, model, when)
    assert sum(found) in {0, 1}
    assert all(c >= 0 for c in found)
    assert sum(a.by_channel(some, found).values()) == sum(found)
    if model.where is None and any(s.role in {ALL, FIRST, LAST} for s in model.shares):
        assert sum(found) == (1 if some else 0)
    if model.where is not None:
        assert all(c == 0 for touch, c in zip(some, found, strict=True) if model.where(touch) is not True)


@settings(max_examples=LIMIT, deadline=None)
@given(touches, models, times, st.randoms(use_true_random=False))
def test_the_order_of_rows_says_nothing_where_times_and_keys_differ(
    some: list[a.Touch], model: a.Model, when: dict[str, int | None], random: object
) -> None:
    distinct = list({(t.at, t.key or ""): t for t in some}.values())
    shuffled = distinct[:]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    found = dict(zip(map(id, distinct), a.attribute(distinct, model, when), strict=True))
    again = dict(zip(map(id, shuffled), a.attribute(shuffled, model, when), strict=True))
    assert found == again


@settings(max_examples=LIMIT, deadline=None)
@given(touches, models, times)
def test_scaling_all_shares_changes_nothing(some: list[a.Touch], model: a.Model, when: dict[str, int | None]) -> None:
    doubled = a.Model(
        tuple(a.Share(2 * s.amount, s.role, s.halving) for s in model.shares), model.where, model.window
    )
    assert a.attribute(some, doubled, when) == a.attribute(some, model, when)


def test_at_one_time_the_key_and_then_arrival_decide() -> None:
    same = [a.Touch(0, "x", key="b"), a.Touch(0, "y", key="a"), a.Touch(0, "z", key="b")]
    assert a.attribute(same, a.FIRST_TOUCH) == (0, 1, 0)
    assert a.attribute(same, a.LAST_TOUCH) == (0, 0, 1)


def test_a_time_gives_its_role_to_the_last_touch_at_or_before_it() -> None:
    some = [a.Touch(0), a.Touch(DAY), a.Touch(2 * DAY)]
    for at, expected in [
        (DAY, (0, 1, 0)),
        (2 * DAY - 1, (0, 1, 0)),
        (9 * DAY, (0, 0, 1)),
        (0, (1, 0, 0)),
        (-1, (0, 0, 0)),  # before all touches: nobody has it
        (None, (0, 0, 0)),
    ]:
        assert a.attribute(some, a.LEAD_CREATION, {a.LEAD_CREATED: at}) == expected


def test_the_window_reaches_back_from_the_last_touch_that_remains() -> None:
    some = [
        a.Touch(0, "search"),
        a.Touch(5 * DAY, "search"),
        a.Touch(10 * DAY, "search"),
        a.Touch(90 * DAY, "direct"),
    ]
    narrow = a.Model(a.LINEAR.shares, a.last_non_direct().where, window=10 * DAY)
    assert a.attribute(some, narrow) == (0, Fraction(1, 2), Fraction(1, 2), 0)  # exactly ten days: outside
    wider = a.Model(a.LINEAR.shares, a.last_non_direct().where, window=10 * DAY + 1)
    assert a.attribute(some, wider) == (Fraction(1, 3), Fraction(1, 3), Fraction(1, 3), 0)


def test_an_unknown_condition_does_not_count() -> None:
    some = [a.Touch(0, "search"), a.Touch(DAY, None)]
    assert a.attribute(some, a.last_non_direct()) == (1, 0)
    assert a.attribute(some[1:], a.last_non_direct()) == (0,)


def test_others_with_none_left_is_absent() -> None:
    some = [a.Touch(0), a.Touch(DAY)]
    found = a.attribute(some, a.U_SHAPED, {a.LEAD_CREATED: DAY})
    assert found == (Fraction(1, 2), Fraction(1, 2))


def test_decay_counts_midnights_of_the_zone() -> None:
    east = ZoneDeclaration("+08", 8 * 3600, ())
    some = [a.Touch(15 * HOUR), a.Touch(17 * HOUR)]  # 23:00 and 01:00 there, one day here
    assert a.attribute(some, a.time_decay(1)) == (Fraction(1, 2), Fraction(1, 2))
    assert a.attribute(some, a.time_decay(1), zone=east) == (Fraction(1, 3), Fraction(2, 3))


def test_what_has_faded_wholly_has_no_part() -> None:
    some = [a.Touch(0), a.Touch(400 * DAY)]
    assert a.attribute(some, a.time_decay(7)) == (0, 1)
    others = a.Model((a.Share(1, LAST), a.Share(1, OTHERS, halving=7)))
    assert a.attribute(some, others) == (0, 1)


@pytest.mark.parametrize("half_life", [1, 2, 3, 7, 10, 30])
def test_factors_are_rounded_exactly(half_life: int) -> None:
    """Against whole numbers alone: r is right where (2r − 1)^H · 2^d ≤ (2 · 10⁹)^H < (2r + 1)^H · 2^d."""
    exact = (2 * ONE) ** half_life
    for days in range(half_life * 33):
        r = factor(days, half_life)
        assert (2 * r + 1) ** half_life << days > exact
        assert r == 0 or (2 * r - 1) ** half_life << days <= exact
    assert halving_table(half_life)[0] == ONE
    assert factor(half_life * 10, half_life) == 976_563  # 976,562.5: half away from zero


def test_mistakes() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        halving_table(0)
    with pytest.raises(ValueError, match="more than nothing"):
        a.Model((a.Share(0, ALL),))


def test_printing_rounds_each_by_itself() -> None:
    assert [a.rounded(Fraction(n, 3)) for n in (1, 2)] == [333_333, 666_667]
    assert a.rounded(Fraction(1, 2_000_000)) == 1
