"""Hypothesis strategies for policies with rules, as text, and for histories of what happens to a session.

A policy is written as an author would write it. Rules join by equality and by inequality, ask `no`, `any`, counts, sums, first and last with
windows, do arithmetic between their facts, read scores, tables, gates, lets, `ago`; they conclude (one type from another), add, set, remove, and
emit effects. Values come from small pools, so that joins meet; unknown, nothing and absent ones are among them. Times
lie close together, so that windows end within a history.

`sessions()` draws a policy and a history; `trace_of` (from `session_traces`) plays it through any matcher.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from hypothesis import reject
from hypothesis import strategies as st

from leadpolicy.compiler import ir
from leadpolicy.compiler.pipeline import compile_only
from leadpolicy.compiler.source import Source
from tests.ir_builders import micros
from tests.session_traces import Asked, History, Naive, Step, Target, Trace, happened, told, trace_of

__all__ = [
    "HOUR",
    "NOW",
    "SMALL",
    "History",
    "Naive",
    "Trace",
    "compiled",
    "happened",
    "histories",
    "policies",
    "sessions",
    "told",
    "trace_of",
]

NOW = micros("2026-11-23 08:30")
HOUR = 3_600_000_000
SMALL = {"most_of_a_match": 6, "most_following": 30}
"""Limits under which loops are met soon: to be given to every matcher alike."""

HEADER = """policy generated version "1" {{
  about Lead
  zone "America/New_York"
  calendar work
  channels [wecom, email]
  unknown ["?"]
{newest}}}
fact Member {{
  id:    text key
  level: int
  boss:  Member or none
  from_when: time
}}
fact Lead {{
  id:    text key
  n:     int
  m:     int required
  c:     one of [a, b, x]
  k:     int or none
  txt:   text
  t:     time
  d:     duration
  f:     bool
  made:  time required as created
  owner: Member as owner
  mail:  email
}}
event Act of Lead {{
  kind:    one of [call, visit]
  seconds: int
  by:      Member or none
  at:      time required as happened
}}
event Mail of Lead {{
  id:   text key
  open: bool
  at:   time required as happened
}}
fact Link {{
  left:  text
  right: text
  kind:  one of [x, y]
}}
fact Note of Lead {{
  id: text key
  n:  int
  at: time required
}}
fact Ranked of Lead {{
  rank: int
  who: Member or none
}}
fact Hot of Lead {{
  n: int
}}
fact Warm {{
  id: text key
  n:  int
}}
calendar work {{
  mon to fri 09:00 to 12:00, 13:00 to 18:00
}}
queue desk
let big = n >= 2
let calls = count(Act where kind is call within 2 hours)
let newest = last(Act)
let lately = age(newest.at) < 2 hours
let alike = count(Lead where txt is this.txt and id is not this.id)
let seniors = count(Member where level >= 1)
let spoke = sum(seconds of Act where by is owner within 5 hours)
score raw from -10 to 40 {{
  +5 when n >= 1
  +3 each Act where kind is call within 4 hours
  +2 once Mail where open within 1 day, halving every 1 day
  -4 when age(made) > 6 hours
}}
score fit from 0 to 50 {{
  +10 when big
  +2 each Act within 3 hours, at most 6 points
  +7 once Hot
}}
score wide from -20 to 60 {{
  points c {{ a 4, b 2 }}
  bands k {{
    +6 when >= 2
    +3 when is 1
  }}
  group "Talk" at most 6 points {{
    +2 each Act where by is owner within 6 hours
    +3 once per day Mail
  }}
  +1 * n when n < 3 and owner.level >= 1
  +2 when owner.boss.level >= 1 and during(work)
  -3 when age(t) > d
  +4 when domain(mail) is "b.cn"
  +5 each Note where n is this.n, fading over 3 days
}}
score total from -50 to 110 = raw + 0.5 * wide
table tab: one of [low, high] {{
  | raw  || tab  |
  | >= 8 || high |
  | -    || low  |
}}
table many collect: one of [few, some, lots] {{
  | n    | m    || many |
  | >= 1 | -    || few  |
  | -    | >= 1 || some |
  | >= 2 | >= 2 || lots |
}}
gate good {{
  number: n >= 2
  kind:   c in [a, b]
}}
gate busy {{
  k: k is known
  lately: lately
  open:  during(work)
  alike: alike >= 1
  passes when at least 2
}}
disqualify {{
  junk: c is x and m < 1 -> closed
  none: seniors is 0 and total < 0 -> nurture for 3 days
}}
funnel {{
  MQL: raw >= 3 or high(raw) >= 12
  SQL: good passes and low(wide) >= 0
  WON: tab is high and busy passes
}}
"""

# ── What may be asked of a record of each type, without a name before its fields. `{o}`: a name of a lead bound before,
# `{w}`: of a member, `{l}`: of a link. ──

OWN: Mapping[str, list[str]] = {
    "Lead": [
        "n >= 1", "n is 2", "m < 2", "c is a", "c in [a, b]", "c is not x", "n is known", "n is unknown", "k is known",
        "f", "not f", "k > 0", "n + m >= 2", "n is m", "age(made) > 4 hours", "age(t) <= 2 hours", "age(t) < d",
        "t < made", "owner is known", "owner.level >= 1", "certainly f", "possibly (n >= 1)", 'txt is "p"',
        "big", "raw >= 5", "good passes", "tab is high", "calls >= 1", "any Act where kind is call within 3 hours",
        "newest.kind is call", "no Mail where open", "MQL", "not SQL", "stage is MQL", "stage >= SQL", "WON", "disqualified",
        "low(raw) >= 0", "high(wide) >= 8", "total >= 2.5", "busy passes", "busy is known", "lately", "alike >= 1", "seniors > 0",
        "wide > 3", "spoke >= 1", "age(newest.at) >= 2 hours", "age(owner.from_when) > 3 hours",
        "age(earlier(t, made)) > 5 hours", "during(work)", 'domain(mail) is "b.cn"',
    ],
    "Act": ["kind is call", "seconds > 0", "seconds is 0", "by is known", "kind is visit", "by.level > 0"],
    "Mail": ["open", "open is known", "not open"],
    "Link": ["kind is x", 'left is "p"', "left is not right", "right is known"],
    "Note": ["n > 0", "n is known"],
    "Member": ["level >= 1", "boss is known", "boss is not known", "age(from_when) <= 4 hours", "boss.level >= 1"],
    "Hot": ["n > 0", "n is known"],
    "Warm": ["n >= 1"],
    "Ranked": ["rank > 0", "who is known"],
}  # fmt: skip
WITH_LEAD: Mapping[str, list[str]] = {
    "Lead": ["n is {o}.n", "id is not {o}.id", "m > {o}.m", "txt is {o}.txt", "owner is {o}.owner", "n - {o}.m >= 1",
             "made <= {o}.made", "c is {o}.c", "n in {o}.m to 3"],
    "Act": ["by is {o}.owner", "seconds > {o}.n", "seconds is {o}.n", "at >= {o}.made"],
    "Mail": ["at > {o}.made"],
    "Link": ["left is {o}.txt", "right is {o}.txt"],
    "Note": ["n is {o}.n", "n < {o}.m"],
    "Member": ["id is {o}.owner.id", "level > {o}.n", "level is {o}.m"],
    "Hot": ["n is {o}.n"],
    "Warm": ["id is {o}.id", "n >= {o}.n"],
    "Ranked": ["rank >= {o}.n"],
}  # fmt: skip
WITH_MEMBER: Mapping[str, list[str]] = {
    "Lead": ["owner is {w}", "owner is not {w}", "n >= {w}.level", "owner.boss is {w}"],
    "Act": ["by is {w}", "seconds >= {w}.level"], "Member": ["boss is {w}", "level < {w}.level"], "Ranked": ["who is {w}"],
}  # fmt: skip
WITH_LINK: Mapping[str, list[str]] = {"Lead": ["txt is {l}.left", "txt is {l}.right"], "Link": ["left is {l}.right"]}
WINDOWS: Mapping[str, list[str]] = {
    "Act": ["", "", " within 2 hours", " within 5 hours", " between 6 hours and 2 hours ago", " since {o}.made"],
    "Mail": ["", " within 1 day", " since {o}.t"],
    "Note": ["", " within 3 hours"],
}
OF_LEAD = frozenset({"Act", "Mail", "Note", "Hot", "Ranked"})
BASE = ("Lead", "Lead", "Lead", "Member", "Link", "Act", "Note", "Mail")
NUMBERS_OF: Mapping[str, str] = {"Act": "seconds", "Note": "n", "Lead": "n", "Hot": "n"}


@dataclass
class _Rule:
    """A rule that is being made. `level`: which concluded types it may read: 0 none, 1 Hot and Warm, 2 all."""

    level: int
    names: dict[str, str] = field(default_factory=dict)
    lets: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)

    def of(self, fact: str) -> list[str]:
        return [name for name, type_ in self.names.items() if type_ == fact]

    @property
    def types(self) -> tuple[str, ...]:
        return (*BASE, *[(), ("Hot", "Warm"), ("Hot", "Warm", "Ranked")][self.level])


def _asks(draw: st.DrawFn, fact: str, rule: _Rule) -> list[str]:
    """Conditions on a record of a type."""
    pool = list(OWN[fact])
    if fact == "Lead" and rule.level:
        pool += ["fit >= 8", "any Hot", "any Hot where n > 0"]
    for pools, type_, slot in ((WITH_LEAD, "Lead", "o"), (WITH_MEMBER, "Member", "w"), (WITH_LINK, "Link", "l")):
        for name in rule.of(type_):
            pool += [text.format(**{slot: name}) for text in pools.get(fact, ())] * 2
    drawn = draw(st.lists(st.sampled_from(pool), max_size=draw(st.sampled_from([0, 1, 1, 2])), unique=True))
    found = [f"({ask})" if ask.startswith(("any", "no ")) else ask for ask in drawn]
    if len(found) == 2 and draw(st.integers(0, 3)) == 0:
        return [f"({found[0]} or {found[1]})"]
    return found


def _records(draw: st.DrawFn, rule: _Rule, *, pattern: bool, fact: str | None = None) -> str:
    """`Act of a where … within …`. In a pattern, a record bound before may own it; elsewhere mostly one does."""
    fact = fact or draw(st.sampled_from(rule.types))
    leads = rule.of("Lead")
    text = fact
    if fact in OF_LEAD and leads and draw(st.integers(0, 3)) > 0:
        text += f" of {draw(st.sampled_from(leads))}"
    asks = _asks(draw, fact, rule)
    text += f" where {' and '.join(asks)}" if asks else ""
    if fact in WINDOWS and leads:
        text += draw(st.sampled_from(WINDOWS[fact])).format(o=leads[0])
    elif fact == "Act":
        text += draw(st.sampled_from(["", " within 2 hours"]))
    return text


def _pattern(draw: st.DrawFn, rule: _Rule, fact: str | None = None) -> None:
    fact = fact or draw(st.sampled_from(rule.types))
    name = "pqrs"[len(rule.names)]
    rule.lines.append(f"when {name}: {_records(draw, rule, pattern=True, fact=fact)}")
    rule.names[name] = fact


def _number(draw: st.DrawFn, rule: _Rule) -> str:
    """A number made of records, or of a bound one."""
    kind = draw(st.integers(0, 5))
    if kind <= 1:
        return f"count({_records(draw, rule, pattern=False)})"
    if kind == 2:
        fact = draw(st.sampled_from([t for t in NUMBERS_OF if t in rule.types]))
        return f"sum({NUMBERS_OF[fact]} of {_records(draw, rule, pattern=False, fact=fact)})"
    if kind == 3:
        which = draw(st.sampled_from(["first", "last"]))
        return f"{which}({_records(draw, rule, pattern=False, fact='Act')}).seconds"
    if kind == 4 and draw(st.booleans()):
        which, fact = draw(st.sampled_from(["first", "last"])), draw(st.sampled_from(["Lead", "Note"]))
        return f"{which}({_records(draw, rule, pattern=False, fact=fact)}).n"
    if kind == 4:
        return f"distinct(kind of {_records(draw, rule, pattern=False, fact='Act')})"
    return draw(st.sampled_from(_own_numbers(rule) or ["1"]))


def _own_numbers(rule: _Rule) -> list[str]:
    """The numbers that bound records have."""
    found = [
        f"{name}.{part}" for name in rule.of("Lead") for part in ("n", "m", "k", "raw", "calls", "wide", "alike")
    ]
    if rule.level:
        found += [f"{name}.fit" for name in rule.of("Lead")]
    found += [f"{name}.level" for name in rule.of("Member")] + [f"{name}.seconds" for name in rule.of("Act")]
    return found + rule.lets


def _guard(draw: st.DrawFn, rule: _Rule) -> None:
    """A condition of a rule."""
    kind = draw(st.integers(0, 8))
    leads = rule.of("Lead")
    relation, limit = draw(st.sampled_from([">=", "<", "is", ">"])), draw(st.sampled_from(["0", "1", "2"]))
    if kind <= 2:
        condition = f"{draw(st.sampled_from(['no', 'no', 'any']))} {_records(draw, rule, pattern=False)}"
    elif kind == 3:
        condition = f"{_number(draw, rule)} {relation} {limit}"
    elif kind == 4:
        name = f"let{len(rule.lets)}"
        rule.lines.append(f"let {name} = {_number(draw, rule)}")
        rule.lets.append(name)
        condition = f"{name} {relation} {limit}"
    elif kind == 5 and leads:
        score = draw(st.sampled_from(["raw", "wide", "total", *(["fit"] if rule.level else [])]))
        lead, back = draw(st.sampled_from(leads)), draw(st.sampled_from(["2 hours", "1 hour", "1 day"]))
        condition = f"{lead}.{score} - ago({lead}.{score}, {back}) >= {draw(st.sampled_from(['1', '3', '5']))}"
    elif kind == 6 and len(_own_numbers(rule)) >= 2:
        one, other = draw(st.sampled_from(_own_numbers(rule))), draw(st.sampled_from(_own_numbers(rule)))
        condition = f"{one} {draw(st.sampled_from(['-', '+', '*']))} {other} {relation} {limit}"
    elif kind == 7:
        condition = draw(st.sampled_from(["during(work)", "not during(work)"]))
    elif leads:
        lead = draw(st.sampled_from(leads))
        condition = draw(st.sampled_from(["{0}.good passes", "{0}.tab is high", "{0}.newest.seconds > 0", "{0}.big",
                                          "{0}.newest is known", "{0}.owner.boss is known", "{0}.SQL", "{0}.stage is known",
                                          "not {0}.disqualified", "{0}.busy fails", "low({0}.wide) < high({0}.wide)",
                                          "age(last(Act of {0}).at) > 1 hour", "age({0}.t) in 1 hour to 3 hours",
                                          "age({0}.t) < {0}.d", "{0}.many is known"])).format(lead)  # fmt: skip
    else:
        condition = f"any {_records(draw, rule, pattern=False)}"
    rule.lines.append(f"when {condition}")


# ── Actions ──


def _values(draw: st.DrawFn, rule: _Rule) -> str:
    """A whole number, in a field."""
    own = [f"{name}.{part}" for name in rule.of("Lead") for part in ("n", "m")]
    own += [f"{name}.n" for name in rule.of("Hot")] + [f"{name}.level" for name in rule.of("Member")]
    pool = ["0", "1", "2", *own, *(f"{one} + 1" for one in own), *(f"2 - {one}" for one in own)]
    return draw(st.sampled_from(pool))


def _changing(draw: st.DrawFn, rule: _Rule) -> list[str]:
    """Actions that change facts."""
    found = ["unknown"]
    leads = rule.of("Lead")
    value = _values(draw, rule)
    for lead in leads:
        found += [f"set {lead}.n to {value}", f"set {lead}.c to {draw(st.sampled_from(['a', 'b', 'x', 'unknown']))}"]
        found += [f"set {lead}.m to {value}", f"set {lead}.f to {draw(st.sampled_from(['true', 'false']))}"]
        found += [f"add Note of {lead} {{ id: {lead}.id, n: {value}, at: {lead}.made }}", f"set {lead}.k to none"]
        found += [
            f"add Act of {lead} {{ kind: call, seconds: {value}, at: {draw(st.sampled_from([f'{lead}.made', f'{lead}.t + 2 hours']))} }}"
        ]
        found += [f"add Link {{ left: {lead}.txt, right: {lead}.id, kind: y }}"]
        found += [f"add Mail of {lead} {{ id: {lead}.id, open: {lead}.f, at: {lead}.t }}"]
        found += [f"add Note of {lead} {{ id: {lead}.txt, n: {lead}.m * 700000000, at: {lead}.t }}"]
        found += [f"set {lead}.owner to {member}" for member in rule.of("Member")]
    for name, fact in rule.names.items():
        if fact not in {"Hot", "Warm", "Ranked"}:
            found += [f"remove {name}"]
        if fact == "Link":
            found += [
                f"set {name}.kind to {draw(st.sampled_from(['x', 'y', 'unknown']))}",
                f"set {name}.left to {name}.right",
            ]
        if fact == "Member":
            found += [f"set {name}.level to {value}", f"set {name}.boss to none"]
    return found[1:]


def _effects(draw: st.DrawFn, rule: _Rule) -> list[str]:
    """Effects."""
    found = [f"flag {name} as mark" for name in rule.names]
    texts = [f"{{{one}}}" for one in _own_numbers(rule)] + [
        f"{{{name}.made}} {{{name}.owner}} {{{name}.f}}" for name in rule.of("Lead")
    ]
    text = draw(st.sampled_from(["hello", *texts]))
    for lead in rule.of("Lead"):
        due = draw(st.sampled_from(["", " due in 3 hours", " due in 2 work hours", " due in 1 workday"]))
        found += [
            f'notify {lead}.owner by wecom "{text}"',
            f'task {lead}.owner.boss "{text}"{due}',
            f"flag {lead}.owner as slow",
        ]
    if len(rule.of("Lead")) == 1:
        found += [
            f'send "{text}" by email',
            "-> queue desk",
            "-> nurture for 3 days",
            f"-> member {rule.of('Lead')[0]}.owner",
        ]
    return found


def _conclusion(draw: st.DrawFn, rule: _Rule, fact: str) -> str:
    lead, value = rule.of("Lead")[0], _values(draw, rule)
    match fact:
        case "Hot":
            return f"conclude Hot of {lead} {{ n: {value} }}"
        case "Warm":
            key = draw(st.sampled_from([f"{lead}.id", f"{lead}.id", f"{lead}.txt"]))
            return f"conclude Warm {{ id: {key}, n: {draw(st.sampled_from(['1', value]))} }}"
        case _:
            return f"conclude Ranked of {lead} {{ rank: {value}, who: {lead}.owner }}"


@st.composite
def rules(draw: st.DrawFn, place: int) -> str:
    """A rule, mostly one that acts."""
    kind = draw(st.sampled_from(["Hot", "Warm", "Ranked", "act", "act", "act", "act"]))
    rule = _Rule({"Hot": 0, "Warm": 0, "Ranked": 1, "act": 2}[kind])
    _pattern(draw, rule, None if kind == "act" else "Lead")
    for _ in range(draw(st.integers(0, 3))):
        if len(rule.names) < 3 and draw(st.booleans()):
            _pattern(draw, rule)
        else:
            _guard(draw, rule)
    actions = [] if kind == "act" else [_conclusion(draw, rule, kind)]
    pool = [*_effects(draw, rule), *(_changing(draw, rule) * 2)]
    actions += draw(st.lists(st.sampled_from(pool), min_size=not actions, max_size=2, unique=True))
    priority = draw(st.sampled_from(["", "", " priority 5", " priority -1"]))
    lines = [*rule.lines, *(f"then {action}" for action in actions)]
    return f"rule r{place}{priority} {{\n" + "".join(f"  {line}\n" for line in lines) + "}\n"


ROUND = (
    "when p: Lead where c is a\n  then set p.c to b",
    "when p: Lead where c is b\n  then set p.c to a",
    "when p: Lead where n < 3 and c is x\n  then set p.n to p.n + 1\n  then set p.c to a",
    "when p: Act\n  when q: Act of last(Lead)\n  then add Act of last(Lead) { kind: visit, at: p.at }",
    "when p: Link\n  when q: Lead where txt is p.right\n  then add Link { left: p.right, right: q.id }",
    "when p: Hot\n  when q: Lead where n is p.n\n  then set q.n to 1 - q.n",
    "when p: Lead\n  when no Hot of p\n  then set p.f to true\n  then set p.n to 2",
    "when p: Lead where f\n  when any Hot of p\n  then set p.f to false\n  then set p.n to 0",
)
"""Rules that go round, alone or together, or nearly do."""


@st.composite
def policies(draw: st.DrawFn) -> str:
    """A whole policy."""
    newest = draw(st.sampled_from(["", "", "  newest first\n"]))
    made = [draw(rules(place)) for place in range(draw(st.integers(1, 4)))]
    if draw(st.integers(0, 4)) == 0:
        bodies = draw(st.lists(st.sampled_from(ROUND), min_size=1, max_size=3, unique=True))
        made += [f"rule round{place} {{\n  {body}\n}}\n" for place, body in enumerate(bodies)]
    return HEADER.format(newest=newest) + "".join(made)


@lru_cache(maxsize=64)
def compiled(text: str) -> ir.Policy:
    """The policy that a text is. Every generated text is one, but for rules that put what they know to be missing
    where there must be something: of those another is drawn."""
    result = compile_only(Source("generated.lead", text))
    errors = [d for d in result.diagnostics if d.severity == "error"]
    if errors and all(d.code == "LP3060" for d in errors):
        reject()
    assert result.policy is not None, (errors, text)
    return result.policy


# ── Histories ──

LEADS = ("L1", "L2", "L3")
MEMBERS = ("m1", "m2")
TIMES = [NOW + hours * HOUR for hours in (-26, -7, -5, -4, -2, -1, 0, 0, 1, 2, 3, 26)]


def _iso(at: int) -> str:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at)).isoformat()


def _maybe(draw: st.DrawFn, values: list[Any]) -> Any:
    """A value, mostly; else null or a marker."""
    how = draw(st.integers(0, 15))
    return None if how == 0 else "?" if how == 1 else draw(st.sampled_from(values))


VALUES: Mapping[str, Mapping[str, list[Any]]] = {
    "Member": {"level": [0, 1, 2], "boss": ["m1", "m2", "gone"], "from_when": [_iso(t) for t in TIMES]},
    "Lead": {
        "n": [0, 1, 2, 3], "c": ["a", "b", "x"], "k": [0, 1, 2], "txt": ["p", "q", "L1"], "d": ["PT2H", "PT30M"],
        "t": [_iso(t) for t in TIMES], "f": [True, False], "owner": ["m1", "m2", "gone"],
        "mail": ["a@b.cn", "A@x.cn", "none"],
    },
    "Act": {"kind": ["call", "call", "visit"], "seconds": [0, 1, 3], "by": ["m1", "m2"]},
    "Mail": {"open": [True, False]},
    "Link": {"left": ["p", "q", "L1"], "right": ["p", "q", "L1"], "kind": ["x", "y"]},
    "Note": {"n": [0, 1, 2]},
}  # fmt: skip
REQUIRED: Mapping[str, Mapping[str, list[Any]]] = {
    "Lead": {"m": [0, 1, 2], "made": [_iso(t) for t in TIMES]},
    "Act": {"at": [_iso(t) for t in TIMES]},
    "Mail": {"at": [_iso(t) for t in TIMES]},
    "Note": {"at": [_iso(t) for t in TIMES]},
}
KEYS: Mapping[str, tuple[str, ...]] = {"Lead": LEADS, "Member": MEMBERS, "Mail": ("e1", "e2"), "Note": ("L1", "n1")}
INSERTED = ("Lead", "Lead", "Lead", "Member", "Act", "Act", "Act", "Link", "Mail", "Note")


@dataclass
class _There:
    """What is probably in memory: the type and key of each insert, and which of them went out."""

    facts: list[tuple[str, str | None]] = field(default_factory=list)
    gone: set[int] = field(default_factory=set)

    def keys(self, fact: str) -> set[str | None]:
        return {key for i, (type_, key) in enumerate(self.facts) if type_ == fact and i not in self.gone}


def _free_key(draw: st.DrawFn, fact: str, there: _There, bad: bool) -> str | None:
    """A key that isn't taken, or with `bad` now and then one that is; None where all are."""
    free = [key for key in KEYS[fact] if key not in there.keys(fact)]
    if bad and draw(st.integers(0, 19)) == 0:
        return draw(st.sampled_from(KEYS[fact]))
    return draw(st.sampled_from(free)) if free else None


