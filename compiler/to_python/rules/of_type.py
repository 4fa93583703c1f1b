"""What happens to tables, indexes and matches when a fact comes in, changes, or goes: functions of each type."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_python.literals import literal, sequence
from leadpolicy.compiler.to_python.plan import Plan
from leadpolicy.compiler.to_python.rules.alphas import Alphas
from leadpolicy.compiler.to_python.rules.constants import Changes, Part, grouped
from leadpolicy.compiler.to_python.rules.parts import PartChanges
from leadpolicy.compiler.to_python.rules.scope import Indexes, meta
from leadpolicy.compiler.to_python.writer import Writer

_SHORT = 40
"""So many lines at most are written out where they are wanted; more are called."""


class TypeChanges:
    """Writes the functions of one type of facts."""

    def __init__(
        self, fact: ir.Fact, plan: Plan, indexes: Indexes, alphas: Alphas, rules: Sequence[Changes], out: Writer
    ) -> None:
        """`rules`: parts first, as they are to be forgotten before anybody reads them."""
        self.fact = fact
        self._place = plan.bindings.place(fact.name)
        self._indexes = indexes
        self._alphas = alphas
        self._out = out
        self._reads = [(rule, place, reads) for rule in rules for place, reads in rule.of(fact.name)]
        self._identity = f"x[{meta(fact) + 2}]"
        self._again = any(isinstance(rule, PartChanges) for rule, _, _ in self._reads)

    def _own(self) -> tuple[list[tuple[tuple[str, ...], str]], dict[int, frozenset[str]]]:
        """The type's indexes, and its tables of records that pass."""
        found = self._indexes.found.items()
        tables = self._alphas.tables.items()
        return (
            [(fields, name) for (fact, fields), name in found if fact == self.fact.name],
            {number: fields for number, (fact, fields) in tables if fact == self.fact.name},
        )

    def write_entering(self, out: Writer) -> None:
        """How `x` gets into tables and indexes."""
        own, passing = self._own()
        out.line(f"table_{self._place}[{self._row_key()}] = x")
        if self.fact.concluded and any(f.key for f in self.fact.fields):
            out.line(f"keyed_{self._place}[{self._key_text()}] = x")
        for fields, name in own:
            self._put(out, name, fields)
        for number in passing:
            out.line(f"if passes_{number}(x): passing_{number}[{self._identity}] = x")

    def write_tables(self) -> None:
        """`enter_T(x)`, `leave_T(x)`, `move_T(x, old)`: tables and indexes."""
        out = self._out
        own, passing = self._own()
        key = next((f for f in self.fact.fields if f.key), None)
        with out.block(f"def enter_{self._place}(x):"):
            self.write_entering(out)
        with out.block(f"def leave_{self._place}(x):"):
            out.line(f"del table_{self._place}[{self._row_key()}]")
            if key is not None and self.fact.concluded:
                with out.block(f"if keyed_{self._place}.get({self._key_text()}) is x:"):
                    out.line(f"del keyed_{self._place}[{self._key_text()}]")
            for fields, name in own:
                out.line(f"take({name}, {self._index_key(fields, 'x')}, x)")
            for number in passing:
                out.line(f"passing_{number}.pop({self._identity}, None)")
        with out.block(f"def move_{self._place}(x, old):"):
            for fields, name in own:
                places = [self._indexes.place(self.fact.name, f) for f in fields]
                test = " or ".join(f"x[{p}] is not old[{p}]" for p in places)
                with out.block(f"if {test}:"):
                    out.line(f"take({name}, {self._index_key(fields, 'old')}, x)")
                    self._put(out, name, fields)
            for number, fields_alone in passing.items():
                places = sorted(self._indexes.place(self.fact.name, f) for f in fields_alone)
                with out.block(f"if {' or '.join(f'x[{p}] is not old[{p}]' for p in places)}:"):
                    out.line(f"if passes_{number}(x): passing_{number}[{self._identity}] = x")
                    out.line(f"else: passing_{number}.pop({self._identity}, None)")
            out.line("return None")

    def _row_key(self) -> str:
        key = next((f for f in self.fact.fields if f.key), None)
        if self.fact.concluded:
            # Those of one key may meet within a step: their table goes by arrival.
            return f"x[{meta(self.fact)}]"
        # The identity of a base fact without a key is its handle: its table is what handles are looked up in.
        return self._identity if key is None else self._key_text()

    def _key_text(self) -> str:
        place, key = next((i, f) for i, f in enumerate(self.fact.fields) if f.key)
        return f"str(x[{place}])" if key.type.kind == "int" else f"x[{place}]"

    def _index_key(self, fields: tuple[str, ...], record: str) -> str:
        texts = [f"{record}[{self._indexes.place(self.fact.name, f)}]" for f in fields]
        return texts[0] if len(texts) == 1 else sequence(texts)

    def _put(self, out: Writer, name: str, fields: tuple[str, ...]) -> None:
        if len(fields) > 1:
            # Few have the same: it is looked up once, not twice.
            out.line(f"rows = {name}.setdefault({self._index_key(fields, 'x')}, own := [x])")
            out.line("if rows is not own: rows.append(x)")
            return
        out.line(f"key = {self._index_key(fields, 'x')}")
        out.line(f"rows = {name}.get(key)")
        out.line(f"if rows is None: {name}[key] = [x]")
        out.line("else: rows.append(x)")

    def write_moving(self, before: Writer, out: Writer, field: str) -> None:
        """What becomes of indexes and matches as one field of `x` changes. `before`: what is worked out first; code
        in `out` may still want `old`, what the record was."""
        at = self._indexes.place(self.fact.name, field)
        own, passing = self._own()
        for fields, name in own:
            if field in fields:
                before.line(f"{name}_was = {self._index_key(fields, 'x')}")
                out.line(f"take({name}, {name}_was, x)")
                self._put(out, name, fields)
        for number, fields_alone in passing.items():
            if field in fields_alone:
                out.line(f"if passes_{number}(x): passing_{number}[{self._identity}] = x")
                out.line(f"else: passing_{number}.pop({self._identity}, None)")
        if self.by_constants():
            out.line(f"moved_{self._place}(x, old)")
            return
        for rule, place, reads in self._reads:
            if at in self._places(reads.fields):
                rule.set(before, out, place, reads, self._identity)
        self._end(out, "moved")

    def write_changes(self) -> None:
        """`came_T(x)`, `went_T(x)`, `moved_T(x, old)`, `watch_T(x)`: what becomes of the matches."""
        out, place = self._out, self._place
        rest, by_field = grouped(self._reads)
        for field, by_constant in by_field.items():
            self._write_by_constant(self._indexes.place(self.fact.name, field), by_constant)
        fields = [self._indexes.place(self.fact.name, field) for field in by_field]
        self._came = Writer()
        for rule, at, reads in rest:
            rule.came(self._came, at, reads)
        for at in fields:
            self._turn(self._came, "came", at, "x", "x")
        self._end(self._came, "came")
        with out.block(f"def came_{place}(x):"):
            out.extend(self._came)
            out.line("return None")
        with out.block(f"def went_{place}(x):"):
            for rule, at, reads in rest:
                rule.went(out, at, reads, self._identity)
            for at in fields:
                self._turn(out, "went", at, "x", "x")
            self._end(out, "went")
            out.line("return None")
        with out.block(f"def moved_{place}(x, old):"):
            self._moved(rest)
            for at in fields:
                self._turn(out, "moved", at, "x", "x, old")
                with out.block(f"if x[{at}] is not old[{at}]:"):
                    self._turn(out, "moved", at, "old", "x, old")
            self._end(out, "moved")
            out.line("return None")
        self._write_watch()

    def by_constants(self) -> list[Changes]:
        """The rules that are looked up by what a record has in a field."""
        return [
            part[0]
            for by_constant in grouped(self._reads)[1].values()
            for parts in by_constant.values()
            for part in parts
        ]

    def write_came_apart(self, out: Writer) -> None:
        """What becomes, as `x` comes in, of the matches that aren't found together (0013)."""
        if self.by_constants():
            out.line(f"came_{self._place}(x)")
            return
        for rule, at, reads in self._reads:
            if not rule.together:
                rule.came(out, at, reads)
        self._end(out, "came")

    def write_came(self, out: Writer) -> None:
        """What becomes of matches as `x` comes in."""
        if len(self._came.lines) > _SHORT:
            out.line(f"came_{self._place}(x)")
        else:
            out.extend(self._came)

    def _end(self, out: Writer, told: str) -> None:
        """Parts have been forgotten: who reads them is asked again. `told`: what has happened to a fact."""
        if self._again:
            out.line("if stale: again()")
        if told:
            self._tell(out, told)

    def _tell(self, out: Writer, told: str) -> None:
        """Nobody outside is told."""

    def _write_by_constant(self, field: int, by_constant: Mapping[str, Sequence[Part]]) -> None:
        """`came_T_F_K(x)` and so on: the same for the rules that want one constant in a field, and dicts of them."""
        out = self._out
        for number, parts in enumerate(by_constant.values()):
            name = f"{self._place}_{field}_{number}"
            with out.block(f"def came_{name}(x):"):
                for rule, at, reads in parts:
                    rule.came(out, at, reads)
            with out.block(f"def went_{name}(x):"):
                for rule, at, reads in parts:
                    rule.went(out, at, reads, self._identity)
            with out.block(f"def moved_{name}(x, old):"):
                self._moved(parts)
                out.line("return None")
        for word in ("came", "went", "moved"):
            pairs = [f"{literal(one)}: {word}_{self._place}_{field}_{n}" for n, one in enumerate(by_constant)]
            out.line(f"{word}_{self._place}_by_{field} = {{{', '.join(pairs)}}}")

    def _turn(self, out: Writer, word: str, field: int, record: str, arguments: str) -> None:
        """Turn to the rules that want what a record has in a field."""
        out.line(f"turn = {word}_{self._place}_by_{field}.get({record}[{field}])")
        out.line(f"if turn is not None: turn({arguments})")

    def _moved(self, parts: Sequence[Part]) -> None:
        out = self._out
        for at in self._places({name for _, _, reads in parts for name in reads.fields}):
            out.line(f"changed_{at} = x[{at}] is not old[{at}]")
        for rule, at, reads in parts:
            places = self._places(reads.fields)
            if places:
                with out.block(f"if {' or '.join(f'changed_{p}' for p in places)}:"):
                    rule.moved(out, at, reads, self._identity)

    def _places(self, names: Iterable[str]) -> list[int]:
        """Where fields stand that can change: the key never does."""
        keys = {"", *(field.name for field in self.fact.fields if field.key)}
        return sorted(self._indexes.place(self.fact.name, name) for name in names if name not in keys)

    def _write_watch(self) -> None:
        """Times at which the passing of time itself may change what depends on a record."""
        out = self._out
        due: dict[tuple[str, str, int], list[Part]] = {}
        for rule, at, reads in self._reads:
            for moment in reads.offsets:
                due.setdefault(moment, []).append((rule, at, reads))
        for number, (_, touched) in enumerate(sorted(due.items(), key=lambda one: one[0])):
            with out.block(f"def due_{self._place}_{number}(x):"):
                for rule, at, reads in touched:
                    rule.moved(out, at, reads, self._identity, was=False)
                self._end(out, "")
                out.line("return None")
        with out.block(f"def watch_{self._place}(x):"):
            for number, (name, span, offset) in enumerate(sorted(due)):
                out.line(f"at = x[{self._indexes.place(self.fact.name, name)}]")
                test, length = "type(at) is int", literal(offset)
                if span:
                    place = self._indexes.place(self.fact.name, span)
                    test, length = f"{test} and isinstance(x[{place}], int)", f"x[{place}] + {length}"
                with out.block(f"if {test}:"):
                    out.line(f"wake_at(at + {length}, {self._place}, due_{self._place}_{number}, x)")
            out.line("return None")

    @property
    def is_timed(self) -> bool:
        """Whether the passing of time touches records of the type."""
        return any(reads.offsets for _, _, reads in self._reads)
