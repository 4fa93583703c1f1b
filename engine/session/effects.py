"""Effects: what rules ask the host to do, with ids that stay the same in a replay (0012, section 9)."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from leadpolicy.engine.session.printing import as_json
from leadpolicy.engine.times import print_time
from leadpolicy.engine.values import NOTHING

if TYPE_CHECKING:
    from leadpolicy.engine.session.memory import Memory
    from leadpolicy.engine.session.network import Match, RuleDeclaration


class Effects:
    """Those emitted, and which of them were handed out. How they look is worked out when they are asked for."""

    def __init__(self, session: Memory) -> None:
        self._session = session
        self._raw: list[tuple[RuleDeclaration, Match, int, int, tuple[Any, ...]]] = []
        self._made: list[dict[str, object]] = []
        self._times: dict[str, int] = {}
        self._given = 0

    def emit(self, rule: RuleDeclaration, match: Match, at: int, sequence: int, step: tuple[Any, ...]) -> None:
        """One effect of a firing: its match, the instant, the number of the last change before it, (action, kind,
        parts)."""
        action, kind, parts = step
        if kind == "flag" and isinstance(parts[0][1], list):
            parts = ((parts[0][0], self._session.as_of(parts[0][1], sequence).copy()), parts[1])
        self._raw.append((rule, match, at, sequence, (action, kind, parts)))

    def _make(self) -> None:
        session = self._session
        for rule, match, at, sequence, (action, kind, parts) in self._raw[len(self._made) :]:
            facts = [
                session.shown.fact(type_, session.as_of(fact, sequence))
                for type_, fact in zip(rule.types, match, strict=True)
            ]
            content: list[object] = [session.policy.name, rule.name, action, facts, at]
            text = as_json(content)
            count = self._times[text] = self._times.get(text, 0) + 1
            text = as_json([*content, count]) if count > 1 else text
            effect: dict[str, object] = {
                "id": hashlib.sha256(text.encode()).hexdigest()[:32],
                "at": print_time(at, session.policy.zone),
                "kind": kind,
                "rule": rule.name,
                "action": action,
                "facts": facts,
            }
            self._made.append(effect | self._details(kind, parts))

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
        return None if record is None else [fact, record]

    def hand_out(self) -> list[dict[str, object]]:
        """Those that were not handed out before."""
        given, self._given = self._given, len(self._raw)
        return self.since(given)

    @property
    def count(self) -> int:
        """How many were emitted."""
        return len(self._raw)

    def since(self, count: int) -> list[dict[str, object]]:
        """Those emitted after the first `count`."""
        self._make()
        return self._made[count:]

    def forget(self, count: int) -> None:
        """Undo all but the first `count`; the others were not asked for."""
        del self._raw[count:]


def _key(value: object) -> object:
    return None if value is NOTHING else value


def _why_not(value: object) -> str | None:
    if value is None:
        return "unknown"
    return "nobody" if value is NOTHING else None
