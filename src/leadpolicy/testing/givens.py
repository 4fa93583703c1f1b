"""What a test gives, as raw input: the record that the test is about, the other facts, the time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from leadpolicy.compiler import ir

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NUMBERS = ("int", "number", "money", "percent", "work_hours", "workdays")


class GivenError(Exception):
    """Something that is given can't be passed to an engine; the text says what, and what to do."""


@dataclass(frozen=True, slots=True)
class RawInput:
    """What both engines get."""

    lead: dict[str, object]
    facts: dict[str, list[object]]
    now: datetime


def raw_input(policy: ir.Policy, test: ir.Test) -> RawInput:
    """The raw input that a test's givens mean."""
    keys = {given.name: _key(policy, given) for given in test.given if given.name is not None}
    facts: dict[str, list[object]] = {name: [] for name in policy.reads_facts}
    leads: list[dict[str, object]] = []
    for given in test.given:
        record = _record(policy.fact(given.fact), given, keys)
        if given.fact == policy.about:
            leads.append(record)
        else:
            facts.setdefault(given.fact, []).append(record)
    if len(leads) != 1:
        raise GivenError(f"a test is about one {policy.about}, and this one gives {len(leads)}")
    return RawInput(leads[0], facts, moment(test.now))


def moment(micros: int) -> datetime:
    """Microseconds since 1970 as a time in UTC."""
    return _EPOCH + timedelta(microseconds=micros)


def _key(policy: ir.Policy, given: ir.Given) -> object:
    key = next((f.name for f in policy.fact(given.fact).fields if f.key), None)
    return next((_raw(f.value.type, f.value.value) for f in given.fields if f.name == key and f.value), None)


def _record(fact: ir.Fact, given: ir.Given, keys: dict[str, object]) -> dict[str, object]:
    declared = {field.name: field for field in fact.fields}
    return {f.name: _value(declared[f.name], f, keys) for f in given.fields}


def _value(field: ir.FactField, given: ir.GivenField, keys: dict[str, object]) -> object:
    if given.ref is not None:
        if keys.get(given.ref) is None:
            raise GivenError(f"`{field.name}` names `{given.ref}`, which has no key: give it one")
        return keys[given.ref]
    if given.value is not None:
        return _raw(given.value.type, given.value.value)
    if given.nothing or not field.or_none:
        return None
    if not field.markers:
        raise GivenError(
            f"`{field.name}` can be none, and no text means unknown for it: "
            f'add a marker to the policy, as in {field.name}: … unknown ["?"]'
        )
    return field.markers[0]


def _raw(declared: ir.Type, value: ir.ConstValue) -> object:
    if isinstance(value, tuple):
        item = declared.item or ir.Type(kind="text")
        return [_raw(item, v) for v in value]
    if isinstance(value, ir.Duration):
        return _iso(value)
    if declared.kind in _NUMBERS and isinstance(value, str | int):
        return Decimal(str(value))
    if declared.kind == "time" and isinstance(value, int):
        return moment(value)
    return value


def _iso(duration: ir.Duration) -> str:
    """A duration as ISO 8601."""
    date = (f"{duration.months}M" if duration.months else "") + (f"{duration.days}D" if duration.days else "")
    seconds, micros = divmod(duration.micros, 1_000_000)
    fraction = f".{micros:06}".rstrip("0") if micros else ""
    time = f"T{seconds}{fraction}S" if duration.micros or not date else ""
    return f"P{date}{time}"
