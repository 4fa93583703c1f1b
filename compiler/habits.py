"""What people write out of habit, and how it is said here: hints that are more exact than an example of the entry."""

from __future__ import annotations

from collections.abc import Callable

from leadpolicy.compiler.diagnostics import Diagnostic
from leadpolicy.compiler.source import Span
from leadpolicy.compiler.syntax_errors import Situation
from leadpolicy.compiler.tokens import WORD, Token
from leadpolicy.compiler.wording import Message, say

_WORDS = (WORD, "NAME")


def habit(situation: Situation) -> Diagnostic | None:
    """The diagnostic for a known habit, or None where there is none."""
    for look in (
        _if,
        _days_since,
        _within_time,
        _before_ago,
        _records_as_value,
        *_BY_CONTEXT.get(situation.context, ()),
    ):
        found = look(situation)
        if found is not None:
            return found
    return None


def _text(situation: Situation, ahead: int) -> str:
    at = situation.at + ahead
    if not situation.first <= at < len(situation.tokens):
        return ""
    token = situation.tokens[at]
    return token.text if token.kind in _WORDS and token.value is not True else ""


def _written(situation: Situation, ahead: int, count: int = 1) -> str:
    """What the author wrote there, over `count` tokens."""
    tokens = situation.tokens[situation.at + ahead : situation.at + ahead + count]
    return situation.source.text[tokens[0].start : tokens[-1].end] if tokens else ""


def _left(situation: Situation, ahead: int = -1) -> str:
    """The name before the mistake, with its path: `lead.created_at`."""
    at = situation.at + ahead
    start = at
    while start - 2 >= situation.first and situation.tokens[start - 1].kind == "DOT":
        start -= 2
    return situation.source.text[situation.tokens[start].start : situation.tokens[at].end]


def _error(situation: Situation, message: Message, hint: Message, token: Token | None = None) -> Diagnostic:
    span = (token or situation.token).span
    return Diagnostic("LP1015", "error", message, situation.source, Span(*span), hint)


def _does_not_fit(situation: Situation, hint: Message) -> Diagnostic:
    return _error(situation, say("`{}` does not fit here", _written(situation, 0)), hint)


def _if(situation: Situation) -> Diagnostic | None:
    for ahead in (0, -1):
        if _text(situation, ahead) in ("if", "如果", "若"):
            message = say("there is no `{}`: what depends on a case stands in a table", _text(situation, ahead))
            hint = say("declare a table with a row for each case, or several entries with `when`")
            return _error(situation, message, hint, situation.tokens[situation.at + ahead])
    return None


def _days_since(situation: Situation) -> Diagnostic | None:
    unit = _text(situation, -1)
    if unit not in ("days", "hours", "months", "weeks", "years") or _text(situation, 0) not in (
        "since",
        "until",
        "to",
    ):
        return None
    if _text(situation, 0) == "since":
        since = _written(situation, 1)
        hint = say("write `age({})`, and compare it with a length: age({}) > 30 {}", since, since, unit)
    else:
        hint = say(
            "nothing looks ahead: pass it as a field of its own, or give `{}` a due time", _written(situation, 1)
        )
    return _does_not_fit(situation, hint)


def _within_time(situation: Situation) -> Diagnostic | None:
    """`consent_at within 2 years`, `need_by is within 14 days`."""
    if _text(situation, 0) not in ("within", "近") or situation.at + 1 >= len(situation.tokens):
        return None
    left = _left(situation, -2 if _text(situation, -1) in ("is", "是") else -1)
    span = _written(situation, 1)
    hint = say(
        "`within` counts records; of a time write `age({}) <= {}`, of a length `{} <= {}`", left, span, left, span
    )
    return _does_not_fit(situation, hint)


def _before_ago(situation: Situation) -> Diagnostic | None:
    """`created_at before 2 years ago`."""
    word = _text(situation, 0)
    if word not in ("before", "after", "早于", "晚于") or situation.at == situation.first:
        return None
    sign, other = (">", "<") if word in ("before", "早于") else ("<", ">")
    if _text(situation, 2) in ("ago", "之前", "前"):
        return _does_not_fit(situation, say("write `age({}) {} {}`", _left(situation), sign, _written(situation, 1)))
    return _does_not_fit(situation, say("write `{} {} {}`", _left(situation), other, _written(situation, 1)))


