"""Writes functions that look up an area of rows (`dispatch.py`) instead of going down all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_python.dispatch import Areas, Band, Dispatch, Line, Settle
from leadpolicy.compiler.to_python.expressions import Expressions
from leadpolicy.compiler.to_python.literals import literal, sequence
from leadpolicy.compiler.to_python.scope import Scope, Shared
from leadpolicy.compiler.to_python.writer import Writer


@dataclass(frozen=True, slots=True)
class Rows:
    """What tables and the route have in common. `write` goes down lines in a function, and tells whether
    it got to the last one; `ends` is the constant of all
    outcomes, by row, with those for UNKNOWN and NONE behind them."""

    lines: tuple[Line, ...]
    settle: Settle
    ends: Callable[[], str]
    write: Callable[[Scope, Sequence[Line]], bool]
    doc: str
    unique: bool = False
    """Whether a true row wins over unknown ones above it."""


@dataclass(frozen=True, slots=True)
class Lookup:
    """Rows that are looked up by the value of a slot: the code of its area (or, without a number, of what is found),
    the number that an area is divided by, whether no area has more than two sides, and whether there is one for a
    value that is unknown."""

    slot: int
    area: str
    number: ir.Expr | None
    halves: bool
    unsure: bool


class DispatchWriter:
    """Writes the function of some rows."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._dispatch = Dispatch(shared.plan, shared.natures)
        self._looking: set[str] = set()
        self._lookups: dict[str, Lookup] = {}
        """Of the functions that look up data: what they look up."""
        self._early = False
        """Whether a function so far left lines out, behind one that is always true."""

    def divides(self, lines: tuple[Line, ...]) -> bool:
        """Whether rows are looked up, not gone down."""
        return self._dispatch.areas(lines) is not None

    def function(self, name: str, rows: Rows) -> Scope:
        """The function of all rows, finished."""
        scope = self._function(name, rows, rows.lines)
        scope.finish(rows.doc)
        return scope

    def linear(self, name: str, rows: Rows) -> Scope:
        """The function that goes down all rows, finished."""
        scope = Scope(self._shared, name, inner=True)
        rows.write(scope, rows.lines)
        scope.finish(rows.doc)
        return scope

    def _function(self, name: str, rows: Rows, lines: tuple[Line, ...]) -> Scope:
        scope = Scope(self._shared, name, inner=True)
        areas = self._dispatch.areas(lines)
        if areas is None:
            if not rows.write(scope, lines):
                self._early = True
            return scope
        value = scope.slot(areas.slot)
        unknown = self._shared.plan.slots[areas.slot].unknown
        every = (*areas.by_value.values(), areas.others)
        plain, number = self._dispatch.number(every)
        self._looking.add(name)
        if plain:
            lookup = self._lookup(rows, areas, number)
            scope.body.line(f"return {self._write_lookup(scope, lookup)}")
            if lines is rows.lines:
                self._lookups[name] = lookup
            unknown = unknown and not lookup.unsure
        else:
            self._write_functions(scope, rows, areas)
        if unknown:
            parameters = self._all_read(rows, lines, scope) if self._early else dict(scope.wanted)
            slowly = f"return LATER.get() and {name}_slowly({', '.join(parameters)})"
            scope.body.lines[:0] = [f"if {value} is None:", f"    {slowly}"]
            scope.body.places = [(at + 2, place) for at, place in scope.body.places]
            self._shared.later.append(lambda: self._slowly(name, rows, lines, parameters))
        return scope

    def _all_read(self, rows: Rows, lines: tuple[Line, ...], scope: Scope) -> dict[str, Callable[[Scope], str]]:
        """All that a function which goes down all rows reads: more than its areas may, where some end early."""
        trial = Scope(self._shared, scope.name, inner=True)
        rows.write(trial, lines)
        for get in trial.wanted.values():
            get(scope)
        return dict(scope.wanted)

    def _slowly(
        self, name: str, rows: Rows, lines: tuple[Line, ...], parameters: dict[str, Callable[[Scope], str]]
    ) -> None:
        """The function that goes down all rows, for a value that is unknown: a part of the telling half."""
        scope = Scope(self._shared, f"{name}_slowly", inner=True)
        rows.write(scope, lines)
        if not scope.wanted.keys() <= parameters.keys():
            raise ValueError(f"the areas of {name} read less than its rows")
        scope.wanted = parameters
        scope.finish(rows.doc)

    def _lookup(self, rows: Rows, areas: Areas, number: ir.Expr | None) -> Lookup:
        """The tables of areas that are data."""
        value = self._shared.plan.slots[areas.slot].name
        bands: dict[str | None, Band] = {
            key: self._dispatch.band(area, rows.settle) for key, area in areas.by_value.items()
        }
        may_be_unknown = self._shared.plan.slots[areas.slot].unknown and not rows.unique
        unsure = self._dispatch.unsure(areas, rows.settle) if may_be_unknown else None
        if unsure is not None:
            bands[None] = unsure
        others = self._dispatch.band(areas.others, rows.settle)
        constants, ends = self._shared.constants, rows.ends()
        if number is None:
            pairs = ", ".join(f"{literal(key)}: {literal(band.wins[0])}" for key, band in bands.items())
            found = constants.name("AREAS", f"{{{pairs}}}")
            return Lookup(
                areas.slot, f"{ends}[{found}.get({value}, {literal(others.wins[0])})]", None, False, None in bands
            )
        halves = all(len(band.cuts) < 2 for band in (*bands.values(), others))
        show = _halves if halves else _band
        pairs = ", ".join(f"{literal(key)}: {show(band)}" for key, band in bands.items())
        found = constants.name("AREAS", f"areas({ends}, {{{pairs}}})")
        left = constants.name("AREA", f"areas({ends}, {{None: {show(others)}}})[None]")
        return Lookup(areas.slot, f"{found}.get({value}, {left})", number, halves, None in bands)

    @staticmethod
    def _write_lookup(scope: Scope, lookup: Lookup) -> str:
        """The lines that look a lead up; the code of what is found."""
        if lookup.number is None:
            return lookup.area
        operand = Expressions(scope).operand(lookup.number)
        if lookup.halves:
            scope.body.line(f"cut, below, above, unknown, nothing = {lookup.area}")
            code = f"above if {operand.text} >= cut else below"
        else:
            scope.body.line(f"cuts, wins, unknown, nothing = {lookup.area}")
            code = f"wins[bisect_right(cuts, {operand.text})]"
        if operand.nature.nothing:
            code = f"nothing if {operand.text} is NOTHING else {code}"
        if operand.nature.unknown:
            code = f"unknown if {operand.text} is None else {code}"
        return code

    def looks_up(self, function: Scope) -> bool:
        """Whether a function looks rows up and doesn't go down them."""
        return function.name in self._looking

    def write_call(self, caller: Scope, function: Scope, name: str) -> None:
        """What a function gives, under a name of the caller's. Where that is looked up, it is done here."""
        call = caller.call(function)
        lookup = self._lookups.get(function.name)
        if lookup is None:
            caller.body.line(f"{name} = {call}")
            return
        unknown = self._shared.plan.slots[lookup.slot].unknown and not lookup.unsure
        value = caller.slot(lookup.slot)
        if lookup.number is not None:
            Expressions(caller).operand(lookup.number)  # read before the block
        if unknown:
            with caller.body.block(f"if {value} is None:"):
                caller.body.line(f"{name} = {call}")
            caller.body.open("else:")
        code = self._write_lookup(caller, lookup)
        caller.body.line(f"{name} = {code}")
        if unknown:
            caller.body.close()

    def _write_functions(self, scope: Scope, rows: Rows, areas: Areas) -> None:
        made: dict[tuple[int, ...], Scope] = {}
        wanted: dict[str, Callable[[Scope], str]] = {}

        def function(area: tuple[Line, ...]) -> Scope:
            key = tuple(line.number for line in area)
            if key not in made:
                made[key] = self._function(f"{scope.name}_{len(made)}", rows, area)
                wanted.update(made[key].wanted)
            return made[key]

        by_value = {key: function(area) for key, area in areas.by_value.items()}
        others = function(areas.others)
        for one in made.values():
            one.wanted = wanted
            one.finish(rows.doc)
        pairs = ", ".join(f"{literal(key)}: {one.name}" for key, one in by_value.items())
        table = self._shared.plan.names.make("AREAS")
        written = Writer()
        written.line(f"{table} = {{{pairs}}}")
        self._shared.functions.append(written)
        value = self._shared.plan.slots[areas.slot].name
        arguments = ", ".join(get(scope) for get in wanted.values())
        scope.body.line(f"return {table}.get({value}, {others.name})({arguments})")


def _band(band: Band) -> str:
    numbers = [sequence(map(literal, some)) if some else "()" for some in (band.cuts, band.wins)]
    return sequence([*numbers, literal(band.unknown), literal(band.nothing)])


def _halves(band: Band) -> str:
    """A band with one cut at most: the cut, what stands below it and from it on."""
    cut = band.cuts[0] if band.cuts else 0
    return sequence(map(literal, (cut, band.wins[0], band.wins[-1], band.unknown, band.nothing)))
