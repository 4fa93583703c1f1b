"""Wording: what a message is made of, and that no diagnostic is worded in any other way."""

from __future__ import annotations

import ast
import copy
import pickle
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from string import Formatter

import pytest

from leadpolicy.compiler.wording import joined, say, term, translated

ROOT = Path(__file__).resolve().parents[1]
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
    files = [p for room in ("compiler", "src/leadpolicy/testing") for p in sorted((ROOT / room).rglob("*.py"))]
    for path in files:
        if path.name != "wording.py" and not {"to_python", "interpreter"} & {*path.parts}:
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call):
                    yield name_of(node.func), Place(path, node)


CALLS = list(calls())
SAID = [place for name, place in CALLS if name == "say"]
TERMS = [place for name, place in CALLS if name == "term"]


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
    assert len(TERMS) > 50


@pytest.mark.parametrize("place", SAID, ids=str)
def test_a_template_is_a_literal_with_a_hole_for_each_value(place: Place) -> None:
    assert holes(literal(place.call)) == len(place.call.args) - 1


@pytest.mark.parametrize("place", TERMS, ids=str)
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
