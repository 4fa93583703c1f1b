"""Names that the language gives a meaning: types, roles, functions, `none`, and `this`, `stage`, `disqualified`.

Types, roles and functions stand where no name of the author's can. `this` and its like are looked up after the
author's names, choices among them; so where a file has such a name of its own in either spelling, the word stays as
it is, which is understood whatever language the rest is in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass

from leadpolicy.compiler import syntax
from leadpolicy.grammar import keywords

# Where a node keeps a name, or words, that are no part of an expression.
_NOT_EXPRESSIONS = frozenset(
    {"name", "fact", "choice", "column", "currency", "label", "output_columns", "source", "span"}
)


def built_in_words(file: syntax.File, language: str | None) -> dict[int, str]:
    """The words to write instead of the names that begin at these offsets."""
    if language is None:
        return {}
    walk = _Walk()
    for declaration in file.declarations:
        walk.visit(declaration)
    made = {at: _word(table, name, language) for at, table, name in walk.fixed}
    for name, chinese in keywords.BUILT_IN_NAMES.items():
        spellings = {name, *chinese}
        if spellings.isdisjoint(walk.own):
            word = _word(keywords.BUILT_IN_NAMES, name, language)
            made |= {node.span.start: word for node in walk.names if node.text in spellings}
    return made


def _word(table: Mapping[str, tuple[str, ...]], name: str, language: str) -> str:
    return name if language == "en" else table[name][0]


class _Walk:
    """Goes through a tree and sorts its names."""

    def __init__(self) -> None:
        self.fixed: list[tuple[int, Mapping[str, tuple[str, ...]], str]] = []  # where, in which table, which
        self.names: list[syntax.Name] = []  # in expressions
        self.own: set[str] = set()  # every other name, and every choice

    def visit(self, node: object) -> None:
        """One node and what is in it."""
        match node:
            case syntax.Name():
                self.names.append(node)
            case syntax.TypeName(name=name):
                if not name.quoted and name.text in keywords.TYPES:
                    self.fixed.append((name.span.start, keywords.TYPES, name.text))
            case syntax.ChoiceType(choices=choices):
                self.own.update(c.value if isinstance(c, syntax.Text) else c.text for c in choices)
            case syntax.FieldModifier(kind=kind, value=value):
                if kind == "role" and isinstance(value, syntax.Name):
                    self.fixed.append((value.span.start, keywords.ROLES, value.text))
            case syntax.Unknown(word="none", span=span):
                self.fixed.append((span.start, keywords.KEYWORDS, "none"))
            case syntax.Header() | syntax.ListDeclaration(items=None):
                self.own.add(node.name.text)
            case tuple():
                for item in node:
                    self.visit(item)
            case _ if is_dataclass(node):
                self._parts(node)

    def _parts(self, node: object) -> None:
        if isinstance(node, syntax.Call) and isinstance(node.function, syntax.Name):
            function = node.function
            if not function.quoted and function.text in keywords.FUNCTIONS:
                self.fixed.append((function.span.start, keywords.FUNCTIONS, function.text))
            self.visit(node.arguments)
            return
        for name, value in _fields(node):
            if name not in _NOT_EXPRESSIONS:
                self.visit(value)
                continue
            for item in value if isinstance(value, tuple) else (value,):
                if isinstance(item, syntax.Name):
                    self.own.add(item.text)


def _fields(node: object) -> Iterator[tuple[str, object]]:
    assert is_dataclass(node)
    for field in fields(node):
        yield field.name, getattr(node, field.name)
