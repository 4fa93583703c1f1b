"""The compiled session's answers against the interpreter's, at every step: supports, why, why not."""

from __future__ import annotations

import os
from typing import Any

from hypothesis import HealthCheck, given, settings

from leadpolicy.compiler import ir
from leadpolicy.compiler.interpreter.session import Session as NaiveSession
from leadpolicy.compiler.interpreter.session.matching import prefixes
from leadpolicy.compiler.interpreter.session.memory import Identity
from leadpolicy.compiler.to_python.module import explaining
from leadpolicy.engine.program import compiled as compiled_code
from leadpolicy.engine.program import run_part
from leadpolicy.engine.session.host import Session
from leadpolicy.engine.session.network import Matching
from tests.rule_strategies import NOW, SMALL, History, Naive, compiled, sessions, told
from tests.session_compiled import Compiled

EXAMPLES = int(os.environ.get("LEADPOLICY_EXAMPLES", "25"))
_MATCHES = 6
"""So many matches of a rule are asked about."""


class Asked(Compiled):
    """The compiled matcher, as hosts get it."""

    def __init__(self, policy: ir.Policy, now: int, **limits: int) -> None:
        super().__init__(policy, now, **limits)
        made = run_part(compiled_code(explaining(policy), policy.name), "MATCHING")
        assert isinstance(made, Matching)
        core = self.session
        readers = {fact.name: reader for fact, reader in zip(core.declared, core.readers, strict=True)}
        self.asked = Session(core.policy, readers, core.matching, now, explaining=lambda: made, **limits)
        self.session = self.asked


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(sessions(5))
def test_the_compiled_session_answers_as_the_interpreter_does(drawn: tuple[str, History]) -> None:
    text, history = drawn
    policy = compiled(text)
    naive, ours = Naive(policy, NOW, **SMALL), Asked(policy, NOW, **SMALL)
    for kind, what in history:
        expected, found = [p.batch(what) if kind == "batch" else p.advance_to(what) for p in (naive, ours)]
        assert told([found]) == told([expected])
        handles = [pair for pair in zip(naive._handles, ours._handles, strict=True) if None not in pair]
        there = [(a, b) for a, b in handles if a is not None and naive.session.state.memory.record_of(a) is not None]
        compare(naive.session, ours.asked, there)


def compare(naive: NaiveSession, ours: Session, handles: list[tuple[Any, Any]]) -> None:
    """All that can be asked about every rule and every fact that has a key or a handle, and about some matches."""
    view = naive._steps.view(naive.state)
    keys = [(fact.record.fact, fact.record.key) for fact in view.facts if fact.record.key is not None]
    for rule in naive.policy.rules:
        assert nearest(ours.why_not(rule.name)) == nearest(naive.why_not(rule.name))
        for one, other in [*handles, *((key, key) for key in keys)]:
            assert nearest(ours.why_not(rule.name, other)) == nearest(naive.why_not(rule.name, one)), one
        for partials in prefixes(rule, view)[-2:]:
            for partial in partials[:_MATCHES]:
                shown = naive.named(fact.record for fact in partial.facts)
                compare_why(naive, ours, rule, partial.identities, shown)
    for record, supports in naive.conclusions():
        expected = [[naive.policy.rules[s.match[0]].name, s.action, naive.named(s.records)] for s in supports]
        asked = [record.fact, record.key] if record.key is not None else naive.named([record])[0]
        found = [[s.rule, s.action, [*s.facts]] for s in ours.supports(asked)]  # type: ignore[arg-type]
        assert found == expected


def compare_why(
    naive: NaiveSession, ours: Session, rule: ir.Rule, identities: tuple[Identity, ...], shown: list[Any]
) -> None:
    expected = naive.why(rule.name, identities)  # type: ignore[arg-type]
    found = ours.why(rule.name, shown)
    lines = None if found is None else [(held.text, held.place, held.fact) for held in found.lines]
    assert lines == (None if expected is None else [(held.text, held.place, held.fact) for held in expected])


def nearest(found: Any) -> Any:
    return found and (found.facts, found.text, found.place, found.verdict, found.failing)
