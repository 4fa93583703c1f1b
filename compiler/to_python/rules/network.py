"""One rule's functions: whether a match holds, the matches that a record is part of, the matches that one touches."""

from __future__ import annotations

import re
from collections.abc import Sequence

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_python import walk
from leadpolicy.compiler.to_python.code import ALWAYS, NEVER, Code, any_of, inverse
from leadpolicy.compiler.to_python.literals import sequence
from leadpolicy.compiler.to_python.nature import Nature
from leadpolicy.compiler.to_python.rails import Operand
from leadpolicy.compiler.to_python.records import field_place
from leadpolicy.compiler.to_python.rules.alphas import Alphas
from leadpolicy.compiler.to_python.rules.blockers import Blockers
from leadpolicy.compiler.to_python.rules.reads import Link, Reads
from leadpolicy.compiler.to_python.rules.scope import (
    Indexes,
    RuleExpressions,
    RuleScope,
    equality,
    meta,
    window_rails,
)
from leadpolicy.compiler.to_python.rules.shape import Shape, Test
from leadpolicy.compiler.to_python.scope import Shared
from leadpolicy.compiler.to_python.writer import Writer

_NEVER_MISSING = Nature(False, False)
_Equal = tuple[Test, str, "ir.Expr | str"]
"""A test by which a record is found: a field ("" for the key), and what it must be equal to, or the code of that."""


