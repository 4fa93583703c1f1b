"""Names that the language gives a meaning: types, roles, functions, weekdays, `none`, and `this`, `stage`, `holder`.

Types, roles, functions and weekdays stand where no name of the author's can. `this` and its like are looked up
after the author's names, choices among them; so where a file has such a name of its own in either spelling, the word
stays as it is, which is understood whatever language the rest is in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass

from leadpolicy.compiler import syntax
from leadpolicy.grammar import keywords

# Where a node keeps a name, or words, that are no part of an expression.
_NOT_EXPRESSIONS = frozenset({
    "name", "fact", "choice", "column", "currency", "label", "output_columns", "source", "span", "path", "alias",
    "channel", "flag", "steps",
})  # fmt: skip
# What a lead's place is compared with, beside teams and the like, and what can be asked about it.
_PLACES = {
    word: chinese
    for table, words in (
        (keywords.KEYWORDS, ("route", "closed", "undecided", "owner", "member", "team", "queue", "pool", "nurture")),
        (keywords.NOBODY, ("nobody",)),
    )
    for word, chinese in ((word, table[word]) for word in words)
}
_ASKED = ("route", "destination", "holder")


def built_in_words(file: syntax.File, language: str | None) -> dict[int, str]:
    """The words to write instead of the names that begin at these offsets."""
    if language is None:
        return {}
    walk = _Walk()
    for declaration in file.declarations:
        walk.visit(declaration)
    made = {at: _word(table, name, language) for at, table, name in walk.fixed}
    for table, names in ((_PLACES, walk.places), (keywords.BUILT_IN_NAMES, walk.names)):
        for name, chinese in table.items():
            spellings = {name, *chinese}
            if spellings.isdisjoint(walk.own):
                word = _word(table, name, language)
                made |= {node.span.start: word for node in names if node.text in spellings and not node.quoted}
    return made


def _word(table: Mapping[str, tuple[str, ...]], name: str, language: str) -> str:
    return name if language == "en" else table[name][0]


class _Walk:
    """Goes through a tree and sorts its names."""

    def __init__(self) -> None:
        self.fixed: list[tuple[int, Mapping[str, tuple[str, ...]], str]] = []  # where, in which table, which
        self.names: list[syntax.Name] = []  # in expressions
        self.places: list[syntax.Name] = []  # of these, `route` and what a place is compared with
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
            case syntax.Parameter(type=syntax.TypeName(name=name)) if name.text in keywords.PARAMETER_TYPES:
                self.own.add(node.name.text)
                if not name.quoted:
                    self.fixed.append((name.span.start, keywords.PARAMETER_TYPES, name.text))
            case syntax.WeekLine(days=days):
                found = (day for pair in days for day in pair if day.text in keywords.WEEKDAYS and not day.quoted)
                self.fixed.extend((day.span.start, keywords.WEEKDAYS, day.text) for day in found)
            case syntax.Same(fields=names):
                self.own.update(name.text for name in names)
            case syntax.Keep(field=name):
                self.own.add(name.text)
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
        if isinstance(node, syntax.Comparison) and node.relation in ("is", "is not"):
            self._place(node)
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

    def _place(self, node: syntax.Comparison) -> None:
        """`route is closed`, `holder is nobody`: words that stand in an expression but for a place."""
        left, right = node.left, node.right
        asked = {s for name in _ASKED for s in (name, *{**_PLACES, **keywords.BUILT_IN_NAMES}[name])}
        if isinstance(left, syntax.Name) and left.text in asked:
            self.places.extend(name for name in (left, right) if isinstance(name, syntax.Name))


def _fields(node: object) -> Iterator[tuple[str, object]]:
    assert is_dataclass(node)
    for field in fields(node):
        yield field.name, getattr(node, field.name)
