"""A short policy with rules, played in the interpreter's session; firings and facts as short words."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from leadpolicy.compiler import ir
from leadpolicy.compiler.interpreter import InterpreterInputError, times
from leadpolicy.compiler.interpreter.session import FailedFiringsError, Insert, Session
from leadpolicy.compiler.pipeline import compile_source
from leadpolicy.compiler.source import Source

START = datetime(2026, 11, 20, 9)
"""A Friday, in the policy's zone."""

HEADER = """policy sessions version "1" {
  about Lead
  zone "Asia/Shanghai"
  calendar work
  channels [wecom, email]
  unknown ["?"]
NEWEST}
"""
FACTS = """fact Member {
  id:      text key
  name:    text
  level:   int
  manager: Member or none
}
fact Lead {
  id:         text key
  company:    text
  n:          int
  m:          int or none
  need:       int required
  flagged:    bool
  status:     one of [new, contacted, won, lost]
  seen:       time
  term:       duration
  owner:      Member as owner
  created_at: time required as created
}
event Activity of Lead {
  kind:    one of [call, visit]
  seconds: int
  by:      Member or none
  at:      time required as happened
}
fact Link {
  from_company: text
  to_company:   text
  kind:         one of [partner, rival]
}
fact Step {
  id: text key
  n:  int
}
fact Warm of Lead {
  via: text
  n:   int
}
fact Hot of Lead {
  why: text
}
fact Best {
  id:  text key
  who: text
}
calendar work {
  mon to fri 09:00 to 12:00, 13:00 to 18:00
}
queue desk
pool public
"""


def compiled(rules: str, *, newest_first: bool = False) -> ir.Policy:
    """A policy with these rules, and what else stands among them."""
    header = HEADER.replace("NEWEST", "  newest first\n" if newest_first else "")
    result = compile_source(Source("sessions.lead", header + FACTS + rules))
    assert result.policy is not None, [d.message for d in result.diagnostics]
    return result.policy


class Play:
    """A session with short words."""

    def __init__(self, rules: str, *, newest_first: bool = False, now: datetime = START, **limits: int) -> None:
        self.policy = compiled(rules, newest_first=newest_first)
        self.session = Session(self.policy, now, **limits)
        self._seen = 0

    def lead(self, key: str = "L1", **fields: Any) -> int:
        return self.session.insert("Lead", lead(key, **fields))

    def member(self, key: str = "m1", **fields: Any) -> int:
        return self.session.insert("Member", {"id": key, **fields})

    def activity(self, of: str = "L1", at: datetime | str = START, **fields: Any) -> int:
        return self.session.insert("Activity", {"of": of, "at": at, **fields})

    def link(self, one: str, other: str, kind: str = "partner") -> int:
        return self.session.insert("Link", {"from_company": one, "to_company": other, "kind": kind})

    def step(self, key: str, n: int = 0) -> int:
        return self.session.insert("Step", {"id": key, "n": n})

    def batch(self, *rows: tuple[str, dict[str, Any]]) -> list[int | None]:
        return self.session.batch([Insert(fact, record) for fact, record in rows])

    def set(self, key: str = "L1", **fields: Any) -> None:
        self.session.update(("Lead", key), fields)

    def retract(self, target: int | str) -> None:
        self.session.retract(("Lead", target) if isinstance(target, str) else target)

    def after(self, **span: float) -> None:
        """Time passes: hours, days, …"""
        micros = round(timedelta(**span).total_seconds() * 1_000_000)
        self.session.advance_to(self.session.now + micros)

    @property
    def fired(self) -> list[str]:
        """What has fired since this was asked last: `greet L1 m1`."""
        new, self._seen = self.session.firings[self._seen :], len(self.session.firings)
        return [" ".join([f.rule, *(_short(fact) for fact in f.facts)]) for f in new]

    @property
    def concluded(self) -> list[str]:
        """The concluded facts, with how many supports each has: `Warm L1 via=a ×2`."""
        shown = []
        for record, supports in self.session.conclusions():
            said = " ".join(f"{k}={v}" for k, v in record.values.items() if v is not None and not _absent(v))
            shown.append(f"{record.fact} {record.link or record.key} {said} ×{len(supports)}")
        return shown

    def value(self, field: str, key: str = "L1", fact: str = "Lead") -> Any:
        """A field of a base fact, as the interpreter keeps it."""
        return next(r.values[field] for r in self.session.facts() if (r.fact, r.key) == (fact, key))

    @property
    def keys(self) -> list[str]:
        """The base facts."""
        return [f"{r.fact} {r.key or r.link or '-'}" for r in self.session.facts()]

    @property
    def clock(self) -> str:
        """Now, on the wall."""
        return times.show_time(self.session.now, self.policy.zone)[:16]


def lead(key: str = "L1", **fields: Any) -> dict[str, Any]:
    """A lead that has what is required."""
    return {"id": key, "need": 1, "created_at": "2026-11-01 09:00", **fields}


def _absent(value: object) -> bool:
    return type(value).__name__ == "Absent"


def _short(fact: Any) -> str:
    if fact[1] is not None:
        return str(fact[1])
    return "/".join(str(v) for v in [fact[2], *fact[3]] if v is not None and v != {})


def problems(error: InterpreterInputError) -> list[tuple[str | None, str, str, str]]:
    """What an InputError says."""
    return [(p.lead, p.field, p.expected, p.found) for p in error.problems]


def failures(error: FailedFiringsError) -> list[tuple[str, int, str, str | None]]:
    """What failed: rule, action, word, field."""
    return [(f.rule, f.action, f.word, f.field) for f in error.failures]
