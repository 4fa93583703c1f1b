"""Effects: what rules ask the host to do, with ids that stay the same in a replay (0012, section 9)."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from leadpolicy.engine.session.printing import as_json
from leadpolicy.engine.times import print_time
from leadpolicy.engine.values import NOTHING

if TYPE_CHECKING:
    from leadpolicy.engine.session.matches import Entry, RuleMatches
    from leadpolicy.engine.session.session import Session


class Effects:
    """Those emitted, and which of them were handed out."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._emitted: list[dict[str, object]] = []
        self._times: dict[str, int] = {}
        self._ids: list[str] = []
        self._given = 0

    def emit(self, rule: RuleMatches, entry: Entry, action: int, kind: str, parts: tuple[object, ...]) -> None:
        """One effect of a firing."""
        session = self._session
        facts = session.shown.fact_text(rule.facts_by_position(entry))
        at, name = session.now, rule.declaration.name
        content: list[object] = [session.policy.name, name, action, facts, at]
        base = as_json(content)
        count = self._times[base] = self._times.get(base, 0) + 1
        self._ids.append(base)
        text = as_json([*content, count]) if count > 1 else base
        effect: dict[str, object] = {
            "id": hashlib.sha256(text.encode()).hexdigest()[:32],
            "at": print_time(at, session.policy.zone),
            "kind": kind,
            "rule": name,
            "action": action,
            "facts": facts,
        }
        self._emitted.append(effect | self._details(kind, parts))

    def _details(self, kind: str, parts: tuple[object, ...]) -> dict[str, object]:
        zone = self._session.policy.zone
        if kind == "notify":
            to, channel, text = parts
            return {"to": _key(to), "channel": channel, "text": text, "undeliverable": _why_not(to)}
        if kind == "task":
            to, text, due = parts
            when = print_time(due, zone) if isinstance(due, int) else None
            return {"to": _key(to), "text": text, "due": when, "undeliverable": _why_not(to)}
        if kind == "send":
            to, channel, content = parts
            return {"to": to, "channel": channel, "content": content}
        if kind == "flag":
            record, flag = parts
            return {"record": self._record(record), "flag": flag}
        lead, text, destination, name, member = parts
        return {
            "lead": lead, "destination": text, "destination_kind": destination, "name": name, "member": _key(member),
        }  # fmt: skip

    def _record(self, of: object) -> object:
        assert isinstance(of, tuple)
        fact, record = of
        if isinstance(record, list):
            return self._session.shown.fact(record[-1], record)
        # A reference to what isn't in memory points to nothing.
        there = self._session.facts.get(str(fact), {}).get(str(record)) if _key(record) is not None else None
        return None if there is None else [fact, record]

    def hand_out(self) -> list[dict[str, object]]:
        """Those that were not handed out before."""
        found = self._emitted[self._given :]
        self._given = len(self._emitted)
        return found

    @property
    def count(self) -> int:
        """How many were emitted."""
        return len(self._emitted)

    def since(self, count: int) -> list[dict[str, object]]:
        """Those emitted after the first `count`."""
        return self._emitted[count:]

    def forget(self, count: int) -> None:
        """Undo all but the first `count`."""
        del self._emitted[count:]
        for base in self._ids[count:]:
            self._times[base] -= 1
        del self._ids[count:]


def _key(value: object) -> object:
    return None if value is NOTHING else value


def _why_not(value: object) -> str | None:
    if value is None:
        return "unknown"
    return "nobody" if value is NOTHING else None
