"""Which matches are found only when their turn comes (0013): those that one record switches on, all at once."""

from __future__ import annotations

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_python.rules.network import RuleNetwork
from leadpolicy.compiler.to_python.rules.reads import Reads

_MANY = 3
"""From how many patterns on matches are many."""


def lazy_positions(network: RuleNetwork, reads: list[Reads]) -> tuple[int, ...]:
    """The patterns from whose record on matches are found one by one: no equality ties it to the others, it has
    conditions of its own, and the rule reads its type nowhere else, and no parts of leads. The records of the others
    must be found by what ties them together, in the order in which they are written."""
    shape = network.shape
    concludes = any(isinstance(action, ir.Conclude) for action in shape.actions)
    if len(shape.patterns) < _MANY or concludes or any(network.is_concluded(one.fact) or one.parts for one in reads):
        return ()
    return tuple(
        position
        for position, fact in enumerate(shape.facts)
        if network.alone(position)
        and network.alphas.passes(shape, position) is not None
        and sum(one.fact == fact.name for one in reads) == 1
        and _follow(network, position)
    )


def _follow(network: RuleNetwork, start: int) -> bool:
    """Whether each record, in the order of the patterns, is tied to an earlier one, but for the first."""
    bound: set[int] = set()
    for position in range(len(network.shape.patterns)):
        if position != start and not network.alone(position):
            if bound and not network.ties[position] & bound:
                return False
            bound.add(position)
    return True


def touched_by(network: RuleNetwork, reads: list[Reads]) -> tuple[list[str], list[str]]:
    """The types that a rule's matches depend on; those of them that are only joined, or looked for by `no`: a fact
    that comes in makes matches of its own, or ends some."""
    facts = list(dict.fromkeys(one.fact for one in reads))
    joined = [f for f in facts if all(one.position is not None or one.blocks for one in reads if one.fact == f)]
    return facts, joined
