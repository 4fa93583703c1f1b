"""Everything that goes wrong in a session is said in Chinese, too."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from leadpolicy import ActionError, ConflictError, InputError, Insert, LoopError, NoSuchPartError, Policy, Session
from leadpolicy.compiler.wording_zh import foreign_in_chinese

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
POLICY = """策略 会话 version "1" {
  about 线索
}
fact 线索 {
  号: text key
  人数: int
  页数: int
}
event 行为 of 线索 {
  时间: time required as happened
}
fact 纸 {
  号: text key
  人数: int required
}
fact 热 {
  号: text key
  人数: int
}
rule 热的 {
  when x: 线索 where 人数 >= 5
  then conclude 热 { 号: "h", 人数: x.人数 }
}
rule 加纸 {
  when x: 线索 where 人数 is unknown
  then add 纸 { 号: x.号, 人数: x.页数 }
}
rule 换钥匙 {
  when x: 线索 where 人数 is 2
  then add 纸 { 号: "p", 人数: 1 }
}
rule 循环 {
  when x: 线索 where 人数 is 0
  then set x.人数 to 1
}
rule 循环回来 {
  when x: 线索 where 人数 is 1
  then set x.人数 to 0
}
"""


def session() -> Session:
    made = Policy.from_source(POLICY).session(now=NOW)
    made.insert("线索", {"号": "甲", "人数": 3})
    return made


def two_papers(s: Session) -> None:
    s.insert("纸", {"号": "p", "人数": 9})
    s.insert("线索", {"号": "乙", "人数": 2})


WRONG: dict[str, tuple[type[Exception], Callable[[Session], Any]]] = {
    "no such type": (InputError, lambda s: s.insert("空", {})),
    "another record of the key": (InputError, lambda s: s.insert("线索", {"号": "甲", "人数": 4})),
    "a concluded type": (InputError, lambda s: s.insert("热", {"号": "h"})),
    "no link": (InputError, lambda s: s.insert("行为", {"时间": NOW})),
    "no such fact": (InputError, lambda s: s.update(("线索", "乙"), 人数=3)),
    "no such handle": (InputError, lambda s: s.retract(99)),
    "an event that changes": (
        InputError,
        lambda s: s.update(s.insert("行为", {"of": "甲", "时间": NOW}), 时间=NOW),
    ),
    "no such field": (InputError, lambda s: s.update(("线索", "甲"), 数=3)),
    "another key": (InputError, lambda s: s.update(("线索", "甲"), 号="乙")),
    "back in time": (InputError, lambda s: s.advance_to(NOW - timedelta(hours=1))),
    "no such conclusion": (InputError, lambda s: s.supports(("热", "h"))),
    "no such rule": (NoSuchPartError, lambda s: s.why_not("热")),
    "no lead of that key": (InputError, lambda s: s.explain("乙")),
    "an action that fails": (ActionError, lambda s: s.insert("线索", {"号": "乙"})),
    "two that fail": (ActionError, lambda s: s.batch([Insert("线索", {"号": k}) for k in ("乙", "丙")])),
    "a key that is taken": (ActionError, two_papers),
    "rules that go round": (LoopError, lambda s: s.insert("线索", {"号": "乙", "人数": 0})),
    "conclusions that clash": (
        ConflictError,
        lambda s: s.batch([Insert("线索", {"号": "乙", "人数": 5}), Insert("线索", {"号": "丙", "人数": 6})]),
    ),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_goes_wrong_is_said_in_chinese(wrong: str) -> None:
    kind, do = WRONG[wrong]
    with pytest.raises(kind) as caught:
        do(session())
    error = caught.value
    said = [str(error)]
    if isinstance(error, InputError):
        said = [text for p in error.problems for text in (p.expected, p.found)]
    for text in said:
        chinese = foreign_in_chinese(text)
        assert not re.search("[A-Za-z]{3,}", re.sub("<source>", "", chinese)), chinese


def test_what_failed_says_rule_and_place_in_both_languages() -> None:
    with pytest.raises(ActionError) as caught:
        session().insert("线索", {"号": "乙"})
    said = str(caught.value)
    assert said == "rule 加纸, action 1 (<source>:26): field `人数` has no value that it can have"
    assert foreign_in_chinese(said) == "规则 加纸，动作 1（<source>:26）：字段 `人数` 没有可用的值"
