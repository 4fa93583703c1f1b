"""Layout: which newlines separate, and which brackets belong together.

Two passes over the lexer's tokens. The first pairs brackets and finds those without a partner: a block keyword
at the start of a line inside an open block shows that a `}` is missing before it. The second keeps the newlines
that separate two entries and drops the rest, so that the grammar sees NEWLINE only between entries.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from leadpolicy.compiler.diagnostics import Diagnostic, Related
from leadpolicy.compiler.source import Source
from leadpolicy.compiler.tokens import BAD, DEEP_BRACE, END, STRAY, WORD, Token
from leadpolicy.compiler.wording import say, term
from leadpolicy.grammar import keywords

MAX_DEPTH = 100
MAX_OPERATORS = 200

_PARTNER = {"RBRACE": "LBRACE", "RPAR": "LPAR", "RSQB": "LSQB"}
_BRACKETS = frozenset({*_PARTNER, *_PARTNER.values()})

# A line that begins with one of these continues the line above.
_CONTINUING = frozenset(
    spelled for phrase in ("and", "or", "or none", "unless", "because") for spelled in keywords.spellings(phrase)
)
_NO_NEWLINE_AFTER = frozenset({"NEWLINE", "LBRACE", "COMMA"})

_OPERATORS = frozenset({"PLUS", "MINUS", "STAR", "SLASH", "DOT"})
_OPERATOR_WORDS = frozenset(
    spelled
    for phrase in ("and", "or", "not", "implies", "certainly", "possibly")
    for spelled in keywords.spellings(phrase)
)

# What follows the keyword where a line of column 1 begins a declaration, and not a field or a header line.
_AFTER_KEYWORD = {
    "disqualify": ("LBRACE",), "funnel": ("LBRACE",), "route": ("LBRACE",), "test": ("STRING",),
    "always": ("STRING",), "recall": ("LBRACE", WORD, "NAME"), "calendar": (WORD, "NAME"),
}  # fmt: skip


@dataclass(slots=True)
class _Brackets:
    """What the first pass found, by index of the token."""

    unclosed: set[int] = field(default_factory=set)  # `(` and `[` without a partner
    stray: set[int] = field(default_factory=set)  # closing brackets without a partner
    closing_before: dict[int, int] = field(default_factory=dict)  # how many `}` are missing before a token
    too_deep: set[int] = field(default_factory=set)
    excess: int = 0  # round and square brackets that are open beyond the limit
    diagnostics: list[Diagnostic] = field(default_factory=list)


def lay_out(source: Source, tokens: list[Token]) -> tuple[list[Token], list[Diagnostic]]:
    """The tokens that the grammar sees, and the diagnostics about brackets."""
    brackets = _pair(source, tokens)
    diagnostics = brackets.diagnostics
    return _separate(source, tokens, brackets, diagnostics), diagnostics


def begins_declaration(tokens: list[Token], at: int) -> bool:
    """Whether the token begins a declaration: a block's keyword, followed as a declaration's is."""
    token = tokens[at]
    if token.kind != WORD or at + 1 >= len(tokens):
        return False
    block = keywords.BLOCK_OF.get(token.text)
    if block is None:
        return False
    after = tokens[at + 1]
    if after.kind not in _AFTER_KEYWORD.get(block, (WORD, "NAME")):
        return False
    if block in ("let", "list"):
        return at + 2 < len(tokens) and tokens[at + 2].kind == "EQUALS"
    if block in ("calendar", "channel"):
        return at + 2 < len(tokens) and tokens[at + 2].kind == "LBRACE"
    return after.text not in ("of", "for", "归于", "为") or block == "recall"


def _pair(source: Source, tokens: list[Token]) -> _Brackets:
    found = _Brackets()
    open_: list[int] = []
    outermost = 0  # the token that begins the declaration we are in
    text = source.text
    for at, token in enumerate(tokens):
        kind = token.kind
        if kind in _BRACKETS:
            if _too_deep(source, tokens, at, open_, found):
                continue
            if kind in _PARTNER:
                _close(source, tokens, at, open_, found)
            else:
                open_.append(at)
        elif kind == "NEWLINE":
            outermost = outermost if open_ else at + 1
        elif (
            open_
            and kind == WORD
            and (token.start == 0 or text[token.start - 1] == "\n")
            and begins_declaration(tokens, at)
            and not (_block(tokens[at]) == "let" and _block(tokens[outermost]) == "rule")
        ):
            found.closing_before[at] = _give_up(source, tokens, open_, found, token)
            outermost = at
    if open_:
        end = len(text.rstrip())
        found.closing_before[len(tokens)] = _give_up(source, tokens, open_, found, Token(END, "", end, end))
    return found


def _block(token: Token) -> str | None:
    return keywords.BLOCK_OF.get(token.text)


def _too_deep(source: Source, tokens: list[Token], at: int, open_: list[int], found: _Brackets) -> bool:
    """Whether the bracket belongs to a part that stands too deep; braces are paired all the same."""
    token = tokens[at]
    if token.kind in _PARTNER:
        if token.kind == "RBRACE" or not found.excess:
            return False
        found.excess -= 1
        found.too_deep.add(at)
        return True
    if len(open_) < MAX_DEPTH:
        return False
    found.too_deep.add(at)
    if len(found.too_deep) == 1:
        message = say("brackets stand inside each other more than {} deep", MAX_DEPTH)
        hint = say("give the inner parts names of their own with `let`")
        found.diagnostics.append(Diagnostic("LP1008", "error", message, source, token.span, hint))
    if token.kind == "LBRACE":
        return False
    found.excess += 1
    return True


def _close(source: Source, tokens: list[Token], at: int, open_: list[int], found: _Brackets) -> None:
    """Pair a closing bracket. Round and square ones left open inside it stay without a partner."""
    wanted = _PARTNER[tokens[at].kind]
    depth = len(open_) - 1
    while depth >= 0 and tokens[open_[depth]].kind != wanted:
        if tokens[open_[depth]].kind == "LBRACE":
            depth = -1
            break
        depth -= 1
    if depth < 0:
        found.stray.add(at)
        if wanted != "LBRACE":
            message = say("this `{}` closes nothing", tokens[at].text)
            found.diagnostics.append(Diagnostic("LP1009", "error", message, source, tokens[at].span))
        return
    _never_closed(source, tokens, open_[depth + 1 :], found)
    del open_[depth:]


def _never_closed(source: Source, tokens: list[Token], inner: list[int], found: _Brackets) -> None:
    found.unclosed.update(inner)
    for at in inner[:1]:
        message = say("this `{}` is never closed", tokens[at].text)
        found.diagnostics.append(Diagnostic("LP1009", "error", message, source, tokens[at].span))


def _give_up(source: Source, tokens: list[Token], open_: list[int], found: _Brackets, here: Token) -> int:
    """No open bracket is closed any more; gives the number of missing `}`."""
    braces = [at for at in open_ if tokens[at].kind == "LBRACE"]
    round_or_square = [at for at in open_ if tokens[at].kind != "LBRACE"]
    _never_closed(source, tokens, round_or_square, found)
    open_.clear()
    if braces:
        before = term("before the end of the file") if here.kind == END else say("before `{}`", here.text)
        message = (
            say("a `}}` is missing {}", before)
            if len(braces) == 1
            else say("{} `}}` are missing {}", len(braces), before)
        )
        related = tuple(Related(say("this `{{` is not closed"), source, tokens[at].span) for at in braces[-3:])
        found.diagnostics.append(
            Diagnostic("LP1010", "error", message, source, here.span, say("close the block above"), None, related)
        )
    return len(braces)


def _separate(source: Source, tokens: list[Token], brackets: _Brackets, diagnostics: list[Diagnostic]) -> list[Token]:
    out: list[Token] = []
    enclosing: list[bool] = []  # for each open bracket: whether newlines count inside it
    newline: Token | None = None
    operators = 0
    eventful = bool(brackets.stray or brackets.too_deep or brackets.closing_before)
    for at, token in enumerate(tokens):
        kind = token.kind
        if kind == "NEWLINE":
            newline = newline or token
            continue
        missing = brackets.closing_before.get(at, 0) if eventful else 0
        if missing:
            _add_closing(out, missing, token.start)
            del enclosing[:]
        if newline is not None:
            if (
                (not enclosing or enclosing[-1])
                and out
                and out[-1].kind not in _NO_NEWLINE_AFTER
                and kind != "RBRACE"
                and not (kind == "ARROW" or _continues(tokens, at))
            ):
                out.append(newline)
                operators = 0
            newline = None
        if kind in _BRACKETS:
            token = _bracket(token, at, brackets, enclosing)
        elif kind in _OPERATORS or token.text in _OPERATOR_WORDS:
            operators += 1
            if operators == MAX_OPERATORS + 1:
                diagnostics.append(_too_long(source, token))
                token = Token(BAD, token.text, token.start, token.end)
        elif kind == "COMMA":
            operators = 0
        out.append(token)
    _add_closing(out, brackets.closing_before.get(len(tokens), 0), len(source.text.rstrip()))
    return out


def _bracket(token: Token, at: int, brackets: _Brackets, enclosing: list[bool]) -> Token:
    if at in brackets.stray:
        return Token(STRAY if token.kind == "RBRACE" else BAD, token.text, token.start, token.end)
    if at in brackets.too_deep and token.kind != "LBRACE":
        return Token(BAD, token.text, token.start, token.end)
    if token.kind in _PARTNER:
        if enclosing:
            enclosing.pop()
    elif at not in brackets.unclosed:
        enclosing.append(token.kind == "LBRACE")
    if at in brackets.too_deep:
        return Token(DEEP_BRACE, token.text, token.start, token.end)
    return token


def _add_closing(out: list[Token], missing: int, at: int) -> None:
    out.extend(Token("RBRACE", "}", at, at) for _ in range(missing))


def _continues(tokens: list[Token], at: int) -> bool:
    token = tokens[at]
    if token.kind != WORD or token.text not in _CONTINUING:
        return False
    return at + 1 >= len(tokens) or tokens[at + 1].kind != "COLON"


def _too_long(source: Source, token: Token) -> Diagnostic:
    message = say("this entry has more than {} operators", MAX_OPERATORS)
    hint = say("give parts of it names of their own with `let`; for a row of `is … or is …` write `in [..]`")
    return Diagnostic("LP1008", "error", message, source, token.span, hint)
