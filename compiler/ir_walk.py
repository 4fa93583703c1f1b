"""Going through the intermediate representation, whatever kinds of nodes there are."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Literal, get_args, get_origin

from leadpolicy.compiler import ir

_LEAVES = frozenset({str, int, bool, type(None), ir.Place, ir.Type, ir.Duration})


def below(node: ir.Node) -> list[ir.Node]:
    """The nodes that stand directly in one, in the order of its fields; places, types and constants left out."""
    values = node.__dict__
    found: list[ir.Node] = []
    for name in fields_of(type(node)):
        value = values[name]
        if value is None:
            continue
        if isinstance(value, ir.Node):
            found.append(value)
        elif type(value) is tuple:
            found += [child for child in value if isinstance(child, ir.Node)]
    return found


def walk(node: ir.Node) -> Iterator[ir.Node]:
    """A node and all below it, outermost first."""
    stack = [node]
    while stack:
        one = stack.pop()
        yield one
        stack += reversed(below(one))


@cache
def fields_of(kind: type[ir.Node]) -> tuple[str, ...]:
    """The fields of a kind of node that can hold others."""
    return tuple(name for name, field in kind.model_fields.items() if _may_hold(field.annotation))


def _may_hold(annotation: object) -> bool:
    if annotation in _LEAVES or annotation is Ellipsis or get_origin(annotation) is Literal:
        return False
    inner = get_args(annotation)
    return any(map(_may_hold, inner)) if inner else True
