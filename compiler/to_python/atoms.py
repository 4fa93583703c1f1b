"""Atoms: what reasons print of an entry, by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_python import moments, records, walk
from leadpolicy.compiler.to_python.expressions import Expressions
from leadpolicy.compiler.to_python.literals import literal
from leadpolicy.compiler.to_python.plan import Key
from leadpolicy.compiler.to_python.scope import Scope, Shared
from leadpolicy.compiler.to_python.writer import Writer


class Atoms:
    """Collects the fields, scores, tables, gates and stages that entries read."""

    def __init__(self, shared: Shared, type_name: Callable[[ir.Type], str]) -> None:
        self._shared = shared
        self._plan = shared.plan
        self._type_name = type_name
        self._atoms: dict[tuple[str, str], int] = {}
        """Their places, by name and by what tells them apart."""
        self._shown: list[Callable[[Scope], str]] = []
        """How each is printed."""
        self._let_atoms: dict[str, tuple[int, ...]] = {}
        self._by_text: dict[str, int] = {}
        self._texts: set[int] = set()
        """The atoms made of records."""
        for let in shared.plan.policy.lets:
            self._let_atoms[let.name] = self.of((let.expr,))

    def of(self, exprs: tuple[ir.Expr, ...], inside: bool = False) -> tuple[int, ...]:
        """What expressions read, through lets, in order of appearance, each once. `inside`: inside records, where
        what is made of others has no value of its own."""
        found: dict[int, None] = {}
        for leaf in walk.leaves(exprs):
            if isinstance(leaf, ir.LetRef):
                found.update(dict.fromkeys(self._let_atoms[leaf.name]))
            else:
                atom = self._atom(leaf)
                if atom is not None:
                    found[atom] = None
        # What is made of records stands behind everything else.
        behind = [] if inside else self._of_records(exprs)
        return (*(i for i in found if i not in self._texts), *dict.fromkeys(behind))

    def _of_records(self, exprs: tuple[ir.Expr, ...]) -> list[int]:
        """Counts, sums, picks that stand in expressions, those inside other records left out."""
        found: list[int] = []
        stack = list(reversed(exprs))
        while stack:
            expr = stack.pop()
            if isinstance(expr, ir.LetRef):
                found += (i for i in self._let_atoms[expr.name] if i in self._texts)
                continue
            if isinstance(expr, ir.Any | ir.Leave):
                continue
            if isinstance(expr, walk.RECORD_EXPRS):
                found.append(self._record_atom(expr))
            elif isinstance(expr, ir.Attr) and isinstance(self._plan.resolve(expr.base), ir.Pick):
                found.append(self._attr_atom(expr))
            else:
                stack.extend(reversed(walk.children(expr)))
        return found

    def _record_atom(self, expr: ir.Count | ir.Distinct | ir.Total | ir.Pick) -> int:
        return self._found_atom(_name(expr), lambda expressions: self._told(expressions, expr))

    def _attr_atom(self, expr: ir.Attr) -> int:
        """A field of a picked record: the pick has no item of its own then."""
        picked = self._plan.resolve(expr.base)
        assert isinstance(picked, ir.Pick)
        name = ".".join((_name(picked), *expr.path))
        return self._found_atom(name, lambda expressions: (records.attribute(expressions, expr).text, expr.type))

    def _found_atom(self, name: str, tell: Callable[[Expressions], tuple[str, ir.Type]]) -> int:
        if name not in self._by_text:
            scope = Scope(self._shared, self._plan.names.make("told"))
            code, type_ = tell(Expressions(scope))
            scope.body.line(f"return {code}")
            function = scope.finish("A value that reasons print.")
            printed = f"print_found({self._type_name(type_)}, {function}(v, r), {self._zone()})"
            index = self._add_atom(name, function, lambda scope: printed)
            self._by_text[name] = index
            self._texts.add(index)
        return self._by_text[name]

    def _told(
        self, expressions: Expressions, expr: ir.Count | ir.Distinct | ir.Total | ir.Pick
    ) -> tuple[str, ir.Type]:
        if isinstance(expr, ir.Count | ir.Distinct):
            ends = records.pair_of(expressions, expr)
            return ends or records.number_of(expressions, expr).text, ir.Type(kind="int")
        if isinstance(expr, ir.Total):
            value = records.total(expressions, expr)
            return value.text, ir.Type(kind=value.kind)
        value = records.pick_value(expressions, expr)
        if any(field.key for field in self._plan.policy.fact(expr.records.fact).fields):
            return value.text, ir.Type(kind="text")
        return f"{value.text} if {value.text} is None or {value.text} is NOTHING else True", ir.Type(kind="text")

    def _atom(self, leaf: ir.Expr) -> int | None:
        match leaf:
            case ir.FieldRef(var="this"):
                slot = self._plan.slot(leaf.path)
                return self._add_atom(".".join(leaf.path), "slot", lambda scope: self._print_slot(scope, slot))
            case ir.ScoreRef():
                return self._score_atom(leaf)
            case ir.TableRef():
                return self._table_atom(leaf)
            case ir.GateRef():
                word = "'pass' if {0} else 'unknown' if {0} is None else 'fail'"
                return self._result_atom(leaf.name, ("gate", leaf.name), word)
            case ir.StageRef():
                return self._result_atom(leaf.name, ("stage", leaf.name), "{0}")
            case ir.StageValue():
                return self._result_atom("stage", ("stages", ""), _NOTHING)
            case ir.Disqualified():
                return self._result_atom("disqualified", ("disqualified", ""), "{0}")
            case _:
                return None

    def _print_slot(self, scope: Scope, slot: int) -> str:
        found, name = self._plan.slots[slot], scope.slot(slot)
        if found.type.kind in _AS_THEY_ARE:
            return _NOTHING.format(name) if found.nothing else name
        return f"print_value({self._type_name(found.type)}, {name}, {self._zone()})"

    def _score_atom(self, leaf: ir.ScoreRef) -> int:
        bound = "score" if leaf.bound == "value" else leaf.bound
        name = leaf.name if leaf.bound == "value" else f"{leaf.bound}({leaf.name})"
        if self._plan.whole[leaf.name]:
            return self._result_atom(name, (bound, leaf.name), "{0}")
        type_ = self._type_name(ir.Type(kind="number"))
        return self._result_atom(name, (bound, leaf.name), f"print_value({type_}, {{0}}, {self._zone()})")

    def _table_atom(self, leaf: ir.TableRef) -> int:
        table = self._plan.tables[leaf.name]
        at = next((i for i, o in enumerate(table.outputs) if o.name == leaf.output), 0)
        name = leaf.name if leaf.output is None else f"{leaf.name}.{leaf.output}"
        one = f"pick({{0}}, {literal(at)})" if len(table.outputs) > 1 and leaf.output is not None else "{0}"
        type_ = self._type_name(table.outputs[at].type)
        return self._result_atom(name, ("table", leaf.name), f"print_value({type_}, {one}, {self._zone()})")

    def _result_atom(self, name: str, key: Key, shown: str) -> int:
        """An atom of the results; `shown` prints what `{0}` stands for."""
        return self._add_atom(name, " ".join(key), lambda scope: shown.format(scope.result(key)))

    def _add_atom(self, name: str, kind: str, show: Callable[[Scope], str]) -> int:
        if (name, kind) not in self._atoms:
            self._atoms[name, kind] = len(self._atoms)
            self._shown.append(show)
        return self._atoms[name, kind]

    def _zone(self) -> str:
        return moments.zone(self._shared.constants, self._plan.policy.zone)

    def write(self, out: Writer) -> None:
        """`ATOMS`, the names, and `printed`, the values: to be written after everything that adds some."""
        scope = Scope(self._shared, "printed")
        shown = [show(scope) for show in self._shown]
        with scope.body.block("return ("):
            for code in shown:
                scope.body.line(f"{code},")
        scope.body.line(")")
        scope.finish("What reasons print.")
        with out.block("ATOMS = ("):
            for name, _ in self._atoms:
                out.line(f"{literal(name)},")
        out.line(")")


_AS_THEY_ARE: Final = frozenset({"text", "email", "phone", "choice", "fact", "bool", "int"})
"""Kinds of fields whose values are printed as they are kept."""
_NOTHING: Final = "'none' if {0} is NOTHING else {0}"


def _name(expr: ir.Count | ir.Distinct | ir.Total | ir.Pick) -> str:
    """What reasons call it: the function, and the author's words for the records."""
    word: str = expr.op
    if isinstance(expr, ir.Total):
        word = expr.function
    elif isinstance(expr, ir.Pick):
        word = expr.which
    return f"{word}({expr.records.text})"
