"""A log: JSON lines, each of which says what becomes known, or just that time passes.

    {"at": T, "insert": "Lead", "record": {…}, "as": "a name for it"}
    {"at": T, "update": ["Lead", "L1"], "fields": {…}}         a fact by its type and key, or by a name given above
    {"at": T, "retract": "a name for it"}
    {"at": T, "batch": [{"insert": …}, {"update": …}]}         taken in as one
    {"at": T, "advance": true}
    {"Lead": {…}}, {"fact": "Activity", "kind": "call", …}     a fact that says itself when it is

Whatever is wrong with a line is a `BadRow`, and the next line is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from leadpolicy.compiler import ir
from leadpolicy.compiler.wording import foreign, joined, say, term
from leadpolicy.engine.errors import Problem
from leadpolicy.engine.policy import PolicyDeclaration, TypeDeclaration
from leadpolicy.engine.readers import UnreadableError, clean, found, reader
from leadpolicy.engine.reading import Reading, Records
from leadpolicy.files.problems import BadRow, Row

Target: TypeAlias = tuple[str, str] | str
"""A fact by its type and key, or by the name that a line of the log gave it."""

_KINDS: Final = ("insert", "update", "retract", "advance", "batch", "fact")
_DATES: Final = ("happened", "created")
"""The roles of the fields that say when a fact became known."""
_KEYS: Final = {
    "insert": ("insert", "record", "as"),
    "update": ("update", "fields"),
    "retract": ("retract",),
    "advance": ("advance",),
    "batch": ("batch",),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One operation. `kind`: `insert`, `update`, `retract`; `target`: of the last two; `name`: what an inserted fact
    is called further down."""

    kind: str
    fact: str = ""
    values: Mapping[str, object] = field(default_factory=dict)
    target: Target = ""
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a log. `at`: its time, in microseconds since 1970 UTC; `dated`: the time that its fact has itself,
    where the line says none."""

    line: int
    at: int | None
    dated: int | None
    operations: tuple[Asked, ...]


class _BadError(Exception):
    """What is wrong with a line."""

    def __init__(self, name: str | None, expected: str, value: object) -> None:
        self.name, self.expected, self.found = name, expected, found(value)


class LogReader:
    """Reads the lines of one policy's logs."""

    def __init__(self, policy: PolicyDeclaration, declared: ir.Policy, readers: Mapping[str, Records]) -> None:
        self._types = {fact.name: fact for fact in policy.facts}
        self._own_at = {f.name for f in declared.facts if any(one.name == "at" for one in f.fields)}
        self._dates = {f.name: _date_of(f) for f in declared.facts}
        self._readers = readers
        self._time = reader(TypeDeclaration("time"), policy.zone, policy.calling_code)

    def entries(self, rows: Iterable[Row | BadRow]) -> Iterator[Entry | BadRow]:
        """Every line in order."""
        for row in rows:
            if isinstance(row, BadRow):
                yield row
                continue
            try:
                yield self._entry(row.line, row.cells)
            except _BadError as bad:
                yield BadRow(row.line, None, bad.name, bad.expected, bad.found)

    def time(self, value: object) -> int:
        """A time in microseconds since 1970 UTC; `ValueError` for what is none."""
        try:
            read = self._time(clean(value) if isinstance(value, str) else value)
        except UnreadableError as error:
            raise ValueError(str(value)) from error
        if not isinstance(read, int):
            raise ValueError(str(value))
        return read

    def _entry(self, line: int, said: Mapping[str, object]) -> Entry:
        kind = self._kind(said)
        if kind == "fact" or kind in self._types:
            return self._plain(line, kind, said)
        self._only(said, ("at", *_KEYS[kind]))
        at = self._at(said)
        if kind == "advance":
            if at is None:
                raise _BadError("at", say("the time to move on to"), None)
            if said["advance"] is not True:
                raise _BadError("advance", term("true"), said["advance"])
            return Entry(line, at, None, ())
        if kind == "batch":
            return Entry(line, at, None, tuple(self._inside(said["batch"])))
        return Entry(line, at, None, (self._operation(kind, said),))

    def _kind(self, said: Mapping[str, object]) -> str:
        """Which of its keys says what a line is."""
        kinds = [key for key in said if key in _KINDS]
        if not kinds:
            kinds = [key for key in said if key in self._types]
        if kinds != ["fact"] and len(kinds) > 1 and "fact" in kinds:
            kinds = ["fact"]
        if len(kinds) == 1:
            return kinds[0]
        if not kinds and [*said] == ["at"]:
            raise _BadError("advance", term("true"), None)
        raise _BadError(None, say("one of {}, or the name of a fact", joined(_KINDS)), list(said))

    @staticmethod
    def _only(said: Mapping[str, object], keys: tuple[str, ...]) -> None:
        strange = next((key for key in said if key not in keys), None)
        if strange is not None:
            raise _BadError(strange, say("only {}", joined(keys)), said[strange])

    def _at(self, said: Mapping[str, object]) -> int | None:
        if "at" not in said:
            return None
        try:
            return self.time(said["at"])
        except ValueError:
            raise _BadError("at", term("a time, such as 2026-11-20 10:00"), said["at"]) from None

    def _inside(self, listed: object) -> Iterator[Asked]:
        if not isinstance(listed, list):
            raise _BadError("batch", say("a list of operations"), listed)
        for one in listed:
            if not isinstance(one, dict):
                raise _BadError("batch", say("a list of operations"), one)
            kind = self._kind(one)
            if kind in ("advance", "batch"):
                raise _BadError("batch", say("operations inside"), kind)
            if kind == "fact" or kind in self._types:
                yield self._plain(0, kind, one).operations[0]
                continue
            self._only(one, _KEYS[kind])
            yield self._operation(kind, one)

    # ── Operations ──

    def _operation(self, kind: str, said: Mapping[str, object]) -> Asked:
        if kind == "insert":
            return Asked(kind, self._fact("insert", said["insert"]), self._object(said, "record"), name=_name(said))
        target = _target(kind, said[kind])
        if kind == "retract":
            return Asked(kind, target=target)
        return Asked(kind, values=self._object(said, "fields"), target=target)

    def _fact(self, key: str, name: object) -> str:
        if not isinstance(name, str) or name not in self._types:
            names = joined([f.name for f in self._types.values() if not f.concluded])
            raise _BadError(key, say("one of the facts {}", names), name)
        return name

    @staticmethod
    def _object(said: Mapping[str, object], key: str) -> Mapping[str, object]:
        value = said.get(key)
        if not isinstance(value, dict):
            raise _BadError(key, term("a JSON object"), value)
        return value

    def _plain(self, line: int, kind: str, said: Mapping[str, object]) -> Entry:
        """A fact as it is: `{"Lead": {…}}`, `{"fact": "Lead", …}`."""
        if kind == "fact":
            name = self._fact("fact", said["fact"])
            own = name in self._own_at
            values = {key: value for key, value in said.items() if key != "fact" and (own or key != "at")}
            at = None if own else self._at(said)
            return Entry(line, at, self._dated(name, values), (Asked("insert", name, values),))
        self._only(said, (kind, "at", "as"))
        values = dict(self._object(said, kind))
        asked = Asked("insert", self._fact(kind, kind), values, name=_name(said))
        return Entry(line, self._at(said), self._dated(kind, values), (asked,))

    def _dated(self, name: str, values: Mapping[str, object]) -> int | None:
        """The time that a fact has itself; None where it has none, or none that can be read."""
        dated = self._dates[name]
        if dated is None:
            return None
        at = self._readers[name].field(dated).read(values.get(self._types[name].fields[dated].name), Reading())
        return at if isinstance(at, int) else None


