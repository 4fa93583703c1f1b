"""The part of a policy's module that explains: the network again, and of each line of a rule what it comes to.

It is written when a session is first asked why, and never slows one that isn't asked. `s.lines` has a tuple for each
rule, of a line each: what it is (`pattern`, `when`, `let`), its text, its place, the place of a pattern's type, the
texts of its conditions, `truths(e0, …)`: what these come to for so many records (True, False, None), and, where a
pattern's record is found by something that it must be equal to, `mine(e)` and `theirs(e0, …)`, else None.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_python.literals import literal, sequence, texts
from leadpolicy.compiler.to_python.rails import Operand, three
from leadpolicy.compiler.to_python.rules.module import Imports, RuleModule
from leadpolicy.compiler.to_python.rules.network import RuleNetwork
from leadpolicy.compiler.to_python.rules.scope import RuleExpressions, RuleScope, equality, window_rails
from leadpolicy.compiler.to_python.rules.shape import Shape, Test
from leadpolicy.compiler.to_python.writer import Writer

OF, WITHIN = "of", "within"
"""What the conditions are called that stand outside `where`."""


def write_explaining(policy: ir.Policy, imports: Imports) -> str:
    """The source of the part. Executed, it defines `MATCHING`, whose networks say what their lines come to.

    NotMatchedError for a rule that a session can't match yet.
    """
    return _Explaining(policy).source(imports)


class _Explaining(RuleModule):
    """The network, with functions for each line of each rule in it."""

    def _network(self) -> Writer:
        rules = [
            RuleLines(RuleNetwork(shape, self._shared, self._indexes, self._alphas, self._out), self._out)
            for shape in self._shapes
        ]
        self._out.line(f"s.lines = {sequence(sequence(rule.write()) for rule in rules)}")
        return super()._network()


class RuleLines:
    """Writes the functions of one rule's lines."""

    def __init__(self, network: RuleNetwork, out: Writer) -> None:
        self._network = network
        self._shape: Shape = network.shape
        self._out = out
        self._tests = iter(self._shape.tests)
        self._bound = 0
        """How many patterns stand above."""

    def write(self) -> list[str]:
        """The code of what `s.lines` has of each line."""
        return [self._line(number, line) for number, line in enumerate(self._shape.rule.body)]

    def _line(self, number: int, line: ir.Pattern | ir.Guard | ir.RuleLet) -> str:
        match line:
            case ir.Pattern():
                return self._pattern(number, line)
            case ir.Guard():
                tests = self._next(len(line.condition.clauses))
                said = tuple(clause.text for clause in line.condition.clauses)
                return _row("when", line, "None", said, self._truths(number, tests), "None", "None")
            case ir.RuleLet():
                return _row("let", line, "None", (), self._truths(number, []), "None", "None")

    def _next(self, count: int) -> list[Test]:
        return [next(self._tests) for _ in range(count)]

    def _pattern(self, number: int, line: ir.Pattern) -> str:
        records = line.records
        clauses = () if records.where is None else records.where.clauses
        said = [OF] if records.of is not None else []
        said += [clause.text for clause in clauses]
        said += [WITHIN] if records.window is not None else []
        tests = self._next(len(said))
        joined = self._joined(number, tests)
        self._bound += 1
        place = literal(self._network.scope().plan.bindings.place(records.fact))
        return _row("pattern", line, place, tuple(said), self._truths(number, tests), *joined)

    # ── What a line comes to ──

    def _parameters(self) -> str:
        return ", ".join(f"e{position}" for position in range(self._bound))

    def _truths(self, number: int, tests: list[Test]) -> str:
        """The name of a function that gives the truth of each condition."""
        scope = self._network.scope()
        found = [self._truth(scope, test) for test in tests]
        scope.body.line(f"return {sequence(found)}")
        name = f"truths_{self._shape.index}_{number}"
        scope.write(self._out, name, self._parameters(), "What the conditions of a line come to.")
        return name

    def _truth(self, scope: RuleScope, test: Test) -> str:
        expressions = RuleExpressions(scope)
        if test.kind == "clause":
            assert test.expr is not None
            return expressions.kleene(test.expr).text
        records, local = self._shape.patterns[test.position], f"e{test.position}"
        if test.kind == "window":
            return three(window_rails(expressions, records, local), True).text
        assert test.expr is not None
        owner = expressions.operand(test.expr)
        equal = f"{local}[{scope.indexes.place(records.fact, OF)}] == {owner.text}"
        return f"None if {owner.text} is None else {equal}" if owner.nature.unknown else equal

    # ── By what a pattern's record is found ──

    def _joined(self, number: int, tests: list[Test]) -> tuple[str, str]:
        """The codes of `mine` and `theirs`."""
        found = next(self._equalities(tests), None)
        if found is None:
            return "None", "None"
        mine, theirs = found
        scope = self._network.scope()
        scope.body.line(f"return {theirs(scope).text}")
        name = f"theirs_{self._shape.index}_{number}"
        scope.write(self._out, name, self._parameters(), "What a pattern's record must be equal to.")
        return f"lambda e: {mine}", name

    def _equalities(self, tests: list[Test]) -> Iterator[tuple[str, Callable[[RuleScope], Operand]]]:
        """The code of what must be equal of the record `e`, and what makes that of what it must be equal to."""
        here = self._bound
        records, fact = self._shape.patterns[here], self._shape.facts[here]
        plan, indexes = self._network.scope().plan, self._network.scope().indexes
        for test in tests:
            if test.expr is None or not test.reads <= {*range(here + 1)}:
                continue
            if test.kind == "of":
                yield f"e[{indexes.place(fact.name, OF)}]", _operand(test.expr)
            elif test.kind == "clause" and (pair := equality(test.expr, records.var, plan)) is not None:
                name, other = pair
                place = indexes.place(fact.name, name or next(f.name for f in fact.fields if f.key))
                yield (f"e[{place}]" if name else f"str(e[{place}])"), _operand(other)


def _operand(expr: ir.Expr) -> Callable[[RuleScope], Operand]:
    return lambda scope: RuleExpressions(scope).operand(expr)


def _row(kind: str, line: ir.Pattern | ir.Guard | ir.RuleLet, type_: str, said: tuple[str, ...], *code: str) -> str:
    place = literal(f"{line.place.file}:{int(line.place.line)}")
    name = literal(line.records.var) if isinstance(line, ir.Pattern) else "None"
    return sequence((literal(kind), literal(line.text), place, type_, name, texts(said), *code))
