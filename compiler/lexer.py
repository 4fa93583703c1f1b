"""The lexer: text to tokens, without deciding what only the grammar can.

One regular expression walks over the text once. A word that may be a keyword comes out as WORD: almost every
keyword can also be a name, and the parser picks, knowing what fits. Newlines all come out; compiler/layout.py
keeps those that separate. Full-width punctuation and digits are read as their ASCII twins by translating the
text one character for one, so that every offset stays true; strings take their characters from the original.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace

from leadpolicy.compiler import amounts
from leadpolicy.compiler.diagnostics import Diagnostic, Fix
from leadpolicy.compiler.literals import read_date, read_number, read_string, string_end
from leadpolicy.compiler.source import Source, Span
from leadpolicy.compiler.tokens import BAD, WORD, Token
from leadpolicy.compiler.wording import Message, say
from leadpolicy.grammar import keywords

_TWINS = {0xFF01 + i: 0x21 + i for i in range(0x5E)}
# A full-width letter belongs to a name, and a full-width quote or backslash may stand inside a string.
for _kept in (*range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B), ord("＂"), ord("＇"), ord("＼")):
    del _TWINS[_kept]
_TWINS.update({ord(k): ord(v) for k, v in zip("、【】−–×÷￥", ",[]--*/¥", strict=True)})

_SYMBOLS = {
    "{": "LBRACE", "}": "RBRACE", "(": "LPAR", ")": "RPAR", "[": "LSQB", "]": "RSQB", "|": "BAR", "||": "BARS",
    ",": "COMMA", ":": "COLON", ".": "DOT", "->": "ARROW", "→": "ARROW", "⇒": "ARROW", "=": "EQUALS",
    "==": "EQUALS", "+": "PLUS", "-": "MINUS", "*": "STAR", "/": "SLASH", "<": "LESS", "<=": "LESS_EQUAL",
    "≤": "LESS_EQUAL", "≦": "LESS_EQUAL", ">": "MORE", ">=": "MORE_EQUAL", "≥": "MORE_EQUAL",
    "≧": "MORE_EQUAL", "≠": "IS_NOT", "!=": "IS_NOT", "<>": "IS_NOT",
}  # fmt: skip
_CANONICAL = {"→": "->", "⇒": "->", "≤": "<=", "≦": "<=", "≥": ">=", "≧": ">=", "≠": "is not", "!=": "is not",
              "<>": "is not"}  # fmt: skip


def _any_of(spelled: list[str]) -> str:
    longest_first = sorted(spelled, key=lambda s: (-len(s), s))
    return "|".join(re.escape(s).replace("\\ ", r"[^\S\n]+") for s in longest_first)


_CHINESE_UNITS = _any_of([s for unit in keywords.UNITS.values() for s in unit.chinese])
_ENGLISH_UNITS = _any_of([s for unit in keywords.UNITS.values() for s in unit.english])

_TOKEN = re.compile(
    rf"""
      (?P<blank>    (?:[^\S\n]|[\ufeff\u200b])+ )
    | (?P<amount> {amounts.AMOUNT} )
    | (?P<word>     [^\W\d][\w\u0300-\u036f]* )
    | (?P<newline>  \n )
    | (?P<string>   "[^"\\\n“”\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]*" )
    | (?P<date>     [0-9]{{4}}-[0-9]{{1,2}}-[0-9]{{1,2}}(?![\w])
                    (?: [^\S\n]+ [0-9]{{1,2}}:[0-9]{{2}}(?::[0-9]{{2}})?
                        (?: [^\S\n]*[+-][0-9]{{2}}:[0-9]{{2}} | Z )? )?
                  | [0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}T[0-9]{{1,2}}:[0-9]{{2}}(?::[0-9]{{2}})?
                    (?: [+-][0-9]{{2}}:[0-9]{{2}} | Z )? )
    | (?P<clock>    [0-9]{{1,2}}:[0-9]{{2}}(?![\w]) )
    | (?P<half_day> {amounts.HALF_DAY} )
    | (?P<scaled>   {amounts.SCALED} )
    | (?P<number>   [0-9]+(?:_[0-9]+)*(?:\.[0-9]+)? [万亿]?
                    (?: [^\S\n]* (?: % | (?:{_CHINESE_UNITS})(?!\w) )
                      | [^\S\n]+ (?: {_ENGLISH_UNITS} | [A-Z]{{3}} )(?!\w) )? )
    | (?P<comment>  (?:\#|//)[^\n]* )
    | (?P<symbol>   -> | \|\| | <= | >= | == | != | <> | [{{}}()\[\]|,:.=+\-*/<>→⇒≤≦≥≧≠] )
    | (?P<quoted>   `[^`\n]*`? )
    | (?P<quote>    ["“”＂'‘’＇「『] )
    | (?P<bad>      [^\s\w"“”＂'‘’＇「『`\#{{}}()\[\]|,:.=+\-*/<>→⇒≤≦≥≧≠]+ | . )
    """,
    re.VERBOSE | re.DOTALL,
)
_CODE = re.compile("[A-Z]{3}")
_WORDS = frozenset(keywords.BY_FIRST_WORD) | keywords.RESERVED


@dataclass(frozen=True, slots=True)
class Lexed:
    """Tokens and comments in the order of the text, and what was wrong with it."""

    tokens: list[Token]
    comments: tuple[Span, ...]
    diagnostics: tuple[Diagnostic, ...]


def lex(source: Source) -> Lexed:
    """Every token of a text; never raises."""
    return _Lexer(source).run()


class _Lexer:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.original = source.text
        self.text = ascii_twins(source.text)
        self.tokens: list[Token] = []
        self.comments: list[Span] = []
        self.unreadable = -1  # where the last text that is no token stands
        self.diagnostics: list[Diagnostic] = []

    def run(self) -> Lexed:
        text, tokens = self.text, self.tokens
        match = _TOKEN.match
        words = _WORDS
        at, length = 0, len(text)
        while at < length:
            found = match(text, at)
            assert found is not None  # the last alternative takes any character
            group, end = found.lastgroup, found.end()
            if group == "blank":
                pass
            elif group == "word":
                word = found.group()
                # Only a word that some keyword begins with, or that may be a currency, is left to the parser.
                kind = WORD if word in words or (end - at == 3 and _CODE.match(word)) else "NAME"
                tokens.append(Token(kind, word if word.isascii() else _nfc(word), at, end))
            elif group == "symbol":
                symbol = found.group()
                tokens.append(Token(_SYMBOLS[symbol], _CANONICAL.get(symbol, symbol), at, end))
                if symbol in ("!=", "<>"):
                    self._warn_symbol(symbol, at, end)
            elif group == "newline":
                tokens.append(Token("NEWLINE", "", at, end))
            elif group == "comment":
                self.comments.append(Span(at, end))
                if text[at] == "/":
                    self._respelt(at, at + 2, "#")
            else:
                end = self._other(group, at, end)
            at = end
        return Lexed(tokens, tuple(self.comments), tuple(self.diagnostics))

    def _other(self, group: str | None, at: int, end: int) -> int:
        """The rarer tokens; gives where the token ends."""
        if group in ("string", "quote"):
            return self._string(at, end if group == "string" else string_end(self.original, at))
        if group == "number":
            return self._number(at, end)
        if group == "date":
            self._literal(at, end, *read_date(self.source, self.text, Span(at, end)))
        elif group == "clock":
            self.tokens.append(Token("CLOCK", self.text[at:end], at, end))
        elif group == "quoted":
            self._quoted_name(at, end)
        elif group in ("amount", "scaled", "half_day"):
            self._amount(at, end, group)
        elif self.text[at:end] == ";":
            self._respelt(at, end, None)
            self.tokens.append(Token("NEWLINE", "", at, end))
        else:
            self._bad(at, end, "LP1001", _unreadable(self.original[at:end]))
        return end

    def _literal(self, at: int, end: int, value: object, mistakes: list[Diagnostic]) -> None:
        """A literal's token; one that was no literal after all becomes BAD, so that its entry is left out."""
        self.diagnostics.extend(mistakes)
        kind = BAD if value is None else type(value).__name__.upper()
        self.tokens.append(Token("STRING" if kind == "TEXT" else kind, self.text[at:end], at, end, value))

    def _string(self, at: int, end: int | None) -> int:
        if end is None:
            newline = self.original.find("\n", at)
            end = len(self.original) if newline < 0 else newline
            stop = at + len(self.original[at:end].rstrip())
            hint = say("a string begins and ends on one line; write `\\n` for a line break inside it")
            self._bad(at, stop, "LP1002", say("this string is not closed"), hint)
            return end
        self._literal(at, end, *read_string(self.source, Span(at, end)))
        return end

    def _number(self, at: int, end: int) -> int:
        tail = end
        while tail < len(self.text) and (self.text[tail] == "_" or self._ascii_letter_or_digit(tail)):
            tail += 1
        written = self.text[at:tail]
        if tail == end:
            self._literal(at, end, *read_number(self.source, self.text, Span(at, end)))
            return end
        number = re.match(r"[0-9_.]*", written)
        digits, rest = written[: number.end() if number else 0], written[number.end() if number else 0 :]
        hint = None
        if rest in keywords.UNIT_OF or _CODE.fullmatch(rest):
            hint = say("set the unit off by a blank: `{} {}`", digits, rest)
        self._bad(at, tail, "LP1003", say("`{}` is neither a number nor a name", written), hint)
        return tail

    def _ascii_letter_or_digit(self, at: int) -> bool:
        # A Chinese word may follow a number directly (`20分`); Latin letters and digits may not.
        return self.text[at].isascii() and self.text[at].isalnum()

    def _amount(self, at: int, end: int, group: str) -> None:
        """`$10k`, `50m EUR` or `4pm`: in the language's spelling, with a warning."""
        written = self.text[at:end]
        said = amounts.clock(written) if group == "half_day" else amounts.amount(written, self.text)
        if said is None:
            hint = say("write the currency's code behind it: `{} USD`", written.lstrip("$¥ "))
            message = say("`{}` has no meaning here", written)
            self._bad(at, end, "LP1001", message, hint if group == "amount" else None)
            return
        if written != said:
            self._respelt(at, end, said)
        if group == "half_day":
            self.tokens.append(Token("CLOCK", said, at, end))
            return
        value, mistakes = read_number(Source(self.source.name, said), said, Span(0, len(said)))
        if value is None or mistakes:
            self._literal(at, end, None, [replace(m, source=self.source, span=Span(at, end)) for m in mistakes])
            return
        kind = type(value).__name__.upper()
        self.tokens.append(Token(kind, said, at, end, replace(value, span=Span(at, end))))

    def _respelt(self, at: int, end: int, said: str | None) -> None:
        written = self.original[at:end]
        message = say("`{}` is read as `{}`", written, said) if said else say("`;` is read as the end of a line")
        hint = say("write `{}`", said) if said else say("a new line or a comma separates")
        fix = Fix(at, end, said or "\n")
        self.diagnostics.append(Diagnostic("LP1053", "warning", message, self.source, Span(at, end), hint, fix))

    def _quoted_name(self, at: int, end: int) -> None:
        written = self.original[at:end]
        name = _nfc(written.strip("`").strip())
        if len(written) < 2 or not written.endswith("`"):
            self._bad(
                at, end, "LP1004", say("this back-tick is not closed"), say("write a name as `name`, on one line")
            )
        elif not name or not name.isprintable():
            self._bad(at, end, "LP1004", say("there is no name between these back-ticks"))
        else:
            self.tokens.append(Token("NAME", name, at, end, True))

    def _bad(self, at: int, end: int, code: str, message: Message, hint: Message | None = None) -> None:
        # One unreadable place a line is enough to say.
        line_start = self.text.rfind("\n", max(at - 10_000, 0), at)
        if self.unreadable < 0 or self.unreadable <= line_start:
            self.diagnostics.append(Diagnostic(code, "error", message, self.source, Span(at, end), hint))
        self.unreadable = at
        self.tokens.append(Token(BAD, self.original[at:end], at, end))

    def _warn_symbol(self, symbol: str, at: int, end: int) -> None:
        fix = Fix(at, end, spaced(self.text, at, end, "is not"))
        message = say("`{}` is read as `is not`", symbol)
        self.diagnostics.append(
            Diagnostic("LP1050", "warning", message, self.source, Span(at, end), say("write `is not`"), fix)
        )


def ascii_twins(text: str) -> str:
    """A text as it is read outside strings: full-width punctuation and digits as their ASCII twins."""
    return text if text.isascii() else text.translate(_TWINS)


def spaced(text: str, start: int, end: int, word: str) -> str:
    """`word` with the blanks that it needs to stand in place of a symbol at `start` to `end`."""
    before = "" if start == 0 or text[start - 1].isspace() else " "
    after = "" if end >= len(text) or text[end].isspace() else " "
    return before + word + after


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _unreadable(text: str) -> Message:
    first = text[0]
    if first.isprintable():
        return say("`{}` has no meaning here", text[:20])
    return say("a character that cannot be shown (U+{}) stands here", f"{ord(first):04X}")
