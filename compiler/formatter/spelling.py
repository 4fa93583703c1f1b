"""How each token is written: keywords, names, numbers and strings, in the author's language or a given one."""

from __future__ import annotations

import re
import unicodedata

from leadpolicy.compiler.formatter.built_in_words import built_in_words
from leadpolicy.compiler.lexer import ascii_twins
from leadpolicy.compiler.literals import read_string, string_end
from leadpolicy.compiler.parser import Reading
from leadpolicy.compiler.source import Source, Span
from leadpolicy.compiler.syntax import Quantity
from leadpolicy.compiler.tokens import RESPELT, Token
from leadpolicy.grammar import keywords

PHRASES = frozenset(keywords.terminal(phrase) for phrase in keywords.KEYWORDS)
_WORD = re.compile(r"[^\W\d][\w\u0300-\u036f]*")
_NUMBER = re.compile(r"([0-9_.]+[万亿]?)(\s*)(.*)", re.DOTALL)
# Words that mean something other than a name of the author's, where no back-ticks stand round them.
_LOOKED_UP = frozenset({*keywords.TYPE_OF, *keywords.FUNCTION_OF, *keywords.spellings("none")})
_COMMENT = re.compile(r"#[^\n]*")
_BARE_QUOTE = re.compile(r'(\\.)|"', re.DOTALL)


class Speller:
    """Spells the tokens of one file. `language` None leaves every word as its author wrote it."""

    def __init__(self, reading: Reading, language: str | None) -> None:
        self.source = reading.file.source
        self.language = language
        self.words = built_in_words(reading.file, language)
        first = next((t for t in reading.fed if t.kind in PHRASES), None)
        ascii_first = first is None or self.source.text[first.start : first.end].isascii()
        self.native = "en" if ascii_first else "zh"

    def spell(self, token: Token) -> str:
        """The token as it is written."""
        written = self.source.text[token.start : token.end]
        if token.kind in PHRASES:
            return self._keyword(token, written)
        if token.kind == "NAME":
            return self._name(token)
        if token.kind == "STRING":
            return _string(written)
        if token.kind in ("NUMBER", "QUANTITY"):
            return self._number(token)
        if token.kind == "EQUALS":
            return "="
        return " ".join(token.text.split())

    def _keyword(self, token: Token, written: str) -> str:
        if token.value is RESPELT or not _WORD.match(ascii_twins(written)):  # `=` and `≠` are read as words
            return _phrase(token.text, self.language or self.native)
        if self.language is not None:
            return _phrase(token.text, self.language)
        written = _COMMENT.sub("", ascii_twins(written))  # inside brackets one may stand between two words
        return " ".join(written.split())

    def _name(self, token: Token) -> str:
        name = self.words.get(token.start)
        if name is not None:
            return name
        quoted = token.value is True
        return f"`{token.text}`" if _needs_ticks(token.text, quoted) else token.text

    def _number(self, token: Token) -> str:
        found = _NUMBER.fullmatch(token.text)
        assert found is not None
        digits, blank, unit = found[1], found[2], " ".join(found[3].split())
        name = keywords.UNIT_OF.get(unit, unit)
        if self.language is None or name not in keywords.UNITS:
            return f"{digits}{' ' if blank and unit else ''}{unit}"
        known = keywords.UNITS[name]
        if self.language == "zh":
            return f"{digits} {known.chinese[0]}"
        one = isinstance(token.value, Quantity) and token.value.value == 1
        english = known.english or (name,)  # a currency has no other English name than its code
        return f"{digits} {english[0] if one else english[-1]}"


def _phrase(phrase: str, language: str) -> str:
    return keywords.english(phrase) if language == "en" else keywords.KEYWORDS[phrase][0]


def _needs_ticks(name: str, quoted: bool) -> bool:
    """Whether a name needs back-ticks wherever it stands."""
    if name in keywords.RESERVED or (quoted and name in _LOOKED_UP):
        return True
    plain = _WORD.fullmatch(name) is not None and ascii_twins(name) == name
    return not (plain and unicodedata.normalize("NFC", name) == name)


def _string(written: str) -> str:
    """A string in ASCII quotes, where it can stand in them (a `”` inside would close it)."""
    inner = _BARE_QUOTE.sub(lambda m: m[1] or '\\"', written[1:-1])
    quoted = f'"{inner}"'
    if string_end(quoted, 0) != len(quoted) or _value(quoted) != _value(written):
        return written
    return quoted


def _value(written: str) -> str | None:
    text, _ = read_string(Source("", written), Span(0, len(written)))
    return None if text is None else text.value
