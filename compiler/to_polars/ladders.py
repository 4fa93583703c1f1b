"""Tables and the route over columns: first match, with what is unknown above it (0002, section 4).

A ladder is folded from below. What the rows below come to is a number in a column; a row that is true puts its own
in its place, and one that is unknown leaves it only where it would give the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_polars.expressions import Expressions
from leadpolicy.compiler.to_polars.nodes import Node
from leadpolicy.compiler.to_polars.values import CannotLowerError, Truth
from leadpolicy.compiler.to_python import walk

NONE: Final = 253
UNSURE: Final = 254
OPEN: Final = 255
"""Of a table that is proved complete: no row below is true."""
CODE: Final = "UInt8"
_MOST: Final = 240
"""Rows: the evaluator looks up long tables, columns would go through them one by one."""


@dataclass(frozen=True, slots=True)
class Rung:
    """A row: when it holds, what number it gives, and the numbers that are the same outcome; None where that is to
    be asked of each lead (`differs`)."""

    test: Truth
    code: int
    same: tuple[int, ...]
    differs: Node | None = None


def limit(rows: int) -> None:
    """CannotLowerError for a ladder that is too long."""
    if rows > _MOST:
        raise CannotLowerError(f"it has {rows} rows, and more than {_MOST} are looked up faster one by one")


def fold(expressions: Expressions, rungs: Sequence[Rung], bottom: int) -> Node:
    """What a ladder comes to: the code of a row, `bottom` where none is true, `UNSURE`."""
    graph = expressions.graph
    result = graph.integer(bottom, CODE)
    cases: list[tuple[Node, Node]] = []
    for rung in reversed(rungs):
        own = graph.integer(rung.code, CODE)
        if not rung.test.unknown:
            cases.insert(0, (rung.test.node, own))
            continue
        below = graph.chain(cases, result)
        doubt = graph.null(rung.test.node)
        cases = [(rung.test.node, own)]
        if bottom == OPEN:
            cases.append((graph.conjunction([doubt, _is(expressions, below, OPEN)]), own))
        differs = rung.differs
        if differs is None:
            differs = graph.conjunction([_is_not(expressions, below, code) for code in rung.same])
        cases.append((graph.conjunction([doubt, differs]), graph.integer(UNSURE, CODE)))
        result = below
    return graph.chain(cases, result)


def _is(expressions: Expressions, node: Node, code: int) -> Node:
    graph = expressions.graph
    return graph.node("(", node, " == ", graph.integer(code, CODE), ")")


def _is_not(expressions: Expressions, node: Node, code: int) -> Node:
    graph = expressions.graph
    return graph.node("(", node, " != ", graph.integer(code, CODE), ")")


# ── Tables ──


def first(expressions: Expressions, table: ir.Table) -> tuple[Node, bool]:
    """A table of first match, or of rows that exclude each other: the number of an outcome, `NONE`, null where
    unknown; and whether it can be unknown."""
    limit(len(table.rows))
    codes = outcome_codes(table)
    tests = [expressions.condition(row.condition) for row in table.rows]
    unknown = any(test.unknown for test in tests)
    graph = expressions.graph
    rungs = [Rung(test, code, (code,)) for test, code in zip(tests, codes, strict=True)]
    bottom = OPEN if table.complete and unknown else NONE
    node = fold(expressions, rungs, bottom)
    if table.hit == "unique" and unknown:
        # A row that is true wins, whatever is unknown above it.
        sure = [(test.node, graph.integer(code, CODE)) for test, code in zip(tests, codes, strict=True)]
        node = graph.chain(sure, node)
    if not unknown:
        return node, False
    ends = [(_is(expressions, node, UNSURE), graph.leaf(f"lit(None, {CODE})"))]
    if bottom == OPEN:
        ends.append((_is(expressions, node, OPEN), graph.integer(NONE, CODE)))
    return graph.chain(ends, node), True


def outcome_codes(table: ir.Table) -> list[int]:
    """The number of each row's outcome: rows that give the same have the same."""
    known: dict[tuple[ir.ConstValue, ...], int] = {}
    return [known.setdefault(_typed(row.outputs), len(known)) for row in table.rows]


def _typed(outputs: tuple[ir.ConstValue, ...]) -> tuple[ir.ConstValue, ...]:
    # True and 1 are different outcomes, though Python calls them equal.
    return tuple((type(one).__name__, one) for one in outputs)  # type: ignore[misc]


def collected(expressions: Expressions, table: ir.Table) -> tuple[Node, Node | None]:
    """A collecting table: the rows that are true as the bits of a number, and those that are unknown."""
    if len(table.rows) > 60:
        raise CannotLowerError(f"it collects from {len(table.rows)} rows")
    graph = expressions.graph
    tests = [expressions.condition(row.condition) for row in table.rows]
    sure = bits(expressions, [test.node for test in tests])
    if not any(test.unknown for test in tests):
        return sure, None
    return sure, bits(expressions, [graph.null(test.node) if test.unknown else graph.false for test in tests])


