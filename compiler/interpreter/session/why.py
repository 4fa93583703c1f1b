"""Why a rule's match holds, and why there is none (decision record 0012, section 11)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from leadpolicy.compiler import ir
from leadpolicy.compiler.interpreter import aggregates
from leadpolicy.compiler.interpreter.book import Book
from leadpolicy.compiler.interpreter.operations import compare
from leadpolicy.compiler.interpreter.printing import show_place
from leadpolicy.compiler.interpreter.session.content import Shown, shown_fact
from leadpolicy.compiler.interpreter.session.matching import Line, Partial, extended
from leadpolicy.compiler.interpreter.session.memory import Identity
from leadpolicy.compiler.interpreter.session.view import RuleEvaluator, View
from leadpolicy.compiler.interpreter.situation import Mode
from leadpolicy.compiler.interpreter.values import NOTHING, UNKNOWN, Truth


@dataclass(frozen=True, slots=True)
class Held:
    """A line of a rule that holds: its text, its place, and the fact where it is a pattern."""

    text: str
    place: str
    fact: list[Shown] | None


Explanation = tuple[Held, ...]


@dataclass(frozen=True, slots=True)
class NotYet:
    """The nearest partial match: its facts by name, and the line behind it, which has no partner.

    `failing`: those of the line's conditions that are not true, in the author's words.
    """

    facts: dict[str, list[Shown]]
    text: str
    place: str
    verdict: Literal["false", "unknown"]
    failing: tuple[str, ...]


def explain_match(rule: ir.Rule, facts: Sequence[Identity], view: View, book: Book) -> Explanation | None:
    """The lines of a match; None where it doesn't hold."""
    found = _longest(rule, view, dict(enumerate(facts)))
    if len(found) <= len(rule.body) or len(facts) != len(found[-1][0].facts):
        return None
    left = iter(found[-1][0].facts)
    held: list[Held] = []
    for line in rule.body:
        fact = shown_fact(next(left).record, book) if isinstance(line, ir.Pattern) else None
        held.append(Held(line.text, show_place(line.place), fact))
    return tuple(held)


def explain_none(rule: ir.Rule, about: Identity | None, view: View, book: Book) -> NotYet | None:
    """The nearest partial match of a rule that has none; None where it has one."""
    patterns = [line for line in rule.body if isinstance(line, ir.Pattern)]
    places = [] if about is None else [i for i, p in enumerate(patterns) if p.records.fact == about[0]]
    bindings: list[dict[int, Identity]] = [{i: about} for i in places if about is not None] or [{}]
    tried = [(_longest(rule, view, bound), bound) for bound in bindings]
    best, bound = max(tried, key=lambda one: len(one[0]))
    if len(best) > len(rule.body):
        return None
    nearest = min(best[-1], key=lambda partial: partial.numbers)
    line = rule.body[len(best) - 1]
    names = [line.records.var for line in patterns]
    facts = {name: shown_fact(fact.record, book) for name, fact in zip(names, nearest.facts, strict=False)}
    verdict, failing = _missing(line, nearest, view, bound.get(len(nearest.facts)))
    return NotYet(facts, line.text, show_place(line.place), verdict, failing)


def _longest(rule: ir.Rule, view: View, bound: dict[int, Identity]) -> list[list[Partial]]:
    """The matches of the first lines, of none, one, two, as long as there are some. `bound`: which fact the pattern
    at a place has to have."""
    found = [[Partial((), view.rule())]]
    place = 0
    for line in rule.body:
        longer = [more for partial in found[-1] for more in extended(partial, line, view)]
        if isinstance(line, ir.Pattern):
            if place in bound:
                longer = [partial for partial in longer if partial.facts[-1].identity == bound[place]]
            place += 1
        if not longer:
            return found
        found.append(longer)
    return found


def _missing(
    line: Line, nearest: Partial, view: View, only: Identity | None
) -> tuple[Literal["false", "unknown"], tuple[str, ...]]:
    """What a line that has no partner comes to, and which of its conditions are not true. `only`: the one fact that
    may stand there."""
    if isinstance(line, ir.Guard):
        clauses = line.condition.clauses
        truths = [nearest.evaluator.truth(clause.expr, Mode.PLAIN) for clause in clauses]
        unknown = nearest.evaluator.condition(line.condition, Mode.PLAIN) is UNKNOWN
        texts = tuple(clause.text for clause, truth in zip(clauses, truths, strict=True) if truth is not True)
        return "unknown" if unknown else "false", texts
    assert isinstance(line, ir.Pattern), "a let always holds"
    members = aggregates.members(line.records, nearest.evaluator, Mode.PLAIN)
    members = [m for m in members if only is None or view.fact_of(m.record).identity == only]
    verdict: Literal["false", "unknown"] = "unknown" if any(m.counts is UNKNOWN for m in members) else "false"
    nearly = [_not_met(line.records, m, nearest.evaluator) for m in _by_number(members, view)]
    return verdict, min(nearly, key=len, default=())


def _by_number(members: Sequence[aggregates.Member], view: View) -> list[aggregates.Member]:
    return sorted(members, key=lambda member: view.fact_of(member.record).number)


def _not_met(records: ir.Records, member: aggregates.Member, evaluator: RuleEvaluator) -> tuple[str, ...]:
    """The conditions of a pattern that a record doesn't certainly meet."""
    inside = evaluator.binding(records.var, member.record)
    met: list[tuple[str, Truth]] = []
    if records.of is not None:
        link = NOTHING if member.record.link is None else member.record.link
        met.append(("of", compare("eq", evaluator.evaluate(records.of, Mode.PLAIN), link)))
    clauses = () if records.where is None else records.where.clauses
    met += [(clause.text, inside.truth(clause.expr, Mode.PLAIN)) for clause in clauses]
    met.append(("within", member.window))
    return tuple(text for text, truth in met if truth is not True)
