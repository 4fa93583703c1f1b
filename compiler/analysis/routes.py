"""Entries of the route that can never win, and an `otherwise` that nothing reaches."""

from __future__ import annotations

from leadpolicy.compiler import ir
from leadpolicy.compiler.analysis.examples import Examples
from leadpolicy.compiler.analysis.findings import Related, Report
from leadpolicy.compiler.analysis.logic import check_condition
from leadpolicy.compiler.analysis.regions import EVERYTHING, NOWHERE, Cover, Region, TooMuchError, lies_in, meet
from leadpolicy.compiler.analysis.value_sets import Ranges, Texts, Values
from leadpolicy.compiler.wording import say

MOST_STEPS = 50_000
"""How much is compared before the rest of a route is not analysed."""
MOST_NAMED = 500
"""Among how many entries above the one that is in the way is looked for."""


def check_route(report: Report, examples: Examples) -> None:
    """Every entry against those above it, and against disqualification."""
    route = report.policy.route
    if route is None:
        return
    gone, cover = _disqualified(report), _disqualified(report)
    if gone.covers(EVERYTHING):
        return
    above: list[tuple[ir.RouteEntry, Region]] = []
    for entry in route.entries:
        last = entry is route.entries[-1]
        if entry.condition is not None:
            verdict = check_condition(entry.condition, entry.place, report, always=last)
            if verdict == "never":
                continue
        region = _wins(entry, report)
        if region is None:
            continue
        if region == NOWHERE:
            report.warn(
                "LP4205",
                entry.place,
                say("`{}` can never win: where it is true, there is nobody that it could go to", entry.name),
                words=entry.text,
            )
            continue
        try:
            if gone.covers(region):
                _only_disqualified(entry, region, report)
            elif cover.covers(region):
                _shadowed(entry, region, above, report, examples)
        except TooMuchError:
            report.give_up(entry.place, entry.text)
        cover.add(region)
        above.append((entry, region))


def _disqualified(report: Report) -> Cover:
    """Leads that never come to the route."""
    cover = Cover(report.conditions.subjects.domains, MOST_STEPS)
    for entry in report.policy.disqualify or ():
        region = report.region(entry.condition, "true")
        if region is not None:
            cover.add(region)
    return cover


def _wins(entry: ir.RouteEntry, report: Report) -> Region | None:
    """Where an entry is true and its member is there (ruling 39)."""
    region = report.region(entry.condition, "true")
    if region is None or entry.destination.kind not in {"owner", "member"}:
        return region
    subjects = report.conditions.subjects
    about = report.policy.fact(report.policy.about)
    member = entry.destination.member
    if entry.destination.kind == "owner":
        fields = [f for f in about.fields if f.role == "owner"]
        member = ir.FieldRef(path=(fields[0].name,), type=fields[0].type, nothing=True) if fields else None
        there: Region = EVERYTHING
    else:
        exists = subjects.truth(("exists", entry.destination.member))
        there = ({exists.number: Values(Ranges(((1, 1),)))},)
    if isinstance(member, ir.FieldRef):
        subject = subjects.of(member)
        if subject is not None and isinstance(subject.domain.known, Texts):
            known: Region = ({subject.number: Values(subject.domain.known)},)
            there = meet(there, known)
    try:
        return meet(region, there)
    except TooMuchError:
        return None


def _only_disqualified(entry: ir.RouteEntry, region: Region, report: Report) -> None:
    entries = report.policy.disqualify or ()
    wholes = ((d, report.region(d.condition, "true")) for d in entries[:MOST_NAMED])
    alone = next((d for d, whole in wholes if whole is not None and lies_in(region, whole)), entries[0])
    report.warn(
        "LP4205",
        entry.place,
        say("`{}` can never win: every such lead is disqualified", entry.name),
        words=entry.text,
        hint=say("remove it"),
        related=[Related(say("disqualified here"), alone.place, alone.text)],
    )


def _shadowed(
    entry: ir.RouteEntry,
    region: Region,
    above: list[tuple[ir.RouteEntry, Region]],
    report: Report,
    examples: Examples,
) -> None:
    """Report an entry that others take everything from; one of them that does so alone is named."""
    near = above[:MOST_NAMED]
    alone = next((other for other, whole in near if lies_in(region, whole)), None)
    others = [alone] if alone is not None else [other for other, whole in near if _meet(region, whole)]
    gone = [d.condition for d in report.policy.disqualify or ()][:MOST_NAMED]
    conditions = [other.condition for other in others] + ([] if alone is not None else gone)
    shown = examples.both(region, entry.condition, conditions)
    if shown.refuted:
        report.give_up(entry.place, entry.text)
        return
    hint = say("move it up, or remove it")
    if entry.condition is None:
        code, message = "LP4206", say("nothing reaches `otherwise`: the entries above take every lead")
        hint = say("remove it, or look whether an entry above takes too much")
    elif alone is not None:
        code = "LP4205"
        message = say("`{}` can never win: `{}` above takes every such lead", entry.name, alone.name)
    else:
        code, message = "LP4205", say("`{}` can never win: the entries above take every such lead", entry.name)
    related = [Related(say("this entry is above"), other.place, other.text) for other in others[:3]]
    if shown.words is not None:
        hint = say("a lead that meets both: {}; {}", shown.words, hint)
    report.warn(code, entry.place, message, words=entry.text, hint=hint, related=related)


def _meet(one: Region, other: Region) -> bool:
    try:
        return meet(one, other) != NOWHERE
    except TooMuchError:
        return True
