"""The parser: text to tree, exact for every construct; keywords that are names; words of two languages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from trees import read, short

from leadpolicy.compiler import syntax
from leadpolicy.compiler.parser import parse
from leadpolicy.compiler.source import Source, Span

RULESETS = Path(__file__).parent.parent / "rulesets"


def value(text: str) -> Any:
    """The short form of an expression."""
    (let,) = read(f"let x = {text}").declarations
    assert isinstance(let, syntax.Let)
    return short(let.value)


def one(text: str) -> Any:
    """The short form of the one declaration in a text."""
    (declaration,) = read(text).declarations
    return short(declaration)


# ── Expressions ──


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a + b * c", ("Binary", "+", "a", ("Binary", "*", "b", "c"))),
        ("a - b - c", ("Binary", "-", ("Binary", "-", "a", "b"), "c")),
        ("-a * b", ("Binary", "*", ("Unary", "-", "a"), "b")),
        ("a or b and c", ("Binary", "or", "a", ("Binary", "and", "b", "c"))),
        ("a and b and c", ("Binary", "and", ("Binary", "and", "a", "b"), "c")),
        ("a implies b or c", ("Binary", "implies", "a", ("Binary", "or", "b", "c"))),
        ("not a is b and c", ("Binary", "and", ("Unary", "not", ("Comparison", "is", "a", "b")), "c")),
        ("not possibly key_account", ("Unary", "not", ("Unary", "possibly", "key_account"))),
        ("certainly a >= 3", ("Unary", "certainly", ("Comparison", ">=", "a", "3"))),
        ("a is not known", ("Postfix", "is not known", "a")),
        ("a is unknown or b is known",
         ("Binary", "or", ("Postfix", "is unknown", "a"), ("Postfix", "is known", "b"))),
        ("bant passes and champ fails",
         ("Binary", "and", ("Postfix", "passes", "bant"), ("Postfix", "fails", "champ"))),
        ("a not in [b, 5]", ("Comparison", "not in", "a", ("ListOf", ["b", "5"]))),
        ("a in -1 to 2 + 3", ("Comparison", "in", "a", ("Range", ("Unary", "-", "1"), ("Binary", "+", "2", "3")))),
        ("a starts with \"9\"", ("Comparison", "starts with", "a", "'9'")),
        ("a not contains b", ("Comparison", "not contains", "a", "b")),
        ("a ≠ b", ("Comparison", "is not", "a", "b")),
        ("low(fit) is 15", ("Comparison", "is", ("Call", "low", [("Argument", None, "fit")]), "15")),
        ("f(a: 1, b).c", ("Attribute", ("Call", "f", [("Argument", "a", "1"), ("Argument", None, "b")]), "c")),
        ("m.f()", ("Call", ("Attribute", "m", "f"), [])),
        ("2026-12-31", "2026-12-31"),
        ("true and 真", ("Binary", "and", "True", "True")),
    ],
)  # fmt: skip
def test_expression(text: str, expected: object) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(
    ("chinese", "english"),
    [
        ("甲 是 乙 并且 非 丙", "甲 is 乙 and not 丙"),
        ("甲 不是 乙 或者 丙 属于 [“一”、“二”]", '甲 is not 乙 or 丙 in ["一", "二"]'),
        ("甲 不属于 1 至 5", "甲 not in 1 to 5"),
        ("甲 已知 并且 乙 未知 并且 丙 不明", "甲 is known and 乙 is unknown and 丙 is not known"),
        ("甲 是 已知 或者 乙 不是 已知", "甲 is known or 乙 is not known"),
        ("甲 包含 “竞品” 意味着 乙 未通过", '甲 contains "竞品" implies 乙 fails'),
        ("必定 甲 ≥ 100万元", "certainly 甲 >= 1_000_000 CNY"),
        ("邮箱域名（邮箱） is “a.com”", 'domain(邮箱) is "a.com"'),
    ],
)
def test_chinese_keywords(chinese: str, english: str) -> None:
    assert value(chinese) == value(english)


def test_spans_cover_the_authors_words() -> None:
    source = Source("a.lead", "let x = (a or\n  b) and not c.d >= 3  # why\n")
    tree, diagnostics = parse(source)
    assert diagnostics == ()
    (let,) = tree.declarations
    assert isinstance(let, syntax.Let)
    assert isinstance(let.value, syntax.Binary)
    assert source.slice(let.value.span) == "(a or b) and not c.d >= 3"
    assert source.slice(let.value.left.span) == "(a or b)"
    assert source.slice(let.value.right.span) == "not c.d >= 3"
    assert let.span == Span(0, source.text.index("  #"))


# ── Lines ──


@pytest.mark.parametrize("word", ["and", "or", "并且", "或者"])
def test_a_line_that_begins_with_a_connective_goes_on(word: str) -> None:
    assert value(f"a\n\n  # why\n  {word} b") == value(f"a {word} b")


def test_a_line_that_begins_with_a_sign_is_a_new_entry() -> None:
    score = one("score s {\n +1 when a\n +2\n -3\n}")
    assert [entry[1] for entry in score[5]] == ["1", "2", ("Unary", "-", "3")]


def test_because_and_an_arrow_on_lines_of_their_own() -> None:
    score = one('score s {\n +1 when a\n    because "b"\n}')
    assert score[5] == [("PlainEntry", "1", "a", "'b'")]
    assert one("route {\n x: a\n   -> closed\n}")[1][0][3][1] == "closed"


def test_newlines_in_brackets_and_after_commas_do_not_count() -> None:
    assert value("f(\n a,\n b,\n)") == value("f(a, b)")
    assert one("list l = [\n a,\n b\n]") == one("list l = [a, b]")
    assert one("score s { points t { a 1,\n b 2\n c 3 } }") == one("score s { points t { a 1, b 2, c 3 } }")


# ── Blocks ──


def test_header() -> None:
    assert one('policy p version "1" {\n about Lead\n currency CNY\n unknown ["", "-"]\n newest first\n}') == (
        "Header", "p", "'1'", [
            ("HeaderLine", "about", "Lead"), ("HeaderLine", "currency", "CNY"),
            ("HeaderLine", "unknown", ("ListOf", ["''", "'-'"])), ("HeaderLine", "newest_first", None),
        ],
    )  # fmt: skip


def test_fact() -> None:
    fact = one(
        'fact Lead {\n id: text key required "Id" ask "which?" unknown ["-"]\n price: money USD or none\n'
        " grade: one of [D, C,] in order or none\n tags: list of text\n owner: Member or none as owner\n}"
    )
    text = ("TypeName", "text", None, False)
    assert fact == ("Fact", "Lead", [
        ("FieldNode", "id", text, [
            ("FieldModifier", "key", None), ("FieldModifier", "required", None), ("FieldModifier", "label", "'Id'"),
            ("FieldModifier", "ask", "'which?'"), ("FieldModifier", "unknown", ("ListOf", ["'-'"])),
        ]),
        ("FieldNode", "price", ("TypeName", "money", "USD", True), []),
        ("FieldNode", "grade", ("ChoiceType", ["D", "C"], True, True), []),
        ("FieldNode", "tags", ("ListType", text, False), []),
        ("FieldNode", "owner", ("TypeName", "Member", None, True), [("FieldModifier", "role", "owner")]),
    ])  # fmt: skip


def test_chinese_fact_is_canonical() -> None:
    chinese = one("对象 线索 {\n 编号：文本 主键\n 负责人：成员 或无 作为 负责人\n 级别：选项 [甲、乙] 有序\n}")
    english = one("fact 线索 {\n 编号: text key\n 负责人: 成员 or none as owner\n 级别: one of [甲, 乙] in order\n}")
    assert chinese == english


def test_lists() -> None:
    assert one('list a = ["x"]') == ("ListDeclaration", "a", ("ListOf", ["'x'"]), None, None)
    assert one('list a = from "f.csv" column from') == ("ListDeclaration", "a", None, "'f.csv'", "from")


def test_score() -> None:
    score = one(
        'score fit "Profile" from -10 to 60 {\n points title { manager 10, "x y" -5 }\n +2 * seats\n +metrics\n'
        ' -2 * a + b when c because "d"\n bands n {\n +10 when <= 1 month\n +1 when in 2 to 3\n -1 when A\n }\n'
        ' group "G" at most 20 points { +5 when x }\n group { +1 }\n}'
    )
    minus_two = ("Unary", "-", "2")
    assert score == ("Score", "fit", "'Profile'", ("Unary", "-", "10"), "60", [
        ("PointsEntry", "title", [("Choice", "manager", "10"), ("Choice", "'x y'", ("Unary", "-", "5"))]),
        ("PlainEntry", ("Binary", "*", "2", "seats"), None, None),
        ("PlainEntry", "metrics", None, None),
        ("PlainEntry", ("Binary", "+", ("Binary", "*", minus_two, "a"), "b"), "c", "'d'"),
        ("BandsEntry", "n", [
            ("Band", "10", ("UnaryTest", "<=", "1 month", None), None),
            ("Band", "1", ("UnaryTest", "in", ("Range", "2", "3"), None), None),
            ("Band", ("Unary", "-", "1"), ("UnaryTest", "is", "A", None), None),
        ]),
        ("GroupEntry", "'G'", "20", [("PlainEntry", "5", "x", None)]),
        ("GroupEntry", None, None, [("PlainEntry", "1", None, None)]),
    ], None)  # fmt: skip
    assert one("score t = a + b") == ("Score", "t", None, None, None, None, ("Binary", "+", "a", "b"))


def test_table() -> None:
    table = one(
        "table t unique: one of [A, B] {\n | fit | f(x) || t |\n | >= 40 | - || A |\n | -5 | is not x || B |\n"
        ' | 200 to 999 | not in ["a"] || A |\n | is known | starts with "x" || -1 |\n}'
    )
    anything = ("UnaryTest", None, None, None)
    assert table[1:4] == ("t", None, "unique")
    assert table[4] == [("TableOutput", None, ("ChoiceType", ["A", "B"], False, False))]
    assert table[5:7] == (["fit", ("Call", "f", [("Argument", None, "x")])], ["t"])
    assert table[7] == [
        ("TableRow", [("UnaryTest", ">=", "40", None), anything], ["A"]),
        ("TableRow", [("UnaryTest", "is", ("Unary", "-", "5"), None), ("UnaryTest", "is not", "x", None)], ["B"]),
        ("TableRow", [("UnaryTest", "in", ("Range", "200", "999"), None),
                      ("UnaryTest", "not in", ("ListOf", ["'a'"]), None)], ["A"]),
        ("TableRow", [("UnaryTest", None, None, "is known"), ("UnaryTest", "starts with", "'x'", None)],
         [("Unary", "-", "1")]),
    ]  # fmt: skip
    several = one("table t: (a: text, b: int) {\n | x || a | b |\n}")
    assert several[4] == [
        ("TableOutput", "a", ("TypeName", "text", None, False)),
        ("TableOutput", "b", ("TypeName", "int", None, False)),
    ]  # fmt: skip


def test_qualification() -> None:
    gate = one('gate g "G" {\n money: budget > 0 CNY ask "how much?"\n authority: a\n passes when at least 3\n}')
    assert gate == ("Gate", "g", "'G'", [
        ("Criterion", "money", ("Comparison", ">", "budget", "0 CNY"), "'how much?'"),
        ("Criterion", "authority", "a", None),
    ], "3")  # fmt: skip
    assert one("gate g {\n a: b\n passes when all\n}")[4] is None
    assert one("disqualify {\n spam: a -> closed\n}") == (
        "Disqualify", [("DisqualifyEntry", "spam", "a", ("Destination", "closed", None, None, None))],
    )  # fmt: skip
    assert one("funnel {\n MQL: a\n SQL: b\n}") == ("Funnel", [("Stage", "MQL", "a"), ("Stage", "SQL", "b")])


def test_route() -> None:
    route = one(
        "route {\n a: x -> member last(y).owner\n b: x -> team t\n c: x -> nurture for 90 days\n"
        " d: x -> nurture for\n"
        " e: x -> owner\n f: x -> route\n otherwise -> pool p\n undecided -> queue q\n}"
    )
    assert [entry[3][1:] for entry in route[1]] == [
        ("member", None, ("Attribute", ("Call", "last", [("Argument", None, "y")]), "owner"), None),
        ("team", "t", None, None), ("nurture", None, None, "90 day"), ("nurture", "for", None, None),
        ("owner", None, None, None), ("route", None, None, None),
    ]  # fmt: skip
    assert route[2][0][1:3] == ("pool", "p")
    assert route[3][0][1:3] == ("queue", "q")


def test_test() -> None:
    test = one(
        'test "t" {\n given lin: Member { id: "m", away: false }\n'
        " given Lead { a: none, b: unknown, c: `none`, d: -5\n e: [x] }\n expect fit in 0 to 60\n expect not MQL\n"
        " expect route is not queue q\n expect route is undecided\n expect missing a, b.c\n expect disqualified\n}"
    )
    assert test[1:3] == ("'t'", [
        ("Given", "lin", "Member", [("GivenField", "id", "'m'"), ("GivenField", "away", "False")]),
        ("Given", None, "Lead", [
            ("GivenField", "a", ("Unknown", "none")), ("GivenField", "b", ("Unknown", "unknown")),
            ("GivenField", "c", "none"), ("GivenField", "d", ("Unary", "-", "5")),
            ("GivenField", "e", ("ListOf", ["x"])),
        ]),
    ])  # fmt: skip
    assert test[3] == [
        ("ExpectCondition", ("Comparison", "in", "fit", ("Range", "0", "60"))),
        ("ExpectCondition", ("Unary", "not", "MQL")),
        ("ExpectRoute", ("Destination", "queue", "q", None, None), True),
        ("ExpectRoute", None, False),
        ("ExpectMissing", ["a", ("Attribute", "b", "c")]),
        ("ExpectCondition", "disqualified"),
    ]


# ── Names in back-ticks ──


def test_reserved_words_are_names_in_back_ticks() -> None:
    assert one("fact F {\n `is`: text\n}")[2][0][1] == "is"
    assert value("`and` and `or`") == ("Binary", "and", "and", "or")


# ── Whole policies ──


@pytest.mark.parametrize("path", sorted(RULESETS.glob("**/*.lead")), ids=lambda p: p.name)
def test_every_ruleset_parses(path: Path) -> None:
    tree, diagnostics = parse(Source(path.name, path.read_text("utf-8")))
    assert diagnostics == ()
    assert tree.left_out == frozenset()


def test_columns_do_not_matter_where_braces_match() -> None:
    indented = "policy p {\n  calendar work\n}\nscore s {\n  +1\n}"
    flat = "policy p {\ncalendar work\n}\nscore s {\n+1\n}"
    assert [short(d) for d in read(flat).declarations] == [short(d) for d in read(indented).declarations]
