"""Policies as careless authors write them: other blanks, line breaks, comments, full-width signs; the same tokens."""

from __future__ import annotations

from random import Random

from leadpolicy.compiler.lexer import lex
from leadpolicy.compiler.parser import read
from leadpolicy.compiler.source import Source
from leadpolicy.compiler.tokens import Token
from leadpolicy.grammar import keywords

_LOOSE = frozenset({"COMMA", "COLON", "LPAR", "RPAR", "LSQB", "RSQB", "BAR", "BARS"})
_WIDE = {
    ",": ",",
    ":": "：",
    "(": "（",
    ")": "）",
    "[": "［",
    "]": "］",
    "{": "｛",
    "}": "｝",
    "->": "→",
    ">=": "≥",
    "<=": "≤",
}
_BLANKS = [" ", "  ", "    ", "\t", "\u3000", " \u200b"]
_COMMENTS = ["# why", "#no blank", "# 全角,注释 ", '## "quoted" { ( [', "＃ wide", "#"]


def mangled(text: str, random: Random) -> str:
    """The text with everything changed that has no meaning."""
    tokens = [t for t in lex(Source("", text)).tokens if t.kind != "NEWLINE"]
    parts = [_lines(random, "") if random.random() < 0.3 else ""]
    depth = 0
    for at, token in enumerate(tokens):
        parts.append(_token(text, token, random))
        depth += (token.kind in ("LPAR", "LSQB")) - (token.kind in ("RPAR", "RSQB"))
        end = tokens[at + 1].start if at + 1 < len(tokens) else len(text)
        parts.append(_gap(text[token.end : end], token, tokens[at + 1 : at + 2], depth, random))
    return "".join(parts)


def _token(text: str, token: Token, random: Random) -> str:
    written = text[token.start : token.end]
    if token.kind == "STRING" and random.random() < 0.2 and written.isprintable():
        return f"“{written[1:-1]}”"
    if token.kind in ("NUMBER", "QUANTITY") and random.random() < 0.2:
        return "".join(chr(ord(c) - ord("0") + ord("０")) if c in "0123456789" else c for c in written)
    return _WIDE[written] if written in _WIDE and random.random() < 0.1 else written


def _gap(gap: str, before: Token, after: list[Token], depth: int, random: Random) -> str:
    if "\n" in gap:
        newline = gap.rindex("\n")
        indent = gap[newline + 1 :]
        return _lines(random, indent and indent + random.choice(["", " ", "\t"]))
    if depth and random.random() < 0.08:
        return _lines(random, random.choice(_BLANKS))
    opening = before.kind == "LBRACE" or any(t.kind == "RBRACE" for t in after)
    if opening and random.random() < 0.2:
        return _lines(random, random.choice(_BLANKS))
    if gap:
        return random.choice(_BLANKS[:5])
    loose = before.kind in _LOOSE or any(t.kind in _LOOSE for t in after)
    return random.choice(_BLANKS[:5]) if loose and random.random() < 0.2 else ""


def _lines(random: Random, indent: str) -> str:
    """The end of a line, perhaps a comment, perhaps more lines, and the indent of the next."""
    made = random.choice(["", "", " ", "\t"])
    if random.random() < 0.15:
        made += random.choice(_BLANKS[:5]) + random.choice(_COMMENTS)
    while random.random() < 0.25:
        made += "\n" + random.choice(["", indent, "  "]) + random.choice(["", "", *_COMMENTS])
    return made + "\n" + indent


# Names that policies of policy_strategies have, each once for one thing.
_NAMES = ("txt", "day", "ref", "made", "fit", "intent", "bant", "words", "quota", "boss", "mid", "top", "desk",
          "public", "v0", "v1", "S0", "S1", "S2", "c0", "c1", "r0", "r1", "t1", "公司", "ph", "Member")  # fmt: skip


def renamed(text: str, random: Random, names: tuple[str, ...] = _NAMES) -> str:
    """The policy with names that are words of the language, or look like them, in back-ticks."""
    words = sorted({
        *keywords.BY_FIRST_WORD, *keywords.TYPE_OF, *keywords.ROLE_OF, *keywords.FUNCTION_OF, *keywords.UNIT_OF,
        *(s for name, chinese in keywords.BUILT_IN_NAMES.items() for s in (name, *chinese)),
        "USD", "ＡＢ", "客户１", "x-y",
    })  # fmt: skip
    new = dict(zip(names, random.sample(words, len(names)), strict=True))
    parts: list[str] = []
    at = 0
    names_at = {token.start for token in read(Source("", text)).fed if token.kind == "NAME"}
    for token in lex(Source("", text)).tokens:
        parts.append(text[at : token.start])
        named = token.start in names_at and token.text in new
        parts.append(f"`{new[token.text]}`" if named else text[token.start : token.end])
        at = token.end
    return "".join(parts) + text[at:]
