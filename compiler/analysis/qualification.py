"""Gates that never or always pass, disqualification that never or always happens, stages that nothing reaches."""

from __future__ import annotations

from itertools import combinations

from leadpolicy.compiler import ir
from leadpolicy.compiler.analysis.findings import Related, Report
from leadpolicy.compiler.analysis.logic import check_condition
from leadpolicy.compiler.analysis.regions import EVERYTHING, NOWHERE, Cover, Region, TooMuchError, meet
from leadpolicy.compiler.analysis.routes import MOST_STEPS
from leadpolicy.compiler.wording import say


def check_gates(report: Report) -> None:
    """Each criterion by itself, then the gate as a whole."""
    for gate in report.policy.gates:
        verdicts = [check_condition(c.condition, c.place, report, asking=True) for c in gate.criteria]
        if any(v != "open" for v in verdicts):
            continue
        passes = ir.GateRef(name=gate.name, verdict="pass")
        try:
            if report.conditions.region(passes, "true") == NOWHERE:
                _never_passes(gate, report)
            elif report.conditions.region(passes, "not true") == NOWHERE:
                report.warn(
                    "LP4210",
                    gate.place,
                    say("the gate `{}` passes for every lead", gate.name),
                    hint=say("ask for more, or remove it"),
                )
        except TooMuchError:
            report.give_up(gate.place, gate.name)


def _never_passes(gate: ir.Gate, report: Report) -> None:
    related: list[Related] = []
    for one, other in combinations(gate.criteria, 2):
        if gate.needed == len(gate.criteria) and _apart(one.condition, other.condition, report, asking=True):
            related = [
                Related(say("this criterion"), one.place, one.text),
                Related(say("and this one are never true at once"), other.place, other.text),
            ]
            break
    report.warn(
        "LP4209",
        gate.place,
        say("the gate `{}` can never pass: its criteria exclude each other", gate.name),
        hint=say("with `passes when at least …`, not all of them are needed"),
        related=related,
    )


def _apart(one: ir.Condition, other: ir.Condition, report: Report, *, asking: bool) -> bool:
    first, second = report.region(one, "true", asking), report.region(other, "true", asking)
    if first is None or second is None:
        return False
    try:
        return meet(first, second) == NOWHERE
    except TooMuchError:
        return False


def check_disqualify(report: Report) -> None:
    """Each entry by itself."""
    for entry in report.policy.disqualify or ():
        check_condition(entry.condition, entry.place, report)


def check_funnel(report: Report) -> None:
    """Each stage by itself, then together with those above; below one that nothing reaches, nothing more is said."""
    gone = _disqualified(report)
    reached: Region = EVERYTHING
    for i, stage in enumerate(report.policy.funnel or ()):
        found = len(report.findings)
        if check_condition(stage.condition, stage.place, report) == "never":
            _own(stage, report, found)
            return
        own = report.region(stage.condition, "true")
        if own is None:
            continue
        try:
            both = meet(reached, own)
            disqualified = both != NOWHERE and gone is not None and gone.covers(both)
        except TooMuchError:
            report.give_up(stage.place, stage.text)
            continue
        if both == NOWHERE:
            _excluded(stage, (report.policy.funnel or ())[:i], report)
            return
        if disqualified:
            report.warn(
                "LP4208",
                stage.place,
                say("the stage `{}` can never be reached: every such lead is disqualified", stage.name),
                words=stage.text,
                related=[Related(say("disqualification begins here"), (report.policy.disqualify or ())[0].place)],
            )
            return
        reached = both


def _disqualified(report: Report) -> Cover | None:
    """All leads that are surely disqualified; None where that is every lead, which is said elsewhere."""
    cover = Cover(report.conditions.subjects.domains, MOST_STEPS)
    for entry in report.policy.disqualify or ():
        region = report.region(entry.condition, "true")
        if region is not None:
            cover.add(region)
    return None if cover.covers(EVERYTHING) else cover


def _own(stage: ir.Stage, report: Report, found: int) -> None:
    """In place of what was found about the condition: that the stage can't be reached, and why."""
    why = next(iter(report.findings[found:]), None)
    del report.findings[found:]
    report.warn(
        "LP4208",
        stage.place,
        say("the stage `{}` can never be reached: `{}` is never true", stage.name, stage.text),
        words=stage.text,
        hint=why.hint if why else None,
        related=why.related if why else (),
    )


def _excluded(stage: ir.Stage, above: tuple[ir.Stage, ...], report: Report) -> None:
    other = next((s for s in above if _apart(s.condition, stage.condition, report, asking=False)), None)
    place = other or above[-1]
    report.warn(
        "LP4208",
        stage.place,
        say("the stage `{}` can never be reached: no lead reaches the stages above and this one", stage.name),
        words=stage.text,
        hint=say("a stage is reached when its condition and those of all stages above hold"),
        related=[Related(say("this stage is above"), place.place, place.text)],
    )
