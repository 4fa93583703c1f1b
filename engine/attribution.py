"""Attribution: credit for a conversion, shared among the touches that led to it (R31, rulings 69 to 72).

Credit is exact: fractions that sum to 1, or to 0 where nothing qualifies. A model's entries give shares to roles. The
touch that has a role gets its share, and one touch may have several; the share of a role that no touch has is spread
over the roles present, in proportion. Rounding is left to printing, and totals use the fractions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final, Literal, TypeAlias

from leadpolicy.engine.decay import factor
from leadpolicy.engine.numbers import SCALE, round_div
from leadpolicy.engine.spans import local_day
from leadpolicy.engine.times import ZoneDeclaration

DIRECT: Final = "direct"
LEAD_CREATED: Final = "lead_created"
OPPORTUNITY_CREATED: Final = "opportunity_created"
CUSTOMER_CLOSED: Final = "customer_closed"

_UTC: Final = ZoneDeclaration("UTC", 0, ())


@dataclass(frozen=True, slots=True)
class Touch:
    """One contact. `at`: microseconds since 1970 UTC. Touches of one time go by key, then by arrival (ruling 13)."""

    at: int
    channel: str | None = None
    key: str | None = None
    attributes: Mapping[str, object] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class Positional:
    """A role by place among the touches that remain: the first, the last, all of them, or the others, which have
    none of the model's roles (`all` and `others` leave no touch with a role)."""

    place: Literal["first", "last", "all", "others"]


@dataclass(frozen=True, slots=True)
class Instant:
    """The role of the last touch at or before a time (ruling 70), which is looked up by name: `entered(MQL)`,
    `created_at`. A time that is not known or is nothing gives the role to nobody."""

    name: str


Role: TypeAlias = Positional | Instant


@dataclass(frozen=True, slots=True)
class Share:
    """`30% first`. `amount` in millionths, more than 0. `halving`: for a role of several touches, the half-life in
    whole days of a touch's part, by its age to the last touch; without it the parts are even."""

    amount: int
    role: Role
    halving: int | None = None


@dataclass(frozen=True, slots=True)
class Model:
    """Shares, and which touches count: those for which `where` is true (unknown is not), and of these those within
    `window` microseconds back from the last of them (ruling 69)."""

    shares: tuple[Share, ...]
    where: Callable[[Touch], bool | None] | None = None
    window: int | None = None

    def __post_init__(self) -> None:
        if any(share.amount <= 0 for share in self.shares):
            raise ValueError("a share is more than nothing")


def attribute(
    touches: Sequence[Touch],
    model: Model,
    times: Mapping[str, int | None] | None = None,
    zone: ZoneDeclaration = _UTC,
) -> tuple[Fraction, ...]:
    """The credit of each touch, in the order given; their sum is exactly 1, or 0 where no role is present.

    `times` are the instants that roles name, in microseconds since 1970 UTC. `zone` tells the days that decay counts:
    midnights between a touch and the last one.
    """
    order = _remaining(touches, model)
    given = [Fraction(0)] * len(touches)
    present = list(_present(touches, order, model, times or {}, zone))
    whole = sum(amount for amount, _ in present)
    for amount, weights in present:
        unit = Fraction(amount, whole * sum(weights.values()))
        for index, weight in weights.items():
            given[index] += unit * weight
    return tuple(given)


def _remaining(touches: Sequence[Touch], model: Model) -> list[int]:
    """The places of the touches that count, in order of time, key, arrival."""
    where = model.where
    kept = [i for i, touch in enumerate(touches) if where is None or where(touch) is True]
    kept.sort(key=lambda i: (touches[i].at, touches[i].key or ""))
    if model.window is None or not kept:
        return kept
    last = touches[kept[-1]].at
    return [i for i in kept if last - touches[i].at < model.window]


