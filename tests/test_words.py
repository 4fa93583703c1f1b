"""Words of the language: every one but the reserved can be a name anywhere; every spelling of every one is read."""

from __future__ import annotations

import logging
import re
from collections import defaultdict
from importlib.resources import files
from io import StringIO
from pathlib import Path

import pytest
from lark import Lark, logger
from test_parser_blocks import SHAPES
from trees import declarations

from leadpolicy.compiler import grammar_table, parse_table
from leadpolicy.compiler.parser import read
from leadpolicy.compiler.source import Source
from leadpolicy.grammar import keywords

# Every place where a name may stand, and `§` for the name.
PLACES = {
    "cond": """let a = § is x and § and b is § or § is known or § >= 3
let z = 1""",
    "not": """let a = not § and certainly § and possibly §.x""",
    "cmp": """let a = § is §""",
    "where": """let a = any F where § is x and § and b is § within 3 days""",
    "where2": """let a = count(F where § and x >= § since §) > 1 and §.x is y""",
    "where3": """let a = last(F of § where § is known prefer § then latest §).§""",
    "between": """let a = any F where x between 60 days and 30 days ago""",
    "points": """score s {
 points § { § 1, b 2 }
 +§
 +2 * § when §
 +1 each § where § within 3 days
 +1 once F where § is §, at most 3 points
 bands § {
 +1 when §
 +1 when >= §
 }
}""",
    "group": """score s {
 group § at most § points { +1 when § }
}""",
    "score": """score s from § to § = § + §""",
    "table": """table t: text {
 | § | §.x || § |
 | § | >= § || § |
 | in [§] | § to § || § |
}""",
    "recall": """recall while § is x {
 §: at § + 3 days unless § -> pool §
 b: at later(§, 3) when § -> member §
 c: when § and x -> own pool,
 remind § by § § before,
 remind §.x 3 days before
 d: on return for [§] -> same team
}""",
    "recall2": """recall {
 §: when § unless § -> team §
}""",
    "given": """test "t" {
 given §: § { §: §, b: § }
 given § of § { §: 1 }
 expect §
 expect § is §
 expect missing §, §.§
 at 2026-11-20 10:00 expect § is x
 after 3 days expect not §
 expect notify § by §
 expect flag § on §
 expect no task §
}""",
    "fact": """fact § of § {
 §: text key
 x: one of [§, b] or none
 y: § as owner
}
event § of § {
 §: §
}""",
    "use": """use §.§ as §
use §""",
    "let": """let §(§: duration, b: §.§) = § >= §
gate §(§: condition) {
 §: §
}
gate § = §.§(§: §, b: §)""",
    "cal": """calendar § {
 mon to fri 09:00 to 12:00
 holidays §.§
 holidays country § region "x"
 leave § of § from § to §
}""",
    "dup": """duplicate § {
 same §, §
 keep earliest §
 keep latest §
}""",
    "goal": """goal § {
 revenue § by 2026-12-31
 deal §
 rate § to § 25%
 rates within §
}""",
    "team": """team § {
 members where § is §
 prefer § then § is x
 pick weighted by §
 hold at most § § where §
 former owner waits §
 notify by § "x"
 otherwise -> queue §
}""",
    "nurture": """nurture § on § where § {
 at start send "x" by §
 after § when § notify § by § "x"
 after 3 days otherwise -> team §
 stop when § -> nurture §
}""",
    "sla": """sla § {
 from §
 until §
 paused while §
 when §
 at § notify § by § "x"
 at 3 hours task § "x" due in §
}""",
    "channel": """channel § {
 only when §
}""",
    "rule": """rule § priority § {
 when §: § where §
 when §
 when § is x
 let § = §
 then flag § as §
 then notify §.x "a"
 then conclude § of § { §: § }
 then add § { §: 1 }
 then set §.§ to §
 then remove §
 then task § "x"
}""",
    "attr": """attribution § over § where § {
 30% §
 70% §.x
}
attribution §(§: stage) { 100% all }
attribution § = §.§(§) over §""",
    "always": """always "x" { § implies destination is not pool § }""",
    "route": """route {
 §: § in [§] -> team §
 §: § -> nurture §
 §: x is § -> member §.x
 otherwise -> member §
}
disqualify {
 §: § -> closed
}
funnel {
 §: §
 won when §
}""",
    "gate": """gate g {
 §: § ask "x"
 b: § passes
 passes when all
}""",
    "list": """list § = [§, §.x]
list § = from "x" column §""",
    "dest": """let a = destination is § and route is not team § and holder is member §""",
}  # fmt: skip
WORDS = sorted(word for word in keywords.BY_FIRST_WORD if word not in keywords.RESERVED)


# Where a word of the language and a name both make sense, the word is meant.
MEANT = {
    "points": ("passes", "fails"), "table": ("passes", "fails"), "given": ("none", "route", "notify", "remind", "task", "send", "flag"),
    "rule": ("none",), "attr": ("first", "last", "all", "others"), "gate": ("certainly", "possibly"),
}  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_every_word_can_be_a_name(place: str) -> None:
    """The tokens after it decide; the tree is that of any other name."""
    text = PLACES[place]
    meant = {spelled for phrase in MEANT.get(place, ()) for spelled in keywords.spellings(phrase)}
    wrong = [
        word
        for word in WORDS
        if word not in meant
        and declarations(text.replace("§", word), {word: "名"}) != declarations(text.replace("§", "名"), {word: "名"})
    ]
    assert wrong == []


