"""Blame in generated code: functions that say who made an expression unknown."""

from __future__ import annotations

from collections.abc import Callable

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_python import event_entries, records, walk
from leadpolicy.compiler.to_python.expressions import Expressions
from leadpolicy.compiler.to_python.literals import literal, sequence
from leadpolicy.compiler.to_python.nature import OPEN
from leadpolicy.compiler.to_python.record_fields import RecordFields
from leadpolicy.compiler.to_python.scope import Scope, Shared
from leadpolicy.compiler.to_python.uses import Uses


class Blames:
    """Who can make an expression unknown, as sources: slots, and `~i` for part `i`."""

    def __init__(self, shared: Shared, uses: Uses, parts: dict[tuple[str, str], int]) -> None:
        self._shared = shared
        self._plan = shared.plan
        self._uses = uses
        self._parts = parts
        self.fields = RecordFields(shared.plan)

    def of(self, expr: ir.Expr, mode: str) -> str:
        """The code of what tells: a tuple of sources, or the function that finds them."""
        sources = self.sources(expr, mode)
        if sources is not None:
            return sequence(map(literal, sources)) if sources else "()"
        scope = Scope(self._shared, self._plan.names.make("blame"))
        expressions = Expressions(scope, mode)
        result = self._write(expressions, expr, {})
        scope.body.line(f"return {result}")
        return scope.finish("Who makes a clause unknown, where it is.")

    def sources(self, expr: ir.Expr, mode: str) -> tuple[int, ...] | None:
        """The sources, where each of them that is unknown makes the expression so; None where that depends."""
        if not self._shared.natures.of(expr, mode).unknown:
            return ()
        if isinstance(expr, ir.IsKnown):
            expr = expr.arg
        return self._all(expr) if self._uses.is_strict(expr) else None

    def entry(self, entry: walk.Entry) -> str:
        """Who makes an entry that reads records unsettled."""
        scope = Scope(self._shared, self._plan.names.make("blame"))
        expressions = Expressions(scope, OPEN, open_rows=isinstance(entry, ir.EventEntry))
        if isinstance(entry, ir.EventEntry):
            rows = f"{event_entries.members(expressions, entry)}[1]"
            parts = [self._maybes(expressions, entry.records, rows, event_entries.needs_time(entry))]
        else:
            parts = [self._write(expressions, expr, {}) for expr in self._of_records(walk.entry(entry))]
        scope.body.line(f"return {_union(parts)}")
        return scope.finish(f"Who makes the entry of line {int(entry.place.line)} unknown.")

    def _of_records(self, exprs: tuple[ir.Expr, ...]) -> list[ir.Expr]:
        """The outermost expressions over records, lets looked through, in order of appearance."""
        found: dict[int, ir.Expr] = {}
        stack = list(reversed(exprs))
        while stack:
            expr = stack.pop()
            if isinstance(expr, ir.LetRef):
                stack.append(self._plan.lets[expr.name].expr)
            elif isinstance(expr, (*walk.RECORD_EXPRS, ir.Attr)):
                found[id(expr)] = expr
            else:
                stack.extend(reversed(walk.children(expr)))
        return list(found.values())

    def _all(self, expr: ir.Expr) -> tuple[int, ...]:
        """Every source in a strict expression."""
        found: dict[int, None] = {}
        seen: set[str] = set()
        stack: list[ir.Expr] = [expr]
        while stack:
            node = stack.pop()
            slot = self._shared.natures.slot(node) if not isinstance(node, ir.LetRef) else None
            part = self.part(node)
            if isinstance(node, ir.LetRef):
                if node.name not in seen:
                    seen.add(node.name)
                    stack.append(self._plan.lets[node.name].expr)
            elif slot is not None:
                found[slot] = None
            elif part is not None:
                found[~part] = None
            else:
                stack.extend(reversed(walk.children(node)))
        return tuple(found)

    def part(self, expr: ir.Expr) -> int | None:
        """The part whose value an expression is."""
        match expr:
            case ir.TableRef():
                return self._parts["table", expr.name]
            case ir.GateRef():
                return self._parts["gate", expr.name]
            case ir.StageRef():
                return self._parts["stage", expr.name]
            case _:
                return None

    def _write(self, expressions: Expressions, expr: ir.Expr, lets: dict[str, str]) -> str:
        """A name for the sources of an expression: none where it is known."""
        nature = expressions.nature(expr)
        if not nature.unknown:
            return "()"
        if isinstance(expr, ir.LetRef):
            return self._write_let(expressions, expr, lets)
        if isinstance(expr, ir.FieldRef) and expr.var != "this":
            return self._record_path(expressions, expr)
        value = expressions.operand(expr).text
        if self._uses.is_strict(expr):
            found = self._all(expr)
            below = sequence(map(literal, found)) if found else "()"
        elif isinstance(expr, walk.RECORD_EXPRS):
            below = self._records(expressions, expr)
        elif isinstance(expr, ir.Attr):
            below = self._attr(expressions, expr, lets)
        else:
            parts = [self._write(expressions, child, lets) for child in walk.children(expr)]
            parts = [part for part in parts if part != "()"]
            below = parts[0] if len(parts) == 1 else f"union({', '.join(parts)})"
        unsure = f"{value}[1]" if isinstance(expr, ir.Leave) else f"{value} is None"
        test = f"{below} if {unsure} else ()"
        if isinstance(expr, ir.FieldRef) and expr.type.kind == "list":
            # A list that may have more counts as unknown; the engine looks at the slot itself.
            test = below
        return expressions.scope.hoist(test)

    def _write_let(self, expressions: Expressions, expr: ir.LetRef, lets: dict[str, str]) -> str:
        """Lets in the order of their declaration, each once."""
        if expr.name in lets:
            return lets[expr.name]
        order = [expr.name]
        seen = {expr.name}
        for name in order:
            for node in walk.leaves((self._plan.lets[name].expr,)):
                if isinstance(node, ir.LetRef) and node.name not in seen:
                    seen.add(node.name)
                    order.append(node.name)
        for name in self._plan.lets:
            if name in seen and name not in lets:
                lets[name] = self._write(expressions, self._plan.lets[name].expr, lets)
        return lets[expr.name]

    # ── Records ──

    def _records(self, expressions: Expressions, expr: walk.RecordExpr) -> str:
        """Who makes an aggregate unknown: the maybes, then the unknown values."""
        found = records.members(expressions, expr.records)
        parts = [self._maybes(expressions, expr.records, f"{found}[1]")]
        values = _values(expr)
        if values:

            def blame(inner: Expressions) -> list[str]:
                lets: dict[str, str] = {}
                return [self._write(inner, value, lets) for value in values]

            parts.append(self._over(expressions, expr.records, f"{found}[2]", blame))
        return expressions.scope.hoist(_union(parts))

    def _maybes(self, expressions: Expressions, found: ir.Records, rows: str, timed: bool = False) -> str:
        """Who makes records maybes: whose they are, the filter, the time, the window's start."""
        fact = self._plan.policy.fact(found.fact)

        def blame(inner: Expressions) -> list[str]:
            lets: dict[str, str] = {}
            parts = [self._write(inner, expr, lets) for expr in walk.condition(found.where)]
            if fact.dated is not None and (timed or found.window is not None):
                parts.append(self._steps(inner, fact, (fact.dated,), inner.scope.variable(found.var)))
            if found.window is not None and found.window.since is not None:
                parts.append(self._write(inner, found.window.since, lets))
            return parts

        inside = self._over(expressions, found, rows, blame)
        if found.of is None or not expressions.nature(found.of).unknown:
            return inside
        of = self._write(expressions, found.of, {})
        return expressions.scope.hoist(f"{_union([of, inside])} if {rows} else ()")

    def _over(
        self, expressions: Expressions, found: ir.Records, rows: str, blame: Callable[[Expressions], list[str]]
    ) -> str:
        """The call of a function that gathers sources over rows."""
        scope = Scope(self._shared, self._plan.names.make("blame"), inner=True)
        variable = scope.bind(found.var)
        scope.body.line("found = ()")
        with scope.body.block(f"for {variable} in rows:"):
            parts = [part for part in blame(expressions.in_scope(scope)) if part != "()"]
            scope.body.line(f"found = {_union(['found', *parts])}")
        scope.body.line("return found")
        scope.finish("Who makes records unknown.", over="rows")
        if not parts:
            return "()"
        return expressions.scope.hoist(expressions.scope.call_over(scope, rows))

    def _record_path(self, expressions: Expressions, expr: ir.FieldRef) -> str:
        fact = self._plan.bindings.fact_of(expr)
        return self._steps(expressions, fact, expr.path, expressions.scope.variable(expr.var))

    def _steps(self, expressions: Expressions, fact: ir.Fact, path: tuple[str, ...], record: str) -> str:
        """The first unknown step of a path from a record; none where it is known."""
        place = records.field_place(fact, path[0])
        return self._path(expressions, fact, path, f"{record}[{place}]")

    def _path(self, expressions: Expressions, fact: ir.Fact, path: tuple[str, ...], value: str) -> str:
        """The same from the value of the first step."""
        tests: list[str] = []
        type_ = fact.fields[records.field_place(fact, path[0])].type
        for length in range(1, len(path) + 1):
            if length > 1:
                value = records.follow(expressions, value, type_, path[length - 1 : length])
                above = self._plan.policy.fact(type_.fact or "")
                type_ = above.fields[records.field_place(above, path[length - 1])].type
            test = f"is_unknown({value})" if type_.kind == "list" else f"{value} is None"
            tests.append(f"({literal(self.fields.source(fact, path[:length]))},) if {test} else ")
        return expressions.scope.hoist("".join(tests) + "()")

    def _attr(self, expressions: Expressions, expr: ir.Attr, lets: dict[str, str]) -> str:
        """Who made a picked record's field unknown: who made the pick so, else the first unknown step."""
        base = self._plan.resolve(expr.base)
        fact = self._plan.fact_named(base)
        below = self._write(expressions, expr.base, lets)
        if isinstance(base, ir.Pick):
            reference = records.pick(expressions, base)
        else:
            reference = expressions.operand(expr.base).text
        value = records.first_step(expressions, expr)
        steps = self._path(expressions, fact, expr.path, value)
        return expressions.scope.hoist(f"{below} if {reference} is None else {steps}")


def _values(expr: walk.RecordExpr) -> tuple[ir.Expr, ...]:
    """What is read of each record that counts, or may."""
    if isinstance(expr, ir.Leave):
        return expr.start, expr.end
    return (expr.value,) if isinstance(expr, ir.Distinct | ir.Total) else ()


def _union(parts: list[str]) -> str:
    """Sources joined."""
    kept = [part for part in parts if part != "()"]
    return f"union({', '.join(kept)})" if len(kept) > 1 else kept[0] if kept else "()"
