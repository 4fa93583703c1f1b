"""Firing one match after the other until none is left, or rules are found to go round (rulings 62, 63, 66)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from leadpolicy.compiler.interpreter.book import Book
from leadpolicy.compiler.interpreter.session.actions import FailedActionError, Plan, Planner
from leadpolicy.compiler.interpreter.session.content import shown_fact
from leadpolicy.compiler.interpreter.session.errors import Failure, LoopError
from leadpolicy.compiler.interpreter.session.matching import MatchId, Partial
from leadpolicy.compiler.interpreter.session.state import Firing, Match, State, Steps

MOST_MOVES = 10
FIRINGS_NAMED = 100
"""Of how many firings the rules are named, where too many follow from others."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How often in one instant a match may fire, and how many firings may follow from others."""

    of_a_match: int
    following: int


@dataclass(frozen=True, slots=True)
class _Logged:
    """A firing of this instant; `follows`: whether its match came up with another's change."""

    match: MatchId
    rule: str
    follows: bool
    moved: tuple[str, ...]


class Rest:
    """Brings a state to rest."""

    def __init__(self, book: Book, steps: Steps, limits: Limits) -> None:
        self._book, self._steps, self._limits = book, steps, limits

    def settle(self, state: State) -> None:
        """Fire until nothing is left to fire. Raises `LoopError`."""
        log: list[_Logged] = []
        arrived = state.memory.number
        while (match := self._steps.next_to_fire(state)) is not None:
            follows = match.came > arrived
            self._refuse_loop(match, follows, log)
            log.append(self._fire(match, follows, state, log))

    def _fire(self, match: Match, follows: bool, state: State, log: list[_Logged]) -> _Logged:
        rule, partial = self._steps.rule(match), self._steps.partial(match, state)
        plan, failure = self._planned(match, partial, state)
        self._refuse_moves(rule.name, plan, log)
        self._steps.mark_fired(match, state)
        facts = [shown_fact(fact.record, self._book) for fact in partial.facts]
        state.firings.append(Firing(state.memory.now, rule.name, list(facts)))
        if failure is not None:
            word, name = failure.misfit.word, failure.misfit.name
            failed = Failure(state.memory.now, rule.name, failure.action, list(facts), word, name)
            state.failures.append(failed)
        for effect in plan.effects:
            state.effects.append(effect.numbered(self._book, state.memory.now, state.emitted))
        self._steps.step(state, plan.changes)
        return _Logged(match.id, rule.name, follows, tuple(plan.moved))

    def _planned(self, match: Match, partial: Partial, state: State) -> tuple[Plan, FailedActionError | None]:
        try:
            return Planner(self._steps.rule(match), partial, state.memory, self._book).plan(), None
        except FailedActionError as failure:
            return Plan(), failure

    def _refuse_loop(self, match: Match, follows: bool, log: list[_Logged]) -> None:
        places = [i for i, fired in enumerate(log) if fired.match == match.id]
        if len(places) >= self._limits.of_a_match:
            raise LoopError("match", _once(fired.rule for fired in log[places[-1] :]))
        if follows and sum(fired.follows for fired in log) >= self._limits.following:
            raise LoopError("following", _once(fired.rule for fired in log[-FIRINGS_NAMED:]))

    def _refuse_moves(self, rule: str, plan: Plan, log: list[_Logged]) -> None:
        for lead in plan.moved:
            before = [fired for fired in log if lead in fired.moved]
            if sum(fired.moved.count(lead) for fired in before) + plan.moved.count(lead) > MOST_MOVES:
                raise LoopError("moves", _once((*(fired.rule for fired in before), rule)))


def _once(rules: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(rules))
