"""The lexer: every kind of token, in either language and off either keyboard."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from leadpolicy.compiler.lexer import Lexed, lex
from leadpolicy.compiler.parser import parse
from leadpolicy.compiler.source import Source, Span
from leadpolicy.compiler.syntax import Date, Number, Quantity, Text, Time


def read(text: str) -> Lexed:
    return lex(Source("a.lead", text))


def kinds(text: str) -> list[str]:
    return [token.kind for token in read(text).tokens]


def only_value(text: str) -> object:
    lexed = read(text)
    assert lexed.diagnostics == ()
    (token,) = lexed.tokens
    return token.value


def codes(text: str) -> list[str]:
    return [d.code for d in read(text).diagnostics]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("5", "5"),
        ("1_000", "1000"),
        ("0.5", "0.5"),
        ("100万", "1000000"),
        ("1.5亿", "150000000"),
        ("５０", "50"),
        ("999_999_999_999", "999999999999"),
    ],
)
def test_number(written: str, value: str) -> None:
    assert only_value(written) == Number(Decimal(value), Span(0, len(written)))


@pytest.mark.parametrize(
    ("written", "value", "unit"),
    [
        ("25%", "25", "%"),
        ("25 ％", "25", "%"),
        ("90 days", "90", "day"),
        ("1 month", "1", "month"),
        ("8 work  hours", "8", "work_hour"),
        ("1 work hour", "1", "work_hour"),
        ("3 workdays", "3", "workday"),
        ("20万 CNY", "200000", "CNY"),
        ("100万元", "1000000", "CNY"),
        ("90天", "90", "day"),
        ("6 个月", "6", "month"),
        ("24工作小时", "24", "work_hour"),
        ("3个工作日", "3", "workday"),
        ("30 分钟", "30", "minute"),
    ],
)
def test_quantity(written: str, value: str, unit: str) -> None:
    assert only_value(written) == Quantity(Decimal(value), unit, Span(0, len(written)))


def test_a_unit_never_swallows_a_word_after_it() -> None:
    assert kinds("5 when") == ["NUMBER", "WORD"]
    assert kinds("20 points") == ["NUMBER", "WORD"]
    assert kinds("20分") == ["NUMBER", "WORD"]
    assert kinds("30天内") == ["NUMBER", "NAME"]
    assert kinds("5\nCNY") == ["NUMBER", "NEWLINE", "WORD"]
    assert kinds("5 CNYX") == ["NUMBER", "NAME"]


def test_dates_and_times() -> None:
    assert only_value("2026-12-31") == Date(date(2026, 12, 31), Span(0, 10))
    assert only_value("2026-11-20 10:00") == Time(datetime(2026, 11, 20, 10, 0), Span(0, 16))
    assert only_value("2026-11-20 10:00:30Z") == Time(datetime(2026, 11, 20, 10, 0, 30, tzinfo=UTC), Span(0, 20))
    moved = only_value("2026-11-20 10:00+08:00")
    assert isinstance(moved, Time)
    assert moved.value.isoformat() == "2026-11-20T10:00:00+08:00"
    assert kinds("2026-11-20 10:00 + 3 days") == ["TIME", "PLUS", "QUANTITY"]


@pytest.mark.parametrize("written", ["2026-13-01", "2026-02-30", "2026-11-20 25:00"])
def test_a_date_that_does_not_exist(written: str) -> None:
    (diagnostic,) = read(written).diagnostics
    assert diagnostic.code == "LP1006"
    assert f"`{written}`" in diagnostic.message


def test_single_digits_in_a_date_are_mended() -> None:
    (diagnostic,) = read("2026-1-5").diagnostics
    assert (diagnostic.code, diagnostic.severity) == ("LP1051", "warning")
    assert diagnostic.fix is not None
    assert diagnostic.fix.text == "2026-01-05"


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ('" 软件 "', "软件"),
        ('"a \\"b\\" \\\\ \\n\\t."', 'a "b" \\ \n\t.'),
        ('"e\u0301"', "é"),
        ("“软件”", "软件"),
        ('“软件"', "软件"),
        ('"软件”', "软件"),
        ('"他说“好”。"', "他说“好”。"),
        ("‘软件’", "软件"),
        ('"全角，（）"', "全角，（）"),
    ],
)
def test_string(written: str, value: str) -> None:
    assert only_value(written) == Text(value, Span(0, len(written)))


def test_an_unclosed_string_is_one_mistake_on_its_line() -> None:
    lexed = read('let a = "abc\nlet b = "def"\n')
    (diagnostic,) = lexed.diagnostics
    assert (diagnostic.code, diagnostic.span) == ("LP1002", Span(8, 12))
    assert [t.kind for t in lexed.tokens][-3:] == ["EQUALS", "STRING", "NEWLINE"]


def test_full_width_signs_are_read_as_their_twins() -> None:
    assert kinds("｛｝（）［］｜｜｜，、：→≥≤＝＋－＊＞＝") == [
        "LBRACE", "RBRACE", "LPAR", "RPAR", "LSQB", "RSQB", "BARS", "BAR", "COMMA", "COMMA", "COLON", "ARROW",
        "MORE_EQUAL", "LESS_EQUAL", "EQUALS", "PLUS", "MINUS", "STAR", "MORE_EQUAL",
    ]  # fmt: skip
    (token,) = read("≠").tokens
    assert (token.kind, token.text) == ("IS_NOT", "is not")


def test_a_chinese_keyword_is_never_split_from_a_longer_name() -> None:
    assert [(t.kind, t.text) for t in read("有效期 分配时间 分配 有").tokens] == [
        ("NAME", "有效期"), ("NAME", "分配时间"), ("WORD", "分配"), ("WORD", "有"),
    ]  # fmt: skip


def test_back_ticks_quote_a_name() -> None:
    (token,) = read("`当 前`").tokens
    assert (token.kind, token.text, token.value) == ("NAME", "当 前", True)
    assert codes("`abc") == ["LP1004"]
    assert codes("``") == ["LP1004"]


def test_comments_are_kept_apart() -> None:
    lexed = read("a # b\n#c")
    assert lexed.comments == (Span(2, 5), Span(6, 8))
    assert [t.kind for t in lexed.tokens] == ["NAME", "NEWLINE"]


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("5x", "LP1003"), ("1__0", "LP1003"), ("3days", "LP1003"), ("@", "LP1001"), ("\x00", "LP1001"),
        ("\ud800", "LP1001"), ('"\ud800"', "LP1001"), ('"a\\q"', "LP1007"), ("1000000000000", "LP1005"),
        ("0.1234567", "LP1005"), ("9" * 100_000, "LP1005"),
    ],
)  # fmt: skip
def test_what_is_no_token(written: str, code: str) -> None:
    assert codes(written) == [code]


def test_one_unreadable_place_a_line() -> None:
    assert codes("@ @ @\n@") == ["LP1001", "LP1001"]


def test_byte_order_mark_and_carriage_returns_are_blank() -> None:
    assert kinds("\ufeffa\r\nb\r\n") == ["NAME", "NEWLINE", "NAME", "NEWLINE"]


def test_a_time_may_be_set_off_by_any_blank() -> None:
    source = Source("t.lead", "let a = 2026-11-20\u202810:00\n")
    (token,) = [t for t in lex(source).tokens if t.kind in ("DATE", "TIME")]
    assert source.text[token.start : token.end] == "2026-11-20\u202810:00"
    assert parse(source)[1] == ()