def _insert(draw: st.DrawFn, there: _There, fact: str | None = None, bad: bool = True) -> Asked:
    """A new fact; with `bad`, now and then one that can't be read."""
    fact = fact or draw(st.sampled_from(INSERTED))
    record: dict[str, Any] = {}
    if fact in KEYS:
        key = _free_key(draw, fact, there, bad)
        if key is None:
            return _insert(draw, there, draw(st.sampled_from(["Act", "Act", "Link"])), bad)
        record["id"] = key
    if fact in OF_LEAD:
        record["of"] = draw(st.sampled_from(LEADS))
    record |= {name: draw(st.sampled_from(values)) for name, values in REQUIRED.get(fact, {}).items()}
    for name, values in VALUES[fact].items():
        if draw(st.integers(0, 7)):
            record[name] = _maybe(draw, values)
    if fact == "Lead" and draw(st.integers(0, 9)) == 0:
        record["owner"] = {"id": draw(st.sampled_from(MEMBERS)), "level": 1}
    if bad and draw(st.integers(0, 39)) == 0:
        there.facts.append(("Nothing", None))
        wrong = [{**record, "at": "soon", "m": "many"}, {**record, "of": None, "made": None}]
        other = [("insert", "Hot", {"of": "L1"}), ("insert", "Nothing", record)]
        return draw(st.sampled_from([*other, *(("insert", fact, one) for one in wrong)]))
    there.facts.append((fact, record.get("id")))
    return ("insert", fact, record)


