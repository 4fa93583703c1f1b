"""The matches that hold, told from what durable_rules joins: a match is there where it was joined, and nothing that
was joined with its facts is in its way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from leadpolicy.durable.client import Client
from leadpolicy.durable.encoding import Encoder

if TYPE_CHECKING:
    from leadpolicy.compiler.to_durable import Joined, Lowered, RuleShape
    from leadpolicy.engine.session.network import Fact, Key, Match

Keyed: TypeAlias = "tuple[Key, Match]"
Facts: TypeAlias = tuple[int, ...]
"""Facts of a match, by the numbers that they have here."""
_Piece: TypeAlias = "tuple[Joined, Facts]"


@dataclass(slots=True)
class _Here:
    """A fact that is in. `number`: what it is known by here; `messages`: (ruleset, message) of each that says it;
    `said`: what they say; `pieces`: what was joined with it."""

    fact: Fact
    number: int
    said: dict[str, int]
    messages: list[tuple[int, int]] = field(default_factory=list)
    pieces: dict[tuple[int, tuple[int, ...]], _Piece] = field(default_factory=dict)


class _RuleHere:
    """A rule's matches. `joined`: how often each was; `blocked`: of each `no`, how many records are in the way of the
    matches with some facts; `by`: these matches."""

    def __init__(self, shape: RuleShape) -> None:
        self.joined: dict[Facts, int] = {}
        self.blockers = shape.blockers
        self.blocked: list[dict[Facts, int]] = [{} for _ in shape.blockers]
        self.by: list[dict[Facts, set[Facts]]] = [{} for _ in shape.blockers]
        self.touched: dict[Facts, bool] = {}
        """Whether matches that something happened to held before it did."""

    def holds(self, facts: Facts) -> bool:
        """Whether a match holds."""
        if facts not in self.joined:
            return False
        return not any(_some(facts, of) in there for of, there in zip(self.blockers, self.blocked, strict=True))

    def touch(self, facts: Facts) -> None:
        """Note whether a match holds, before it changes."""
        if facts not in self.touched:
            self.touched[facts] = self.holds(facts)

    def join(self, facts: Facts, by: int) -> None:
        """A match was joined, or what it was joined of has gone."""
        self.touch(facts)
        count = self.joined.get(facts, 0) + by
        if count:
            self.joined[facts] = count
        else:
            del self.joined[facts]
        for of, matches in zip(self.blockers, self.by, strict=True):
            some = _some(facts, of)
            if count:
                matches.setdefault(some, set()).add(facts)
            else:
                matches[some].discard(facts)
                if not matches[some]:
                    del matches[some]

    def block(self, number: int, some: Facts, by: int) -> None:
        """A record got in the way of matches, or out of it."""
        for facts in self.by[number].get(some, ()):
            self.touch(facts)
        blocked = self.blocked[number]
        count = blocked.get(some, 0) + by
        if count:
            blocked[some] = count
        else:
            del blocked[some]


def _some(facts: Facts, of: tuple[int, ...]) -> Facts:
    return tuple([facts[at] for at in of])


class Joining:
    """The facts and matches of one session. Rules by their place; one that isn't lowered there isn't."""

    def __init__(self, lowered: Lowered, keys: tuple[int | None, ...], links: tuple[int | None, ...]) -> None:
        self._clients = [Client(ruleset) for ruleset in lowered.rulesets]
        self._roles = [ruleset.roles for ruleset in lowered.rulesets]
        self._encoder = Encoder(lowered, keys, links)
        self._rules = [_RuleHere(shape) for shape in lowered.rules if shape is not None]
        self._here: dict[int, _Here] = {}
        self._by_number: dict[int, _Here] = {}
        self._by_message: list[dict[int, _Here]] = [{} for _ in self._clients]
        self._gone: list[int] = []
        """Facts that went, as long as nobody has been told which matches ceased by that."""
        self._numbers = 0
        self._messages = 0

    # ── Facts ──

    def enter(self, fact: Fact) -> None:
        """A fact comes in; it may have been told of before."""
        if id(fact) in self._here:
            return
        self._numbers += 1
        here = _Here(fact, self._numbers, self._encoder.encode(fact))
        self._here[id(fact)] = self._by_number[here.number] = here
        self._put(here)

    def leave(self, fact: Fact) -> None:
        """A fact goes; it may have been told of before."""
        here = self._here.pop(id(fact), None)
        if here is None:
            return
        self._take(here)
        self._gone.append(here.number)

    def move(self, fact: Fact) -> None:
        """A fact's fields have changed."""
        here = self._here[id(fact)]
        said = self._encoder.encode(fact)
        if said != here.said:
            self._take(here)
            here.said = said
            self._put(here)

    def _put(self, here: _Here) -> None:
        type_: int = here.fact[-1]
        for place, (client, roles) in enumerate(zip(self._clients, self._roles, strict=True)):
            for role in roles.get(type_, ()):
                self._put_as(here, place, client, {**here.said, "t": self._encoder.kind(type_, role)})

    def _put_as(self, here: _Here, place: int, client: Client, message: Mapping[str, int]) -> None:
        by_message = self._by_message[place]
        while True:
            self._messages += 1
            number = self._messages
            by_message[number] = here
            found = client.put(number, dict(message))
            if found is not None:
                break
            del by_message[number]
        here.messages.append((place, number))
        for joined, messages in found:
            facts = tuple([by_message[one].number for one in messages])
            piece = joined, facts
            for one in messages:
                by_message[one].pieces[place, (id(joined), *messages)] = piece
            self._count(piece, 1)

    def _take(self, here: _Here) -> None:
        for key, piece in here.pieces.items():
            self._count(piece, -1)
            for number in piece[1]:
                other = self._by_number[number]
                if other is not here:
                    other.pieces.pop(key, None)
        here.pieces = {}
        for place, number in here.messages:
            self._clients[place].take(number)
            del self._by_message[place][number]
        here.messages = []

    def _count(self, piece: _Piece, by: int) -> None:
        joined, facts = piece
        rule = self._rules[joined.rule]
        if joined.blocks is None:
            rule.join(facts[: len(joined.slots)], by)
        else:
            rule.block(joined.blocks, facts[: len(joined.slots)], by)

    # ── Matches ──

    def holds(self, rule: int, match: tuple[Fact, ...]) -> bool:
        """Whether a match holds."""
        heres = [self._here.get(id(fact)) for fact in match]
        numbers = tuple([here.number for here in heres if here is not None])
        return len(numbers) == len(match) and self._rules[rule].holds(numbers)

    def all(self, rule: int) -> list[Keyed]:
        """All matches that hold; nothing has happened to any by now."""
        here = self._rules[rule]
        here.touched.clear()
        self._forget()
        return [self._keyed(facts) for facts in here.joined if here.holds(facts)]

    def changed(self) -> list[tuple[int, list[Keyed], list[Keyed]]]:
        """What happened to matches since this was asked last: by rule, those that began to hold; that ceased to."""
        found = []
        for place, rule in enumerate(self._rules):
            if rule.touched:
                touched, rule.touched = rule.touched, {}
                now = {facts: rule.holds(facts) for facts in touched}
                began = [self._keyed(facts) for facts, held in touched.items() if not held and now[facts]]
                ceased = [self._keyed(facts) for facts, held in touched.items() if held and not now[facts]]
                found.append((place, began, ceased))
        self._forget()
        return found

    def _forget(self) -> None:
        for number in self._gone:
            del self._by_number[number]
        self._gone.clear()

    def with_fact(self, fact: Fact) -> dict[int, list[Keyed]]:
        """The matches that hold and that a fact is part of, by rule."""
        here = self._here[id(fact)]
        found: dict[int, dict[Facts, None]] = {}
        for joined, facts in here.pieces.values():
            own = facts[: len(joined.slots)]
            if joined.blocks is None and here.number in own and self._rules[joined.rule].holds(own):
                found.setdefault(joined.rule, {})[own] = None
        return {rule: [self._keyed(facts) for facts in matches] for rule, matches in found.items()}

    def _keyed(self, facts: Facts) -> Keyed:
        """A match as sessions have it: what tells it apart, the identities of its facts; and these."""
        match = tuple([self._by_number[number].fact for number in facts])
        return (match[0][-2] if len(match) == 1 else tuple([fact[-2] for fact in match])), match
