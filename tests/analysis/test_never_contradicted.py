"""What the analysis says is never contradicted by the interpreter, on generated policies and leads."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import Any

from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from tests.policy_strategies import HEADER, NOW, leads, members, policies

from leadpolicy.compiler import ir
from leadpolicy.compiler.analysis.conditions import Conditions, Want
from leadpolicy.compiler.analysis.findings import Finding
from leadpolicy.compiler.analysis.regions import Region, TooMuchError
from leadpolicy.compiler.analysis.score_ranges import work_out
from leadpolicy.compiler.analysis.subjects import MILLION, Subject, Subjects
from leadpolicy.compiler.analysis.value_sets import Ranges, Values
from leadpolicy.compiler.analysis.whole import analyse
from leadpolicy.compiler.interpreter import Interpreter, Run
from leadpolicy.compiler.interpreter.durations import length
from leadpolicy.compiler.interpreter.expressions import Evaluator, Mode
from leadpolicy.compiler.interpreter.values import NOTHING, UNKNOWN, Truth, Value, conjunction
from leadpolicy.compiler.pipeline import compile_source
from leadpolicy.compiler.source import Source

EXAMPLES = int(os.environ.get("LEADPOLICY_EXAMPLES", "30"))
SETTINGS = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)

ATOMS = [
    "n > 5", "n >= 5", "n < 1", "n is 1", "n in [0, 1, 5]", "n in 0 to 5", "n not in 1 to 10", "n > 0.5", "n is known",
    "n is unknown", "k is known", "k is not known", "k is 1", "k is not 1", "k > 0", "m <= 0.5", "m > 0.000001",
    "o is low", "o >= mid", "o < top", "c is a", "c is not a", 'c in [b, "丙"]', 'c is unknown', "f", "not f",
    "f is known", "g", "g is known", "g is false", 'txt is "x"', 'txt in words', 'txt is "未知"', "txt is known",
    'txt contains "x"', "d <= 30 days", "d > 1 month", "d is 12 months", "made is known", "day < 2026-11-23",
    "age(t) >= 0 days", "age(t) is known", "fit >= 10", "fit > 15", "fit < 0", "low(fit) >= 10", "high(fit) < 5",
    "bant passes", "bant fails", "bant is unknown", "S0", "S1", "stage is S1", "stage >= S0", "disqualified",
    "size is A", "size is B", "size is known", "v", "owner is known", 'domain(e) is "163.com"', "domain(e) is known",
]  # fmt: skip
FACTS_ONLY = [a for a in ATOMS if not any(w in a for w in ("fit", "bant", "S0", "S1", "disq", "size", "stage"))]


def joined(atoms: list[str]) -> st.SearchStrategy[str]:
    """Conditions of few fields, so that their parts have to do with each other."""
    wrapped = st.builds("{}".format, st.sampled_from(atoms))
    wrapped = wrapped | st.builds("not ({})".format, wrapped) | st.builds("certainly ({})".format, wrapped)
    wrapped = wrapped | st.builds("possibly ({})".format, wrapped)
    pair = st.builds("({} {} {})".format, wrapped, st.sampled_from(["and", "or", "implies"]), wrapped)
    return st.builds("{} {} {}".format, wrapped | pair, st.sampled_from(["and", "or"]), wrapped | pair) | wrapped


@st.composite
def dense_policies(draw: st.DrawFn) -> str:
    """Policies in which conditions often clash with, follow from, or cover each other."""
    facts, stage0, anything = joined(FACTS_ONLY[:-5] + FACTS_ONLY[-4:]), ["fit", "bant", "size"], joined(ATOMS)
    early = joined([a for a in ATOMS if not any(w in a for w in ("S0", "S1", "disq", "stage"))])
    some = [a for a in ATOMS if not any(w in a for w in ("bant", "S0", "S1", "disq", "stage", "size"))]
    low = joined([a for a in some if not any(w in a for w in stage0)])
    lines = [
        f"let v = {draw(low.filter(lambda t: ' v' not in f' {t}' and '(v' not in t))}",
        "score fit from -5 to 25 {",
    ]
    for _ in range(draw(st.integers(1, 3))):
        lines.append(f"  {draw(st.sampled_from(['+5', '+10', '-4']))} when {draw(facts)}")
    lines += ["  points c { a 10, b 5 }", "  bands n {"]
    for _ in range(draw(st.integers(1, 4))):
        test = draw(st.sampled_from([">= 5", ">= 1", "< 1", "is 5", "in 0 to 5", "is known", "is unknown", "> 9"]))
        lines.append(f"    +{draw(st.integers(1, 9))} when {test}")
    lines += ["  }", "}", "table size: one of [A, B] {", "  | o | fit || size |"]
    lines += [
        f"  | {draw(st.sampled_from(['is low', '>= mid', '-']))} | {draw(st.sampled_from(['>= 10', '< 0', '> 30', '-']))} || A |",
        "  | - | - || B |",
        "}",
    ]
    lines += ["gate bant {", *(f"  c{i}: {draw(joined(some))}" for i in range(2))]
    lines += [draw(st.sampled_from(["  passes when all", "  passes when at least 1"])), "}", "disqualify {"]
    lines += [f"  q{i}: {draw(early)} -> closed" for i in range(draw(st.integers(1, 2)))]
    lines += ["}", "funnel {", f"  S0: {draw(early)}", f"  S1: {draw(early)}", "}", "route {"]
    for i in range(draw(st.integers(1, 5))):
        lines.append(
            f"  r{i}: {draw(anything)} -> {draw(st.sampled_from(['queue desk', 'pool public', 'owner', 'member ref']))}"
        )
    return HEADER + "\n".join([*lines, "  otherwise -> closed", "}"]) + "\n"


def compiled(text: str) -> ir.Policy:
    note(text)
    result = compile_source(Source("generated.lead", text))
    assert result.policy is not None, result.diagnostics
    return result.policy


def evaluator(run: Run) -> Evaluator:
    return run._working.evaluator


def conditions_of(policy: ir.Policy) -> Iterator[tuple[ir.Place, ir.Condition, bool]]:
    """Every condition with its place, and whether it is a gate's."""
    for score in policy.scores:
        for entry in score.entries or ():
            for inner in entry.entries if isinstance(entry, ir.GroupEntry) else (entry,):
                if isinstance(inner, ir.PlainEntry) and inner.condition:
                    yield inner.place, inner.condition, False
                elif isinstance(inner, ir.BandsEntry):
                    yield from ((b.place, b.condition, False) for b in inner.bands)
    for table in policy.tables:
        yield from ((r.place, r.condition, False) for r in table.rows if r.condition)
    for gate in policy.gates:
        yield from ((c.place, c.condition, True) for c in gate.criteria)
    for let in policy.lets:
        yield let.place, ir.Condition(clauses=(ir.Clause(expr=let.expr, text=let.text),)), False
    entries = (*(policy.disqualify or ()), *(policy.funnel or ()), *(policy.route.entries if policy.route else ()))
    yield from ((e.place, e.condition, False) for e in entries if e.condition)


