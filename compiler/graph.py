"""The graph of what reads what: cycles are errors that name the way round, and the rest is put in order.

Nodes are the parts of a policy (`let x`, `score fit`, `table priority`, `gate bant`, `disqualify`, `stage SQL`,
`route`, `concluded F`). `owner` and other fields are facts, not edges (ruling 43).
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from itertools import pairwise

from leadpolicy.compiler import ir, lowering
from leadpolicy.compiler.ir_walk import walk


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
    seen: set[int] = set()  # rows of a sheet share their cells
    for condition in conditions:
        for clause in condition.clauses if condition is not None else ():
            if id(clause) in seen:
                continue
            seen.add(id(clause))
            found.update(dict.fromkeys(clause.reads))
            found.update(dict.fromkeys(f"let {n.name}" for n in walk(clause.expr) if isinstance(n, ir.LetRef)))
    return tuple(found)


def parts_read(nodes: Iterable[ir.Node]) -> tuple[str, ...]:
    """The parts that some nodes of the IR name, each once."""
    found: dict[str, None] = {}
    for top in nodes:
        for node in walk(top):
            match node:
                case ir.ScoreRef(name=name) | ir.Ago(score=name):
                    found[f"score {name}"] = None
                case ir.TableRef(name=name):
                    found[f"table {name}"] = None
                case ir.GateRef(name=name):
                    found[f"gate {name}"] = None
                case ir.LetRef(name=name):
                    found[f"let {name}"] = None
                case ir.StageRef(name=name):
                    found[f"stage {name}"] = None
                case ir.StageValue():
                    found["stage"] = None
                case ir.Disqualified():
                    found["disqualify"] = None
                case _:
                    pass
    return tuple(found)


def concluded_reads(
    nodes: Iterable[ir.Node], concluded: Container[str], references: Mapping[str, Iterable[str]]
) -> tuple[str, ...]:
    """The concluded facts that some nodes look at, each once: their records, or a path on from a field that refers
    to one. `references`: the concluded facts that fields of a name refer to."""
    found: dict[str, None] = {}
    for top in nodes:
        for node in walk(top):
            if isinstance(node, ir.Records) and node.fact in concluded:
                found[node.fact] = None
            elif isinstance(node, ir.FieldRef | ir.Attr):
                for step in node.path[:-1]:
                    found.update(dict.fromkeys(references.get(step, ())))
    return tuple(f"concluded {fact}" for fact in found)


def let_reads(name: str, lets: lowering.Lets) -> tuple[str, ...]:
    """What a let reads: other parts, and the lets it names."""
    return (*(f"let {n}" for n in lowering.used_lets(lets[name])), *lets.reads(name))
