"""In which order lets are checked: each behind those that it names, so that a long chain of them goes no deeper."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from leadpolicy.compiler import ir, syntax
from leadpolicy.compiler.resolver import Names


def lets_in_order(names: Names, about: ir.Fact | None) -> list[str]:
    """All lets. Those that seem to stand in a circle, or to need one that does, come last, in the order written."""
    hidden = {f.name for f in about.fields} if about is not None else set()
    done: dict[str, bool] = {}
    """By name: whether it leads into a circle."""
    for start in names.lets:
        path: set[str] = set()
        stack: list[tuple[str, tuple[str, ...] | None]] = [(start, None)]
        while stack:
            name, named = stack.pop()
            if named is not None:
                path.discard(name)
                done[name] = done.get(name, False) or any(done[n] for n in named)
            elif name in path:
                done[name] = True
            elif name not in done:
                path.add(name)
                named = tuple(n for n in _named(names.lets[name].value) if n in names.lets and n not in hidden)
                stack.append((name, named))
                stack.extend((n, None) for n in named)
    return [*(n for n, circle in done.items() if not circle), *(n for n in names.lets if done[n])]


def _named(node: syntax.Expression) -> Iterator[str]:
    """Every name in an expression, whatever it stands for."""
    stack: list[object] = [node]
    while stack:
        found = stack.pop()
        if isinstance(found, syntax.Name):
            yield found.text
        elif isinstance(found, tuple):
            stack.extend(found)
        elif is_dataclass(found):
            stack.extend(getattr(found, f.name) for f in fields(found))
