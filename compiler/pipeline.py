"""The way of a policy: source text in, IR or diagnostics out. Pure: files are read through a function passed in.

Stages, each taking the one before: parse → names → header, facts, lists → outputs, lets → scores, tables, gates,
disqualify, funnel, route, tests → graph → IR → analysis. All of them run, whatever was found before, so that one
run reports all it can; the IR is made, and analysed, only where no error was found.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from leadpolicy.compiler import graph, ir, lowering, resolver, syntax
from leadpolicy.compiler.checker import (
    calls,
    lets,
    lists,
    module_files,
    qualification,
    routes,
    rules,
    scores,
    tables,
    tests,
)
from leadpolicy.compiler.checker.calendars import borrowed_calendars
from leadpolicy.compiler.checker.context import Context
from leadpolicy.compiler.checker.facts import check_facts
from leadpolicy.compiler.checker.header import check_header
from leadpolicy.compiler.checker.let_order import lets_in_order
from leadpolicy.compiler.checker.policy_blocks import Blocks, check_blocks
from leadpolicy.compiler.checker.reading import Reads
from leadpolicy.compiler.collecting import uncollected
from leadpolicy.compiler.diagnostics import Diagnostic, in_order
from leadpolicy.compiler.parser import parse
from leadpolicy.compiler.reporter import Reporter
from leadpolicy.compiler.resolver import resolve
from leadpolicy.compiler.source import Source, Span
from leadpolicy.compiler.wording import Message, joined, keyword, say
from leadpolicy.compiler.zones import zone_rules

if TYPE_CHECKING:
    from leadpolicy.compiler.analysis.findings import NotAnalysed

ReadText = Callable[[str], str]
"""Gives the text of a file that a policy names; may raise OSError, UnicodeDecodeError or ValueError."""


@dataclass(frozen=True, slots=True)
class Compilation:
    """`policy` is None where there is any error among the diagnostics, and for a module."""

    policy: ir.Policy | None
    diagnostics: tuple[Diagnostic, ...]
    not_analysed: tuple[NotAnalysed, ...] = ()
    """What the analysis of the policy took as: may be anything."""
    is_module: bool = False
    """Whether it is a file without a policy line, for others to use."""


@dataclass(frozen=True, slots=True)
class _Parts:
    """The checked declarations, in the order written."""

    lists: tuple[ir.NamedList, ...]
    lets: tuple[ir.Let, ...]
    scores: tuple[ir.Score, ...]
    tables: tuple[ir.Table, ...]
    gates: tuple[ir.Gate, ...]
    disqualify: tuple[ir.DisqualifyEntry, ...] | None
    funnel: tuple[ir.Stage, ...] | None
    route: ir.Route | None
    blocks: Blocks
    reads: Reads
    tests: tuple[ir.Test, ...]


def no_files(name: str) -> str:
    """For a policy that stands alone: no file can be read."""
    raise FileNotFoundError(name)


def compile_source(source: Source, read_text: ReadText = no_files) -> Compilation:
    """Compile and analyse one policy. Never raises for what an author wrote: mistakes are diagnostics."""
    return analysed(compile_only(source, read_text), source)


def compile_only(source: Source, read_text: ReadText = no_files) -> Compilation:
    """Compile one policy: all that decides is there, and every error; what analysis finds (`analysed`) is not."""
    with uncollected():
        return _compile(source, read_text)


def no_policy(source: Source) -> Diagnostic:
    """What is wrong with a module where a policy is asked for."""
    message = say("the file has no `policy` line: it is a module, for policies to use")
    return Diagnostic("LP2009", "error", message, source, Span(0, 0))


_BLOCK = re.compile(r"^\s*[^\W\d][^{\"]*\{|^\s*(policy|策略)\b", re.MULTILINE)
"""How a block begins, even one that is misspelled."""


def _something_else(source: Source) -> Diagnostic:
    """What is wrong with a file of another kind: one thing, and not one for each of its lines."""
    message = say("this is no policy: nothing in the file begins a block")
    hint = say('a policy begins with: policy my_policy version "1" {{ zone "Asia/Shanghai" }}')
    return Diagnostic("LP2009", "error", message, source, Span(0, 0), hint)


def analysed(compilation: Compilation, source: Source) -> Compilation:
    """A compilation of this source with what analysis finds, which is never an error."""
    policy = compilation.policy
    if policy is None:
        return compilation
    # Imported here: what decides doesn't wait for it.
    from leadpolicy.compiler.analysis.telling import with_findings
    from leadpolicy.compiler.analysis.whole import analyse

    with uncollected():
        analysis = analyse(policy)
        return Compilation(policy, with_findings(compilation.diagnostics, analysis, source), analysis.not_analysed)


def _compile(source: Source, read_text: ReadText) -> Compilation:
    file, syntax_diagnostics = parse(source)
    if syntax_diagnostics and not file.declarations and _BLOCK.search(source.text) is None:
        return Compilation(None, (_something_else(source),))
    reporter = Reporter(source)
    if module_files.is_module(file):
        alone = Context(source, resolver.Names(), reporter, read_text)
        module_files.check_module(file, source.name, alone, reporter)
        return Compilation(None, in_order((*syntax_diagnostics, *reporter.diagnostics)), is_module=True)
    context = Context(source, resolve(file, reporter), reporter, read_text)
    check_header(context)
    module_files.load(context)
    check_facts(context)
    rules.mark_concluded(context)
    parts = _check_parts(context)
    order = _order(parts, context)
    diagnostics = in_order((*syntax_diagnostics, *reporter.diagnostics))
    if any(d.severity == "error" for d in diagnostics):
        return Compilation(None, tuple(d for d in diagnostics if not _follows(d, file, syntax_diagnostics)))
    return Compilation(_policy(context, parts, order), diagnostics)


_ABOUT_NAMES = frozenset(
    {"LP2001", "LP2003", "LP2004", "LP2005", "LP2006", "LP2009", "LP2010", "LP2032", "LP2033", "LP3024"}
)
_WHOLE = {
    "LP3020": syntax.Gate, "LP3025": syntax.Test, "LP3052": syntax.Route, "LP3053": syntax.Sla,
    "LP3056": syntax.Attribution, "LP3057": syntax.Goal, "LP3058": syntax.Rule, "LP3059": syntax.Rule,
    "LP3061": syntax.Calendar, "LP3062": syntax.Duplicate, "LP2031": syntax.Header, "LP4052": syntax.Funnel,
}  # fmt: skip
"""Codes that say what a block lacks, with the block: what is missing may be what could not be read."""
_ABOUT_OTHERS = frozenset({"LP2031", "LP3052", "LP4052"})
"""Of these, the ones that stand outside the block that lacks something."""


def _follows(diagnostic: Diagnostic, file: syntax.File, written: Iterable[Diagnostic]) -> bool:
    """Whether it complains of what is only missing because it could not be read; `written` says what couldn't."""
    code = diagnostic.code
    if code in {"LP2011", "LP2030"}:
        return bool(file.left_out)  # the key or the role may be among the fields that could not be read
    if code in _WHOLE:
        blocks = [d.span for d in file.declarations if isinstance(d, _WHOLE[code])]
        unread = [w.span.start for w in written if w.severity == "error"]
        here = diagnostic.span.start
        outside = code in _ABOUT_OTHERS
        return any((outside or b.start <= here < b.end) and any(b.start <= u < b.end for u in unread) for b in blocks)
    if code not in _ABOUT_NAMES:
        return False
    if code == "LP2009":
        return any(line.split(maxsplit=1)[:1] in (["policy"], ["策略"]) for line in file.source.text.splitlines())
    words = diagnostic.source.text[diagnostic.span.start : diagnostic.span.end]
    names = {part.strip("`") for part in words.replace(".", " ").split()}
    return not names.isdisjoint(file.left_out)


