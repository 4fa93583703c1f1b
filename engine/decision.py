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
from leadpolicy.engine.numbers import WHOLE, as_decimal, as_number
from leadpolicy.engine.policy import (
    GateDeclaration,
    PolicyDeclaration,
    Results,
    TargetDeclaration,
    Values,
)
from leadpolicy.engine.printing import GATE_WORDS, print_table, print_value
from leadpolicy.engine.readers import clean
from leadpolicy.engine.tables import DISQUALIFIED, ENTRY, NOBODY, UNDECIDED
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


class GateResult:
    """A gate's verdict and those of its criteria."""

    __slots__ = ("_decision", "_gate")

    _decision: Decision
    _gate: GateDeclaration

    @property
    def verdict(self) -> str:
        """`pass`, `fail` or `unknown`."""
        return GATE_WORDS.get(self._decision._results[self._gate.result], "unknown")

    @property
    def criteria(self) -> dict[str, str]:
        """By the criterion's name: `pass`, `fail`, `unknown`."""
        verdicts = self._gate.verdicts(self._decision._values, self._decision._results)
        words = [GATE_WORDS.get(verdict, "unknown") for verdict in verdicts]
        return dict(zip(self._gate.criteria, words, strict=True))

    def __repr__(self) -> str:
        return f"GateResult(verdict={self.verdict!r}, criteria={self.criteria!r})"


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


class ScoreResult:
    """A score's value, and the least and the most that it can come to; each is worked out when it is asked for."""

    __slots__ = ("_decision", "_index", "_scaled")

    _decision: Decision
    _index: int
    _scaled: bool

    @property
    def value(self) -> Decimal:
        """What the score comes to by what is known."""
        value: int = self._decision._results[self._index]  # type: ignore[assignment]
        return as_decimal(value, True) if self._scaled else Decimal(value)

    @property
    def low(self) -> Decimal | None:
        """The least that the score can come to."""
        decision = self._decision
        found = (decision._ends or decision._bounds())[2 * self._index]
        known = None if self._scaled else WHOLE.get(found)
        return known if known is not None or found is None else as_decimal(found, self._scaled)

    @property
    def high(self) -> Decimal | None:
        """The most that the score can come to."""
        decision = self._decision
        found = (decision._ends or decision._bounds())[2 * self._index + 1]
        known = None if self._scaled else WHOLE.get(found)
        return known if known is not None or found is None else as_decimal(found, self._scaled)

    def __repr__(self) -> str:
        return f"<ScoreResult {self.value}>"


class Decision:
    """What a policy decided about one lead. Never changes.

    Each policy has a class of its own, made by `decision_class`: what all its decisions share stands there. Generated
    code fills in `_values` and `_results`; the other two are None until something is asked for.
    """

    __slots__ = ("_ends", "_memo", "_results", "_values")

    _program: Program
    _memo: dict[str, object] | None
    _results: Results
    _ends: tuple[int | None, ...] | None
    _values: Values

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

    def _bounds(self) -> tuple[int | None, ...]:
        """Low and high of each score, one after the other, in the scores' own scales."""
        later = self._program.policy.later
        found = self._ends = (later.told or later.get()).ends(self._values, self._results)
        return found

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
        slot, key = declared.slots[declared.key], self._values[declared.key]
        return clean(key) if isinstance(key, str) else print_value(slot.type, key, declared.zone)

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
        made: dict[str, ScoreResult] = {}
        for name, index, scaled in self._program.scores:
            made[name] = one = ScoreResult()
            one._decision = self
            one._index = index
            one._scaled = scaled
        return made

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
        made: dict[str, GateResult] = {}
        for gate in self._program.policy.gates:
            made[gate.name] = one = GateResult()
            one._decision, one._gate = self, gate
        return made

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
        at = self._program.policy.stage_result
        stage = self._results[at] if at >= 0 else None
        return stage if type(stage) is str else None

    @property
    def route(self) -> RouteResult | None:
        """Where the lead goes; None where the policy has no route."""
        program = self._program
        if program.places is None:
            return None
        found: tuple[int, int, object] = self._results[program.policy.route_result]  # type: ignore[assignment]
        outcome, index, member = found
        place = program.places[outcome][index]
        if member is not None and place.kind in {"member", "owner"}:
            key = member if isinstance(member, str) else None
            return RouteResult(place.entry, place.kind, key, key)
        return place

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
        ends = self._ends or self._bounds()
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


def decision_class() -> type[Decision]:
    """The class of a policy's decisions; its program becomes an attribute of it."""
    return type(
        "Decision", (Decision,), {"__slots__": (), "__module__": Decision.__module__, "__doc__": Decision.__doc__}
    )


def places(policy: PolicyDeclaration) -> dict[int, tuple[RouteResult, ...]] | None:
    """Where leads can go, by the kind of outcome and the entry; members' keys aside. None where there is no route."""
    if policy.route is None:
        return None
    return {
        ENTRY: tuple(map(_place, policy.route)),
        DISQUALIFIED: tuple(map(_place, policy.disqualify or ())),
        UNDECIDED: (RouteResult("undecided", "undecided", policy.undecided, None),),
        NOBODY: (RouteResult(None, "nobody", None, None),),
    }


def _place(entry: TargetDeclaration) -> RouteResult:
    return RouteResult(entry.entry, entry.kind, None if entry.kind in {"member", "owner"} else entry.target, None)
