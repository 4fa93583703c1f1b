"""Wording: what a message is made of, that no diagnostic is worded in any other way, and that it has a Chinese twin."""

from __future__ import annotations

import ast
import copy
import pickle
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from string import Formatter

import pytest

from leadpolicy.compiler.codes import CODES
from leadpolicy.compiler.pipeline import compile_source
from leadpolicy.compiler.source import Source
from leadpolicy.compiler.wording import Message, counted, foreign, joined, keyword, say, term, translated
from leadpolicy.compiler.wording_zh import COUNTED, MESSAGES, TERMS, foreign_in_chinese
from leadpolicy.compiler.wording_zh.blocks import BLOCKS
from leadpolicy.compiler.wording_zh.causes import CAUSES
from leadpolicy.compiler.wording_zh.codes import TITLES
from leadpolicy.compiler.wording_zh.files import FILES
from leadpolicy.compiler.wording_zh.further import FURTHER
from leadpolicy.compiler.wording_zh.habits import HABITS
from leadpolicy.compiler.wording_zh.names import NAMES
from leadpolicy.compiler.wording_zh.records import RECORDS
from leadpolicy.compiler.wording_zh.screen import SCREEN
from leadpolicy.compiler.wording_zh.values import VALUES
from leadpolicy.compiler.wording_zh.writing import WRITING

ROOT = Path(__file__).resolve().parents[1]
BAD = sorted((ROOT / "tests" / "bad").glob("*.lead"))
HAN = re.compile("[\u4e00-\u9fff]")
WORDING_OF = {  # the arguments of a call that are wording, by place; `hint` is wording everywhere
    "report": (2,), "warn": (2,), "Diagnostic": (2, 5), "_error": (2, 3), "_bad": (3, 4), "_report": (1, 3),
    "Related": (0,), "Problem": (1,),
}  # fmt: skip


@dataclass(frozen=True)
class Place:
    """A call in the compiler's source, as a failing test shows it."""

    path: Path
    call: ast.Call

    def __str__(self) -> str:
        return f"{self.path.relative_to(ROOT)}:{self.call.lineno}"


def name_of(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def calls() -> Iterator[tuple[str, Place]]:
    """All calls where diagnostics are made, with the name of what is called."""
    files = [
        p
        for room in (
            "compiler",
            "src/leadpolicy/testing",
            "src/leadpolicy/cli",
            "src/leadpolicy/files",
            "src/leadpolicy/simulation",
        )
        for p in sorted((ROOT / room).rglob("*.py"))
    ]
    files += (ROOT / "src" / "leadpolicy").glob("*.py")
    for path in files:
        if path.name != "wording.py" and not {"to_python", "interpreter"} & {*path.parts}:
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call):
                    yield name_of(node.func), Place(path, node)


CALLS = list(calls())
SAID = [place for name, place in CALLS if name == "say"]
PHRASES = [place for name, place in CALLS if name == "term"]
THINGS = [
    place
    for name, place in CALLS
    if name == "counted" and len(place.call.args) > 1 and isinstance(place.call.args[1], ast.Constant)
]


def holes(template: str) -> int:
    return sum(field is not None for _, field, _, _ in Formatter().parse(template))


def literal(call: ast.Call) -> str:
    first = call.args[0]
    assert isinstance(first, ast.Constant), "the first argument is not a literal"
    assert isinstance(first.value, str)
    return first.value


def is_bare(node: ast.expr) -> bool:
    """Whether it is wording that was not made by `say`: a literal, or texts put together."""
    match node:
        case ast.JoinedStr() | ast.BinOp():
            return True
        case ast.Constant(value=value):
            return isinstance(value, str)
        case ast.IfExp(body=body, orelse=orelse):
            return is_bare(body) or is_bare(orelse)
        case ast.BoolOp(values=values):
            return any(map(is_bare, values))
        case _:
            return False


def test_there_are_messages_to_look_at() -> None:
    assert len(SAID) > 200
    assert len(PHRASES) > 50


@pytest.mark.parametrize("place", SAID, ids=str)
def test_a_template_is_a_literal_with_a_hole_for_each_value(place: Place) -> None:
    spread = any(isinstance(value, ast.Starred) for value in place.call.args)
    assert spread or holes(literal(place.call)) == len(place.call.args) - 1


@pytest.mark.parametrize("place", PHRASES, ids=str)
def test_a_term_is_a_literal(place: Place) -> None:
    assert holes(literal(place.call)) == 0


def test_every_diagnostic_is_worded_by_say() -> None:
    found = 0
    for name, place in CALLS:
        given = [place.call.args[i] for i in WORDING_OF.get(name, ()) if i < len(place.call.args)]
        given += [k.value for k in place.call.keywords if k.arg == "hint"]
        found += len(given)
        assert not any(map(is_bare, given)), f"{place}: put the text into say(…)"
    assert found > 200


def test_names_that_hold_messages_are_worded_by_say() -> None:
    for path in sorted((ROOT / "compiler").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Assign) and {"message", "hint"} & {getattr(t, "id", "") for t in node.targets}:
                assert not is_bare(node.value), f"{path}:{node.lineno}: put the text into say(…)"


def test_a_message_is_its_english_text() -> None:
    message = say("`{}` is {}, and {{ … }} is {}", "a {} b", term("a number"), say("a list of {}", term("text")))
    assert message == "`a {} b` is a number, and { … } is a list of text"
    assert message.template == "`{}` is {}, and {{ … }} is {}"
    assert translated(message, "en") == message
    assert type(translated(message, "en")) is str


def test_joined() -> None:
    assert joined(["a", "b", "c"]) == "a, b, c"
    assert joined(["a", "b", "c"], "and") == "a, b and c"
    assert joined(["a"], "or") == "a"
    assert joined([]) == ""


