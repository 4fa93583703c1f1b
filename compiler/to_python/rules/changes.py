"""What happens to tables, indexes and matches when a fact comes in, changes, or goes: functions of each type."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TypeAlias

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_python.literals import literal, sequence
from leadpolicy.compiler.to_python.plan import Plan
from leadpolicy.compiler.to_python.rules.alphas import Alphas
from leadpolicy.compiler.to_python.rules.lazy import lazy_positions
from leadpolicy.compiler.to_python.rules.network import RuleNetwork
from leadpolicy.compiler.to_python.rules.parts import PartChanges
from leadpolicy.compiler.to_python.rules.reads import Reads
from leadpolicy.compiler.to_python.rules.scope import Indexes, meta
from leadpolicy.compiler.to_python.writer import Writer


class RuleChanges:
    """The functions by which changes reach one rule."""

    def __init__(self, network: RuleNetwork, reads: list[Reads], out: Writer) -> None:
        self._network = network
        self._reads = reads
        self._out = out
        self._number = network.number
        self._starts: dict[int, str] = {}
        self.lazy = lazy_positions(network, reads)

    def start(self, position: int) -> str:
        """The function that finds the matches of a record at a position, written once."""
        if position not in self._starts:
            self._starts[position] = self._network.write_from(position)
        return self._starts[position]

    def write(self) -> None:
        """All functions that the types' functions call."""
        for position in self.lazy:
            self._write_switch(position)
        for place, reads in enumerate(self._reads):
            if reads.position is not None:
                self.start(reads.position)
                self._passes(reads.position)
                continue
            if reads.link is not None:
                self.start(reads.link.position)
            self._write_touching(place, reads)
        self._write_asking()

    def _write_asking(self) -> None:
        """`ask_N_R(x)`: look again at the matches that a lead of which a part is stale touches; None: any may be."""
        out, number = self._out, self._number
        for place, reads in enumerate(self._reads):
            if not reads.parts:
                continue
            with out.block(f"def ask_{number}_{place}(x):"):
                with out.block("if x is None:"):
                    out.line(f"check_all_{number}()")
                    out.line(f"add_{number}(all_{number}())")
                    out.line("return None")
                if reads.position is None:
                    self._call(out, place, "x", True, True)
                else:
                    out.line(f"check_{number}(x[{meta(self._network.shape.facts[reads.position]) + 2}])")
                    self._begin(out, reads.position)
                out.line("return None")

    def asks(self) -> list[tuple[int, str]]:
        """(part, the function that looks again) for each part that is read."""
        return [
            (part, f"ask_{self._number}_{place}")
            for place, reads in enumerate(self._reads)
            for part in sorted(reads.parts)
        ]

    def _write_switch(self, position: int) -> None:
        """`begin_N_P(x)`: the matches of a record that switches others on: found now, or when their turn comes."""
        out, number = self._out, self._number
        lazy = self._network.write_lazy(position)
        self.start(position)
        with out.block(f"def begin_{number}_{position}(x):"):
            out.line(f"if s.lazily: open_{number}(x, {self._passes(position)}, {lazy}(x, s.sequence))")
            with out.block("else:"):
                self._find(out, position)

    def _passes(self, position: int) -> str | None:
        return self._network.alphas.passes(self._network.shape, position)

    def _write_touching(self, place: int, reads: Reads) -> None:
        """`ends_N_R(x)`: look again at the matches that a record touches; `begins_N_R(x)`: those that it may have
        been in the way of, or helps."""
        out, number = self._out, self._number
        pins = self._network.write_pins(place, reads)
        link = reads.link
        with out.block(f"def ends_{number}_{place}(x):"):
            if pins is None or link is None:
                out.line(f"check_all_{number}()")
            else:
                fact = self._network.shape.facts[link.position]
                out.line(f"pins = {pins}(x)")
                out.line(f"if pins is None: check_all_{number}()")
                with out.block("else:"), out.block("for pin in pins:"):
                    out.line(f"check_{number}(pin[{meta(fact) + 2}])")
        with out.block(f"def begins_{number}_{place}(x):"):
            if pins is None or link is None:
                out.line(f"add_{number}(all_{number}())")
            else:
                out.line(f"pins = {pins}(x)")
                out.line(f"if pins is None: add_{number}(all_{number}())")
                with out.block("else:"), out.block("for pin in pins:"):
                    out.line(f"found = {self.start(link.position)}(pin)")
                    out.line(f"if found: add_{number}(found)")

    def of(self, fact: str) -> list[tuple[int, Reads]]:
        """What the rule reads of a type."""
        return [(place, reads) for place, reads in enumerate(self._reads) if reads.fact == fact]

    # ── Called by the types' functions ──

    def came(self, out: Writer, place: int, reads: Reads) -> None:
        """A record has come in."""
        if reads.position is not None:
            self._begin(out, reads.position)
        else:
            self._call(out, place, "x", ends=not reads.supports, begins=not reads.blocks)

    def went(self, out: Writer, place: int, reads: Reads, identity: str) -> None:
        """A record has gone."""
        if reads.position is not None:
            out.line(f"drop_{self._number}({identity})")
        else:
            self._call(out, place, "x", ends=not reads.blocks, begins=not reads.supports)

    def moved(self, out: Writer, place: int, reads: Reads, identity: str, was: bool = True) -> None:
        """A record has changed in a field that is read. `was`: whether there is an earlier state of it, `old`."""
        if reads.position is None:
            self._call(out, place, "x", True, True)
            if reads.records is not None and was:
                self._call(out, place, "old", True, True)
            return
        passes = self._passes(reads.position) if was else None
        if passes is None:
            out.line(f"check_{self._number}({identity})")
            self._begin(out, reads.position)
            return
        with out.block(f"if not {passes}(old):"):
            self._begin(out, reads.position)
        if len([one for _, one in self.of(reads.fact) if one.position is not None]) == 1:
            out.line(f"elif not {passes}(x): drop_{self._number}({identity})")
        with out.block("else:"):
            out.line(f"check_{self._number}({identity})")
            self._find(out, reads.position)

    def _begin(self, out: Writer, position: int) -> None:
        if position in self.lazy:
            out.line(f"if {self._passes(position)}(x): begin_{self._number}_{position}(x)")
        else:
            self._find(out, position)

    def _find(self, out: Writer, position: int) -> None:
        out.line(f"found = {self.start(position)}(x)")
        out.line(f"if found: add_{self._number}(found)")

    def _call(self, out: Writer, place: int, record: str, ends: bool, begins: bool) -> None:
        if ends:
            out.line(f"if stored_{self._number}: ends_{self._number}_{place}({record})")
        if begins:
            out.line(f"begins_{self._number}_{place}({record})")


