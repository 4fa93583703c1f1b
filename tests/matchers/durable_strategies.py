"""Hypothesis strategies for policies all of whose rules durable_rules can express; facts and histories are those of
`tests/rule_strategies.py`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hypothesis import strategies as st

from tests.rule_strategies import HEADER, OF_LEAD, History, histories

ALONE: Mapping[str, list[str]] = {
    "Lead": [
        "n >= 1", "n is 2", "m < 2", "c is a", "c in [a, b]", "c not in [a, x]", "c is not x", "n is known", "n is unknown",
        "k is known", "k is not known", "f", "not f", "k > 0", "n + m >= 2", "n is m", "n - k < m", "k is not n", "t < made",
        "owner is known", "certainly f", "possibly (n >= 1)", 'txt is "p"', 'txt is not "L1"', "big", "not big",
        "t is unknown", "m in 1 to 2", "n in m to 3", "not (n >= 2 and c is a)", "(k is 1 or c is b)", "not possibly f",
        "(f or n is unknown)", "d is unknown", "n + n > 3", "2 - m <= k", "(f is unknown or not certainly f)",
    ],
    "Act": ["kind is call", "seconds > 0", "seconds is 0", "by is known", "kind is visit", "not (seconds in 1 to 3)"],
    "Mail": ["open", "open is known", "not open", "possibly open"],
    "Link": ["kind is x", 'left is "p"', "left is not right", "right is known", "(left is right or kind is y)"],
    "Note": ["n > 0", "n is known", "n is not 1"],
    "Member": ["level >= 1", "boss is known", "boss is not known", "level is not 0"],
    "Hot": ["n > 0", "n is known"],
    "Warm": ["n >= 1"],
    "Ranked": ["rank > 0", "who is known"],
}  # fmt: skip
WITH: Mapping[str, Mapping[str, list[str]]] = {
    "Lead": {
        "Lead": ["n is {0}.n", "id is not {0}.id", "m > {0}.m", "txt is {0}.txt", "owner is {0}.owner", "n - {0}.m >= 1",
                 "made <= {0}.made", "c is {0}.c", "n in {0}.m to 3", "n < {0}.k", "txt is not {0}.txt", "f is {0}.f",
                 "(n is {0}.n or k is {0}.k)", "not (m is {0}.n)", "n is {0}.n + 1", "k + {0}.k > {0}.m"],
        "Act": ["by is {0}.owner", "seconds > {0}.n", "seconds is {0}.n", "at >= {0}.made", "by is not {0}.owner"],
        "Mail": ["at > {0}.made", "open is {0}.f"],
        "Link": ["left is {0}.txt", "right is {0}.txt", "left is not {0}.txt"],
        "Note": ["n is {0}.n", "n < {0}.m", "n is not {0}.k"],
        "Member": ["level > {0}.n", "level is {0}.m", "boss is {0}.owner"],
        "Hot": ["n is {0}.n"],
        "Warm": ["id is {0}.id", "n >= {0}.n"],
        "Ranked": ["rank >= {0}.n", "who is {0}.owner"],
    },
    "Member": {
        "Lead": ["owner is {0}", "owner is not {0}", "n >= {0}.level"],
        "Act": ["by is {0}", "seconds >= {0}.level"],
        "Member": ["boss is {0}", "level < {0}.level"],
        "Ranked": ["who is {0}"],
    },
    "Link": {"Lead": ["txt is {0}.left", "txt is {0}.right"], "Link": ["left is {0}.right"]},
}  # fmt: skip
BASE = ("Lead", "Lead", "Lead", "Member", "Link", "Act", "Note", "Mail")
LEVELS = ((), ("Hot", "Warm"), ("Hot", "Warm", "Ranked"))


@dataclass
class _Rule:
    """A rule that is being made. `level`: which concluded types it may read."""

    level: int
    names: dict[str, str] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)

    def of(self, fact: str) -> list[str]:
        return [name for name, type_ in self.names.items() if type_ == fact]


def _records(draw: st.DrawFn, rule: _Rule, fact: str | None = None) -> str:
    fact = fact or draw(st.sampled_from((*BASE, *LEVELS[rule.level])))
    leads = rule.of("Lead")
    text = fact
    if fact in OF_LEAD and leads and draw(st.integers(0, 3)) > 0:
        text += f" of {draw(st.sampled_from(leads))}"
    pool = list(ALONE[fact])
    for name, type_ in rule.names.items():
        pool += [one.format(name) for one in WITH.get(type_, {}).get(fact, ())] * 3
    asks = draw(st.lists(st.sampled_from(pool), max_size=draw(st.sampled_from([1, 1, 2])), unique=True))
    text += f" where {' and '.join(asks)}" if asks else ""
    if fact in {"Act", "Mail"} and leads and draw(st.integers(0, 4)) == 0:
        text += f" since {leads[0]}.{draw(st.sampled_from(['made', 't']))}"
    return text


def _line(draw: st.DrawFn, rule: _Rule, fact: str | None = None) -> None:
    """A pattern, or records that must be there, or must not."""
    kind = draw(st.integers(0, 4)) if rule.names else 4
    if kind <= 1:
        rule.lines.append(f"when no {_records(draw, rule)}")
    elif kind == 2:
        words = draw(st.sampled_from(["any {}", "count({}) >= 1", "count({}) is 0", "certainly (any {})"]))
        rule.lines.append(f"when {words.format(_records(draw, rule))}")
    elif len(rule.names) < 3:
        name = "pqrs"[len(rule.names)]
        rule.lines.append(f"when {name}: {_records(draw, rule, fact)}")
        rule.names[name] = fact or rule.lines[-1].split()[2]


def _actions(draw: st.DrawFn, rule: _Rule, kind: str) -> list[str]:
    leads = rule.of("Lead")
    number = draw(
        st.sampled_from(["0", "1", "2", *(f"{one}.n" for one in leads), *(f"2 - {one}.m" for one in leads)])
    )
    found = [f"flag {name} as mark" for name in rule.names]
    found += [f"remove {name}" for name, fact in rule.names.items() if fact not in {"Hot", "Warm", "Ranked"}]
    for lead in leads:
        found += [
            f"set {lead}.n to {number}", f"set {lead}.k to none", f"set {lead}.c to b", f"set {lead}.f to unknown",
            f"set {lead}.m to {number}", f'notify {lead}.owner by wecom "{{{lead}.n}} {{{lead}.owner.level}}"',
            f"add Act of {lead} {{ kind: call, seconds: {number}, at: {lead}.made }}",
            f"add Link {{ left: {lead}.txt, right: {lead}.id, kind: y }}",
        ]  # fmt: skip
    conclusions = {
        "Hot": [f"conclude Hot of {lead} {{ n: {number} }}" for lead in leads],
        "Warm": [f"conclude Warm {{ id: {lead}.id, n: {number} }}" for lead in leads],
        "Ranked": [f"conclude Ranked of {lead} {{ rank: {number}, who: {lead}.owner }}" for lead in leads],
    }.get(kind, [])
    made = conclusions[:1]
    return made + draw(st.lists(st.sampled_from(found), min_size=not made, max_size=2, unique=True))


@st.composite
def rules(draw: st.DrawFn, place: int) -> str:
    """A rule that durable_rules can express."""
    kind = draw(st.sampled_from(["Hot", "Warm", "Ranked", "act", "act", "act"]))
    rule = _Rule({"Hot": 0, "Warm": 0, "Ranked": 1, "act": 2}[kind])
    _line(draw, rule, None if kind == "act" else "Lead")
    for _ in range(draw(st.integers(0, 2))):
        _line(draw, rule)
    priority = draw(st.sampled_from(["", "", " priority 5", " priority -1"]))
    lines = [*rule.lines, *(f"then {action}" for action in _actions(draw, rule, kind))]
    return f"rule r{place}{priority} {{\n" + "".join(f"  {line}\n" for line in lines) + "}\n"


@st.composite
def sessions(draw: st.DrawFn) -> tuple[str, History]:
    """A policy's text, and a history."""
    newest = draw(st.sampled_from(["", "", "  newest first\n"]))
    made = [draw(rules(place)) for place in range(draw(st.integers(1, 4)))]
    return HEADER.format(newest=newest) + "".join(made), draw(histories())
