"""What a host passes to `decide`, brought into the form that the engine takes: records, and facts by their name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from leadpolicy.engine.errors import InputError, Problem
from leadpolicy.engine.intake import as_record

if TYPE_CHECKING:
    from leadpolicy.engine.intake import Events
    from leadpolicy.engine.policy import PolicyDeclaration
    from leadpolicy.engine.program import Program


def record_of(record: object) -> object:
    """The record in a model made by `policy.models`, under the policy's own names; anything else as it is."""
    return as_record(record)


def records_by_fact(policy: PolicyDeclaration, facts: object) -> dict[str, list[object]] | None:
    """Facts by their name: from a mapping of names, or from objects whose class is called like the fact."""
    if facts is None:
        return None
    if isinstance(facts, Mapping):
        return {
            _known(policy, str(name)): [record_of(r) for r in _many(str(name), records)]
            for name, records in facts.items()
        }
    by_name: dict[str, list[object]] = {name: [] for name in policy.reads_facts}
    for fact in _many("facts", facts):
        if isinstance(fact, Mapping):
            raise _mistake("facts", "records by the fact's name, or objects of the facts' classes", fact)
        name = _known(policy, getattr(type(fact), "fact_name", type(fact).__name__))
        by_name.setdefault(name, []).append(record_of(fact))
    return by_name


def events_of(policy: PolicyDeclaration, events: object) -> Events | None:
    """Events as the engine takes them; None where none are passed. A policy without events takes none: passing some
    is a mistake of the host's, not to be swallowed."""
    if events is None:
        return None
    if not isinstance(events, Mapping):
        events = events if type(events) is list else list(_many("events", events))
    if not any(fact.event for fact in policy.facts):
        if events:
            raise _mistake("events", f"no events: policy {policy.name} declares none", next(iter(events)))
        return {}
    if isinstance(events, Mapping):
        return {name: _many(str(name), rows) for name, rows in events.items()}
    return events


def entered_times(entered: Mapping[str, datetime | int], program: Program) -> dict[str, int]:
    """The stage-entry table in microseconds since 1970 UTC."""
    return {stage: at if isinstance(at, int) else program.instant(at) for stage, at in entered.items()}


def _known(policy: PolicyDeclaration, name: str) -> str:
    names = [fact.name for fact in policy.facts]
    if name not in names:
        from leadpolicy.compiler.diagnostics import nearest

        near = nearest(name, names)
        expected = f"the name of a fact ({', '.join(names)})" + (f"; did you mean {near}?" if near else "")
        raise _mistake("facts", expected, name)
    return name


def _many(name: str, records: object) -> Iterable[object]:
    if isinstance(records, str | bytes | Mapping) or not isinstance(records, Iterable):
        raise _mistake(name, "a list of records", records)
    return records


def _mistake(field: str, expected: str, found: object) -> InputError:
    text = f'"{found}"' if isinstance(found, str) else repr(found)
    return InputError((Problem(None, field, expected, text if len(text) <= 80 else f"{text[:79]}…"),))