class RuleNetwork:
    """Writes the functions of one rule. `out`: where the network's functions are written."""

    def __init__(self, shape: Shape, shared: Shared, indexes: Indexes, alphas: Alphas, out: Writer) -> None:
        self.shape = shape
        self.alphas = alphas
        self._shared = shared
        self._plan = shared.plan
        self._indexes = indexes
        self._out = out
        self.number = shape.index
        self.locals = {records.var: f"e{position}" for position, records in enumerate(shape.patterns)}
        self.ties = self._ties()
        self.seeds: dict[int, str | None] = {}
        """Whether `x` can be part of a match at a position at all, told by one look-up, as code."""
        self.blockers = Blockers(self.number, self.locals, shared, indexes, out)

    def scope(self) -> RuleScope:
        """The scope of a function that knows the records of a match."""
        return RuleScope(self._shared, self._indexes, self.locals)

    @property
    def parameters(self) -> str:
        """The records of a match as parameters."""
        return ", ".join(self.locals.values())

    # ── Whether a match holds ──

    def write_holds(self) -> str:
        """`holds_N(e0, e1, …)`; its name."""
        scope = self.scope()
        for test in self.shape.tests:
            self._unless(scope, test, "return False")
        scope.body.line("return True")
        scope.write(self._out, f"holds_{self.number}", self.parameters, "Whether a match holds.")
        return f"holds_{self.number}"

    def _unless(self, scope: RuleScope, test: Test, leave: str) -> None:
        """Leave where a test is not certainly true."""
        scope.body.comment(test.place)
        among = self.blockers.among(scope, test)
        if among is not None:
            scope.body.line(f"if {among}: {leave}")
            return
        code = self._truth(scope, test)
        if code == NEVER:
            scope.body.line(f"if True: {leave}")
        elif code != ALWAYS:
            scope.body.line(f"if {inverse(code).text}: {leave}")

    def _truth(self, scope: RuleScope, test: Test) -> Code:
        expressions = RuleExpressions(scope)
        if test.kind == "clause":
            assert test.expr is not None
            return expressions.rails(test.expr).true
        records, local = self.shape.patterns[test.position], f"e{test.position}"
        if test.kind == "window":
            return window_rails(expressions, records, local).true
        assert test.expr is not None
        owner = expressions.operand(test.expr)
        # No link is None or NOTHING, so these are equal to none.
        return Code(f"{local}[{self._indexes.place(records.fact, 'of')}] == {owner.text}", 4)

    # ── The matches that a record is part of ──

    def write_from(self, start: int) -> str:
        """`from_N_P(eP)`: the matches with a record at a position, as (identities, records); the function's name."""
        name = f"from_{self.number}_{start}"
        scope = self.scope()
        body = scope.body
        bound = {start}
        rest = self._tests(scope, list(self.shape.tests), bound, "return ()")
        if len(self.shape.patterns) == 1:
            body.line(f"return ({self._pair()},)")
        else:
            self._unless_alone(scope, bound)
            body.line("found = []")
            self._join(scope, rest, bound, "return found")
            body.line("return found")
            self.seeds[start] = _seed(body.lines, start)
        scope.write(self._out, name, f"e{start}", "The matches that a record is part of.")
        return name

    def write_all(self) -> str:
        """`all_N()`: all matches; the function's name."""
        scope = self.scope()
        scope.body.line("found = []")
        self._join(scope, list(self.shape.tests), set(), "return found")
        scope.body.line("return found")
        scope.write(self._out, f"all_{self.number}", "", "All matches.")
        return f"all_{self.number}"

    def _pair(self) -> str:
        """A match by what tells it apart: the identities of its records, and the records."""
        identities = [f"e{position}[{meta(fact) + 2}]" for position, fact in enumerate(self.shape.facts)]
        key = identities[0] if len(identities) == 1 else sequence(identities)
        return f"({key}, {sequence(self.locals.values())})"

    def _tests(self, scope: RuleScope, tests: list[Test], bound: set[int], leave: str) -> list[Test]:
        """Write the tests that read bound records only; the others."""
        ready = [test for test in tests if test.reads <= bound]
        ready.sort(key=lambda test: test.expr is not None and _goes_through(test.expr))
        for test in ready:
            self._unless(scope, test, leave)
        return [test for test in tests if not test.reads <= bound]

    def _join(self, scope: RuleScope, tests: list[Test], bound: set[int], leave: str) -> None:
        """Loops over the records of the other patterns, each found by an index where there is one."""
        left = [i for i in range(len(self.shape.patterns)) if i not in bound]
        if not left:
            scope.body.line(f"found.append({self._pair()})")
            return
        position, equal = max(
            ((i, self._equalities(i, tests, bound)) for i in left), key=lambda p: (_rank(p[1]), -p[0])
        )
        bound = {*bound, position}
        used = {id(test) for test, _, _ in equal}
        tests = [test for test in tests if id(test) not in used]
        rows = self._rows(scope, position, equal, leave)
        if rows is None:
            tests = self._tests(scope, tests, bound, leave)
            self._join(scope, tests, bound, leave)
            return
        with scope.body.block(f"for e{position} in {rows}:"):
            tests = self._tests(scope, tests, bound, "continue")
            self._join(scope, tests, bound, "continue")

    def _equalities(self, position: int, tests: list[Test], bound: set[int]) -> list[_Equal]:
        """What a pattern's record is looked up by, of what is known: (test, field, value)."""
        found = self._equal_tests(position, tests, bound)
        by_key = [one for one in found if self._is_key(position, one[1])]
        if by_key:
            return by_key[:1]
        names: dict[str, _Equal] = {}
        for one in found:
            names.setdefault(one[1], one)
        return list(names.values())

    def _equal_tests(self, position: int, tests: list[Test], bound: set[int]) -> list[_Equal]:
        """What a pattern's record must be equal to, of what is known: (test, field, value)."""
        found: list[_Equal] = []
        var = self.shape.patterns[position].var
        for test in tests:
            if test.expr is None or position not in test.reads or not test.reads - {position} <= bound:
                continue
            if test.kind == "of" and test.position == position:
                found.append((test, "of", test.expr))
            elif test.kind == "of":
                mine = self._owner_field(test.expr, var)
                if mine is not None:
                    # The other record belongs to this one: its link is what is looked up.
                    link = self._indexes.place(self.shape.patterns[test.position].fact, "of")
                    found.append((test, mine, f"e{test.position}[{link}]"))
            elif test.kind == "clause":
                pair = equality(test.expr, var, self._plan)
                if pair is not None:
                    found.append((test, *pair))
        return found

    @staticmethod
    def _owner_field(expr: ir.Expr, var: str) -> str | None:
        """The field of a record that says which record others belong to; "" for the record itself."""
        if isinstance(expr, ir.VarRef) and expr.name == var:
            return ""
        if isinstance(expr, ir.FieldRef) and expr.var == var and len(expr.path) == 1:
            return expr.path[0]
        return None

    def _is_key(self, position: int, name: str) -> bool:
        """Whether records are told apart by a field, kept as the memory keeps keys."""
        fact = self.shape.facts[position]
        declared = next((f for f in fact.fields if f.key), None)
        return name == "" or (declared is not None and declared.name == name and declared.type.kind == "text")

    def _rows(
        self, scope: RuleScope, position: int, equal: list[_Equal], leave: str, often: bool = False
    ) -> str | None:
        """The code of the rows of a loop; None where the one record there can be is bound already. `often`: whether
        the loop runs so often that a table of those that meet the pattern's own conditions pays."""
        fact = self.shape.facts[position]
        if not equal:
            passing = self.alphas.table(self.shape, position) if often or self.alone(position) else None
            return f"{passing or self._indexes.table(fact.name)}.values()"
        values = [
            Operand(value, _NEVER_MISSING, "fact")
            if isinstance(value, str)
            else RuleExpressions(scope).operand(value)
            for _, _, value in equal
        ]
        guards = [code for value in values for code in _missing(value)]
        if guards:
            scope.body.line(f"if {any_of(guards).text}: {leave}")
        if self._is_key(position, equal[0][1]):
            scope.body.line(f"e{position} = {self._indexes.keyed(fact.name)}.get({values[0].text})")
            scope.body.line(f"if e{position} is None: {leave}")
            return None
        index = self._indexes.name(fact.name, tuple(name for _, name, _ in equal))
        texts = [value.text for value in values]
        return f"{index}.get({texts[0] if len(texts) == 1 else sequence(texts)}, ())"

    # ── The same, when their turn comes ──

    def write_lazy(self, start: int) -> str:
        """`lazy_N_P(eP, came)`: the same one by one, in the order in which they fire: the other records in the order
        of the patterns, each by its number, none of them newer than `came`; the function's name."""
        name = f"lazy_{self.number}_{start}"
        scope = self.scope()
        bound = {start}
        # What goes through records is asked when all are bound: records may have come in since.
        late = [test for test in self.shape.tests if test.expr is not None and _goes_through(test.expr)]
        tests = [test for test in self.shape.tests if test not in late]
        rest = self._tests(scope, tests, bound, "return")
        self._unless_alone(scope, bound, "return")
        self._loops(scope, rest, late, bound, "return")
        scope.write(self._out, name, f"e{start}, came", "The matches that a record is part of, as they fire.")
        return name

    def _loops(
        self,
        scope: RuleScope,
        tests: list[Test],
        late: list[Test],
        bound: set[int],
        leave: str,
        asked: frozenset[Test] = frozenset(),
    ) -> None:
        left = [i for i in range(len(self.shape.patterns)) if i not in bound]
        if not left:
            self._tests(scope, late, bound, leave)
            scope.body.line(f"yield {self._pair()}")
            return
        ready = [test for test in late if test.reads <= bound and test not in asked]
        if ready:
            # What is in the way now stays there as long as the cursor is open; more may come in the meantime.
            self._tests(scope, ready, bound, leave)
            scope.forget()
            asked |= frozenset(ready)
        position = left[0]
        equal = self._equalities(position, tests, bound)
        bound = {*bound, position}
        used = {id(test) for test, _, _ in equal}
        tests = [test for test in tests if id(test) not in used]
        rows = self._rows(scope, position, equal, leave, often=True)
        number = meta(self.shape.facts[position]) + 1
        newer = f"if e{position}[{number}] > came: "
        if rows is None:
            scope.body.line(f"{newer}{leave}")
            self._loops(scope, self._tests(scope, tests, bound, leave), late, bound, leave, asked)
            return
        order = "newest" if self._plan.policy.newest_first else "in_order"
        with scope.body.block(f"for e{position} in {order}({rows}, {number}):"):
            scope.body.line(f"{newer}continue")
            self._loops(scope, self._tests(scope, tests, bound, "continue"), late, bound, "continue", asked)

    # ── What ties records to each other ──

    def _ties(self) -> list[set[int]]:
        """For each pattern, the others that an equality ties it to."""
        everything = set(range(len(self.shape.patterns)))
        found: list[set[int]] = [set() for _ in everything]
        for position in everything:
            for test, _, _ in self._equal_tests(position, list(self.shape.tests), everything - {position}):
                for one in test.reads:
                    found[one] |= test.reads - {one}
        return found

    def alone(self, position: int) -> bool:
        """Whether no equality ties a pattern to another one: its record switches the others' matches on and off."""
        return len(self.shape.patterns) > 1 and not self.ties[position]

    def fact(self, name: str) -> ir.Fact:
        """A type of facts."""
        return self._plan.policy.fact(name)

    def is_concluded(self, fact: str) -> bool:
        """Whether rules conclude the facts of a type."""
        return self._plan.policy.fact(fact).concluded

    def _unless_alone(self, scope: RuleScope, bound: set[int], leave: str = "return ()") -> None:
        """Leave where there is no record for a pattern that nothing ties to the others."""
        for position, fact in enumerate(self.shape.facts):
            if position not in bound and self.alone(position):
                table = self.alphas.table(self.shape, position) or self._indexes.table(fact.name)
                scope.body.line(f"if not {table}: {leave}")

    # ── The matches that a record touches ──

    def write_pins(self, place: int, reads: Reads) -> str | None:
        """`pins_N_R(x)`: the records at the position of the link that a record touches, None where it may be any; the
        function's name, None where it is always any."""
        link = reads.link
        if link is None:
            return None
        name = f"pins_{self.number}_{place}"
        scope = self._touch_scope(reads)
        self._none_or_any(scope, reads, link, "return None", "return ()")
        rows = self._pinned(scope, reads, link)
        if link.theirs == "":
            scope.body.line(f"found = {rows}")
            scope.body.line("return () if found is None else (found,)")
        else:
            scope.body.line(f"return {rows}")
        scope.write(self._out, name, "x", "The records whose matches a record touches.")
        return name

    def _touch_scope(self, reads: Reads) -> RuleScope:
        return RuleScope(self._shared, self._indexes, {reads.var: "x"} if reads.records is not None else {})

    def _none_or_any(self, scope: RuleScope, reads: Reads, link: Link, any_: str, none: str) -> None:
        """Leave where a record touches no match, or may touch any."""
        if reads.records is not None:
            self._prefilter(scope, reads.records, none)
        value = self._own(scope, reads, link)
        if value.nature.unknown:
            scope.body.line(f"if {value.text} is None: {any_}")
        if value.nature.nothing:
            scope.body.line(f"if {value.text} is NOTHING: {none}")

    def _pinned(self, scope: RuleScope, reads: Reads, link: Link) -> str:
        """The code of the record at the position of the link (or None), or of several."""
        target, value = self.shape.facts[link.position], self._own(scope, reads, link)
        if link.theirs == "":
            return f"{self._indexes.keyed(target.name)}.get({value.text})"
        index = self._indexes.name(target.name, (link.theirs,))
        nature = RuleExpressions(scope).natures.record_path(target, (link.theirs,))
        rows = f"{index}.get({value.text}, ())"
        return f"(*{rows}, *{index}.get(None, ()))" if nature.unknown else rows

    def write_blocks(self, place: int, reads: Reads, counts: str) -> None:
        """`blocks_N_R(x)`: the matches that a record ends by coming in. `counts`: see `Blockers`."""
        scope, link, number = self._touch_scope(reads), reads.link, self.number
        every = f"block_all_{number}({counts}, x)"
        if link is None:
            scope.body.line(every)
        else:
            self._none_or_any(scope, reads, link, f"return {every}", "return None")
            rows = self._pinned(scope, reads, link)
            identity = f"pin[{meta(self.shape.facts[link.position]) + 2}]"
            if link.theirs == "":
                scope.body.line(f"pin = {rows}")
                scope.body.line(f"if pin is not None: block_{number}({identity}, {counts}, x)")
            else:
                scope.body.line(f"for pin in {rows}: block_{number}({identity}, {counts}, x)")
        scope.write(self._out, f"blocks_{number}_{place}", "x", "A record that there must not be comes in.")

    def _own(self, scope: RuleScope, reads: Reads, link: Link) -> Operand:
        fact = self._plan.policy.fact(reads.fact)
        if link.own == "of":
            return Operand(f"x[{len(fact.fields)}]", _NEVER_MISSING, "fact")
        name = link.own or next(f.name for f in fact.fields if f.key)
        place = field_place(fact, name)
        declared = fact.fields[place]
        nature = RuleExpressions(scope).natures.record_path(fact, (name,))
        text = f"x[{place}]"
        if link.own == "" and declared.type.kind == "int":
            text = f"str({text})"
        return Operand(text, nature, declared.type.kind)

    def _prefilter(self, scope: RuleScope, records: ir.Records, none: str) -> None:
        """Leave where a condition on the record alone is certainly false."""
        expressions = RuleExpressions(scope)
        for clause in walk.condition(records.where):
            alone = all(
                isinstance(n, ir.Const | ir.ListRef)
                or (isinstance(n, ir.FieldRef) and n.var == records.var and len(n.path) == 1)
                for n in walk.leaves((clause,))
            )
            if alone and not _goes_through(clause) and not _reads_time(clause):
                false = expressions.rails(clause).false
                if false not in {NEVER, ALWAYS}:
                    scope.body.line(f"if {false.text}: {none}")


