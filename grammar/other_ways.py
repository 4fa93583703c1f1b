"""Other ways to write what the language has words for, by phrase: the tables behind `compiler/respelling.py`."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from leadpolicy.grammar import keywords

VALUES = frozenset({"NUMBER", "QUANTITY", "DATE", "TIME"})
WORDS = frozenset({"WORD", "NAME"})
SIGN_KINDS: Final = {">": "MORE", ">=": "MORE_EQUAL", "<": "LESS", "<=": "LESS_EQUAL", "*": "STAR", "": "NEWLINE"}

# What the phrase is read as, by phrase. A sign compares; a word is one of the language's.
RELATIONS: Final = {
    "more than": ">", "greater than": ">", "larger than": ">", "higher than": ">", "over": ">", "above": ">",
    "less than": "<", "fewer than": "<", "smaller than": "<", "lower than": "<", "under": "<", "below": "<",
    "at least": ">=", "not less than": ">=", "no less than": ">=", "no fewer than": ">=",
    "greater than or equal to": ">=", "more than or equal to": ">=", "less than or equal to": "<=",
    "at most": "<=", "not more than": "<=", "no more than": "<=", "up to": "<=",
    "大于等于": ">=", "不低于": ">=", "不少于": ">=", "不小于": ">=", "至少": ">=", "小于等于": "<=", "不超过": "<=",
    "不高于": "<=", "不多于": "<=", "不大于": "<=", "至多": "<=", "最多": "<=", "大于": ">", "超过": ">", "高于": ">",
    "多于": ">", "小于": "<", "低于": "<", "少于": "<", "等于": "是", "不等于": "不是",
}  # fmt: skip
MEMBERSHIP: Final = {
    "is one of": "in", "is any of": "in", "is either of": "in", "is in": "in", "any of": "in", "one of": "in",
    "is not one of": "not in", "is not any of": "not in", "is none of": "not in", "is not in": "not in",
    "none of": "not in",
}  # fmt: skip
WINDOWS: Final = frozenset(
    f"{first} {rest}"
    for first in ("within", "in", "over", "during")
    for rest in ("the last", "the past", "last", "past")
) | {"last", "past", "in", "最近", "近期", "过去"}  # fmt: skip
LIMITS: Final = frozenset({"up to", "max", "maximum", "no more than", "not more than", "不超过", "不多于"})
DAYS: Final = {
    **{f"{day}day": day[:3] for day in ("mon", "tues", "wednes", "thurs", "fri", "satur", "sun")},
    **{day: day for day in keywords.WEEKDAYS},
}
RANGE_OF_DAYS = re.compile("(周.|星期.)(至|到)(周.|星期.)")
GLUED = re.compile("(近|最近)([0-9]+)(天|日|周|个月|月|年|小时)")
OFTEN = re.compile("(每天|每周|每月)(最多|至多)")
SPANS: Final = {
    "半年": "6 个月",
    "一年": "1 年",
    "两年": "2 年",
    "一个月": "1 个月",
    "一周": "1 周",
    "三个月": "3 个月",
}
SHARES: Final = frozenset(s for p in ("first", "last", "all", "others") for s in keywords.spellings(p))
YES_OR_NO: Final = {"yes": "true", "no": "false", "是": "真", "否": "假"}
UPPER: Final = frozenset({"AND", "OR", "NOT", "IS", "IN", "WHERE", "WHEN", "CONTAINS", "VERSION", "THEN"})
TO: Final = frozenset(keywords.spellings("to"))
JOINING: Final = frozenset({"and", "to", "和", "与", "至", "到", "并且"})
BEFORE_VALUE = frozenset({"NAME", "RPAR", "BAR", "BARS"})


class Way(NamedTuple):
    """A phrase and what it is read as."""

    words: tuple[str, ...]
    use: str  # relation, in, within or limit
    read_as: str


def _ways() -> dict[str, list[Way]]:
    found: dict[str, list[Way]] = {}
    for table, use in ((RELATIONS, "relation"), (MEMBERSHIP, "in")):
        for phrase, read_as in table.items():
            found.setdefault(phrase.split()[0], []).append(Way(tuple(phrase.split()), use, read_as))
    for phrase in sorted(WINDOWS):
        read_as = "within" if phrase.isascii() else "近"
        found.setdefault(phrase.split()[0], []).append(Way(tuple(phrase.split()), "within", read_as))
    for phrase in sorted(LIMITS):
        read_as = "at most" if phrase.isascii() else "最多"
        found.setdefault(phrase.split()[0], []).append(Way(tuple(phrase.split()), "limit", read_as))
    return {first: sorted(ways, key=lambda way: -len(way.words)) for first, ways in found.items()}


WAYS: Final = _ways()
FIRST: Final = (
    frozenset(WAYS) | UPPER | frozenset(DAYS) | {d.title() for d in DAYS} | {d.upper() for d in DAYS}
    | {"between", "is", "unknown", "least", "round", "nurture", "介于", "yes", "no", "of", "项", "条", "个", "when"}
)  # fmt: skip
