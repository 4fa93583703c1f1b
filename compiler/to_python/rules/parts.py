"""The parts of leads that rules read: what each is made of, and the functions that work it out and forget it.

A part is kept per lead until something that it reads has changed; a part that reads another one is forgotten with
it. Part `n` of a policy with `r` rules is numbered `r + n` where rules are numbered: its functions are named alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_python import moments, walk
from leadpolicy.compiler.to_python.literals import literal, sequence
from leadpolicy.compiler.to_python.plan import Key, Plan
from leadpolicy.compiler.to_python.rules.network import RuleNetwork
from leadpolicy.compiler.to_python.rules.reads import Reader, Reads, part_of
from leadpolicy.compiler.to_python.rules.scope import Indexes
from leadpolicy.compiler.to_python.rules.shape import Shape
from leadpolicy.compiler.to_python.rules.substitution import Substitution
from leadpolicy.compiler.to_python.rules.work import Work
from leadpolicy.compiler.to_python.scope import Shared
from leadpolicy.compiler.to_python.writer import Writer


@dataclass(slots=True)
class Part:
    """A part, `back` microseconds ago. `below`: the numbers of the parts that it reads; `daily`: whether it changes
    at midnight."""

    key: Key
    back: int
    number: int
    shape: Shape
    below: list[int] = field(default_factory=list)
    reads: list[Reads] = field(default_factory=list)
    clocked: bool = False
    calendars: tuple[str, ...] = ()
    daily: bool = False

    @property
    def name(self) -> str:
        """The name of the function that gives it."""
        return f"part_{self.number}"


class Parts:
    """The parts that a policy's rules read. They are found while the rules are looked through."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._rules = len(plan.policy.rules)
        self._found: dict[tuple[Key, int], Part] = {}
        self.rule: ir.Rule = plan.policy.rules[0]
        """The rule that is being looked through: what can't be matched is said of it."""

    @property
    def all(self) -> Sequence[Part]:
        """All of them, each behind those that it reads."""
        return list(self._found.values())

    def name(self, key: Key, back: int) -> str:
        """The name of the function that gives a part of a lead."""
        return self.of(key, back).name

    def number(self, key: Key, back: int) -> int:
        """The number of a part."""
        return self.of(key, back).number

    def of(self, key: Key, back: int) -> Part:
        """A part."""
        found = self._found.get((key, back))
        if found is None:
            found = self._read(key, back)
        return found

    def read_through(self, reads: Sequence[Reads]) -> list[Reads]:
        """What is read through the parts that are read, and those below them."""
        numbered = {part.number: part for part in self.all}
        stack, seen = [number for one in reads for number in one.parts], set[int]()
        found: list[Reads] = []
        while stack:
            number = stack.pop()
            if number not in seen:
                seen.add(number)
                found += numbered[number].reads
                stack += numbered[number].below
        return found

    def _read(self, key: Key, back: int) -> Part:
        plan = self._plan
        below = [*self._below(key), *self._named(key)]
        numbers = list(dict.fromkeys(self.of(other, back).number for other in below))
        number = self._rules + len(self._found)
        var = f"{number}:0"
        lead = ir.Records(fact=plan.about.name, var=var, of=None, where=None, window=None, text="")
        shape = Shape(self.rule, number, (lead,), (plan.about,), (), ())
        substitution = Substitution(plan.policy, number)
        exprs = tuple(substitution.expr(expr, {"this": var}) for expr in self._exprs(key))
        plan.bindings.bind(exprs, shape.environment)
        part = Part(key, back, number, shape, numbers)
        reader = PartReader(shape, plan, self, back)
        reader.read(exprs, [entry for entry in self._entries(key) if isinstance(entry, ir.EventEntry)])
        part.reads, part.clocked, part.calendars = reader.found, reader.clocked, tuple(reader.calendars)
        if key not in plan.result_names:
            plan.result_names[key] = plan.names.make(*key)
        part.daily = any(isinstance(e, ir.EventEntry) and e.decay is not None for e in self._entries(key))
        self._found[key, back] = part
        return part

    def _entries(self, key: Key) -> list[walk.Entry]:
        kind, name = key
        return [entry for _, entry in walk.flat_entries(self._plan.scores[name])] if kind == "score" else []

    def _exprs(self, key: Key) -> list[ir.Expr]:
        """What a part is made of, but for other parts that it always reads. Events that count are counted."""
        policy, (kind, name) = self._plan.policy, key
        if kind == "score":
            found: list[ir.Expr] = []
            for entry in self._entries(key):
                found += [ir.Count(records=entry.records)] if isinstance(entry, ir.EventEntry) else walk.entry(entry)
            own = self._plan.scores[name].expr
            return found if own is None else [*found, own]
        if kind == "table":
            return [e for row in self._plan.tables[name].rows for e in walk.condition(row.condition)]
        if kind == "gate":
            gate = next(gate for gate in policy.gates if gate.name == name)
            return [e for one in gate.criteria for e in walk.condition(one.condition)]
        if kind == "disqualified":
            return [e for entry in policy.disqualify or () for e in walk.condition(entry.condition)]
        if kind == "stage":
            return list(walk.condition(next(s for s in policy.funnel or () if s.name == name).condition))
        return []

    def _named(self, key: Key) -> list[Key]:
        """The parts that its expressions name, through lets."""
        found: list[Key] = []
        stack, seen = self._exprs(key), set[str]()
        while stack:
            for node in walk.nodes((stack.pop(),)):
                other = part_of(node)
                if other is not None:
                    found.append(other[0])
                if isinstance(node, ir.LetRef) and node.name not in seen:
                    seen.add(node.name)
                    stack.append(self._plan.lets[node.name].expr)
        return found

    def _below(self, key: Key) -> list[Key]:
        """The parts that a part reads whatever its expressions say."""
        kind, name = key
        stages = [stage.name for stage in self._plan.policy.funnel or ()]
        if kind == "stage":
            at = stages.index(name)
            return [("stage", stages[at - 1])] if at else [("disqualified", "")]
        if kind == "stages":
            return [("stage", stage) for stage in stages]
        return self._made_of(name) if kind in {"low", "high"} else []

    def _made_of(self, name: str) -> list[Key]:
        """A score, and the scores that it is made of."""
        found, stack = {name: None}, [name]
        while stack:
            score = self._plan.scores[stack.pop()]
            exprs = () if score.expr is None else (score.expr,)
            for node in walk.nodes(exprs):
                if isinstance(node, ir.ScoreRef) and node.name not in found:
                    found[node.name] = None
                    stack.append(node.name)
        return [("score", one) for one in found]


