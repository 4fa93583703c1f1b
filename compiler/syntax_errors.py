"""What a mistake in the writing is called: from where it stands and what was found, never from the grammar.

`explain` looks from the particular to the general: an `or` that needs parentheses, a misspelt keyword, a missing
sign or part, and at last only that something does not fit, with what an entry of this block looks like.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from leadpolicy.compiler.diagnostics import Diagnostic, Fix, nearest
from leadpolicy.compiler.source import Source, Span
from leadpolicy.compiler.tokens import END, WORD, Token
from leadpolicy.compiler.wording import Message, joined, keyword, say, term
from leadpolicy.grammar import keywords


@dataclass(frozen=True, slots=True)
class Clash:
    """A word that fitted both as a keyword and as a name; `likely` where what follows fits a name too."""

    at: int
    token: Token
    as_name: bool
    likely: bool


@dataclass(frozen=True, slots=True)
class Situation:
    """A mistake: the entry begins at token `first`, the token at `at` does not fit, `kinds` would."""

    source: Source
    context: str
    tokens: list[Token]
    first: int
    at: int
    kinds: frozenset[str]
    clash: Clash | None

    @property
    def token(self) -> Token:
        """The token that does not fit."""
        return self.tokens[self.at]

    @property
    def ends_line(self) -> bool:
        """Whether the line ended where something was wanted; a `}` may begin the next one."""
        token = self.token
        if token.kind == "RBRACE" and self.at > self.first:
            return "\n" in self.source.text[self.tokens[self.at - 1].end : token.start]
        return token.kind == "NEWLINE"

    @property
    def before(self) -> Token | None:
        """The token before it in the same entry."""
        return self.tokens[self.at - 1] if self.at > self.first else None


# What an entry is called and looks like, by the part of the grammar that it is. Where one part holds another
# (every gate entry that is a criterion), the wider one stands first.
_ENTRIES = {
    "declaration": (
        term("a declaration"),
        say("a declaration begins with a word such as `fact`, `score`, `gate` or `route`"),
    ),
    "header_line": (term("a line of the policy's header"), say('such a line looks like `zone "Asia/Shanghai"`')),
    "field": (term("a field"), say("a field looks like `employees: int` or `grade: one of [A, B] in order`")),
    "score_entry": (
        term("an entry of a score"),
        say('an entry looks like `+5 when industry is "IT"` or `points title {{ … }}`'),
    ),
    "choice": (term("a choice with its points"), say("a choice looks like `manager 10`; commas separate them")),
    "band": (term("a band"), say("a band looks like `+10 when >= 1000`")),
    "table_header": (
        term("the header of a table"),
        say("a table's header looks like `| region | employees || team |`"),
    ),
    "row": (term("a row of a table"), say("a row looks like `| >= 40 | - || A2 |`")),
    "duplicate_line": (
        term("a line of `duplicate`"),
        say("a line looks like `same phone` or `keep earliest created_at`"),
    ),
    "calendar_line": (term("a line of a calendar"), say("such a line looks like `mon to fri 09:00 to 18:00`")),
    "goal_line": (
        term("a line of a goal"),
        say("a line looks like `rate SQL to won 25%`; see also revenue, deal, rates"),
    ),
    "place_line": (term("a line of a team, queue or pool"), say("a line looks like `members where level is senior`")),
    "nurture_line": (
        term("a step of a nurture programme"),
        say('a step looks like `after 2 days send "demo" by email`'),
    ),
    "recall_entry": (
        term("an entry of the recall"),
        say("an entry looks like `idle: at assigned_at + 3 days -> pool public`"),
    ),
    "sla_line": (
        term("a line of a service level"),
        say("such a line looks like `from assigned_at` or `until reached_out`"),
    ),
    "channel_line": (
        term("a line of a channel"),
        say("a line looks like `only when consent` or `at most 2 per week`"),
    ),
    "rule_line": (
        term("a line of a rule"),
        say("a line looks like `when lead: Lead where …` or `then flag lead as …`"),
    ),
    "share": (term("a share of credit"), say("a share looks like `30% first` or `100% all, halving every 7 days`")),
    "gate_entry": (
        term("a line of a gate"),
        say("a criterion looks like `budget: budget > 0 CNY`; see also `passes when`"),
    ),
    "disqualify_entry": (
        term("an entry of `disqualify`"),
        say('an entry looks like `rival: industry is "IT" -> closed`'),
    ),
    "stage": (term("a stage of the funnel"), say("a stage looks like `MQL: total >= 30`")),
    "route_entry": (term("an entry of the route"), say("an entry looks like `hot: priority is A1 -> team north`")),
    "test_entry": (term("a line of a test"), say("a line looks like `given Lead {{ … }}` or `expect fit is 25`")),
    "given_field": (term("a given value"), say("a given value looks like `employees: 8000`; commas separate them")),
}
BARE_OR = say("an `or` behind `where` needs parentheses")
BARE_OR_HINT = say("write `where (a or b)`, or put the part before `or` in parentheses")
BETWEEN_COMMAS = frozenset({"choice", "given_field"})

_SIGNS = {
    "COLON": ":",
    "LBRACE": "{",
    "EQUALS": "=",
    "ARROW": "->",
    "RPAR": ")",
    "RSQB": "]",
    "BARS": "||",
    "BAR": "|",
}


def context_of(gotos: Iterable[str]) -> str:
    """The kind of entry that may stand where the parser has this row of its table."""
    found = set(gotos)
    return next(context for context in _ENTRIES if context in found)


def explain(situation: Situation) -> Diagnostic:
    """The one diagnostic for a mistake."""
    return (
        _bare_or(situation)
        or _not_unknown(situation)
        or _misspelt(situation)
        or _glued(situation)
        or _missing_word(situation)
        or _reserved(situation)
        or _missing(situation)
        or _general(situation)
    )


def _phrase(situation: Situation, at: int) -> str | None:
    """The keyword that begins at a token, whether or not it fits there."""
    if at >= len(situation.tokens) or situation.tokens[at].kind != WORD:
        return None
    token = situation.tokens[at]
    for way in keywords.BY_FIRST_WORD.get(token.text, ()):
        if all(situation.tokens[at + 1 + i].text == word for i, word in enumerate(way.tail)):
            return way.phrase
    return None


def _error(
    situation: Situation,
    code: str,
    message: Message,
    hint: Message | None,
    span: Span | None = None,
    fix: Fix | None = None,
) -> Diagnostic:
    return Diagnostic(code, "error", message, situation.source, span or _span(situation), hint, fix)


def _span(situation: Situation) -> Span:
    """The token that does not fit; at the end of a line, the place just after the last word."""
    token = situation.token
    if (situation.ends_line or token.kind == END) and situation.at:
        end = situation.tokens[situation.at - 1].end
        return Span(end, end)
    return token.span


def _found(situation: Situation) -> str:
    """What stands there: a term, or the author's text."""
    token = situation.token
    if situation.ends_line:
        return term("the end of the line")
    if token.kind == END:
        return term("the end of the file")
    written = situation.source.slice(token.span) or token.text
    return f"`{written[:40]}`"


