"""Which facts match a rule: every combination is tried, from left to right, from nothing (0012, section 4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from leadpolicy.compiler import ir
from leadpolicy.compiler.interpreter import aggregates
from leadpolicy.compiler.interpreter.session.memory import Fact, Identity
from leadpolicy.compiler.interpreter.session.view import RuleEvaluator, View
from leadpolicy.compiler.interpreter.situation import Mode

MatchId: TypeAlias = tuple[int, tuple[Identity, ...]]
"""The rule's place in the file, and what the facts are known by."""
Line: TypeAlias = ir.Pattern | ir.Guard | ir.RuleLet


@dataclass(frozen=True, slots=True)
class Partial:
    """Facts for the patterns of a body's first lines, which are certainly true; and what the names stand for."""

    facts: tuple[Fact, ...]
    evaluator: RuleEvaluator

    @property
    def numbers(self) -> tuple[int, ...]:
        """The facts' numbers, left to right."""
        return tuple(fact.number for fact in self.facts)

    @property
    def identities(self) -> tuple[Identity, ...]:
        """What the facts are known by."""
        return tuple(fact.identity for fact in self.facts)


def extended(partial: Partial, line: Line, view: View) -> list[Partial]:
    """All ways in which one line more is certainly true."""
    evaluator = partial.evaluator
    match line:
        case ir.Pattern():
            members = aggregates.members(line.records, evaluator, Mode.PLAIN)
            return [
                Partial((*partial.facts, view.fact_of(m.record)), evaluator.binding(line.records.var, m.record))
                for m in members
                if m.counts is True
            ]
        case ir.Guard():
            return [partial] if evaluator.condition(line.condition, Mode.PLAIN) is True else []
        case ir.RuleLet():
            return [Partial(partial.facts, evaluator.with_let(line))]


def prefixes(rule: ir.Rule, view: View) -> list[list[Partial]]:
    """For each number of lines, beginning with none, the matches of so many."""
    found = [[Partial((), view.rule())]]
    for line in rule.body:
        found.append([longer for partial in found[-1] for longer in extended(partial, line, view)])
    return found


def matches(rule: ir.Rule, view: View) -> list[Partial]:
    """The matches of the whole body, worked out once a view."""
    if id(rule) not in view.matches:
        view.matches[id(rule)] = prefixes(rule, view)[-1]
    return view.matches[id(rule)]