# ── Every spelling ──

TOUR = Path(__file__).parent / "tour" / "tour.lead"
MORE = """policy p {
 country CN
 newest first
}
fact F { a: text key }
table t unique: text { | a || b | }
table t first: text {
 | a || b |
}
team t {
 pick round robin
}
let a = b contains c or not c not contains d or e fails or (true and false) or f is not known or g starts with "x"
let b = g ends with h and not (a in b) or certainly x
list l = []
attribution a over B { 100% last }
rule r {
 then add F { a: b }
 then remove c
}
route {
 a: b -> owner
 c: d -> route
}
channel c {
 at most 3 per month
}
test "t" {
 given F { a: unknown }
 given F { a: none }
 after 3 days expect notify x
}
let x = a is unknown or b in c
"""
CORPUS = [*TOUR.read_text("utf-8").split("\n\n"), *(text for text, _ in SHAPES.values()), *MORE.split("\n\n")]


def used() -> dict[str, tuple[str, int, int]]:
    """For each keyword's terminal a text that uses it, and where."""
    found: dict[str, tuple[str, int, int]] = {}
    for text in CORPUS:
        for token in read(Source("a.lead", text)).fed:
            found.setdefault(token.kind, (text, token.start, token.end))
    return found


USED = used()


@pytest.mark.parametrize("phrase", [p for p in keywords.KEYWORDS if p not in ("none", "per")])
def test_every_spelling_of_a_keyword_is_read(phrase: str) -> None:
    text, start, end = USED[keywords.terminal(phrase)]
    plain = declarations(text)
    for spelled in keywords.spellings(phrase):
        assert declarations(f"{text[:start]} {spelled} {text[end:]}") == plain


def test_every_spelling_of_other_words_is_read() -> None:
    def same(template: str, *spellings: str) -> None:
        trees = [declarations(template.replace("§", spelled)) for spelled in spellings]
        assert all(tree == trees[0] for tree in trees), spellings

    same('test "t" { given F { a: § } }', *keywords.spellings("none"))
    for name, unit in keywords.UNITS.items():
        same("let a = b > 3 §", *unit.english, *unit.chinese, *(() if unit.english else (name,)))
    for table, template in (
        (keywords.TYPES, "fact F { a: list of § }"),
        (keywords.ROLES, "fact F { a: text as § }"),
        (keywords.FUNCTIONS, "let a = §(b)"),
        (keywords.WEEKDAYS, "calendar c { § to § 09:00 to 10:00 }"),
        (keywords.PARAMETER_TYPES, "let a(b: §) = c"),
    ):
        for name, chinese in table.items():
            same(template, name, *chinese)


def test_no_two_keywords_of_one_spelling_fit_at_one_place() -> None:
    spelled: dict[str, set[str]] = defaultdict(set)
    for phrase in keywords.KEYWORDS:
        for spelling in keywords.spellings(phrase):
            spelled[spelling].add(keywords.terminal(phrase))
    several = [terminals for terminals in spelled.values() if len(terminals) > 1]
    assert len(several) >= 4
    rows = [{t for t, action in row.items() if isinstance(action, int)} for row in parse_table.load().actions]
    for terminals in several:
        assert not [row for row in rows if len(terminals & row) > 1], terminals


@pytest.mark.parametrize(
    "table", [keywords.UNIT_OF, keywords.TYPE_OF, keywords.ROLE_OF, keywords.FUNCTION_OF, keywords.WEEKDAY_OF]
)
def test_every_word_of_a_table_has_a_chinese_spelling(table: dict[str, str]) -> None:
    for name in set(table.values()):
        assert [s for s, of in table.items() if of == name and not s.isascii()], name


# ── The grammar ──


def test_all_conflicts_of_the_grammar_are_between_reading_on_and_ending() -> None:
    """`where a and b`, windows, `prefer` and `then` belong to the innermost records; a name and `(` are a call."""
    written = StringIO()
    handler = logging.StreamHandler(written)
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    try:
        grammar = (files("leadpolicy.grammar") / "lead.lark").read_text("utf-8")
        Lark(grammar, start="file", parser="lalr", lexer=grammar_table._NoLexer, debug=True)
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
    conflicts = re.findall(r"Shift/Reduce conflict for terminal (\w+): .*\n \* <(\w+) : ", written.getvalue())
    assert len(conflicts) == written.getvalue().count("onflict")
    windows = {"WITHIN", "SINCE", "BETWEEN", "PREFER"}
    allowed = {
        **dict.fromkeys(("preference", "records"), windows | {"THEN"}),
        "where": {"AND"}, "prefer_step": {"AND"}, "narrowing": {"THEN"}, "primary": {"LPAR"},
    }  # fmt: skip
    assert [c for c in conflicts if c[0] not in allowed.get(c[1], ())] == []


def test_the_parse_table_that_is_kept_is_the_grammars() -> None:
    folder = files("leadpolicy.grammar")
    grammar = (folder / "lead.lark").read_text("utf-8")
    made = parse_table.written(grammar_table.make(grammar), grammar)
    assert (folder / parse_table.KEPT).read_text("utf-8") == made, "the grammar has changed: `make table`"
    assert parse_table.load() == grammar_table.make(grammar)
