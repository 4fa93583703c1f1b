"""The text of a policy's columns: Python that builds Polars expressions, and what they read and give."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_polars.nodes import Listing, Node
from leadpolicy.compiler.to_polars.operands import absent_name
from leadpolicy.compiler.to_polars.parts import Output, Parts
from leadpolicy.compiler.to_polars.records import FactRecords
from leadpolicy.compiler.to_python.literals import literal
from leadpolicy.compiler.to_python.plan import Plan
from leadpolicy.compiler.to_python.writer import Writer


@dataclass(frozen=True, slots=True)
class Read:
    """A column that the expressions read: a slot of the lead. `use`: what of a text matters: `asked`, whether it is
    known; `compared`, whether it is one of the constants; `free`, all of it.

    `check`: the column that is true where a text is none of the constants. `equals`: of a choice, the columns that
    are true where it is each of the choices: a value that is none of them is wrong.
    """

    name: str
    absent: str | None
    path: tuple[str, ...]
    use: str
    check: str | None = None
    equals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """A column of the answer: its form, the column it is made of, the table of texts, and what goes with it."""

    form: str
    column: str
    texts: str = ""
    rest: str | None = None


@dataclass(frozen=True, slots=True)
class RecordReads:
    """What is read of the records of a fact that belong to leads: a column a field. `rows` and `sums` are the columns
    made a record and a lead; `empty`: what a sum is without a record. `order`: whether their order matters."""

    fact: str
    reads: tuple[Read, ...]
    rows: tuple[str, ...]
    empty: dict[str, object]
    order: bool


@dataclass(frozen=True, slots=True)
class Columns:
    """A policy's columns. `text`: the module; `refused`: by part, what columns don't say there; `unsettled`: columns
    that are true where a record may count and may not."""

    text: str
    reads: tuple[Read, ...]
    outputs: dict[str, Shown]
    refused: dict[str, str]
    guards: tuple[tuple[str, str], ...]
    unsettled: tuple[str, ...] = ()
    records: tuple[RecordReads, ...] = ()


def lower(policy: ir.Policy) -> Columns:
    """What of a policy columns can say."""
    plan = Plan(policy)
    parts = Parts(plan)
    shared = parts.lower()
    parts.key()
    graph = shared.graph
    wanted: dict[Node, str] = {}

    def want(node: Node) -> str:
        if node not in wanted:
            wanted[node] = plan.names.make("o")
        return wanted[node]

    shown = {name: _shown(output, want) for name, output in parts.outputs.items()}
    reads: list[Read] = []
    for index, slot in enumerate(plan.slots):
        if slot.domain or slot.type.kind == "list":
            continue
        compared = list(shared.compared.get(index, ()))
        use, check = "asked", None
        equals: tuple[str, ...] = ()
        if index in shared.free:
            use = "free"
        elif slot.type.kind == "choice":
            use = "compared"
            column = graph.column(slot.name)
            tests = [graph.node("(", column, f" == {literal(choice)})") for choice in slot.type.choices or ()]
            equals = tuple(map(want, tests))
        elif compared:
            use = "compared"
            check = want(graph.negation(graph.disjunction(compared)))
        absent = absent_name(slot) if slot.nothing else None
        reads.append(Read(slot.name, absent, slot.path, use, check, equals))
    guards = tuple((want(node), want(beyond)) for node, beyond in shared.guards)
    unsettled = tuple(one.unsettled(plan.names.make("e")) for one in shared.records.facts.values() if one.reads)
    listing = Listing(graph, plan.names, wanted)
    facts = [(one, Listing(one.graph, plan.names, one.rows)) for one in shared.records.facts.values()]
    return Columns(
        _text(policy, listing, facts), tuple(reads), shown, parts.refused, guards, unsettled,
        tuple(_record_reads(one, rows) for one, rows in facts),
    )  # fmt: skip


def _record_reads(one: FactRecords, rows: Listing) -> RecordReads:
    reads: list[Read] = []
    for name, column in one.reads.items():
        declared = next(field for field in one.fact.fields if field.name == name)
        or_none = declared.or_none or declared.role in {"owner", "assigned"}
        reads.append(Read(column, f"{column}__absent" if or_none else None, (name,), "free"))
    empty = {name: _EMPTY[said] for name, (_, said) in one.sums.items()}
    return RecordReads(one.fact.name, tuple(reads), tuple(name for name, _ in rows.lines), empty, one.ordered)


_EMPTY: dict[str, object] = {"0": 0, "0.0": 0.0, "False": False, "None": None}


def _shown(output: Output, want: Callable[[Node], str]) -> Shown:
    rest = None if output.rest is None else want(output.rest)
    return Shown(output.form, want(output.node), output.texts, rest)


def _text(policy: ir.Policy, listing: Listing, facts: list[tuple[FactRecords, Listing]]) -> str:
    out = Writer()
    out.line(f'"""The columns of a policy (digest {policy.digest[:12]}): each is worked out from those above it."""')
    out.line()
    out.line("from polars import Boolean, Float64, Int8, Int16, Int32, Int64, Int128, UInt8, col, lit")
    out.line("from polars import max_horizontal, min_horizontal, when")
    out.line()
    out.line()
    with out.block("def columns(now, plain, keys):"):
        out.line('"""`now`: microseconds since 1970 UTC; `plain`: that function of a column; `keys`: of facts."""')
        with out.block("return {"):
            for name, text in listing.lines:
                out.line(f"{literal(name)}: {text},")
        out.line("}")
    if facts:
        out.line()
        out.line()
        with out.block("def records(now, plain, day, factor):"):
            out.line('"""By fact: columns of a record, and columns of a lead made of its records."""')
            with out.block("return {"):
                for one, rows in facts:
                    with out.block(f"{literal(one.fact.name)}: ("):
                        with out.block("{"):
                            for name, text in rows.lines:
                                out.line(f"{literal(name)}: {text},")
                        out.line("},")
                        with out.block("{"):
                            for name, (text, _) in one.sums.items():
                                out.line(f"{literal(name)}: {text},")
                        out.line("},")
                    out.line("),")
            out.line("}")
    return "\n".join(out.lines) + "\n"


__all__ = ["Columns", "Read", "Shown", "lower"]
