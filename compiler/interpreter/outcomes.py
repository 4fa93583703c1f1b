"""Tables, gates, disqualification, stages and the route: how each came out (decision record 0002, section 4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from leadpolicy.compiler import ir
from leadpolicy.compiler.interpreter.expressions import Evaluator
from leadpolicy.compiler.interpreter.situation import Mode
from leadpolicy.compiler.interpreter.values import (
    NOTHING,
    UNKNOWN,
    Absent,
    Truth,
    Value,
    conjunction,
    disjunction,
)

RowOutputs: TypeAlias = tuple[ir.ConstValue, ...]


@dataclass(frozen=True, slots=True)
class TableResult:
    """`outputs` of the winning row; for `collect` one tuple a row, and whether there may be more.

    `rows` holds a verdict a row, None below the first true row of a first-match table. `noted` are the rows that
    keep the outcome open, by index.
    """

    rows: tuple[Truth | None, ...]
    outputs: RowOutputs | Absent
    collected: tuple[RowOutputs, ...]
    more: bool
    noted: tuple[int, ...]

    @property
    def unknown(self) -> bool:
        """Whether something unknown keeps the outcome open."""
        return self.outputs is UNKNOWN or self.more


def work_out_table(table: ir.Table, evaluator: Evaluator) -> TableResult:
    """Which row wins, or which rows do."""
    if table.hit == "first":
        return _first(table, evaluator)
    rows = tuple(evaluator.condition(row.condition, Mode.PLAIN) for row in table.rows)
    if table.hit == "unique":
        return _unique(table, rows)
    return _collect(table, rows)


def _first(table: ir.Table, evaluator: Evaluator) -> TableResult:
    verdicts: list[Truth | None] = []
    noted: list[int] = []
    winner: int | None = None
    for i, row in enumerate(table.rows):
        if winner is not None:
            verdicts.append(None)
            continue
        verdict = evaluator.condition(row.condition, Mode.PLAIN)
        verdicts.append(verdict)
        if verdict is True:
            winner = i
        elif verdict is UNKNOWN:
            noted.append(i)
    return _decide(table, tuple(verdicts), noted, winner)


def _unique(table: ir.Table, rows: tuple[Truth, ...]) -> TableResult:
    for i, verdict in enumerate(rows):
        if verdict is True:
            return _decide(table, rows, [], i)
    return _decide(table, rows, [i for i, verdict in enumerate(rows) if verdict is UNKNOWN], None)


def _decide(table: ir.Table, rows: tuple[Truth | None, ...], noted: list[int], winner: int | None) -> TableResult:
    """The one outcome that is possible, or unknown where there are several (ruling 29)."""
    possible: list[RowOutputs | Absent] = [table.rows[i].outputs for i in noted]
    if winner is not None:
        possible.append(table.rows[winner].outputs)
    elif not table.complete or not noted:
        possible.append(NOTHING)
    if all(outcome == possible[0] for outcome in possible):
        return TableResult(rows, possible[0], (), False, ())
    return TableResult(rows, UNKNOWN, (), False, tuple(noted))


def _collect(table: ir.Table, rows: tuple[Truth, ...]) -> TableResult:
    """The sure outcomes, each once, in row order (ruling 30)."""
    sure: list[RowOutputs] = []
    for row, verdict in zip(table.rows, rows, strict=True):
        if verdict is True and row.outputs not in sure:
            sure.append(row.outputs)
    noted = tuple(
        i
        for i, (row, verdict) in enumerate(zip(table.rows, rows, strict=True))
        if verdict is UNKNOWN and row.outputs not in sure
    )
    return TableResult(rows, NOTHING, tuple(sure), bool(noted), noted)


@dataclass(frozen=True, slots=True)
class GateResult:
    verdict: Truth
    criteria: tuple[Truth, ...]


def work_out_gate(gate: ir.Gate, evaluator: Evaluator) -> GateResult:
    """Pass or fail as soon as the unknown criteria can't change it (ruling 33)."""
    criteria = tuple(evaluator.condition(c.condition, Mode.ASKING) for c in gate.criteria)
    passes, unknowns = criteria.count(True), criteria.count(UNKNOWN)
    if passes >= gate.needed:
        return GateResult(True, criteria)
    return GateResult(False if passes + unknowns < gate.needed else UNKNOWN, criteria)


@dataclass(frozen=True, slots=True)
class StageResult:
    """`own`: the stage's own condition; `reached`: that and all above, false when disqualified (ruling 35)."""

    own: Truth
    reached: Truth


