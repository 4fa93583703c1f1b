"""The network of a session whose matches durable_rules finds: everything else is the session's own (0012, 0014)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from leadpolicy.compiler.to_durable import Lowered
from leadpolicy.durable.joining import Joining
from leadpolicy.engine.session.network import Fact, Matching, Network


def matching_by_durable_rules(matching: Matching, lowered: Lowered) -> Matching:
    """The rules of a policy, all of them lowered. `matching`: what is generated for a matcher outside."""
    made: Any = matching.make

    def make(session: Any) -> Network:
        declared = session.declared
        links = tuple(len(fact.fields) if fact.of is not None else None for fact in declared)
        joining = Joining(lowered, tuple(fact.key for fact in declared), links)
        network: Network = made(session, _Outside(session, joining))
        return network._replace(
            # An instant is undone by these alone.
            enter=tuple(_and(touch, joining.enter) for touch in network.enter),
            leave=tuple(_and(touch, joining.leave) for touch in network.leave),
            move=tuple(_and_moved(touch, joining.move) for touch in network.move),
            holds=tuple(_holds(joining, i) for i in range(len(lowered.rules))),
            all=tuple(partial(joining.all, i) for i in range(len(lowered.rules))),
        )

    return matching._replace(make=make)


class _Outside:
    """Told of facts by the generated network; tells the rules of the session what happened to their matches."""

    def __init__(self, session: Any, joining: Joining) -> None:
        self._session = session
        self._joining = joining

    def came(self, fact: Fact) -> None:
        """A fact has come in; or stands for its key now, where another one went."""
        self._joining.enter(fact)
        self._tell()
        self._again(fact)

    def went(self, fact: Fact) -> None:
        """A fact has gone."""
        self._joining.leave(fact)
        self._tell()

    def moved(self, fact: Fact) -> None:
        """A fact has changed: its matches go on, with what they conclude now."""
        self._joining.move(fact)
        self._tell()
        self._again(fact)

    def _tell(self) -> None:
        for place, began, ceased in self._joining.changed():
            rule = self._session.rules[place]
            # Facts are known by their identities there, and of a concluded key two may be in memory for a while.
            for identity in dict.fromkeys(match[0][-2] for _, match in ceased):
                rule.check(identity)
            if began:
                rule.add(began)

    def _again(self, fact: Fact) -> None:
        for place, matches in self._joining.with_fact(fact).items():
            self._session.rules[place].add(matches)


def _and(first: Callable[[Fact], None], second: Callable[[Fact], None]) -> Callable[[Fact], None]:
    def call(fact: Fact) -> None:
        first(fact)
        second(fact)

    return call


def _and_moved(first: Callable[[Fact, Fact], None], second: Callable[[Fact], None]) -> Callable[[Fact, Fact], None]:
    def call(fact: Fact, old: Fact) -> None:
        first(fact, old)
        second(fact)

    return call


def _holds(joining: Joining, rule: int) -> Callable[..., bool]:
    def holds(*match: Fact) -> bool:
        return joining.holds(rule, match)

    return holds
