"""Pieces of Python that know how tightly they bind, so that brackets stand only where they are needed."""

from __future__ import annotations

from typing import Final, NamedTuple

CONDITIONAL: Final = 0
OR: Final = 1
AND: Final = 2
NOT: Final = 3
COMPARISON: Final = 4
ATOM: Final = 5


class Code(NamedTuple):
    """An expression's text, and how tightly its outermost operator binds."""

    text: str
    binds: int
    parts: tuple[Code, ...] = ()
    """Of an `and` or `or`: what it joins."""

    def at(self, binds: int) -> str:
        """The text for a place that needs something that binds so tightly."""
        return self.text if self.binds >= binds else f"({self.text})"


ALWAYS: Final = Code("True", ATOM)
NEVER: Final = Code("False", ATOM)


def atom(text: str) -> Code:
    """A name or a literal."""
    return Code(text, ATOM)


def all_of(parts: list[Code]) -> Code:
    """The `and` of the parts, each said once."""
    return _join(parts, NEVER, ALWAYS, "and", AND)


def any_of(parts: list[Code]) -> Code:
    """The `or` of the parts, each said once."""
    return _join(parts, ALWAYS, NEVER, "or", OR)


def _join(parts: list[Code], deciding: Code, neutral: Code, word: str, binds: int) -> Code:
    if len(parts) == 1:
        return parts[0]
    said: dict[Code, None] = {}
    for part in parts:
        if part == deciding:
            return deciding
        if part != neutral:
            said.update(dict.fromkeys(part.parts if part.binds == binds and part.parts else (part,)))
    if len(said) < 2:
        return next(iter(said), neutral)
    return Code(f" {word} ".join([part.at(binds) for part in said]), binds, tuple(said))


def inverse(part: Code) -> Code:
    """`not` of a condition that is never unknown."""
    if part == ALWAYS:
        return NEVER
    if part == NEVER:
        return ALWAYS
    # All blanks are the operator's: what stands beside it has none, so nothing else is touched.
    for word, other in ((" is not ", " is "), (" not in ", " in "), (" is ", " is not "), (" in ", " not in ")):
        if part.binds == COMPARISON and part.text.count(" ") == word.count(" ") and word in part.text:
            return Code(part.text.replace(word, other), COMPARISON)
    return Code(f"not {part.at(COMPARISON)}", NOT)
