"""In which order concluded types are worked out: each behind those that the rules which conclude it read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_python.plan import Plan
from leadpolicy.compiler.to_python.rules.reads import Reads
from leadpolicy.compiler.to_python.rules.shape import Shape


def concluded_order(shapes: Sequence[Shape], reads: Mapping[int, list[Reads]], plan: Plan) -> list[str]:
    """The concluded types: again and again the first in declaration order that reads none of those left.

    ValueError where they go round, which the checker refuses.
    """
    needs: dict[str, set[str]] = {fact.name: set() for fact in plan.policy.facts if fact.concluded}
    for shape in shapes:
        for action in shape.actions:
            if isinstance(action, ir.Conclude):
                needs[action.fact] |= {one.fact for one in reads[shape.index] if one.fact in needs}
    left, found = list(needs), []
    while left:
        free = next((name for name in left if not needs[name] & set(left)), None)
        if free is None:
            raise ValueError("the concluded types go round")
        left.remove(free)
        found.append(free)
    return found