# ── Findings ──


def check(finding: Finding, policy: ir.Policy, run: Run) -> None:
    """That a lead does not contradict a finding."""
    here = [
        (c, Mode.ASKING if asking else Mode.PLAIN) for p, c, asking in conditions_of(policy) if p == finding.place
    ]
    truths = [evaluator(run).condition(c, mode) for c, mode in here]
    match finding.code:
        case "LP4201":
            assert truths
            assert True not in truths
        case "LP4203":
            assert truths == [UNKNOWN]
        case "LP4202":
            ((condition, mode),) = here
            clauses = [c for c in condition.clauses if c.text == finding.words] or condition.clauses
            assert all(evaluator(run).truth(c.expr, mode) is True for c in clauses)
        case "LP4204":
            ((condition, mode),) = here
            by_text = {c.text: evaluator(run).truth(c.expr, mode) for c in condition.clauses}
            this, other = by_text[finding.words or ""], by_text[finding.related[0].words or ""]
            assert conjunction((this, other)) == other
        case "LP4205" | "LP4206":
            assert policy.route is not None
            entry = next(e for e in policy.route.entries if e.place == finding.place)
            assert run.decision()["route"]["entry"] != entry.name
        case "LP4207":
            check_band(finding, policy, run)
        case "LP4208":
            stage = next(s for s in policy.funnel or () if s.place == finding.place)
            assert evaluator(run).truth(ir.StageRef(name=stage.name), Mode.PLAIN) is not True
        case "LP4209" | "LP4210":
            gate = next(g for g in policy.gates if g.place == finding.place)
            verdict = run._working.gate_verdict(gate.name)
            assert (verdict is True) == (finding.code == "LP4210")


def check_band(finding: Finding, policy: ir.Policy, run: Run) -> None:
    for score in policy.scores:
        for entry in score.entries or ():
            for inner in entry.entries if isinstance(entry, ir.GroupEntry) else (entry,):
                if isinstance(inner, ir.BandsEntry):
                    truths = [evaluator(run).condition(b.condition, Mode.PLAIN) for b in inner.bands]
                    first = next((i for i, t in enumerate(truths) if t is not False), None)
                    assert first is None or truths[first] is UNKNOWN or inner.bands[first].place != finding.place


