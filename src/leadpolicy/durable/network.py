"""The network of a session whose matches durable_rules finds: everything else is the session's own (0012, 0014)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from leadpolicy.compiler.to_durable import Lowered
from leadpolicy.durable.joining import Joining
from leadpolicy.engine.session.network import Fact, Matching, Network


def matching_by_durable_rules(matching: Matching, lowered: Lowered) -> Matching:
    """The rules of a policy, matched by durable_rules. Time itself changes none of these."""

    def make(session: Any) -> Network:
        return _made(session, matching.make(session), lowered)

    return matching._replace(make=make, timed=(False,) * len(matching.timed), clocked=())


def _made(session: Any, network: Network, lowered: Lowered) -> Network:
    """A network whose tables, actions and conclusions are those of another."""
    declared = session.declared
    links = tuple(len(fact.fields) if fact.of is not None else None for fact in declared)
    joining = Joining(lowered, tuple(fact.key for fact in declared), links)
    changes = _Changes(session, joining)
    types, rules = range(len(declared)), range(len(matching_rules(lowered)))
    return network._replace(
        enter=tuple(_both(network.enter[i], joining.enter) for i in types),
        leave=tuple(_both(network.leave[i], joining.leave) for i in types),
        move=tuple(_both_moves(network.move[i], joining.move) for i in types),
        came=(changes.came,) * len(types),
        went=(changes.went,) * len(types),
        moved=(changes.moved,) * len(types),
        watch=(_nothing,) * len(types),
        holds=tuple(_holds(joining, i) for i in rules),
        all=tuple(partial(joining.all, i) for i in rules),
    )


def matching_rules(lowered: Lowered) -> tuple[object, ...]:
    """The rules; all are lowered."""
    assert all(rule is not None for rule in lowered.rules)
    return lowered.rules


class _Changes:
    """Tells the rules of a session what happened to their matches."""

    def __init__(self, session: Any, joining: Joining) -> None:
        self._session = session
        self._joining = joining

    def came(self, fact: Fact) -> None:
        """A fact has come in; or stands for its key now, where another one went."""
        self._tell()
        self._again(fact)

    def went(self, fact: Fact) -> None:
        """A fact has gone."""
        self._tell()

    def moved(self, fact: Fact, old: Fact) -> None:
        """A fact has changed: its matches go on, with what they conclude now."""
        self._tell()
        self._again(fact)

    def _tell(self) -> None:
        for place, began, ceased in self._joining.changed():
            rule = self._session.rules[place]
            # Facts are known by their identities there, and of a concluded key two may be in memory for a while.
            for identity in dict.fromkeys(match[0][-2] for match in ceased):
                rule.check(identity)
            if began:
                rule.add(began)

    def _again(self, fact: Fact) -> None:
        for place, matches in self._joining.with_fact(fact).items():
            self._session.rules[place].add(matches)


def _both(first: Callable[[Fact], None], second: Callable[[Fact], None]) -> Callable[[Fact], None]:
    def call(fact: Fact) -> None:
        first(fact)
        second(fact)

    return call


def _both_moves(first: Callable[[Fact, Fact], None], second: Callable[[Fact], None]) -> Callable[[Fact, Fact], None]:
    def call(fact: Fact, old: Fact) -> None:
        first(fact, old)
        second(fact)

    return call


def _holds(joining: Joining, rule: int) -> Callable[..., bool]:
    def holds(*match: Fact) -> bool:
        return joining.holds(rule, match)

    return holds


def _nothing(fact: Fact) -> None:
    return None
