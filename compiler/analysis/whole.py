"""The analysis of a whole checked policy, run on every compilation."""

from __future__ import annotations

from leadpolicy.compiler import ir
from leadpolicy.compiler.analysis import logic, outputs, qualification, routes, score_ranges, scores
from leadpolicy.compiler.analysis.conditions import Conditions
from leadpolicy.compiler.analysis.examples import Examples
from leadpolicy.compiler.analysis.findings import Analysis, Report
from leadpolicy.compiler.analysis.subjects import Subjects


def analyse(policy: ir.Policy) -> Analysis:
    """What never or always happens, whatever the lead; and what could not be looked at."""
    subjects = Subjects(policy)
    conditions = Conditions(policy, subjects)
    score_ranges.work_out(policy, conditions)
    report = Report(policy, conditions)
    examples = Examples(policy, subjects)
    logic.check_lets(report)
    scores.check_scores(report, examples)
    outputs.check_tables(report)
    qualification.check_gates(report)
    qualification.check_disqualify(report)
    qualification.check_funnel(report)
    routes.check_route(report, examples)
    return Analysis(tuple(report.findings), tuple(dict.fromkeys(report.not_analysed)))
