"""The tour of the whole language, as text: its layout, its translation, and what a Chinese keyboard makes of it."""

from __future__ import annotations

from pathlib import Path
from random import Random

import mangling
import pytest
from test_formatter import formatted
from test_parser_blocks import SHAPES
from test_words import PLACES
from trees import declarations

from leadpolicy.compiler.lexer import lex
from leadpolicy.compiler.source import Source
from leadpolicy.grammar import keywords

FOLDER = Path(__file__).parent / "tour"
TOUR = (FOLDER / "tour.lead").read_text("utf-8")
CHINESE = (FOLDER / "tour_zh.lead").read_text("utf-8")
# What the resolver looks up in either language: a tree has it as written.
LOOKED_UP = {chinese: name for name, (chinese, *_) in keywords.BUILT_IN_NAMES.items()} | {
    "分配": "route", "关闭": "closed", "培育": "nurture", "未定": "undecided", "无人": "nobody",
}  # fmt: skip


def same_tree(first: str, second: str) -> None:
    one, other = declarations(first, LOOKED_UP), declarations(second, LOOKED_UP)
    assert one == other


def test_the_tour_is_laid_out() -> None:
    assert formatted(TOUR) == TOUR
    assert formatted(CHINESE) == CHINESE


def test_the_tour_in_chinese_is_its_translation_and_back_it_is_the_same_file() -> None:
    assert formatted(TOUR, "zh") == CHINESE
    assert formatted(CHINESE, "en") == TOUR
    same_tree(TOUR, CHINESE)


def test_no_english_word_of_the_language_is_left_in_the_chinese_tour() -> None:
    english = {word for phrase in keywords.KEYWORDS for word in keywords.english(phrase).split()}
    fields = {"at", "by", "channel", "region", "owner", "status", "source", "agenda", "kind", "priority", "team"}
    names = {t.text for t in lex(Source("", CHINESE)).tokens if t.kind in ("NAME", "WORD")}
    assert names & english - fields <= {"won", "event"}


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("text", [TOUR, CHINESE], ids=["en", "zh"])
def test_a_careless_author_writes_the_same_policy(text: str, seed: int) -> None:
    """Other blanks, line breaks, comments and full-width signs; the layout is the same up to comments and breaks."""
    mangled = mangling.mangled(text, Random(seed))
    tree = declarations(text)
    assert declarations(mangled) == tree
    assert declarations(formatted(mangled)) == tree
    english, chinese = formatted(mangled, "en"), formatted(mangled, "zh")
    assert formatted(english, "zh") == chinese
    assert formatted(chinese, "en") == english
    same_tree(english, chinese)


@pytest.mark.parametrize("seed", range(2))
def test_names_that_are_words_of_the_language(seed: int) -> None:
    """Renamed to words of the language in back-ticks, in either language, the tour means the same."""
    rng = Random(seed)
    renamed = mangling.renamed(TOUR, rng, TOUR_NAMES)
    tree = declarations(renamed)
    assert declarations(formatted(renamed)) == tree
    english, chinese = formatted(renamed, "en"), formatted(renamed, "zh")
    assert formatted(english, "zh") == chinese
    assert formatted(chinese, "en") == english


TOUR_NAMES = (
    "Lead", "Activity", "Member", "CompanyLink", "kind", "at", "by", "company", "employees", "budget", "fit", "total",
    "intent", "priority", "bant", "MQL", "SQL", "north", "public", "work", "cal", "lead", "rep", "wecom", "what",
    "span", "recent", "reached_out", "region", "status",
)  # fmt: skip


@pytest.mark.parametrize("name", SHAPES)
def test_every_block_keeps_its_tree(name: str) -> None:
    text = SHAPES[name][0]
    tree = declarations(text)
    assert declarations(formatted(text)) == tree
    chinese = formatted(text, "zh")
    assert declarations(chinese, LOOKED_UP) == declarations(text, LOOKED_UP)
    assert formatted(chinese, "en") == formatted(text, "en")
    for seed in range(3):
        assert declarations(formatted(mangling.mangled(text, Random(seed)))) == tree


@pytest.mark.parametrize("place", PLACES)
def test_words_as_names_survive_layout_and_translation(place: str) -> None:
    """Back-ticks appear where the other language needs them, and nowhere else."""
    for word in ("before", "last", "每次", "满足条件"):
        text = formatted(PLACES[place].replace("§", word))
        chinese = formatted(text, "zh")
        renamed = {"无": "none"}
        assert declarations(chinese, LOOKED_UP | renamed) == declarations(text, LOOKED_UP | renamed)
        assert formatted(formatted(chinese, "en"), "zh") == chinese


def on_a_chinese_keyboard(text: str) -> str:
    """Every sign as a Chinese keyboard gives it, outside strings and comments."""
    signs = {",": "，", ":": "：", "(": "（", ")": "）", "[": "【", "]": "】", "{": "｛", "}": "｝", ">=": "≥", "<=": "≤",
             "->": "→", "+": "＋", "-": "－", "*": "＊", "/": "／", "=": "＝", ".": "．", "|": "｜", "||": "｜｜", ">": "＞",
             "<": "＜"}  # fmt: skip
    out: list[str] = []
    at = 0
    for token in lex(Source("", text)).tokens:
        out.append(text[at : token.start])
        written = text[token.start : token.end]
        at = token.end
        if token.kind == "STRING":
            written = f"“{written[1:-1]}”" if token.start % 2 else f"「{written[1:-1]}」"
        elif token.kind in ("CLOCK", "DATE", "TIME", "NUMBER", "QUANTITY"):
            written = "".join(chr(ord(c) + 0xFEE0) if c in "0123456789:-%" else c for c in written)
        out.append(signs.get(written, written))
    return "".join(out) + text[at:]


@pytest.mark.parametrize("text", [TOUR, CHINESE], ids=["en", "zh"])
def test_the_signs_of_a_chinese_keyboard(text: str) -> None:
    typed = on_a_chinese_keyboard(text)
    assert declarations(typed) == declarations(text)
    assert formatted(typed) == text


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("let a = b ≠ 「x」", 'let a = b is not "x"'),
        ("let a = b in [「一」、「二」]", 'let a = b in ["一", "二"]'),
        ("channel c { quiet 20：00 to 8：30 }", "channel c { quiet 20:00 to 8:30 }"),
        (
            "calendar c { 周一、周三 09：00 至 12：00、13：00 至 18：00 }",
            "calendar c { mon, wed 09:00 to 12:00, 13:00 to 18:00 }",
        ),
        ("let a = b 是 『c』", 'let a = b is "c"'),
        ("let a = b ＜＝ 25％", "let a = b <= 25%"),
    ],
)
def test_signs(typed: str, plain: str) -> None:
    assert declarations(typed) == declarations(plain)
