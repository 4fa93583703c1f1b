"""Other ways to write what the language has words for: `within the last 30 days`, `more than 5`, `大于等于 10`.

Between the lexer and the layout, the tokens of such a phrase become the tokens of the language's own words, with a
warning that says how it is read and a fix that writes it so. Only what can mean nothing else is read: two names
never stand side by side in a policy, nor do a name and a number, so the phrases here take nothing away.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final, NamedTuple

from leadpolicy.compiler.diagnostics import Diagnostic, Fix
from leadpolicy.compiler.literals import read_number
from leadpolicy.compiler.source import Source, Span
from leadpolicy.compiler.syntax import Quantity
from leadpolicy.compiler.tokens import RESPELT, WORD, Token
from leadpolicy.compiler.wording import say
from leadpolicy.grammar import keywords

_VALUES = frozenset({"NUMBER", "QUANTITY", "DATE", "TIME"})
_WORDS = frozenset({WORD, "NAME"})
_SIGN_KINDS: Final = {">": "MORE", ">=": "MORE_EQUAL", "<": "LESS", "<=": "LESS_EQUAL", "*": "STAR", "": "NEWLINE"}

# What the phrase is read as, by phrase. A sign compares; a word is one of the language's.
_RELATIONS: Final = {
    "more than": ">", "greater than": ">", "larger than": ">", "higher than": ">", "over": ">", "above": ">",
    "less than": "<", "fewer than": "<", "smaller than": "<", "lower than": "<", "under": "<", "below": "<",
    "at least": ">=", "not less than": ">=", "no less than": ">=", "no fewer than": ">=",
    "greater than or equal to": ">=", "more than or equal to": ">=", "less than or equal to": "<=",
    "at most": "<=", "not more than": "<=", "no more than": "<=", "up to": "<=",
    "大于等于": ">=", "不低于": ">=", "不少于": ">=", "不小于": ">=", "至少": ">=", "小于等于": "<=", "不超过": "<=",
    "不高于": "<=", "不多于": "<=", "不大于": "<=", "至多": "<=", "最多": "<=", "大于": ">", "超过": ">", "高于": ">",
    "多于": ">", "小于": "<", "低于": "<", "少于": "<", "等于": "是", "不等于": "不是",
}  # fmt: skip
_MEMBERSHIP: Final = {
    "is one of": "in", "is any of": "in", "is either of": "in", "is in": "in", "any of": "in", "one of": "in",
    "is not one of": "not in", "is not any of": "not in", "is none of": "not in", "is not in": "not in",
    "none of": "not in",
}  # fmt: skip
_WINDOWS: Final = frozenset(
    f"{first} {rest}" for first in ("within", "in", "over", "during") for rest in ("the last", "the past", "last", "past")
) | {"last", "past", "in", "最近", "近期", "过去"}  # fmt: skip
_LIMITS: Final = frozenset({"up to", "max", "maximum", "no more than", "not more than", "不超过", "不多于"})
_DAYS: Final = {
    **{f"{day}day": day[:3] for day in ("mon", "tues", "wednes", "thurs", "fri", "satur", "sun")},
    **{day: day for day in keywords.WEEKDAYS},
}
_RANGE_OF_DAYS = re.compile("(周.|星期.)(至|到)(周.|星期.)")
_GLUED = re.compile("(近|最近)([0-9]+)(天|日|周|个月|月|年|小时)")
_OFTEN = re.compile("(每天|每周|每月)(最多|至多)")
_SPANS: Final = {"半年": "6 个月", "一年": "1 年", "两年": "2 年", "一个月": "1 个月", "一周": "1 周", "三个月": "3 个月"}
_SHARES: Final = frozenset(s for p in ("first", "last", "all", "others") for s in keywords.spellings(p))
_YES_OR_NO: Final = {"yes": "true", "no": "false", "是": "真", "否": "假"}
_UPPER: Final = frozenset({"AND", "OR", "NOT", "IS", "IN", "WHERE", "WHEN", "CONTAINS", "VERSION", "THEN"})
_TO: Final = frozenset(keywords.spellings("to"))
_JOINING: Final = frozenset({"and", "to", "和", "与", "至", "到", "并且"})
_BEFORE_VALUE = frozenset({"NAME", "RPAR", "BAR", "BARS"})


class _Way(NamedTuple):
    words: tuple[str, ...]
    use: str  # relation, in, within or limit
    read_as: str


def _ways() -> dict[str, list[_Way]]:
    found: dict[str, list[_Way]] = {}
    for table, use in ((_RELATIONS, "relation"), (_MEMBERSHIP, "in")):
        for phrase, read_as in table.items():
            found.setdefault(phrase.split()[0], []).append(_Way(tuple(phrase.split()), use, read_as))
    for phrase in sorted(_WINDOWS):
        read_as = "within" if phrase.isascii() else "近"
        found.setdefault(phrase.split()[0], []).append(_Way(tuple(phrase.split()), "within", read_as))
    for phrase in sorted(_LIMITS):
        read_as = "at most" if phrase.isascii() else "最多"
        found.setdefault(phrase.split()[0], []).append(_Way(tuple(phrase.split()), "limit", read_as))
    return {first: sorted(ways, key=lambda way: -len(way.words)) for first, ways in found.items()}


_WAYS: Final = _ways()
_FIRST: Final = (
    frozenset(_WAYS) | _UPPER | frozenset(_DAYS) | {d.title() for d in _DAYS} | {d.upper() for d in _DAYS}
    | {"between", "is", "unknown", "least", "round", "nurture", "介于", "yes", "no", "of", "项", "条", "个", "when"}
)  # fmt: skip


def respell(source: Source, tokens: list[Token]) -> tuple[list[Token], list[Diagnostic]]:
    """The tokens in the language's own words, and a warning for each phrase that was written otherwise."""
    return _Respeller(source, tokens).run()


