"""Records in generated code: loops over them, and what is made of those that count."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_python import sweep_filters
from leadpolicy.compiler.to_python.bindings import free
from leadpolicy.compiler.to_python.code import COMPARISON, Code
from leadpolicy.compiler.to_python.literals import SCALED_KINDS, literal, sequence
from leadpolicy.compiler.to_python.nature import Nature
from leadpolicy.compiler.to_python.rails import (
    Operand,
    Rails,
    conjunction,
    guarded,
)
from leadpolicy.compiler.to_python.scope import Scope

if TYPE_CHECKING:
    from leadpolicy.compiler.to_python.expressions import Expressions


# ── Which records count ──


def members(expressions: Expressions, records: ir.Records) -> str:
    """A name for the records that count, the maybes, and both together."""
    scope, mode = expressions.scope, expressions.mode
    if scope.inner and not free(records):
        # What depends on no record of a loop is worked out once, before it.
        names = scope.shared.member_names
        name = names.setdefault((records, mode), "") or scope.plan.names.make("m")
        names[records, mode] = name
        scope.wanted.setdefault(name, lambda caller: members(expressions.in_scope(caller), records))
        return name
    rows = rows_of(expressions, records)
    if records.where is None and records.window is None:
        found = scope.hoist(f"({rows}, (), {rows})")
    else:
        found = scope.hoist(scope.call_over(_members_function(expressions, records), rows))
    owner = None if records.of is None else expressions.operand(records.of)
    if owner is not None and owner.nature.unknown:
        found = scope.hoist(f"doubtful({found}) if {owner.text} is None else {found}")
    return found


def rows_of(expressions: Expressions, records: ir.Records) -> str:
    """A name for the records of the type, in order: those that exist now and belong to whom they should."""
    scope = expressions.scope
    indexed = scope.indexed(expressions, records)
    if indexed is not None:
        return indexed
    place = literal(scope.plan.bindings.place(records.fact))
    if records.of is None:
        return scope.hoist(f"{scope.records()}.all({place})")
    owner = expressions.operand(records.of).text
    doubts = sweep_filters.doubts(scope.plan, expressions.natures, records) if expressions.open_rows else None
    if doubts:
        return scope.hoist(f"{scope.records()}.unsure({place}, {owner}, {sequence(map(literal, doubts))})")
    return scope.hoist(f"{scope.records()}.of({place}, {owner})")


def _loop(
    expressions: Expressions,
    name: str,
    key: tuple[object, ...],
    records: ir.Records,
    write: Callable[[Scope, str], None],
) -> Scope:
    """An inner function over rows of records, written once; `write` writes its body."""
    shared = expressions.scope.shared
    loops = shared.loops
    whole = (name, expressions.mode, records.fact, records.var, *key)
    if whole not in loops:
        scope = Scope(shared, shared.plan.names.make(name), inner=True)
        loops[whole] = scope
        write(scope, scope.bind(records.var))
        scope.finish("One loop over records.", over="rows")
    return loops[whole]


def _members_function(expressions: Expressions, records: ir.Records) -> Scope:
    doubt = expressions.natures.doubtful(records.model_copy(update={"of": None}), expressions.mode)

    def write(scope: Scope, variable: str) -> None:
        body = scope.body
        for made in ("sure", "maybe", "every") if doubt else ("sure",):
            body.line(f"{made} = []")
        with body.block(f"for {variable} in rows:"):
            inner = expressions.in_scope(scope)
            rails = conjunction([*_window(inner, records, variable), inner.condition(records.where)])
            with body.block(f"if {rails.true.text}:"):
                body.line(f"sure.append({variable})")
                if doubt:
                    body.line(f"every.append({variable})")
            if doubt:
                with body.block(f"elif {rails.unknown.text}:"):
                    body.line(f"maybe.append({variable})")
                    body.line(f"every.append({variable})")
        body.line("return sure, maybe, every" if doubt else "return sure, (), sure")

    key = (records.where, records.window)
    return _loop(expressions, "members", key, records, write)


def _window(inner: Expressions, records: ir.Records, variable: str) -> list[Rails]:
    """That a record lies in its window."""
    plan, window = inner.scope.plan, records.window
    fact = plan.policy.fact(records.fact)
    if window is None or fact.dated is None:
        return []
    place = field_place(fact, fact.dated)
    at = Operand(f"{variable}[{place}]", inner.natures.record_path(fact, (fact.dated,)), "time")
    age = f"{inner.scope.now()} - {at.text}"
    if window.longest is None:
        holds = Code(f"{age} >= {literal(window.shortest)}", COMPARISON)
    elif window.shortest == 0 and fact.event:
        holds = Code(f"{age} < {literal(window.longest)}", COMPARISON)
    else:
        holds = Code(f"{literal(window.shortest)} <= {age} < {literal(window.longest)}", COMPARISON)
    rails = [guarded([at], holds)]
    if window.since is not None:
        since = inner.operand(window.since)
        rails.append(guarded([at, since], Code(f"{at.text} >= {since.text}", COMPARISON)))
    return rails


def field_place(fact: ir.Fact, name: str) -> int:
    """A field's place in a record."""
    return next(index for index, field in enumerate(fact.fields) if field.name == name)


