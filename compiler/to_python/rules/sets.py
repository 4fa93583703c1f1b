"""One field of a record changes, in place: what hosts do most, and what rules do by `set`."""

from __future__ import annotations

import re

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_python.literals import literal
from leadpolicy.compiler.to_python.plan import Plan
from leadpolicy.compiler.to_python.rules.around import Outer
from leadpolicy.compiler.to_python.rules.of_type import TypeChanges
from leadpolicy.compiler.to_python.rules.reading import RowReader
from leadpolicy.compiler.to_python.rules.scope import meta
from leadpolicy.compiler.to_python.writer import Writer


class Sets:
    """Writes the functions of one type's fields, if its facts have a key."""

    def __init__(self, changes: TypeChanges, plan: Plan, outer: Outer, reader: RowReader, out: Writer) -> None:
        self._changes = changes
        self._outer = outer
        self._reader = reader
        self._place = plan.bindings.place(changes.fact.name)
        self._out = out
        self._key = next((i for i, field in enumerate(changes.fact.fields) if field.key), None)

    def write(self) -> str:
        """`set_T_F(x, value)`: one field of a record with a key is to have another value: whether there is a change;
        `UNUSUAL`, and nothing done, for what is no common case. A dict of them by the fields' names, as text.
        `to_T_F(x, value)`: the same by a rule."""
        if self._changes.fact.concluded or self._changes.fact.event or self._key is None:
            return "{}"
        names: list[str] = []
        for index, field in enumerate(self._changes.fact.fields):
            if index != self._key:
                self._write_set(index, field)
                names.append(f"{literal(field.name)}: set_{self._place}_{index}")
        return f"{{{', '.join(names)}}}"

    def _write_set(self, index: int, field: ir.FactField) -> None:
        out, place = self._out, self._place
        by_rules = field.name in self._outer.set
        if by_rules:
            with out.block(f"def to_{place}_{index}(x, value):"):
                self._write_change(index, field)
        with out.block(f"def set_{place}_{index}(x, value):"):
            self._reader.write_value(index, "return UNUSUAL")
            out.line("s.step_began = s.sequence + 1")
            if by_rules:
                out.line(f"return to_{place}_{index}(x, value)")
            else:
                self._write_change(index, field)

    def _write_change(self, index: int, field: ir.FactField) -> None:
        """One field of `x` becomes `value`, if it is another one: whether it is."""
        out, outer, at = self._out, self._outer, meta(self._changes.fact) + 1
        out.line(f"was = x[{index}]")
        same = "not differ(was, value)" if field.type.kind == "duration" else "was is value or was == value"
        out.line(f"if {same}: return False")
        if outer.unfound is not None:
            out.line(f"if unfound: before({self._place}, False)")
        before, after = Writer(), Writer()
        self._changes.write_moving(before, after, field.name)
        copied = any(re.search(r"\bold\b", line) for line in after.lines)
        out.line("old = x.copy()" if copied else f"number = x[{at}]")
        out.extend(before)
        out.line(f"x[{index}] = value")
        out.line("note(('moved', x, old))" if copied else f"note(('set', x, ({index}, was, number)))")
        out.line(f"x[{at}] = s.sequence = s.sequence + 1")
        out.extend(after)
        outer.finish(out, self._place, self._changes.is_timed)
        out.line("return True")
