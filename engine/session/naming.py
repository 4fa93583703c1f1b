"""How facts are called in what people read: `Lead L1`, `Link (a, b)`, `WarmIntroduction of L1 (甲)`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any


def fact_text(fact: Sequence[Any]) -> str:
    """A fact: by its key, or by what it says."""
    if len(fact) == 2:
        return f"{fact[0]} {fact[1]}"
    name, _, link, content = fact
    return f"{name}{'' if link is None else f' of {link}'} ({', '.join(map(value_text, content))})"


def facts_text(facts: Iterable[Any]) -> str:
    """Several facts."""
    return ", ".join(map(fact_text, facts))


def named_text(name: str, fact: Sequence[Any]) -> str:
    """A fact by what a rule calls it."""
    return f"{name}: {fact_text(fact)}"


def value_text(value: object) -> str:
    """A value of a record's content: unknown `?`, nothing `none`."""
    if value is None:
        return "?"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return f"[{', '.join(map(value_text, value))}]"
    return "none" if value == {} else str(value)
