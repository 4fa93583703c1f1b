"""The graph of what reads what: cycles are errors that name the way round, and the rest is put in order.

Nodes are the parts of a policy (`let x`, `score fit`, `table priority`, `gate bant`, `disqualify`, `stage SQL`,
`route`). `owner` and other fields are facts, not edges (ruling 43).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from leadpolicy.compiler import ir, lowering


def edges(policy_parts: Mapping[str, Iterable[str]], stages: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Each part with the parts that it needs; a stage needs those above it, `stage` all of them."""
    result: dict[str, tuple[str, ...]] = {}
    for part, reads in policy_parts.items():
        needed: dict[str, None] = {}
        for read in reads:
            if read == "stage":
                needed.update(dict.fromkeys(f"stage {s}" for s in stages))
            else:
                needed[read] = None
        result[part] = tuple(needed)
    for above, below in pairwise(stages):
        result[f"stage {below}"] = (*result.get(f"stage {below}", ()), f"stage {above}")
    for stage in stages:
        if "disqualify" in result:
            result[f"stage {stage}"] = (*result.get(f"stage {stage}", ()), "disqualify")
    return result


def order(graph: Mapping[str, tuple[str, ...]]) -> tuple[tuple[str, ...], tuple[str, ...] | None]:
    """The parts, each behind those it needs, declaration order where that is free; and a cycle, if there is one.

    A cycle is given as the way round: first and last are the same.
    """
    done: dict[str, None] = {}
    for start in graph:
        path: list[str] = []
        on_path: set[str] = set()
        stack: list[tuple[str, bool]] = [(start, False)]
        while stack:
            part, leaving = stack.pop()
            if leaving:
                path.pop()
                on_path.discard(part)
                done[part] = None
                continue
            if part in done:
                continue
            if part in on_path:
                return tuple(done), (*path[path.index(part) :], part)
            path.append(part)
            on_path.add(part)
            stack.append((part, True))
            stack.extend((p, False) for p in reversed(graph.get(part, ())) if p in graph and p not in done)
    return tuple(done), None


def condition_reads(conditions: Iterable[ir.Condition | None]) -> tuple[str, ...]:
    """What some conditions read, each part once, the lets that they name among them."""
    found: dict[str, None] = {}
    for condition in conditions:
        for clause in condition.clauses if condition is not None else ():
            found.update(dict.fromkeys(clause.reads))
            found.update(dict.fromkeys(f"let {name}" for name in _let_names(clause.expr)))
    return tuple(found)


def _let_names(node: ir.Node) -> Iterator[str]:
    """The lets that an expression of the IR names."""
    if isinstance(node, ir.LetRef):
        yield node.name
    for field in type(node).model_fields:
        value = getattr(node, field)
        for child in value if isinstance(value, tuple) else (value,):
            if isinstance(child, ir.Node):
                yield from _let_names(child)


def let_reads(name: str, lets: lowering.Lets) -> tuple[str, ...]:
    """What a let reads: other parts, and the lets it names."""
    return (*(f"let {n}" for n in lowering.used_lets(lets[name])), *lets.reads(name))
