"""Score entries over events: filter, window, repeat rule, decay, cap (decision record 0009, section 3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache

from leadpolicy.compiler import ir
from leadpolicy.compiler.interpreter import clock
from leadpolicy.compiler.interpreter.aggregates import Member, members
from leadpolicy.compiler.interpreter.culprits import Culprits, Names
from leadpolicy.compiler.interpreter.expressions import Evaluator
from leadpolicy.compiler.interpreter.records import Record, dated
from leadpolicy.compiler.interpreter.situation import Mode
from leadpolicy.compiler.interpreter.values import NOTHING, UNKNOWN, Absent, Truth, conjunction, round_half_away

FACTOR_PLACES = 9


@dataclass(frozen=True, slots=True)
class EventOutcome:
    """What an event entry comes to. `chosen`: how many records gave points. `low`, `high`: the ends that it may still
    come to; `unknown`: what it is unsettled by, nothing where it is settled."""

    verdict: Truth
    points: Fraction
    chosen: int
    settled: bool
    low: Fraction
    high: Fraction
    unknown: Names


def work_out(entry: ir.EventEntry, evaluator: Evaluator) -> EventOutcome:
    """The entry's value with the records that count, and its ends."""
    plain, open_ = (_members(entry, evaluator, mode) for mode in (Mode.PLAIN, Mode.OPEN))
    counting = _that_are(plain, (True,))
    used = _chosen(entry, counting, evaluator)
    maybe = bool(_that_are(plain, (UNKNOWN,)))
    settled = not _that_are(open_, (UNKNOWN,))
    value = _points(entry, used, evaluator)
    ends = [value]
    for some in (_that_are(open_, (True,)), _that_are(open_, (True, UNKNOWN))):
        ends.append(_points(entry, _chosen(entry, some, evaluator), evaluator))
    verdict: Truth = True if used else UNKNOWN if maybe else False
    unknown = Culprits().maybes(open_, entry.records, evaluator, Mode.OPEN)
    return EventOutcome(verdict, value, len(used), settled, min(ends), max(ends), unknown)


def _members(entry: ir.EventEntry, evaluator: Evaluator, mode: Mode) -> list[Member]:
    """The records, as `Records` says; where their time is needed, one without is no more than a maybe."""
    found = members(entry.records, evaluator, mode)
    if entry.repeat != "once_per_day" and entry.decay is None:
        return found
    with_time: dict[int | Absent, Truth] = {UNKNOWN: UNKNOWN, NOTHING: False}
    times = [dated(m.record, evaluator.situation.book) for m in found]
    windows = [conjunction((m.window, with_time.get(at, True))) for m, at in zip(found, times, strict=True)]
    return [replace(member, window=window) for member, window in zip(found, windows, strict=True)]


def _that_are(looked_at: Iterable[Member], truths: tuple[Truth, ...]) -> list[Record]:
    return [m.record for m in looked_at if m.counts in truths]


def _chosen(entry: ir.EventEntry, records: list[Record], evaluator: Evaluator) -> list[Record]:
    """Those that give points: each, the last, or the last of each local day (ruling 14)."""
    if entry.repeat == "each":
        return records
    if entry.repeat == "once":
        return records[-1:]
    last: dict[object, Record] = {}
    for record in records:
        day = _day(record, evaluator)
        last[id(record) if day is None else (day,)] = record
    return list(last.values())


def _day(record: Record, evaluator: Evaluator) -> int | None:
    """The local day of a record; None where its time isn't known."""
    book = evaluator.situation.book
    at = dated(record, book)
    return None if isinstance(at, Absent) else clock.local(at, book.policy.zone)[0]


def _points(entry: ir.EventEntry, records: list[Record], evaluator: Evaluator) -> Fraction:
    """The sum of points × factor, exact, then rounded, then cut to the entry's cap (rulings 10, 28)."""
    situation = evaluator.situation
    today = clock.local(situation.now, situation.book.policy.zone)[0]
    total = Fraction(0)
    for record in records:
        day = _day(record, evaluator)
        age = 0 if day is None else max(0, today - day)
        total += Fraction(entry.points) * (1 if entry.decay is None else factor(entry.decay, age))
    total = round_half_away(total)
    limit = None if entry.limit is None else Fraction(entry.limit)
    return total if limit is None else max(-limit, min(limit, total))


def factor(decay: ir.Decay, age: int) -> Fraction:
    """The factor by age in midnights, of 9 places (rulings 10, 78)."""
    if decay.kind == "halving":
        return halved(age, decay.days)
    left = max(0, decay.days - age)
    return round_half_away(Fraction(left, decay.days), FACTOR_PLACES)


@lru_cache(maxsize=4096)
def halved(age: int, half_life: int) -> Fraction:
    """½^(age ÷ half-life), rounded to 9 places half away from zero; exact, by whole numbers alone.

    k is the rounded factor in billionths if k is the greatest with k − ½ ≤ 10⁹ × ½^(age ÷ half-life), that is with
    (2k − 1)^half-life × 2^age ≤ (2 × 10⁹)^half-life.
    """
    one: int = 10**FACTOR_PLACES
    if age > 31 * half_life:  # less than half of 10⁻⁹
        return Fraction(0)
    most = (2 * one) ** half_life
    low, high = 0, one
    while low < high:
        k = (low + high + 1) // 2
        if (2 * k - 1) ** half_life << age <= most:
            low = k
        else:
            high = k - 1
    return Fraction(low, one)
