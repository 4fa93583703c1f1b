"""Who made an expression unknown: the fields to ask for (decision records 0002, section 6, and 0009, section 2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from leadpolicy.compiler import ir
from leadpolicy.compiler.interpreter.aggregates import Member, members, record_of
from leadpolicy.compiler.interpreter.expressions import Evaluator
from leadpolicy.compiler.interpreter.reads import RecordNode, lets_to_work_out, operands
from leadpolicy.compiler.interpreter.records import Record, dated
from leadpolicy.compiler.interpreter.situation import Mode
from leadpolicy.compiler.interpreter.values import UNKNOWN, Absent, is_unsure


@dataclass(frozen=True, slots=True)
class FieldName:
    """A field to ask for: of this record, or of the records of a type."""

    path: tuple[str, ...]
    fact: str | None = None

    def __str__(self) -> str:
        return ".".join(self.path if self.fact is None else (self.fact, *self.path))


Names: TypeAlias = tuple[FieldName, ...]


def distinct(names: Iterable[FieldName]) -> Names:
    """Each name once, in order of appearance."""
    return tuple(dict.fromkeys(names))


class PartCulprits(Protocol):
    """Who made a policy's other parts unknown."""

    def table(self, table: ir.Table) -> Names: ...

    def gate(self, gate: ir.Gate) -> Names: ...

    def stage(self, index: int) -> Names: ...


def _values(expr: RecordNode) -> tuple[ir.Expr, ...]:
    """What is read of each record that counts, or may."""
    if isinstance(expr, ir.Leave):
        return expr.start, expr.end
    return (expr.value,) if isinstance(expr, ir.Distinct | ir.Total) else ()


class Culprits:
    """Looks for them; without `parts` in expressions that read no other part (a score's entries, ruling 25)."""

    def __init__(self, parts: PartCulprits | None = None) -> None:
        self._parts = parts

    def expression(self, expr: ir.Expr, evaluator: Evaluator, mode: Mode) -> Names:
        """The fields that made an expression unknown; none where it is known."""
        if not is_unsure(evaluator.evaluate(expr, mode)):
            return ()
        book = evaluator.situation.book
        match expr:
            case ir.LetRef():
                return self._let(expr.name, evaluator, mode)
            case ir.FieldRef():
                return self.path(expr.path, evaluator, None if expr.var == "this" else evaluator.bound(expr.var))
            case ir.TableRef() if self._parts is not None:
                return self._parts.table(book.tables[expr.name])
            case ir.GateRef() if self._parts is not None:
                return self._parts.gate(book.gates[expr.name])
            case ir.StageRef() if self._parts is not None:
                return self._parts.stage(book.stages[expr.name])
            case ir.Any() | ir.Count() | ir.Distinct() | ir.Total() | ir.Pick() | ir.Leave():
                return self._over_records(expr, evaluator, mode)
            case ir.Attr():
                base = record_of(expr.base, evaluator, mode)
                if isinstance(base, Absent):
                    return self.expression(book.look_through(expr.base), evaluator, mode)
                return self.path(expr.path, evaluator, base)
            case _:
                parts = (self.expression(operand, evaluator, mode) for operand in operands(expr, book))
                return distinct(name for part in parts for name in part)

    def _let(self, name: str, evaluator: Evaluator, mode: Mode) -> Names:
        """Those of a let, found once in a situation, behind those of the lets that it names."""
        book, known, whole = evaluator.situation.book, evaluator.culprits, self._parts is not None
        if (name, mode, whole) not in known:
            for needed in lets_to_work_out(name, lambda n: (n, mode, whole) in known, book):
                known[needed, mode, whole] = self.expression(book.lets[needed].expr, evaluator, mode)
        return known[name, mode, whole]

    def path(self, path: tuple[str, ...], evaluator: Evaluator, record: Record | None = None) -> Names:
        """The first step of a path that is unknown."""
        situation = evaluator.situation
        first = situation.records.first_unsure(situation.book, path, record)
        return () if first is None else (FieldName(first, None if record is None else record.fact),)

    def condition(self, condition: ir.Condition | None, evaluator: Evaluator, mode: Mode) -> Names:
        """The fields behind the unknown clauses of a condition."""
        clauses = () if condition is None else condition.clauses
        unknown = [c.expr for c in clauses if evaluator.truth(c.expr, mode) is UNKNOWN]
        return distinct(name for expr in unknown for name in self.expression(expr, evaluator, mode))

    # ── Records ──

    def _over_records(self, expr: RecordNode, evaluator: Evaluator, mode: Mode) -> Names:
        """Those behind the maybes; then those behind unknown values."""
        looked_at = members(expr.records, evaluator, mode)
        names = list(self.maybes(looked_at, expr.records, evaluator, mode))
        values = _values(expr)
        for member in looked_at if values else ():
            if member.counts is not False:
                inside = evaluator.binding(expr.records.var, member.record)
                names += [name for value in values for name in self.expression(value, inside, mode)]
        return distinct(names)

    def maybes(self, looked_at: list[Member], expr: ir.Records, evaluator: Evaluator, mode: Mode) -> Names:
        """The fields behind the records of which it is unknown whether they count."""
        return distinct(
            name
            for member in looked_at
            if member.counts is UNKNOWN
            for name in self._maybe(member, expr, evaluator, mode)
        )

    def _maybe(self, member: Member, expr: ir.Records, evaluator: Evaluator, mode: Mode) -> Iterator[FieldName]:
        record, book = member.record, evaluator.situation.book
        inside = evaluator.binding(expr.var, record)
        if member.own is UNKNOWN and expr.of is not None:
            yield from self.expression(expr.of, evaluator, mode)
        if member.where is UNKNOWN:
            yield from self.condition(expr.where, inside, mode)
        if member.window is UNKNOWN:
            if dated(record, book) is UNKNOWN:
                yield FieldName((book.facts[expr.fact].dated or "",), expr.fact)
            if expr.window is not None and expr.window.since is not None:
                yield from self.expression(expr.window.since, inside, mode)
