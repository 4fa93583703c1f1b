"""Facts that come in: functions of each type, for what rules add, the host inserts, and what waited for its time."""

from __future__ import annotations

from leadpolicy.compiler.to_python.literals import sequence
from leadpolicy.compiler.to_python.plan import Plan
from leadpolicy.compiler.to_python.rules.around import Outer
from leadpolicy.compiler.to_python.rules.of_type import TypeChanges
from leadpolicy.compiler.to_python.rules.reading import RowReader
from leadpolicy.compiler.to_python.rules.scope import meta
from leadpolicy.compiler.to_python.writer import Writer


class Comings:
    """Writes how base facts of one type come in.

    `there_T(values)`: the fact of the same key, or the same fact without one; `come_T(x)`: a fact that isn't in
    memory comes in, or waits for its time; `put_T(values)`: what a rule adds; `insert_T(get)`: a record by itself;
    `load_T(facts)`: many together; `rows_T(rows, …)`: facts of records. Nothing for concluded types.
    """

    def __init__(self, changes: TypeChanges, plan: Plan, outer: Outer, reader: RowReader, out: Writer) -> None:
        self._changes = changes
        self._fact = fact = changes.fact
        self._outer = outer
        self._reader = reader
        self._place = plan.bindings.place(fact.name)
        self._out = out
        self._key = next((i for i, field in enumerate(fact.fields) if field.key), None)
        self._keyless = not fact.event and self._key is None
        self._always_new = fact.event and self._key is None

    def write(self) -> None:
        """All of them."""
        if not self._fact.concluded:
            self._write_there()
            self._write_come()
            self._write_insert()
            self._write_load()
            self._write_rows()
            if self._outer.added:
                self._write_put()

    @property
    def names(self) -> tuple[str, str, str, str, str]:
        """The names of the functions that the network hands over; "None" for one that there isn't."""
        place = self._place
        if self._fact.concluded:
            return "None", "None", "None", "None", "None"
        there, rows = ("None", f"rows_{place}") if self._always_new else (f"there_{place}", "None")
        return there, f"come_{place}", f"insert_{place}", f"load_{place}", rows

    def _content(self, record: str) -> str:
        """The code of what keyless facts are told apart by. `record`: `x`, or the code of the values."""
        values = sequence(f"x[{place}]" for place in range(meta(self._fact))) if record == "x" else record
        spans = any("duration" in {field.type.kind} for field in self._fact.fields)
        return f"content_key({values})" if spans else values

    def _write_there(self) -> None:
        out, place = self._out, self._place
        if self._always_new:
            return
        with out.block(f"def there_{place}(values):"):
            if self._key is not None:
                out.line(f"return by_key({place}, {self._text(f'values[{self._key}]')})")
            else:
                out.line(f"return same_{place}.get({self._content('values')})")

    def _text(self, key: str) -> str:
        """The code of a key as text."""
        assert self._key is not None
        return f"str({key})" if self._fact.fields[self._key].type.kind == "int" else key

    def _write_come(self) -> None:
        out, place = self._out, self._place
        with out.block(f"def come_{place}(x):"):
            if self._key is not None:
                out.line(f"handles[x[{meta(self._fact) + 2}]] = x")
            self._wait("return None")
            if self._keyless:
                out.line(f"same_{place}[{self._content('x')}] = x")
            self._arrive(shortly=False)

    def _write_put(self) -> None:
        out, place = self._out, self._place
        with out.block(f"def put_{place}(values):"):
            if self._key is not None:
                out.line(f"if there_{place}(values) is not None: return None")
            self._make(["*values"], "values", "return None")

    def _write_insert(self) -> None:
        """The record's handle; None, and nothing done, where something about it is out of the common."""
        out, place = self._out, self._place
        with out.block(f"def insert_{place}(get):"):
            values = self._reader.write_values()
            if self._key is not None:
                out.line(f"if by_key({place}, {self._text(values[self._key])}) is not None: return None")
            out.line("s.step_began = s.sequence + 1")
            self._make(values, sequence(values), "return identity")
            out.line("return identity")

    def _write_load(self) -> None:
        """Facts come in as a part of a batch of nothing else. Rules whose matches are found together aren't asked."""
        out, place, number = self._out, self._place, meta(self._fact)
        apart = Writer()
        self._changes.write_came_apart(apart)
        with out.block(f"def load_{place}(facts):"):
            out.line("number = s.sequence")
            with out.block("for x in facts:"):
                if self._key is not None:
                    out.line(f"handles[x[{number + 2}]] = x")
                self._wait("continue", again=False)
                if self._keyless:
                    out.line(f"same_{place}[{self._content('x')}] = x")
                out.line(f"x[{number}] = x[{number + 1}] = number = number + 1")
                out.line("note(x)")
                self._changes.write_entering(out)
                if apart.lines:
                    out.line("s.sequence = number")
                    out.extend(apart)
                    if self._outer.concludes:
                        out.line("if conclusions.any: settle()")
                    out.line("number = s.sequence")
                if self._changes.is_timed:
                    out.line(f"watch_{place}(x)")
            out.line("s.sequence = number")

    def _write_rows(self) -> None:
        """Facts of rows, of a type of which each is a new one. `take` takes each, `handle` its handle; `general(row)`
        reads what is no common case, and gives its handle."""
        if not self._always_new:
            return
        out = self._out
        with out.block(f"def rows_{self._place}(rows, take, handle, general):"), out.block("for row in rows:"):
            with out.block("if type(row) is not dict:"):
                out.line("handle(general(row))")
                out.line("continue")
            out.line("get = row.get")
            values = self._reader.write_values("handle(general(row)); continue")
            out.line("s.identity = identity = s.identity + 1")
            out.line("handle(identity)")
            out.line(f"take([{', '.join(values)}, 0, 0, identity, {self._place}])")

    def _make(self, values: list[str], content: str, leave: str) -> None:
        """A new record comes in. `content`: the code of its values as one."""
        out, place = self._out, self._place
        if self._keyless:
            out.line(f"x = [{', '.join(values)}, 0, 0, 0, {place}]")
            out.line(f"if same_{place}.setdefault({self._content(content)}, x) is not x: return None")
            out.line(f"x[{meta(self._fact) + 2}] = s.identity = identity = s.identity + 1")
        else:
            out.line("s.identity = identity = s.identity + 1")
            handle = "" if self._key is None else "handles[identity] = "
            out.line(f"{handle}x = [{', '.join(values)}, 0, 0, identity, {place}]")
        self._wait(leave)
        self._arrive(shortly=True)

    def _wait(self, leave: str, again: bool = True) -> None:
        """An event that is dated after now waits. A key that went in this instant is the same fact again."""
        out, place = self._out, self._place
        dated = next((i for i, field in enumerate(self._fact.fields) if field.name == self._fact.dated), None)
        if self._fact.event and dated is not None:
            out.line(f"at = x[{dated}]")
            with out.block("if type(at) is int and at > s.now:"):
                out.line("s.wait(x, at)")
                out.line(leave)
        if self._key is not None and again:
            out.line(f"if lately and s.again(x, ({place}, {self._text(f'x[{self._key}]')})): {leave}")

    def _arrive(self, shortly: bool) -> None:
        """The change itself, and what becomes of matches and conclusions. `shortly`: written out, not called."""
        out, place, number, outer = self._out, self._place, meta(self._fact), self._outer
        if outer.unfound is not None:
            out.line(f"if unfound{' and not s.adding' if outer.unfound else ''}: before({place}, True)")
        out.line(f"x[{number}] = x[{number + 1}] = s.sequence = s.sequence + 1")
        out.line("note(x)")
        if shortly:
            self._changes.write_entering(out)
            self._changes.write_came(out)
        else:
            out.line(f"enter_{place}(x)")
            out.line(f"came_{place}(x)")
        self._outer.finish(out, place, self._changes.is_timed)
