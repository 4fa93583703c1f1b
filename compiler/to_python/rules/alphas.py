"""Conditions on one record alone, written once for all rules, and tables of the records that meet them."""

from __future__ import annotations

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_python import walk
from leadpolicy.compiler.to_python.code import ALWAYS, NEVER, Code, all_of, atom, inverse
from leadpolicy.compiler.to_python.rules.scope import Indexes, RuleExpressions, RuleScope
from leadpolicy.compiler.to_python.rules.shape import Shape, Test
from leadpolicy.compiler.to_python.scope import Shared
from leadpolicy.compiler.to_python.writer import Writer


def is_alone(test: Test, shape: Shape, position: int) -> bool:
    """Whether a test reads nothing but fields of the record at a position."""
    if test.kind != "clause" or test.expr is None or test.reads != {position}:
        return False
    var = shape.patterns[position].var
    return not any(isinstance(node, ir.Call) for node in walk.nodes((test.expr,))) and all(
        isinstance(node, ir.Const | ir.ListRef)
        or (isinstance(node, ir.FieldRef) and node.var == var and len(node.path) == 1)
        for node in walk.leaves((test.expr,))
    )


def fields_alone(shape: Shape, position: int) -> frozenset[str]:
    """The fields that these tests read."""
    exprs = [test.expr for test in shape.tests if test.expr is not None and is_alone(test, shape, position)]
    return frozenset(node.path[0] for node in walk.leaves(tuple(exprs)) if isinstance(node, ir.FieldRef))


class Alphas:
    """Functions `passes_K(x)`: whether a record meets the conditions of a pattern that are on it alone. `tables`:
    those of them of which there is a table, `passing_K`, by the records' identities: (fact, fields) by K."""

    def __init__(self, shared: Shared, indexes: Indexes, out: Writer) -> None:
        self._shared = shared
        self._indexes = indexes
        self._out = out
        self._known: dict[tuple[str, tuple[str, ...]], int] = {}
        self.tables: dict[int, tuple[str, frozenset[str]]] = {}

    def passes(self, shape: Shape, position: int) -> str | None:
        """The function's name; None where there is no such condition."""
        number = self._number(shape, position)
        return None if number is None else f"passes_{number}"

    def test(self, shape: Shape, position: int, record: str) -> Code | None:
        """The test of a record, written out where it is simple; None where there is no such condition."""
        written = self._write(shape, position, record)
        if written is None or written[1]:
            passes = self.passes(shape, position)
            return None if passes is None else atom(f"{passes}({record})")
        return all_of(written[2])

    def table(self, shape: Shape, position: int) -> str | None:
        """The name of the table; None where all records pass."""
        number = self._number(shape, position)
        if number is None:
            return None
        self.tables[number] = shape.patterns[position].fact, fields_alone(shape, position)
        return f"passing_{number}"

    def _write(self, shape: Shape, position: int, record: str) -> tuple[RuleScope, bool, list[Code]] | None:
        """A function's scope, whether it has more than the tests, and the tests."""
        tests = [test for test in shape.tests if is_alone(test, shape, position)]
        if not tests:
            return None
        scope = RuleScope(self._shared, self._indexes, {shape.patterns[position].var: record})
        found: list[Code] = []
        more = False
        for test in tests:
            assert test.expr is not None
            before = len(scope.body.lines)
            true = RuleExpressions(scope).rails(test.expr).true
            more = more or len(scope.body.lines) > before or true in {NEVER, ALWAYS}
            found.append(true)
            if true == NEVER:
                scope.body.line("if True: return False")
            elif true != ALWAYS:
                scope.body.line(f"if {inverse(true).text}: return False")
        return scope, more, found

    def _number(self, shape: Shape, position: int) -> int | None:
        written = self._write(shape, position, "x")
        if written is None:
            return None
        scope = written[0]
        scope.body.line("return True")
        key = shape.patterns[position].fact, tuple(scope.body.lines)
        if key not in self._known:
            self._known[key] = len(self._known)
            name = f"passes_{self._known[key]}"
            scope.write(self._out, name, "x", "Whether a record meets what it must by itself.")
        return self._known[key]
