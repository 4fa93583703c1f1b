"""The wording of diagnostics: English where a mistake is found, and the same thing said in Chinese.

`say` makes a message from a template and its values. The message is its finished English text, and remembers both,
so that `translated` can say it again from the template's Chinese twin in `wording_zh`. Values are the author's own
text, printed as it is in every language, or wording themselves: a message, a `term`, a `keyword`, a list made by
`joined`, a number of things made by `counted`, and what the engine or Python says, marked as `foreign`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from leadpolicy.grammar import keywords

Lang = Literal["en", "zh"]
Last = Literal["and", "or"] | None


class Message(str):
    """A finished English text that remembers what it was made of. Made by `say`."""

    __slots__ = ("template", "values")
    template: str
    values: tuple[object, ...]

    def __new__(cls, template: str, values: tuple[object, ...] = ()) -> Message:
        made = super().__new__(cls, template.format(*values))
        made.template, made.values = template, values
        return made

    def __getnewargs__(self) -> tuple[str, tuple[object, ...]]:  # type: ignore[override]
        return self.template, self.values


class Term(str):
    """A fixed English phrase with a Chinese twin, such as `a whole number`. Made by `term`."""

    __slots__ = ()


class Keyword(str):
    """A word of the language, type, role or function in its English spelling. Made by `keyword`."""

    __slots__ = ("phrase",)
    phrase: str  # two keywords may be spelled alike

    def __new__(cls, phrase: str) -> Keyword:
        made = super().__new__(cls, keywords.english(phrase))
        made.phrase = phrase
        return made

    def __getnewargs__(self) -> tuple[str]:
        return (self.phrase,)


class Joined(str):
    """Things one after the other: `a, b, c`, `a, b and c`. Made by `joined`."""

    __slots__ = ("between", "items", "last")
    items: tuple[object, ...]
    last: Last
    between: str

    def __new__(cls, items: tuple[object, ...], last: Last = None, between: str = ", ") -> Joined:
        made = super().__new__(cls, _enumerated(items, between, f" {last} " if last else between))
        made.items, made.last, made.between = items, last, between
        return made

    def __getnewargs__(self) -> tuple[tuple[object, ...], Last, str]:  # type: ignore[override]
        return self.items, self.last, self.between


class Counted(str):
    """So many of something: `1 lead`, `2,000 leads`. Made by `counted`."""

    __slots__ = ("number", "one")
    number: int
    one: str

    def __new__(cls, number: int, one: str, many: str | None = None) -> Counted:
        made = super().__new__(cls, f"{number:,} {one if number == 1 else many or one + 's'}")
        made.number, made.one = number, one
        return made

    def __getnewargs__(self) -> tuple[int, str, str]:  # type: ignore[override]
        return self.number, self.one, self.partition(" ")[2]


class Foreign(str):
    """A text in English that others made: the engine, which knows no languages, or Python. Made by `foreign`."""

    __slots__ = ()


def say(template: str, *values: object) -> Message:
    """A message. `template` is a literal with a hole `{}` for each value; a brace itself is doubled."""
    return Message(template, values)


def term(phrase: str) -> Term:
    """A fixed phrase that stands in a hole of a message. `phrase` is a literal."""
    return Term(phrase)


def keyword(phrase: str) -> Keyword:
    """A word of the language, which a Chinese message shows as a Chinese policy writes it."""
    return Keyword(phrase)


def joined(items: Iterable[object], last: Last = None, between: str = ", ") -> Joined:
    """The items with commas between them (or another sign), and `last` before the last one."""
    return Joined(tuple(items), last, between)


def counted(number: int, one: str, many: str | None = None) -> Counted:
    """A number of things. `one` is a literal: what one of them is called; `many` where that isn't `one` with an s."""
    return Counted(number, one, many)


def foreign(text: object) -> str:
    """What the engine or Python says, whose Chinese is found by its form (`wording_zh/foreign.py`)."""
    return text if isinstance(text, Message | Term | Joined) else Foreign(text)


def _enumerated(items: tuple[object, ...], comma: str, last: str) -> str:
    texts = [str(item) for item in items]
    return last.join([comma.join(texts[:-1]), texts[-1]]) if len(texts) > 1 else "".join(texts)


_CHINESE_WORDS = {
    word: chinese[0]
    for table in (keywords.FUNCTIONS, keywords.ROLES, keywords.TYPES, keywords.KEYWORDS)
    for word, chinese in table.items()
}


def translated(message: str, lang: Lang) -> str:
    """A message in a language. What is no wording, and what has no twin, stays as it is."""
    return str(message) if lang == "en" else str(_in_chinese(message))


def _in_chinese(value: object) -> object:
    from leadpolicy.compiler import wording_zh

    match value:
        case Message():
            twin = wording_zh.MESSAGES.get(value.template, value.template)
            return twin.format(*map(_in_chinese, value.values))
        case Term():
            return wording_zh.TERMS.get(value, str(value))
        case Counted():
            return wording_zh.COUNTED.get(value.one, f"{{}} {value.one}").format(f"{value.number:,}")
        case Foreign():
            return wording_zh.foreign_in_chinese(value)
        case Keyword():
            return _CHINESE_WORDS.get(value.phrase) or wording_zh.TERMS.get(value.phrase, str(value))
        case Joined():
            between = {", ": "、", "; ": "\uff1b", " and ": " 并且 ", " or ": " 或 "}.get(
                value.between, value.between
            )
            last = {"and": "和", "or": "或", None: between}[value.last]
            return _enumerated(tuple(map(_in_chinese, value.items)), between, last)
        case _:
            return value
