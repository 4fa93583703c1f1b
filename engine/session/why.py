"""What a session says when it is asked why, as data; printed, it is English."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from leadpolicy.engine.session.errors import failure_text
from leadpolicy.engine.session.naming import fact_text, facts_text, named_text

Fact = list[Any]
"""A fact as effects name it: `[type, key]`, or `[type, None, link, content]` where it has no key."""


@dataclass(frozen=True, slots=True)
class Held:
    """A line of a rule that holds: the author's words, `file:line`, and the fact where it is a pattern."""

    text: str
    place: str
    fact: Fact | None

    def __str__(self) -> str:
        of = f"  {fact_text(self.fact)}" if self.fact is not None else ""
        return f"{self.text}{of}  {self.place}"


@dataclass(frozen=True, slots=True)
class Why:
    """Why a match of a rule holds: line by line."""

    rule: str
    place: str
    lines: tuple[Held, ...]

    def __str__(self) -> str:
        return "\n".join([f"rule {self.rule}  {self.place}", *(f"  ✓ {line}" for line in self.lines)])

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return _plain(self)


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Why a rule has no match. `facts`: the nearest partial match, by the names of its patterns; `text`, `place`: the
    line behind it, which has no partner; `verdict`: `false` or `unknown`; `failing`: those of its conditions that
    are not true, in the author's words (`of`, `within`: whom a record belongs to, its window)."""

    rule: str
    place_of_rule: str
    facts: dict[str, Fact]
    text: str
    place: str
    verdict: str
    failing: tuple[str, ...]

    def __str__(self) -> str:
        lines = [f"rule {self.rule}  {self.place_of_rule}"]
        lines += [f"  ✓ {named_text(name, fact)}" for name, fact in self.facts.items()]
        lines.append(f"  {'?' if self.verdict == 'unknown' else '✗'} {self.text}  {self.place}")
        if self.failing:
            lines.append(f"    {'unknown' if self.verdict == 'unknown' else 'fails'}: {', '.join(self.failing)}")
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return _plain(self)


@dataclass(frozen=True, slots=True)
class Support:
    """Why a concluded fact is there: a match of a rule, and which of its actions (from 1) concludes it."""

    rule: str
    action: int
    place: str
    facts: tuple[Fact, ...]

    def __str__(self) -> str:
        return f"rule {self.rule}, action {self.action} ({self.place})  {facts_text(self.facts)}"

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return _plain(self)


@dataclass(frozen=True, slots=True)
class Fired:
    """A firing: when, of which rule, for which facts as they were then."""

    at: str
    rule: str
    facts: tuple[Fact, ...]

    def __str__(self) -> str:
        return f"{self.at}  {self.rule}  {facts_text(self.facts)}"


@dataclass(frozen=True, slots=True)
class Failed:
    """A firing that did nothing: when, which action of the rule (from 1) could not be carried out, and which `field`,
    `link` or `key` (`word`) has no value."""

    at: str
    rule: str
    action: int
    place: str
    facts: tuple[Fact, ...]
    word: str
    field: str | None

    def __str__(self) -> str:
        return f"{self.at}  {failure_text(self.rule, self.action, self.place, self.word, self.field)}"


@dataclass(frozen=True, slots=True)
class Concluded:
    """A conclusion that stands, and what it rests on. `content`: `[type, key, link, content]`."""

    fact: Fact
    content: Fact
    supports: tuple[Support, ...]

    def rests_on(self, fact: Fact) -> bool:
        """Whether a match that concludes it has a fact."""
        return any(fact in support.facts for support in self.supports)

    def __str__(self) -> str:
        return "\n".join([fact_text(self.fact), *(f"  {support}" for support in self.supports)])


@dataclass(frozen=True, slots=True)
class RuleNow:
    """A rule as it stands for one lead: the facts of each match, or why there is none."""

    rule: str
    place: str
    matches: tuple[tuple[Fact, ...], ...]
    why_not: WhyNot | None

    def __str__(self) -> str:
        if self.why_not is not None:
            return str(self.why_not)
        return "\n".join([f"rule {self.rule}  {self.place}", *(f"  ✓ {facts_text(one)}" for one in self.matches)])


@dataclass(frozen=True, slots=True)
class LeadExplained:
    """All that a session can say about one lead: which rules fired for it, in order, what came of that, which failed;
    which conclusions stand about it; how each rule that is about such facts stands now."""

    lead: str
    now: str
    firings: tuple[Fired, ...]
    effects: tuple[dict[str, object], ...]
    failures: tuple[Failed, ...]
    conclusions: tuple[Concluded, ...]
    rules: tuple[RuleNow, ...]

    def __str__(self) -> str:
        parts = [f"lead {self.lead}  at {self.now}"]
        parts += _section("fired", self.firings)
        parts += _section("failed", self.failures)
        parts += _section("concluded", self.conclusions)
        parts += _section("rules now", self.rules)
        return "\n".join(parts)

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return _plain(self)


def _section(title: str, items: tuple[object, ...]) -> list[str]:
    if not items:
        return []
    return [f"\n{title}", *(f"  {line}" for item in items for line in str(item).splitlines())]


def _plain(value: Any) -> dict[str, Any]:
    return asdict(value)
