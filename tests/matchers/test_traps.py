"""What durable_rules does otherwise than one would think, by itself, and that sessions matched by it don't care."""

from __future__ import annotations

import gc
import json
import subprocess
import sys
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from leadpolicy import Policy
from leadpolicy.compiler.to_durable import lower
from leadpolicy.durable.client import Client, engine
from leadpolicy.engine.session.errors import ActionError, LoopError
from leadpolicy.engine.session.operations import Insert, Retract
from leadpolicy.engine.session.session import Session

pytestmark = pytest.mark.usefixtures("durable_rules")
NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[2]
HEAD = """policy p version "1" {{
  about Lead
{header}}}
fact Lead {{
  id:   text key
  name: text
  size: int
  rate: number
  at:   time
  s:    int
  sid:  text
}}
event Call of Lead {{
  seconds: int
  at:      time required as happened
}}
fact Hot of Lead {{
  size: int
}}
fact Paper {{
  id:   text key
  size: int required
}}
"""
_NAMES = count()


def session(rules: str, header: str = "", **limits: int) -> Session:
    made = Policy.from_source(HEAD.format(header=header) + rules, "p.lead")
    return made.session(now=NOW, matcher="durable-rules", **limits)


def fired(made: Session) -> list[str]:
    return [" ".join([rule, *(str(f[1] or f[2]) for f in facts)]) for _, rule, facts in made.firings]  # type: ignore[index]


def rule(body: str, action: str = "flag p as f", name: str = "r") -> str:
    return f"rule {name} {{\n{body}\n  then {action}\n}}\n"


class Raw:
    """durable_rules alone. A call gives what was joined: the names of rules with the messages' ids."""

    def __init__(self, rules: dict[str, Any]) -> None:
        self._engine = engine()
        self._handle = self._engine.create_ruleset(f"raw{next(_NAMES)}", json.dumps(rules))
        self.results: list[int] = []

    def put(self, **message: Any) -> list[tuple[Any, ...]]:
        return self._do(self._engine.assert_fact, message)

    def take(self, **message: Any) -> list[tuple[Any, ...]]:
        return self._do(self._engine.retract_fact, message)

    def _do(self, call: Any, message: dict[str, Any]) -> list[tuple[Any, ...]]:
        result, state = call(self._handle, json.dumps(message))
        self.results.append(result)
        found = []
        started = self._engine.start_action_for_state(self._handle, state)
        text = started[1] if started else None
        while text:
            ((name, records),) = json.loads(text).items()
            found.append((name, *(record.get("id") for record in records.values())))
            text = self._engine.complete_and_start_action(self._handle, state)
        return sorted(found)


def runs(code: str) -> bool:
    """Whether a process of its own comes to the end of it."""
    return subprocess.run([sys.executable, "-c", code], capture_output=True, cwd=ROOT, check=False).returncode == 0


# ── `no` ──


def test_none_comes_back_while_another_record_is_in_the_way() -> None:
    raw = Raw({"r": {"all": [{"a": {"t": 1}}, {"b$not": {"$and": [{"t": 2}, {"y": {"a": "x"}}]}}]}})
    assert raw.put(id=1, t=1, x=5) == [("r", 1)]
    assert raw.put(id=2, t=2, y=5) == raw.put(id=3, t=2, y=5) == []
    assert raw.take(id=2) == [("r", 1)], "though 3 is still there"


def test_a_match_comes_back_when_the_last_record_in_its_way_has_gone() -> None:
    made = session(rule("  when p: Lead\n  when no Call of p where seconds > 0"))
    made.insert("Lead", {"id": "L"})
    calls = [made.insert("Call", {"of": "L", "seconds": 5, "at": NOW}) for _ in range(2)]
    assert fired(made) == ["r L"]
    made.retract(calls[0])
    assert fired(made) == ["r L"]
    made.retract(calls[1])
    assert fired(made) == ["r L", "r L"]


def test_a_record_that_may_be_in_the_way_is() -> None:
    made = session(rule("  when p: Lead\n  when no Call of p where seconds > 0"))
    made.insert("Call", {"of": "L", "at": NOW})
    made.insert("Call", {"of": "M", "seconds": 0, "at": NOW})
    for key in ("L", "M"):
        made.insert("Lead", {"id": key})
    assert fired(made) == ["r M"]


