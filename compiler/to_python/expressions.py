"""Expressions as Python.

A condition is written on two rails: code that is true where the condition is true, and code that is true where it
is false (nothing counts as false); where neither is, it is unknown. Where only the truth matters, only that rail is
written. Operands are names or literals; what is more than that is worked out in a line of its own before.
"""

from __future__ import annotations

from typing import Final

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_python import moments, pairs, records, walk
from leadpolicy.compiler.to_python.code import (
    ALWAYS,
    ATOM,
    COMPARISON,
    CONDITIONAL,
    NEVER,
    Code,
    all_of,
    any_of,
    atom,
    inverse,
)
from leadpolicy.compiler.to_python.literals import (
    NUMERIC_KINDS,
    SCALE,
    SCALED_KINDS,
    kept,
    literal,
    outcome,
    scaled,
    sequence,
)
from leadpolicy.compiler.to_python.nature import OPEN, PLAIN, Nature
from leadpolicy.compiler.to_python.rails import (
    Operand,
    Rails,
    argument,
    conjunction,
    disjunction,
    factor,
    fits_whole,
    guards,
    in_scale,
    inverse_known,
    is_,
    not_none,
    nothings,
    pair,
    settled,
    three,
    value_rails,
)
from leadpolicy.compiler.to_python.scope import Scope

_DEEPEST: Final = 6
"""Conditions nested deeper than this get a line of their own: Python's parser gives up at some hundred brackets."""

