"""Records of the lead over columns: one pass over a frame of records, one row a lead (0009, sections 2 and 3).

Each row of the records says whether it counts for each filter and window; then all are added up by the lead that
they belong to. What depends on the lead in a filter, and records of other facts, are the evaluator's.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_polars.nodes import Graph, Node
from leadpolicy.compiler.to_polars.values import LARGEST, SCALE, SURE, CannotLowerError, Truth, Value
from leadpolicy.compiler.to_python import walk
from leadpolicy.compiler.to_python.literals import SCALED_KINDS, literal
from leadpolicy.compiler.to_python.plan import Plan

_MOST_RECORDS = 10**9


@dataclass(slots=True)
class FactRecords:
    """What is worked out of the records of one fact. `rows`: columns a record; `sums`: columns a lead, each with its
    text and its value where a lead has no record; `reads`: the fields read, each with its column."""

    fact: ir.Fact
    graph: Graph = field(default_factory=Graph)
    rows: dict[Node, str] = field(default_factory=dict)
    sums: dict[str, tuple[str, str]] = field(default_factory=dict)
    reads: dict[str, str] = field(default_factory=dict)
    ordered: bool = False

    def unsettled(self, name: str) -> str:
        """The column, of that name, that is true of a lead where something is unknown of a record that may matter."""
        tests: list[str] = []
        for field_name, column in self.reads.items():
            declared = next(one for one in self.fact.fields if one.name == field_name)
            or_none = declared.or_none or declared.role in {"owner", "assigned"}
            present = f" & ~col({literal(column + '__absent')})" if or_none else ""
            tests.append(f"(col({literal(column)}).is_null(){present})")
        self.sums[name] = (f"({' | '.join(tests)}).any()", "False")
        return name


class RecordColumns:
    """Lowers what is made of records."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self.facts: dict[str, FactRecords] = {}
        self._counting: dict[tuple[str, str], tuple[str, str | None]] = {}
        self._columns: dict[str, str] = {}

    # ── A record's own values ──

    def of_field(self, fact: FactRecords, expr: ir.FieldRef) -> Value:
        """A field of the record at hand."""
        if len(expr.path) > 1 or expr.type.kind == "list":
            raise CannotLowerError("it reads a list, or a path, of a record")
        name = expr.path[0]
        declared = next(one for one in fact.fact.fields if one.name == name)
        column = fact.reads.setdefault(name, self._plan.names.make("r", name))
        node = fact.graph.column(column)
        or_none = declared.or_none or declared.role in {"owner", "assigned"}
        absent = fact.graph.column(f"{column}__absent") if or_none else None
        kind = expr.type.kind
        whole = kind not in SCALED_KINDS
        bound = LARGEST * (1 if whole else SCALE) if kind not in {"time", "duration"} else 2**60
        doubts = SURE if declared.required or declared.key else frozenset({node})
        return Value(
            node, kind, doubts, absent, whole, bound, choices=expr.type.choices if expr.type.ordered else None
        )

    # ── Which records count ──

    def counted(self, mode: str, records: ir.Records, timed: bool = False) -> tuple[FactRecords, str, str | None]:
        """The columns that are true of a record that counts, and of one that may (None where none can be), in a mode
        of reading."""
        from leadpolicy.compiler.to_polars.expressions import Expressions, Shared

        fact = self._fact(records)
        for expr in walk.nodes(walk.condition(records.where)):
            own = isinstance(expr, ir.FieldRef) and expr.var == records.var
            if isinstance(expr, _OUTSIDE) or (isinstance(expr, ir.FieldRef) and not own):
                raise CannotLowerError("which of its records count depends on more than these")
        inner = Expressions(Shared(self._plan, fact.graph), mode)
        inner.record = (self, fact, records.var)
        parts = [*self._window(inner, fact, records, timed), inner.condition(records.where)]
        graph = fact.graph
        node = graph.conjunction([one.node for one in parts])
        sure = self._row(fact, graph.node(node, ".fill_null(False)"))
        maybe = self._row(fact, graph.null(node)) if any(one.unknown for one in parts) else None
        return fact, sure, maybe

    def _fact(self, records: ir.Records) -> FactRecords:
        policy = self._plan.policy
        fact = policy.fact(records.fact)
        own = isinstance(records.of, ir.VarRef) and records.of.name == "this"
        key = next((one for one in policy.fact(policy.about).fields if one.key), None)
        if key is None or key.type.kind != "text":
            raise CannotLowerError("it reads records of leads whose key is no text")
        if not own or fact.of != policy.about or fact.concluded or not fact.event:
            raise CannotLowerError(f"it reads records of {fact.name} that aren't those of the lead alone")
        return self.facts.setdefault(fact.name, FactRecords(fact))

    def _window(self, inner: object, fact: FactRecords, records: ir.Records, timed: bool) -> list[Truth]:
        """That a record exists by now, lies in its window, and has a time where that matters."""
        dated = fact.fact.dated
        if dated is None:
            return []
        declared = next(one for one in fact.fact.fields if one.name == dated)
        at = self.of_field(fact, ir.FieldRef(var=records.var, path=(dated,), type=declared.type))
        graph = fact.graph
        age = graph.node("(lit(now, Int64) - ", at.node, ")")
        found: list[Truth] = []
        if fact.fact.event:
            found.append(Truth(graph.node("(", age, " >= 0).fill_null(True)")))
        window = records.window
        if window is not None and window.since is not None:
            raise CannotLowerError("the window of its records begins at a time of the lead")
        if window is not None or timed:
            tests = [graph.known(at.node)] if window is None else []
            if window is None:
                tests = [graph.disjunction([*tests, graph.unknown])] if at.unknown else []
            if window is not None and (window.shortest or not fact.fact.event or window.longest is None):
                tests.append(graph.node("(", age, f" >= {literal(window.shortest)})"))
            if window is not None and window.longest is not None:
                tests.append(graph.node("(", age, f" < {literal(window.longest)})"))
            if at.absent is not None:
                tests.append(graph.negation(at.absent))
            found.append(Truth(graph.conjunction(tests), at.doubts))
        return found

    def _row(self, fact: FactRecords, node: Node) -> str:
        return fact.rows.setdefault(node, self._plan.names.make("k"))

    def _sum(self, fact: FactRecords, text: str, empty: str) -> str:
        """The column of a lead that is made so of its records."""
        key = f"{fact.fact.name}\n{text}"
        if key not in self._columns:
            self._columns[key] = self._plan.names.make("e")
            fact.sums[self._columns[key]] = (text, empty)
        return self._columns[key]

    # ── What is made of them ──

    def number(self, mode: str, expr: ir.Count) -> tuple[str, str | None]:
        """How many count, and how many may."""
        fact, sure, maybe = self.counted(mode, expr.records)
        number = self._sum(fact, f"col({literal(sure)}).sum().cast(Int64)", "0")
        return number, None if maybe is None else self._sum(fact, f"col({literal(maybe)}).sum().cast(Int64)", "0")

    def any(self, mode: str, expr: ir.Any) -> tuple[str, str | None]:
        """Whether one counts, and whether one may."""
        fact, sure, maybe = self.counted(mode, expr.records)
        return self._sum(fact, f"col({literal(sure)}).any()", "False"), self._doubt(fact, maybe)

    def _doubt(self, fact: FactRecords, maybe: str | None) -> str | None:
        return None if maybe is None else self._sum(fact, f"col({literal(maybe)}).any()", "False")

    def total(self, mode: str, expr: ir.Total) -> tuple[str, str, str, Value]:
        """The sum of a value, whether some record or value is unknown, and the size of the sum."""
        fact, sure, maybe = self.counted(mode, expr.records)
        if not isinstance(expr.value, ir.FieldRef) or expr.value.var != expr.records.var or expr.function != "sum":
            raise CannotLowerError("it adds up or averages what is worked out of each record")
        value = self.of_field(fact, expr.value)
        column = f"{fact.reads[expr.value.path[0]]}"
        there = f"col({literal(column)}).filter(col({literal(sure)}))"
        unknown = f"{there}.null_count() > 0"
        if value.absent is not None:
            tests = (
                f"col({literal(column)}).is_null()",
                f"~col({literal(column + '__absent')})",
                f"col({literal(sure)})",
            )
            unknown = f"({' & '.join(tests)}).any()"
        doubt = unknown if maybe is None else f"({unknown}) | col({literal(maybe)}).any()"
        return (
            self._sum(fact, f"{there}.sum()", "0"),
            self._sum(fact, doubt, "False"),
            self._sum(fact, f"{there}.cast(Float64).abs().sum()", "0.0"),
            value,
        )

    def picked(self, mode: str, pick: ir.Pick, name: str) -> tuple[str, str, str | None, str | None, Value]:
        """A field of the first or last record that counts or may; whether there is one, whether that one only may
        count, whether its field is nothing."""
        if pick.prefer:
            raise CannotLowerError("it picks a record by what is preferred")
        fact, sure, maybe = self.counted(mode, pick.records)
        declared = next(one for one in fact.fact.fields if one.name == name)
        value = self.of_field(fact, ir.FieldRef(var=pick.records.var, path=(name,), type=declared.type))
        column = fact.reads[name]
        either = f"col({literal(sure)})" if maybe is None else f"(col({literal(sure)}) | col({literal(maybe)}))"
        end = f"filter({either}).{pick.which}()"
        absent = None
        if value.absent is not None:
            absent = self._sum(fact, f"col({literal(column + '__absent')}).{end}", "False")
        fact.ordered = True
        return (
            self._sum(fact, f"col({literal(column)}).{end}", "None"),
            self._sum(fact, f"{either}.any()", "False"),
            None if maybe is None else self._sum(fact, f"col({literal(maybe)}).{end}", "False"),
            absent,
            value,
        )

    def points(self, mode: str, entry: ir.EventEntry) -> str:
        """What an entry's points are multiplied by: how many records count, or the sum of their factors in 10⁻⁹."""
        timed = entry.decay is not None or entry.repeat == "once_per_day"
        fact, sure, _ = self.counted(mode, entry.records, timed)
        counts = f"col({literal(sure)})"
        if not timed:
            text = f"{counts}.any().cast(Int64)" if entry.repeat == "once" else f"{counts}.sum().cast(Int64)"
            return self._sum(fact, text, "0")
        at = fact.graph.column(fact.reads[fact.fact.dated or ""])
        day = fact.rows.setdefault(fact.graph.node("day(", at, ")"), "") or self._plan.names.make("day")
        fact.rows[fact.graph.node("day(", at, ")")] = day
        if entry.decay is None:
            return self._sum(fact, f"col({literal(day)}).filter({counts}).n_unique().cast(Int64)", "0")
        if entry.repeat == "once_per_day":
            raise CannotLowerError("an entry once a day that fades")
        fall = fact.graph.node(
            "factor(", fact.graph.node("day(", at, ")"), f", '{entry.decay.kind}', {int(entry.decay.days)})"
        )
        column = self._row(fact, fall)
        how = "max().fill_null(0)" if entry.repeat == "once" else "sum()"
        return self._sum(fact, f"col({literal(column)}).filter({counts}).{how}", "0")


_OUTSIDE = (
    ir.LetRef, ir.ScoreRef, ir.TableRef, ir.GateRef, ir.StageRef, ir.StageValue, ir.Disqualified, ir.Any, ir.Count,
    ir.Distinct, ir.Total, ir.Pick, ir.Attr, ir.VarRef, ir.Entered, ir.During, ir.TimeAdd,
)  # fmt: skip
