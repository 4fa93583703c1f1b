"""Records that are only looked for by `no`: a match is certain where none of them counts, or may count."""

from __future__ import annotations

from collections.abc import Iterator

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_python import walk
from leadpolicy.compiler.to_python.code import ALWAYS, NEVER
from leadpolicy.compiler.to_python.rules.reads import Reads
from leadpolicy.compiler.to_python.rules.scope import Indexes, RuleExpressions, RuleScope, window_rails
from leadpolicy.compiler.to_python.rules.shape import Test
from leadpolicy.compiler.to_python.scope import Shared
from leadpolicy.compiler.to_python.writer import Writer


class Blockers:
    """Writes functions over such records of one rule. `local`: the names of a match's records, by what binds them."""

    def __init__(self, number: int, local: dict[str, str], shared: Shared, indexes: Indexes, out: Writer) -> None:
        self._number = number
        self._local = local
        self._shared = shared
        self._indexes = indexes
        self._out = out
        self._among: dict[Test, str] = {}

    def write_counts(self, place: int, reads: Reads) -> str | None:
        """`counts_N_R(x, e0, …)`: whether a record counts, or may count, among those that a match is without; the
        function's name, None where that hangs on other records, too."""
        records = reads.records
        if not reads.blocks or records is None or not _is_plain(records):
            return None
        scope = self._scope(records)
        for test in self._excluding(scope, records):
            scope.body.line(f"if {test}: return False")
        scope.body.line("return True")
        name = f"counts_{self._number}_{place}"
        parameters = ", ".join(("x", *self._local.values()))
        scope.write(self._out, name, parameters, "Whether a record counts, or may, among those that must not be.")
        return name

    def among(self, caller: RuleScope, test: Test) -> str | None:
        """The code of: one of the records of a `no` counts, or may count. None where that is told in another way."""
        if not isinstance(test.expr, ir.Not) or not isinstance(test.expr.arg, ir.Any):
            return None
        records, expressions = test.expr.arg.records, RuleExpressions(caller)
        if not _is_plain(records) or expressions.direct(test.expr.arg) is not None:
            return None
        rows = caller.unordered(expressions, records)
        read = [name for place, name in enumerate(self._local.values()) if place in test.reads]
        if test not in self._among:
            self._among[test] = f"among_{self._number}_{len(self._among)}"
            self._write_among(self._among[test], read, records)
        return f"{self._among[test]}({', '.join((rows, *read))})"

    def _write_among(self, name: str, read: list[str], records: ir.Records) -> None:
        scope = self._scope(records)
        with scope.body.block("for x in rows:"):
            for excluded in self._excluding(scope, records):
                scope.body.line(f"if {excluded}: continue")
            scope.body.line("return True")
        scope.body.line("return False")
        scope.write(self._out, name, ", ".join(("rows", *read)), "Whether one counts, or may, that must not be.")

    def _scope(self, records: ir.Records) -> RuleScope:
        return RuleScope(self._shared, self._indexes, self._local | {records.var: "x"})

    def _excluding(self, scope: RuleScope, records: ir.Records) -> Iterator[str]:
        """The tests by which a record certainly doesn't count."""
        expressions = RuleExpressions(scope)
        if records.of is not None:
            owner = expressions.operand(records.of)
            if owner.nature.nothing:
                yield f"{owner.text} is NOTHING"
            known = f"{owner.text} is not None and " if owner.nature.unknown else ""
            yield f"{known}x[{self._indexes.place(records.fact, 'of')}] != {owner.text}"
        rails = [expressions.rails(clause) for clause in walk.condition(records.where)]
        if records.window is not None:
            rails.append(window_rails(expressions, records, "x"))
        for one in rails:
            if one.false == ALWAYS:
                yield "True"
            elif one.false != NEVER:
                yield one.false.text


def _is_plain(records: ir.Records) -> bool:
    """Whether it is told by a record alone, and what it is looked for by, that it counts."""
    nodes = walk.nodes(walk.condition(records.where))
    return not any(isinstance(node, walk.RECORD_EXPRS) for node in nodes)