# ── What is made of them ──


def tallied(
    expressions: Expressions, what: str, expr: ir.Any | ir.Count | ir.Pick, again: Callable[[Expressions], str]
) -> str | None:
    """The name of what a loop that `decide` shares has found, where one has. `again` gets it in another function."""
    sweeps, scope = expressions.scope.shared.sweeps, expressions.scope
    if sweeps is None:
        return None
    return sweeps.tally(
        scope, expressions.mode, what, expr.records, lambda caller: again(expressions.in_scope(caller))
    )


def any_of_records(expressions: Expressions, expr: ir.Any) -> Operand:
    """`any R`."""
    nature = expressions.nature(expr)
    counted = tallied(expressions, "any", expr, lambda inner: any_of_records(inner, expr).text)
    if counted is not None:
        return Operand(counted, nature, "bool")
    found = members(expressions, expr.records)
    doubt = f"None if {found}[1] else " if nature.unknown else ""
    name = expressions.scope.hoist(f"True if {found}[0] else {doubt}False")
    return Operand(name, nature, "bool")


def pair_of(expressions: Expressions, expr: ir.Expr) -> str | None:
    """A name for the ends of a count that can be unsettled; None for anything else."""
    resolved = expressions.scope.plan.resolve(expr)
    if not isinstance(resolved, ir.Count | ir.Distinct) or not expressions.nature(resolved).unknown:
        return None
    return _ends(expressions, resolved)


def _ends(expressions: Expressions, expr: ir.Count | ir.Distinct) -> str:
    if isinstance(expr, ir.Count):
        counted = tallied(expressions, "count", expr, lambda inner: _ends(inner, expr))
        if counted is not None:
            return counted
    found = members(expressions, expr.records)
    if isinstance(expr, ir.Count):
        return expressions.scope.hoist(f"count({found})")
    sure, every = (_values(expressions, expr, f"{found}[{at}]") for at in (0, 2))
    return expressions.scope.hoist(f"distinct({sure}, {every})")


def number_of(expressions: Expressions, expr: ir.Count | ir.Distinct) -> Operand:
    """A count as a value: unknown while its ends differ."""
    scope, nature = expressions.scope, expressions.nature(expr)
    if isinstance(expr, ir.Count) and not nature.unknown:
        counted = tallied(expressions, "count", expr, lambda inner: number_of(inner, expr).text)
        if counted is not None:
            return Operand(counted, nature, "int")
        return Operand(scope.hoist(f"len({members(expressions, expr.records)}[0])"), nature, "int")
    return Operand(scope.hoist(f"only({_ends(expressions, expr)})"), nature, "int")


