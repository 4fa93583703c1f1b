"""Attribution: a conversion's credit shared among the touches that led to it (decision record 0009, section 7)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from leadpolicy.compiler import ir
from leadpolicy.compiler.interpreter import clock
from leadpolicy.compiler.interpreter.aggregates import chosen
from leadpolicy.compiler.interpreter.event_entries import halved
from leadpolicy.compiler.interpreter.expressions import Evaluator
from leadpolicy.compiler.interpreter.records import as_instant, dated
from leadpolicy.compiler.interpreter.situation import Mode
from leadpolicy.compiler.interpreter.values import Absent


@dataclass(frozen=True, slots=True)
class Touch:
    """A touch that remains, and its credit, which is exact."""

    key: str | None
    at: int
    credit: Fraction


def share_out(attribution: ir.Attribution, evaluator: Evaluator) -> tuple[Touch, ...]:
    """The touches in order, each with its credit: they sum to 1, or to 0 where no role is present (ruling 71)."""
    keys, times = _remaining(attribution, evaluator)
    credits_ = [Fraction(0)] * len(times)
    present = _present(attribution.shares, times, evaluator) if times else []
    whole = sum((share for share, _ in present), Fraction(0))
    for share, weights in present:
        for i, weight in weights.items():
            credits_[i] += share / whole * weight / sum(weights.values())
    return tuple(Touch(*parts) for parts in zip(keys, times, credits_, strict=True))


def _remaining(attribution: ir.Attribution, evaluator: Evaluator) -> tuple[list[str | None], list[int]]:
    """Keys and times of the touches that count and lie in the window before the last of them (ruling 69)."""
    sure, _ = chosen(attribution.records, evaluator, Mode.PLAIN)
    found = [(r.key, at) for r in sure if not isinstance(at := dated(r, evaluator.situation.book), Absent)]
    if attribution.window is not None and found:
        last = found[-1][1]
        found = [(key, at) for key, at in found if last - at < attribution.window]
    return [key for key, _ in found], [at for _, at in found]


def _present(
    shares: tuple[ir.Share, ...], times: list[int], evaluator: Evaluator
) -> list[tuple[Fraction, dict[int, Fraction]]]:
    """The shares whose role some touch has, and the weights of these touches by their places."""
    holders = [_holder(share, times, evaluator) for share in shares]
    found = []
    for share, holder in zip(shares, holders, strict=True):
        if share.role == "all":
            group = list(range(len(times)))
        elif share.role == "others":
            group = [i for i in range(len(times)) if i not in holders]
        else:
            group = [] if holder is None else [holder]
        weights = {i: _weight(share, times[i], times[-1], evaluator) for i in group}
        weights = {i: weight for i, weight in weights.items() if weight}
        if weights:
            found.append((Fraction(share.share), weights))
    return found


def _holder(share: ir.Share, times: list[int], evaluator: Evaluator) -> int | None:
    """The place of the one touch that has a role; None where none has, or several may."""
    if share.role == "first":
        return 0
    if share.role == "last":
        return len(times) - 1
    if share.role != "time" or share.time is None:
        return None
    value = evaluator.evaluate(share.time, Mode.PLAIN)
    if isinstance(value, Absent):
        return None
    until = as_instant(value, evaluator.situation.book)
    before = [i for i, at in enumerate(times) if at <= until]
    return before[-1] if before else None


def _weight(share: ir.Share, at: int, last: int, evaluator: Evaluator) -> Fraction:
    """How much a touch has of a role, by its age to the last touch in midnights."""
    if share.halving_days is None:
        return Fraction(1)
    zone = evaluator.situation.book.policy.zone
    return halved(clock.local(last, zone)[0] - clock.local(at, zone)[0], share.halving_days)
