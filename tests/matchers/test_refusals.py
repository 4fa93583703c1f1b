"""What durable_rules can't express is said at load, all of it at once, in the author's words; it is never approximated."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from leadpolicy import Policy
from leadpolicy.compiler.to_durable import lower
from leadpolicy.durable.errors import NoDurableRulesError, NotLoweredError

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[1]
HEAD = """policy p version "1" {
  about Lead
  channels [wecom]
}
fact Member {
  id:    text key
  level: int
  boss:  Member or none
}
fact Lead {
  id:     text key
  name:   text
  status: one of [new, contacted, won]
  rank:   one of [low, high]
  size:   int
  worth:  number
  tags:   list of text
  born:   time
  d:      duration
  d2:     duration
  owner:  Member as owner
  mail:   email
}
event Call of Lead {
  seconds: int
  by:      Member
  at:      time required as happened
}
fact Note {
  text: text
  at:   time required
}
fact Hot of Lead {
  n: int
}
score fit {
  +5 when size >= 5
}
gate good {
  size: size >= 1
}
let calls = count(Call where seconds > 0)
"""
FIRST = HEAD.count("\n") + 1
"""The line of the first rule."""


def policy(*bodies: str) -> Policy:
    rules = [f"rule r{i} {{\n{body}\n  then flag lead as f\n}}\n" for i, body in enumerate(bodies)]
    return Policy.from_source(HEAD + "".join(rules), "p.lead")


def refused(*bodies: str) -> list[tuple[str, str]]:
    """What is refused, and why."""
    return [(p.text, p.reason) for p in policy(*bodies).session_support().problems]


LEAD = "  when lead: Lead"
REFUSED = [
    (f"{LEAD}\n  when count(Call of lead) >= 2", "count(Call of lead) >= 2", "counts records"),
    (f"{LEAD}\n  when distinct(by of Call of lead) >= 2", "distinct(by of Call of lead) >= 2", "counts different values"),
    (f"{LEAD}\n  when sum(seconds of Call of lead) >= 2", "sum(seconds of Call of lead) >= 2", "adds records up"),
    (f"{LEAD}\n  when first(Call of lead) is known", "first(Call of lead) is known", "picks the first or last"),
    (f"{LEAD}\n  when last(Call of lead).seconds > 1", "last(Call of lead).seconds > 1", "reads a record that is picked"),
    (f"{LEAD} where calls >= 2", "calls >= 2", "counts records"),
    (f"{LEAD} where fit >= 5", "fit >= 5", "reads a score (fit)"),
    (f"{LEAD} where good passes", "good passes", "reads a gate (good)"),
    (f"{LEAD}\n  when ago(lead.fit, 1 day) >= 5", "ago(lead.fit, 1 day) >= 5", "looks back in time (fit)"),
    (f"{LEAD} where age(born) > 1 day", "age(born) > 1 day", "changes as time passes"),
    (f"{LEAD}\n  when no Call of lead within 2 hours", "no Call of lead within 2 hours", "a window ends as time passes"),
    (f"{LEAD}\n  when any Note since lead.born", "any Note since lead.born", "a window ends as time passes"),
    (f"{LEAD} where owner.level >= 1", "owner.level >= 1", "follows a reference"),
    (f"{LEAD} where size * 2 > 3", "size * 2 > 3", "multiplies or divides"),
    (f"{LEAD} where name contains \"x\"", "name contains \"x\"", "looks into a text"),
    (f"{LEAD} where domain(mail) is \"x.com\"", "domain(mail) is \"x.com\"", "calls `domain`"),
    (f"{LEAD} where tags contains \"x\"", "tags contains \"x\"", "reads a list"),
    (f"{LEAD} where d > 2 days", "d > 2 days", "puts durations in order"),
    (f"{LEAD} where d < d2", "d < d2", "puts durations in order"),
    (f"{LEAD}\n  when lead.size > 1 or any Call of lead", "lead.size > 1 or any Call of lead", "inside another condition"),
    (
        f"{LEAD}\n  when no Call of lead where (no Note where text is lead.name)",
        "no Call of lead where (no Note where text is lead.name)", "inside another condition",
    ),
    (
        f"{LEAD}\n  when call: Call where seconds + seconds > lead.size", "seconds + seconds > lead.size",
        "several fields of one record and with another record's",
    ),
    (
        f"{LEAD} where size + size + size + size + size > 3", "size + size + size + size + size > 3",
        "adds up more than 4 numbers",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("body", "text", "reason"), REFUSED, ids=[text for _, text, _ in REFUSED])
def test_what_is_refused_and_why(body: str, text: str, reason: str) -> None:
    (problem,) = refused(body)
    assert problem[0] == text
    assert reason in problem[1]


def test_a_conclusion_of_more_than_its_match_is_refused() -> None:
    text = HEAD + f"rule r {{\n{LEAD}\n  then conclude Hot of lead {{ n: count(Call of lead) }}\n}}\n"
    (problem,) = Policy.from_source(text, "p.lead").session_support().problems
    assert "a conclusion would follow more than its match: it counts records" in problem.reason
    assert (problem.rule, problem.place) == ("r", f"p.lead:{FIRST + 2}")


def test_many_cases_are_refused() -> None:
    whole = " and ".join(f'(size is {i} or worth is {i} or name is "{i}")' for i in range(5))
    ((_, reason),) = refused(f"{LEAD} where {whole}")
    assert "more than 64 cases" in reason


def test_all_problems_are_in_one_error_in_the_order_of_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("leadpolicy.durable.calling.engine", lambda: None)
    made = policy(
        f'{LEAD} where fit >= 5 and size > 1 and name contains "x"', LEAD, f"{LEAD}\n  when sum(seconds of Call) > 1"
    )
    with pytest.raises(NotLoweredError) as caught:
        made.session(now=NOW, matcher="durable-rules")
    assert [(p.rule, p.place, p.text) for p in caught.value.problems] == [
        ("r0", f"p.lead:{FIRST + 1}", "fit >= 5"),
        ("r0", f"p.lead:{FIRST + 1}", 'name contains "x"'),
        ("r2", f"p.lead:{FIRST + 10}", "sum(seconds of Call) > 1"),
    ]
    assert str(caught.value).splitlines()[1] == (
        f"p.lead:{FIRST + 1}: rule r0: `fit >= 5`: it reads a score (fit): durable_rules works nothing out but sums"
    )
    support = made.session_support()
    assert (support.matcher, support.rules) == ("durable-rules", ("r1",))
    assert support.problems == caught.value.problems


def test_without_durable_rules_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(name: str) -> object:
        raise ImportError(name)

    monkeypatch.setattr("leadpolicy.durable.client.import_module", none)
    with pytest.raises(NoDurableRulesError, match=r"pip install 'leadpolicy\[durable\]'"):
        policy(LEAD).session(now=NOW, matcher="durable-rules")
    assert policy(LEAD).session_support().problems == ()


def test_there_are_two_matchers() -> None:
    with pytest.raises(ValueError, match="`compiled` and `durable-rules`, not `rete`"):
        policy(LEAD).session(matcher="rete")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="there is `durable-rules`, not `compiled`"):
        policy(LEAD).session_support("compiled")  # type: ignore[arg-type]


def test_no_text_of_a_policy_is_in_what_durable_rules_is_given() -> None:
    text = HEAD + (
        "rule r {\n  when lead: Lead where name is \"q\\\"}]$and\" and status is not won and rank is high\n"
        "  when no Call of lead where by is lead.owner\n  then flag lead as f\n}\n"
    )  # fmt: skip
    lowered = lower(Policy.from_source(text).ir)
    assert lowered.problems == ()
    words = {"all", "$and", "$neq", "t", "m", "priming", "link", "key"}
    for ruleset in lowered.rulesets:
        found = set(_texts(json.loads(ruleset.text)))
        assert {text for text in found - words if not re.fullmatch(r"r\d+(e\d+)?|[kv]\d+", text)} == set()


def _texts(node: object) -> list[str]:
    """All names and texts in a piece of JSON."""
    if isinstance(node, dict):
        return [*node, *(text for value in node.values() for text in _texts(value))]
    if isinstance(node, list):
        return [text for one in node for text in _texts(one)]
    return [node] if isinstance(node, str) else []


def test_which_rules_of_the_tour_can_be_expressed() -> None:
    support = Policy.load(ROOT / "tour" / "tour.lead").session_support()
    assert support.rules == ("fake_contact", "warm_introduction")
    assert [(p.rule, p.text) for p in support.problems] == [
        ("overload", "open > 40"),
        ("wrong_number", "count(Activity of lead where kind is call and seconds is 0 within 30 days) >= 3"),
    ]