def check_everything(text: str, some: list[dict[str, Any]], others: list[dict[str, Any]]) -> None:
    policy = compiled(text)
    analysis, interpreter = analyse(policy), Interpreter(policy)
    for lead in some:
        note(repr(lead))
        run = interpreter.run(lead, facts={"Member": others}, now=NOW)
        for finding in analysis.findings:
            note(repr(finding))
            check(finding, policy, run)


@SETTINGS
@given(policies(), st.lists(leads(), min_size=1, max_size=6), members())
def test_findings_hold_for_every_lead(text: str, some: list[dict[str, Any]], others: list[dict[str, Any]]) -> None:
    check_everything(text, some, others)


@SETTINGS
@given(dense_policies(), st.lists(leads(), min_size=3, max_size=12), members())
def test_findings_hold_where_there_are_many(
    text: str, some: list[dict[str, Any]], others: list[dict[str, Any]]
) -> None:
    check_everything(text, some, others)


# ── Regions and ranges, exactly ──


def step(value: Value, subject: Subject) -> Any:
    """A value of the interpreter as the analysis counts it."""
    if isinstance(value, ir.Duration):
        return length(value)
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, date):
        return (value - date(1970, 1, 1)).days
    if isinstance(value, Fraction):
        return value * subject.scale
    if isinstance(value, str) and subject.type.kind == "choice":
        return (subject.type.choices or ()).index(value)
    return value if isinstance(value, int | str) else 0


def holds(value: Value, subject: Subject, values: Values) -> bool:
    if value is UNKNOWN:
        return values.unknown
    if value is NOTHING and subject.domain.nothing:
        return values.nothing
    if value is NOTHING:  # of what is a condition, and so counts as false
        value = False
    found = step(value, subject)
    if isinstance(values.known, Ranges):
        return any(low <= found <= high for low, high in values.known.intervals)
    return (found in values.known.names) != values.known.others


def in_region(region: Region, subjects: Subjects, run: Run) -> bool | None:
    """Whether the lead lies in a region; None where something in it stands for no expression."""
    for box in region:
        inside = True
        for number, values in box.items():
            subject = subjects.all[number]
            if subject.expr is None:
                return None
            mode = Mode.ASKING if subject.asking else Mode.PLAIN
            value = evaluator(run).evaluate(subject.expr, mode)
            inside = inside and holds(value, subject, values)
        if inside:
            return True
    return False


WANTED: dict[Want, Any] = {
    "true": lambda t: t is True, "false": lambda t: t is False,
    "not true": lambda t: t is not True, "not false": lambda t: t is not False,
}  # fmt: skip


def check_regions(text: str, some: list[dict[str, Any]], others: list[dict[str, Any]]) -> None:
    policy = compiled(text)
    subjects = Subjects(policy)
    conditions = Conditions(policy, subjects)
    work_out(policy, conditions)
    interpreter = Interpreter(policy)
    runs = [interpreter.run(lead, facts={"Member": others}, now=NOW) for lead in some]
    for _, condition, asking in conditions_of(policy):
        for want, wanted in WANTED.items():
            try:
                region = conditions.condition(condition, want, asking)
            except TooMuchError:
                continue
            for lead, run in zip(some, runs, strict=True):
                truth: Truth = evaluator(run).condition(condition, Mode.ASKING if asking else Mode.PLAIN)
                found = in_region(region, subjects, run)
                assert found is None or found == wanted(truth), (lead, condition, want, asking, truth, region)
    for subject in subjects.all:
        for run in runs:
            if subject.expr is not None and not subject.asking:
                value = evaluator(run).evaluate(subject.expr, Mode.PLAIN)
                assert holds(value, subject, subject.domain), (subject, value)
    for (name, bound), (low, high) in subjects.score_ranges.items():
        for run in runs:
            points = evaluator(run).evaluate(ir.ScoreRef.model_validate({"name": name, "bound": bound}), Mode.PLAIN)
            assert isinstance(points, Fraction)
            assert low <= points * MILLION <= high, (name, bound)


@SETTINGS
@given(dense_policies(), st.lists(leads(), min_size=2, max_size=6), members())
def test_regions_are_what_the_interpreter_says(
    text: str, some: list[dict[str, Any]], others: list[dict[str, Any]]
) -> None:
    check_regions(text, some, others)


@SETTINGS
@given(policies(), st.lists(leads(), min_size=1, max_size=4), members())
def test_regions_of_any_policy(text: str, some: list[dict[str, Any]], others: list[dict[str, Any]]) -> None:
    check_regions(text, some, others)