def _check_parts(context: Context) -> _Parts:
    names = context.names
    made_lists = [lists.check_list(n, context) for n in names.lists.values()]
    context.lists = {m.name: m for m in made_lists if m is not None} | context.lists
    for table in names.tables.values():
        tables.declare_outputs(table, context)
    for text in lets_in_order(names, context.about):
        let = names.lets[text]
        if let.parameters is None:
            lets.let(text, let.name, context)
        else:
            calls.check_let(let, context)
    made_scores = [scores.check_score(n, context) for n in names.scores.values()]
    made_tables = [tables.check_table(n, context) for n in names.tables.values()]
    made_gates = [qualification.check_gate(n, context) for n in names.gates.values()]
    disqualify = None if names.disqualify is None else qualification.check_disqualify(names.disqualify, context)
    funnel = None if names.funnel is None else qualification.check_funnel(names.funnel, context)
    route = None if names.route is None else routes.check_route(names.route, context)
    blocks = check_blocks(context)
    made_lets = _lets(context)
    reads = Reads(context.facts, {x.name: x for x in made_lets}, names.about)
    decided = (
        *made_scores,
        *made_tables,
        *made_gates,
        *(disqualify or ()),
        *(funnel or ()),
        route,
        *blocks.decided(),
    )
    reads.gather(decided, context.member_fact())
    return _Parts(
        lists=tuple(context.lists.values()),
        lets=made_lets,
        scores=tuple(m for m in made_scores if m is not None),
        tables=tuple(m for m in made_tables if m is not None),
        gates=tuple(m for m in made_gates if m is not None),
        disqualify=disqualify,
        funnel=funnel,
        route=route,
        blocks=blocks,
        reads=reads,
        tests=tuple(t for t in (tests.check_test(n, context) for n in names.tests) if t is not None),
    )


