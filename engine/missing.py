"""What is missing: the fields that made something unknown, and the questions that would find them out (0002 §6).

Generated code finds the unknown fields and the undecided parts, and hands them over (`ordered`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from leadpolicy.engine.policy import Later, PartDeclaration, SlotDeclaration, Telling
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


Ranked = tuple[int, int, tuple[int, ...], int, Missing]
"""How many parts that are no scores it could change, and how many points, both negative: most first; where the field
is declared; its number, so that no two are alike."""

_REMEMBERED = 4096
"""So many answers of a policy are remembered, whole and by field: leads lack the same fields again and again."""


def fixed(
    slots: Sequence[SlotDeclaration], parts: Sequence[PartDeclaration], hangs: Sequence[tuple[int, int]]
) -> tuple[Missing, ...]:
    """What is said of the fields that scores are open by, where they make nothing else unknown."""
    return tuple(
        Missing(slots[slot].path, slots[slot].ask, tuple(p.name for at, p in enumerate(parts) if bits >> at & 1))
        for slot, bits in hangs
    )


Blamed = tuple[tuple[int, ...], int]
"""Fields, and what hangs on each of them: the bit of a part, or points above all bits."""


def ordered(
    later: Later,
    found: list[int],
    blamed: list[Blamed],
    pointed: Sequence[Blamed],
    asked: Sequence[tuple[tuple[int, ...], str]],
    parts: list[tuple[int, int]],
    trace: Callable[[], Trace],
) -> tuple[Missing, ...]:
    """The unknown fields of a decision, those that could decide most first.

    `found`: those that scores are open by, by their place among these. `blamed`: fields, and the bit of a part that
    they made unknown besides. `pointed`: fields that more entries are open by, and their points. `asked`: fields and
    the question of a criterion that is unknown by them. `parts`: those that are unknown besides, each with the bits
    of all that is unknown with it, or that have questions.
    """
    told = later.told or later.get()
    key = None if parts else (tuple(found), tuple(blamed), tuple(pointed), tuple(asked))
    answer = None if key is None else told.answers.get(key)
    if answer is None:
        questions = {slot: question for slots, question in reversed(asked) for slot in slots}
        answer = _work_out(told, _hangs(told, found, blamed, pointed), questions, parts, trace())
        if key is not None and len(told.answers) < _REMEMBERED:
            told.answers[key] = answer
    return answer


def _hangs(told: Telling, found: list[int], blamed: list[Blamed], pointed: Sequence[Blamed]) -> dict[int, int]:
    """What hangs on each field: a bit a part, and points above them."""
    fields = told.hangs
    hangs = dict([fields[at] for at in found])
    for slots, bits in blamed:
        for slot in slots:
            hangs[slot] = hangs.get(slot, 0) | bits
    for slots, points in pointed:
        for slot in slots:
            hangs[slot] = hangs.get(slot, 0) + points
    return hangs


def _work_out(
    told: Telling, hangs: dict[int, int], questions: dict[int, str], parts: list[tuple[int, int]], trace: Trace
) -> tuple[Missing, ...]:
    for part, bits in parts:
        _add(trace, part, bits, hangs)
    if parts and told.asks:
        questions = _questions(trace, told)
    known, ask = told.missing, questions.get
    ranked = [known.get((s, bits, ask(s))) or _rank(trace, s, bits, ask(s)) for s, bits in hangs.items()]
    ranked.sort()
    return tuple([one[4] for one in ranked])


def _add(trace: Trace, part: int, bits: int, found: dict[int, int]) -> None:
    """Add a part that is unknown to the fields that made it so."""
    declared = trace.parts[part]
    if declared.kind in {"recall", "gate"} and not trace.part_unknown(part):
        return
    for slot in trace.part_blame(part):
        found[slot] = found.get(slot, 0) | bits
    if declared.kind == "score":
        _add_points(trace, declared.index, found)


def _add_points(trace: Trace, index: int, found: dict[int, int]) -> None:
    score = trace.policy.scores[index]
    shift = len(trace.parts)
    for i in trace.unsettled(index):
        entry = score.telling.entries[i]
        if isinstance(entry.points, tuple):
            size = max(map(abs, entry.points), default=0)
        else:
            given = entry.points(trace.values)
            if given is None:
                size = (score.high or 0) - (score.low or 0)
            else:
                size = abs(given) if isinstance(given, int) else 0
        points = size if score.scaled else size * 1_000_000
        for slot in trace.entry_unknown(index, i):
            found[slot] += points << shift


def _rank(trace: Trace, slot: int, hangs: int, question: str | None) -> Ranked:
    """What is said of a field, and its place among others; remembered."""
    parts = [part for at, part in enumerate(trace.parts) if hangs >> at & 1]
    decided = sum(part.kind not in {"score", "sum"} for part in parts)
    source = trace.policy.source(slot)
    said = Missing(source.path, source.ask if question is None else question, tuple(part.name for part in parts))
    ranked = -decided, -(hangs >> len(trace.parts)), source.order, slot, said
    known = trace.policy.later.get().missing
    if len(known) < _REMEMBERED:
        known[slot, hangs, question] = ranked
    return ranked


def _questions(trace: Trace, told: Telling) -> dict[int, str]:
    """By slot: the question of the first unknown criterion that it made unknown."""
    found: dict[int, str] = {}
    for part in told.asks:
        verdicts = trace.policy.gates[trace.parts[part].index].verdicts(trace.values, trace.results)
        if None not in verdicts:
            continue
        for i, item in enumerate(trace.parts[part].items):
            if item.question is not None and verdicts[i] is None:
                for slot in trace.item_blame(part, i):
                    found.setdefault(slot, item.question)
    return found
