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

    def __init__(self, fact: ir.Fact, plan: Plan, timed: bool, out: Writer) -> None:
        self._fact = fact
        self._place = plan.bindings.place(fact.name)
        self._timed = timed
        self._out = out
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
        out, place, number = self._out, self._place, meta(self._fact)
        with out.block(f"def come_{place}(x):"):
            dated = next((i for i, field in enumerate(self._fact.fields) if field.name == self._fact.dated), None)
            if self._fact.event and dated is not None:
                out.line(f"at = x[{dated}]")
                out.line("if type(at) is int and at > s.now: return s.wait(x, at)")
            if self._key is not None:
                out.line(f"if lately and s.again(x, ({place}, {self._text('x')})): return None")
            elif not self._fact.event:
                out.line(f"same_{place}[{self._content('x')}] = x")
            out.line(f"if unfound: before({place}, True)")
            out.line(f"x[{number}] = x[{number + 1}] = s.sequence = s.sequence + 1")
            out.line("note(x)")
            out.line(f"enter_{place}(x)")
            out.line(f"came_{place}(x)")
            if self._timed:
                out.line(f"watch_{place}(x)")
            out.line("if conclusions.any: settle()")

    def _write_add(self) -> None:
        out, place = self._out, self._place
        with out.block(f"def put_{place}(values):"):
            if self._key is not None or not self._fact.event:
                out.line(f"if there_{place}(values) is None: come_{place}(new({place}, values))")
            else:
                out.line(f"come_{place}(new({place}, values))")
