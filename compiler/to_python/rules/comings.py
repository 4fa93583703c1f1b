"""Facts that come in: functions of each type, for what rules add, the host inserts, and what waited for its time."""

from __future__ import annotations

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_python.literals import sequence
from leadpolicy.compiler.to_python.plan import Plan
from leadpolicy.compiler.to_python.rules.scope import meta
from leadpolicy.compiler.to_python.writer import Writer


class Comings:
    """Writes `there_T(values)`: the fact of the same key, or the same fact without one; `come_T(x)`: a base fact that
    isn't in memory comes in, or waits for its time; `put_T(values)`: what a rule adds. None for concluded types."""

    def __init__(self, fact: ir.Fact, plan: Plan, timed: bool, late: bool, unfound: bool | None, out: Writer) -> None:
        """`late`: whether something is to be looked at with the first change after time has moved. `unfound`: whether
        rules that read the type and may have matches that are still to be found take no notice of facts that only
        come in; None where there are no such rules."""
        self._fact = fact
        self._unfound = unfound
        self._place = plan.bindings.place(fact.name)
        self._timed = timed
        self._late = late
        self._out = out
        self._keyless = not fact.event and not any(field.key for field in fact.fields)
        self._key = next((i for i, field in enumerate(fact.fields) if field.key), None)

    def write(self) -> None:
        """All three."""
        if not self._fact.concluded:
            self._write_there()
            self._write_come()
            self._write_add()

    @property
    def names(self) -> tuple[str, str]:
        """The first two functions' names; "None" for one that there isn't."""
        if self._fact.concluded:
            return "None", "None"
        always_new = self._key is None and self._fact.event
        return "None" if always_new else f"there_{self._place}", f"come_{self._place}"

    def _content(self, record: str) -> str:
        """The code of what keyless facts are told apart by."""
        count = meta(self._fact)
        values = record if record == "values" else sequence(f"x[{place}]" for place in range(count))
        spans = any("duration" in {field.type.kind} for field in self._fact.fields)
        return f"content_key({values})" if spans else values

    def _write_there(self) -> None:
        out, place = self._out, self._place
        if self._key is None and self._fact.event:
            return
        with out.block(f"def there_{place}(values):"):
            if self._key is not None:
                out.line(f"return by_key({place}, {self._text('values')})")
            else:
                out.line(f"return same_{place}.get({self._content('values')})")

    def _text(self, record: str) -> str:
        """The code of the key as text."""
        assert self._key is not None
        text = f"{record}[{self._key}]"
        return f"str({text})" if self._fact.fields[self._key].type.kind == "int" else text

    def _write_come(self) -> None:
        out, place = self._out, self._place
        with out.block(f"def come_{place}(x):"):
            self._wait()
            if self._keyless:
                out.line(f"same_{place}[{self._content('x')}] = x")
            self._arrive()

    def _write_add(self) -> None:
        out, place = self._out, self._place
        with out.block(f"def put_{place}(values):"):
            if self._keyless:
                out.line(f"content = {self._content('values')}")
                out.line(f"if content in same_{place}: return None")
            elif self._key is not None:
                out.line(f"if there_{place}(values) is not None: return None")
            out.line("s.identity = identity = s.identity + 1")
            out.line(f"handles[identity] = x = [*values, 0, 0, identity, {place}]")
            self._wait()
            if self._keyless:
                out.line(f"same_{place}[content] = x")
            self._arrive()

    def _wait(self) -> None:
        """An event that is dated after now waits. A key that went in this instant is the same fact again."""
        out, place = self._out, self._place
        dated = next((i for i, field in enumerate(self._fact.fields) if field.name == self._fact.dated), None)
        if self._fact.event and dated is not None:
            out.line(f"at = x[{dated}]")
            out.line("if type(at) is int and at > s.now: return s.wait(x, at)")
        if self._key is not None:
            out.line(f"if lately and s.again(x, ({place}, {self._text('x')})): return None")

    def _arrive(self) -> None:
        """The change itself, and what becomes of matches and conclusions."""
        out, place, number = self._out, self._place, meta(self._fact)
        if self._unfound is not None:
            out.line(f"if unfound{' and not s.adding' if self._unfound else ''}: before({place}, True)")
        out.line(f"x[{number}] = x[{number + 1}] = s.sequence = s.sequence + 1")
        out.line("note(x)")
        out.line(f"enter_{place}(x)")
        out.line(f"came_{place}(x)")
        if self._timed:
            out.line(f"watch_{place}(x)")
        if self._late:
            out.line("if s.late: s.look_late()")
        out.line("if conclusions.any: settle()")