class PartReader(Reader):
    """Finds what a part of leads reads."""

    def read(self, exprs: Sequence[ir.Expr], events: Sequence[ir.EventEntry]) -> None:
        """Look through its expressions. `events`: entries, whose events count in the order of their time."""
        before = len(self.found)
        for expr in exprs:
            self._walk(expr)
        types = {entry.records.fact for entry in events}
        for reads in self.found[before:]:
            if reads.records is not None and reads.fact in types:
                self._ordered(reads)

    def _part(self, var: str, key: Key, back: int) -> None:
        """Other parts of the same lead are known already."""


class PartChanges:
    """The functions by which changes reach one part: they forget it."""

    together = False
    """Parts are forgotten with each change."""

    def __init__(self, part: Part, network: RuleNetwork, indexes: Indexes, out: Writer) -> None:
        self._part = part
        self._network = network
        self._number = part.number
        self._out = out
        for reads in part.reads:
            if reads.records is not None and reads.records.of is not None:
                indexes.name(reads.fact, ("of",))

    def write(self) -> None:
        """`stale_N_R(x)`: what depends on a record is stale."""
        out, number = self._out, self._number
        for place, reads in enumerate(self._part.reads):
            if reads.position is not None:
                continue
            pins = self._network.write_pins(place, reads)
            with out.block(f"def stale_{number}_{place}(x):"):
                if pins is None:
                    out.line(f"forget_all_{number}()")
                    continue
                out.line(f"pins = {pins}(x)")
                out.line(f"if pins is None: forget_all_{number}()")
                with out.block("else:"), out.block("for pin in pins:"):
                    out.line(f"forget_{number}(pin)")

    def of(self, fact: str) -> list[tuple[int, Reads]]:
        """What the part reads of a type."""
        return [(place, reads) for place, reads in enumerate(self._part.reads) if reads.fact == fact]

    def came(self, out: Writer, place: int, reads: Reads) -> None:
        """A record has come in."""
        if reads.position is None:
            out.line(f"stale_{self._number}_{place}(x)")

    def went(self, out: Writer, place: int, reads: Reads, _identity: str) -> None:
        """A record has gone."""
        if reads.position is None:
            out.line(f"stale_{self._number}_{place}(x)")
        else:
            out.line(f"lose_{self._number}(x)")

    def moved(self, out: Writer, place: int, reads: Reads, _identity: str, was: bool = True) -> None:
        """A record has changed in a field that is read. `was`: whether there is an earlier state of it, `old`."""
        if reads.position is not None:
            out.line(f"forget_{self._number}(x)")
            return
        out.line(f"stale_{self._number}_{place}(x)")
        if reads.records is not None and was:
            out.line(f"stale_{self._number}_{place}(old)")

    def set(self, _before: Writer, out: Writer, place: int, reads: Reads, identity: str) -> None:
        """The same."""
        self.moved(out, place, reads, identity)


