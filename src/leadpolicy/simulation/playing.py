"""A log played in a session: what happens, line by line, and what can't be played."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from leadpolicy.compiler.wording import say
from leadpolicy.engine.errors import InputError
from leadpolicy.engine.readers import found
from leadpolicy.engine.session.errors import ActionError, ConflictError, Failure, LoopError
from leadpolicy.engine.session.host import Session
from leadpolicy.engine.session.operations import Insert, Operation, Retract, Update
from leadpolicy.engine.times import print_time
from leadpolicy.files.problems import BadRow
from leadpolicy.simulation.log import Asked, Entry, Target, of_problem

Kind: TypeAlias = Literal["firing", "effect", "failure", "error"]


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened while a line was played (0: behind the last one), as `lead simulate --format json` has
    it."""

    line: int
    kind: Kind
    told: Mapping[str, Any]


class _UnknownNameError(Exception):
    """A name that no line above has given."""


class Player:
    """Plays the lines of a log one after the other. `stopped`: time can't move on, so nothing more is played."""

    def __init__(self, session: Session, begins: int, until: int | None) -> None:
        self._session = session
        self._begins = begins
        self._until = until
        self._handles: dict[str, int] = {}
        self._places = {rule.name: rule.place for rule in session.matching.rules}
        self.stopped = False
        self.read = 0
        self.played = 0
        self.undone = 0
        """Lines whose rules went round, or contradict each other."""
        self.left = 0
        """Lines that were not played: behind the end, or behind where time stopped."""

    def play(self, entries: Iterable[Entry | BadRow]) -> Iterator[Happening | BadRow]:
        """Everything that happens, in order; what is wrong with a line, in its place."""
        over = False
        for entry in entries:
            self.read += 1
            if isinstance(entry, BadRow):
                yield entry
                continue
            at = self._time(entry)
            over = over or self.stopped or (self._until is not None and at is not None and at > self._until)
            if over:
                self.left += 1
                continue
            yield from self._line(entry, at)
        if self._until is not None and not self.stopped and self._until > self._session.now:
            yield from self._advance(0, self._until)

    @property
    def now(self) -> int:
        """The session's time, in microseconds since 1970 UTC."""
        return self._session.now

    def _time(self, entry: Entry) -> int | None:
        """When a line is played; None: at once. What is dated before the beginning is played there, and a fact that
        is told late where it is told."""
        if entry.at is not None:
            return max(entry.at, self._begins)
        if entry.dated is not None and entry.dated > self._session.now:
            return entry.dated
        return None

    def _line(self, entry: Entry, at: int | None) -> Iterator[Happening | BadRow]:
        session = self._session
        if at is not None and at < session.now:
            zone = session.policy.zone
            expected = say("a time at or after {}", print_time(session.now, zone))
            yield BadRow(entry.line, None, "at", expected, print_time(at, zone))
            return
        if at is not None and at > session.now:
            yield from self._advance(entry.line, at)
            if self.stopped:
                self.left += 1
                return
        if not entry.operations:
            self.played += 1
            return
        try:
            operations = [self._operation(one) for one in entry.operations]
        except _UnknownNameError as name:
            expected = say("a fact by its type and key, or by a name given with `as`")
            yield BadRow(entry.line, None, entry.operations[0].kind, expected, found(str(name)))
            return
        names = [asked.name for asked in entry.operations]
        yield from self._watched(entry.line, lambda: self._take_in(operations, names), True)

    def _take_in(self, operations: list[Operation], names: list[str | None]) -> None:
        try:
            handles = self._session.batch(operations)
        except ActionError as error:
            given: Any = error.returned
            self._name(names, given if isinstance(given, list) else [given])
            raise
        self._name(names, handles)

    def _name(self, names: list[str | None], handles: list[int | None]) -> None:
        for name, handle in zip(names, handles, strict=True):
            if name is not None and handle is not None:
                self._handles[name] = handle
        self.played += 1

    def _operation(self, asked: Asked) -> Operation:
        if asked.kind == "insert":
            return Insert(asked.fact, dict(asked.values))
        target = self._target(asked.target)
        return Update(target, asked.values) if asked.kind == "update" else Retract(target)

    def _target(self, target: Target) -> int | tuple[str, str]:
        if isinstance(target, tuple):
            return target
        if target not in self._handles:
            raise _UnknownNameError(target)
        return self._handles[target]

    def _advance(self, line: int, to: int) -> Iterator[Happening | BadRow]:
        """Time moves on. Where rules go round at an instant, it can't get past it."""
        yield from self._watched(line, lambda: self._session.advance_to(to), False)
        self.stopped = self._session.now < to

    def _watched(self, line: int, work: Callable[[], None], asked: bool) -> Iterator[Happening | BadRow]:
        """What happens while something is done, in order; then how it went wrong. `asked`: the line asked for it, and
        not only for time to move on."""
        session = self._session
        fired, failed, emitted = session.fired, session.failed, session.emitted
        error: Exception | None = None
        try:
            work()
        except ActionError:
            pass  # told in its place among the firings
        except (InputError, LoopError, ConflictError) as caught:
            error = caught
        if session.fired > fired:
            failures, effects = session.failures_since(failed), session.emitted_since(emitted)
            yield from _in_order(line, session, session.firings_since(fired), failures, effects)
        if isinstance(error, InputError):
            for problem in error.problems:
                yield of_problem(line, problem)
        elif isinstance(error, LoopError | ConflictError):
            self.undone += asked
            yield Happening(line, "error", self._error(error))

    def _error(self, error: LoopError | ConflictError) -> dict[str, Any]:
        told: dict[str, Any] = {
            "error": "loop" if isinstance(error, LoopError) else "conflict",
            "message": str(error),
        }
        if isinstance(error, LoopError):
            told["limit"] = error.kind
        else:
            told |= {"fact": error.fact, "key": error.key}
        now = print_time(self._session.now, self._session.policy.zone)
        return told | {"now": now, "rules": [{"rule": name, "place": self._places[name]} for name in error.rules]}


def _in_order(
    line: int,
    session: Session,
    firings: list[tuple[str, str, list[object]]],
    failures: list[Failure],
    effects: list[dict[str, object]],
) -> Iterator[Happening]:
    """Each firing with what came of it: its effects, or why it failed."""
    zone = session.policy.zone
    effects, failures = effects[::-1], failures[::-1]
    for at, rule, facts in firings:
        yield Happening(line, "firing", {"at": at, "rule": rule, "facts": facts})
        last = 0
        while effects and _of(effects[-1], at, rule, facts) and last < int(str(effects[-1]["action"])):
            last = int(str(effects[-1]["action"]))
            yield Happening(line, "effect", effects.pop())
        if not last and failures:
            failure = failures[-1]
            if (print_time(failure.at, zone), failure.rule, [*failure.facts]) == (at, rule, facts):
                failures.pop()
                yield Happening(line, "failure", failure_told(failure, at))


def _of(effect: Mapping[str, object], at: str, rule: str, facts: list[object]) -> bool:
    return (effect["at"], effect["rule"], effect["facts"]) == (at, rule, facts)


def failure_told(failure: Failure, at: str) -> dict[str, Any]:
    """A firing that did nothing, as JSON has it."""
    return {
        "at": at,
        "rule": failure.rule,
        "action": failure.action,
        "place": failure.place,
        "facts": [*failure.facts],
        "word": failure.word,
        "field": failure.field,
    }
