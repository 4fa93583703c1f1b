"""Which record a name is bound to: the fact type of each variable, and which types' records decisions go through."""

from __future__ import annotations

from collections.abc import Mapping

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_python import walk

Environment = Mapping[str, ir.Fact]


class Bindings:
    """Facts about variables, found by walking each expression once from the outside."""

    def __init__(self, policy: ir.Policy) -> None:
        self._policy = policy
        self._places = {fact.name: index for index, fact in enumerate(policy.facts)}
        self._facts: dict[int, ir.Fact] = {}
        """The fact of a variable, by the identity of the expression that reads it."""
        self.read: set[str] = set()
        """The names of the types whose records are gone through."""
        self.windows: list[ir.Window] = []

    def place(self, fact: str) -> int:
        """A type's place among the facts."""
        return self._places[fact]

    def fact_of(self, expr: ir.FieldRef | ir.VarRef) -> ir.Fact:
        """The fact type of the record that an expression reads from. ValueError for a name that nothing binds."""
        found = self._facts.get(id(expr))
        if found is None:
            raise ValueError("an expression reads a record that nothing binds")
        return found

    def bind(self, exprs: tuple[ir.Expr, ...], outer: Environment | None = None) -> None:
        """Look through expressions."""
        everywhere = outer or {}
        stack: list[tuple[ir.Expr, Environment]] = [(expr, everywhere) for expr in exprs]
        while stack:
            expr, env = stack.pop()
            if isinstance(expr, ir.FieldRef):
                if expr.var in env:
                    self._facts[id(expr)] = env[expr.var]
            elif isinstance(expr, ir.VarRef):
                if expr.name in env:
                    self._facts[id(expr)] = env[expr.name]
            elif isinstance(expr, walk.RECORD_EXPRS):
                of, inner, inside = self._enter(expr.records, env)
                stack += [(one, env) for one in of]
                stack += [(one, inner) for one in (*inside, *_read_of_each(expr))]
            else:
                stack += [(child, env) for child in walk.children(expr)]

    def bind_records(self, records: ir.Records) -> None:
        """Look through records that stand for themselves."""
        of, inner, inside = self._enter(records, {})
        self.bind(of)
        self.bind(inside, inner)

    def _enter(
        self, records: ir.Records, env: Environment
    ) -> tuple[tuple[ir.Expr, ...], Environment, tuple[ir.Expr, ...]]:
        """(whose, the variables inside, what stands inside)."""
        self.read.add(records.fact)
        if records.window is not None:
            self.windows.append(records.window)
        of = () if records.of is None else (records.of,)
        inner = {**env, records.var: self._policy.fact(records.fact)}
        return of, inner, walk.records(records)[len(of) :]


def _read_of_each(expr: walk.RecordExpr) -> tuple[ir.Expr, ...]:
    """What is read of each record that counts: its value, or what it is chosen by."""
    if isinstance(expr, ir.Distinct | ir.Total):
        return (expr.value,)
    if isinstance(expr, ir.Leave):
        return expr.start, expr.end
    return walk.preferences(expr) if isinstance(expr, ir.Pick) else ()


def free(records: ir.Records) -> frozenset[str]:
    """The variables that records read from outside, `this` apart."""
    found = free_names(() if records.of is None else (records.of,))
    of = 0 if records.of is None else 1
    return found | (free_names(walk.records(records)[of:]) - {records.var})


def free_names(exprs: tuple[ir.Expr, ...]) -> frozenset[str]:
    """The variables that expressions read from outside, `this` apart."""
    found: frozenset[str] = frozenset()
    stack = list(exprs)
    while stack:
        expr = stack.pop()
        if isinstance(expr, ir.FieldRef):
            found |= {expr.var}
        elif isinstance(expr, ir.VarRef):
            found |= {expr.name}
        elif isinstance(expr, walk.RECORD_EXPRS):
            found |= free(expr.records)
            found |= free_names(_read_of_each(expr)) - {expr.records.var}
        else:
            of = getattr(expr, "of", None)
            found |= {of} if isinstance(of, str) else frozenset()
            stack += walk.children(expr)
    return found - {"this"}
