"""Entries of scores that can never count, and bands that those above take everything from or that leave a gap."""

from __future__ import annotations

from leadpolicy.compiler import ir
from leadpolicy.compiler.analysis import score_ranges
from leadpolicy.compiler.analysis.band_gaps import check_gaps
from leadpolicy.compiler.analysis.examples import Examples
from leadpolicy.compiler.analysis.findings import Related, Report
from leadpolicy.compiler.analysis.logic import check_condition
from leadpolicy.compiler.analysis.regions import NOWHERE, lies_in
from leadpolicy.compiler.wording import say


def check_scores(report: Report, examples: Examples) -> None:
    """Every entry of every score."""
    for score in report.policy.scores:
        for entry in score.entries or ():
            for inner in entry.entries if isinstance(entry, ir.GroupEntry) else (entry,):
                if isinstance(inner, ir.PlainEntry) and inner.condition is not None:
                    check_condition(inner.condition, inner.place, report)
                elif isinstance(inner, ir.BandsEntry):
                    _check_bands(inner, report, examples)
                    check_gaps(inner, report)


def _check_bands(entry: ir.BandsEntry, report: Report, examples: Examples) -> None:
    above: list[ir.Band] = []
    for band, (counts, _) in zip(entry.bands, score_ranges.bands(entry, report.conditions), strict=True):
        if check_condition(band.condition, band.place, report, always=False) == "never":
            continue
        if counts == NOWHERE:
            _shadowed(band, above, report, examples)
        above.append(band)


def _shadowed(band: ir.Band, above: list[ir.Band], report: Report, examples: Examples) -> None:
    region = report.region(band.condition, "true")
    if region is None:
        return
    regions = [(other, report.region(other.condition, "true")) for other in above]
    alone = next((other for other, whole in regions if whole is not None and lies_in(region, whole)), None)
    others = [alone] if alone is not None else above
    shown = examples.both(region, band.condition, [other.condition for other in others])
    if shown.refuted:
        report.give_up(band.place, band.text)
        return
    hint = say("the first band that holds counts: put the narrowest first")
    report.warn(
        "LP4207",
        band.place,
        say("`{}` is never reached: a band above is true for every such value, or unknown", band.text),
        hint=hint if shown.words is None else say("{}; a lead that meets both: {}", hint, shown.words),
        related=[Related(say("this band is above"), other.place) for other in others[:3]],
    )
