"""Where the respelling stands: the tokens around it, and what it puts in their place."""

from __future__ import annotations

from leadpolicy.compiler.diagnostics import Diagnostic, Fix
from leadpolicy.compiler.source import Source, Span
from leadpolicy.compiler.syntax import Quantity
from leadpolicy.compiler.tokens import RESPELT, WORD, Token
from leadpolicy.compiler.wording import say
from leadpolicy.grammar import keywords
from leadpolicy.grammar.other_ways import (
    SIGN_KINDS,
    WORDS,
)


class Cursor:
    """Walks over the tokens of a file; `out` has those that the layout will see."""

    def __init__(self, source: Source, tokens: list[Token]) -> None:
        self.source = source
        self.tokens = tokens
        self.out: list[Token] = []
        self.brackets: list[str] = []  # the open ones; a `(` behind a function's name is "call"
        self.diagnostics: list[Diagnostic] = []
        self.at = 0

    def _bracket(self, kind: str) -> None:
        if kind in ("LBRACE", "LSQB"):
            self.brackets.append(kind)
        elif kind == "LPAR":
            before = self.out[-1] if self.out else None
            call = before is not None and before.kind in WORDS and before.end == self.tokens[self.at].start
            self.brackets.append("call" if call else kind)
        elif kind in ("RBRACE", "RPAR", "RSQB") and self.brackets:
            self.brackets.pop()

    def _kind(self, ahead: int) -> str:
        at = self.at + ahead
        return self.tokens[at].kind if at < len(self.tokens) else "NEWLINE"

    def _text(self, ahead: int) -> str:
        """The word there; a sign has none."""
        at = self.at + ahead
        token = self.tokens[at] if at < len(self.tokens) else None
        return token.text if token is not None and token.kind in WORDS and token.value is None else ""

    def _before(self, back: int = 1) -> Token | None:
        return self.out[-back] if len(self.out) >= back else None

    def _said_before(self, *words: str) -> bool:
        return all((t := self._before(len(words) - i)) is not None and t.text == w for i, w in enumerate(words))

    def _replace(self, width: int, read_as: str, start: int | None = None) -> bool:
        """Put `read_as` in the place of the next tokens."""
        first = self.tokens[self.at].start if start is None else start
        end = self.tokens[self.at + width - 1].end
        self._warn(first, end, read_as)
        for word in read_as.split() or [""]:
            kind = SIGN_KINDS.get(word, WORD)
            self.out.append(Token(kind, word, first, end, RESPELT if kind == WORD else None))
            first = end
        self.at += width
        return True

    def _warn(self, start: int, end: int, read_as: str) -> None:
        written = self.source.text[start:end]
        hint = say("write `{}`", read_as) if read_as else say("leave it out")
        message = say("`{}` is read as `{}`", written, read_as) if read_as else say("`{}` says nothing here", written)
        fix = Fix(start, end, read_as)
        self.diagnostics.append(Diagnostic("LP1053", "warning", message, self.source, Span(start, end), hint, fix))

    def _leave_out(self, width: int) -> bool:
        self._warn(self.tokens[self.at].start, self.tokens[self.at + width - 1].end, "")
        self.at += width
        return True

    def _is_span(self, ahead: int) -> bool:
        at = self.at + ahead
        value = self.tokens[at].value if at < len(self.tokens) else None
        return isinstance(value, Quantity) and keywords.UNITS.get(value.unit) is not None and value.unit != "CNY"