# ── Joins ──


def test_a_message_never_joins_itself_but_a_fact_may_stand_for_two_names() -> None:
    raw = Raw({"r": {"all": [{"a": {"t": 1}}, {"b": {"t": 1}}]}})
    assert raw.put(id=1, t=1) == []
    assert raw.put(id=2, t=1) == [("r", 1, 2), ("r", 2, 1)]
    made = session(rule("  when p: Lead\n  when q: Lead where size is p.size"))
    made.insert("Lead", {"id": "L", "size": 1})
    made.insert("Lead", {"id": "M", "size": 1})
    assert fired(made) == ["r L L", "r L M", "r M L", "r M M"]


def test_a_field_that_is_missing_is_equal_to_any_or_breaks_the_join_but_not_here() -> None:
    raw = Raw({"r": {"all": [{"a": {"$and": [{"t": 1}, {"x": {"$m": "y"}}]}}]}})
    assert raw.put(id=1, t=1, x=5) == [("r", 1)], "y isn't there at all"
    raw = Raw(
        {
            "r": {
                "all": [
                    {"a": {"t": 1}},
                    {"b": {"$and": [{"t": 2}, {"$gt": {"y": {"a": "x"}}}, {"$and": [{"t": 2}]}]}},
                ]
            }
        }
    )
    raw.put(id=1, t=1)
    with pytest.raises(Exception, match="error code: 311"):
        raw.put(id=2, t=2, y=1)
    made = session(rule("  when p: Lead where size is s\n  when q: Lead where size is p.s and rate > p.rate"))
    made.batch([Insert("Lead", {"id": "L", "size": 1}), Insert("Lead", {"id": "M", "s": 1, "rate": 1})])
    assert fired(made) == []


def test_a_chain_of_tests_is_read_beyond_its_end_unless_another_ends_within_it() -> None:
    """A chain whose last test is false is followed until some byte behind it is an end: it crashes now and then."""
    policy = Policy.from_source(
        HEAD.format(header="") + rule("  when p: Lead where size > 1\n  when q: Lead where s is p.s")
    )
    for ruleset in lower(policy.ir).rulesets:
        for name, one in json.loads(ruleset.text).items():
            for pattern in one["all"]:
                (tests,) = pattern.values()
                assert name == "priming" or list(tests["$and"][-1]) == ["$and"]


# ── Values ──


def test_texts_and_numbers_are_one_there_and_not_here() -> None:
    tests = {"$and": [{"t": 2}, {"y": {"a": "x"}}, {"$and": [{"t": 2}]}]}
    raw = Raw({"r": {"all": [{"a": {"t": 1}}, {"b": tests}]}})
    raw.put(id=1, t=1, x="5")
    assert raw.put(id=2, t=2, y=5) == [("r", 1, 2)]
    made = session(rule("  when p: Lead\n  when q: Lead where name is p.sid and id is not p.id"))
    names = ["5", "5.0", "05", "甲", "甲x", 'a"b\\\n', "\u202e", "null", "true", "x" * 9000, "x" * 9001, "😀"]
    for i, name in enumerate(names):
        made.insert("Lead", {"id": f"n{i:02}", "name": name})
    for i, name in enumerate(names):
        made.insert("Lead", {"id": f"s{i:02}", "sid": name})
    assert fired(made) == [f"r s{i:02} n{i:02}" for i in range(len(names))]


def test_decimals_are_binary_there_and_exact_here() -> None:
    raw = Raw({"r": {"all": [{"a": {"$and": [{"t": 1}, {"x": 123456789012.123456}]}}]}})
    assert raw.put(id=1, t=1, x=123456789012.123457) == [("r", 1)]
    made = session(
        rule("  when p: Lead where rate is 123456789012.123456", name="same")
        + rule("  when p: Lead where rate > 123456789012.123455", name="more")
        + rule("  when p: Lead\n  when q: Lead where rate is p.rate and id is not p.id", name="joined")
        + rule("  when p: Lead\n  when q: Lead where rate - p.rate is 0.000001", name="apart")
        + rule("  when p: Lead where size is 999999999999 and size - 1 < 999999999999", name="big")
    )
    for key, rate in (("A", "123456789012.123455"), ("B", "123456789012.123456"), ("C", "123456789012.123456")):
        made.insert("Lead", {"id": key, "rate": rate, "size": 999_999_999_999 if key == "A" else None})
    expected = ["apart A B", "apart A C", "big A", "joined B C", "joined C B", "more B", "more C", "same B", "same C"]
    assert sorted(fired(made)) == expected


