"""What a session tells of itself: effects, firings, memory, conclusions (0012, section 10)."""

from __future__ import annotations

from leadpolicy.engine.session.errors import Failure
from leadpolicy.engine.session.firing import Firing
from leadpolicy.engine.session.printing import as_json
from leadpolicy.engine.session.undoing import Fired
from leadpolicy.engine.times import print_time


class Told(Firing):
    """Reading a session out; printed when it is asked for."""

    def effects(self) -> list[dict[str, object]]:
        """The effects that were not handed out before, in order."""
        return self._effects.hand_out()

    @property
    def firings(self) -> list[tuple[str, str, list[object]]]:
        """All firings so far: (instant, rule, facts)."""
        return self.firings_since(0)

    def firings_since(self, count: int) -> list[tuple[str, str, list[object]]]:
        """Firings after the first `count`."""
        return [self._printed(fired) for fired in self._fired[count:]]

    def firings_with(self, type_: int, key: str) -> list[tuple[str, str, list[object]]]:
        """The firings that had the fact of a key among their facts."""
        at = self.key_places[type_]
        assert at is not None
        with_it = [
            fired for fired in self._fired if any(one[-1] == type_ and str(one[at]) == key for one in fired[2])
        ]
        return [self._printed(fired) for fired in with_it]

    def _printed(self, fired: Fired) -> tuple[str, str, list[object]]:
        at, rule, match, sequence = fired
        types = rule.declaration.types
        facts = [self.shown.fact(type_, self.as_of(one, sequence)) for type_, one in zip(types, match, strict=True)]
        return print_time(at, self.policy.zone), rule.declaration.name, list(facts)

    @property
    def fired(self) -> int:
        """How many firings there were."""
        return len(self._fired)

    @property
    def failures(self) -> tuple[Failure, ...]:
        """All failed firings so far."""
        return tuple(self._failures)

    def emitted_since(self, count: int) -> list[dict[str, object]]:
        """Effects after the first `count`, handed out or not."""
        return self._effects.since(count)

    @property
    def emitted(self) -> int:
        """How many effects there were."""
        return self._effects.count

    def memory(self) -> list[list[object]]:
        """The base facts: `[type, key, link, content]`, sorted."""
        tables = [t for t, declared in zip(self.tables, self.declared, strict=True) if not declared.concluded]
        found = [fact for table in tables for fact in table.values()]
        found.sort(key=lambda fact: (fact[-1], *self.shown.rank(fact[-1], fact)))
        return [self.shown.whole(fact[-1], fact) for fact in found]

    def concluded(self) -> list[list[object]]:
        """The concluded facts: `[type, key, link, content, supports]`, sorted."""
        found: list[list[object]] = []
        for type_, present in enumerate(self.conclusions.present):
            ranks = {content: self.shown.rank(type_, fact) for content, fact in present.items()}
            for content in sorted(ranks, key=ranks.__getitem__):
                fact = present[content]
                found.append([*self.shown.whole(type_, fact), self._supports(type_, content)])
        return found

    def _supports(self, type_: int, content: tuple[object, ...]) -> list[list[object]]:
        found = []
        for (index, action, _), entry in self.conclusions.supports[type_].get(content, {}).items():
            rule = self.rules[index]
            facts = self.shown.fact_text(rule.facts_by_position(entry.match))
            found.append((index, action, as_json(facts), [rule.declaration.name, action, facts]))
        return [shown for *_, shown in sorted(found, key=lambda one: one[:3])]