def work_out_stage(stage: ir.Stage, above: Truth, evaluator: Evaluator) -> StageResult:
    """A stage; `above` says whether the one above is reached, for the topmost: that the lead isn't disqualified."""
    own = evaluator.condition(stage.condition, Mode.PLAIN)
    return StageResult(own, conjunction((above, own)))


Verdict: TypeAlias = Literal["true", "false", "unknown", "skipped", "not reached"]


@dataclass(frozen=True, slots=True)
class RouteResult:
    """Where the lead goes. `entry` None: nobody; `destination` None with an entry: undecided.

    `verdicts`: one a route entry. `noted`: the unknown entries that were in the way of a decision, by index.
    """

    entry: str | None
    kind: str
    destination: ir.Destination | None
    key: str | None
    verdicts: tuple[Verdict, ...]
    noted: tuple[int, ...]

    @property
    def undecided(self) -> bool:
        """Whether something unknown keeps the route open."""
        return self.kind == "undecided"

    @property
    def target(self) -> str | None:
        """The declared name, or the member's key."""
        if self.destination is None:
            return None
        return self.key if self.destination.kind in {"member", "owner"} else self.destination.name


_Target: TypeAlias = tuple[str, str | None, ir.Duration | None, str | None]


class Router:
    """Works out the route in one situation."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator
        self._book = evaluator.situation.book

    def disqualified(self, entry: ir.DisqualifyEntry, route: ir.Route | None) -> RouteResult:
        """The route of a disqualified lead: the first true entry's destination."""
        member = self.member(entry.destination)
        key = member if isinstance(member, str) else None
        unread: Verdict = "not reached"
        verdicts = tuple(unread for _ in (route.entries if route else ()))
        return RouteResult(entry.name, entry.destination.kind, entry.destination, key, verdicts, ())

    def member(self, destination: ir.Destination) -> Value:
        """The key that a destination of kind member or owner names; nothing for other kinds."""
        if destination.kind == "owner":
            field = self._book.owner_field()
            if field is None:
                return NOTHING
            return self._evaluator.situation.records.read(self._book, (field.name,))
        if destination.member is None:
            return NOTHING
        return self._evaluator.evaluate(destination.member, Mode.PLAIN)

    def search(self, route: ir.Route) -> RouteResult:
        """The first true entry, if no unknown one above it leads elsewhere (rulings 38, 39)."""
        verdicts: list[Verdict] = []
        noted: list[int] = []
        winner: int | None = None
        for i, entry in enumerate(route.entries):
            verdict: Verdict = "not reached" if winner is not None else self._verdict(entry)
            verdicts.append(verdict)
            if verdict == "true":
                winner = i
            elif verdict == "unknown":
                noted.append(i)
        candidates = [*noted, *([] if winner is None else [winner])]
        targets = [self._target(route.entries[i]) for i in candidates]
        if not candidates:
            return RouteResult(None, "nobody", None, None, tuple(verdicts), ())
        if winner is None or any(t is None or t != targets[0] for t in targets):
            return RouteResult("undecided", "undecided", None, None, tuple(verdicts), tuple(noted))
        destination = route.entries[winner].destination
        key = self.member(destination)
        shown = key if isinstance(key, str) else None
        return RouteResult(route.entries[winner].name, destination.kind, destination, shown, tuple(verdicts), ())

    def _verdict(self, entry: ir.RouteEntry) -> Verdict:
        holds = self._evaluator.condition(entry.condition, Mode.PLAIN)
        if holds is False:
            return "false"
        if entry.destination.kind in {"member", "owner"}:
            member = self.member(entry.destination)
            if member is UNKNOWN:
                return "unknown"
            if member is NOTHING or not self._exists(entry.destination, member):
                return "skipped"
        return "unknown" if holds is UNKNOWN else "true"

    def _exists(self, destination: ir.Destination, member: Value) -> bool:
        """Whether there is such a member (ruling 39); an owner is whoever the lead says."""
        if destination.kind == "owner":
            return True
        fact = self._book.policy.member_fact
        return fact is not None and self._evaluator.situation.records.find(fact, str(member)) is not None

    def _target(self, entry: ir.RouteEntry) -> _Target | None:
        """What makes two destinations the same; None where the member is unknown, which equals nothing."""
        destination = entry.destination
        member = self.member(destination)
        if member is UNKNOWN:
            return None
        return destination.kind, destination.name, destination.duration, member if isinstance(member, str) else None


def any_true(verdicts: Sequence[Truth]) -> bool:
    """Whether one of the entries is surely true."""
    return disjunction(verdicts) is True
