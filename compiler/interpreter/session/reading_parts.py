"""What a policy's rules read, through lets and the other parts of a lead (decision record 0012, sections 6 and 7)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from leadpolicy.compiler import ir
from leadpolicy.compiler.interpreter.book import Book
from leadpolicy.compiler.ir_walk import walk


def read_by(nodes: Iterable[ir.Node], book: Book) -> Iterator[ir.Node]:
    """All nodes below some, and below every part that they name, each part once."""
    seen: set[str] = set()
    stack = list(nodes)
    while stack:
        for node in walk(stack.pop()):
            yield node
            for name, parts in _named(node, book):
                if name not in seen:
                    seen.add(name)
                    stack += parts


def _named(node: ir.Node, book: Book) -> list[tuple[str, tuple[ir.Node, ...]]]:
    """The parts that a node names, and what they are made of."""
    policy = book.policy
    disqualify = ("disqualify", tuple(policy.disqualify or ()))
    match node:
        case ir.LetRef():
            return [(f"let {node.name}", (book.lets[node.name],))]
        case ir.ScoreRef():
            return [(f"score {node.name}", (book.scores[node.name],))]
        case ir.Ago():
            return [(f"score {node.score}", (book.scores[node.score],))]
        case ir.TableRef():
            return [(f"table {node.name}", (book.tables[node.name],))]
        case ir.GateRef():
            return [(f"gate {node.name}", (book.gates[node.name],))]
        case ir.StageRef() | ir.StageValue():
            return [("funnel", tuple(policy.funnel or ())), disqualify]
        case ir.Disqualified():
            return [disqualify]
    return []


def made_by(fact: str, policy: ir.Policy) -> list[tuple[int, ir.Rule, list[tuple[int, ir.Conclude]]]]:
    """The rules that conclude a type, with their place in the file and those of the actions (from 1)."""
    found = []
    for place, rule in enumerate(policy.rules):
        actions = [(i, a) for i, a in enumerate(rule.actions, 1) if isinstance(a, ir.Conclude) and a.fact == fact]
        if actions:
            found.append((place, rule, actions))
    return found


def in_order(book: Book) -> tuple[str, ...]:
    """The concluded types, each behind those that it reads; otherwise as they are declared."""
    left = [fact.name for fact in book.policy.facts if fact.concluded]
    reads = {name: _types_read(name, book) for name in left}
    ordered: list[str] = []
    while left:
        following = next((name for name in left if not reads[name] & set(left)), left[0])
        ordered.append(following)
        left.remove(following)
    return tuple(ordered)


def _types_read(fact: str, book: Book) -> set[str]:
    nodes: list[ir.Node] = []
    for _, rule, actions in made_by(fact, book.policy):
        nodes += [*rule.body, *(action for _, action in actions)]
    return {node.fact for node in read_by(nodes, book) if isinstance(node, ir.Records)}


def reads_entered(rule: ir.Rule, book: Book) -> bool:
    """Whether a rule asks when a stage was entered."""
    return any(isinstance(node, ir.Entered) for node in read_by((rule,), book))
