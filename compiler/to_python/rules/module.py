"""The third part of a policy's module: the network of its rules, made once for each session."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_python import moments
from leadpolicy.compiler.to_python.literals import literal, sequence
from leadpolicy.compiler.to_python.names import Names
from leadpolicy.compiler.to_python.nature import Natures
from leadpolicy.compiler.to_python.plan import Plan
from leadpolicy.compiler.to_python.rules.actions import Actions
from leadpolicy.compiler.to_python.rules.alphas import Alphas
from leadpolicy.compiler.to_python.rules.around import Outer
from leadpolicy.compiler.to_python.rules.changes import RuleChanges
from leadpolicy.compiler.to_python.rules.comings import Comings
from leadpolicy.compiler.to_python.rules.constants import Changes
from leadpolicy.compiler.to_python.rules.lazy import touched_by
from leadpolicy.compiler.to_python.rules.network import RuleNetwork
from leadpolicy.compiler.to_python.rules.of_type import TypeChanges
from leadpolicy.compiler.to_python.rules.order import concluded_order
from leadpolicy.compiler.to_python.rules.outside import OutsideChanges
from leadpolicy.compiler.to_python.rules.parts import PartChanges, PartFunctions, Parts
from leadpolicy.compiler.to_python.rules.reading import RowReader
from leadpolicy.compiler.to_python.rules.reads import Reader, Reads
from leadpolicy.compiler.to_python.rules.scope import Indexes
from leadpolicy.compiler.to_python.rules.sets import Sets
from leadpolicy.compiler.to_python.rules.shape import Shape, shape_of, target_of
from leadpolicy.compiler.to_python.rules.spent import is_spent
from leadpolicy.compiler.to_python.rules.together import is_found_together
from leadpolicy.compiler.to_python.scope import Constants, Shared
from leadpolicy.compiler.to_python.writer import Writer

_SESSION = (
    "ADD", "EFFECT", "FAILED", "EPOCH", "MICROSECOND", "REMOVE", "SET", "UNUSUAL", "Matching", "Network",
    "RuleDeclaration", "in_order", "newest", "take",
)  # fmt: skip
_AROUND = {
    "records": "records", "facts": "keyed_by_name", "wake_at": "later", "shown": "shown", "instant": "instant",
    "conclusions": "conclusions", "settle": "settle", "lately": "lately", "unfound": "open", "before": "before",
    "note": "journal.append", "handles": "handles", "by_key": "by_key",
}  # fmt: skip
"""What the network's functions call parts of the session."""
Imports = Callable[[str, set[str]], Iterator[str]]


class _RuleNames(Names):
    """Names that no other part of the module has."""

    def make(self, prefix: str, name: str = "") -> str:
        return super().make(f"rule_{prefix}", name)


def write_matching(policy: ir.Policy, imports: Imports, outside: bool = False) -> str:
    """The source of the part. Executed, it defines `MATCHING`. `outside`: matches are found by another matcher, which
    the network takes beside the session (0014).

    NotMatchedError for a rule that a session can't match yet.
    """
    return RuleModule(policy, outside).source(imports)


