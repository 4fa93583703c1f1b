"""Other ways to write: each is read like the language's own words, with a warning, and its fix gives them."""

from __future__ import annotations

import pytest
from trees import short

from leadpolicy.compiler.formatter import format_source
from leadpolicy.compiler.parser import parse
from leadpolicy.compiler.source import Source

HEAD = 'policy p version "1" {{\n  currency {}\n}}\n'
BOTH = (
    ("let a = any F within the last 30 days", "let a = any F within 30 days"),
    ("let a = no F in 90 days", "let a = no F within 90 days"),
    ("let a = any F where b is c in the past 2 weeks", "let a = any F where b is c within 2 weeks"),
    ("let a = b more than 5 and c is at most 6", "let a = b > 5 and c <= 6"),
    ("let a = b between 5 and 10 or c is between 1 and 2", "let a = b in 5 to 10 or c in 1 to 2"),
    ("let a = b is one of [c, d] AND e is not in f", "let a = b in [c, d] and e not in f"),
    ("let a = b in (c, d)", "let a = b in [c, d]"),
    ("let a = b > $10k or c < 50m EUR", "let a = b > 10_000 USD or c < 50_000_000 EUR"),
    ("let a = b >= 1,000,000 and c", "let a = b >= 1000000 and c"),
    ("let a = f(20,000 USD)", "let a = f(20000 USD)"),
    ("let a = b  // why", "let a = b"),
    ("score s {\n bands a {\n +1 when 50-199\n +2 when over 200\n }\n}", "score s {\n bands a {\n +1 when 50 to 199\n +2 when > 200\n }\n}"),
    ("score s {\n +1 each F where b is c, up to 20 points\n}", "score s {\n +1 each F where b is c, at most 20 points\n}"),
    ("calendar c {\n monday - Friday 9am to 17:30\n}", "calendar c {\n mon to fri 09:00 to 17:30\n}"),
    ("calendar c {\n 周一至周五 09:00 - 18:00\n}", "calendar c {\n 周一 至 周五 09:00 至 18:00\n}"),
    ("gate g {\n a: b\n passes when at least 2 of 3\n}", "gate g {\n a: b\n passes when at least 2\n}"),
    ("gate g {\n a: b  c: d\n}", "gate g {\n a: b\n c: d\n}"),
    ("table t: text {\n | a | | t |\n | A, B | | \"x\" |\n | not C | | \"y\" |\n}",
     "table t: text {\n | a || t |\n | in [A, B] || \"x\" |\n | is not C || \"y\" |\n}"),
    ("sla s {\n at 50% of 8 work hours -> queue q\n}", "sla s {\n at 50% * 8 work hours -> queue q\n}"),
    ("route {\n otherwise -> nurture 90 days\n}", "route {\n otherwise -> nurture for 90 days\n}"),
    ("team t {\n pick least-loaded\n}", "team t {\n pick least loaded\n}"),
    ('test "t" {\n given F { a: no, b: 是 }\n}', 'test "t" {\n given F { a: false, b: true }\n}'),
    ("定义 a = b 大于等于 5 且 c 不超过 6", "定义 a = b >= 5 并且 c <= 6"),
    ("定义 a = 有 F 近7天", "定义 a = 有 F 近 7 天"),
    ("定义 a = b 介于 5 和 10 之间", "定义 a = b 属于 5 至 10"),
    ("attribution a over F { 40% first, 60% last }", "attribution a over F {\n 40% first\n 60% last\n}"),
    ("rule r {\n then set a.b = c\n}", "rule r {\n then set a.b to c\n}"),
    ("let a = b and\n c", "let a = b\n and c"),
)  # fmt: skip


def trees(text: str) -> tuple[list[object], set[str]]:
    file, diagnostics = parse(Source("a.lead", text))
    assert [d.message for d in diagnostics if d.severity == "error"] == []
    return [short(d) for d in file.declarations], {d.code for d in diagnostics}


@pytest.mark.parametrize(("written", "meant"), BOTH)
def test_it_is_read_as_what_is_meant_and_laid_out_so(written: str, meant: str) -> None:
    head = HEAD.format("USD")
    (expected, quiet), (found, _) = trees(head + meant), trees(head + written)
    assert found == expected
    assert quiet == set()
    laid_out = format_source(Source("a.lead", head + written)).text
    assert laid_out is not None
    assert trees(laid_out) == (expected, set())


@pytest.mark.parametrize(
    "text",
    [
        "let a = b in [100,200]",  # two numbers
        "let a = f(1,200)",
        "let a = (b in 1 day to 6 months)",
        "let a = (b in 1 day\n to 6 months)",  # a range over two lines
        "score s {\n points a { over 10, max 5, least 3 }\n}",  # choices
        "let a = state in [CA, OR, WA]",
        "let a = any F where b is c between 60 days and 30 days ago",
        "gate g {\n a: b\n passes when at least 2\n}",
        "attribution a over F {\n 100% first\n}",
        'test "t" {\n given F { a: yes, b: c }\n given F { b: [yes, c] }\n}',
        "table t: text {\n | a || t |\n | 5 || 1 |\n}",
    ],
)
def test_what_means_something_already_is_left_alone(text: str) -> None:
    assert trees(text)[1] == set()


def test_a_dollar_is_the_policy_s_own_and_a_yen_sign_may_be_a_yuan() -> None:
    assert trees(HEAD.format("AUD") + "let a = b > $5")[0][1:] == trees("let a = b > 5 AUD")[0]
    assert trees(HEAD.format("CNY") + "let a = b > ¥5万")[0][1:] == trees("let a = b > 5万 CNY")[0]
    assert trees(HEAD.format("JPY") + "let a = b > ¥5")[0][1:] == trees("let a = b > 5 JPY")[0]
    (unclear,) = parse(Source("a.lead", HEAD.format("EUR") + "let a = b > $5"))[1]
    assert (unclear.code, str(unclear.hint)) == ("LP1001", "write the currency's code behind it: `5 USD`")
