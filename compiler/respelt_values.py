"""Numbers, ranges, shares and brackets that are written otherwise: `1,000`, `50-199`, `(a, b)`, `| |`."""

from __future__ import annotations

import re
from dataclasses import replace

from leadpolicy.compiler.diagnostics import Diagnostic, Fix
from leadpolicy.compiler.literals import read_number
from leadpolicy.compiler.respelling_cursor import Cursor
from leadpolicy.compiler.source import Source, Span
from leadpolicy.compiler.syntax import Quantity
from leadpolicy.compiler.tokens import Token
from leadpolicy.compiler.wording import say
from leadpolicy.grammar.other_ways import (
    SHARES,
    VALUES,
    WORDS,
)


class Values(Cursor):
    """Reads what begins with a value or a bracket."""

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
        if (
            before.kind != "COMMA"
            or not (role.text in SHARES or role.kind == "RPAR")
            or self.brackets[-1:] != ["LBRACE"]
        ):
            return False
        if self._kind(1) not in WORDS:
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
            if part.start != end + 1 or part.kind not in VALUES or not re.match(r"[0-9]{3}(?![0-9])", part.text):
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
        text = self.source.text
        end = text.find("\n", token.start)
        if text.find("||", text.rfind("\n", 0, token.start) + 1, len(text) if end < 0 else end) >= 0:
            return False
        second = self.tokens[self.at + 1]
        self._warn(token.start, second.end, "||")
        self.out.append(Token("BARS", "||", token.start, second.end))
        self.at += 2
        return True

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
