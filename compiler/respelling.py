"""Other ways to write what the language has words for: `within the last 30 days`, `more than 5`, `大于等于 10`.

Between the lexer and the layout, the tokens of such a phrase become the tokens of the language's own words, with a
warning that says how it is read and a fix that writes it so. Only what can mean nothing else is read: two names
never stand side by side in a policy, nor do a name and a number, so the phrases here take nothing away.
"""

from __future__ import annotations

from leadpolicy.compiler.diagnostics import Diagnostic
from leadpolicy.compiler.respelt_values import Values
from leadpolicy.compiler.respelt_words import Words
from leadpolicy.compiler.source import Source
from leadpolicy.compiler.tokens import Token
from leadpolicy.grammar.other_ways import (
    FIRST,
    VALUES,
    WORDS,
)


def respell(source: Source, tokens: list[Token]) -> tuple[list[Token], list[Diagnostic]]:
    """The tokens in the language's own words, and a warning for each phrase that was written otherwise."""
    return _Respeller(source, tokens).run()


class _Respeller(Words, Values):
    def run(self) -> tuple[list[Token], list[Diagnostic]]:
        tokens, out = self.tokens, self.out
        count = len(tokens)
        while self.at < count:
            token = tokens[self.at]
            kind = token.kind
            if kind in WORDS:
                word = token.text
                looked_at = word in FIRST or not word.isascii() or word.isupper()
                taken = looked_at and token.value is None and self._word(token)
            elif kind in VALUES or kind == "CLOCK":
                taken = self._value(token)
            else:
                taken = (kind == "BAR" and self._bars(token)) or (kind == "LPAR" and self._round_list(token))
                if not taken:
                    self._bracket(kind)
            if not taken:
                out.append(token)
                self.at += 1
        return out, self.diagnostics

    def _word(self, token: Token) -> bool:
        return (
            self._phrase()
            or self._between()
            or self._upper(token)
            or self._weekday(token)
            or self._yes_or_no(token)
            or self._counted()
            or self._chinese(token)
            or self._hyphenated()
            or self._nurture_span()
            or self._unknown_cell()
        )