class PartFunctions:
    """Writes the functions that work parts out, and hands them to the session's parts."""

    def __init__(self, parts: Parts, shared: Shared, out: Writer) -> None:
        self._parts = parts
        self._shared = shared
        self._plan = shared.plan
        self._out = out

    def write(self) -> None:
        """`work_N(x)` of each part, and `lead_B(x)`: a lead as what decides reads it, so long ago."""
        backs = list(dict.fromkeys(part.back for part in self._parts.all))
        names = {back: f"lead_{index}" for index, back in enumerate(backs)}
        for back, name in names.items():
            self._write_lead(name, back)
        work = Work(self._shared)
        for part in self._parts.all:
            told = part.key[0] in {"low", "high"}
            lead = f"{names[part.back]}(x)"
            below = [f"part_{number}(x)" for number in part.below]
            arguments = [f"parts.told({lead})" if told else lead, *(["parts.later"] if told else []), *below]
            function = work.function(part.key, [self._by_number(number).key for number in part.below])
            with self._out.block(f"def work_{part.number}(x):"):
                self._out.line(f"return {function}({', '.join(arguments)})")

    def _by_number(self, number: int) -> Part:
        return next(part for part in self._parts.all if part.number == number)

    def _write_lead(self, name: str, back: int) -> None:
        plan, out = self._plan, self._out
        now = f"s.now - {literal(back)}" if back else "s.now"
        texts: list[str] = []
        with out.block(f"def {name}(x):"):
            for slot in plan.slots:
                if slot.domain:
                    code = f"domain({texts[plan.slot(slot.path)]})"
                elif len(slot.path) == 1:
                    texts.append(f"x[{slot.order[0]}]")
                    continue
                else:
                    above = plan.slot(slot.path[:-1])
                    fact = plan.slots[above].type.fact
                    assert fact is not None
                    code = f"follow(facts, {literal(fact)}, {texts[above]}, {literal(slot.order[-1])})"
                out.line(f"{slot.name} = {code}")
                texts.append(slot.name)
            records = f"parts.records({literal(back)})" if back else "records"
            others = [now, "facts", *([records, "{}"] if plan.rich else [])]
            out.line(f"return {sequence([*texts, *others])}")

    def hand_over(self, out: Writer, asks: dict[int, list[str]]) -> None:
        """The parts of the session. `asks`: by part, the functions that ask rules again that read it."""
        for part in self._parts.all:
            clocks = [f"parts.opening({self._calendar(name)}, {literal(part.back)})" for name in part.calendars]
            if part.daily:
                zone = moments.zone(self._shared.constants, self._plan.policy.zone)
                clocks.append(f"parts.midnight({zone}, {literal(part.back)})")
            kind, name = part.key
            arguments = [
                literal(f"{kind} {name}".rstrip()),
                f"work_{part.number}",
                sequence(f"p{number}" for number in part.below),
                sequence(asks.get(part.number, ())),
                sequence(clocks),
                literal(part.clocked),
            ]
            out.line(f"p{part.number} = parts.add({', '.join(arguments)})")
            out.line(f"part_{part.number} = p{part.number}.of")
            for method in ("forget", "lose", "forget_all"):
                out.line(f"{method}_{part.number} = p{part.number}.{method}")

    def _calendar(self, name: str) -> str:
        return moments.calendar(self._shared.constants, self._plan.policy, name)