def _present(
    touches: Sequence[Touch],
    order: list[int],
    model: Model,
    times: Mapping[str, int | None],
    zone: ZoneDeclaration,
) -> Iterable[tuple[int, dict[int, int]]]:
    """The shares whose role some touch has: the amount, and the weights of those touches by their places."""
    if not order:
        return
    single = [_holder(touches, order, share.role, times) for share in model.shares]
    for share, holder in zip(model.shares, single, strict=True):
        if share.role == Positional("all"):
            group = order
        elif share.role == Positional("others"):
            group = [i for i in order if i not in single]
        else:
            group = [] if holder is None else [holder]
        weights = _weights(touches, group, order[-1], share.halving, zone)
        if weights:
            yield share.amount, weights


def _holder(touches: Sequence[Touch], order: list[int], role: Role, times: Mapping[str, int | None]) -> int | None:
    """The place of the one touch that has the role; None where no touch has, or several may."""
    match role:
        case Positional("first"):
            return order[0]
        case Positional("last"):
            return order[-1]
        case Instant(name):
            at = times.get(name)
            return None if at is None else next((i for i in reversed(order) if touches[i].at <= at), None)
    return None


def _weights(
    touches: Sequence[Touch], group: list[int], last: int, halving: int | None, zone: ZoneDeclaration
) -> dict[int, int]:
    """Weights of touches that share a role; those that have faded to 0 are left out."""
    if halving is None:
        return dict.fromkeys(group, 1)
    today = local_day(touches[last].at, zone)[0]
    faded = {i: factor(today - local_day(touches[i].at, zone)[0], halving) for i in group}
    return {i: weight for i, weight in faded.items() if weight}


# ── Totals and printing ──


def by_channel(touches: Sequence[Touch], given: Sequence[Fraction]) -> dict[str | None, Fraction]:
    """Credit summed by channel, in order of first appearance."""
    totals: dict[str | None, Fraction] = {}
    for touch, credit in zip(touches, given, strict=True):
        totals[touch.channel] = totals.get(touch.channel, Fraction(0)) + credit
    return totals


def rounded(credit: Fraction) -> int:
    """Millionths of a credit for printing, half away from zero; each by itself, so that their sum may be a little off
    (ruling 71)."""
    return round_div(credit.numerator * SCALE, credit.denominator)


# ── The usual models ──


def positions(first: int = 0, *, others: int = 0, last: int = 0, **named: int) -> Model:
    """A model from whole percentages: of the first and the last touch, of touches by named times, of the others."""
    shares = [Share(first * 10_000, Positional("first"))] if first else []
    shares += [Share(percent * 10_000, Instant(name)) for name, percent in named.items()]
    shares += [Share(last * 10_000, Positional("last"))] if last else []
    shares += [Share(others * 10_000, Positional("others"))] if others else []
    return Model(tuple(shares))


FIRST_TOUCH: Final = positions(100)
LEAD_CREATION: Final = positions(lead_created=100)
LAST_TOUCH: Final = positions(last=100)
LINEAR: Final = Model((Share(SCALE, Positional("all")),))
U_SHAPED: Final = positions(40, lead_created=40, others=20)
W_SHAPED: Final = positions(30, lead_created=30, opportunity_created=30, others=10)
FULL_PATH: Final = Model(
    (
        Share(225_000, Positional("first")),
        *(Share(225_000, Instant(name)) for name in (LEAD_CREATED, OPPORTUNITY_CREATED, CUSTOMER_CLOSED)),
        Share(100_000, Positional("others")),
    )
)


def last_non_direct(direct: str = DIRECT) -> Model:
    """The last touch of another channel; a touch whose channel is not known doesn't count."""
    return Model(LAST_TOUCH.shares, where=lambda t: None if t.channel is None else t.channel != direct)


def last_of(channel: str) -> Model:
    """The last touch of one channel."""
    return Model(LAST_TOUCH.shares, where=lambda t: None if t.channel is None else t.channel == channel)


def time_decay(half_life: int) -> Model:
    """All touches, each half as much for every `half_life` days before the last."""
    return Model((Share(SCALE, Positional("all"), halving=half_life),))
