"""Rules told apart by a constant: of very many that want a text field to be this or that, a change reaches only those
that want what the record has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

from leadpolicy.compiler import ir
from leadpolicy.compiler.to_python.rules.alphas import is_alone
from leadpolicy.compiler.to_python.rules.reads import Reads
from leadpolicy.compiler.to_python.rules.shape import Shape

if TYPE_CHECKING:
    from leadpolicy.compiler.to_python.rules.changes import RuleChanges

Part: TypeAlias = "tuple[RuleChanges, int, Reads]"
"""What a rule reads of a type: the rule, the place among all that it reads, what it reads."""

_MANY = 8
"""From how many parts on a look-up is shorter than asking each."""


def grouped(parts: Sequence[Part]) -> tuple[list[Part], dict[str, dict[str, list[Part]]]]:
    """Those that are asked one by one, and, by field and constant, those that only concern records that have it."""
    wanted = [_wanted(rule.shape, reads) for rule, _, reads in parts]
    counts = Counter(field for one in wanted for field in one)
    rest: list[Part] = []
    found: dict[str, dict[str, list[Part]]] = {}
    for part, constants in zip(parts, wanted, strict=True):
        fields = sorted((name for name in constants if counts[name] >= _MANY), key=lambda name: -counts[name])
        if fields:
            found.setdefault(fields[0], {}).setdefault(constants[fields[0]], []).append(part)
        else:
            rest.append(part)
    return rest, found


def _wanted(shape: Shape, reads: Reads) -> dict[str, str]:
    """The text fields of a pattern's record that must be equal to a constant, and the constants."""
    if reads.position is None:
        return {}
    found: dict[str, str] = {}
    for test in shape.tests:
        expr = test.expr
        if not is_alone(test, shape, reads.position) or not isinstance(expr, ir.Compare) or expr.relation != "eq":
            continue
        for mine, other in ((expr.left, expr.right), (expr.right, expr.left)):
            if not isinstance(mine, ir.FieldRef) or not isinstance(other, ir.Const):
                continue
            # Dates are texts in the policy, and none in a record.
            if mine.type.kind in {"text", "choice"} and isinstance(other.value, str):
                found[mine.path[0]] = other.value
    return found