def _seed(lines: Sequence[str], start: int) -> str | None:
    """Whether there is anything in the index in which a function looks first, as code about `x`; None where that
    hangs on more than the record that it starts from."""
    loop = next((line.strip() for line in lines if line.strip().startswith(("for ", "t"))), "")
    found = re.fullmatch(r"for e\d+ in (index_\d+)\.get\((\(?[^()]*\)?), \(\)\):", loop)
    if found is None or set(re.findall(r"e(\d+)\[\d+\]", found[2])) != {str(start)}:
        return None
    if not re.fullmatch(r"\(?(e\d+\[\d+\](, )?)+\)?", found[2]):
        return None
    return f"{found[2].replace(f'e{start}[', 'x[')} in {found[1]}"


def _goes_through(expr: ir.Expr) -> bool:
    """Whether an expression goes through records: then it is looked at last."""
    return any(isinstance(node, walk.RECORD_EXPRS) for node in walk.nodes((expr,)))


def _reads_time(expr: ir.Expr) -> bool:
    return any(isinstance(node, ir.Call) and node.function == "age" for node in walk.nodes((expr,)))


def _rank(equal: list[_Equal]) -> int:
    return len(equal)


def _missing(value: Operand) -> list[Code]:
    found = [Code(f"{value.text} is None", 4)] if value.nature.unknown else []
    return found + ([Code(f"{value.text} is NOTHING", 4)] if value.nature.nothing else [])