def test_fields_may_be_named_as_durable_rules_names_its_own() -> None:
    made = session(rule('  when p: Lead where s is 1 and sid is "0"\n  when no Lead where s is 2'))
    made.insert("Lead", {"id": "sid-0", "s": 1, "sid": "0"})
    assert fired(made) == ["r sid-0"]


# ── Messages ──


def test_equal_facts_are_refused_there_and_counted_here() -> None:
    raw = Raw({"r": {"all": [{"a": {"t": 1}}]}})
    raw.put(t=1, x=1)
    raw.put(t=1, x=1)
    assert raw.results == [0, 2]
    made = session(rule("  when p: Call where seconds > 1"))
    for _ in range(3):
        made.insert("Call", {"of": "L", "seconds": 5, "at": NOW})
    assert len(made.firings) == 3


def test_numbers_of_messages_are_told_apart_by_32_bits() -> None:
    first, second = _colliding()
    raw = Raw({"r": {"all": [{"a": {"t": 1}}]}})
    raw.put(id=first, t=1)
    raw.put(id=second, t=1)
    assert raw.results == [0, 2], "another message, but it `has already been observed`"
    made = session(rule("  when p: Lead"))
    joining = made.network.all[0].args  # type: ignore[attr-defined]
    assert joining == (0,)
    put = Client.put
    taken: list[int] = []

    def twice(self: Client, number: int, message: dict[str, int]) -> Any:
        if not taken:
            taken.append(number)
            return None
        return put(self, number, message)

    Client.put = twice  # type: ignore[method-assign]
    try:
        made.insert("Lead", {"id": "L"})
    finally:
        Client.put = put  # type: ignore[method-assign]
    made.retract(("Lead", "L"))
    made.insert("Lead", {"id": "L"})
    assert fired(made) == ["r L", "r L"]


def _colliding() -> tuple[int, int]:
    """Two numbers whose texts have the same FNV-1a hash of 32 bits."""
    seen: dict[int, int] = {}
    for number in range(1, 1_000_000):
        found = 2166136261
        for byte in str(number).encode():
            found = ((found ^ byte) * 16777619) & 0xFFFFFFFF
        if found in seen:
            return seen[found], number
        seen[found] = number
    raise AssertionError


def test_what_no_rule_has_a_place_for_is_an_error_there_and_none_here() -> None:
    raw = Raw({"r": {"all": [{"a": {"t": 1}}]}})
    raw.put(id=1, t=7)
    assert raw.results == [1], "`Could not handle message`"
    made = session(rule("  when p: Lead where size > 1"))
    made.insert("Paper", {"id": "P", "size": 1})
    made.insert("Lead", {"id": "L", "size": 1})
    made.update(("Lead", "L"), {"size": 2})
    made.retract(("Paper", "P"))
    assert fired(made) == ["r L"]


# ── Many rules, many sessions ──


def test_65_tests_of_a_message_are_too_many_there() -> None:
    rules = {f"r{i}": {"all": [{"a": {"$and": [{"t": 1}, {"$gt": {"x": i}}]}}]} for i in range(70)}
    with pytest.raises(Exception, match="error code: 303"):
        Raw(rules).put(id=1, t=1, x=1000)
    made = session("".join(rule(f"  when p: Lead where size > {i}", name=f"r{i}") for i in range(150)))
    made.insert("Lead", {"id": "L", "size": 120})
    assert len(made.firings) == 120


def test_4097_rules_are_too_many_there() -> None:
    with pytest.raises(Exception, match="error code: 106"):
        Raw({f"r{i}": {"all": [{"a": {"t": i % 100}}]} for i in range(4097)})