# ── Records ──


def _bare_or(situation: Situation) -> Diagnostic | None:
    """An `or` behind `where`, inside the brackets of a function."""
    if _phrase(situation, situation.at) != "or":
        return None
    if not any(_phrase(situation, at) == "where" for at in range(situation.first, situation.at)):
        return None
    return _error(situation, "LP1016", BARE_OR, BARE_OR_HINT)


# ── Words that are nearly right ──


def _not_unknown(situation: Situation) -> Diagnostic | None:
    """`x is not unknown`, which has a keyword of its own."""
    before = situation.before
    if before is None or _phrase(situation, situation.at) != "unknown" or "NUMBER" not in situation.kinds:
        return None
    start = situation.at - 1 if situation.source.slice(before.span) == "不是" else situation.at - 2
    if start < situation.first or _phrase(situation, start) != "is not":
        return None
    known = "is known" if before.text == "not" else "已知"
    span = Span(situation.tokens[start].start, situation.token.end)
    message = say("`{}` is written `{}`", situation.source.slice(span), known)
    return _error(situation, "LP1015", message, None, span, Fix(span.start, span.end, known))


def _misspelt(situation: Situation) -> Diagnostic | None:
    """A word where only keywords fit, like one of them."""
    token = situation.token
    if token.kind not in (WORD, "NAME") or token.value is True or _is_another(situation):
        return None
    if situation.context == "declaration" and situation.at == situation.first:
        known: set[str] = set(keywords.BLOCK_OF)
        message = say("no declaration begins with {}", _found(situation))
        if token.text in known or keywords.TYPE_OF.get(token.text):
            return None
    else:
        known = {
            spelled
            for phrase in keywords.KEYWORDS
            if keywords.terminal(phrase) in situation.kinds
            for spelled in keywords.spellings(phrase)
        }
        message = say("{} does not fit here", _found(situation))
    words = [token]
    for word in situation.tokens[situation.at + 1 : situation.at + 3]:
        if word.kind not in (WORD, "NAME") or word.value is True:
            break
        words.append(word)
    for count in range(len(words), 0, -1):
        written = " ".join(word.text for word in words[:count])
        near = nearest(written, [k for k in known if count == 1 or len(k.split()) == count])
        if near is not None and near != written and (count == 1 or _alike(written, near)):
            span = Span(token.start, words[count - 1].end)
            fix = Fix(span.start, span.end, near)
            return _error(situation, "LP1011", message, say("did you mean `{}`?", near), span, fix)
    return None


