"""A decision: what was asked for at once, and the rest when it is asked for, from the snapshot alone.

What only the rest needs is imported there: a first decision doesn't wait for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from leadpolicy.engine.json_text import dumps_printed
from leadpolicy.engine.numbers import as_decimal, as_number
from leadpolicy.engine.policy import Later, PolicyDeclaration, Results, TargetDeclaration, Values
from leadpolicy.engine.printing import GATE_WORDS, print_table, print_value
from leadpolicy.engine.tables import DISQUALIFIED, ENTRY, UNDECIDED
from leadpolicy.engine.times import print_time, to_datetime

if TYPE_CHECKING:
    from leadpolicy.engine.credit import Credit
    from leadpolicy.engine.due import Due
    from leadpolicy.engine.missing import Missing
    from leadpolicy.engine.program import Program
    from leadpolicy.engine.reasons import Reasons
    from leadpolicy.engine.tracing import Trace

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PolicyName:
    """Which policy decided."""

    name: str
    version: str
    digest: str


class GateResult(NamedTuple):
    """A gate's verdict and those of its criteria: `pass`, `fail`, `unknown`."""

    verdict: str
    criteria: dict[str, str]


class DisqualifyResult(NamedTuple):
    """A disqualify entry that is true, and its destination as text."""

    entry: str
    destination: str


class RouteResult(NamedTuple):
    """Where the lead goes. `member`: the key of the member, where the route names one."""

    entry: str | None
    kind: str
    target: str | None
    member: str | None


class Ends:
    """Low and high of the scores of one decision, one after the other, worked out when they are first asked for."""

    __slots__ = ("_later", "_results", "_values", "found")

    def __init__(self, later: Later, values: Values, results: Results) -> None:
        self._later = later
        self._values = values
        self._results = results
        self.found: tuple[int | None, ...] | None = None

    def work_out(self) -> tuple[int | None, ...]:
        """All of them, in the scores' own scales."""
        later = self._later
        self.found = found = (later.told or later.get()).ends(self._values, self._results)
        return found


class ScoreResult:
    """A score's value; `low` and `high` are worked out when first asked for (None: without bound)."""

    __slots__ = ("_at", "_ends", "_scaled", "value")

    def __init__(self, value: Decimal, scaled: bool, at: int, ends: Ends) -> None:
        self.value = value
        self._scaled = scaled
        self._at = at
        self._ends = ends

    @property
    def low(self) -> Decimal | None:
        """The least that the score can come to."""
        ends = self._ends
        found = (ends.found or ends.work_out())[self._at]
        if found is None:
            return None
        return as_decimal(found, self._scaled)

    @property
    def high(self) -> Decimal | None:
        """The most that the score can come to."""
        ends = self._ends
        found = (ends.found or ends.work_out())[self._at + 1]
        if found is None:
            return None
        return as_decimal(found, self._scaled)

    def __repr__(self) -> str:
        return f"<ScoreResult {self.value}>"


