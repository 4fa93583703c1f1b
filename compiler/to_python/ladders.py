"""Tables and the route: functions that go down the rows, noting those that are unknown, to the first true one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias, TypeVar

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_python import walk
from leadpolicy.compiler.to_python.code import ALWAYS, CONDITIONAL, NEVER, Code, all_of, any_of, inverse
from leadpolicy.compiler.to_python.dispatch import NONE, UNKNOWN, Line
from leadpolicy.compiler.to_python.dispatch_writer import DispatchWriter, Rows
from leadpolicy.compiler.to_python.expressions import Expressions
from leadpolicy.compiler.to_python.literals import literal, outcome, sequence
from leadpolicy.compiler.to_python.nature import PLAIN
from leadpolicy.compiler.to_python.rails import Operand, Rails
from leadpolicy.compiler.to_python.scope import Scope, Shared
from leadpolicy.compiler.to_python.writer import Writer


def row_outcome(table: ir.Table, row: ir.Row) -> str:
    """The code of a row's outcome: a value, or a tuple of several outputs."""
    parts = [_output(output.type, value) for output, value in zip(table.outputs, row.outputs, strict=True)]
    return parts[0] if len(parts) == 1 else sequence(parts)


def _output(type_: ir.Type, value: ir.ConstValue) -> str:
    if isinstance(value, tuple):
        kind = type_.item.kind if type_.item else "text"
        return f"Items({sequence(outcome(kind, one) for one in value)})"
    return outcome(type_.kind, value)


def outcomes_name(shared: Shared, table: ir.Table) -> str:
    """The constant that holds a table's outcomes, one a row."""
    rows = sequence(row_outcome(table, row) for row in table.rows) if table.rows else "()"
    return shared.constants.name("OUTCOMES", rows)


