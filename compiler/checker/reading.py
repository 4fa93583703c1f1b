"""What decisions read besides the record that they are about: other facts, events, the clock, stage entries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from leadpolicy.compiler import ir
from leadpolicy.compiler.ir_walk import below


@dataclass(slots=True)
class Reads:
    """Gathered over the parts of a decision, lets looked through. Concluded types are in neither (ruling 64)."""

    types: Mapping[str, ir.Fact]
    lets: Mapping[str, ir.Let]
    about: str
    facts: set[str] = field(default_factory=set)
    events: set[str] = field(default_factory=set)
    now: bool = False
    entered: bool = False
    _clauses: set[int] = field(default_factory=set)
    _seen: set[str] = field(default_factory=set)
    _lets: list[str] = field(default_factory=list)

    def gather(self, nodes: Iterable[ir.Node | None], member_fact: str | None) -> None:
        """Look through parts of a decision. A destination `member x` looks x up among `member_fact` (ruling 39)."""
        for node in nodes:
            if node is not None:
                self._walk(node, {"this": self.about}, member_fact)
            while self._lets:  # not by recursion: lets may name each other in long chains
                self._walk(self.lets[self._lets.pop()].expr, {"this": self.about}, member_fact)

    def in_order(self, found: set[str]) -> tuple[str, ...]:
        """Types in the order in which they are declared."""
        return tuple(name for name in self.types if name in found)

    def _walk(self, top: ir.Node, names: Mapping[str, str], member_fact: str | None) -> None:
        stack = [(top, names)]
        while stack:
            node, names = stack.pop()
            if isinstance(node, ir.Clause) and names.keys() == {"this"}:  # rows of a sheet share their cells
                if id(node) in self._clauses:
                    continue
                self._clauses.add(id(node))
            inner = names if isinstance(node, _OPERATORS) else self._look(node, names, member_fact)
            for child in below(node):
                # Whose records they are and their window are read once, outside the record that is bound.
                outer = isinstance(child, ir.Records) or (isinstance(node, ir.Records) and child is not node.where)
                stack.append((child, names if outer else inner))

    def _look(self, node: ir.Node, names: Mapping[str, str], member_fact: str | None) -> Mapping[str, str]:
        """What one node reads; gives the names that are bound below it."""
        match node:
            case ir.FieldRef(var=var, path=path):
                self._path(names.get(var), path)
            case ir.Attr(base=base, path=path):
                type_ = getattr(base, "type", None)
                self._path(type_.fact if type_ is not None else None, path)
            case ir.LetRef(name=name) if name not in self._seen:
                self._seen.add(name)
                self._lets.append(name)
            case ir.Call(function="age") | ir.During() | ir.Decay():
                self.now = True
            case ir.Entered():
                self.entered = True
            case ir.Destination(kind="member") if member_fact is not None:
                self.facts.add(member_fact)
            case ir.Records(var=var, fact=fact):
                return {**names, var: fact}
            case _:
                own = node.__dict__.get("records")
                if isinstance(own, ir.Records):
                    self._records(own)
                    return {**names, own.var: own.fact}
        return names

    def _records(self, records: ir.Records) -> None:
        fact = self.types[records.fact]
        if fact.concluded:
            return
        (self.events if fact.event else self.facts).add(fact.name)
        if records.window is not None or fact.event:
            self.now = True

    def _path(self, fact: str | None, path: tuple[str, ...]) -> None:
        for step in path[:-1]:
            declared = self.types.get(fact or "")
            found = next((f for f in declared.fields if f.name == step), None) if declared else None
            if found is None or found.type.fact is None:
                return
            fact = found.type.fact
            self.facts.add(fact)


_OPERATORS = (ir.Compare, ir.Const, ir.And, ir.Or, ir.Not, ir.Clause, ir.Condition)
"""Nodes that read nothing but what stands below them."""