class Decision:
    """What a policy decided about one lead. Never changes."""

    __slots__ = ("_memo", "_program", "_results", "_values")

    def __init__(self, program: Program, values: Values, results: Results) -> None:
        self._program = program
        self._values = values
        self._results = results
        self._memo: dict[str, object] | None = None

    def _once(self, name: str, make: Callable[[], T]) -> T:
        memo = self._memo
        if memo is None:
            memo = self._memo = {}
        if name not in memo:
            memo[name] = make()
        found: T = memo[name]  # type: ignore[assignment]
        return found

    @property
    def _declared(self) -> PolicyDeclaration:
        return self._program.policy

    def _trace(self) -> Trace:
        memo = self._memo
        if memo is None:
            memo = self._memo = {}
        found: Trace | None = memo.get("trace")  # type: ignore[assignment]
        if found is None:
            policy = self._program.policy
            told = policy.later.told or policy.later.get()
            found = memo["trace"] = told.trace(policy, told.parts, self._values, self._results)
        return found

    # ── What was decided ──

    @property
    def lead(self) -> object:
        """The lead's key, None where the fact has none."""
        declared = self._declared
        if declared.key is None:
            return None
        slot = declared.slots[declared.key]
        return print_value(slot.type, self._values[declared.key], declared.zone)

    @property
    def _now(self) -> int:
        now = self._values[len(self._declared.slots)]
        assert isinstance(now, int)
        return now

    @property
    def at(self) -> datetime:
        """The time that it was decided for, in the policy's zone."""
        return to_datetime(self._now, self._declared.zone)

    @property
    def policy(self) -> PolicyName:
        """Which policy decided."""
        return PolicyName(self._declared.name, self._declared.version, self._declared.digest)

    @property
    def scores(self) -> Mapping[str, ScoreResult]:
        """By name."""
        memo = self._memo
        if memo is None:
            memo = self._memo = {}
        found: Mapping[str, ScoreResult] | None = memo.get("scores")  # type: ignore[assignment]
        if found is None:
            found = memo["scores"] = self._make_scores()
        return found

    def _make_scores(self) -> Mapping[str, ScoreResult]:
        policy, results = self._program.policy, self._results
        ends = Ends(policy.later, self._values, results)
        made: dict[str, ScoreResult] = {}
        at = 0
        for score, value in zip(policy.scores, results, strict=False):
            exact = as_decimal(value, score.scaled)  # type: ignore[arg-type]
            made[score.name] = ScoreResult(exact, score.scaled, at, ends)
            at += 2
        return MappingProxyType(made)

    def _score(self, index: int) -> int:
        value = self._results[index]
        assert isinstance(value, int)
        return value

    @property
    def tables(self) -> Mapping[str, object]:
        """By name: the outcome as printed; None where it is unknown, and where no row holds."""
        return self._once("tables", self._make_tables)

    def _make_tables(self) -> Mapping[str, object]:
        zone = self._declared.zone
        tables = self._declared.tables
        return MappingProxyType({t.name: print_table(t, self._results[t.result], zone) for t in tables})

    @property
    def gates(self) -> Mapping[str, GateResult]:
        """By name."""
        return self._once("gates", self._make_gates)

    def _make_gates(self) -> Mapping[str, GateResult]:
        made: dict[str, GateResult] = {}
        word = GATE_WORDS.get
        for gate in self._declared.gates:
            verdicts = self._results[gate.criteria_result]
            assert isinstance(verdicts, tuple)
            criteria = {n: word(v, "unknown") for n, v in zip(gate.criteria, verdicts, strict=True)}
            made[gate.name] = GateResult(word(self._results[gate.result], "unknown"), criteria)
        return MappingProxyType(made)

    @property
    def disqualified(self) -> tuple[DisqualifyResult, ...]:
        """The disqualify entries that are true, in order."""
        declared = self._declared
        if declared.disqualify is None:
            return ()
        verdicts = self._results[declared.disqualify_result]
        assert isinstance(verdicts, tuple)
        entries = zip(declared.disqualify, verdicts, strict=True)
        return tuple(DisqualifyResult(entry.entry, entry.text) for entry, true in entries if true)

    @property
    def stage(self) -> str | None:
        """The last stage that is reached."""
        at = self._declared.stage_result
        stage = self._results[at] if at >= 0 else None
        return stage if isinstance(stage, str) else None

    @property
    def route(self) -> RouteResult | None:
        """Where the lead goes; None where the policy has no route."""
        declared = self._declared
        if declared.route is None:
            return None
        found = self._results[declared.route_result]
        assert isinstance(found, tuple)
        outcome, index, member = found
        if outcome == ENTRY:
            return _target(declared.route[index], member)
        if outcome == DISQUALIFIED and declared.disqualify is not None:
            return _target(declared.disqualify[index], member)
        if outcome == UNDECIDED:
            return RouteResult("undecided", "undecided", declared.undecided, None)
        return RouteResult(None, "nobody", None, None)

    @property
    def due(self) -> tuple[Due, ...]:
        """When the lead is to be recalled, and its owner reminded; empty without a lease."""
        from leadpolicy.engine.due import due

        return self._once("due", lambda: due(self._trace()))

    @property
    def attribution(self) -> Mapping[str, tuple[Credit, ...]]:
        """By the block's name: the credit of each touch."""
        return self._once("attribution", self._make_attribution)

    def _make_attribution(self) -> Mapping[str, tuple[Credit, ...]]:
        from leadpolicy.engine.credit import credits_of

        policy = self._declared
        return MappingProxyType(
            {one.name: credits_of(policy, one, self._values, self._results) for one in policy.attributions}
        )

    @property
    def missing(self) -> tuple[Missing, ...]:
        """The unknown fields that made something unknown, those that could decide most first."""
        memo = self._memo
        if memo is None:
            memo = self._memo = {}
        found: tuple[Missing, ...] | None = memo.get("missing")  # type: ignore[assignment]
        if found is None:
            later = self._program.policy.later
            found = (later.told or later.get()).lacking(self._values, self._results, self._trace)
            memo["missing"] = found
        return found

    def why(self) -> Reasons:
        """Every item of every part, with its verdict and what it read."""
        memo = self._memo
        if memo is None:
            memo = self._memo = {}
        found: Reasons | None = memo.get("why")  # type: ignore[assignment]
        if found is None:
            policy = self._program.policy
            told = policy.later.told or policy.later.get()
            found = memo["why"] = told.why(policy, told, self._values, self._results, self._trace)
        return found

    def why_not(self, target: str) -> Reasons:
        """What stands between the lead and `target`: a stage, gate, route entry, disqualify entry, score, score
        entry, table or table outcome, with or without the part's word (`SQL`, `stage SQL`, `route hot`).

        LookupError where the policy has no such thing; it names those that come near.
        """
        from leadpolicy.engine.why_not import why_not

        return why_not(self._trace(), target)

    # ── Printed ──

    def to_dict(self, trace: bool = False) -> dict[str, object]:
        """The decision as JSON has it, keys in the contract's order; numbers as int or Decimal."""
        declared = self._declared
        printed: dict[str, object] = {
            "lead": self.lead,
            "at": print_time(self._now, declared.zone),
            "policy": {"name": declared.name, "version": declared.version, "digest": declared.digest},
        }
        if declared.scores:
            printed["scores"] = self._print_scores()
        if declared.tables:
            printed["tables"] = dict(self.tables)
        if declared.gates:
            printed["gates"] = {
                name: {"verdict": gate.verdict, "criteria": dict(gate.criteria)} for name, gate in self.gates.items()
            }
        if declared.disqualify is not None:
            printed["disqualified"] = [
                {"entry": one.entry, "destination": one.destination} for one in self.disqualified
            ]
        if declared.stages is not None:
            printed["stage"] = self.stage
        route = self.route
        if route is not None:
            printed["route"] = {
                "entry": route.entry,
                "kind": route.kind,
                "target": route.target,
                "member": route.member,
            }
        if declared.has_recall:
            printed["due"] = [one.to_dict() for one in self.due]
        printed["missing"] = [one.to_dict() for one in self.missing]
        if declared.attributions:
            printed["attribution"] = {
                name: [one.to_dict() for one in credited] for name, credited in self.attribution.items()
            }
        if trace:
            printed["why"] = self.why().to_list()
        return printed

    def _print_scores(self) -> dict[str, object]:
        declared = self._program.policy
        ends = Ends(declared.later, self._values, self._results).work_out()
        printed: dict[str, object] = {}
        for index, score in enumerate(declared.scores):
            told = self._score(index), *ends[2 * index : 2 * index + 2]
            value, low, high = (None if one is None else as_number(one, score.scaled) for one in told)
            printed[score.name] = {"value": value, "low": low, "high": high}
        return printed

    def to_json(self, trace: bool = False) -> str:
        """The decision as one line of JSON: the same input gives the same bytes."""
        return dumps_printed(self.to_dict(trace))

    def __repr__(self) -> str:
        route = self.route
        to = f" -> {route.kind} {route.target or ''}".rstrip() if route is not None else ""
        return f"<Decision {self._declared.name} {self.lead}{to}>"


def _target(entry: TargetDeclaration, member: object) -> RouteResult:
    if entry.kind in {"member", "owner"}:
        key = member if isinstance(member, str) else None
        return RouteResult(entry.entry, entry.kind, key, key)
    return RouteResult(entry.entry, entry.kind, entry.target, None)