def _is_another(situation: Situation) -> bool:
    """Whether the word is one of the language's own, and begins nothing which fits here."""
    ways = keywords.BY_FIRST_WORD.get(situation.token.text, ())
    return any(not way.tail for way in ways) and not any(way.terminal in situation.kinds for way in ways)


def _alike(written: str, phrase: str) -> bool:
    """Whether each word of a phrase is like the one written for it, and not all are the same."""
    pairs = list(zip(written.split(), phrase.split(), strict=True))
    return all(a == b or nearest(a, [b]) for a, b in pairs)


def _reserved(situation: Situation) -> Diagnostic | None:
    """A keyword where a name belongs, or a word that was taken for the wrong one of the two."""
    token = situation.token
    if token.kind == WORD and token.text in keywords.RESERVED and _only_a_name(situation):
        message = say("`{}` is a word of the language and cannot be a name", token.text)
        return _back_ticks(situation, token, message)
    if situation.clash is not None and situation.clash.likely and situation.clash.at < situation.at:
        word = situation.clash.token
        taken = term("a name") if situation.clash.as_name else term("a word of the language")
        diagnostic = _missing(situation) or _general(situation)
        if situation.clash.as_name:
            return None
        hint = say("`{}` is read as {} here; if it is a name, put it in back-ticks", word.text, taken)
        return replace(diagnostic, code="LP1013", hint=hint, fix=None)
    return None


def _only_a_name(situation: Situation) -> bool:
    after = situation.tokens[situation.at + 1] if situation.at + 1 < len(situation.tokens) else situation.token
    return "NAME" in situation.kinds and (
        "NUMBER" not in situation.kinds or after.kind in ("COLON", "DOT") or after.kind in _SIGNS
    )


def _back_ticks(situation: Situation, token: Token, message: Message) -> Diagnostic:
    fix = Fix(token.start, token.end, f"`{token.text}`")
    hint = say("if it is a name here, put it in back-ticks: `` `{}` ``", token.text)
    return _error(situation, "LP1013", message, hint, token.span, fix)


def _glued(situation: Situation) -> Diagnostic | None:
    """A Chinese keyword run together with a name, in the word found or the one before it."""
    for token in (situation.token, situation.before):
        if token is None or token.kind not in (WORD, "NAME") or token.value is True:
            continue
        apart = None if token.text in keywords.BY_FIRST_WORD else keywords.split_glued(token.text)
        if apart is not None:
            message = say("`{}` is read as one name", token.text)
            fix = Fix(token.start, token.end, apart)
            return _error(situation, "LP1012", message, say("did you mean `{}`?", apart), token.span, fix)
    return None


# ── Parts that are missing ──

# Keywords that may follow nearly everything: operators, and what narrows records.
_GOING_ON = frozenset(
    keywords.terminal(phrase)
    for phrase in keywords.KEYWORDS
    if phrase.split()[0] in (
        "and", "or", "not", "is", "in", "contains", "starts", "ends", "implies", "passes", "fails", "where", "within",
        "since", "between", "prefer", "of",
    ) and phrase != "or none"
)  # fmt: skip
_ACTIONS = frozenset({"NOTIFY", "TASK", "SEND", "ARROW"})
_AFTER_COMMA = frozenset({"halving every", "fading over", "at most", "remind"})


