"""A short policy decided twice, by the generated Python and by the reference interpreter, which must agree."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

import pytest

from leadpolicy import InputError, Policy
from leadpolicy.compiler.interpreter import Interpreter, InterpreterInputError
from leadpolicy.compiler.pipeline import compile_source
from leadpolicy.compiler.source import Source
from leadpolicy.engine.json_text import dumps
from leadpolicy.engine.replay import replay
from leadpolicy.testing.runner import run_tests

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 20, 12)
"""Without an offset: in the policy's zone."""

HEADER = """\
policy rulings version "1" {
  about    Lead
  zone     "Asia/Shanghai"
  currency CNY
  country  CN
  calendar work
  channels [wecom, email]
  unknown  ["?"]
}
"""

FACTS = """\
fact Member {
  id:      text key
  name:    text
  level:   one of [junior, senior] in order
  manager: Member or none
  quota:   number
  away:    bool
}
fact Lead {
  id:          text key
  company:     text
  region:      text
  title:       one of [manager, staff, boss]
  n:           int     ask "how many?"
  m:           int
  x:           number
  limit:       int or none
  flagged:     bool or none
  budget:      money
  tags:        list of text
  mail:        email
  phone:       phone
  span:        duration
  starts:      time
  until:       time or none
  starts_on:   date
  status:      one of [new, won, lost]
  partner:     Member or none
  owner:       Member as owner
  assigned_at: time as assigned
  created_at:  time required as created
}
event Activity of Lead {
  id:      text key
  kind:    one of [call, visit, trial]
  by:      Member or none
  seconds: int
  at:      time required as happened
}
calendar work {
  mon to fri 09:00 to 12:00, 13:00 to 18:00
  holidays   2026-12-31 to 2027-01-01
  workdays   2026-12-26
}
queue desk
pool  public
"""

BASE = HEADER + FACTS
TRUTHS = {"true": True, "false": False, "unknown": None}
Decided: TypeAlias = dict[str, Any]
Refusal: TypeAlias = tuple[str | None, str, str, str]


def lead(**fields: object) -> dict[str, object]:
    """A lead that has what is required, and these fields."""
    return {"id": "L1", "created_at": "2026-11-01 09:00", **fields}


def activity(at: str, **fields: object) -> dict[str, object]:
    """An event of lead L1, with a key of its own for each time."""
    return {"id": f"a {at}", "of": "L1", "at": at, **fields}


def policy(body: str, base: str = BASE) -> Policy:
    return Policy.from_source(base + body)


def decide(
    body: str | Policy, given: Mapping[str, object] | None = None, *, base: str = BASE, **passed: Any
) -> Decided:
    """The whole decision with its reasons, the same by both. What isn't passed of events and facts is none."""
    made = body if isinstance(body, Policy) else policy(body, base)
    passed = {"now": NOW, "events": {}, "facts": {}, **passed}
    given = lead() if given is None else given
    found = made.decide(given, **passed).to_dict(trace=True)
    if "entered" not in passed:
        passed["entered"] = _replayed(made, given, passed)
    expected = Interpreter(made.ir).run(given, **passed).decision(trace=True)
    assert dumps(found) == dumps(expected)
    return found


def _replayed(made: Policy, given: Mapping[str, object], passed: Mapping[str, Any]) -> dict[str, int] | None:
    """The stage-entry table as the interpreter finds it, asked at each full hour from the lead's creation on."""
    if not made.ir.reads_entered:
        return None
    asking = Interpreter(made.ir)
    others = {name: value for name, value in passed.items() if name != "now"}
    start = datetime.fromisoformat(str(given["created_at"]))
    hours = (passed["now"] - start) // timedelta(hours=1)
    when = [int((start + timedelta(hours=h)).replace(tzinfo=SHANGHAI).timestamp()) * 10**6 for h in range(hours + 1)]
    return replay(when, lambda at, table: asking.run(given, now=at, entered=table, **others).stages_reached())


def refused(body: str | Policy, given: Mapping[str, object], *, base: str = BASE, **passed: Any) -> list[Refusal]:
    """What is wrong with the input: lead, field, what was expected and what was found, the same by both."""
    made = body if isinstance(body, Policy) else policy(body, base)
    passed = {"now": NOW, "events": {}, "facts": {}, **passed}
    with pytest.raises(InputError) as found:
        made.decide(given, **passed)
    with pytest.raises(InterpreterInputError) as expected:
        Interpreter(made.ir).run(given, **passed).decision()
    problems = [(p.lead, p.field, p.expected, p.found) for p in found.value.problems]
    assert problems == [(p.lead, p.field, p.expected, p.found) for p in expected.value.problems]
    return problems


def truths(
    *conditions: str, given: Mapping[str, object] | None = None, body: str = "", base: str = BASE, **passed: Any
) -> list[bool | None]:
    """What each condition comes to; None where it is unknown. They are read as entries that disqualify."""
    entries = "".join(f"  c{i}: {text} -> closed\n" for i, text in enumerate(conditions))
    decided = decide(f"{body}\ndisqualify {{\n{entries}}}\n", given, base=base, **passed)
    return [TRUTHS[w["verdict"]] for w in decided["why"] if w["part"].startswith("disqualify c")]


def codes(body: str, base: str = BASE) -> list[str]:
    """The codes of everything that the compiler has to say about a policy."""
    return [code for code, _ in findings(body, base)]


def findings(body: str, base: str = BASE) -> list[tuple[str, str]]:
    """The code of each diagnostic, with its message."""
    return [(d.code, d.message) for d in compile_source(Source("p.lead", base + body)).diagnostics]


def errors(body: str, base: str = BASE) -> list[tuple[str, str]]:
    """The code of each error, with its message: what makes the policy unusable."""
    found = compile_source(Source("p.lead", base + body)).diagnostics
    return [(d.code, d.message) for d in found if d.severity == "error"]


def failures(body: str, base: str = BASE) -> list[str]:
    """What goes wrong in the tests that stand in a policy, as `lead test` plays and decides them by both."""
    made = policy(body, base)
    assert made.ir.tests
    return [f"{f.kind}: {f.text} {f.found}" for r in run_tests(made, Path("no fixtures")) for f in r.failures]