def _date_of(fact: ir.Fact) -> int | None:
    """The place of the field that says when a fact became known."""
    return next((i for i, one in enumerate(fact.fields) if one.role in _DATES), None)


def _name(said: Mapping[str, object]) -> str | None:
    name = said.get("as")
    if name is not None and (not isinstance(name, str) or not name):
        raise _BadError("as", say("a name"), name)
    return name


def _target(kind: str, value: object) -> Target:
    """A fact by its type and key, or by its name."""
    if isinstance(value, str) and value:
        return value
    if isinstance(value, list) and len(value) == 2 and isinstance(value[0], str):
        key = value[1]
        if isinstance(key, str) or (isinstance(key, int) and not isinstance(key, bool)):
            return value[0], str(key)
    raise _BadError(kind, say("a fact by its type and key, or by a name given with `as`"), value)


def of_problem(line: int, problem: Problem) -> BadRow:
    """What the session can't read, as a bad line."""
    return BadRow(line, problem.lead, problem.field, foreign(problem.expected), foreign(problem.found))


def first_time(entries: Iterable[Entry | BadRow]) -> int | None:
    """When a log begins: the time of the first line that has one."""
    for entry in entries:
        if isinstance(entry, Entry):
            at = entry.at if entry.at is not None else entry.dated
            if at is not None:
                return at
    return None
