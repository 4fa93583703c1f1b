"""Credit for touches: the attribution blocks of a policy over its records (rulings 69 to 72)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from leadpolicy.engine.attribution import Model, Touch, attribute, rounded
from leadpolicy.engine.numbers import as_decimal, as_number
from leadpolicy.engine.policy import AttributionDeclaration, PolicyDeclaration, Results, Values
from leadpolicy.engine.printing import print_value
from leadpolicy.engine.records import Record
from leadpolicy.engine.times import print_time, to_datetime


@dataclass(frozen=True, slots=True)
class Credit:
    """One touch's part. `event`: its key, None where the type has none; `share` is exact, `credit` rounded."""

    event: object
    at: datetime
    credit: Decimal
    share: Fraction
    printed: dict[str, object]

    def to_dict(self) -> dict[str, object]:
        """As decisions print it."""
        return dict(self.printed)


def credits_of(
    policy: PolicyDeclaration, declared: AttributionDeclaration, values: Values, results: Results
) -> tuple[Credit, ...]:
    """The touches that remain, in order, each with its credit."""
    records, times = declared.touches(values, results)
    touches = _remaining(records, declared)
    named = {str(index): at if isinstance(at, int) else None for index, at in enumerate(times)}
    given = attribute([Touch(at) for at, _ in touches], Model(declared.shares), named, policy.zone)
    return tuple(_credit(policy, declared, *one) for one in zip(touches, given, strict=True))


def _remaining(records: Sequence[Record], declared: AttributionDeclaration) -> list[tuple[int, Record]]:
    """The dated touches that lie in the window back from the last of them."""
    dated = [(at, row) for row in records if isinstance(at := row[declared.dated], int)]
    if declared.window is None or not dated:
        return dated
    last = dated[-1][0]
    return [touch for touch in dated if last - touch[0] < declared.window]


def _credit(
    policy: PolicyDeclaration, declared: AttributionDeclaration, touch: tuple[int, Record], share: Fraction
) -> Credit:
    at, row = touch
    fact = policy.facts[declared.fact]
    event = None if fact.key is None else print_value(fact.fields[fact.key].type, row[fact.key], policy.zone)
    credit = rounded(share)
    printed = {"event": event, "at": print_time(at, policy.zone), "credit": as_number(credit, True)}
    return Credit(event, to_datetime(at, policy.zone), as_decimal(credit, True), share, printed)
