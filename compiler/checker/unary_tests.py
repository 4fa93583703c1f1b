"""Unary tests: what a band's condition or a table's cell says about its subject."""

from __future__ import annotations

from leadpolicy.compiler import syntax, typed
from leadpolicy.compiler.checker import expressions, operators
from leadpolicy.compiler.checker.context import Context


def check(node: syntax.UnaryTest, subject: typed.Expr, context: Context) -> typed.Expr | None:
    """The test as a condition on the subject; None for `-`, which anything meets.

    Where the subject is broken, the test's operand is still looked at as far as it can be.
    """
    if node.postfix is not None:
        if subject.broken:
            return typed.error(node.span)
        return expressions.known(node.postfix, subject, None, node.span)
    if node.relation is None or node.operand is None:
        return None
    if isinstance(node.operand, syntax.Range):
        low = expressions.check(node.operand.low, subject.type, context)
        high = expressions.check(node.operand.high, subject.type, context)
        if subject.broken or low.broken or high.broken:
            return typed.error(node.span)
        return operators.between(node.relation, subject, low, high, node.span, context)
    right = expressions.check_operand(node.operand, node.relation, subject, context)
    return expressions.relate(node.relation, subject, right, node.span, context)
