"""The parser: tokens to the syntax tree, by the tables that Lark makes of grammar/lead.lark.

Two things make it ours rather than Lark's own loop. A word that may be a keyword is decided here, where it is
known what fits: it is a keyword where only a keyword fits, a name where only a name fits, and where both would,
the token after it decides. And a mistake ends its entry, not the run: see `_recover`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from leadpolicy.compiler import parse_table, syntax_errors
from leadpolicy.compiler.collecting import uncollected
from leadpolicy.compiler.diagnostics import Diagnostic, Fix, in_order
from leadpolicy.compiler.expression_builder import Values, start_of
from leadpolicy.compiler.habits import habit
from leadpolicy.compiler.layout import begins_declaration, lay_out
from leadpolicy.compiler.lexer import lex, spaced
from leadpolicy.compiler.parse_table import Reduction
from leadpolicy.compiler.respelling import respell
from leadpolicy.compiler.source import Source, Span
from leadpolicy.compiler.syntax import File
from leadpolicy.compiler.syntax_errors import Clash, Situation
from leadpolicy.compiler.tokens import BAD, DEEP_BRACE, END, STRAY, WORD, Token
from leadpolicy.compiler.tree_builder import TreeBuilder
from leadpolicy.compiler.wording import Message, say
from leadpolicy.grammar import keywords

_IS_CODE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_AHEAD = 4  # tokens to look at before a word is read as a keyword where a name would fit too
_P = TypeVar("_P", bound="_Parser")


@dataclass(frozen=True, slots=True)
class Reading:
    """A file as the parser took it: its tree, and every token as what it turned out to be.

    In `fed` a keyword is one token, however many words it has, and `text` is its phrase; NEWLINE stands where two
    entries part; ERROR covers what was skipped, after those tokens of it that were read before the mistake.
    """

    file: File
    fed: tuple[Token, ...]
    comments: tuple[Span, ...]
    diagnostics: tuple[Diagnostic, ...]

    @property
    def tokens(self) -> list[Token]:
        """What was fed, without the tokens that an ERROR covers."""
        kept: list[Token] = []
        for token in self.fed:
            while token.kind == "ERROR" and kept and kept[-1].start >= token.start:
                kept.pop()
            kept.append(token)
        return kept


def parse(source: Source) -> tuple[File, tuple[Diagnostic, ...]]:
    """The tree of a file and everything that is wrong with its writing. Never raises.

    What could not be read is left out of the tree; `File.left_out` has the names that it would have declared.
    """
    file, _, parser = _run(source, _Parser)
    return file, in_order(parser.diagnostics)


def read(source: Source) -> Reading:
    """Like `parse`, with the tokens and comments that a formatter needs."""
    file, comments, parser = _run(source, _Recorder)
    return Reading(file, tuple(parser.fed), comments, in_order(parser.diagnostics))


def _run(
    source: Source, make: Callable[[Source, list[Token], list[Diagnostic]], _P]
) -> tuple[File, tuple[Span, ...], _P]:
    with uncollected():
        lexed = lex(source)
        respelt, warnings = respell(source, lexed.tokens)
        tokens, diagnostics = lay_out(source, respelt)
        parser = make(source, tokens, [*lexed.diagnostics, *warnings, *diagnostics])
        declarations = parser.run()
        return File(source, tuple(declarations), frozenset(parser.left_out)), lexed.comments, parser


class _Parser:
    def __init__(self, source: Source, tokens: list[Token], diagnostics: list[Diagnostic]) -> None:
        self.source = source
        end = len(source.text.rstrip())
        self.tokens = [*tokens, Token(END, "", end, end)]
        self.diagnostics = diagnostics
        # A missing brace was made up for, so it excuses no other mistake on its line.
        self.reported = sorted(d.span.start for d in diagnostics if d.severity == "error" and d.code != "LP1010")
        self.left_out: set[str] = set()
        self.table = parse_table.load()
        builder = TreeBuilder(self._report)
        self.methods: list[Callable[[Values], Any] | None] = [
            getattr(builder, r.method) if r.method else None for r in self.table.reductions
        ]
        self.states = [self.table.start]
        self.values: list[Any] = []
        self.at = 0
        self.recovered = -1  # the token at which recovery last began
        self.clash: Clash | None = None  # the last word that could have been a name too

    def run(self) -> list[Any]:
        """Feed every token; gives the declarations."""
        tokens = self.tokens
        while True:
            token = tokens[self.at]
            width = 1
            if token.kind == WORD:
                token, width = self._word()
            if self._feed(token.kind, token):
                self.at += width
            elif self.states[-1] == self.table.end:
                declarations: list[Any] = self.values[-1]
                return declarations
            elif not self._repair(token):
                self._recover(token)

    # ── Running the table ──

    def _feed(self, kind: str, value: object) -> bool:
        """Take one token. False where it does not fit, and at the end of the file when all is done."""
        actions, gotos, methods = self.table.actions, self.table.gotos, self.methods
        states, values = self.states, self.values
        while True:
            action: Any = actions[states[-1]].get(kind)  # an int or a Reduction; asking costs time here
            if action.__class__ is int:
                states.append(action)
                values.append(value)
                return True
            if action is None:
                return False
            size = action.size
            method = methods[action.number]
            if size:
                if method is not None:
                    made = method(values[-size:])
                    del values[-size:]
                    values.append(made)
                del states[-size:]
            else:
                assert method is not None  # nothing cannot be handed on
                values.append(method([]))
            states.append(gotos[states[-1]][action.origin])

    def _after(self, states: list[int], kind: str) -> list[int] | None:
        """The states after a token, without making anything; None where the token does not fit."""
        actions = self.table.actions
        if kind not in actions[states[-1]]:
            return None
        states = states.copy()
        while True:
            action = actions[states[-1]].get(kind)
            if action is None:
                return states if kind == END and states[-1] == self.table.end else None
            if not isinstance(action, Reduction):
                states.append(action)
                return states
            if action.size:
                del states[-action.size :]
            states.append(self.table.gotos[states[-1]][action.origin])

    def fits(self, kind: str) -> bool:
        """Whether a token of this kind could stand here."""
        return self._after(self.states, kind) is not None

    # ── Words ──

    def _word(self) -> tuple[Token, int]:
        """The token that the word here is, and how many words it takes."""
        token = self.tokens[self.at]
        possible = self.table.actions[self.states[-1]]
        keyword, width = self._keyword(possible)
        reserved = token.text in keywords.RESERVED
        if keyword is None:
            code = "CODE" in possible and len(token.text) == 3 and _IS_CODE.issuperset(token.text)
            kind = "CODE" if code else WORD if reserved else "NAME"
            return Token(kind, token.text, token.start, token.end), 1
        if reserved or "NAME" not in possible:
            return keyword, width
        after_name = self._after(self.states, "NAME")
        after_keyword = self._after(self.states, keyword.kind)
        if after_name is None or after_keyword is None:
            as_name = after_keyword is None
        else:
            reach, as_name, likely = self._reach(after_keyword, self.at + width), False, False
            if reach < _AHEAD:
                reach_of_name = self._reach(after_name, self.at + 1)
                as_name, likely = reach_of_name > reach, reach_of_name > 0
            self.clash = Clash(self.at, token, as_name, likely)
        return (Token("NAME", token.text, token.start, token.end), 1) if as_name else (keyword, width)

    def _keyword(self, possible: dict[str, int | Reduction]) -> tuple[Token | None, int]:
        """The longest keyword that begins here and fits; where none does, the longest that might."""
        token = self.tokens[self.at]
        found: tuple[Token | None, int] = (None, 1)
        for way in keywords.BY_FIRST_WORD.get(token.text, ()):
            if way.terminal not in possible or not self._has_tail(self.at, way.tail):
                continue
            # The table merges states: only running it tells whether a keyword fits.
            if found[0] is None or self._after(self.states, found[0].kind) is None:
                end = self.tokens[self.at + len(way.tail)].end
                if found[0] is None or self.fits(way.terminal):
                    found = (Token(way.terminal, way.phrase, token.start, end, token.value), 1 + len(way.tail))
        return found

    def _has_tail(self, at: int, tail: tuple[str, ...]) -> bool:
        """Whether the words behind a keyword's first one follow."""
        tokens = self.tokens
        return all(tokens[at + i].text == word and tokens[at + i].value is not True for i, word in enumerate(tail, 1))

    def _reach(self, states: list[int], at: int, ahead: int = _AHEAD) -> int:
        """How many of the next few tokens fit after these states, whatever words among them may be."""
        best = 0
        for kind, width in self._kinds(at) if ahead else ():
            after = self._after(states, kind)
            if after is not None:
                reach = _AHEAD if kind == END else 1 + self._reach(after, at + width, ahead - 1)
                best = max(best, min(reach, ahead))
                if best == ahead:
                    break
        return best

    def _kinds(self, at: int) -> list[tuple[str, int]]:
        """What the token at `at` may be, each with the number of words that it takes."""
        token = self.tokens[at]
        if token.kind == "EQUALS":
            return [("EQUALS", 1), ("IS", 1)]
        if token.kind != WORD:
            return [(token.kind, 1)]
        found = [
            (way.terminal, 1 + len(way.tail))
            for way in keywords.BY_FIRST_WORD.get(token.text, ())
            if self._has_tail(at, way.tail)
        ]
        if len(token.text) == 3 and _IS_CODE.issuperset(token.text):
            found.append(("CODE", 1))
        return found if token.text in keywords.RESERVED else [*found, ("NAME", 1)]

    # ── Mistakes ──

    def _report(self, code: str, message: Message, span: Span, hint: Message | None) -> None:
        self.diagnostics.append(Diagnostic(code, "error", message, self.source, span, hint))

    def _repair(self, token: Token) -> bool:
        """Go on after what needs no skipping; False where it does."""
        if token.kind == "EQUALS" and self.fits("IS"):
            fix = Fix(token.start, token.end, spaced(self.source.text, token.start, token.end, "is"))
            message = say("`{}` is read as `is`", token.text)
            self.diagnostics.append(
                Diagnostic("LP1050", "warning", message, self.source, token.span, say("write `is`"), fix)
            )
            self._feed("IS", Token("IS", "is", token.start, token.end))
            self.at += 1
            return True
        if token.kind == "COMMA" and self.fits("NEWLINE") and self._ends_line(token):
            message = say("a new line separates here; a comma does not belong")
            fix = Fix(token.start, token.end, "")
            self.diagnostics.append(Diagnostic("LP1052", "warning", message, self.source, token.span, None, fix))
            self._feed("NEWLINE", Token("NEWLINE", "", token.start, token.end))
            self.at += 1
            return True
        if self._repair_lines(token):
            return True
        if token.kind == "EQUALS" and self.fits("TO"):
            message = say("`{}` is read as `{}`", token.text, "to")
            fix = Fix(token.start, token.end, "to")
            hint = say("write `{}`", "to")
            self.diagnostics.append(Diagnostic("LP1053", "warning", message, self.source, token.span, hint, fix))
            self._feed("TO", Token("TO", "to", token.start, token.end))
            self.at += 1
            return True
        if token.kind == STRAY:
            self._report("LP1009", say("this `}}` closes nothing"), token.span, None)
            self.at += 1
            return True
        if token.kind == "NEWLINE" and (self.at == 0 or self.tokens[self.at - 1].kind in ("NEWLINE", STRAY)):
            self.at += 1
            return True
        return False

    def _repair_lines(self, token: Token) -> bool:
        """A line that goes on in the next one, or two entries on one line."""
        tokens = self.tokens
        if token.kind == "NEWLINE" and not self.fits("NEWLINE") and self.at + 2 < len(tokens):
            after = tokens[self.at + 2].kind
            if after not in ("COLON", "EQUALS") and self._reach(self.states, self.at + 1) == _AHEAD:
                self.at += 1
                return True
        if token.kind == "NAME" and tokens[self.at + 1].kind == "COLON" and self.fits("NEWLINE"):
            message = say("a new line or a comma is missing before `{}`", token.text)
            fix = Fix(token.start, token.start, ", ")
            self.diagnostics.append(Diagnostic("LP1054", "warning", message, self.source, token.span, None, fix))
            kind, text = ("COMMA", ",") if self.fits("COMMA") else ("NEWLINE", "")
            self._feed(kind, Token(kind, text, token.start, token.start))
            return True
        return False

    def _ends_line(self, token: Token) -> bool:
        return "\n" in self.source.text[token.end : self.tokens[self.at + 1].start]

    def _recover(self, token: Token) -> None:
        """Report a mistake and skip the entry that it stands in.

        The stack is unwound to where an entry begins, ERROR is put in the entry's place, and reading goes on at
        its end: the other entries of the block, and the other blocks, are read as if nothing had happened.
        """
        if (
            self.at
            and self.tokens[self.at - 1].kind == "RBRACE"
            and self.at != self.recovered
            and self.fits("NEWLINE")
        ):
            # What the brace has closed is complete; the mistake begins an entry of its own.
            self._feed("NEWLINE", Token("NEWLINE", "", token.start, token.start))
        expected = self.fits
        kinds = [kind for kind in self.table.actions[self.states[-1]] if expected(kind)]
        depth, start = 0, token.start
        stuck = self.at == self.recovered
        self.recovered = self.at
        while "ERROR" not in self.table.actions[self.states[-1]] or (stuck and len(self.states) > 1):
            # Where skipping an entry did not help, the block around it is skipped, and so on outwards.
            stuck = stuck and "ERROR" not in self.table.actions[self.states[-1]]
            self.states.pop()
            value = self.values.pop()
            if isinstance(value, Token):
                depth += value.kind == "LBRACE"
                start = value.start
            elif hasattr(value, "span") or hasattr(value, "start"):
                start = start_of(value)
        context = syntax_errors.context_of(self.table.gotos[self.states[-1]])
        first = bisect_left(self.tokens, start, key=lambda t: t.start)
        first = min(first, self.at)
        stop = self._end_of_entry(self.at, depth, context)
        if not self._reported_already(first):
            clash = self.clash if self.clash and first <= self.clash.at <= self.at else None
            situation = Situation(self.source, context, self.tokens, first, self.at, frozenset(kinds), clash)
            self.diagnostics.append(habit(situation) or syntax_errors.explain(situation))
        self._leave_out(context, first, stop)
        self._feed("ERROR", Token("ERROR", "", start, max(start, self.tokens[stop - 1].end)))
        self.at = stop

    def _reported_already(self, first: int) -> bool:
        """Whether the lexer or the layout has found fault with the text up to the end of the line."""
        line, _ = self.source.position(self.tokens[self.at].start)
        starts = self.source.line_starts
        end = starts[line] if line < len(starts) else len(self.source.text) + 1
        at = bisect_left(self.reported, self.tokens[first].start)
        found = at < len(self.reported) and self.reported[at] < end
        return found or self.tokens[self.at].kind in (BAD, DEEP_BRACE)

    def _end_of_entry(self, at: int, depth: int, context: str) -> int:
        """Where the entry ends in which the token at `at` stands, inside `depth` braces of its own."""
        top = context == "declaration"
        listing = context in syntax_errors.BETWEEN_COMMAS
        inner, closed = 0, False
        while True:
            kind = self.tokens[at].kind
            if kind == END:
                return at
            if kind in ("LBRACE", DEEP_BRACE):
                depth += 1
            elif kind == "RBRACE":
                if depth == 0 and not top:
                    return at
                depth = max(depth - 1, 0)
                closed = depth == 0
            elif kind == STRAY:
                closed = True
            elif kind in ("LPAR", "LSQB"):
                inner += 1
            elif kind in ("RPAR", "RSQB"):
                inner -= 1
            elif depth == 0 and (
                (kind == "NEWLINE" and (not top or closed or self._may_begin(at + 1)))
                or (kind == "COMMA" and listing and inner <= 0)
            ):
                return at
            at += 1

    def _may_begin(self, at: int) -> bool:
        """Whether a declaration may begin here; lines of a block whose `{` is missing don't."""
        token = self.tokens[at]
        if token.kind not in (WORD, "NAME"):
            return False
        column_one = token.start == 0 or self.source.text[token.start - 1] == "\n"
        return column_one or begins_declaration(self.tokens, at)

    def _leave_out(self, context: str, first: int, stop: int) -> None:
        """Remember the names that the skipped entry would have declared."""
        words = [t for t in self.tokens[first:stop] if t.kind in (WORD, "NAME")]
        if context == "declaration":
            block = keywords.BLOCK_OF.get(words[0].text) if words else None
            whole = block == "use"  # `use std.calendars as cal` may declare any of its words
            if block in ("always", "recall"):
                return
            declared = words[1:] if whole else words[1:2]
            self.left_out.update(t.text for t in declared if not whole or t.text != "as")
        elif words and self.tokens[first + 1].kind == "COLON":
            self.left_out.add(words[0].text)


class _Recorder(_Parser):
    """A parser that remembers each token as it took it."""

    def __init__(self, source: Source, tokens: list[Token], diagnostics: list[Diagnostic]) -> None:
        super().__init__(source, tokens, diagnostics)
        self.fed: list[Token] = []

    def _feed(self, kind: str, value: object) -> bool:
        fits = super()._feed(kind, value)
        if fits and isinstance(value, Token):
            self.fed.append(value)
        return fits