def _lets(context: Context) -> tuple[ir.Let, ...]:
    made: list[ir.Let] = []
    for name, node in context.names.lets.items():
        expr = context.lets.get(name)
        if expr is None or expr.broken or expr.type is None:
            continue
        if expr.op == "gate_name":
            context.reporter.report(
                "LP3024",
                node.value.span,
                say("`{}` is a gate: say whether it passes or fails", context.words(node.value.span)),
                fix=f"{context.words(node.value.span)} passes",
            )
            continue
        made.append(
            ir.Let(
                name=name,
                type=expr.type,
                expr=lowering.lower(expr),
                text=context.words(node.value.span),
                reads=context.lets.reads(name),
                place=context.place(node.name.span),
            )
        )
    return tuple(made)


def _order(parts: _Parts, context: Context) -> tuple[str, ...]:
    """The parts in an order in which they can be worked out; a cycle is reported."""
    reads: dict[str, tuple[str, ...]] = {f"let {x.name}": graph.let_reads(x.name, context.lets) for x in parts.lets}
    reads |= {f"score {s.name}": s.reads for s in parts.scores}
    for table in parts.tables:
        reads[f"table {table.name}"] = graph.condition_reads(r.condition for r in table.rows)
    reads |= {f"gate {g.name}": graph.condition_reads(c.condition for c in g.criteria) for g in parts.gates}
    if parts.disqualify is not None:
        reads["disqualify"] = graph.condition_reads(e.condition for e in parts.disqualify)
    stages = tuple(s.name for s in parts.funnel or ())
    reads |= {f"stage {s.name}": graph.condition_reads([s.condition]) for s in parts.funnel or ()}
    if parts.route is not None:
        route_reads = graph.condition_reads(e.condition for e in parts.route.entries)
        reads["route"] = (*route_reads, "disqualify")
    concluded = {name for name, fact in context.facts.items() if fact.concluded}
    if concluded:
        _add_concluded(reads, concluded, _references(concluded, context), parts)
    ordered, cycle = graph.order(graph.edges(reads, stages))
    if cycle is not None:
        kind, _, name = cycle[0].partition(" ")
        node = _declaration(kind, name, context)
        context.reporter.report(
            "LP4001",
            node.span,
            say("these go round in a circle: {}", joined(map(_part_words, cycle), between=" → ")),
            hint=say("each may only read what can be worked out without it"),
        )
    return tuple(part for part in ordered if not part.startswith("concluded "))


def _references(concluded: set[str], context: Context) -> dict[str, set[str]]:
    """The concluded facts that fields refer to, by the field's name."""
    found: dict[str, set[str]] = {}
    for fact in context.facts.values():
        for field in fact.fields:
            if field.type.fact in concluded:
                found.setdefault(field.name, set()).add(str(field.type.fact))
    return found


