"""Why a session's rules match and why not: a second network, filled with the same facts when it is first asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from leadpolicy.engine.errors import NoSuchPartError
from leadpolicy.engine.session.network import Fact, Matching, RuleDeclaration
from leadpolicy.engine.session.partial import PATTERN, Line, Rows, Search
from leadpolicy.engine.session.session import Session
from leadpolicy.engine.session.why import Held, RuleNow, Why, WhyNot

if TYPE_CHECKING:
    from leadpolicy.engine.session.host import Session as HostSession


class Explainer:
    """What explains one session, as it is now. `matching`: the policy's rules, whose networks know their lines.

    Records are the session's own: nothing is copied, and nothing here changes them.
    """

    def __init__(self, session: HostSession, matching: Matching) -> None:
        self._session = session
        readers = {fact.name: reader for fact, reader in zip(session.declared, session.readers, strict=True)}
        self._shadow = shadow = Session(session.policy, readers, matching, session.now)
        self.state = session.sequence, session.now
        """What was explained last: another state needs another explainer."""
        facts = [fact for table in session.tables for fact in table.values()]
        for fact in sorted(facts, key=lambda fact: int(fact[-4])):
            shadow.network.enter[fact[-1]](fact)
        lines: tuple[tuple[tuple[Any, ...], ...], ...] = shadow.lines  # type: ignore[attr-defined]
        self._lines = [tuple(Line(*row) for row in rule) for rule in lines]
        self._rows = Rows(session.tables)

    def _rule(self, name: str) -> tuple[RuleDeclaration, tuple[Line, ...]]:
        """A rule by its name. NoSuchPartError where there is none."""
        rules = self._session.matching.rules
        for declaration, lines in zip(rules, self._lines, strict=True):
            if declaration.name == name:
                return declaration, lines
        names = [declaration.name for declaration in rules]
        near = get_close_matches(name, names, n=3, cutoff=0.5) or names[:5]
        listed = ", ".join(f"`{one}`" for one in near)
        raise NoSuchPartError(f"the policy has no rule called `{name}`; near: {listed}")

    # ── Answers ──

    def why(self, name: str, facts: Sequence[Fact]) -> Why | None:
        """The lines of a match; None where it doesn't hold."""
        declaration, lines = self._rule(name)
        return self._held(declaration, lines, facts)

    def _held(self, declaration: RuleDeclaration, lines: Sequence[Line], facts: Sequence[Fact]) -> Why | None:
        if len(facts) != len(declaration.types):
            return None
        found = next(Search(lines, self._rows, dict(enumerate(facts))).matches(), None)
        if found is None:
            return None
        left, held = iter(found), []
        for line in lines:
            fact = self._shown(next(left)) if line.kind == PATTERN else None
            held.append(Held(line.text, line.place, fact))
        return Why(declaration.name, declaration.place, tuple(held))

    def why_not(self, name: str, about: Fact | None) -> WhyNot | None:
        """The nearest partial match; None where there is a whole one."""
        declaration, lines = self._rule(name)
        return self._nearest(declaration, lines, about)

    def _nearest(self, declaration: RuleDeclaration, lines: Sequence[Line], about: Fact | None) -> WhyNot | None:
        best: Search | None = None
        for bound in _bindings(declaration, about):
            search = Search(lines, self._rows, bound)
            if next(search.matches(), None) is not None:
                return None
            if best is None or search.held > best.held:
                best = search
        assert best is not None
        line, verdict, failing = best.in_the_way()
        names = [one.name for one in lines if one.kind == PATTERN]
        facts = {str(name): self._shown(fact) for name, fact in zip(names, best.nearest, strict=False)}
        return WhyNot(declaration.name, declaration.place, facts, line.text, line.place, verdict, failing)

    def rules_about(self, fact: Fact) -> tuple[RuleNow, ...]:
        """How each rule stands that is about records of the type."""
        rules = zip(self._session.matching.rules, self._lines, strict=True)
        return tuple(self._stands(rule, lines, fact) for rule, lines in rules if fact[-1] in rule.types)

    def _stands(self, declaration: RuleDeclaration, lines: Sequence[Line], fact: Fact) -> RuleNow:
        found = {
            tuple(one[-2] for one in match): match
            for bound in _bindings(declaration, fact)
            for match in Search(lines, self._rows, bound).matches()
        }
        matches = tuple(tuple(self._shown(one) for one in match) for match in found.values())
        why_not = None if matches else self._nearest(declaration, lines, fact)
        return RuleNow(declaration.name, declaration.place, matches, why_not)

    def _shown(self, fact: Fact) -> list[Any]:
        return self._session.shown.fact(fact[-1], fact)


def _bindings(declaration: RuleDeclaration, about: Fact | None) -> list[dict[int, Fact]]:
    """Each way in which a pattern of the rule has to be a fact; of no fact, or one of no pattern's type: none."""
    if about is None:
        return [{}]
    return [{i: about} for i, type_ in enumerate(declaration.types) if type_ == about[-1]] or [{}]


Explaining = Callable[[], Matching]
"""Makes what explains a policy's rules."""
