"""Phrases and single words that are written otherwise: `more than`, `within the last`, `周一至周五`."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from itertools import pairwise

from leadpolicy.compiler.literals import read_number
from leadpolicy.compiler.respelling_cursor import Cursor
from leadpolicy.compiler.source import Source, Span
from leadpolicy.compiler.syntax import Quantity
from leadpolicy.compiler.tokens import RESPELT, WORD, Token
from leadpolicy.grammar import keywords
from leadpolicy.grammar.other_ways import (
    BEFORE_VALUE,
    DAYS,
    GLUED,
    JOINING,
    OFTEN,
    RANGE_OF_DAYS,
    SPANS,
    TO,
    UPPER,
    VALUES,
    WAYS,
    YES_OR_NO,
    Way,
)


class Words(Cursor):
    """Reads a phrase at a word."""

    def _phrase(self) -> bool:
        for way in WAYS.get(self._text(0), ()):
            width = len(way.words)
            if all(self._text(i) == word for i, word in enumerate(way.words)) and self._means(way, width):
                before = self._before()
                start = None
                if (
                    way.use == "relation"
                    and before is not None
                    and before.text in ("is", "是")
                    and before.kind == WORD
                ):
                    start = self.out.pop().start
                return self._replace(width, way.read_as, start)
        return False

    def _means(self, way: Way, width: int) -> bool:
        """Whether a phrase means here what it is listed for."""
        before, after = self._before(), self._kind(width)
        if way.words[-1] == "in" and way.words[0] == "is":
            return before is not None and after in ("LSQB", "LPAR", "NAME", WORD)
        if way.use == "in":
            return after in ("LSQB", "LPAR") and before is not None and before.kind in ("NAME", WORD, "RPAR", "BAR")
        if way.use == "within":
            return self._is_span(width) and not self._goes_on_to(width + 1) and before is not None and (
                before.kind not in ("COLON", "LPAR", "LSQB", "COMMA") and before.text not in ("due", "限期")
            )  # fmt: skip
        points = self._text(width + 1) in ("points", "分")
        if way.use == "limit":
            return before is not None and before.kind == "COMMA" and after in VALUES and points
        if before is None or points or self._text(width + 1) in ("per", "每") or self._is_keyword(way):
            return False
        compares = before.kind in BEFORE_VALUE or before.text in ("when", "当", "is", "是")
        return compares and (after in VALUES or (after == "NAME" and not way.words[0].isascii()))

    def _goes_on_to(self, ahead: int) -> bool:
        """Whether `to` follows, on a later line too where a bracket is open: `(x in 1 day ⏎ to 6 months)`."""
        if self.brackets and self.brackets[-1] in ("LPAR", "call", "LSQB"):
            while self.at + ahead < len(self.tokens) and self._kind(ahead) == "NEWLINE":
                ahead += 1
        return self._text(ahead) in TO

    def _is_keyword(self, way: Way) -> bool:
        """Whether `at least`, `最多` … are words of the language here."""
        if way.words in (("at", "least"), ("至少",)):
            return self._said_before("passes", "when") or self._said_before("通过条件")
        if way.words in (("at", "most"), ("最多",), ("至多",)):
            return any(self._said_before(w) for w in ("hold", "持有", "claim", "领取", "每天"))
        return False

    def _between(self) -> bool:
        skip = int(self._text(0) in ("is", "是"))
        if self._text(skip) not in ("between", "介于") or self._kind(skip + 1) not in VALUES:
            return False
        if self._text(skip + 2) not in JOINING or self._kind(skip + 3) not in VALUES:
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
        known = token.text in UPPER or (begins and lower in keywords.BY_FIRST_WORD)
        inside = before is not None and before.kind in ("LSQB", "COMMA", "COLON", "DOT")
        if not known or inside or self._kind(1) in ("COMMA", "RSQB", "COLON", "EQUALS", "DOT", "NEWLINE", "RBRACE"):
            return False
        return self._replace(1, lower)

    def _weekday(self, token: Token) -> bool:
        split = RANGE_OF_DAYS.fullmatch(token.text)
        if split is not None and split[1] in keywords.WEEKDAY_OF and split[3] in keywords.WEEKDAY_OF:
            start = token.start
            self._warn(start, token.end, f"{split[1]} 至 {split[3]}")
            self.out.append(Token("NAME", split[1], start, start + len(split[1])))
            self.out.append(Token(WORD, "至", token.end, token.end, RESPELT))
            self.out.append(Token("NAME", split[3], token.end - len(split[3]), token.end))
            self.at += 1
            return True
        day = DAYS.get(token.text.lower())
        if day is None and token.text not in keywords.WEEKDAY_OF:
            return False
        before, after = self._before(), self._kind(1)
        if after == "MINUS" and self._text(2).lower() in {*DAYS, *keywords.WEEKDAY_OF}:
            if day is not None and day != token.text:
                self._replace(1, day)
            else:
                self.out.append(token)
                self.at += 1
            return self._replace(1, "to" if token.text.isascii() else "至")
        placed = before is None or before.kind in ("NEWLINE", "LBRACE", "COMMA") or before.text in TO
        if day is None or day == token.text or not placed:
            return False
        return (after in ("CLOCK", "COMMA") or self._text(1) in TO) and self._replace(1, day)

    def _yes_or_no(self, token: Token) -> bool:
        before = self._before()
        if token.text not in YES_OR_NO or before is None or before.kind != "COLON":
            return False
        if self._kind(1) not in ("COMMA", "RBRACE", "NEWLINE"):
            return False
        return token.text not in self._listed and self._replace(1, YES_OR_NO[token.text])

    @cached_property
    def _listed(self) -> frozenset[str]:
        """What stands in lists: a choice may be called `yes`."""
        return frozenset(t.text for before, t in pairwise(self.tokens) if before.kind in ("LSQB", "COMMA"))

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
        glued = GLUED.fullmatch(token.text)
        if glued is not None:
            return self._split(token, (glued[1].removeprefix("最"), f"{glued[2]} {glued[3]}"))
        often = OFTEN.fullmatch(token.text)
        if often is not None:
            return self._split(token, (often[1], often[2]))
        before = self._before()
        if token.text in SPANS and before is not None and before.text in ("近", "within"):
            return self._split(token, (SPANS[token.text],))
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
        if (
            self._text(0) != "unknown"
            or before is None
            or before.kind != "BAR"
            or self._kind(1) not in ("BAR", "BARS")
        ):
            return False
        return self._replace(1, "is unknown")
