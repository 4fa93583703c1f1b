"""Run the tests of a policy: each is decided by the generated evaluator and by the reference interpreter.

The expectations of a test block are put to the interpreter, those of a fixture to its decision; that the generated
evaluator says the same, reasons included, is checked for every test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from leadpolicy.compiler import ir
from leadpolicy.compiler.interpreter import Interpreter, InterpreterInputError, Run
from leadpolicy.compiler.interpreter import run as interpret
from leadpolicy.compiler.interpreter.intake import Problem as Refused
from leadpolicy.compiler.wording import Message, say, term
from leadpolicy.engine.errors import InputError, Problem
from leadpolicy.engine.json_text import dumps
from leadpolicy.files.problems import problem_said
from leadpolicy.policy import Policy
from leadpolicy.testing.expectations import effects_unmet, in_time, moments, play_unmet, unmet
from leadpolicy.testing.fixtures import Fixture, differences, fixture_file, read_fixtures
from leadpolicy.testing.givens import GivenError, RawInput, moment, raw_input
from leadpolicy.testing.playing import MoveLoopError, Play
from leadpolicy.testing.results import Failure, Result

if TYPE_CHECKING:
    from leadpolicy.compiler.interpreter.printing import Printed

_EVALUATOR, _INTERPRETER = term("evaluator"), term("interpreter")

Check = Callable[[Run], Iterable[Failure]]


def run_tests(policy: Policy, path: Path, only: str | None = None) -> Iterator[Result]:
    """Every test in the policy, then every fixture beside it, whose name contains `only`."""
    for test in policy.ir.tests:
        if only is None or only in test.name:
            yield _timed(str(path), test.place.line, test.name, _run_block(policy, test))
    beside = fixture_file(path)
    if beside.is_file():
        for fixture in read_fixtures(beside, policy.ir):
            if only is None or only in fixture.name:
                yield _timed(str(beside), fixture.line, fixture.name, _run_fixture(policy, fixture))


def _timed(file: str, line: int, name: str, failures: Iterator[Failure]) -> Result:
    start = perf_counter()
    found = tuple(failures)
    return Result(file, line, name, found, perf_counter() - start)


def _run_block(policy: Policy, test: ir.Test) -> Iterator[Failure]:
    try:
        given = raw_input(policy.ir, test)
    except GivenError as problem:
        yield Failure("input", problem.message, test.place.line)
        return
    if in_time(policy.ir, test):
        yield from _in_time(policy, test, given)
    else:
        yield from _decide(policy, given, test.place.line, lambda run: unmet(test.expects, run))


def _in_time(policy: Policy, test: ir.Test, given: RawInput) -> Iterator[Failure]:
    """A test with moments of its own: the lead is played up to each of them."""
    interpreter = Interpreter(policy.ir)

    def decide(raw: RawInput, entered: dict[str, int]) -> Run:
        return interpreter.run(raw.lead, facts=raw.facts, events=raw.events, now=raw.now, entered=entered)

    try:
        play = Play(policy.ir, given, decide)
        for at, expects in moments(test):
            play.advance_to(at)
            raw = play.input.at(moment(at))
            yield from _decide(policy, raw, test.place.line, partial(play_unmet, expects, play), play.entered)
        yield from effects_unmet(test, play)
    except InterpreterInputError as error:
        yield from (Failure("input", _refusal(problem), test.place.line) for problem in error.problems)
    except MoveLoopError as loop:
        yield Failure("expectation", loop.message, test.place.line)


def _run_fixture(policy: Policy, fixture: Fixture) -> Iterator[Failure]:
    if fixture.problem is not None:
        yield Failure("fixture", fixture.problem, fixture.line)
        return
    given = RawInput(fixture.lead, fixture.facts, fixture.events, fixture.now, fixture.now)
    yield from _decide(policy, given, fixture.line, lambda run: _different(fixture, run))


def _decide(
    policy: Policy, given: RawInput, line: int, check: Check, entered: dict[str, int] | None = None
) -> Iterator[Failure]:
    """Both engines decide; then the expectations; then whether the two agree."""
    refused = decided = None
    try:
        decision = policy.program.decide(
            given.lead, facts=given.facts, events=given.events, now=given.now, entered=entered
        )
        decided = decision.to_dict(trace=True)
    except InputError as error:
        refused = error
    try:
        run = interpret(policy.ir, given.lead, facts=given.facts, events=given.events, now=given.now, entered=entered)
    except InterpreterInputError as error:
        yield from _both_refuse(refused, error, line)
        return
    if decided is None:
        found = ((_EVALUATOR, str(refused)), (_INTERPRETER, term("takes it")))
        text = say("the evaluator refuses what the reference interpreter takes")
        yield Failure("disagreement", text, line, found)
        return
    yield from check(run)
    yield from _disagreements(decided, run.decision(trace=True), line)


def _both_refuse(refused: InputError | None, by_interpreter: InterpreterInputError, line: int) -> Iterator[Failure]:
    if refused is None:
        found: tuple[tuple[str, str], ...] = (
            (_EVALUATOR, term("takes it")),
            (_INTERPRETER, str(by_interpreter)),
        )
        text = say("the reference interpreter refuses what the evaluator takes")
        yield Failure("disagreement", text, line, found)
        return
    yield from (Failure("input", problem_said(problem), line) for problem in refused.problems)
    ours = [(p.lead, p.field, p.expected, p.found) for p in refused.problems]
    theirs = [(p.lead, p.field, p.expected, p.found) for p in by_interpreter.problems]
    if ours != theirs:
        found = ((_EVALUATOR, str(refused)), (_INTERPRETER, str(by_interpreter)))
        yield Failure("disagreement", say("the two refuse it for different reasons"), line, found)


def _disagreements(ours: dict[str, object], theirs: dict[str, Printed], line: int) -> Iterator[Failure]:
    if dumps(ours) == dumps(theirs):
        return
    for place, evaluator, interpreter in _first_difference("", theirs, ours):
        found = ((_EVALUATOR, evaluator), (_INTERPRETER, interpreter))
        text = say("the evaluator and the reference interpreter disagree on {}", place or term("the decision"))
        yield Failure("disagreement", text, line, found)


def _first_difference(path: str, theirs: object, ours: object) -> Iterator[tuple[str, str, str]]:
    """The first place where the two differ: its path, what the evaluator has there, what the interpreter has."""
    if isinstance(theirs, dict) and isinstance(ours, dict) and list(theirs) == list(ours):
        pairs = [(f"{path}.{key}" if path else str(key), theirs[key], ours[key]) for key in theirs]
    elif isinstance(theirs, list | tuple) and isinstance(ours, list | tuple) and len(theirs) == len(ours):
        pairs = [(f"{path}[{i}]", a, b) for i, (a, b) in enumerate(zip(theirs, ours, strict=True))]
    else:
        yield path, dumps(ours), dumps(theirs)
        return
    for inner, a, b in pairs:
        if dumps(a) != dumps(b):
            yield from _first_difference(inner, a, b)
            return


def _refusal(problem: Refused) -> Message:
    """What the reference interpreter can't read, in the engine's words."""
    return problem_said(Problem(problem.lead, problem.field, problem.expected, problem.found))


def _different(fixture: Fixture, run: Run) -> Iterator[Failure]:
    """Where the decision isn't what a fixture expects."""
    for difference in differences(fixture.expect, run.decision()):
        text = say("expect {} is {}", difference.path, difference.expected)
        yield Failure("expectation", text, fixture.line, ((difference.path, difference.found),))
