"""The matches of one rule that hold, and those of them that are still to fire."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

from leadpolicy.engine.session.network import Fact, Match, RuleDeclaration

if TYPE_CHECKING:
    from leadpolicy.engine.session.undoing import Undoing

Key: TypeAlias = int | tuple[int, ...]
"""The identities of a match's facts; of one fact, its identity."""


class Entry:
    """A match that holds. `came`: the number of the change after which it began to; `numbers`: its facts' then."""

    __slots__ = ("came", "concluded", "key", "live", "match", "numbers")

    def __init__(self, key: Key, match: Match, came: int, numbers: tuple[int, ...]) -> None:
        self.key = key
        self.match = match
        self.came = came
        self.numbers = numbers
        self.live = True
        self.concluded: tuple[tuple[int, int, tuple[object, ...]], ...] = ()


def _order(entry: Entry) -> tuple[int, tuple[int, ...]]:
    return entry.came, entry.numbers


class RuleMatches:
    """A rule in one session. The network calls `add`, `drop`, `check`, `check_all` as facts change; a match that goes
    and comes back within one step has gone on (0012, section 4)."""

    __slots__ = (
        "_by", "_dropped", "_fresh", "_identities", "_newest", "_numbers", "_session", "_single", "_touched",
        "active", "declaration", "index", "pending", "rank", "stored",
    )  # fmt: skip

    def __init__(self, session: Undoing, index: int, declaration: RuleDeclaration, rank: int) -> None:
        facts = session.declared
        self.declaration = declaration
        self.index = index
        self.rank = rank
        """Its place in the firing order."""
        self.active = False
        self.stored: dict[Key, Entry] = {}
        self.pending: deque[Entry] = deque()
        """Still to fire, in ascending order; entries that don't hold any more stand in between."""
        self._session = session
        self._newest = session.matching.newest_first
        self._single = len(declaration.types) == 1
        metas = [len(facts[t].fields) + (facts[t].of is not None) for t in declaration.types]
        self._numbers = tuple(meta + 1 for meta in metas)
        self._identities = tuple(meta + 2 for meta in metas)
        self._by: dict[int, set[Key]] = {}
        self._fresh: list[Entry] = []
        self._dropped: dict[Key, Entry] = {}
        self._touched = False

    # ── Called by the network ──

    def add(self, found: Sequence[Match]) -> None:
        """Matches that hold now; those that did before go on."""
        session = self._session
        for match in found:
            key = self._key(match)
            entry = self.stored.get(key)
            if entry is not None:
                entry.match = match
                self._conclude(entry)
                continue
            entry = self._dropped.pop(key, None)
            if entry is None:
                numbers = tuple([fact[at] for fact, at in zip(match, self._numbers, strict=True)])
                entry = Entry(key, match, session.sequence, numbers)
                self._fresh.append(entry)
                self._touch()
            else:
                entry.match = match
                entry.live = True
            self.stored[key] = entry
            if not self._single:
                self._file(key)
            self._conclude(entry)

    def drop(self, identity: int) -> None:
        """A fact has gone, and all matches that it was part of."""
        for entry in self._of(identity):
            self._drop(entry)

    def check(self, identity: int) -> None:
        """Look again at the matches of a fact."""
        for entry in self._of(identity):
            self._check(entry)

    def check_all(self) -> None:
        """Look again at all matches."""
        for entry in list(self.stored.values()):
            self._check(entry)

    def _key(self, match: Match) -> Key:
        if self._single:
            identity: int = match[0][self._identities[0]]
            return identity
        return tuple([fact[at] for fact, at in zip(match, self._identities, strict=True)])

    def _file(self, key: Key) -> None:
        assert isinstance(key, tuple)
        for identity in key:
            keys = self._by.get(identity)
            if keys is None:
                self._by[identity] = {key}
            else:
                keys.add(key)

    def _of(self, identity: int) -> list[Entry]:
        if self._single:
            entry = self.stored.get(identity)
            return [] if entry is None else [entry]
        return [self.stored[key] for key in self._by.get(identity, ())]

    def _check(self, entry: Entry) -> None:
        if self._session.network.holds[self.index](*entry.match):
            self._conclude(entry)
        else:
            self._drop(entry)

    def _drop(self, entry: Entry) -> None:
        key = entry.key
        entry.live = False
        del self.stored[key]
        if isinstance(key, tuple):
            for identity in set(key):
                keys = self._by[identity]
                keys.discard(key)
                if not keys:
                    del self._by[identity]
        if entry.came < self._session.step_began:
            self._dropped[key] = entry
            self._touch()
        if entry.concluded:
            self._session.conclusions.withdraw(self, entry)

    def _conclude(self, entry: Entry) -> None:
        conclude = self._session.network.conclude[self.index]
        if conclude is not None:
            self._session.conclusions.say(self, entry, tuple(conclude(*entry.match)))

    def _touch(self) -> None:
        if not self._touched:
            self._touched = True
            self._session.touched.append(self)

    # ── Steps ──

    def end_step(self) -> None:
        """What began to hold in this step and still does is to fire."""
        self._touched = False
        self._dropped.clear()
        fresh = self._fresh
        if fresh:
            self._fresh = []
            if len(fresh) > 1:
                fresh.sort(key=_order)
            for entry in fresh:
                if entry.live:
                    self.pending.append(entry)
            if not self.active and self.pending:
                self._session.activate(self)

    def next(self) -> Entry | None:
        """The match to fire next; it isn't given again."""
        pending = self.pending
        while pending:
            entry = pending.pop() if self._newest else pending.popleft()
            if entry.live:
                return entry
        return None

    def rebuild(self) -> None:
        """All matches that hold, as of old, after an instant was undone: they have fired."""
        self.stored.clear()
        self._by.clear()
        self._dropped.clear()
        self._fresh.clear()
        self.pending.clear()
        self.active = self._touched = False
        for match in self._session.network.all[self.index]():
            key = self._key(match)
            entry = self.stored[key] = Entry(key, match, 0, ())
            if not self._single:
                self._file(key)
            conclude = self._session.network.conclude[self.index]
            if conclude is not None:
                self._session.conclusions.restore(self, entry, tuple(conclude(*match)))

    def facts_by_position(self, entry: Entry) -> list[tuple[int, Fact]]:
        """(type, fact) of a match."""
        return list(zip(self.declaration.types, entry.match, strict=True))
