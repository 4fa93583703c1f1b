"""Fixtures: `NAME.fixtures.jsonl` beside `NAME.lead`, one test a line.

`{"name": "…", "lead": {…}, "events": {"Activity": […]}, "facts": {"Member": […]}, "now": "2026-11-20T10:00",
"expect": {…}}`; `events`, `facts` and `now` may be left out. `expect` is a part of the decision's JSON form: objects
are compared key by key, lists as a whole, numbers as numbers; `"missing": ["a", "b"]` means at least these.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from leadpolicy.compiler import ir
from leadpolicy.compiler.diagnostics import nearest
from leadpolicy.compiler.wording import Message, foreign, joined, say, term
from leadpolicy.engine.json_text import dumps
from leadpolicy.files.encoding import open_bytes
from leadpolicy.files.jsonl_reader import loads

_KEYS = ("name", "lead", "events", "facts", "now", "expect")
_START = datetime(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Fixture:
    """One line of a fixture file. `problem`: why it can't be run."""

    line: int
    name: str
    lead: dict[str, object]
    facts: dict[str, list[object]]
    events: dict[str, list[object]]
    now: datetime
    expect: dict[str, object]
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """Where a decision isn't what a fixture expects."""

    path: str
    expected: str
    found: str


class _FixtureError(Exception):
    """A line that isn't a fixture."""

    def __init__(self, message: Message) -> None:
        super().__init__(message)
        self.message = message


def fixture_file(policy: Path) -> Path:
    """Where the fixtures of a policy stand."""
    return policy.with_name(f"{policy.stem}.fixtures.jsonl")


def read_fixtures(path: Path, policy: ir.Policy) -> Iterator[Fixture]:
    """The fixtures in a file; a line that can't be read is a fixture with a problem."""
    with open_bytes(path) as file:
        for line, data in enumerate(file, 1):
            if data.strip():
                yield _fixture(line, data, policy)


def _fixture(line: int, data: bytes, policy: ir.Policy) -> Fixture:
    name = f"line {line}"
    try:
        record = loads(data.decode("utf-8-sig"))
        if not isinstance(record, dict):
            raise _FixtureError(say("not a JSON object"))
        name = record["name"] if isinstance(record.get("name"), str) else name
        _check(record)
        facts: dict[str, list[object]] = {fact: [] for fact in policy.reads_facts}
        facts |= record.get("facts", {})
        events: dict[str, list[object]] = {event: [] for event in policy.reads_events}
        events |= record.get("events", {})
        now = datetime.fromisoformat(record["now"]) if "now" in record else _START
    except _FixtureError as error:
        return Fixture(line, name, {}, {}, {}, datetime.now(UTC), {}, error.message)
    except ValueError as error:  # a UnicodeDecodeError is one
        return Fixture(line, name, {}, {}, {}, datetime.now(UTC), {}, foreign(error))
    return Fixture(line, name, record["lead"], facts, events, now, record["expect"])


def _check(record: Mapping[str, object]) -> None:
    for key in record:
        if key not in _KEYS:
            near = nearest(key, _KEYS)
            text = say("a fixture has no `{}`", key)
            raise _FixtureError(say("{}; did you mean `{}`?", text, near) if near else text)
    for key in ("lead", "expect"):
        if not isinstance(record.get(key), dict):
            raise _FixtureError(say("`{}` must be an object", key))
    for key in ("facts", "events"):
        records = record.get(key, {})
        if not isinstance(records, dict) or not all(isinstance(r, list) for r in records.values()):
            raise _FixtureError(say("`{}` must be an object with a list of records for each name", key))
    if not isinstance(record.get("now", ""), str):
        raise _FixtureError(say("`now` must be a text, such as 2026-11-20T10:00"))


def differences(expected: Mapping[str, object], found: Mapping[str, object]) -> list[Difference]:
    """Where the decision isn't what is expected of it."""
    return list(_in_object("", expected, found))


def _in_object(path: str, expected: Mapping[str, object], found: Mapping[str, object]) -> Iterator[Difference]:
    for key, value in expected.items():
        inner = f"{path}.{key}" if path else key
        if key not in found:
            near = nearest(key, found)
            text = say("nothing of that name")
            yield Difference(inner, _shown(value), say("{}; did you mean `{}`?", text, near) if near else text)
        elif inner == "missing" and isinstance(value, list) and all(isinstance(v, str) for v in value):
            yield from _missing(value, found[key])
        else:
            yield from _in_value(inner, value, found[key])


def _in_value(path: str, expected: object, found: object) -> Iterator[Difference]:
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        yield from _in_object(path, expected, found)
    elif not _equal(expected, found):
        yield Difference(path, _shown(expected), _shown(found))


def _missing(expected: list[str], found: object) -> Iterator[Difference]:
    items = found if isinstance(found, list | tuple) else ()
    names = [str(item["field"]) for item in items]
    for name in expected:
        if name not in names:
            yield Difference("missing", say("at least {}", name), joined(names) if names else term("nothing"))


def _equal(expected: object, found: object) -> bool:
    if isinstance(expected, bool) or isinstance(found, bool):
        return expected is found
    if isinstance(expected, int | Decimal) and isinstance(found, int | Decimal):
        return expected == found
    if isinstance(expected, list) and isinstance(found, list | tuple):
        return len(expected) == len(found) and all(map(_equal, expected, found))
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        return expected.keys() == found.keys() and all(_equal(expected[k], found[k]) for k in expected)
    return type(expected) is type(found) and expected == found


def _shown(value: object) -> str:
    return dumps(value)