def test_sessions_know_nothing_of_each_other_and_are_freed() -> None:
    text = HEAD.format(header="") + rule("  when p: Lead where size > 1")
    policy = Policy.from_source(text)
    made = [policy.session(now=NOW, matcher="durable-rules") for _ in range(3)]
    for i, one in enumerate(made):
        one.insert("Lead", {"id": f"L{i}", "size": 5})
    assert [fired(one) for one in made] == [["r L0"], ["r L1"], ["r L2"]]
    del made, one
    gc.collect()
    assert policy.session(now=NOW, matcher="durable-rules").firings == []


def test_sessions_that_come_and_go_are_freed_safely() -> None:
    """A ruleset that has joined nothing yet frees, there, what was never set: ours have joined something."""
    code = (
        "from datetime import datetime, UTC\nfrom leadpolicy import Policy\nimport gc\n"
        f"policy = Policy.load({str(ROOT / 'benchmarks' / 'matching' / 'memory.lead')!r}, cache=False)\n"
        "for i in range(60):\n"
        "    policy.session(now=datetime(2026, 11, 20, tzinfo=UTC), matcher='durable-rules').insert('Lead', {'id': 'L'})\n"
        "gc.collect()\n"
    )
    assert runs(code)


# ── What stays the session's ──


def test_an_action_that_fails_surfaces() -> None:
    made = session(rule("  when p: Lead", "add Paper { id: p.id, size: p.size }"))
    with pytest.raises(ActionError) as caught:
        made.insert("Lead", {"id": "L"})
    assert [(f.rule, f.word, f.field) for f in caught.value.failures] == [("r", "field", "size")]
    made.insert("Lead", {"id": "M", "size": 1})
    assert [row[:2] for row in made.memory()] == [["Lead", "L"], ["Lead", "M"], ["Paper", "M"]]


def test_an_instant_that_is_undone_is_undone_there_too() -> None:
    made = session(
        rule("  when p: Lead where s is 1", "set p.s to 2", "up")
        + rule("  when p: Lead where s is 2", "set p.s to 1", "down")
        + rule("  when p: Lead\n  when no Lead where s is 1", "flag p as f", "calm")
        + rule("  when p: Lead where s is 0\n  when q: Lead where s is 3", "flag p as f", "pair"),
        most_of_a_match=4,
    )
    made.insert("Lead", {"id": "L", "s": 0})
    with pytest.raises(LoopError):
        made.batch([Retract(("Lead", "L")), Insert("Lead", {"id": "M", "s": 1})])
    assert [row[1] for row in made.memory()] == ["L"]
    made.insert("Lead", {"id": "N", "s": 3})
    assert fired(made) == ["calm L", "calm N", "pair L N"]
    made.insert("Paper", {"id": "P", "size": 1})
    made.retract(("Lead", "L"))
    made.insert("Lead", {"id": "L", "s": 0})
    assert fired(made) == ["calm L", "calm N", "pair L N", "calm L", "pair L N"]


def test_the_newest_match_is_first_where_the_header_says_so() -> None:
    made = session(rule("  when p: Lead"), header="  newest first\n")
    made.batch([Insert("Lead", {"id": "L2"}), Insert("Lead", {"id": "L1"})])
    assert fired(made) == ["r L2", "r L1"]


def test_a_session_says_why_whoever_found_its_matches() -> None:
    policy = Policy.from_source(
        HEAD.format(header="")
        + rule("  when p: Lead where size > 1\n  when no Call of p", "conclude Hot of p { size: p.size }"),
        "p.lead",
    )
    made = [policy.session(now=NOW, matcher=matcher) for matcher in ("compiled", "durable-rules")]
    for one in made:
        one.insert("Lead", {"id": "L", "size": 2})
        one.insert("Lead", {"id": "M", "size": 2})
        one.insert("Call", {"of": "M", "at": NOW})
    said = [
        [str(one.why("r", [("Lead", "L")])), str(one.why_not("r", ("Lead", "M"))), str(one.explain("L"))]
        for one in made
    ]
    assert said[0] == said[1]
    assert "fails: no Call of p" in said[0][1]
