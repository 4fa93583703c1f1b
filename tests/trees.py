"""Syntax trees in a form to compare: without spans, and with other names."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from leadpolicy.compiler import syntax
from leadpolicy.compiler.parser import parse
from leadpolicy.compiler.source import Source, Span


def read(text: str) -> syntax.File:
    """The tree of a text that has no mistakes."""
    tree, diagnostics = parse(Source("a.lead", text))
    assert [(d.code, d.message) for d in diagnostics] == []
    return tree


def short(node: Any, renamed: Mapping[str, str] | None = None) -> Any:
    """A node without its spans: a class's name and its fields; names and literals as they are.

    Fields that have a default value, and have it, are left out.
    """
    match node:
        case syntax.Name():
            return (renamed or {}).get(node.text, node.text)
        case syntax.Text():
            return repr(node.value)
        case syntax.Number() | syntax.Boolean():
            return str(node.value)
        case syntax.Quantity():
            return f"{node.value} {node.unit}"
        case syntax.Date() | syntax.Time():
            return node.value.isoformat()
        case Span():
            return None
        case tuple():
            return [short(x, renamed) for x in node]
    if dataclasses.is_dataclass(node):
        values = [
            getattr(node, f.name)
            for f in dataclasses.fields(node)
            if f.name != "span" and (f.default is dataclasses.MISSING or getattr(node, f.name) != f.default)
        ]
        return (type(node).__name__, *(short(v, renamed) for v in values))
    return node


def declarations(text: str, renamed: Mapping[str, str] | None = None) -> list[Any]:
    """The short forms of all declarations of a text."""
    return [short(d, renamed) for d in read(text).declarations]
