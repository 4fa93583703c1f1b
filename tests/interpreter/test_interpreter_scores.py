"""Scores and their bounds: rulings 25, 26, 28, 76, 77."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import ir_builders as b
import pytest

from leadpolicy.compiler import ir
from leadpolicy.compiler.interpreter import run

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)

TITLES = b.choice("manager", "in_charge", "staff")
FIELDS = [
    b.fact_field("title", TITLES),
    b.fact_field("size", b.INT),
    b.fact_field("budget", b.MONEY),
    b.fact_field("email", b.EMAIL),
    b.fact_field("ok", b.BOOL),
    b.fact_field("created", b.TIME),
    b.fact_field("regions", b.list_of(b.TEXT)),
    b.fact_field("owner", b.ref("Member"), role="owner", markers=("?",)),
]
MEMBER = b.fact("Member", b.fact_field("level", b.choice("senior", "junior")))
TITLE = b.field("title", TITLES)
SIZE = b.field("size", b.INT)
BUDGET = b.field("budget", b.MONEY)
EMAIL = b.field("email", b.EMAIL)
DOMAIN = b.call("domain", EMAIL)
OK = b.field("ok", b.BOOL)
REGIONS = b.field("regions", b.list_of(b.TEXT))
LEVEL = b.field("owner.level", b.choice("senior", "junior"), nothing=True)


def bounds(*entries: Any, low: int | None = None, high: int | None = None, **values: Any) -> tuple[Any, ...]:
    """(low, value, high) of a score of these entries."""
    policy = b.make_policy(FIELDS, [MEMBER], scores=[b.score("fit", *entries, low=low, high=high)])
    scores: Any = run(policy, {"id": "L1", **values}, now=NOW).decision()["scores"]
    return tuple(scores["fit"][k] for k in ("low", "value", "high"))


def test_ruling_26_entries_on_one_field_count_together() -> None:
    entries = [b.plain(10, b.eq(TITLE, "manager")), b.plain(5, b.eq(TITLE, "in_charge"))]
    assert bounds(*entries) == (0, 0, 10)
    assert bounds(*entries, title="in_charge") == (5, 5, 5)


def test_ruling_26_is_known_counts_as_unknown_while_the_field_is() -> None:
    assert bounds(b.plain(5, b.known(SIZE))) == (0, 0, 5)
    assert bounds(b.plain(5, b.unknown(SIZE))) == (0, 5, 5)
    assert bounds(b.plain(-5, b.possibly(OK))) == (-5, -5, 0)
    assert bounds(b.plain(5, b.certainly(OK))) == (0, 0, 5)


def test_ruling_26_an_entry_that_nothing_can_change_is_settled() -> None:
    assert bounds(b.plain(5, b.both(OK, b.gt(SIZE, 3))), ok=False) == (0, 0, 0)
    assert bounds(b.plain(5, b.either(OK, b.gt(SIZE, 3))), ok=True) == (5, 5, 5)


def test_ruling_26_values_between_and_beyond_those_compared_with_are_tried() -> None:
    middle = b.plain(5, b.both(b.gt(SIZE, 3), b.lt(SIZE, 5)))
    assert bounds(middle) == (0, 0, 5)
    # No whole number lies between 3 and 4, but an amount of money does.
    assert bounds(b.plain(5, b.both(b.gt(SIZE, 3), b.lt(SIZE, 4)))) == (0, 0, 0)
    assert bounds(b.plain(5, b.both(b.gt(BUDGET, 3), b.lt(BUDGET, 4)))) == (0, 0, 5)


def test_ruling_26_a_whole_number_compared_with_a_fraction_is_rounded_both_ways() -> None:
    half = b.const("2.5", b.NUMBER)
    assert bounds(b.plain(5, b.both(b.gt(SIZE, half), b.lt(SIZE, 4)))) == (0, 0, 5)
    assert bounds(b.plain(5, b.eq(SIZE, half))) == (0, 0, 0)


def test_ruling_26_trial_values_stay_within_what_numbers_can_be() -> None:
    most = b.const("999999999999", b.INT)
    assert bounds(b.plain(5, b.gt(SIZE, most))) == (0, 0, 0)
    assert bounds(b.plain(5, b.ge(SIZE, most))) == (0, 0, 5)


def test_ruling_26_bands_on_one_field() -> None:
    entry = b.bands(SIZE, (15, b.ge(SIZE, 1000)), (10, b.between(SIZE, 200, 999)), (5, b.ge(SIZE, 50)))
    other = b.plain(-10, b.ge(SIZE, 1000))
    assert bounds(entry, other) == (0, 0, 10)
    assert bounds(entry, other, size=1000) == (5, 5, 5)


def test_ruling_26_the_domain_is_a_field_beside_the_email() -> None:
    free = b.plain(-10, b.is_in(DOMAIN, b.texts("qq.com", "163.com")))
    other = b.plain(3, b.eq(DOMAIN, "qq.com"))
    nowhere = b.plain(2, b.no(b.known(DOMAIN)))
    assert bounds(free, other) == (-10, 0, 0)
    assert bounds(nowhere) == (0, 2, 2)
    assert bounds(free, other, b.plain(1, b.known(EMAIL))) == (-10, 0, 1)


def test_ruling_26_two_unknown_fields_stand_alone() -> None:
    both = b.plain(5, b.both(OK, b.gt(SIZE, 3)))
    assert bounds(both, b.plain(-5, b.gt(SIZE, 3))) == (-5, 0, 5)
    assert bounds(both, b.plain(-5, b.gt(SIZE, 3)), ok=True) == (0, 0, 0)


def test_ruling_26_a_field_used_otherwise_stands_alone() -> None:
    young = b.plain(5, b.le(b.call("age", b.field("created", b.TIME)), b.hours(1)))
    old = b.plain(-5, b.gt(b.call("age", b.field("created", b.TIME)), b.hours(1)))
    assert bounds(young, old) == (-5, 0, 5)
    self_compared = b.plain(5, b.lt(SIZE, SIZE))
    assert bounds(self_compared) == (0, 0, 5)
    assert bounds(b.plain(5, b.gt(b.arith("mul", SIZE, 2), 4))) == (0, 0, 5)


def test_ruling_26_a_list_that_may_have_more_stands_alone() -> None:
    north = b.plain(5, b.is_in(b.const("north"), REGIONS))
    assert bounds(north, regions=["south", None]) == (0, 0, 5)
    assert bounds(north, regions=["south"]) == (0, 0, 0)
    assert bounds(north, regions=["north", None]) == (5, 5, 5)


def test_ruling_26_points_from_an_unknown_value_are_bounded_by_the_range() -> None:
    seats = b.plain(b.arith("mul", SIZE, 2))
    assert bounds(seats, low=-10, high=60) == (-10, 0, 60)
    assert bounds(seats, low=-10, high=60, size=20) == (40, 40, 40)
    assert bounds(b.group(seats, limit=7)) == (-7, 0, 7)


def test_ruling_26_a_path_is_one_field_that_can_be_nothing() -> None:
    senior, junior = b.plain(10, b.eq(LEVEL, "senior")), b.plain(5, b.eq(LEVEL, "junior"))
    other = b.plain(3, b.no(b.eq(LEVEL, "senior")))
    assert bounds(senior, junior, owner="?") == (0, 0, 10)
    assert bounds(other, owner="?") == (0, 0, 3)
    assert bounds(senior, other, owner=None) == (3, 3, 3)


def test_ruling_26_nothing_is_tried_where_the_field_can_be_nothing() -> None:
    for source, low in ((LEVEL, 0), (DOMAIN, 0), (b.field("owner.level", TITLES), 0)):
        absent = b.plain(5, b.both(b.no(b.known(source)), b.no(b.unknown(source))))
        can_be = isinstance(source, ir.Call) or source.nothing
        assert bounds(absent, owner="?") == (low, 0, 5 if can_be else 0)


def test_ruling_26_lets_are_looked_through() -> None:
    big = b.let("big", b.gt(SIZE, 100))
    score = b.score("fit", b.plain(5, b.let_ref(big)), b.plain(3, b.no(b.let_ref(big))))
    scores: Any = run(b.make_policy(FIELDS, [MEMBER], lets=[big], scores=[score]), {"id": "L1"}, now=NOW).decision()
    assert scores["scores"]["fit"] == {"value": 0, "low": 0, "high": 5}


def test_ruling_26_the_range_cuts_all_three() -> None:
    entries = [b.plain(50), b.plain(40, b.gt(SIZE, 3)), b.plain(-70, b.gt(BUDGET, 3))]
    assert bounds(*entries, low=-10, high=60) == (-10, 50, 60)


def test_ruling_26_a_sum_adds_the_bounds_of_its_parts() -> None:
    fit = b.score("fit", b.plain(10, b.gt(SIZE, 3)))
    spam = b.score("spam", b.plain(4, b.gt(BUDGET, 3)), b.plain(1))
    half = b.arith("div", b.score_ref("spam"), 2)
    total = b.score_expr("total", b.arith("sub", b.arith("mul", b.score_ref("fit"), 2), half), low=0, high=18)
    policy = b.make_policy(FIELDS, [MEMBER], scores=[fit, spam, total])
    scores: Any = run(policy, {"id": "L1", "size": 5}, now=NOW).decision()["scores"]
    assert scores["spam"] == {"value": 1, "low": 1, "high": 5}
    assert {k: float(v) for k, v in scores["total"].items()} == {"value": 18, "low": 17.5, "high": 18}


def test_ruling_76_points_by_choice() -> None:
    entry = b.points(TITLE, manager=10, in_charge="2.5")
    assert bounds(entry) == (0, 0, 10)
    assert bounds(entry, title="manager") == (10, 10, 10)
    assert bounds(entry, title="staff") == (0, 0, 0)
    assert bounds(entry, b.plain(5, b.eq(TITLE, "staff"))) == (0, 0, 10)


def test_ruling_28_a_cap_on_negative_points_limits_their_size() -> None:
    assert bounds(b.group(b.plain(-30), limit=20), b.plain(1)) == (-19, -19, -19)


def test_ruling_77_a_group_is_cut_before_it_is_added() -> None:
    grouped = b.group(b.plain(15), b.plain(15, b.gt(SIZE, 3)), limit=20)
    assert bounds(grouped, b.plain(5)) == (20, 20, 25)
    assert bounds(grouped, b.plain(5), size=5) == (25, 25, 25)


def test_ruling_25_a_comparison_with_a_score_is_never_unknown() -> None:
    score = b.score("fit", b.plain(10, b.gt(SIZE, 3)))
    gate = b.gate("good", b.criterion("fit", b.ge(b.score_ref("fit"), b.const(5))))
    policy = b.make_policy(FIELDS, [MEMBER], scores=[score], gates=[gate])
    case = run(policy, {"id": "L1"}, now=NOW)
    assert case.truth(b.when(b.ge(b.score_ref("fit"), b.const(5)))) is False
    assert case.truth(b.when(b.ge(b.score_ref("fit", "high"), b.const(5)))) is True
    gates: Any = case.decision()["gates"]
    assert gates["good"]["verdict"] == "fail"


def test_a_band_that_is_unknown_above_the_first_true_one_makes_the_entry_unknown() -> None:
    entry = b.bands(SIZE, (5, b.gt(BUDGET, 10)), (3, b.gt(SIZE, 1)))
    assert bounds(entry, size=5) == (0, 0, 5)
    assert bounds(entry, size=5, budget=1) == (3, 3, 3)


@pytest.mark.parametrize("nothing_points", [b.arith("div", b.const(1), 0)])
def test_points_that_are_nothing_give_0(nothing_points: ir.Expr) -> None:
    assert bounds(b.plain(nothing_points)) == (0, 0, 0)