class _Respeller:
    def __init__(self, source: Source, tokens: list[Token]) -> None:
        self.source = source
        self.tokens = tokens
        self.out: list[Token] = []
        self.brackets: list[str] = []  # the open ones; a `(` behind a function's name is "call"
        self.diagnostics: list[Diagnostic] = []
        self.at = 0

    def run(self) -> tuple[list[Token], list[Diagnostic]]:
        tokens, out = self.tokens, self.out
        count = len(tokens)
        while self.at < count:
            token = tokens[self.at]
            kind = token.kind
            if kind in _WORDS:
                word = token.text
                looked_at = word in _FIRST or not word.isascii() or word.isupper()
                taken = looked_at and token.value is None and self._word(token)
            elif kind in _VALUES or kind == "CLOCK":
                taken = self._value(token)
            else:
                taken = (kind == "BAR" and self._bars(token)) or (kind == "LPAR" and self._round_list(token))
                if not taken:
                    self._bracket(kind)
            if not taken:
                out.append(token)
                self.at += 1
        return out, self.diagnostics

    def _bracket(self, kind: str) -> None:
        if kind in ("LBRACE", "LSQB"):
            self.brackets.append(kind)
        elif kind == "LPAR":
            before = self.out[-1] if self.out else None
            call = before is not None and before.kind in _WORDS and before.end == self.tokens[self.at].start
            self.brackets.append("call" if call else kind)
        elif kind in ("RBRACE", "RPAR", "RSQB") and self.brackets:
            self.brackets.pop()

    # ── What stands around ──

    def _kind(self, ahead: int) -> str:
        at = self.at + ahead
        return self.tokens[at].kind if at < len(self.tokens) else "NEWLINE"

    def _text(self, ahead: int) -> str:
        """The word there; a sign has none."""
        at = self.at + ahead
        token = self.tokens[at] if at < len(self.tokens) else None
        return token.text if token is not None and token.kind in _WORDS and token.value is None else ""

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
            kind = _SIGN_KINDS.get(word, WORD)
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

    # ── Words ──

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

    def _phrase(self) -> bool:
        for way in _WAYS.get(self._text(0), ()):
            width = len(way.words)
            if all(self._text(i) == word for i, word in enumerate(way.words)) and self._means(way, width):
                before = self._before()
                start = None
                if way.use == "relation" and before is not None and before.text in ("is", "是") and before.kind == WORD:
                    start = self.out.pop().start
                return self._replace(width, way.read_as, start)
        return False

    def _means(self, way: _Way, width: int) -> bool:
        """Whether a phrase means here what it is listed for."""
        before, after = self._before(), self._kind(width)
        if way.words[-1] == "in" and way.words[0] == "is":
            return before is not None and after in ("LSQB", "LPAR", "NAME", WORD)
        if way.use == "in":
            return after in ("LSQB", "LPAR") and before is not None and before.kind in ("NAME", WORD, "RPAR", "BAR")
        if way.use == "within":
            return self._is_span(width) and self._text(width + 1) not in _TO and before is not None and (
                before.kind not in ("COLON", "LPAR", "LSQB", "COMMA") and before.text not in ("due", "限期")
            )  # fmt: skip
        points = self._text(width + 1) in ("points", "分")
        if way.use == "limit":
            return before is not None and before.kind == "COMMA" and after in _VALUES and points
        if before is None or points or self._text(width + 1) in ("per", "每") or self._is_keyword(way):
            return False
        compares = before.kind in _BEFORE_VALUE or before.text in ("when", "当", "is", "是")
        return compares and (after in _VALUES or (after == "NAME" and not way.words[0].isascii()))

    def _is_span(self, ahead: int) -> bool:
        at = self.at + ahead
        value = self.tokens[at].value if at < len(self.tokens) else None
        return isinstance(value, Quantity) and keywords.UNITS.get(value.unit) is not None and value.unit != "CNY"

    def _is_keyword(self, way: _Way) -> bool:
        """Whether `at least`, `最多` … are words of the language here."""
        if way.words in (("at", "least"), ("至少",)):
            return self._said_before("passes", "when") or self._said_before("通过条件")
        if way.words in (("at", "most"), ("最多",), ("至多",)):
            return any(self._said_before(w) for w in ("hold", "持有", "claim", "领取", "每天"))
        return False

    def _between(self) -> bool:
        skip = int(self._text(0) in ("is", "是"))
        if self._text(skip) not in ("between", "介于") or self._kind(skip + 1) not in _VALUES:
            return False
        if self._text(skip + 2) not in _JOINING or self._kind(skip + 3) not in _VALUES:
            return False
        width = skip + 4
        ahead = next((i for i in range(width, width + 4) if self._kind(i) != "NEWLINE"), width)
        if self._text(ahead) in ("ago", "之前"):
            return False
        english = self._text(skip) == "between"
        width += self._text(width) in ("之间", "中间")
        first, second = self.tokens[self.at + skip + 1], self.tokens[self.at + skip + 3]
        start, end = self.tokens[self.at].start, self.tokens[self.at + width - 1].end
        in_, to = ("in", "to") if english else ("属于", "至")
        self._warn(start, end, f"{in_} {first.text} {to} {second.text}")
        self.out.append(Token(WORD, in_, start, first.start, RESPELT))
        self.out.append(first)
        self.out.append(Token(WORD, to, first.end, second.start, RESPELT))
        self.out.append(second)
        self.at += width
        return True

    def _upper(self, token: Token) -> bool:
        """`AND`, `OR`: words of the language in capitals, where no choice is meant."""
        if not token.text.isupper() or not token.text.isascii() or len(token.text) < 2:
            return False
        before = self._before()
        begins = before is None or before.kind in ("NEWLINE", "LBRACE")
        lower = token.text.lower()
        known = token.text in _UPPER or (begins and lower in keywords.BY_FIRST_WORD)
        inside = before is not None and before.kind in ("LSQB", "COMMA", "COLON", "DOT")
        if not known or inside or self._kind(1) in ("COMMA", "RSQB", "COLON", "EQUALS", "DOT", "NEWLINE", "RBRACE"):
            return False
        return self._replace(1, lower)

    def _weekday(self, token: Token) -> bool:
        split = _RANGE_OF_DAYS.fullmatch(token.text)
        if split is not None and split[1] in keywords.WEEKDAY_OF and split[3] in keywords.WEEKDAY_OF:
            start = token.start
            self._warn(start, token.end, f"{split[1]} 至 {split[3]}")
            self.out.append(Token("NAME", split[1], start, start + len(split[1])))
            self.out.append(Token(WORD, "至", token.end, token.end, RESPELT))
            self.out.append(Token("NAME", split[3], token.end - len(split[3]), token.end))
            self.at += 1
            return True
        day = _DAYS.get(token.text.lower())
        if day is None and token.text not in keywords.WEEKDAY_OF:
            return False
        before, after = self._before(), self._kind(1)
        if after == "MINUS" and self._text(2).lower() in {*_DAYS, *keywords.WEEKDAY_OF}:
            if day is not None and day != token.text:
                self._replace(1, day)
            else:
                self.out.append(token)
                self.at += 1
            return self._replace(1, "to" if token.text.isascii() else "至")
        placed = before is None or before.kind in ("NEWLINE", "LBRACE", "COMMA") or before.text in _TO
        if day is None or day == token.text or not placed:
            return False
        return (after in ("CLOCK", "COMMA") or self._text(1) in _TO) and self._replace(1, day)

    def _yes_or_no(self, token: Token) -> bool:
        before = self._before()
        if token.text not in _YES_OR_NO or before is None or before.kind != "COLON":
            return False
        if self._kind(1) not in ("COMMA", "RBRACE", "NEWLINE"):
            return False
        listed = any(
            t.text == token.text and i and self.tokens[i - 1].kind in ("LSQB", "COMMA") for i, t in enumerate(self.tokens)
        )
        return not listed and self._replace(1, _YES_OR_NO[token.text])

    def _counted(self) -> bool:
        """`at least 2 of 3`, `至少 2 项`, `50% of 8 work hours`."""
        before = self._before()
        word = self._text(0)
        if before is None:
            return False
        if word == "of" and before.kind == "QUANTITY" and before.text.endswith("%") and self._kind(1) == "QUANTITY":
            return self._replace(1, "*")
        counts = before.kind == "NUMBER" and (
            (self._said_before("least", before.text) and self._said_before("at", "least", before.text))
            or self._said_before("至少", before.text)
        )
        if not counts:
            return False
        if word == "of" and (self._kind(1) == "NUMBER" or self._text(1) in ("them", "these", "those")):
            return self._leave_out(2)
        return word in ("项", "条", "个", "项标准") and self._leave_out(1)

    def _chinese(self, token: Token) -> bool:
        """`近7天`, `近 半年`, `每天最多`, `每 60 天 减半`."""
        glued = _GLUED.fullmatch(token.text)
        if glued is not None:
            return self._split(token, (glued[1].removeprefix("最"), f"{glued[2]} {glued[3]}"))
        often = _OFTEN.fullmatch(token.text)
        if often is not None:
            return self._split(token, (often[1], often[2]))
        before = self._before()
        if token.text in _SPANS and before is not None and before.text in ("近", "within"):
            return self._split(token, (_SPANS[token.text],))
        if token.text == "每" and self._kind(1) == "QUANTITY" and self._text(2) == "减半":
            span = self.tokens[self.at + 1]
            self._warn(token.start, self.tokens[self.at + 2].end, f"半衰期 {span.text}")
            self.out += [Token(WORD, "半衰期", token.start, token.end, RESPELT), span]
            self.at += 3
            return True
        return False

    def _split(self, token: Token, parts: tuple[str, ...]) -> bool:
        """Put several words or amounts in the place of one word."""
        self._warn(token.start, token.end, " ".join(parts))
        start = token.start
        for part in parts:
            if part[0].isdigit():
                value, _ = read_number(Source(self.source.name, part), part, Span(0, len(part)))
                assert isinstance(value, Quantity)
                self.out.append(Token("QUANTITY", part, start, token.end, replace(value, span=token.span)))
            else:
                self.out.append(Token(WORD, part, start, start if len(parts) > 1 else token.end, RESPELT))
            start = token.end
        self.at += 1
        return True

    def _hyphenated(self) -> bool:
        """`least-loaded`, `round-robin`."""
        phrase = f"{self._text(0)} {self._text(2)}"
        return self._kind(1) == "MINUS" and phrase in ("least loaded", "round robin") and self._replace(3, phrase)

    def _nurture_span(self) -> bool:
        """`-> nurture 90 days`."""
        before = self._before()
        word = self._text(0)
        if word not in ("nurture", "培育") or before is None or before.kind != "ARROW" or not self._is_span(1):
            return False
        self.out.append(self.tokens[self.at])
        end = self.tokens[self.at].end
        written = f"{word} {'for' if word.isascii() else '为'}"
        self._warn(self.tokens[self.at].start, end, written)
        self.out.append(Token(WORD, written.split()[1], end, end, RESPELT))
        self.at += 1
        return True

    def _unknown_cell(self) -> bool:
        """`| unknown |`: what a cell asks is `is unknown`."""
        before = self._before()
        if self._text(0) != "unknown" or before is None or before.kind != "BAR" or self._kind(1) not in ("BAR", "BARS"):
            return False
        return self._replace(1, "is unknown")

    def _round_list(self, token: Token) -> bool:
        """`in (a, b)`: a list stands in square brackets."""
        before = self._before()
        if before is None or before.text not in ("in", "属于"):
            return False
        depth, commas, at = 0, 0, self.at
        while at < len(self.tokens) and self.tokens[at].kind not in ("LBRACE", "RBRACE"):
            kind = self.tokens[at].kind
            depth += (kind in ("LPAR", "LSQB")) - (kind in ("RPAR", "RSQB"))
            commas += kind == "COMMA" and depth == 1
            if depth == 0:
                break
            at += 1
        if not commas or at >= len(self.tokens) or self.tokens[at].kind != "RPAR":
            return False
        last = self.tokens[at]
        self._warn(token.start, last.end, f"[{self.source.text[token.end : last.start]}]")
        self.tokens[at] = Token("RSQB", "]", last.start, last.end)
        self.out.append(Token("LSQB", "[", token.start, token.end))
        self.brackets.append("LSQB")
        self.at += 1
        return True

    def _leave_out(self, width: int) -> bool:
        self._warn(self.tokens[self.at].start, self.tokens[self.at + width - 1].end, "")
        self.at += width
        return True

    # ── Numbers ──

    def _value(self, token: Token) -> bool:
        self._point(token)
        return self._share(token) or self._thousands(token) or self._range(token)

    def _point(self, token: Token) -> None:
        """`1.000 EUR` is one, where a thousand may be meant."""
        found = re.fullmatch(r"([1-9][0-9]{0,2})\.([0-9]{3})\s+([A-Z]{3})", token.text)
        if found is not None:
            message = say("`{}` is less than {}: the point begins the decimals", token.text, int(found[1]) + 1)
            hint = say("write `{}` if thousands are meant", f"{found[1]}{found[2]} {found[3]}")
            self.diagnostics.append(Diagnostic("LP1005", "warning", message, self.source, token.span, hint))

    def _share(self, token: Token) -> bool:
        """`{ 40% first, 60% last }`: shares of credit have lines of their own."""
        before, role = self._before(), self._before(2)
        if token.kind != "QUANTITY" or not token.text.endswith("%") or before is None or role is None:
            return False
        if before.kind != "COMMA" or not (role.text in _SHARES or role.kind == "RPAR") or self.brackets[-1:] != ["LBRACE"]:
            return False
        if self._kind(1) not in _WORDS:
            return False
        self.out[-1] = Token("NEWLINE", "", before.start, before.end)
        message = say("a new line separates here; a comma does not belong")
        fix = Fix(before.start, before.end, "\n")
        self.diagnostics.append(Diagnostic("LP1052", "warning", message, self.source, before.span, None, fix))
        return False

    def _thousands(self, token: Token) -> bool:
        """`1,000` is one number, except where commas separate."""
        if token.kind != "NUMBER" or not re.fullmatch("[1-9][0-9]{0,2}", token.text):
            return False
        listing = self.brackets[-1:] in (["LSQB"], ["call"])
        width, text, end = 1, token.text, token.end
        while self._kind(width) == "COMMA" and self.tokens[self.at + width].start == end:
            part = self.tokens[self.at + width + 1] if self.at + width + 1 < len(self.tokens) else token
            if part.start != end + 1 or part.kind not in _VALUES or not re.match(r"[0-9]{3}(?![0-9])", part.text):
                break
            text, end, width = text + part.text, part.end, width + 2
        if width == 1 or (listing and text[len(token.text)] != "0"):
            return False
        value, mistakes = read_number(Source(self.source.name, text), text, Span(0, len(text)))
        if value is None or mistakes:
            return False
        self._warn(token.start, end, text)
        node = replace(value, span=Span(token.start, end))
        kind = "QUANTITY" if isinstance(value, Quantity) else "NUMBER"
        self.out.append(Token(kind, text, token.start, end, node))
        self.at += width
        return True

    def _range(self, token: Token) -> bool:
        """`09:00 - 18:00`; and `50-199`, `7..8` where only a test can stand."""
        dots = self._kind(1) == self._kind(2) == "DOT"
        width = 2 if dots else 1
        if self._kind(width + 1) != token.kind or not (dots or self._kind(1) == "MINUS"):
            return False
        before, after = self._before(), self._kind(width + 2)
        if token.kind != "CLOCK":
            tested = before is not None and (
                before.kind in ("BAR", "BARS") or before.text in ("when", "当", "in", "属于")
            )
            ends = after in ("NEWLINE", "RBRACE", "BAR", "BARS") or self._text(width + 2) in ("because", "理由")
            if not tested or not ends:
                return False
        self.out.append(token)
        self.at += 1
        chinese = before is not None and not before.text.isascii()
        return self._replace(width, "至" if chinese else "to")

    def _bars(self, token: Token) -> bool:
        """`| |` for `||`, in a row that has no `||`."""
        if self._kind(1) != "BAR" or (self.out and self.out[-1].kind in ("NEWLINE", "LBRACE")):
            return False
        row = self.source.text[self.source.text.rfind("\n", 0, token.start) + 1 :].split("\n", 1)[0]
        if "||" in row:
            return False
        second = self.tokens[self.at + 1]
        self._warn(token.start, second.end, "||")
        self.out.append(Token("BARS", "||", token.start, second.end))
        self.at += 2
        return True
