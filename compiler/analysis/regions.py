"""Regions of leads: unions of boxes, a box being a set of values for each of some variables, and all of the others.

Variables are taken as independent of each other. That makes a region larger than what leads can really be, never
smaller: a region that is empty here is empty. What grows beyond a limit is given up (`TooMuchError`): not analysed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from leadpolicy.compiler.analysis.value_sets import Gathered, Values

MOST_BOXES = 200
"""How many boxes a condition may fall into."""

Box: TypeAlias = Mapping[int, Values]
"""By the number of the variable; a variable that is not here may have any value. No set of values is empty."""
Region: TypeAlias = tuple[Box, ...]

EVERYTHING: Region = ({},)
NOWHERE: Region = ()


class TooMuchError(Exception):
    """More steps than are worth it."""


def meet_boxes(one: Box, other: Box) -> Box | None:
    """What is in both boxes; None where that is nothing."""
    if len(one) < len(other):
        one, other = other, one
    found = dict(one)
    for variable, values in other.items():
        kept = found.get(variable)
        both = values if kept is None else kept.meet(values)
        if both.empty:
            return None
        found[variable] = both
    return found


def meet(one: Region, other: Region) -> Region:
    """What is in both regions."""
    if one == EVERYTHING:
        return other
    if other == EVERYTHING:
        return one
    if len(one) * len(other) > MOST_BOXES * 20:
        raise TooMuchError
    return join([(both,) for a in one for b in other if (both := meet_boxes(a, b)) is not None])


def join(regions: Iterable[Region]) -> Region:
    """What is in any of the regions. Boxes about the same single variable become one."""
    single: dict[int, Gathered] = {}
    others: list[Box] = []
    for region in regions:
        for box in region:
            if not box:
                return EVERYTHING
            if len(box) > 1:
                if box not in others:
                    others.append(box)
                if len(others) > MOST_BOXES:
                    raise TooMuchError
                continue
            ((variable, values),) = box.items()
            if variable not in single:
                single[variable] = Gathered(values)
            single[variable].add(values)
    return (*({variable: gathered.values} for variable, gathered in single.items()), *others)


def lies_in(region: Region, other: Region) -> bool:
    """Whether each box of a region lies in one box of the other: then all of it does."""
    return all(any(_in_box(box, whole) for whole in other) for box in region)


def _in_box(box: Box, whole: Box) -> bool:
    return all(v in box and box[v].within(values) for v, values in whole.items())


class Cover:
    """A union of regions that grows, and the question whether a region lies in it. `domains`: by variable."""

    def __init__(self, domains: Sequence[Values], steps: int) -> None:
        self._domains = domains
        self.steps = steps
        """How many more are allowed."""
        self._single: dict[int, Gathered] = {}
        self._indexed: dict[int, dict[float | str, list[Box]]] = {}
        self._general: list[Box] = []
        self._everything = False

    def add(self, region: Region) -> None:
        """Put a region in."""
        for box in region:
            if len(box) == 0:
                self._everything = True
            elif len(box) == 1:
                ((variable, values),) = box.items()
                gathered = self._single.setdefault(variable, Gathered(self._domains[variable]))
                gathered.add(values)
                self._everything = self._everything or gathered.full
            else:
                self._add_wide(box)

    def _add_wide(self, box: Box) -> None:
        """By the values of a variable that has few of them here, so that it is looked at only for those."""
        for variable, values in box.items():
            few = None if values.unknown or values.nothing else values.few()
            if few is not None:
                for value in few:
                    self._indexed.setdefault(variable, {}).setdefault(value, []).append(box)
                return
        self._general.append(box)

    def covers(self, region: Region) -> bool:
        """Whether all of the region is in the union. Raises `TooMuchError`."""
        return all(self._covers(box) for box in region)

    def _covers(self, box: Box) -> bool:
        self._step(1)
        if self._everything:
            return True
        left = {variable: self._left(variable, values) for variable, values in box.items()}
        if any(values.empty for values in left.values()):
            return True
        rest: list[Box] = [left]
        for wide in self._candidates(left):
            self._step(len(rest))
            rest = [part for piece in rest for part in self._minus(piece, wide)]
            if not rest:
                return True
            if len(rest) > MOST_BOXES:
                raise TooMuchError
        return False

    def _left(self, variable: int, values: Values) -> Values:
        """What is not covered by this variable alone."""
        return self._single[variable].rest_of(values) if variable in self._single else values

    def _candidates(self, box: Box) -> list[Box]:
        """The wide boxes that have to do with this one."""
        found = list(self._general)
        for variable, by_value in self._indexed.items():
            values = box.get(variable)
            few = values.few(64) if values is not None else None
            wanted = by_value if few is None else (value for value in few if value in by_value)
            for value in wanted:
                found += by_value[value]
                self._step(1)
        self._step(len(found))
        unique = {id(wide): wide for wide in found}
        return [wide for wide in unique.values() if meet_boxes(wide, box) is not None]

    def _minus(self, box: Box, other: Box) -> list[Box]:
        """The parts of a box that are not in the other."""
        parts: list[Box] = []
        inside = dict(box)
        for variable, values in other.items():
            here = inside[variable] if variable in inside else self._left(variable, self._domains[variable])
            both = here.meet(values)
            if both.empty:
                return [box]
            outside = here.minus(values)
            if not outside.empty:
                parts.append({**inside, variable: outside})
            inside[variable] = both
        return parts

    def _step(self, number: int) -> None:
        self.steps -= number
        if self.steps < 0:
            raise TooMuchError
