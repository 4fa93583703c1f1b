"""Event entries of scores in generated code: filter, window, repeat rule, decay, cap."""

from __future__ import annotations

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_python import moments, records
from leadpolicy.compiler.to_python.expressions import Expressions
from leadpolicy.compiler.to_python.literals import SCALE, literal, scaled
from leadpolicy.compiler.to_python.nature import OPEN
from leadpolicy.compiler.to_python.scope import Scope, Shared
from leadpolicy.compiler.to_python.sweeps import entry_kind

ONE = 1_000_000_000
"""The factor 1."""


def needs_time(entry: ir.EventEntry) -> bool:
    """Whether an entry looks at when its records are dated, window apart."""
    return entry.decay is not None or entry.repeat == "once_per_day"


def _dated(shared: Shared, entry: ir.EventEntry) -> int:
    fact = shared.plan.policy.fact(entry.records.fact)
    if fact.dated is None:
        raise ValueError(f"records of type {fact.name} have no time")
    return records.field_place(fact, fact.dated)


def members(expressions: Expressions, entry: ir.EventEntry) -> str:
    """A name for the records of an entry: that count, that may, and both."""
    found = records.members(expressions, entry.records)
    if not needs_time(entry):
        return found
    plan = expressions.scope.plan
    fact = plan.policy.fact(entry.records.fact)
    nature = expressions.natures.record_path(fact, (fact.dated or "",))
    if not nature.unknown and not nature.nothing:
        return found
    return expressions.scope.hoist(f"dated({found}, {_dated(expressions.scope.shared, entry)})")


def chosen(scope: Scope, entry: ir.EventEntry, rows: str) -> str:
    """A name for the records that give points: by the repeat rule."""
    if entry.repeat == "once":
        return scope.hoist(f"once({rows})")
    if entry.repeat == "once_per_day":
        zone = moments.zone(scope.shared.constants, scope.plan.policy.zone)
        return scope.hoist(f"daily({rows}, {_dated(scope.shared, entry)}, {zone})")
    return rows


def points(scope: Scope, entry: ir.EventEntry, rows: str, whole: bool) -> str:
    """What chosen records give, cut to the entry's limit."""
    if entry.decay is None:
        given = _times(entry, f"len({rows})", whole)
    else:
        zone = moments.zone(scope.shared.constants, scope.plan.policy.zone)
        place, size = _dated(scope.shared, entry), scaled(entry.points)
        fall = f"{entry.decay.kind}, {literal(entry.decay.days)}"
        given = f"decayed({rows}, {literal(size)}, {place}, {scope.now()}, {zone}, {fall})"
    return _cut(scope, entry, given, whole)


def _times(entry: ir.EventEntry, number: str, whole: bool) -> str:
    size = scaled(entry.points)
    return f"{literal(size // SCALE if whole else size)} * {number}"


def _weighed(entry: ir.EventEntry, factors: str) -> str:
    """Points (millionths) times a sum of factors of 10⁻⁹, rounded once, half away from zero."""
    size = scaled(entry.points)
    rounded = f"({literal(abs(size))} * {factors} + {literal(ONE // 2)}) // {literal(ONE)}"
    return rounded if size >= 0 else f"-({rounded})"


def _cut(scope: Scope, entry: ir.EventEntry, given: str, whole: bool) -> str:
    """Points cut to the entry's limit: all of them have the same sign."""
    if entry.limit is None:
        return given
    limit = abs(scaled(entry.limit)) // (SCALE if whole else 1)
    name = scope.hoist(given)
    if scaled(entry.points) < 0:
        return f"{literal(-limit)} if {name} < {literal(-limit)} else {name}"
    return f"{literal(limit)} if {name} > {literal(limit)} else {name}"


def value(expressions: Expressions, entry: ir.EventEntry, whole: bool) -> str:
    """The code of what the entry gives: its sure records count."""
    scope, sweeps = expressions.scope, expressions.scope.shared.sweeps
    counted = None
    if sweeps is not None and not scope.inner:
        what = entry_kind(entry)
        counted = sweeps.tally(scope, expressions.mode, what, entry.records, _nowhere_else, entry.decay)
    if counted is not None:
        given = _times(entry, counted, whole) if entry.decay is None else _weighed(entry, counted)
        return _cut(scope, entry, given, whole)
    rows = f"{members(expressions, entry)}[0]"
    return points(expressions.scope, entry, chosen(expressions.scope, entry, rows), whole)


def _nowhere_else(scope: Scope) -> str:
    raise ValueError("entries give points where they stand")


def trace(expressions: Expressions, entry: ir.EventEntry, whole: bool) -> str:
    """How many records gave points, whether there are maybes, and the points."""
    found = members(expressions, entry)
    rows = chosen(expressions.scope, entry, f"{found}[0]")
    given = points(expressions.scope, entry, rows, whole)
    return f"(len({rows}), len({found}[1]) > 0, {given})"


def write_reach(shared: Shared, entry: ir.EventEntry, whole: bool) -> str:
    """The function that works out what the entry gives in open mode: with the records that count then, and with all
    that aren't surely out."""
    scope = Scope(shared, shared.plan.names.make("reach"))
    found = members(Expressions(scope, OPEN), entry)
    given = [points(scope, entry, chosen(scope, entry, f"{found}[{at}]"), whole) for at in (0, 2)]
    scope.body.mark(entry.place)
    scope.body.line(f"return {', '.join(given)}")
    return scope.finish(f"What else the entry of line {int(entry.place.line)} may give.", "v")