class Ladders:
    """Writes the functions of tables and the route."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._plan = shared.plan
        self._dispatch = DispatchWriter(shared)
        self._written: dict[str, Scope] = {}
        """The functions that are written, by name: all that decide call the same ones."""

    def write_table(self, caller: Scope, table: ir.Table) -> None:
        """The table's function, and its call in the caller."""
        name = caller.own(("table", table.name))
        caller.body.line()
        caller.body.comment(table.place)
        if table.hit != "collect" and self._is_short(table):
            self._write_chain(caller, table, name)
            return
        function = f"{'collect' if table.hit == 'collect' else 'find'}_{name}"
        if function not in self._written:
            write = self._collect if table.hit == "collect" else self._search
            self._written[function] = write(table, function)
        self._dispatch.write_call(caller, self._written[function], name)

    def _is_short(self, table: ir.Table) -> bool:
        """Whether a table is few rows that are never unknown: then an `if` chain says it all."""
        return 0 < len(table.rows) <= 20 and not any(
            self._shared.natures.of(e, PLAIN).unknown for row in table.rows for e in walk.condition(row.condition)
        )

    def _write_chain(self, caller: Scope, table: ir.Table, name: str) -> None:
        expressions = Expressions(caller)
        tests = [expressions.truth(row.condition) for row in table.rows]
        word = "if"
        for row, test in zip(table.rows, tests, strict=True):
            caller.body.mark(row.place)
            always = test == ALWAYS
            if always and word == "if":
                caller.body.line(f"{name} = {row_outcome(table, row)}")
                return
            with caller.body.block("else:" if always else f"{word} {test.text}:"):
                caller.body.line(f"{name} = {row_outcome(table, row)}")
            if always:
                return
            word = "elif"
        with caller.body.block("else:"):
            caller.body.line(f"{name} = NOTHING")

    def _search(self, table: ir.Table, name: str) -> Scope:
        """First row that is true; of a table with `unique` rows, the one that is."""
        outcomes = outcomes_name(self._shared, table)
        codes = [row_outcome(table, row) for row in table.rows]
        firsts = _firsts(codes)

        def settle(noted: tuple[int, ...], first: int | None) -> int:
            if first is not None and table.hit == "unique":
                return first
            if first is None and not (table.complete and noted):
                return UNKNOWN if noted else NONE
            last = noted[0] if first is None else first
            return last if all(codes[i] == codes[last] for i in noted) else UNKNOWN

        return self._dispatch.function(
            name,
            Rows(
                _lines(row.condition for row in table.rows),
                settle,
                lambda: self._shared.constants.name("ENDS", f"(*{outcomes}, None, NOTHING)"),
                lambda scope, lines: self._go_down(scope, table, outcomes, lines, firsts),
                f"The table of line {int(table.place.line)}.",
                unique=table.hit == "unique",
            ),
        )

    def _go_down(
        self, scope: Scope, table: ir.Table, outcomes: str, lines: Sequence[Line], firsts: Mapping[str, int]
    ) -> bool:
        """Row after row. Of those that are unknown, `seen` is the first one; as soon as another would give something
        else, nothing below matters. Where rows exclude each other, a true one below wins: all are noted there."""
        unique = table.hit == "unique"
        complete = literal(table.complete)
        body = scope.body
        noting = False
        for line in lines:
            index, condition, row = line.number, _condition(line), table.rows[line.number]
            expressions = Expressions(scope)
            rails = expressions.condition(condition)
            found = row_outcome(table, row)
            wins = found if unique or not noting else None
            body.mark(row.place)
            same = firsts[found]
            if wins is None:
                wins = f"{found} if seen in {{-1, {same}}} else None"
            if rails.true == ALWAYS:
                body.line(f"return {wins}")
                return line is lines[-1]
            with body.block(f"if {rails.true.text}:"):
                body.line(f"return {wins}")
            if expressions.may_be_unknown(condition):
                if not noting:
                    body.lines.insert(0, "noted = ()" if unique else "seen = -1")
                    body.places = [(at + 1, place) for at, place in body.places]
                    noting = True
                with body.block(f"if {rails.left.text}:"):
                    if unique:
                        body.line(f"noted += ({index},)")
                    else:
                        _note(body, same, "None")
        if unique:
            body.line(f"return settle({outcomes}, {'noted' if noting else '()'}, None, {complete})")
        else:
            unsure = f"{outcomes}[seen]" if table.complete else "None"
            body.line(f"return NOTHING if seen < 0 else {unsure}" if noting else "return NOTHING")
        return True

    def _collect(self, table: ir.Table, name: str) -> Scope:
        scope = Scope(self._shared, name, inner=True)
        body = scope.body
        body.line("sure = []")
        body.line("maybe = []")
        for index, row in enumerate(table.rows):
            expressions = Expressions(scope)
            rails = expressions.condition(row.condition)
            body.mark(row.place)
            if rails.true == ALWAYS:
                body.line(f"sure.append({index})")
                continue
            with body.block(f"if {rails.true.text}:"):
                body.line(f"sure.append({index})")
            if expressions.may_be_unknown(row.condition):
                with body.block(f"elif {rails.left.text}:"):
                    body.line(f"maybe.append({index})")
        body.line(f"return collect({outcomes_name(self._shared, table)}, sure, maybe)")
        scope.finish(f"The table of line {int(table.place.line)}.")
        return scope

    # ── Route ──

    def write_route(self, caller: Scope, route: ir.Route) -> None:
        """The route's function, and its call in the caller; a disqualified lead goes where its entry says."""
        if "pick_route" not in self._written:
            self._written["pick_route"] = self._pick(route)
        name = caller.own(("route", ""))
        caller.body.line()
        caller.body.comment(route.place)
        call = caller.call(self._written["pick_route"])
        tests = self._short_route(caller, route)
        disqualified = None
        if self._plan.policy.disqualify:
            members = self._disqualified_members(caller)
            disqualified = caller.result(("disqualified", ""))
            with caller.body.block(f"if {disqualified}:"):
                caller.body.line(f"chosen = {caller.result(('disqualify', ''))}.index(True)")
                caller.body.line(f"{name} = (DISQUALIFIED, chosen, {members})")
        if tests:
            self._write_short_route(caller, tests, name, call, disqualified is not None)
        elif disqualified is None:
            self._dispatch.write_call(caller, self._written["pick_route"], name)
        else:
            with caller.body.block("else:"):
                caller.body.line(f"{name} = {call}")

    def _short_route(self, caller: Scope, route: ir.Route) -> list[tuple[ir.RouteEntry, Rails, bool]]:
        """The entries of a route that is written out where it is needed: few, none of which names a member, all told
        by what is there already; with their rails, and whether they can be unknown. Else none."""
        named = any(walk.destination(entry.destination, self._plan.owner) for entry in route.entries)
        if (
            named
            or self._dispatch.looks_up(self._written["pick_route"])
            or not 0 < len(route.entries) <= _SHORT_ROUTE
        ):
            return []
        trial = Scope(self._shared, "trial", inner=True)
        expressions = Expressions(trial)
        tests: list[tuple[ir.RouteEntry, Rails, bool]] = []
        for entry in route.entries:
            rails = expressions.condition(entry.condition)
            tests.append((entry, rails, expressions.may_be_unknown(entry.condition)))
            if rails.true == ALWAYS:
                break
        if trial.body.lines:
            return []
        for get in trial.wanted.values():
            get(caller)
        return tests

    def _write_short_route(
        self, caller: Scope, tests: list[tuple[ir.RouteEntry, Rails, bool]], name: str, call: str, other: bool
    ) -> None:
        """Down the entries to the first one that isn't false. Where that is unknown, the function tells."""
        body = caller.body
        word = "elif" if other else "if"
        for index, (entry, rails, unknown) in enumerate(tests):
            found = self._shared.constants.name("TO", f"(ENTRY, {index}, None)")
            always = rails.true == ALWAYS
            body.mark(entry.place)
            if always and word == "if":
                body.line(f"{name} = {found}")
                return
            if unknown:
                with body.block(f"{word} {inverse(rails.false).text}:"):
                    true = rails.true.at(CONDITIONAL + 1)
                    body.line(
                        f"{name} = {call}" if rails.true == NEVER else f"{name} = {found} if {true} else {call}"
                    )
            else:
                with body.block("else:" if always else f"{word} {rails.true.text}:"):
                    body.line(f"{name} = {found}")
            if always:
                return
            word = "elif"
        with body.block("else:"):
            body.line(f"{name} = {self._shared.constants.name('TO', '(NOBODY, -1, None)')}")

    def _disqualified_members(self, caller: Scope) -> str:
        entries = self._plan.policy.disqualify or ()
        named = [walk.destination(entry.destination, self._plan.owner) for entry in entries]
        if not any(named):
            return "None"
        members: list[str] = []
        for entry, exprs in zip(entries, named, strict=True):
            if not exprs:
                members.append("None")
                continue
            key = Expressions(caller).operand(exprs[0])
            records = self._records(caller, entry.destination, exprs[0])
            members.append(f"member({records}, {key.text})")
        return f"{sequence(members)}[chosen]"

    def _records(self, scope: Scope, destination: ir.Destination, expr: ir.Expr) -> str:
        """The passed records that a member's key is looked for in; None for an owner, who needn't be among them."""
        if destination.kind == "owner":
            return "None"
        type_ = getattr(self._plan.resolve(expr), "type", None)
        fact = type_.fact if isinstance(type_, ir.Type) and type_.fact else self._plan.policy.member_fact
        return f"{scope.facts()}[{literal(fact)}]"

    def _pick(self, route: ir.Route) -> Scope:
        goals = list(map(_goal, route.entries))
        firsts = _firsts(goals)

        def settle(noted: tuple[int, ...], first: int | None) -> int:
            if first is None:
                return UNKNOWN if noted else NONE
            return first if all(goals[i] == goals[first] for i in noted) else UNKNOWN

        def ends() -> str:
            won = f"(ENTRY, i, None) for i in range({len(goals)})"
            return self._shared.constants.name("ENDS", f"(*({won}), (UNDECIDED, -1, None), (NOBODY, -1, None))")

        naming = any(walk.destination(entry.destination, self._plan.owner) for entry in route.entries)
        rows = Rows(
            _lines(entry.condition for entry in route.entries),
            settle,
            ends,
            lambda scope, lines: self._go_down_route(scope, route, lines, None if naming else firsts),
            f"The route of line {int(route.place.line)}.",
        )
        if naming:
            return self._dispatch.linear("pick_route", rows)
        return self._dispatch.function("pick_route", rows)

    def _go_down_route(
        self, scope: Scope, route: ir.Route, lines: Sequence[Line], firsts: Mapping[_Goal, int] | None
    ) -> bool:
        """Entry after entry; what is unknown as in `_go_down`. Where an entry names a member (no `firsts`), all are
        noted: who that is only the lead tells."""
        body = scope.body
        body.line("noted = ()" if firsts is None else "seen = -1")
        for line in lines:
            index, condition, entry = line.number, _condition(line), route.entries[line.number]
            expressions = Expressions(scope)
            rails = expressions.condition(condition)
            unknown = expressions.may_be_unknown(condition)
            named = walk.destination(entry.destination, self._plan.owner)
            if named:
                key = expressions.operand(named[0])
                possible = inverse(rails.false) if unknown else rails.true
                there = all_of([self.skip(scope, entry.destination, key, named[0]), possible])
                body.mark(entry.place)
                self._named_entry(scope, index, key, there, rails.true)
                continue
            body.mark(entry.place)
            if firsts is None:
                won = f"return settle_route(ROUTE, noted, ({index}, None)) if noted else (ENTRY, {index}, None)"
            else:
                won = f"return (ENTRY, {index}, None) if seen in {{-1, {firsts[_goal(entry)]}}} else {_UNDECIDED}"
            if rails.true == ALWAYS:
                body.line(won)
                return line is lines[-1]
            with body.block(f"if {rails.true.text}:"):
                body.line(won)
            if unknown:
                with body.block(f"if {rails.left.text}:"):
                    if firsts is None:
                        body.line(f"noted += (({index}, None),)")
                    else:
                        _note(body, firsts[_goal(entry)], _UNDECIDED)
        if firsts is None:
            body.line("return settle_route(ROUTE, noted, None)")
        else:
            body.line(f"return (NOBODY, -1, None) if seen < 0 else {_UNDECIDED}")
        return True

    def _named_entry(self, scope: Scope, index: int, key: Operand, there: Code, true: Code) -> None:
        """An entry that names a member: skipped where there is none, unknown where it is unknown."""
        body = scope.body
        with body.block(f"if {there.text}:"):
            known = all_of([true, Code(f"{key.text} is not None", 4)]) if key.nature.unknown else true
            with body.block(f"if {known.text}:"):
                found = f"(ENTRY, {index}, {key.text})"
                body.line(f"return settle_route(ROUTE, noted, ({index}, {key.text})) if noted else {found}")
            if there != true or key.nature.unknown:
                body.line(f"noted += (({index}, {key.text}),)")

    def skip(self, scope: Scope, destination: ir.Destination, key: Operand, expr: ir.Expr) -> Code:
        """That an entry isn't skipped: its member is unknown, or there."""
        tests: list[Code] = []
        if destination.kind == "owner":
            return Code(f"{key.text} is not NOTHING", 4) if key.nature.nothing else ALWAYS
        if key.nature.unknown:
            tests.append(Code(f"{key.text} is None", 4))
        tests.append(Code(f"{key.text} in {self._records(scope, destination, expr)}", 4))
        return any_of(tests)


