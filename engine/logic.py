"""What generated code calls where an operator doesn't say it: lists, texts, times, routes, tables."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from leadpolicy.engine.numbers import SCALE
from leadpolicy.engine.policy import Verdict
from leadpolicy.engine.values import NOTHING, Items


def contains(items: object, item: object) -> Verdict:
    """`item in items` (ruling 5): true if a sure member equals it; else unknown if the list may have more, or the
    item is unknown and the list not empty."""
    if items is NOTHING or item is NOTHING:
        return False
    if not isinstance(items, Items):
        return None
    if item is None:
        return None if items.items or items.more else False
    return True if item in items.items else None if items.more else False


def scale(value: object) -> object:
    """A whole number, or a list of them, in millionths."""
    if isinstance(value, Items):
        return Items(tuple(item * SCALE for item in value.items if isinstance(item, int)), value.more)
    return value * SCALE if isinstance(value, int) else value


def pick(items: object, index: int) -> object:
    """One output of a table of several: of its outcome, or of each outcome it collected."""
    if isinstance(items, Items):
        picked = dict.fromkeys(row[index] for row in items.items if isinstance(row, tuple))
        return Items(tuple(picked), items.more)
    return items[index] if isinstance(items, tuple) else items


def domain(email: object) -> object:
    """What follows the last `@`, nothing without one."""
    if not isinstance(email, str):
        return email
    _, at, host = email.rpartition("@")
    return host if at else NOTHING


@lru_cache(maxsize=1024)
def plain(text: object) -> object:
    """NFKC, case folded, white space removed."""
    if not isinstance(text, str):
        return text
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def earlier(*moments: int | object | None) -> object:
    """The least: nothing is skipped, of nothing only: nothing; unknown with an unknown."""
    return _extreme(moments, -1)


def later(*moments: int | object | None) -> object:
    """The greatest, as `earlier`."""
    return _extreme(moments, 1)


def _extreme(moments: tuple[object, ...], sign: int) -> object:
    best: object = NOTHING
    for moment in moments:
        if moment is None:
            return None
        if isinstance(moment, int) and (not isinstance(best, int) or (moment - best) * sign > 0):
            best = moment
    return best


def union(*sources: tuple[int, ...]) -> tuple[int, ...]:
    """Sources joined, in order of appearance, each once."""
    return tuple(dict.fromkeys(source for some in sources for source in some))
