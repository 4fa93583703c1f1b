"""Partial matches: how far the lines of a rule hold, and for which facts (0012, section 11)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from leadpolicy.engine.session.network import Fact, Match

Truths: TypeAlias = Callable[..., tuple[bool | None, ...]]
"""What the conditions of a line come to, for the records bound so far; of a pattern its own is the last."""

PATTERN = "pattern"


class Line(NamedTuple):
    """A line of a rule's body. `type`, `name`: of a pattern; `said`: the texts of its conditions; `mine`, `theirs`:
    what must be equal of a pattern's record and of those bound above, where there is such a condition."""

    kind: str
    text: str
    place: str
    type: int | None
    name: str | None
    said: tuple[str, ...]
    truths: Truths
    mine: Callable[[Fact], object] | None
    theirs: Callable[..., object] | None


class Rows:
    """The records in memory, by their numbers: of a type, and of one by what a line wants to be equal. Kept: nothing
    may change meanwhile."""

    def __init__(self, tables: Sequence[Mapping[object, Fact]]) -> None:
        self._tables = tables
        self._by_type: dict[int, Sequence[Fact]] = {}
        self._groups: dict[Callable[[Fact], object], dict[object, list[Fact]]] = {}

    def of(self, type_: int) -> Sequence[Fact]:
        """All records of a type."""
        found = self._by_type.get(type_)
        if found is None:
            found = self._by_type[type_] = sorted(self._tables[type_].values(), key=lambda fact: int(fact[-3]))
        return found

    def equal(self, type_: int, mine: Callable[[Fact], object], value: object) -> Sequence[Fact]:
        """Those of which `mine` is a value."""
        groups = self._groups.get(mine)
        if groups is None:
            groups = self._groups[mine] = {}
            for row in self.of(type_):
                groups.setdefault(mine(row), []).append(row)
        return groups.get(value, ())


class Search:
    """Goes through the partial matches of a rule from left to right, the smallest numbers first. `bound`: the one
    record that a pattern, by its position, may have."""

    def __init__(self, lines: Sequence[Line], rows: Rows, bound: Mapping[int, Fact]) -> None:
        self._lines = lines
        self._rows = rows
        self._bound = bound
        self.held = -1
        """How many lines hold, at most, of what was gone through."""
        self.nearest: Match = ()
        """The first match of so many lines."""

    def matches(self) -> Iterator[Match]:
        """All matches of the whole body."""
        stack: list[tuple[int, Iterator[Match]]] = [(0, iter(((),)))]
        while stack:
            at, found = stack[-1]
            match = next(found, None)
            if match is None:
                stack.pop()
                continue
            at = self._past_conditions(at, match)
            if at > self.held:
                self.held, self.nearest = at, match
            if at == len(self._lines):
                yield match
            elif self._lines[at].kind == PATTERN:
                stack.append((at + 1, self._longer(at, match)))

    def _past_conditions(self, at: int, match: Match) -> int:
        """The next pattern, or the first line that isn't certainly true."""
        lines = self._lines
        while at < len(lines) and lines[at].kind != PATTERN and _all_true(lines[at].truths(*match)):
            at += 1
        return at

    def _longer(self, at: int, match: Match) -> Iterator[Match]:
        """The matches with one record more."""
        line = self._lines[at]
        for row in self._candidates(at, match):
            if _all_true(line.truths(*match, row)):
                yield (*match, row)

    def _candidates(self, at: int, match: Match) -> Sequence[Fact]:
        line, only = self._lines[at], self._bound.get(len(match))
        assert line.type is not None
        if only is not None:
            return _alone(line, only)
        if line.mine is None or line.theirs is None:
            return self._rows.of(line.type)
        return self._rows.equal(line.type, line.mine, line.theirs(*match))

    def in_the_way(self) -> tuple[Line, str, tuple[str, ...]]:
        """The line behind the nearest match, which has no partner: it, `unknown` or `false`, and what of it isn't
        true."""
        line, match = self._lines[self.held], self.nearest
        if line.kind != PATTERN:
            truths = line.truths(*match)
            return line, _verdict([truths]), _not_true(line, truths)
        assert line.type is not None
        only = self._bound.get(len(match))
        rows = self._rows.of(line.type) if only is None else _alone(line, only)
        found = [line.truths(*match, row) for row in rows]
        best = min(found, key=lambda truths: sum(truth is not True for truth in truths), default=())
        return line, _verdict(found), _not_true(line, best)


def _alone(line: Line, only: Fact) -> Sequence[Fact]:
    """The one record that a pattern may have, where it is of its type, and in memory."""
    return (only,) if only[-1] == line.type and only[-3] > 0 else ()


def _all_true(truths: Sequence[bool | None]) -> bool:
    return all(truth is True for truth in truths)


def _verdict(found: Sequence[Sequence[bool | None]]) -> str:
    return "unknown" if any(None in truths and False not in truths for truths in found) else "false"


def _not_true(line: Line, truths: Sequence[bool | None]) -> tuple[str, ...]:
    return tuple(said for said, truth in zip(line.said, truths, strict=False) if truth is not True)
