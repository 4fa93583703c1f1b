"""What stands around the facts of one type, and what every change of them ends with."""

from __future__ import annotations

from dataclasses import dataclass

from leadpolicy.compiler.to_python.writer import Writer


@dataclass(frozen=True, slots=True)
class Outer:
    """What stands around a type's facts. `added`: whether rules add such facts; `set`: fields that they set;
    `concludes`: whether any rule concludes. `late`: whether something is to be looked at with the first change after
    time has moved. `unfound`: whether rules that read the type, and may have matches that are still to be found, take
    no notice of facts that only come in; None where there are no such rules."""

    added: bool
    set: frozenset[str]
    concludes: bool
    late: bool
    unfound: bool | None

    def finish(self, out: Writer, place: int, timed: bool) -> None:
        """The end of a change of a record `x`. `timed`: whether the passing of time touches records of the type."""
        if timed:
            out.line(f"watch_{place}(x)")
        if self.late:
            out.line("if s.late: s.look_late()")
        if self.concludes:
            out.line("if conclusions.any: settle()")
