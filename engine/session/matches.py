"""The matches of one rule that hold, and those of them that are still to fire."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING

from leadpolicy.engine.session.entries import Cursor, Entry
from leadpolicy.engine.session.network import Fact, Key, Match, Network, RuleDeclaration

if TYPE_CHECKING:
    from leadpolicy.engine.session.undoing import Undoing

_FEW = 64
"""So many filed matches that hold no more are let be."""


_came = attrgetter("came")
_order = itemgetter(0, 1)


class RuleMatches:
    """A rule in one session. The network calls `add`, `drop`, `check`, `check_all` as facts change; a match that goes
    and comes back within one step has gone on (0012, section 4)."""

    __slots__ = (
        "_all",
        "_by",
        "_conclude",
        "_dead",
        "_dropped",
        "_fresh",
        "_holds",
        "_kept",
        "_newest",
        "_numbers",
        "_pins",
        "_session",
        "_single",
        "_spent",
        "_touched",
        "act",
        "active",
        "cursors",
        "declaration", "drawn_from", "filed", "fires",
        "index",
        "joins",

        "pending",
        "pinned",
        "rank",
        "reads",
        "stored",
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
        self.cursors: list[Cursor] = []
        """Matches that are still to be found, in ascending order. There are none at rest."""
        self._session = session
        self._newest = session.matching.newest_first
        self._spent = declaration.spent
        self._single = len(declaration.types) == 1
        metas = [len(facts[t].fields) + (facts[t].of is not None) for t in declaration.types]
        self._numbers = tuple(meta + 1 for meta in metas)
        self.reads, self.joins = frozenset(declaration.reads), frozenset(declaration.joins)
        self._by: dict[int, list[Entry]] = {}
        """Matches by each of their facts; those that don't hold any more stand in between."""
        self.pinned: dict[int, dict[object, int]] = {}
        """By position: how many matches there are with a record of a key there."""
        self._pins: list[tuple[int, int, dict[object, int]]] = []
        for position, at in session.matching.pins[index]:
            counts = self.pinned[position] = {}
            self._pins.append((position, at, counts))
        self.filed: Container[object] = self.stored if self._single else self._by
        """Which facts have matches, by their identities."""
        self.fires: tuple[Key, Match] | None = None
        """The match that fires, found by a cursor. It isn't stored before it is known what comes of that."""
        self.drawn_from: Cursor
        """That cursor."""
        self._kept: Entry | None = None
        """The match that fires, where it was stored all the same."""
        self._dead = 0
        """At most how many of those."""
        self._fresh: list[tuple[int, tuple[int, ...], Entry]] = []
        """What began to hold in this step: when, the numbers of its facts then, the match."""
        self._dropped: dict[Key, Entry] = {}
        self._touched = False

    def connect(self, network: Network) -> None:
        """Take the rule's functions."""
        self._holds = network.holds[self.index]
        self._all = network.all[self.index]
        self._conclude = network.conclude[self.index]
        self.act = network.act[self.index]

    # ── Called by the network ──

    def add(self, found: Sequence[tuple[Key, Match]]) -> None:
        """Matches that hold now; those that did before go on."""
        stored, dropped, sequence = self.stored, self._dropped, self._session.sequence
        if self.fires is not None and self._kept is None:
            # Found by a cursor, it held before the step: it may be among these.
            self._kept = self._store(Entry(*self.fires, self.drawn_from.came))
        for key, match in found:
            entry = stored.get(key)
            if entry is not None:
                entry.match = match
                self._say(entry)
                continue
            entry = dropped.pop(key, None) if dropped else None
            if entry is None:
                numbers = tuple([fact[at] for fact, at in zip(match, self._numbers, strict=True)])
                entry = Entry(key, match, sequence)
                self._fresh.append((sequence, numbers, entry))
                self._touch()
            else:
                entry.match = match
                entry.live = True
            self._store(entry)
            if self._conclude is not None:
                self._say(entry)

    def load(self) -> None:
        """Facts have come in, and nothing else has happened, since matches were looked at last: what began to hold
        did so when the newest of its facts came in (0013)."""
        stored = self.stored
        if stored:
            self.check_all()
        fresh = self._fresh
        for key, match in self._all():
            if key in stored:
                continue
            numbers = tuple([fact[at] for fact, at in zip(match, self._numbers, strict=True)])
            came = max(numbers)
            entry = self._store(Entry(key, match, came))
            fresh.append((came, numbers, entry))
            if self._conclude is not None:
                self._say(entry)
        if fresh:
            self._touch()

    def drop(self, identity: int) -> None:
        """A fact has gone, and all matches that it was part of."""
        if self.stored:
            for entry in self._of(identity):
                if entry.live:
                    self._drop(entry)
            self._by.pop(identity, None)

    def check(self, identity: int) -> None:
        """Look again at the matches of a fact."""
        if self.stored:
            living = []
            for entry in self._of(identity):
                if entry.live:
                    self._check(entry)
                    if entry.live:
                        living.append(entry)
            if living and not self._single:
                self._by[identity] = living
            else:
                self._by.pop(identity, None)

    def check_all(self) -> None:
        """Look again at all matches."""
        for entry in list(self.stored.values()):
            self._check(entry)

    def block(self, identity: int, counts: Callable[..., bool], blocker: Fact) -> None:
        """A record has come in that ends those matches of a fact that it counts for."""
        if self._single:
            entry = self.stored.get(identity)
            if entry is not None and counts(blocker, *entry.match):
                self._drop(entry)
            return
        for entry in self._by.get(identity, ()):
            if entry.live and counts(blocker, *entry.match):
                self._drop(entry)

    def block_all(self, counts: Callable[..., bool], blocker: Fact) -> None:
        """A record has come in that ends the matches that it counts for."""
        for entry in list(self.stored.values()):
            if counts(blocker, *entry.match):
                self._drop(entry)

    def _file(self, entry: Entry) -> None:
        if self._dead > 2 * len(self.stored) + _FEW:
            self._refile()
            return
        key, by = entry.key, self._by
        assert isinstance(key, tuple)
        for identity in key:
            entries = by.get(identity)
            if entries is None:
                by[identity] = [entry]
            elif entries[-1] is not entry:
                entries.append(entry)

    def _store(self, entry: Entry) -> Entry:
        """A match that holds."""
        self.stored[entry.key] = entry
        if not self._single:
            self._file(entry)
        if self._pins:
            self._pin(entry, 1)
        return entry

    def _pin(self, entry: Entry, by: int) -> None:
        """A match is stored, or isn't any more."""
        for position, at, counts in self._pins:
            key = entry.match[position][at]
            counts[key] = left = counts.get(key, 0) + by
            if not left:
                del counts[key]

    def _refile(self) -> None:
        """File anew all that hold."""
        self._dead = 0
        self._by.clear()
        for entry in self.stored.values():
            self._file(entry)

    def _of(self, identity: int) -> Sequence[Entry]:
        """The matches of a fact, and some that don't hold any more."""
        if self._single:
            entry = self.stored.get(identity)
            return () if entry is None else (entry,)
        return self._by.get(identity, ())

    def _check(self, entry: Entry) -> None:
        if not self._holds(*entry.match):
            self._drop(entry)
        elif self._conclude is not None:
            self._say(entry)

    def _drop(self, entry: Entry) -> None:
        key = entry.key
        entry.live = False
        del self.stored[key]
        self._dead += 1
        if self._pins:
            self._pin(entry, -1)
        if entry.came < self._session.step_began:
            self._dropped[key] = entry
            self._touch()
        if entry.concluded:
            self._session.conclusions.withdraw(self, entry)

    def _say(self, entry: Entry) -> None:
        if self._conclude is not None:
            self._session.conclusions.say(self, entry, tuple(self._conclude(*entry.match)))

    def _touch(self) -> None:
        if not self._touched:
            self._touched = True
            self._session.touched.append(self)

    # ── Matches that are found when their turn comes ──

    def open(self, fact: Fact, passes: Callable[[Fact], bool], rows: Iterator[tuple[Key, Match]]) -> None:
        """Matches begin to hold with the change of a fact."""
        if not self.cursors:
            self._session.open.append(self)
        self.cursors.append(Cursor(self._session.sequence, fact, passes, rows))
        self._touch()

    def close(self, cursor: Cursor) -> None:
        """All matches of a cursor are found, or have ended."""
        self.cursors.remove(cursor)
        if not self.cursors:
            self._session.open.remove(self)

    def end(self, fact: Fact, values: Iterable[tuple[int, object]]) -> None:
        """A fact is about to change: what its cursors have left ends, where it fails by itself then."""
        for cursor in self.cursors.copy():
            if cursor.fact is fact:
                changed = fact.copy()
                for place, value in values:
                    changed[place] = value
                if not cursor.passes(changed):
                    self.close(cursor)

    def find(self) -> None:
        """Find all matches that cursors have left: a change is to come that may touch them."""
        cursors, self.cursors = self.cursors, []
        self._session.open.remove(self)
        for cursor in cursors:
            found = [self._store(Entry(key, match, cursor.came)) for key, match in cursor.rows]
            if self._newest:
                found.reverse()
            pending = self.pending
            late = bool(pending) and pending[-1].came > cursor.came
            pending.extend(found)
            if late:
                self.pending = deque(sorted(pending, key=_came))

    # ── Steps ──

    def end_step(self) -> None:
        """What began to hold in this step and still does is to fire."""
        self._touched = False
        if self._dropped:
            self._dropped.clear()
        fresh = self._fresh
        if fresh:
            self._fresh = []
            fresh = [one for one in fresh if one[2].live]
            fresh.sort(key=_order)
            late = bool(fresh and self.pending) and self.pending[-1].came > fresh[0][0]
            self.pending.extend([entry for _, _, entry in fresh])
            if late:
                self.pending = deque(sorted(self.pending, key=_came))
        if not self.active and (self.pending or self.cursors):
            self._session.activate(self)

    def next(self) -> Entry | None:
        """The match to fire next; it isn't given again."""
        pending, cursors, newest = self.pending, self.cursors, self._newest
        while pending or cursors:
            if cursors:
                cursor = cursors[-1 if newest else 0]
                # No change has both matches that a cursor finds and others.
                if not pending or (cursor.came > pending[-1].came if newest else cursor.came < pending[0].came):
                    self.fires, self.drawn_from = next(cursor.rows, None), cursor
                    if self.fires is not None:
                        return Entry(*self.fires, cursor.came)
                    self.close(cursor)
                    continue
            entry = pending.pop() if newest else pending.popleft()
            if entry.live:
                return entry
        return None

    def keep(self, failed: bool) -> None:
        """The match that a cursor found has fired: it is stored, if it holds after that."""
        fires, kept = self.fires, self._kept
        self.fires = self._kept = None
        if self._spent and not failed and kept is None:
            return
        assert fires is not None
        key, match = fires
        holds = self._holds(*match)
        if holds and self._session.gone:
            holds = all(fact[-3] > 0 for fact in match)
        if kept is None:
            if holds:
                self._store(Entry(key, match, self.drawn_from.came))
        elif kept.live and not holds:
            self._drop(kept)

    def rebuild(self) -> None:
        """All matches that hold, as of old, after an instant was undone: they have fired."""
        self.stored.clear()
        self._by.clear()
        for _, _, counts in self._pins:
            counts.clear()
        self._dead = 0
        self._dropped.clear()
        self._fresh.clear()
        self.pending.clear()
        self.cursors.clear()
        self.fires = self._kept = None
        self.active = self._touched = False
        for key, match in self._all():
            entry = self._store(Entry(key, match, 0))
            if self._conclude is not None:
                self._session.conclusions.restore(self, entry, tuple(self._conclude(*match)))

    def facts_by_position(self, match: Match) -> list[tuple[int, Fact]]:
        """(type, fact) of a match."""
        return list(zip(self.declaration.types, match, strict=True))
