"""Mistakes in the writing: each is one diagnostic in plain words, and everything else is still read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leadpolicy.compiler import parse_table
from leadpolicy.compiler.codes import CODES
from leadpolicy.compiler.diagnostics import Diagnostic
from leadpolicy.compiler.lexer import lex
from leadpolicy.compiler.parser import parse
from leadpolicy.compiler.source import Source
from leadpolicy.compiler.syntax import Fact, File, Gate, Let, Score

RULESETS = Path(__file__).parent.parent / "rulesets"


def read(text: str) -> tuple[File, list[tuple[int, int, str, str]]]:
    """The tree, and line, column, code and message of each diagnostic."""
    source = Source("a.lead", text)
    tree, diagnostics = parse(source)
    return tree, [(*source.position(d.span.start), d.code, d.message) for d in diagnostics]


def only(text: str) -> Diagnostic:
    """The one diagnostic of a text."""
    _, diagnostics = parse(Source("a.lead", text))
    assert len(diagnostics) == 1, [d.message for d in diagnostics]
    return diagnostics[0]


@pytest.mark.parametrize(
    ("text", "code", "message", "hint"),
    [
        ("scroe x {\n +1\n}", "LP1011", "no declaration begins with `scroe`", "did you mean `score`?"),
        ("fact F {\n a: text requird\n}", "LP1011", "`requird` does not fit here", "did you mean `required`?"),
        ("score s {\n +1 whn a\n}", "LP1011", "`whn` does not fit here", "did you mean `when`?"),
        ("score s {\n +1 当职位是经理\n}", "LP1012", "`当职位是经理` is read as one name",
         "did you mean `当 职位 是 经理`?"),
        ("disqualify {\n a: 职位是经理 x -> closed\n}", "LP1012", "`职位是经理` is read as one name",
         "did you mean `职位 是 经理`?"),
        ("fact F {\n is: text\n}", "LP1013", "`is` is a word of the language and cannot be a name",
         "if it is a name here, put it in back-ticks: `` `is` ``"),
        ("gate g {\n a b\n}", "LP1014", "`:` is missing after `a`; found `b`",
         "a criterion looks like `budget: budget > 0 CNY`; see also `passes when`"),
        ("let a = 3 +", "LP1014", "a value is missing after `+`; found the end of the file", None),
        ("let = 3", "LP1014", "a name is missing after `let`; found `=`",
         "a declaration begins with a word such as `fact`, `score`, `gate` or `route`"),
        ("score s {\n foo\n}", "LP1015", "an entry of a score cannot begin with `foo`",
         'an entry looks like `+5 when industry is "IT"` or `points title { … }`'),
        ("table t: text {\n | a || b |\n | || 1 |\n}", "LP1014", "this cell is empty",
         "write `-` in a cell that accepts anything"),
        ("table t: text {\n | a | b || c |\n | - || 1 |\n}", "LP1020",
         "this row has 1 cell before `||`; the table's header has 2", "write `-` in a cell that accepts anything"),
        ("route {\n otherwise -> closed\n otherwise -> owner\n}", "LP1021",
         "the route has `otherwise` more than once", None),
        ("fact F {\n a: Member as ownr\n}", "LP1022", "there is no role `ownr`", "did you mean `owner`?"),
        ("let a = (b\nlet c = 1", "LP1009", "this `(` is never closed", None),
        ("let a = 1\n}\nlet b = 2", "LP1009", "this `}` closes nothing", None),
        ("let a = 2026-02-30", "LP1006", "there is no date `2026-02-30`", None),
        ("let a = \"b\nlet c = 1", "LP1002", "this string is not closed",
         "a string begins and ends on one line; write `\\n` for a line break inside it"),
    ],
)  # fmt: skip
def test_message(text: str, code: str, message: str, hint: str | None) -> None:
    diagnostic = only(text)
    assert (diagnostic.code, diagnostic.message, diagnostic.hint) == (code, message, hint)
    assert diagnostic.severity == "error"


@pytest.mark.parametrize(
    ("text", "replaced"), [("let a = b = c", "is"), ("let a = b==c", " is "), ("let a = b != c", "is not")]
)
def test_an_equals_sign_is_read_as_a_word(text: str, replaced: str) -> None:
    diagnostic = only(text)
    assert (diagnostic.code, diagnostic.severity) == ("LP1050", "warning")
    assert diagnostic.fix is not None
    assert diagnostic.fix.text == replaced
    mended = text[: diagnostic.fix.start] + replaced + text[diagnostic.fix.end :]
    assert parse(Source("a.lead", mended))[1] == ()


def test_a_comma_at_the_end_of_a_line_is_mended() -> None:
    tree, found = read("gate g {\n a: x > 1,\n b: y > 1\n}")
    assert found == [(2, 10, "LP1052", "a new line separates here; a comma does not belong")]
    (gate,) = tree.declarations
    assert isinstance(gate, Gate)
    assert [c.name.text for c in gate.criteria] == ["a", "b"]


def test_fields_of_a_fact_may_stand_on_one_line() -> None:
    tree, found = read("fact F { a: text key, b: int\n c: bool }")
    assert found == []
    (fact,) = tree.declarations
    assert isinstance(fact, Fact)
    assert [f.name.text for f in fact.fields] == ["a", "b", "c"]


def test_one_run_reports_every_mistake_and_keeps_the_rest() -> None:
    tree, found = read(
        "score a {\n +1 when\n +2 when x\n points p { q, r 1 }\n}\nscroe b {\n +1\n}\ngate c {\n ok: x\n bad x\n}\n"
        "let d = )\nlet e = 5\n"
    )
    assert [(line, code) for line, _, code, _ in found] == [
        (2, "LP1014"), (4, "LP1014"), (6, "LP1011"), (11, "LP1014"), (13, "LP1009"),
    ]  # fmt: skip
    score, gate, let = tree.declarations
    assert isinstance(score, Score)
    assert score.entries is not None
    assert len(score.entries) == 2
    assert isinstance(gate, Gate)
    assert [c.name.text for c in gate.criteria] == ["ok"]
    assert isinstance(let, Let)
    assert tree.left_out >= {"b", "d"}
    assert not tree.left_out & {"a", "c", "e"}


def test_a_missing_brace_is_one_mistake_that_names_its_opening() -> None:
    source = Source("a.lead", "score a {\n  +1 when x\n\ngate b {\n  ok: x\n}\n")
    tree, (diagnostic,) = parse(source)
    assert (diagnostic.code, diagnostic.message) == ("LP1010", "a `}` is missing before `gate`")
    assert source.position(diagnostic.span.start) == (4, 1)
    assert [source.position(r.span.start) for r in diagnostic.related] == [(1, 9)]
    assert [type(d).__name__ for d in tree.declarations] == ["Score", "Gate"]


def test_a_block_without_its_opening_brace_is_one_mistake() -> None:
    tree, found = read("score a\n  +1 when x\n  +2\n}\nlet b = 1")
    assert found == [(1, 8, "LP1014", "`{` is missing after `a`; found the end of the line")]
    assert len(tree.declarations) == 1


@pytest.mark.parametrize(
    "text",
    [
        "let a = any Activity where b or c",
        "let a = d and any Activity where b within 3 days or c",
        "let a = count(Activity where b or c) >= 3",
    ],
)
def test_an_or_behind_where_needs_parentheses(text: str) -> None:
    _, found = read(f"{text}\nlet after = 1")
    assert [(c, m) for _, _, c, m in found] == [("LP1016", "an `or` behind `where` needs parentheses")]


@pytest.mark.parametrize(
    "text",
    [
        "let a = (any Activity where b) or c",
        "let a = any Activity where (b or c)",
        "let a = c or any Activity where b",
        "let a = count(Activity where (b or c)) >= 3 or c",
    ],
)
def test_an_or_behind_parentheses_is_clear(text: str) -> None:
    assert read(text)[1] == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("let a = " + "(" * 10_000 + "1" + ")" * 10_000, "LP1008"),
        ("score s {\n" + "group {\n" * 2_000 + "}\n" * 2_001, "LP1008"),
        ("let a = " + "not " * 10_000 + "b", "LP1008"),
        ("let a = b" + " or b" * 10_000, "LP1008"),
        ("let a = b" + ".c" * 10_000, "LP1008"),
        ("let a = " + "“" * 50_000, "LP1002"),
        ("let a = " + '"' * 50_001, "LP1002"),
    ],
    ids=range(7),
)
def test_hostile_depth_and_length(text: str, code: str) -> None:
    assert only(text).code == code


def test_no_brackets_make_it_slow() -> None:
    for text in ("(" * 30_000 + "]" * 30_000, "{" * 30_000, "}\n" * 30_000, "points x { " + "a, " * 30_000):
        parse(Source("a.lead", f"let a = {text}"))


# ── Nothing that an author writes makes the parser raise, or talk in a parser's words ──

SAMPLES = [path.read_text("utf-8") for path in sorted(RULESETS.glob("**/*.lead"))]
PIECES = [
    "{", "}", "(", ")", "[", "]", "||", "|", ",", ":", "->", "\n", "-", "+", "=", '"', "“", "`", "#", "\\", "5 days",
    "\x00", "\ud800", "\ufeff", "\r", "score", "route", "any", "is not known", "where", "当", "职位是经理",
    "１", "、", "2026-99-99", "policy", "otherwise", "\u2028", "-5", "from", "unknown", "let f(x) = 1", "\nteam x {",
    "\nrecall {",
]  # fmt: skip
TERMINALS = re.compile(
    "|".join(rf"\b{t}\b" for row in parse_table.load().actions for t in row if len(t) > 3 and t != "$END")
    + r"|\$END|__ANON"
)


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """A part of a valid policy with tokens and characters deleted, put in, or swapped."""
    sample = draw(st.sampled_from(SAMPLES))
    start = draw(st.integers(0, max(len(sample) - 1500, 0)))
    text = sample[start : start + 1500] if draw(st.booleans()) else sample[:1500]
    tokens = lex(Source("a.lead", text)).tokens
    edits = draw(st.lists(st.tuples(st.integers(0, 3), st.floats(0, 1), st.sampled_from(PIECES)), max_size=6))
    for kind, place, piece in edits:
        at = int(place * len(text))
        if kind == 0:
            text = text[:at] + piece + text[at:]
        elif kind == 1:
            text = text[:at] + text[at + 1 :]
        elif tokens:
            token = tokens[int(place * (len(tokens) - 1))]
            other = tokens[int(place * 7919) % len(tokens)]
            swapped = text[other.start : other.end] if kind == 2 else ""
            text = text[: token.start] + swapped + text[token.end :]
    return text


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(damaged())
def test_a_damaged_policy_gives_diagnostics(text: str) -> None:
    source = Source("a.lead", text)
    tree, diagnostics = parse(source)
    for diagnostic in diagnostics:
        assert 0 <= diagnostic.span.start <= diagnostic.span.end <= len(text)
        assert diagnostic.code in CODES
        assert not TERMINALS.search(re.sub("`[^`]*`", "", diagnostic.message + (diagnostic.hint or "")))
        diagnostic.to_dict()
    for declaration in tree.declarations:
        assert 0 <= declaration.span.start < declaration.span.end <= len(text)
        source.position(declaration.span.end)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=30))
def test_any_heap_of_pieces_gives_diagnostics(pieces: list[str]) -> None:
    for joined in ("".join(pieces), " ".join(pieces)):
        _, diagnostics = parse(Source("a.lead", joined))
        assert all(d.span.end <= len(joined) for d in diagnostics)


def test_an_entry_may_be_expected_where_the_file_ends() -> None:
    text = "score s {\n  +5 when a\n}\n} ready {\n  b: c\n}\n"
    codes = [d.code for d in parse(Source("a.lead", text))[1]]
    assert codes[0] == "LP1009", "the `}` too many is named first, and the rest is no crash"