class RuleModule:
    """Writes the part."""

    def __init__(self, policy: ir.Policy, outside: bool = False) -> None:
        self._policy = policy
        self._outside = outside
        plan = Plan(policy)
        plan.names = _RuleNames()
        self._plan = plan
        self._shared = Shared(plan, Natures(plan), Constants(plan))
        self._parts = self._shared.parts = Parts(plan)
        self._indexes = Indexes(plan)
        self._out = Writer()
        self._alphas = Alphas(self._shared, self._indexes, self._out)
        self._shapes = [shape_of(rule, index, plan) for index, rule in enumerate(policy.rules)]
        self._clocked: list[int] = []
        self._touched: list[tuple[list[str], list[str]]] = []
        self._calendars: dict[int, tuple[str, ...]] = {}

    def source(self, imports: Imports) -> str:
        """The whole text."""
        rows = [self._rule(shape) for shape in self._shapes]
        reads = {index: [*found, *self._parts.read_through(found)] for index, found in self._found.items()}
        inner = self._network()
        whole = Writer()
        whole.line("# The rules: what a session matches with.")
        whole.line("from datetime import datetime")
        below = Writer()
        for line in self._shared.constants.lines:
            below.line(line)
        for function in self._shared.functions:
            below.line()
            below.line()
            below.extend(function)
        below.line()
        below.line()
        below.extend(inner)
        below.line()
        below.line()
        with below.block("RULES = ("):
            for row in rows:
                below.line(f"{row},")
        below.line(")")
        timed = sequence(literal(one.is_timed) for one in self._types)
        order = sequence(
            literal(self._plan.bindings.place(n)) for n in concluded_order(self._shapes, reads, self._plan)
        )
        arguments = [literal(self._policy.newest_first), order, timed, sequence(map(literal, self._clocked))]
        by_rule = {changes.shape.index: changes for changes in self._changes}
        arguments.append(sequence(self._together(by_rule.get(shape.index)) for shape in self._shapes))
        arguments.append(sequence(_pins(by_rule.get(shape.index)) for shape in self._shapes))
        below.line(f"MATCHING = Matching(matching, RULES, {', '.join(arguments)})")
        text = "\n".join(below.lines)
        for line in imports(text, set()):
            whole.line(line)
        used = [name for name in _SESSION if re.search(rf"\b{name}\b", text)]
        whole.line(f"from leadpolicy.engine.session.network import {', '.join(used)}")
        if "content_key(" in text:
            whole.line("from leadpolicy.engine.session.conclusions import content_key")
        if "differ(" in text:
            whole.line("from leadpolicy.engine.session.changing import differ")
        whole.line()
        whole.extend(below)
        return "\n".join(whole.lines) + "\n"

    _found: dict[int, list[Reads]]

    def _rule(self, shape: Shape) -> str:
        self._parts.rule = shape.rule
        reader = Reader(shape, self._plan, self._parts)
        if shape.index == 0:
            self._found = {}
            self._changes: list[RuleChanges] = []
        self._found[shape.index] = reader.found
        if reader.clocked:
            self._clocked.append(shape.index)
        if reader.calendars:
            self._calendars[shape.index] = tuple(reader.calendars)
        network = RuleNetwork(shape, self._shared, self._indexes, self._alphas, self._out)
        holds, all_ = "None", "None"
        lazy = False
        if not self._outside:
            holds, all_ = network.write_holds(), network.write_all()
            changes = RuleChanges(network, reader.found, self._out)
            changes.write()
            self._changes.append(changes)
            lazy = bool(changes.lazy)
        actions = Actions(network, self._shared, self._out)
        act, conclude = actions.write_act(), actions.write_conclude()
        self._functions = getattr(self, "_functions", [])
        self._functions.append((holds, all_, act, conclude))
        place = shape.rule.place
        places = sequence(literal(f"{a.place.file}:{int(a.place.line)}") for a in shape.actions)
        types = sequence(literal(self._plan.bindings.place(fact.name)) for fact in shape.facts)
        names = sequence(
            literal(line.records.var) for line in shape.rule.body if isinstance(line, ir.Pattern)
        )  # fmt: skip
        where = literal(f"{place.file}:{int(place.line)}")
        row = [literal(shape.rule.name), literal(shape.rule.priority), types, names, where, places]
        if lazy:
            touched = touched_by(network, reader.found)
            self._touched.append(touched)
            row += [sequence(literal(self._plan.bindings.place(name)) for name in one) for one in touched]
            row.append(literal(is_spent(shape, self._policy)))
        return f"RuleDeclaration({', '.join(row)})"

    def _network(self) -> Writer:
        out = Writer()
        changes: list[Changes] = [*self._part_changes(), *self._changes]
        kind = OutsideChanges if self._outside else TypeChanges
        self._types = [
            kind(fact, self._plan, self._indexes, self._alphas, changes, self._out) for fact in self._policy.facts
        ]
        self._mark_together()
        comings, sets = [], []
        rows = [RowReader(fact, self._plan, self._shared.constants, self._out) for fact in self._policy.facts]
        for one, row in zip(self._types, rows, strict=True):
            one.write_tables()
            one.write_changes()
            outer = self._outer(one.fact.name)
            comings.append(Comings(one, self._plan, outer, row, self._out))
            comings[-1].write()
            sets.append(Sets(one, self._plan, outer, row, self._out).write())
        readers = [row.write() for row in rows]
        fields = [row.write_fields() for row in rows]
        with out.block("def matching(s, outside):" if self._outside else "def matching(s):"):
            out.line('"""The network of one session, around its tables."""')
            self._around(out)
            out.extend(self._out)
            self._functions_of_parts.hand_over(out, self._asks())
            self._clocks(out)
            with out.block("return Network("):
                for word in ("enter", "leave", "move", "came", "went", "moved", "watch"):
                    out.line(f"{sequence(f'{word}_{i}' for i in range(len(self._types)))},")
                for of_each_type in (readers, fields, sets, *zip(*(one.names for one in comings), strict=True)):
                    out.line(f"{sequence(of_each_type)},")
                for of_each_rule in zip(*self._functions, strict=True):
                    out.line(f"{sequence(of_each_rule)},")
            out.line(")")
        return out

    def _around(self, out: Writer) -> None:
        """What the network's functions are written around: tables, indexes, and parts of the session."""
        for index in range(len(self._policy.facts)):
            out.line(f"table_{index} = s.tables[{index}]")
            out.line(f"keyed_{index} = s.keyed[{index}]")
            out.line(f"same_{index} = s.same[{index}]")
        for name in self._indexes.found.values():
            out.line(f"{name} = {{}}")
        for number in self._alphas.tables:
            out.line(f"passing_{number} = {{}}")
        for name, what in _AROUND.items():
            out.line(f"{name} = s.{what}")
        for number in range(len(self._shapes)):
            for word in ("add", "drop", "check", "check_all", "block", "block_all", "open", "stored", "filed"):
                out.line(f"{word}_{number} = s.rules[{number}].{word}")
        for changes_ in self._changes:
            for position in changes_.pins:
                number = changes_.shape.index
                out.line(f"pinned_{number}_{position} = s.rules[{number}].pinned[{position}]")
        self._links(out)
        out.line("parts = s.parts")
        out.line("stale = parts.stale")
        out.line("again = parts.again")

    def _mark_together(self) -> None:
        """Which rules' matches are found when all facts of a batch are in."""
        read = {one.fact for found in self._found.values() for one in self._parts.read_through(found)}
        read |= {one.fact for found in self._found.values() for one in found}
        sought = {id(rule) for one in self._types for rule in one.by_constants()}
        for changes in self._changes:
            found = self._found[changes.shape.index]
            changes.together = id(changes) not in sought and is_found_together(
                changes.shape, found, read, self._policy
            )

    def _together(self, rule: RuleChanges | None) -> str:
        """The types that a rule reads whose matches are found together; none for another."""
        if rule is None or not rule.together:
            return "()"
        names = {one.fact for one in self._found[rule.shape.index]}
        return sequence(map(literal, sorted(self._plan.bindings.place(name) for name in names)))

    def _outer(self, fact: str) -> Outer:
        added = {a.fact for rule in self._policy.rules for a in rule.actions if isinstance(a, ir.Add)}
        late = bool(self._clocked) or any(part.clocked for part in self._parts.all)
        fields = {
            action.field.name
            for shape in self._shapes
            for action in shape.actions
            if isinstance(action, ir.Set) and shape.facts[target_of(action, shape, shape.rule)].name == fact
        }
        concludes = any(isinstance(a, ir.Conclude) for rule in self._policy.rules for a in rule.actions)
        return Outer(
            added=fact in added,
            set=frozenset(fields),
            concludes=concludes,
            late=late,
            unfound=self._unfound(fact),
        )

    def _unfound(self, fact: str) -> bool | None:
        """What `Comings` wants to know of a type."""
        found = [joined for read, joined in self._touched if fact in read]
        return all(fact in joined for joined in found) if found else None

    def _part_changes(self) -> list[PartChanges]:
        """The functions of the parts of leads that the rules read."""
        found: list[PartChanges] = []
        for part in self._parts.all:
            network = RuleNetwork(part.shape, self._shared, self._indexes, self._alphas, self._out)
            found.append(PartChanges(part, network, self._indexes, self._out))
            found[-1].write()
        self._functions_of_parts = PartFunctions(self._parts, self._shared, self._out)
        if found:
            self._functions_of_parts.write()
        return found

    def _asks(self) -> dict[int, list[str]]:
        asks: dict[int, list[str]] = {}
        for change in self._changes:
            for part, name in change.asks():
                asks.setdefault(part, []).append(name)
        return asks

    def _clocks(self, out: Writer) -> None:
        """Rules that ask whether a calendar is open are asked again whenever it opens or closes."""
        for rule, calendars in self._calendars.items():
            for calendar in calendars:
                name = moments.calendar(self._shared.constants, self._policy, calendar)
                out.line(f"parts.watch(parts.opening({name}, 0), s.rules[{rule}])")

    def _links(self, out: Writer) -> None:
        """The rows of a type by whom they belong to, for what goes through them."""
        pairs = [
            f"{self._plan.bindings.place(fact)}: {name}"
            for (fact, fields), name in self._indexes.found.items()
            if fields == ("of",)
        ]
        out.line(f"records.by_link = {{{', '.join(pairs)}}}")


def _pins(rule: RuleChanges | None) -> str:
    """The patterns by whose records' keys a rule's matches are known, and where the keys stand."""
    return "()" if rule is None else sequence(f"({position}, {at})" for position, at in rule.pins.items())
