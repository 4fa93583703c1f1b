"""What a test gives, as raw input: the record that the test is about, the other facts, the time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from leadpolicy.compiler import ir
from leadpolicy.compiler.wording import Message, say

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NUMBERS = ("int", "number", "money", "percent", "work_hours", "workdays")


class GivenError(Exception):
    """Something that is given can't be passed to an engine; the message says what, and what to do."""

    def __init__(self, message: Message) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, slots=True)
class RawInput:
    """What both engines get. `start` is when the test begins, `times` all times that are given, in microseconds."""

    lead: dict[str, object]
    facts: dict[str, list[object]]
    events: dict[str, list[object]]
    now: datetime
    start: datetime
    times: tuple[int, ...] = ()
    keys: Mapping[str, str] = field(default_factory=dict)
    """The key of each given record that has a name and a key."""

    def at(self, now: datetime) -> RawInput:
        """The same at another time."""
        return replace(self, now=now)

    def changed(self, fields: dict[str, object]) -> RawInput:
        """The same with other values in the lead."""
        return replace(self, lead={**self.lead, **fields})


def raw_input(policy: ir.Policy, test: ir.Test) -> RawInput:
    """The raw input that a test's givens mean. The first record of the fact decided about is the test's lead; others
    of its kind are among the facts."""
    keys = {given.name: _key(policy, given) for given in test.given if given.name is not None}
    facts: dict[str, list[object]] = {name: [] for name in policy.reads_facts}
    events: dict[str, list[object]] = {name: [] for name in policy.reads_events}
    lead: dict[str, object] | None = None
    for given in test.given:
        fact = policy.fact(given.fact)
        record = _record(fact, given, keys)
        if given.of is not None:
            record[_link(fact)] = _known_key(given.of, fact.name, keys)
        if given.fact == policy.about and lead is None:
            lead = record
        else:
            (events if fact.event else facts).setdefault(given.fact, []).append(record)
    if lead is None:
        raise GivenError(say("a test is about a {}, and this one gives none", policy.about))
    times = [
        field.value.value
        for given in test.given
        for field in given.fields
        if field.value is not None and isinstance(field.value.value, int) and field.value.type.kind == "time"
    ]
    named = {name: str(key) for name, key in keys.items() if key is not None}
    return RawInput(lead, facts, events, moment(test.now), moment(test.start), tuple(sorted(set(times))), named)


def _link(fact: ir.Fact) -> str:
    """Under which name a record has the key of the record that it belongs to."""
    names = {field.name for field in fact.fields}
    return "of" if "of" not in names else next(n for n in (fact.of, str(fact.of).lower()) if n and n not in names)


def moment(micros: int) -> datetime:
    """Microseconds since 1970 as a time in UTC."""
    return _EPOCH + timedelta(microseconds=micros)


def micros(time: datetime) -> int:
    """A time with an offset as microseconds since 1970."""
    return (time - _EPOCH) // timedelta(microseconds=1)


def _key(policy: ir.Policy, given: ir.Given) -> object:
    key = next((f.name for f in policy.fact(given.fact).fields if f.key), None)
    return next((_raw(f.value.type, f.value.value) for f in given.fields if f.name == key and f.value), None)


def _record(fact: ir.Fact, given: ir.Given, keys: dict[str, object]) -> dict[str, object]:
    declared = {field.name: field for field in fact.fields}
    return {f.name: _value(declared[f.name], f, keys) for f in given.fields}


def _value(field: ir.FactField, given: ir.GivenField, keys: dict[str, object]) -> object:
    if given.ref is not None:
        return _known_key(given.ref, field.name, keys)
    if given.value is not None:
        return _raw(given.value.type, given.value.value)
    if given.nothing or not field.or_none:
        return None
    if not field.markers:
        raise GivenError(
            say(
                "`{}` can be none, and no text means unknown for it: "
                'add a marker to the policy, as in {}: … unknown ["?"]',
                field.name,
                field.name,
            )
        )
    return field.markers[0]


def _known_key(name: str, where: str, keys: dict[str, object]) -> object:
    if keys.get(name) is None:
        raise GivenError(say("`{}` names `{}`, which has no key: give it one", where, name))
    return keys[name]


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
