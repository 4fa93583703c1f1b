"""An instant is undone: rules went round, or contradict each other (0012, sections 5 and 6)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from heapq import heappush
from typing import Any, TypeAlias

from leadpolicy.engine.policy import PolicyDeclaration
from leadpolicy.engine.reading import Records
from leadpolicy.engine.session.changing import Changing
from leadpolicy.engine.session.conclusions import content_key
from leadpolicy.engine.session.effects import Effects
from leadpolicy.engine.session.errors import Failure
from leadpolicy.engine.session.matches import RuleMatches
from leadpolicy.engine.session.network import Fact, Match, Matching, Touch

Fired: TypeAlias = tuple[int, RuleMatches, Match, int]
"""A firing: the instant, the rule, the match, the number of the last change before it."""
Marks: TypeAlias = tuple[int, int, int, int]
"""Where an instant began: the number of the last change; how many effects, firings, failures there were."""


class Undoing(Changing):
    """What an instant has done so far, and going back to before it. `touched`: rules whose matches began or ceased to
    hold in the step that goes on, which began with the change numbered `step_began`."""

    def __init__(
        self, policy: PolicyDeclaration, readers: Mapping[str, Records], matching: Matching, now: datetime | int
    ) -> None:
        super().__init__(policy, readers, matching, now)
        self.step_began = 1
        self.touched: list[RuleMatches] = []
        self._effects = Effects(self)
        self._fired: list[Fired] = []
        self._failures: list[Failure] = []
        order = sorted(range(len(matching.rules)), key=lambda i: (-matching.rules[i].priority, i))
        ranks = {index: rank for rank, index in enumerate(order)}
        self.rules = [RuleMatches(self, i, rule, ranks[i]) for i, rule in enumerate(matching.rules)]
        self._ranked = [self.rules[i] for i in order]
        self._active: list[int] = []

    def activate(self, rule: RuleMatches) -> None:
        """A rule has matches to fire."""
        rule.active = True
        heappush(self._active, rule.rank)

    def _undo(self, before: Marks, popped: list[tuple[int, int, Touch | None, Fact]]) -> None:
        """Memory as it was before the instant; its matches have fired."""
        self.conclusions.clear()
        self.touched.clear()
        self.open.clear()
        self.lazily = False
        self._active.clear()
        for change in reversed(self.journal):
            if isinstance(change, list):
                self._undo_one("in", change, None)
            else:
                self._undo_one(*change)
        self.journal.clear()
        sequence, effects, fired, failures = before
        self.sequence = sequence
        self.step_began = sequence + 1
        self._effects.forget(effects)
        del self._fired[fired:]
        del self._failures[failures:]
        for one in popped:
            heappush(self._queue, one)
        self.parts.clear()
        self.late = self.clocked
        for rule in self.rules:
            rule.rebuild()

    def _undo_one(self, kind: str, fact: Fact, more: Any) -> None:
        network = self.network
        type_ = fact[-1]
        keyless = self.keyless[type_]
        base = not self.declared[type_].concluded
        if kind == "in":
            network.leave[type_](fact)
            fact[-3] = 0
            if base:
                self.handles.pop(self.handle_of(fact[-2]), None)
                if more is not None:
                    self._handles[more[0]] = more[1]
                if keyless:
                    self.same[type_].pop(content_key(tuple(fact[:-4])), None)
            else:
                del self.conclusions.present[type_][more[2]]
                self.conclusions.count(type_, more[2], -1)
        elif kind == "out":
            fact[-3], note = more
            network.enter[type_](fact)
            if base:
                if self.key_places[type_] is not None:
                    self.handles[self.handle_of(fact[-2])] = fact
                if keyless:
                    self.same[type_][content_key(tuple(fact[:-4]))] = fact
                    self.handles.pop(fact[-2], None)
            else:
                self.conclusions.present[type_][note[2]] = fact
                self.conclusions.count(type_, note[2], 1)
        elif kind in {"moved", "set"}:
            new = fact.copy()
            if kind == "set":
                place, fact[place], fact[-3] = more
            else:
                fact[:] = more
            network.move[type_](fact, new)
            if keyless:
                self.versions[fact[-2]].pop()
                self.same[type_].pop(content_key(tuple(new[:-4])), None)
                self.same[type_][content_key(tuple(fact[:-4]))] = fact
        else:
            self._undo_waiting(kind, fact)

    def _undo_waiting(self, kind: str, fact: Fact) -> None:
        key = self.shown.key(fact[-1], fact)
        if kind == "waits":
            fact[-3] = 0
            self.handles.pop(fact[-2], None)
            if key is not None:
                self._waiting.pop((fact[-1], key), None)
            return
        fact[-3] = -1
        self.handles[fact[-2]] = fact
        if key is not None:
            self._waiting[fact[-1], key] = fact
