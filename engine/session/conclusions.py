"""Concluded facts: a view of the matches that hold (0012, section 6)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

from leadpolicy.engine.session.errors import ConflictError
from leadpolicy.engine.session.network import Fact
from leadpolicy.engine.values import Duration

if TYPE_CHECKING:
    from leadpolicy.engine.session.changing import Changing
    from leadpolicy.engine.session.entries import Entry
    from leadpolicy.engine.session.matches import RuleMatches
    from leadpolicy.engine.session.network import Key

Content: TypeAlias = tuple[object, ...]
"""The fields of a concluded fact, and its link; durations told apart by their parts."""
Said: TypeAlias = tuple[tuple[int, int, Content], ...]
"""What a match concludes: (action, type, content) each."""
Support: TypeAlias = "tuple[int, int, Key]"
"""A rule's place, an action's, and a match."""


class Conclusions:
    """What is concluded, and by what. Changes are noted first; `settle` brings memory up to date."""

    def __init__(self, session: Changing) -> None:
        self._session = session
        count = len(session.declared)
        self.supports: list[dict[Content, dict[Support, Entry]]] = [{} for _ in range(count)]
        self.present: list[dict[Content, Fact]] = [{} for _ in range(count)]
        self._doubtful: list[dict[Content, None]] = [{} for _ in range(count)]
        self.made: list[tuple[int, Content]] = []
        """What the step has concluded that has a key."""
        self._keys: list[dict[object, int]] = [{} for _ in range(count)]
        """How many facts of a key there are, by type."""
        self.any = False
        """Whether something is noted."""

    def say(self, rule: RuleMatches, entry: Entry, said: Said) -> None:
        """What a match that holds concludes now."""
        if entry.concluded:
            if said == entry.concluded and _same_parts(said, entry.concluded):
                return
            self.withdraw(rule, entry)
        elif not said:
            return
        self.restore(rule, entry, said)
        for _, type_, content in said:
            self._doubtful[type_][content_key(content)] = None
        self.any = True

    def restore(self, rule: RuleMatches, entry: Entry, said: Said) -> None:
        """Note the supports of a match, and nothing else."""
        entry.concluded = said
        for action, type_, content in said:
            of_content = self.supports[type_].setdefault(content_key(content), {})
            of_content[rule.index, action, entry.key] = entry

    def withdraw(self, rule: RuleMatches, entry: Entry) -> None:
        """What a match concluded, it doesn't any more."""
        for action, type_, content in entry.concluded:
            key = content_key(content)
            of_content = self.supports[type_].get(key)
            if of_content is not None:
                of_content.pop((rule.index, action, entry.key), None)
                if not of_content:
                    del self.supports[type_][key]
            self._doubtful[type_][key] = None
            self.any = True
        entry.concluded = ()

    def settle(self) -> None:
        """Withdraw what has no support left, make what has some; type by type, each a change."""
        for type_ in self._session.matching.concluded:
            doubtful = self._doubtful[type_]
            if not doubtful:
                continue
            self._doubtful[type_] = {}
            present, supports = self.present[type_], self.supports[type_]
            old = [key for key in doubtful if key in present and key not in supports]
            new = [key for key in doubtful if key not in present and key in supports]
            for key in old if len(old) < 2 else self._sorted(type_, old):
                self._take_out(type_, key)
            for key in new if len(new) < 2 else self._sorted(type_, new):
                self._put_in(type_, key)
        self.any = any(self._doubtful)

    def _take_out(self, type_: int, key: Content) -> None:
        session = self._session
        gone = self.present[type_].pop(key)
        session.keep_identity(type_, key, gone[-2])
        session.put_away(type_, gone, ("withdrawn", type_, key))
        if self.count(type_, key, -1):
            self._survive(type_, key)

    def _put_in(self, type_: int, key: Content) -> None:
        session = self._session
        fact: Fact = [*values_of(key), 0, 0, session.identity_of(type_, key), type_]
        self.present[type_][key] = fact
        if session.key_places[type_] is not None:
            self.count(type_, key, 1)
            self.made.append((type_, key))
        session.put_in(type_, fact, ("made", type_, key))

    def count(self, type_: int, content: Content, by: int) -> int:
        """How many facts of a key there are, after one came or went."""
        key_at = self._session.key_places[type_]
        if key_at is None:
            return 0
        counts = self._keys[type_]
        counts[content[key_at]] = left = counts.get(content[key_at], 0) + by
        if not left:
            del counts[content[key_at]]
        return left

    def _survive(self, type_: int, gone: Content) -> None:
        """Another fact of the key is still there: matches bound to the key go on with it."""
        key_at = self._session.key_places[type_]
        assert key_at is not None
        fact = next(fact for key, fact in self.present[type_].items() if key[key_at] == gone[key_at])
        self._session.keyed[type_][str(fact[key_at])] = fact
        self._session.network.came[type_](fact)

    def _sorted(self, type_: int, keys: list[Content]) -> Sequence[Content]:
        return sorted(keys, key=lambda key: self._session.shown.rank(type_, values_of(key)))

    def end_step(self) -> None:
        """ConflictError where two facts of one key are there after a step: the first type's smallest such key."""
        made, self.made = self.made, []
        order = self._session.matching.concluded
        found: list[tuple[int, str, int, object]] = []
        for type_, content in made:
            key_at = self._session.key_places[type_]
            assert key_at is not None
            if content not in self.present[type_] or self._keys[type_][content[key_at]] < 2:
                continue
            found.append((order.index(type_), str(content[key_at]), type_, content[key_at]))
        if found:
            _, _, type_, key = min(found, key=lambda one: one[:2])
            raise self._conflict(type_, key)

    def _conflict(self, type_: int, key: object) -> ConflictError:
        key_at = self._session.key_places[type_]
        assert key_at is not None
        rivals = [other for other in self.present[type_] if other[key_at] == key]
        rules = sorted({support[0] for rival in rivals for support in self.supports[type_][rival]})
        names = tuple(self._session.rules[i].declaration.name for i in rules)
        return ConflictError(self._session.declared[type_].name, str(key), names)

    def clear(self) -> None:
        """Forget supports and what is noted, before an instant is undone."""
        for type_ in range(len(self.supports)):
            self.supports[type_] = {}
            self._doubtful[type_] = {}
        self.made.clear()
        self.any = False


class _Parts:
    """A duration as content: equal only where its parts are."""

    __slots__ = ("parts", "value")

    def __init__(self, value: Duration) -> None:
        self.value = value
        self.parts = (value.months, value.days, value.micros)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Parts) and self.parts == other.parts

    def __hash__(self) -> int:
        return hash(self.parts)


def content_key(content: Content) -> Content:
    """Content as a key."""
    for value in content:
        if type(value) is Duration:
            return tuple([_Parts(one) if type(one) is Duration else one for one in content])
    return content


def values_of(key: Content) -> Content:
    """The content that a key stands for."""
    for value in key:
        if type(value) is _Parts:
            return tuple([one.value if type(one) is _Parts else one for one in key])
    return key


def _same_parts(said: Said, other: Said) -> bool:
    return all(content_key(a[2]) == content_key(b[2]) for a, b in zip(said, other, strict=True))