def _values(expressions: Expressions, expr: ir.Distinct | ir.Total, rows: str) -> str:
    """A name for the values of an expression, one a record."""

    def write(scope: Scope, variable: str) -> None:
        scope.body.line("found = []")
        with scope.body.block(f"for {variable} in rows:"):
            value = expressions.in_scope(scope).operand(expr.value)
            scope.body.line(f"found.append({value.text})")
        scope.body.line("return found")

    function = _loop(expressions, "values", (expr.value,), expr.records, write)
    return expressions.scope.hoist(expressions.scope.call_over(function, rows))


def both(
    expressions: Expressions, expr: ir.Leave, rows: str, ends: Callable[[Expressions, ir.Leave], list[str]]
) -> str:
    """A name for the pairs of times of a leave, one a record."""

    def write(scope: Scope, variable: str) -> None:
        scope.body.line("found = []")
        with scope.body.block(f"for {variable} in rows:"):
            pair = sequence(ends(expressions.in_scope(scope), expr))
            scope.body.line(f"found.append({pair})")
        scope.body.line("return found")

    function = _loop(expressions, "leave", (expr.start, expr.end), expr.records, write)
    return expressions.scope.hoist(expressions.scope.call_over(function, rows))


def total(expressions: Expressions, expr: ir.Total) -> Operand:
    """`sum(x of R)`, `average(x of R)`."""
    scope = expressions.scope
    found = members(expressions, expr.records)
    values = _values(expressions, expr, f"{found}[2]")
    whole = scope.plan.is_whole(expr.value)
    nature, kind = expressions.nature(expr), getattr(expr.value, "type", expr.type).kind
    if kind == "duration":
        word = "total_span" if expr.function == "sum" else "average_span"
        return Operand(scope.hoist(f"{word}({found}, {values})"), nature, "duration")
    if expr.function == "sum":
        return Operand(scope.hoist(f"total({found}, {values})"), nature, "int" if whole else "number", whole)
    code = f"average({found}, {values}, {literal(not whole)})"
    return Operand(scope.hoist(code), nature, "number", False)


# ── Picks ──


def pick(expressions: Expressions, expr: ir.Pick) -> str:
    """A name for the record that is picked: None where unknown, NOTHING where there is none."""
    scope = expressions.scope
    if not expr.prefer:
        picked = tallied(expressions, expr.which, expr, lambda inner: pick(inner, expr))
        if picked is not None:
            return picked
    found = members(expressions, expr.records)
    if not expr.prefer:
        return scope.hoist(f"{expr.which}({found})")
    fact = scope.plan.policy.fact(expr.records.fact)
    key = next((f for f in fact.fields if f.key), None)
    if key is not None:
        tie, as_text = field_place(fact, key.name), key.type.kind == "int"
    else:
        tie, as_text = len(fact.fields) + (fact.of is not None), False
    ranks = scope.hoist(scope.call_over(_ranks_function(expressions, expr), f"{found}[2]"))
    arguments = f"{found}, {ranks}, {literal(expr.which == 'last')}, {literal(tie)}, {literal(as_text)}"
    return scope.hoist(f"preferred({arguments})")


def _ranks_function(expressions: Expressions, expr: ir.Pick) -> Scope:
    def write(scope: Scope, variable: str) -> None:
        scope.body.line("found = []")
        with scope.body.block(f"for {variable} in rows:"):
            inner = expressions.in_scope(scope)
            parts: list[str] = []
            for step in expr.prefer:
                if step.condition is not None:
                    parts.append(f"0 if {inner.truth(step.condition).text} else 1")
                if step.field is not None:
                    parts.append(f"{step.order or 'earliest'}({inner.operand(step.field).text})")
            scope.body.line(f"found.append({sequence(parts)})")
        scope.body.line("return found")

    return _loop(expressions, "ranks", (expr.prefer,), expr.records, write)


