"""Steps, and which matches hold between them (decision record 0012, sections 3 to 5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from leadpolicy.compiler import ir
from leadpolicy.compiler.interpreter.book import Book
from leadpolicy.compiler.interpreter.scores import Scorer
from leadpolicy.compiler.interpreter.session.actions import Change
from leadpolicy.compiler.interpreter.session.conclusions import Conclusions
from leadpolicy.compiler.interpreter.session.content import Shown
from leadpolicy.compiler.interpreter.session.errors import ConflictError, Failure
from leadpolicy.compiler.interpreter.session.matching import MatchId, Partial, matches
from leadpolicy.compiler.interpreter.session.memory import Memory
from leadpolicy.compiler.interpreter.session.reading_parts import made_by
from leadpolicy.compiler.interpreter.session.view import View


@dataclass(frozen=True, slots=True)
class Match:
    """A match that holds: the change with which it came up, its facts' numbers then, whether it has fired."""

    id: MatchId
    came: int
    numbers: tuple[int, ...]
    fired: bool = False


@dataclass(frozen=True, slots=True)
class Firing:
    """A firing: when, which rule, the facts as they were."""

    at: int
    rule: str
    facts: list[Shown]


@dataclass(slots=True)
class State:
    """All that an undone instant gives back."""

    memory: Memory
    holding: dict[MatchId, Match] = field(default_factory=dict)
    firings: list[Firing] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    effects: list[dict[str, Shown]] = field(default_factory=list)
    emitted: dict[str, int] = field(default_factory=dict)
    """How often each effect's id came up while now was what it is."""

    def copy(self) -> State:
        """The same, apart from this one."""
        return State(
            self.memory.copy(),
            dict(self.holding),
            list(self.firings),
            list(self.failures),
            list(self.effects),
            dict(self.emitted),
        )


class Steps:
    """Plays steps on a state: after every change all is worked out from nothing."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._scorer = Scorer(book)
        self.conclusions = Conclusions(book)
        self._seen: tuple[Memory, View] | None = None

    def view(self, state: State) -> View:
        """The facts as they are; the same as last time where nothing has changed since."""
        memory = state.memory
        if self._seen is None or self._seen[0] is not memory or not self._seen[1].is_of(memory):
            self._seen = (memory, View(memory, self._scorer))
        return self._seen[1]

    def step(self, state: State, changes: Sequence[Change]) -> None:
        """Several changes, and what comes of them. Matches that held before and hold afterwards have gone on."""
        before = dict(state.holding)
        for change in changes:
            if change(state.memory):
                self._look(state)
                self.conclusions.settle(state.memory, lambda: self.view(state), lambda: self._look(state))
        for known, match in before.items():
            if known in state.holding:
                state.holding[known] = match
        self._refuse_conflict(state)

    def _look(self, state: State) -> None:
        """Which matches hold after a change, and which of them came up with it."""
        number = state.memory.number
        found: dict[MatchId, Match] = {}
        for place, partial in self.matches(self.view(state)):
            known = (place, partial.identities)
            found[known] = state.holding.get(known) or Match(known, number, partial.numbers)
        state.holding = found

    def matches(self, view: View) -> list[tuple[int, Partial]]:
        """All matches of all rules, each with the rule's place in the file."""
        return [(place, p) for place, rule in enumerate(self._book.policy.rules) for p in matches(rule, view)]

    def next_to_fire(self, state: State) -> Match | None:
        """Rulings 62, 63."""
        rules, sign = self._book.policy.rules, -1 if self._book.policy.newest_first else 1

        def turn(match: Match) -> tuple[int, int, int, list[int]]:
            place = match.id[0]
            return -rules[place].priority, place, sign * match.came, [sign * number for number in match.numbers]

        return min((match for match in state.holding.values() if not match.fired), key=turn, default=None)

    def partial(self, match: Match, state: State) -> Partial:
        """A match's facts and names as they are."""
        rule = self.rule(match)
        return next(p for p in matches(rule, self.view(state)) if p.identities == match.id[1])

    def rule(self, match: Match) -> ir.Rule:
        """The rule of a match."""
        return self._book.policy.rules[match.id[0]]

    @staticmethod
    def mark_fired(match: Match, state: State) -> None:
        """It doesn't fire again as long as it holds."""
        state.holding[match.id] = replace(match, fired=True)

    def _refuse_conflict(self, state: State) -> None:
        conflict = self.conclusions.conflict(state.memory)
        if conflict is None:
            return
        type_, key = conflict
        found = self.conclusions.should_be(type_, self.view(state)).values()
        places = {s.match[0] for c in found if c.record.key == key for s in c.supports}
        rules = [rule.name for place, rule, _ in made_by(type_, self._book.policy) if place in places]
        raise ConflictError(type_, key, tuple(rules))
