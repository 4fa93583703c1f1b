"""How a fact that comes in, changes, or goes reaches the matches of one rule."""

from __future__ import annotations

from leadpolicy.compiler.to_python.code import Code, inverse
from leadpolicy.compiler.to_python.rules.lazy import lazy_positions
from leadpolicy.compiler.to_python.rules.network import RuleNetwork
from leadpolicy.compiler.to_python.rules.reads import Reads
from leadpolicy.compiler.to_python.rules.scope import meta
from leadpolicy.compiler.to_python.rules.shape import Shape
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
        self.pins: dict[int, int] = {}
        """The patterns by whose records' keys matches are known, and where the keys stand."""
        self.together = False
        """Whether the matches of facts that come in together may be found when all are in."""
        self._counted: set[int] = set()
        """What is only looked for by `no`, and told by the record alone whether it counts for a match."""

    @property
    def shape(self) -> Shape:
        """The rule."""
        return self._network.shape

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
        counts = self._network.blockers.write_counts(place, reads)
        if counts is not None:
            self._counted.add(place)
            self._network.write_blocks(place, reads, counts)
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
        elif place in self._counted:
            pin = self._pin(reads)
            test = f"stored_{self._number}" if pin is None else pin
            out.line(f"if {test}: blocks_{self._number}_{place}(x)")
        else:
            self._call(out, place, "x", ends=not reads.supports, begins=not reads.blocks)

    def _pin(self, reads: Reads) -> str | None:
        """The test whether a record that comes in belongs to one that has matches; None where that isn't told by the
        record alone."""
        link = reads.link
        if link is None or link.own != "of" or link.theirs != "":
            return None
        fact = self.shape.facts[link.position]
        at = next(i for i, field in enumerate(fact.fields) if field.key)
        if fact.fields[at].type.kind != "text":
            return None
        self.pins[link.position] = at
        return f"x[{len(self._network.fact(reads.fact).fields)}] in pinned_{self._number}_{link.position}"

    def went(self, out: Writer, place: int, reads: Reads, identity: str) -> None:
        """A record has gone."""
        if reads.position is not None:
            self._if_filed(out, "drop", identity)
        else:
            self._call(out, place, "x", ends=not reads.blocks, begins=not reads.supports)

    def moved(self, out: Writer, place: int, reads: Reads, identity: str, was: bool = True) -> None:
        """A record has changed in a field that is read. `was`: whether there is an earlier state of it, `old`."""
        if reads.position is None:
            self._call(out, place, "x", True, True)
            if reads.records is not None and was:
                self._call(out, place, "old", True, True)
            return
        before = self._test(reads.position, "old") if was else None
        self._switched(out, reads, identity, None if before is None else inverse(before).text)

    def set(self, before: Writer, out: Writer, place: int, reads: Reads, identity: str) -> None:
        """The same, where it is known beforehand."""
        if reads.position is None:
            self.moved(out, place, reads, identity)
            return
        test, name = self._test(reads.position, "x"), f"was_{self._number}_{place}"
        if test is not None:
            before.line(f"{name} = {test.text}")
        self._switched(out, reads, identity, None if test is None else f"not {name}")

    def _switched(self, out: Writer, reads: Reads, identity: str, failed: str | None) -> None:
        """A pattern's record has changed. `failed`: whether it did not meet its own conditions before."""
        assert reads.position is not None
        test = self._test(reads.position, "x")
        if test is None or failed is None:
            self._if_filed(out, "check", identity)
            self._begin(out, reads.position)
            return
        with out.block(f"if {failed}:"):
            self._begin(out, reads.position)
        # Matches that have it at another position may go on.
        alone = len([one for _, one in self.of(reads.fact) if one.position is not None]) == 1
        with out.block(f"elif {inverse(test).text}:"):
            self._if_filed(out, "drop" if alone else "check", identity)
        with out.block("else:"):
            self._if_filed(out, "check", identity)
            self._find(out, reads.position)

    def _if_filed(self, out: Writer, word: str, identity: str) -> None:
        """Call what is about the matches that a record is part of, where there are some."""
        out.line(f"if {identity} in filed_{self._number}: {word}_{self._number}({identity})")

    def _begin(self, out: Writer, position: int) -> None:
        """The matches of a record begin, where it meets what it must by itself."""
        test = self._test(position, "x")
        if test is None:
            self._find(out, position)
            return
        with out.block(f"if {test.text}:"):
            if position in self.lazy:
                out.line(f"begin_{self._number}_{position}(x)")
            else:
                self._find(out, position)

    def _test(self, position: int, record: str) -> Code | None:
        return self._network.alphas.test(self._network.shape, position, record)

    def _find(self, out: Writer, position: int) -> None:
        start = self.start(position)
        seed = self._network.seeds.get(position)
        if seed is None:
            out.line(f"found = {start}(x)")
            out.line(f"if found: add_{self._number}(found)")
            return
        with out.block(f"if {seed}:"):
            out.line(f"found = {start}(x)")
            out.line(f"if found: add_{self._number}(found)")

    def _call(self, out: Writer, place: int, record: str, ends: bool, begins: bool) -> None:
        if ends:
            out.line(f"if stored_{self._number}: ends_{self._number}_{place}({record})")
        if begins:
            out.line(f"begins_{self._number}_{place}({record})")
