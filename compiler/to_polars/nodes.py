"""Expressions of columns as a graph: what is said twice is one node, and gets a column of its own.

A node's text is Python that builds a Polars expression. It is made of fixed pieces, checked literals
(`to_python.literals.literal`) and other nodes; policy text gets in no other way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

from leadpolicy.compiler.to_python.literals import literal
from leadpolicy.compiler.to_python.names import Names

_DEEPEST: Final = 24
"""Text nested deeper gets a column of its own: neither Python's parser nor Polars likes hundreds of brackets."""


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """`leaf`: a column or a literal, which is never worth a column of its own."""

    number: int
    parts: tuple[str | Node, ...]
    leaf: bool
    depth: int


Part: TypeAlias = str | Node


class Graph:
    """Makes nodes, each once."""

    def __init__(self) -> None:
        self._known: dict[tuple[str | int, ...], Node] = {}
        self._uses: dict[int, int] = {}
        self.nodes: list[Node] = []
        self.true = self.leaf("lit(True)")
        self.false = self.leaf("lit(False)")
        self.unknown = self.leaf("lit(None, Boolean)")

    def node(self, *parts: Part, leaf: bool = False) -> Node:
        """The node of these pieces."""
        key = tuple(part if isinstance(part, str) else part.number for part in parts)
        found = self._known.get(key)
        if found is None:
            below = [part for part in parts if isinstance(part, Node)]
            depth = max((part.depth for part in below), default=0) + 1
            found = self._known[key] = Node(len(self.nodes), parts, leaf, depth)
            self.nodes.append(found)
            for part in below:
                self._uses[part.number] = self._uses.get(part.number, 0) + 1
        return found

    def leaf(self, text: str) -> Node:
        """A column that is read, or a literal."""
        return self.node(text, leaf=True)

    def column(self, name: str) -> Node:
        """A column that is read; its name is one of ours."""
        return self.leaf(f"col({literal(name)})")

    def integer(self, value: int, dtype: str) -> Node:
        """A whole number of a type."""
        return self.leaf(f"lit({literal(value)}, {dtype})")

    # ── Logic: Kleene's, as Polars has it with null ──

    def negation(self, node: Node) -> Node:
        """Not."""
        if node is self.true:
            return self.false
        if node is self.false:
            return self.true
        if len(node.parts) == 3 and node.parts[0] == "(~" and isinstance(node.parts[1], Node):
            return node.parts[1]
        return self.node("(~", node, ")")

    def conjunction(self, nodes: list[Node]) -> Node:
        """All of them."""
        return self._joined(nodes, "&", self.false, self.true)

    def disjunction(self, nodes: list[Node]) -> Node:
        """Any of them."""
        return self._joined(nodes, "|", self.true, self.false)

    def _joined(self, nodes: list[Node], sign: str, deciding: Node, neutral: Node) -> Node:
        said: dict[Node, None] = {}
        for node in nodes:
            if node is deciding:
                return deciding
            if node is not neutral:
                said[node] = None
        if len(said) < 2:
            return next(iter(said), neutral)
        parts: list[Part] = ["("]
        for index, node in enumerate(said):
            parts += [f" {sign} ", node] if index else [node]
        return self.node(*parts, ")")

    def known(self, node: Node) -> Node:
        """Where a column has a value."""
        return self.node(node, ".is_not_null()")

    def null(self, node: Node) -> Node:
        """Where a column has none."""
        return self.node(node, ".is_null()")

    def sure(self, node: Node) -> Node:
        """True where a condition is; unknown counts as false."""
        return self.node(node, ".fill_null(False)")

    def chain(self, cases: list[tuple[Node, Node]], otherwise: Node | None) -> Node:
        """The value of the first case that is true; `otherwise` None: null."""
        left: list[tuple[Node, Node]] = []
        for test, value in cases:
            if test is self.true:
                otherwise = value
                break
            if test is not self.false:
                left.append((test, value))
        while left and otherwise is not None and left[-1][1] is otherwise:
            left.pop()
        if not left:
            return otherwise if otherwise is not None else self.leaf("lit(None)")
        parts: list[Part] = []
        for test, value in left:
            parts += [".when(" if parts else "when(", test, ").then(", value, ")"]
        if otherwise is not None:
            parts += [".otherwise(", otherwise, ")"]
        return self.node(*parts)


class Listing:
    """The columns of a graph that outputs need, each with its text, those that others read first."""

    def __init__(self, graph: Graph, names: Names, wanted: dict[Node, str]) -> None:
        self._names = names
        self._named: dict[Node, str] = {}
        self._depths: dict[Node, int] = {}
        self.lines: list[tuple[str, str]] = []
        needed = self._needed(list(wanted))
        uses: dict[Node, int] = {}
        for node in needed:
            for part in node.parts:
                if isinstance(part, Node):
                    uses[part] = uses.get(part, 0) + 1
        for node in sorted(needed, key=lambda one: one.number):
            if node.leaf and node not in wanted:
                continue
            depth = 1 + max((self._depth(part) for part in node.parts if isinstance(part, Node)), default=0)
            self._depths[node] = depth
            if node in wanted or uses.get(node, 0) > 1 or depth > _DEEPEST:
                self.lines.append((wanted.get(node) or names.make("c"), self.text(node)))
                self._named[node] = self.lines[-1][0]
                self._depths[node] = 0

    def name(self, node: Node) -> str:
        """The column that a node has."""
        return self._named[node]

    def _needed(self, stack: list[Node]) -> set[Node]:
        found: set[Node] = set()
        while stack:
            node = stack.pop()
            if node not in found:
                found.add(node)
                stack += [part for part in node.parts if isinstance(part, Node)]
        return found

    def _depth(self, node: Node) -> int:
        return self._depths.get(node, 0)

    def text(self, node: Node) -> str:
        """The text of a node; what has a column is read from it."""
        named = self._named.get(node)
        if named is not None:
            return f"col({literal(named)})"
        return "".join(part if isinstance(part, str) else self.text(part) for part in node.parts)
