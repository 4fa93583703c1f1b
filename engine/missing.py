"""What is missing: the fields that made something unknown, and the questions that would find them out (0002 §6)."""

from __future__ import annotations

from dataclasses import dataclass, field

from leadpolicy.engine.policy import PartDeclaration, PolicyDeclaration
from leadpolicy.engine.tracing import Trace


@dataclass(frozen=True, slots=True)
class Missing:
    """An unknown field. `could_change`: the parts that it made unknown, such as `gate bant`."""

    field: str
    question: str | None
    could_change: tuple[str, ...]

    def to_dict(self) -> dict[str, object]:
        """As decisions print it."""
        return {"field": self.field, "question": self.question, "could_change": list(self.could_change)}


@dataclass(slots=True)
class _Weight:
    """What speaks for asking about a field first."""

    parts: dict[str, bool] = field(default_factory=dict)
    """Part names, and whether the part is no score."""
    points: int = 0
    """Millionths."""


_REMEMBERED = 4096
"""So many answers of a policy are remembered: leads lack the same few fields again and again."""


def missing(trace: Trace) -> tuple[Missing, ...]:
    """The unknown fields of a decision, those that could decide most first."""
    key = _all_that_counts(trace)
    if key is None:
        return _work_out(trace)
    known = trace.policy.later.get().missing
    found: tuple[Missing, ...] | None = known.get(key)  # type: ignore[assignment]
    if found is None:
        found = _work_out(trace)
        if len(known) < _REMEMBERED:
            known[key] = found
    return found


def _all_that_counts(trace: Trace) -> object | None:
    """All that the answer depends on: which fields are unknown, and the verdicts of what is undecided.

    None where there is more to it: records, lists (which can be known in part), points that are worked out.
    """
    policy = trace.policy
    if policy.rich or not _by_verdicts(policy):
        return None
    found: list[object] = [
        tuple([value is None for value in trace.values[: len(policy.slots)]]),
        trace.disqualified(),  # no stage is undecided then, nor is any place looked for
    ]
    for index, part in enumerate(trace.parts):
        kind = part.kind
        if kind == "score":
            found.append(trace.bounds.unsettled(part.index))
        elif kind == "gate":
            criteria = policy.gates[part.index].verdicts(trace.values, trace.results)
            found.append(_said(trace, index) if None in criteria else criteria)
        elif kind == "sum":
            continue
        elif kind == "stage" or trace.part_unknown(index):
            found.append(_said(trace, index))
        else:
            found.append(None)
    return tuple(found)


def _said(trace: Trace, part: int) -> tuple[object, ...]:
    """The verdicts of a part's clauses, and whom those blame that choose by what is known."""
    blamed: list[object] = []
    for item in trace.parts[part].items:
        for blame in (item.member, *(clause.blame for clause in item.clauses)):
            if not isinstance(blame, tuple):
                blamed.append(blame(trace.values, trace.results))
    return trace.clauses_of(part), *blamed


def _by_verdicts(policy: PolicyDeclaration) -> bool:
    """Whether verdicts and unknown fields are all that tells what is missing of a policy."""
    known = policy.later.get().missing
    told = known.get("by verdicts")
    if told is None:
        told = known["by verdicts"] = (
            not policy.has_recall
            and all(slot.type.kind not in ("list", "fact") and len(slot.steps) == 1 for slot in policy.slots)
            and all(table.hit != "collect" for table in policy.tables)
            and all(
                isinstance(entry.points, tuple) and entry.blame == ()
                for score in policy.scores
                for entry in score.telling.entries
            )
        )
    return bool(told)


def _work_out(trace: Trace) -> tuple[Missing, ...]:
    weights: dict[int, _Weight] = {}
    for index, part in enumerate(trace.parts):
        is_score = part.kind in {"score", "sum"}
        for slot in trace.part_blame(index) if trace.part_unknown(index) else ():
            weights.setdefault(slot, _Weight()).parts[part.name] = not is_score
        if part.kind == "score":
            _weigh_points(trace, part, weights)
    of = trace.policy.source
    order = sorted(weights, key=lambda s: (-sum(weights[s].parts.values()), -weights[s].points, of(s).order))
    questions = _questions(trace)
    return tuple(Missing(of(s).path, questions.get(s, of(s).ask), tuple(weights[s].parts)) for s in order)


def _weigh_points(trace: Trace, part: PartDeclaration, weights: dict[int, _Weight]) -> None:
    score = trace.policy.scores[part.index]
    for i in trace.bounds.unsettled(part.index):
        entry = score.telling.entries[i]
        if isinstance(entry.points, tuple):
            size = max(map(abs, entry.points), default=0)
        else:
            given = entry.points(trace.values)
            if given is None:
                size = (score.high or 0) - (score.low or 0)
            else:
                size = abs(given) if isinstance(given, int) else 0
        for slot in trace.entry_unknown(part.index, i):
            weights.setdefault(slot, _Weight()).points += size if score.scaled else size * 1_000_000


def _questions(trace: Trace) -> dict[int, str]:
    """By slot: the question of the first unknown criterion that it made unknown."""
    found: dict[int, str] = {}
    for index, part in enumerate(trace.parts):
        if part.kind != "gate":
            continue
        for i, item in enumerate(part.items):
            if item.question is not None and trace.verdict(index, i) is None:
                for slot in trace.item_blame(index, i):
                    found.setdefault(slot, item.question)
    return found