def _target(draw: st.DrawFn, there: _There) -> tuple[int, str, Target]:
    """Which insert made a fact, its type, and how it is named; mostly one that is there."""
    left = [i for i in range(len(there.facts)) if i not in there.gone and there.facts[i][0] != "Nothing"]
    place = draw(st.sampled_from(left if left and draw(st.integers(0, 14)) else range(len(there.facts))))
    fact, key = there.facts[place]
    if key is None or draw(st.integers(0, 2)) == 0:
        return place, fact, ("nth", place)
    return place, fact, ("key", fact, key)


def _operation(draw: st.DrawFn, there: _There) -> Asked:
    """Something that the host does."""
    kind = draw(st.integers(0, 9))
    if kind <= 3 or not there.facts:
        return _insert(draw, there)
    place, fact, target = _target(draw, there)
    if kind <= 5 or (fact in {"Act", "Mail", "Nothing"} and draw(st.integers(0, 9))):
        there.gone.add(place)
        return ("retract", target)
    pools = VALUES.get(fact, VALUES["Lead"])
    names = draw(st.lists(st.sampled_from(sorted(pools)), min_size=1, max_size=2, unique=True))
    fields = {name: _maybe(draw, pools[name]) for name in names}
    if draw(st.integers(0, 19)) == 0:
        fields |= draw(st.sampled_from([{"m": None}, {"id": "L9"}, {"nothing": 1}, {"of": "L2"}, {"m": 2}]))
    return ("update", target, fields)


@st.composite
def histories(draw: st.DrawFn, most: int = 9) -> list[Step]:
    """What happens to a session that begins at `NOW`."""
    there, now = _There(), NOW
    first = [_insert(draw, there, fact, bad=False) for fact in ("Lead", "Member", "Lead", "Act")]
    first += [_insert(draw, there, bad=False) for _ in range(draw(st.integers(0, 6)))]
    steps: list[Step] = [("batch", first)]
    for _ in range(draw(st.integers(1, most))):
        if draw(st.integers(0, 3)) == 0:
            now += draw(
                st.sampled_from([1, HOUR // 2, HOUR, HOUR, 2 * HOUR, 3 * HOUR, 5 * HOUR, 26 * HOUR, 60 * HOUR])
            )
            steps.append(("advance", now))
        else:
            many = draw(st.sampled_from([1, 1, 1, 2, 3]))
            steps.append(("batch", [_operation(draw, there) for _ in range(many)]))
    return steps


@st.composite
def sessions(draw: st.DrawFn, most: int = 9) -> tuple[str, list[Step]]:
    """A policy's text, and a history."""
    return draw(policies()), draw(histories(most))
