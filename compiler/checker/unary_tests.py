"""Unary tests: what a band's condition or a table's cell says about its subject."""

from __future__ import annotations

from leadpolicy.compiler import syntax, typed
from leadpolicy.compiler.checker import expressions, operators
from leadpolicy.compiler.checker.context import Context
from leadpolicy.compiler.types import BOOL
from leadpolicy.compiler.wording import say


def check(node: syntax.UnaryTest, subject: typed.Expr, context: Context) -> typed.Expr | None:
    """The test as a condition on the subject; None for `-`, which anything meets.

    Where the subject is broken, the test's operand is still looked at as far as it can be.
    """
    if subject.op == "gate_name":
        return _of_gate(node, subject, context)
    if node.postfix is not None:
        if subject.broken:
            return typed.error(node.span)
        return expressions.postfix(node.postfix, subject, node.span, context)
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


_VERDICTS: dict[str, syntax.PostfixOperator] = {"pass": "passes", "fail": "fails", "unknown": "is unknown"}


def _of_gate(node: syntax.UnaryTest, gate: typed.Expr, context: Context) -> typed.Expr | None:
    """A cell in a gate's column: `passes`, `fails`, `unknown`, or `-`."""
    if node.postfix is None and node.relation is None:
        return None
    verdict = node.postfix
    if verdict is None and node.relation == "is" and isinstance(node.operand, syntax.Name | syntax.Unknown):
        verdict = _VERDICTS.get(context.words(node.operand.span))
    if verdict is not None:
        return expressions.postfix(verdict, gate, node.span, context)
    context.reporter.report(
        "LP3024",
        node.span,
        say("`{}` is a gate, and a gate passes, fails, or isn't known yet", context.words(gate.span)),
        hint=say("write `passes`, `fails` or `unknown` in its column"),
    )
    return typed.error(node.span)


def column(subject: typed.Expr) -> typed.Expr:
    """What a table's column reads: of a gate, whether it passes."""
    if subject.op != "gate_name":
        return subject
    return typed.Expr("gate", BOOL, subject.span, value=(str(subject.value), "pass"), unknown=True, var=subject.var)
