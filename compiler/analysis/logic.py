"""One condition by itself: never true, always true, never known, and parts of it that make no difference."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from math import inf
from typing import Literal

from leadpolicy.compiler import ir
from leadpolicy.compiler.analysis.findings import NotAnalysed, Related, Report
from leadpolicy.compiler.analysis.regions import NOWHERE, Region, TooMuchError, lies_in, meet
from leadpolicy.compiler.analysis.subjects import MILLION
from leadpolicy.compiler.constants import print_decimal
from leadpolicy.compiler.wording import Joined, Message, joined, say

MOST_CLAUSES = 12
"""In a longer `and` chain, its parts are not compared with each other."""

Verdict = Literal["never", "always", "open"]


@dataclass(frozen=True, slots=True)
class _Clause:
    text: str
    expr: ir.Expr
    true: Region
    false: Region


def check_condition(
    condition: ir.Condition, place: ir.Place, report: Report, *, asking: bool = False, always: bool = True
) -> Verdict:
    """Report what is wrong with a condition. `always`: also that it is always true."""
    before = report.conditions.opaque
    true = report.region(condition, "true", asking)
    if report.conditions.opaque > before or true is None:
        _say_what_is_open(condition, place, report, asking)
    if true == NOWHERE:
        if not _told(condition, report):
            _never(condition, place, report, asking)
        return "never"
    if not _surely_not_always(true, report) and report.region(condition, "not true", asking) == NOWHERE:
        if always and not _told(condition, report):
            report.warn(
                "LP4202",
                place,
                say("`{}` is true for every lead", _words(condition)),
                words=_words(condition),
                hint=_score_hint(condition, report) or say("remove it, or ask for more"),
            )
        return "always"
    if true is not None:
        _check_clauses(condition, place, report, asking)
    return "open"


def _surely_not_always(true: Region | None, report: Report) -> bool:
    """Whether a condition that is true there and nowhere else leaves something out, seen at once: it is one box."""
    if true is None or len(true) != 1:
        return False
    domains = report.conditions.subjects.domains
    return any(values != domains[subject] for subject, values in true[0].items())


def check_lets(report: Report) -> None:
    """Lets that are conditions. What is only another name for such a let is not told of again."""
    for let in report.policy.lets:
        if let.type.kind != "bool" or isinstance(let.expr, ir.LetRef | ir.Const):
            continue
        clauses = (ir.Clause(expr=let.expr, text=let.text),)
        if report.region(ir.Condition(clauses=clauses), "true") == NOWHERE:
            report.lets_told.add(let.name)
            report.warn("LP4201", let.place, say("`{}` is never true", let.name))
        elif report.region(ir.Condition(clauses=clauses), "not true") == NOWHERE:
            report.lets_told.add(let.name)
            report.warn("LP4202", let.place, say("`{}` is true for every lead", let.name))


def _told(condition: ir.Condition, report: Report) -> bool:
    return any(isinstance(c.expr, ir.LetRef) and c.expr.name in report.lets_told for c in condition.clauses)


def _words(condition: ir.Condition) -> Joined:
    return joined((c.text for c in condition.clauses), between=" and ")


def _say_what_is_open(condition: ir.Condition, place: ir.Place, report: Report, asking: bool) -> None:
    for clause in condition.clauses:
        before, too_much = report.conditions.opaque, False
        try:
            report.conditions.region(clause.expr, "true", asking)
        except TooMuchError:
            too_much = True
        if too_much or report.conditions.opaque > before:
            report.not_analysed.append(NotAnalysed(place, clause.text, too_much))


def _never(condition: ir.Condition, place: ir.Place, report: Report, asking: bool) -> None:
    """Report a condition that is never true, with the parts that make it so."""
    words = _words(condition)
    if report.region(condition, "false", asking) == NOWHERE:
        report.warn(
            "LP4203",
            place,
            say("`{}` is unknown for every lead", words),
            words=words,
            hint=say("no lead can have that value: look at what its field takes as unknown"),
        )
        return
    clauses = list(_clauses(condition, report, asking))
    for clause in clauses:
        if clause.true == NOWHERE:
            hint = _score_hint(_alone(clause), report)
            report.warn("LP4201", place, say("`{}` is never true", clause.text), words=clause.text, hint=hint)
            return
    for one, other in combinations(clauses[:MOST_CLAUSES], 2):
        if _apart(one.true, other.true):
            report.warn(
                "LP4201",
                place,
                say("`{}` and `{}` are never true at once", one.text, other.text),
                words=other.text,
                related=[Related(say("the other part"), place, one.text)],
            )
            return
    report.warn(
        "LP4201", place, say("`{}` is never true", words), words=words, hint=say("its parts exclude each other")
    )


def _apart(one: Region, other: Region) -> bool:
    try:
        return meet(one, other) == NOWHERE
    except TooMuchError:
        return False


def _alone(clause: _Clause) -> ir.Condition:
    part = ir.Clause.model_construct(expr=clause.expr, text=clause.text)
    return ir.Condition.model_construct(clauses=(part,))


def _clauses(condition: ir.Condition, report: Report, asking: bool) -> Iterator[_Clause]:
    """The parts of an `and` chain with their regions; what is too much is left out."""
    for clause in condition.clauses:
        try:
            true = report.conditions.region(clause.expr, "true", asking)
            false = report.conditions.region(clause.expr, "false", asking)
        except TooMuchError:
            continue
        yield _Clause(clause.text, clause.expr, true, false)


def _check_clauses(condition: ir.Condition, place: ir.Place, report: Report, asking: bool) -> None:
    """Parts that make no difference beside others, and comparisons with scores inside of parts."""
    for part in condition.clauses:
        _check_scores_inside(part, place, report, asking)
    if not 1 < len(condition.clauses) <= MOST_CLAUSES:
        return
    clauses: list[_Clause] = []
    for clause in _clauses(condition, report, asking):
        alone = _alone(clause)
        if (
            _surely_not_always(clause.true, report)
            or report.region(alone, "not true", asking) != NOWHERE
            or _told(alone, report)
        ):
            clauses.append(clause)
            continue
        report.warn(
            "LP4202",
            place,
            say("`{}` is true for every lead", clause.text),
            words=clause.text,
            hint=_score_hint(alone, report) or say("remove it, or ask for more"),
        )
    for one, other in _redundant(clauses):
        report.warn(
            "LP4204",
            place,
            say("`{}` makes no difference beside `{}`", one.text, other.text),
            words=one.text,
            hint=say("remove it, or look whether something else was meant"),
            related=[Related(say("this part says it already"), place, other.text)],
        )


def _redundant(clauses: Sequence[_Clause]) -> list[tuple[_Clause, _Clause]]:
    """Parts that are true wherever another is, and false only where that is: with that other one."""
    found: list[tuple[_Clause, _Clause]] = []
    gone: set[int] = set()
    for i in reversed(range(len(clauses))):
        for j, other in enumerate(clauses):
            clause = clauses[i]
            if i == j or j in gone:
                continue
            if lies_in(other.true, clause.true) and lies_in(clause.false, other.false):
                found.append((clause, other))
                gone.add(i)
                break
    return found[::-1]


# ── Scores ──


def _check_scores_inside(clause: ir.Clause, place: ir.Place, report: Report, asking: bool) -> None:
    """Comparisons with scores that are always the same, where the whole may still come out either way."""
    for compare in _score_comparisons(clause.expr):
        atom = report.conditions.atom(compare, asking)
        if isinstance(compare, ir.Compare) and (atom.region("true") == NOWHERE or atom.region("false") == NOWHERE):
            hint = _range_of(compare, report)
            report.warn(
                "LP4211",
                place,
                say("a comparison with a score in `{}` comes out the same for every lead", clause.text),
                words=clause.text,
                hint=hint,
            )
            return


def _score_comparisons(expr: ir.Expr) -> Iterator[ir.Expr]:
    match expr:
        case ir.And(args=args) | ir.Or(args=args):
            for arg in args:
                yield from _score_comparisons(arg)
        case ir.Not(arg=arg) | ir.Certainly(arg=arg) | ir.Possibly(arg=arg):
            yield from _score_comparisons(arg)
        case ir.Compare(left=ir.ScoreRef()) | ir.Compare(right=ir.ScoreRef()):
            yield expr


def _score_hint(condition: ir.Condition, report: Report) -> Message | None:
    """The range of the first score that is compared."""
    for clause in condition.clauses:
        for compare in _score_comparisons(clause.expr):
            return _range_of(compare, report)
    return None


def _range_of(compare: ir.Expr, report: Report) -> Message | None:
    assert isinstance(compare, ir.Compare)
    score = compare.left if isinstance(compare.left, ir.ScoreRef) else compare.right
    if not isinstance(score, ir.ScoreRef):
        return None
    low, high = report.conditions.subjects.score_ranges.get((score.name, score.bound), (-inf, inf))
    if inf in (-low, high):
        return None
    least, most = (print_decimal(Decimal(int(end)) / MILLION) for end in (low, high))
    return say("`{}` is never below {} and never above {}", score.name, least, most)
