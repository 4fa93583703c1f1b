"""Lowering: typed expressions to the IR.

A condition becomes its clauses: the parts of its `and` chain, each with the author's words and the parts of the
policy that it reads. Nothing is checked here any more; a broken expression must not come in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from leadpolicy.compiler import ir, typed
from leadpolicy.compiler.source import Source

Args: TypeAlias = tuple[ir.Expr, ...]

_Unary = type[ir.Not] | type[ir.Certainly] | type[ir.Possibly] | type[ir.IsKnown] | type[ir.IsUnknown]
_UNARY: Mapping[str, _Unary] = {
    "not": ir.Not,
    "certainly": ir.Certainly,
    "possibly": ir.Possibly,
    "is_known": ir.IsKnown,
    "is_unknown": ir.IsUnknown,
}


def lower(expr: typed.Expr) -> ir.Expr:
    """The IR of a typed expression; of records, see `leadpolicy.compiler.checker.records`."""
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


def _const(expr: typed.Expr, _: Args) -> ir.Expr:
    assert expr.value is not None
    return ir.Const(type=_type(expr), value=expr.value)


def _path(expr: typed.Expr) -> tuple[str, ...]:
    assert isinstance(expr.value, tuple)
    return tuple(str(v) for v in expr.value)


def _field(expr: typed.Expr, _: Args) -> ir.Expr:
    return ir.FieldRef(var=expr.var, path=_path(expr), type=_type(expr), nothing=expr.nothing)


def _score(expr: typed.Expr, _: Args) -> ir.Expr:
    name, bound = _pair(expr)
    return ir.ScoreRef.model_validate({"of": expr.var, "name": name, "bound": bound})


def _table(expr: typed.Expr, _: Args) -> ir.Expr:
    name, output = _pair(expr)
    return ir.TableRef(of=expr.var, name=name, output=output, type=_type(expr))


def _gate(expr: typed.Expr, _: Args) -> ir.Expr:
    name, verdict = _pair(expr)
    return ir.GateRef.model_validate({"of": expr.var, "name": name, "verdict": verdict})


def _records(expr: typed.Expr) -> ir.Records:
    assert expr.records is not None
    return expr.records


def _total(expr: typed.Expr, args: Args) -> ir.Expr:
    return ir.Total.model_validate(
        {"function": expr.value, "records": _records(expr), "value": args[-1], "type": _type(expr)}
    )


def _pick(expr: typed.Expr, _: Args) -> ir.Expr:
    return ir.Pick.model_validate(
        {"which": expr.value, "records": _records(expr), "prefer": expr.prefer, "type": _type(expr)}
    )


def _time_add(expr: typed.Expr, args: Args) -> ir.Expr:
    sign, calendar = _pair(expr)
    made = {"time": args[0], "amount": args[1], "leave": args[2:]}
    return ir.TimeAdd.model_validate({**made, "sign": int(sign), "calendar": calendar, "type": _type(expr)})


def leave(expr: typed.Expr) -> ir.Leave:
    """The IR of a line of a calendar."""
    made = lower(expr)
    assert isinstance(made, ir.Leave)
    return made


def _has_route(expr: typed.Expr, args: Args) -> ir.Expr:
    what, kind, name = _path(expr)
    member = args[0] if args else None
    return ir.HasRoute.model_validate({"what": what, "kind": kind, "name": name or None, "member": member})


def _ago(expr: typed.Expr, _: Args) -> ir.Expr:
    assert isinstance(expr.value, tuple)
    score, span = expr.value
    assert isinstance(span, int)
    return ir.Ago(of=expr.var, score=str(score), span=span)


_MAKERS: Mapping[str, Callable[[typed.Expr, Args], ir.Expr]] = {
    "const": _const,
    "field": _field,
    # What a template's parameter stands for is only known where it is used; this one is checked and thrown away.
    "parameter": lambda e, a: ir.FieldRef(path=(_text(e),), type=_type(e)),
    "whole": lambda e, a: a[0],
    "argument": lambda e, a: a[0],
    "var": lambda e, a: ir.VarRef(name=e.var, type=_type(e)),
    "let": lambda e, a: ir.LetRef(of=e.var, name=_text(e), type=_type(e)),
    "score": _score,
    "table": _table,
    "gate": _gate,
    "stage_reached": lambda e, a: ir.StageRef(of=e.var, name=_text(e)),
    "stage": lambda e, a: ir.StageValue(of=e.var, type=_type(e)),
    "disqualified": lambda e, a: ir.Disqualified(of=e.var),
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
    "any": lambda e, a: ir.Any(records=_records(e)),
    "count": lambda e, a: ir.Count(records=_records(e)),
    "distinct": lambda e, a: ir.Distinct(records=_records(e), value=a[-1]),
    "total": _total,
    "pick": _pick,
    "attr": lambda e, a: ir.Attr(base=a[0], path=_path(e), type=_type(e)),
    "time_add": _time_add,
    "leave": lambda e, a: ir.Leave(records=_records(e), start=a[-2], end=a[-1]),
    "entered": lambda e, a: ir.Entered(stage=_text(e)),
    "during": lambda e, a: ir.During(calendar=_text(e)),
    "ago": _ago,
    "has_route": _has_route,
}


class Lets(dict[str, typed.Expr]):
    """The typed lets by name. What each reads is worked out once, when all of them are there."""

    def __init__(self) -> None:
        super().__init__()
        self._reads: dict[str, tuple[str, ...]] = {}
        self.answers: dict[tuple[str, str], bool] = {}
        """What has been asked of each let: a question and the let's name."""

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
            case "ago":
                found[f"score {_pair(node)[0]}"] = None
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
        if part.op in {"and", "argument"}:
            pending.extend(reversed(part.args))
        else:
            text = (part.source or source).slice(part.span)
            clauses.append(ir.Clause(expr=lower(part), text=text, reads=reads(part, lets)))
    return ir.Condition(clauses=tuple(clauses))


def single(expr: typed.Expr, text: str, lets: Lets) -> ir.Condition:
    """A condition of one clause with words of its own: a table's cell, a band."""
    return ir.Condition(clauses=(ir.Clause(expr=lower(expr), text=text, reads=reads(expr, lets)),))