def _add_concluded(
    reads: dict[str, tuple[str, ...]], concluded: set[str], references: dict[str, set[str]], parts: _Parts
) -> None:
    """Concluded facts stand in the graph too: what reads them, and what their rules read (ruling 43)."""
    nodes: dict[str, tuple[ir.Node, ...]] = {f"let {x.name}": (x.expr,) for x in parts.lets}
    nodes |= {f"score {s.name}": (s,) for s in parts.scores}
    nodes |= {f"table {t.name}": t.rows for t in parts.tables}
    nodes |= {f"gate {g.name}": g.criteria for g in parts.gates}
    nodes |= {f"stage {s.name}": (s.condition,) for s in parts.funnel or ()}
    for score in parts.scores:  # entries name lets, which may read concluded facts
        named = (part for part in graph.parts_read((score,)) if part.startswith("let "))
        reads[f"score {score.name}"] = (*score.reads, *named)
    nodes["disqualify"] = parts.disqualify or ()
    nodes["route"] = parts.route.entries if parts.route else ()
    for part in list(reads):
        found = graph.concluded_reads(nodes.get(part, ()), concluded, references)
        reads[part] = (*reads[part], *found)
    for name in concluded:
        read: dict[str, None] = {}
        for rule in parts.blocks.rules:
            made = [a for a in rule.actions if isinstance(a, ir.Conclude) and a.fact == name]
            if made:
                whole = (*rule.body, *made)
                found = graph.concluded_reads(whole, concluded, references)
                read |= dict.fromkeys((*found, *graph.parts_read(whole)))
        reads[f"concluded {name}"] = tuple(read)


def _part_words(part: str) -> Message:
    kind, _, name = part.partition(" ")
    return say("`{} {}`", keyword(kind), name) if name else say("`{}`", keyword(kind))


def _declaration(kind: str, name: str, context: Context) -> syntax.Name | syntax.Disqualify | syntax.Route:
    names = context.names
    if kind == "disqualify" and names.disqualify is not None:
        return names.disqualify
    if kind == "route" and names.route is not None:
        return names.route
    known: Mapping[str, Mapping[str, resolver.Declared]] = {
        "let": names.lets, "score": names.scores, "table": names.tables, "gate": names.gates,
        "stage": names.stages,
    }  # fmt: skip
    if kind == "concluded":
        return names.facts[name].name
    node = known[kind][name]
    assert not isinstance(node, syntax.Use)
    return node.name


def _policy(context: Context, parts: _Parts, order: tuple[str, ...]) -> ir.Policy:
    header = context.names.header
    assert header is not None
    position = {part: at for at, part in enumerate(order)}
    blocks = parts.blocks.fields()
    policy = ir.Policy(
        name=header.name.text,
        version=context.version,
        about=context.names.about,
        member_fact=context.member_fact(),
        zone=context.zone,
        currency=context.currency,
        country=context.country,
        calling_code=context.calling_code,
        channels=context.channels,
        facts=tuple(context.facts.values()),
        lists=parts.lists,
        lets=tuple(sorted(parts.lets, key=lambda x: position[f"let {x.name}"])),
        scores=parts.scores,
        tables=parts.tables,
        gates=parts.gates,
        disqualify=parts.disqualify,
        funnel=parts.funnel,
        route=parts.route,
        reads_facts=parts.reads.in_order(parts.reads.facts),
        reads_events=parts.reads.in_order(parts.reads.events),
        reads_now=parts.reads.now,
        reads_entered=parts.reads.entered,
        order=order,
        tests=parts.tests,
        digest="",
        calendar=context.calendar,
        newest_first=context.newest_first,
        **blocks | {"calendars": (*parts.blocks.calendars, *borrowed_calendars(context))},
    )
    return policy.model_copy(update={"digest": digest(policy)})


_WITHOUT_MEANING = frozenset(
    {"place", "text", "label", "tests", "digest", "tzdata", "order", "ir_version", "source", "data"}
)
"""`source` and `data` say where a calendar's days are from."""


def digest(policy: ir.Policy) -> str:
    """SHA-256 of what has a meaning: the canonical IR without places, wording, labels and tests."""
    text = policy.model_dump_json(exclude={"zone", "tests", "digest"})
    canonical = json.dumps(
        json.loads(text, object_hook=_meaning), ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    text = f"{canonical}\n{policy.zone.name}\n{zone_rules(policy.zone)}"
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _meaning(node: dict[str, object]) -> dict[str, object]:
    # A table's or test's "text" is wording; the node `text_test` keeps its operand of that name.
    if node.get("op") != "text_test":
        for name in _WITHOUT_MEANING & node.keys():
            del node[name]
    if node.get("leave") == []:  # a policy without leave is what it was before there was any
        del node["leave"]
    return node