def _records_as_value(situation: Situation) -> Diagnostic | None:
    """`let open = Lead where …`."""
    if situation.context != "declaration" or _text(situation, 0) not in ("where", "满足"):
        return None
    first = situation.tokens[situation.first].text
    if first not in ("let", "定义"):
        return None
    name = _left(situation)
    hint = say("a `let` is a value: write `count({} where …)` or `any {} where …`", name, name)
    return _does_not_fit(situation, hint)


# ── Where an entry of this kind stands ──


def _points_word(situation: Situation) -> Diagnostic | None:
    after = situation.tokens[situation.at + 1 : situation.at + 2]
    if situation.at != situation.first or not after or after[0].kind != "LBRACE":
        return None
    return _does_not_fit(situation, say("write `points {} {{ … }}`", _written(situation, 0)))


def _per_record(situation: Situation) -> Diagnostic | None:
    if _text(situation, 0) not in ("per", "每"):
        return None
    return _does_not_fit(situation, say("points from a value are multiplied: write `+5 * seats`"))


def _limits(situation: Situation) -> Diagnostic | None:
    if _text(situation, 0) not in ("from", "between", "从", "介于") or situation.at == situation.first:
        return None
    return _does_not_fit(situation, say("a field has no range: leave it out, and compare where it is used"))


def _number_as_choice(situation: Situation) -> Diagnostic | None:
    if situation.token.kind != "NUMBER" or not any(
        situation.tokens[at].kind == "LSQB" for at in range(situation.first, situation.at)
    ):
        return None
    number = _written(situation, 0)
    hint = say('put it in quotes: "{}" (compare it so too), or declare the field as int', number)
    return _error(situation, say("a choice is a name or a text, and `{}` is a number", number), hint)


def _how_many(situation: Situation) -> Diagnostic | None:
    if situation.token.kind != "NUMBER":
        return None
    return _does_not_fit(situation, say("write `at least {}`", _written(situation, 0)))


def _one_action(situation: Situation) -> Diagnostic | None:
    if situation.token.kind != "COMMA":
        return None
    return _error(
        situation,
        say("one line says one thing to do"),
        say("write a line of its own, beginning with the same `at` or `then`, for each"),
    )


def _prefer_when(situation: Situation) -> Diagnostic | None:
    if _text(situation, 0) not in ("when", "当", "if"):
        return None
    return _does_not_fit(situation, say("join the conditions with `and`"))


def _spans_of_channels(situation: Situation) -> Diagnostic | None:
    if _text(situation, -1) in ("per", "每"):
        return _does_not_fit(situation, say("write `per day`, `per week` or `per month`"))
    if _text(situation, -1) in ("quiet", "静默") and _text(situation, 0) == "on":
        return _does_not_fit(situation, say("quiet hours are the same on every day; days belong into `only when`"))
    return None


def _more_missing(situation: Situation) -> Diagnostic | None:
    if _text(situation, 0) not in ("and", "并且", "且"):
        return None
    if not any(situation.tokens[at].text in ("missing", "缺少") for at in range(situation.first, situation.at)):
        return None
    return _does_not_fit(situation, say("commas separate them: expect missing budget, need"))


def _negative(situation: Situation) -> Diagnostic | None:
    if _text(situation, 0) not in ("没有", "none", "never"):
        return None
    return _does_not_fit(situation, say("`no` stands before it: expect no notify"))


def _days_later(situation: Situation) -> Diagnostic | None:
    if situation.at != situation.first or situation.token.kind not in ("NUMBER", "QUANTITY"):
        return None
    return _does_not_fit(situation, say("a step begins with `after`: after 3 days send …"))


_Look = Callable[[Situation], Diagnostic | None]
_BY_CONTEXT: dict[str, tuple[_Look, ...]] = {
    "score_entry": (_points_word, _per_record),
    "field": (_number_as_choice, _limits),
    "gate_entry": (_how_many,),
    "sla_line": (_one_action,),
    "rule_line": (_one_action,),
    "place_line": (_prefer_when,),
    "channel_line": (_spans_of_channels,),
    "test_entry": (_more_missing, _negative),
    "nurture_line": (_days_later,),
}