def test_messages_can_be_copied_and_pickled() -> None:
    message = say("there is no {} `{}`", term("date"), joined(["a", "b"], "or"))
    for again in (copy.deepcopy(message), pickle.loads(pickle.dumps(message))):
        assert again == message
        assert again.values == message.values
        assert type(again.values[0]) is type(message.values[0])


def test_what_is_no_wording_stays_as_it_is() -> None:
    assert translated("a plain {text}", "zh") == "a plain {text}"


# ── In Chinese ──


def letters(template: str) -> bool:
    """Whether there is anything to translate outside holes, back-ticks and options."""
    return re.search("[A-Za-z]", re.sub("`[^`]*`|--[a-z-]+", "", template)) is not None


def numbered(template: str) -> list[int]:
    """The numbers of the holes, whether they are written or counted."""
    fields = [field for _, field, _, _ in Formatter().parse(template) if field is not None]
    assert not (any(fields) and not all(fields)), "either all holes have a number or none has"
    return sorted(int(field) if field else at for at, field in enumerate(fields))


@pytest.mark.parametrize("place", SAID, ids=str)
def test_a_template_has_a_chinese_twin_with_the_same_holes(place: Place) -> None:
    template = literal(place.call)
    assert template in MESSAGES, "add its Chinese twin in compiler/wording_zh"
    twin = MESSAGES[template]
    assert numbered(twin) == numbered(template)
    assert HAN.search(twin) or not letters(template)


@pytest.mark.parametrize("place", PHRASES, ids=str)
def test_a_term_has_a_chinese_twin(place: Place) -> None:
    assert HAN.search(TERMS[literal(place.call)])


def test_what_is_counted_has_a_chinese_twin() -> None:
    assert {place.call.args[1].value for place in THINGS} == set(COUNTED)  # type: ignore[attr-defined]
    assert all(holes(twin) == 1 and HAN.search(twin) for twin in COUNTED.values())
    leads = say("{} read", counted(2000, "lead"))
    assert (leads, translated(leads, "zh")) == ("2,000 leads read", "读取 2,000 个线索")
    assert say("{} read", counted(1, "lead")) == "1 lead read"


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("a whole number", "整数"),
        ("one of SMB, Enterprise", "以下之一：SMB, Enterprise"),
        ("a list of money in USD", "USD 金额的列表"),
        ("the key of a Member", "Member 的主键"),
        ("expecting value at column 3", "第 3 列应为 value"),
        ("something new", "something new"),
        ('"one of a kind"', '"one of a kind"'),
    ],
)
def test_what_the_engine_says_is_said_in_chinese_by_its_form(english: str, chinese: str) -> None:
    assert foreign_in_chinese(english) == chinese
    assert translated(say("{}: {}", "a.csv", foreign(english)), "zh") == f"a.csv：{chinese}"


def test_no_twin_is_left_over_or_written_twice() -> None:
    assert set(MESSAGES) == {literal(place.call) for place in SAID}
    assert set(TERMS) == {literal(place.call) for place in PHRASES}
    assert len(MESSAGES) == sum(map(len, (WRITING, NAMES, VALUES, RECORDS, BLOCKS, FURTHER, HABITS, FILES, SCREEN)))


@pytest.mark.parametrize("code", sorted(CODES))
def test_a_code_has_a_chinese_title_and_cause(code: str) -> None:
    assert HAN.search(TITLES[code])
    assert HAN.search(CAUSES[code])


def test_no_chinese_text_is_left_over() -> None:
    assert set(TITLES) == set(CAUSES) == set(CODES)


@pytest.mark.parametrize("text", [*MESSAGES.values(), *TERMS.values(), *TITLES.values(), *CAUSES.values()])
def test_chinese_text_has_chinese_punctuation(text: str) -> None:
    prose = re.sub("`[^`]*`", "``", text)
    assert not re.search("[\u4e00-\u9fff`][,;?!]|[,;?!][\u4e00-\u9fff`]", prose)


@pytest.mark.parametrize("path", BAD, ids=lambda p: p.stem)
def test_every_diagnostic_is_said_in_chinese(path: Path) -> None:
    result = compile_source(Source(path.name, path.read_text(encoding="utf-8")))
    assert result.diagnostics
    for english in result.diagnostics:
        chinese = english.in_language("zh")
        said = [english.message, *filter(None, [english.hint]), *(r.message for r in english.related)]
        assert all(isinstance(message, Message) for message in said)
        for text in (chinese.message, *filter(None, [chinese.hint]), *(r.message for r in chinese.related)):
            assert HAN.search(text), f"not translated: {text}"
        assert (chinese.code, chinese.span, chinese.fix) == (english.code, english.span, english.fix)
        assert english.in_language("en") == english


def test_values_are_said_in_chinese_too() -> None:
    inner = say("`{}` is {}, not a {}", "a {} `b`", say("a list of {}", term("a number")), "Member")
    assert translated(inner, "zh") == "`a {} `b`` 是数字的列表\uff0c不是 Member"
    assert translated(say("there is no {} `{}`", term("date"), "2026-02-30"), "zh") == "没有 `2026-02-30` 这个日期"


def test_joined_things_and_keywords_in_chinese() -> None:
    types = say("types: {}", joined(map(keyword, ("text", "int", "mystery"))))
    assert types == "types: text, int, mystery"
    assert translated(types, "zh") == "可用的类型\uff1a文本、整数、mystery"
    assert translated(say("types: {}", joined(["a", "b", "c"], "or")), "zh") == "可用的类型\uff1aa、b或c"
    circle = say("these go round in a circle: {}", joined(["`a`", "`b`"], between=" → "))
    assert translated(circle, "zh").endswith("\uff1a`a` → `b`")
