"""Values between two bands of a subject that isn't whole: 9.5 where the bands are `in 1 to 9` and `in 10 to 20`.

`in a to b` has both ends in (ruling 18), which reads as if such bands met. Bands that are written with `>=` and `<=`
alone leave out what their author sees, so nothing is said of these.
"""

from __future__ import annotations

from leadpolicy.compiler import ir
from leadpolicy.compiler.analysis.findings import Related, Report
from leadpolicy.compiler.analysis.value_sets import Gathered, Interval, Ranges, Values
from leadpolicy.compiler.wording import say

_FINE = ("number", "money", "percent", "duration", "time")


def check_gaps(entry: ir.BandsEntry, report: Report) -> None:
    """Warn of the first gap between bands with an end that is that of a range."""
    kind: ir.Type | None = getattr(entry.subject, "type", None)
    if kind is None or kind.kind not in _FINE:
        return
    found = [(band, interval) for band in entry.bands for interval in _intervals(band, report)]
    covered = Gathered(Values(Ranges(())))
    for _, interval in found:
        covered.add(Values(Ranges((interval,))))
    known = covered.values.known
    assert isinstance(known, Ranges)
    for (_, low), (high, _) in zip(known.intervals, known.intervals[1:], strict=False):
        below = next(band for band, (_, end) in found if end == low)
        above = next(band for band, (start, _) in found if start == high)
        if _is_range(below) or _is_range(above):
            _tell(below, above, report)
            return


def _intervals(band: ir.Band, report: Report) -> tuple[Interval, ...]:
    """The values of a band that is about its subject alone."""
    region = report.region(band.condition, "true")
    if region is None or len(region) != 1 or len(region[0]) != 1:
        return ()
    (values,) = region[0].values()
    return values.known.intervals if isinstance(values.known, Ranges) else ()


def _is_range(band: ir.Band) -> bool:
    return any(isinstance(clause.expr, ir.Between) for clause in band.condition.clauses)


def _tell(below: ir.Band, above: ir.Band, report: Report) -> None:
    later, earlier = sorted((below, above), key=lambda band: band.place.line, reverse=True)
    report.warn(
        "LP4214",
        later.place,
        say("what lies between `{}` and `{}` is in no band, and gives no points", below.text, above.text),
        hint=say("these values aren't whole; the first band that holds counts: write `>=` or `<=`, narrowest first"),
        related=[Related(say("this is the other band"), earlier.place)],
    )
