"""Every condition that the strategies know, in a rule of its own, over long histories: the compiled matcher against the
interpreter. What each condition depends on changes many times here, which seldom happens in drawn policies."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from tests.rule_strategies import (
    BASE,
    HEADER,
    HOUR,
    KEYS,
    LEADS,
    NOW,
    OF_LEAD,
    OWN,
    REQUIRED,
    SMALL,
    VALUES,
    WITH_LEAD,
    WITH_LINK,
    WITH_MEMBER,
    Naive,
    Step,
    compiled,
    trace_of,
)
from tests.session_compiled import Compiled
from tests.session_traces import difference

GUARDS = (
    "count(Act of p within 2 hours) >= 2",
    "count(Act of p where by is p.owner and seconds > 0) >= 1",
    "sum(seconds of Act of p within 5 hours) > 2",
    "average(seconds of Act of p) >= 1",
    "distinct(kind of Act of p) is 2",
    "first(Act of p).kind is call",
    "last(Act of p where kind is call within 5 hours).seconds > 0",
    "last(Note of p).n >= 1",
    "first(Lead where txt is p.txt and id is not p.id).n >= 1",
    "no Act of p between 6 hours and 2 hours ago",
    "no Mail of p where open since p.t",
    "any Lead where owner is p.owner and id is not p.id",
    "no Lead where raw >= 5 and owner is p.owner and id is not p.id",
    "any Lead where MQL and txt is p.txt",
    "count(Lead where total > 2) >= 2",
    "count(Lead where wide > p.wide) >= 1",
    "no Note of p where at > p.made within 1 day",
    "p.raw - ago(p.raw, 2 hours) >= 3",
    "p.wide - ago(p.wide, 1 day) > 0",
    "p.total < ago(p.total, 1 hour)",
    "p.fit - ago(p.fit, 1 hour) >= 2",
    "p.raw >= ago(p.raw, 2 hours)",
    "ago(p.wide, 2 hours) < 3 and ago(p.raw, 1 hour) is 0",
    "p.raw - p.wide >= 1",
    "p.n + p.m * 2 - p.k > 2",
    "p.newest.by.level >= 1",
    "p.owner.boss.level >= 1",
    "age(last(Act of p).at) > 1 hour",
    "age(p.t) in 1 hour to 3 hours",
    "age(p.t) < p.d",
    "age(p.owner.from_when) > 2 hours",
    "not during(work) and p.f",
    "low(p.wide) < high(p.wide)",
    "p.stage is known",
    "p.busy fails",
    "certainly p.f",
    "possibly (p.n >= 2)",
)
CONCLUDING = """
rule hot {
  when a: Lead where n >= 1
  then conclude Hot of a { n: 1 }
}
rule hotter {
  when a: Lead where raw >= 3
  then conclude Hot of a { n: a.m }
}
rule hottest {
  when a: Lead
  when any Act of a where kind is call within 5 hours
  then conclude Hot of a { n: 1 }
}
rule warm {
  when a: Lead where txt is known
  when no Lead where txt is a.txt and n > 2
  then conclude Warm { id: a.txt, n: 1 }
}
rule ranked {
  when a: Hot
  when b: Lead where n is a.n
  then conclude Ranked of b { rank: a.n, who: b.owner }
}
"""


def _patterns() -> Iterator[str]:
    """The bodies of rules, one for each condition."""
    for fact, asks in OWN.items():
        yield from (f"when p: {fact} where {_inside(ask)}" for ask in asks)
    for pools, other, letter in ((WITH_LEAD, "Lead", "o"), (WITH_MEMBER, "Member", "w"), (WITH_LINK, "Link", "l")):
        for fact, asks in pools.items():
            for ask in asks:
                yield f"when x: {other}\n  when p: {fact} where {ask.format(**{letter: 'x'})}"
    yield from (f"when p: Lead\n  when {guard}" for guard in GUARDS)
    yield from (f"when x: Lead\n  when p: {fact} of x" for fact in sorted(OF_LEAD))


def _inside(ask: str) -> str:
    return f"({ask})" if ask.startswith(("any", "no ")) else ask


BODIES = list(_patterns())
SIZE = 16
CHUNKS = [BODIES[start :: len(BODIES) // SIZE + 1] for start in range(len(BODIES) // SIZE + 1)]


def _value(random: Random, values: list[Any]) -> Any:
    return None if random.random() < 0.1 else random.choice(values)


def _record(random: Random, fact: str) -> dict[str, Any]:
    record: dict[str, Any] = {name: _value(random, values) for name, values in VALUES[fact].items()}
    record |= {name: random.choice(values) for name, values in REQUIRED.get(fact, {}).items()}
    if fact in KEYS:
        record["id"] = random.choice(KEYS[fact])
    if fact in OF_LEAD:
        record["of"] = random.choice(LEADS)
    return record


def history(random: Random, steps: int) -> list[Step]:
    """Inserts, updates, retractions and time, one after the other; keys come back, some in the same batch."""
    found: list[Step] = []
    inserted: list[tuple[str, dict[str, Any]]] = []
    now = NOW
    for number in range(steps):
        kind = random.random() if number > 6 else 0.0
        if kind < 0.4:
            fact = random.choice((*BASE, "Act"))
            record = _record(random, fact)
            inserted.append((fact, record))
            found.append(("batch", [("insert", fact, record)]))
        elif kind < 0.65:
            fact = random.choice(["Lead", "Lead", "Member", "Note"])
            names = random.choices(sorted(VALUES[fact]), k=2)
            fields = {name: _value(random, VALUES[fact][name]) for name in names}
            found.append(("batch", [("update", ("key", fact, random.choice(KEYS[fact])), fields)]))
        elif kind < 0.75:
            place = random.randrange(len(inserted))
            found.append(("batch", [("retract", ("nth", place))]))
        elif kind < 0.85:
            fact = random.choice(["Lead", "Lead", "Member"])
            record = _record(random, fact)
            inserted.append((fact, record))
            found.append(("batch", [("retract", ("key", fact, record["id"])), ("insert", fact, record)]))
        else:
            now += random.choice([1, HOUR // 2, HOUR, HOUR, 2 * HOUR, 3 * HOUR, 15 * HOUR])
            found.append(("advance", now))
    return found


def _policy(bodies: list[str], concluding: str, newest: str = "") -> str:
    """Each rule concludes something besides, whose supports tell which matches hold at the end of a step."""
    rules = [
        f"rule r{i} priority {i % 3} {{\n  {body}\n  then flag p as mark\n  then conclude Held {{ n: {i} }}\n}}\n"
        for i, body in enumerate(bodies)
    ]
    return HEADER.format(newest=newest) + "fact Held {\n  n: int\n}\n" + concluding + "".join(rules)


@pytest.mark.parametrize("number", range(len(CHUNKS)))
def test_a_condition_is_looked_at_whenever_something_that_it_reads_changes(number: int) -> None:
    policy = compiled(_policy(CHUNKS[number], CONCLUDING, "  newest first\n" if number % 3 == 2 else ""))
    steps = history(Random(number), 18)
    naive = trace_of(lambda p, now: Naive(p, now, **SMALL), policy, NOW, steps)
    ours = trace_of(lambda p, now: Compiled(p, now, **SMALL), policy, NOW, steps)
    assert difference(naive, ours) is None
    assert sum(len(entry["firings"]) for entry in naive) > 5