def bits(expressions: Expressions, tests: list[Node]) -> Node:
    """Conditions as the bits of a number, the first one lowest; unknown counts as false."""
    graph = expressions.graph
    zero = graph.integer(0, "Int64")
    nodes = [
        graph.chain([(test, graph.integer(1 << at, "Int64"))], zero)
        for at, test in enumerate(tests)
        if test is not graph.false
    ]
    if not nodes:
        return zero
    parts: list[str | Node] = ["("]
    for index, node in enumerate(nodes):
        parts += [" + ", node] if index else [node]
    return nodes[0] if len(nodes) == 1 else graph.node(*parts, ")")


# ── The route ──


class RouteLadder:
    """Lowers the route. A member or owner that an entry names is a column beside."""

    def __init__(self, expressions: Expressions) -> None:
        self._expressions = expressions
        self._graph = expressions.graph
        self._plan = expressions.plan
        self.members: dict[int, Node] = {}
        """By the entry's number: the key of whom it names."""

    def lower(self, route: ir.Route) -> Node:
        """The number of the entry that wins; behind the entries: undecided, then nobody."""
        entries = route.entries
        limit(len(entries))
        rungs: list[Rung] = []
        undecided, nobody = len(entries), len(entries) + 1
        tests = [self._test(index, entry) for index, entry in enumerate(entries)]
        for index, entry in enumerate(entries):
            goal = _goal(entry)
            same = tuple(j for j in range(index, len(entries)) if _goal(entries[j]) == goal)
            rungs.append(Rung(tests[index], index, same))
        if not self.members:
            return self._ended(fold(self._expressions, rungs, NONE), undecided, nobody)
        return self._ended(self._fold_named(rungs, entries), undecided, nobody)

    def _ended(self, node: Node, undecided: int, nobody: int) -> Node:
        graph = self._graph
        ends = [
            (_is(self._expressions, node, UNSURE), graph.integer(undecided, CODE)),
            (_is(self._expressions, node, NONE), graph.integer(nobody, CODE)),
        ]
        return graph.chain(ends, node)

    def _fold_named(self, rungs: list[Rung], entries: tuple[ir.RouteEntry, ...]) -> Node:
        """As `fold`, where outcomes of entries that name somebody are the same if they name the same one."""
        graph = self._graph
        done: list[Rung] = []
        for rung in reversed(rungs):
            if rung.test.unknown and rung.code in self.members:
                below = fold(self._expressions, done, NONE)
                key = self.members[rung.code]
                alike: list[Node] = []
                for other in rung.same:
                    if other == rung.code:
                        continue
                    equal = graph.sure(graph.node("(", key, " == ", self.members[other], ")"))
                    alike.append(graph.conjunction([_is(self._expressions, below, other), equal]))
                rung = Rung(rung.test, rung.code, rung.same, graph.negation(graph.disjunction(alike)))
            done.insert(0, rung)
        return fold(self._expressions, done, NONE)

    def _test(self, index: int, entry: ir.RouteEntry) -> Truth:
        """When an entry holds: unknown too where whom it names is; false where there is nobody such."""
        test = self._expressions.condition(entry.condition)
        found = self.named(entry.destination)
        if found is None:
            return test
        key, there, doubts = found
        self.members[index] = key
        return Truth(self._graph.conjunction([test.node, there]), test.doubts | doubts)

    def named(self, destination: ir.Destination) -> tuple[Node, Node, frozenset[Node]] | None:
        """Whom a destination names: the key, whether such a one is there (null where unknown), and by which columns.
        None where it names nobody."""
        exprs = walk.destination(destination, self._plan.owner)
        if not exprs:
            return None
        graph = self._graph
        value = self._expressions.value(exprs[0])
        if value.slot is not None:
            self._expressions.shared.free.add(value.slot)
        there = graph.true
        if value.unknown:
            there = graph.disjunction([graph.known(value.node), graph.unknown])
        if value.absent is not None:
            there = graph.conjunction([there, graph.negation(value.absent)])
        if destination.kind != "owner":
            type_ = getattr(self._plan.resolve(exprs[0]), "type", None)
            fact = type_.fact if isinstance(type_, ir.Type) and type_.fact else self._plan.policy.member_fact
            if fact is None:
                raise CannotLowerError("it names a member, and no fact is known that members are")
            keys = self._expressions.shared.keys(fact)
            there = graph.conjunction([there, graph.node(value.node, ".is_in(", keys, ")")])
        return value.node, there, value.doubts


def _goal(entry: ir.RouteEntry) -> tuple[str, str | None, ir.Duration | None]:
    return entry.destination.kind, entry.destination.name, entry.destination.duration
