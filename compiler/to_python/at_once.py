"""Functions that read a lead and decide it in one go: one for dicts, one for objects.

Each value is read where it is needed first, and an entry about a single field reads it while it looks at it. What
isn't of a field's common kind goes to the engine's reader; what needs a closer look gives None: then the lead is read
and decided in two steps, `read` and `decide`, which also find all that is wrong with it.
"""

from __future__ import annotations

import keyword
import re

from leadpolicy.compiler.to_python.decide import Decide
from leadpolicy.compiler.to_python.literals import literal, sequence
from leadpolicy.compiler.to_python.reading import ReadFunction
from leadpolicy.compiler.to_python.scope import Scope, Shared, Unread
from leadpolicy.compiler.to_python.writer import Writer

_SAFE = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}", re.ASCII)
_MOST_ENTRIES = 600
"""A policy of more entries takes long for these: that it is read in a step of its own doesn't matter there."""


def possible(shared: Shared) -> bool:
    """Whether a policy is decided in one go: one that reads the lead alone, and isn't very long."""
    policy = shared.plan.policy
    entries = sum(len(score.entries or ()) for score in policy.scores) + sum(len(g.criteria) for g in policy.gates)
    alone = not (shared.plan.rich or policy.reads_facts or policy.reads_events)
    return alone and entries <= _MOST_ENTRIES and not any(len(slot.path) > 1 for slot in shared.plan.slots)


class AtOnce(Scope):
    """A function that reads a lead's fields where they are needed."""

    def __init__(self, shared: Shared, read: ReadFunction, objects: bool) -> None:
        super().__init__(shared, "decide_object" if objects else "decide_dict")
        self._read = read
        self._objects = objects
        self._fields = shared.plan.about.fields
        self._places = {field.name: index for index, field in enumerate(self._fields)}
        self._left = dict.fromkeys(range(len(self._fields)))
        self._domains: set[int] = set()
        self._made = False

    def slot(self, index: int) -> str:
        """The name of a value, read here where it wasn't yet."""
        slot = self.plan.slots[index]
        if slot.domain:
            self.slot(self.plan.slot(slot.path))
            if index not in self._domains:
                self._domains.add(index)
                self._top().line(f"{slot.name} = domain({self.plan.slots[self.plan.slot(slot.path)].name})")
        else:
            self._read_field(self._places[slot.path[0]])
        return super().slot(index)

    def unread(self, slot: int | None) -> Unread | None:
        """Where a field is yet to be read, of those that are unknown where they are absent, or are required."""
        if slot is None or self.plan.slots[slot].domain:
            return None
        index = self._places[self.plan.slots[slot].path[0]]
        optional = self._read.absent_is_unknown(index)
        if index not in self._left or not (optional or self._fields[index].required):
            return None
        return Unread(self._got(index), self._read.names[index], optional)

    def was_read(self, slot: int) -> None:
        """An entry has read the field itself."""
        del self._left[self._places[self.plan.slots[slot].path[0]]]

    def _top(self) -> Writer:
        if self.body.depth:
            raise ValueError("a field is read inside a block")
        return self.body

    def _got(self, index: int) -> str:
        name = self._fields[index].name
        if not self._objects:
            return f"lead.get({literal(name)})"
        if _SAFE.fullmatch(name) and "__" not in name and not keyword.iskeyword(name):
            return f"lead.{name}"
        return f"getattr(lead, {literal(name)}, None)"

    def _read_field(self, index: int) -> None:
        if index not in self._left:
            return
        del self._left[index]
        if self._read.only_names(index):
            name = self._read.names[index]
            self._top().line(f"{name} = {self._got(index)}")
            with self.body.block(f"if type({name}) is not str:"):
                self.body.line(f"{name} = READ_{index}({name}, reading := reading or Reading())")
            return
        self._read.field(self._top(), index, self._got(index))

    def snapshot(self) -> str:
        """The whole snapshot; all that isn't read yet is read now."""
        if not self._made:
            self._made = True
            for index in list(self._left):
                self._read_field(index)
            names = [self.slot(index) for index in range(len(self.plan.slots))]
            self._top().line(f"v = {sequence([*names, 'now', 'facts'])}")
        return "v"


def write(shared: Shared, read: ReadFunction, decide: Decide, objects: bool) -> str:
    """The function's name, once it is written."""
    scope = AtOnce(shared, read, objects)
    decide.write_parts(scope)
    values = scope.snapshot()
    body = scope.body
    body.line()
    with body.block("if reading is not None and (reading.problems or reading.embedded):"):
        body.line("return None")
    body.line("made = DECISION()")
    body.line("made._ends = made._memo = None")
    body.line(f"made._values = {values}")
    body.line(f"made._results = {decide.results()}")
    body.line("return made")
    done = Writer()
    with done.block(f"def {scope.name}(lead, now, facts):"):
        done.line('"""Read and decide one lead; None where it needs a closer look."""')
        done.line("reading = None")
        done.extend(body)
    shared.functions.append(done)
    return scope.name
