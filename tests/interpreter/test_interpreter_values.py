"""Unknown, nothing, numbers, times and texts: rulings 1 to 5, 9, 15 to 18, 21 to 23, 79, 84."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import ir_builders as b
import pytest

from leadpolicy.compiler import ir
from leadpolicy.compiler.interpreter import InterpreterInputError, Run, run

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)


def decide(*fields: ir.FactField, zone: ir.Zone = b.SHANGHAI, **values: Any) -> Run:
    """A run of a policy that only has these fields, on a lead with these values."""
    return run(b.make_policy(fields, zone=zone), {"id": "L1", **values}, now=NOW)


def truth(expr: ir.Expr, *fields: ir.FactField, **values: Any) -> bool | None:
    return decide(*fields, **values).truth(b.when(expr))


def shown(type_: ir.Type, raw: object, **options: Any) -> object:
    """What a raw value of a type is read and printed as."""
    return decide(b.fact_field("x", type_, **options), x=raw).show(b.field("x", type_))


N = b.field("n", b.NUMBER, nothing=True)
N_FIELD = b.fact_field("n", b.NUMBER, or_none=True, markers=("?",))
U = b.field("u", b.NUMBER)
U_FIELD = b.fact_field("u", b.NUMBER)
OK = b.field("ok", b.BOOL)
OK_FIELD = b.fact_field("ok", b.BOOL)


def test_ruling_1_absent_is_unknown_unless_or_none() -> None:
    assert shown(b.TEXT, None) is None
    assert shown(b.TEXT, None, or_none=True) == "none"
    assert shown(b.TEXT, "?", or_none=True, markers=("?",)) is None
    assert shown(b.ref("Lead"), None, role="owner") == "none"


def test_ruling_2_comparing_with_nothing_is_false() -> None:
    for expr in (b.eq(N, N), b.lt(N, U), b.ge(U, N), b.between(N, 1, U), b.is_in(N, b.texts())):
        assert truth(expr, N_FIELD, U_FIELD) is False
        assert truth(b.no(expr), N_FIELD, U_FIELD) is True


def test_ruling_2_nothing_as_a_condition_is_false() -> None:
    maybe = b.field("ok", b.BOOL, nothing=True)
    maybe_field = b.fact_field("ok", b.BOOL, or_none=True)
    assert truth(maybe, maybe_field) is False
    assert truth(b.no(maybe), maybe_field) is True
    assert truth(b.either(maybe, b.const(True)), maybe_field) is True


def test_ruling_2_arithmetic_with_nothing_and_by_zero_gives_nothing() -> None:
    case = decide(N_FIELD, U_FIELD)
    assert case.show(b.arith("add", U, N)) == "none"
    assert case.show(b.arith("add", U, 1)) is None
    assert case.show(b.arith("div", b.const(Decimal(1)), 0)) == "none"


def test_ruling_2_earlier_skips_nothing_but_not_unknown() -> None:
    first, second, third = (b.field(n, b.TIME, nothing=n == "b") for n in "abc")
    fields = (b.fact_field("a", b.TIME), b.fact_field("b", b.TIME, or_none=True), b.fact_field("c", b.TIME))
    case = decide(*fields, a="2026-01-02 00:00", c="2026-01-01 00:00")
    assert case.show(b.call("earlier", first, second, third)) == "2026-01-01T00:00:00+08:00"
    assert case.show(b.call("later", first, second, third)) == "2026-01-02T00:00:00+08:00"
    assert case.show(b.call("earlier", second, second)) == "none"
    assert decide(*fields, a="2026-01-02").show(b.call("later", first, second, third)) is None


@pytest.mark.parametrize(
    ("raw", "is_known", "is_unknown"), [(5, True, False), (None, False, False), ("?", False, True)]
)
def test_ruling_3_is_known_and_is_unknown(raw: object, is_known: bool, is_unknown: bool) -> None:
    assert truth(b.known(N), N_FIELD, n=raw) is is_known
    assert truth(b.no(b.known(N)), N_FIELD, n=raw) is not is_known
    assert truth(b.unknown(N), N_FIELD, n=raw) is is_unknown


def test_ruling_3_is_known_takes_conditions() -> None:
    assert truth(b.known(b.gt(U, 3)), U_FIELD) is False
    assert truth(b.known(b.gt(U, 3)), U_FIELD, u=1) is True


def test_ruling_4_unknown_disqualifies_nobody() -> None:
    policy = b.make_policy([U_FIELD], disqualify=[b.disqualify("low", b.lt(U, 3))])
    case = run(policy, {"id": "L1"}, now=NOW)
    assert case.truth(b.when(ir.Disqualified())) is False
    assert case.decision()["disqualified"] == []
    assert case.missing_fields() == ("u",)


TAGS = b.field("tags", b.list_of(b.TEXT))
TAGS_FIELD = b.fact_field("tags", b.list_of(b.TEXT), markers=("?",))
WORD = b.field("word", b.TEXT)
WORD_FIELD = b.fact_field("word", b.TEXT)


@pytest.mark.parametrize(
    ("tags", "word", "expected"),
    [
        (["a", "b"], "a", True),
        (["a", "b"], "c", False),
        (["a", None], "a", True),
        (["a", None], "c", None),
        (["a", "?"], "c", None),
        ([], None, False),
        (["a"], None, None),
        ([None], None, None),
        (None, "a", None),
        ("a； b、 ;c", "b", True),
        ('["a", null]', "b", None),
    ],
)
def test_ruling_5_membership_in_lists_that_may_have_more(tags: object, word: object, expected: bool | None) -> None:
    assert truth(b.is_in(WORD, TAGS), TAGS_FIELD, WORD_FIELD, tags=tags, word=word) is expected


def test_ruling_5_a_list_that_may_have_more_prints_a_last_null() -> None:
    assert shown(b.list_of(b.NUMBER), [1, None, "2.50"]) == [1, Decimal("2.5"), None]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (0.1, Decimal("0.1")),
        ("1e3", 1000),
        ("0.0000005", Decimal("0.000001")),
        ("-0.0000005", Decimal("-0.000001")),
        (Decimal("2.4999994"), Decimal("2.499999")),
        ("999999999999.999999", Decimal("999999999999.999999")),
        (-0.0, 0),
    ],
)
def test_ruling_9_numbers_have_6_places_and_round_half_away(raw: object, expected: object) -> None:
    assert shown(b.NUMBER, raw) == expected


@pytest.mark.parametrize(
    "raw", [float("nan"), float("inf"), 10**12, "999999999999.9999999", "1e999999999", "x", True, "１２"]
)
def test_ruling_9_what_is_no_number_is_an_input_error(raw: object) -> None:
    with pytest.raises(InterpreterInputError) as caught:
        shown(b.NUMBER, raw)
    assert caught.value.problems[0].expected in {"a number", "a number below 10^12 in size"}


def test_ruling_9_products_and_quotients_round_to_6_places() -> None:
    case = decide(U_FIELD, u="0.001")
    assert case.show(b.arith("mul", U, Decimal("0.0005"))) == Decimal("0.000001")
    assert case.show(b.arith("div", b.const(Decimal(2)), 3)) == Decimal("0.666667")
    assert case.show(b.arith("div", b.const(Decimal(-2)), 3)) == Decimal("-0.666667")


LENGTH = b.field("d", b.DURATION)
LENGTH_FIELD = b.fact_field("d", b.DURATION)


@pytest.mark.parametrize(
    ("raw", "same"),
    [
        ("1 month", b.days(30)),
        ("12 months", b.days(365)),
        ("P1Y1M", b.days(395)),
        ("1个月", b.months(1)),
        ("P2W", b.days(14)),
        ("1.5 days", b.hours(36)),
        ("PT36H", b.hours(36)),
        (timedelta(days=1, hours=12), b.hours(36)),
    ],
)
def test_rulings_15_and_16_durations_compare_by_their_days(raw: object, same: ir.Const) -> None:
    assert truth(b.eq(LENGTH, same), LENGTH_FIELD, d=raw) is True
    assert truth(b.lt(LENGTH, same), LENGTH_FIELD, d=raw) is False


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("14 months", "P1Y2M"),
        ("P10D", "P10D"),
        (timedelta(hours=2, minutes=30), "PT2H30M"),
        (timedelta(0), "PT0S"),
        ("P1Y2M10DT2H30M1.5S", "P1Y2M10DT2H30M1.5S"),
        ("-3 days", "P-3D"),
    ],
)
def test_durations_print_as_iso_8601(raw: object, expected: str) -> None:
    assert shown(b.DURATION, raw) == expected


@pytest.mark.parametrize("raw", ["1.5 months", "P", "PT", "P1", "soon", 5, "1.5Y"])
def test_what_is_no_duration_is_an_input_error(raw: object) -> None:
    with pytest.raises(InterpreterInputError):
        shown(b.DURATION, raw)


@pytest.mark.parametrize(
    ("local", "expected"),
    [
        ("2026-03-08 01:59", "2026-03-08T01:59:00-05:00"),
        ("2026-03-08 02:00", "2026-03-08T03:00:00-04:00"),
        ("2026-03-08 02:30", "2026-03-08T03:30:00-04:00"),
        ("2026-03-08 03:00", "2026-03-08T03:00:00-04:00"),
        ("2026-11-01 00:59", "2026-11-01T00:59:00-04:00"),
        ("2026-11-01 01:30", "2026-11-01T01:30:00-04:00"),
        ("2026-11-01 02:00", "2026-11-01T02:00:00-05:00"),
        ("2026-11-01 01:30-05:00", "2026-11-01T01:30:00-05:00"),
        ("2020-01-01", "2020-01-01T00:00:00-05:00"),
        ("2026-07-01T00:00:00.25Z", "2026-06-30T20:00:00.25-04:00"),
    ],
)
def test_ruling_17_gap_goes_forward_and_doubled_hour_is_the_earlier(local: str, expected: str) -> None:
    case = decide(b.fact_field("t", b.TIME), zone=b.NEW_YORK, t=local)
    assert case.show(b.field("t", b.TIME)) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("2026-11-20 10:00", "2026-11-20T10:00:00+08:00"),
        (datetime(2026, 11, 20, 10), "2026-11-20T10:00:00+08:00"),
        (datetime(2026, 11, 20, 10, tzinfo=UTC), "2026-11-20T18:00:00+08:00"),
        (date(2026, 11, 20), "2026-11-20T00:00:00+08:00"),
        ("2026-11-20T10:00:00.000001+00:00", "2026-11-20T18:00:00.000001+08:00"),
        ("2024-02-29", "2024-02-29T00:00:00+08:00"),
        ("1969-12-31", "1969-12-31T00:00:00+08:00"),
        ("9999-12-31 23:59Z", "10000-01-01T07:59:00+08:00"),
    ],
)
def test_ruling_18_times_without_offset_are_in_the_policys_zone(raw: object, expected: str) -> None:
    assert shown(b.TIME, raw) == expected


def test_ruling_18_dates() -> None:
    assert shown(b.DATE, "2026-11-20 00:00") == "2026-11-20"
    assert shown(b.DATE, date(2026, 11, 20)) == "2026-11-20"
    with pytest.raises(InterpreterInputError, match="a date, such as 2026-11-20"):
        shown(b.DATE, "2026-11-20 10:00")
    last = b.field("t", b.DATE)
    in_range = b.between(last, "2026-11-01", "2026-11-20")
    assert truth(in_range, b.fact_field("t", b.DATE), t="2026-11-20") is True


def test_ruling_21_texts_are_trimmed_and_nfc_then_exact() -> None:
    assert shown(b.TEXT, " Cafe\u0301 ") == "Caf\u00e9"
    assert shown(b.TEXT, "") == ""
    assert shown(b.TEXT, 12.0) == "12"
    assert shown(b.TEXT, 1.5) == "1.5"
    assert shown(b.TEXT, 123456789012345678) == "123456789012345678"
    assert truth(b.eq(WORD, "ABC"), WORD_FIELD, word="abc") is False
    with pytest.raises(InterpreterInputError):
        shown(b.TEXT, True)


def test_ruling_22_email_and_its_domain() -> None:
    mail = b.field("mail", b.EMAIL)
    mail_field = b.fact_field("mail", b.EMAIL)
    case = decide(mail_field, mail=" A@b@Example.COM ")
    assert case.show(mail) == "a@b@example.com"
    assert case.show(b.call("domain", mail)) == "example.com"
    assert decide(mail_field, mail="nobody").show(b.call("domain", mail)) == "none"
    assert decide(mail_field).show(b.call("domain", mail)) is None


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("138-0000 0001", "+8613800000001"),
        ("+1 (202) 555", "+1202555"),
        ("0044 20", "+4420"),
        (13800000001, "+8613800000001"),
        ("call me", "call me"),
    ],
)
def test_ruling_22_phones_keep_digits_and_get_the_countrys_code(raw: object, expected: str) -> None:
    assert shown(b.PHONE, raw) == expected


def test_ruling_22_without_a_country_a_phone_stays_as_it_is() -> None:
    policy = b.make_policy([b.fact_field("p", b.PHONE)], calling_code=None)
    assert run(policy, {"id": "L1", "p": "138 1"}, now=NOW).show(b.field("p", b.PHONE)) == "1381"


def test_ruling_23_markers_are_looked_at_before_anything_is_parsed() -> None:
    for type_ in (b.NUMBER, b.TIME, b.BOOL, b.choice("a"), b.list_of(b.TEXT)):
        assert shown(type_, " Select ", markers=("Select",)) is None
    with pytest.raises(InterpreterInputError) as caught:
        shown(b.choice("a", "b"), "c", markers=("Select",))
    assert caught.value.problems[0].expected == "one of a, b"


@pytest.mark.parametrize(("raw", "sure", "maybe"), [(True, True, True), (False, False, False), (None, False, True)])
def test_ruling_79_certainly_and_possibly(raw: object, sure: bool, maybe: bool) -> None:
    assert truth(b.certainly(OK), OK_FIELD, ok=raw) is sure
    assert truth(b.possibly(OK), OK_FIELD, ok=raw) is maybe


def test_ruling_79_certainly_and_possibly_of_nothing_are_false() -> None:
    maybe = b.field("ok", b.BOOL, nothing=True)
    maybe_field = b.fact_field("ok", b.BOOL, or_none=True)
    assert truth(b.certainly(maybe), maybe_field) is False
    assert truth(b.possibly(maybe), maybe_field) is False


def test_ruling_84_plain_folds_case_and_width_and_drops_blanks() -> None:
    assert decide(WORD_FIELD, word="Ａ b\u3000Ｃ").show(b.call("plain", WORD)) == "abc"


def test_ruling_84_age_is_exact_and_nothing_of_the_future() -> None:
    when = b.field("t", b.TIME)
    when_field = b.fact_field("t", b.TIME)
    assert decide(when_field, t="2026-11-19 09:30").show(b.call("age", when)) == "PT24H30M"
    assert decide(when_field, t="2026-11-20 10:00").show(b.call("age", when)) == "PT0S"
    assert decide(when_field, t="2026-11-20 10:01").show(b.call("age", when)) == "none"
    assert decide(when_field).show(b.call("age", when)) is None


GRADE = b.choice("D", "C", "B", "A", ordered=True)


def test_choices_in_order_compare_by_position() -> None:
    grade = b.field("g", GRADE)
    grade_field = b.fact_field("g", GRADE)
    assert truth(b.ge(grade, "B"), grade_field, g="A") is True
    assert truth(b.ge(grade, "B"), grade_field, g="C") is False
    assert truth(b.between(grade, "C", "B"), grade_field, g="B") is True
    assert truth(b.ge(grade, "B"), grade_field) is None


def test_a_range_is_two_comparisons() -> None:
    high = b.between(U, 10, b.field("limit", b.NUMBER))
    limit_field = b.fact_field("limit", b.NUMBER)
    assert truth(high, U_FIELD, limit_field, u=5) is False
    assert truth(high, U_FIELD, limit_field, u=15) is None
    assert truth(high, U_FIELD, limit_field, u=15, limit=15) is True


@pytest.mark.parametrize(("test", "expected"), [("contains", True), ("starts", False), ("ends", True)])
def test_text_tests(test: Any, expected: bool) -> None:
    assert truth(b.text_test(test, WORD, "品"), WORD_FIELD, word="竞品") is expected
    assert truth(b.text_test(test, WORD, "品"), WORD_FIELD) is None


@pytest.mark.parametrize(
    ("type_", "raw", "expected"),
    [
        (b.INT, "+12.00", 12),
        (b.INT, 12.0, 12),
        (b.MONEY, "50000 CNY", 50000),
        (b.MONEY, "0.10", Decimal("0.1")),
        (b.PERCENT, "25%", Decimal("0.25")),
        (b.PERCENT, 0.25, Decimal("0.25")),
        (b.BOOL, "是", True),
        (b.BOOL, "N", False),
        (b.BOOL, 1, True),
    ],
)
def test_readings(type_: ir.Type, raw: object, expected: object) -> None:
    assert shown(type_, raw) == expected


@pytest.mark.parametrize(
    ("type_", "raw", "expected", "found"),
    [
        (b.INT, 1.5, "a whole number", "1.5"),
        (b.INT, "1e3", "a whole number", '"1e3"'),
        (b.INT, True, "a whole number", "True"),
        (b.INT, 10**12, "a number below 10^12 in size", "1000000000000"),
        (b.MONEY, "5 USD", "money in CNY", '"5 USD"'),
        (b.PERCENT, "a%", "a percentage", '"a%"'),
        (b.BOOL, 2, "true or false", "2"),
        (b.TIME, "2026-02-30", "a time, such as 2026-11-20 10:00", '"2026-02-30"'),
        (b.EMAIL, 5, "an e-mail address", "5"),
        (b.PHONE, 1.5, "a phone number", "1.5"),
        (b.list_of(b.NUMBER), "1;x", "a list of a number", '"1;x"'),
        (b.list_of(b.TEXT), "[1,", "a list of text", '"[1,"'),
        (b.list_of(b.TEXT), 5, "a list of text", "5"),
        (b.ref("Lead"), 1.5, "the key of a Lead", "1.5"),
        (b.TEXT, ["x" * 100], "text", "['" + "x" * 78),
    ],
)
def test_what_does_not_fit_names_what_was_expected(type_: ir.Type, raw: object, expected: str, found: str) -> None:
    with pytest.raises(InterpreterInputError) as caught:
        shown(type_, raw)
    (problem,) = caught.value.problems
    assert (problem.lead, problem.fact, problem.field) == ("L1", "Lead", "x")
    assert (problem.expected, problem.found) == (expected, found)
