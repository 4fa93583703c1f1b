"""Which matches are found when all facts of a batch are in (0013): those that new facts can only begin by being part
of them, and end by being in the way."""

from __future__ import annotations

from collections.abc import Collection

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_python.rules.reads import Reads
from leadpolicy.compiler.to_python.rules.shape import Shape


def is_found_together(shape: Shape, reads: Collection[Reads], read: Collection[str], policy: ir.Policy) -> bool:
    """Whether a rule's are. `read`: the types that any rule, or part of a lead, reads.

    Such a match began to hold when the newest of its facts came in: whatever was in the way by then still is, and
    whatever got in the way later ended it. So a rule may read records of patterns and of `no`, and nothing else; what
    it concludes nobody must read, as it would be there too late; and what is concluded comes in by itself.
    """
    if any(one.parts or policy.fact(one.fact).concluded for one in reads):
        return False
    if any(isinstance(action, ir.Conclude) and action.fact in read for action in shape.actions):
        return False
    return all(one.position is not None or one.blocks for one in reads)
