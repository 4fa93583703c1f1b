"""Tokens: what the lexer makes of the text and the parser is fed with."""

from __future__ import annotations

from leadpolicy.compiler.source import Span

# Kinds that are no terminals of the grammar.
WORD = "WORD"  # a word that may be a keyword: the parser decides, it knows what fits
BAD = "BAD"  # text that is no token; the lexer has reported it
STRAY = "STRAY"  # a `}` that closes nothing
DEEP_BRACE = "DEEP_BRACE"  # a `{` that stands too deep inside others; the layout has reported it
END = "$END"


class _Respelt:
    """The value of a word that stands for a phrase written otherwise."""


RESPELT = _Respelt()


class Token:
    """A piece of the text. `text` is what it says in canonical spelling, `value` the literal's node."""

    __slots__ = ("end", "kind", "start", "text", "value")

    def __init__(self, kind: str, text: str, start: int, end: int, value: object = None) -> None:
        self.kind = kind
        self.text = text
        self.start = start
        self.end = end
        self.value = value

    def __repr__(self) -> str:
        return f"{self.kind}({self.text!r}, {self.start}-{self.end})"

    @property
    def span(self) -> Span:
        """Where the token stands."""
        return Span(self.start, self.end)