Changes: TypeAlias = RuleChanges | PartChanges


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

    def write_tables(self) -> None:
        """`enter_T(x)`, `leave_T(x)`, `move_T(x, old)`: tables and indexes."""
        out = self._out
        own = [
            (fields, name)
            for (fact, fields), name in self._indexes.found.items()
            if fact == self.fact.name
        ]  # fmt: skip
        tables = self._alphas.tables.items()
        passing = {number: fields for number, (fact, fields) in tables if fact == self.fact.name}
        key = next((f for f in self.fact.fields if f.key), None)
        with out.block(f"def enter_{self._place}(x):"):
            out.line(f"table_{self._place}[{self._row_key()}] = x")
            if key is not None and self.fact.concluded:
                out.line(f"keyed_{self._place}[{self._key_text()}] = x")
            for fields, name in own:
                self._put(name, fields)
            for number in passing:
                out.line(f"if passes_{number}(x): passing_{number}[{self._identity}] = x")
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
                    self._put(name, fields)
            for number, fields_alone in passing.items():
                places = sorted(self._indexes.place(self.fact.name, f) for f in fields_alone)
                with out.block(f"if {' or '.join(f'x[{p}] is not old[{p}]' for p in places)}:"):
                    out.line(f"if passes_{number}(x): passing_{number}[{self._identity}] = x")
                    out.line(f"else: passing_{number}.pop({self._identity}, None)")
            out.line("return None")

    def _row_key(self) -> str:
        key = next((f for f in self.fact.fields if f.key), None)
        # Conclusions of one key may meet within a step: their table goes by arrival, as that of keyless facts.
        return f"x[{meta(self.fact)}]" if key is None or self.fact.concluded else self._key_text()

    def _key_text(self) -> str:
        place, key = next((i, f) for i, f in enumerate(self.fact.fields) if f.key)
        return f"str(x[{place}])" if key.type.kind == "int" else f"x[{place}]"

    def _index_key(self, fields: tuple[str, ...], record: str) -> str:
        texts = [f"{record}[{self._indexes.place(self.fact.name, f)}]" for f in fields]
        return texts[0] if len(texts) == 1 else sequence(texts)

    def _put(self, name: str, fields: tuple[str, ...]) -> None:
        out = self._out
        out.line(f"key = {self._index_key(fields, 'x')}")
        out.line(f"rows = {name}.get(key)")
        out.line(f"if rows is None: {name}[key] = [x]")
        out.line("else: rows.append(x)")

    def write_changes(self) -> None:
        """`came_T(x)`, `went_T(x)`, `moved_T(x, old)`, `watch_T(x)`: what becomes of the matches."""
        out, place = self._out, self._place
        with out.block(f"def came_{place}(x):"):
            for rule, at, reads in self._reads:
                rule.came(out, at, reads)
            self._end("came")
        with out.block(f"def went_{place}(x):"):
            for rule, at, reads in self._reads:
                rule.went(out, at, reads, self._identity)
            self._end("went")
        with out.block(f"def moved_{place}(x, old):"):
            for rule, at, reads in self._reads:
                with self._if_changed(reads) as may:
                    if may:
                        rule.moved(out, at, reads, self._identity)
            self._end("moved")
        self._write_watch()

    def _end(self, told: str = "") -> None:
        """Parts have been forgotten: who reads them is asked again. `told`: what has happened to a fact."""
        if self._again:
            self._out.line("if stale: again()")
        if told:
            self._tell(told)
        self._out.line("return None")

    def _tell(self, told: str) -> None:
        """Nobody outside is told."""

    @contextmanager
    def _if_changed(self, reads: Reads) -> Iterator[bool]:
        """What is written inside happens where a field that is read has changed; False where none can."""
        places = sorted(self._indexes.place(self.fact.name, name) for name in reads.fields if name)
        if not places:
            yield False
            return
        with self._out.block(f"if {' or '.join(f'x[{p}] is not old[{p}]' for p in places)}:"):
            yield True

    def _write_watch(self) -> None:
        """Times at which the passing of time itself may change what depends on a record."""
        out = self._out
        due: dict[tuple[str, str, int], list[tuple[Changes, int, Reads]]] = {}
        for rule, at, reads in self._reads:
            for moment in reads.offsets:
                due.setdefault(moment, []).append((rule, at, reads))
        for number, (_, touched) in enumerate(sorted(due.items(), key=lambda one: one[0])):
            with out.block(f"def due_{self._place}_{number}(x):"):
                for rule, at, reads in touched:
                    rule.moved(out, at, reads, self._identity, was=False)
                self._end()
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