def pick_value(expressions: Expressions, expr: ir.Pick) -> Operand:
    """A picked record as a reference: its key, or for a type without key the record itself."""
    scope = expressions.scope
    record = pick(expressions, expr)
    fact = scope.plan.policy.fact(expr.records.fact)
    key = next((f for f in fact.fields if f.key), None)
    nature = expressions.nature(expr)
    if key is None:
        return Operand(record, nature, "fact")
    text = f"{record}[{field_place(fact, key.name)}]"
    text = f"str({text})" if key.type.kind == "int" else text
    return Operand(scope.hoist(_unless_missing(record, nature, text)), nature, "fact")


def attribute(expressions: Expressions, expr: ir.Attr) -> Operand:
    """A field, or a path of fields, of a picked record."""
    plan, kind = expressions.scope.plan, expr.type.kind
    fact = plan.fact_named(plan.resolve(expr.base))
    name = first_step(expressions, expr)
    name = follow(expressions, name, fact.fields[field_place(fact, expr.path[0])].type, expr.path[1:])
    return Operand(name, expressions.nature(expr), kind, kind not in SCALED_KINDS)


def first_step(expressions: Expressions, expr: ir.Attr) -> str:
    """A name for the first field of a picked record's path."""
    scope = expressions.scope
    base = scope.plan.resolve(expr.base)
    fact = scope.plan.fact_named(base)
    if not isinstance(base, ir.Pick):
        pointer = expressions.operand(expr.base).text
        return follow(expressions, pointer, ir.Type(kind="fact", fact=fact.name), expr.path[:1])
    record = pick(expressions, base)
    code = f"{record}[{field_place(fact, expr.path[0])}]"
    return scope.hoist(_unless_missing(record, expressions.nature(base), code))


def _unless_missing(record: str, nature: Nature, code: str) -> str:
    code = f"NOTHING if {record} is NOTHING else {code}" if nature.nothing else code
    return f"None if {record} is None else {code}" if nature.unknown else code


def follow(expressions: Expressions, name: str, type_: ir.Type, path: tuple[str, ...]) -> str:
    """A path on from a reference."""
    scope = expressions.scope
    for step in path:
        if type_.fact is None:
            raise ValueError("a path goes through a field that is no reference")
        fact = scope.plan.policy.fact(type_.fact)
        place = field_place(fact, step)
        name = scope.hoist(f"follow({scope.facts()}, {literal(fact.name)}, {name}, {literal(place)})")
        type_ = fact.fields[place].type
    return name


# ── Fields of the records themselves ──


def record_field(expressions: Expressions, expr: ir.FieldRef) -> Operand:
    """A field of the record that a variable is bound to."""
    scope = expressions.scope
    fact = scope.plan.bindings.fact_of(expr)
    place = field_place(fact, expr.path[0])
    element = scope.elements.get(expr.var)
    name = f"{scope.variable(expr.var)}[{place}]" if element is None else element(place)
    if len(expr.path) > 1:
        name = follow(expressions, name, fact.fields[place].type, expr.path[1:])
    kind = expr.type.kind
    return Operand(name, expressions.nature(expr), kind, kind not in SCALED_KINDS)


def reference(expressions: Expressions, expr: ir.VarRef) -> Operand:
    """The key of the record that a variable is bound to."""
    scope = expressions.scope
    fact = scope.plan.about if expr.name == "this" else scope.plan.bindings.fact_of(expr)
    key = next((f for f in fact.fields if f.key), None)
    if key is None:
        raise ValueError(f"records of type {fact.name} have no key to be named by")
    if expr.name == "this":
        text = scope.slot(scope.plan.slot((key.name,)))
    else:
        text = f"{scope.variable(expr.name)}[{field_place(fact, key.name)}]"
    return Operand(f"str({text})" if key.type.kind == "int" else text, Nature(False, False), "fact")
