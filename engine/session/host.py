"""The session that hosts get: the core's, which can be looked at and asked why."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from leadpolicy.engine.errors import InputError, Problem
from leadpolicy.engine.policy import PolicyDeclaration
from leadpolicy.engine.readers import found
from leadpolicy.engine.reading import Records
from leadpolicy.engine.session import session as core
from leadpolicy.engine.session.errors import Failure
from leadpolicy.engine.session.explaining import Explainer
from leadpolicy.engine.session.facts import KnownFacts
from leadpolicy.engine.session.network import Fact, Matching
from leadpolicy.engine.session.why import Concluded, Failed, Fired, LeadExplained, Support, Why, WhyNot
from leadpolicy.engine.times import print_time

Named = int | Sequence[Any]
"""A fact by its handle, by its type and key, or as effects and explanations name it."""


class Session(core.Session):
    """A working memory with a policy's rules. Not to be shared between threads.

    InputError for bad input; ActionError, LoopError, ConflictError: see `leadpolicy.engine.session.errors`.
    What explains is made when it is asked for first, and anew where something has changed since: it costs nothing
    until then, and may take long.
    """

    def __init__(
        self,
        policy: PolicyDeclaration,
        readers: Mapping[str, Records],
        matching: Matching,
        now: datetime | int,
        *,
        explaining: Callable[[], Matching],
        **limits: int,
    ) -> None:
        super().__init__(policy, readers, matching, now, **limits)
        self._explaining = explaining
        self._explainer: Explainer | None = None

    @property
    def facts(self) -> KnownFacts:
        """The facts in memory: by type, or one by its type and key."""
        return KnownFacts(self)

    @property
    def failed(self) -> int:
        """How many firings have failed."""
        return len(self._failures)

    def failures_since(self, count: int) -> list[Failure]:
        """Failed firings after the first `count`."""
        return self._failures[count:]

    # ── Why ──

    def why(self, rule: str, facts: Sequence[Named]) -> Why | None:
        """Why a rule's match holds for these facts, line by line; None where it doesn't.

        NoSuchPartError for a rule that isn't there, InputError for a fact that isn't.
        """
        return self._explain().why(rule, [self._fact(fact) for fact in facts])

    def why_not(self, rule: str, about: Named | None = None) -> WhyNot | None:
        """Why a rule has no match (that has `about` among its facts): the nearest partial match, and the first line
        without a partner; None where it has one. Errors as of `why`."""
        return self._explain().why_not(rule, None if about is None else self._fact(about))

    def supports(self, fact: Named) -> tuple[Support, ...]:
        """The matches that a concluded fact rests on. InputError where there is no such conclusion."""
        if not isinstance(fact, int):
            wanted = [*fact]
            for one in self._conclusions():
                if wanted in (one.fact, one.content):
                    return one.supports
        name = "fact" if isinstance(fact, int) else str(fact[0])
        raise self._not_there(None, name, "a concluded fact of the session", fact)

    def explain(self, lead: str) -> LeadExplained:
        """All about one lead, by its key: which rules fired for it and when, which conclusions stand about it and on
        what they rest, how each rule stands now, and where it doesn't match, what is nearest. InputError where there
        is no such lead."""
        about = self.declared[self.policy.about].name
        known = self._fact((about, lead))
        named = self.shown.fact(known[-1], known)
        key = str(named[1])
        failures = [
            Failed(print_time(f.at, self.policy.zone), f.rule, f.action, f.place, _facts(f.facts), f.word, f.field)
            for f in self.failures
            if named in f.facts
        ]
        return LeadExplained(
            key,
            print_time(self.now, self.policy.zone),
            tuple(Fired(at, rule, _facts(facts)) for at, rule, facts in self.firings_with(known[-1], key)),
            tuple(effect for effect in self.emitted_since(0) if named in effect["facts"]),  # type: ignore[operator]
            tuple(failures),
            tuple(one for one in self._conclusions() if one.content[2] == key or one.rests_on(named)),
            self._explain().rules_about(known),
        )

    def _explain(self) -> Explainer:
        made = self._explainer
        if made is None or made.state != (self.sequence, self.now):
            made = self._explainer = Explainer(self, self._explaining())
        return made

    def _conclusions(self) -> list[Concluded]:
        places = {rule.name: rule.places for rule in self.matching.rules}
        made = []
        for name, key, link, content, supports in self.concluded():
            rests = [
                Support(rule, action, places[rule][action - 1], _facts(facts))
                for rule, action, facts in supports  # type: ignore[attr-defined]
            ]
            whole = [name, key, link, content]
            made.append(Concluded(whole if key is None else [name, key], whole, tuple(rests)))
        return made

    # ── Facts by what they are called ──

    def _fact(self, named: Named) -> Fact:
        """A fact in memory, or an event that waits. InputError where there is none."""
        if isinstance(named, int):
            fact = self.by_handle(named)
            if fact is None:
                raise self._not_there(None, "fact", "a fact of the session", None)
            return fact
        name, key = str(named[0]), named[1]
        type_ = next((i for i, declared in enumerate(self.declared) if declared.name == name), None)
        if type_ is None:
            names = ", ".join(declared.name for declared in self.declared)
            raise self._not_there(None, "fact", f"one of the facts {names}", name)
        if key is not None:
            fact = self.by_key(type_, str(key))
        else:
            wanted = [*named]
            fact = next((one for one in self.tables[type_].values() if self.shown.fact(type_, one) == wanted), None)
        if fact is None:
            raise self._not_there(None if key is None else str(key), name, "a fact of the session", key or [*named])
        return fact

    @staticmethod
    def _not_there(lead: str | None, field: str, expected: str, value: object) -> InputError:
        return InputError((Problem(lead, field, expected, found(value)),))


def _facts(facts: Sequence[Any]) -> tuple[list[Any], ...]:
    return tuple([*fact] for fact in facts)