def _missing_word(situation: Situation) -> Diagnostic | None:
    """A keyword without which the entry is not complete, what a step does, or a comma before an option."""
    kinds, found, after = situation.kinds, _found(situation), _after(situation)
    if "COMMA" in kinds and _phrase(situation, situation.at) in _AFTER_COMMA:
        return _error(situation, "LP1014", say("`{}` is missing{}; found {}", ",", after, found), _looks(situation))
    if situation.at == situation.first or "NEWLINE" in kinds or "NAME" in kinds:
        return None
    if kinds >= _ACTIONS:
        return _error(
            situation, "LP1014", say("what is done is missing{}; found {}", after, found), _looks(situation)
        )
    words = {phrase for phrase in keywords.KEYWORDS if keywords.terminal(phrase) in kinds - _GOING_ON}
    required = words or {p for p in ("where",) if keywords.terminal(p) in kinds}
    if len(required) > 1 and kinds <= {keywords.terminal(p) for p in required}:
        hint = say("write {}", joined((say("`{}`", keyword(p)) for p in sorted(required)), "or"))
        return _error(situation, "LP1015", say("{} does not fit here", found), hint)
    if len(required) != 1 or not kinds.isdisjoint(_SIGNS.keys() - {"LPAR", "RPAR"}):
        return None
    message = say("`{}` is missing{}; found {}", keyword(*required), after, found)
    return _error(situation, "LP1014", message, _looks(situation))


def _after(situation: Situation) -> Message | str:
    before = situation.before
    return say(" after `{}`", situation.source.slice(before.span)) if before is not None and before.text else ""


def _missing(situation: Situation) -> Diagnostic | None:
    kinds, found = situation.kinds, _found(situation)
    before = situation.before
    after = _after(situation)
    if "NUMBER" in kinds and "NAME" in kinds:
        # Where a value may stand and nothing else would do, a value is what is missing.
        cell = before is not None and before.kind in ("BAR", "BARS")
        if cell and situation.token.kind in ("BAR", "BARS"):
            empty = say("write `-` in a cell that accepts anything")
            return _error(situation, "LP1014", say("this cell is empty"), empty)
        return _error(situation, "LP1014", say("a value is missing{}; found {}", after, found), None)
    signs = [kind for kind in _SIGNS if kind in kinds]
    if situation.context == "declaration" and signs and situation.at == situation.first:
        return None
    if "LBRACE" in signs and situation.token.kind in ("NEWLINE", END):
        signs = ["LBRACE"]
    if len(signs) == 1 and (len(kinds) == 1 or _must_follow(situation, signs[0])):
        sign = _SIGNS[signs[0]]
        hint = None if situation.context == "declaration" else _looks(situation)
        return _error(situation, "LP1014", say("`{}` is missing{}; found {}", sign, after, found), hint)
    if "NAME" in kinds and len(kinds - {"STRING"}) == 1:
        return _error(situation, "LP1014", say("a name is missing{}; found {}", after, found), _looks(situation))
    if kinds == {"STRING"}:
        message = say("a text in quotes is missing{}; found {}", after, found)
        return _error(situation, "LP1014", message, _looks(situation))
    return None


def _must_follow(situation: Situation, sign: str) -> bool:
    """Whether the entry cannot be complete without the sign, where operators might stand too."""
    return "NEWLINE" not in situation.kinds and situation.token.kind in ("NEWLINE", END, "RBRACE") and sign != "BAR"


def _looks(situation: Situation) -> Message:
    return _ENTRIES[situation.context][1]


def _general(situation: Situation) -> Diagnostic:
    title = _ENTRIES[situation.context][0]
    found = _found(situation)
    if situation.at == situation.first:
        message = say("{} cannot begin with {}", title, found)
    elif "NEWLINE" in situation.kinds or "RBRACE" in situation.kinds:
        message = say("{} is complete before {}", title, found)
    else:
        message = say("{} does not fit in {}", found, title)
    return _error(situation, "LP1015", message, _looks(situation))