_SHORT_ROUTE = 40
"""A chain of more `elif` than this is too deep for Python's compiler."""
_UNDECIDED = "(UNDECIDED, -1, None)"


_Goal: TypeAlias = tuple[str, str | None, ir.Duration | None]
_T = TypeVar("_T")


def _goal(entry: ir.RouteEntry) -> _Goal:
    """Where an entry leads: entries that lead to the same place are one to a decision."""
    return entry.destination.kind, entry.destination.name, entry.destination.duration


def _firsts(outcomes: Iterable[_T]) -> dict[_T, int]:
    """The first row of each outcome."""
    found: dict[_T, int] = {}
    for number, one in enumerate(outcomes):
        found.setdefault(one, number)
    return found


def _note(body: Writer, same: int, unsure: str) -> None:
    """An unknown row: `same` is the first one with its outcome."""
    with body.block(f"if seen not in {{-1, {same}}}:"):
        body.line(f"return {unsure}")
    body.line(f"seen = {same}")


def _lines(conditions: Iterable[ir.Condition | None]) -> tuple[Line, ...]:
    found = enumerate(conditions)
    return tuple(Line(number, () if one is None else one.clauses) for number, one in found)


def _condition(line: Line) -> ir.Condition | None:
    return ir.Condition(clauses=line.clauses) if line.clauses else None