_SIGNS: Final = {"eq": "==", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
_OPPOSITES: Final = {"==": "!=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_INLINE_ITEMS: Final = 8


_VALUES: Final = (
    ir.Const, ir.FieldRef, ir.LetRef, ir.ScoreRef, ir.TableRef, ir.StageValue, ir.ListRef, ir.Arith, ir.Neg, ir.Call,
    ir.TimeAdd, ir.Leave, ir.Entered, ir.Count, ir.Distinct, ir.Total, ir.Pick, ir.Attr, ir.VarRef,
)  # fmt: skip
"""What is not a condition of itself; a bool among them can be nothing."""


class Expressions:
    """Writes expressions into a scope, in one mode of reading."""

    def __init__(self, scope: Scope, mode: str = PLAIN, open_rows: bool = False) -> None:
        """`open_rows`: only maybes are wanted, so records in which everything is known are left out where these are
        surely none."""
        self.scope = scope
        self.mode = mode
        self.open_rows = open_rows
        self._plan = scope.plan
        self.natures = self._natures = scope.shared.natures

    def in_scope(self, scope: Scope) -> Expressions:
        """The same mode of reading in another function."""
        return Expressions(scope, self.mode)

    def nature(self, expr: ir.Expr) -> Nature:
        """What the expression can be in this mode."""
        return self._natures.of(expr, self.mode)

    # ── Conditions ──

    def truth(self, condition: ir.Condition | None) -> Code:
        """True where the condition is."""
        return self.condition(condition).true

    def condition(self, condition: ir.Condition | None) -> Rails:
        """The rails of a condition; of none: always true."""
        if condition is None:
            return Rails(ALWAYS, NEVER)
        rails = [self.rails(clause.expr, 1) for clause in condition.clauses]
        return rails[0] if len(rails) == 1 else conjunction(rails)

    def may_be_unknown(self, condition: ir.Condition | None) -> bool:
        """Whether a condition can be unknown at all."""
        return condition is not None and not self._natures.certain(condition.clauses, self.mode)

    def kleene(self, expr: ir.Expr) -> Code:
        """True, False, or None where unknown."""
        return three(self.rails(expr), self.nature(expr).unknown)

    def rails(self, expr: ir.Expr, depth: int = 0) -> Rails:
        """A condition on its two rails."""
        match expr:
            case ir.And() | ir.Or() | ir.Not() | ir.Certainly() | ir.Possibly():
                return self._connective(expr, depth)
            case ir.IsKnown():
                return self._is_known(expr)
            case ir.IsUnknown():
                return self._is_unknown(expr)
            case ir.Compare() | ir.Between() | ir.In() if pairs.paired(self, expr):
                return pairs.compared(self, expr)
            case ir.Compare():
                return self._compare(expr.relation, self.operand(expr.left), self.operand(expr.right), expr)
            case ir.Between():
                return self._between(expr)
            case ir.In():
                return self._in(expr)
            case ir.TextTest():
                return self._text_test(expr)
            case ir.GateRef():
                name = self.scope.part(("gate", expr.name), expr.of)
                true, false, doubt = (is_(name, value) for value in ("True", "False", "None"))
                if expr.verdict == "pass":
                    return Rails(true, false, atom(name), doubt)
                return Rails(false, true, Code(f"None if {name} is None else not {name}", CONDITIONAL), doubt)
            case _:
                return value_rails(self.operand(expr))

    def _connective(self, expr: ir.And | ir.Or | ir.Not | ir.Certainly | ir.Possibly, depth: int) -> Rails:
        if depth > _DEEPEST:
            unknown = self.nature(expr).unknown
            name = self.scope.hoist(three(self._connective(expr, 0), unknown).text)
            return value_rails(Operand(name, Nature(unknown, False), "bool"))
        if isinstance(expr, ir.And):
            return conjunction([self.rails(arg, depth + 1) for arg in expr.args])
        if isinstance(expr, ir.Or):
            below = [self.rails(arg, depth + 1) for arg in expr.args]
            return disjunction(below, [self.nature(arg).unknown for arg in expr.args])
        inner = self.rails(expr.arg, depth + 1)
        if isinstance(expr, ir.Not):
            return Rails(inner.false, inner.true, doubt=inner.doubt)
        if self.mode == OPEN:
            return inner
        if isinstance(expr, ir.Certainly):
            return Rails(inner.true, inverse(inner.true))
        return Rails(inverse(inner.false), inner.false)

    def _is_known(self, expr: ir.IsKnown) -> Rails:
        value = self.operand(expr.arg)
        known = all_of(guards([value]))
        if self.mode == PLAIN:
            return Rails(known, inverse_known(value))
        doubt = is_(value.text, "None") if value.nature.unknown else None
        return Rails(known, is_(value.text, "NOTHING") if value.nature.nothing else NEVER, doubt=doubt)

    def _is_unknown(self, expr: ir.IsUnknown) -> Rails:
        value = self.operand(expr.arg)
        if not value.nature.unknown:
            return Rails(NEVER, ALWAYS)
        unknown, known = is_(value.text, "None"), Code(f"{value.text} is not None", COMPARISON)
        return Rails(NEVER if self.mode == OPEN else unknown, known)

    # ── Comparisons ──

    def _compare(self, relation: str, left: Operand, right: Operand, expr: ir.Compare | ir.Between) -> Rails:
        sign = _SIGNS[relation]
        a, b = pair(left, right)
        if relation != "eq" and "choice" in (left.kind, right.kind):
            a, b = self._ranks(expr, left, right)
        holds = Code(f"{a} {sign} {b}", COMPARISON)
        fails = Code(f"{a} {_OPPOSITES[sign]} {b}", COMPARISON)
        operands = [left, right]
        if relation == "eq" and (left.constant or right.constant) and "*" not in a + b:
            # No constant is equal to None or NOTHING: the comparison itself is guard enough.
            known = [o for o in operands if o.nature.unknown]
            return settled(holds, all_of([*not_none(known), fails]), operands, holds)
        true = all_of([*guards(operands), holds])
        false = any_of([*nothings(operands), all_of([*guards(operands), fails])])
        return settled(true, false, operands, holds)

    def _ranks(self, expr: ir.Compare | ir.Between, left: Operand, right: Operand) -> tuple[str, str]:
        """The positions of two choices."""
        sides = (expr.left, expr.right) if isinstance(expr, ir.Compare) else (expr.item, expr.low, expr.high)
        choices = next(c for side in sides if (c := self._choices(side)) is not None)
        pairs = ", ".join(f"{literal(choice)}: {i}" for i, choice in enumerate(choices))
        ranks = self.scope.shared.constants.name("RANKS", f"{{{pairs}}}")
        return f"{ranks}[{left.text}]", f"{ranks}[{right.text}]"

    def _choices(self, expr: ir.Expr) -> tuple[str, ...] | None:
        resolved = self._plan.resolve(expr)
        type_ = getattr(resolved, "type", None)
        return type_.choices if isinstance(type_, ir.Type) and type_.ordered else None

    def _between(self, expr: ir.Between) -> Rails:
        item, low, high = (self.operand(side) for side in (expr.item, expr.low, expr.high))
        if low.constant and high.constant and item.kind != "choice":
            a, b = pair(low, item)
            c, d = pair(item, high)
            if b == c:
                holds = Code(f"{a} <= {b} <= {d}", COMPARISON)
                true = all_of([*guards([item]), holds])
                false = any_of([*nothings([item]), all_of([*guards([item]), inverse(holds)])])
                return settled(true, false, [item], holds)
        return conjunction([self._compare("ge", item, low, expr), self._compare("le", item, high, expr)])

    def _in(self, expr: ir.In) -> Rails:
        fixed = self._natures.constant_list(expr.items)
        item = self.operand(expr.item)
        if fixed is None:
            return self._in_list(item, expr)
        if not fixed:
            return Rails(NEVER, ALWAYS)
        members = self._members(item, fixed)
        if not members:
            known = all_of(not_none([item])) if item.nature.unknown else ALWAYS
            return Rails(NEVER, known)
        text = in_scale(item, False) if item.number is not None else item.text
        holds = Code(f"{text} in {members}", COMPARISON)
        fails = Code(f"{text} not in {members}", COMPARISON)
        unknown = [item] if item.nature.unknown else []
        return settled(holds, all_of([*not_none(unknown), fails]), [item], holds)

    def _members(self, item: Operand, fixed: tuple[tuple[str, ir.Scalar], ...]) -> str:
        """A set of constants, kept as the item is; what the item can never equal is left out."""
        values: dict[str | int | bool, None] = {}
        for kind, value in fixed:
            if item.kind in NUMERIC_KINDS and kind in NUMERIC_KINDS and not isinstance(value, ir.Duration):
                number = scaled(str(value))
                if item.constant or not item.whole:
                    values[number] = None
                elif number % SCALE == 0:
                    values[number // SCALE] = None
            else:
                values[kept(kind, value)] = None
        shown = ", ".join(literal(value) for value in values)
        if not values or len(values) <= _INLINE_ITEMS:
            return f"{{{shown}}}" if values else ""
        return self.scope.shared.constants.name("SET", f"frozenset(({shown}))")

    def _in_list(self, item: Operand, expr: ir.In) -> Rails:
        """Membership in a list that isn't fixed: worked out by the engine, as true, false or None."""
        items = self.operand(expr.items)
        a, b = item.text, items.text
        if item.kind in NUMERIC_KINDS:
            kind = pairs.item_kind(self, expr.items)
            if item.constant:
                a = in_scale(item, False)
            elif item.whole:
                a = f"scale({a})"
            b = b if kind in SCALED_KINDS else f"scale({b})"
        name = self.scope.hoist(f"contains({b}, {a})")
        return value_rails(Operand(name, Nature(True, False), "bool"))

    def _text_test(self, expr: ir.TextTest) -> Rails:
        text, part = self.operand(expr.text), self.operand(expr.part)
        if expr.test == "contains":
            holds = Code(f"{part.text} in {text.text}", COMPARISON)
            fails = Code(f"{part.text} not in {text.text}", COMPARISON)
        else:
            method = "startswith" if expr.test == "starts" else "endswith"
            holds = Code(f"{text.text}.{method}({part.text})", ATOM)
            fails = inverse(holds)
        operands = [text, part]
        true = all_of([*guards(operands), holds])
        false = any_of([*nothings(operands), all_of([*guards(operands), fails])])
        return settled(true, false, operands, holds)

    # ── Values ──

    def operand(self, expr: ir.Expr) -> Operand:
        """The value of an expression in one word."""
        found = self.scope.written.get((id(expr), self.mode))
        if not isinstance(found, Operand):
            found = self.scope.written[id(expr), self.mode] = self._operand(expr)
        return found

    def _operand(self, expr: ir.Expr) -> Operand:
        slot = self._natures.slot(expr)
        if slot is not None:
            found = self._plan.slots[slot]
            nature = Nature(found.unknown, found.nothing)
            return Operand(self.scope.slot(slot), nature, found.type.kind, found.type.kind not in SCALED_KINDS)
        expr = self._inline(expr)
        match expr:
            case ir.Const():
                return self._constant(expr)
            case ir.LetRef():
                name = self.let(expr.name)
                return Operand(name, self.nature(expr), expr.type.kind, self._plan.is_whole(expr))
            case ir.ScoreRef():
                bound = "score" if expr.bound == "value" else expr.bound
                whole = self._plan.whole[expr.name]
                return Operand(self.scope.part((bound, expr.name), expr.of), Nature(False, False), "number", whole)
            case ir.Ago():
                name = self.scope.part(("score", expr.score), expr.of, expr.span)
                return Operand(name, Nature(False, False), "number", self._plan.whole[expr.score])
            case ir.TableRef():
                return self._table(expr)
            case ir.StageRef():
                return Operand(self.scope.part(("stage", expr.name), expr.of), self.nature(expr), "bool")
            case ir.StageValue():
                return Operand(self.scope.part(("stages", ""), expr.of), Nature(False, True), "choice")
            case ir.Disqualified():
                return Operand(self.scope.part(("disqualified", ""), expr.of), Nature(False, False), "bool")
            case ir.ListRef():
                return self._list(self._natures.constant_list(expr) or ())
            case ir.Arith() | ir.Neg():
                return moments.arithmetic(self, expr) or self._arithmetic(expr)
            case ir.Call():
                return self._call(expr)
            case ir.TimeAdd():
                return moments.time_add(self, expr)
            case ir.Leave():
                return moments.leave(self, expr)
            case ir.During():
                return moments.during(self, expr)
            case ir.Entered():
                name = self.scope.hoist(f"{self.scope.entered()}.get({literal(expr.stage)}, NOTHING)")
                return Operand(name, self.nature(expr), "time")
            case ir.FieldRef():
                return records.record_field(self, expr)
            case ir.VarRef():
                return records.reference(self, expr)
            case ir.Any():
                return records.any_of_records(self, expr)
            case ir.Count() | ir.Distinct():
                return records.number_of(self, expr)
            case ir.Total():
                return records.total(self, expr)
            case ir.Pick():
                return records.pick_value(self, expr)
            case ir.Attr():
                return records.attribute(self, expr)
            case _:
                return Operand(self.scope.hoist(self.kleene(expr).text), self.nature(expr), "bool")

    def _inline(self, expr: ir.Expr) -> ir.Expr:
        """A let that stands for a constant is that constant."""
        resolved = self._plan.resolve(expr)
        return resolved if isinstance(resolved, ir.Const | ir.ListRef) else expr

    def _constant(self, expr: ir.Const) -> Operand:
        kind, value = expr.type.kind, expr.value
        none = Nature(False, False)
        if isinstance(value, tuple):
            return self._list(self._natures.constant_list(expr) or ())
        if kind in NUMERIC_KINDS and not isinstance(value, ir.Duration | bool):
            number = scaled(str(value))
            whole = number % SCALE == 0
            text = literal(number // SCALE if whole else number)
            return Operand(text, none, kind, whole, number, constant=True)
        return Operand(literal(kept(kind, value)), none, kind, constant=True)

    def _list(self, fixed: tuple[tuple[str, ir.Scalar], ...]) -> Operand:
        items = sequence(outcome(kind, value) for kind, value in fixed)
        name = self.scope.shared.constants.name("ITEMS", f"Items({items})")
        return Operand(name, Nature(False, False), "list")

    def let(self, name: str) -> str:
        """The name of a let's value in this mode; worked out here unless it is a parameter."""
        natures = self._natures
        mode = natures.let_mode(name, self.mode)
        local = self._plan.let_names[name] + ("" if mode == PLAIN else f"_{mode}")
        if self.scope.inner:
            self.scope.wanted.setdefault(local, lambda caller: Expressions(caller, mode).let(name))
            return local
        if (name, mode) not in self.scope.lets:
            for needed in self._needed(name):
                self._write_let(needed)
        return local

    def _needed(self, name: str) -> list[str]:
        """The let and those it reads, directly or not, not written yet, in the order of their declaration."""
        found, stack = {name}, [name]
        while stack:
            for leaf in walk_leaves(self._plan.lets[stack.pop()].expr):
                written = (leaf, self._natures.let_mode(leaf, self.mode)) in self.scope.lets
                if leaf not in found and not written:
                    found.add(leaf)
                    stack.append(leaf)
        return sorted(found, key=self._plan.let_order.__getitem__)

    def _write_let(self, name: str) -> None:
        mode = self._natures.let_mode(name, self.mode)
        if (name, mode) in self.scope.lets:
            return
        let = self._plan.lets[name]
        local = self._plan.let_names[name] + ("" if mode == PLAIN else f"_{mode}")
        self.scope.lets[name, mode] = local
        inner = Expressions(self.scope, mode)
        is_value = isinstance(let.expr, _VALUES)
        code = inner.operand(let.expr).text if is_value else inner.kleene(let.expr).text
        self.scope.body.mark(let.place)
        self.scope.body.line(f"{local} = {code}")

    def _table(self, expr: ir.TableRef) -> Operand:
        name = self.scope.part(("table", expr.name), expr.of)
        table = self._plan.tables[expr.name]
        nature = self.nature(expr)
        if expr.output is not None and (len(table.outputs) > 1 or table.outputs[0].name is not None):
            index = next(i for i, output in enumerate(table.outputs) if output.name == expr.output)
            if len(table.outputs) > 1:
                name = self.scope.hoist(f"pick({name}, {index})")
        kind = expr.type.kind
        return Operand(name, nature, kind, kind not in SCALED_KINDS)

    def _arithmetic(self, expr: ir.Arith | ir.Neg) -> Operand:
        whole = self._plan.is_whole(expr)
        sides = [self.operand(expr.arg)] if isinstance(expr, ir.Neg) else [
            self.operand(expr.left), self.operand(expr.right)
        ]  # fmt: skip
        if any(side.kind not in NUMERIC_KINDS for side in sides):
            raise ValueError(f"arithmetic on {', '.join(side.kind for side in sides)} has no meaning yet")
        if isinstance(expr, ir.Neg):
            code = f"-{sides[0].text}" if not sides[0].constant else f"-({in_scale(sides[0], whole)})"
        else:
            code = self._operation(expr, sides[0], sides[1], whole)
        unknown = list(dict.fromkeys(s.text for s in sides if s.nature.unknown))
        if unknown:
            code = f"None if {' or '.join(f'{name} is None' for name in unknown)} else {code}"
        nothing = [f"{name} is NOTHING" for name in dict.fromkeys(s.text for s in sides if s.nature.nothing)]
        if isinstance(expr, ir.Arith) and expr.operator == "div" and sides[0].nature.unknown:
            nothing += [] if sides[1].constant and sides[1].text != "0" else [f"{sides[1].text} == 0"]
        if nothing:
            code = f"NOTHING if {' or '.join(nothing)} else {code}"
        return Operand(self.scope.hoist(code), self.nature(expr), "int" if whole else "number", whole)

    def _operation(self, expr: ir.Arith, left: Operand, right: Operand, whole: bool) -> str:
        if expr.operator in {"add", "sub"}:
            sign = "+" if expr.operator == "add" else "-"
            return f"{in_scale(left, whole)} {sign} {in_scale(right, whole)}"
        if expr.operator == "div":
            same = fits_whole(left) and fits_whole(right)
            return f"divide({in_scale(left, same)}, {in_scale(right, same)})"
        if whole or fits_whole(left) or fits_whole(right):
            # Whole times whole is whole, whole times millionths is millionths: no rounding in either.
            return f"{factor(left, whole)} * {factor(right, whole)}"
        return f"multiply({left.text}, {right.text})"

    def _call(self, expr: ir.Call) -> Operand:
        arguments = [self.operand(arg) for arg in expr.args]
        kind, whole = expr.type.kind, True
        texts = [moments.span(self, arg, one) for arg, one in zip(expr.args, arguments, strict=True)]
        if expr.function == "age":
            texts.insert(0, self.scope.now())
        elif arguments[0].kind in NUMERIC_KINDS:
            whole = all(map(fits_whole, arguments))
            texts = [argument(one, whole) for one in arguments]
        name = self.scope.hoist(f"{expr.function}({', '.join(texts)})")
        return Operand(name, self.nature(expr), kind, whole)


def walk_leaves(expr: ir.Expr) -> list[str]:
    """The names of the lets that an expression reads directly."""
    return [leaf.name for leaf in walk.leaves((expr,)) if isinstance(leaf, ir.LetRef)]
