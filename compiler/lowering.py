"""Lowering: typed expressions to the IR.

A condition becomes its clauses: the parts of its `and` chain, each with the author's words and the parts of the
policy that it reads. Nothing is checked here any more; a broken expression must not come in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from leadpolicy.compiler import ir, typed
from leadpolicy.compiler.source import Source

_Unary = type[ir.Not] | type[ir.Certainly] | type[ir.Possibly] | type[ir.IsKnown] | type[ir.IsUnknown]
_UNARY: Mapping[str, _Unary] = {
    "not": ir.Not,
    "certainly": ir.Certainly,
    "possibly": ir.Possibly,
    "is_known": ir.IsKnown,
    "is_unknown": ir.IsUnknown,
}


def lower(expr: typed.Expr) -> ir.Expr:
    """The IR of a typed expression."""
    args = tuple(lower(a) for a in expr.args)
    if expr.op in _UNARY:
        return _UNARY[expr.op](arg=args[0])
    return _MAKERS[expr.op](expr, args)


def _type(expr: typed.Expr) -> ir.Type:
    assert expr.type is not None
    return expr.type


def _text(expr: typed.Expr) -> str:
    assert isinstance(expr.value, str)
    return expr.value


def _pair(expr: typed.Expr) -> tuple[str, str | None]:
    assert isinstance(expr.value, tuple)
    first, *rest = (str(v) for v in expr.value)
    return first, rest[0] if rest else None


def _const(expr: typed.Expr, _: tuple[ir.Expr, ...]) -> ir.Expr:
    assert expr.value is not None
    return ir.Const(type=_type(expr), value=expr.value)


def _field(expr: typed.Expr, _: tuple[ir.Expr, ...]) -> ir.Expr:
    assert isinstance(expr.value, tuple)
    return ir.FieldRef(path=tuple(str(v) for v in expr.value), type=_type(expr), nothing=expr.nothing)


def _score(expr: typed.Expr, _: tuple[ir.Expr, ...]) -> ir.Expr:
    name, bound = _pair(expr)
    return ir.ScoreRef.model_validate({"name": name, "bound": bound})


def _table(expr: typed.Expr, _: tuple[ir.Expr, ...]) -> ir.Expr:
    name, output = _pair(expr)
    return ir.TableRef(name=name, output=output, type=_type(expr))


def _gate(expr: typed.Expr, _: tuple[ir.Expr, ...]) -> ir.Expr:
    name, verdict = _pair(expr)
    return ir.GateRef.model_validate({"name": name, "verdict": verdict})


_MAKERS: Mapping[str, Callable[[typed.Expr, tuple[ir.Expr, ...]], ir.Expr]] = {
    "const": _const,
    "field": _field,
    "let": lambda e, a: ir.LetRef(name=_text(e), type=_type(e)),
    "score": _score,
    "table": _table,
    "gate": _gate,
    "stage_reached": lambda e, a: ir.StageRef(name=_text(e)),
    "stage": lambda e, a: ir.StageValue(type=_type(e)),
    "disqualified": lambda e, a: ir.Disqualified(),
    "list": lambda e, a: ir.ListRef(name=_text(e), type=_type(e)),
    "and": lambda e, a: ir.And(args=a),
    "or": lambda e, a: ir.Or(args=a),
    "compare": lambda e, a: ir.Compare.model_validate({"relation": e.value, "left": a[0], "right": a[1]}),
    "between": lambda e, a: ir.Between(item=a[0], low=a[1], high=a[2]),
    "in": lambda e, a: ir.In(item=a[0], items=a[1]),
    "text_test": lambda e, a: ir.TextTest.model_validate({"test": e.value, "text": a[0], "part": a[1]}),
    "arith": lambda e, a: ir.Arith.model_validate(
        {"operator": e.value, "left": a[0], "right": a[1], "type": _type(e)}
    ),
    "neg": lambda e, a: ir.Neg(arg=a[0], type=_type(e)),
    "call": lambda e, a: ir.Call.model_validate({"function": e.value, "args": a, "type": _type(e)}),
}


class Lets(dict[str, typed.Expr]):
    """The typed lets by name. What each reads is worked out once, when all of them are there."""

    def __init__(self) -> None:
        super().__init__()
        self._reads: dict[str, tuple[str, ...]] = {}

    def reads(self, name: str) -> tuple[str, ...]:
        """The parts of the policy that a let reads, through other lets."""
        pending = [] if name in self._reads else [name]
        while pending:
            below = [other for other in used_lets(self[pending[-1]]) if other not in self._reads]
            if below:
                pending += below
                continue
            last = pending.pop()
            if last not in self._reads:
                self._reads[last] = reads(self[last], self)
        return self._reads[name]


def reads(expr: typed.Expr, lets: Lets) -> tuple[str, ...]:
    """The parts of the policy that an expression reads, through lets, in order of appearance."""
    found: dict[str, None] = {}
    for node in expr.walk():
        match node.op:
            case "score" | "table" | "gate":
                found[f"{node.op} {_pair(node)[0]}"] = None
            case "stage_reached":
                found[f"stage {_text(node)}"] = None
            case "stage":
                found["stage"] = None
            case "disqualified":
                found["disqualify"] = None
            case "let":
                found.update(dict.fromkeys(lets.reads(_text(node))))
    return tuple(found)


def used_lets(expr: typed.Expr) -> tuple[str, ...]:
    """The lets that an expression names directly."""
    return tuple(dict.fromkeys(_text(n) for n in expr.walk() if n.op == "let"))


def condition(expr: typed.Expr, source: Source, lets: Lets) -> ir.Condition:
    """A condition in clauses, each in the author's words."""
    clauses: list[ir.Clause] = []
    pending = [expr]
    while pending:
        part = pending.pop()
        if part.op == "and":
            pending.extend(reversed(part.args))
        else:
            clauses.append(ir.Clause(expr=lower(part), text=source.slice(part.span), reads=reads(part, lets)))
    return ir.Condition(clauses=tuple(clauses))


def single(expr: typed.Expr, text: str, lets: Lets) -> ir.Condition:
    """A condition of one clause with words of its own: a table's cell, a band."""
    return ir.Condition(clauses=(ir.Clause(expr=lower(expr), text=text, reads=reads(expr, lets)),))
