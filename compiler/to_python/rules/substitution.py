"""A rule with nothing left to look up: its lets stand where they are read, and each name is bound once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_python import walk

Names = Mapping[str, "str | ir.Expr"]
"""What a name stands for: another name, or the expression of a rule's let."""

_Node = TypeVar("_Node", bound=ir.Node)


class Substitution:
    """Puts expressions in the place of names. Records get names of their own, so that no let captures another's."""

    def __init__(self, policy: ir.Policy, number: int) -> None:
        """`number`: that of the rule or part, which names of its own begin with."""
        self._lets = {let.name: let for let in policy.lets}
        self._number = number
        self._fresh = 0

    def fresh(self) -> str:
        """A name that no policy can have."""
        self._fresh += 1
        return f"{self._number}#{self._fresh}"

    def expr(self, expr: ir.Expr, names: Names) -> ir.Expr:
        """An expression with its names replaced."""
        if isinstance(expr, ir.FieldRef):
            return self._field(expr, names)
        if isinstance(expr, ir.VarRef):
            target = names.get(expr.name, expr.name)
            return expr.model_copy(update={"name": target}) if isinstance(target, str) else target
        if isinstance(expr, ir.LetRef):
            return self.expr(self._lets[expr.name].expr, {"this": names.get(expr.of, expr.of)})
        if isinstance(expr, walk.RECORD_EXPRS):
            records, inner = self.records(expr.records, names, self.fresh())
            rest = expr.model_copy(update={"records": records})
            return self._parts(rest, inner, skipped="records")
        of = getattr(expr, "of", None)
        if isinstance(of, str):
            target = names.get(of, of)
            return expr.model_copy(update={"of": target if isinstance(target, str) else of})
        return self._parts(expr, names)

    def _field(self, expr: ir.FieldRef, names: Names) -> ir.Expr:
        target = names.get(expr.var, expr.var)
        if isinstance(target, str):
            return expr.model_copy(update={"var": target})
        return ir.Attr(base=target, path=expr.path, type=expr.type)

    def records(self, records: ir.Records, names: Names, var: str) -> tuple[ir.Records, Names]:
        """Records bound to another name, and the names inside them."""
        inner = {**names, records.var: var}
        window = records.window
        if window is not None and window.since is not None:
            window = window.model_copy(update={"since": self.expr(window.since, inner)})
        made = records.model_copy(
            update={
                "var": var,
                "of": None if records.of is None else self.expr(records.of, names),
                "where": None if records.where is None else self.condition(records.where, inner),
                "window": window,
            }
        )
        return made, inner

    def condition(self, condition: ir.Condition, names: Names) -> ir.Condition:
        """A condition with its names replaced."""
        clauses = [c.model_copy(update={"expr": self.expr(c.expr, names)}) for c in condition.clauses]
        return condition.model_copy(update={"clauses": tuple(clauses)})

    def node(self, node: _Node, names: Names) -> _Node:
        """Anything else made of expressions: an action, a template, a destination."""
        return self._parts(node, names)

    def _parts(self, node: _Node, names: Names, skipped: str = "") -> _Node:
        changed: dict[str, object] = {}
        for name in type(node).model_fields:
            if name != skipped:
                value = getattr(node, name)
                made = self._value(value, names)
                if made is not value:
                    changed[name] = made
        return node.model_copy(update=changed) if changed else node

    def _value(self, value: object, names: Names) -> object:
        if isinstance(value, ir.Type | ir.Place | ir.Duration | ir.Const):
            return value
        if isinstance(value, ir.Condition):
            return self.condition(value, names)
        if isinstance(value, ir.Node):
            return self.expr(value, names) if hasattr(value, "op") else self._parts(value, names)  # type: ignore[arg-type]
        if isinstance(value, tuple) and any(isinstance(one, ir.Node) for one in value):
            return tuple(self._value(one, names) for one in value)
        return value
