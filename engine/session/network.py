"""What the generated part of a module for rules hands over: declarations, and the network of one session."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from leadpolicy.engine.session.undoing import Undoing

Fact: TypeAlias = list[Any]
"""A record in memory: its fields in the order of their declaration, the key of the record that it belongs to (of a
type declared `of` another), its position of arrival, its number (0 where it isn't in memory), its identity."""
Match: TypeAlias = tuple[Fact, ...]
Key: TypeAlias = int | tuple[int, ...]
"""The identities of a match's facts; of one fact, its identity."""
Failed: TypeAlias = tuple[int, str, str | None]
"""How a firing fails: the action, from 1; `field`, `link` or `key`; the field's name."""
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)
UNUSUAL: Final = object()
"""What a reader gives for a value that is no common case."""
Touch: TypeAlias = Callable[[Fact], None]
Step: TypeAlias = tuple[Any, ...]

ADD: Final = 0
EFFECT: Final = 1
FAILED: Final = 2
REMOVE: Final = 3
SET: Final = 4
"""What a firing does, step by step: the first element of each."""


class RuleDeclaration(NamedTuple):
    """A rule. `types`: the places of its patterns' fact types; `names`: what the patterns are called; `place`,
    `places`: where it and its actions stand, as `file:line`.

    Where matches may be found when their turn comes, `reads`: the types that they depend on; `joins`: those of them
    that are only joined, or looked for by `no`; `spent`: whether a match certainly holds no more when it has fired.
    """

    name: str
    priority: int
    types: tuple[int, ...]
    names: tuple[str, ...]
    place: str
    places: tuple[str, ...]
    reads: tuple[int, ...] = ()
    joins: tuple[int, ...] = ()
    spent: bool = False


class Network(NamedTuple):
    """The functions of one session. First those of each fact type, then those of each rule.

    `enter`, `leave`, `move(x, old)`: tables and indexes. `came`, `went`, `moved(x, old)`: matches. `watch`: when time
    may change something. `read(get)`: a record's values, where all are common cases. `fields`: of each field that may
    be updated, its place and how its value is read. `set`: of the fields of a type with a key, `set(x, value)`: the
    field changes: whether there is a change, `UNUSUAL` for what is no common case.

    `there(values)`: the fact of the key, or the same one; `come(x)`: a base fact comes in, or waits; `insert(get)`:
    the same of a record, the fact's handle; None, and nothing done, for what is no common case; `load(facts)`: facts
    come in that are part of a batch of new facts: rules whose matches are found together aren't asked;
    `rows(rows, take, handle, general)`: the facts of records of which each is a new one.

    `holds(*match)`; `all()`; `act(*match)`: all is done, or how it fails; `conclude(*match)`.
    """

    enter: tuple[Touch, ...]
    leave: tuple[Touch, ...]
    move: tuple[Callable[[Fact, Fact], None], ...]
    came: tuple[Touch, ...]
    went: tuple[Touch, ...]
    moved: tuple[Callable[[Fact, Fact], None], ...]
    watch: tuple[Touch, ...]
    read: tuple[Callable[[Callable[[str], object]], tuple[object, ...] | None], ...]
    fields: tuple[dict[str, tuple[int, Callable[[object], object]]], ...]
    set: tuple[dict[str, Callable[[Fact, object], object]], ...]
    there: tuple[Callable[[Sequence[object]], Fact | None] | None, ...]
    come: tuple[Touch | None, ...]
    insert: tuple[Callable[[Callable[[str], object]], int | None] | None, ...]
    load: tuple[Callable[[Sequence[Fact]], None] | None, ...]
    rows: tuple[Callable[..., None] | None, ...]
    holds: tuple[Callable[..., bool], ...]
    all: tuple[Callable[[], Sequence[tuple[Key, Match]]], ...]
    act: tuple[Callable[..., Failed | None] | None, ...]
    conclude: tuple[Callable[..., list[tuple[int, int, tuple[object, ...]]]] | None, ...]


class Matching(NamedTuple):
    """The rules of a policy. `concluded`: concluded types in the order in which they are worked out; `timed`: which
    types' records time touches; `clocked`: rules that are looked at whenever time moves; `together`: of each
    rule, where its matches may be found when all facts of a batch are in, the types that it reads; `pins`: of each
    rule, the patterns by whose records' keys its matches are to be known, and where the keys stand."""

    make: Callable[[Undoing], Network]
    rules: tuple[RuleDeclaration, ...]
    newest_first: bool
    concluded: tuple[int, ...]
    timed: tuple[bool, ...]
    clocked: tuple[int, ...]
    together: tuple[tuple[int, ...], ...]
    pins: tuple[tuple[tuple[int, int], ...], ...]


def take(index: dict[object, list[Fact]], key: object, fact: Fact) -> None:
    """Take a fact out of an index. Rows are never changed but by adding: who goes through them isn't disturbed."""
    rows = index[key]
    if len(rows) == 1:
        del index[key]
    else:
        index[key] = [row for row in rows if row is not fact]


def in_order(rows: Collection[Fact], at: int) -> Sequence[Fact]:
    """Records by their numbers, which stand at a place: a list of its own."""
    return sorted(rows, key=itemgetter(at)) if len(rows) > 1 else tuple(rows)


def newest(rows: Collection[Fact], at: int) -> Sequence[Fact]:
    """Records by their numbers, the greatest first: a list of its own."""
    return sorted(rows, key=itemgetter(at), reverse=True) if len(rows) > 1 else tuple(rows)
